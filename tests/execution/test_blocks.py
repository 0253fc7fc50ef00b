"""Runs on rows of one array against the loop on points: every state, problem and reset."""

from __future__ import annotations

import re

import numpy as np
import pytest

import polyrates as pr
from polyrates.core.recurrence import Jet, walk
from polyrates.execution.blocks import tangent_rows
from polyrates.execution.run import Iterates
from polyrates.execution.trajectory import Tangents

RNG = np.random.default_rng(5)
X, Y = RNG.standard_normal((50, 7)), RNG.standard_normal(50)
QUADRATIC = pr.Quadratic.random(pr.Interval(0.1, 1), 9, 0, commuting=False)


class Tilted(pr.Quadratic):
    """Another gradient than a quadratic's, and its own tangents."""

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(super().gradient(x) + 0.1 * np.sin(x))

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return np.asarray(super().hvp(x, v) + 0.1 * (np.cos(x) * v.T).T)


def _many(d: int, p: int) -> pr.Quadratic:
    dH = RNG.standard_normal((p, d, d))
    H = np.diag(np.linspace(0.2, 1.0, d))
    return pr.Quadratic(H, np.ones(d), dH + dH.transpose(0, 2, 1), RNG.standard_normal((p, d)))


PROBLEMS = {
    "quadratic": QUADRATIC,
    "its subclass": Tilted(QUADRATIC.H, QUADRATIC.b, QUADRATIC.dH, QUADRATIC.db),
    "large": pr.Quadratic.random(pr.Interval(0.1, 1), 100, 1),
    "one penalty": pr.Ridge(X, Y, 0.1),
    "penalties": pr.Ridge(X, Y, np.linspace(0.1, 0.3, 7)),
    "3 parameters": _many(5, 3),
    "1 parameter of p": _many(4, 1),
    "logistic": pr.Logistic(X, (Y > 0).astype(float), 0.1),
}
DIMENSION = dict.fromkeys(PROBLEMS, 7) | {
    "quadratic": 9, "its subclass": 9, "large": 100, "3 parameters": 5, "1 parameter of p": 4
}  # fmt: skip
METHODS = [
    pr.GradientDescent(0.3),
    pr.Chebyshev(0.1, 3),
    pr.Nesterov.tuned(0.1, 3),
    pr.HeavyBall.tuned(0.1, 3),
    pr.Sobolev(pr.Uniform(0.1, 3), 0.5),
    pr.AveragedIterates(pr.GradientDescent(0.3), 2),
]


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_rows_are_the_loop(name: str, method: pr.Method) -> None:
    problem = PROBLEMS[name]
    x0 = RNG.standard_normal(DIMENSION[name])
    cross = problem.cross(x0)
    for s, steps in ((0, 1), (0, 25), (7, 20)):
        state = list(walk(method, Iterates(x0, problem.gradient), s))[-1][1]
        dx0 = RNG.standard_normal(cross.shape)
        fresh = tuple(Jet(point, dx0) for point in state)
        begun = walk(method, Tangents(problem, x0, dx0), steps, (s, fresh))
        jets = [jet for jet, _ in begun][1:]
        found = tangent_rows(method, problem, state or (x0,), dx0, s, steps)
        assert found is not None
        for mine, theirs in zip(
            found, ([j.value for j in jets], [j.tangent for j in jets]), strict=True
        ):
            size = np.max(np.abs(theirs))
            np.testing.assert_allclose(mine, np.stack(theirs), rtol=0, atol=1e-13 * (1 + size))


def test_a_problem_may_keep_the_point_it_was_given() -> None:
    seen: list[np.ndarray] = []

    class Keeping:
        def gradient(self, x: np.ndarray) -> np.ndarray:
            seen.append(x)
            return QUADRATIC.gradient(x)

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return QUADRATIC.hvp(x, v)

        def cross(self, x: np.ndarray) -> np.ndarray:
            return QUADRATIC.cross(x)

    for method in METHODS[:3] + METHODS[4:5]:
        seen.clear()
        run = pr.differentiate(method, Keeping(), np.ones(9), 12)
        plain = pr.differentiate(method, QUADRATIC, np.ones(9), 12)
        np.testing.assert_allclose(run.jacobians, plain.jacobians, atol=1e-13)
        assert len({each.tobytes() for each in seen}) == 12  # none was written over


def test_the_step_at_which_a_run_leaves_the_floats_is_told() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.1, 1), 5, 0)
    with pytest.raises(pr.NonFiniteError) as quick:
        pr.differentiate(pr.GradientDescent(1e12), problem, np.ones(5), 60)
    (step,) = re.findall(r"at step (\d+)", str(quick.value))
    finite = pr.differentiate(pr.GradientDescent(1e12), problem, np.ones(5), int(step) - 1)
    assert np.all(np.isfinite(finite.jacobians))
