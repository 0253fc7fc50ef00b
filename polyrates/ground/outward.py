"""Bounds as decimals that are still bounds: an upper end rounded up, a lower end rounded down.

Rounding to nearest prints 0.0168883131169 for a lower end of 0.01688831311686…, and the inequality
that a reader then sees is false. The decimals here satisfy it exactly, and so does the float that a
program reads back from them.
"""

from __future__ import annotations

import math
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
)
from fractions import Fraction

import numpy as np
import sympy

from polyrates.ground.numbers import floating

__all__ = ["at_least", "at_most", "latex_at_least", "latex_at_most", "nearest"]


def at_most(value: object, digits: int = 4, scientific: bool = False) -> str:
    """The least decimal of so many significant digits that is ≥ value, laid out as "g" does.

    ``scientific`` writes every digit and a power of ten, as "e" does.
    """
    return _decimal(value, digits, scientific, ROUND_CEILING)


def at_least(value: object, digits: int = 4, scientific: bool = False) -> str:
    """The largest decimal of so many significant digits that is ≤ value."""
    return _decimal(value, digits, scientific, ROUND_FLOOR)


def nearest(value: object, digits: int = 4, scientific: bool = False) -> str:
    """The nearest such decimal: for what is observed or predicted, which bounds nothing."""
    return _decimal(value, digits, scientific, ROUND_HALF_EVEN)


def latex_at_most(value: object, digits: int = 6) -> str:
    r"""``at_most`` in LaTeX: ``2.463 \cdot 10^{-6}``."""
    return _latex(at_most(value, digits))


def latex_at_least(value: object, digits: int = 6) -> str:
    """``at_least`` in LaTeX."""
    return _latex(at_least(value, digits))


def _decimal(value: object, digits: int, scientific: bool, rounding: str) -> str:
    exact = _ratio(value, rounding)
    if isinstance(exact, float):  # infinite, or not a number
        return f"{exact:g}"
    context = Context(prec=digits, rounding=rounding, Emin=MIN_EMIN, Emax=MAX_EMAX)
    rounded = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    sign, figures, _ = rounded.as_tuple()
    power = rounded.adjusted() if rounded else 0
    text = "".join(map(str, figures)).lstrip("0").ljust(digits, "0")[:digits]
    return ("-" if sign and rounded else "") + _laid_out(text, power, digits, scientific)


def _laid_out(text: str, power: int, digits: int, scientific: bool) -> str:
    """Digits d_1 d_2 … of d_1.d_2… · 10^power, as Python's "e" or "g" lay them out."""
    if scientific or not -4 <= power < digits:
        rest = text[1:] if scientific else text[1:].rstrip("0")
        return f"{text[0]}{'.' * bool(rest)}{rest}e{'-' if power < 0 else '+'}{abs(power):02d}"
    whole = text[: power + 1] if power >= 0 else "0"
    rest = (text[power + 1 :] if power >= 0 else "0" * (-power - 1) + text).rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def _ratio(value: object, rounding: str) -> Fraction | float:
    """The value exactly; of an irrational one a float on the side that is rounded to."""
    if isinstance(value, sympy.Rational):
        return Fraction(value.p, value.q)
    if isinstance(value, int | Fraction | np.integer):
        return Fraction(int(value)) if not isinstance(value, Fraction) else value
    if isinstance(value, float | np.floating) or value in (sympy.oo, -sympy.oo, sympy.nan):
        near = float(value)  # type: ignore[arg-type]
    else:
        near = floating(value)
    if isinstance(value, sympy.Expr) and not value.is_Float and math.isfinite(near):
        if rounding == ROUND_CEILING:
            near = math.nextafter(near, math.inf)
        elif rounding == ROUND_FLOOR:
            near = math.nextafter(near, -math.inf)
    return Fraction(near) if math.isfinite(near) else near


def _latex(text: str) -> str:
    if text in ("inf", "-inf", "nan"):
        return {"inf": r"\infty", "-inf": r"-\infty"}.get(text, r"\text{not a number}")
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    power = f"10^{{{int(exponent)}}}"
    if mantissa in ("1", "-1"):
        return f"{mantissa[:-1]}{power}"
    return rf"{mantissa} \cdot {power}"
