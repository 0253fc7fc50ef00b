"""Exact numbers of any length as text, and back.

Python refuses to turn integers of more than 4,300 digits into text, or text into them, because its
own conversion takes quadratic time; that limit belongs to the whole process, so it is left alone.
flint's conversion is quasi-linear and has no limit.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from sympy.printing.str import StrPrinter

__all__ = ["decimal", "digit_count", "exact_text", "fraction_from_text"]

_SHORT = 12_000  # bits: 3,613 digits, which Python converts itself


def decimal(value: int) -> str:
    """The digits of an integer of any length."""
    if value.bit_length() < _SHORT:
        return str(value)
    import flint

    return str(flint.fmpz(value))


def digit_count(value: int) -> int:
    """How many digits |value| has."""
    return len(decimal(abs(value)))


def fraction_from_text(text: str) -> Fraction:
    """What ``Fraction(text)`` is, for "3", "1/3", "0.1" and "2e-3" of any length.

    Raises ZeroDivisionError for a denominator of zero.
    """
    if len(text) < 4000:
        return Fraction(text)
    import flint

    def whole(digits: str) -> int:
        return int(flint.fmpz(digits.removeprefix("+") or "0"))

    text = text.strip()
    if "/" in text:
        above, below = text.split("/")
        return Fraction(whole(above.strip()), whole(below.strip()))
    mantissa, _, exponent = text.lower().partition("e")
    before, _, after = mantissa.partition(".")
    scale = int(exponent or "0") - len(after)
    value = Fraction(whole(before + after))
    return value * Fraction(10) ** scale


class _Text(StrPrinter):  # type: ignore[misc]
    """sympy's text, its integers written by :func:`decimal`."""

    def _print_Integer(self, expr: sympy.Integer) -> str:
        return decimal(int(expr.p))

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"{decimal(int(expr.p))}/{decimal(int(expr.q))}"


def exact_text(value: object) -> str:
    """``str(value)`` of a number, a formula or a tuple of them, whatever their length."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return decimal(value)
    if isinstance(value, Fraction):
        below = "" if value.denominator == 1 else f"/{decimal(value.denominator)}"
        return decimal(value.numerator) + below
    if isinstance(value, tuple):
        inner = ", ".join(map(exact_text, value))
        return f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, sympy.Basic):
        return str(_Text().doprint(value))
    return str(value)
