"""The registry of methods: one name each, found by type, weighed where ℓ allows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F

import pytest
import sympy

import polyrates as pr
from polyrates.core.methods.entry import (
    NAMES,
    Entry,
    entry_of,
    look_of,
    register,
    standard_methods,
    together,
)
from polyrates.ground.drawing import SPARE_LOOKS, Look


@pytest.fixture
def toy() -> Iterator[Entry]:
    made = Entry("a toy", "A toy", "toy", lambda ell, L, given: pr.GradientDescent(1 / L),
                 look=Look("#123456"), planned="toy", needs_gap=True)  # fmt: skip
    yield register(made)
    del NAMES["a toy"]


def test_a_registered_method_is_weighed_where_its_tuning_works(toy: Entry) -> None:
    assert standard_methods(1.0, 4.0)["toy"] == pr.GradientDescent(0.25)
    assert "toy" not in standard_methods(0.0, 4.0)
    assert list(NAMES)[-1] == "a toy"
    with pytest.raises(pr.InvalidValue, match="already"):
        register(replace(toy, title="Another"))


def test_the_exact_type_finds_its_entry() -> None:
    class Own(pr.Chebyshev):
        pass

    assert entry_of(pr.Chebyshev(1, 9)) is NAMES["chebyshev"]
    assert entry_of(pr.GradientDescent(1)) is NAMES["gradient-descent"]
    assert entry_of(Own(1, 9)) is None
    assert look_of(pr.Chebyshev(1, 9)) == NAMES["chebyshev"].look
    assert look_of(Own(1, 9), 1) in SPARE_LOOKS


def test_together_makes_floats_of_all_where_one_is() -> None:
    exact = (sympy.Rational(1, 3), sympy.Integer(2))
    assert together(*exact) == exact
    found = together(*exact, 0.5)
    assert found == (float(F(1, 3)), 2.0, 0.5) and all(type(v) is float for v in found)
