"""The peak and the end of the burn-in of a slow stationary method: numeric, at any distance.

Where a certificate cannot bear the steps, the suprema are read as maxima over nodes, at times that
grow by a twentieth until the values have fallen for good, then ever closer to the largest and to
the last above 1. A state t steps on costs log t products: W^{2^j} are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.analysis.settled import Piece
from polyrates.core.parts import Part
from polyrates.core.recurrence import Stationary
from polyrates.numeric.suprema.at_nodes import Columns, Nodes, readings, stacked

__all__ = ["Far", "far"]

_INTERVALS = 1024
_DOUBLINGS = 40  # times up to 10^12
_FALLEN = 0.25  # of the peak, and below 1: a value from which it falls on
_LOOKS = 16  # times tried at once


@dataclass(frozen=True)
class Far:
    """(t, value) of the largest value, and the last t with a value above 1: numeric."""

    peak: tuple[int, float]
    last: int


def far(method: Stationary, pieces: tuple[Piece, ...], part: Part) -> Far | None:
    """None where the values do not fall."""
    numbers = Columns.of(method)
    if numbers is None:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return _far(_Times.of(numbers, pieces, part))


def _far(times: _Times) -> Far | None:
    found = {0: times.at_zero}
    t = 1
    while t < 1 << _DOUBLINGS:
        value = found[t] = times.value(t)
        if not np.isfinite(value):
            return None
        if t > 64 and value < _FALLEN * min(1.0, max(found.values())):
            break
        t = max(t + 1, t * 21 // 20)
    else:
        return None
    while True:  # ever closer to the largest
        order = sorted(found)
        top = max(order, key=lambda key: found[key])
        place = order.index(top)
        if not _filled(found, times, order[max(place - 1, 0)], order[place + 1]):
            break
    while True:  # and to the last above 1
        order = sorted(found)
        above = [key for key in order if found[key] > 1 + 1e-9]
        if not above or not _filled(found, times, above[-1], order[order.index(above[-1]) + 1]):
            return Far((top, found[top]), above[-1] if above else 0)


def _filled(found: dict[int, float], times: _Times, low: int, high: int) -> bool:
    """Whether there were times between, of which some are now known."""
    stride = max(1, (high - low) // _LOOKS)
    new = [t for t in range(low, high, stride) if t not in found]
    found.update((t, times.value(t)) for t in new)
    return bool(new)


@dataclass(frozen=True, eq=False)
class _Times:
    """The powers W^{2^j} at the nodes, the state after one step and the reading."""

    powers: list[np.ndarray]
    start: np.ndarray
    reading: np.ndarray
    at_zero: float

    @classmethod
    def of(cls, numbers: Columns, pieces: tuple[Piece, ...], part: Part) -> _Times:
        points = np.concatenate([Nodes.on(piece, _INTERVALS).points for piece in pieces])
        W, z = stacked(numbers, points, 1.0, part)
        at_zero = 1.0 if part in ("residual", "initial") else 0.0
        return cls([W], z, readings(numbers, 1.0, part), at_zero)

    def value(self, t: int) -> float:
        """max over the nodes of |part_t|, t ≥ 1."""
        state, j, left = self.start[:, :, None], 0, t - 1
        while left:
            if j == len(self.powers):
                self.powers.append(np.matmul(self.powers[-1], self.powers[-1]))
            if left & 1:
                state = np.matmul(self.powers[j], state)
            left, j = left >> 1, j + 1
        return float(np.abs(np.matmul(self.reading, state)).max())
