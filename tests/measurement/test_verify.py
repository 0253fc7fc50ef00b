"""The start of a verification, and what a verification says of growth and tolerance."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polyrates as pr
from polyrates.measurement.verify import TOLERANCE, far_start

PROBLEMS = {
    "commuting": pr.Quadratic.random(pr.Interval(1, 10), 6, 0),
    "not commuting": pr.Quadratic.random(pr.Interval(0.01, 1), 9, 1, commuting=False),
    "one dimension": pr.Quadratic([[2.0]], [3.0], [[1.0]], [0.0]),
    "x* = 0": pr.Quadratic(np.diag([1.0, 4.0]), [0.0, 0.0], np.eye(2), [1.0, 0.0]),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("seed", [0, 5])
def test_far_is_ten_times_the_solution(name: str, seed: int) -> None:
    """‖x_0 − x*‖ = 10‖x*‖, and 1 where x* = 0, with x* from numpy's own solver."""
    problem = PROBLEMS[name]
    star = np.linalg.solve(problem.H, -problem.b)
    size = math.hypot(*star)
    for distance in (10.0, 0.5):
        start = far_start(problem, seed, distance)
        wanted = distance * size if size > 0 else distance / 10
        assert math.hypot(*(start - star)) == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_array_equal(far_start(problem, seed), far_start(problem, seed))


def test_the_direction_depends_on_the_seed_alone() -> None:
    problem = PROBLEMS["commuting"]
    one, two = (far_start(problem, seed) - problem.solution for seed in (0, 1))
    assert abs(one @ two) < 0.999 * np.linalg.norm(one) * np.linalg.norm(two)
    again = far_start(problem, 0, 3.0) - problem.solution
    np.testing.assert_allclose(again / np.linalg.norm(again), one / np.linalg.norm(one), rtol=1e-12)


def test_the_start_of_verify_is_far() -> None:
    """The first drift that verify sees is ∂H(x_0 − x*), of the size the start has."""
    problem = PROBLEMS["commuting"]
    found = pr.verify(pr.GradientDescent(0.1), problem, 1)
    E = -problem.solution_jacobian
    D = problem.dH @ (far_start(problem) - problem.solution)
    np.testing.assert_allclose(found.predicted[1], E - 0.1 * (problem.H @ E + D), rtol=1e-9)


def test_growth_tolerance_and_divergence() -> None:
    problem = PROBLEMS["one dimension"]
    stays = pr.verify(pr.GradientDescent(0.25), problem, 40)
    assert stays.ok and not stays.growing and stays.tolerance >= TOLERANCE
    grows = pr.verify(pr.GradientDescent(1.1), problem, 40)  # 1 − hλ = −1.2
    sizes = np.abs(grows.predicted[:, 0])
    assert grows.growing and grows.growth == pytest.approx(sizes.max() / grows.size, rel=1e-12)
    assert grows.tolerance == pytest.approx(TOLERANCE * grows.growth, rel=1e-12)
