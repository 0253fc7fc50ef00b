"""Long sequences are shown by their ends; short ones and other values whole."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sympy as sp

from polyrates.ground.abridged import abridged


@dataclass(frozen=True)
class Holder:
    numbers: tuple[object, ...]
    name: str = "x"


def test_short_ones_are_whole() -> None:
    assert abridged(Holder((1.5, 2.5))) == "Holder(numbers=(1.5, 2.5), name='x')"


@pytest.mark.parametrize("count", [80, 1000])
def test_long_ones_are_their_ends_and_their_length(count: int) -> None:
    shown = abridged(Holder(tuple(k / 7 for k in range(count))))
    assert f"; {count} numbers)" in shown and "…" in shown and len(shown) < 160
    assert "0.0, 0.142857, 0.285714" in shown


def test_a_long_exact_number_is_its_value() -> None:
    shown = abridged(Holder((sp.Rational(10**40 + 1, 3 * 10**40),) * 9))
    assert "≈0.333333" in shown
    huge = abridged(Holder((sp.Integer(10) ** 400 + 1,) * 9))
    assert "≈1.00000E+400" in huge
