"""Numbers as tables of data write them, and what is none.

A file has one decimal sign, which all its cells together must show: ``1,5`` or ``1.234,5`` make it
the comma, ``1.5`` or ``1,234.5`` the point. ``1,234`` alone is 1.234 or 1234, and refused. Between
thousands a space, an apostrophe or the other sign is read, in groups of three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from polyrates.ground.errors import refuse_value

__all__ = ["Bad", "decimal_sign", "number_in", "read_cell", "two_words"]

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
_YES = frozenset({"yes", "true", "y", "t", "positive", "1", "ja", "oui", "si"})
_SPACES = str.maketrans("", "", " '’\u00a0\u202f")
_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d*)?|\d*,?\d+\.\d+)")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d*|\d*,\d+|\d{1,3}(\.\d{3}){2,})")
_GROUPS = re.compile(r"[+-]?\d{1,3}([ '’\u00a0\u202f]\d{3})+([.,]\d*)?")


@dataclass(frozen=True)
class Bad:
    """A cell that is no number: where it is and why."""

    column: str
    line: int
    reason: str

    @property
    def text(self) -> str:
        """The reason and the place: 'blue' is not a number (column 'a', line 3)."""
        return f"{self.reason} (column {self.column!r}, line {self.line})"


def number_in(cell: str) -> float | None:
    """A number as Python writes it, in ASCII without underscores; infinities and NaN are floats.

    Python's ``float`` takes the digits of every script, and underscores; where numbers are read, in
    options and in files, neither is one.
    """
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def decimal_sign(path: str, cells: Iterable[str], delimiter: str) -> str:
    """The decimal sign, a point or a comma, from all cells that show it.

    Where commas part the cells, a quoted ``1,234`` is 1234.
    """
    point = comma = False
    either = ""
    for raw in cells:
        cell = raw.strip()
        if "," not in cell and "." not in cell:
            continue
        bare = cell.translate(_SPACES)
        as_point = number_in(bare) is not None or _POINT.fullmatch(bare) is not None
        as_comma = _COMMA.fullmatch(bare) is not None
        if as_point and as_comma:
            either = either or cell
        elif as_comma:
            comma = True
        elif as_point and not re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", bare):
            point = True
    if either and not point and not comma and delimiter != ",":
        refuse_value(
            "data",
            path,
            f"{either!r} may be {either.replace(',', '.')} or {either.replace(',', '')}",
            "write it with a point, or without separators",
        )
    return "," if comma and not point else "."


def read_cell(cell: str, column: str, line: int, sign: str) -> float | Bad:
    """The finite number in a cell, or why there is none."""
    text = cell.strip()
    if text.lower() in _MISSING:
        return Bad(column, line, "a value is missing")
    if _GROUPS.fullmatch(text):
        text = text.translate(_SPACES)
    value = None
    if sign == ",":
        if _COMMA.fullmatch(text) or re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", text):
            value = number_in(text.replace(".", "").replace(",", "."))
        elif "." not in text:
            value = number_in(text)
    elif "," not in text:
        value = number_in(text)
    elif _POINT.fullmatch(text):
        value = number_in(text.replace(",", ""))
    if value is None:
        return Bad(column, line, f"{cell.strip()[:40]!r} is not a number")
    if not math.isfinite(value):
        return Bad(column, line, f"{cell.strip()[:40]!r} is not finite")
    return value


def two_words(name: str, cells: Iterable[str]) -> tuple[list[float], str] | None:
    """A column of two words as 0 and 1, and the note that says which; None where it is none."""
    words = [cell.strip() for cell in cells]
    kinds = sorted({word.lower() for word in words})
    if len(kinds) != 2 or any(kind in _MISSING for kind in kinds):
        return None
    yes = next((kind for kind in kinds if kind in _YES), kinds[1])
    no = next(kind for kind in kinds if kind != yes)
    shown = {word.lower(): word for word in reversed(words)}
    note = f"{name}: {shown[yes]!r} is 1, {shown[no]!r} is 0"
    return [float(word.lower() == yes) for word in words], note
