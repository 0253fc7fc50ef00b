"""A question in fractions: its units, its balls and their logarithms."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyrates.numeric.minimax.rational import (
    RationalQuestion,
    ball,
    log10,
    log10_of,
    rounded,
    snapped,
)


def test_the_unit_interval() -> None:
    asked = RationalQuestion(((F(1), F(2)), (F(5), F(5))), "initial/cross", F(1), F(0))
    assert asked.low == 1 and asked.width == 4 and asked.origin == F(-1, 4)
    assert asked.pieces == [(0, F(1, 4)), (1, 1)] and asked.initial and asked.plain
    point = RationalQuestion(((F(3), F(3)),), "residual/drift", F(1), F(1))
    assert point.width == 3 and point.pieces == [(0, 0)] and not point.plain


@given(st.floats(0, 1), st.integers(2, 14))
def test_a_point_is_snapped_into_its_interval(x: float, digits: int) -> None:
    found = snapped(x, F(0), F(1), digits)
    assert 0 <= found <= 1 and abs(found - F(x)) <= 2 * F(10) ** -digits


@pytest.mark.parametrize("power", [-5000, -3, 0, 4, 5000])
def test_logarithms_beyond_floats(power: int) -> None:
    value = F(7, 3) * F(10) ** power
    assert log10_of(value) == pytest.approx(math.log10(7 / 3) + power, rel=1e-12)
    assert log10(ball(F(0))) == -math.inf


@given(st.fractions(-1000, 1000, max_denominator=10**6), st.integers(0, 12))
def test_rounding_to_a_power_of_ten(value: F, power: int) -> None:
    assert abs(rounded(ball(value), power) - value * 10**power) <= F(1, 2) + F(1, 1000)
