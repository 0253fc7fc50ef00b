"""The laws of a linear first-order method, once, over methods × carriers × estimators."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from support import ESTIMATORS, exact_methods, finished, symbolic_methods

import polyrates as pr
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.balls import enclosed_pairs

METHODS = exact_methods()
SYMBOLIC = symbolic_methods()
T = 6


def value(expression: object) -> float:
    return float(sp.N(expression, 30))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("t", [0, 1, 2, 5, T])
def test_residual_polynomials_are_one_at_zero_and_of_degree_t(name: str, t: int) -> None:
    P = pr.residual_polynomial(METHODS[name], t)
    assert isinstance(P, sp.Poly) and P.gens == (pr.lam,)
    assert sp.simplify(P.nth(0) - 1) == 0
    assert P.degree() <= t
    assert not P.as_expr().has(sp.Float)


@pytest.mark.parametrize("name", SYMBOLIC)
def test_symbolic_residual_polynomials(name: str) -> None:
    for t in range(4):
        P = pr.residual_polynomial(SYMBOLIC[name], t)
        assert sp.simplify(P.nth(0) - 1) == 0 and P.degree() <= t
        assert not P.as_expr().has(sp.Float)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_carriers_agree(name: str, estimator: str) -> None:
    """Polynomials, values, Chebyshev series, enclosures: four runs of one loop."""
    method, chosen = METHODS[name], ESTIMATORS[estimator]
    points = np.linspace(1.0, 10.0, 9)
    exact = pr.error_polynomials(method, T, chosen)
    ring = ValueRing(points)
    pair = chosen.pair(method, T, ring)
    enclosed = enclosed_pairs(method, chosen, T, (sp.Integer(1), sp.Integer(10)), only=T)[0]
    size = sum(abs(value(sp.N(exact.drift.as_expr().subs(pr.lam, 5)))) for _ in (0,)) + 1
    for part, floats in (("residual", pair.residual), ("drift", pair.drift)):
        expression = getattr(exact, part).as_expr()
        truth = np.array([value(expression.subs(pr.lam, F(x))) for x in points])
        np.testing.assert_allclose(floats, truth, rtol=1e-12, atol=1e-13 * size)
        series = enclosed[part]
        m = (2 * points - series.L - series.ell) / (series.L - series.ell)
        inside = np.polynomial.chebyshev.chebval(m, series.coefficients)
        if series.divided:
            inside = -inside / points
        np.testing.assert_allclose(inside, truth, rtol=1e-12, atol=1e-13 * size)


@pytest.mark.parametrize("name", METHODS)
def test_chebyshev_series_agree_with_values(name: str) -> None:
    points = np.linspace(1.0, 10.0, 9)
    series = pr.residual_series(METHODS[name], T, (1.0, 10.0))
    P, slope = pr.residual_values(METHODS[name], T, points)
    np.testing.assert_allclose(series(points), P, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(series.deriv()(points), slope, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", METHODS)
def test_the_drift_of_unrolling_is_the_derivative(name: str) -> None:
    """The jet of the loop against differentiation of the polynomial."""
    from polyrates.symbolic.ring import ring_of

    ring = ring_of(METHODS[name])
    for t, pair in enumerate(pr.Unrolled().pairs(METHODS[name], T, ring)):
        P = pr.residual_polynomial(METHODS[name], t)
        assert (ring.poly(pair.residual) - P).is_zero
        assert (ring.poly(pair.drift) - P.diff(pr.lam)).is_zero


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("estimator", [e for e in ESTIMATORS if e != "implicit, exact"])
def test_the_residual_of_every_estimator_is_one_at_zero(name: str, estimator: str) -> None:
    for t in (0, 1, 3, T):
        pair = pr.error_polynomials(METHODS[name], t, ESTIMATORS[estimator])
        assert sp.simplify(pair.residual.nth(0) - 1) == 0
        assert sp.expand(pair.initial.as_expr() + pr.lam * pair.cross.as_expr()
                         - pair.residual.as_expr()) == 0  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_method_to_polynomial_to_method(name: str) -> None:
    P = pr.residual_polynomial(METHODS[name], T)
    again = pr.realize(P, pr.Interval(F(1, 2), 11))
    assert again.horizon == P.degree()
    assert (pr.residual_polynomial(again, again.horizon) - P).is_zero


@pytest.mark.parametrize("name", METHODS)
def test_realize_of_a_float_series(name: str) -> None:
    series = pr.residual_series(METHODS[name], T, (1.0, 10.0))
    again = pr.realize(series, (1.0, 10.0))
    points = np.linspace(1.0, 10.0, 7)
    P = pr.residual_values(METHODS[name], T, points)[0]
    np.testing.assert_allclose(pr.residual_values(again, T, points)[0], P, atol=1e-11)


scales = st.fractions(min_value=F(1, 1000), max_value=1000)


@given(c=scales, t=st.integers(0, 5))
def test_scaling(c: F, t: int) -> None:
    """(ℓ, L, h) → (cℓ, cL, h/c) substitutes λ → λ/c."""
    pairs = [
        (pr.Chebyshev(1, 10), pr.Chebyshev(c, 10 * c)),
        (pr.Gegenbauer(1, 10, F(3, 2)), pr.Gegenbauer(c, 10 * c, F(3, 2))),
        (pr.GradientDescent(F(1, 7)), pr.GradientDescent(F(1, 7) / c)),
        (pr.Nesterov(F(1, 7), F(1, 3)), pr.Nesterov(F(1, 7) / c, F(1, 3))),
        (pr.HeavyBall.tuned(4, 9), pr.HeavyBall.tuned(4 * c, 9 * c)),
    ]
    for plain, scaled in pairs:
        P = pr.residual_polynomial(plain, t)
        Q = pr.residual_polynomial(scaled, t)
        ratio = sp.Rational(c.numerator, c.denominator)
        for k in range(t + 1):
            assert sp.simplify(Q.nth(k) * ratio**k - P.nth(k)) == 0


@given(
    ell=st.fractions(min_value=0, max_value=5),
    width=st.fractions(min_value=F(1, 100), max_value=100),
    alpha=st.fractions(min_value=F(-49, 100), max_value=4, max_denominator=100),
    t=st.integers(0, 9),
)
def test_classical_polynomials_equal_their_recurrence(ell: F, width: F, alpha: F, t: int) -> None:
    """The P-recursive coefficients against the loop, and against sympy's families."""
    from polyrates.core.recurrence import orbit
    from polyrates.symbolic.ring import ring_of

    L = ell + width
    for method in (pr.Chebyshev(ell, L), pr.Gegenbauer(ell, L, alpha)):
        ring = ring_of(method)
        *_, last = orbit(method, ring, t)
        assert (ring.poly(last) - pr.residual_polynomial(method, t)).is_zero
    m = (2 * pr.lam - sp.Rational(str(L)) - sp.Rational(str(ell))) / sp.Rational(str(width))
    T_t = sp.chebyshevt_poly(t, m)
    expected = sp.Poly(T_t / T_t.subs(pr.lam, 0), pr.lam)
    assert (pr.residual_polynomial(pr.Chebyshev(ell, L), t) - expected).is_zero


