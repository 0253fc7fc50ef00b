"""Hypergradients: until a bound is met, of a plan, and with a preconditioner."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr


def spread(d: int = 60) -> pr.Quadratic:
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    values = np.geomspace(1e-4, 1.0, d)
    dH = rng.standard_normal((2, d, d))
    return pr.Quadratic(
        (Q * values) @ Q.T, rng.standard_normal(d), dH + np.swapaxes(dH, 1, 2),
        rng.standard_normal((2, d)),
    )  # fmt: skip


def outer(problem: pr.Quadratic) -> tuple[object, object, np.ndarray]:
    rng = np.random.default_rng(5)
    a, C = rng.standard_normal(problem.dimension), rng.standard_normal((problem.dimension, 2))
    truth = (problem.solution - a) @ problem.solution_jacobian + C.T @ problem.solution
    return (lambda x, theta: x - a, lambda x, theta: C.T @ x), float(np.linalg.norm(C, 2)), truth


def test_until_is_met_and_all_attempts_count() -> None:
    problem = spread()
    g, K, truth = outer(problem)
    x = problem.solution + 1e-6
    first = pr.hypergradient(problem, g, x, outer_lipschitz=(1, K))
    goal = 1e-3 * float(np.linalg.norm(truth))
    assert first.bound > goal
    found = pr.hypergradient(problem, g, x, outer_lipschitz=(1, K), until=goal)
    assert np.linalg.norm(found.value - truth) <= found.bound <= goal
    assert found.products > first.products
    last = pr.hypergradient(problem, g, x, outer_lipschitz=(1, K), products=64)
    assert found.products <= 2 * last.products + first.products
    with pytest.raises(ValueError, match="until"):
        pr.hypergradient(problem, g, x, outer_lipschitz=(1, K), until=0)


def test_until_that_cannot_be_met_ends() -> None:
    """The user's J is wrong by more: products do not mend it."""
    problem = spread()
    g, K, truth = outer(problem)
    J = 1.5 * problem.solution_jacobian
    found = pr.hypergradient(problem, g, problem.solution, J=J, outer_lipschitz=(1, K), until=1e-9)
    assert found.bound >= np.linalg.norm(found.value - truth) > 1e-9


def test_of_a_plan() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 100), 12, 0)
    plan = pr.plan(problem, 60, x0=np.zeros(12))
    g = (lambda x, theta: x, lambda x, theta: 0.0)
    found = pr.hypergradient(problem, g, np.zeros(12), plan=plan, outer_lipschitz=1)
    run = plan.differentiate(problem, np.zeros(12))
    assert found.value == pytest.approx(run.iterates[-1] @ run.jacobians[-1], rel=1e-12)
    truth = problem.solution @ problem.solution_jacobian
    assert abs(found.value - truth) <= found.bound and found.status == "certified"
    with pytest.raises(ValueError, match="give one of them"):
        pr.hypergradient(problem, g, np.zeros(12), J=np.zeros(12), plan=plan)


def test_a_shared_preconditioner_tightens_rows_and_hypergradients() -> None:
    problem = spread()
    g, K, truth = outer(problem)
    x, ell = problem.solution + 1e-6, 0.99e-4
    P = pr.deflation(problem, x, 50, ell=ell)
    plain = pr.hypergradient(problem, g, x, ell=ell, outer_lipschitz=(1, K))
    found = pr.hypergradient(problem, g, x, ell=ell, outer_lipschitz=(1, K), preconditioner=P)
    assert np.linalg.norm(found.value - truth) <= found.bound < plain.bound / 100
    v = np.ones(60)
    row = v @ problem.solution_jacobian
    sure = pr.certify_vjp(problem, x, v, row * 1.01, ell=ell, preconditioner=P)
    error = 0.01 * np.linalg.norm(row)
    assert sure.lower <= error <= sure.bound
    assert sure.bound < pr.certify_vjp(problem, x, v, row * 1.01, ell=ell).bound


def test_without_the_columns_it_costs_the_same_for_any_number_of_parameters() -> None:
    rng = np.random.default_rng(2)
    spent = []
    for penalty in (0.3, np.full(12, 0.3)):
        problem = pr.Ridge(rng.standard_normal((40, 12)), rng.standard_normal(40), penalty)
        x = problem.solution + 1e-4
        J = problem.solution_jacobian.reshape(12, -1)
        truth = problem.solution @ J
        g = (lambda x, theta: x, lambda x, theta: 0.0)
        for k in (2, 4, 8):
            found = pr.hypergradient(problem, g, x, outer_lipschitz=1, columns=False, products=k)
            error = np.linalg.norm(np.atleast_1d(found.value) - truth)
            assert error <= found.bound and found.status == "certified"
        assert found.bound < 0.1 * np.linalg.norm(truth)
        spent.append(found.products)
        solved = pr.hypergradient(problem, g, x, outer_lipschitz=1)
        assert solved.bound < found.bound and solved.products > found.products
    assert spent[0] == spent[1]


@pytest.mark.parametrize("slope", [1.0, 0.0])
def test_a_linear_outer_loss_too_far_from_the_solution_is_infinite(slope: float) -> None:
    """0·∞ is no number: K = 0 beside a Jacobian without a bound."""
    rng = np.random.default_rng(0)
    labels = (rng.random(20) < 0.5).astype(float)
    problem = pr.Logistic(rng.normal(size=(20, 3)), labels, 0.01)
    g = (lambda x, theta: slope * np.ones(3), lambda x, theta: 0.0)
    for until in (None, 1e-6):
        found = pr.hypergradient(
            problem, g, problem.solution + 1.0, outer_lipschitz=0, until=until
        )  # fmt: skip
        assert found.bound == np.inf
    near = pr.hypergradient(problem, g, problem.solution, outer_lipschitz=0)
    assert abs(near.value - slope * problem.solution_jacobian.sum()) <= near.bound < 1e-6


def test_no_parameter_in_the_gradient_beside_an_l_that_rounding_hides() -> None:
    """‖s_v‖ = ∞ times ‖s_B‖ = 0."""

    class Flat:
        def gradient(self, x: np.ndarray) -> np.ndarray:
            return np.array([1.0, 1e-15]) * x

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return np.array([1.0, 1e-15]) * v

        def cross(self, x: np.ndarray) -> np.ndarray:
            return np.zeros(2)

    held = pr.Constants(1e-15, 1.0, 0.0, 0.0)
    for products in (1, 8):
        found = pr.hypergradient(
            Flat(), (lambda x, th: np.ones(2), lambda x, th: 0.0), np.zeros(2),
            constants=held, outer_lipschitz=0, products=products,
        )  # fmt: skip
        assert found.bound >= 0.0


def test_the_certificate_of_a_row_says_that_it_is_one() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 10), 4, 0)
    v = np.array([1e-3, 0.0, 0, 0])
    J = problem.solution_jacobian + 0.1
    row = pr.certify_vjp(problem, problem.solution, v, v @ J)
    whole = pr.certify(problem, problem.solution, J)
    assert row.bound < 1e-3 < whole.lower  # so its inequality is none of ‖J − ∂x*‖
    assert "vᵀ∂x*" in str(row) and "J - " not in row._repr_html_()
    assert r"v^{T} \partial x_{\star}" in row._card().formula
    assert "vᵀ" not in str(whole) and "J - " in whole._card().formula
