"""P_t and P_t′ at an exact point without a polynomial: what the polynomial says there."""

from __future__ import annotations

import pytest
import sympy as sp
from support import exact_methods

import polyrates as pr
from polyrates.symbolic.evaluate import exact_pair_at


@pytest.mark.parametrize("name", exact_methods())
@pytest.mark.parametrize("point", [0, 1, sp.Rational(17, 3), sp.sqrt(2)])
def test_the_pair_is_the_polynomial_s(name: str, point: sp.Expr) -> None:
    method = exact_methods()[name]
    for t in (0, 1, 5):
        P = pr.residual_polynomial(method, t).as_expr()
        value, slope = exact_pair_at(method, t, sp.sympify(point))
        for found, expected in ((value, P), (slope, sp.diff(P, pr.lam))):
            assert sp.radsimp(sp.expand(found - expected.subs(pr.lam, point))) == 0