def test_heavy_ball_is_its_closed_form() -> None:
    """P_t = ξ^t(2m/(1+m) T_t(σ) + (1−m)/(1+m) U_t(σ)) for the tuned method, m = ξ²."""
    for ell, L in ((1, 4), (1, 10), (F(1, 100), 1)):
        method = pr.HeavyBall.tuned(ell, L)
        small, large = (sp.sqrt(sp.Rational(str(F(end)))) for end in (ell, L))
        root = (large - small) / (large + small)  # Polyak's, not read from the method
        m = root**2
        for t in range(6):
            P = pr.residual_polynomial(method, t)
            for point in (ell, L, (F(ell) + F(L)) / 2, F(ell) / 3):
                x = sp.Rational(str(F(point)))
                l_, L_ = sp.Rational(str(F(ell))), sp.Rational(str(F(L)))
                sigma = (L_ + l_ - 2 * x) / (L_ - l_)
                closed = root**t * (
                    2 * m / (1 + m) * sp.chebyshevt(t, sigma)
                    + (1 - m) / (1 + m) * sp.chebyshevu(t, sigma)
                )
                assert abs(sp.N(P.eval(x) - closed, 40)) < 1e-30


def test_nesterov_queries_the_extrapolated_point() -> None:
    """Off quadratics: f(x) = Σ log cosh x, against the textbook loop."""
    h, m = 0.7, 0.4
    x = before = np.array([2.0, -1.0, 0.3])
    for _ in range(25):
        y = x + m * (x - before)
        before, x = x, y - h * np.tanh(y)
    ours = pr.run(pr.Nesterov(h, m), np.tanh, np.array([2.0, -1.0, 0.3]), 25)
    np.testing.assert_allclose(ours, x, rtol=1e-13)
    wrong = pr.run(pr.HeavyBall(h, m, h), np.tanh, np.array([2.0, -1.0, 0.3]), 25)
    assert np.max(np.abs(wrong - x)) > 1e-6


