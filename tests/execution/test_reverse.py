"""Reverse mode equals forward mode, and costs what is counted."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import float_methods

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.execution.reverse import forward_memory, jvp, reverse_memory, vjp

METHODS = {
    **float_methods(0.05, 1.0, 24),
    "Sobolev": Sobolev(pr.GegenbauerDensity(0.05, 1.0, 0), 0.3),
    "tabulated": pr.Tabulated([0.9] * 24, [0.2] * 24, [0.1] * 24),
}
ESTIMATORS = {
    "unrolled": pr.Unrolled(),
    "start": pr.Truncated(7),
    "start beyond": pr.Truncated(50),
    "last": pr.Truncated(last=5),
    "one step": pr.OneStep(),
    "implicit": pr.Implicit(),
    "implicit, inner": pr.Implicit(pr.Chebyshev(0.05, 1.0), 9),
}


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", METHODS)
def test_reverse_equals_forward(name: str, estimator: str) -> None:
    chosen = ESTIMATORS[estimator]
    rng = np.random.default_rng(0)
    problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), 8, 1, commuting=False)
    x0, dx0, v = rng.standard_normal((3, 8))
    for steps in (0, 1, 20):
        forward = pr.differentiate(METHODS[name], problem, x0, steps, chosen, dx0)
        size = np.max(np.abs(forward.jacobians)) + 1
        reverse = vjp(METHODS[name], problem, x0, steps, v, chosen, dx0)
        # the product form goes through partial products of size 1e3
        tolerance = (1e-9 if name == "Richardson, Leja" else 1e-12) * size
        assert reverse.value == pytest.approx(v @ forward.jacobians[-1], abs=tolerance)
        last = jvp(METHODS[name], problem, x0, steps, chosen, dx0)
        np.testing.assert_allclose(last.value, forward.jacobians[-1], atol=1e-15 * size)
        assert reverse.products == last.products == forward.products


def test_many_parameters_and_a_problem_that_is_not_quadratic() -> None:
    rng = np.random.default_rng(2)
    ridge = pr.Ridge(rng.standard_normal((20, 6)), rng.standard_normal(20), np.linspace(0.1, 1, 6))

    class Softplus:
        def gradient(self, x):  # type: ignore[no-untyped-def]
            return np.tanh(x) + 0.3 * x - 0.2

        def hvp(self, x, v):  # type: ignore[no-untyped-def]
            return (v.T / np.cosh(x) ** 2 + 0.3 * v.T).T

        def cross(self, x):  # type: ignore[no-untyped-def]
            return np.stack([0.3 * x, np.ones_like(x)], axis=1)

    for problem, d in ((ridge, 6), (Softplus(), 4)):
        x0, v = rng.standard_normal(d), rng.standard_normal(d)
        for chosen in (pr.Unrolled(), pr.Truncated(4), pr.Implicit(pr.GradientDescent(0.2), 6)):
            forward = pr.differentiate(pr.Nesterov(0.2, 0.4), problem, x0, 12, chosen)
            reverse = vjp(pr.Nesterov(0.2, 0.4), problem, x0, 12, v, chosen)
            np.testing.assert_allclose(reverse.value, v @ forward.jacobians[-1], atol=1e-13)
            assert reverse.value.shape == forward.jacobians.shape[2:]


def test_a_problem_may_pull_its_cross_back_itself() -> None:
    problem = pr.Ridge(np.eye(4) * 2, np.ones(4), np.linspace(0.1, 0.4, 4))

    class Pulling:
        gradient, hvp, cross = problem.gradient, problem.hvp, problem.cross

        def cross_transpose(self, x, w):  # type: ignore[no-untyped-def]
            return problem.penalty * x * w

    x0, v = np.ones(4), np.arange(4.0)
    expected = vjp(pr.GradientDescent(0.4), problem, x0, 9, v).value
    np.testing.assert_allclose(vjp(pr.GradientDescent(0.4), Pulling(), x0, 9, v).value, expected)


class Diagonal:
    """A large problem whose products allocate one array each."""

    def __init__(self, d: int) -> None:
        self.values = np.linspace(0.05, 1.0, d)

    def gradient(self, x):  # type: ignore[no-untyped-def]
        return self.values * x - 1.0

    def hvp(self, x, v):  # type: ignore[no-untyped-def]
        return (v.T * self.values).T

    def cross(self, x):  # type: ignore[no-untyped-def]
        return x.copy()


def peak(run) -> int:  # type: ignore[no-untyped-def]
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["gradient descent, large", "heavy ball", "Chebyshev", "Sobolev"])
def test_counted_memory_grows_as_measured(name: str) -> None:
    """Reverse mode: one array of length d a differentiated step, within 2 %; forward mode: none."""
    method, d = METHODS[name], 8_000
    problem, x0, v = Diagonal(d), np.ones(d), np.ones(d)
    for chosen in (pr.Unrolled(), pr.Truncated(20), pr.Truncated(last=10)):
        counted, measured, forward = [], [], []
        for steps in (24, 48):
            counted.append(8 * vjp(method, problem, x0, steps, v, chosen).memory)
            measured.append(peak(lambda: vjp(method, problem, x0, steps, v, chosen)))  # noqa: B023
            forward.append(peak(lambda: jvp(method, problem, x0, steps, chosen)))  # noqa: B023
        assert abs((measured[1] - measured[0]) - (counted[1] - counted[0])) <= 0.02 * 8 * d * 24
        assert abs(forward[1] - forward[0]) <= 0.1 * 8 * d
        # what is counted, and a few temporaries
        assert counted[1] - 3 * 8 * d <= measured[1] <= counted[1] + 6 * 8 * d
        held = 8 * d * forward_memory(method, chosen)
        assert held / 2 <= forward[1] <= held + 8 * 8 * d


def test_memory_of_a_trajectory_with_history() -> None:
    """``differentiate`` keeps every iterate and Jacobian: twice while they are stacked."""
    d = 20_000
    problem, x0 = Diagonal(d), np.ones(d)
    method = pr.Chebyshev(0.05, 1.0)
    held = pr.differentiate(method, problem, x0, 20)
    assert held.memory == 21 * 2 * d
    sizes = [peak(lambda n=n: pr.differentiate(method, problem, x0, n)) for n in (20, 40)]
    assert sizes[1] - sizes[0] == pytest.approx(4 * 20 * 8 * d, rel=0.15)


def test_counts() -> None:
    chebyshev = pr.Chebyshev(1, 10)
    assert reverse_memory(chebyshev, pr.Unrolled(), 50) == 55
    assert reverse_memory(chebyshev, pr.Truncated(40), 50) == 15
    assert reverse_memory(chebyshev, pr.Implicit(chebyshev, 9), 50) < 10
    assert forward_memory(chebyshev, pr.Unrolled()) == 10
    assert forward_memory(chebyshev, pr.Unrolled(), 3) == 20


@pytest.mark.parametrize("parameters", [1, 2, 3, 7])
def test_forward_memory_of_implicit_differentiation(parameters: int) -> None:
    """Held at once, array by array: while x_t is found, and while ∂x* is solved for."""
    p = parameters
    for outer, n in ((pr.GradientDescent(0.5), 1), (pr.HeavyBall(0.5, 0.25), 2)):
        finding = ["point"] * n + ["next point"] * n + ["gradient"]
        exactly = ["x_t"] + ["right side", "solution"] * p
        assert forward_memory(outer, pr.Implicit(), p) == max(len(finding), len(exactly))
        for inner, m in ((pr.GradientDescent(0.5), 1), (pr.HeavyBall(0.5, 0.25), 2)):
            solving = ["x_t"] + ["right side"] * p
            solving += (["point"] * m + ["next point"] * m + ["gradient"]) * p
            found = forward_memory(outer, pr.Implicit(inner, 5), p)
            assert found == max(len(finding), len(solving))


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6), steps=st.integers(0, 24), start=st.integers(0, 30), data=st.data()
)
def test_the_adjoint_law(seed: int, steps: int, start: int, data: st.DataObject) -> None:
    """⟨v, ∂x⟩ is linear in v and equal in both modes for random problems and methods."""
    name = data.draw(st.sampled_from(sorted(set(METHODS) - {"Richardson, Leja"})))
    problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), 5, seed, commuting=False)
    x0, v, w = np.random.default_rng(seed).standard_normal((3, 5))
    chosen = pr.Truncated(start)

    def pull(vector):  # type: ignore[no-untyped-def]
        return vjp(METHODS[name], problem, x0, steps, vector, chosen).value

    size = 1 + np.max(np.abs(pr.differentiate(METHODS[name], problem, x0, steps, chosen).jacobians))
    assert pull(2 * v - w) == pytest.approx(2 * pull(v) - pull(w), abs=1e-12 * size)
    assert pull(v) == pytest.approx(
        v @ jvp(METHODS[name], problem, x0, steps, chosen).value, abs=1e-12 * size
    )


def test_bad_input() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 10), 4, 0)
    method, x0 = pr.Chebyshev(1, 10), np.ones(4)
    for bad in (None, [1, 2, 3, 4], "v", np.ones(3), np.ones((4, 1)), np.array([1, np.nan, 0, 0])):
        with pytest.raises(pr.PolyratesError, match="cotangent"):
            vjp(method, problem, x0, 3, bad)
    with pytest.raises(pr.InvalidValue, match="steps"):
        vjp(method, problem, x0, -1, x0)
    with pytest.raises(pr.InvalidType, match="estimator"):
        vjp(method, problem, x0, 1, x0, 3)  # type: ignore[arg-type]
    with pytest.raises(pr.NonFiniteError):
        vjp(pr.GradientDescent(1e300), problem, x0, 9, x0)
