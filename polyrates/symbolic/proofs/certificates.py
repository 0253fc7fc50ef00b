"""Signs that are certain: an expression is ≥ 0 on ranges because of how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

__all__ = ["Range", "inside", "nonnegative", "regular"]


@dataclass(frozen=True)
class Range:
    """A symbol and the interval it varies over; ends may depend on symbols listed before it.

    ``high`` may be ``sympy.oo``; ``integer`` restricts it to integers.
    """

    symbol: sympy.Symbol
    low: sympy.Expr
    high: sympy.Expr = sympy.oo
    integer: bool = False


def nonnegative(expression: sympy.Expr, over: Sequence[Range] = ()) -> str | None:
    """Why an expression is ≥ 0 for every value of the symbols in ``over``; None if not shown.

    A product of such factors, an even power of a real number, a power of one that is ≥ 0; or a
    rational function: each range is written with a variable s ≥ 0 (low + s, or
    (low + s·high)/(1 + s)), and all coefficients of numerator and denominator are ≥ 0. In one
    variable with rational coefficients Sturm's count of roots decides where the coefficients do
    not.
    """
    expression = sympy.sympify(expression)
    if expression.is_nonnegative:
        return "by the signs of its symbols"
    if expression.is_Pow:
        base, exponent = expression.args
        if exponent.is_even and _is_real(base) and nonnegative(exponent, over):
            return "an even power"
        if exponent.free_symbols and nonnegative(base, over) and nonnegative(exponent, over):
            return "a power of a number ≥ 0"
    if expression.is_Mul and any(each.is_Pow and each.exp.free_symbols for each in expression.args):
        return "factors ≥ 0" if all(nonnegative(each, over) for each in expression.args) else None
    return _rational(expression, over)


def _is_real(expression: sympy.Expr) -> bool:
    """Whether an expression is real; T_n(x) and U_n(x) are for integers n and real x."""
    atoms = expression.atoms(sympy.chebyshevt, sympy.chebyshevu)
    if not all(n.is_integer and x.is_real for n, x in (atom.args for atom in atoms)):
        return False
    return bool(expression.xreplace({a: sympy.Dummy(real=True) for a in atoms}).is_real)


def _rational(expression: sympy.Expr, over: Sequence[Range]) -> str | None:
    if not over:
        return None
    positive: list[sympy.Symbol] = []
    image = expression
    for each in reversed(over):
        s = sympy.Dummy(f"s_{each.symbol.name}", nonnegative=True)
        bounded = each.high is not sympy.oo
        image = image.subs(
            each.symbol, (each.low + s * each.high) / (1 + s) if bounded else each.low + s
        )
        positive.append(s)
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(image)))
    for sign in (1, -1):
        try:
            both = [sympy.Poly(sign * part, *positive) for part in (numerator, denominator)]
        except sympy.PolynomialError:
            return None
        coefficients = [value for part in both for value in part.coeffs()]
        if all(bool(value.is_nonnegative) for value in coefficients):
            return f"{len(coefficients)} coefficients, all ≥ 0"
    if len(over) == 1 and not expression.free_symbols - {over[0].symbol}:
        return _sturm(expression, over[0])
    return None


def _sturm(expression: sympy.Expr, only: Range) -> str | None:
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    # a double root touches zero without crossing it, so roots are counted without squares
    poly = sympy.Poly(numerator * denominator, only.symbol)
    odd = sympy.Poly(1, only.symbol)
    for factor, multiplicity in poly.sqf_list()[1]:
        if multiplicity % 2:
            odd *= factor
    low = sympy.Rational(only.low)
    high = None if only.high is sympy.oo else sympy.Rational(only.high)
    within = odd.count_roots(low, high)
    within -= int(odd.eval(low) == 0) + int(high is not None and odd.eval(high) == 0)
    middle = low + 1 if high is None else (low + high) / 2
    while poly.eval(middle) == 0:
        middle = (low + middle) / 2
    if within or poly.eval(middle) < 0:
        return None
    return "no change of sign inside the interval (Sturm), ≥ 0 at a point"


def regular(expression: sympy.Expr, over: Sequence[Range]) -> bool:
    """Whether an expression is real and finite on the ranges: no power with a negative exponent."""
    powers = sympy.sympify(expression).atoms(sympy.Pow)
    return all(
        bool(power.exp.is_integer) and nonnegative(power.exp, over) is not None for power in powers
    ) and all(symbol.is_real for symbol in sympy.sympify(expression).free_symbols)


def inside(image: sympy.Expr, wanted: Range, over: Sequence[Range]) -> bool:
    """Whether an expression in the symbols of ``over`` lies in a range, by certificates."""
    image = sympy.sympify(image)
    if wanted.integer and not image.is_integer:
        return False
    if nonnegative(image - wanted.low, over) is None:
        return False
    return wanted.high is sympy.oo or nonnegative(wanted.high - image, over) is not None
