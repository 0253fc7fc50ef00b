"""The page on testing runs as it is written."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


def test_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    guide = types.ModuleType("guide")
    monkeypatch.setitem(sys.modules, "guide", guide)  # classes are pickled by their module's name
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), guide.__dict__)  # our own page
