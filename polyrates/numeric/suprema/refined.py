"""The supremum of a part of a stationary method at one t: from a table, then to the last digits.

The values at the nodes of a table make the whole polynomial, as a Chebyshev series: they are off by
``error``, and the interpolant by at most 2 + (2/π) log m times that (Lebesgue's constant).

Where that leaves the largest value open, the angles near it are covered by windows
of half-width 2/t. A part is a polynomial of degree ≤ t in cos θ, so its n-th derivative in θ is at
most t^n sup |part| (Bernstein), and its interpolant at n = 20 Chebyshev points of a window within

    (2/t)^n t^n sup |part| / (2^{n−1} n!) < 10^−18 sup |part|.

The points are evaluated in balls: W^{t−1} by squaring, log t products each.
"""

from __future__ import annotations

import math

import flint
import numpy as np

from polyrates.core.parts import Part
from polyrates.core.recurrence import Stationary
from polyrates.core.transition import Transition
from polyrates.ground.constants import ball
from polyrates.ground.late import late
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.at_nodes import Table
from polyrates.numeric.suprema.balls import EnclosedSeries, TooCoarse, enclose_series, magnitude
from polyrates.numeric.suprema.supremum import supremum

__all__ = ["by_series", "refined"]

fft = late("scipy.fft")

_POINTS = 20
_REACH = 2.0  # half-width of a window times t
_MOST = 100  # windows; where more are nearly largest the part equioscillates
_FIRST_BITS, _LAST_BITS = 192, 12_288

Bounds = tuple[float, float]


def by_series(table: Table, t: int) -> Bounds:
    """(lower, upper) of sup |part_t| over the piece, by the values of the table alone."""
    values = table.values(t)
    top = float(np.abs(values).max())
    m = len(values) - 1
    if not m:
        return max(top - table.error, 0.0), top + table.error
    series = fft.dct(values, type=1) / m
    series[[0, -1]] /= 2
    # rounding: ‖δc‖₂ is a few log m units of ‖c‖₂ ≤ 1.5 max |values| (Higham 2002, §24.1)
    rounding = 30 * 2.0**-53 * math.log2(m) * math.sqrt(m + 1) * top
    error = (2 + 2 / math.pi * math.log(m + 1)) * table.error + rounding
    tails = np.cumsum(np.abs(series[::-1]))[::-1]
    keep = max(1, int(np.count_nonzero(tails > error)))
    left = float(tails[keep]) if keep <= m else 0.0
    with ball_bits(100):
        ends = float(ball(table.nodes.piece[0])), float(ball(table.nodes.piece[1]))
    found = supremum(EnclosedSeries(series[:keep], (error + left) * (1 + 1e-12), *ends))
    return found.lower, found.upper


def refined(method: Stationary, part: Part, table: Table, t: int) -> Bounds | None:
    """(lower, upper) of sup |part_t| over the piece of the table, None where too much is open."""
    nodes = table.nodes
    values = np.abs(table.values(t))
    top = (float(values.max()) + table.error) * float(nodes.factor(t))
    if not math.isfinite(top):
        return None
    if len(nodes.angles) == 1:
        half, centers = 0.0, np.zeros(1)
    else:
        lower = (float(values.max()) - table.error) * math.cos(t * nodes.reach) * (1 - 1e-14)
        half = _REACH / t
        centers = _centers(nodes.angles[values + table.error >= lower], nodes.reach, half)
    if len(centers) > _MOST:
        return None
    bits = _FIRST_BITS
    while bits <= _LAST_BITS:
        try:
            with ball_bits(bits):
                found = _windows(method, part, nodes.piece, t, centers, half, top)
                return max(low for low, _ in found), max(high for _, high in found)
        except TooCoarse:
            bits *= 2
    return None


def _centers(kept: np.ndarray, reach: float, half: float) -> np.ndarray:
    """Windows that cover every angle within ``reach`` of one that is kept."""
    found: list[float] = []
    covered = -math.inf
    for angle in kept.tolist():
        start = max(angle - reach, covered)
        while start < angle + reach:
            found.append(start + half * (1 - 1e-6))
            start += 2 * half * (1 - 1e-5)
            covered = start
    return np.array(found)


def _windows(
    method: Stationary,
    part: Part,
    piece: tuple[Number, Number],
    t: int,
    centers: np.ndarray,
    half: float,
    top: float,
) -> list[Bounds]:
    low, high = map(ball, piece)
    steps = method.first_transition(ball), method.transition(ball)
    if not half:
        found = magnitude(_value(*steps, low, part, t), 0.0)
        if found.upper - found.lower > 1e-14 * top:
            raise TooCoarse
        return [(found.lower, found.upper)]
    middle, radius = (low + high) / 2, (high - low) / 2
    n = _POINTS
    turns = [flint.arb(flint.fmpq(2 * k + 1, 2 * n)) * flint.arb.pi() for k in range(n)]
    cosines = [[(turn * j).cos() for turn in turns] for j in range(n)]
    off = flint.arb(top) * flint.arb(_REACH) ** n / (flint.arb(2) ** (n - 1) * math.factorial(n))
    error = math.nextafter(float(off.abs_upper()), math.inf)
    bounds = []
    for center in centers.tolist():
        angles = [flint.arb(center) + flint.arb(half) * each for each in cosines[1]]
        values = [_value(*steps, middle + radius * a.cos(), part, t) for a in angles]
        if any(float(value.rad()) > 1e-19 * top for value in values):
            raise TooCoarse
        # the coefficients of the interpolant are 2/n Σ f cos jφ, the first half of it
        sums = [
            sum((v * c for v, c in zip(values, row, strict=True)), flint.arb(0)) for row in cosines
        ]
        series = enclose_series(
            flint.arb_poly([sums[0] / n] + [2 * s / n for s in sums[1:]]), (-1.0, 1.0)
        )
        best = supremum(series)
        seen = max(magnitude(value, 0.0).lower for value in values)
        bounds.append((max(seen, best.lower - error), (best.upper + error) * (1 + 1e-15)))
    return bounds


def _value(
    first: Transition[flint.arb],
    step: Transition[flint.arb],
    point: flint.arb,
    part: Part,
    t: int,
) -> flint.arb:
    """The part at one λ."""
    n = len(step.gain)
    zero = [flint.arb(0)] * n
    slope = [[-b * c for c in step.query] for b in step.gain]
    value = [
        [a + point * s for a, s in zip(row, rank, strict=True)]
        for row, rank in zip(step.mixing, slope, strict=True)
    ]
    rows = [[*row, *zero] for row in value] + [
        [*rank, *row] for rank, row in zip(slope, value, strict=True)
    ]
    taken = sum(first.query, flint.arb(0))
    start = [
        [sum(row, flint.arb(0)) - point * b * taken]
        for row, b in zip(first.mixing, first.gain, strict=True)
    ]
    start += [[-flint.arb(b) * taken] for b in first.gain]
    state = (flint.arb_mat(rows) ** (t - 1)) * flint.arb_mat(start)
    residual = sum((o * state[i, 0] for i, o in enumerate(step.output)), flint.arb(0))
    drift = sum((o * state[n + i, 0] for i, o in enumerate(step.output)), flint.arb(0))
    if part == "residual":
        return residual
    return residual - point * drift if part == "initial" else drift
