from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from support import ROOT

from polyrates.gallery.figures import FIGURES, make

HERE = ROOT / "figures"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    pytest.importorskip("sklearn")
    out = tmp_path_factory.mktemp("figures") / "out"
    return {path.name: path.read_bytes() for path in make(list(FIGURES), out)}


def test_every_figure_computes_draws_and_checks(made: dict[str, bytes]) -> None:
    for name in FIGURES:
        assert any(file.startswith(name) and file.endswith(".csv") for file in made), name
        assert any(file.startswith(name) and file.endswith((".svg", ".png")) for file in made), name


def test_the_committed_numbers_are_those_of_the_code(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        committed = HERE / name
        assert committed.exists(), name
        if not name.endswith(".csv"):
            assert committed.stat().st_size < 220_000, name
            continue
        head, *rows = csv.reader(content.decode().splitlines())
        known_head, *known = csv.reader(committed.read_text(encoding="utf-8").splitlines())
        assert head == known_head, name
        new, old = np.array(rows, dtype=float), np.array(known, dtype=float)
        # rounding of runs differs between machines, far below what is drawn
        assert np.allclose(new, old, rtol=1e-6, atol=1e-9), name


def test_drawing_reads_the_table_and_computes_nothing(tmp_path: Path) -> None:
    figure = FIGURES["three-steps"]
    figure.compute(tmp_path)
    (first,) = figure.draw(tmp_path)
    before = first.read_bytes()
    table = tmp_path / "three-steps.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join(lines[:200]) + "\n", encoding="utf-8")
    figure.draw(tmp_path)
    assert first.read_bytes() != before


def test_scripts_are_there_for_every_figure() -> None:
    scripts = {path.stem for path in HERE.glob("*.py")}
    assert {name.replace("-", "_") for name in FIGURES} <= scripts
