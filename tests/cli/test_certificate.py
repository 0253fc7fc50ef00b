"""``polyrates certificate``: saved proofs are checked, the checker is copied out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polyrates.cli.entry import main

MINIMAX = ["optimal", "--ell", "1", "--L", "9", "--t", "4", "--minimax", "--certificate"]
AVERAGE = ["optimal", "--ell", "1", "--L", "9", "--t", "4", "--certificate"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("saving", [MINIMAX, AVERAGE], ids=["minimax", "average"])
def test_a_saved_proof_is_checked(
    saving: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*saving, "best.json"]) == 0
    capsys.readouterr()
    assert main(["certificate", "best.json"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("proved: the smallest ") and said.err == ""
    assert main(["certificate", "best.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    content = json.loads((here / "best.json").read_text(encoding="utf-8"))
    (here / "bad.json").write_text(json.dumps({**content, "degree": "3"}), encoding="utf-8")
    assert main(["certificate", "bad.json"]) == 1
    assert "clause 'digest'" in capsys.readouterr().out


def test_the_checker_is_copied_out(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certificate", "--checker"]) == 0
    assert "python check.py FILE" in capsys.readouterr().out
    assert [path.name for path in here.iterdir()] == ["check.py"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["certificate"], "give a file, or --checker"),
        (["certificate", "absent.json"], "cannot be read"),
        ([*MINIMAX, "no/such.json"], "cannot be written"),
        (["certificate", "text.json"], "is no certificate"),
        (["certificate", "text.json", "--json"], "is no certificate"),
    ],
)
def test_bad_input_ends_with_two_and_one_line(
    argv: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "text.json").write_text('{"kind": 3}', encoding="utf-8")
    assert main(argv) == 2
    out, error = capsys.readouterr()
    assert said in error and error.count("\n") == 1 and out == ""
    assert [path.name for path in here.iterdir()] == ["text.json"]
