"""A run of the benchmarks is kept and compared with the next."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from support import ROOT


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """``benchmarks/run.py`` as a module, with a benchmark of its own that takes no time."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spec = importlib.util.spec_from_file_location("benchmark_run", ROOT / "benchmarks" / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    toy = ModuleType("core")
    toy.main = lambda: toy.note("sum", toy.ours, 2.0)  # type: ignore[attr-defined]
    toy.note, toy.ours = sys.modules["side_by_side"].note, 1.0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core", toy)
    yield module
    module.ROWS.clear()


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_a_run_is_saved_and_compared(
    ending: str, runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / f"old.{ending}", tmp_path / f"new.{ending}"
    assert runner.main(["core", "--save", str(old)]) == 0
    assert runner.load(old) == {"sum": runner.Measured(1.0, 2.0)}
    for ours, status in ((1.09, 0), (0.5, 0), (1.11, 1)):
        runner.ROWS.clear()
        sys.modules["core"].ours = ours  # type: ignore[attr-defined]
        assert runner.main(["core", "--save", str(new), "--against", str(old)]) == status
        printed = capsys.readouterr().out
        assert f"{ours:.2f}" in printed and ("SLOWER" in printed) == bool(status)
    assert runner.main(["--compare", str(old), str(new)]) == 1
    assert runner.main(["--compare", str(old), str(new), "--allow", "0.2"]) == 0


def test_rows_that_come_and_go_are_named(runner: ModuleType) -> None:
    Measured = runner.Measured
    lines, slower = runner.compare({"a": Measured(1.0)}, {"b": Measured(9.0, 3.0)})
    assert slower == []
    assert any(line.startswith("b") and line.endswith("new") for line in lines)
    assert any(line.startswith("a") and line.endswith("gone") for line in lines)


def test_a_slow_machine_is_told_from_slow_code(runner: ModuleType) -> None:
    Measured = runner.Measured
    lines, _ = runner.compare({"a": Measured(1.0, 2.0)}, {"a": Measured(3.0, 6.0)})
    assert lines[1].split()[1:3] == ["3.00", "1.00"]


def test_one_label_beside_two_peers_is_two_rows(runner: ModuleType) -> None:
    note = sys.modules["side_by_side"].note
    note("a", 1.0, 2.0)
    note("a", 1.0, 3.0)
    assert list(runner.ROWS) == ["a", "a (2)"]


def test_every_benchmark_can_be_run_by_name(runner: ModuleType) -> None:
    for name in runner.SCRIPTS:
        text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        assert "\ndef main(" in text and ("note(" in text or "row(" in text)


def test_a_table_says_who_how_long_and_which_ratio(runner: ModuleType, tmp_path: Path) -> None:
    import csv

    assert runner.main(["core", "--table", str(tmp_path / "t.md")]) == 0
    with (tmp_path / "t.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["job"], row["ours"], row["peer/ours"]) for row in rows] == [("sum", "1", "2")]
    head, rule, line = (tmp_path / "t.md").read_text(encoding="utf-8").splitlines()
    assert head.count("|") == rule.count("|") == line.count("|") and "| sum |" in line
