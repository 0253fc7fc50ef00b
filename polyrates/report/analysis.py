"""The main job's computation: from a problem to plain numbers; no text, no pictures.

Errors are relative to the start: ‖x_t − x*‖/‖x_0 − x*‖ for iterates, ‖∂x_t − ∂x*‖/‖∂x_0 − ∂x*‖
with ∂x_0 = 0 for the Jacobian, so every curve begins at 1 and the Jacobian "burns in" while it is
above 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.choices.plan import Plan
from polyrates.choices.plan_rows import FAMILIES
from polyrates.choices.ranking import ranked
from polyrates.core.estimators import Unrolled
from polyrates.core.methods.catalogue import NamedMethod, parse_methods
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.spectra import Interval
from polyrates.execution.trajectory import differentiate
from polyrates.execution.verify import verify
from polyrates.ground.errors import NonFiniteError, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.numeric.suprema.balls import enclosed_pairs
from polyrates.numeric.suprema.joint import joint_worst_case
from polyrates.numeric.suprema.series import supremum
from polyrates.numeric.values import chebyshev_size, residual_values
from polyrates.problems.data import load_vector
from polyrates.problems.quadratic import QuadraticProblem, Ridge
from polyrates.problems.sizes import sizes_of_problem
from polyrates.report.results import Analysis, Locality, MethodResult, Profile, Request, Start
from polyrates.report.subject import Subject, guarded, hull_on_the_way, read_data, ridge, subject

__all__ = ["analyse", "choose_start", "read_data", "ridge"]

Array = npt.NDArray[np.float64]
FAR = 10.0  # ‖x_0‖/‖x*‖ of the far start
LARGEST_PLAN = 320  # products; beyond, the certificates of a plan take long
RANKED = tuple(family for family in FAMILIES if family != "restarted")


def choose_start(
    problem: QuadraticProblem, x0: str, seed: int, cross: Callable[[Array], Any] | None = None
) -> Start:
    """x_0 by name (far, zero) or from a file, and the sizes of E, D and G there.

    ``problem`` is the quadratic or the local model; ``cross`` the loss's own ∂_θ∇f.
    """
    solution = problem.solution
    size = float(np.linalg.norm(solution))
    E = float(np.linalg.norm(problem.solution_jacobian))
    if isinstance(problem, Ridge):
        drowned = not 1e-12 * float(np.linalg.norm(problem.X)) / problem.X.size < E
    else:
        drowned = not E > 0
    if drowned:
        refuse_value(
            "data",
            "a target uncorrelated with every feature",
            "then x* = 0 and ∂x* = 0",
            "choose another target",
        )
    unit = size if size > 0 else 1.0
    if x0 == "zero":
        point, kind = np.zeros_like(solution), "zero"
    elif x0 == "far":
        direction = np.random.default_rng(seed).standard_normal(problem.dimension)
        point, kind = FAR * unit * direction / np.linalg.norm(direction), "far"
    else:
        point, kind = load_vector(x0, problem.dimension), "file"
    distance = float(np.linalg.norm(point - solution))
    if distance <= 1e-10 * unit:
        refuse_value("x0", x0, "is the solution itself", "start somewhere else")
    values, vectors = problem.eigensystem
    parts, middle = vectors.T @ problem.solution_jacobian, math.sqrt(values[0] * values[-1])
    drift = problem.hessian_derivative() @ (point - solution)
    return Start(
        kind,
        point,
        float(np.linalg.norm(point)) / unit,
        distance / unit,
        E,
        float(np.linalg.norm(drift)),
        float(np.linalg.norm((cross or problem.cross)(point))),
        float(np.sum(parts[values < middle] ** 2) / np.sum(parts**2)),
    )


def analyse(request: Request, progress: Callable[[str], None] = lambda _: None) -> Analysis:
    """Problem → spectrum → methods → curves, bounds, checks and the plan."""
    steps = count(request.steps, "steps", 1)
    seed = count(request.seed, "seed")
    progress("problem")
    about = subject(request.model, request.data, request.column, request.penalty, seed)
    quadratic = about.quadratic
    progress("spectrum")
    eigenvalues = quadratic.eigensystem[0]
    start = choose_start(quadratic, request.x0, seed, about.problem.cross)
    low, high = hull_on_the_way(about, start.x0)
    widened = high - low < 1e-6 * high
    if widened:
        low = high / 2
    eta = start.drift_ratio**2
    defaults: dict[str, Number] = {"eta": eta} if eta > 0 else {}
    named = parse_methods(request.methods, low, high, defaults)
    grid = np.geomspace(low, high, 400) if low > 0 else np.linspace(low, high, 400)
    runs = []
    for each in named:
        progress(each.title)
        if about.own:
            runs.append(guarded(about.model, partial(_observe, each, about, start, steps)))
        else:
            runs.append(_observe(each, about, start, steps))
    # the step at which the pictures over λ are drawn: where the worst method is at its worst
    peaks = [Profile.of(jacobian) for _, jacobian in runs]
    shown_at = max(peaks, key=lambda peak: peak.peak).peak_at or min(10, steps)
    results = []
    for each, (iterate, jacobian) in zip(named, runs, strict=True):
        progress(f"guarantee: {each.title}")
        results.append(
            _examined(each, about, start, Interval(low, high), iterate, jacobian, shown_at, grid)
        )
    floor = np.array([chebyshev_size(low, high, t) for t in range(steps + 1)])
    progress("plan")
    made, observed = _planned(about, start, Interval(low, high), steps)
    return Analysis(
        request,
        about,
        eigenvalues,
        low,
        high,
        widened,
        start,
        eta,
        quadratic.commutes,
        floor,
        grid,
        shown_at,
        tuple(results),
        _density(quadratic, low, high),
        made,
        observed,
        None if about.exact else _locality(about, results, steps, seed),
    )


def _observe(named: NamedMethod, about: Subject, start: Start, steps: int) -> tuple[Array, Array]:
    """Relative errors of the iterates and of the Jacobian along a run of the problem itself."""
    run = differentiate(named.method, about.problem, start.x0, steps)
    iterate = _norms(run.iterates - about.quadratic.solution)
    jacobian = _norms(run.jacobians - about.quadratic.solution_jacobian)
    return iterate / iterate[0], jacobian / jacobian[0]


def _examined(
    named: NamedMethod,
    about: Subject,
    start: Start,
    hull: Interval,
    iterate: Array,
    jacobian: Array,
    shown_at: int,
    grid: Array,
) -> MethodResult:
    """The prediction, the bound and the check of one method."""
    method, steps = named.method, len(iterate) - 1
    check = verify(method, about.quadratic, steps, x0=start.x0)
    predicted = _norms(check.predicted) / start.E
    residual, bound = _guarantee(named, start, steps, hull, about.quadratic.commutes)
    if bound is None:
        bound = check.bound / start.E
    gap, agrees = check.gap, check.ok
    if not about.exact:  # to first order: a run from nearby must follow the local model
        gap = _gap(named, about, NEAR, steps)
        agrees = check.ok and gap < 0.05
    return MethodResult(
        named,
        iterate,
        jacobian,
        residual,
        bound,
        predicted,
        "certified",
        gap,
        agrees,
        about.exact,
        *residual_values(method, shown_at, grid),
    )


def _guarantee(
    named: NamedMethod, start: Start, steps: int, hull: Interval, commutes: bool
) -> tuple[Array, Array | None]:
    """Certified: max|P|, and the tight joint worst case of :func:`polyrates.rate` relative to ‖E‖.

    One pass over t, in the form of ``Start.form``. Without commutation the second is None.
    """
    ell, L = (floating(end) for end in hull.hull)
    residuals, bounds = [], []
    first, second = start.form
    for series in enclosed_pairs(named.method, Unrolled(), steps, (ell, L)):
        residuals.append(supremum(series["residual"]).upper)
        if not commutes:
            continue
        A, B = series[first], series["drift"]
        tight = joint_worst_case(
            A.coefficients,
            B.coefficients,
            [(ell, L)],
            1.0,
            second,
            domain=(min(A.ell, ell), max(A.L, L)),
            errors=(A.error, B.error),
        )
        bounds.append(tight.upper)
    return np.array(residuals), np.array(bounds) if commutes else None


NEAR = 1e-3  # distance in units of ‖x*‖ at which the local model is checked


def _gap(named: NamedMethod, about: Subject, distance: float, steps: int, seed: int = 0) -> float:
    """‖observed − predicted‖ over the largest prediction, on a run that starts near x*."""
    quadratic = about.quadratic
    unit = float(np.linalg.norm(quadratic.solution)) or 1.0
    direction = np.random.default_rng(seed).standard_normal(quadratic.dimension)
    x0 = quadratic.solution + distance * unit * direction / np.linalg.norm(direction)
    predicted = verify(named.method, quadratic, steps, x0=x0).predicted
    run = differentiate(named.method, about.problem, x0, steps)
    difference = _norms(run.jacobians - quadratic.solution_jacobian - predicted)
    return float(np.max(difference) / np.max(_norms(predicted)))


def _locality(about: Subject, results: list[MethodResult], steps: int, seed: int) -> Locality:
    """Measured on the method whose prediction is worst nearby."""
    worst = max(results, key=lambda each: each.gap)
    distances = (1.0, 0.1, 0.01, 0.001)
    gaps = tuple(_gap(worst.named, about, each, steps, seed) for each in distances)
    return Locality(worst.named.title, distances, gaps)


def _planned(
    about: Subject, start: Start, hull: Interval, steps: int
) -> tuple[Plan, tuple[float, ...]]:
    """The ranking at the products that unrolling took, and the errors of its rows when run."""
    budget = min(max(2 * steps, 4), LARGEST_PLAN)
    ell, L = (floating(end) for end in hull.hull)
    methods = {"gradient descent": GradientDescent.large(ell, L), "Chebyshev": Chebyshev(ell, L)}
    sizes = sizes_of_problem(about.quadratic, start.x0)
    # a search for restarts takes longer than the rest of the report; `polyrates plan` has them
    where = Interval(*_wide(hull))
    made = Plan(where, budget, sizes, ranked(where, budget, sizes, methods, RANKED))
    truth = about.quadratic.solution_jacobian
    observed = []
    for row in made.rows:
        try:
            last = row.differentiate(about.problem, start.x0).jacobians[-1]
        except NonFiniteError:
            observed.append(math.inf)
            continue
        observed.append(float(np.linalg.norm(last - truth)) / start.E)
    return made, tuple(observed)


def _wide(hull: Interval) -> tuple[float, float]:
    """The interval, widened by what rounding may have moved its ends."""
    ell, L = (floating(end) for end in hull.hull)
    return max(ell - 1e-13 * L, 0.0), L * (1 + 1e-13)


def _density(problem: QuadraticProblem, low: float, high: float) -> tuple[Array, Array, Array]:
    """Densities over ln λ of the eigenvalues and of ‖E‖², smoothed; each has mass 1."""
    values, vectors = problem.eigensystem
    values = np.maximum(values, 1e-300)
    parts = vectors.T @ problem.solution_jacobian
    shares = np.sum(np.abs(parts.reshape(len(values), -1)) ** 2, axis=1)
    span = math.log(high / low)
    width = max(span / 16, 1e-3)
    grid = np.exp(np.linspace(math.log(low) - 3 * width, math.log(high) + 3 * width, 300))
    kernel = np.exp(-((np.log(grid)[:, None] - np.log(values)) ** 2) / (2 * width**2))
    kernel /= width * math.sqrt(2 * math.pi)
    return grid, kernel.mean(axis=1), np.asarray(kernel @ (shares / shares.sum()))


def _norms(errors: Any) -> Array:
    return np.asarray(np.linalg.norm(errors.reshape(len(errors), -1), axis=1))
