"""Seeded rational points, and exact values there: they refute what is false and prove nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import sympy

from polyrates.symbolic.proofs.certificates import Range

__all__ = ["at", "sample"]


def sample(
    over: Sequence[Range], samples: int, seed: int
) -> Iterator[dict[sympy.Symbol, sympy.Rational]]:
    """Seeded rational points of a product of ranges.

    Denominators are primes near 10⁴ drawn anew for every number, so no product of few linear
    factors vanishes at all points; integers come from the first 30 of their range.
    """
    source = random.Random(seed)
    for k in range(samples):
        point: dict[sympy.Symbol, sympy.Rational] = {}
        for each in over:
            low = sympy.sympify(each.low).subs(point)
            high = sympy.sympify(each.high).subs(point)
            if each.integer:
                reach = (3, 9, 29)[k % 3]
                top = int(low) + reach if high is sympy.oo else min(int(high), int(low) + reach)
                point[each.symbol] = sympy.Integer(source.randint(int(low), top))
                continue
            q = sympy.prime(source.randint(1000, 1400))
            share = sympy.Rational(source.randint(0, q), q)
            point[each.symbol] = low + (6 * share if high is sympy.oo else share * (high - low))
        yield point


def at(expression: sympy.Expr, point: dict[sympy.Symbol, sympy.Rational]) -> sympy.Expr:
    """An expression at a point, exactly; integers go in first, so that T_n becomes a polynomial."""
    integers = {key: value for key, value in point.items() if key.is_integer}
    others = {key: value for key, value in point.items() if key not in integers}
    value = expression.subs(integers).doit().subs(others).doit()
    if not isinstance(value, sympy.Rational):
        value = sympy.simplify(sympy.expand_func(value))
    return value
