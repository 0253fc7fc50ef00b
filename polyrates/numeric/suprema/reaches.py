"""How far a method's queries and outputs get on quadratics: maxima over [ℓ, L], step by step.

The error of a query is q_t(H)(x_0 − x*), that of an output P_t(H)(x_0 − x*). Both polynomials are
made in balls as Chebyshev series and their maxima taken by :mod:`polyrates.numeric.suprema.rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import flint
import numpy as np

from polyrates.core.recurrence import Method, orbit
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.balls import UNIT, BallRing, TooCoarse, enclose_series
from polyrates.numeric.suprema.rows import row_suprema

__all__ = ["LONGEST", "reaches"]

LONGEST = 2000
"""Beyond this many steps the balls take minutes."""


@dataclass(frozen=True)
class _Listening:
    """Series in balls whose gradients are remembered: they were taken at the queries."""

    ring: BallRing
    heard: list[flint.arb_poly] = field(default_factory=list)

    @property
    def start(self) -> flint.arb_poly:
        return self.ring.start

    def number(self, value: Number) -> flint.arb:
        return self.ring.number(value)

    def gradient(self, point: flint.arb_poly) -> flint.arb_poly:
        self.heard.append(point)
        return self.ring.gradient(point)


def reaches(
    method: Method, interval: tuple[Number, Number], steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Upper bounds of max|q_t|, t = 0, …, steps − 1, and of max|P_t|, t = 0, …, steps."""
    if steps > LONGEST:
        refuse_value(
            "steps", steps, f"a reach of more than {LONGEST} steps takes minutes", "give fewer"
        )
    precision = 128 + 2 * steps
    for _ in range(6):
        try:
            with ball_bits(precision):
                queries, outputs = (list(part) for part in _maxima(method, interval, steps))
            return np.array(queries), np.array(outputs)
        except TooCoarse:
            precision *= 2
    refuse_value("steps", steps, "the method loses all digits of its balls", "give fewer steps")


def _maxima(
    method: Method, interval: tuple[Number, Number], steps: int
) -> tuple[Iterator[float], Iterator[float]]:
    carrier = _Listening(BallRing(*map(ball, interval)))
    outputs = list(orbit(method, carrier, steps))
    return _each(carrier.heard), _each(outputs)


def _each(series: list[flint.arb_poly]) -> Iterator[float]:
    for point in series:
        known = enclose_series(point, (0.0, 1.0))
        top = float(row_suprema(known.coefficients[None])[0])
        yield (top + known.error) * (1 + 4 * UNIT) if known.error else top
