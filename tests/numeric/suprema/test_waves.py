"""Chebyshev waves in the longest float, held against single precision."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.numeric.suprema import waves

COARSE = 2.0**-23  # the unit of single precision


@pytest.mark.usefixtures("single")
def test_waves_are_within_their_error() -> None:
    theta = np.linspace(0, np.pi, 997).astype(np.float32)
    computed = waves.waves(theta, 200)
    assert computed.dtype == np.float32
    true = np.cos(np.outer(theta.astype(float), np.arange(201)))
    errors = np.max(np.abs(computed - true), axis=0)
    bound = waves.wave_error(200, whole=True)
    assert np.all(errors <= bound)
    assert errors[1] > COARSE / 8 and errors[200] > 20 * COARSE  # there is rounding to bound
