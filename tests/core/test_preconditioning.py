"""Preconditioned implicit solves: rational pairs, certified polynomials, runs, both directions."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.execution.preconditioner import Preconditioner
from polyrates.numeric.ring import ValueRing

METHOD = pr.Chebyshev(1, 10)
POLYNOMIAL = sp.Rational(2, 5) - pr.lam / 30
CASES = {
    "rational": (pr.GradientDescent(F(9, 10)), 3, 0, 1 / (pr.lam + F(1, 2))),
    "rational, damped": (pr.Nesterov(F(1, 2), F(1, 3)), 4, F(1, 3), (pr.lam + 2) / (pr.lam**2 + 3)),
    "polynomial": (pr.GradientDescent(1), 2, 0, POLYNOMIAL),
    "polynomial, damped": (pr.GradientDescent(F(4, 5)), 3, F(1, 3), POLYNOMIAL),
}


def estimator_of(name: str) -> pr.Implicit:
    inner, steps, damping, r = CASES[name]
    return pr.Implicit(inner, steps, damping, r)


def literal(name: str, point: F) -> F:
    """W after the inner steps at one eigenvalue, in fractions, the loops written out."""
    _, steps, damping, r = CASES[name]
    at = sp.Rational(point.numerator, point.denominator)
    r_value = F(str(r.subs(pr.lam, at)))
    slope = lambda W: r_value * ((point + damping) * W + 1)  # noqa: E731
    W = before = F(0)
    for _ in range(steps):
        if name == "rational, damped":
            y = W + F(1, 3) * (W - before)
            before, W = W, y - F(1, 2) * slope(y)
        else:
            h = {"rational": F(9, 10), "polynomial": F(1)}.get(name, F(4, 5))
            W -= h * slope(W)
    return W


@pytest.mark.parametrize("name", CASES)
def test_pairs_are_the_textbook_s(name: str) -> None:
    pair = pr.error_polynomials(METHOD, 2, estimator_of(name))
    P = pr.residual_polynomial(METHOD, 2)
    for point in (F(1), F(7, 3), F(10)):
        W, at = literal(name, point), sp.Rational(point.numerator, point.denominator)
        R = pair.residual.as_expr().subs(pr.lam, at)
        C = pair.drift.as_expr().subs(pr.lam, at)
        assert sp.Rational(str(1 + point * W)) == R
        assert P.eval(at) * sp.Rational(str(W)) == C
    assert pair.residual.as_expr().subs(pr.lam, 0) == 1


@pytest.mark.parametrize("name", CASES)
def test_runs_are_what_the_pairs_say_in_both_modes(name: str) -> None:
    estimator = estimator_of(name)
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 5, 3, commuting=True)
    rng = np.random.default_rng(0)
    x0, v, dx0 = rng.standard_normal(5), rng.standard_normal(5), rng.standard_normal(5)
    J = pr.differentiate(METHOD, problem, x0, 4, estimator, dx0).jacobians[-1]
    values, Q = problem.eigensystem
    pair = estimator.pair(METHOD, 4, ValueRing(values))
    E = Q.T @ (dx0 - problem.solution_jacobian)
    D = Q.T @ problem.hessian_derivative() @ (x0 - problem.solution)
    expected = problem.solution_jacobian + Q @ (pair.residual * E + pair.drift * D)
    np.testing.assert_allclose(J, expected, rtol=1e-11, atol=1e-12)
    back = pr.vjp(METHOD, problem, x0, 4, v, estimator, dx0).value
    assert back == pytest.approx(v @ J, rel=1e-10, abs=1e-12)
    np.testing.assert_allclose(pr.jvp(METHOD, problem, x0, 4, estimator, dx0).value, J)
    assert "preconditioned" in estimator.name and "r =" in pr.latex(estimator)


@pytest.mark.parametrize("name", ["polynomial", "polynomial, damped"])
@pytest.mark.parametrize("commuting", [True, False])
def test_polynomials_are_certified(name: str, commuting: bool) -> None:
    estimator = estimator_of(name)
    grid = 5.5 + 4.5 * np.cos(np.linspace(0, np.pi, 4001))
    pair = estimator.pair(METHOD, 5, ValueRing(grid))
    rate = pr.rate(METHOD, pr.Interval(1, 10), estimator)
    for part, values in (("residual", pair.residual), ("drift", pair.drift)):
        lower, upper = getattr(rate, part).enclosure(5)
        brute = np.abs(values).max()
        assert lower <= upper <= brute * (1 + 1e-5) and brute <= upper * (1 + 1e-9)
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 4, 1, commuting=commuting)
    assert pr.verify(METHOD, problem, 5, estimator=estimator).ok


def test_a_preconditioner_that_is_no_function_of_the_hessian_is_run() -> None:
    """Jacobi's scaling of a badly scaled Hessian: ten steps of CG against rounding."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((30, 30))
    H = A @ A.T / 30 + np.diag(np.geomspace(1, 1e4, 30))
    problem = pr.Quadratic(H, rng.standard_normal(30), np.eye(30), np.zeros(30))
    method, x0, v = pr.GradientDescent(1e-4), np.zeros(30), rng.standard_normal(30)
    exact = pr.differentiate(method, problem, x0, 5, pr.Implicit()).jacobians[-1]
    scale = np.diag(H).copy()

    def error(preconditioner: object) -> float:
        estimator = pr.Implicit(pr.ConjugateGradient(), 10, preconditioner=preconditioner)
        found = pr.differentiate(method, problem, x0, 5, estimator).jacobians[-1]
        assert pr.vjp(method, problem, x0, 5, v, estimator).value == pytest.approx(
            v @ exact, rel=10 * np.linalg.norm(found - exact) / abs(v @ exact) + 1e-6, abs=1
        )
        return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))

    plain, scaled = error(None), error(lambda g: g / scale)
    assert plain > 0.1 and scaled < 1e-9
    assert error(Preconditioner(lambda g: g / scale, 0.01)) == pytest.approx(scaled)
    # a polynomial method too: the spectrum is that of P⁻¹H
    ends = np.linalg.eigvalsh(H / np.sqrt(np.outer(scale, scale)))
    inner = pr.Implicit(pr.Chebyshev(ends[0], ends[-1]), 15, preconditioner=lambda g: g / scale)
    found = pr.differentiate(method, problem, x0, 5, inner).jacobians[-1]
    assert np.linalg.norm(found - exact) < 1e-6 * np.linalg.norm(exact)


