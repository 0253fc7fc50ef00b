"""Expressions through pickle come back to the letter, evaluated or not."""

from __future__ import annotations

import pytest
import sympy

from polyrates.symbolic.proofs.pickling import dumped, loaded

x, y = sympy.symbols("x y", positive=True)
with sympy.evaluate(False):
    AS_WRITTEN = [x + x, x * x, (x + y) * 2, sympy.Rational(1, 2) * (x + y), x**2 * x, x - x]
EXPRESSIONS = [
    *AS_WRITTEN,
    x + y, 2 * x * y**-3, sympy.sqrt(x**2 + 1), sympy.Eq(x, y), sympy.Lt(x, y),
    sympy.Piecewise((x, x < y), (y, True)), sympy.Rational(7, 3), sympy.pi * x,
    sympy.Sum(x**y, (y, 0, 3)), sympy.Mul(x + 1, sympy.Pow(x + 1, -1), evaluate=False),
]  # fmt: skip


def same(one: sympy.Basic, other: sympy.Basic) -> bool:
    """Equal head by head and part by part, in order; sympy's == forgives an order."""
    if one.func != other.func or len(one.args) != len(other.args):
        return False
    return all(map(same, one.args, other.args)) if one.args else one == other


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=sympy.srepr)
def test_an_expression_is_what_was_written(expression: sympy.Basic) -> None:
    (again,) = loaded(lambda *parts: parts, dumped((expression,)))  # type: ignore[misc]
    assert same(again, expression)
    assert sympy.srepr(again) == sympy.srepr(expression)


def test_the_parts_go_to_their_kind_in_order() -> None:
    made = loaded(dict, dumped(([("a", x + x), ("b", 3)],)))
    assert made == {"a": 2 * x, "b": 3}
    bound = sympy.Symbol("x", positive=True)
    assert loaded(lambda each: each, dumped((x,))) == bound != sympy.Symbol("x")
