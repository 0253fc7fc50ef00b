"""report.tex: the same words for pdflatex, beside the figures as PDF."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from polyrates.ground.tables import escape_tex, inline_tex, latex_table
from polyrates.report.advice import advice
from polyrates.report.answer import answer, title
from polyrates.report.results import Analysis
from polyrates.report.section import Formulas, Grid, Note, Pictures, Words

__all__ = ["centered", "document", "paper"]

_WIDTHS = {"one": 0.7, "pair": 0.49, "many": 0.32}


def document(title: str, body: Sequence[str]) -> bytes:
    """A complete article."""
    lines = [
        r"\documentclass[11pt]{article}",
        r"\usepackage[utf8]{inputenc}",
        r"\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}",
        r"\usepackage[a4paper,margin=2.3cm]{geometry}",
        r"\usepackage{amsmath,amssymb,graphicx}",
        r"\setlength{\parindent}{0pt}\setlength{\parskip}{6pt plus 2pt}",
        r"\emergencystretch=3em",
        rf"\title{{{escape_tex(title)}}}",
        r"\author{}\date{}",
        r"\begin{document}",
        r"\maketitle",
        *body,
        r"\end{document}",
        "",
    ]
    return "\n".join(lines).encode()


def centered(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Values by t: a table in the middle of the page."""
    return "\\begin{center}\n" + latex_table(head, rows, "rl") + "\n\\end{center}"


def paper(analysis: Analysis, sections: Sequence[Words]) -> bytes:
    """The report as LaTeX; it includes figures/*.pdf."""
    body = [rf"\textbf{{{escape_tex(answer(analysis))}}}", ""]
    body += [escape_tex(advice(analysis)), ""]
    for section in sections:
        if section.heading:
            body.append(rf"\section*{{{escape_tex(section.heading)}}}")
        for block in section.blocks:
            body += _lines(block)
    body += [
        r"\bigskip\small To make this report again: "
        rf"\texttt{{{escape_tex(analysis.request.command)}}}",
    ]
    return document(title(analysis), body)


def _lines(block: str | Note | Formulas | Pictures | Grid) -> Iterator[str]:
    match block:
        case str():
            yield f"{inline_tex(block)}\n"
        case Note():
            yield rf"{{\small {inline_tex(block.text)}\par}}"
        case Formulas():
            yield r"\begin{gather*}"
            yield " \\\\\n".join(block.lines)
            yield r"\end{gather*}"
        case Pictures():
            yield _graphics(block.names, _WIDTHS[block.layout])
        case Grid() if block.prose:
            for name, *formulas, last in block.rows:
                yield rf"\textbf{{{escape_tex(name)}}}: {inline_tex(last)}."
                yield r", \qquad ".join(each.strip("$") for each in formulas).join((r"\[", r"\]"))
        case Grid():
            yield _tabular(block.head, block.rows)


def _graphics(names: Sequence[str], width: float) -> str:
    shown = "\n".join(
        rf"\includegraphics[width={width}\textwidth]{{figures/{name}.pdf}}" for name in names
    )
    return "\\begin{center}\n" + shown + "\n\\end{center}"


def _tabular(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [
        r"{\scriptsize\setlength{\tabcolsep}{3.5pt}\begin{center}",
        rf"\begin{{tabular}}{{l{'r' * (len(head) - 2)}l}}",
    ]
    tops = [rf"\shortstack[r]{{{_stacked(cell)}}}" for cell in head]
    lines.append(" & ".join(tops) + r" \\ \hline")
    for row in rows:
        cells = [cell.replace("gradient descent", "GD") for cell in row]
        lines.append(" & ".join(escape_tex(cell) for cell in cells) + r" \\")
    return "\n".join([*lines, r"\end{tabular}\end{center}}", ""])


def _stacked(cell: str) -> str:
    """Words of a head on lines of about a dozen characters."""
    tied = cell.replace(" =", "\u00a0=").replace("= ", "=\u00a0").replace(" %", "\u00a0%")
    lines = textwrap.wrap(tied, 12, break_long_words=False, break_on_hyphens=False)
    return r"\\".join(escape_tex(line.replace("\u00a0", " ")) for line in lines)
