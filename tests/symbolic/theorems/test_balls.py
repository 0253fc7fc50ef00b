"""Balls that contain a number at every precision, and comparisons that are certain."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from polyrates.ground.errors import Undecided
from polyrates.ground.precision import ball_bits
from polyrates.symbolic.theorems.balls import ball, decide_positive, float_enclosure

VALUES = [
    sp.sqrt(2) - 1, sp.Rational(3, 7), sp.exp(-2) * sp.pi, sp.cosh(3) ** -5, sp.acosh(5),
    sp.log(10) / sp.sqrt(7), sp.Max(sp.sqrt(2), sp.Rational(7, 5)), sp.Abs(-sp.sqrt(3)),
    sp.Rational(2, 3) ** sp.Rational(5, 3), sp.tanh(1) + sp.sin(2) * sp.cos(1), sp.E,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_the_number_is_inside(value: sp.Expr) -> None:
    with ball_bits(120):
        found = ball(value)
    with mpmath.workdps(60):
        truth = mpmath.mpf(str(value.evalf(55)))
        middle = mpmath.mpf(found.mid().str(50, radius=False))
        assert abs(truth - middle) <= abs(truth) * mpmath.mpf(2) ** -100
    low, high = float_enclosure(found)
    assert low <= float(truth) <= high and high - low <= 1e-14 * abs(high)


def positive(value: sp.Expr, exact: bool = True) -> bool:
    return decide_positive(lambda: ball(value), (lambda: value) if exact else None, "value")


def test_comparisons_are_certain() -> None:
    near = sp.Rational(10**200 + 1, 10**200)
    assert positive(sp.sqrt(near) - 1) and not positive(1 - sp.sqrt(near))
    zero = sp.sqrt(3 + 2 * sp.sqrt(2)) - 1 - sp.sqrt(2)
    assert not positive(zero)
    with pytest.raises(Undecided, match="too close"):
        positive(zero, exact=False)
