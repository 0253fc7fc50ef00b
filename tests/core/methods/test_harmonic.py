"""The Sobolev method of harmonic measure: what it minimises, how near it is to the optimum."""

from __future__ import annotations

import math
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Chebyshev

import polyrates as pr
from polyrates.ground.numbers import lam
from polyrates.numeric.minimax.extremal import limit_odds

FORMS = ("initial/cross", "residual/drift")


def moment(k: int, ell: F, L: F) -> Any:
    """∫λ^k dω exactly, √(ℓL) rational: Chebyshev's moments of λ^{k−1} times √(ℓL)."""
    root = sympy.sqrt(sympy.Rational(ell) * sympy.Rational(L))
    if k == 0:
        return sympy.Integer(1)
    x = sympy.Symbol("x")
    middle, half = sympy.Rational(L + ell) / 2, sympy.Rational(L - ell) / 2
    series = sympy.Poly((middle + half * x) ** (k - 1), x)
    # the mean of x^{2j} over the circle is binomial(2j, j)/4^j
    return root * sum(
        c * sympy.binomial(n, n // 2) / 2**n for (n,), c in series.terms() if n % 2 == 0
    )


def exact_optimum(ell: F, L: F, t: int, eta: F, form: str) -> Any:
    """The minimiser by its normal equations in monomials."""
    powers = [lam**k for k in range(t + 1)]
    errors = [p - lam * sympy.diff(p, lam) if form == FORMS[0] else p for p in powers]
    slopes = [sympy.diff(p, lam) for p in powers]

    def mean(expression: Any) -> Any:
        poly = sympy.Poly(sympy.expand(expression), lam)
        return sum(c * moment(k, ell, L) for (k,), c in poly.terms())

    rational = sympy.Rational(eta)
    gram = sympy.Matrix(
        t + 1, t + 1,
        lambda i, j: mean(errors[i] * errors[j]) + rational * mean(slopes[i] * slopes[j]),
    )  # fmt: skip
    start = sympy.Matrix([1] + [0] * t)
    solution = gram.LUsolve(start)
    return sympy.expand(sum(c * p for c, p in zip(solution / solution[0], powers, strict=True)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("ell", "L"), [(F(1), F(9)), (F(1, 2), F(2))])
def test_exactly_the_minimiser(form: str, ell: F, L: F) -> None:
    """√κ is rational: ξ = 1/2, 1/3, and everything stays in the rationals."""
    method = pr.HarmonicSobolev(ell, L, F(3, 2), form)
    for t in range(8):
        found = pr.residual_polynomial(method, t).as_expr()
        assert sympy.expand(found - exact_optimum(ell, L, t, F(3, 2), form)) == 0


def quadrature_optimum(ell: float, L: float, t: int, eta: float, form: str) -> Any:
    """The same by least squares at many Chebyshev points, for large t."""
    theta = (np.arange(4000) + 0.5) * math.pi / 4000
    points = (L + ell) / 2 + (L - ell) / 2 * np.cos(theta)
    weights = 1 / points
    weights /= weights.sum()
    k = np.arange(t + 1)
    value = np.cos(np.outer(theta, k))
    slope = np.sin(np.outer(theta, k)) * k / np.sin(theta)[:, None] * 2 / (L - ell)
    error = value - points[:, None] * slope if form == FORMS[0] else value
    rows = np.concatenate([np.sqrt(weights)[:, None] * error,
                           np.sqrt(eta * weights)[:, None] * slope])  # fmt: skip
    scale = 1 / np.sqrt(np.sum(rows**2, axis=0))
    triangle = np.linalg.qr(rows * scale, mode="r")
    at_zero = np.cosh(k * math.acosh((L + ell) / (L - ell))) * (-1.0) ** k
    q = scale * np.linalg.solve(triangle, np.linalg.solve(triangle.T, at_zero * scale))
    return Chebyshev(q / (at_zero @ q), domain=[ell, L])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("L", "eta"), [(3, 1.0), (10, 0.01), (10, 50.0), (100, 2.0), (1000, 3.0)])
def test_the_minimiser_in_floats(form: str, L: float, eta: float) -> None:
    method = pr.HarmonicSobolev(1, L, eta, form)
    points = np.linspace(1, L, 60)
    for t in (1, 2, 3, 4, 5, 6, 7, 13, 40, 80):
        found = pr.residual_values(method, t, points)[0]
        other = quadrature_optimum(1, L, t, eta, form)(points)
        assert np.max(np.abs(found - other)) < 1e-9 * np.max(np.abs(other))


@pytest.mark.parametrize(
    ("L", "cross", "worst", "late"),
    [(10, 0.1, 1.11, 1.01), (10, 1, 1.16, 1.003), (100, 0.1, 1.11, 1.04), (100, 1, 1.16, 1.02)],
)
def test_it_stays_near_the_optimum(L: float, cross: float, worst: float, late: float) -> None:
    """The price of not knowing the horizon, and that it tends to 1."""
    interval = pr.Interval(1, L)
    method = pr.near_minimax(interval, initial=1, cross=cross)
    guarantee = pr.rate(method, interval)
    prices = [
        float(guarantee.worst_case(t, initial=1, cross=cross))
        / pr.minimax_optimal(interval, t, initial=1, cross=cross).value
        for t in (1, 2, 3, 5, 8, 13, 21, 34, 55)
    ]
    assert all(1 - 1e-10 <= price < worst for price in prices)
    assert prices[-1] < late


def test_its_weight_is_the_limit_of_the_optimum_s() -> None:
    """η = g²s/(a²(1 − s)) of the certified optimum tends to that of the closed form."""
    eta = pr.near_minimax((1, 10), initial=1, cross=1).eta
    distance = [
        abs(pr.minimax_optimal((1, 10), t, initial=1, cross=1).eta / eta - 1)
        for t in (25, 50, 100, 200)
    ]
    assert distance[-1] < 0.01
    assert sorted(distance, reverse=True) == distance
    assert limit_odds(1, 10, size=2, second=2) == pytest.approx(limit_odds(1, 10, size=1, second=1))
    assert limit_odds(3, 30, size=1, second=3) == pytest.approx(limit_odds(1, 10, size=1, second=1))


@given(st.floats(1e-3, 1e3), st.floats(1.01, 1e4), st.floats(1e-6, 1e6), st.sampled_from(FORMS))
def test_units_do_not_matter(unit: float, L: float, eta: float, form: str) -> None:
    points = np.linspace(1, L, 7)
    one = pr.residual_values(pr.HarmonicSobolev(1.0, L, eta, form), 12, points)[0]
    other = pr.residual_values(
        pr.HarmonicSobolev(unit, L * unit, eta * unit**2, form), 12, points * unit
    )[0]
    assert np.allclose(one, other, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_it_runs_and_differentiates(form: str) -> None:
    rng = np.random.default_rng(3)
    directions = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    eigenvalues = np.linspace(0.01, 1, 12)
    method = pr.HarmonicSobolev(0.01, 1, 1e-3, form)
    problem = pr.Quadratic(
        (directions * eigenvalues) @ directions.T, rng.normal(size=12),
        np.eye(12), rng.normal(size=12),
    )  # fmt: skip
    run = pr.differentiate(method, problem, rng.normal(size=12), 300)
    assert np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian) < 1e-9
    assert pr.verify(method, problem, 60).ok


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kappa", "eta"), [(1e-4, 1e-8), (1e-6, 1e-3), (1e-8, 1.0)])
def test_floats_carry_it_far(form: str, kappa: float, eta: float) -> None:
    """Floats against balls of the same method at t = 200, small κ."""
    method = pr.HarmonicSobolev(kappa, 1, eta, form)
    points = kappa + (1 - kappa) * np.cos(np.linspace(0, math.pi, 4001) / 2) ** 2
    value = float(np.max(np.abs(pr.residual_values(method, 200, points)[0])))
    lower, upper = pr.rate(method, (kappa, 1)).residual.enclosure(200)
    assert upper <= lower * (1 + 1e-9)
    assert value == pytest.approx(lower, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0, 1, 1), "ell"), ((1, 1, 1), "L"), ((1, 2, 0), "eta"),
        ((1, 2, -1, "residual/drift"), "eta"),
        ((1, 2, 1, "cross"), "form"),
    ],
)  # fmt: skip
def test_bad_arguments(arguments: tuple[Any, ...], word: str) -> None:
    with pytest.raises(pr.InvalidValue, match=word):
        pr.HarmonicSobolev(*arguments)


@pytest.mark.parametrize(
    ("where", "sizes", "word"),
    [
        ((0, 1), {"initial": 1, "cross": 1}, "ell"),
        ((1, 2), {"residual": 0, "drift": 1}, "residual"),
        (pr.Union([(1, 2), (5, 6)]), {"residual": 1, "drift": 1}, "interval"),
    ],
)
def test_bad_questions(where: Any, sizes: dict[str, Any], word: str) -> None:
    with pytest.raises(pr.InvalidValue, match=word):
        pr.near_minimax(where, **sizes)


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(pr.InvalidValue, match="standing still is optimal"):
        pr.near_minimax((0, 2), initial=1, cross=1)