def test_leja_order_keeps_partial_products_small() -> None:
    """64 Chebyshev steps at κ = 0.01: descending order explodes, Leja order does not."""
    n, ell, L = 64, 0.01, 1.0
    roots = (L + ell) / 2 + (L - ell) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
    points = np.linspace(ell, L, 1001)

    def largest(method: pr.Method) -> float:
        from polyrates.core.recurrence import orbit

        return max(float(np.max(np.abs(p))) for p in orbit(method, ValueRing(points), n))

    assert largest(pr.Richardson(np.sort(1 / roots)[::-1])) > 1e20
    assert largest(pr.Richardson.leja(roots)) < 100


def test_complex_roots_come_in_real_two_step_blocks() -> None:
    roots = [2 + 1j, 2 - 1j, 5.0, 8 + 0.5j, 8 - 0.5j]
    method = pr.Richardson.leja(roots)
    points = np.linspace(0.0, 10.0, 11)
    truth = np.real(np.prod([1 - points / r for r in roots], axis=0))
    np.testing.assert_allclose(pr.residual_values(method, 5, points)[0], truth, atol=1e-12)


def test_weighted_iterates_are_partial_sums() -> None:
    """x_s = Σ_{k<s} w_k y_k + (1 − Σ_{k<s} w_k) y_s at every s."""
    weights = [F(1, 2), F(-1, 3), F(2, 3), F(1, 6)]
    base = pr.Chebyshev(1, 10)
    method = pr.WeightedIterates(base, weights)
    for s in range(4):
        parts = [w * pr.residual_polynomial(base, k).as_expr() for k, w in enumerate(weights[:s])]
        rest = 1 - sum(weights[:s])
        expected = sum(parts) + rest * pr.residual_polynomial(base, s).as_expr()
        assert sp.expand(pr.residual_polynomial(method, s).as_expr() - expected) == 0


@pytest.mark.parametrize("name", METHODS)
def test_tables_are_affine_and_decode(name: str) -> None:
    table = METHODS[name].table(T)
    for rows in (table.query, table.output):
        np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(table.mixing.sum(axis=2), 1.0, atol=1e-12)
    assert len(table) == T
    if name == "Nesterov":
        np.testing.assert_allclose(table.lookahead, 0.4)
        np.testing.assert_allclose(table.momenta, 0.4)
    if name == "tabulated":
        np.testing.assert_allclose(table.steps, [0.1, 1 / 3, 1 / 7, 2 / 9, 0.2, 0.125])
        np.testing.assert_allclose(table.lookahead, [0, 1, 0, 0, 2, 0])


def test_the_repr_of_many_coefficients_is_their_ends() -> None:
    steps = [0.125 + 2.0**-40, *[0.5] * 37, F(1, 3), 1]
    table = pr.Tabulated(steps)
    zeros = "(0.0, 0.0, 0.0, …, 0.0, 0.0, 0.0; 40 numbers)"
    shown = f"(0.125, 0.5, 0.5, …, 0.5, {1 / 3:.6f}, 1.0; 40 numbers)"
    assert repr(table) == f"Tabulated(step_sizes={shown}, momenta={zeros}, lookahead={zeros})"
    assert repr(pr.Richardson(steps)) == f"Richardson(step_sizes={shown}, momenta={zeros})"
    weights = [F(1, 3**60), 1 - F(1, 3**60), *[0] * 40]
    mean = pr.WeightedIterates(pr.Chebyshev(1, 10), weights)
    ends = "(≈2.35898e-29, ≈1, 0, …, 0, 0, 0; 42 numbers)"
    assert repr(mean) == f"WeightedIterates(base=Chebyshev(ell=1, L=10), weights={ends})"
    h = sp.symbols("h:30", positive=True)
    assert "(h0, h1, h2, …, h27, h28, h29; 30 numbers)" in repr(pr.Tabulated(h))
    for method in (table, mean):  # what is shown is not what is compared
        again = pickle.loads(pickle.dumps(method))
        assert again == method and hash(again) == hash(method)
    other = pr.Tabulated([0.125, *steps[1:]])
    assert repr(other) == repr(table) and other != table and table.step_sizes[0] == steps[0]
    few = pr.Tabulated([F(1, 2), F(1, 3)])
    assert repr(few) == "Tabulated(step_sizes=(1/2, 1/3), momenta=(0, 0), lookahead=(0, 0))"


