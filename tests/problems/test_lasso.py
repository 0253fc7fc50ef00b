"""Lasso and elastic net against scikit-learn, finite differences, and runs of ISTA."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr


def problem(seed: int, penalty: float, ratio: float = 1.0) -> pr.ElasticNet:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((40, 12))
    y = X[:, :4] @ np.array([2.0, -1.0, 0.5, 1.5]) + 0.1 * rng.standard_normal(40)
    return pr.Lasso(X, y, penalty) if ratio == 1 else pr.ElasticNet(X, y, penalty, ratio)


@pytest.mark.parametrize("ratio", [1.0, 0.6])
@pytest.mark.parametrize("penalty", [1e-3, 0.05, 0.4])
def test_the_solution_is_scikit_learn_s(penalty: float, ratio: float) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    ours = problem(0, penalty, ratio)
    theirs = linear.ElasticNet(
        alpha=penalty, l1_ratio=ratio, fit_intercept=False, tol=1e-14, max_iter=10**6
    ).fit(ours.X, ours.y)
    np.testing.assert_allclose(ours.solution, theirs.coef_, atol=1e-9)


@pytest.mark.parametrize("ratio", [1.0, 0.6])
@pytest.mark.parametrize("penalty", [1e-3, 0.05, 0.4])
def test_the_derivative_is_that_of_the_solution(penalty: float, ratio: float) -> None:
    h = 1e-5
    here = problem(1, penalty, ratio)
    ahead, behind = (problem(1, penalty * np.exp(s * h), ratio) for s in (1, -1))
    assert np.array_equal(ahead.support, behind.support)
    slope = (ahead.solution - behind.solution) / (2 * h)
    np.testing.assert_allclose(here.solution_jacobian, slope, atol=1e-8)
    inner = here.on_support()
    np.testing.assert_allclose(inner.solution, here.solution[here.support], rtol=1e-10)
    np.testing.assert_allclose(
        inner.solution_jacobian, here.solution_jacobian[here.support], rtol=1e-9
    )


@pytest.mark.parametrize("seed", range(6))
def test_identification_is_certified_and_then_kept(seed: int) -> None:
    """From the certified step on the support stands, and tangents contract by P_t on it."""
    ours = problem(seed, 0.1)
    h = 1 / ours.smoothness
    method = pr.GradientDescent(h)
    start = np.random.default_rng(seed).standard_normal(12) * 3
    certified = ours.identified(method, start)
    w, E, kept = start, -ours.solution_jacobian, []
    errors = []
    for _ in range(certified + 60):
        inner = w - h * ours.smooth_gradient(w)
        alive = np.abs(inner) > h * ours.penalty
        J = E + ours.solution_jacobian
        H = ours.X.T @ ours.X / len(ours.y)
        J = alive * (J - h * (H @ J) - h * ours.penalty * np.sign(inner))
        w, E = ours.step(w, h), J - ours.solution_jacobian
        kept.append(np.array_equal(np.sign(w), np.sign(ours.solution)))
        errors.append(E)
    assert all(kept[certified - 1 :])
    S = ours.support
    H = ours.X[:, S].T @ ours.X[:, S] / len(ours.y)
    power = np.linalg.matrix_power(np.eye(len(S)) - h * H, 50)
    np.testing.assert_allclose(errors[certified + 50][S], power @ errors[certified][S], atol=1e-12)


def test_the_zero_solution_and_bad_input() -> None:
    ours = problem(0, 0.1)
    flat = pr.Lasso(ours.X, ours.y, ours.largest_penalty * 1.01)
    assert not flat.solution.any() and not flat.solution_jacobian.any() and len(flat.support) == 0
    with pytest.raises(ValueError, match="α_max"):
        flat.on_support()
    twice = np.column_stack([ours.X[:, 0], ours.X[:, 0]])
    with pytest.raises(ValueError, match="columns"):
        _ = pr.Lasso(twice, ours.y, 0.01)._hessian(np.array([0, 1]))
    with pytest.raises(ValueError, match="l1_ratio"):
        pr.ElasticNet(ours.X, ours.y, 0.1, 0.0)
    with pytest.raises(ValueError, match="penalty"):
        pr.Lasso(ours.X, ours.y, -1.0)
    with pytest.raises(TypeError, match="ISTA"):
        ours.identified(pr.Chebyshev(1, 2), np.zeros(12))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1/L"):
        ours.identified(pr.GradientDescent(10.0), np.zeros(12))
