"""What a plan is asked: where the spectrum is and how large the start's errors are.

Off quadratics both are estimated. With g = ∂_θ∇f and J = ∂x*, the tangent at x_0 is driven by

    D = g(x_0) + ∇²f(x_0)J,

which vanishes at x* and is ∂H(x_0 − x*) on quadratics. How far the first order holds shows in how
much the Hessian moves on the way, ‖(∇²f(x_0) − H)v‖/‖Hv‖ along v = x_0 − x* and v = J.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from polyrates.choices.ranking import standard_methods
from polyrates.core.methods.named import parse_methods
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Interval, Spectrum, as_spectrum
from polyrates.execution.checks import check_problem
from polyrates.ground.arrays import Array
from polyrates.ground.errors import NegativeCurvature, described, refuse_type, refuse_value
from polyrates.ground.numbers import floating, is_symbolic
from polyrates.measurement.measured_sizes import SpectrumMoves, estimate_sizes
from polyrates.measurement.spectrum import estimate_spectrum
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import InitialSizes, Predicted, sizes_of, sizes_of_problem
from polyrates.problems.solved import hessian_at, hessian_matrix

__all__ = ["Found", "PlanQuestion", "methods_of", "plan_question"]

_FORMED = 500
"""Up to this dimension the Hessian is formed."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found of a problem that is no quadratic.

    Attributes
    ----------
    truth : array (d,) or (d, p)
        ∂x*, by Newton's method and a linear solve.
    moves : float
        How much the Hessian moves between x_0 and x*, relative to what it is at x*.
    unit : float
        The unit roundoff of the problem's derivatives.
    """

    truth: Array
    moves: float
    unit: float


@dataclass(frozen=True, eq=False)
class PlanQuestion:
    """A spectrum and sizes; ``found`` is None where nothing had to be estimated."""

    spectrum: Spectrum
    sizes: InitialSizes
    found: Found | None = None


def plan_question(
    spectrum: object, x0: object, dx0: object, sizes: dict[str, object]
) -> PlanQuestion:
    """What was asked of ``plan``; checked, and measured where a problem was given."""
    if isinstance(spectrum, Problem):
        return _of_problem(spectrum, x0, dx0, sizes)
    for name, value in (("x0", x0), ("dx0", dx0)):
        if value is not None:
            refuse_value(
                name,
                value,
                "belongs to a problem, not to a spectrum",
                "leave it out, or give the problem instead of its spectrum",
            )
    where = as_spectrum(spectrum)
    ell, L = where.hull
    if is_symbolic(ell) or is_symbolic(L):
        refuse_value("spectrum", spectrum, "has symbols", "give numbers: a plan compares values")
    if not floating(ell) < floating(L):
        refuse_value("spectrum", spectrum, "is a single point", "give an interval with ell < L")
    return PlanQuestion(where, sizes_of(where, **sizes))


def _of_problem(
    problem: Problem, x0: object, dx0: object, sizes: dict[str, object]
) -> PlanQuestion:
    if x0 is None and not (sizes and isinstance(problem, QuadraticProblem)):
        refuse_value(
            "x0", None, "the sizes depend on the start", "give x0, or residual= and drift="
        )
    if not isinstance(problem, QuadraticProblem):
        return _estimated(problem, x0, dx0, sizes)
    values = problem.eigensystem[0]
    margin = 1e-14 * float(values[-1]) * len(values)
    where = Interval(max(float(values[0]) - margin, 0.0), float(values[-1]) + margin)
    known = sizes_of(where, **sizes) if sizes else sizes_of_problem(problem, x0, dx0)
    return PlanQuestion(where, known)


def _estimated(problem: Problem, x0: object, dx0: object, sizes: dict[str, object]) -> PlanQuestion:
    """The spectrum at the solution, its hull widened to that at x_0, and the sizes there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpectrumMoves)  # both ends are covered below
        found = estimate_sizes(problem, x0, dx0, 0.0)  # to rounding: runs are held against ∂x*
    start = check_problem(problem, x0, dx0)[0]
    low, high = _hull(problem, found.solution)
    try:
        before = _hull(problem, start)
        low, high = min(low, before[0]), max(high, before[1])
    except NegativeCurvature:  # not convex at x_0: the runs will show what becomes of them
        pass
    drift, moves = _driven(problem, start, found.solution, found.solution_jacobian)
    given = sizes or {"residual": found.residual, "drift": Predicted(drift)}
    unit = float(getattr(problem, "unit", 2.0**-53))
    return PlanQuestion(
        Interval(low, high),
        replace(sizes_of(None, **given), status="predicted"),
        Found(found.solution_jacobian, moves, unit),
    )


def _hull(problem: Problem, x: Array) -> tuple[float, float]:
    """The ends of the spectrum of ∇²f(x): by its eigenvalues, or safe ones by Lanczos' process."""
    if len(x) > _FORMED:
        low, high = estimate_spectrum(hessian_at(problem, x), len(x)).hull
        return float(low), float(high)
    values = np.linalg.eigvalsh(hessian_matrix(problem, x))
    margin = len(x) * float(getattr(problem, "unit", 2.0**-53)) * float(np.abs(values).max())
    if not np.all(np.isfinite(values)) or values[0] < -margin:
        raise NegativeCurvature(
            "problem",
            described(f"an eigenvalue {values[0]:.3g}"),
            "has negative curvature: f is not convex there",
            "start nearer to a minimiser, or add an ℓ2 penalty",
        )
    return max(float(values[0]) - margin, 0.0), float(values[-1]) + margin


def _driven(problem: Problem, start: Array, solution: Array, J: Array) -> tuple[float, float]:
    """(‖D‖, how much the Hessian moves)."""
    turned, right = np.asarray(problem.hvp(start, J)), np.asarray(problem.cross(solution))
    drift = float(np.linalg.norm(np.asarray(problem.cross(start)) + turned))
    away = start - solution
    there = hessian_at(problem, solution)(away)
    pairs = [(turned, -right), (hessian_at(problem, start)(away), there)]
    moves = [
        float(np.linalg.norm(moved - at)) / size
        for moved, at in pairs
        if (size := float(np.linalg.norm(at))) > 0
    ]
    return drift, max(moves, default=0.0)


def methods_of(methods: object, where: Spectrum) -> dict[str, Method]:
    """What to rank besides the optimal ones; None takes the standard methods."""
    if methods is None:
        return standard_methods(where)
    if isinstance(methods, str):  # as the command line names them
        ell, L = (floating(end, name) for end, name in zip(where.hull, ("ell", "L"), strict=True))
        return {each.title: each.method for each in parse_methods(methods, ell, L)}
    if isinstance(methods, (list, tuple)):
        methods = {as_method(each, f"methods[{i}]").name: each for i, each in enumerate(methods)}
    if not isinstance(methods, Mapping):
        refuse_type(
            "methods", methods, "must be methods, or map names to them", 'give {"mine": method}'
        )
    return {str(name): as_method(each, f"methods[{name!r}]") for name, each in methods.items()}