@pytest.mark.parametrize("t", [2, 40])
def test_the_repr_of_an_optimal_method_is_short(t: int) -> None:
    for where in (pr.Interval(1, 100), pr.Union([(1, 2), (50, 60)])):
        best = pr.minimax_optimal(where, t, initial=1, cross=1)
        assert len(repr(best.method)) < 400 and len(repr(best.spectrum)) < 250


def test_a_user_s_own_stationary_method() -> None:
    """Three points in the state: the loop, the polynomial and the values need nothing more."""

    class Triple(pr.Stationary):
        name = "triple"
        parameters = (sp.Rational(1, 9), sp.Rational(1, 5))

        def transition(self, number):  # type: ignore[no-untyped-def]
            h, m = map(number, self.parameters)
            return pr.Transition(
                (1, 0, 0), ((1 + m, 0, -m), (1, 0, 0), (0, 1, 0)), (h, 0, 0), (1, 0, 0)
            )

    method = Triple()
    P = pr.residual_polynomial(method, 4)
    x = [sp.Integer(1)]
    h, m, L = sp.Rational(1, 9), sp.Rational(1, 5), pr.lam
    at = lambda k: x[max(k, 0)]  # noqa: E731
    for k in range(4):
        x.append(sp.expand(at(k) + m * (at(k) - at(k - 2)) - h * L * at(k)))
    assert sp.expand(P.as_expr() - x[4]) == 0


def test_square_roots_stay_exact() -> None:
    """10 ** ½ never becomes a float, under whichever ground types sympy runs."""
    method = pr.HeavyBall.tuned(1, 10)
    assert method.momentum.has(sp.sqrt(10)) and not method.momentum.has(sp.Float)
    P = pr.residual_polynomial(method, 3)
    assert not P.as_expr().has(sp.Float) and P.as_expr().has(sp.sqrt(10))
    assert pr.GradientDescent.flat(1, 10).step == sp.sqrt(2) / 10
    assert math.isclose(float(pr.HeavyBall.tuned(1.0, 10.0).momentum), float(method.momentum))


def test_python_ground_types_give_the_same() -> None:
    """The same polynomials in a process without flint ground types."""
    import os
    import sys

    program = (
        "import polyrates as pr, sympy\n"
        "from sympy.external.gmpy import GROUND_TYPES\n"
        "assert GROUND_TYPES == 'python', GROUND_TYPES\n"
        "for m in (pr.HeavyBall.tuned(1, 10), pr.Chebyshev('1/3', 7), pr.Gegenbauer(1, 9, '1/3'),\n"
        "          pr.GradientDescent.flat(1, 10)):\n"
        "    e = pr.error_polynomials(m, 4)\n"
        "    assert not e.initial.as_expr().has(sympy.Float)\n"
        "    print(sympy.srepr(sympy.expand(e.initial.as_expr())))\n"
    )
    environment = dict(os.environ, SYMPY_GROUND_TYPES="python")
    done = finished([sys.executable, "-c", program], env=environment)
    assert done.returncode == 0, done.stderr
    methods = (pr.HeavyBall.tuned(1, 10), pr.Chebyshev("1/3", 7), pr.Gegenbauer(1, 9, "1/3"),
               pr.GradientDescent.flat(1, 10))  # fmt: skip
    here = [sp.srepr(sp.expand(pr.error_polynomials(m, 4).initial.as_expr())) for m in methods]
    assert done.stdout.split("\n")[:4] == here
