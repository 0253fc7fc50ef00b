"""Measures: moments, three-term coefficients and quadrature against independent values."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction as F

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.core.measures.base import as_measure
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.spectra import Interval, Union
from polyrates.core.threeterm import chebyshev_algorithm, float_gauss, float_lanczos, stieltjes
from polyrates.ground.errors import (
    InexactError,
    InvalidType,
    InvalidValue,
    PolyratesError,
    Undecided,
)

EXACT = [
    Uniform(1, 9),
    Uniform(0, "0.1"),
    GegenbauerDensity(1, 9, 0),
    GegenbauerDensity(1, 100, F(-1, 3)),
    GegenbauerDensity(0, 2, F(7, 2)),
    JacobiDensity(1, 9, 1, F(1, 2)),
    JacobiDensity(0, 3, F(-1, 4), F(-3, 4)),
    MarchenkoPastur(F(1, 2)),
    MarchenkoPastur(1, 3),
    MarchenkoPastur(F(5, 2), 2),
    Empirical([1, 2, 5, F(7, 2), 11], [1, 0, 2, 3, 1]),
    Empirical(range(12)),
    Mixture([(1, Uniform(1, 2)), (2, GegenbauerDensity(5, 9, 0)), (F(1, 3), Empirical([20]))]),
]


def floated(measure):
    """The same measure from floats."""
    if isinstance(measure, Empirical):
        return Empirical(*measure.atoms())
    if isinstance(measure, Mixture):
        return Mixture([(float(w), floated(each)) for w, each in measure.components])
    names = list(measure.__dataclass_fields__)
    return type(measure)(*(float(getattr(measure, name)) for name in names))


@pytest.mark.parametrize("measure", EXACT, ids=repr)
def test_moments_coefficients_and_quadrature_agree(measure) -> None:
    n = min(5, measure.points or 5)
    moments = measure.moments(2 * n)
    assert moments[0] == 1
    assert all(isinstance(m, sympy.Rational) for m in moments)
    # coefficients from the moments alone
    a, b = measure.coefficients(n)
    assert chebyshev_algorithm([F(int(m.p), int(m.q)) for m in moments]) == (
        [F(int(x.p), int(x.q)) for x in a],
        [F(int(x.p), int(x.q)) for x in b],
    )
    nodes, weights = measure.quadrature(n)
    assert nodes.dtype == weights.dtype == float
    assert math.isclose(weights.sum(), 1, rel_tol=1e-14)
    low, high = map(float, measure.hull)
    assert np.all(nodes > low - 1e-12 * high)
    assert np.all(nodes < high * (1 + 1e-12))
    for k, moment in enumerate(moments):
        assert math.isclose(weights @ nodes**k, float(moment), rel_tol=1e-12)


@pytest.mark.parametrize("measure", EXACT, ids=repr)
def test_floats_agree_with_exact(measure) -> None:
    other = floated(measure)
    assert measure.is_exact
    assert not other.is_exact
    n = min(9, measure.points or 9)
    for exact, plain in zip(measure.coefficients(n), other.coefficients(n), strict=True):
        assert all(isinstance(x, float) for x in plain)
        np.testing.assert_allclose(plain, np.array(exact, dtype=float), rtol=1e-11)
    for exact, plain in zip(measure.moments(n), other.moments(n), strict=True):
        assert isinstance(plain, float)
        assert math.isclose(exact, plain, rel_tol=1e-11)
    assert math.isclose(float(measure.mass_at_zero), float(other.mass_at_zero), abs_tol=1e-15)
    assert np.allclose(np.array(measure.support, float), np.array(other.support, float))


@pytest.mark.parametrize("measure", EXACT, ids=repr)
def test_values_hash_and_pickle(measure) -> None:
    again = pickle.loads(pickle.dumps(measure))
    assert again == measure
    assert hash(again) == hash(measure)
    with pytest.raises(AttributeError):
        measure.ell = 3


def test_published_moments() -> None:
    assert Uniform(0, 2).moments(3) == [1, 1, sympy.Rational(4, 3)]
    # Beta distribution: E λ^k = (β+1)_k/(α+β+2)_k on [0, 1]
    alpha, beta = sympy.Rational(1, 3), sympy.Rational(5, 2)
    expected = [sympy.rf(beta + 1, k) / sympy.rf(alpha + beta + 2, k) for k in range(7)]
    assert JacobiDensity(0, 1, alpha, beta).moments(7) == expected
    # arcsine on [0, 1]: central binomials; semicircle on [0, 4]: Catalan numbers
    assert GegenbauerDensity(0, 4, 0).moments(6) == [sympy.binomial(2 * k, k) for k in range(6)]
    assert GegenbauerDensity(0, 4, 1).moments(5) == [1, 2, 5, 14, 42]
    # Marchenko–Pastur: Narayana polynomials, also with the atom
    r = sympy.Symbol("r", positive=True)
    narayana = [
        sum(sympy.Rational(1, k) * sympy.binomial(k, j) * sympy.binomial(k, j + 1) * r**j
            for j in range(k))
        for k in range(1, 6)
    ]  # fmt: skip
    for ratio in (F(1, 3), 1, F(7, 2)):
        moments = MarchenkoPastur(ratio).moments(6)
        value = sympy.Rational(ratio)
        assert moments[1:] == [poly.subs(r, value) for poly in map(sympy.sympify, narayana)]
    assert sympy.expand(MarchenkoPastur(r).moments(4)[3] - narayana[2]) == 0
    ell, L = sympy.symbols("ell L", positive=True)
    assert sympy.expand(3 * Uniform(ell, L).moments(3)[2] - (L**2 + L * ell + ell**2)) == 0


def test_marchenko_pastur_is_the_spectrum_of_random_data() -> None:
    rng = np.random.default_rng(0)
    for n, d in ((900, 300), (200, 500)):
        law = MarchenkoPastur(d / n, 2.0)
        seen = Empirical.from_data(math.sqrt(2.0) * rng.standard_normal((n, d)))
        for a, b in zip(law.moments(5), seen.moments(5), strict=True):
            assert math.isclose(a, b, rel_tol=0.05)
        assert math.isclose(float(law.mass_at_zero), float(seen.mass_at_zero), abs_tol=1e-12)
        assert law.hull[0] <= 0.02 + float(seen.hull[0])
    law = MarchenkoPastur(F(1, 4))
    assert law.hull == (sympy.Rational(1, 4), sympy.Rational(9, 4))
    assert law.bulk is law
    law = MarchenkoPastur(4, 2)
    assert law.support == ((0, 0), (2, 18))
    assert law.mass_at_zero == sympy.Rational(3, 4)
    assert law.bulk == MarchenkoPastur(F(1, 4), 8)  # the eigenvalues of XXᵀ/n
    assert [m / 4 for m in law.bulk.moments(5)][1:] == law.moments(5)[1:]
    # the density integrates to the mass of the bulk
    from scipy.integrate import quad

    low, high = map(float, law.support[1])
    mass, _ = quad(
        lambda x: math.sqrt((high - x) * (x - low)) / (2 * math.pi * 4 * 2 * x), low, high
    )
    assert math.isclose(mass, 0.25, rel_tol=1e-7)


def test_empirical() -> None:
    merged = Empirical([5, 1, 2, 2])
    assert merged.eigenvalues == (1, 2, 5)
    assert merged.weights == (F(1, 4), F(1, 2), F(1, 4))
    assert merged.hull == (1, 5)
    assert merged.support == ((1, 1), (2, 2), (5, 5))
    assert Empirical([1, 2], hull=(1, 3)).hull == (1, 3)
    assert Empirical([1, 2], hull=(1, 3)).support == ((1, 3),)
    assert Empirical([1, 2], [0, 3]).eigenvalues == (2,)
    assert merged == Empirical([1, 2, 5], [1, 2, 1])
    assert Empirical(np.array([1, 2, 2])) == Empirical([1, 2, 2])
    assert Empirical(np.array([1.0, 2.0, 2.0])) == Empirical([1.0, 2.0, 2.0])
    assert Empirical([0, 1]).bulk == Empirical([1])
    assert Empirical([0]).bulk is None
    assert not Empirical([1, 2.5]).is_exact
    H = np.diag([3.0, 1.0, 0.0])
    assert Empirical.from_matrix(H).eigenvalues == (0.0, 1.0, 3.0)
    X = np.random.default_rng(1).standard_normal((4, 7))
    from_data, from_matrix = Empirical.from_data(X), Empirical.from_matrix(X.T @ X / 4)
    np.testing.assert_allclose(from_data.eigenvalues, from_matrix.eigenvalues, rtol=1e-12)
    np.testing.assert_allclose(from_data.weights, from_matrix.weights)
    assert from_data.mass_at_zero == pytest.approx(3 / 7)
    nodes, weights = from_data.quadrature(50)
    assert nodes.tolist() == list(from_data.eigenvalues)
    assert weights.tolist() == list(from_data.weights)


def test_mixture() -> None:
    mixture = Mixture([(1, Uniform(1, 2)), (3, Uniform(5, 9)), (0, Uniform(20, 30))])
    assert mixture.support == ((1, 2), (5, 9))
    assert [w for w, _ in mixture.components] == [F(1, 4), F(3, 4)]
    assert mixture.points is None
    pooled = Mixture([(1, Empirical([0, 1])), (1, Mixture([(1, Empirical([1, 3]))]))])
    assert pooled.points == 3
    assert pooled.moments(4) == Empirical([0, 1, 3], [1, 2, 1]).moments(4)
    assert pooled.coefficients(3) == Empirical([0, 1, 3], [1, 2, 1]).coefficients(3)
    assert pooled.mass_at_zero == F(1, 4)
    assert pooled.bulk.moments(4) == Empirical([1, 3], [2, 1]).moments(4)
    both = Mixture([(1, MarchenkoPastur(2)), (1, Uniform(7, 8))])
    assert both.mass_at_zero == F(1, 4)
    assert both.bulk.mass_at_zero == 0
    assert [m * 4 / 3 for m in both.moments(4)][1:] == both.bulk.moments(4)[1:]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.fractions(0, 50, max_denominator=20), min_size=2, max_size=9, unique=True))
def test_lanczos_is_stieltjes(points) -> None:
    points = sorted(points)
    weights = [F(1, len(points))] * len(points)
    a, b = stieltjes(points, weights, len(points))
    x, y = float_lanczos(np.array(points, float), np.array(weights, float), len(points))
    scale = float(points[-1])
    np.testing.assert_allclose(x, np.array(a, float), atol=1e-9 * scale, rtol=1e-6)
    np.testing.assert_allclose(y, np.array(b, float), atol=1e-9 * scale**2, rtol=1e-6)


def test_lanczos_keeps_isolated_points() -> None:
    """Without reorthogonalization an outlier returns as a ghost after about 30 steps."""
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.uniform(0.01, 1, 2000), [50.0, 200.0]])
    a, b = float_lanczos(points, np.ones(2002), 150)
    nodes, weights = float_gauss(a, b)
    assert np.sum(nodes > 2) == 2
    np.testing.assert_allclose(weights[-2:], 1 / 2002, rtol=1e-9)


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: Uniform(-1, 2), "ell"),
        (lambda: Uniform(3, 2), "ell"),
        (lambda: Uniform(1, float("nan")), "L"),
        (lambda: Uniform("one", 2), "ell"),
        (lambda: GegenbauerDensity(1, 2, F(-1, 2)), "alpha"),
        (lambda: JacobiDensity(1, 2, 0, -1), "beta"),
        (lambda: JacobiDensity(1, 2, True, 0), "alpha"),
        (lambda: MarchenkoPastur(0), "ratio"),
        (lambda: MarchenkoPastur(1, -1), "scale"),
        (lambda: Empirical([]), "eigenvalues"),
        (lambda: Empirical(np.zeros(0)), "eigenvalues"),
        (lambda: Empirical([1, -2]), "eigenvalues[1]"),
        (lambda: Empirical(np.array([1.0, np.nan])), "eigenvalues[1]"),
        (lambda: Empirical(np.array([1.0, -1e-9])), "eigenvalues[1]"),
        (lambda: Empirical([1, 2], [1]), "weights"),
        (lambda: Empirical([1, 2], [1, -1]), "weights[1]"),
        (lambda: Empirical([1, 2], [0, 0]), "weights"),
        (lambda: Empirical([1, 5], hull=(1, 4)), "hull"),
        (lambda: Empirical([1, 5], hull=7), "hull"),
        (lambda: Empirical("12"), "eigenvalues"),
        (lambda: Empirical([1, 2]).coefficients(3), "n"),
        (lambda: Uniform(1, 2).coefficients(-1), "n"),
        (lambda: Uniform(1, 2).quadrature(0), "n"),
        (lambda: Empirical.from_matrix(np.diag([1.0, -1.0])), "H"),
        (lambda: Empirical.from_matrix(np.array([[1.0, 2.0], [0.0, 1.0]])), "H"),
        (lambda: Empirical.from_matrix(np.ones(3)), "H"),
        (lambda: Empirical.from_data(np.array([[1.0, np.inf]])), "X"),
        (lambda: Mixture([]), "components"),
        (lambda: Mixture([(0, Uniform(1, 2))]), "components"),
        (lambda: Mixture([(-1, Uniform(1, 2))]), "components[0][0]"),
        (lambda: Mixture([(1, Interval(1, 2))]), "components[0][1]"),
        (lambda: Mixture([1, 2]), "components[0]"),
        (lambda: as_measure(3), "spectrum"),
    ],
)
def test_bad_input_names_its_argument(make, argument) -> None:
    with pytest.raises((InvalidValue, InvalidType)) as caught:
        make()
    assert caught.value.argument == argument
    assert caught.value.requirement
    assert isinstance(caught.value, PolyratesError)


def test_symbols_and_floats_do_not_mix() -> None:
    ell = sympy.Symbol("ell", positive=True)
    with pytest.raises(InexactError):
        GegenbauerDensity(ell, 2 * ell, 0.5)
    with pytest.raises(Undecided):
        MarchenkoPastur(sympy.Symbol("r", positive=True)).support  # noqa: B018
    with pytest.raises(InvalidValue, match="Uniform"):
        as_measure(Interval(1, 2))


def test_a_union_takes_intervals_pairs_points_and_unions() -> None:
    third = sympy.Rational(1, 3)
    mixed = Union([12, Interval(5, 9), (F(1, 3), 2), "1/4", Union([(20, 21), (30, 30)])])
    quarter = sympy.Rational(1, 4)
    assert mixed.support == (
        (quarter, quarter), (third, 2), (5, 9), (12, 12), (20, 21), (30, 30)
    )  # fmt: skip
    assert all(isinstance(end, sympy.Rational) for pair in mixed.support for end in pair)
    again = pickle.loads(pickle.dumps(mixed))
    assert again == mixed and hash(again) == hash(mixed)
    assert Union([Interval(1, 2), Interval(2, 3)]) == Union([(1, 3)])
    assert Union([Interval(1, 2), 2, 3]) == Union([(1, 2), (3, 3)])
    assert Union([7]) == Union([(7, 7)])
    floats = Union([Interval(0.5, 2), 3]).support  # one float makes all of it float
    assert floats == ((0.5, 2.0), (3.0, 3.0)) and all(type(b) is float for _, b in floats)
    h = sympy.Symbol("h", positive=True)
    assert Union([Interval(h, h + 1)]).support == ((h, h + 1),)
    array = np.array([[1.0, 2.0], [5.0, 9.0]])
    assert Union(array) == Union([(1.0, 2.0), (5.0, 9.0)])
    assert Union(np.array([4.0, 1.0, 2.0])).support == ((1.0, 1.0), (2.0, 2.0), (4.0, 4.0))


def test_the_repr_of_many_eigenvalues_is_their_ends() -> None:
    measure = Empirical(np.linspace(1, 2, 101), hull=(1, 3))
    assert repr(measure) == (
        "Empirical(eigenvalues=(1.0, 1.01, 1.02, …, 1.98, 1.99, 2.0; 101 numbers), "
        "weights=(0.00990099, 0.00990099, 0.00990099, …, 0.00990099, 0.00990099, 0.00990099; "
        "101 numbers), interval=(1, 3))"
    )
    assert repr(Empirical([1, 2])) == (
        "Empirical(eigenvalues=(1, 2), weights=(1/2, 1/2), interval=None)"
    )
    assert len(repr(Mixture([(1, measure), (2, Uniform(5, 6))]))) < 300
