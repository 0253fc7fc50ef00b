"""Single precision in the place of the longest float."""

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
