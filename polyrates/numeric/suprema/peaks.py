"""Local maxima of u A² + w B² for two cosine series: where they are, to rounding, not rigorous.

A fast transform samples the profile about 16 times to an oscillation; Halley's method takes each
maximum of the grid to that of the series. What is found here seeds the rigorous bounds of
:mod:`polyrates.numeric.suprema.profile` and the exchange of :mod:`polyrates.numeric.suprema.joint`.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from polyrates.numeric.suprema.waves import Array


@lru_cache(maxsize=64)
def _orders(degree: int) -> Array:
    """``1, k**2, k, k**3`` for k = 0 … degree: even derivatives are cosines, odd ones sines."""
    k = np.arange(degree + 1.0)
    return np.stack([np.ones(degree + 1), k**2, k, k**3])[:, None, :]


# Steps in phi, in units of the finest oscillation, after which a maximum is left as it is. What is
# left of the distance is of the order of the cube, and what the cubic misses of the height of the
# fourth power: rounding, and enough to steer by far from the solution.
FINE, ROUGH = 3e-4, 2e-2


def series_peaks(first: Array, second: Array, u: float, w: float) -> tuple[Array, Array, Array]:
    """Local maxima in ``phi`` of ``u A^2 + w B^2`` for cosine series of one length; see Peaks."""
    pair = np.stack([math.sqrt(u) * first, math.sqrt(w) * second])
    return refined(pair, sampled_profile(pair), FINE)


def sampled_profile(pair: Array) -> Array:
    """``A^2 + B^2`` at equal angles, about 16 to an oscillation, with one more at each end."""
    degree = pair.shape[1] - 1
    length = 1 << max(5, (16 * degree + 15).bit_length())
    padded = np.zeros((2, length + 1))
    np.multiply(pair, length, out=padded[:, : degree + 1])
    padded[:, 0] *= 2
    grid = np.fft.irfft(padded, 2 * length)[:, : length + 1]
    grid *= grid
    around = np.empty(length + 3)
    np.add(grid[0], grid[1], out=around[1:-1])
    around[0], around[-1] = around[2], around[-3]
    return around


def refined(pair: Array, around: Array, rest: float) -> tuple[Array, Array, Array]:
    """The maxima near those of the grid."""
    degree, length = pair.shape[1] - 1, len(around) - 3
    profile = around[1:-1]
    derivatives = (_orders(degree) * pair).reshape(8, degree + 1)
    rise = profile >= around[:-2]
    top = rise & (profile > around[2:])
    top[-1] |= rise[-1]
    where = top.nonzero()[0]
    left, here, right = around[where], around[where + 1], around[where + 2]
    bend = np.minimum(left - 2 * here + right, -1e-300)
    cell = math.pi / length
    inner = (where > 0) & (where < length)
    phi: Array = np.asarray((where + inner * (0.5 * (left - right) / bend)) * cell, dtype=float)
    height, curve = np.empty(len(phi)), np.empty(len(phi))
    moving = np.arange(len(phi))
    for _ in range(8):  # Halley's method for W' = 0: from a parabola's error to rounding in 1 or 2
        power = np.empty((degree + 1, len(moving)), dtype=np.complex128)
        power[0] = 1.0
        power[1:] = np.exp(1j * phi[moving])
        np.multiply.accumulate(power, axis=0, out=power)
        values = derivatives @ power.view(np.float64)
        v0, v2 = values[:2, ::2], values[2:4, ::2]
        v1, v3 = values[4:6, 1::2], values[6:, 1::2]
        # half the first three derivatives of the sum of squares
        d1 = -_pair_sum(v0 * v1)
        d2 = _pair_sum(v1 * v1 - v0 * v2)
        d3 = _pair_sum(3 * v1 * v2 + v0 * v3)
        hollow = inner[moving] & (d2 < 0)
        bend = np.where(hollow, d2, -1.0)
        step = np.where(hollow, -d1 / bend, 0.0)
        step /= np.maximum(1 + step * d3 / (2 * bend), 0.5)
        step = np.minimum(np.maximum(step, -cell / 2), cell / 2)
        phi[moving] += step
        height[moving] = _pair_sum(v0 * v0) + ((d3 / 3 * step + d2) * step + 2 * d1) * step
        curve[moving] = 2 * (d2 + d3 * step)
        moving = moving[degree * np.abs(step) >= rest]
        if len(moving) == 0:
            break
    return phi, height, curve


def _pair_sum(pair: Array) -> Array:
    return np.asarray(pair[0] + pair[1])
