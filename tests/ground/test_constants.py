"""Balls around exact numbers, and signs that floats cannot see."""

from __future__ import annotations

import flint
import mpmath
import pytest
import sympy as sp

from polyrates.ground.constants import ball, sign_of_constant
from polyrates.ground.errors import InvalidValue

VALUES = [
    sp.Rational(-22, 7), sp.sqrt(2) - sp.Rational(7, 5), sp.pi / 4, sp.cbrt(5) * sp.E,
    sp.log(3) / sp.sqrt(7), sp.cos(1) ** 3,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
@pytest.mark.parametrize("bits", [53, 200, 900])
def test_the_ball_contains_the_number(value: sp.Expr, bits: int) -> None:
    with flint.ctx.workprec(bits):
        found = ball(value)
        ends = [end.str(400, radius=False) for end in (found.lower(), found.upper())]
    with mpmath.workprec(bits + 60):
        truth = mpmath.mpf(str(value.evalf(int(bits * 0.31) + 12)))
        low, high = map(mpmath.mpf, ends)
        slack = abs(truth) * mpmath.mpf(2) ** (-bits - 20)
        assert low - slack <= truth <= high + slack
        assert high - low <= abs(truth) * mpmath.mpf(2) ** (20 - bits)


def test_symbols_have_no_ball() -> None:
    with pytest.raises(InvalidValue, match="symbols"):
        ball(sp.sqrt(sp.Symbol("x", positive=True)) * sp.Symbol("y"))


def test_signs_of_what_hardly_differs_from_zero() -> None:
    near = sp.Rational(10**60 + 1, 10**60)
    assert sign_of_constant(sp.sqrt(near) - 1) == 1
    assert sign_of_constant(1 - sp.sqrt(near)) == -1
    assert sign_of_constant(sp.sqrt(3 + 2 * sp.sqrt(2)) - 1 - sp.sqrt(2)) == 0
    before = flint.ctx.prec
    sign_of_constant(sp.exp(sp.pi) - sp.pi - 20)
    assert flint.ctx.prec == before
