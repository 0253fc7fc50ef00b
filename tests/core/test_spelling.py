"""What to write instead of another library's optimizer."""

from __future__ import annotations

import pytest

from polyrates.core.spelling import spelling_of


def test_torch_is_spelled() -> None:
    torch = pytest.importorskip("torch")
    w = [torch.nn.Parameter(torch.ones(2))]
    for made, words in (
        (torch.optim.SGD(w, lr=0.1), "pr.GradientDescent(0.1)"),
        (torch.optim.SGD(w, lr=0.1, momentum=0.9), "pr.HeavyBall.torch(0.1, 0.9)"),
        (torch.optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True), "pr.Nesterov.torch(0.1, 0.9)"),
        (torch.optim.SGD(w, lr=0.1, weight_decay=0.5), "add 0.5·‖x‖²/2"),
    ):
        found = spelling_of(made)
        assert found is not None and words in found[1]
    adam = spelling_of(torch.optim.Adam(w))
    assert adam is not None and "not linear" in adam[0]
    assert spelling_of(torch.optim.SGD) is not None


def test_optax_is_spelled() -> None:
    optax = pytest.importorskip("optax")
    for made, words in (
        (optax.sgd(0.1), "pr.GradientDescent(0.1)"),
        (optax.sgd(0.1, 0.9), "pr.HeavyBall.torch(0.1, 0.9)"),
        (optax.sgd(0.1, 0.9, nesterov=True), "pr.Nesterov.torch(0.1, 0.9)"),
    ):
        found = spelling_of(made)
        assert found is not None and words in found[1]
    adam = spelling_of(optax.adam(0.1))
    assert adam is not None and "linear" in adam[0]


def test_anything_else_is_not() -> None:
    assert all(spelling_of(each) is None for each in (3, "sgd", None, [1], object(), dict))
