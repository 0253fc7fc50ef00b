r"""How a value shows itself in a notebook: a card as HTML, its formula as LaTeX.

Formulas stand between dollar signs, which notebooks typeset. A showing never fails: a value that
cannot be written out is shown by its ``repr``, and where that fails too by the name of its class,
since an error in a ``repr`` would hide the value and the work behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from polyrates.ground.outward import at_least, at_most, nearest
from polyrates.ground.typeset import latex

__all__ = [
    "Card",
    "Carded",
    "Typeset",
    "lower_cell",
    "number_cell",
    "plainly",
    "safe_html",
    "typeset_cell",
    "upper_cell",
]

_LONGEST = 600  # characters of a formula beyond which a card leaves it to ``latex(value)``


@dataclass(frozen=True)
class Card:
    """What a card says.

    Attributes
    ----------
    title : str
    rows : pairs of a name and a cell, plain text or ``$formula$``
    head : names of the columns, where the rows are a table with more than two
    formula : LaTeX, without dollar signs
    note : str
        A sentence below.
    """

    title: str
    rows: Sequence[Sequence[str]] = ()
    head: Sequence[str] = ()
    formula: str = ""
    note: str = ""

    def html(self) -> str:
        """The card as HTML, every text escaped."""
        top = "".join(f"<th scope='col'>{_cell(name)}</th>" for name in self.head)
        lines = []
        for first, *others in self.rows:
            cells = "".join(f"<td>{_cell(text)}</td>" for text in others)
            lines.append(f"<tr><th scope='row'>{_cell(first)}</th>{cells}</tr>")
        parts = [f"<p><b>{escape(self.title)}</b></p>"]
        if self.formula and len(self.formula) <= _LONGEST:
            parts.append(f"<p>$\\displaystyle {escape(self.formula)}$</p>")
        if lines:
            head = f"<thead><tr>{top}</tr></thead>" if top else ""
            parts.append(f"<table>{head}<tbody>{''.join(lines)}</tbody></table>")
        if self.note:
            parts.append(f"<p>{escape(self.note)}</p>")
        return f"<div>{''.join(parts)}</div>"


def _cell(text: str) -> str:
    return escape(text, quote=False)


def typeset_cell(value: object) -> str:
    """``$formula$`` of a value; its text where there is no formula or none of bearable length."""
    try:
        text = latex(value)
    except Exception:  # whatever a formula may raise, a card is no place for it
        return plainly(value)
    return f"${text}$" if len(text) <= _LONGEST else plainly(value)


def number_cell(value: object) -> str:
    """Six digits of a number; a formula where it has symbols, "—" for None."""
    return _cell_of(value, nearest)


def upper_cell(value: object) -> str:
    """The same of an upper bound, rounded up."""
    return _cell_of(value, at_most)


def lower_cell(value: object) -> str:
    """The same of a lower bound, rounded down."""
    return _cell_of(value, at_least)


def _cell_of(value: object, shown: Callable[[object, int], str]) -> str:
    if value is None:
        return "—"
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return typeset_cell(value)
    if math.isnan(number):
        return "not a number"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    return shown(value, 6)


def plainly(value: object) -> str:
    """``repr``, shortened; the name of the class where that fails."""
    try:
        text = repr(value)
    except Exception:  # a repr of the user's, or a number too long for Python to write
        return f"<{type(value).__name__}>"
    return text if len(text) <= 2 * _LONGEST else f"{text[: 2 * _LONGEST]}…"


def safe_html(value: object, build: Callable[[], str]) -> str:
    """The HTML that is built, else ``repr`` in its place."""
    try:
        return build()
    except Exception:  # see the module
        return f"<pre>{escape(plainly(value))}</pre>"


class Typeset:
    """A value that a notebook shows as its formula, ``_latex()``."""

    def _repr_latex_(self) -> str | None:
        try:
            return f"$${latex(self)}$$"
        except Exception:  # see the module: the notebook then takes the repr
            return None


class Carded(Typeset):
    """A value that a notebook shows as a card, ``_card()``."""

    def _card(self) -> Card:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return safe_html(self, lambda: self._card().html())
