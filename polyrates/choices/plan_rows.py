"""A plan: its rows, its verdict, and how it shows itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.core.estimators import Estimator
from polyrates.core.recurrence import Method
from polyrates.execution.reverse import reverse_memory
from polyrates.execution.trajectory import Products, Trajectory, differentiate
from polyrates.problems.quadratic import Problem

FAMILIES = ("unrolled", "truncated", "restarted", "one step", "implicit")
"""The ways to differentiate, in the order of a tie."""


@dataclass(frozen=True, eq=False)
class PlanCurve:
    """The best guarantee of one family against the budget; arrays (n,)."""

    family: str
    budgets: npt.NDArray[np.int64]
    guarantees: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlanRow:
    """One way to spend the budget.

    Attributes
    ----------
    label : str
        The method, as a reader calls it.
    family : "unrolled", "truncated", "restarted", "one step" or "implicit"
    method : Method
    estimator : Estimator
    t : int
        Steps of the method.
    guarantee : float
        Certified: ‖error‖ ≤ guarantee for every problem of these sizes, in their unit.
    lower : float
        Certified: some such problem has at least this error; 0 where that is not known.
    products : Products
        Gradients and Hessian-vector products, at most N in total.
    memory : int
        Arrays of length d held at once in forward mode, for one parameter.
    """

    label: str
    family: str
    method: Method
    estimator: Estimator
    t: int
    guarantee: float
    lower: float
    products: Products
    memory: int

    def differentiate(self, problem: Problem, x0: Any, dx0: Any = None) -> Trajectory:
        """Run this row: ``.jacobians[-1]`` is the estimate of ∂x*."""
        return differentiate(self.method, problem, x0, self.t, self.estimator, dx0)

    @property
    def reverse_memory(self) -> int:
        """Arrays of length d held at once in reverse mode: the queried points are stored."""
        return reverse_memory(self.method, self.estimator, self.t)

    @property
    def split(self) -> str:
        """How the products are spent."""
        first, second = self.products
        if self.family == "implicit":
            return f"{first} outer + {second} inner"
        if self.family == "unrolled":
            return f"{first} steps"
        return f"{first} steps, last {second} differentiated"
