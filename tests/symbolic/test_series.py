"""A residual polynomial as weights on Chebyshev's iterates, exactly."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr
from polyrates.symbolic.series import exact_residual, exact_weights

x = pr.lam
CASES = [sp.Poly(1, x), sp.Poly(1 - x, x), sp.Poly(1 - 2 * x + x**2 / 3 - x**5 / 7, x)]


@pytest.mark.parametrize("P", CASES)
@pytest.mark.parametrize(("ell", "L"), [(0, 1), (1, 10), (F(1, 3), F(9, 4))])
def test_the_weights_put_it_together_again(P: sp.Poly, ell: F, L: F) -> None:
    low, high = sp.Rational(str(ell)), sp.Rational(str(L))
    sigma, origin = (2 * x - high - low) / (high - low), -(high + low) / (high - low)
    weights = exact_weights(P, low, high)
    assert sum(weights) == 1
    total = sum(
        w * sp.chebyshevt(k, sigma) / sp.chebyshevt(k, origin) for k, w in enumerate(weights)
    )
    assert sp.expand(total - P.as_expr()) == 0


@pytest.mark.parametrize(
    ("bad", "word"),
    [(sp.Poly(2 - x, x), "P\\(0\\)"), (1 - 0.5 * x, "exact"), (sp.sin(x) + 1, "polynomial")],
)
def test_what_is_no_exact_residual_polynomial(bad: sp.Expr, word: str) -> None:
    with pytest.raises((ValueError, TypeError), match=word):
        exact_residual(bad)
