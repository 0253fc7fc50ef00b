"""report.html: one self-contained page; formulas as MathML, figures as inline SVG, no script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from polyrates.report import words
from polyrates.report.mathml import mathml
from polyrates.report.pictures import Picture
from polyrates.report.results import Analysis
from polyrates.report.sections import sections

__all__ = ["page"]

_STYLE = """
:root { color-scheme: light; --ink: #222; --muted: #5c5c5c; --line: #e2e2e2; --accent: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink);
  font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 2.2rem 1.25rem 4rem; }
h1 { font-size: 1.05rem; font-weight: 600; color: var(--muted); margin: 0 0 .9rem; }
h2 { font-size: 1.25rem; margin: 2.8rem 0 .6rem; }
p, ul { max-width: 44rem; margin: .7rem 0; }
.answer { font-size: clamp(1.15rem, 1.9vw, 1.42rem); line-height: 1.42; font-weight: 600;
  max-width: 58rem; margin: 0 0 1.6rem; }
.pair { display: grid; gap: 1rem 1.5rem; margin: 1.2rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); }
.many { display: grid; gap: .6rem 1.2rem; margin: 1.2rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 250px), 1fr)); }
figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; }
.many figure { max-width: 370px; }
.one { margin: 1.2rem 0; max-width: 46rem; }
.note { color: var(--muted); font-size: .92rem; }
.formula { overflow-x: auto; overflow-y: hidden; margin: .9rem 0;
  padding: .25rem 0; max-width: 44rem; }
math { font-size: 1.06em; } .formula math { font-size: 1.15em; }
table { border-collapse: collapse; font-size: .92rem; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .45rem .7rem; border-bottom: 1px solid var(--line);
  vertical-align: baseline; }
th { font-weight: 600; color: var(--muted); vertical-align: bottom; line-height: 1.3; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td { white-space: nowrap; } td:first-child { font-weight: 600; }
.methods th, .methods td { text-align: left; white-space: normal; }
.methods td:first-child { min-width: 9rem; }
.methods { font-size: .88rem; } .methods th, .methods td { padding-right: .5rem; }
@media (min-width: 761px) { .methods math { font-size: .98em; } }
.word { white-space: nowrap; }
.swatch { display: inline-block; width: 1.4em; height: .28em; border-radius: 2px;
  margin-right: .55em; vertical-align: .22em; }
code { font: .88em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--muted);
  font-size: .92rem; }
