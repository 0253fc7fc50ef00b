"""What is checked is checked without assert statements, which -O leaves out."""

from __future__ import annotations

import ast

import pytest
from support import ROOT

from polyrates.gallery.claims import claim

FOR_TYPES = ("isinstance(", "is not None", "callable(")


def test_a_claim_that_does_not_hold_is_an_error() -> None:
    claim(1 < 2, "never said")
    with pytest.raises(AssertionError, match="twice"):
        claim(2 < 1, "twice")


def test_the_package_asserts_for_the_type_checker_alone() -> None:
    for path in sorted((ROOT / "polyrates").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assert):
                words = ast.unparse(node.test)
                assert any(word in words for word in FOR_TYPES), (path.name, words)
