"""Sobolev-optimal residual polynomials in floats.

banded_values   Jacobi densities: every degree's value in O(t), each with its own exponent, so that
                1e−866 is a number; :func:`enclosures` does the same in ball arithmetic.
optimum         any measure: its Gauss rule, and Arnoldi's process (:mod:`.arnoldi`) on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import flint
import numpy as np
from numpy.polynomial import Chebyshev as ChebyshevSeries
from numpy.polynomial.chebyshev import chebpts1
from scipy import linalg

from polyrates.core.measures.base import Measure
from polyrates.core.measures.densities import ClassicalDensity
from polyrates.core.methods.sobolev_recurrence import sobolev_steps
from polyrates.ground.numbers import Number, floating, fraction_of
from polyrates.ground.precision import ball_bits, working_bits
from polyrates.numeric.arnoldi import LiftedOptimum, lifted
from polyrates.numeric.scaled import Scaled

__all__ = [
    "Rule",
    "banded_values",
    "discretize",
    "enclosure",
    "optimum",
    "series",
    "violations",
    "weights_from_series",
]

_BLOCK = 512  # a product of so many numbers in [1, 2] is a float


def banded_values(density: ClassicalDensity, eta: Number, t: int) -> Scaled:
    """The minima of all degrees 0, …, t of a Jacobi density, to about t ε relative."""
    alpha, beta = map(floating, density.exponents)
    if alpha == beta:
        growth = _symmetric_growth(
            floating(density.ell), floating(density.L), alpha + 0.5, floating(eta), t
        )
    else:
        growth = [step.growth for step in islice(sobolev_steps(density, eta, floating), t)]
    return _reciprocal_products(growth)


def _reciprocal_products(growth: Sequence[float]) -> Scaled:
    """Π_{i≤n} 1/growth_i, n = 0, …, with exponents carried apart."""
    size = len(growth) + 1
    padded = np.ones(-(-size // _BLOCK) * _BLOCK)
    padded[1:size] = growth
    mantissa, exponent = np.frexp(padded)
    blocks = np.cumprod((1.0 / mantissa).reshape(-1, _BLOCK), axis=1)  # in [1, 2^_BLOCK]
    shifts = -np.cumsum(exponent)
    carried, extra = 1.0, 0
    offsets = np.zeros(len(blocks), dtype=np.int64)
    for row, block in enumerate(blocks):
        last = block[-1]
        block *= carried
        offsets[row] = extra
        carried, more = math.frexp(carried * last)
        extra += more
    mantissa, exponent = np.frexp(blocks.reshape(-1)[:size])
    return Scaled(mantissa, exponent + shifts[:size] + np.repeat(offsets, _BLOCK)[:size])


def _symmetric_growth(ell: float, L: float, alpha: float, eta: float, t: int) -> list[float]:
    """A_n/A_{n−1}, n = 1, …, t, for (1 − x²)^{α − ½}.

    The recurrence of :func:`polyrates.core.methods.orthogonal.sobolev_steps` with f = e = 0; all
    that does not depend on the previous step is computed for all n at once: the loop is the cost.
    """
    if t == 0:
        return []
    n = np.arange(1, t + 1, dtype=float)
    delta = 2.0 * ell / (L - ell)
    eta_x = 4.0 * eta / (L - ell) ** 2
    gamma = np.empty(t)
    gamma[0] = 0.5 / (1.0 + alpha)
    m = n[1:]
    gamma[1:] = m * (m + 2 * alpha - 1) / (4 * (m + alpha) * (m + alpha - 1))
    end = np.ones(t)
    end[1:] = 2 * (m + alpha - 1) / (m + 2 * alpha - 1)
    push = end * delta
    pull = np.zeros(t)
    pull[1:] = end[1:] * gamma[:-1] * end[:-1]
    c = np.zeros(t)
    m = n[2:]
    c[2:] = m * (m - 1) / (4 * (m + alpha - 1) * (m + alpha - 2))
    square = np.zeros(t)
    square[1:] = c[1:] ** 2 / (gamma[1:] * gamma[:-1])
    cross = np.zeros(t)
    cross[1:] = c[1:] * end[1:] * end[:-1]
    plain = eta_x * n * n / gamma
    # with z = 1 + ε_n, |q_n| = e_n/z; the two-step lags are σ/ρ and r/ρ, and `level` is A_n/S_n's
    # normalized square, carried per ρ_n
    excess = before = lag = older_lag = 0.0
    z_before = level = near = older_near = 1.0
    growth: list[float] = []
    add = growth.append
    for d, p, w, k, v, u in zip(
        push.tolist(),
        pull.tolist(),
        (gamma * end * end).tolist(),
        cross.tolist(),
        square.tolist(),
        plain.tolist(),
        strict=True,
    ):
        excess = d + p * before
        z = 1.0 + excess
        before = excess / z
        sigma = u + v * older_lag
        rho = 1.0 + sigma
        r = 1.0 - k / (z * z_before) * (1.0 - older_near)
        older_lag, lag = lag, sigma / rho
        older_near, near = near, r / rho
        kept = level * w / (z * z)
        level = kept + r * near
        add(level / kept)
        z_before = z
    return growth


@dataclass(frozen=True)
class Rule:
    """Nodes and weights with the same ∫P²dμ and ∫P′²dμ as a measure for deg P ≤ t.

    Attributes
    ----------
    nodes, weights : arrays (N,)
        0 is the first node where it has mass; the others are the Gauss rule of the bulk.
    basis : array (t + 1, t + 1)
        basis[k] is √w p_k at the bulk's nodes, p_k orthonormal for the bulk. Empty for a bulk of
        N ≤ t points, which are themselves the nodes.
    a, b : arrays (t + 1,)
        The bulk's three-term coefficients, or empty.
    """

    nodes: np.ndarray
    weights: np.ndarray
    basis: np.ndarray
    a: np.ndarray
    b: np.ndarray


def discretize(measure: Measure, t: int) -> Rule:
    """The :class:`Rule` of a measure; O(N t) for N points."""
    bulk = measure.bulk
    none = np.zeros(0)
    if bulk is None:
        return Rule(np.zeros(1), np.ones(1), none, none, none)
    points = bulk.points
    basis: np.ndarray = none
    a, b = none, none
    if points is not None and points <= t:
        nodes, weights = bulk.quadrature(t + 1)
    else:
        a, b = bulk.float_coefficients(t + 1)
        nodes, basis = linalg.eigh_tridiagonal(a, np.sqrt(b[1:]))
        basis = basis * np.where(basis[0] < 0, -1.0, 1.0)
        weights = basis[0] ** 2
    mass = floating(measure.mass_at_zero)
    if mass > 0.0:
        nodes = np.concatenate(([0.0], nodes))
        weights = np.concatenate(([mass], (1.0 - mass) * weights))
    return Rule(nodes, weights, basis, a, b)


def optimum(measure: Measure, eta: Number, t: int) -> tuple[LiftedOptimum, np.ndarray]:
    """The optimum of any measure, and the weights of P* on the orthogonal iterates of its bulk.

    The weights are empty for a bulk of N ≤ t points, whose orthogonal iterates end at N.
    """
    rule = discretize(measure, t)
    result = lifted(rule.nodes, rule.weights, floating(eta), t)
    if not rule.basis.size:
        return result, rule.basis
    share = result.vector[0, len(rule.nodes) - rule.basis.shape[1] :]
    return result, _weights(rule.basis @ share, rule.a, rule.b)


def _weights(coefficients: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """w_k = c_k p_k(0), p_k orthonormal, scaled to sum one; p_k(0) overflows, the product does not.

    |p_{k+1}(0)/p_k(0)| = (a_k − b_k|q_k|)/√b_{k+1}; the small c_k carry the error of the large
    ones, ε c_t, which p_k(0)/p_t(0) makes harmless.
    """
    size = len(coefficients)
    logs = np.zeros(size)
    ratio = 0.0
    for k in range(size - 1):
        inverse = a[k] - (b[k] * ratio if k else 0.0)
        ratio = 1.0 / inverse
        logs[k + 1] = logs[k] + math.log(inverse) - 0.5 * math.log(b[k + 1])
    signs = np.where(np.arange(size) % 2 == 0, 1.0, -1.0)
    with np.errstate(divide="ignore"):
        exponents = np.where(coefficients != 0, np.log(np.abs(coefficients)) + logs, -np.inf)
    weights = signs * np.sign(coefficients) * np.exp(exponents - np.max(exponents))
    return np.asarray(weights / np.sum(weights))


def series(
    values: Callable[[np.ndarray], np.ndarray], ell: float, L: float, t: int
) -> ChebyshevSeries:
    """The polynomial of degree ≤ t with values(points), as a Chebyshev series on [ℓ, L]."""
    nodes = chebpts1(t + 1)
    samples = np.asarray(values((L + ell) / 2 + (L - ell) / 2 * nodes))
    angles = np.arccos(nodes)
    rows = np.cos(np.outer(np.arange(t + 1), angles))
    coefficients = rows @ samples * (2.0 / (t + 1))
    coefficients[0] /= 2.0
    return ChebyshevSeries(coefficients, domain=[ell, L])


def weights_from_series(coefficients: Iterable[float], ell: float, L: float) -> list[float]:
    """w_k of Σ c_kT_k(m(λ)) = Σ w_k T_k(m(λ))/T_k(m₀), scaled to sum one.

    |T_k(m₀)| = cosh(k θ₀), θ₀ = 2 asinh √(ℓ/(L − ℓ)), which does not form m₀; in logarithms, since
    it alone leaves the range of floats at large k. So may the c_k, as mpmath numbers: their unit
    does not matter.
    """
    angle = 2.0 * math.asinh(math.sqrt(ell / (L - ell)))
    largest = max(abs(each) for each in coefficients)
    c = np.array([float(each / largest) for each in coefficients])
    k = np.arange(len(c))
    with np.errstate(divide="ignore"):
        size = np.log(np.abs(c)) + k * angle + np.log1p(np.exp(-2 * k * angle))
    weights = np.exp(size - np.max(size)) * np.sign(c)
    weights[1::2] *= -1
    result: list[float] = (weights / math.fsum(weights)).tolist()
    return result


def enclosure(density: ClassicalDensity, eta: Number, t: int) -> tuple[Number, Number]:
    """Rigorous (lower, upper) of the minimum at degree t of a Jacobi density, by ball arithmetic.

    Floats count as the dyadic rationals they are. The precision is doubled until the ball is
    narrower than the rounding of a float. The ends are floats, or mpmath numbers below 1e−300.
    """
    precision = 96
    while True:
        with ball_bits(precision):
            product = flint.arb(1)
            for step in islice(sobolev_steps(density, eta, _ball), t):
                product *= step.growth
            value = 1 / product
            if value.rel_accuracy_bits() > 60 or precision > 4096:
                return _outward(value.lower(), -1), _outward(value.upper(), 1)
        precision *= 2


def _ball(value: Number) -> flint.arb:
    """A number as a ball: exact for rationals and floats, else a float's neighbourhood."""
    from polyrates.ground.errors import InvalidArgument

    try:
        ratio = fraction_of(value)
    except InvalidArgument:  # an algebraic number beside floats
        nearest = floating(value)
        return flint.arb(nearest, 2 * math.ulp(nearest))
    return flint.arb(flint.fmpq(ratio.numerator, ratio.denominator))


