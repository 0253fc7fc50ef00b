"""The parts of an error in ball arithmetic: Chebyshev series on an interval, values at a point.

The one loop runs in flint's balls (:class:`BallRing` on an interval, a point ring at one λ); what
leaves it are floats with a bound on their error: :class:`EnclosedSeries` on an interval,
:class:`Maximum` at a point. The working precision grows until the balls are narrower than floats.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import flint
import numpy as np

from polyrates.core.carriers import Pair
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.parts import PARTS, Part, PointRing, part_of
from polyrates.core.recurrence import Method, orbit
from polyrates.ground.constants import ball
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import Number, fraction_of
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.packed import packed_pairs

UNIT = 2.0**-53


UP = 1.0 + 8.0 * UNIT  # a factor that outweighs the rounding of a short nonnegative sum


class Maximum(NamedTuple):
    """lower ≤ sup |p| ≤ upper, and a point λ where lower is reached up to rounding."""

    lower: float
    upper: float
    point: float


@dataclass(frozen=True, eq=False)
class EnclosedSeries:
    """Σ_k c_k T_k(m(λ)) on [ℓ, L], true to ``error`` in absolute value everywhere on it.

    ``divided`` marks p/(λ + shift) for this p up to its sign, parts of an exact implicit solve.
    """

    coefficients: np.ndarray
    error: float
    ell: float
    L: float
    divided: bool = False
    shift: float = 0.0


@dataclass(frozen=True)
class BallRing:
    """Chebyshev series on [ℓ, L] with ball coefficients, as flint polynomials."""

    low: flint.arb
    high: flint.arb

    @property
    def start(self) -> flint.arb_poly:
        """The constant 1."""
        return flint.arb_poly([1])

    def number(self, value: Number) -> flint.arb:
        """A ball around the coefficient."""
        return ball(value)

    def gradient(self, point: flint.arb_poly) -> flint.arb_poly:
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

    def product(self, left: flint.arb_poly, right: flint.arb_poly) -> flint.arb_poly:
        """T_i T_j = (T_{i+j} + T_{|i−j|})/2 through the polynomial in z, x = (z + 1/z)/2."""
        a, b = left.coeffs(), right.coeffs()
        if not a or not b:
            return flint.arb_poly([])
        size = len(a) + len(b) - 1

        def laurent(c: list[flint.arb]) -> flint.arb_poly:
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
    kinds: Container[str] = PARTS,
) -> list[dict[str, EnclosedSeries]]:
    """Certified series of the four parts at t = 0, …, steps on one segment of the support.

    ``only`` keeps just that t, ``kinds`` (unrolled) just those parts. The working precision grows
    until every coefficient is known to nearly full float accuracy.
    """
    degree = estimator.degree(steps)
    if degree > LARGEST_DEGREE:
        refuse_value(
            "t",
            degree,
            f"a certificate at degrees above {LARGEST_DEGREE} takes hours",
            "read residual_values(method, t, points): floats without a certificate",
        )
    if type(estimator) is Unrolled:
        quick = _packed(method, steps, segment, only, kinds)
        if quick is not None:
            return quick
    precision = 80 + 4 * degree
    for _ in range(6):
        try:
            # what overflows is noticed, and said, where it is used
            with ball_bits(precision), np.errstate(over="ignore", invalid="ignore"):
                return _pairs(method, estimator, steps, segment, only)
        except TooCoarse:
            precision *= 2
    refuse_value(
        "t",
        steps,
        f"ball arithmetic at {precision} bits loses all digits",
        "give a smaller t: the method is too unstable for a certificate",
    )


def _packed(
    method: Method,
    steps: int,
    segment: tuple[Number, Number],
    only: int | None,
    kinds: Container[str],
) -> list[dict[str, EnclosedSeries]] | None:
    """The parts of an unrolled run by :mod:`~polyrates.numeric.suprema.packed`; None for balls."""
    with ball_bits(128):
        ends = float(ball(segment[0])), float(ball(segment[1]))
    # the cross part is the drift, under the name of the other form
    names = {"cross": "drift"}
    chosen = [kind for kind in PARTS if kind in kinds]
    sought = {names.get(kind, kind) for kind in chosen}
    wanted = range(steps + 1) if only is None else (only,)
    found = packed_pairs(method, steps if only is None else only, segment, wanted, sought)
    if found is None:
        return None
    try:
        rows = []
        for t, parts in zip(wanted, found, strict=True):
            if t == 0:  # P_0 = 1, exactly
                start = {"residual": 1.0, "initial": 1.0, "drift": 0.0}
                row = {k: EnclosedSeries(np.array([start[k]]), 0.0, *ends) for k in parts}
            else:
                row = {
                    kind: _trimmed(each.coefficients, each.error, 5e-324 * (t + 1), ends)
                    for kind, each in parts.items()
                }
            rows.append({str(kind): row[names.get(kind, kind)] for kind in chosen})
    except TooCoarse:
        return None
    return rows


def point_ring(point: Number) -> PointRing[flint.arb]:
    """Ball values at one exact λ."""
    return PointRing(flint.arb(1), ball, ball(point))


def enclosed_values(
    method: Method, estimator: Estimator, steps: int, point: Number, only: int | None = None
) -> list[dict[str, Maximum]]:
    """|part| of the four parts at one exact λ, t = 0, …, steps (or ``only``), enclosed."""
    precision = 128
    while True:
        with ball_bits(precision):
            ring = point_ring(point)
            if only is None:
                pairs = list(estimator.pairs(method, steps, ring))
            else:
                pairs = [estimator.pair(method, only, ring)]
            rows = [{kind: part_of(pair, kind, ring) for kind in PARTS} for pair in pairs]
            sharp = all(
                x.is_exact() or x.rel_accuracy_bits() >= 60 for r in rows for x in r.values()
            )
            if sharp or precision > 1 << 14:
                where = float(ring.point)
                if not sharp:  # an exact zero of exact numbers never sharpens
                    exact = _rational_values(method, estimator, steps, point, only)
                    for row, values in zip(rows, exact, strict=False):
                        row.update({k: flint.arb(0) for k, x in values.items() if x == 0})
                return [{k: magnitude(x, where) for k, x in row.items()} for row in rows]
        precision *= 4


def _rational_values(
    method: Method, estimator: Estimator, steps: int, point: Number, only: int | None
) -> list[dict[Part, flint.fmpq]]:
    """The parts of a method of rational numbers at a rational λ; nothing for others."""
    try:
        ring = PointRing(flint.fmpq(1), _fmpq, _fmpq(point))
        if only is None:
            pairs = list(estimator.pairs(method, steps, ring))
        else:
            pairs = [estimator.pair(method, only, ring)]
    except (PolyratesError, TypeError):
        return []
    return [{kind: part_of(pair, kind, ring) for kind in PARTS} for pair in pairs]


def _fmpq(value: Number) -> flint.fmpq:
    return flint.fmpq(*fraction_of(value).as_integer_ratio())


def magnitude(value: flint.arb, point: float) -> Maximum:
    """|value| at a point, rounded outward."""
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
    exact_solve = estimator.exact_solve
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
    if estimator.solve is not None and estimator.solve.inner is None:
        return _damped(method, estimator.solve.damping, steps, ring, wanted)
    for pair in _each(method, estimator, steps, ring, only):
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


def _damped(
    method: Method, damping: Number, steps: int, ring: BallRing, wanted: Container[int]
) -> list[dict[str, EnclosedSeries]]:
    """R = δ/(λ+δ), C = −P/(λ+δ), R − λC = (δ + λP)/(λ+δ): polynomials over λ + δ, δ > 0."""
    ends = float(ring.low), float(ring.high)
    shift, delta = ball(damping), ring.start * ball(damping)

    def over(point: flint.arb_poly) -> EnclosedSeries:
        # the shift is rounded by 2⁻⁵³ of itself at most, and so is the quotient
        return replace(enclose_series(point, ends), divided=True, shift=float(shift))

    result = []
    for t, value in enumerate(orbit(method, ring, steps)):
        if t in wanted:
            drift = over(value)
            start = enclose_series(ring.start, ends)  # R − λC = 1 at t = 0
            initial = over(delta + ring.gradient(value)) if t else start
            rows = {"residual": over(delta), "initial": initial}
            result.append({**rows, "drift": drift, "cross": drift})
    return result


def _each(
    method: Method, estimator: Estimator, steps: int, ring: BallRing, only: int | None
) -> Iterator[Pair[flint.arb_poly]]:
    if only is None:
        yield from estimator.pairs(method, steps, ring)
    else:
        yield estimator.pair(method, only, ring)


def enclose_series(point: flint.arb_poly, ends: tuple[float, float]) -> EnclosedSeries:
    """A series with ball coefficients as floats and a bound on their distance from the truth."""
    balls = point.coeffs() or [flint.arb(0)]
    middles = np.array([float(x) for x in balls])
    radii = np.array([float(x.rad()) for x in balls])
    size = float(np.max(np.abs(middles)))
    if not np.all(np.isfinite(middles)):
        if all(x.is_finite() for x in balls):
            refuse_value(
                "t",
                len(balls) - 1,
                "the polynomial exceeds the range of floats",
                "give a smaller t: the method diverges on this spectrum",
            )
        raise TooCoarse
    if float(np.max(radii)) > 1e-17 * size:
        raise TooCoarse
    # float() rounds the midpoint to nearest: half an ulp, and underflow is below 2^-1074
    if len(balls) == 1 and flint.arb(middles[0]) == balls[0]:  # P_0 = 1 is exactly 1
        return EnclosedSeries(middles, 0.0, *ends)
    tiny = 5e-324 * sum(not x.is_zero() for x in balls)  # underflow is no zero
    return _trimmed(middles, float(np.sum(radii)) * UP, tiny, ends)


def _trimmed(
    middles: np.ndarray, radius: float, tiny: float, ends: tuple[float, float]
) -> EnclosedSeries:
    """Coefficients rounded to floats, off by ``radius`` in all before, ``tiny`` by underflow."""
    if not np.all(np.isfinite(middles)):
        raise TooCoarse
    size = float(np.max(np.abs(middles)))
    if radius > 1e-17 * len(middles) * size:
        raise TooCoarse
    error = (radius + float(np.sum(np.abs(middles))) * UNIT + tiny) * UP
    keep = len(middles)
    while keep > 1 and abs(middles[keep - 1]) <= 1e-18 * size:  # a lower degree, a tiny error
        keep -= 1
        error = (error + abs(float(middles[keep]))) * UP
    return EnclosedSeries(middles[:keep], error, *ends)
