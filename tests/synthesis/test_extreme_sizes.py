"""Answers at the ends of the range of floats, and with symbols where numbers were expected."""

from __future__ import annotations

import warnings

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr

WHERE = pr.Interval(1, 100)


@pytest.mark.parametrize("density", [pr.Uniform(1, 10), pr.GegenbauerDensity(1, 10, 1)])
def test_the_sobolev_optimum_is_exact_for_algebraic_weights(density: pr.Uniform) -> None:
    eta = sympy.sqrt(2)
    best = pr.sobolev_optimal(density, 3, eta)
    assert best.status == "proved"
    # the stationary value of the quadratic form on {1, …} with P(0) = 1, by its Gram matrix
    mpmath.mp.dps = 60
    moments = [mpmath.mpf(int(m.p)) / int(m.q) for m in density.moments(7)]
    gram = mpmath.matrix(4, 4)
    for i in range(4):
        for j in range(4):
            slope = mpmath.sqrt(2) * i * j * moments[i + j - 2] if i and j else 0
            gram[i, j] = moments[i + j] + slope
    expected = 1 / mpmath.lu_solve(gram, mpmath.matrix([1, 0, 0, 0]))[0]
    assert abs(mpmath.mpf(str(best.value.evalf(50))) / expected - 1) < mpmath.mpf(10) ** -45
    assert best.certificate.residual == 0
    jacobi = pr.sobolev_optimal(pr.JacobiDensity(1, 10, 1, 0), 3, eta)
    assert jacobi.certificate.residual == 0


def test_an_optimum_with_symbols_shows_its_formula() -> None:
    eta = sympy.Symbol("eta", positive=True)
    best = pr.sobolev_optimal(pr.Uniform(1, 10), 1, eta)
    assert str(best.value) in repr(best)
    assert "proved" in repr(best)


@settings(max_examples=40, deadline=None)
@given(st.floats(-300, 300), st.floats(-300, 300), st.booleans())
def test_the_closed_form_answers_or_refuses(a: float, g: float, cross: bool) -> None:
    first, second = 10.0**a, 10.0**g
    names = ("initial", "cross") if cross else ("residual", "drift")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = pr.minimax_asymptotic(WHERE, 40, **{names[0]: first, names[1]: second})
        except pr.PolyratesError as error:
            assert abs(a - g) > 200 or max(a, g) > 290, error
            return
    assert 0 < value < np.inf
    # homogeneous of degree one in the sizes
    if abs(a) < 200 and abs(g) < 200:
        unit = pr.minimax_asymptotic(WHERE, 40, **{names[0]: 1.0, names[1]: 10.0 ** (g - a)})
        assert value / first == pytest.approx(unit, rel=1e-9)


@pytest.mark.parametrize("second", [1e155, 1e-200, 1e300])
def test_plans_weigh_sizes_of_any_magnitude(second: float) -> None:
    for names in (("initial", "cross"), ("residual", "drift")):
        plan = pr.plan(WHERE, 8, **{names[0]: 1, names[1]: second})
        assert plan.best.guarantee <= 1 * (1 + 1e-9)


@pytest.mark.parametrize("ell, L", [(1, 10), (1, 100), (0.001, 0.01)])
def test_near_minimax_answers_where_a_size_is_zero(ell: float, L: float) -> None:
    where = pr.Interval(ell, L)
    for t in (5, 20):
        near = pr.rate(pr.near_minimax(where, initial=1, cross=0), where)
        least = pr.minimax_optimal(where, t, initial=1, cross=0).value
        assert least * (1 - 1e-9) <= near.worst_case(t, initial=1, cross=0) <= 1.1 * least
        near = pr.rate(pr.near_minimax(where, residual=1, drift=0), where)
        least = pr.minimax_optimal(where, t, residual=1, drift=0).value
        assert float(near.worst_case(t, residual=1, drift=0)) == pytest.approx(least, rel=1e-9)
    with pytest.raises(ValueError, match="standing still is optimal"):
        pr.near_minimax(where, initial=0, cross=1)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["x", "H", "θ", "all"]),
    st.integers(-290, 290),
    st.booleans(),
    st.sampled_from([pr.Unrolled(), pr.OneStep(), pr.Implicit()]),
)
def test_verify_holds_in_any_units(
    what: str, power: int, commuting: bool, estimator: pr.Unrolled
) -> None:
    H, b = np.diag([1.0, 4.0, 10.0]), np.array([1.0, -2.0, 3.0])
    dH = np.eye(3) if commuting else np.array([[1.0, 0.5, 0.0], [0.5, 2.0, 0.0], [0.0, 0.0, 1.0]])
    s = 10.0**power
    h, x, theta = (s if what in (each, "all") else 1.0 for each in ("H", "x", "θ"))
    if what == "all":
        h, x, theta = 10.0 ** (power / 4), 10.0 ** (power / 4), 10.0 ** (power / 4)
    problem = pr.Quadratic(h * H, h * x * b, h * theta * dH, np.zeros(3))
    checked = pr.verify(pr.Chebyshev(h, 10 * h), problem, 15, estimator)
    assert checked.ok, checked
