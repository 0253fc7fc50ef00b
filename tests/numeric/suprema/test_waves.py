"""Chebyshev waves in the longest float, held against single precision."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from polyrates.numeric.suprema import profile, waves

COARSE = 2.0**-23  # the unit of single precision


@pytest.fixture
def single(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest float is single precision here, and the bounds are told so."""
    short = {"longdouble": np.float32, "clongdouble": np.complex64}
    namespace = SimpleNamespace(**{**vars(np), **short})
    for module in (waves, profile):
        monkeypatch.setattr(module, "np", namespace)
        monkeypatch.setattr(module, "E", COARSE)


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
