"""A plan for a loss: its word and its number against what a run shows, for every row."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.choices.plan_rows import FAMILIES


def huber(seed: int = 0, n: int = 60, d: int = 12, spread: float = 3.0) -> pr.PseudoHuber:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * np.geomspace(1, 1 / spread, d)
    return pr.PseudoHuber(X, X @ rng.standard_normal(d) + rng.standard_cauchy(n), 0.05)


def logistic(seed: int = 0, n: int = 400, d: int = 200, penalty: float = 0.05) -> pr.Logistic:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return pr.Logistic(X, (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(float), penalty)


def jacobian(problem, x) -> np.ndarray:  # type: ignore[no-untyped-def]
    """∂x* by plain Newton steps with the whole Hessian, independently of the package."""
    unit = np.eye(len(x))
    for _ in range(60):
        H = np.stack([problem.hvp(x, e) for e in unit])
        step = np.linalg.solve(H, problem.gradient(x))
        scale = 1.0
        while np.linalg.norm(problem.gradient(x - scale * step)) > np.linalg.norm(
            problem.gradient(x)
        ):
            scale /= 2
            if scale < 1e-6:
                break
        x = x - scale * step
    return np.linalg.solve(np.stack([problem.hvp(x, e) for e in unit]), -problem.cross(x))


@pytest.mark.parametrize(("make", "start"), [(huber, 0.0), (huber, 4.0), (logistic, 0.0)])
def test_every_row_says_what_a_run_shows(make, start: float) -> None:  # type: ignore[no-untyped-def]
    problem = make()
    d = problem.X.shape[1]
    x0 = start * np.random.default_rng(1).standard_normal(d)
    made = pr.plan(problem, 24, x0=x0)
    truth = jacobian(problem, x0)
    assert {row.word for row in made.rows} == {"observed"} and made.status == "predicted"
    seen = {}
    for row in made.rows:
        assert row.products.total <= 24
        run = row.differentiate(problem, x0).jacobians[-1]
        seen[id(row)] = float(np.linalg.norm(run - truth))
        assert row.observed == pytest.approx(seen[id(row)], rel=1e-6, abs=1e-12)
    # the order, the winner, and the simplest within a factor of two, by brute force
    errors = [seen[id(row)] for row in made.rows]
    assert errors == sorted(errors) and made.best.observed == min(row.error for row in made.rows)
    near = [row for row in made.rows if seen[id(row)] <= 2 * errors[0]]
    order = [(FAMILIES.index(row.family), row.memory, seen[id(row)]) for row in near]
    simple = near[order.index(min(order))]
    assert made.simplest is simple
    for row in (made.best, simple):
        assert f"{row.family} {row.label}".lower() in made.verdict.lower()
        assert f"{row.observed:.3g}" in made.verdict
    for text in (made.verdict, str(made), made._repr_html_(), made.latex()):
        assert "observed" in text.lower()
        assert "guarantee" not in text and "certified" not in text
    ran = made.differentiate()
    assert np.linalg.norm(ran.jacobians[-1] - truth) == pytest.approx(errors[0], rel=1e-6)
    x, J = made.best.estimate(problem, x0)
    np.testing.assert_allclose(J, ran.jacobians[-1], rtol=1e-12)
    np.testing.assert_allclose(x, ran.iterates[-1], rtol=1e-12)


def test_nothing_is_run_where_nothing_may_be_spent() -> None:
    problem = huber()
    made = pr.plan(problem, 16, x0=np.zeros(12), observe=0)
    assert {row.word for row in made.rows} == {"predicted"}
    assert "no row was run" in made.verdict and "the Hessian moves by" in made.verdict
    few = pr.plan(problem, 16, x0=np.zeros(12), observe=80)
    ran = [row for row in few.rows if row.observed is not None]
    assert 0 < len(ran) <= 80 // 9 and {row.family for row in ran} == {r.family for r in few.rows}
    with pytest.raises(pr.InvalidValue, match="observe"):
        pr.plan(problem, 16, x0=np.zeros(12), observe=-1)


def test_a_target_is_reached_by_a_run() -> None:
    """From far away predictions fall short: the budget grows until a run reaches the target."""
    problem = huber(spread=30.0)
    x0 = 8 * np.ones(12)
    made = pr.plan(problem, target=1e-3, x0=x0)
    error = np.linalg.norm(made.differentiate().jacobians[-1] - jacobian(problem, x0))
    assert made.best.word == "observed" and error <= 1e-3


def test_a_run_that_overflows_comes_last() -> None:
    """Beyond the spectrum at x0 and at x*, a method may diverge; the plan says so and goes on."""

    class Steep:
        """f = Σ cosh(x_i − θ): curvature 1 at the solution, 5e8 a little beyond x_0."""

        dimension = 2

        def gradient(self, x):
            return np.sinh(x - 1.0)

        def hvp(self, x, v):
            return (np.cosh(x - 1.0) * v.T).T

        def cross(self, x):
            return -np.cosh(x - 1.0)

    methods = {"wild": pr.GradientDescent(1.9), "tame": pr.GradientDescent(0.05)}
    with np.errstate(over="ignore", invalid="ignore"):
        made = pr.plan(Steep(), 12, x0=np.array([4.0, -3.0]), methods=methods)
    wild = [row for row in made.rows if row.label == "wild" and row.family == "unrolled"]
    assert all(row.observed == math.inf for row in wild)
    assert made.best.observed < math.inf and made.rows[-1].observed == math.inf
    assert "nan" not in made.verdict and made.latex() and made._repr_html_()


@settings(max_examples=12)
@given(
    kind=st.sampled_from(["logistic", "huber", "logcosh", "quadratic"]),
    seed=st.integers(0, 10**6),
    budget=st.integers(2, 20),
    log_distance=st.floats(-3, 1.5),
    log_penalty=st.floats(-2, 0),
)
def test_no_guarantee_is_below_the_observed_error(
    kind: str, seed: int, budget: int, log_distance: float, log_penalty: float
) -> None:
    """Whatever the loss and the start: what is called certified holds, and only that is so called.

    Every way to be promised something: the plan as it comes, and the majorant's where the start
    is in its basin.
    """
    rng = np.random.default_rng(seed)
    X, penalty = rng.standard_normal((15, 3)), 10.0**log_penalty
    y = rng.standard_normal(15)
    made = {
        "logistic": lambda: pr.Logistic(X, (y > 0).astype(float), penalty),
        "huber": lambda: pr.PseudoHuber(X, y, penalty),
        "logcosh": lambda: pr.LogCosh(X, y, penalty),
        "quadratic": lambda: pr.Ridge(X, y, penalty),
    }
    problem = made[kind]()
    x0 = problem.solution + 10.0**log_distance * rng.standard_normal(3)
    methods = {"Chebyshev": pr.Chebyshev(*hull(problem, x0))}
    plans = [pr.plan(problem, budget, x0=x0, methods=methods)]
    if kind != "quadratic":
        M = problem.constants.hessian_lipschitz
        try:
            plans.append(pr.plan(problem, budget, x0=x0, hessian_lipschitz=M))
        except pr.InvalidValue as error:  # outside of the basin, where nothing is promised
            assert error.argument == "distance"
    truth = problem.solution_jacobian
    size = 1 + np.linalg.norm(truth) + np.linalg.norm(x0)
    for plan in plans:
        for row in plan.rows:
            error = np.linalg.norm(row.differentiate(problem, x0).jacobians[-1] - truth)
            if row.word == "certified":
                assert error <= row.guarantee * (1 + 1e-9) + 1e-12 * size
            elif row.word == "observed":
                assert error == pytest.approx(row.error, rel=1e-5, abs=1e-11 * size)
    assert (plans[0].status == "certified") == (kind == "quadratic")


def hull(problem, x0) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    ends = [
        np.linalg.eigvalsh(np.stack([problem.hvp(x, e) for e in np.eye(3)]))[[0, -1]]
        for x in (x0, problem.solution)
    ]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return float(low), float(max(high, 1.001 * low))
