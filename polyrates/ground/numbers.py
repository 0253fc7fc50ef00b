"""What a number is: exact (a sympy expression without floats) or a float, decided once, here.

Exact are int, Fraction, Decimal, numpy integers, exact sympy expressions (rationals, algebraic
numbers, symbols) and strings such as ``"1/3"``, ``"0.1"`` or ``"2e-3"``, which are *parsed* as
numbers and never evaluated. Floats are float, numpy floats, sympy and mpmath floats. Refused are
bool, NaN, infinities and complex numbers. Exact in is exact out: in particular the square root of
an exact number is taken here, because ``10 ** Fraction(1, 2)`` is a float.
"""

from __future__ import annotations

import math
import numbers as abstract
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, TypeAlias

import sympy

from polyrates.ground.constants import sign_of_constant
from polyrates.ground.digits import fraction_from_text
from polyrates.ground.errors import (
    InexactError,
    Undecided,
    refuse_type,
    refuse_value,
)
from polyrates.ground.precision import alone, evaluated

__all__ = [
    "Number",
    "NumberLike",
    "compare",
    "count",
    "exact",
    "floating",
    "fraction_of",
    "in_order",
    "is_exact",
    "is_symbolic",
    "lam",
    "nonnegative",
    "number",
    "numbers",
    "parse",
    "positive",
    "real",
    "sign",
    "square_root",
    "t",
    "unify",
]

lam = sympy.Symbol("lambda", real=True)
"""The eigenvalue λ, in which every residual polynomial is written."""

t = sympy.Symbol("t", integer=True, nonnegative=True)
"""The iteration, for closed forms."""

Number: TypeAlias = "sympy.Expr | float"
NumberLike: TypeAlias = "int | float | Fraction | Decimal | str | sympy.Expr"

_LITERAL = re.compile(
    r"""\s*[+-]?                                      # sign
        (?: \d+ \s*/\s* \d+                          # a fraction
          | (?: \d+\.?\d* | \.\d+ ) (?:[eE][+-]?\d{1,4})?
        )\s*""",
    re.VERBOSE | re.ASCII,  # the digits 0 to 9: in no file or option are there others
)
_EXPECTED = "must be a finite real number"
_REMEDY = 'give an int, a Fraction, a float, a sympy expression or a string such as "1/3" or "0.1"'


def parse(text: str, name: str = "number") -> sympy.Expr:
    """The exact rational that ``text`` spells: "3", "1/3", "0.1", "2e-3". Nothing is evaluated.

    Digits are 0 to 9, of any length and without separators: "1_000" and the digits of other
    scripts, which Python's own ``int`` and ``Fraction`` take, are refused, as in tables of data.
    """
    if not _LITERAL.fullmatch(text):
        refuse_value(name, text, "the string is not a number", 'write it as "3", "1/3" or "0.1"')
    try:
        value = fraction_from_text(text.replace(" ", "").replace("\t", ""))
    except ZeroDivisionError:
        refuse_value(name, text, "the denominator is zero", 'write it as "3", "1/3" or "0.1"')
    return sympy.Rational(value.numerator, value.denominator)


def number(value: object, name: str = "number") -> Number:
    """``value`` as a Number: a sympy expression when exact, a Python float otherwise."""
    if isinstance(value, sympy.Rational):  # neither NaN nor an infinity is one
        return value
    if type(value) is not float and is_truth(value):
        refuse_type(name, value, "a truth value is not a number", _REMEDY)
    if isinstance(value, float):
        if not math.isfinite(value):
            refuse_value(name, value, _EXPECTED, "check what computed it")
        return float(value)
    if isinstance(value, sympy.Basic):
        return _from_sympy(value, name)
    if isinstance(value, abstract.Integral):
        return sympy.Integer(int(value))
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    if isinstance(value, str):
        return parse(value, name)
    if isinstance(value, Decimal):
        if not value.is_finite():
            refuse_value(name, value, _EXPECTED, "check what computed it")
        ratio = Fraction(value)
        return sympy.Rational(ratio.numerator, ratio.denominator)
    return _foreign(value, name)


