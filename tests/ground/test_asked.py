"""Complaints of a user's function about what it was given, and all its other ones."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import polyrates as pr
from polyrates.ground.asked import asked
from polyrates.ground.errors import InvalidType, InvalidValue, did, shape_of

THREE, FOUR = np.eye(3), np.ones(4)


def fails(error: Exception) -> Callable[[object], object]:
    def call(_: object) -> object:
        raise error

    return call


@pytest.mark.parametrize(
    "call",
    [
        lambda x: THREE @ x,
        lambda x: x + np.ones(3),
        lambda x: np.dot(THREE, x),
        lambda x: np.einsum("ij,j", THREE, x),
        lambda x: np.linalg.solve(THREE, x),
        lambda x: x[7],
        lambda x: x @ np.ones((3, 4)),
        lambda x: np.concatenate([x[:, None], THREE]),
    ],
)
def test_every_way_to_meet_another_shape(call: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidValue, match=r"^f raised .*shape \(4,\).*; give d = 3\.$"):
        asked("f", call, FOUR, fits="give d = 3")


# as torch says it, where there is a second device
CUDA = [
    RuntimeError(
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and "
        "cpu!"
    ),
    RuntimeError(
        "Expected all tensors to be on the same device, but got mat is on cpu, different from "
        "other tensors on cuda:0 (when checking argument in method wrapper_CUDA_addmv_)"
    ),
    TypeError(
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
        "host memory first."
    ),
    TypeError("expected Tensor as argument 0, but got numpy.ndarray"),
    TypeError("linear(): argument 'input' (position 1) must be Tensor, not numpy.ndarray"),
]


@pytest.mark.parametrize("error", CUDA, ids=str)
def test_a_closure_on_another_device_is_told_of_like(error: Exception) -> None:
    with pytest.raises(InvalidType, match="another library or device; give like=") as caught:
        pr.estimate_spectrum(fails(error), 3)
    assert caught.value.argument == "hvp" and str(error)[:20] in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("the tank is empty"),
        ZeroDivisionError("shape of things to come"),
        KeyError("dimension"),
        InvalidType("y", 1, "has the wrong shape"),
        NotImplementedError("broadcast"),
        RuntimeError(""),
    ],
    ids=repr,
)
def test_what_else_a_function_raises_is_the_users(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        asked("f", fails(error), FOUR, fits="")
    assert caught.value is error


def test_descriptions_are_not_quoted_and_come_back_from_a_pickle() -> None:
    for value, words in (
        (shape_of(FOUR), "x = an array of shape (4,): no; go."),
        (did("returned 3"), "x returned 3: no; go."),
        ("an array", "x = 'an array': no; go."),
        (did("raised " + "long " * 99), None),
    ):
        error = InvalidValue("x", value, "no", "go")
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
        assert words is None or str(error) == words
        assert len(str(error)) < 120
