"""Certified suprema: enclosures of error polynomials, and of their maxima on an interval.

Two steps, both rigorous. The Chebyshev coefficients of R and C on [ℓ, L] are computed by the one
loop in flint's balls and leave it as floats with a bound on their error. The maximum of
|p(cos θ)| = |Σ c_k cos kθ|, degree n, is then enclosed: if |p| ≤ M at points at most 2w apart in θ
then sup |p| ≤ M/cos(nw) (Ehlich and Zeller, Math. Z. 86, 1964), w = π/2N on a Chebyshev grid of
N + 1 points; and around every candidate a cell is shown to be concave by Bernstein's bound on the
third derivative, which gives a Newton-tight maximum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from polyrates.ground.late import late
from polyrates.numeric.suprema.balls import UNIT, UP, EnclosedSeries, Maximum

__all__ = ["grid_bound", "modulus", "weighted_supremum"]

fft = late("scipy.fft")


def grid_bound(series: EnclosedSeries, oversampling: int = 8) -> Maximum:
    """The enclosure of sup |p| from one Chebyshev grid: upper ≤ lower/cos(π/2·oversampling)."""
    scale = _scale(series)
    if scale != 1.0:
        return _scaled(grid_bound(_divided_by(series, scale), oversampling), scale)
    if series.divided:
        return weighted_supremum(
            series, lambda point: 1.0 / (point + series.shift), 1e-2, oversampling
        )
    c = series.coefficients
    n = len(c) - 1
    if n == 0:
        return _constant(series)
    size, values, rounding = _grid(c, oversampling)
    j = int(np.argmax(np.abs(values)))
    top = float(abs(values[j]))
    upper = ((top + rounding) / math.cos(math.pi * n / (2 * size)) + series.error) * UP
    lower = max(top - rounding - series.error, 0.0)
    return Maximum(lower, upper, _lambda(series, j * math.pi / size))


def _grid(c: np.ndarray, oversampling: int) -> tuple[int, np.ndarray, float]:
    """N, the values at θ_j = jπ/N, and a bound on their rounding errors."""
    n = len(c) - 1
    size = fft.next_fast_len(max(16, oversampling * n), real=True)
    padded = np.zeros(size + 1)
    padded[: n + 1] = c
    padded[1:-1] /= 2.0
    values = fft.dct(padded, type=1)
    # ‖error‖₂ ≤ 8u log₂(2N) ‖values‖₂ for a mixed-radix transform (Higham 2002, ch. 24)
    rounding = 8.0 * UNIT * math.log2(2 * size) * float(np.linalg.norm(values)) * 1.5
    return size, values, rounding


def _scale(series: EnclosedSeries) -> float:
    """A power of two that keeps squares of huge or tiny coefficients within floats; else 1."""
    largest = float(np.max(np.abs(series.coefficients)))
    if largest == 0.0 or 1e-120 < largest < 1e120:
        return 1.0
    return 2.0 ** min(max(math.frexp(largest)[1], -1000), 1000)


def _divided_by(series: EnclosedSeries, scale: float) -> EnclosedSeries:
    return replace(
        series, coefficients=series.coefficients / scale, error=series.error / scale + 5e-324
    )


def _scaled(found: Maximum, scale: float) -> Maximum:
    with np.errstate(over="ignore"):
        return Maximum(times_down(found.lower, scale), times_up(found.upper, scale), found.point)


def times_up(value: float, factor: float) -> float:
    """An upper bound times a factor that is exact or allowed for, upward where it is subnormal."""
    product = value * factor
    return math.nextafter(product, math.inf) if value > 0 and product < 1e-300 else product


def times_down(value: float, factor: float) -> float:
    """A lower bound times such a factor: 0 where it becomes subnormal."""
    product = value * factor
    return product if product > 1e-300 else 0.0


def _constant(series: EnclosedSeries) -> Maximum:
    value = abs(float(series.coefficients[0]))
    if series.error == 0.0:
        return Maximum(value, value, series.L)
    return Maximum(max(value - series.error, 0.0), (value + series.error) * UP, series.L)


def _lambda(series: EnclosedSeries, angle: float) -> float:
    half = math.sin(angle / 2) ** 2
    point = series.L * (1 - half) + series.ell * half
    return min(max(point, series.ell), series.L)


def modulus(series: EnclosedSeries) -> Maximum:
    """A tight enclosure of sup over [ℓ, L] of |p|, relative width about n·1e-15."""
    scale = _scale(series)
    if scale != 1.0:
        return _scaled(modulus(_divided_by(series, scale)), scale)
    if series.divided:
        return weighted_supremum(series, lambda point: 1.0 / (point + series.shift))
    c = series.coefficients
    n = len(c) - 1
    if n == 0:
        return _constant(series)
    size, values, rounding = _grid(c, 16)
    magnitude = np.abs(values)
    shrink = math.cos(math.pi * n / (2 * size))
    moving = np.abs(values - c[0])  # derivatives see the moving part only
    bound = float((moving.max() + rounding) / shrink) * UP  # sup |Σ_{k>0} c_k cos kθ| ≤ bound
    k = np.arange(n + 1.0)
    second = min(n**2 * bound, float(k**2 @ np.abs(c)) * UP)  # Bernstein, or term by term
    third = min(n**3 * bound, float(k**3 @ np.abs(c)) * UP)
    threshold = float(magnitude.max() - rounding) * shrink - rounding
    centers = np.flatnonzero(magnitude >= threshold) * (math.pi / size)
    half_width = math.pi / (2 * size) * (1 + 1e-12)
    best, best_angle, upper, evaluation = 0.0, 0.0, 0.0, rounding
    for _ in range(60):
        if not len(centers):
            break
        value, tops, angles, done, evaluation = _cells(c, centers, half_width, second, third)
        j = int(np.argmax(value))
        if value[j] > best:
            best, best_angle = float(value[j]), float(angles[j])
        # what is settled, or cannot rise above the best by more than rounding, is finished
        done |= tops <= best * (1.0 + 1e-14) + evaluation
        upper = max(upper, float(tops[done].max(initial=0.0)))
        open_cells = ~done
        if half_width < 1e-11 or int(open_cells.sum()) > 50_000:
            upper = max(upper, float(tops[open_cells].max(initial=0.0)))
            break
        half_width = half_width / 4 * (1 + 1e-12)
        offsets = np.array([-3.0, -1.0, 1.0, 3.0]) * half_width
        centers = (centers[open_cells][:, None] + offsets).reshape(-1)
    lower = max(best - evaluation - series.error, 0.0)
    upper = max(upper, best) + evaluation + series.error
    return Maximum(lower, upper * UP, _lambda(series, best_angle))


def _cells(
    c: np.ndarray, centers: np.ndarray, half_width: float, second: float, third: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Upper bounds of |p| over |θ − center| ≤ half_width, and which of them are Newton-tight.

    ``second`` and ``third`` bound |p″| and |p‴| everywhere. Each cell is first re-centred on its
    local maximum; it then lies within 2·half_width of the new centre.
    """
    n = len(c) - 1
    k = np.arange(n + 1.0)
    # float dot products of n + 1 terms, arguments kθ rounded to n·π·u
    evaluation = (5.0 * n + 10.0) * UNIT * float(np.sum(np.abs(c)))

    def derivatives(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        phase = np.outer(angle, k)
        cosine, sine = np.cos(phase), np.sin(phase)
        return cosine @ c, -(sine @ (k * c)), -(cosine @ (k * k * c))

    angle = centers.copy()
    for _ in range(4):
        p, p1, p2 = derivatives(angle)
        concave = p * p2 < 0
        step = np.where(concave, -p1 / np.where(concave, p2, 1.0), 0.0)
        angle = np.clip(angle + step, centers - half_width, centers + half_width)
        if n * float(np.max(np.abs(step), initial=0.0)) < 1e-9:  # the next one would be rounding
            break
    p, p1, p2 = derivatives(angle)
    slope = np.abs(p1) + n * evaluation
    reach = 2.0 * half_width
    curvature = np.abs(p2) - n * n * evaluation - third * reach
    settled = (p * p2 < 0) & (curvature > 0)
    safe = np.where(settled, curvature, 1.0)
    newton = np.abs(p) + slope**2 / (2 * safe)
    plain = np.abs(p) + slope * reach + second * reach**2 / 2
    tops = np.where(settled, np.minimum(newton, plain), plain) * UP
    tight = settled & (newton - np.abs(p) <= 1e-14 * np.abs(p) + evaluation)
    return np.abs(p), tops, angle, tight, evaluation


def weighted_supremum(
    series: EnclosedSeries,
    weight: Callable[[np.ndarray], np.ndarray],
    tolerance: float = 1e-10,
    oversampling: int = 16,
) -> Maximum:
    """sup of weight(λ)|p(λ)| for a positive weight that does not increase on [ℓ, L].

    By cells: |p| ≤ |p₀| + |p₀′|w + ‖p″‖w²/2, times the weight at the cell's least λ; a cell is cut
    in four until its bound is within ``tolerance`` of the best value met.
    """
    c = series.coefficients
    n = max(len(c) - 1, 1)
    plain = EnclosedSeries(c, series.error, series.ell, series.L)
    k = np.arange(len(c), dtype=float)
    second = min(n * n * grid_bound(plain).upper, float(k**2 @ np.abs(c))) * UP
    evaluation = (5.0 * n + 10.0) * UNIT * float(np.sum(np.abs(c))) + series.error
    size = max(64, oversampling * n)
    half_width = math.pi / (2 * size)
    centers = (np.arange(size) + 0.5) * (2 * half_width)
    width = series.L - series.ell
    best, point, upper = 0.0, series.ell, 0.0

    def at(angle: np.ndarray) -> np.ndarray:
        return np.asarray(series.ell + width * np.cos(angle / 2) ** 2)

    def value(angle: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(np.cos(np.outer(angle, k)) @ c) * weight(at(angle)))

    for _ in range(40):
        phase = np.outer(centers, k)
        p = np.cos(phase) @ c
        slope = np.abs(np.sin(phase) @ (k * c)) + n * evaluation
        reach = half_width * 1.0000001
        least = at(np.minimum(centers + reach, math.pi)) * (1 - 1e-14)
        ends = np.concatenate([centers, [0.0, math.pi]])
        here = value(ends)
        j = int(np.argmax(here))
        if here[j] > best:
            best, point = float(here[j]), float(at(ends[j : j + 1])[0])
        tops = (np.abs(p) + slope * reach + second * reach**2 / 2) * weight(least)
        open_cells = tops > best * (1 + tolerance)
        upper = max(upper, float(tops[~open_cells].max(initial=0.0)))
        if not open_cells.any() or int(open_cells.sum()) > 50_000:
            upper = max(upper, float(tops[open_cells].max(initial=0.0)))
            break
        half_width /= 4
        offsets = np.array([-3.0, -1.0, 1.0, 3.0]) * half_width
        centers = (centers[open_cells][:, None] + offsets).reshape(-1)
    slack = evaluation * float(weight(np.array([series.ell * (1 - 1e-14)]))[0])
    return Maximum(max(best * (1 - 1e-13) - slack, 0.0), (max(upper, best) + slack) * UP, point)
