"""Derivatives of a loss in torch: of a polynomial by hand, in the user's own containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from loss_by_hand import THETA, U, V, containers, loss, more_parameters, value_and_derivatives
from support import Lazily

torch = Lazily("torch")


@pytest.fixture
def made() -> Iterator[object]:
    pytest.importorskip("torch")
    from polyrates.problems.loss_torch import TorchDerivatives

    x0 = {"v": torch.tensor(V, dtype=torch.float64), "u": torch.tensor(U)}
    yield TorchDerivatives(loss, torch.tensor(THETA), x0)


def test_value_and_derivatives_are_those_by_hand(made) -> None:
    assert made.framework == "torch"
    value_and_derivatives(made)


def test_containers_come_back(made) -> None:
    containers(made)


def test_more_parameters_than_unknowns(made) -> None:
    more_parameters(made)
