r"""Rigorous maxima of error profiles: the upper bound, never the maximum of a grid.

On an interval, ``f = u A^2 + w B^2`` is a cosine polynomial of some degree d in the angle.  Each
maximum is enclosed by its Taylor expansion with Bernstein's bound :math:`|f^{(k)}| \le d^k \|f\|`
on the remainder, everything else by cells that are halved until they lie below; :math:`\|f\|`
itself is bounded by Ehlich and Zeller, *Math. Zeitschrift* 86 (1964).

Rounding: a priori bounds with unit roundoff ``U``, constants rounded up generously (Higham,
*Accuracy and Stability of Numerical Algorithms*, chapters 3 and 24).  The sums that matter run in
numpy's longest float; where that is a double, the bounds stay valid and become wider.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polyrates.ground.errors import described, refuse_value
from polyrates.numeric.suprema.balls import EnclosedSeries
from polyrates.numeric.suprema.series import times_up
from polyrates.numeric.suprema.waves import (
    Array,
    E,
    Index,
    Long,
    U,
    chebyshev_angles,
    interpolate,
    wave_error,
    waves,
)


def is_whole(support: Sequence[tuple[float, float]], hull: tuple[float, float]) -> bool:
    """Whether the support is the hull itself, where local and global angles agree."""
    return len(support) == 1 and tuple(support[0]) == tuple(hull)


def abscissae(
    support: Sequence[tuple[float, float]], hull: tuple[float, float], segment: Index, phi: Long
) -> tuple[Long, Long]:
    """``x + 1`` and its angle at local angles ``phi``; ``x`` runs over [-1, 1] on ``hull``."""
    ends = np.array(support, dtype=np.longdouble)
    ell = np.longdouble(hull[0])
    width = np.longdouble(hull[1]) - ell
    if is_whole(support, hull):
        return 2 * np.cos(phi / 2) ** 2, phi
    low = ends[segment, 0]
    high = ends[segment, 1]
    plus = 2 * ((low - ell) + (high - low) * np.cos(phi / 2) ** 2) / width
    plus = np.clip(plus, 0, 2)
    return plus, 2 * np.arccos(np.sqrt(plus / 2))


@dataclass(frozen=True)
class Piece:
    """A and B on one interval of the support, or at one point of it.

    ``first, second``: Chebyshev series of one length in the local variable of ``[low, high]``, one
    number each where low = high; ``errors``: bounds on what they miss of A and B there.
    """

    low: float
    high: float
    first: Array
    second: Array
    errors: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, first: EnclosedSeries, second: EnclosedSeries) -> Piece:
        """Two functions enclosed on the same interval, their series made equally long."""
        if first.divided or second.divided:
            refuse_value(
                "estimator",
                described("an exact solve with damping"),
                "no tight joint worst case is known for its rational pair",
                "give residual= and hessian=, a sum of two maxima",
            )
        both = np.zeros((2, max(len(first.coefficients), len(second.coefficients))))
        both[0, : len(first.coefficients)] = first.coefficients
        both[1, : len(second.coefficients)] = second.coefficients
        return cls(first.ell, first.L, both[0], both[1], (first.error, second.error))

    @property
    def functions(self) -> tuple[EnclosedSeries, EnclosedSeries]:
        """A and B, each by itself."""
        return (
            EnclosedSeries(self.first, self.errors[0], self.low, self.high),
            EnclosedSeries(self.second, self.errors[1], self.low, self.high),
        )

    def over(self, scale: float) -> Piece:
        """Both over a power of two; what becomes subnormal is covered by the errors."""
        if scale == 1.0:
            return self
        lost = 5e-324 * len(self.first)
        errors = self.errors[0] / scale + lost, self.errors[1] / scale + lost
        return Piece(self.low, self.high, self.first / scale, self.second / scale, errors)

    def times(self, size: float, second: float) -> Piece:
        """``size A`` and ``second B``, the rounding of the products among the errors."""
        first, other = size * self.first, second * self.second
        slip = (
            (1 + 4 * U) * size * self.errors[0] + U * float(np.sum(np.abs(first))),
            (1 + 4 * U) * second * self.errors[1] + U * float(np.sum(np.abs(other))),
        )
        return Piece(self.low, self.high, first, other, slip)


def pieces(
    first: Array,
    second: Array,
    errors: tuple[float, float],
    support: Sequence[tuple[float, float]],
    hull: tuple[float, float],
) -> list[Piece]:
    """Two Chebyshev series of one length on the hull, wrong by at most ``errors``, by pieces."""
    result = []
    for i, (low, high) in enumerate(support):
        if low == high:
            (x, x_slip), (y, y_slip) = (point_value(c, low, hull) for c in (first, second))
            a, a_slip, b, b_slip = np.array([x]), x_slip, np.array([y]), y_slip
        else:
            (a, a_slip), (b, b_slip) = (_local(c, support, hull, i) for c in (first, second))
        result.append(Piece(low, high, a, b, (a_slip + errors[0], b_slip + errors[1])))
    return result


def _local(
    series: Array, support: Sequence[tuple[float, float]], hull: tuple[float, float], segment: int
) -> tuple[Array, float]:
    """Chebyshev coefficients on one interval of the support, and a bound on their error there."""
    if is_whole(support, hull):
        return series, 0.0
    n = len(series)
    _, theta = abscissae(support, hull, np.full(n, segment), chebyshev_angles(n))
    value = waves(theta, n - 1) @ series.astype(np.longdouble)
    error = float(np.abs(series) @ (wave_error(n - 1, False) + (n + 2) * E))
    return interpolate(value, error)


def point_value(series: Array, point: float, hull: tuple[float, float]) -> tuple[float, float]:
    """A Chebyshev series on ``hull`` at a point of it, and a bound on the error."""
    n = len(series)
    if n == 1:
        return float(series[0]), 0.0
    spot = [(point, point)]
    _, theta = abscissae(spot, hull, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.longdouble))
    value = float(waves(theta, n - 1)[0] @ series.astype(np.longdouble))
    slack = wave_error(n - 1, False) + (n + 2) * E
    return value, float(slack @ np.abs(series)) + U * abs(value)


def on_one(part: Piece, weights: tuple[float, float], seeds: Array) -> float:
    r"""Upper bound of ``sqrt(u A^2 + w B^2)`` on one piece, ``weights = (u, w)``.

    ``seeds``: angles of the maxima (a hint, it affects only the sharpness).
    """
    u, w = weights
    # the bounds below square values twice: tiny or huge ones are brought to size one first
    scale = scale_of([part], (math.sqrt(u), math.sqrt(w)))
    part = part.over(scale)
    a_error, b_error = part.errors
    if len(part.first) == 1:
        a, b = abs(float(part.first[0])) + a_error, abs(float(part.second[0])) + b_error
        return times_up(math.sqrt(u * a * a + w * b * b) * (1 + 16 * U), scale)
    top = _series_supremum(part.first, part.second, u, w, seeds)
    slack_norm = math.sqrt(u * a_error**2 + w * b_error**2)
    return times_up((math.sqrt(top) + slack_norm) * (1 + 16 * U), scale)


def at_point(part: Piece, point: float) -> tuple[float, float]:
    """Lower bounds of |A| and |B| at a point of a piece."""
    hull = part.low, part.high
    a, a_slip = point_value(part.first, point, hull)
    b, b_slip = point_value(part.second, point, hull)
    return (
        max(0.0, abs(a) - a_slip - part.errors[0]),
        max(0.0, abs(b) - b_slip - part.errors[1]),
    )


def scale_of(parts: Sequence[Piece], sizes: tuple[float, float]) -> float:
    """A power of two near the largest of ``sizes[0] A`` and ``sizes[1] B``; 1 where all is 0."""
    largest = max(
        max(sizes[0] * float(np.max(np.abs(p.first))), sizes[1] * float(np.max(np.abs(p.second))))
        for p in parts
    )
    if not largest > 0:
        return 1.0
    return 2.0 ** min(max(math.frexp(largest)[1], -1000), 1000)


class Profile:
    """``f = u A^2 + w B^2`` as a function of the angle, with its derivatives and their errors.

    ``degree`` is that of ``f``; ``grid`` holds f, f', f'' at the centres of ``length + 1`` cells of
    half width ``half``, ``roundoff`` their error and ``radius`` a bound of ``|f - const|``.
    """

    def __init__(self, first: Array, second: Array, u: float, w: float) -> None:
        degree = len(first) - 1
        self.degree = d = 2.0 * max(degree, 1)
        self.length = length = 1 << max(5, math.ceil(math.log2(8 * d)))
        self.half = math.pi / (2 * length)
        self.k = k = np.arange(degree + 1.0)
        self.scales = np.array([u, w])
        pair = np.stack([first, second])
        # A and B, their first and their second derivatives on the grid
        padded = np.zeros((3, 2, length + 1), dtype=np.complex128)
        np.multiply(pair, length, out=padded[0, :, : degree + 1])
        np.multiply(padded[0, :, : degree + 1], 1j * k, out=padded[1, :, : degree + 1])
        np.multiply(padded[0, :, : degree + 1], -k * k, out=padded[2, :, : degree + 1])
        padded[0, :, 0] *= 2
        g0, g1, g2 = np.fft.irfft(padded, 2 * length)[:, :, : length + 1]
        f = self.scales @ g0**2
        f1 = 2 * (self.scales @ (g0 * g1))
        f2 = 2 * (self.scales @ (g1**2 + g0 * g2))
        self.grid = f, f1, f2
        # Fast transforms: error in the 2-norm at most 10 log2(n) U times it, hence in every entry
        blur = 10 * math.log2(2 * length) * U * math.sqrt(2 * length)
        slip = 2 * blur * float(np.sqrt(self.scales) @ np.sqrt(np.sum(pair**2, axis=1)))
        # thrice covers the first two derivatives times the half cell, because d h < 1/4
        self.roundoff = 3 * (slip * math.sqrt(float(np.max(f))) + slip * slip)
        stretch = 1 / math.cos(d * math.pi / (2 * length))
        spread = (float(np.max(f)) - float(np.min(f))) / 2
        self.radius = (spread + self.roundoff) * stretch * (1 + 1e-12)
        # of A and B and their first three derivatives: signed coefficients, bounds on the errors
        self.series = pair * k ** np.arange(4)[:, None, None]
        self.errors = np.abs(self.series) @ ((2 * math.pi * k + degree + 16) * U)
        self.series[1:3] *= -1

    def taylor(self, phi: Array, order: int) -> tuple[list[Array], list[Array]]:
        """``f, f', f'', …`` at ``phi`` and bounds on their errors, each (n,)."""
        angles = np.multiply.outer(self.k, phi)
        waves = np.cos(angles), np.sin(angles)
        g = np.stack([self.series[j] @ waves[j % 2] for j in range(order + 1)])
        values, errors = [], []
        # (|x| + e)(|y| + e') - |x y| and the rounding of the sum, both by halves
        size = np.abs(g) + self.errors[: order + 1, :, None]
        loose = self.errors[: order + 1, :, None] + 8 * U * size
        for n in range(order + 1):
            binomial = _BINOMIAL[n]
            values.append(self.scales @ np.einsum("i,ijn,ijn->jn", binomial, g[: n + 1], g[n::-1]))
            product = np.einsum("i,ijn,ijn->jn", binomial, size[: n + 1], loose[n::-1])
            errors.append(2 * (self.scales @ product))
        return values, errors


