"""Suprema of many series at once: never below the truth, and near it."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.numeric.suprema.rows import row_suprema, series_of_rows


@pytest.mark.parametrize("n", [0, 1, 2, 5, 17, 60])
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_rows(n, decay):
    rng = np.random.default_rng(n)
    c = rng.standard_normal((60, n + 1)) * np.exp(-decay * np.arange(n + 1))
    c[0] = 0.0
    c[1] = np.abs(c[1])
    upper = row_suprema(c)
    angles = np.linspace(0, np.pi, 2000 * (n + 1) + 1)
    truth = np.abs(c @ np.cos(np.outer(np.arange(n + 1), angles))).max(axis=1)
    assert np.all(upper >= truth * (1 - 1e-14))
    assert np.all(upper <= truth * (1 + 1e-6) + 1e-300)


def test_scales_and_an_equioscillating_row():
    c = np.zeros((2, 31))
    c[:, 30] = 1e-200, 1e200
    assert np.allclose(row_suprema(c) / c[:, 30], 1.0, rtol=1e-12)


def test_series_interpolate():
    x = np.cos(np.arange(9) * np.pi / 8)
    c = series_of_rows(np.stack([x**3, 1 + 0 * x]))
    assert np.allclose(c[0, :4], [0, 0.75, 0, 0.25]) and np.allclose(c[1, 0], 1)