def _foreign(value: object, name: str) -> Number:
    """A number of another library: numpy, JAX, torch, flint, mpmath, or any registered real."""
    if isinstance(value, abstract.Complex) and not isinstance(value, abstract.Real):
        refuse_type(name, value, _EXPECTED + ", not a complex one", _REMEDY)
    if getattr(value, "shape", None) == () and hasattr(value, "dtype"):
        return _from_scalar_array(value, name)
    if isinstance(value, abstract.Real):
        try:
            plain = float(value)
        except (TypeError, ValueError, OverflowError):
            refuse_type(name, value, _EXPECTED, _REMEDY)
        return number(plain, name)
    if type(value).__module__.startswith("flint") and hasattr(value, "p"):
        return sympy.Rational(int(value.p), int(value.q))  # type: ignore[attr-defined]
    if type(value).__module__.split(".")[0] == "mpmath":
        try:
            return number(float(value), name)  # type: ignore[arg-type]
        except TypeError:
            refuse_type(name, value, _EXPECTED, _REMEDY)
    refuse_type(name, value, _EXPECTED, _REMEDY)


def is_truth(value: object) -> bool:
    """Whether a value is a truth value of Python, sympy or any library of arrays."""
    if isinstance(value, (bool, sympy.logic.boolalg.BooleanAtom)):
        return True
    kind = str(getattr(value, "dtype", "")).rpartition(".")[2]
    return kind == "bool" and getattr(value, "shape", None) in ((), None)


def _from_scalar_array(value: Any, name: str) -> Number:
    """A numpy scalar, or an array of JAX, torch or numpy of shape ()."""
    kind = str(value.dtype).rpartition(".")[2]
    if kind.startswith("complex"):
        refuse_type(name, value, _EXPECTED + ", not a complex one", _REMEDY)
    if kind != "object" and not kind.lstrip("b").startswith(("int", "uint", "float")):
        refuse_type(name, value, f"{_EXPECTED}, not of dtype {kind}", _REMEDY)
    try:
        plain = value.item() if kind == "object" or "int" in kind else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        refuse_type(name, value, _EXPECTED, _REMEDY)
    return number(plain, name)


def _from_sympy(value: sympy.Basic, name: str) -> Number:
    if not isinstance(value, sympy.Expr):
        refuse_type(name, value, _EXPECTED, _REMEDY)
    if value.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        refuse_value(name, value, _EXPECTED, "check what computed it")
    if value.has(sympy.Float):
        if value.free_symbols:
            raise InexactError(
                name,
                value,
                "mixes floats with symbols, so it is neither exact nor a number",
                'write its floats as Rational("0.1")',
            )
        return number(float(value), name)
    with alone():  # sympy may evaluate to tell
        unreal = value.is_real is False
    if unreal:
        refuse_type(name, value, _EXPECTED + ", not a complex one", _REMEDY)
    return value


def is_exact(value: object) -> bool:
    """Whether a Number is exact (a sympy expression) rather than a float."""
    return isinstance(value, sympy.Expr)


def is_symbolic(value: object) -> bool:
    """Whether a Number contains free symbols."""
    return isinstance(value, sympy.Expr) and bool(value.free_symbols)


def exact(value: object, name: str = "number") -> sympy.Expr:
    """``value`` as an exact number; a float is refused, because it would pose as exact."""
    result = number(value, name)
    if isinstance(result, float):
        remedy = f'give Fraction("{result!r}") or the string "{result!r}"'
        raise InexactError(name, value, "exactness was asked and a float is not exact", remedy)
    return result


def floating(value: object, name: str = "number") -> float:
    """``value`` as the nearest float; symbols are refused."""
    if type(value) is float and math.isfinite(value):
        return value
    result = number(value, name)
    if isinstance(result, float):
        return result
    if isinstance(result, sympy.Rational):
        try:
            return int(result.p) / int(result.q)  # correctly rounded, unlike evalf at 15 digits
        except OverflowError:
            refuse_value(name, value, "exceeds the range of floats", "choose other units")
    if result.free_symbols:
        names = ", ".join(sorted(map(str, result.free_symbols)))
        refuse_value(name, value, "a float was needed and this has symbols", f"give {names} values")
    approximation = float(evaluated(result, 30))
    if not math.isfinite(approximation):
        refuse_value(name, value, "exceeds the range of floats", "choose other units")
    return approximation


def is_rounded(value: Number) -> bool:
    """Whether :func:`floating` changes it."""
    if isinstance(value, float):
        return False
    return not isinstance(value, sympy.Rational) or Fraction(floating(value)) != fraction_of(value)