_BINOMIAL = [np.array(row, dtype=float) for row in ([1], [1, 1], [1, 2, 1], [1, 3, 3, 1])]


def _series_supremum(first: Array, second: Array, u: float, w: float, seeds: Array) -> float:
    """Upper bound of ``f = u A^2 + w B^2`` for two cosine series taken as exact."""
    profile = Profile(first, second, u, w)
    cells = contact_cells(profile, seeds)
    result = float(np.max(cells.top, initial=-math.inf))
    rest = outside(profile, cells, result * (1 + 1e-14))
    return max(result, rest) * (1 + 8 * U)


def outside(profile: Profile, cells: Cells, target: float) -> float:
    """Upper bound of ``f`` outside the contact cells, sharp only until it is below ``target``."""
    length, half, d = profile.length, profile.half, profile.degree
    centres = np.arange(length + 1) * (2 * half)
    f, f1, f2 = profile.grid
    bound = f + np.abs(f1) * half + np.maximum(f2, 0) * half**2 / 2
    bound += (d * half) ** 3 / 6 * profile.radius + profile.roundoff
    order = np.argsort(cells.seeds)
    seeds, reach = cells.seeds[order], cells.reach[order]
    result = -math.inf
    for level in range(17):
        high = bound > target
        result = max(result, float(np.max(bound[~high], initial=-math.inf)))
        centres, bound = centres[high], bound[high]
        if len(seeds):
            place = np.searchsorted(seeds, centres)
            for shift in (-1, 0):
                at = np.clip(place + shift, 0, len(seeds) - 1)
                open_ = np.abs(centres - seeds[at]) + half * (1 + 1e-9) > reach[at]
                centres, bound, place = centres[open_], bound[open_], place[open_]
        if len(centres) == 0:
            return result
        if level == 16 or len(centres) > 2000 + 50 * len(profile.k):
            break
        half /= 2
        # half cells beyond the ends repeat the inside by symmetry
        centres = np.concatenate([centres - half, centres + half])
        centres = centres[(centres > -half) & (centres < math.pi + half)]
        spots: Array = centres.astype(float)
        (f, f1, f2), (g0, g1, g2) = profile.taylor(spots, 2)
        bound = f + g0 + (np.abs(f1) + g1) * half + np.maximum(f2 + g2, 0) * half**2 / 2
        bound += (d * half) ** 3 / 6 * profile.radius
    return max(result, float(np.max(bound)))


