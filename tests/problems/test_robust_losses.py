"""log-cosh and pseudo-Huber: their derivatives, and constants that hold and are nearly attained."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr

RHO = {
    pr.LogCosh: lambda r: mpmath.log(mpmath.cosh(r)),
    pr.PseudoHuber: lambda r: mpmath.sqrt(1 + r * r) - 1,
}


@pytest.mark.parametrize("kind", RHO)
@pytest.mark.parametrize("r", [-700.0, -3.0, -1e-9, 0.0, 1e-5, 0.4, 2.0, 40.0, 1e5])
def test_slopes_are_those_of_the_formula(kind: type, r: float) -> None:
    """Value and three derivatives at residual r, by mpmath at 60 digits."""
    problem = kind(np.ones((1, 1)), np.zeros(1), 0.5)
    mpmath.mp.dps = 60
    found = (
        problem.value(np.array([r])) - 0.25 * r * r,
        problem.gradient(np.array([r]))[0] - 0.5 * r,
        problem.hessian(np.array([r]))[0, 0] - 0.5,
    )
    for order, mine in enumerate(found):
        theirs = float(mpmath.diff(RHO[kind], mpmath.mpf(r), order))
        scale = max(abs(theirs), 1e-15 * max(1.0, 0.25 * r * r))
        assert abs(mine - theirs) <= 1e-12 * scale + 4e-16 * max(1.0, r * r)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(-2, 3), st.booleans())
def test_constants_hold_between_any_two_points(
    seed: int, d: int, power: float, several: bool
) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((6, d)), rng.standard_normal(6)
    penalty = np.exp(rng.uniform(-3, 1, d)) if several else 0.3
    for problem in (
        pr.LogCosh(X, y, penalty),
        pr.PseudoHuber(X, y, penalty),
        pr.Logistic(X, (y > 0).astype(float), penalty),
    ):
        ell, L, M, N = problem.constants
        w, u = 10.0**power * rng.standard_normal((2, d))
        values = np.linalg.eigvalsh(problem.hessian(w))
        assert ell * (1 - 1e-12) <= values[0] and values[-1] <= L * (1 + 1e-12)
        step = np.linalg.norm(w - u)
        turn = np.linalg.norm(problem.hessian(w) - problem.hessian(u), 2)
        assert turn <= M * step * (1 + 1e-9) + 1e-12
        move = np.linalg.norm(problem.cross(w) - problem.cross(u))
        assert move <= N * step * (1 + 1e-9)


@pytest.mark.parametrize(
    "kind, at", [(pr.LogCosh, np.arctanh(1 / np.sqrt(3))), (pr.PseudoHuber, 0.5)]
)
def test_the_lipschitz_constant_is_attained_in_one_dimension(kind: type, at: float) -> None:
    problem = kind(np.ones((1, 1)), np.zeros(1), 0.1)
    near = 1e-4
    turn = problem.hessian(np.array([at + near])) - problem.hessian(np.array([at - near]))
    assert abs(turn[0, 0]) / (2 * near) == pytest.approx(
        problem.constants.hessian_lipschitz, rel=1e-6
    )
    assert problem.constants.mixed_lipschitz == 0.1


def test_the_constant_of_logistic_regression_is_sharper_than_the_product_of_norms() -> None:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((40, 5)) * np.geomspace(0.1, 10, 40)[:, None]
    M = pr.Logistic(X, np.ones(40), 1.0).constants.hessian_lipschitz
    coarse = np.linalg.norm(X, axis=1).max() * np.linalg.norm(X, 2) ** 2 / (6 * np.sqrt(3) * 40)
    assert 0.95 * coarse > M


@pytest.mark.parametrize("kind", RHO)
def test_every_verb_takes_them(kind: type) -> None:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    problem = kind(X, y, 0.2)
    assert np.linalg.norm(problem.gradient(problem.solution)) < 1e-12
    method = pr.Chebyshev(*problem.constants[:2])
    start = problem.solution + 1e-4 * rng.standard_normal(5)
    errors = pr.local_errors(method, problem, start, 12)
    assert errors.gap < 1e-2
    assert pr.verify(method, problem, 12).ok
    plan = pr.plan(problem, budget=16, x0=np.zeros(5))
    assert plan.status == "predicted"
    run = plan.differentiate()
    error = np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian)
    assert error < np.linalg.norm(problem.solution_jacobian)
