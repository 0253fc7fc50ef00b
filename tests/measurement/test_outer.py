"""The gradients of an outer loss: a pair, JAX and torch agree, and wrong shapes are refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import polyrates as pr
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


def quadratic_of(framework: str, bits: int) -> tuple[pr.LossProblem, np.ndarray, np.ndarray]:
    """½xᵀHx + bᵀx + ½θ‖x‖² at θ = 0.1, x* and ∂x*."""
    H, b = np.array([[2.0, 0.25], [0.25, 1.0]]), np.array([0.75, -1.125])
    if framework == "torch":
        torch = pytest.importorskip("torch")
        dtype = torch.float64 if bits == 64 else torch.float32
        A, c, theta, x0 = (torch.tensor(v, dtype=dtype) for v in (H, b, 0.125, [0.0, 0.0]))
    else:
        jnp = pytest.importorskip("jax").numpy
        A, c, theta, x0 = (jnp.asarray(v, dtype=jnp.float32) for v in (H, b, 0.125, [0.0, 0.0]))
    problem = pr.from_loss(
        lambda x, th: x @ A @ x / 2 + c @ x + th / 2 * (x @ x), theta, x0,
        constants=pr.Constants(0.9, 3.0, 0.0, 1.0),
    )  # fmt: skip
    full = H + np.eye(2) / 8
    x = -np.linalg.solve(full, b)
    return problem, x, -np.linalg.solve(full, x)


@pytest.mark.parametrize(("framework", "bits"), [("torch", 64), ("torch", 32), ("jax", 32)])
def test_an_outer_loss_is_differentiated_in_64_bits(framework: str, bits: int) -> None:
    """In the problem's own framework, whatever the precision of the inner loss."""
    problem, x, J = quadratic_of(framework, bits)
    c = np.array([1 / 3, 0.1])
    found = outer_gradients(
        lambda y, th: sum((y[i] - c[i]) ** 2 for i in (0, 1)) / 2, problem, x, 1
    )
    np.testing.assert_allclose(found(x)[0], x - c, rtol=1e-15)
    assert not found.single
    if bits == 64:
        held = pr.hypergradient(
            problem, lambda y, th: sum((y[i] - c[i]) ** 2 for i in (0, 1)) / 2, x, outer_lipschitz=1
        )
        assert held.status == "certified"
        assert abs(held.value - (x - c) @ J) <= held.bound < 1e-11


def test_outer_gradients_below_64_bits_are_no_certificate() -> None:
    """Numbers of 32 bits, or 32 bits on the way to numbers of 64: a sum's length is not known."""
    torch = pytest.importorskip("torch")
    jnp = pytest.importorskip("jax").numpy
    problem, x, J = quadratic_of("torch", 64)
    rows = np.random.default_rng(0).normal(3, 1, (500, 2)).astype(np.float32)
    X = rows.astype(float)
    truth = (X.T @ (X @ x) / 500) @ J
    narrow = torch.tensor(rows)

    def pair(x: np.ndarray, theta: object) -> np.ndarray:
        return np.asarray(rows.T @ (rows @ x.astype(np.float32)) / np.float32(500))

    losses = {
        "pair": (pair, lambda x, th: 0.0),
        "refuses 64 bits": lambda x, th: ((narrow @ x) ** 2).mean() / 2,
        "narrows": lambda x, th: ((narrow @ x.float()) ** 2).mean() / 2,
    }
    for name, outer in losses.items():
        K = float(np.linalg.norm(X.T @ X / 500, 2))
        found = pr.hypergradient(problem, outer, x, outer_lipschitz=K)
        assert found.status == "predicted" and "64 bits" in str(found), name
        assert abs(found.value - truth) <= 100 * found.bound
    theirs, x, _ = quadratic_of("jax", 32)
    narrows = outer_gradients(lambda y, th: (y.astype(jnp.float32) ** 2).sum(), theirs, x, 1)
    narrows(x)
    assert narrows.single


def test_what_an_outer_loss_raises_is_heard() -> None:
    problem, x, _ = quadratic_of("torch", 64)

    def broken(y: object, theta: object) -> object:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        outer_gradients(broken, problem, x, 1)(x)
