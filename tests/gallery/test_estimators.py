"""The figures of the estimators: drawn twice alike from their numbers, what they claim asserted.

That the numbers are those of the code is held with all figures' (``test_figures``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import ROOT

from polyrates.gallery import estimators

TABLES = ("estimators-interval.csv", "estimators-diabetes.csv", "truncation.csv")


def test_draw_check(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    for name in TABLES:
        shutil.copy(ROOT / "figures" / name, tmp_path / name)
    pictures = estimators.draw(tmp_path)
    estimators.check(tmp_path)
    first = [path.read_bytes() for path in pictures]
    assert [path.read_bytes() for path in estimators.draw(tmp_path)] == first
    assert all(content.startswith(b"<?xml") for content in first)
