"""Local maxima of a profile: none is missed, all are where the derivative is zero."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.numeric.suprema.peaks import series_peaks

FINE = np.linspace(0, np.pi, 40001)


def profile(
    first: np.ndarray, second: np.ndarray, u: float, w: float, at: np.ndarray
) -> np.ndarray:
    waves = np.cos(np.outer(at, np.arange(len(first))))
    return u * (waves @ first) ** 2 + w * (waves @ second) ** 2


@pytest.mark.parametrize("degree", [1, 2, 5, 13, 30])
@pytest.mark.parametrize("weights", [(1.0, 1.0), (2.0, 1e-6), (1e-9, 3.0)])
def test_every_maximum_of_a_fine_grid_is_found(degree: int, weights: tuple[float, float]) -> None:
    first, second = np.random.default_rng(degree).standard_normal((2, degree + 1))
    angles, heights, bends = series_peaks(first, second, *weights)
    values = profile(first, second, *weights, FINE)
    inner = (values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])
    seen = [*FINE[1:-1][inner], *([0.0] if values[0] > values[1] else []),
            *([np.pi] if values[-1] > values[-2] else [])]  # fmt: skip
    assert len(seen) == len(angles)
    np.testing.assert_allclose(np.sort(angles), np.sort(seen), atol=2 * FINE[1])
    np.testing.assert_allclose(heights, profile(first, second, *weights, angles), rtol=1e-10)
    assert np.max(heights) >= np.max(values) * (1 - 1e-13)
    inside = (angles > 1e-9) & (angles < np.pi - 1e-9)
    assert np.all(bends[inside] <= 1e-9 * np.max(heights))
