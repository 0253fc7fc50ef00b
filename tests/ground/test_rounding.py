"""Exact numbers rounded one way, held against fractions."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.ground.rounding import float_above, root_below, rounded_decimal

fractions = st.fractions(max_denominator=10**9)


@given(fractions)
def test_no_float_is_below_and_none_between(value: F) -> None:
    found = float_above(sympy.Rational(value.numerator, value.denominator))
    assert F(found) >= value
    assert F(float(value)) >= value or F(float(value)) < value <= F(found)


@settings(max_examples=60)
@given(fractions, st.integers(1, 20), st.booleans(), st.integers(-30, 30))
def test_decimals_are_on_their_side_to_all_digits(
    value: F, digits: int, upward: bool, power: int
) -> None:
    value *= F(10) ** power
    found = F(rounded_decimal(value, digits, upward))
    assert found >= value if upward else found <= value
    assert abs(found - value) <= abs(value) * F(10) ** (1 - digits)
    assert rounded_decimal(found, digits, upward) == rounded_decimal(value, digits, upward)


def test_nines_carry() -> None:
    assert rounded_decimal(F(9999, 10), 3, upward=True) == "1e3"
    assert rounded_decimal(F(-9999, 10), 3, upward=True) == "-9.99e2"


@pytest.mark.parametrize("square", [F(0), F(-1), F(2), F(1, 3) ** 40, F(10) ** 61, F(49)])
def test_roots_from_below(square: F) -> None:
    root = root_below(square)
    assert root >= 0 and root**2 <= max(square, 0)
    assert (root * (1 + F(10) ** -17)) ** 2 >= square
