"""One step of the state-space form, and sums of points, against loops written out."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyrates.core.transition import Transition, advance, combine, momentum_step

NUMBERS = st.fractions(-3, 3, max_denominator=7)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_combine_is_the_sum(terms: list[tuple[F, F]]) -> None:
    weights, points = zip(*terms, strict=True)
    assert combine(weights, points) == sum(w * p for w, p in terms)


@given(st.integers(1, 4), st.integers(0, 1000))
def test_sums_of_arrays_are_new_and_right(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = [rng.standard_normal((3, 2)) for _ in range(n)]
    kept = [point.copy() for point in points]
    weights = [float(w) for w in rng.standard_normal(n)]
    found = combine(weights, points)
    expected = np.einsum("i,ijk->jk", weights, np.stack(kept))
    np.testing.assert_allclose(found, expected, atol=1e-14)
    found += 1.0
    for point, before in zip(points, kept, strict=True):
        np.testing.assert_array_equal(point, before)


def test_plain_containers_are_no_vectors() -> None:
    with pytest.raises(TypeError, match="concatenates"):
        combine((2, 3), ([1.0], [2.0]))


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_momentum_step_is_its_formula(h: F, m: F, n: F, x: F, before: F, slope: F) -> None:
    """x⁺ = x + m(x − x₋) − h∇f(x + n(x − x₋)), ∇f(y) = slope·y."""
    step = momentum_step(h, m, n)
    ahead, kept = advance(step, (x, before), lambda y: slope * y)
    assert ahead == x + m * (x - before) - h * slope * (x + n * (x - before))
    assert kept == x
    assert sum(step.query) == sum(step.output) == 1 and all(sum(row) == 1 for row in step.mixing)


def test_the_step_of_a_full_state() -> None:
    A, b, c = ((F(1, 2), F(1, 2)), (F(2), F(-1))), (F(1, 3), F(1, 5)), (F(3), F(-2))
    step = Transition(c, A, b, (1, 0))
    s = (F(7), F(4))
    g = 10 * (c[0] * s[0] + c[1] * s[1])
    expected = tuple(A[i][0] * s[0] + A[i][1] * s[1] - b[i] * g for i in range(2))
    assert advance(step, s, lambda y: 10 * y) == expected
