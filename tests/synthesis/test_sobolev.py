"""sobolev_optimal and average: what a user calls."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import sympy
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.analysis.average import average
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval, Union
from polyrates.execution.run import run
from polyrates.ground.errors import HorizonError, InvalidArgument, InvalidType, InvalidValue
from polyrates.ground.numbers import lam
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.synthesis.optimum import Optimum
from polyrates.synthesis.sobolev import sobolev_optimal

R = sympy.Rational

EXACT = [
    Uniform(1, 9),
    GegenbauerDensity(0, 9, F(1, 3)),
    JacobiDensity(1, 9, 1, F(1, 2)),
    MarchenkoPastur(F(1, 4)),
    MarchenkoPastur(4),
    Empirical([1, 2, 5, 7, 11, 12, 13]),
    Empirical([0, 1, 2, 5, 7, 11, 12], hull=(0, 20)),
    Mixture([(1, Uniform(1, 2)), (2, GegenbauerDensity(5, 9, 0))]),
]


@pytest.mark.parametrize("measure", EXACT, ids=repr)
def test_exact(measure) -> None:
    found = sobolev_optimal(measure, 4, F(1, 3))
    assert isinstance(found, Optimum)
    assert found.status == "proved"
    assert found.value == found.lower == found.upper == found.values[-1]
    assert found.gap == 0
    assert len(found.values) == 5
    assert isinstance(found.value, sympy.Rational)
    assert isinstance(found.polynomial, sympy.Poly)
    assert found.polynomial.eval(0) == 1
    certificate = found.certificate
    assert (certificate.residual, certificate.kernel) == (0, 0)
    assert certificate.executed < 1e-10
    assert found.contact_points is None
    assert found.spectrum == measure
    assert isinstance(found.method, Method)
    assert residual_polynomial(found.method, 4) == found.polynomial
    assert average(found.method, measure, 4, F(1, 3)) == found.value
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.polynomial == found.polynomial


@pytest.mark.parametrize("measure", EXACT, ids=repr)
@pytest.mark.parametrize("t", [0, 1, 4, 9])
@pytest.mark.parametrize("eta", [0, F(1, 3)])
def test_floats_agree_with_exact(measure, t, eta) -> None:
    exact = sobolev_optimal(measure, t, eta)
    plain = sobolev_optimal(measure, t, float(eta))
    if exact.value == 0:  # as many roots as points: 0 is the least of all squares
        assert plain.value == 0 and plain.status == "proved"
    elif hasattr(measure, "exponents"):  # a classical density: enclosed by ball arithmetic
        assert plain.status == "certified"
        assert plain.lower <= exact.value <= plain.upper
    else:
        assert plain.status == "numeric"
    np.testing.assert_allclose(
        np.array(plain.values, float), np.array(exact.values, float), rtol=1e-9, atol=1e-14
    )
    assert plain.lower <= plain.value <= plain.upper
    assert plain.gap <= 1e-11 * plain.value
    assert isinstance(plain.polynomial, ChebyshevSeries)
    assert plain.polynomial(0.0) == pytest.approx(1, abs=1e-8)
    certificate = plain.certificate
    assert certificate.residual < 1e-11
    assert abs(certificate.kernel) < 1e-10
    points = np.array([float(x) for x in measure.quadrature(9)[0]])
    expected = np.array([float(exact.polynomial.eval(F(x))) for x in points])
    np.testing.assert_allclose(plain.polynomial(points), expected, atol=2e-9)
    np.testing.assert_allclose(run(plain.method, lambda x: points * x, np.ones(len(points)), t),
                               expected, atol=2e-9)  # fmt: skip
    pickle.loads(pickle.dumps(plain))


def test_symbols() -> None:
    ell, L, eta = sympy.symbols("ell L eta", positive=True)
    found = sobolev_optimal(Uniform(ell, L), 2, eta)
    at = {ell: 1, L: 9, eta: 2}
    assert found.value.subs(at) == sobolev_optimal(Uniform(1, 9), 2, 2).value
    assert found.polynomial.gens == (lam,)
    assert found.certificate.residual == 0
    with pytest.raises(InvalidArgument):
        sobolev_optimal(Uniform(ell, L), 2, 0.5)
    with pytest.raises(InvalidArgument):
        sobolev_optimal(Uniform(1.0, 2.0), 2, eta)


def test_irrational_parameters_stay_exact() -> None:
    found = sobolev_optimal(GegenbauerDensity(1, 1 + sympy.sqrt(2), F(1, 2)), 2, sympy.sqrt(2))
    assert found.status == "proved"
    assert not found.value.has(sympy.Float)
    plain = sobolev_optimal(GegenbauerDensity(1.0, 1 + math.sqrt(2), 0.5), 2, math.sqrt(2))
    assert float(found.value) == pytest.approx(plain.value, rel=1e-14)


@pytest.mark.parametrize(
    ("measure", "degrees"),
    [
        (MarchenkoPastur(0.5), (20, 100, 300)),
        (MarchenkoPastur(2.0), (20, 100, 300)),
        (Mixture([(1.0, Uniform(1.0, 2.0)), (1.0, Uniform(5.0, 9.0))]), (20, 100, 300)),
        (Empirical(np.linspace(1, 9, 400) ** 1.5), (20, 60)),
        (JacobiDensity(1.0, 50.0, 0.3, 2.0), (20, 100, 300)),
    ],
    ids=repr,
)
def test_long_optima_run(measure, degrees) -> None:
    """The method that comes back is accurate relative to what is left of the error."""
    for t in degrees:
        for eta in (0.0, 1.0):
            found = sobolev_optimal(measure, t, eta)
            assert found.certificate.executed < 1e-7
            assert float(average(found.method, measure, t, eta) / found.value) == pytest.approx(1)


def test_ill_conditioned_optima_say_so() -> None:
    """Eigenvalues over five decades: the optimum exists, but no method reaches it in floats."""
    found = sobolev_optimal(Empirical(np.logspace(-5, 0, 30)), 25, 0.0)
    assert found.value < 0.1
    assert found.certificate.executed > 1e-3
    hopeless = sobolev_optimal(
        Mixture([(1.0, Uniform(1.0, 2.0)), (0.1, Empirical([30.0, 50.0]))]), 300, 1.0
    )
    assert isinstance(hopeless.value, mpmath.mpf)
    assert hopeless.certificate.executed > 1


def test_the_remedy_for_ill_conditioned_optima() -> None:
    """A hundredth of the interval's density makes the method of a point spectrum robust."""
    points = Empirical(0.01 + 13 * np.logspace(-4, 0, 30))
    ell, L = points.hull
    t = 25
    alone = sobolev_optimal(points, t, 1.0)
    assert alone.certificate.executed > 1e-3
    robust = sobolev_optimal(Mixture([(0.99, points), (0.01, Uniform(ell, L))]), t, 1.0)
    assert robust.certificate.executed < 1e-8
    reached = average(robust.method, points, t, 1.0)
    assert alone.value <= reached <= 1.1 * alone.value
    assert reached < 0.8 * average(Sobolev(Uniform(ell, L), 1.0), points, t, 1.0)


