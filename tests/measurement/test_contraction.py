"""Gradient descent's contraction bound: the formulas, as one row of the majorant."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polyrates as pr
from polyrates.measurement.contraction import contraction_bound
from polyrates.problems.losses import Constants


@pytest.mark.parametrize(
    ("h", "ell", "L"),
    [
        (1.0, 0.5, 0.5),
        (2 / 1.01, 0.01, 1.0),
        (1.5, 0.01, 1.0),  # beyond 2/(L + ell): the other end contracts least
        (1.99, 0.1, 1.0),
        (0.3, 0.0, 1.0),
        (2.0, 0.1, 1.0),
        (1e-9, 1e-3, 1e8),
    ],
)
def test_the_formulas(h, ell, L):
    M, N, e, E, J = 0.3, 0.2, 2.0, 3.0, 1.5
    q, c, t = max(abs(1 - h * ell), abs(1 - h * L)), M * J + N, np.arange(41)
    method, constants = pr.GradientDescent(h), Constants(ell, L, M, N)
    at = (method, constants, 40, e, E, J)
    truncated = pr.Truncated(10)
    s = np.array([truncated.reset_at(k) for k in range(41)])
    for estimator, formula in (
        (None, q**t * E + h * c * t * q ** np.maximum(t - 1.0, 0) * e),
        (truncated, q ** (t - s) * E + h * c * (t - s) * q ** np.maximum(t - 1.0, 0) * e),
        (pr.Implicit(), c / ell * q**t * e if ell else np.full(41, math.inf)),
    ):
        found = contraction_bound(*at, estimator)
        assert np.all(found >= formula * (1 - 1e-15))  # rounded upward
        np.testing.assert_allclose(found, formula, rtol=1e-12)


def test_the_best_constant_step_for_a_horizon_is_the_large_one_or_none():
    """L = a = d = 1, κ = .01: the bound peaks at t = 50 and is below the start from 325 on."""
    large = pr.GradientDescent.large(0.01, 1.0)
    constants = Constants(0.01, 1.0, 0.0, 1.0)
    bound = contraction_bound(large, constants, 400, 1.0, 1.0, 0.0)
    assert np.argmax(bound) == 50 and bound[50] == pytest.approx(37.5261679853, rel=1e-11)
    assert bound[324] >= 1 > bound[325]
    for t in (10, 100, 324, 325, 400):
        steps = np.concatenate([[1e-12], np.linspace(0.01, 2.0, 200)])
        best = min(
            contraction_bound(pr.GradientDescent(h), constants, t, 1.0, 1.0, 0.0)[t] for h in steps
        )
        assert min(1.0, bound[t]) <= best * (1 + 1e-9)


def test_where_nothing_is_proved():
    good = (10, 1.0, 1.0, 1.0)
    for h, constants in (
        (2.1, Constants(0.1, 1.0, 1.0, 1.0)),
        (0.1, Constants(-0.1, 1.0, 1.0, 1.0)),
        (0.1, Constants(0.1, math.inf, 1.0, 1.0)),
        (0.1, Constants(0.1, 1.0, math.inf, 1.0)),
    ):
        assert np.all(np.isinf(contraction_bound(pr.GradientDescent(h), constants, *good)))
    constants = Constants(0.1, 1.0, 1.0, 1.0)
    inner = pr.Implicit(pr.Chebyshev(0.1, 1.0), 3)
    assert np.all(np.isinf(contraction_bound(pr.GradientDescent(1.0), constants, *good, inner)))
    with pytest.raises(pr.InvalidValue):
        contraction_bound(pr.GradientDescent(1.0), constants, 3, -1.0, 1.0, 1.0)
    with pytest.raises(pr.InvalidType):
        contraction_bound(pr.Chebyshev(0.1, 1), constants, 3, 1.0, 1.0, 1.0)  # type: ignore[arg-type]
