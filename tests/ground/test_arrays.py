"""Norms beyond the range of squares, arrays of several kinds, containers as one vector."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from polyrates.ground.arrays import (
    euclidean,
    flatten,
    is_tree,
    library,
    map_leaves,
    norm,
    real_array,
)
from polyrates.ground.errors import InvalidType


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1.0, 1e170, 1e300])
@pytest.mark.parametrize("function", [norm, euclidean])
def test_norms_hold_at_any_scale(function: object, scale: float) -> None:
    values = np.random.default_rng(0).standard_normal((7, 3)) * scale
    truth = mpmath.sqrt(mpmath.fsum(mpmath.mpf(x) ** 2 for x in values.ravel().tolist()))
    assert function(values) == pytest.approx(float(truth), rel=1e-14)  # type: ignore[operator]
    assert function(np.zeros(3)) == 0.0  # type: ignore[operator]
    assert function(np.array([1.0, np.inf])) == np.inf  # type: ignore[operator]


def test_numbers_only() -> None:
    assert real_array([[1, 2], [3, 4]], "x").dtype == float
    assert real_array([mpmath.mpf("0.5")], "x").tolist() == [0.5]
    for wrong in ([True, False], [1j], "12", None, ["a"], np.array(["2020-01-01"], dtype="M8[D]")):
        with pytest.raises(InvalidType):
            real_array(wrong, "x")


def test_whose_an_array_is() -> None:
    assert library(np.ones(2)) == library(np.float64(1)) == "numpy"
    assert library(3.0) is None and library("x") is None
    assert is_tree({"a": np.ones(2)}) and is_tree([1]) and not is_tree(np.ones(2))


def test_trees_are_vectors() -> None:
    torch = pytest.importorskip("torch")
    point = {"b": torch.ones(2), "a": (torch.zeros(1), [torch.ones(3)])}
    tree = flatten(point)
    double = (tree * 2.0 + tree).value
    assert list(double) == ["b", "a"] and double["b"].tolist() == [3.0, 3.0]
    assert double["a"][1][0].tolist() == [3.0] * 3
    assert map_leaves(lambda a: -a, tree).value["b"].tolist() == [-1.0, -1.0]
    with pytest.raises(InvalidType):
        flatten([np.ones(2)])
