r"""The tight joint worst case of two given error functions.

Over all symmetric matrices with spectrum in the support and all errors of norms ``a`` and ``g``,

.. math:: V = \min_{s \in [0, 1]} \max_\lambda
          \sqrt{\frac{a^2 A(\lambda)^2}{s} + \frac{g^2 B(\lambda)^2}{1 - s}}

(S-lemma).  By convexity in ``s`` it is also the maximum over the convex hull of the points
:math:`(X, Y) = (a^2 A^2, g^2 B^2)(\lambda)` of :math:`(\sqrt X + \sqrt Y)^2`: one or two
eigenvalues attain it, and the weights of the mixture build the problem that does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.recurrence import Method
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating
from polyrates.numeric.suprema.balls import enclosed_pairs, enclosed_values
from polyrates.numeric.suprema.peaks import series_peaks
from polyrates.numeric.suprema.profile import Piece, at_point, pieces, scale_of
from polyrates.numeric.suprema.series import times_up
from polyrates.numeric.suprema.supremum import supremum_over
from polyrates.numeric.suprema.waves import Array, Index, Points, U

# |log(s / (1 - s))| beyond which the smaller term is below rounding.
_EDGE = 37.0


@dataclass(frozen=True)
class WorstCase:
    """lower ≤ V ≤ upper, certified, and the mixture of eigenvalues that attains ``lower``.

    Attributes
    ----------
    lower, upper : float
    share : float
        The optimal s.
    points, weights : arrays (1,) or (2,)
        Eigenvalues and their weights in the least favourable mixture, summing to 1.
    """

    lower: float
    upper: float
    share: float
    points: Array
    weights: Array


def split(log_odds: float) -> tuple[float, float]:
    """``1/s`` and ``1/(1-s)``, both to full relative accuracy."""
    return 1 + math.exp(-log_odds), 1 + math.exp(log_odds)


def _least(x: Array, y: Array) -> float:
    """Log-odds of the ``s`` that minimises ``max_i x_i/s + y_i/(1-s)``.

    Between the curve that falls and the one that rises at the ends of a bracket, either one's
    minimum or their crossing is the least of the two; where a third curve is higher, it takes the
    place of the one that slopes as it does. Bisection where that has not ended.
    """
    low, high = -_EDGE, _EDGE
    (falling, at_once), (rising, at_last) = _highest(x, y, low), _highest(x, y, high)
    if at_once or not at_last:
        return low if at_once else high
    for step in range(100):
        middle = _of_two(x, y, falling, rising) if step < 30 else (low + high) / 2
        middle = min(max(middle, low), high)
        i, rises = _highest(x, y, middle)
        if (i in (falling, rising) and step < 30) or not low < middle < high:
            return middle
        if rises:
            high, rising = middle, i
        else:
            low, falling = middle, i
        if high - low < 1e-15 * _EDGE:
            break
    return (low + high) / 2


def _highest(x: Array, y: Array, log_odds: float) -> tuple[int, bool]:
    """Which curve is the highest there, and whether it rises with s."""
    u, w = split(log_odds)
    i = int(np.argmax(x * u + y * w))
    # slope in s has the sign of y/(1-s)^2 - x/s^2
    return i, bool(y[i] * w * w > x[i] * u * u)


def _of_two(x: Array, y: Array, falling: int, rising: int) -> float:
    """Where the larger of two curves is least."""
    for i, other in ((falling, rising), (rising, falling)):
        if x[i] > 0 and y[i] > 0:  # x/s + y/(1 − s) is least at s : 1 − s = √x : √y
            own = 0.5 * (math.log(x[i]) - math.log(y[i]))
            u, w = split(min(max(own, -_EDGE), _EDGE))
            if x[i] * u + y[i] * w >= x[other] * u + y[other] * w:
                return own
    # (x_i − x_j)/s = (y_j − y_i)/(1 − s)
    dx, dy = float(x[falling] - x[rising]), float(y[rising] - y[falling])
    if dx > 0 and dy > 0:
        return math.log(dx) - math.log(dy)
    return _EDGE if dx > 0 else -_EDGE


def balance(parts: Sequence[Piece]) -> tuple[Points, float]:
    """Where the maxima of the profile are at the best share, and the log-odds of that share."""
    _, seeds, log_odds = _exchange(parts)
    return seeds, log_odds


class _Candidates:
    """The maxima met so far: eigenvalues by segment and angle, and their ``X`` and ``Y``."""

    def __init__(self) -> None:
        self.segment: Index = np.zeros(0, dtype=np.int64)
        self.phi: Array = np.zeros(0)
        self.x: Array = np.zeros(0)
        self.y: Array = np.zeros(0)

    def add(self, segment: int, phi: Array, x: Array, y: Array) -> None:
        self.segment = np.concatenate([self.segment, np.full(len(phi), segment)])
        self.phi = np.concatenate([self.phi, phi])
        self.x = np.concatenate([self.x, x])
        self.y = np.concatenate([self.y, y])


def joint_worst_case(
    A: Array,
    B: Array,
    support: Sequence[tuple[float, float]],
    size: float,
    second: float,
    *,
    domain: tuple[float, float] | None = None,
    errors: tuple[float, float] = (0.0, 0.0),
) -> WorstCase:
    """Certified joint worst case of error functions given as Chebyshev series.

    ``A``, ``B``: coefficients in numpy's convention on ``domain`` (by default the hull of the
    support, which must have positive width); ``errors``: bounds on how far each series is from its
    error function, uniformly on the support.  ``support``: sorted disjoint closed intervals, a
    point as (p, p).  ``upper`` is a rigorous maximum at the share found; ``lower`` the value of the
    mixture at ``points``; both include rounding and ``errors``.
    """
    hull = (support[0][0], support[-1][1]) if domain is None else domain
    if not hull[0] <= support[0][0] <= support[-1][1] <= hull[1] or not hull[0] < hull[1]:
        raise ValueError(
            f"domain = {hull!r}: must contain the support and have positive width; "
            "pass the domain of the two series."
        )
    count = max(len(A), len(B))
    first, other = np.zeros(count), np.zeros(count)
    first[: len(A)], other[: len(B)] = A, B
    return joint_worst_case_of(pieces(first, other, errors, support, hull), size, second)


def joint_worst_case_of(parts: Sequence[Piece], size: float, second: float) -> WorstCase:
    """The same of A and B given by pieces, in the order of the support."""
    # V is homogeneous in the two functions and in the two sizes: all are brought to size one first
    unit = 2.0 ** min(max(math.frexp(max(size, second))[1], -1000), 1000)
    size, second = size / unit, second / unit
    if not all(np.all(np.isfinite([*p.first, *p.second, *p.errors])) for p in parts):
        refuse_value(
            "t",
            len(parts[0].first) - 1,
            "the polynomial exceeds the range of floats",
            "give a smaller t: the method diverges on this spectrum",
        )
    scale = scale_of(parts, (size, second))
    parts = [part.over(scale).times(size, second) for part in parts]
    found, seeds, log_odds = _exchange(parts)
    u, w = split(log_odds)
    share = 1 / u
    absent = [
        not any(np.any(values) for values in pair)
        for pair in ([p.first for p in parts], [p.second for p in parts])
    ]
    if any(absent):
        # one function alone: no share to divide, only the error bound of the other to add
        share, u, w = (0.0, 0.0, 1.0) if absent[0] else (1.0, 1.0, 0.0)
        upper = max(p.errors[0 if absent[0] else 1] for p in parts)
        upper += supremum_over(parts, (u, w), seeds)
    else:
        upper = supremum_over(parts, (u, w), seeds)
    points, weights, lower = _mixture(parts, found, (u, w))
    upper *= 1 + 4 * U
    upper = times_up(times_up(upper, scale), unit)
    if not math.isfinite(upper):
        refuse_value(
            "sizes",
            (size * unit, second * unit),
            "the worst case exceeds the range of floats",
            "choose other units",
        )
    # a product that becomes subnormal may round upwards
    lower = lower * scale * unit if lower * scale * unit > 1e-300 else 0.0
    return WorstCase(lower, upper, share, points, weights)


def method_pieces(
    method: Method,
    t: int,
    support: Sequence[tuple[Number, Number]],
    initial: bool,
    estimator: Estimator | None = None,
) -> list[Piece]:
    """A and B of a method and an estimator at t on every piece of a support, enclosed."""
    estimator = Unrolled() if estimator is None else estimator
    kind = "initial" if initial else "residual"
    result = []
    for low, high in support:
        ends = floating(low), floating(high)
        if low == high:
            values = enclosed_values(method, estimator, t, low, only=t)[0]
            middles, errors = [], []
            for found in (values[kind], values["drift"]):
                middles.append(np.array([(found.lower + found.upper) / 2]))
                half = (found.upper - found.lower) / 2
                errors.append(half + 4 * U * found.upper + 5e-324 if found.upper > 0 else 0.0)
            result.append(Piece(*ends, middles[0], middles[1], (errors[0], errors[1])))
            continue
        parts = enclosed_pairs(method, estimator, t, (low, high), only=t)[0]
        result.append(Piece.of(parts[kind], parts["drift"]))
    return result


def _exchange(parts: Sequence[Piece]) -> tuple[_Candidates, Points, float]:
    """Maxima met, maxima at the end, and the share that balances them.

    By exchange: maxima, share, maxima, … until no maximum is higher than those met.
    """
    found = _Candidates()
    for i, part in enumerate(parts):
        if part.low == part.high:
            found.add(i, np.zeros(1), part.first**2, part.second**2)
    log_odds, height = 0.0, -1.0
    for _ in range(40):
        u, w = split(log_odds)
        top = 0.0
        segment: list[Index] = []
        angles: list[Array] = []
        for i, part in enumerate(parts):
            if part.low == part.high:
                continue
            phi, heights, _ = series_peaks(part.first, part.second, u, w)
            segment.append(np.full(len(phi), i))
            angles.append(phi)
            keep = heights >= 0.5 * np.max(heights)
            waves = np.cos(np.outer(phi[keep], np.arange(len(part.first))))
            found.add(i, phi[keep], (waves @ part.first) ** 2, (waves @ part.second) ** 2)
            top = max(top, float(np.max(heights)))
        if top <= height * (1 + 1e-15):
            break
        log_odds = _least(found.x, found.y)
        u, w = split(log_odds)
        height = float(np.max(found.x * u + found.y * w))
    if not angles:
        return found, Points(found.segment, found.phi), log_odds
    return found, Points(np.concatenate(segment), np.concatenate(angles)), log_odds


def _mixture(
    parts: Sequence[Piece], found: _Candidates, weights: tuple[float, float]
) -> tuple[Array, Array, float]:
    """One or two eigenvalues, their weights, and the certified value of the mixture."""
    u, w = weights
    height = found.x * u + found.y * w
    slope = found.y * w * w - found.x * u * u
    best = int(np.argmax(height))
    near = height >= height[best] * (1 - 1e-7)
    options: list[tuple[list[int], list[float]]] = [([best], [1.0])]
    up, down = np.flatnonzero(near & (slope > 0)), np.flatnonzero(near & (slope <= 0))
    if len(up) and len(down):
        i = int(up[np.argmax(height[up])])
        j = int(down[np.argmax(height[down])])
        p = float(-slope[j] / (slope[i] - slope[j]))
        options.append(([i, j], [p, 1 - p]))
        options += [([i], [1.0]), ([j], [1.0])]
    result: tuple[Array, Array, float] | None = None
    for indices, shares in options:
        spots = np.empty(len(indices))
        x = y = 0.0
        for k, (i, p) in enumerate(zip(indices, shares, strict=True)):
            part = parts[found.segment[i]]
            low, high = part.low, part.high
            spots[k] = min(max(low + (high - low) * math.cos(found.phi[i] / 2) ** 2, low), high)
            a, b = at_point(part, float(spots[k]))
            x += p * a**2
            y += p * b**2
        value = (math.sqrt(x) + math.sqrt(y)) * (1 - 16 * U)
        # one eigenvalue where it does as well
        if result is None or value > result[2] * (1 + 1e-14):
            result = spots, np.array(shares), value
    assert result is not None
    return result
