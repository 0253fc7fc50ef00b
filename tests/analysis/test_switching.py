"""The rate under changing Hessians: closed forms, circle, Lyapunov certificate, thresholds."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from tests.support import require

KAPPAS = (F(1, 10_000), F(1, 100), F(1, 10), F(3, 10), F(9, 10))


def circle(method, ell, L, points=4001):
    """The largest spectral radius of M − λgq on the circle, by numpy on a grid: a lower bound."""
    step = method.transition(float)
    M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
    angles = np.linspace(0, np.pi, points)
    lams = (L + ell) / 2 + (L - ell) / 2 * np.exp(1j * angles)
    return max(np.max(np.abs(np.linalg.eigvals(M - lam * np.outer(g, q)))) for lam in lams)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_closed_forms_exactly(kappa):
    root = sp.sqrt(sp.Rational(kappa))
    xi = (1 - root) / (1 + root)
    q = sp.Rational((1 - kappa) / (1 + kappa))
    for d in (1, 2, 7):
        large = pr.switching_rate(pr.GradientDescent.large(kappa, 1), (kappa, 1), d)
        ball = pr.switching_rate(pr.HeavyBall.tuned(kappa, 1), (kappa, 1), d)
        momentum = pr.switching_rate(pr.Nesterov.tuned(kappa, 1), (kappa, 1), d)
        power = sp.Rational(2, 5) if d == 1 else sp.Rational(1, 2)
        assert large.rate == q
        assert abs((ball.rate - (1 + sp.sqrt(2)) * xi).evalf(60)) < 1e-55
        assert abs((momentum.rate - 2**power * (1 - root)).evalf(60)) < 1e-55
        for found in (large, ball, momentum):
            assert found.enclosure[0] <= float(found.rate) * (1 + 1e-15)
            assert float(found.rate) <= found.enclosure[1] * (1 + 1e-15)
            assert found.enclosure[1] - found.enclosure[0] <= 1e-15 * found.enclosure[1] * 4


@pytest.mark.parametrize("seed", range(12))
def test_enclosures_of_random_methods_hold_the_circle(seed):
    rng = np.random.default_rng(seed)
    ell = float(rng.choice([1e-3, 0.1, 0.6]))
    method = (pr.HeavyBall, pr.Nesterov)[seed % 2](rng.uniform(0.1, 2.5), rng.uniform(-0.3, 0.95))
    found = pr.switching_rate(method, (ell, 1.0))
    fine = circle(method, ell, 1.0)
    assert found.status == "certified"
    assert fine <= found.rate * (1 + 1e-13)
    assert found.enclosure[0] <= fine * (1 + 1e-5)


class Triple(pr.Stationary):
    """A three-point method of a user: x⁺ = x + m(x − x₋) + n(x₋ − x₌) − h∇f(x)."""

    name, parameters = "three points", ()

    def transition(self, number):
        """Rows that sum to one."""
        a, b, c = (number(sp.Rational(v)) for v in (F(5, 4), F(-3, 8), F(1, 8)))
        zero, one = number(sp.Integer(0)), number(sp.Integer(1))
        return pr.Transition(
            (one, zero, zero),
            ((a, b, c), (one, zero, zero), (zero, one, zero)),
            (number(sp.Rational(9, 10)), zero, zero),
            (one, zero, zero),
        )


def test_a_method_with_three_points():
    found = pr.switching_rate(Triple(), (0.05, 1.0))
    assert circle(Triple(), 0.05, 1.0) == pytest.approx(found.rate, rel=1e-6)
    assert found.certificate.check()


def test_thresholds():
    two = 3 - 2 * sp.sqrt(2)
    heavy = pr.switching_rate(pr.HeavyBall.tuned(1, 10), (1, 10))
    plane = pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10))
    line = pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10), 1)
    assert sp.simplify(heavy.threshold - two) == 0
    assert sp.simplify(plane.threshold - two / 2) == 0
    assert float(line.threshold) == pytest.approx(0.0586326110, abs=1e-10)
    for make, threshold in ((pr.HeavyBall.tuned, float(two)), (pr.Nesterov.tuned, float(two) / 2)):
        for factor, diverges in ((1 - 1e-9, True), (1 + 1e-9, False)):
            kappa = threshold * factor
            assert pr.switching_rate(make(kappa, 1.0), (kappa, 1.0)).diverges is diverges
    assert pr.switching_rate(pr.GradientDescent.large(1, 10), (1, 10)).threshold == 0
    assert pr.switching_rate(pr.GradientDescent(F(5, 2)), (F(1, 10), 1)).threshold == 1


@pytest.mark.parametrize("kappa", [0.01, 0.2])
@pytest.mark.parametrize("make", [pr.GradientDescent.large, pr.HeavyBall.tuned, pr.Nesterov.tuned])
def test_against_a_solver_of_matrix_inequalities(make, kappa):
    """The smallest ρ with ρ²P ≥ A(λ)ᵀPA(λ) at both ends for some P, by Clarabel."""
    try:
        import cvxpy as cp
    except ImportError:
        require("cvxpy", False)
    method = make(kappa, 1.0)
    step = method.transition(float)
    M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
    rate = float(pr.switching_rate(method, (kappa, 1.0)).rate)
    n = len(g)

    def slack(rho):
        """The least s with ρ²P − A(λ)ᵀPA(λ) + sI ≥ 0 at both ends for some P ≥ 0 of trace 1."""
        P, s = cp.Variable((n, n), symmetric=True), cp.Variable()
        rules = [P >> 0, cp.trace(P) == 1]
        for end in (kappa, 1.0):
            A = M - end * np.outer(g, q)
            rules.append(rho**2 * P - A.T @ P @ A + s * np.eye(n) >> 0)
        cp.Problem(cp.Minimize(s), rules).solve(solver=cp.CLARABEL)
        return float(s.value)

    # s is smooth in ρ and vanishes at the smallest feasible one: a parabola through three values
    places = np.array([-1.0, 0.0, 1.0]) * 1e-3
    values = [slack(rate * (1 + place)) for place in places]
    roots = np.roots(np.polyfit(places, values, 2))
    assert min(abs(roots)) < 1e-7


def test_refusals():
    with pytest.raises(pr.InvalidType):
        pr.switching_rate(pr.Chebyshev(1, 10), (1, 10))
    with pytest.raises(pr.InvalidValue):
        h, m = sp.symbols("h m", positive=True)
        pr.switching_rate(pr.Nesterov(h, m), (1, 10))
    with pytest.raises(pr.InvalidValue):
        pr.switching_rate(pr.HeavyBall.tuned(1, 10), (1, 10)).certificate  # noqa: B018
    with pytest.raises(pr.InvalidValue):
        pr.switching_rate(pr.Nesterov.tuned(1, 10), (1, 10), 0)


def test_symbols_and_what_is_shown():
    ell, L = sp.symbols("ell L", positive=True)
    found = pr.switching_rate(pr.Nesterov.tuned(ell, L), (ell, L))
    value = found.rate.subs({ell: 1, L: 4})
    assert sp.simplify(value - sp.sqrt(2) / 2) == 0
    assert found._repr_latex_().startswith("$$\\rho =")
