"""report.html: one self-contained page; formulas as MathML, figures as inline SVG, no script.

The page is ``templates/report.html``, in which every kind of block has its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from polyrates.report.advice import advice
from polyrates.report.answer import answer, title
from polyrates.report.mathml import mathml
from polyrates.report.pictures import Picture
from polyrates.report.results import Analysis
from polyrates.report.section import Words

__all__ = ["page"]


def page(analysis: Analysis, sections: Sequence[Words], drawn: Mapping[str, Picture]) -> bytes:
    """The page as UTF-8."""
    environment = Environment(
        loader=PackageLoader("polyrates.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "kind": lambda block: type(block).__name__,
        "inline": lambda text: Markup(_inline(text)),
        "display": lambda formula: Markup(mathml(formula, display=True)),
        "svg": lambda name: Markup(_svg(drawn[name])),
    }
    text = environment.get_template("report.html").render(
        title=title(analysis),
        answer=answer(analysis),
        advice=advice(analysis),
        sections=sections,
        command=analysis.request.command,
    )
    return text.encode()


def _tied(text: str) -> str:
    """No line break inside an equation or before a unit."""
    text = re.sub(r" (?=(?:=|≤|×|times)[ ,])", "\u00a0", text)
    text = re.sub(r"(?<=\u00a0)(=|≤|×|times) ", "\\1\u00a0", text)
    return text.replace(" %", "\u00a0%").replace("burn-in", "burn\u2011in")


def _inline(text: str) -> str:
    """Text with formulas between dollar signs."""
    pieces = text.split("$")
    return "".join(
        mathml(piece) if i % 2 else _tied(escape(piece, quote=False))
        for i, piece in enumerate(pieces)
    )


def _svg(picture: Picture) -> str:
    """The SVG element alone, described for screen readers, its ids made unique on the page."""
    text = picture.svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    prefix = f"{picture.name}-"
    text = re.sub(r'\bid="', f'id="{prefix}', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{prefix}", text)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(picture.words)}"', 1).strip()