@dataclass(frozen=True)
class Cells:
    """Around each seed ``f <= top`` up to the distance ``reach``, where ``f'' <= -bend / 2``.

    ``reach`` is 0 where ``f`` is not concave at the seed.
    """

    seeds: Array
    top: Array
    reach: Array
    bend: Array


def contact_cells(profile: Profile, seeds: Array) -> Cells:
    """Taylor enclosures of ``f`` around the seeds."""
    if len(seeds) == 0:
        return Cells(seeds, seeds, seeds, seeds)
    (f, f1, f2, f3), (g0, g1, g2, g3) = profile.taylor(seeds, 3)
    bend = -(f2 + g2)
    third, fourth = (np.abs(f3) + g3) / 3, profile.degree**4 * profile.radius / 12
    hollow = bend > 0
    bend = np.where(hollow, bend, 0.0)
    # f <= f0 + |f1| x - (bend - third x - fourth x^2) x^2 / 2, and the bracket keeps half of bend
    reach = bend / (third + np.sqrt(third**2 + 2 * bend * fourth) + 1e-300) * 0.999
    top = f + g0 + np.where(hollow, (np.abs(f1) + g1) ** 2 / np.where(hollow, bend, 1.0), 0.0)
    return Cells(seeds, np.where(hollow, top, f + g0), np.where(hollow, reach, 0.0), bend)
