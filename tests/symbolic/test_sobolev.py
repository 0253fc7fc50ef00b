"""The exact wing: three routes to one optimum, published values, and attacks on optimality."""

from __future__ import annotations

import csv
from fractions import Fraction as F
from itertools import pairwise

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE

from polyrates.core.measures.base import Measure
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.ground.numbers import lam
from polyrates.symbolic.moments import integral, mean_square
from polyrates.symbolic.sobolev import (
    banded,
    banded_values,
    chebyshev_weights,
    kernel,
    kkt,
    orthogonal_polynomials,
    violation,
)

R = sympy.Rational


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open() as file:
        return list(csv.DictReader(file))


def shown(expansion) -> list[sympy.Expr]:
    return [expansion.domain.to_sympy(value) for value in expansion.values]


def test_reference_connection_coefficients() -> None:
    """S_n − d_nS_{n−2} = P_n − c_nP_{n−2} with the published d_n, in x on [−1, 1]."""
    groups: dict[tuple[str, str], dict[int, sympy.Rational]] = {}
    for row in rows("gegenbauer_sobolev.csv"):
        group = groups.setdefault((row["mu"], row["lam"]), {})
        group[int(row["n"]) + 2] = -R(row["alpha_n"])
    assert groups
    for (mu, lam_), d in groups.items():
        density = GegenbauerDensity(0, 2, F(mu) + F(1, 2))  # λ = x + 1
        top = max(d)
        orthogonal = [p for p, _ in orthogonal_polynomials(density, R(0), top)]
        sobolev = [p for p, _ in orthogonal_polynomials(density, R(lam_), top)]
        alpha = density.alpha
        for n, value in d.items():
            c = R(n * (n - 1)) / (4 * (n + alpha - 1) * (n + alpha - 2))
            left = sobolev[n] - sobolev[n - 2] * value
            assert left == orthogonal[n] - orthogonal[n - 2] * c


class Laguerre(Measure):
    """x^α e^{−x} on [0, ∞): a measure of the user's own, defined by its coefficients."""

    def __init__(self, alpha) -> None:
        self.alpha = sympy.Rational(alpha)

    @property
    def support(self):
        return ((sympy.Integer(0), sympy.oo),)

    @property
    def parameters(self):
        return (self.alpha,)

    def coefficients(self, n):
        return (
            [2 * k + self.alpha + 1 for k in range(n)],
            [sympy.Integer(1) if k == 0 else k * (k + self.alpha) for k in range(n)],
        )


def test_reference_laguerre_zeros() -> None:
    cases = {(row["alpha"], row["gamma"]) for row in rows("laguerre_sobolev_zeros.csv")}
    for alpha, gamma in cases:
        family = orthogonal_polynomials(Laguerre(alpha), R(gamma), 10)
        for row in rows("laguerre_sobolev_zeros.csv"):
            if (row["alpha"], row["gamma"]) == (alpha, gamma):
                with mpmath.workdps(40):
                    zeros = mpmath.polyroots(
                        [mpmath.mpf(int(c.p)) / int(c.q)
                         for c in family[int(row["n"])][0].all_coeffs()],
                        maxsteps=200, extraprec=200,
                    )  # fmt: skip
                    smallest = min(zero.real for zero in zeros)
                assert abs(smallest - mpmath.mpf(row["smallest_zero"])) < 2e-10


@pytest.mark.parametrize(
    "density",
    [
        GegenbauerDensity(1, 9, 1),
        JacobiDensity(F(1, 2), 3, F(1, 3), 2),
        MarchenkoPastur(F(1, 2)),
        Empirical([1, 2, 3, 5, 8, 13, 21, 34]),
    ],
    ids=repr,
)
def test_every_pair_is_orthogonal(density) -> None:
    """Exactly, (i, i + 2) included: indices of one parity are where wrong families fail."""
    eta = R(3, 7)
    family = orthogonal_polynomials(density, eta, 7)
    moments = density.moments(16)

    def product(p, q) -> sympy.Rational:
        both = p * q + (p.diff(lam) * q.diff(lam)) * eta
        return sum(c * moments[k] for (k,), c in both.terms())

    for i, (p, norm) in enumerate(family):
        assert product(p, p) == norm
        assert all(product(p, q) == 0 for q, _ in family[:i])


