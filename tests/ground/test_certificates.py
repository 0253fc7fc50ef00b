"""Certificates as files: written whole or not at all, and a wide bracket says so."""

from __future__ import annotations

from pathlib import Path

import pytest

import polyrates as pr
from polyrates.ground.certificates import ProofFile

POINTS = pr.Union([(2, 2), (5, 5), (9, 9)])


def test_a_wide_bracket_says_why() -> None:
    content = A_VALUE.content
    assert A_VALUE.remark == ""
    half = ProofFile({**content, "lower": str(A_VALUE.upper / 2)})
    assert half.check().ok and "0.5 of its upper end" in half.remark
    assert pr.lower_bound_certificate((1, 9), 4).remark == ""


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    proof = pr.lower_bound_certificate((1, 9), 4)
    with pytest.raises(pr.PolyratesError, match="cannot be written"):
        proof.save(tmp_path / "no" / "such.json")
    with pytest.raises(pr.PolyratesError, match="cannot be read"):
        pr.check_certificate(tmp_path / "absent.json")
    assert list(tmp_path.iterdir()) == []


A_VALUE = pr.minimax_optimal(POINTS, 3, initial=1, cross=1).certificate
