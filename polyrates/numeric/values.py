"""P_t and P_t′ at many points: closed forms for the classical methods, the loop for the rest."""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.recurrence import Method, as_method, check_steps, final
from polyrates.core.spectra import as_spectrum
from polyrates.ground.arrays import real_array
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating
from polyrates.numeric.ring import SeriesRing, ValueRing

__all__ = ["chebyshev_size", "residual_series", "residual_values"]

_BLOCK = 1 << 14  # points handled at a time: the working set stays in cache


def residual_values(method: Method, t: int, points: object) -> tuple[np.ndarray, np.ndarray]:
    """(P_t, P_t′) at points, arrays of the shape of ``points``.

    O(1) work a point for gradient descent and, on its interval, Chebyshev's method; O(t) otherwise.
    """
    t = check_steps(as_method(method), t, "t")
    where = real_array(points, "points")
    if not np.all(np.isfinite(where)):
        refuse_value("points", points, "must be finite numbers", "drop NaN and infinities")
    if type(method) is GradientDescent:
        return _gradient_descent(floating(method.step), t, where)
    if type(method) is Chebyshev:
        ell, L = floating(method.ell), floating(method.L)
        if where.size and ell <= where.min() and where.max() <= L:
            return _chebyshev(ell, L, t, where)
    ring = ValueRing(where)
    pair = Unrolled().pair(method, t, ring)
    return pair.residual, pair.drift


def _gradient_descent(h: float, t: int, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if t == 0:
        return np.ones_like(points), np.zeros_like(points)
    factor = 1.0 - h * points
    power = factor ** (t - 1)
    return power * factor, (-h * t) * power


def chebyshev_size(ell: float, L: float, t: int) -> float:
    """1/|T_t(m₀)| = 1/cosh(tθ₀), θ₀ = 2 asinh √(ℓ/(L−ℓ)), which never forms m₀ = −1 − 2ℓ/(L−ℓ)."""
    exponent = t * 2.0 * math.asinh(math.sqrt(ell / (L - ell)))
    return 2.0 * math.exp(-exponent) / (1.0 + math.exp(-2.0 * exponent))


def _chebyshev(ell: float, L: float, t: int, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """cos(tθ)/T_t(m₀) and its derivative, tan(θ/2) = √((L−λ)/(λ−ℓ)) exact at both ends."""
    scale = (-1.0) ** t * chebyshev_size(ell, L, t)
    value, slope = np.empty_like(points), np.empty_like(points)
    flat, out, der = points.reshape(-1), value.reshape(-1), slope.reshape(-1)
    for begin in range(0, flat.size, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        right, left = np.sqrt(L - flat[block]), np.sqrt(flat[block] - ell)
        angle = np.arctan2(right, left)
        angle *= 2.0 * t
        np.cos(angle, out=out[block])
        np.sin(angle, out=angle)
        left *= right
        ends = left == 0.0
        if ends.any():
            left[ends] = 1.0
            angle[ends] = np.where(flat[block][ends] == L, 1.0, (-1.0) ** (t + 1)) * (
                2.0 * t / (L - ell)
            )
        np.divide(angle, left, out=der[block])
    value *= scale
    slope *= scale * t
    return value, slope


def residual_series(method: Method, t: int, interval: object) -> ChebyshevSeries:
    """P_t as a Chebyshev series on an interval (numpy's object, its domain the interval)."""
    t = check_steps(as_method(method), t, "t")
    low, high = as_spectrum(interval, "interval").hull
    ring = SeriesRing(floating(low, "ell"), floating(high, "L"), t)
    return ring.series(final(method, ring, t))
