"""Differentiating a run: against differences of the run itself, for what it says it costs."""

from __future__ import annotations

import numpy as np
import pytest
from support import estimators

import polyrates as pr
from polyrates.execution.trajectory import Tangents, damped, final_estimate, solve_at

ESTIMATORS = estimators()
METHODS = {
    "gradient descent": pr.GradientDescent(0.4),
    "heavy ball": pr.HeavyBall(0.4, 0.3),
    "Nesterov": pr.Nesterov(0.4, 0.2),
    "Chebyshev": pr.Chebyshev(0.5, 2.0),
}
T = 5


class Counted:
    """A problem that counts: gradients, columns of Hessian-vector products, ∂_θ∇f."""

    def __init__(self, inner: pr.Quadratic) -> None:
        self.inner, self.gradients, self.hvps = inner, 0, 0

    def gradient(self, x: np.ndarray) -> np.ndarray:
        self.gradients += 1
        return self.inner.gradient(x)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        self.hvps += bool(np.any(v))
        return self.inner.hvp(x, v)

    def cross(self, x: np.ndarray) -> np.ndarray:
        return self.inner.cross(x)


def problem(theta: float = 0.0) -> pr.Quadratic:
    made = pr.Quadratic.random(pr.Interval(0.5, 2.0), 4, 7, commuting=False)
    dH = made.hessian_derivative()
    H = made.hessian + theta * dH
    return pr.Quadratic(
        H, made.linear + theta * made.cross(np.zeros(4)), dH, made.cross(np.zeros(4))
    )


@pytest.mark.parametrize("name", METHODS)
def test_unrolled_is_the_derivative_of_the_run(name: str) -> None:
    x0, h = np.arange(1.0, 5.0), 1e-6
    found = pr.differentiate(METHODS[name], problem(), x0, T)
    ends = [pr.differentiate(METHODS[name], problem(theta), x0, T).iterates for theta in (h, -h)]
    np.testing.assert_allclose(found.jacobians, (ends[0] - ends[1]) / (2 * h), atol=1e-8)
    assert found.iterates.shape == found.jacobians.shape == (T + 1, 4)
    assert found.memory == (T + 1) * 4 * 2 and "steps=5" in repr(found)


@pytest.mark.parametrize("key", ESTIMATORS)
@pytest.mark.parametrize("name", METHODS)
def test_the_last_estimate_alone_is_the_last_of_all(name: str, key: str) -> None:
    x0, dx0 = np.arange(1.0, 5.0), np.ones(4)
    every = pr.differentiate(METHODS[name], problem(), x0, T, ESTIMATORS[key], dx0)
    last = final_estimate(METHODS[name], problem(), x0, T, ESTIMATORS[key], dx0)
    np.testing.assert_allclose(last.value, every.iterates[-1], rtol=1e-13)
    np.testing.assert_allclose(last.tangent, every.jacobians[-1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("key", ["unrolled", "truncated, start 2", "truncated, last 3", "one step"])
def test_the_last_estimate_costs_what_its_products_say(key: str) -> None:
    """Beyond what checks of the problem cost, which is the same for every number of steps."""
    chosen, spent = ESTIMATORS[key], []
    for steps in (T, T + 4):
        counted = Counted(problem())
        final_estimate(METHODS["Nesterov"], counted, np.ones(4), steps, chosen, np.ones(4))
        said = chosen.products(steps)
        spent.append((counted.gradients - said[0], counted.hvps - said[1]))
    assert spent[0] == spent[1] and max(spent[0]) <= 1


def test_implicit_solves_are_those_of_linear_algebra() -> None:
    made, x = problem(), np.arange(4.0)
    exact = solve_at(made, x, np.zeros(4), pr.Implicit())
    np.testing.assert_allclose(exact, -np.linalg.solve(made.hessian, made.cross(x)), rtol=1e-12)
    H = made.hessian + 0.5 * np.eye(4)
    start = np.ones(4)  # of (H + δ)V = −(cross − δ·start): proximal, V = start is kept as δ grows
    found = solve_at(made, x, start, pr.Implicit(damping=0.5))
    np.testing.assert_allclose(found, -np.linalg.solve(H, made.cross(x) - 0.5 * start), rtol=1e-12)
    steps = solve_at(made, x, start, pr.Implicit(pr.GradientDescent(0.5), 3))
    V = start
    for _ in range(3):
        V = V - 0.5 * (made.hessian @ V + made.cross(x))
    np.testing.assert_allclose(steps, V, rtol=1e-12)
    product = damped(lambda v: 2 * v, 0.25)
    assert product(np.ones(2)).tolist() == [2.25, 2.25]


def test_a_tangent_is_the_derivative_of_the_gradient() -> None:
    made, x, X = problem(), np.ones(4), np.arange(4.0)
    carrier = Tangents(made, x, X)
    slope = carrier.gradient(carrier.start)
    np.testing.assert_array_equal(slope.value, made.gradient(x))
    np.testing.assert_allclose(slope.tangent, made.hessian @ X + made.cross(x), rtol=1e-14)


def test_what_overflows_is_reported_by_its_step() -> None:
    # |1 − hλ| ≥ 1e100·λ: squared it is held, after some steps it is not
    with pytest.raises(pr.PolyratesError, match=r"infinity at step [34]"):
        pr.differentiate(pr.GradientDescent(1e100), problem(), np.ones(4), 9)
    with pytest.raises(pr.PolyratesError, match="step 9"):
        final_estimate(pr.GradientDescent(1e100), problem(), np.ones(4), 9, pr.Unrolled())


@pytest.mark.parametrize("key", ["unrolled", "implicit, exact"])
def test_a_run_stops_once_its_error_is_certified(key: str) -> None:
    made, eps = problem(), 1e-3
    method = METHODS["Chebyshev"]
    found = pr.differentiate(method, made, np.ones(4), 200, ESTIMATORS[key], until=eps)
    error = np.linalg.norm(found.jacobians[-1] - made.solution_jacobian)
    assert found.bound is not None and error <= found.bound <= eps
    assert len(found.iterates) < 201
    few = pr.differentiate(method, made, np.ones(4), 2, ESTIMATORS[key], until=1e-12)
    assert len(few.iterates) == 3 and few.bound > 1e-12  # type: ignore[operator]