def test_an_irrational_exponent_is_orthogonal_to_30_digits() -> None:
    density = GegenbauerDensity(1, 9, sympy.sqrt(2) / 2)
    family = orthogonal_polynomials(density, R(1, 3), 5)
    with mpmath.workdps(45):
        alpha = mpmath.sqrt(2) / 2

        def at(p, x):
            return mpmath.polyval([mpmath.mpmathify(c.evalf(45)) for c in p.all_coeffs()], x)

        def product(p, q):
            dp, dq = p.diff(lam), q.diff(lam)
            return mpmath.quad(
                lambda x: (1 - x * x) ** (alpha - 0.5)
                * (at(p, 5 + 4 * x) * at(q, 5 + 4 * x)
                   + at(dp, 5 + 4 * x) * at(dq, 5 + 4 * x) / 3),
                [-1, 0, 1],
            )  # fmt: skip

        for i, j in ((1, 3), (0, 2), (3, 4)):
            p, q = family[i][0], family[j][0]
            size = mpmath.sqrt(product(p, p) * product(q, q))
            assert abs(product(p, q)) < mpmath.mpf(10) ** -30 * size


rationals = st.fractions(F(1, 12), 20, max_denominator=12)


@settings(max_examples=12, deadline=None)
@given(
    ell=st.fractions(0, 5, max_denominator=9),
    width=rationals,
    alpha=st.fractions(F(-2, 5), 4, max_denominator=7),
    eta=st.fractions(0, 30, max_denominator=11),
    t=st.integers(0, 30),
)
def test_routes_agree_on_random_gegenbauer(ell, width, alpha, eta, t) -> None:
    density = GegenbauerDensity(ell, ell + width, alpha)
    eta = R(eta)
    fast = banded(density, eta, t)
    assert banded_values(density, eta, t)[1] == fast.values
    full = kernel(density, eta, t)
    assert full.values == fast.values
    assert full.coefficients == fast.coefficients
    one = kkt(density, eta, t)
    assert one.values[0] == fast.values[-1]
    assert one.coefficients == fast.coefficients


@settings(max_examples=10, deadline=None)
@given(
    ell=st.fractions(0, 5, max_denominator=9),
    width=rationals,
    alpha=st.fractions(F(-4, 5), 4, max_denominator=7),
    beta=st.fractions(F(-4, 5), 4, max_denominator=7),
    eta=st.fractions(0, 30, max_denominator=11),
    t=st.integers(0, 14),
)
def test_routes_agree_on_random_jacobi(ell, width, alpha, beta, eta, t) -> None:
    density = JacobiDensity(ell, ell + width, alpha, beta)
    fast = banded(density, R(eta), t)
    assert banded_values(density, R(eta), t)[1] == fast.values
    for route in (kernel, kkt):
        assert route(density, R(eta), t).coefficients == fast.coefficients
    assert kernel(density, R(eta), t).values == fast.values


OTHERS = [
    MarchenkoPastur(F(1, 2)),
    MarchenkoPastur(3, F(1, 2)),
    Mixture([(1, Uniform(1, 2)), (2, GegenbauerDensity(5, 9, 0))]),
    Empirical([1, 2, 5, 6, 7, 11, 12]),
]


@pytest.mark.parametrize("measure", OTHERS, ids=repr)
@pytest.mark.parametrize("eta", [R(0), R(2, 3)])
def test_general_measures(measure, eta) -> None:
    for t in (0, 1, 3, 6):
        found, one = kernel(measure, eta, t), kkt(measure, eta, t)
        assert found.coefficients == one.coefficients
        assert found.values[-1] == one.values[0]
        polynomial = found.polynomial
        assert polynomial.eval(0) == 1
        assert mean_square(polynomial, measure, eta) == shown(found)[-1]
        assert violation(measure, eta, found) == (0, 0)
        ell, L = measure.hull
        if ell.is_Rational:
            weights = chebyshev_weights(polynomial, ell, L, t)
            assert sum(weights) == 1


MEASURES = [Uniform(1, 9), JacobiDensity(0, 2, F(1, 2), 1), *OTHERS]


@settings(max_examples=25, deadline=None)
@given(
    which=st.integers(0, len(MEASURES) - 1),
    eta=st.fractions(0, 5, max_denominator=5),
    direction=st.lists(st.fractions(-3, 3, max_denominator=7), min_size=1, max_size=4),
)
def test_nothing_feasible_beats_it(which, eta, direction) -> None:
    """P* + λq costs exactly ‖λq‖² more: Pythagoras, so no feasible polynomial is better."""
    measure, eta = MEASURES[which], R(eta)
    best = kernel(measure, eta, 4)
    step = sympy.Poly([R(c) for c in reversed(direction)], lam) * sympy.Poly(lam)
    value = shown(best)[-1]
    raised = mean_square(best.polynomial + step, measure, eta)
    assert raised == value + mean_square(step, measure, eta)
    assert step.is_zero or raised > value


