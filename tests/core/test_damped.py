"""Damped implicit solves: rational pairs, runs, rates, both directions, bad input."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr

METHOD = pr.Chebyshev(1, 10)
DAMPED = {
    "exact": pr.Implicit(damping=F(1, 3)),
    "descent": pr.Implicit(pr.GradientDescent(F(1, 8)), 3, damping="1/3"),
    "Chebyshev": pr.Implicit(pr.Chebyshev(F(4, 3), F(31, 3)), 4, F(1, 3)),
}


def literal(name: str, point: F, t: int) -> tuple[F, F]:
    """(R, C) at one eigenvalue, by solving (λ + δ)V = −g + δV_0 as the estimator does.

    With ∂H = h, x_0 − x* = e, ∂x* = J: the error of V is R(V_0 − J) + C·he; two runs tell R and C.
    """
    delta, estimator = F(1, 3), DAMPED[name]
    at = sp.Rational(point.numerator, point.denominator)
    P = F(str(pr.residual_polynomial(METHOD, t).eval(at)))
    found = []
    for J, h in ((F(1), F(0)), (F(0), F(1))):  # V_0 = 0, e = 1
        right = -point * J + h * P  # ∂_θ∇f at x_t: vanishes at x* with HJ = −∂_θ∇f(x*)
        if estimator.inner is None:
            V = -right / (point + delta)
        else:
            V = F(0)
            if name == "descent":
                for _ in range(3):
                    V -= F(1, 8) * ((point + delta) * V + right)
            else:  # Q_4 of the damped system
                Q = pr.residual_polynomial(estimator.inner, 4).eval(sp.Rational(str(point + delta)))
                V = (1 - F(str(Q))) * (-right / (point + delta))
        found.append(V - J)
    return -found[0], found[1]  # the error at V_0 − J = −1


@pytest.mark.parametrize("name", DAMPED)
@pytest.mark.parametrize("t", [0, 1, 4])
def test_pairs_are_those_of_the_solve(name: str, t: int) -> None:
    pair = pr.error_polynomials(METHOD, t, DAMPED[name])
    for point in (F(1), F(7, 3), F(10)):
        R, C = literal(name, point, t)
        at = sp.Rational(point.numerator, point.denominator)
        assert sp.nsimplify(pair.residual.as_expr().subs(pr.lam, at)) == sp.Rational(str(R))
        assert sp.nsimplify(pair.drift.as_expr().subs(pr.lam, at)) == sp.Rational(str(C))
        assert pair.residual.as_expr().subs(pr.lam, 0) == 1


def test_the_exact_pair_is_rational() -> None:
    pair = pr.error_polynomials(METHOD, 2, pr.Implicit(damping=F(1, 2)))
    P = pr.residual_polynomial(METHOD, 2).as_expr()
    assert sp.simplify(pair.residual - 1 / (2 * pr.lam + 1)) == 0
    assert sp.simplify(pair.drift + P / (pr.lam + sp.Rational(1, 2))) == 0
    form = pr.error_polynomials(pr.GradientDescent(F(1, 8)), pr.t, DAMPED["descent"])
    at = {pr.t: 3, pr.lam: 2}
    number = pr.error_polynomials(pr.GradientDescent(F(1, 8)), 3, DAMPED["descent"])
    assert sp.simplify(form.drift.subs(at) - number.drift.as_expr().subs(pr.lam, 2)) == 0
    assert sp.simplify(form.residual.subs(at) - number.residual.as_expr().subs(pr.lam, 2)) == 0


@pytest.mark.parametrize("name", DAMPED)
@pytest.mark.parametrize("t", [0, 1, 3, 8])
def test_rates_are_brute_force(name: str, t: int) -> None:
    grid = 5.5 + 4.5 * np.cos(np.linspace(0, np.pi, 4001))
    P = pr.residual_values(METHOD, t, grid)[0]
    W = -1 / (grid + 1 / 3)
    if DAMPED[name].inner is not None:
        steps = 3 if name == "descent" else 4
        W = W * (1 - pr.residual_values(DAMPED[name].inner, steps, grid + 1 / 3)[0])
    R, C = 1 + grid * W, P * W
    rate = pr.rate(METHOD, pr.Interval(1, 10), DAMPED[name])
    parts = {"residual": R, "drift": C, "cross": C, "initial": R - grid * C}
    for part, values in parts.items():
        lower, upper = getattr(rate, part).enclosure(t)
        brute = np.abs(values).max()
        assert lower <= upper <= brute * (1 + 1e-5) + 1e-15 and brute <= upper * (1 + 1e-9)
    two = np.abs(P).max() * np.abs(W).max()  # |W(λ)P(μ)| over the square
    total = float(rate.worst_case(t, residual=1, hessian=1))
    assert total == pytest.approx(np.abs(R).max() + two, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(DAMPED)), st.booleans(), st.integers(0, 6))
def test_runs_both_modes_and_the_prediction_agree(
    seed: int, name: str, commuting: bool, steps: int
) -> None:
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 4, seed, commuting=commuting)
    rng = np.random.default_rng(seed)
    x0, v, estimator = rng.standard_normal(4), rng.standard_normal(4), DAMPED[name]
    dx0 = rng.standard_normal(problem.cross(x0).shape)
    assert pr.verify(METHOD, problem, steps, estimator=estimator, x0=x0, dx0=dx0).ok
    J = pr.differentiate(METHOD, problem, x0, steps, estimator, dx0).jacobians[-1]
    if name == "exact":
        x = pr.run(METHOD, problem.gradient, x0, steps)
        shifted = problem.hessian + np.eye(4) / 3
        np.testing.assert_allclose(
            J, np.linalg.solve(shifted, dx0 / 3 - problem.cross(x)), rtol=1e-9, atol=1e-12
        )
    np.testing.assert_allclose(pr.jvp(METHOD, problem, x0, steps, estimator, dx0).value, J)
    back = pr.vjp(METHOD, problem, x0, steps, v, estimator, dx0).value
    np.testing.assert_allclose(back, v @ J, rtol=1e-9, atol=1e-11)


def test_damping_is_for_curvature_that_is_not_there() -> None:
    """At ℓ = 0 an exact solve is refused, a damped one rated; conjugate gradients take it too."""
    where = pr.Interval(0, 10)
    with pytest.raises(ValueError, match="ell > 0"):
        pr.rate(pr.GradientDescent(F(1, 10)), where, pr.Implicit()).drift(2)
    rate = pr.rate(pr.GradientDescent(F(1, 10)), where, pr.Implicit(damping=F(1, 4)))
    assert rate.residual(2) == pytest.approx(1) and rate.drift(2) == pytest.approx(4)
    problem = pr.Quadratic(np.diag([0.01, 1.0, 4.0]), np.ones(3), np.eye(3), np.zeros(3))
    x0 = np.ones(3)
    exact = pr.differentiate(METHOD, problem, x0, 3, pr.Implicit(damping=0.5)).jacobians[-1]
    solved = pr.Implicit(pr.ConjugateGradient(), 3, damping=0.5)
    found = pr.differentiate(METHOD, problem, x0, 3, solved).jacobians[-1]
    np.testing.assert_allclose(found, exact, rtol=1e-10)
    back = pr.vjp(METHOD, problem, x0, 3, np.ones(3), solved).value
    assert back == pytest.approx(exact.sum(), rel=1e-9)


def test_what_is_not_known_is_refused() -> None:
    for bad in (-1, float("nan"), "x", None, 1j):
        with pytest.raises(pr.PolyratesError):
            pr.Implicit(damping=bad)
    assert pr.Implicit(damping=0) == pr.Implicit() and pr.Implicit(damping=0.0).exact_solve
    with pytest.raises(ValueError, match="joint worst case"):
        pr.rate(METHOD, (1, 10), DAMPED["exact"]).worst_case(3, residual=1, drift=1)
    with pytest.raises(ValueError, match="majorant"):
        pr.majorant(
            METHOD,
            (1, 10),
            4,
            hessian_lipschitz=1e-3,
            cross_lipschitz=1,
            distance=1,
            residual=1,
            estimator=DAMPED["exact"],
        )
    for each in DAMPED.values():
        assert "damped by 1/3" in each.name and r"\lambda" in pr.latex(each)
