"""The float wing against the exact one, published values, and ball arithmetic."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE

from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.numeric.sobolev import (
    banded_values,
    enclosure,
    optimum,
    series,
    weights_from_series,
)
from polyrates.symbolic import sobolev as symbolic


def exact_values(measure, eta, t) -> list[float]:
    route = symbolic.banded_values if hasattr(measure, "exponents") else None
    if route:
        _, values = route(measure, sympy.Rational(eta), t)
    else:
        values = symbolic.kernel(measure, sympy.Rational(eta), t).values
    return [
        float(Fraction(str(v))) for v in values
    ]  # flint's own rationals are no floats before 0.9


def test_reference_values() -> None:
    densities = {"uniform": Uniform(1.0, 100.0), "semicircle": GegenbauerDensity(1.0, 100.0, 1.0)}
    with (REFERENCE / "sobolev_values.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    for row in rows:
        density, t, expected = densities[row["density"]], int(row["t"]), float(row["minimum"])
        # the table has 12 digits
        assert banded_values(density, 1.0, t).numbers()[-1] == pytest.approx(expected, rel=6e-12)
        lower, upper = enclosure(density, 1.0, t)
        assert lower <= expected * (1 + 6e-12)
        assert upper >= expected * (1 - 6e-12)
        assert upper <= lower * (1 + 1e-15)


DENSITIES = [
    (0, F(1, 2), 1, F(1, 2)),
    (F(-1, 2), F(-1, 2), 0, 1),
    (F(1, 2), F(1, 2), F(1, 100), 0),
    (F(1, 3), 2, 1, 5),
    (2, F(-3, 4), F(1, 50), F(1, 7)),
    (7, 7, 0, 1000),
]


@pytest.mark.parametrize(("alpha", "beta", "ell", "eta"), DENSITIES)
def test_floats_are_the_exact_values(alpha, beta, ell, eta) -> None:
    exact = exact_values(JacobiDensity(ell, 9, alpha, beta), eta, 80)
    plain = JacobiDensity(float(ell), 9.0, float(alpha), float(beta))
    found = banded_values(plain, float(eta), 80).numbers()
    np.testing.assert_allclose(found, exact, rtol=1e-12)
    for t in (0, 1, 2, 37, 80):
        lower, upper = enclosure(JacobiDensity(ell, 9, alpha, beta), sympy.Rational(eta), t)
        assert lower <= exact[t] * (1 + 1e-16)
        assert upper >= exact[t] * (1 - 1e-16)
        assert upper - lower <= 1e-15 * upper


def test_below_the_range_of_floats() -> None:
    """κ = 0.01 at t = 5000 is about 1e−865: a number, never 0."""
    for alpha in (0.0, 0.5, 1.0):
        density = GegenbauerDensity(0.01, 1.0, alpha)
        scaled = banded_values(density, 1.0, 5000)
        value = scaled.numbers()[-1]
        assert isinstance(value, mpmath.mpf)
        lower, upper = enclosure(density, 1.0, 5000)
        assert lower <= upper < 1e-300
        assert abs(value / lower - 1) < 1e-11
        assert -900 < scaled.logs[-1] / math.log(10) < -850
        assert float(mpmath.log(value)) == pytest.approx(scaled.logs[-1], rel=1e-14)
        slope = (scaled.logs[-1] - scaled.logs[-1001]) / 1000
        xi = (1 - 0.1) / (1 + 0.1)
        assert slope == pytest.approx(2 * math.log(xi), rel=2e-3)


@pytest.mark.parametrize("t", [0, 1, 2, 25, 500])
@pytest.mark.parametrize(
    "density",
    [Uniform(1.0, 100.0), GegenbauerDensity(0.0, 1.0, 0.0), JacobiDensity(1.0, 9.0, 1.5, -0.5)],
    ids=repr,
)
def test_the_general_route_is_stable_to_500(density, t) -> None:
    """A mixture of one component goes through Arnoldi's process, blind to its being classical."""
    result, weights = optimum(Mixture([(1.0, density)]), 1.0, t)
    expected = banded_values(density, 1.0, t).logs
    np.testing.assert_allclose(result.values.logs, expected, atol=3e-11)
    assert result.residual < 1e-13
    assert abs(result.attained - 1) < 1e-13
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "measure",
    [
        MarchenkoPastur(F(1, 2)),
        MarchenkoPastur(3, F(1, 2)),
        Mixture([(1, Uniform(1, 2)), (2, GegenbauerDensity(5, 9, 0))]),
        Mixture([(1, MarchenkoPastur(2)), (1, Empirical([10]))]),
        Empirical(range(1, 30)),
        Empirical(range(30), [F(1, k + 1) for k in range(30)]),
        Empirical([0, 1, 2, 5]),
        Empirical([0]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("eta", [0, F(2, 3)])
def test_general_measures_against_exact_arithmetic(measure, eta) -> None:
    t = 12
    expected = exact_values(measure, eta, t)
    result, _ = optimum(measure, sympy.Rational(eta), t)
    np.testing.assert_allclose(result.values.numbers(), expected, rtol=1e-10, atol=1e-12)
    assert result(np.zeros(1))[0] == pytest.approx(1, abs=1e-10)


def test_an_atom_at_zero_is_a_floor() -> None:
    """Read as the limit of a recurrence, S_n(0) would decay into rounding and the value to 0."""
    for measure in (MarchenkoPastur(2.0), Empirical([0.0, *np.linspace(1, 9, 400)], None)):
        mass = float(measure.mass_at_zero)
        for eta in (0.0, 1.0):
            result, _ = optimum(measure, eta, 300)
            values = np.array(result.values.numbers())
            assert np.all(values >= mass * (1 - 1e-13))
            assert values[-1] == pytest.approx(mass, rel=1e-6)


def test_roots_and_recurrence_are_the_polynomial() -> None:
    measure = Mixture([(1, Uniform(1, 2)), (1, Uniform(5, 9))])
    result, _ = optimum(measure, 1.0, 11)
    exact = symbolic.kernel(measure, sympy.Integer(1), 11).polynomial
    points = np.linspace(0, 10, 33)
    expected = np.array([float(exact.eval(F(x))) for x in points.tolist()])
    size = np.abs(expected)
    np.testing.assert_allclose(result(points), expected, atol=1e-12 * size.max())
    product = np.prod(1 - points[:, None] / result.roots, axis=1)
    np.testing.assert_allclose(product.real, expected, atol=1e-10 * size.max())
    curve = series(result, 1.0, 9.0, 11)
    inside = np.linspace(1, 9, 20)
    np.testing.assert_allclose(curve(inside), result(inside), atol=1e-12)
    weights = weights_from_series(curve.coef, 1.0, 9.0)
    exact_weights = symbolic.chebyshev_weights(exact, sympy.Integer(1), sympy.Integer(9), 11)
    np.testing.assert_allclose(weights, np.array(exact_weights, float), atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(
    kappa=st.floats(0, 0.9),
    alpha=st.floats(-0.4, 6),
    eta=st.floats(0, 1e6),
    c=st.floats(1e-3, 1e3),
)
def test_laws(kappa, alpha, eta, c) -> None:
    density = GegenbauerDensity(kappa, 1.0, alpha)
    logs = banded_values(density, eta, 40).logs
    assert np.all(np.diff(logs) <= 1e-15)
    assert np.all(logs >= banded_values(density, 0.0, 40).logs - 1e-12)
    scaled = banded_values(GegenbauerDensity(c * kappa, c, alpha), c * c * eta, 40).logs
    np.testing.assert_allclose(scaled, logs, atol=1e-9)
