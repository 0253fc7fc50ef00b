"""A run that stops when its Jacobian is certified: the bound holds, and is not far away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.problems.losses import Constants


@settings(max_examples=20)
@given(st.integers(0, 10**4), st.floats(-6, 0), st.sampled_from(["unrolled", "implicit", "last"]))
def test_what_stopped_is_near_enough(seed: int, log_eps: float, kind: str) -> None:
    problem = pr.Quadratic.random(pr.Interval(0.1, 1.0), 8, seed, commuting=False)
    estimator = {
        "unrolled": pr.Unrolled(), "implicit": pr.Implicit(pr.Chebyshev(0.1, 1.0), 40),
        "last": pr.Truncated(last=60),
    }[kind]  # fmt: skip
    eps = 10.0**log_eps
    method = pr.Chebyshev(0.1, 1.0)
    run = pr.differentiate(method, problem, np.ones(8), 400, estimator, until=eps)
    error = float(np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian))
    assert run.bound is not None and error <= run.bound
    assert run.bound <= eps or len(run.jacobians) == 401
    if kind == "unrolled" and len(run.jacobians) > 30:
        plain = pr.differentiate(method, problem, np.ones(8), len(run.jacobians) - 1)
        # a run that may stop goes step by step, a plain one in blocks: other roundings
        unit = np.finfo(float).eps * np.max(np.abs(plain.jacobians))
        close = 8 * len(run.jacobians) * unit
        np.testing.assert_allclose(plain.jacobians, run.jacobians, rtol=0, atol=close)
        half = plain.jacobians[len(run.jacobians) // 4] - problem.solution_jacobian
        assert np.linalg.norm(half) > eps / 10  # it did not run on for long


def test_checks_cost_at_most_a_third() -> None:
    class Counted:
        def __init__(self, base: Any) -> None:
            self.base, self.calls = base, 0

        constants = property(lambda self: None)

        def gradient(self, x: Any) -> Any:
            self.calls += 1
            return self.base.gradient(x)

        def hvp(self, x: Any, v: Any) -> Any:
            self.calls += 1
            return self.base.hvp(x, v)

        def cross(self, x: Any) -> Any:
            return self.base.cross(x)

    base = pr.Quadratic.random(pr.Interval(0.01, 1.0), 30, 0)
    constants = Constants(0.01, 1.0, 0.0, float(np.linalg.norm(base.dH, 2)))
    counted = Counted(base)
    run = pr.differentiate(
        pr.Chebyshev(0.01, 1.0), counted, np.zeros(30), 500, until=1e-5, constants=constants
    )
    own = 2 * (len(run.jacobians) - 1)
    assert len(run.jacobians) < 501 and counted.calls <= 1.5 * own + 30


def test_what_cannot_be_certified_is_refused() -> None:
    base = pr.Quadratic.random(pr.Interval(0.1, 1.0), 4, 0)

    class Bare:
        gradient, hvp, cross = base.gradient, base.hvp, base.cross

    with pytest.raises(ValueError, match="until"):
        pr.differentiate(pr.Chebyshev(0.1, 1.0), Bare(), np.ones(4), 50, until=1e-3)
    with pytest.raises(ValueError, match="until"):
        pr.differentiate(pr.Chebyshev(0.1, 1.0), base, np.ones(4), 50, until=0)
