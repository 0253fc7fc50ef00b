"""What a section of the report is: its words, its numbers, its pictures and its tables.

Words are paragraphs, formulas, tables and the places of pictures, which the page and the paper both
render. Text may hold formulas between dollar signs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from polyrates.report.pictures import Picture
from polyrates.report.results import Analysis

__all__ = ["Formulas", "Grid", "Note", "Pictures", "Section", "Words"]

Array = np.ndarray


@dataclass(frozen=True)
class Note:
    """A paragraph in small print."""

    text: str


@dataclass(frozen=True)
class Formulas:
    """Displayed formulas below each other, as LaTeX."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Pictures:
    """Pictures by name, one, two or many in a row."""

    names: tuple[str, ...]
    layout: Literal["one", "pair", "many"] = "one"


@dataclass(frozen=True)
class Grid:
    """A table of text, the first column a name; ``colors`` mark its rows.

    ``prose`` is a table of formulas and sentences, which a paper sets row by row.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    colors: Sequence[str] = ()
    prose: bool = False


@dataclass(frozen=True)
class Words:
    """A heading, "" for none, and what follows it."""

    heading: str
    blocks: tuple[str | Note | Formulas | Pictures | Grid, ...]


def _nothing(_: Analysis) -> Mapping[str, object]:
    return {}


def _no_pictures(_: Analysis) -> list[Picture]:
    return []


def _no_tables(_: Analysis) -> Mapping[str, Mapping[str, Array]]:
    return {}


@dataclass(frozen=True)
class Section:
    """One part of the report, made from the analysis.

    ``numbers`` are its keys of report.json, ``tables`` its CSV files: columns under their heads.
    """

    words: Callable[[Analysis], Words]
    numbers: Callable[[Analysis], Mapping[str, object]] = _nothing
    pictures: Callable[[Analysis], list[Picture]] = _no_pictures
    tables: Callable[[Analysis], Mapping[str, Mapping[str, Array]]] = _no_tables
