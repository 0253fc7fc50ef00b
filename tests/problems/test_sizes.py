"""The sizes of an error, by name and by form."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.ground.numbers import number
from polyrates.problems.sizes import InitialSizes, SizePair, joint_sizes, sizes_of, sizes_of_problem


def test_sizes() -> None:
    assert sizes_of(residual=1, drift=2) == InitialSizes(number(1), drift=number(2))
    assert [form for form, _, _ in sizes_of(residual=1, drift=1, cross=1).forms] == [
        "residual/drift", "initial/cross",
    ]  # fmt: skip
    pairs = list(sizes_of(residual=1, drift=2, cross=3).forms)
    assert pairs == [SizePair("residual/drift", 1, 2), SizePair("initial/cross", 1, 3)]
    assert [pair.arguments for pair in pairs] == list(
        sizes_of(initial=1, drift=2, cross=3).arguments
    )
    assert joint_sizes(pairs[0].arguments) == pairs[0]
    for bad in ({}, {"initial": 1}, {"residual": 1}, {"drift": 1}, {"cross": 1}, {"hessian": 1},
                {"initial": 1, "residual": 1}):  # fmt: skip
        with pytest.raises(pr.InvalidValue):
            sizes_of(**bad)
    problem = pr.Quadratic.random(pr.Interval(1, 10), 4, 0)
    measured = sizes_of_problem(problem, np.ones(4))
    checked = sizes_of(
        problem.spectrum, residual=measured.error, drift=measured.drift, cross=measured.cross
    )
    assert checked == measured
    with pytest.raises(pr.InvalidValue, match="x0"):
        sizes_of_problem(problem, np.ones(3))
    with pytest.raises(pr.InvalidType, match="problem"):
        sizes_of_problem(None, np.ones(3))  # type: ignore[arg-type]
