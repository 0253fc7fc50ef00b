"""Maxima of |Q_k| and |(1 − Q_k)/λ| over a widened interval: what k inner steps leave and do."""

from __future__ import annotations

import flint

from polyrates.core.carriers import InverseCarrier
from polyrates.core.recurrence import Method, final
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.balls import BallRing, TooCoarse, enclose_series
from polyrates.numeric.suprema.supremum import supremum

__all__ = ["inner_maxima"]


def inner_maxima(
    inner: Method, steps: int, interval: tuple[Number, Number], drop: float
) -> tuple[float, float]:
    """max |Q_k| and max |(1 − Q_k)/λ| over [ℓ − drop, L + drop], rounded upward."""
    bits = 80 + 4 * steps
    for _ in range(6):
        try:
            with ball_bits(bits):
                low, high = (ball(end) for end in interval)
                ring = BallRing(low - flint.arb(drop), high + flint.arb(drop))
                ends = float(ring.low), float(ring.high)
                residual = enclose_series(final(inner, ring, steps), ends)
                solved = enclose_series(final(inner, InverseCarrier(ring), steps), ends)
            return supremum(residual).upper, supremum(solved).upper
        except TooCoarse:
            bits *= 2
    refuse_value("inner_steps", steps, "the inner method loses all digits", "give fewer steps")
