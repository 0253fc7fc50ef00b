"""Pieces and profiles: every coefficient, every rounding."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.numeric.suprema.profile import Piece, Profile


@settings(max_examples=60)
@given(
    coefficients=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6),
    size=st.floats(1e-3, 1e3),
    error=st.floats(0, 1e-3),
)
def test_products_carry_their_rounding(
    coefficients: list[float], size: float, error: float
) -> None:
    c = np.array(coefficients)
    scaled = Piece(1.0, 2.0, c, c, (error, error)).times(size, size)
    pairs = zip(coefficients, scaled.first.tolist(), strict=True)
    lost = sum((abs(F(y) - F(size) * F(x)) for x, y in pairs), F(0))
    assert F(scaled.errors[0]) >= F(size) * F(error) + lost - F(5e-324) * len(c)
    assert scaled.errors[0] == scaled.errors[1]


@pytest.mark.parametrize("degree", [0, 1, 6])
def test_the_grid_of_a_profile_has_every_coefficient(degree: int) -> None:
    rng = np.random.default_rng(degree)
    first, second = rng.standard_normal((2, degree + 1)) + 3
    found = Profile(first, second, 2.0, 0.7)
    angles = np.arange(found.length + 1) * (np.pi / found.length)
    k = np.arange(degree + 1)
    A, B = np.cos(np.outer(angles, k)) @ first, np.cos(np.outer(angles, k)) @ second
    assert np.max(np.abs(found.grid[0] - (2 * A**2 + 0.7 * B**2))) <= found.roundoff
