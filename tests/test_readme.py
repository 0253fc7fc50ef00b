"""The README is a program: its Python runs, its commands parse, its numbers are printed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from support import ROOT

from polyrates.cli.entry import main
from polyrates.cli.parser import make_parser

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "guide" / "cli.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def commands() -> list[str]:
    return [
        part.strip()
        for line in "".join(blocks("sh") + blocks("sh", PAGE)).splitlines()
        for part in line.split("&&")
    ]


def test_python_runs_as_written_and_prints_what_is_shown() -> None:
    programs, printed = blocks("python"), blocks("text")
    assert len(programs) == 2
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    names: dict[str, object] = {}
    for program, shown in zip(programs, printed, strict=True):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            try:
                exec(compile(program, "README.md", "exec"), names)
            finally:
                jax.config.update("jax_enable_x64", before)
        assert out.getvalue() == shown


def test_the_quoted_sentence_is_what_report_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    assert "polyrates report" in commands()
    assert main(["report"]) == 0
    printed = capsys.readouterr().out.split("\n\n")[0]
    quoted = re.search(r"\n> (On breast-cancer.*?)\n\n", README, flags=re.DOTALL)
    assert quoted is not None
    assert quoted.group(1).replace("\n> ", " ").split() == printed.split()
    assert (tmp_path / "polyrates-report" / "report.html").exists()


def test_every_command_parses() -> None:
    ours = [command for command in commands() if command.startswith("polyrates ")]
    assert len(ours) >= 5
    parser, _ = make_parser()
    for command in ours:
        _, extra = parser.parse_known_args(shlex.split(command)[1:])
        assert extra == [], command


def test_install_commands_name_extras_that_exist() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = extras["project"]["optional-dependencies"]
    named = re.findall(r"python -m pip install '\.\[([a-z,]+)\]'", README)
    assert named == ["report", "all"]
    assert set(named) <= set(extras)
    assert "python -m pytest -n auto" in commands()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
