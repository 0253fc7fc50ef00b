"""A minimax question in fractions, balls of high precision, and their logarithms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

Ball = Any  # flint.arb, whose stubs are not complete


@dataclass(frozen=True)
class RationalQuestion:
    """A minimax question in fractions: support in λ, form, sizes."""

    support: tuple[tuple[Fraction, Fraction], ...]
    form: str
    first: Fraction
    second: Fraction

    @property
    def low(self) -> Fraction:
        """ℓ."""
        return self.support[0][0]

    @property
    def width(self) -> Fraction:
        """w: λ = ℓ + w x."""
        return (self.support[-1][1] - self.low) or self.low or Fraction(1)

    @property
    def origin(self) -> Fraction:
        """The x of λ = 0."""
        return -self.low / self.width

    @property
    def pieces(self) -> list[tuple[Fraction, Fraction]]:
        """The support in x."""
        return [((p - self.low) / self.width, (q - self.low) / self.width) for p, q in self.support]

    @property
    def initial(self) -> bool:
        """Whether A = P − λP′."""
        return self.form == "initial/cross"

    @property
    def plain(self) -> bool:
        """Whether A is what is expanded, A(0) = 1 and A′(0) = 0."""
        return self.initial and self.second == 0


def ball(value: Fraction) -> Ball:
    """A fraction, enclosed."""
    return arb(value.numerator) / arb(value.denominator)


def snapped(x: float, low: Fraction, high: Fraction, digits: int) -> Fraction:
    """A decimal near x in [low, high]; the ends themselves when near."""
    tiny = 10.0**-digits
    if x - float(low) <= tiny or low == high:
        return low
    if float(high) - x <= tiny:
        return high
    near = Fraction(round(x * 10**digits), 10**digits)
    return min(max(near, low), high)


def log10(value: Ball) -> float:
    """log10 |midpoint|, far beyond the range of floats; −inf for 0."""
    mantissa, exponent = value.mid().man_exp()
    size = abs(int(mantissa))
    if size == 0:
        return -math.inf
    extra = max(size.bit_length() - 60, 0)
    return math.log10(size >> extra) + (int(exponent) + extra) * math.log10(2)


def rounded(value: Ball, power: int) -> int:
    """The integer nearest to a midpoint times 10^power."""
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    scaled = Fraction(mantissa) * Fraction(2) ** exponent * Fraction(10) ** power
    return round(scaled)


def log10_of(value: Fraction) -> float:
    """log10 of a positive fraction."""
    return log10(ball(value))
