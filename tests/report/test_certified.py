"""The certificates of a report are above what was observed, and on its pages."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.report.analysis import analyse
from polyrates.report.registry import as_json
from polyrates.report.results import Request
from polyrates.report.sections.guaranteed import GUARANTEED


@pytest.mark.parametrize("model", ["ridge", "logistic"])
def test_certified_beside_observed(model: str) -> None:
    pytest.importorskip("sklearn")
    analysis = analyse(Request(model=model, steps=40, methods="chebyshev", x0="zero"))
    (each,) = analysis.methods
    found = as_json(analysis)["certified"][each.named.title]  # type: ignore[index]
    assert len(found["t"]) >= (13 if model == "ridge" else 1)
    for t, bound in zip(found["t"], found["over_initial_error"], strict=True):
        assert np.isfinite(bound) and bound >= each.jacobian[t] * (1 - 1e-9)
    words = " ".join(str(block) for block in GUARANTEED.words(analysis).blocks)
    assert "certificates after the fact" in words
