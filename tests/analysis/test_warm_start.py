"""The stationary errors of a warm-started loop are those of the loop, run on quadratics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import polyrates as pr

ENDS = (1, 40)
METHODS = (
    pr.GradientDescent.large(*ENDS), pr.HeavyBall.tuned(*ENDS), pr.Nesterov.tuned(*ENDS),
    pr.Chebyshev(*ENDS),
)  # fmt: skip
ESTIMATORS = (
    pr.Unrolled(), pr.Truncated(last=8), pr.Implicit(), pr.Implicit(pr.Chebyshev(*ENDS), 5),
)  # fmt: skip


def looped(
    method: pr.Method, estimator: Any, K: int, carry: bool, values: np.ndarray, outer: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The loop itself, b moving at every outer step: (E at its end, σ, ∂H, ∂x* there), diagonal."""
    rng = np.random.default_rng(0)
    d = len(values)
    H, dh = np.diag(values), rng.standard_normal(d)
    b, move, db = rng.standard_normal(d), 1e-2 * rng.standard_normal(d), rng.standard_normal(d)
    x, J = np.zeros(d), np.zeros(d)
    for n in range(outer):
        problem = pr.Quadratic(H, b + n * move, np.diag(dh), db)
        run = pr.differentiate(method, problem, x, K, estimator, dx0=J if carry else np.zeros(d))
        x, J = run.iterates[-1], run.jacobians[-1]
    return J - problem.solution_jacobian, -move / values, dh, problem.solution_jacobian


@pytest.mark.parametrize("carry", [True, False], ids=["carried", "reset"])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: e.name)
@pytest.mark.parametrize("method", METHODS[::3], ids=lambda m: m.name)
def test_stationary_errors_are_those_of_the_loop(
    method: pr.Method, estimator: Any, carry: bool
) -> None:
    values = np.array([1.0, 2.5, 17.0, 40.0])
    K = 10  # the loop forgets its start: 60 outer steps of it are stationary to 1e-10
    loop = pr.warm_start(method, pr.Empirical(values), K, estimator)
    assert np.array_equal(loop.points, values)
    error, sigma, dh, J = looped(method, estimator, K, carry, values, 60)
    tau = -dh * sigma / values  # ∂x* = −(∂Hx* + ∂b)/λ moves with x*
    pair = loop.carried if carry else loop.reset
    if not np.all(np.isfinite(pair.residual)):  # Chebyshev's last steps alone do not contract
        assert isinstance(estimator, pr.Truncated) and np.max(np.abs(error)) > 1e6
        return
    expected = -pair.residual * (tau if carry else J) - pair.drift * dh * sigma
    assert error == pytest.approx(expected, rel=1e-8, abs=1e-10)
    sizes = {"shift": np.linalg.norm(dh * sigma), "turn": np.linalg.norm(tau)}
    bound = loop.error(carry, size=float(np.linalg.norm(J)), **sizes)
    assert np.linalg.norm(error) <= bound * (1 + 1e-9)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_the_carried_drift_is_the_derivative_of_the_carried_residual(method: pr.Method) -> None:
    loop = pr.warm_start(method, pr.Interval(*ENDS), 6)
    assert loop.carried.residual == pytest.approx(loop.iterate)
    P = pr.residual_polynomial(method, 6)
    for i in range(0, len(loop.points), 97):
        at, h = loop.points[i], 1e-5
        near = [float(P.eval(at + s * h)) for s in (-1, 1)]
        slope = (near[1] / (1 - near[1]) - near[0] / (1 - near[0])) / (2 * h)
        assert loop.carried.drift[i] == pytest.approx(slope, rel=1e-3, abs=1e-5)


def test_the_joint_error_is_the_best_of_two_eigenvalues() -> None:
    """By brute force: E = Σ over the eigenvalues of unit vectors u, v, on random directions."""
    loop = pr.warm_start(METHODS[1], pr.Empirical([1.0, 3.0, 40.0]), 3)
    rng = np.random.default_rng(0)
    best = 0.0
    for _ in range(20000):
        u, v = rng.standard_normal((2, 3))
        u, v = 0.3 * u / np.linalg.norm(u), 2.0 * v / np.linalg.norm(v)
        best = max(best, float(np.linalg.norm(loop.carried.residual * u + loop.carried.drift * v)))
    worst = loop.error(True, shift=2.0, turn=0.3)
    assert 0.98 * worst < best <= worst * (1 + 1e-9)


def test_a_loop_that_does_not_settle_is_infinite() -> None:
    loop = pr.warm_start(pr.GradientDescent(0.1), pr.Interval(1, 30), 4)
    assert loop.error(True, shift=1, turn=1) == np.inf == loop.error(False, shift=1, size=1)
    with pytest.raises(ValueError, match="eigenvalues > 0"):
        pr.warm_start(METHODS[0], pr.Interval(0, 1), 3)
    with pytest.raises(ValueError, match="steps"):
        pr.warm_start(METHODS[0], pr.Interval(1, 2), 0)
    with pytest.raises(ValueError, match="shift"):
        pr.warm_start(METHODS[0], pr.Interval(1, 2), 2).error(True, shift=-1)
