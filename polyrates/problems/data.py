"""Real data for the main job: two data sets that come with scikit-learn, or the user's own CSV.

Every feature is standardised (mean 0, variance 1 over the rows) and the target centred and scaled
to variance 1, so that the spectrum of XᵀX/n does not depend on units. Only numbers are read, and a
target of two words: nothing in a file is evaluated, what may mean two things is refused, and so is
a value that is missing.
"""

from __future__ import annotations

import csv
import math
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from polyrates.ground.errors import meant, refuse_type, refuse_value
from polyrates.problems.cells import Bad, decimal_sign, number_in, read_cell, two_words

__all__ = ["BUILT_IN", "Dataset", "load", "load_csv", "load_vector"]

Array = npt.NDArray[np.float64]

BUILT_IN = ("breast-cancer", "diabetes")
_INSTALL = "pip install 'polyrates[report]'"


@dataclass(frozen=True, eq=False)
class Dataset:
    """A regression problem: standardised features and target.

    Attributes
    ----------
    name : str
        What a reader calls it.
    X : array (n, d)
        Features, each of mean 0 and variance 1.
    y : array (n,)
        The target, of mean 0 and variance 1.
    features : tuple of str
        The names of the columns of X.
    target : str
        The name of y.
    notes : tuple of str
        What was read in a way of its own.
    """

    name: str
    X: Array
    y: Array
    features: tuple[str, ...]
    target: str
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """n."""
        return int(self.X.shape[0])

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.X.shape[1])


def load(name: str) -> Dataset:
    """One of scikit-learn's two small data sets, "breast-cancer" or "diabetes"; no download.

    Breast cancer (Wisconsin): 569 rows, 30 features, the target is the diagnosis as 0 or 1.
    Diabetes: 442 rows, 10 features, the target is the progression of the disease after a year.
    """
    if name not in BUILT_IN:
        refuse_value(
            "data",
            name,
            "is not a built-in data set",
            f"give {' or '.join(BUILT_IN)}, or a CSV file",
        )
    try:
        from sklearn import datasets
    except ImportError:
        refuse_value("data", name, "comes with scikit-learn, which is not installed", _INSTALL)
    bunch = datasets.load_breast_cancer() if name == "breast-cancer" else datasets.load_diabetes()
    target = "diagnosis" if name == "breast-cancer" else "disease progression"
    features = tuple(str(feature) for feature in bunch.feature_names)
    X, y = np.asarray(bunch.data, dtype=float), np.asarray(bunch.target, dtype=float)
    return _standardised(name, X, y, features, target)


def load_csv(
    path: str | Path, column: str, drop: Sequence[str] = (), features: Sequence[str] = ()
) -> Dataset:
    """A CSV file with a header line and numbers below it.

    Numbers may have a decimal comma and signs between thousands, see
    :mod:`polyrates.problems.cells`. A target of two words becomes 0 and 1, and ``notes`` says which
    is which.

    Parameters
    ----------
    path : str or Path
        UTF-8, separated by commas, semicolons or tabs.
    column : str
        The name of the column to predict.
    drop : names of columns to leave out
    features : names of the columns to predict by; none given: all that are left
    """
    path = Path(path)
    if not isinstance(column, str) or not column:
        refuse_type("column", column, "must be the name of a column", "give --column COLUMN")
    header, rows, delimiter = _read(path)
    for option, names in (("column", [column]), ("drop", drop), ("features", features)):
        for name in names:
            _require_column(path, header, option, name)
    for line, row in rows:
        if len(row) != len(header):
            words = f"line {line} has {len(row)} cells, the header has {len(header)}"
            refuse_value("data", str(path), words)
    if len(rows) < 2:
        refuse_value(
            "data", str(path), f"has {len(rows)} row of values and needs at least 2", "add rows"
        )
    if len(header) < 2:
        refuse_value("data", str(path), "has no column besides the target", "add features")
    chosen = tuple(
        name
        for name in header
        if name != column and name not in drop and (not features or name in features)
    )
    if not chosen:
        refuse_value("drop", ", ".join(drop), "leaves no feature", "drop fewer columns")
    table, notes = _numbers(path, header, rows, [*chosen, column], delimiter)
    X, y = table[:, :-1], table[:, -1]
    return replace(_standardised(path.name, X, y, chosen, column), notes=notes)


def _require_column(path: Path, header: Sequence[str], option: str, name: str) -> None:
    if name not in header:
        shown = ", ".join(header[:8]) + (", …" if len(header) > 8 else "")
        close = meant(name, header, f"its columns are {shown}")
        refuse_value(option, name, f"is not a column of {path.name}", close)


