"""Problems whose answers do not fit x are refused by name, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import polyrates as pr
from polyrates.ground.errors import InvalidArgument

GOOD = pr.Quadratic.random(pr.Interval(1, 10), 3, 0)
X, CHEBYSHEV = np.ones(3), pr.Chebyshev(1, 10)
SMALL = np.eye(2)
BAD: dict[str, list[Callable[..., Any]]] = {
    "gradient": [
        lambda x: x[:2],
        lambda x: SMALL @ x,
        lambda x: None,
        lambda x: 3.0,
        lambda x: x[:, None],
        lambda x: x.astype(complex),
    ],
    "hvp": [lambda x, v: v[:2], lambda x, v: SMALL @ v, lambda x, v: None, lambda x, v: 1.0],
    "cross": [lambda x: x[:2], lambda x: SMALL @ x, lambda x: None, lambda x: np.ones((1, 3, 3))],
}
ASKERS: dict[str, Callable[[Any], object]] = {
    "differentiate": lambda p: pr.differentiate(CHEBYSHEV, p, X, 3),
    "implicit": lambda p: pr.differentiate(CHEBYSHEV, p, X, 3, pr.Implicit()),
    "vjp": lambda p: pr.vjp(CHEBYSHEV, p, X, 3, X),
    "sizes": lambda p: pr.estimate_sizes(p, X),
}


class Bent:
    """The good problem with one answer replaced; it does not know its solution."""

    def __init__(self, call: str, answer: Callable[..., Any]) -> None:
        self.gradient, self.hvp, self.cross = GOOD.gradient, GOOD.hvp, GOOD.cross
        setattr(self, call, answer)


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("call", BAD)
def test_an_answer_that_does_not_fit_is_named(call: str, asker: str) -> None:
    for answer in BAD[call]:
        with pytest.raises(InvalidArgument) as caught:
            ASKERS[asker](Bent(call, answer))
        assert caught.value.argument == f"problem.{call}" and caught.value.remedy


@pytest.mark.parametrize("shape", [(4,), (2,), (), (3, 2), (1, 3)])
def test_a_run_from_another_shape_names_what_was_given(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidArgument, match="gradient") as caught:
        pr.run(CHEBYSHEV, GOOD.gradient, np.ones(shape), 3)
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("value", [np.array(1.5), 1.5, None, "1", np.array("1")])
def test_one_number_is_no_sequence(value: object) -> None:
    for make in (pr.Richardson, pr.Empirical, lambda v: pr.Tabulated(v, v)):
        with pytest.raises(InvalidArgument):
            make(value)


@pytest.mark.parametrize("value", ["x", b"x", None, 3, [[1, 2], [3]], object(), [["a"]], 1j])
def test_what_is_no_matrix_has_no_spectrum(value: object) -> None:
    for make in (pr.Empirical.from_matrix, pr.Empirical.from_data):
        with pytest.raises(InvalidArgument):
            make(value)
