"""The normalised minimax problem: its rows, series and scale are those of P as numpy has it."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest
from numpy.polynomial import chebyshev

from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import validated
from polyrates.numeric.suprema.waves import Points

FORMS = ("initial/cross", "residual/drift")
SUPPORTS = {
    "interval": [(1.0, 9.0)],
    "from zero": [(0.0, 4.0)],
    "union": [(1.0, 2.0), (5.0, 9.0)],
    "point": [(1.0, 1.0), (4.0, 9.0)],
}
CASES = [
    pytest.param(SUPPORTS[name], form, second, id=f"{name}-{form[:3]}-{second}")
    for name, form, second in itertools.product(SUPPORTS, FORMS, (0.0, 0.7))
]


def problem(support: list[tuple[float, float]], form: str, second: float, t: int = 5) -> Problem:
    return validated(support, form, 2.0, second, None).problem(t)


@pytest.mark.parametrize(("support", "form", "second"), CASES)
def test_rows_are_a_and_b_of_the_polynomial(
    support: list[tuple[float, float]], form: str, second: float
) -> None:
    """A = P − λP′ or P and B = (g/a) P′, in units of a; derivatives in φ by differences."""
    asked = problem(support, form, second)
    q = np.random.default_rng(3).normal(size=len(asked.columns))
    P = chebyshev.Chebyshev(asked.chebyshev(q), domain=asked.hull)
    points = asked.nodes(4)
    lam = asked.eigenvalues(points)
    for value, (low, high) in zip(lam, np.array(support)[points.segment], strict=True):
        assert low <= value <= high
    a, b, a_phi, b_phi = asked.rows(points) @ q
    value, slope = P(lam), P.deriv()(lam)
    size = np.max(np.abs(P.coef)) * 10
    wanted = value - lam * slope if form == "initial/cross" else value
    np.testing.assert_allclose(a, wanted, atol=1e-12 * size)
    np.testing.assert_allclose(b, second / 2.0 * slope, atol=1e-12 * size)
    h = 1e-6
    ahead, behind = (asked.rows(Points(points.segment, points.phi + e)) @ q for e in (h, -h))
    np.testing.assert_allclose(a_phi, (ahead - behind)[0] / (2 * h), atol=1e-8 * size)
    np.testing.assert_allclose(b_phi, (ahead - behind)[1] / (2 * h), atol=1e-8 * size)


@pytest.mark.parametrize(("support", "form", "second"), CASES)
def test_series_are_the_rows_on_their_interval(
    support: list[tuple[float, float]], form: str, second: float
) -> None:
    asked = problem(support, form, second)
    q = np.random.default_rng(5).normal(size=len(asked.columns))
    phi = np.linspace(0.1, 3.0, 7)
    for i, (low, high) in enumerate(support):
        if low == high:
            continue
        a, b = asked.series(q, i)
        rows = asked.rows(Points(np.full(7, i), phi))[:2] @ q
        size = np.max(np.abs(rows))
        np.testing.assert_allclose(chebyshev.chebval(np.cos(phi), a), rows[0], atol=1e-12 * size)
        np.testing.assert_allclose(chebyshev.chebval(np.cos(phi), b), rows[1], atol=1e-12 * size)


@pytest.mark.parametrize(("support", "form", "second"), CASES)
def test_rho_is_the_value_at_zero(
    support: list[tuple[float, float]], form: str, second: float
) -> None:
    """ρᵀq = P(0) times the scale, 1/|T_t(m(0))| on an interval."""
    asked = problem(support, form, second)
    q = np.random.default_rng(7).normal(size=len(asked.columns))
    P = chebyshev.Chebyshev(asked.chebyshev(q), domain=asked.hull)
    size = float(np.sum(np.abs(P.coef))) * 1e3
    assert asked.rho @ q == pytest.approx(P(0.0) * asked.scale, abs=1e-13 * size * asked.scale)
    if asked.whole:
        ell, L = asked.hull
        top = math.cosh(5 * math.acosh((L + ell) / (L - ell)))
        assert asked.scale == pytest.approx(1 / top, rel=1e-14)
        assert asked.log_top == pytest.approx(math.log(top), abs=1e-14)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("t", range(6))
def test_coefficients_come_back(form: str, t: int) -> None:
    asked = problem([(1.0, 9.0)], form, 1.0, t)
    p = np.random.default_rng(t).normal(size=t + 1)
    np.testing.assert_allclose(asked.chebyshev(asked.from_chebyshev(p)), p, atol=1e-13)


def test_a_multiple_of_lambda_is_dropped_where_nothing_sees_it() -> None:
    """A = P − λP′ of cλ is 0: coefficients come back up to such a multiple, and A itself."""
    asked = problem([(1.0, 9.0)], "initial/cross", 0.0)
    p = np.random.default_rng(1).normal(size=6)
    back = asked.chebyshev(asked.from_chebyshev(p))
    lost = chebyshev.Chebyshev(p - back, domain=asked.hull)
    assert len(asked.columns) == 5 and abs(lost.deriv()(4.0)) > 1e-3
    assert lost(2.5) == pytest.approx(2.5 * lost.deriv()(4.0), abs=1e-12)
    assert lost(0.0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("ends", [(1e-12, 1.0), (1e-300, 1.0), (0.0, 1.0), (0.999999, 1.0)])
def test_no_digit_is_lost_near_the_ends(ends: tuple[float, float]) -> None:
    asked = problem([ends], "residual/drift", 1.0, 40)
    with mpmath.workdps(400):
        ell, L = map(mpmath.mpf, ends)
        m0 = (L + ell) / (L - ell)
        assert asked.delta == pytest.approx(float(m0 - 1), rel=1e-14, abs=0)
        assert asked.angle == pytest.approx(float(mpmath.acosh(m0)), rel=1e-13, abs=0)
        log_top = float(mpmath.log(mpmath.cosh(40 * mpmath.acosh(m0))))
        assert asked.log_top == pytest.approx(log_top, rel=1e-12, abs=1e-15)
        phi = np.array([0.0, 1e-9, 1.0, math.pi])
        for found, angle in zip(
            asked.eigenvalues(Points(np.zeros(4, dtype=int), phi)), phi, strict=True
        ):
            part = mpmath.cos(mpmath.mpf(float(angle)) / 2) ** 2
            part = mpmath.mpf(0) if angle == math.pi else part
            assert found == pytest.approx(float(ell + (L - ell) * part), rel=1e-15, abs=4e-33)


def test_beyond_floats_values_are_in_units_of_the_scale() -> None:
    asked = problem([(9.999, 10.0)], "residual/drift", 1.0, 80)
    assert asked.log_top > 690 and asked.scale == 1.0
    with mpmath.workdps(30):
        ratio = (mpmath.mpf(10.0) + mpmath.mpf(9.999)) / (mpmath.mpf(10.0) - mpmath.mpf(9.999))
        wanted = mpmath.log(mpmath.chebyt(80, ratio))
    assert asked.log_top == pytest.approx(float(wanted), rel=1e-12)


def test_on_a_union_weights_are_of_the_tables_polynomials() -> None:
    asked = problem(SUPPORTS["union"], "residual/drift", 1.0)
    weights = np.array([0.3, -0.1, 0.4, 0.2, 0.1, 0.1])
    P = chebyshev.Chebyshev(asked.on_hull(weights), domain=asked.hull)
    lam = np.array([1.0, 1.7, 3.0, 6.0, 9.0])
    np.testing.assert_allclose(P(lam), asked.table.jets(lam)[0] @ weights, rtol=1e-12)
    assert P(0.0) == pytest.approx(1.0, rel=1e-10)  # each p_k is 1 at 0, and the weights sum to 1
    for i, slope in enumerate(asked.slopes(weights)):
        low, high = asked.support[i]
        x = (low + high) / 2 + (high - low) / 2 * np.array([-0.9, 0.2, 1.0])
        found = chebyshev.chebval([-0.9, 0.2, 1.0], slope)
        np.testing.assert_allclose(found, P.deriv()(x) * 4.0, rtol=1e-9, atol=1e-9)


def test_nodes_are_chebyshevs_with_the_ends_and_the_points() -> None:
    asked = problem(SUPPORTS["point"], "residual/drift", 1.0)
    lam = asked.eigenvalues(asked.nodes(4))
    wanted = 6.5 + 2.5 * np.cos(np.pi * np.arange(5) / 4)
    np.testing.assert_allclose(lam, [1.0, *wanted], rtol=1e-15)
    np.testing.assert_allclose(asked.abscissae(asked.nodes(4)), (lam - 5.0) / 4.0, atol=1e-15)
