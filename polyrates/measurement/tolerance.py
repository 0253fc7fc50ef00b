"""What a stopping test ‖∇f(x)‖ ≤ τ buys: the error of x, and of the implicit Jacobian there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.execution.jacobian_bound import known_constants
from polyrates.ground.arrays import to_numpy
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating, positive
from polyrates.measurement.certify import Status
from polyrates.measurement.held import positive_ell
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["AtTolerance", "at_tolerance"]


@dataclass(frozen=True)
class AtTolerance:
    """What holds at every x with ‖∇f(x)‖ ≤ τ.

    Attributes
    ----------
    iterate : float
        ‖x − x*‖ ≤ τ/ℓ.
    jacobian : float
        ‖−∇²f(x)⁻¹∂_θ∇f(x) − ∂x*‖ ≤ (M‖∂x*‖ + N)τ/ℓ² for the exact implicit solve at x. An unrolled
        or inner-solved J has its own error besides: certify it.
    status : "certified" or "predicted"
    """

    iterate: float
    jacobian: float
    status: Status

    def __str__(self) -> str:
        return f"x within {self.iterate:.3g}, ∂x* within {self.jacobian:.3g} ({self.status})"


def at_tolerance(
    problem: Problem,
    tau: object,
    ell: object = None,
    constants: Constants | None = None,
    solution_norm: object = None,
) -> AtTolerance:
    """The errors that the stopping test ‖∇f(x)‖ ≤ ``tau`` of a solver implies.

    Parameters
    ----------
    problem : Problem
    tau : number > 0
        In units of the gradient, an absolute tolerance.
    ell, constants
        As for :func:`polyrates.measurement.certify.certify`; both must be known here.
    solution_norm : number > 0, optional
        A bound of ‖∂x*‖; None takes the problem's ``solution_jacobian``.
    """
    level = floating(positive(tau, "tau"), "tau")
    known = known_constants(problem, positive_ell(ell), constants)
    low, M, N = known.ell, known.hessian_lipschitz, known.mixed_lipschitz
    if low is None or M is None or N is None:
        refuse_value(
            "constants",
            None,
            "the Lipschitz constants and ℓ are not known to this problem",
            "give constants=, or certify the J that you have",
        )
    if solution_norm is None:
        J = getattr(problem, "solution_jacobian", None)
        if J is None:
            refuse_value(
                "solution_norm", None, "‖∂x*‖ is not known to this problem", "give a bound of it"
            )
        size = float(np.linalg.norm(to_numpy(J)))
    else:
        size = floating(positive(solution_norm, "solution_norm"), "solution_norm")
    distance = level / low
    return AtTolerance(distance, (M * size + N) * distance / low, "certified")
