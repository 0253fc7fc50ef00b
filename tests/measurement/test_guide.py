"""docs/certify.md is run as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import polyrates as pr

PAGE = Path(__file__).parents[2] / "docs" / "certify.md"


def test_every_cell_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```\n+```text\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == text.count("```python") == 5
    scope: dict[str, object] = {}
    for code, printed in blocks:
        exec(compile(code, "docs/certify.md", "exec"), scope)
        assert capsys.readouterr().out == printed, code


def test_the_derivations_it_names_are_there() -> None:
    named = re.findall(r"`(certificate_\w+|hypergradient_pair|warm_start_loop)`", PAGE.read_text())
    assert len(named) == 6 and set(named) <= set(pr.derivations())
