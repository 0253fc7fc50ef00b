"""One entry to suprema: |p| is the case w = 0, whatever way it takes inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.numeric.suprema.balls import EnclosedSeries
from polyrates.numeric.suprema.profile import Piece
from polyrates.numeric.suprema.supremum import supremum, supremum_over
from polyrates.numeric.suprema.waves import Points

GRID = np.cos(np.linspace(0, np.pi, 3001))
coefficients = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=1, max_size=9)
weight = st.sampled_from([0.0, 1e-12, 0.3, 1.0, 7.0, 1e9])


def values(c: np.ndarray) -> np.ndarray:
    return np.polynomial.chebyshev.chebval(GRID, c)


@settings(max_examples=60)
@given(
    first=coefficients, second=coefficients, u=weight, w=weight, power=st.integers(-280, 120),
    errors=st.sampled_from([(0.0, 0.0), (0.0, 1e-3), (0.1, 0.2)]),
)  # fmt: skip
def test_it_encloses_a_dense_grid_at_any_weights_and_scale(
    first: list[float],
    second: list[float],
    u: float,
    w: float,
    power: int,
    errors: tuple[float, float],
) -> None:
    unit = 10.0**power
    a, b = (
        EnclosedSeries(np.array(c) * unit, error * unit, 1.0, 3.0)
        for c, error in zip((first, second), errors, strict=True)
    )
    A, B = np.abs(values(np.array(first))), np.abs(values(np.array(second)))
    found = supremum(a, b, (u, w))
    high = np.sqrt(u * (A + errors[0]) ** 2 + w * (B + errors[1]) ** 2)  # it may be as large
    low = np.sqrt(
        u * np.maximum(A - errors[0], 0) ** 2 + w * np.maximum(B - errors[1], 0) ** 2
    )  # … and as small
    top, least = float(np.max(high)), float(np.max(low))
    assert 1.0 <= found.point <= 3.0
    assert found.upper >= top * unit * (1 - 1e-13)
    assert found.upper <= top * unit * (1 + 1e-4) + 1e-9 * unit or errors != (0.0, 0.0)
    assert found.lower <= least * unit * (1 + 1e-4) + 1e-300
    if errors == (0.0, 0.0):
        assert found.upper <= found.lower * (1 + 1e-9) + 1e-300


@settings(max_examples=40)
@given(first=coefficients, second=coefficients, u=st.sampled_from([0.3, 1.0, 7.0]))
def test_the_short_way_and_the_long_way_meet(
    first: list[float], second: list[float], u: float
) -> None:
    """w = 0 by the modulus; w → 0 by the profile of twice the degree: the same number."""
    a, b = (EnclosedSeries(np.array(c), 0.0, 1.0, 3.0) for c in (first, second))
    short, long = supremum(a, b, (u, 0.0)), supremum(a, b, (u, 1e-300))
    assert short.lower <= long.upper + 1e-140 and long.lower <= short.upper + 1e-140
    assert short == supremum(a, None, (u, 0.0)) == supremum(b, a, (0.0, u))


@settings(max_examples=40)
@given(first=coefficients, second=coefficients, cut=st.floats(1.1, 2.9))
def test_a_support_is_the_largest_of_its_pieces(
    first: list[float], second: list[float], cut: float
) -> None:
    a, b = (EnclosedSeries(np.array(c), 0.0, 1.0, 3.0) for c in (first, second))
    whole = supremum(a, b, (1.0, 0.5))
    point = Piece(cut, cut, *(np.array([float(values(np.array(c))[7])]) for c in (first, second)))
    nothing = Points(np.zeros(0, dtype=np.int64), np.zeros(0))
    both = supremum_over([Piece.of(a, b), point], (1.0, 0.5), nothing)
    assert both >= whole.lower * (1 - 1e-15)
    assert both <= whole.upper * (1 + 1e-5) + 1e-9  # without a hint it is less sharp, no less true
    alone = supremum_over([point], (1.0, 0.5), nothing)
    assert alone == pytest.approx(np.hypot(point.first[0], np.sqrt(0.5) * point.second[0]))
