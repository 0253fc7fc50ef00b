"""The figures of the README: each computes its numbers into CSV files and draws what they hold.

A figure is a module with ``about`` (one line), ``compute(folder)`` that writes CSV,
``draw(folder)`` that reads it and writes a picture, and
``check(folder)`` that asserts what the figure claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from polyrates.gallery import (
    beyond,
    certificates,
    estimators,
    experiments,
    figure1,
    minimax,
    sobolev,
    step_map,
    three_steps,
)
from polyrates.report.folder import check_target, write_folder

__all__ = ["FIGURES", "Figure", "make"]


class Figure(Protocol):
    """What a module of this package offers."""

    about: str

    def compute(self, folder: Path) -> list[Path]:
        """Write the numbers."""
        ...

    def draw(self, folder: Path) -> list[Path]:
        """Draw them."""
        ...

    def check(self, folder: Path) -> None:
        """Assert what the figure claims."""
        ...


FIGURES: dict[str, Figure] = {
    "figure1": figure1,
    "three-steps": three_steps,
    "step-map": step_map,
    "experiments": experiments,
    "estimators": estimators,
    "sobolev": sobolev,
    "minimax": minimax,
    "beyond": beyond,
    "certificates": certificates,
}


def make(
    names: Sequence[str], out: str | Path, progress: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Compute, draw and check figures; the paths of the files, in a folder written whole."""
    check_target(out)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in names:
            progress(name)
            FIGURES[name].compute(folder)
            FIGURES[name].draw(folder)
            FIGURES[name].check(folder)
        contents = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    written = write_folder(out, contents)
    return [written / name for name in sorted(contents)]
