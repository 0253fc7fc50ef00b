"""The plan off quadratics: its table, its verdicts, and runs within its guarantees."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polyrates as pr

# budget, M‖e_0‖/ell, c: gradient descent, Nesterov, heavy ball, Chebyshev, implicit, restarted
TABLE = [
    (80, 0, 1, (36.76, 29.46, 3.849, 2.112, 0.01308, 0.0552), (29, 20)),
    (80, 1, 1, (58.84, 74.11, 16.57, 12.38, 0.06973, 0.1882), (20, 14)),
    (160, 0.1, 1, (34.74, 2.987, 0.01012, 0.00383, 6.771e-6, 6.248e-5), (66, 55)),
    (160, 1, 1, (68.38, 11.07, 0.05297, 0.03438, 3.233e-5, 2.345e-4), (59, 49)),
    (320, 1, 0.01, (0.4732, 2.4e-4, 5.58e-10, 3.39e-10, 4.65e-13, 6.16e-12), (149, 136)),
]


def plan(budget=None, m=1.0, c=1.0, **more):
    given = {"hessian_lipschitz": 0.01 * m, "cross_lipschitz": c, "distance": 1, "residual": 1}
    return pr.plan((0.01, 1.0), budget, **(given | more))


@pytest.mark.parametrize(("budget", "m", "c", "values", "inner"), TABLE)
def test_table(budget, m, c, values, inner):
    found = plan(budget, m, c)
    names = ("gradient descent", "Nesterov", "heavy ball", "Chebyshev")
    rows = {(row.family, row.label): row for row in found.rows}
    got = [rows["unrolled", name] for name in names]
    got += [rows["implicit", "Chebyshev"], rows["restarted", "Chebyshev"]]
    assert [row.guarantee for row in got] == pytest.approx(values, rel=2e-3)
    assert (got[4].products[1], got[5].products[1]) == inner
    assert found.best.guarantee == min(row.guarantee for row in found.rows)
    assert found.status == "certified" and "implicit" in found.verdict.lower()
    assert all(row.products.total <= budget for row in found.rows)


def test_with_the_ends_alone_momentum_is_not_trusted():
    found = plan(80, hessian_lipschitz=math.inf)
    assert {(row.family, row.label) for row in found.rows} == {
        ("unrolled", "gradient descent"),
        ("implicit", "gradient descent"),
        ("implicit", "Nesterov"),
        ("implicit", "gradient descent, conjugate gradients"),
        ("implicit", "Nesterov, conjugate gradients"),
    }
    q, h = 0.99 / 1.01, 2 / 1.01
    unrolled = found.best_of("unrolled").guarantee
    assert unrolled == pytest.approx(q**40 + h * 40 * q**39, rel=1e-9)


def test_targets_are_reached_and_not_before():
    found = plan(None, 0.5, target=3e-2)
    assert found.best.guarantee <= 3e-2 < plan(found.budget - 1, 0.5).best.guarantee


@pytest.mark.parametrize("seed", range(6))
def test_every_row_keeps_its_promise_on_logistic_regression(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((40, 3))
    problem = pr.Logistic(X, (rng.random(40) < 0.5).astype(float), 0.3)
    M = problem.constants.hessian_lipschitz
    low = float(np.linalg.eigvalsh(problem.hessian(problem.solution))[0])
    direction = rng.standard_normal(3)
    x0 = problem.solution + direction / np.linalg.norm(direction) * rng.uniform(0.1, 1.5) * low / M
    found = pr.plan(problem, 24, hessian_lipschitz=M, x0=x0)
    assert {row.family for row in found.rows} == {"unrolled", "truncated", "restarted", "implicit"}
    labels = {row.label for row in found.rows}
    assert labels >= {"best weights", "Chebyshev, conjugate gradients", "Chebyshev, exact solve"}
    for row in found.rows:
        run = row.differentiate(problem, x0)
        error = np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian)
        assert error <= row.guarantee + 1e-13, (row.family, row.label)
    assert found.differentiate().jacobians.shape[-1] == 3


def test_the_weights_never_lose_to_the_start_and_their_lower_end_holds():
    found = plan(16, 1.0, 5.0)
    (row,) = (row for row in found.rows if row.label == "best weights")
    assert row.guarantee == row.lower == 1.0
    assert "No unrolled method helps before t = 36" in found.verdict  # T_35 > 501
    later = plan(120, 0.1, 1.0)
    assert "No unrolled" not in later.verdict
    (row,) = (row for row in later.rows if row.label == "best weights")
    (anytime,) = (r for r in later.rows if r.label == "harmonic Sobolev")
    assert row.guarantee <= anytime.guarantee < 1.1 * row.guarantee
    chosen = (row, anytime)
    others = [r.guarantee for r in later.rows if r.family == "unrolled" and r not in chosen]
    assert row.lower < row.guarantee < 0.3 * min(others)


def test_an_exact_solve_is_a_row_where_its_products_are_known():
    """d products: c u_t/(ell − Mu_t) after the other N − d, attained by a cubic."""
    problem = pr.majorant_example(
        pr.Chebyshev(0.1, 1.0),
        (0.1, 1.0),
        9,
        hessian_lipschitz=0.1,
        cross_lipschitz=0.3,
        distance=0.5,
        residual=1.0,
    )
    method = pr.Chebyshev(0.1, 1.0)
    run = pr.differentiate(method, problem, problem.x0, 9, pr.Implicit())
    error = abs(float(run.jacobians[9][0] - problem.solution_jacobian[0]))
    u = abs(float(run.iterates[9][0]))
    assert error == pytest.approx(0.3 * u / (0.1 - 0.1 * u), rel=1e-6)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 3))
    loss = pr.Logistic(X, (rng.random(30) < 0.5).astype(float), 0.5)
    given = {"hessian_lipschitz": loss.constants.hessian_lipschitz, "x0": loss.solution + 0.01}
    found = pr.plan(loss, 20, **given)
    (row,) = (row for row in found.rows if row.label == "Chebyshev, exact solve")
    assert tuple(row.products)[:2] == (17, 3) and row.t == 17
    assert all("exact" not in row.label for row in pr.plan(loss, 2, **given).rows)


def test_refusals():
    for wrong in (
        {"distance": 2.0},  # outside of the basin at m = 1
        {"distance": None},
        {"residual": -1},
        {"drift": 1.0},
        {"x0": np.ones(2)},
    ):
        with pytest.raises((pr.InvalidValue, pr.InvalidType)):
            plan(20, 1.0, **wrong)
    with pytest.raises(pr.InvalidValue):
        plan(20, target=1e-3)
    with pytest.raises(pr.InvalidValue):
        pr.plan((0.0, 1.0), 20, hessian_lipschitz=0, cross_lipschitz=1, distance=1, residual=1)
