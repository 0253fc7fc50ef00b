r"""Rows of words as a table: for a terminal, a page, a paper, a README; and words for TeX.

A table is a head, rows of as many cells, and one letter a column, "l" or "r"; the last letter goes
on. What stands between dollar signs is a formula, which TeX sets as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

__all__ = ["escape_tex", "html_table", "inline_tex", "latex_table", "markdown_table", "text_table"]

Rows = Sequence[Sequence[str]]

_LETTERS = "κℓ√×ηαβλμξθσ∂∇⋆≤≥≈≠‖∞→·"
_NAMES = r"""\kappa \ell \surd \times \eta \alpha \beta \lambda \mu \xi \theta \sigma \partial
    \nabla \star \le \ge \approx \neq \| \infty \to \cdot"""
_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{each: rf"\{each}" for each in "{}$&#%_"},
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **dict(zip("“”’", ("``", "''", "'"), strict=True)),
    **{each: f"${each}$" for each in "<>|"},
    **{letter: f"${name}$" for letter, name in zip(_LETTERS, _NAMES.split(), strict=True)},
    "−": "$-$",
    "₀": "$_0$",
}
_SUPERSCRIPT = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def escape_tex(text: str) -> str:
    """Plain text for LaTeX; letters that pdflatex's fonts lack become a question mark."""
    return "".join(
        f"$^{{{piece.translate(_PLAIN)}}}$"
        if _SUPERSCRIPT.fullmatch(piece)
        else "".join(map(_letter, piece))
        for piece in re.split(f"({_SUPERSCRIPT.pattern})", text)
    )


def _letter(char: str) -> str:
    plain = char.isascii() or "\u00c0" <= char <= "\u017f"
    return _SPECIAL.get(char, char if plain else "?")


def inline_tex(text: str) -> str:
    """Words with formulas between dollar signs."""
    pieces = enumerate(text.split("$"))
    return "".join(f"${piece}$" if i % 2 else escape_tex(piece) for i, piece in pieces)


def _letters(align: str, head: Sequence[str]) -> str:
    return (align or "l") + (align or "l")[-1] * (len(head) - len(align or "l"))


def text_table(head: Sequence[str], rows: Rows, align: str = "l") -> str:
    """Columns two blanks apart, no blanks at the ends of lines."""
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    places = list(zip(_letters(align, head), widths, strict=True))
    return "\n".join(
        "  ".join(
            cell.ljust(width) if side == "l" else cell.rjust(width)
            for cell, (side, width) in zip(line, places, strict=True)
        ).rstrip()
        for line in lines
    )


def html_table(head: Sequence[str], rows: Rows, caption: str = "") -> str:
    """A ``<table>`` with its head apart."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def latex_table(head: Sequence[str], rows: Rows, align: str = "l") -> str:
    """A ``tabular`` with a line below its head; no package is needed."""
    first, *others = (" & ".join(map(inline_tex, line)) + r" \\" for line in [head, *rows])
    begin = rf"\begin{{tabular}}{{{_letters(align, head)}}}"
    return "\n".join([begin, rf"{first} \hline", *others, r"\end{tabular}"])


def markdown_table(head: Sequence[str], rows: Rows, align: str = "l") -> str:
    """A table as GitHub and Jupyter read it."""
    first, *others = (f"| {' | '.join(line)} |" for line in [head, *rows])
    rule = "|".join("--:" if side == "r" else "---" for side in _letters(align, head))
    return "\n".join([first, f"|{rule}|", *others])
