"""The main job's computation: from a problem to plain numbers; no text, no pictures.

Errors are relative to the start: ‖x_t − x*‖/‖x_0 − x*‖ for iterates, ‖∂x_t − ∂x*‖/‖∂x_0 − ∂x*‖
with ∂x_0 = 0 for the Jacobian, so every curve begins at 1 and the Jacobian "burns in" while it is
above 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import numpy.typing as npt

from polyrates.analysis.rate import rate
from polyrates.choices.observation import observed_error
from polyrates.choices.plan import Plan
from polyrates.choices.plan_rows import FAMILIES
from polyrates.choices.ranking import ranked
from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.methods.named import NamedMethod, parse_methods
from polyrates.core.spectra import Interval
from polyrates.execution.jacobian_bound import known_constants
from polyrates.execution.trajectory import Trajectory, differentiate
from polyrates.ground.errors import PolyratesError, described, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.measurement.certify import certify
from polyrates.measurement.local_model import local_errors
from polyrates.measurement.verify import Formula, Verification, predicted_errors
from polyrates.problems.data import load_vector
from polyrates.problems.quadratic import Problem, QuadraticProblem, Ridge
from polyrates.problems.sizes import sizes_of_problem
from polyrates.report.results import Analysis, Locality, MethodResult, Request, Start
from polyrates.report.subject import Subject, guarded, hull_on_the_way, subject

__all__ = ["NEAR", "analyse", "choose_start"]

Array = npt.NDArray[np.float64]
FAR = 10.0  # ‖x_0‖/‖x*‖ of the far start
NEAR = 1e-3  # distance in units of ‖x*‖ at which the local model is checked
LARGEST_PLAN = 320  # products; beyond, the certificates of a plan take long
CERTIFICATES = 12  # how many of a run's steps are certified after the fact, beside the first
RANKED = tuple(family for family in FAMILIES if family != "restarted")


def choose_start(
    problem: QuadraticProblem, x0: str, seed: int, cross: Callable[[Array], Array] | None = None
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
            described("a target uncorrelated with every feature"),
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
        float(np.linalg.norm(problem.hessian_derivative())) * distance,
        problem.commutes,
        float(np.sum(parts[values < middle] ** 2) / np.sum(parts**2)),
    )


def analyse(request: Request, progress: Callable[[str], None] = lambda _: None) -> Analysis:
    """Problem → spectrum → methods → curves, bounds, checks and the plan."""
    steps = count(request.steps, "steps", 1)
    seed = count(request.seed, "seed")
    progress("problem")
    about = subject(
        request.model,
        request.data,
        request.column,
        request.penalty,
        seed,
        request.drop,
        request.features,
    )
    quadratic = about.quadratic
    progress("spectrum")
    eigenvalues = quadratic.eigensystem[0]
    start = choose_start(quadratic, request.start, seed, about.problem.cross)
    low, high = hull_on_the_way(about, start.x0)
    widened = high - low < 1e-6 * high
    if widened:
        low = high / 2
    hull = Interval(low, high)
    eta = start.drift_ratio**2
    defaults: dict[str, Number] = {"eta": eta} if eta > 0 else {}
    results = []
    for each in parse_methods(request.methods, low, high, defaults):
        progress(each.title)
        examined = partial(_examined, each, about, start, hull, steps)
        results.append(guarded(about.model, examined) if about.own else examined())
    progress("plan")
    made, observed = _planned(about, start, hull, steps)
    near = None if about.exact else _locality(about, tuple(results), steps, seed)
    return Analysis(
        request, about, eigenvalues, low, high, widened, start, tuple(results), made, observed, near
    )


def _examined(
    named: NamedMethod, about: Subject, start: Start, hull: Interval, steps: int
) -> MethodResult:
    """One run, its prediction, its guarantee, and whether they agree."""
    method, quadratic = named.method, about.quadratic
    run = differentiate(method, about.problem, start.x0, steps)
    observed = run.jacobians - quadratic.solution_jacobian
    iterate, jacobian = _norms(run.iterates - quadratic.solution), _norms(observed)
    bounds = rate(method, hull)
    bound = bounds.worst_curve(steps, **start.sizes)
    predicted = _predicted(named, quadratic, start.x0, steps)
    if about.exact:
        size = max(start.E, start.D / float(quadratic.eigensystem[0][-1]))
        gap = float(np.max(_norms(observed - predicted))) / size
        formula = _formula(quadratic)
        check = Verification(predicted, observed, bound * start.E, size, gap, formula)
        agrees = check.ok
    else:  # to first order: a run from nearby must follow the local model
        gap = _gap(named, about, NEAR, steps)
        agrees = gap < 0.05
    return MethodResult(
        named,
        iterate / iterate[0],
        jacobian / jacobian[0],
        bounds.residual.curve(steps),
        bound,
        _norms(predicted) / start.E,
        gap,
        agrees,
        about.exact,
        _certified(about.problem, run, float(jacobian[0])),
    )


def _certified(problem: Problem, run: Trajectory, size: float) -> tuple[tuple[int, float], ...]:
    """(t, bound over the initial error) at some steps, where a certificate is possible."""
    if not known_constants(problem, None, None).complete or size == 0.0:
        return ()
    found = []
    steps = len(run.iterates) - 1
    for t in sorted({round(steps * i / CERTIFICATES) for i in range(CERTIFICATES + 1)}):
        if not np.all(np.isfinite(run.jacobians[t])):
            continue
        try:
            bound = certify(problem, run.iterates[t], run.jacobians[t]).bound
        except PolyratesError:  # an extra of the page: what it cannot certify it leaves out
            return ()
        if math.isfinite(bound):
            found.append((t, bound / size))
    return tuple(found)


def _predicted(named: NamedMethod, quadratic: QuadraticProblem, x0: Array, steps: int) -> Array:
    """The error of the unrolled Jacobian by the formula, from ∂x_0 = 0."""
    zero = np.zeros_like(quadratic.solution_jacobian)
    formula = _formula(quadratic)
    return predicted_errors(named.method, quadratic, x0, zero, steps, Unrolled(), formula)


def _formula(quadratic: QuadraticProblem) -> Formula:
    return "commuting" if quadratic.commutes else "two-variable"


def _gap(named: NamedMethod, about: Subject, distance: float, steps: int, seed: int = 0) -> float:
    """‖observed − predicted‖ over the largest prediction, on a run that starts near x*."""
    quadratic = about.quadratic
    x0 = _nearby(about, distance, seed)
    predicted = _predicted(named, quadratic, x0, steps)
    run = differentiate(named.method, about.problem, x0, steps)
    difference = _norms(run.jacobians - quadratic.solution_jacobian - predicted)
    return float(np.max(difference) / np.max(_norms(predicted)))


def _four(values: Iterable[float]) -> tuple[float, float, float, float]:
    first, second, third, fourth = values
    return first, second, third, fourth


def _nearby(about: Subject, distance: float, seed: int) -> Array:
    """A seeded start at a distance in units of ‖x*‖."""
    quadratic = about.quadratic
    unit = float(np.linalg.norm(quadratic.solution)) or 1.0
    direction = np.random.default_rng(seed).standard_normal(quadratic.dimension)
    moved = distance * unit * direction / np.linalg.norm(direction)
    return np.asarray(quadratic.solution + moved)


_CERTIFIED = 20  # steps whose remainder a report shows: kernels grow with their square


def _locality(about: Subject, results: tuple[MethodResult, ...], steps: int, seed: int) -> Locality:
    """Measured on the method whose prediction is worst nearby."""
    worst = max(results, key=lambda each: each.gap)
    distances = (1.0, 0.1, 0.01, 0.001)
    gaps = tuple(_gap(worst.named, about, each, steps, seed) for each in distances)
    x0 = _nearby(about, distances[-1], seed)
    shown = min(steps, _CERTIFIED)
    found = local_errors(worst.named.method, about.problem, x0, shown)
    rows = (_norms(found.observed), _norms(found.predicted), found.remainder, found.bound)
    size = float(rows[0][0]) or 1.0
    certified = [
        (t, *_four(float(row[t]) / size for row in rows))
        for t in sorted({shown // 2, shown} - {0})
        if math.isfinite(found.bound[t]) and math.isfinite(found.remainder[t])
    ]
    return Locality(worst.named.title, distances, gaps, tuple(certified))


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
        observed.append(observed_error(row, about.problem, start.x0, None, truth) / start.E)
    return made, tuple(observed)


def _wide(hull: Interval) -> tuple[float, float]:
    """The interval, widened by what rounding may have moved its ends."""
    ell, L = (floating(end) for end in hull.hull)
    return max(ell - 1e-13 * L, 0.0), L * (1 + 1e-13)


def _norms(errors: Array) -> Array:
    return np.asarray(np.linalg.norm(errors.reshape(len(errors), -1), axis=1))
