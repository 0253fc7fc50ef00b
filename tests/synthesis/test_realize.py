"""method → P_t → method: any residual polynomial runs."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr

x = pr.lam


@pytest.mark.parametrize(
    "P", [sp.Poly(1 - x / 3, x), sp.Poly((1 - x) * (1 - x / 5) * (1 + x**2 / 4), x)]
)
def test_the_polynomial_comes_back(P: sp.Poly) -> None:
    method = pr.realize(P, pr.Interval(1, 10))
    assert method.horizon == P.degree()
    assert pr.residual_polynomial(method, P.degree()) == P


@pytest.mark.parametrize("name", ["exact", "floats"])
def test_what_is_realized_runs_as_its_polynomial(name: str) -> None:
    P = pr.residual_polynomial(pr.Nesterov(F(1, 9), F(1, 4)), 7)
    given = P
    if name == "floats":
        coefficients = [float(c) for c in reversed(P.all_coeffs())]
        given = np.polynomial.Polynomial(coefficients).convert(
            kind=np.polynomial.Chebyshev, domain=[1, 10], window=[-1, 1]
        )
    method = pr.realize(given, pr.Interval(1, 10))
    H = np.diag([1.0, 2.5, 10.0])
    end = pr.run(method, lambda v: H @ v, np.ones(3), 7)
    expected = [float(P.eval(sp.Rational(str(v)))) for v in (1, 2.5, 10)]
    np.testing.assert_allclose(end, expected, rtol=0, atol=1e-12)
