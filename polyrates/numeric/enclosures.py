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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import flint
import numpy as np
from scipy import fft

from polyrates.errors import refuse_value
from polyrates.estimators import Estimator, Implicit, Unrolled
from polyrates.numbers import Number, ball
from polyrates.recurrence import Method, orbit

__all__ = [
    "BallRing",
    "EnclosedSeries",
    "Maximum",
    "TooCoarse",
    "enclose_series",
    "enclosed_pairs",
    "enclosed_values",
    "grid_bound",
    "supremum",
    "weighted_supremum",
]

_UNIT = 2.0**-53
_UP = 1.0 + 8.0 * _UNIT  # a factor that outweighs the rounding of a short nonnegative sum


class Maximum(NamedTuple):
    """lower ≤ sup |p| ≤ upper, and a point λ where lower is reached up to rounding."""

    lower: float
    upper: float
    point: float


@dataclass(frozen=True, eq=False)
class EnclosedSeries:
    """Σ_k c_k T_k(m(λ)) on [ℓ, L], true to ``error`` in absolute value everywhere on it.

    ``divided`` marks −p/λ for this p, the drift of an exact implicit solve.
    """

    coefficients: np.ndarray
    error: float
    ell: float
    L: float
    divided: bool = False


@dataclass(frozen=True)
class BallRing:
    """Chebyshev series on [ℓ, L] with ball coefficients, as flint polynomials."""

    low: Any
    high: Any

    @property
    def start(self) -> Any:
        """The constant 1."""
        return flint.arb_poly([1])

    def number(self, value: Number) -> Any:
        """A ball around the coefficient."""
        return ball(value)

    def gradient(self, point: Any) -> Any:
        """λp: λ = middle + half·x, x T_0 = T_1, x T_k = (T_{k+1} + T_{k−1})/2."""
        half = (self.high - self.low) / 2
        middle = (self.high + self.low) / 2
        coefficients = point.coeffs()
        if not coefficients:
            return point
        # T_0 counts half of itself on the way down and all of it on the way up
        up = point.left_shift(1) + flint.arb_poly([0, coefficients[0]])
        down = point.right_shift(1)
        return (up + down) * (half / 2) + point * middle

    def product(self, left: Any, right: Any) -> Any:
        """T_i T_j = (T_{i+j} + T_{|i−j|})/2 through the polynomial in z, x = (z + 1/z)/2."""
        a, b = left.coeffs(), right.coeffs()
        if not a or not b:
            return flint.arb_poly([])
        size = len(a) + len(b) - 1

        def laurent(c: list[Any]) -> Any:
            halves = [x / 2 for x in c[:0:-1]]
            return flint.arb_poly([*halves, c[0], *halves[::-1]])

        full = (laurent(a) * laurent(b)).coeffs()
        full += [flint.arb(0)] * (2 * size - 1 - len(full))
        return flint.arb_poly([full[size - 1], *[2 * x for x in full[size:]]])


def enclosed_pairs(
    method: Method,
    estimator: Estimator,
    steps: int,
    segment: tuple[Number, Number],
    only: int | None = None,
) -> list[dict[str, EnclosedSeries]]:
    """Certified series of the four parts at t = 0, …, steps on one segment of the support.

    ``only`` keeps just that t. The working precision grows until every coefficient is known to
    nearly full float accuracy.
    """
    degree = estimator.degree(steps)
    if degree > LARGEST_DEGREE:
        refuse_value(
            "t", degree, f"a certificate at degrees above {LARGEST_DEGREE} takes hours",
            "read residual_values(method, t, points): floats without a certificate",
        )  # fmt: skip
    precision = 80 + 4 * degree
    for _ in range(6):
        try:
            # what overflows is noticed, and said, where it is used
            with flint.ctx.workprec(precision), np.errstate(over="ignore", invalid="ignore"):
                return _pairs(method, estimator, steps, segment, only)
        except TooCoarse:
            precision *= 2
    refuse_value(
        "t", steps, f"ball arithmetic at {precision} bits loses all digits",
        "give a smaller t: the method is too unstable for a certificate",
    )  # fmt: skip


@dataclass(frozen=True)
class _PointRing:
    """Polynomials as their ball values at one exact λ."""

    point: Any

    @property
    def start(self) -> Any:
        return flint.arb(1)

    def number(self, value: Number) -> Any:
        return ball(value)

    def gradient(self, value: Any) -> Any:
        return value * self.point

    def product(self, left: Any, right: Any) -> Any:
        return left * right

    def inverse(self) -> Any:
        if not self.point > 0:
            refuse_value("spectrum", 0.0, "an exact solve needs eigenvalues > 0", "give ell > 0")
        return 1 / self.point


