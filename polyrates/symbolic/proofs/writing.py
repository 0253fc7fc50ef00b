r"""How a derivation is written: LaTeX, Markdown, HTML and plain text.

All four show the statement, the status, what is given, every step with its reason and the kind of
its check, and the remarks.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Protocol

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
from polyrates.symbolic.proofs.steps import Argued, Step

__all__ = ["html_derivation", "latex_derivation", "markdown_derivation", "plain_derivation"]


class Written(Protocol):
    """What is written of a derivation."""

    @property
    def title(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def statement(self) -> Sequence[object]: ...

    @property
    def hypotheses(self) -> Sequence[object]: ...

    @property
    def steps(self) -> Sequence[Step]: ...

    @property
    def remarks(self) -> Sequence[str]: ...

    @property
    def value(self) -> object: ...


def latex_derivation(derivation: Written) -> str:
    """One ``aligned``: title, statement, status, hypotheses, each step with its reason below it."""
    rows = [rf"& \textbf{{{derivation.title}}}"]
    rows += [f"& {each}" for each in _formulas(derivation)]
    rows += [rf"& \text{{Status: {derivation.status}.}}"]
    given = _given(derivation)
    if given:
        rows += [f"& {row}" for row in _text_rows(given)]
    for i, step in enumerate(derivation.steps, 1):
        first, *others = _step_rows(step, 6, 8)
        rows.append(rf"({i}) \quad & {first}")
        rows += [rf"& {row}" for row in others]
        rows += [rf"& \qquad {row}" for row in _text_rows(f"[{_checked(step)}] {step.why}")]
    for remark in derivation.remarks:
        rows += [f"& {row}" for row in _text_rows(f"Remark: {remark}")]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def markdown_derivation(derivation: Written) -> str:
    """A heading line, the statement, and a numbered list of steps with their checks."""
    parts = [f"**{derivation.title}.** *Status: {derivation.status}.*"]
    parts.append("$$" + _stack(_formulas(derivation)) + "$$")
    given = _given(derivation)
    if given:
        parts.append(f"{given}.")
    for i, step in enumerate(derivation.steps, 1):
        parts.append(f"({i}) {_capital(step.why)}. *Checked: {_checked(step)}.*")
        parts.append(f"$${_display(step)}$$")
    parts += [f"Remark: {each}" for each in derivation.remarks]
    return "\n\n".join(parts)


def html_derivation(derivation: Written) -> str:
    """The same as an HTML section; formulas between ``\\(`` and ``\\)``, ``\\[`` and ``\\]``."""

    def text(words: str) -> str:
        return re.sub(r"\$([^$]*)\$", r"\\(\1\\)", html.escape(words, quote=False))

    def block(formula: str) -> str:
        return rf"<div>\[{html.escape(formula, quote=False)}\]</div>"

    parts = [f'<section class="derivation"><h4>{html.escape(derivation.title)}</h4>']
    parts.append(block(_stack(_formulas(derivation))))
    parts.append(f"<p>Status: {derivation.status}.</p>")
    given = _given(derivation)
    if given:
        parts.append(f"<p>{text(given)}.</p>")
    parts.append("<ol>")
    parts += [
        f"<li>{text(_capital(step.why))}. <em>Checked: {text(_checked(step))}.</em>"
        f"{block(_display(step))}</li>"
        for step in derivation.steps
    ]
    parts.append("</ol>")
    parts += [f"<p>Remark: {text(each)}</p>" for each in derivation.remarks]
    parts.append("</section>")
    return "\n".join(parts)


def plain_derivation(derivation: Written) -> str:
    """Lines for a terminal: formulas as LaTeX, every step on two lines."""
    lines = [f"{derivation.title} ({derivation.status})"]
    lines += [f"  {each}" for each in _formulas(derivation)]
    given = _given(derivation)
    if given:
        lines.append(given)
    for i, step in enumerate(derivation.steps, 1):
        left, right = _sides(step)
        shown = "".join(left) + (f" {step.relation} " + "".join(right) if right else "")
        lines += [f"({i}) {shown}", f"    [{_checked(step)}] {step.why}"]
    return "\n".join([*lines, *(f"Remark: {each}" for each in derivation.remarks)])


def _given(derivation: Written) -> str:
    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    return "Given: " + "; ".join(given) if given else ""


def _formulas(derivation: Written) -> list[str]:
    """The statements, LaTeX cut at its ``\\quad``s, and the value for the method at hand."""
    result: list[str] = []
    for each in derivation.statement:
        result += _cut(each) if isinstance(each, str) else _claim_rows(each)
    if derivation.value is not None:
        result.append(rf"\text{{Here: }} {latex(derivation.value)}")
    return result


def _claim_rows(claim: object) -> list[str]:
    """A relation in one piece, or, where that is too wide, in rows."""
    whole = latex(claim)
    if not isinstance(claim, sympy.Rel) or max(map(visible, whole.split(r"\\"))) <= WIDTH:
        return [whole]
    relation = {"==": "=", ">=": r"\ge", "<=": r"\le"}.get(claim.rel_op, claim.rel_op)
    return _relation_rows(_terms(claim.lhs), _terms(claim.rhs), relation, 2, 6)


def _cut(formula: str) -> list[str]:
    pieces = formula.split(r", \quad ")
    return [rf"{piece}," for piece in pieces[:-1]] + pieces[-1:]


def _stack(formulas: list[str]) -> str:
    if len(formulas) == 1:
        return formulas[0]
    rows = " \\\\\n".join(f"& {each}" for each in formulas)
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def _sides(step: Step) -> tuple[list[str], list[str]]:
    """The terms of both sides; a claim in words has a left side only."""
    if isinstance(step, Argued):
        return [step.claim], []
    left, right = _terms(step.left), _terms(step.right)
    return left, [*right, step.remainder] if step.remainder else right


def _terms(side: sympy.Basic) -> list[str]:
    """Where a side may be broken: between terms; a wide product of sums between these."""
    if isinstance(side, sympy.Add):
        terms: list[str] = printer().signed_terms(side)
        return terms
    side, whole = sympy.sympify(side), inline(side)
    sums = [each for each in side.args if isinstance(each, sympy.Add)]
    if isinstance(side, sympy.Mul) and len(sums) == len(side.args) and visible(whole) > WIDTH:
        return [rf"\left({inline(each)}\right)" for each in side.as_ordered_factors()]
    return [whole]


def _step_rows(step: Step, left_start: int, right_start: int) -> list[str]:
    """A step's formula in rows that fit a page."""
    left, right = _sides(step)
    if not right:
        return _cut(left[0])
    return _relation_rows(left, right, step.relation, left_start, right_start)


def _relation_rows(
    left: list[str], right: list[str], relation: str, left_start: int, right_start: int
) -> list[str]:
    """The rows of both sides, the relation before the right one."""
    first, *others = broken_rows(left, left_start)
    rows = [first, *(rf"\quad {row}" for row in others)]
    lines = broken_rows(right, right_start)
    return [*rows, rf"\quad {relation} {lines[0]}", *(rf"\qquad {row}" for row in lines[1:])]


def _display(step: Step) -> str:
    left, right = _sides(step)
    both = "".join(left) + f" {step.relation} " + "".join(right)
    if right and visible(both) <= WIDTH:
        return both
    return _stack(_step_rows(step, 2, 6))


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


def _checked(step: Step) -> str:
    """The kind of a step's check, and the ranges it holds on."""
    ranges = []
    for each in getattr(step, "over", ()):
        low, symbol = inline(each.low), inline(each.symbol)
        top = "" if each.high is sympy.oo else rf" \le {inline(each.high)}"
        ranges.append(rf"${low} \le {symbol}{top}$" if top else rf"${symbol} \ge {low}$")
    return ", ".join([step.kind, *ranges])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
