"""The rows of a plan, and its curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polyrates.core.estimators import Estimator, Products
from polyrates.core.recurrence import Method
from polyrates.execution.reverse import reverse_memory
from polyrates.execution.trajectory import Trajectory, differentiate, final_estimate
from polyrates.ground.arrays import Array
from polyrates.ground.outward import at_most, nearest
from polyrates.problems.quadratic import Problem
from polyrates.problems.sizes import Status

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
        ‖error‖ ≤ guarantee for every problem of these sizes, in their unit.
    status : "certified" or "predicted"
        "predicted" where the spectrum or the sizes were estimated: ``guarantee`` is then what is
        foreseen, and binds nothing.
    observed : float or None
        ‖error‖ of this row, run on the problem the plan was made for; infinite where the run
        overflows, None where it was not run.
    lower : float
        Some such problem has at least this error; 0 where that is not known.
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
    status: Status = "certified"
    observed: float | None = None

    @property
    def error(self) -> float:
        """What is known best: ``observed``, or ``guarantee`` where the row was not run."""
        return self.guarantee if self.observed is None else self.observed

    def shown(self, digits: int = 3, scientific: bool = False) -> str:
        """``guarantee`` as a decimal: rounded up where it is certified, to nearest else."""
        rounded = at_most if self.status == "certified" else nearest
        return rounded(self.guarantee, digits, scientific)

    @property
    def shown_error(self) -> str:
        """``error`` to three digits."""
        return self.shown() if self.observed is None else nearest(self.observed, 3)

    @property
    def word(self) -> str:
        """How ``error`` is known: "observed", "certified" or "predicted"."""
        return self.status if self.observed is None else "observed"

    @property
    def by_conjugate_gradients(self) -> bool:
        """Whether a solve of the row is theirs, so that its polynomial is the problem's own."""
        inner = None if self.estimator.solve is None else self.estimator.solve.inner
        return any(each is not None and each.adaptive for each in (self.method, inner))

    @property
    def right(self) -> str:
        """By what right ``error`` is said."""
        words = {
            "certified": "certified for every problem of these sizes",
            "predicted": "predicted from an estimated spectrum and sizes",
            "observed": "observed on this problem from this start",
        }
        if not self.by_conjugate_gradients:
            return words[self.word]
        factor = "the factor √(L/ℓ) times Chebyshev's 1/T_k"
        if self.word != "observed":
            return f"{words[self.word]}: an upper bound, {factor}"
        return (
            f"{words[self.word]}, whose own polynomial conjugate gradients find; on [ℓ, L] alone "
            f"{self.shown()} is {self.status}, {factor}"
        )

    def estimate(self, problem: Problem, x0: object, dx0: object = None) -> tuple[Array, Array]:
        """(x_t, the estimate of ∂x* there), for ``products`` and no more."""
        found = final_estimate(self.method, problem, x0, self.t, self.estimator, dx0)
        return found.value, found.tangent

    def differentiate(self, problem: Problem, x0: object, dx0: object = None) -> Trajectory:
        """Run this row: ``.jacobians[-1]`` is the estimate of ∂x*, the others those on the way.

        Implicit solves at every step on the way; :meth:`estimate` makes the last one alone.
        """
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
