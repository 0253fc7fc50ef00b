"""The lower bound: functionals within their errors, and no measure proves more than is true."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from numpy.polynomial import chebyshev

from polyrates.numeric.minimax.lower_bound import (
    chebyshev_weights,
    error_series,
    functionals,
    growth,
    lower_bound,
    orthonormaliser,
    proves_one,
)
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import Form, validated
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.numeric.suprema.waves import Points

FORMS: tuple[Form, Form] = ("initial/cross", "residual/drift")


def problem(support: list[tuple[float, float]], form: Form, second: float, t: int) -> Problem:
    return validated(support, form, 1.0, second, None).problem(t)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ends", [(1.0, 9.0), (1e-9, 1.0), (0.9, 1.0)])
def test_functionals_are_within_their_errors(ends: tuple[float, float], form: Form) -> None:
    """A and B of Q_k, Q_k′ = T_{k−1}, in sixty digits by the formula of the integral."""
    t = 12
    asked = problem([ends], form, 0.7, t)
    phi = np.array([0.0, 1e-7, 0.8, 2.0, 3.0, math.pi])
    first, second, first_error, second_error = functionals(asked, Points(np.zeros(6, int), phi))
    with mpmath.workdps(60):
        delta = 2 * mpmath.mpf(ends[0]) / (mpmath.mpf(ends[1]) - mpmath.mpf(ends[0]))
        for j, angle in enumerate(phi):
            # the end itself is meant by a float that is pi
            c = mpmath.mpf(-1) if angle == math.pi else mpmath.cos(mpmath.mpf(float(angle)))
            for k in range(t + 1):
                wave = [mpmath.chebyt(i, c) for i in (max(k - 2, 0), max(k - 1, 0), k)]
                if k == 0:
                    value, slope = mpmath.mpf(1), mpmath.mpf(0)
                elif k == 1:
                    value, slope = c + (1 + delta if asked.initial else 0), mpmath.mpf(1)
                elif k == 2:
                    value, slope = wave[2] / 4, wave[1]
                else:
                    value, slope = wave[2] / (2 * k) - wave[0] / (2 * (k - 2)), wave[1]
                a = value - (c + 1 + delta) * slope if asked.initial else value
                assert abs(mpmath.mpf(str(first[j, k])) - a) <= first_error[k] + 1e-20
                b = mpmath.mpf(asked.gamma) * slope
                assert abs(mpmath.mpf(str(second[j, k])) - b) <= second_error[k] + 1e-20
    assert np.all(first_error < 1e-15) and np.any(first_error > 0)


@pytest.mark.parametrize("form", FORMS)
def test_functionals_on_a_union_are_within_their_errors(form: Form) -> None:
    """p_k of the method's table in sixty digits, over the same powers of two."""
    asked = problem([(1.0, 2.0), (5.0, 9.0)], form, 0.7, 6)
    points = asked.nodes(3)
    first, second, first_error, second_error = functionals(asked, points)
    steps, momenta = asked.table.steps, asked.table.momenta
    with mpmath.workdps(60):
        for j, x in enumerate(map(mpmath.mpf, asked.eigenvalues(points).tolist())):
            value, slope = [mpmath.mpf(1)], [mpmath.mpf(0)]
            before, before_slope = mpmath.mpf(1), mpmath.mpf(0)
            for h, m in zip(steps.tolist(), momenta.tolist(), strict=False):
                # x_{t+1} = x_t - h grad + m (x_t - x_{t-1})
                p, d = value[-1], slope[-1]
                value.append(p - h * x * p + m * (p - before))
                slope.append(d - h * (p + x * d) + m * (d - before_slope))
                before, before_slope = p, d
            for k in range(7):
                unit = mpmath.ldexp(1, -int(asked.exponents[k]))
                a = (value[k] - x * slope[k] if asked.initial else value[k]) * unit
                b = slope[k] * 4 * mpmath.mpf(asked.gamma) * unit
                assert abs(mpmath.mpf(str(first[j, k])) - a) <= first_error[k] + 1e-19
                assert abs(mpmath.mpf(str(second[j, k])) - b) <= second_error[k] + 1e-19


@pytest.mark.parametrize("ends", [(1.0, 9.0), (1e-12, 1.0), (0.0, 1.0), (0.99, 1.0)])
def test_growth_is_that_of_chebyshevs_polynomials(ends: tuple[float, float]) -> None:
    asked = problem([ends], "residual/drift", 1.0, 9)
    ratio, errors = growth(asked)
    with mpmath.workdps(60):
        ell, L = map(mpmath.mpf, ends)
        top = mpmath.chebyt(9, (L + ell) / (L - ell))
        for k in range(10):
            wanted = mpmath.chebyt(k, (L + ell) / (L - ell)) / top
            assert abs(mpmath.mpf(str(ratio[k])) / wanted - 1) <= errors[k] + 1e-18
    assert np.all(errors < 1e-15)