def test_what_cannot_be_is_refused() -> None:
    inner = pr.Chebyshev(1, 10)
    for bad in (3, "x", sp.Symbol("y"), [1.0]):
        with pytest.raises((TypeError, ValueError), match="preconditioner"):
            pr.Implicit(inner, 2, preconditioner=bad)
    with pytest.raises(ValueError, match="inner"):
        pr.Implicit(preconditioner=1 / (pr.lam + 1))
    own = pr.Implicit(inner, 2, preconditioner=lambda g: g)
    with pytest.raises(ValueError, match="function of the Hessian"):
        pr.error_polynomials(METHOD, 2, own)
    with pytest.raises(ValueError, match="function of the Hessian"):
        pr.rate(METHOD, (1, 10), own).residual(2)
    with pytest.raises(ValueError, match="no polynomial"):
        pr.rate(METHOD, (1, 10), estimator_of("rational")).residual(2)
    with pytest.raises(ValueError, match="integer"):
        pr.error_polynomials(pr.GradientDescent(F(1, 9)), pr.t, estimator_of("polynomial"))
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 3, 1)
    negative = pr.Implicit(inner, 2, preconditioner=5 - pr.lam)
    with pytest.raises(ValueError, match="positive on the spectrum"):
        pr.differentiate(METHOD, problem, np.ones(3), 2, negative)
    short = pr.Implicit(inner, 2, preconditioner=lambda g: g[:1])
    with pytest.raises(ValueError, match="3 finite numbers"):
        pr.differentiate(METHOD, problem, np.ones(3), 2, short)
