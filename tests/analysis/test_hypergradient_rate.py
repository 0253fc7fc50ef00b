"""The rate of a hypergradient: never exceeded, made up by its problem, of second order if so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import polyrates as pr

INTERVAL = pr.Interval(1, 50)
METHODS = (
    pr.GradientDescent.large(1, 50), pr.HeavyBall.tuned(1, 50), pr.Nesterov.tuned(1, 50),
    pr.Chebyshev(1, 50),
)  # fmt: skip
ESTIMATORS = (
    pr.Unrolled(),
    pr.Truncated(last=3),
    pr.Implicit(),
    pr.Implicit(pr.Chebyshev(1, 50), 6),
)
SIZES: dict[str, Any] = {
    "gradient": 0.7, "residual": 2.0, "drift": 1.5, "distance": 3.0, "curvature": 0.4,
    "turning": 0.3,
}  # fmt: skip


def observed(problem: Any, x0: Any, dx0: Any, outer: Any, method: Any, t: int, est: Any) -> float:
    run = pr.differentiate(method, problem, x0, t, est, dx0=dx0)
    x, J = run.iterates[-1], run.jacobians[-1]
    first, second = outer
    return float(first(x, 0.0) @ J + second(x, 0.0))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: e.name)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_it_is_made_up_by_its_problem(method: pr.Method, estimator: Any) -> None:
    for t in (1, 9):
        for sizes in (SIZES, {**SIZES, "curvature": 0, "turning": 0}, {**SIZES, "gradient": 0}):
            rate = pr.hypergradient_rate(method, INTERVAL, t, estimator, **sizes)
            made = pr.worst_hypergradient_problem(method, INTERVAL, t, estimator, **sizes)
            problem, x0, dx0, outer = made
            found = observed(problem, x0, dx0, outer, method, t, estimator)
            value = float(rate.value)
            assert found <= value * (1 + 1e-6)
            # an implicit solve is enclosed from below at one eigenvalue only; see worst_case
            assert found >= value * (1 - 1e-6)
            assert np.linalg.norm(x0) == pytest.approx(3.0, rel=1e-12)
            D = problem.dH @ x0
            assert np.linalg.norm(D) <= 1.5 * (1 + 1e-9) and np.linalg.norm(dx0) <= 2 * (1 + 1e-9)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: e.name)
def test_no_random_problem_exceeds_it(estimator: Any) -> None:
    rng = np.random.default_rng(0)
    for trial in range(16):
        d, t, method = int(rng.integers(1, 9)), int(rng.integers(0, 12)), METHODS[trial % 4]
        values = rng.uniform(1, 50, d)
        Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
        dh = rng.standard_normal(d)
        H, dH = (Q * values) @ Q.T, (Q * dh) @ Q.T
        problem = pr.Quadratic(
            (H + H.T) / 2, rng.standard_normal(d), (dH + dH.T) / 2, rng.standard_normal(d)
        )
        e = rng.standard_normal(d) * 10.0 ** rng.uniform(-2, 1)
        W, v, C = rng.standard_normal((d, d)), rng.standard_normal(d), rng.standard_normal(d)
        W = W + W.T
        star, J = problem.solution, problem.solution_jacobian
        outer = (lambda x, _, W=W, v=v, s=star: v + W @ (x - s), lambda x, _, C=C: float(C @ x))
        dx0 = np.zeros(d) if isinstance(estimator, pr.Implicit) else rng.standard_normal(d)
        value = observed(problem, star + e, dx0, outer, method, t, estimator)
        truth = v @ J + C @ star
        rate = pr.hypergradient_rate(
            method, INTERVAL, t, estimator,
            gradient=float(np.linalg.norm(v)), residual=float(np.linalg.norm(dx0 - J)),
            drift=float(np.linalg.norm(dH @ e)), distance=float(np.linalg.norm(e)),
            curvature=float(np.linalg.norm(W, 2)), turning=float(np.linalg.norm(W @ J + C)),
        )  # fmt: skip
        assert abs(value - truth) <= float(rate.value) * (1 + 1e-9) + 1e-10


def test_super_efficiency_of_implicit_differentiation() -> None:
    """Outer gradient 0 along the path: the error is of second order in ‖x − x*‖, else of first."""
    problem = pr.Quadratic.random(pr.Interval(1, 20), 8, 3)
    star, J = problem.solution, problem.solution_jacobian
    rng = np.random.default_rng(1)
    W, e, v = rng.standard_normal((8, 8)), rng.standard_normal(8), rng.standard_normal(8)
    W = W + W.T
    errors: dict[float, list[float]] = {}
    for size in (0.0, 1.0):
        for eps in (1e-4, 1e-5):
            x = star + eps * e
            # v* = size·v, and ∂_θ∇g = −W∂x* keeps the outer gradient constant along the path
            implicit = -np.linalg.solve(problem.H, problem.cross(x))
            value = (size * v + W @ (x - star)) @ implicit - (W @ J) @ x
            truth = size * v @ J - (W @ J) @ star
            errors.setdefault(size, []).append(abs(value - truth))
    assert errors[0.0][0] / errors[0.0][1] == pytest.approx(100, rel=1e-3)
    assert errors[1.0][0] / errors[1.0][1] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("estimator", [pr.Unrolled(), pr.Implicit()], ids=lambda e: e.name)
def test_the_inner_objective_as_outer_loss(estimator: Any) -> None:
    """g = f: the pair (λPR, λPC + ½P²), on every eigenvalue, and −½P² where the solve is exact."""
    method = pr.HeavyBall.tuned(1, 20)
    problem = pr.Quadratic.random(pr.Interval(1, 20), 7, 5)
    x0, t = problem.solution + np.linspace(-1, 1, 7), 6
    run = pr.differentiate(method, problem, x0, t, estimator)
    x, star, J = run.iterates[-1], problem.solution, problem.solution_jacobian

    def slope(at: np.ndarray) -> float:
        return float(at @ problem.dH @ at / 2 + problem.db @ at)

    found = problem.gradient(x) @ run.jacobians[-1] + slope(x) - slope(star)
    values, Q = np.linalg.eigh(problem.H)
    P = np.array([float(pr.residual_polynomial(method, t).eval(value)) for value in values])
    polynomials = pr.error_polynomials(method, t, estimator)
    R, C = (
        np.array([complex(sympy.sympify(each.as_expr()).subs(pr.lam, v)).real for v in values])
        for each in (polynomials.residual, polynomials.drift)
    )
    begun = 1.0 if isinstance(estimator, pr.Unrolled) else 0.0
    e, E, D = (Q.T @ each for each in (x0 - star, -begun * J, problem.dH @ (x0 - star)))
    expected = e @ (values * P * R * E) + e @ ((values * P * C + P**2 / 2) * D)
    assert found == pytest.approx(expected, rel=1e-8)
    if not begun:
        assert found == pytest.approx(-(e @ (P**2 * D)) / 2, rel=1e-8)


def test_exact_in_exact_out() -> None:
    half = Fraction(1, 2)
    rate = pr.hypergradient_rate(
        pr.GradientDescent(Fraction(2, 11)), pr.Interval(1, 10), 3,
        gradient=half, residual=1, drift=1, distance=2, curvature=1, turning=half,
    )  # fmt: skip
    X, Y = 2 * sympy.Rational(9, 11) ** 3, rate.jacobian
    assert isinstance(Y, sympy.Rational) and rate.iterate == X
    assert rate.value == Y / 2 + X / 2 + X * Y
    assert "outer gradient" in str(rate)


@pytest.mark.parametrize("name", ["gradient", "curvature", "turning", "distance", "drift"])
def test_bad_sizes(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        pr.hypergradient_rate(METHODS[0], INTERVAL, 3, **{**SIZES, name: -1})
    with pytest.raises(ValueError, match=name):
        pr.worst_hypergradient_problem(METHODS[0], INTERVAL, 3, **{**SIZES, name: -1})


@pytest.mark.parametrize("gradient", [1.0, 0.0])
def test_at_distance_zero_nothing_turns(gradient: float) -> None:
    """The problem of distance 0 makes up the value and does not exceed it, curved or not."""
    method, where = pr.GradientDescent(1.0), pr.Interval(0.1, 1)
    sizes: dict[str, Any] = {
        "gradient": gradient, "residual": 0.5, "drift": 1, "distance": 0, "curvature": 1,
        "turning": 1,
    }  # fmt: skip
    value = float(pr.hypergradient_rate(method, where, 5, **sizes).value)
    problem, x0, dx0, outer = pr.worst_hypergradient_problem(method, where, 5, **sizes)
    assert np.linalg.norm(x0) <= 1e-9
    found = observed(problem, x0, dx0, outer, method, 5, None)
    assert value * (1 - 1e-6) <= found <= value * (1 + 1e-6)