def enclosed_values(
    method: Method, estimator: Estimator, steps: int, point: Number, only: int | None = None
) -> list[dict[str, Maximum]]:
    """|part| of the four parts at one exact λ, t = 0, …, steps (or ``only``), enclosed."""
    precision = 128
    while True:
        with flint.ctx.workprec(precision):
            ring = _PointRing(ball(point))
            if only is None:
                pairs = list(estimator.pairs(method, steps, ring))
            else:
                pairs = [estimator.pair(method, only, ring)]
            rows = [
                {
                    "residual": pair.residual,
                    "drift": pair.drift,
                    "cross": pair.drift,
                    "initial": pair.residual - ring.point * pair.drift,
                }
                for pair in pairs
            ]
            sharp = all(
                x.is_exact() or x.rel_accuracy_bits() >= 60 for r in rows for x in r.values()
            )
            if sharp or precision > 1 << 14:  # an exact zero of exact numbers never sharpens
                where = float(ring.point)
                return [{k: _magnitude(x, where) for k, x in row.items()} for row in rows]
        precision *= 4


def _magnitude(value: Any, point: float) -> Maximum:
    if value.is_zero():
        return Maximum(0.0, 0.0, point)
    lower = max(math.nextafter(float(value.abs_lower()), 0.0), 0.0)
    upper = math.nextafter(float(value.abs_upper()), math.inf)
    return Maximum(min(lower, 1.7e308), upper, point)


LARGEST_DEGREE = 4000


class TooCoarse(Exception):
    """The balls are too wide for floats: more precision is needed."""


def _pairs(
    method: Method,
    estimator: Estimator,
    steps: int,
    segment: tuple[Number, Number],
    only: int | None,
) -> list[dict[str, EnclosedSeries]]:
    ring = BallRing(ball(segment[0]), ball(segment[1]))
    ends = float(ring.low), float(ring.high)
    wanted = range(steps + 1) if only is None else (only,)
    result = []
    exact_solve = isinstance(estimator, Implicit) and estimator.inner is None
    if exact_solve:
        if not ring.low > 0:
            refuse_value(
                "spectrum", ends[0], "an exact solve needs eigenvalues > 0", "give ell > 0"
            )
        zero = EnclosedSeries(np.zeros(1), 0.0, *ends)
        for t, value in enumerate(orbit(method, ring, steps)):
            if t in wanted:
                series = enclose_series(value, ends)
                drift = EnclosedSeries(series.coefficients, series.error, *ends, divided=True)
                result.append({"residual": zero, "drift": drift, "initial": series, "cross": drift})
        return result
    for t, pair in enumerate(_each(method, estimator, steps, ring, only)):
        if only is not None and t != only and isinstance(estimator, Unrolled):
            continue
        drift = enclose_series(pair.drift, ends)
        result.append(
            {
                "residual": enclose_series(pair.residual, ends),
                "drift": drift,
                "initial": enclose_series(pair.residual - ring.gradient(pair.drift), ends),
                "cross": drift,
            }
        )
    return result


def _each(
    method: Method, estimator: Estimator, steps: int, ring: BallRing, only: int | None
) -> Iterator[Any]:
    if only is None or isinstance(estimator, Unrolled):
        yield from estimator.pairs(method, steps if only is None else only, ring)
    else:
        yield estimator.pair(method, only, ring)


def enclose_series(point: Any, ends: tuple[float, float]) -> EnclosedSeries:
    """A series with ball coefficients as floats and a bound on their distance from the truth."""
    balls = point.coeffs() or [flint.arb(0)]
    middles = np.array([float(x) for x in balls])
    radii = np.array([float(x.rad()) for x in balls])
    size = float(np.max(np.abs(middles)))
    if not np.all(np.isfinite(middles)):
        if all(x.is_finite() for x in balls):
            refuse_value(
                "t", len(balls) - 1, "the polynomial exceeds the range of floats",
                "give a smaller t: the method diverges on this spectrum",
            )  # fmt: skip
        raise TooCoarse
    if float(np.max(radii)) > 1e-17 * size:
        raise TooCoarse
    # float() rounds the midpoint to nearest: half an ulp, and underflow is below 2^-1074
    if len(balls) == 1 and flint.arb(middles[0]) == balls[0]:  # P_0 = 1 is exactly 1
        return EnclosedSeries(middles, 0.0, *ends)
    tiny = np.array([0.0 if x.is_zero() else 5e-324 for x in balls])  # underflow is no zero
    error = float(np.sum(radii * _UP + np.abs(middles) * _UNIT + tiny)) * _UP
    keep = len(middles)
    while keep > 1 and abs(middles[keep - 1]) <= 1e-18 * size:  # a lower degree, a tiny error
        keep -= 1
        error = (error + abs(float(middles[keep]))) * _UP
    return EnclosedSeries(middles[:keep], error, *ends)