def fraction_of(value: object, name: str = "number") -> Fraction:
    """The exact rational value of a number: a float counts as the dyadic rational that it is."""
    result = number(value, name)
    if isinstance(result, float):
        return Fraction(result)
    if isinstance(result, sympy.Rational):
        return Fraction(int(result.p), int(result.q))
    refuse_value(name, value, "must be rational", "give an int, a Fraction or a float")


def unify(*values: Number) -> tuple[Number, ...]:
    """All exact if all are exact, else all floats: one float makes the whole object inexact."""
    if all(isinstance(value, sympy.Expr) for value in values):
        return values
    if any(is_symbolic(value) for value in values):
        inexact = next(value for value in values if isinstance(value, float))
        raise InexactError(
            "argument",
            inexact,
            "a float cannot stand beside symbols: the result would be neither exact nor a number",
            f'give Fraction("{inexact!r}") instead',
        )
    return tuple(floating(value) for value in values)


def square_root(value: Number) -> Number:
    """√value, exact for exact input."""
    return sympy.sqrt(value) if isinstance(value, sympy.Expr) else math.sqrt(value)


def sign(value: Number) -> int | None:
    """−1, 0 or 1, or None when the symbols in it leave the sign open."""
    if isinstance(value, float):
        return (value > 0) - (value < 0)
    if isinstance(value, sympy.Rational):  # its denominator is positive; no infinity is one
        return int(value.p > 0) - int(value.p < 0)
    with alone():  # sympy may evaluate to tell
        if value.is_zero or value.is_positive or value.is_negative:
            return 0 if value.is_zero else (1 if value.is_positive else -1)
    if value.free_symbols:
        return None
    return sign_of_constant(value)


def compare(left: Number, right: Number) -> int:
    """−1, 0 or 1 as left <, =, > right, for numbers without symbols; exact ones exactly."""
    if isinstance(left, float) and isinstance(right, float):
        return (left > right) - (left < right)
    if isinstance(left, sympy.Rational) and isinstance(right, sympy.Rational):
        return (fraction_of(left) > fraction_of(right)) - (fraction_of(left) < fraction_of(right))
    order = sign(sympy.sympify(left) - sympy.sympify(right))
    if order is None:
        raise Undecided(
            "number", (left, right), "symbols cannot be put in order", "give their symbols values"
        )
    return order


in_order = cmp_to_key(compare)
"""The key for ``sorted``, ``min`` and ``max`` of numbers without symbols."""


def real(value: object, name: str) -> Number:
    """A finite real number or an expression in symbols."""
    return number(value, name)


def positive(value: object, name: str) -> Number:
    """A number > 0, or symbols that do not contradict it."""
    result = number(value, name)
    signed = sign(result)
    nonpositive_symbol = is_symbolic(result) and bool(result.is_nonpositive)  # type: ignore[union-attr]
    if nonpositive_symbol or (signed is not None and signed <= 0):
        refuse_value(name, value, "must be > 0", "give a positive number")
    return result


def nonnegative(value: object, name: str) -> Number:
    """A number ≥ 0, or symbols that do not contradict it."""
    result = number(value, name)
    if sign(result) == -1:
        refuse_value(name, value, "must be ≥ 0", "give a nonnegative number")
    return result


def count(value: object, name: str, minimum: int = 0) -> int:
    """An integer ≥ minimum: a number of steps, a degree, a dimension."""
    if is_truth(value):
        refuse_type(name, value, "a truth value is not a count", f"give an integer ≥ {minimum}")
    if isinstance(value, (abstract.Integral, sympy.Integer)):
        if int(value) < minimum:
            refuse_value(name, value, f"must be ≥ {minimum}", f"give an integer ≥ {minimum}")
        return int(value)
    refuse_type(name, value, "must be an integer", f"give an integer ≥ {minimum}")


def numbers(values: object, name: str) -> tuple[Number, ...]:
    """A sequence of Numbers, each named by its position; exact together or floats together."""
    scalar = getattr(values, "shape", None) == ()  # iterable all the same, says its class
    if isinstance(values, (str, bytes)) or scalar or not isinstance(values, Iterable):
        refuse_type(name, values, "must be a sequence of numbers", "give a list, tuple or array")
    plain = isinstance(values, (list, tuple)) and set(map(type, values)) == {float}
    if plain and all(map(math.isfinite, values)):  # already what the loop would make of them
        return tuple(values)
    return unify(*(number(value, f"{name}[{i}]") for i, value in enumerate(values)))
