"""What a start is measured to have: ‖E‖, ‖D‖, ‖G‖ and η from a problem and x_0.

x* is found on the way, and beyond quadratics the Hessian there is not the one at x_0: a method made
for the spectrum at x_0 may diverge. :func:`estimate_sizes` returns x* as ``solution``, where the
spectrum is to be taken, and warns where it sees the ends of the spectrum move.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import numpy as np

from polyrates.execution.checks import check_problem
from polyrates.execution.exact_solve import exact_solve
from polyrates.execution.krylov import Operator, lanczos
from polyrates.ground.arrays import Array
from polyrates.ground.errors import PolyratesError, described, refuse_value
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import Predicted, Status
from polyrates.problems.solved import hessian_at, newton

__all__ = [
    "MeasuredSizes",
    "SpectrumMoves",
    "estimate_eta",
    "estimate_sizes",
]

_PROBES = 20
"""Lanczos steps at x_0 and at x*, to see whether the ends of the spectrum move."""
_SEEN = 1e-5
"""How far an end must move to be reported, relative to it; products in short floats differ less."""


class SpectrumMoves(UserWarning):
    """The eigenvalues at the solution leave the hull at x_0: tune to the spectrum there."""


@dataclass(frozen=True)
class MeasuredSizes:
    """What a start was measured to have: floats, Frobenius norms over the parameters.

    They multiply the parts of a rate. No guarantee follows from ‖D‖ and ‖G‖ beyond quadratics, nor
    where H and ∂H do not commute; the sizes that guarantees are stated for, bounds that may be
    exact, are :class:`polyrates.problems.sizes.InitialSizes`.

    Attributes
    ----------
    residual : float
        ‖E‖, E = ∂x_0 − ∂x*; in the initial/cross form the same number is ``initial``.
    drift : float
        ‖D‖, D = ∂_θ∇f(x_0) − ∂_θ∇f(x*), which on quadratics is ∂H(x_0 − x*).
    cross : float
        ‖G‖, G = ∂_θ∇f(x_0) + H ∂x_0, the total derivative of the gradient at the start.
    distance : float
        ‖x_0 − x*‖.
    products : int
        Gradients and Hessian-vector products spent; 0 where the problem is a quadratic.
    solution : array (d,)
        x*, where the spectrum is to be taken: ``estimate_spectrum(lambda v: hvp(solution, v), d)``.
    solution_jacobian : array (d,) or (d, p)
        ∂x*.
    status : "predicted"
        Each size says it too, so that a plan made from them does not call itself a guarantee.
    """

    residual: float
    drift: float
    cross: float
    distance: float
    products: int
    solution: Array = field(repr=False, compare=False)
    solution_jacobian: Array = field(repr=False, compare=False)
    status: Status = "predicted"

    @property
    def initial(self) -> float:
        """‖E‖, as the initial/cross form calls it."""
        return self.residual

    @property
    def eta(self) -> float:
        """η = ‖D‖²/‖E‖², in units of λ²."""
        if self.residual == 0:
            refuse_value(
                "eta",
                described("∞"),
                "E = 0: the start already has the right Jacobian",
                "no unrolling is needed",
            )
        return (self.drift / self.residual) ** 2


def estimate_sizes(
    problem: Problem, x0: object, dx0: object = None, tolerance: float = 1e-8
) -> MeasuredSizes:
    """‖E‖, ‖D‖, ‖G‖ and ‖x_0 − x*‖ of a start, and x*.

    Where the problem knows ``solution`` and ``solution_jacobian`` they are used; else x* is found
    by Newton's method with conjugate gradients to a gradient of ``tolerance`` times the first one,
    and ∂x* = −H⁻¹∂_θ∇f there. A few digits are enough for every use of these sizes.

    Beyond quadratics 20 Lanczos steps at x_0 and at x* look at the ends of the spectrum.

    Parameters
    ----------
    problem : Problem
    x0 : array (d,)
    dx0 : array of the shape of cross(x0), optional
        ∂x_0; None is 0.
    tolerance : float

    Warns
    -----
    SpectrumMoves
        An eigenvalue at x* was found outside of those seen at x_0.
    """
    x, counting, sizes = _measured(problem, x0, dx0, tolerance)
    if not isinstance(problem, QuadraticProblem):
        _warn_where_it_moves(counting, x, sizes.solution)
    return MeasuredSizes(
        Predicted(sizes.residual),
        Predicted(sizes.drift),
        Predicted(sizes.cross),
        sizes.distance,
        counting.products,
        sizes.solution,
        sizes.solution_jacobian,
    )


def _measured(
    problem: Problem, x0: object, dx0: object, tolerance: float
) -> tuple[Array, _Counting, MeasuredSizes]:
    x, dx = check_problem(problem, x0, dx0)
    counting = _Counting(problem)
    if hasattr(problem, "solution") and hasattr(problem, "solution_jacobian"):
        solution, jacobian = np.asarray(problem.solution), np.asarray(problem.solution_jacobian)
    else:
        unit = float(getattr(problem, "unit", 2.0**-53))
        goal = max(tolerance, 100 * unit)
        solution = newton(counting, x, goal, least=10 * math.sqrt(unit))
        jacobian = exact_solve(counting, solution, -np.asarray(counting.cross(solution)))
    start = np.asarray(problem.cross(x))
    drift = start - np.asarray(problem.cross(solution))
    cross = start + np.asarray(problem.hvp(x, dx)) if np.any(dx) else start
    E, D, G, distance = (
        float(np.linalg.norm(each)) for each in (dx - jacobian, drift, cross, x - solution)
    )
    return x, counting, MeasuredSizes(E, D, G, distance, counting.products, solution, jacobian)


def _warn_where_it_moves(problem: Problem, x0: Array, solution: Array) -> None:
    """Lanczos from one start at both points: on a constant Hessian the Ritz values are the same."""
    start = np.random.default_rng(0).standard_normal(len(x0))
    ends = []
    for point in (x0, solution):
        operator = Operator(hessian_at(problem, point), len(x0), None)
        try:
            values = lanczos(operator, start, min(len(x0), _PROBES)).ritz[0]
        except PolyratesError:  # no curvature at all, or products that are no Hessian's
            return
        ends.append((float(values[0]), float(values[-1])))
    (low, high), (lowest, highest) = ends
    if lowest < low - _SEEN * abs(low) or highest > high + _SEEN * abs(high):
        warnings.warn(
            f"the Hessian has eigenvalues from {lowest:.4g} to {highest:.4g} at the solution and "
            f"from {low:.4g} to {high:.4g} at x0, which does not cover them: a method made for the "
            "spectrum at x0 may diverge; take the spectrum at .solution",
            SpectrumMoves,
            stacklevel=3,
        )


def estimate_eta(problem: Problem, x0: object, dx0: object = None) -> float:
    """η = ‖D‖²/‖E‖² of a start, the weight of the Sobolev-optimal method (units of λ²).

    E = ∂x_0 − ∂x*, D = ∂H(x_0 − x*): the plug-in estimate of η = E‖D‖²/E‖E‖² from the one problem
    at hand, see :func:`estimate_sizes`. On a family of problems, average the two squares.
    """
    return _measured(problem, x0, dx0, 1e-8)[2].eta


class _Counting:
    """A problem that counts its products."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.products = 0

    def gradient(self, x: Array) -> Array:
        self.products += 1
        return np.asarray(self._problem.gradient(x))

    def hvp(self, x: Array, v: Array) -> Array:
        self.products += 1
        return np.asarray(self._problem.hvp(x, v))

    def cross(self, x: Array) -> Array:
        return np.asarray(self._problem.cross(x))