def grid_bound(series: EnclosedSeries, oversampling: int = 8) -> Maximum:
    """The enclosure of sup |p| from one Chebyshev grid: upper ≤ lower/cos(π/2·oversampling)."""
    scale = _scale(series)
    if scale != 1.0:
        return _scaled(grid_bound(_divided_by(series, scale), oversampling), scale)
    if series.divided:
        return weighted_supremum(series, lambda point: 1.0 / point, 1e-2, oversampling)
    c = series.coefficients
    n = len(c) - 1
    if n == 0:
        return _constant(series)
    size, values, rounding = _grid(c, oversampling)
    j = int(np.argmax(np.abs(values)))
    top = float(abs(values[j]))
    upper = ((top + rounding) / math.cos(math.pi * n / (2 * size)) + series.error) * _UP
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
    rounding = 8.0 * _UNIT * math.log2(2 * size) * float(np.linalg.norm(values)) * 1.5
    return size, values, rounding


def _scale(series: EnclosedSeries) -> float:
    """A power of two that keeps squares and sums of huge coefficients within floats; else 1."""
    largest = float(np.max(np.abs(series.coefficients)))
    return 1.0 if largest < 1e120 else 2.0 ** math.frexp(largest)[1]


def _divided_by(series: EnclosedSeries, scale: float) -> EnclosedSeries:
    return replace(
        series, coefficients=series.coefficients / scale, error=series.error / scale + 5e-324
    )


def _scaled(found: Maximum, scale: float) -> Maximum:
    with np.errstate(over="ignore"):
        return Maximum(found.lower * scale, found.upper * scale, found.point)


def _constant(series: EnclosedSeries) -> Maximum:
    value = abs(float(series.coefficients[0]))
    if series.error == 0.0:
        return Maximum(value, value, series.L)
    return Maximum(max(value - series.error, 0.0), (value + series.error) * _UP, series.L)


def _lambda(series: EnclosedSeries, angle: float) -> float:
    half = math.sin(angle / 2) ** 2
    point = series.L * (1 - half) + series.ell * half
    return min(max(point, series.ell), series.L)


def supremum(series: EnclosedSeries) -> Maximum:
    """A tight enclosure of sup over [ℓ, L] of |p|, relative width about n·1e-15."""
    scale = _scale(series)
    if scale != 1.0:
        return _scaled(supremum(_divided_by(series, scale)), scale)
    if series.divided:
        return weighted_supremum(series, lambda point: 1.0 / point)
    c = series.coefficients
    n = len(c) - 1
    if n == 0:
        return _constant(series)
    size, values, rounding = _grid(c, 16)
    magnitude = np.abs(values)
    shrink = math.cos(math.pi * n / (2 * size))
    moving = np.abs(values - c[0])  # derivatives see the moving part only
    bound = float((moving.max() + rounding) / shrink) * _UP  # sup |Σ_{k>0} c_k cos kθ| ≤ bound
    k = np.arange(n + 1.0)
    second = min(n**2 * bound, float(k**2 @ np.abs(c)) * _UP)  # Bernstein, or term by term
    third = min(n**3 * bound, float(k**3 @ np.abs(c)) * _UP)
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
    return Maximum(lower, upper * _UP, _lambda(series, best_angle))


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
    evaluation = (5.0 * n + 10.0) * _UNIT * float(np.sum(np.abs(c)))

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
    p, p1, p2 = derivatives(angle)
    slope = np.abs(p1) + n * evaluation
    reach = 2.0 * half_width
    curvature = np.abs(p2) - n * n * evaluation - third * reach
    settled = (p * p2 < 0) & (curvature > 0)
    safe = np.where(settled, curvature, 1.0)
    newton = np.abs(p) + slope**2 / (2 * safe)
    plain = np.abs(p) + slope * reach + second * reach**2 / 2
    tops = np.where(settled, np.minimum(newton, plain), plain) * _UP
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
    second = min(n * n * grid_bound(plain).upper, float(k**2 @ np.abs(c))) * _UP
    evaluation = (5.0 * n + 10.0) * _UNIT * float(np.sum(np.abs(c))) + series.error
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
    return Maximum(max(best * (1 - 1e-13) - slack, 0.0), (max(upper, best) + slack) * _UP, point)
