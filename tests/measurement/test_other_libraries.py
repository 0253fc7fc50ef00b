"""Jacobians of jaxopt, optimistix, torch and optax, certified without a word on how they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import polyrates as pr

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((40, 6)), rng.standard_normal(40)
PENALTY = 0.5


@pytest.fixture(autouse=True, scope="module")
def double() -> Iterator[None]:
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def jax_loss(x: Any, theta: Any) -> Any:
    import jax.numpy as jnp

    return jnp.mean((X @ x - Y) ** 2) / 2 + jnp.exp(theta) * jnp.sum(x**2) / 2


def by_jaxopt() -> tuple[Any, Any]:
    """Implicit differentiation at an inexact solution."""
    jax, jaxopt = pytest.importorskip("jax"), pytest.importorskip("jaxopt")

    def solution(theta: Any) -> Any:
        solver = jaxopt.GradientDescent(jax_loss, stepsize=0.4, maxiter=25, acceleration=False)
        return solver.run(jax.numpy.zeros(6), theta).params

    return solution(np.log(PENALTY)), jax.jacrev(solution)(np.log(PENALTY))


def by_optimistix() -> tuple[Any, Any]:
    """Its own adjoint, with a loose tolerance."""
    jax, optx = pytest.importorskip("jax"), pytest.importorskip("optimistix")

    def solution(theta: Any) -> Any:
        solver = optx.BFGS(rtol=1e-3, atol=1e-3)
        return optx.minimise(jax_loss, solver, jax.numpy.zeros(6), args=theta).value

    return solution(np.log(PENALTY)), jax.jacrev(solution)(np.log(PENALTY))


def by_optax() -> tuple[Any, Any]:
    """A loop of Adam, differentiated forward."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")

    def solution(theta: Any) -> Any:
        optimizer, x = optax.adam(0.05), jax.numpy.zeros(6)
        state = optimizer.init(x)

        def step(_: int, carry: Any) -> Any:
            x, state = carry
            updates, state = optimizer.update(jax.grad(jax_loss)(x, theta), state, x)
            return optax.apply_updates(x, updates), state

        return jax.lax.fori_loop(0, 60, step, (x, state))[0]

    return solution(np.log(PENALTY)), jax.jacfwd(solution)(np.log(PENALTY))


def by_torch() -> tuple[Any, Any]:
    """A loop of SGD with momentum under autograd, in torch's arrays."""
    torch = pytest.importorskip("torch")
    data, target = torch.tensor(X), torch.tensor(Y)

    def solution(theta: Any) -> Any:
        x, move = torch.zeros(6, dtype=torch.float64), torch.zeros(6, dtype=torch.float64)
        for _ in range(20):
            g = data.T @ (data @ x - target) / 40 + torch.exp(theta) * x
            move = 0.5 * move + g
            x = x - 0.2 * move
        return x

    theta = torch.tensor(np.log(PENALTY))
    return solution(theta), torch.autograd.functional.jacobian(solution, theta)


MAKERS: tuple[Callable[[], tuple[Any, Any]], ...] = (by_jaxopt, by_optimistix, by_optax, by_torch)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", MAKERS, ids=lambda made: made.__name__)
def test_certified_without_knowing_how_it_was_made(made: Callable[[], tuple[Any, Any]]) -> None:
    x, J = made()
    problem = pr.Ridge(X, Y, PENALTY)
    own = pr.from_loss(
        jax_loss, np.log(PENALTY), np.zeros(6), constants=pr.Constants(PENALTY, 50.0, 0.0, PENALTY)
    )
    error = float(np.linalg.norm(np.asarray(J) - problem.solution_jacobian))
    assert error > 1e-9  # it is wrong, and by how much is what is asked
    for each in (problem, own):
        found = pr.certify(each, x, J)
        assert found.status == "certified"
        assert found.lower <= error * (1 + 1e-9) and error <= found.bound * (1 + 1e-9)
        assert found.bound <= 1.2 * error