def test_points_run_out() -> None:
    for points, mass in (([1, 2, 5], 0), ([0, 1, 2, 5], F(1, 4))):
        for kind in (int, float):
            measure = Empirical([kind(x) for x in points])
            for eta in (kind(0), kind(2)):
                values = sobolev_optimal(measure, 12, eta).values
                assert len(values) == 13
                assert float(values[-1]) == pytest.approx(float(mass), abs=1e-12)
                for t in (2, 3, 4, 6, 7, 12):
                    found = sobolev_optimal(measure, t, eta)
                    assert float(found.value) == pytest.approx(float(values[t]), abs=1e-12)
                    seen = average(found.method, measure, t, eta)
                    assert float(seen) == pytest.approx(float(found.value), abs=1e-12)
    found = sobolev_optimal(Empirical([1.0, 2.0, 5.0]), 12, 2.0)
    assert found.value == 0.0
    assert found.method.horizon == 12
    assert sobolev_optimal(Empirical([0.0]), 3, 1.0).value == 1.0
    assert sobolev_optimal(Empirical([2]), 1, 1).value == R(1, 5)


def test_value_below_the_floats() -> None:
    found = sobolev_optimal(GegenbauerDensity(0.01, 1.0, 0.5), 4000, 1.0)
    assert isinstance(found.value, mpmath.mpf)
    assert 0 < found.lower <= found.value <= found.upper < mpmath.mpf("1e-600")
    assert found.status == "certified"
    assert found.gap < found.value * 1e-14


