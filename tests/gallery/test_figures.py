from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support import ROOT

from polyrates.gallery import estimators, minimax
from polyrates.gallery.figures import FIGURES, make

HERE = ROOT / "figures"


WHOLE = bool(os.environ.get("POLYRATES_WHOLE"))
"""Whether every row is computed anew (nox -s figures) or, of the two dear figures, a few."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("figures")
    with pytest.MonkeyPatch.context() as patch:
        if WHOLE:
            written = make(list(FIGURES), folder / "out")
        else:
            patch.setattr(estimators, "BUDGETS", (16, 48))
            patch.setattr(
                minimax,
                "PANELS",
                {
                    name: (kappa, second, 2, eta)
                    for second, (name, (kappa, _, _, eta)) in zip(
                        (1, 3, 12, 30), minimax.PANELS.items(), strict=True
                    )
                },
            )
            patch.setattr(minimax, "CLOSED_HORIZONS", {"0.1": (4, 8, 2), "0.01": (4, 9, 2)})
            cheap = [name for name in FIGURES if name not in ("estimators", "minimax")]
            written = make(cheap, folder / "out")
            written += [*estimators.compute(folder), *minimax.compute(folder)]
        yield {path.name: path.read_bytes() for path in written}


def rows_of(text: str) -> tuple[list[str], np.ndarray]:
    head, *rows = csv.reader(text.splitlines())
    return head, np.array(rows, dtype=float)


def test_every_figure_computes_draws_and_checks(made: dict[str, bytes]) -> None:
    for name in FIGURES:
        assert any(file.startswith(name) and file.endswith(".csv") for file in made), name
        if WHOLE or name not in ("estimators", "minimax"):
            endings = (".svg", ".png")
            assert any(file.startswith(name) and file.endswith(endings) for file in made), name


@pytest.mark.parametrize("name", FIGURES)
def test_the_committed_tables_carry_the_claims_and_the_pictures(name: str, tmp_path: Path) -> None:
    for path in HERE.glob("*.csv"):
        shutil.copy(path, tmp_path)
    FIGURES[name].check(tmp_path)
    for path in FIGURES[name].draw(tmp_path):
        assert (HERE / path.name).stat().st_size < 220_000, name


def test_the_committed_numbers_are_those_of_the_code(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        if not name.endswith(".csv"):
            continue
        head, new = rows_of(content.decode())
        known_head, known = rows_of((HERE / name).read_text(encoding="utf-8"))
        assert head == known_head, name
        if len(new) < len(known) and not WHOLE:
            known = np.array([known[known[:, 0] == key][0] for key in new[:, 0]])
        # rounding of runs differs between machines, far below what is drawn
        assert np.allclose(new, known, rtol=1e-6, atol=1e-9), name


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
