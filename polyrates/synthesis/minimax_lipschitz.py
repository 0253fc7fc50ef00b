"""The smallest guarantee of an unrolled Jacobian off quadratics: weights on Chebyshev's iterates.

*Class.* That of :mod:`polyrates.analysis.majorant`: M, c from x*, ‖x_0 − x*‖ ≤ e, ‖E_0‖ ≤ a.

*Upper end.* Chebyshev's queries are fixed, so the bound of
:mod:`polyrates.analysis.weighted_bound` is convex in the weights. Candidates: Chebyshev's own
iterate, the quadratic optimum's weights, those of the Sobolev method of harmonic measure at the η
that a line search finds, each mixed with x_0, which keeps the bound below a; and, where cvxpy is
installed, the weights that minimize the bound (a second-order cone program with the shares σ as
variables, p_ij ≥ q_j(λ_i)²/σ_j). What is returned is certified whatever found it.

*Lower end*, for every method with fixed coefficients: V* of quadratics with ‖D‖ = ce, which are in
the class, and

    min(a, cr/(ℓ − Mr)),    a/T_t on [ℓ − Mr, L + Mr],    r = e/T_{t−1}(m₀)    (a where Mr ≥ ℓ).

*Proof.* On the quadratic whose spectral measure at e_0 is the least favourable one of degree t − 1
every query y_s, s < t, has ‖y_s‖ ≥ r. In further coordinates z let f be K-quadratic near the
queries and ℓ at x*, ℓ − Mr ≤ K ≤ L + Mr, which M allows at distance ≥ r and which does not move
queries that start at z = 0. If K = ℓ − Mr and ∂_θ∇f = −K α there with α = min(a, cr/K), a tangent
that starts with the error α in z never moves. If c = 0, the error in z is P(K)E_0, P(0) = 1, deg
P ≤ t, for any K. ∎ So no method of t steps is better than the start while (Ma + c)e ≥ ℓaT_{t−1}.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from polyrates.analysis.volterra import Sizes
from polyrates.analysis.weighted_bound import ChebyshevWeights, Forcing, completed
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.late import late
from polyrates.ground.numbers import floating, nonnegative
from polyrates.ground.rounding import float_above
from polyrates.numeric.sobolev import weights_from_series
from polyrates.numeric.suprema.shares import at_lobatto_points, largest_sum, rough_sum
from polyrates.numeric.values import residual_series
from polyrates.synthesis.optimum import Optimum

__all__ = ["LONGEST_CONE", "helps_from", "least_off_quadratics", "lower_bound"]

optimize = late("scipy.optimize")

_NAMES = ("hessian_lipschitz", "cross_lipschitz", "distance", "residual")
LONGEST_CONE = 60
"""The t beyond which the cone program takes minutes."""

_DOWN = 1 - 1e-12  # outweighs the rounding of the closed forms of the lower end


@dataclass(frozen=True)
class _Question:
    ends: tuple[float, float]
    sizes: Sizes
    t: int
    responses: ChebyshevWeights
    norms: np.ndarray

    def bound(self, weights: np.ndarray) -> float:
        """The certified bound at the horizon."""
        series, errors = self.responses.series(weights)
        return largest_sum(self.norms[:, None] * series, self.norms * errors)

    def values(self, weights: np.ndarray) -> np.ndarray:
        """b_jq_j on 4t + 1 points, (t+1, 4t+1)."""
        series = self.norms[:, None] * self.responses.series(weights)[0]
        return at_lobatto_points(series, 4 * max(self.t, 1))

    def mixed(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """A rough value and the weights, the best of α·weights + (1 − α)·x_0."""
        values = self.values(weights)
        still = np.zeros_like(values)
        still[0] = self.norms[0]

        def value(alpha: float) -> float:
            return rough_sum(alpha * values + (1 - alpha) * still)

        alpha, best = 1.0, value(1.0)
        if best > 0.5 * self.norms[0]:  # else x_0 has nothing to add
            found = optimize.minimize_scalar(
                value, bounds=(0, 1), method="bounded", options={"xatol": 1e-3}
            )
            if found.fun < best:
                alpha, best = float(found.x), float(found.fun)
        mix = alpha * weights
        mix[0] += 1 - alpha
        return best, mix


def least_off_quadratics(
    where: Spectrum,
    t: int,
    sizes: dict[str, object],
    quadratic: Callable[..., Optimum],
    longest_cone: int = LONGEST_CONE,
) -> Optimum:
    """What ``minimax_optimal(…, hessian_lipschitz=)`` answers; ``quadratic`` solves M = 0.

    No cone program is solved for t > ``longest_cone``.
    """
    if set(sizes) != set(_NAMES) or len(where.support) != 1:
        wrong = sorted(set(sizes) ^ set(_NAMES))
        refuse_value(
            wrong[0] if wrong else "spectrum",
            where if not wrong else sizes.get(wrong[0]),
            "is not what the class beyond quadratics is described by",
            f"give one interval with ell > 0, and {', '.join(_NAMES)}",
        )
    numbers = [nonnegative(sizes[name], name) for name in _NAMES]
    M, c, e, a = (float_above(value) for value in numbers)
    low, high = where.hull
    ell, L = -float_above(-low), float_above(high)
    if not 0 < ell < L:
        refuse_value("spectrum", where, "must have 0 < ell < L", "give pr.Interval(ell, L)")
    known = Sizes(M, c, e, a)
    forcing = Forcing.of((ell, L), known, t) if M * e < 2 * ell else None
    still = np.zeros(t + 1)
    still[0] = 1.0
    found: list[tuple[float, np.ndarray, float | None]] = [(a, still, math.inf)]
    lower = lower_bound((ell, L), known, t)
    if forcing is not None and t and a > 0 and lower < a * _DOWN:
        asked = _Question((ell, L), known, t, ChebyshevWeights((ell, L), t), forcing.norms(t))
        inside = quadratic(where, t, residual=a, drift=c * e)
        lower = max(lower, min(float(inside.lower) * _DOWN, a))
        eta, weights = _searched(asked)
        found.append((asked.bound(completed(weights)), completed(weights), eta))
        for each in map(completed, _candidates(asked, weights, inside, longest_cone)):
            found.append((asked.bound(each), each, None))
    upper, weights, eta_found = min(found, key=lambda row: row[0])
    method = WeightedIterates(Chebyshev(ell, L), weights.tolist())
    return Optimum(
        where,
        t,
        upper,
        min(lower, upper),
        upper,
        "certified",
        method,
        eta=eta_found,
        build_polynomial=partial(residual_series, method, t, (ell, L)),
    )


def _candidates(
    asked: _Question, harmonic: np.ndarray, inside: Optimum, longest_cone: int
) -> list[np.ndarray]:
    last = np.zeros(asked.t + 1)
    last[-1] = 1.0
    found = [asked.mixed(last)[1]]
    method = inside.method
    if isinstance(method, WeightedIterates) and type(method.base) is Chebyshev:
        found.append(asked.mixed(np.array([floating(w) for w in method.weights]))[1])
    if importlib.util.find_spec("cvxpy") is not None and asked.t <= longest_cone:
        solved = _by_cones(asked, harmonic)
        if solved is not None:
            found.append(solved)
    return found


def _searched(asked: _Question) -> tuple[float, np.ndarray]:
    """η and the weights of the harmonic Sobolev method, by a line search over log η."""
    ell, L = asked.ends
    best: list[tuple[float, float, np.ndarray]] = []

    def value(log_eta: float) -> float:
        method = HarmonicSobolev(ell, L, math.exp(log_eta), "residual/drift")
        series = residual_series(method, asked.t, asked.ends)
        weights = np.array(weights_from_series(series.coef, ell, L))
        found, mix = asked.mixed(np.pad(weights, (0, asked.t + 1 - len(weights))))
        best.append((found, log_eta, mix))
        return found

    grid = np.linspace(2 * math.log(ell) - 7.0, 2 * math.log(L) + 5.0, 15)
    values = [value(x) for x in grid]
    k = int(np.argmin(values))
    ends = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
    optimize.minimize_scalar(
        value, bounds=ends, method="bounded", options={"xatol": 2e-2, "maxiter": 16}
    )
    _, log_eta, weights = min(best, key=lambda each: each[0])
    return math.exp(log_eta), weights


def _by_cones(asked: _Question, start: np.ndarray) -> np.ndarray | None:
    """The weights that minimize the bound on a grid, by a cone program; None where it fails."""
    cvxpy = importlib.import_module("cvxpy")
    t, scale = asked.t, asked.bound(start)
    size = max(4 * t, 160)
    units = np.eye(t + 1)
    table = np.stack(  # (k, j, i): what w_k adds to b_jq_j(λ_i)
        [
            at_lobatto_points(asked.norms[:, None] * asked.responses.series(row)[0], size)
            for row in units
        ]
    )
    weights, shares = cvxpy.Variable(t + 1), cvxpy.Variable(t + 1)
    top = cvxpy.Variable()
    terms = table.reshape(t + 1, -1).T / scale  # rows (j, i)
    which = np.repeat(np.arange(t + 1), size + 1)
    products = cvxpy.Variable(len(terms))
    q, sigma = terms @ weights, shares[which]
    rules = [
        cvxpy.sum(weights) == 1,
        cvxpy.sum(shares) == 1,
        cvxpy.SOC(products + sigma, cvxpy.vstack([2 * q, products - sigma])),
        cvxpy.sum(cvxpy.reshape(products, (t + 1, size + 1), order="C"), axis=0) <= top,
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not quite optimal is certified all the same
        try:
            cvxpy.Problem(cvxpy.Minimize(top), rules).solve(solver=cvxpy.CLARABEL)
        except (cvxpy.error.SolverError, ValueError):
            return None
    if weights.value is None or not np.all(np.isfinite(weights.value)):
        return None
    found: np.ndarray = np.array(weights.value)
    return np.asarray(found / found.sum())


def lower_bound(ends: tuple[float, float], sizes: Sizes, t: int) -> float:
    """A lower bound of the worst error of every method with fixed coefficients after t steps."""
    ell, L = ends
    M, c, e, a = sizes.hessian_lipschitz, sizes.cross_lipschitz, sizes.distance, sizes.residual
    if t == 0:
        return a
    if t == 1:  # one step h: max(1 − hℓ, hL − 1)a + h(Ma + c)e is attained, best at 0 or 2/(L + ℓ)
        return min(a, ((L - ell) * a + 2 * (M * a + c) * e) / (L + ell) * _DOWN)
    xi = (L - ell) / (math.sqrt(L) + math.sqrt(ell)) ** 2
    power = xi ** (t - 1)
    r = e * 2 * power / (1 + power**2) * _DOWN
    room = ell - M * r
    if room <= 0:
        return a
    wide = (L - ell + 2 * M * r) / (math.sqrt(L + M * r) + math.sqrt(room)) ** 2
    falls = 2 * wide**t / (1 + wide ** (2 * t)) * _DOWN
    return min(a, max(c * r / room * _DOWN, a * falls))


def helps_from(ends: tuple[float, float], sizes: Sizes) -> int:
    """The first t with (Ma + c)e < ℓaT_{t−1}: before it no unrolled method is better than x_0."""
    ell, L = ends
    M, c, e, a = sizes.hessian_lipschitz, sizes.cross_lipschitz, sizes.distance, sizes.residual
    if a == 0:
        refuse_value("residual", a, "is nothing to improve on", "give ‖E_0‖ > 0")
    ratio = (M + c / a) * e / ell
    if ratio < 1:
        return 1
    # T_{t−1}(m₀) = cosh((t − 1) log(1/ξ)) > ratio
    angle = 2 * math.asinh(math.sqrt(ell / (L - ell)))
    return max(1, math.floor(math.acosh(ratio) / angle * (1 - 1e-12)) + 2)