@media (max-width: 760px) {
  body { font-size: 16px; } main { padding: 1.3rem .9rem 3rem; }
  thead { position: absolute; left: -9999px; }
  table, tbody, tr, td { display: block; }
  tr { padding: .7rem 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: .12rem 0; text-align: left; display: flex;
    justify-content: space-between; gap: 1rem; }
  td::before { content: attr(data-label); color: var(--muted); flex: 0 0 auto; max-width: 62%; }
  td:first-child::before { content: none; } td:first-child { display: block; white-space: normal; }
  .methods td { display: block; overflow-x: auto; }
  .methods td::before { display: block; max-width: none; }
}
@media print {
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } figure { break-inside: avoid; }
}
"""


def page(analysis: Analysis, drawn: Mapping[str, Picture], colors: list[str]) -> bytes:
    """The page as UTF-8."""
    parts = [
        f"<h1>{escape(words.title(analysis))}</h1>",
        f'<p class="answer">{_tied(escape(words.answer(analysis)))}</p>',
        _figures(drawn, ("iterates", "jacobian"), "pair"),
        _table(analysis, colors),
        '<p class="note">Errors are relative to the start, so every curve begins at 1; '
        "“within 1 %” means from then on, and it burns in while the Jacobian is worse than at the "
        "start. The check compares each run with the formula below."
        f"{_caution(analysis)}</p>",
    ]
    for section in sections(analysis):
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts += [f"<p>{_inline(text)}</p>" for text in section.before]
        shown = "".join(mathml(formula, display=True) for formula in section.formulas)
        parts += [f'<div class="formula">{shown}</div>'] if shown else []
        parts += [f"<p>{_inline(text)}</p>" for text in section.after]
        if section.pictures:
            kind = "many" if "bound" in section.pictures[0] else "pair"
            if len(section.pictures) == 1 and kind == "pair":
                kind = "one"
            parts.append(_figures(drawn, section.pictures, kind))
        if section.table:
            parts.append(_plain_table(*words.plan_columns(analysis)))
    parts += ["<h2>The methods</h2>", _methods(analysis), _footer(analysis)]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(words.title(analysis))}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


def _caution(analysis: Analysis) -> str:
    if analysis.exact:
        return ""
    return (
        " This loss is not quadratic: what is predicted holds near the solution, to first order, "
        "and is no guarantee."
    )


def _tied(text: str) -> str:
    """No line break inside an equation or before a unit."""
    return (
        re.sub(r" (=|×|times) ", "\u00a0\\1\u00a0", text)
        .replace(" %", "\u00a0%")
        .replace("burn-in", "burn\u2011in")
    )


def _inline(text: str) -> str:
    """Text with formulas between dollar signs."""
    pieces = text.split("$")
    return "".join(
        mathml(piece) if i % 2 else _tied(escape(piece, quote=False))
        for i, piece in enumerate(pieces)
    )


def _figures(drawn: Mapping[str, Picture], names: tuple[str, ...], kind: str) -> str:
    figures = "".join(f"<figure>{inline_svg(drawn[name])}</figure>" for name in names)
    return f'<div class="{kind}">{figures}</div>'


def inline_svg(picture: Picture) -> str:
    """The SVG element alone, described for screen readers, its ids made unique on the page."""
    text = picture.svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    prefix = f"{picture.name}-"
    text = re.sub(r'\bid="', f'id="{prefix}', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{prefix}", text)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    words_ = escape(picture.words)
    return text.replace("<svg", f'<svg role="img" aria-label="{words_}"', 1).strip()


def _plain_table(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{_tied(escape(cell))}</th>" for cell in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(label)}"><span>{_tied(escape(cell))}</span></td>'
            for label, cell in zip(head, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _table(analysis: Analysis, colors: list[str]) -> str:
    head, rows = words.columns(analysis)
    top = "".join(f"<th>{_tied(escape(cell))}</th>" for cell in head)
    body = []
    for row, color in zip(rows, colors, strict=True):
        cells = "".join(
            f'<td data-label="{escape(label)}">'
            + (f'<span class="swatch" style="background:{color}"></span>' if i == 0 else "")
            + f"<span>{_tied(escape(cell))}</span></td>"
            for i, (label, cell) in enumerate(zip(head, row, strict=True))
        )
        body.append(f"<tr>{cells}</tr>")
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _methods(analysis: Analysis) -> str:
    rows = []
    for name, update, residual, parameters in words.method_rows(analysis):
        rows.append(
            f'<tr><td data-label="method">{escape(name)}</td>'
            f'<td data-label="step">{mathml(update)}</td>'
            f'<td data-label="residual polynomial">{mathml(residual)}</td>'
            f'<td data-label="parameters">{_inline(parameters)}</td></tr>'
        )
    head = "<th>method</th><th>step</th><th>residual polynomial</th><th>parameters</th>"
    note = _inline(words.NOTATION)
    return (
        f'<table class="methods"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
        f'<p class="note">{note}</p>'
    )


def _footer(analysis: Analysis) -> str:
    words_ = (escape(word) for word in analysis.request.command.split(" "))
    command = " ".join(f'<span class="word">{word}</span>' for word in words_)
    return (
        "<footer><p>Every number on this page is in report.json or curves.csv. To make it again: "
        f"<code>{command}</code></p><p>After Scieur, Gidel, Bertrand and Pedregosa, “The Curse of "
        "Unrolling: Rate of Differentiating Through Optimization”, NeurIPS 2022.</p></footer>"
    )