def _outward(end: flint.arb, direction: int) -> Number:
    """An exact ball end as a float rounded outwards, or as the mpmath number it is."""
    import mpmath

    mantissa, exponent = (int(part) for part in end.man_exp())
    with working_bits(max(mantissa.bit_length(), 53)):
        number = mpmath.ldexp(mpmath.mpf(mantissa), exponent)
    if 0 < number < 1e-300:
        return number
    return math.nextafter(float(number), direction * math.inf)


def violations(
    measure: Measure, eta: float, value: np.ndarray, slope: np.ndarray, minimum: float, t: int
) -> tuple[float, float]:
    """(residual, kernel) of a polynomial given by its values at the Gauss rule with t + 1 nodes.

    residual = max_k |⟨P, λp_k⟩|/(‖P‖‖λp_k‖), k < t; kernel = ‖P‖²/minimum − 1. NaN where P² is
    below the range of floats.
    """
    nodes, weights = measure.quadrature(t + 1)
    a, b = measure.float_coefficients(max(min(t, len(nodes)), 1))
    norm = float(np.sum(weights * (value**2 + eta * slope**2)))
    if norm < 1e-290:
        return math.nan, math.nan
    p, dp = np.ones_like(nodes), np.zeros_like(nodes)
    before, dbefore = np.zeros_like(nodes), np.zeros_like(nodes)
    worst = 0.0
    for k in range(min(t, len(a))):
        q, dq = nodes * p, p + nodes * dp
        length = float(np.sum(weights * (q * q + eta * dq * dq)))
        overlap = float(np.sum(weights * (value * q + eta * slope * dq)))
        worst = max(worst, abs(overlap) / math.sqrt(norm * length))
        if k + 1 < len(a):
            link = math.sqrt(b[k + 1])
            back = math.sqrt(b[k]) if k else 0.0
            p, before = (q - a[k] * p - back * before) / link, p
            dp, dbefore = (dq - a[k] * dp - back * dbefore) / link, dp
    return worst, norm / minimum - 1.0
