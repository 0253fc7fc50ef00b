"""A plan off quadratics: every way to spend N products, by the majorant's bounds.

With u_t, v_t the scalar run (:mod:`polyrates.analysis.scalar_run`):

- unrolled, N/2 steps: v; and the best weights on Chebyshev's iterates
  (:mod:`polyrates.synthesis.minimax_lipschitz`), never above the start; the method near the
  optimum of every t (:func:`polyrates.near_minimax`), if its queries stay in the basin;
- truncated gradient descent: s plain steps, then k = (N − s)/2 differentiated ones;
- truncated and restarted: u for s = N − 2k plain steps of Chebyshev's method, then a fresh run of k
  differentiated steps from (u_s, ‖E_0‖);
- implicit, N − k outer steps and k inner ones of Chebyshev's method on [ℓ − Mu, L + Mu]:
  ‖E_0‖/T_k + (1 − 1/T_k) cu/(ℓ − Mu), T_k at the interval's point 0; needs Mu < ℓ. Conjugate
  gradients: m + √((L + Mu)/(ℓ − Mu))(‖E_0‖ + m)/T_k, m = cu/(ℓ − Mu), the error of an exact solve,
  which is a row of its own for a problem whose d products fit into N.

Where only ℓ ≤ ∇²f ≤ L is known (M = ∞) no method with fixed coefficients is better for the start's
part than gradient descent with 2/(L + ℓ), ‖E_t‖ ≤ q^t‖E_0‖ + hctq^{t−1}‖e_0‖: momentum may even
diverge. An implicit solve sees one frozen Hessian in [ℓ, L] and is accelerated all the same; its
outer run is gradient descent, or Nesterov's with ‖e_t‖ ≤ √((L+ℓ)/ℓ)(1 − √κ)^{t/2}‖e_0‖.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from polyrates.analysis.majorant import majorant
from polyrates.analysis.reach import reach
from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.choices.local_start import descent_start, differentiated_from
from polyrates.choices.plan_rows import PlanRow
from polyrates.core.estimators import Estimator, Implicit, Products, Truncated, Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall, Nesterov
from polyrates.core.methods.conjugate_gradient import ConjugateGradient
from polyrates.core.methods.restarted import Restarted
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval, hull_of
from polyrates.execution.reverse import forward_memory
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating, nonnegative, number
from polyrates.ground.outward import at_least, at_most
from polyrates.measurement.local_model import SolvedProblem, local_model
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import Status
from polyrates.synthesis.minimax import minimax_optimal
from polyrates.synthesis.minimax_lipschitz import helps_from, least_off_quadratics
from polyrates.synthesis.near_minimax import near_minimax

__all__ = ["LocalQuestion", "local_budget", "local_question", "local_rows", "no_help"]

_NAMES = ("hessian_lipschitz", "cross_lipschitz", "distance", "residual")
_LONGEST = 4096
_LONGEST_WEIGHTS = 60  # steps beyond which the search for weights takes many seconds

_UP = 1 + 1e-12  # outweighs the rounding of the few operations of a closed form


@dataclass(frozen=True)
class LocalQuestion:
    """ℓ, L and the sizes, floats; ``hessian_lipschitz`` may be infinite: then ℓ ≤ ∇²f ≤ L."""

    ell: float
    L: float
    hessian_lipschitz: float
    cross_lipschitz: float
    distance: float
    residual: float
    status: Status = "certified"
    dimension: int | None = None

    @property
    def sizes(self) -> Sizes:
        """For the scalar run."""
        return Sizes(self.hessian_lipschitz, self.cross_lipschitz, self.distance, self.residual)

    @property
    def ends(self) -> tuple[float, float]:
        """(ℓ, L)."""
        return self.ell, self.L


def local_question(
    spectrum: object, x0: object, dx0: object, sizes: dict[str, object]
) -> LocalQuestion:
    """What was asked of ``plan``; a problem that knows x* and ∂x* says what is left out."""
    unknown = sorted(set(sizes) - set(_NAMES))
    if unknown:
        refuse_value(
            unknown[0],
            sizes[unknown[0]],
            "has no place beside hessian_lipschitz",
            f"give {', '.join(_NAMES)}",
        )
    given = dict(sizes)
    status: Status = "certified"
    if isinstance(spectrum, Problem):
        (ell, L), measured = _measured(spectrum, x0, dx0, given)
        given = measured | given
        if not isinstance(spectrum, SolvedProblem | QuadraticProblem):
            status = "predicted"  # x* and the Hessian there were found numerically
    else:
        if x0 is not None or dx0 is not None:
            refuse_value("x0", x0, "belongs to a problem, not to a spectrum", "leave it out")
        found = hull_of(spectrum, "spectrum")
        ell, L = (floating(end, "spectrum") for end in found)
    values = []
    for name in _NAMES:
        value = given.get(name)
        if value is None:
            refuse_value(name, None, "must be known for a plan off quadratics", f"give {name}=")
        endless = isinstance(value, float) and value == math.inf and name == "hessian_lipschitz"
        values.append(math.inf if endless else floating(nonnegative(value, name), name))
    dimension = None
    if isinstance(spectrum, Problem):
        dimension = len(local_model(spectrum, x0).solution)
    return LocalQuestion(ell, L, values[0], values[1], values[2], values[3], status, dimension)


def _measured(
    problem: Problem, x0: object, dx0: object, given: dict[str, object]
) -> tuple[tuple[float, float], dict[str, object]]:
    """The ends of the Hessian at x*, and c, ‖x_0 − x*‖ and ‖E_0‖ where x_0 is given."""
    model = local_model(problem, x0)
    x, J = model.solution, model.solution_jacobian
    values = np.linalg.eigvalsh(model.hessian)
    margin = 1e-14 * float(values[-1]) * len(values)
    found: dict[str, object] = {}
    size = float(np.linalg.norm(J))
    M, constants = given.get("hessian_lipschitz"), getattr(problem, "constants", None)
    if M is not None and constants is not None and math.inf != M:
        found["cross_lipschitz"] = (floating(number(M, "hessian_lipschitz")) * size) + constants[3]
    if x0 is not None:
        start = np.asarray(x0, dtype=float)
        tangent = np.zeros_like(J) if dx0 is None else np.asarray(dx0, dtype=float)
        found["distance"] = float(np.linalg.norm(start - x)) * (1 + 1e-12)
        found["residual"] = float(np.linalg.norm(tangent - J)) * (1 + 1e-12)
    return (float(values[0]) - margin, float(values[-1]) + margin), found


def local_budget(question: LocalQuestion, target: float) -> int:
    """The smallest N, by doubling and bisection, whose best guarantee reaches the target."""

    def reached(total: int) -> bool:
        return local_rows(question, total, weights=False)[0].guarantee <= target

    high = 2
    while not reached(high):
        high *= 2
        if high > _LONGEST:
            refuse_value(
                "target", target, f"is not guaranteed by {_LONGEST} products", "give a larger one"
            )
    low = max(high // 2, 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def local_rows(question: LocalQuestion, budget: int, weights: bool = True) -> tuple[PlanRow, ...]:
    """The rows for N products, best guarantee first; without ``weights`` the quick ones."""
    asked = question
    if not asked.ell > 0:
        refuse_value("ell", asked.ell, "must be > 0 off quadratics", "give a positive ell")
    if math.isinf(asked.hessian_lipschitz):
        rows = _in_the_sector(asked, budget)
    else:
        drop = asked.hessian_lipschitz * asked.distance
        if not drop < 2 * asked.ell:
            refuse_value(
                "distance",
                asked.distance,
                f"M‖x_0 − x*‖ = {at_most(drop, 6)} is not below "
                f"2ell = {at_least(2 * asked.ell, 6)}: nothing is proved from there",
                "start nearer to the solution",
            )
        rows = [*_unrolled(asked, budget), *_truncated(asked, budget), *_restarted(asked, budget)]
        rows += _implicit(asked, budget)
        if weights and budget // 2 <= _LONGEST_WEIGHTS:
            rows += [*_weighted(asked, budget), *_anytime(asked, budget)]
    return tuple(sorted(rows, key=lambda row: (row.guarantee, row.memory)))


def _row(
    asked: LocalQuestion,
    label: str,
    family: str,
    way: tuple[Method, Estimator, int],
    guarantee: float,
    products: tuple[int, int],
    memory: int,
) -> PlanRow:
    return PlanRow(label, family, *way, guarantee, 0.0, Products(*products), memory, asked.status)


def _unrolled(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    t = budget // 2
    rows = []
    for make in (GradientDescent.large, Nesterov.tuned, HeavyBall.tuned, Chebyshev):
        method = make(*asked.ends)
        v = float(float_run(method, asked.ends, asked.sizes, t)[1][-1])
        memory = 2 if isinstance(method, GradientDescent) else 4
        rows.append(
            _row(asked, method.name, "unrolled", (method, Unrolled(), t), v, (t, t), memory)
        )
    return rows


def _weighted(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    """The best weights found for N/2 of Chebyshev's iterates."""
    t = budget // 2
    sizes = dict(zip(_NAMES, vars(asked.sizes).values(), strict=True))
    where = Interval(*asked.ends)
    found = least_off_quadratics(where, t, sizes, minimax_optimal, longest_cone=0)
    way = found.method, Unrolled(), t
    memory = forward_memory(found.method, Unrolled())
    value, lower = float(found.upper), float(found.lower)
    row = _row(asked, "best weights", "unrolled", way, value, (t, t), memory)
    return [replace(row, lower=lower)]


