r"""LaTeX to MathML by latex2mathml, and what that leaves out: limits below, bars, refusals.

One source for both documents: what report.tex typesets, report.html shows.
"""

from __future__ import annotations

import re
from html import escape

from latex2mathml.converter import convert

__all__ = ["mathml"]

_BELOW = re.compile(r"\\(max|min|sup)_")
_BAR = re.compile(r'<mo(?: fence="false")? stretchy="false">(&#x0(?:2016|007C);)</mo>')
_LETTER = re.compile(r"<mo>(&#x0220[27];)</mo>")  # ∂ and ∇ stand before their letter like a letter
_NAME = re.compile(r"(<mi>(?:log|exp)</mi>)(?=<mi>)")
_HEAD = '<math xmlns="http://www.w3.org/1998/Math/MathML"'


def mathml(latex: str, display: bool = False) -> str:
    """The MathML of a formula, with its LaTeX as the accessible annotation."""
    source = _BELOW.sub(r"\\\1\\limits_", latex.replace(r"\arg", r"\operatorname{arg}"))
    try:
        text = convert(source, display="block" if display else "inline")
    except Exception as error:  # latex2mathml raises what its parser meets
        raise ValueError(f"cannot turn {latex!r} into MathML: {error!r}") from error
    body = text[text.index(">") + 1 : text.rindex("</math>")]
    if "\\" in body or "<mi>&</mi>" in body or latex.count("{") != latex.count("}"):
        raise ValueError(f"cannot turn {latex!r} into MathML")
    body = _BAR.sub(r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', body)
    body = _NAME.sub(r'\1<mspace width="0.17em"></mspace>', _LETTER.sub(r"<mi>\1</mi>", body))
    note = f'<annotation encoding="application/x-tex">{escape(latex)}</annotation>'
    mode = ' display="block"' if display else ""
    return f"{_HEAD}{mode}><semantics>{body}{note}</semantics></math>"
