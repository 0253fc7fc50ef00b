"""report.tex: the same words for pdflatex, beside the figures as PDF."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from polyrates.ground.tables import escape_tex, inline_tex
from polyrates.report import words
from polyrates.report.results import Analysis
from polyrates.report.sections import sections

__all__ = ["document", "paper"]


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


def paper(analysis: Analysis) -> bytes:
    """The report as LaTeX; it includes figures/*.pdf."""
    body = [
        rf"\textbf{{{escape_tex(words.answer(analysis))}}}",
        "",
        _graphics(("iterates", "jacobian"), 0.49),
        _table(analysis),
    ]
    for section in sections(analysis):
        body.append(rf"\section*{{{escape_tex(section.heading)}}}")
        body += [inline_tex(text) + "\n" for text in section.before]
        if section.formulas:
            body += [r"\begin{gather*}", " \\\\\n".join(section.formulas), r"\end{gather*}"]
        body += [inline_tex(text) + "\n" for text in section.after]
        if section.pictures:
            many = section.pictures[0].startswith("bound")
            width = 0.7 if len(section.pictures) == 1 else 0.49
            body.append(_graphics(section.pictures, 0.32 if many else width))
        if section.table:
            body.append(_tabular(*words.plan_columns(analysis)))
    body.append(r"\section*{The methods}")
    for name, update, residual, parameters in words.method_rows(analysis):
        body += [
            rf"\textbf{{{escape_tex(name)}}}: {inline_tex(parameters)}.",
            r"\[",
            rf"{update}, \qquad {residual}",
            r"\]",
        ]
    body += [
        inline_tex(words.NOTATION),
        "",
        r"\bigskip\small To make this report again: "
        rf"\texttt{{{escape_tex(analysis.request.command)}}}",
    ]
    return document(words.title(analysis), body)


def _graphics(names: Sequence[str], width: float) -> str:
    shown = "\n".join(
        rf"\includegraphics[width={width}\textwidth]{{figures/{name}.pdf}}" for name in names
    )
    return "\\begin{center}\n" + shown + "\n\\end{center}"


def _table(analysis: Analysis) -> str:
    return _tabular(*words.columns(analysis))


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