def _numbers(
    path: Path,
    header: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    chosen: Sequence[str],
    delimiter: str,
) -> tuple[Array, tuple[str, ...]]:
    """The chosen columns, the target last, and notes; all that is no number in one message."""
    columns = {name: [row[header.index(name)] for _, row in rows] for name in chosen}
    sign = decimal_sign(str(path), (c for each in columns.values() for c in each), delimiter)
    values: list[list[float]] = []
    bad: list[Bad] = []
    notes: tuple[str, ...] = ()
    for name, cells in columns.items():
        read = [
            read_cell(cell, name, line, sign) for (line, _), cell in zip(rows, cells, strict=True)
        ]
        wrong = [each for each in read if isinstance(each, Bad)]
        words = two_words(name, cells) if wrong and name == chosen[-1] else None
        if words is not None:
            values.append(words[0])
            notes = (words[1],)
        else:
            bad += wrong[:1]
            values.append([math.nan if isinstance(each, Bad) else each for each in read])
    if bad:
        _refuse_bad(path, bad)
    return np.array(values).T, notes


def _refuse_bad(path: Path, bad: Sequence[Bad]) -> NoReturn:
    shown = "; ".join(each.text for each in bad[:12]) + ("; …" if len(bad) > 12 else "")
    if len(bad) > 1:
        shown = f"{len(bad)} columns have what is no number: {shown}"
    names = ",".join(each.column for each in bad)
    if len(bad) == 1 and "missing" in bad[0].reason:
        remedy = f"fill it in, drop the row, or the column: --drop {names}"
    else:
        remedy = f"leave them out: --drop {names}; or encode them as numbers"
    refuse_value("data", str(path), shown, remedy)


def load_vector(path: str | Path, dimension: int, argument: str = "x0") -> Array:
    """``dimension`` numbers from a text file, separated by commas, spaces or new lines."""
    text = _text(Path(path), argument)
    cells = text.replace(",", " ").replace(";", " ").split()
    values = []
    for i, cell in enumerate(cells):
        value = number_in(cell)
        if value is None or not math.isfinite(value):
            refuse_value(argument, str(path), f"entry {i + 1}, {cell!r}, is not a finite number")
        values.append(value)
    if len(values) != dimension:
        refuse_value(
            argument,
            str(path),
            f"holds {len(values)} numbers, the problem has {dimension} features",
            "give one number a feature, in the standardised features",
        )
    return np.array(values, dtype=float)


def _text(path: Path, argument: str = "data") -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a FIFO, a device: no end is known
            refuse_value(argument, str(path), "is no regular file", "save what it gives as a file")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = f"give {', '.join(BUILT_IN)} or an existing file" if argument == "data" else ""
        refuse_value(argument, str(path), "there is no such file", remedy)
    except IsADirectoryError:
        refuse_value(argument, str(path), "is a folder", "give a file")
    except UnicodeDecodeError:
        refuse_value(argument, str(path), "is not UTF-8 text", "save it as UTF-8")
    except OSError as error:
        refuse_value(argument, str(path), f"cannot be read ({error.strerror})")


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    text = _text(path)
    if not text.strip():
        refuse_value("data", str(path), "is empty", "give a header line and rows of numbers")
    if "\0" in text:
        refuse_value("data", str(path), "is not a text file", "give a CSV file")
    first = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(text.splitlines(), delimiter=delimiter, strict=True)
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        refuse_value("data", str(path), f"is not well-formed CSV ({error})")
    header = [cell.strip() for cell in lines[0][1]]
    if all(number_in(cell) is not None for cell in header):
        refuse_value("data", str(path), "its first line has no column names", "add a header line")
    for i, name in enumerate(header):
        if not name:
            refuse_value("data", str(path), f"column {i + 1} has no name", "name it in the header")
        if name in header[:i]:
            refuse_value("data", str(path), f"has two columns named {name!r}", "rename one")
    if len(lines) == 1:
        refuse_value("data", str(path), "has a header and no rows", "add rows of numbers")
    return header, lines[1:], delimiter


def _standardised(name: str, X: Array, y: Array, features: tuple[str, ...], target: str) -> Dataset:
    columns = [_scaled(name, X[:, i], f"column {label!r}") for i, label in enumerate(features)]
    scaled = np.ascontiguousarray(np.stack(columns, axis=1))
    goal = _scaled(name, y, f"target {target!r}")
    scaled.setflags(write=False)
    goal.setflags(write=False)
    return Dataset(name, scaled, goal, features, target)


def _scaled(name: str, column: Array, label: str) -> Array:
    if float(np.min(column)) == float(np.max(column)):
        refuse_value("data", name, f"{label} is constant", "drop it: it explains nothing")
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        size = float(np.max(np.abs(column)))
        centred = column - np.mean(column)
        deviation = float(np.sqrt(np.mean(centred**2)))
    if not math.isfinite(deviation) or deviation < 1e-150:
        word = "underflows" if deviation < 1e-150 else "overflows"
        refuse_value(
            "data",
            name,
            f"{label} {word} when it is standardised (values up to {size:.1e})",
            "rescale the column",
        )
    if deviation <= 1e-12 * size:
        refuse_value("data", name, f"{label} is constant up to rounding", "drop it or center it")
    return np.asarray(centred / deviation)
