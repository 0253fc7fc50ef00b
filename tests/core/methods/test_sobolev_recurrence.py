"""The coefficients of Sobolev's short recurrence."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import islice

import numpy as np
import pytest
import sympy

from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    Uniform,
)
from polyrates.core.methods.orthogonal import Sobolev, SobolevAsymptotic
from polyrates.core.methods.sobolev_recurrence import sobolev_steps
from polyrates.numeric.values import residual_values
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.sobolev import kernel, orthogonal_polynomials

R = sympy.Rational


def test_where_a_sobolev_polynomial_vanishes_at_zero() -> None:
    """α = 0 on [1, 100]: S_3(0) = 0 at η ≈ 775.89; nothing is divided by it."""
    density = GegenbauerDensity(1, 100, 0)
    eta = sympy.Symbol("eta", positive=True)
    s3 = orthogonal_polynomials(density, eta, 3)[3][0].eval(0)
    root = next(x for x in sympy.solve(sympy.numer(sympy.together(s3)), eta) if x > 0)
    assert root.is_Rational
    assert abs(root - R("775.89")) < R("0.01")
    assert orthogonal_polynomials(density, root, 3)[3][0].eval(0) == 0
    method = Sobolev(density, root)
    for t in range(8):
        assert residual_polynomial(method, t) == kernel(density, root, t).polynomial
    third = list(islice(sobolev_steps(density, root, sympy.QQ.from_sympy), 3))[-1]
    assert third.r == third.share == 0
    assert residual_polynomial(method, 3) == residual_polynomial(method, 2)
    points = np.linspace(1, 100, 50)
    exact = kernel(density, root, 7).polynomial
    expected = [float(exact.eval(F(x))) for x in points.tolist()]
    found, _ = residual_values(Sobolev(density, float(root)), 7, points)
    np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("density", [Uniform(0.01, 1.0), JacobiDensity(0.01, 1.0, 2.0, -0.5)])
@pytest.mark.parametrize("eta", [0.01, 10.0])
def test_the_limit_is_the_asymptotic_method(density, eta) -> None:
    """x_t = y_t + ξ²(x_{t−1} − y_{t−2}) whatever η and the exponents."""
    steps = list(islice(sobolev_steps(density, eta, float), 4000))
    squared, step, first = SobolevAsymptotic(0.01, 1.0).parameters
    assert first == pytest.approx(step / (1 + squared))
    last = steps[-1]
    assert last.momentum == pytest.approx(squared, rel=2e-3)
    assert last.step == pytest.approx(step, rel=2e-3)
    assert 1 / last.growth == pytest.approx(squared, rel=2e-3)
    assert last.share == pytest.approx(1, rel=5e-3)
    assert (last.f, last.m, last.k) == pytest.approx((0, 0, 0), abs=1e-2)
    assert last.g == pytest.approx(-squared, rel=2e-3)
