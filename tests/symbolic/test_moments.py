"""Exact integrals against integrals that sympy does from the density."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr
from polyrates.symbolic.moments import integral, mean_square

x = pr.lam
P = sp.Poly(1 - x * sp.Rational(3, 5) + x**3 / 7, x)


@pytest.mark.parametrize(("ell", "L"), [(0, 1), (1, 10), (F(1, 3), F(5, 2))])
@pytest.mark.parametrize("eta", [0, F(2, 7)])
def test_the_uniform_density_by_sympy_s_integral(ell: F, L: F, eta: F) -> None:
    low, high, weight = (sp.Rational(str(each)) for each in (ell, L, eta))
    p = P.as_expr()
    by_hand = sp.integrate(p**2 + weight * sp.diff(p, x) ** 2, (x, low, high)) / (high - low)
    assert mean_square(P, pr.Uniform(ell, L), weight) == by_hand
    mean = sp.integrate(p, (x, low, high)) / (high - low)
    assert integral(P, pr.Uniform(ell, L)) == mean


def test_points_by_sums() -> None:
    measure = pr.Empirical([1, 2, 5], [1, 1, 2])
    expected = sum(w * P.eval(n) for n, w in ((1, sp.Rational(1, 4)), (2, sp.Rational(1, 4)),
                                              (5, sp.Rational(1, 2))))  # fmt: skip
    assert integral(P, measure) == expected
