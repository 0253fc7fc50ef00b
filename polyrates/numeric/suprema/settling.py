"""A certified end of the burn-in for stationary methods.

After the first step the state of a stationary method is multiplied by one matrix M(λ). With
u_k ≥ ‖M^k‖_∞ and v_k ≥ ‖(M^k)′‖_∞ over the whole piece (row sums of certified suprema),

    ‖M^{kq+r}‖ ≤ u_k^q u_r,    ‖(M^{kq+r})′‖ ≤ v_r u_k^q + u_r q u_k^{q−1} v_k,

so once u_k ≤ ½ both sides fall geometrically in q, and a t is found beyond which no part exceeds a
given level. What happens before is a finite computation. A piece is an interval or a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import flint
import numpy as np

from polyrates.core.carriers import JetCarrier, Ring
from polyrates.core.parts import Part
from polyrates.core.recurrence import Jet, Stationary, walk
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.balls import (
    BallRing,
    TooCoarse,
    enclose_series,
    magnitude,
    point_ring,
)
from polyrates.numeric.suprema.supremum import supremum

__all__ = ["Powers", "settled_after"]

_LONGEST = 2048  # steps tried before giving up: the certificate costs O(steps²)
_MOST = 4000  # multiples q of k tried
# outweighs the rounding of u^q by q multiplications and of a few sums: _MOST units of 2^-53, twice
_UP = 1.0 + 1e-12

E = TypeVar("E")


@dataclass(frozen=True)
class Powers:
    """Bounds of ‖M^j‖_∞ and ‖(M^j)′‖_∞, j = 0, …, k: arrays (k + 1,)."""

    values: np.ndarray
    slopes: np.ndarray

    def beyond(self, k: int, q: int) -> tuple[float, float]:
        """Bounds of ‖M^j‖ and ‖(M^j)′‖ for every j = kq + r, 0 ≤ r < k; q ≥ 1.

        Both fall with q where u_k ≤ ½.
        """
        u, v = float(self.values[k]), float(self.slopes[k])
        U, V = float(self.values[:k].max()), float(self.slopes[:k].max())
        return U * u**q * _UP, (V * u**q + U * q * u ** (q - 1) * v) * _UP


def settled_after(
    method: Stationary, piece: tuple[Number, Number], part: Part, level: float
) -> int | None:
    """A t after which sup |part| of the unrolled error is ≤ level for good, certified, or None.

    Parameters
    ----------
    method : Stationary
    piece : (ell, L)
        The interval of λ; a point is (λ, λ).
    part : one of the four
    level : float > 0
    """
    k = 8
    while k <= _LONGEST:
        powers = _powers(method, piece, k)
        if powers is None or not powers.values[k] < 1e30:  # it grows: the method diverges
            return None
        if powers.values[k] <= 0.5:
            return _last(method, piece, part, level, powers)
        k *= 2
    return None


def _last(
    method: Stationary, piece: tuple[Number, Number], part: Part, level: float, powers: Powers
) -> int | None:
    start = _first_state(method, piece)
    if start is None:
        return None
    s, s_slope, output = start
    L = float(piece[1])

    def settled(k: int, q: int) -> bool:
        power, power_slope = powers.beyond(k, q)
        value, slope = power * s, power_slope * s + power * s_slope
        bound = {
            "residual": value,
            "drift": slope,
            "cross": slope,
            "initial": value + L * slope,
        }[part]
        return output * bound * _UP <= level

    earliest: int | None = None
    for k in np.flatnonzero(powers.values <= 0.5).tolist():
        most = _MOST if earliest is None else min(_MOST, (earliest - 2) // k)
        for q in range(1, most + 1):
            if settled(k, q):
                earliest = 1 + k * q
                break
    return earliest


class _Piece(Generic[E]):
    """The ring of a piece, and upper bounds of its elements over it."""

    ring: Ring[E]

    def bound(self, element: E) -> float:
        raise NotImplementedError


class _Interval(_Piece[flint.arb_poly]):
    def __init__(self, piece: tuple[Number, Number]) -> None:
        self.ring = BallRing(ball(piece[0]), ball(piece[1]))
        self._ends = float(self.ring.low), float(self.ring.high)

    def bound(self, element: flint.arb_poly) -> float:
        return supremum(enclose_series(element, self._ends), tight=False).upper


class _Point(_Piece[flint.arb]):
    def __init__(self, piece: tuple[Number, Number]) -> None:
        self.ring = point_ring(piece[0])

    def bound(self, element: flint.arb) -> float:
        return magnitude(element, 0.0).upper


def _on(piece: tuple[Number, Number]) -> _Interval | _Point:
    return _Point(piece) if piece[0] == piece[1] else _Interval(piece)


def _powers(method: Stationary, piece: tuple[Number, Number], k: int) -> Powers | None:
    for precision in (80 + 4 * k, 160 + 8 * k):
        try:
            with ball_bits(precision):
                return _row_sums(method, _on(piece), k)
        except TooCoarse:
            continue
    return None


def _row_sums(method: Stationary, piece: _Piece[E], k: int) -> Powers:
    ring = piece.ring
    size = len(method.transition(ball).gain)
    one, zero = ring.start, ring.gradient(ring.start) * 0  # type: ignore[operator]
    values, slopes = np.zeros((k + 1, size)), np.zeros((k + 1, size))
    for j in range(size):
        unit = tuple(Jet(one if i == j else zero, zero) for i in range(size))
        # begin after the first step, whose coefficients may differ
        for power, (_, state) in enumerate(walk(method, JetCarrier(ring, ring), k + 1, (1, unit))):
            for i, jet in enumerate(state):
                values[power, i] += piece.bound(jet.value)
                slopes[power, i] += piece.bound(jet.tangent)
    return Powers(values.max(axis=1) * _UP, slopes.max(axis=1) * _UP)


def _first_state(
    method: Stationary, piece: tuple[Number, Number]
) -> tuple[float, float, float] | None:
    """Bounds of the state after one step, of its derivative, and of the reading Σ|o_i|."""
    with ball_bits(200):
        where = _on(piece)
        try:
            value, slope = _state_bounds(method, where)
        except TooCoarse:
            return None
        reading = sum(magnitude(flint.arb(o), 0.0).upper for o in method.transition(ball).output)
    return value, slope, reading * _UP


def _state_bounds(method: Stationary, piece: _Piece[E]) -> tuple[float, float]:
    *_, (_, state) = walk(method, JetCarrier(piece.ring, piece.ring), 1)
    value = max(piece.bound(jet.value) for jet in state)
    return value, max(piece.bound(jet.tangent) for jet in state)
