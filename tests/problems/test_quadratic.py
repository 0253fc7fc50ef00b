"""Quadratics and ridge: what they know in closed form, against numpy and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.problems.quadratic import commutator

RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((12, 4)), RNG.standard_normal(12)


def ridge(theta: np.ndarray | float) -> pr.Ridge:
    return pr.Ridge(X, y, np.exp(theta))


@pytest.mark.parametrize("theta", [np.log(0.3), np.log([0.1, 0.5, 1.0, 2.0])])
def test_ridge_is_its_formula(theta: np.ndarray | float) -> None:
    problem = ridge(theta)
    penalty = np.exp(theta) * np.ones(4)
    w, v = RNG.standard_normal((2, 4))
    np.testing.assert_allclose(problem.gradient(w), X.T @ (X @ w - y) / 12 + penalty * w)
    np.testing.assert_allclose(problem.hvp(w, v), X.T @ (X @ v) / 12 + penalty * v)
    by_lstsq = np.linalg.lstsq(
        np.vstack([X / np.sqrt(12), np.diag(np.sqrt(penalty))]),
        np.concatenate([y / np.sqrt(12), np.zeros(4)]),
        rcond=None,
    )[0]
    np.testing.assert_allclose(problem.solution, by_lstsq, rtol=1e-10)


@pytest.mark.parametrize("theta", [np.log(0.3), np.log([0.1, 0.5, 1.0, 2.0])])
def test_the_derivatives_along_theta_are_differences(theta: np.ndarray | float) -> None:
    problem, w, h = ridge(theta), RNG.standard_normal(4), 1e-6
    single = np.ndim(theta) == 0
    directions = [1.0] if single else list(np.eye(4))
    for i, e in enumerate(directions):
        up, down = ridge(theta + h * e), ridge(theta - h * e)
        column = (lambda a: a) if single else (lambda a, i=i: a[:, i])
        for found, ends in (
            (column(problem.cross(w)), (up.gradient(w), down.gradient(w))),
            (column(problem.solution_jacobian), (up.solution, down.solution)),
        ):
            np.testing.assert_allclose(found, (ends[0] - ends[1]) / (2 * h), atol=1e-8)
        dH = problem.hessian_derivative() if single else problem.hessian_derivative()[i]
        np.testing.assert_allclose(dH, (up.hessian - down.hessian) / (2 * h), atol=1e-8)
    assert problem.commutes is single and (commutator(problem) < 1e-12) is single


def test_random_problems_have_the_spectrum_asked_for() -> None:
    for commuting in (True, False):
        problem = pr.Quadratic.random(pr.Union([(1, 2), (5, 9)]), 30, 4, commuting)
        values = np.linalg.eigvalsh(problem.H)
        assert values[0] == pytest.approx(1) and values[-1] == pytest.approx(9)
        inside = ((values > 1 - 1e-9) & (values < 2 + 1e-9)) | (values > 5 - 1e-9)
        assert inside.all() and problem.commutes is commuting
        assert np.linalg.norm(problem.dH) == pytest.approx(np.linalg.norm(problem.H))


def test_a_singular_hessian_has_no_solution() -> None:
    problem = pr.Quadratic(np.diag([0.0, 1.0]), [1.0, 1.0], np.eye(2), [0.0, 0.0])
    with pytest.raises(ValueError, match="singular"):
        _ = problem.solution
