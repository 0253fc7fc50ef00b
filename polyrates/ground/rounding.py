"""Exact numbers rounded one way."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from polyrates.ground.numbers import Number, floating

__all__ = ["float_above", "root_below", "rounded_decimal"]


def float_above(value: Number) -> float:
    """A float not below a number."""
    nearest = floating(value)
    if isinstance(value, float) or sympy.Rational(*nearest.as_integer_ratio()) >= value:
        return nearest
    return math.nextafter(nearest, math.inf)


def rounded_decimal(value: Fraction, digits: int, upward: bool) -> str:
    """A decimal of so many significant digits, rounded up or down."""
    size = abs(value)
    if size == 0:
        return "0"
    power = math.floor((size.numerator.bit_length() - size.denominator.bit_length()) * 0.30103)
    while Fraction(10) ** (power + 1) <= size:
        power += 1
    while Fraction(10) ** power > size:
        power -= 1
    scaled = size / Fraction(10) ** (power + 1 - digits)
    floor = scaled.numerator // scaled.denominator
    mantissa = floor + 1 if upward == (value > 0) and floor != scaled else floor
    if mantissa == 10**digits:
        mantissa, power = mantissa // 10, power + 1
    text = str(mantissa).rstrip("0")
    rest = f".{text[1:]}" if text[1:] else ""
    return f"{'-' if value < 0 else ''}{text[0]}{rest}" + (f"e{power}" if power else "")


def root_below(square: Fraction, digits: int = 18) -> Fraction:
    """A fraction below a square root, to so many digits."""
    if square <= 0:
        return Fraction(0)
    bits = square.denominator.bit_length() - square.numerator.bit_length()
    power = math.ceil(bits * 0.30103 / 2) + digits
    scaled = square * Fraction(100) ** power
    return Fraction(math.isqrt(scaled.numerator // scaled.denominator)) / Fraction(10) ** power
