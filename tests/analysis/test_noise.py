"""Floors and variances of noisy runs: exact, against sums, closed forms and simulation."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr

R = sp.Rational
h, m, lam = sp.symbols("h m lambda", positive=True)


def test_the_floor_of_gradient_descent_in_symbols() -> None:
    """Σ_n K_n² and Σ_n K′_n² of K_n = h(1 − hλ)^{n−1}, summed by hand as geometric series."""
    q = sp.Symbol("q", positive=True)
    found = pr.noise(pr.GradientDescent(h), lam)
    iterate = h**2 / (1 - (1 - h * lam) ** 2)
    jacobian = h**4 * (1 + q) / (1 - q) ** 3  # Σ j²q^{j−1}, q = (1 − hλ)²
    assert sp.simplify(found.iterate_floor - iterate) == 0
    assert sp.simplify(found.jacobian_floor - jacobian.subs(q, (1 - h * lam) ** 2)) == 0
    assert sp.limit(found.ratio, h, 0) == 1 / (2 * lam**2)
    assert found.status == "proved" and "operatorname" in pr.latex(found)


def test_the_floor_of_heavy_ball_in_symbols() -> None:
    a = 1 + m - h * lam
    closed = (
        h
        * (1 + m)
        * ((1 + m**2) * (1 + m) ** 2 + a**2 * (m**2 - 4 * m + 1))
        / ((1 - m) ** 3 * lam**3 * (2 * (1 + m) - h * lam) ** 3)
    )
    found = pr.noise(pr.HeavyBall(h, m), lam)
    assert sp.simplify(found.jacobian_floor - closed) == 0
    small = sp.limit(found.jacobian_floor / h, h, 0)
    assert sp.simplify(small - 1 / (4 * (1 - m) * lam**3)) == 0


METHODS = {
    "gradient descent": pr.GradientDescent(F(1, 2)),
    "heavy ball": pr.HeavyBall(F(1, 2), F(1, 4)),
    "Nesterov": pr.Nesterov(F(1, 3), F(1, 4)),
    "Chebyshev": pr.Chebyshev(F(1, 4), 3),
    "tabulated": pr.Tabulated([F(1, 3), F(1, 2), F(1, 5), F(1, 4), F(1, 3)]),
    "harmonic": pr.HarmonicSobolev(F(1, 4), 4, 1),
}


def kernel(method: pr.Method, eigenvalue: F, t: int, s: int) -> sp.Poly:
    """K_{t,s} as a polynomial: the output at t after a gradient of +1 at step s, by the loop."""
    steps = list(zip(range(t), method.transitions(sp.sympify), strict=False))
    x = sp.Symbol("x")
    state = [-each for each in steps[s][1].gain]
    for _, step in steps[s + 1 :]:
        slope = x * sum(c * each for c, each in zip(step.query, state, strict=True))
        state = [
            sum(a * each for a, each in zip(row, state, strict=True)) - g * slope
            for row, g in zip(step.mixing, step.gain, strict=True)
        ]
    return sp.Poly(sum(o * each for o, each in zip(steps[-1][1].output, state, strict=True)), x)


@pytest.mark.parametrize("name", METHODS)
def test_variances_are_sums_of_squared_responses(name: str) -> None:
    method, at = METHODS[name], F(1, 2)
    found = pr.noise(method, at, 5)
    for t in (1, 2, 5):
        parts = [kernel(method, at, t, s) for s in range(t)]
        first = sum(part.eval(R(1, 2)) ** 2 for part in parts)
        second = sum(part.diff().eval(R(1, 2)) ** 2 for part in parts)
        assert sp.simplify(found.iterates[t] - first) == 0
        assert sp.simplify(found.jacobians[t] - second) == 0
    assert found.iterates[0] == found.jacobians[0] == 0


@settings(max_examples=15, deadline=None)
@given(
    st.fractions(F(1, 10), F(3, 2), max_denominator=20),
    st.fractions(F(-1, 2), F(4, 5), max_denominator=10),
    st.booleans(),
)
def test_the_floor_is_where_the_variances_go(step: F, momentum: F, nesterov: bool) -> None:
    method = pr.Nesterov(step, momentum) if nesterov else pr.HeavyBall(step, momentum, step)
    exact = pr.noise(method, 1)
    h_, m_ = float(step), float(momentum)
    floats = pr.Nesterov(h_, m_) if nesterov else pr.HeavyBall(h_, m_, h_)
    limit = pr.noise(floats, 1.0, 600)
    if exact.jacobian_floor == sp.oo:
        assert limit.jacobians[-1] > 1e3 or limit.jacobians[-1] > 2 * limit.jacobians[300]
        return
    assert exact.jacobian_floor > 0 and exact.iterate_floor > 0
    assert np.all(np.diff(limit.iterates) >= -1e-12 * limit.iterates[-1])
    assert float(exact.jacobian_floor) >= limit.jacobians[-1] * (1 - 1e-9)
    if limit.jacobians[-1] - limit.jacobians[-100] < 1e-9 * limit.jacobians[-1]:
        assert limit.jacobians[-1] == pytest.approx(float(exact.jacobian_floor), rel=1e-6)
    assert pr.noise(floats, 1.0).jacobian_floor == pytest.approx(
        float(exact.jacobian_floor), rel=1e-6
    )


def test_a_simulation_agrees_within_three_standard_errors() -> None:
    """20,000 noisy runs of the iterate and its tangent on one eigenvalue."""
    method, value, steps, runs = pr.HeavyBall(0.5, 0.25), 0.5, 40, 20_000
    rng = np.random.default_rng(0)
    step_one, step_more = method.first_step, method.step
    x = before = np.zeros(runs)
    X = Before = np.zeros(runs)
    for t in range(steps):
        hh = step_one if t == 0 else step_more
        g, G = value * x + rng.standard_normal(runs), value * X + x
        x, before = x + 0.25 * (x - before) - hh * g, x
        X, Before = X + 0.25 * (X - Before) - hh * G, X
    found = pr.noise(method, value, steps)
    for seen, told in ((x, found.iterates[-1]), (X, found.jacobians[-1])):
        error = np.std(seen**2) / np.sqrt(runs)
        assert abs(np.mean(seen**2) - told) < 3 * error


def test_the_matrix_without_commutation() -> None:
    """Its diagonal is the commuting variance; off it, simulated noise of a 2 × 2 problem."""
    method, values, steps = pr.Nesterov(0.4, 0.3), [0.5, 2.0], 25
    weights = pr.noise_matrix(method, values, steps)
    for i, value in enumerate(values):
        assert weights[i, i] == pytest.approx(pr.noise(method, value, steps).jacobians[-1])
    rng, runs = np.random.default_rng(1), 40_000
    dH, lam2 = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array(values)
    x = before = X = Before = np.zeros((runs, 2))
    for _ in range(steps):
        y, Y = x + 0.3 * (x - before), X + 0.3 * (X - Before)
        x, before = y - 0.4 * (y * lam2 + rng.standard_normal((runs, 2))), x
        X, Before = Y - 0.4 * (Y * lam2 + y @ dH), X
    told = (weights * dH**2).sum(axis=1)
    seen = np.mean(X**2, axis=0)
    assert np.all(np.abs(seen - told) < 4 * np.std(X**2, axis=0) / np.sqrt(runs))


def test_over_a_spectrum_the_worst_eigenvalue() -> None:
    where = pr.Interval(F(1, 10), 1)
    found = pr.noise(pr.GradientDescent(F(19, 10)), where)
    grid = [pr.noise(pr.GradientDescent(1.9), v).jacobian_floor for v in np.linspace(0.1, 1, 91)]
    assert float(found.jacobian_floor) >= max(grid) * (1 - 1e-9)
    assert found.eigenvalue == 1 and found.jacobian_floor == 3439  # 1.9 (1 + .9²)/(2 − 1.9)³
    points = pr.noise(pr.GradientDescent(F(1, 2)), pr.Empirical([1, 3]))
    assert points.eigenvalue in (1, 3)


def test_bad_input_is_answered() -> None:
    with pytest.raises(ValueError, match="eigenvalue"):
        pr.noise(pr.GradientDescent(F(1, 2)), 0)
    with pytest.raises(ValueError, match="eigenvalue"):
        pr.noise(pr.GradientDescent(F(1, 2)), -1)
    with pytest.raises(ValueError, match="steps change"):
        pr.noise(pr.Chebyshev(1, 10), pr.Interval(1, 10))
    assert pr.noise(pr.GradientDescent(3), 1).jacobian_floor == sp.oo
    assert pr.noise(pr.Chebyshev(1, 10), 2, 3).jacobian_floor is None
