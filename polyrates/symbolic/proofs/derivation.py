"""Derivations as objects: a statement, its hypotheses, and steps that a machine checks.

Every step carries its justification and a check of a named kind:

- "symbolic zero": left − right reduces to zero by rewriting (noncommutative symbols allowed);
- "exact evaluation at random rational points": both sides, in exact arithmetic, at seeded points;
- "sign certificate on an interval": a polynomial is ≥ 0 because, written in variables ≥ 0, all its
  coefficients are, or because it has no root inside the interval (Sturm).

The first and the last prove what they check. The second refutes a false step; what proves the step
is the justification written beside it. A step that does not hold raises :class:`DerivationError`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import sympy

from polyrates.ground.typeset import (
    WIDTH,
    broken_rows,
    inline,
    latex,
    printer,
    visible,
    visible_plain,
)
from polyrates.symbolic.proofs.steps import DerivationError, Report, Step

__all__ = ["Derivation"]


@dataclass(frozen=True)
class Derivation:
    """A statement, what it assumes, and the steps that prove it.

    Attributes
    ----------
    title : str
    statement : sympy relation, or a tuple of them
    hypotheses : tuple of sympy relations and of strings (LaTeX text, formulas between ``$``)
    steps : tuple of Step
    sources : tuple of str
        Keys of :mod:`polyrates.ground.references`.
    """

    title: str
    statement: tuple[Any, ...]
    hypotheses: tuple[Any, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def check(self) -> Report:
        """Check every step; the first that does not hold raises DerivationError."""
        checks = []
        for i, step in enumerate(self.steps, 1):
            try:
                checks.append(step.check())
            except DerivationError as error:
                raise DerivationError(f"{self.title}, step {i}: {error}") from None
        return Report(self.title, tuple(checks))

    def _latex(self) -> str:

        return latex_derivation(self)

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"

    def _repr_markdown_(self) -> str:

        return markdown_derivation(self)

    def _repr_html_(self) -> str:

        return html_derivation(self)


def _formulas(derivation: Derivation) -> list[str]:
    """The statements, LaTeX cut at its ``\\quad``s, or the value for the method at hand."""
    result: list[str] = []
    for each in derivation.statement:
        if isinstance(each, str):
            pieces = each.split(r", \quad ")
            result += [rf"{piece}," for piece in pieces[:-1]] + pieces[-1:]
        else:
            shown = latex(each)
            result.append(shown if isinstance(each, sympy.Rel) else rf"\text{{Here: }} {shown}")
    return result


def _stack(formulas: list[str]) -> str:
    if len(formulas) == 1:
        return formulas[0]
    rows = " \\\\\n".join(f"& {each}" for each in formulas)
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def _sides(step: Any) -> tuple[list[str], list[str]]:
    left, right = (
        printer().signed_terms(side) if isinstance(side, sympy.Add) else [inline(side)]
        for side in (step.left, step.right)
    )
    return left, [*right, step.remainder] if step.remainder else right


def _sentence(text: str) -> list[str]:
    """Words of a text; what stands between $ signs is one word."""
    return re.findall(r"(?:\$[^$]*\$|[^\s$])+", text)


def _text_rows(text: str) -> list[str]:
    rows, row = [], ""
    for word in _sentence(text):
        if row and visible_plain(row) + row.count(" ") + visible_plain(word) > WIDTH - 8:
            rows.append(row)
            row = ""
        row = f"{row} {word}" if row else word
    return [rf"\text{{{each}}}" for each in [*rows, row] if each]


def latex_derivation(derivation: Derivation) -> str:
    """One ``aligned``: title, statement, hypotheses, and each step with its reason below it."""
    rows = [rf"& \textbf{{{derivation.title}}}"]
    rows += [f"& {each}" for each in _formulas(derivation)]
    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    if given:
        rows += [f"& {row}" for row in _text_rows("Given: " + "; ".join(given))]
    for i, step in enumerate(derivation.steps, 1):
        left, right = _sides(step)
        first, *others = broken_rows(left, 6)
        rows.append(rf"({i}) \quad & {first}")
        rows += [rf"& \quad {row}" for row in others]
        lines = broken_rows(right, 8)
        rows.append(rf"& \quad {step.relation} {lines[0]}")
        rows += [rf"& \qquad {row}" for row in lines[1:]]
        rows += [rf"& \qquad {row}" for row in _text_rows(step.why)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def _display(step: Any) -> str:
    left, right = _sides(step)
    both = "".join(left) + f" {step.relation} " + "".join(right)
    if visible(both) <= WIDTH:
        return both
    first, *others = broken_rows(left, 2)
    rows = [f"& {first}", *(rf"& \quad {row}" for row in others)]
    lines = broken_rows(right, 6)
    rows += [rf"& \quad {step.relation} {lines[0]}", *(rf"& \qquad {row}" for row in lines[1:])]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def markdown_derivation(derivation: Derivation) -> str:
    """A heading line, the statement, and a numbered list of steps with their checks."""
    parts = [f"**{derivation.title}.**"]
    parts.append("$$" + _stack(_formulas(derivation)) + "$$")
    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    if given:
        parts.append("Given: " + "; ".join(given) + ".")
    for i, step in enumerate(derivation.steps, 1):
        parts.append(f"({i}) {_capital(step.why)}. *Checked: {step.kind}.*")
        parts.append(f"$${_display(step)}$$")
    return "\n\n".join(parts)


def html_derivation(derivation: Derivation) -> str:
    """The same as an HTML section; formulas between ``\\(`` and ``\\)``, ``\\[`` and ``\\]``."""

    def text(words: str) -> str:
        return re.sub(r"\$([^$]*)\$", r"\\(\1\\)", html.escape(words, quote=False))

    def block(formula: str) -> str:
        return rf"<div>\[{html.escape(formula, quote=False)}\]</div>"

    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    parts = [f'<section class="derivation"><h4>{html.escape(derivation.title)}</h4>']
    parts.append(block(_stack(_formulas(derivation))))
    if given:
        parts.append(f"<p>Given: {text('; '.join(given))}.</p>")
    parts.append("<ol>")
    parts += [
        f"<li>{text(_capital(step.why))}. <em>Checked: {step.kind}.</em>"
        f"{block(_display(step))}</li>"
        for step in derivation.steps
    ]
    parts.append("</ol></section>")
    return "\n".join(parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
