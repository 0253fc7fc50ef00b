"""Gegenbauer's coefficients without a recurrence, against sympy's polynomials."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy as sp

from polyrates.ground.numbers import lam
from polyrates.symbolic.classical import gegenbauer_residual


@pytest.mark.parametrize("t", [0, 1, 2, 5, 9])
@pytest.mark.parametrize(("ell", "L"), [(F(1), F(10)), (F(0), F(3)), (F(1, 7), F(5, 3))])
@pytest.mark.parametrize("alpha", [F(0), F(1), F(-1, 4), F(5, 2)])
def test_against_sympy(t: int, ell: F, L: F, alpha: F) -> None:
    low, high, a = (sp.Rational(x.numerator, x.denominator) for x in (ell, L, alpha))
    m = (high + low - 2 * lam) / (high - low)
    family = (
        sp.chebyshevt_poly(t, sp.Symbol("x")) if a == 0 else sp.gegenbauer(t, a, sp.Symbol("x"))
    )
    known = sp.expand(sp.expand(family).subs(sp.Symbol("x"), m))
    found = gegenbauer_residual(t, ell, L, alpha)
    assert sp.expand(found.as_expr() - known / known.subs(lam, 0)) == 0
