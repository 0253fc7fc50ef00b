"""The gradients of an outer loss: a pair, JAX and torch agree, and wrong shapes are refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from polyrates.ground.errors import InvalidArgument
from polyrates.measurement.outer import outer_gradients

AT, THETA = np.array([1.0, -2.0, 0.5]), np.array([0.3, -0.7])
PAIR = (lambda x, theta: 2 * x * theta[0], lambda x, theta: np.array([x @ x, 3.0]))


def test_a_pair_and_two_libraries_agree() -> None:
    """g = θ_0 ‖x‖² + 3θ_1."""
    jnp = pytest.importorskip("jax").numpy
    torch = pytest.importorskip("torch")
    known = 2 * AT * THETA[0], np.array([AT @ AT, 3.0])

    def g(x: object, theta: object) -> object:
        return theta[0] * (x * x).sum() + 3 * theta[1]  # type: ignore[index, operator]

    for outer, theta in ((PAIR, THETA), (g, jnp.asarray(THETA)), (g, torch.tensor(THETA))):
        problem = SimpleNamespace(theta=theta)
        found = outer_gradients(outer, problem, AT, 2)(AT)  # type: ignore[arg-type]
        for mine, truth in zip(found, known, strict=True):
            np.testing.assert_allclose(mine, truth, rtol=1e-6)


def test_refusals() -> None:
    problem = SimpleNamespace(theta=None)
    wrong = (lambda x, theta: x[:2], lambda x, theta: 0.0)
    for outer in (3, "g", lambda x, theta: 0.0):
        with pytest.raises(InvalidArgument, match="outer"):
            outer_gradients(outer, problem, AT, 2)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="must have 3 in x and 2"):
        outer_gradients(wrong, problem, AT, 2)(AT)  # type: ignore[arg-type]
