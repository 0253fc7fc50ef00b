"""What is found from gradient, products and ∂_θ∇f alone: x*, H, ∂x*, and how the Hessian moves."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.ground.errors import NegativeCurvature
from polyrates.problems.solved import (
    as_problem,
    hessian_at,
    hessian_matrix,
    is_quadratic,
    local_quadratic,
    newton,
    path_derivative,
)

RNG = np.random.default_rng(1)
A, Y = RNG.standard_normal((15, 4)), (RNG.random(15) < 0.5).astype(float)


class Cosh:
    """Σ a_i cosh(x_i − θc_i) + ½xᵀQx: x*, H and every derivative by hand; ``p`` parameters."""

    def __init__(self, p: int = 0) -> None:
        self.a, self.c = np.array([1.0, 2.0, 0.5]), np.array([1.0, -1.0, 2.0])
        self.Q, self.p = np.array([[1.0, 0.3, 0], [0.3, 1.0, 0.1], [0, 0.1, 1.0]]), p
        self.theta = 0.4

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.a * np.sinh(x - self.theta * self.c) + self.Q @ x

    def hessian(self, x: np.ndarray, theta: float | None = None) -> np.ndarray:
        theta = self.theta if theta is None else theta
        return np.diag(self.a * np.cosh(x - theta * self.c)) + self.Q

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.hessian(x) @ v

    def cross(self, x: np.ndarray) -> np.ndarray:
        column = -self.c * self.a * np.cosh(x - self.theta * self.c)
        return np.stack([column, 2 * column], axis=1) if self.p else column


def solution(theta: float) -> np.ndarray:
    """x*(θ) by a fixed number of dense Newton steps."""
    problem = Cosh()
    problem.theta = theta
    x = np.zeros(3)
    for _ in range(30):
        x = x - np.linalg.solve(problem.hessian(x), problem.gradient(x))
    return x


def test_newton_reaches_the_minimum_from_far() -> None:
    for start in (np.zeros(3), np.full(3, 8.0), np.array([-9.0, 5.0, 7.0])):
        x = newton(Cosh(), start, 1e-13, least=1e-8)
        np.testing.assert_allclose(x, solution(0.4), atol=1e-9)


def test_newton_refuses_what_has_no_minimum() -> None:
    class Saddle(Cosh):
        def gradient(self, x: np.ndarray) -> np.ndarray:
            return np.array([1.0, -1.0, 1.0]) * x

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return np.array([1.0, -1.0, 1.0]) * v

    with pytest.raises(NegativeCurvature):
        newton(Saddle(), np.ones(3), 1e-12)
    with pytest.raises(pr.InvalidValue, match="not reached"):
        newton(Cosh(), np.full(3, 8.0), 1e-13, limit=1)


@pytest.mark.parametrize("p", [0, 2])
def test_the_hessian_is_made_of_its_products(p: int) -> None:
    problem, x = Cosh(p), np.array([0.3, -0.2, 1.0])
    np.testing.assert_allclose(hessian_matrix(problem, x), problem.hessian(x), rtol=1e-15)
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hessian_at(problem, x)(v), problem.hessian(x) @ v, rtol=1e-15)


@pytest.mark.parametrize("p", [0, 2])
def test_the_derivative_along_the_path_is_that_of_the_solutions(p: int) -> None:
    """d/dθ H(x*(θ), θ) by central differences in θ of dense solutions."""
    problem, x, h = Cosh(p), solution(0.4), 1e-5
    J = np.linalg.solve(problem.hessian(x), -problem.cross(x))
    found = path_derivative(problem, x, J, 1e-5)
    ahead, behind = (problem.hessian(solution(0.4 + e), 0.4 + e) for e in (h, -h))
    wanted = (ahead - behind) / (2 * h)
    if p:
        np.testing.assert_allclose(found[1], 2 * wanted, atol=1e-6)
        found = found[0]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_the_local_quadratic_has_the_solution_and_its_derivative() -> None:
    made = local_quadratic(Cosh(), np.zeros(3))
    assert not made.exact
    np.testing.assert_allclose(made.model.solution, solution(0.4), atol=1e-9)
    h = 1e-5
    wanted = (solution(0.4 + h) - solution(0.4 - h)) / (2 * h)
    np.testing.assert_allclose(made.model.solution_jacobian, wanted, atol=1e-7)
    np.testing.assert_allclose(made.model.hessian, Cosh().hessian(solution(0.4)), atol=1e-8)


class Products:
    """A quadratic that does not say that it is one."""

    def __init__(self, inner: pr.Quadratic) -> None:
        self.gradient, self.hvp, self.cross = inner.gradient, inner.hvp, inner.cross


def test_a_quadratic_in_disguise_is_found_out() -> None:
    inner = pr.Quadratic.random(pr.Interval(0.5, 2.0), 4, 3)
    made = local_quadratic(Products(inner), np.ones(4))
    assert made.exact
    np.testing.assert_allclose(made.model.solution, inner.solution, atol=1e-9)
    np.testing.assert_allclose(made.model.solution_jacobian, inner.solution_jacobian, atol=1e-8)
    dH = inner.hessian_derivative()
    np.testing.assert_allclose(made.model.hessian_derivative(), dH, atol=1e-6)
    itself = local_quadratic(inner)
    assert itself.exact and np.array_equal(itself.model.hessian, inner.hessian)
    x = solution(0.4)
    assert is_quadratic(Products(inner), np.ones(4), inner.hessian, 2.0, 0)
    assert not is_quadratic(Cosh(), x, Cosh().hessian(x), 2.0, 0)


def test_what_cannot_be_solved_is_refused() -> None:
    with pytest.raises(pr.InvalidType, match="lacks hvp, cross"):
        as_problem(type("Half", (), {"gradient": None})())
    with pytest.raises(pr.InvalidType, match="where to look"):
        local_quadratic(Cosh())
    flat = pr.Quadratic(np.diag([1.0, 2.0]), np.ones(2), np.eye(2), np.zeros(2))
    singular = Products(flat)
    singular.hvp = lambda x, v: (np.array([1.0, 0.0]) * v.T).T
    singular.gradient = lambda x: np.array([1.0, 0.0]) * x
    with pytest.raises((NegativeCurvature, pr.InvalidValue)):
        local_quadratic(singular, np.ones(2))
