"""Kernels of a method: responses to what is added at a step, against runs in fractions."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr
from polyrates.numeric.suprema.kernels import kernels

STEPS, GRID = 4, 65
METHODS = {
    "gradient descent": pr.GradientDescent(F(1, 6)),
    "heavy ball": pr.HeavyBall(F(1, 6), F(1, 3), first_step=F(1, 5)),
    "Nesterov": pr.Nesterov(F(1, 9), F(2, 5)),
    "Chebyshev": pr.Chebyshev(1, 9),
    "weighted": pr.WeightedIterates(pr.GradientDescent(F(1, 7)), [F(1, 8)] * 8),
}


def responses(
    method: pr.Method, lam: float, at: int, start: bool
) -> tuple[list[float], list[float]]:
    """(query, output) at t = 0, …, STEPS after the state (1, …, 1) at a step, or +g added in it."""
    steps = [
        tuple(np.array(part, dtype=float) for part in (s.mixing, s.gain, s.query, s.output))
        for s, _ in zip(method.transitions(float), range(STEPS), strict=False)
    ]
    n = len(steps[0][1])
    state = np.ones(n) if start and at == 0 else np.zeros(n)
    queries, outputs = [], []
    for t in range(STEPS + 1):
        if t:
            M, g, q, _ = steps[t - 1]
            state = M @ state - lam * g * (q @ state)
            if not start and t - 1 == at:
                state = state + g
        if start and t == at:
            state = np.ones(n)
        queries.append(float(steps[t][2] @ state) if t < STEPS else 0.0)
        outputs.append(float(steps[max(t - 1, 0)][3] @ state))
    return queries, outputs


@pytest.mark.parametrize("name", METHODS)
def test_kernels_are_the_largest_responses(name: str) -> None:
    """No less than on a grid with both ends, and at most a thousandth more."""
    method = METHODS[name]
    found = kernels(method, (1, 9), STEPS, starts=(0, 2))
    wanted = [np.zeros_like(part) for part in (found.query, found.output)]
    begun = [np.zeros_like(part) for part in (found.query_start, found.output_start)]
    for lam in 5 - 4 * np.cos(np.linspace(0, np.pi, GRID)):
        for s in range(STEPS):
            for row, values in zip(wanted, responses(method, lam, s, False), strict=True):
                row[s + 1 :, s] = np.maximum(row[s + 1 :, s], np.abs(values)[s + 1 :])
        for k, s in enumerate((0, 2)):
            for row, values in zip(begun, responses(method, lam, s, True), strict=True):
                row[s:, k] = np.maximum(row[s:, k], np.abs(values)[s:])
    parts = (found.query, found.output, found.query_start, found.output_start)
    for mine, truth in zip(parts, [*wanted, *begun], strict=True):
        assert np.all(mine >= truth * (1 - 1e-13))
        assert np.all(mine <= truth * (1 + 5e-3) + 1e-13)


def test_gradient_descent_in_closed_form() -> None:
    """κ_{t,s} = h(1 − hλ)^{t−s−1}, largest where |1 − hλ| is: at λ = 1, 5/6, or at λ = 9, 1/2."""
    found = kernels(pr.GradientDescent(F(1, 6)), (1, 9), 5)
    for t in range(6):
        for s in range(t):
            exact = (5 / 6) ** (t - s - 1) / 6
            assert exact * (1 - 1e-15) <= found.output[t, s] <= exact * (1 + 1e-12)
        assert found.output_start[t, 0] == pytest.approx((5 / 6) ** t, rel=1e-12)
    assert np.all(np.triu(found.output) == 0) and np.all(found.query[-1] == 0)


def test_no_steps_and_too_many() -> None:
    none = kernels(pr.Chebyshev(1, 9), (1, 9), 0)
    assert none.output.shape == (1, 0) and none.output_start.tolist() == [[1.0]]
    with pytest.raises(pr.InvalidValue, match="minutes"):
        kernels(pr.Chebyshev(1, 9), (1, 9), 2001)