def test_average_of_any_method() -> None:
    h, ell, L, eta = sympy.symbols("h ell L eta", positive=True)
    mean = average(GradientDescent(h), Uniform(ell, L), 1, eta)
    m1, m2 = Uniform(ell, L).moments(3)[1:]
    assert sympy.expand(mean - (1 - 2 * h * m1 + h**2 * m2 + eta * h**2)) == 0
    for method in (Chebyshev(1, 9), HeavyBall(F(1, 5), F(1, 4)), GradientDescent.flat(1, 9)):
        for measure in EXACT:
            value = average(method, measure, 5, F(1, 2))
            assert not value.has(sympy.Float)
            plain = average(method, measure, 5, 0.5)
            assert isinstance(plain, float)
            assert plain == pytest.approx(float(value), rel=1e-11)
            best = sobolev_optimal(measure, 5, F(1, 2)).value
            assert sympy.N(value - best, 50) > 0 or value == best
    # the definition, by quadrature of the polynomial itself
    p = residual_polynomial(Chebyshev(1, 9), 4).as_expr()
    expected = sympy.integrate(sympy.expand(p**2 + 3 * p.diff(lam) ** 2), (lam, 1, 9)) / 8
    assert average(Chebyshev(1, 9), Uniform(1, 9), 4, 3) == expected
    assert average(Chebyshev(1, 9), Uniform(1, 9), 0, 3) == 1
    tiny = average(Sobolev(Uniform(1.0, 4.0), 1.0), Uniform(1.0, 4.0), 400, 1.0)
    assert isinstance(tiny, mpmath.mpf)


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: sobolev_optimal(Interval(1, 9), 3, 1), InvalidValue, "spectrum"),
        (lambda: sobolev_optimal(Union([(1, 2), (5, 9)]), 3, 1), InvalidValue, "spectrum"),
        (lambda: sobolev_optimal((1, 9), 3, 1), InvalidType, "spectrum"),
        (lambda: sobolev_optimal(Uniform(1, 9), -1, 1), InvalidValue, "t"),
        (lambda: sobolev_optimal(Uniform(1, 9), 2.5, 1), InvalidType, "t"),
        (lambda: sobolev_optimal(Uniform(1, 9), True, 1), InvalidType, "t"),
        (lambda: sobolev_optimal(Uniform(1, 9), 3, -1), InvalidValue, "eta"),
        (lambda: sobolev_optimal(Uniform(1, 9), 3, float("nan")), InvalidValue, "eta"),
        (lambda: sobolev_optimal(Uniform(1, 9), 3, "__import__('os')"), InvalidValue, "eta"),
        (lambda: average(Chebyshev(1, 9), Interval(1, 9), 3, 1), InvalidValue, "spectrum"),
        (lambda: average(Chebyshev(1, 9), Uniform(1, 9), 3, -2), InvalidValue, "eta"),
        (lambda: average("chebyshev", Uniform(1, 9), 3, 2), InvalidType, "method"),
        (
            lambda: average(WeightedIterates(Chebyshev(1, 9), [0, 1]), Uniform(1, 9), 3, 2),
            HorizonError,
            "t",
        ),
    ],
)
def test_bad_input(call, error, argument) -> None:
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument


def test_an_interval_is_told_what_to_give() -> None:
    with pytest.raises(InvalidValue, match=r"Uniform\(1, 9\)"):
        sobolev_optimal(Interval(1, 9), 3, 1)