def _anytime(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    """The method near the optimum of every t, where its queries stay where something is known."""
    t, drift = budget // 2, asked.cross_lipschitz * asked.distance
    if not asked.residual > 0 or not drift > 0:
        return []
    method = near_minimax(Interval(*asked.ends), residual=asked.residual, drift=drift)
    farthest = reach(method, t, asked.ends).query * asked.distance
    if not asked.hessian_lipschitz * farthest < 2 * asked.ell:
        return []
    sizes = dict(zip(_NAMES, vars(asked.sizes).values(), strict=True))
    value = float(majorant(method, asked.ends, t, **sizes).jacobians[-1])
    memory = forward_memory(method, Unrolled())
    way = method, Unrolled(), t
    return [_row(asked, method.name, "unrolled", way, value, (t, t), memory)]


def _truncated(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    """Gradient descent, the last k of N − k steps differentiated."""
    method = GradientDescent.large(*asked.ends)
    u = float_run(method, asked.ends, asked.sizes, budget)[0]
    best: tuple[float, int] = (math.inf, 0)
    for k in range(1, budget // 2):
        v = differentiated_from(method, asked.ends, asked.sizes, float(u[budget - 2 * k]), k)
        best = min(best, (v, k))
    if not best[1]:
        return []
    k, s = best[1], budget - 2 * best[1]
    way = method, Truncated(start=s), s + k
    return [_row(asked, method.name, "truncated", way, best[0], (s + k, k), 2)]


def _restarted(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    method = Chebyshev(*asked.ends)
    u = float_run(method, asked.ends, asked.sizes, budget)[0]
    best: tuple[float, int] = (math.inf, 0)
    for k in range(1, budget // 2):
        s = budget - 2 * k
        best = min(best, (differentiated_from(method, asked.ends, asked.sizes, float(u[s]), k), k))
    if not best[1]:
        return []
    k, s = best[1], budget - 2 * best[1]
    way = Restarted(method, method, s), Truncated(start=s), s + k
    return [_row(asked, method.name, "restarted", way, best[0], (s + k, k), 4)]


def _implicit(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    outer = Chebyshev(*asked.ends)
    u = float_run(outer, asked.ends, asked.sizes, budget)[0]
    return _split(asked, budget, outer, lambda t: float(u[t]), asked.hessian_lipschitz)


def _split(
    asked: LocalQuestion,
    budget: int,
    outer: Method,
    away: Callable[[int], float],
    M: float,
) -> list[PlanRow]:
    """The best number of inner steps for an outer run that is within away(t) after t steps."""
    chebyshev: tuple[float, int, float] = (math.inf, 0, 0.0)
    conjugate: tuple[float, int] = (math.inf, 0)
    exact = math.inf
    for k in range(1, budget + 1):
        u = away(budget - k)
        drop = M * u * _UP
        if not drop < asked.ell:
            continue
        low, high = asked.ell - drop, asked.L + drop
        left, solved = _inverse_chebyshev(k, low, high), asked.cross_lipschitz * u / low
        value = left * asked.residual + (1 - left) * solved
        chebyshev = min(chebyshev, (value * _UP, k, drop))
        value = solved + math.sqrt(high / low) * left * (asked.residual + solved)
        conjugate = min(conjugate, (value * _UP, k))
        exact = solved * _UP if k == asked.dimension else exact
    rows = []
    if chebyshev[1]:
        value, k, drop = chebyshev
        way: tuple[Method, Estimator, int] = outer, _inner(asked, drop, k), budget - k
        rows.append(_row(asked, outer.name, "implicit", way, value, (budget - k, k), 4))
    if conjugate[1]:
        value, k = conjugate
        way = outer, Implicit(ConjugateGradient(), k), budget - k
        label = f"{outer.name}, conjugate gradients"
        rows.append(_row(asked, label, "implicit", way, value, (budget - k, k), 7))
    if math.isfinite(exact) and asked.dimension is not None:
        d = asked.dimension
        way, label = (outer, Implicit(), budget - d), f"{outer.name}, exact solve"
        rows.append(_row(asked, label, "implicit", way, exact, (budget - d, d), 2 + d))
    return rows


def _inner(asked: LocalQuestion, drop: float, k: int) -> Estimator:
    return Implicit(Chebyshev(asked.ell - drop, asked.L + drop), k)


def no_help(question: LocalQuestion, budget: int) -> str:
    """Where unrolling cannot help, and where gradient descent is best differentiated."""
    asked = question
    if math.isinf(asked.hessian_lipschitz) or not asked.residual > 0:
        return ""
    first = helps_from(asked.ends, asked.sizes)
    text = ""
    if budget // 2 < first:
        text = f" No unrolled method helps before t = {first}: whatever its coefficients, some "
        text += f"function leaves it at least the start's error, {at_least(asked.residual, 3)}."
    steps = min(budget, _LONGEST)
    s, _ = descent_start(GradientDescent.large(*asked.ends), asked.ends, asked.sizes, steps)
    if 0 < s < steps:
        text += (
            f" Gradient descent is best differentiated from step {s} on, for any number of steps."
        )
    return text


def _inverse_chebyshev(k: int, low: float, high: float) -> float:
    """1/T_k((high + low)/(high − low)) = 2ξ^k/(1 + ξ^{2k})."""
    xi = (high - low) / (math.sqrt(high) + math.sqrt(low)) ** 2
    return 2 * xi**k / (1 + xi ** (2 * k)) * (1 + 1e-15 * k)


def _in_the_sector(asked: LocalQuestion, budget: int) -> list[PlanRow]:
    descent = GradientDescent.large(*asked.ends)
    h, q = 2 / (asked.L + asked.ell), (asked.L - asked.ell) / (asked.L + asked.ell)
    t = budget // 2
    drift = h * asked.cross_lipschitz * t * q ** max(t - 1, 0) * asked.distance
    v = (q**t * asked.residual + drift) * _UP * (1 + 1e-15 * t)
    rows = [_row(asked, descent.name, "unrolled", (descent, Unrolled(), t), v, (t, t), 2)]
    rows += _split(asked, budget, descent, lambda s: q**s * asked.distance * (1 + 1e-15 * s), 0.0)
    nesterov = Nesterov.tuned(*asked.ends)
    lead = math.sqrt((asked.L + asked.ell) / asked.ell) * asked.distance * _UP
    rate = math.sqrt(1 - math.sqrt(asked.ell / asked.L)) * (1 + 4e-16)
    return rows + _split(asked, budget, nesterov, lambda s: lead * rate**s, 0.0)
