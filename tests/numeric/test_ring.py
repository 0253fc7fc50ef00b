"""Values at points and Chebyshev series are one ring, seen twice."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from polyrates.numeric.ring import SeriesRing, ValueRing

ELL, L = 0.5, 7.0
POINTS = np.linspace(ELL, L, 23)


def values(series: np.ndarray) -> np.ndarray:
    return chebyshev.chebval((2 * POINTS - L - ELL) / (L - ELL), series)


@pytest.mark.parametrize("seed", range(5))
def test_multiplication_is_multiplication_of_values(seed: int) -> None:
    ring, points = SeriesRing(ELL, L, 9), ValueRing(POINTS)
    rng = np.random.default_rng(seed)
    left, right = np.zeros(10), np.zeros(10)
    left[:5], right[:5] = rng.standard_normal((2, 5))
    for found, expected in (
        (ring.gradient(left), POINTS * values(left)),
        (ring.product(left, right), values(left) * values(right)),
        (ring.start, points.start),
    ):
        np.testing.assert_allclose(values(found), expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(points.gradient(values(left)), POINTS * values(left))
    np.testing.assert_allclose(ring.series(left)(POINTS), values(left), rtol=1e-13, atol=1e-14)


def test_what_does_not_fit_is_refused() -> None:
    ring = SeriesRing(ELL, L, 2)
    full = np.array([1.0, 2.0, 3.0])
    for call in (lambda: ring.gradient(full), lambda: ring.product(full, full)):
        with pytest.raises(ValueError, match="degree"):
            call()
    with pytest.raises(ValueError, match="spectrum"):
        ValueRing(np.array([0.0, 1.0])).inverse()
    np.testing.assert_array_equal(ValueRing(np.array([2.0])).inverse(), [0.5])
