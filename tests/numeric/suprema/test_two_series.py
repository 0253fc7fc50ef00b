"""The maximum of a sum of products over a square, against a dense grid."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum
from polyrates.numeric.suprema.two_series import product_maximum, two_series_maximum

ANGLES = np.linspace(0, np.pi, 801)


def series(rng: np.random.Generator, degree: int, error: float = 0.0) -> EnclosedSeries:
    return EnclosedSeries(rng.standard_normal(degree + 1), error, 1.0, 3.0)


def at(each: EnclosedSeries) -> np.ndarray:
    return np.polynomial.chebyshev.chebval(np.cos(ANGLES), each.coefficients)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("error", [0.0, 0.01])
def test_it_is_enclosed(count: int, error: float) -> None:
    rng = np.random.default_rng(count)
    left = [series(rng, 4 + k, error) for k in range(count)]
    right = [series(rng, 6, error) for _ in range(count)]
    dense = np.abs(sum(np.outer(at(a), at(b)) for a, b in zip(left, right, strict=True)))
    top = float(np.max(dense))
    tight, rough = (two_series_maximum(left, right, how) for how in (True, False))
    for found in (tight, rough):
        assert found.upper >= (top + (error * error)) * (1 - 1e-12)
        assert found.lower <= top * (1 + 1e-3)
    assert tight.upper <= rough.upper * (1 + 1e-12)
    assert error or tight.upper <= top * (1 + 1e-3)
    i, j = (int(np.argmin(np.abs(2 + np.cos(ANGLES) - x))) for x in tight.point)
    assert error or dense[i, j] >= top * (1 - 1e-2)


def test_products_and_nothing() -> None:
    found = product_maximum(Maximum(2.0, 2.1, 1.0), Maximum(3.0, 3.5, 2.0))
    assert found.lower <= 6.0 and found.upper >= 7.35 and found.point == (1.0, 2.0)
    assert two_series_maximum([], [], True).upper == 0.0
