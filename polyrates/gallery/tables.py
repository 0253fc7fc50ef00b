"""CSV in and out: columns of floats under names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from polyrates.gallery.claims import claim

__all__ = ["read_columns", "write_columns"]

Array = npt.NDArray[np.float64]


def write_columns(path: Path, columns: Mapping[str, Array], digits: int = 10) -> Path:
    """One row an index; integers are written as such."""
    length = {len(column) for column in columns.values()}
    claim(len(length) == 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([f"{value:.{digits}g}" for value in row])
    return path


def read_columns(path: Path) -> dict[str, Array]:
    """What :func:`write_columns` wrote."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    table = np.array(rows, dtype=float)
    return {name: table[:, i] for i, name in enumerate(head)}
