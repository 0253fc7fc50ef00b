"""A certified end of the burn-in for stationary methods.

After the first step the state of a stationary method is multiplied by one matrix M(λ). With
u_k ≥ ‖M^k‖_∞ and v_k ≥ ‖(M^k)′‖_∞ over the whole interval (row sums of certified suprema),

    ‖M^{kq+r}‖ ≤ u_k^q u_r,    ‖(M^{kq+r})′‖ ≤ v_r u_k^q + u_r q u_k^{q−1} v_k,

so once u_k ≤ ½ both sides fall geometrically in q, and a t is found beyond which no part exceeds a
given level. What happens before is a finite computation.
"""

from __future__ import annotations

from typing import Any, Literal

import flint
import numpy as np

from polyrates.core.estimators import JetCarrier
from polyrates.core.recurrence import Jet, Stationary, walk
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.numeric.suprema.balls import BallRing, TooCoarse, enclose_series
from polyrates.numeric.suprema.series import grid_bound

__all__ = ["settled_after"]

Part = Literal["initial", "cross", "residual", "drift"]

_LONGEST = 2048  # steps tried before giving up: the certificate costs O(steps²)
_UP = 1.0 + 1e-12


def settled_after(
    method: Stationary, segment: tuple[Number, Number], part: Part, level: float
) -> int | None:
    """A t after which sup |part| ≤ level for good, certified; None if none was found.

    Parameters
    ----------
    method : Stationary
    segment : (ell, L)
        The interval of λ.
    part : one of the four
    level : float > 0
    """
    k = 8
    while k <= _LONGEST:
        sizes = _power_sizes(method, segment, k)
        if sizes is None:
            return None
        values, slopes = sizes
        if not values[k] < 1e30:  # it grows: the method diverges
            return None
        if values[k] <= 0.5:
            return _last(method, segment, part, level, values, slopes, k)
        k *= 2
    return None


def _last(
    method: Stationary,
    segment: tuple[Number, Number],
    part: Part,
    level: float,
    values: np.ndarray,
    slopes: np.ndarray,
    k: int,
) -> int | None:
    start = _first_state(method, segment)
    if start is None:
        return None
    s, s_slope, output = start
    u, v = float(values[k]), float(slopes[k])
    U, V = float(values[:k].max()), float(slopes[:k].max())
    L = float(segment[1])
    for q in range(2, 4000):  # from q = 2 on both bounds fall with q, because u ≤ ½
        value = U * u**q * s
        slope = V * u**q * s + U * q * u ** (q - 1) * v * s + U * u**q * s_slope
        bound = {
            "residual": value,
            "drift": slope,
            "cross": slope,
            "initial": value + L * slope,
        }[part]
        if output * bound * _UP <= level:
            return 1 + k * q
    return None


def _ring(segment: tuple[Number, Number]) -> BallRing:
    return BallRing(ball(segment[0]), ball(segment[1]))


def _power_sizes(
    method: Stationary, segment: tuple[Number, Number], k: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """(‖M^j‖, ‖(M^j)′‖) for j = 0, …, k, each an upper bound over the interval."""
    for precision in (80 + 4 * k, 160 + 8 * k):
        try:
            with flint.ctx.workprec(precision):
                return _row_sums(method, segment, k)
        except TooCoarse:
            continue
    return None


def _row_sums(
    method: Stationary, segment: tuple[Number, Number], k: int
) -> tuple[np.ndarray, np.ndarray]:
    ring = _ring(segment)
    ends = float(ring.low), float(ring.high)
    size = len(method.transition(ball).gain)
    one, zero = ring.start, ring.start * 0
    values, slopes = np.zeros((k + 1, size)), np.zeros((k + 1, size))
    for j in range(size):
        unit = tuple(Jet(one if i == j else zero, zero) for i in range(size))
        # begin after the first step, whose coefficients may differ
        for power, (_, state) in enumerate(walk(method, JetCarrier(ring, ring), k + 1, (1, unit))):
            for i, jet in enumerate(state):
                values[power, i] += grid_bound(enclose_series(jet.value, ends)).upper
                slopes[power, i] += grid_bound(enclose_series(jet.tangent, ends)).upper
    return values.max(axis=1) * _UP, slopes.max(axis=1) * _UP


def _first_state(
    method: Stationary, segment: tuple[Number, Number]
) -> tuple[float, float, float] | None:
    """Bounds of the state after one step, of its derivative, and of the reading Σ|o_i|."""
    with flint.ctx.workprec(200):
        ring = _ring(segment)
        ends = float(ring.low), float(ring.high)
        state: tuple[Jet[Any], ...] = ()
        for _, reached in walk(method, JetCarrier(ring, ring), 1):
            state = reached
        try:
            value = max(grid_bound(enclose_series(jet.value, ends)).upper for jet in state)
            slope = max(grid_bound(enclose_series(jet.tangent, ends)).upper for jet in state)
        except TooCoarse:
            return None
        reading = sum(abs(float(ball(o))) for o in _plain(method.transition(ball).output))
    return value, slope, reading * _UP


def _plain(output: tuple[Any, ...]) -> list[Any]:
    return [float(o) for o in output]
