"""A derivation in four formats: each shows the statement, its status, and every step's check."""

from __future__ import annotations

import html
import re

import pytest
import sympy

from polyrates.ground.typeset import WIDTH, latex, visible
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import Argued, Equality, Range
from polyrates.symbolic.proofs.writing import (
    html_derivation,
    latex_derivation,
    markdown_derivation,
    plain_derivation,
)

x, y = sympy.symbols("x y", positive=True)
SQUARE = Equality(
    (x + y) ** 2,
    x**2 + 2 * x * y + y**2,
    "multiply out",
    over=(Range(x, sympy.Integer(0), sympy.Integer(1)),),
)
TRUE = sympy.S.true
WORDS = Argued(TRUE, TRUE, "by the order, with $x < y$ & more", r"x \le y, \quad y \le 1")
PROOF = Derivation(
    "The square", (sympy.Eq((x + y) ** 2, x**2 + 2 * x * y + y**2), WORDS.claim),
    (sympy.Lt(x, y), "$y$ is small"), (SQUARE, WORDS), remarks=("nothing else is used",),
    value=sympy.Rational(7, 3),
)  # fmt: skip
FORMATS = {
    "latex": latex_derivation, "markdown": markdown_derivation, "html": html_derivation,
    "plain": plain_derivation,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_every_part(name: str) -> None:
    text = html.unescape(FORMATS[name](PROOF))
    flat = re.sub(r"\\text\{|\}|\s|\\quad|\\qquad|&|\\\\", "", text)
    for part in (
        "The square", PROOF.status, latex(sympy.Lt(x, y)), "y", "is small", SQUARE.kind,
        "multiply out", "by the order", "x < y", r"\frac{7}{3}", "nothing else is used",
    ):  # fmt: skip
        wanted = re.sub(r"\\text\{|\}|\s|\\quad|\\qquad|&|\\\\", "", part)
        assert wanted.lower() in flat.lower(), part
    places = [flat.lower().index(word) for word in ("multiplyout", "bytheorder")]
    assert places == sorted(places)


def test_nothing_is_given_where_nothing_is() -> None:
    bare = Derivation("Plain", (PROOF.statement[0],), (), (SQUARE,))
    for write in FORMATS.values():
        assert "Given" not in write(bare) and "Remark" not in write(bare)
    assert "Given" in plain_derivation(PROOF)


def test_html_is_escaped_and_formulas_are_marked() -> None:
    text = html_derivation(PROOF)
    assert "&amp; more" in text and "& more" not in text
    assert r"\(x &lt; y\)" in text
    for tag in ("section", "h4", "p", "ol", "li", "em", "div"):
        assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>") > 0
    assert text.count("<li>") == text.count("</li>") == 2


def test_wide_relations_are_broken_into_rows_that_fit() -> None:
    terms = sum((sympy.Symbol(f"a_{k}") * x**k for k in range(40)), sympy.Integer(0))
    step = Equality(terms, y, "as it is")
    wide = Derivation("Wide", (sympy.Eq(terms, y),), (), (step,))
    rows = latex_derivation(wide).split(r"\\")
    assert len(rows) > 8
    assert max(map(visible, rows)) <= WIDTH + 12
    joined = "".join(rows)
    for k in range(40):
        assert f"a_{{{k}}}" in joined
    assert joined.count(r"\left") == joined.count(r"\right")