@pytest.mark.parametrize("measure", MEASURES, ids=repr)
def test_values_fall_with_degree_and_rise_with_eta(measure) -> None:
    curves = [shown(kernel(measure, eta, 6)) for eta in (R(0), R(1, 9), R(4), R(10**12))]
    for curve in curves:
        assert curve[0] == 1
        assert all(later <= earlier for earlier, later in pairwise(curve))
    for less, more in pairwise(curves):
        assert all(a <= b for a, b in zip(less, more, strict=True))
    assert curves[-1][-1] > 1 - R(1, 10**6)  # η → ∞ forbids any slope: P* → 1


@pytest.mark.parametrize(
    "make",
    [
        lambda c: GegenbauerDensity(c, 9 * c, F(1, 3)),
        lambda c: MarchenkoPastur(F(1, 2), c),
        lambda c: Empirical([c, 2 * c, 5 * c]),
    ],
)
def test_scaling(make) -> None:
    """(ℓ, L, η) → (cℓ, cL, c²η) leaves the value and turns P(λ) into P(λ/c)."""
    c = R(7, 3)
    plain, scaled = kernel(make(R(1)), R(1, 2), 4), kernel(make(c), c**2 / 2, 4)
    assert shown(plain) == shown(scaled)
    assert scaled.polynomial.compose(sympy.Poly(c * lam, lam)) == plain.polynomial


def test_degree_one_in_symbols() -> None:
    """min (1 − hm₁)² + … by hand: h = m₁/(m₂ + η), value (m₂ + η − m₁²)/(m₂ + η)."""
    ell, L, eta = sympy.symbols("ell L eta", positive=True)
    density = Uniform(ell, L)
    found = banded(density, eta, 1)
    m1, m2 = density.moments(3)[1:]
    assert sympy.cancel(found.polynomial.as_expr() - (1 - lam * m1 / (m2 + eta))) == 0
    assert sympy.cancel(shown(found)[1] - (m2 + eta - m1**2) / (m2 + eta)) == 0


def test_symbols_to_degree_four() -> None:
    ell, L, eta = sympy.symbols("ell L eta", positive=True)
    found = banded(Uniform(ell, L), eta, 4)
    at = {ell: 1, L: 9, eta: R(2, 5)}
    assert [v.subs(at) for v in shown(found)] == shown(kernel(Uniform(1, 9), R(2, 5), 4))
    assert [v.subs(at) for v in shown(kkt(Uniform(ell, L), eta, 4))] == [shown(found)[-1].subs(at)]
    alpha = sympy.Symbol("alpha", positive=True)
    found = banded(GegenbauerDensity(1, 9, alpha), eta, 3)
    expected = kernel(GegenbauerDensity(1, 9, F(5, 3)), R(1, 4), 3)
    assert [v.subs({alpha: R(5, 3), eta: R(1, 4)}) for v in shown(found)] == shown(expected)


def test_points_run_out() -> None:
    """0 from N on at η = 0, from 2N on for η > 0; with the point 0, its mass and no further."""
    plain, with_zero = Empirical([1, 2, 5]), Empirical([0, 1, 2, 5])
    values = shown(kernel(plain, R(0), 6))
    assert values[2] > 0 == values[3] == values[6]
    values = shown(kernel(plain, R(1), 8))
    assert values[5] > 0 == values[6] == values[8]
    product = sympy.Poly((1 - lam) * (1 - lam / 2) * (1 - lam / 5), lam)
    assert kernel(plain, R(0), 5).polynomial == product
    assert kernel(plain, R(1), 7).polynomial == product**2
    for eta, last in ((R(0), 3), (R(1), 7)):
        values = shown(kernel(with_zero, eta, 10))
        assert values[last - 1] > values[last] == values[10] == R(1, 4)
    assert shown(kernel(Empirical([0]), R(1), 3)) == [1, 1, 1, 1]


def test_marchenko_pastur_in_closed_form() -> None:
    """At η = 0 the value is 1/Σ_{i≤t} r^{−i}: it tends to 1 − 1/r, the atom, for r > 1."""
    for ratio in (R(1, 3), R(1), R(4)):
        values = shown(kernel(MarchenkoPastur(ratio, 2), R(0), 8))
        assert values == [1 / sum(ratio**-i for i in range(t + 1)) for t in range(9)]


def test_integral() -> None:
    p = sympy.Poly(lam**3 - 2 * lam + 1, lam)
    expected = sympy.integrate(p.as_expr(), (lam, 1, 9)) / 8
    assert integral(p, Uniform(1, 9)) == expected
    assert integral(sympy.Poly(0, lam), Uniform(1, 9)) == 0