@pytest.mark.parametrize("seed", range(3))
def test_the_triangular_factor_bounds_coefficients(seed: int) -> None:
    """q = Yy with |y| ≤ c|Mq| for random q, whichever M within its errors is meant."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(12, 5)) * 10.0 ** rng.integers(-8, 8, 5)
    errors = np.linalg.norm(rows, axis=0) * 1e-6
    y, reach = orthonormaliser(rows, errors)
    assert 1 <= reach < 1.1
    for _ in range(20):
        noise = rng.normal(size=rows.shape)
        meant = rows + noise / np.linalg.norm(noise, axis=0) * errors
        q = rng.normal(size=5) / np.linalg.norm(rows, axis=0)
        assert np.linalg.norm(np.linalg.solve(y, q)) <= reach * np.linalg.norm(meant @ q)
    twice = np.column_stack([rows, rows[:, 0]])
    assert orthonormaliser(twice, np.append(errors, errors[0]))[1] == math.inf
    assert orthonormaliser(rows[:4], errors)[1] == math.inf
    assert orthonormaliser(rows, errors * 1e9)[1] == math.inf


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "support",
    [[(1.0, 9.0)], [(0.01, 1.0)], [(1.0, 2.0), (5.0, 9.0)]],
    ids=["1-9", "small", "union"],
)
def test_no_measure_proves_more_than_the_value(
    support: list[tuple[float, float]], form: Form
) -> None:
    """Random multipliers on random points, and those of the optimum but for a little."""
    t, rng = 6, np.random.default_rng(4)
    asked = problem(support, form, 0.5, t)
    best = solve_minimax(support, t, form=form, size=1.0, second=0.5)
    proved = []
    for trial in range(30):
        points = asked.nodes(9)
        n = len(points)
        omega = rng.dirichlet(np.ones(n))
        alpha, beta = rng.normal(size=n) * omega, rng.normal(size=n) * omega
        value, weights = lower_bound(asked, points, omega, alpha, beta, rng.uniform(0.05, 0.95))
        assert value * asked.scale <= best.upper * (1 + 1e-12), trial
        assert np.all(weights >= 0) and np.sum(weights) == pytest.approx(1)
        proved.append(value * asked.scale)
    assert max(proved) > 0  # some are bounds at all


@pytest.mark.parametrize("t", [1, 4, 9])
def test_chebyshevs_alternation_proves_his_value(t: int) -> None:
    """F(P) = Σ ± P(x_j) over the extrema: 1 in units of 1/|T_t(m(0))|, and no more."""
    asked = problem([(1.0, 9.0)], "residual/drift", 0.0, t)
    points = asked.nodes(t)  # cos(jπ/t)
    x = np.cos(points.phi)
    m0 = -(1 + asked.delta)
    lagrange = np.array([
        np.prod([(m0 - other) / (at - other) for other in np.delete(x, j)])
        for j, at in enumerate(x)
    ])  # fmt: skip
    omega = np.abs(lagrange) / np.sum(np.abs(lagrange))
    value, _ = lower_bound(asked, points, omega, lagrange, np.zeros(t + 1), 1.0)
    assert 1 - 1e-12 < value <= 1


def test_one_is_proved_where_it_is_optimal_alone() -> None:
    """[1/100, 1] with equal sizes: P = 1 for t = 20, by the solver's measure; on [1, 10] never."""
    found = solve_minimax([(0.01, 1.0)], 20, form="initial/cross", size=1.0, second=1.0)
    task = validated([(0.01, 1.0)], "initial/cross", 1.0, 1.0, None)
    points = task.points(found.contact_points)
    assert proves_one(task.problem(20), points, found.weights)
    heavy = np.full(len(points), 1e-9)
    heavy[0] = 1.0
    assert not proves_one(task.problem(20), points, heavy / np.sum(heavy))
    assert not proves_one(task.problem(36), points, found.weights)  # where 1 is not optimal
    other, rng = problem([(1.0, 10.0)], "initial/cross", 1.0, 10), np.random.default_rng(0)
    for _ in range(20):
        nodes = other.nodes(20)
        assert not proves_one(other, nodes, rng.dirichlet(np.ones(len(nodes))))
    assert not proves_one(other, other.nodes(5), np.full(6, 1 / 6))  # fewer points than degrees
    without = problem([(0.01, 1.0)], "initial/cross", 0.0, 3)
    assert not proves_one(without, without.nodes(9), np.full(10, 0.1))


def test_weights_on_iterates_make_the_polynomial_that_is_bounded() -> None:
    """P = Σ w_k T_k(m)/T_k(m(0)): the weights sum to 1, and the series is theirs to its slack."""
    t = 7
    asked = problem([(1.0, 9.0)], "initial/cross", 0.6, t)
    p = np.random.default_rng(6).normal(size=t + 1)
    weights, series, slack = chebyshev_weights(asked, p)
    meant = [*map(Fraction, weights[:-1].tolist())]
    meant.append(1 - sum(meant, Fraction(0)))
    assert float(meant[-1]) == weights[-1]
    with mpmath.workdps(50):
        m0 = -(mpmath.mpf(10) / 8)
        top = abs(mpmath.chebyt(t, m0))
        for k, w in enumerate(meant):
            wanted = mpmath.mpf(w.numerator) / w.denominator / mpmath.chebyt(k, m0) * top
            assert abs(mpmath.mpf(str(series[k])) - wanted) <= slack[k] + 1e-18
    a, b, (a_error, b_error) = error_series(asked, series, slack)
    P = chebyshev.Chebyshev(series.astype(float), domain=(1, 9))
    x = np.linspace(-1, 1, 101)
    lam = 5 + 4 * x
    slope = P.deriv()(lam)
    size = np.sum(np.abs(P.coef)) * t**2
    found = chebyshev.chebval(x, a) - (P(lam) - lam * slope)
    assert np.max(np.abs(found)) < a_error + 1e-15 * size
    assert np.max(np.abs(chebyshev.chebval(x, b) - 0.6 * slope)) < b_error + 1e-15 * size
    assert a_error < 1e-12 * size and b_error < 1e-12 * size
