"""CONTRIBUTING is a program: its examples run and print what they show; what it names exists."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import sys
from types import ModuleType

import pytest
from support import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAIRS = re.findall(r"```python\n(.*?)```\n+(?:```text\n(.*?)```)", TEXT, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_an_example_prints_what_it_shows(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program, shown = PAIRS[number]
    name = f"contributing_example_{number}"
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)  # dataclasses look their module up
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "CONTRIBUTING.md", "exec"), module.__dict__)
    assert out.getvalue() == shown


def test_every_example_is_run() -> None:
    assert len(PAIRS) == TEXT.count("```python") >= 3


def test_every_path_exists() -> None:
    for document in ("CONTRIBUTING.md", "docs/architecture.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for path in re.findall(r"`((?:polyrates|tests|benchmarks|derivations)/[\w/.]*)`", text):
            assert (ROOT / path).exists(), (document, path)
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / document).parent.joinpath(target).exists(), (document, target)


def test_every_session_exists() -> None:
    nox = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    sessions = set(re.findall(r"@nox\.session.*?\ndef (\w+)", nox))
    assert {"lint", "types", "tests", "fast", "docs", "bench", "minimum", "newest"} <= sessions
    workflows = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")
    )
    named = re.findall(r"nox -s ([a-z]+(?: [a-z]+)*)", TEXT + workflows)
    assert named and {word for words in named for word in words.split()} <= sessions


def test_the_floors_are_drawn_as_they_are() -> None:
    floors = importlib.import_module("floors")
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^\s*(\d+)\s+([a-z |]+?)\s{2,}", text, flags=re.MULTILINE)
    rooms = [tuple(name.strip() for name in names.split("|")) for _, names in drawn]
    assert rooms == [tuple(floor) for floor in reversed(floors.FLOORS)]


def test_the_least_versions_are_one_list() -> None:
    source = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    assert not re.search(r"numpy[=<>]", source)  # noxfile reads them from pyproject.toml


def test_every_issue_template_and_workflow_is_well_formed() -> None:
    yaml = pytest.importorskip("yaml")
    for path in [*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"]:
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
