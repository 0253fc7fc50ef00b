"""Derivatives of a loss in JAX: of a polynomial by hand, in the user's own containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from loss_by_hand import THETA, U, V, containers, loss, more_parameters, value_and_derivatives
from support import Lazily

jax, jnp = Lazily("jax"), Lazily("jax.numpy")


@pytest.fixture
def made() -> Iterator[object]:
    pytest.importorskip("jax")
    from polyrates.problems.loss_jax import JaxDerivatives

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield JaxDerivatives(loss, jnp.asarray(THETA), {"v": jnp.asarray(V), "u": jnp.asarray(U)})
    jax.config.update("jax_enable_x64", before)


def test_value_and_derivatives_are_those_by_hand(made) -> None:
    assert made.framework == "jax"
    value_and_derivatives(made)


def test_containers_come_back(made) -> None:
    containers(made)


def test_more_parameters_than_unknowns(made) -> None:
    more_parameters(made)
