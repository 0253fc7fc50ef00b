"""``polyrates examples`` copies the course whole, once, and never over what a reader changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import ROOT

from polyrates.cli.entry import main


def test_the_course_is_copied_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["examples"]) == 0
    printed = capsys.readouterr().out.split()
    books = sorted((ROOT / "derivations").glob("*.ipynb"))
    assert len(books) >= 10
    for book in books:
        name = f"polyrates-examples/derivations/{book.name}"
        assert name in printed and (tmp_path / name).read_bytes() == book.read_bytes()


def test_what_is_there_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "copies" / "derivations" / "01_master_identity.ipynb"
    assert main(["examples", "--out", "copies"]) == 0
    mine.write_text("mine")
    assert main(["examples", "--out", "copies"]) == 2
    assert "give another --out" in capsys.readouterr().err and mine.read_text() == "mine"


def test_the_list_copies_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["examples", "--list"]) == 0
    assert "derivations/02_gradient_descent.ipynb" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_examples_go_along(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examples", "--list"]) == 0
    printed = capsys.readouterr().out.split()
    assert {f"examples/{path.name}" for path in (ROOT / "examples").glob("*.py")} <= set(printed)


def test_the_wheel_takes_the_course_with_it() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    taken = wheel["force-include"]
    assert taken["derivations"] == "polyrates/course/derivations"
    assert taken["examples"] == "polyrates/examples"
