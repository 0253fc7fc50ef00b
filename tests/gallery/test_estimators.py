"""The figures of the estimators: computed, drawn twice alike, and what they claim asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from polyrates.gallery import estimators


def test_compute_draw_check(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    tables = estimators.compute(tmp_path)
    pictures = estimators.draw(tmp_path)
    estimators.check(tmp_path)
    assert {path.name for path in tables} == {
        "estimators-interval.csv", "estimators-diabetes.csv", "truncation.csv",
    }  # fmt: skip
    first = [path.read_bytes() for path in pictures]
    assert [path.read_bytes() for path in estimators.draw(tmp_path)] == first
    assert all(content.startswith(b"<?xml") for content in first)
