"""The site's sources: every public name has a page, every example of an error raises it."""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from types import ModuleType

import pytest
import sympy
from support import ROOT

import polyrates as pr
from polyrates.core.methods.catalogue import NAMES
from polyrates.core.methods.named import build
from polyrates.ground.numbers import parse

DOCS = ROOT / "docs"


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(DOCS))
    yield importlib.import_module("making")
    for name in [name for name in sys.modules if name.split(".")[0] == "making"]:
        del sys.modules[name]


def test_every_public_name_stands_under_one_heading(making: ModuleType) -> None:
    api = importlib.import_module("making.api")
    counts = Counter(name for names in api.headings().values() for name in names)
    assert set(counts) == set(pr.__all__) and set(counts.values()) == {1}
    pages = "\n".join(api.pages().values())
    for name in pr.__all__:
        assert re.search(rf"^\.\. (\w|:)+:: polyrates\.{name}$", pages, re.MULTILINE), name


def test_every_exception_has_an_example_that_raises_it(making: ModuleType) -> None:
    errors = importlib.import_module("making.errors")
    head = re.search(r"\n\n(import numpy.*?)```", errors.pages()["errors.md"], re.DOTALL)
    assert head is not None
    names: dict[str, object] = {}
    exec(head.group(1), names)
    for name, (raising, mended) in errors.EXAMPLES.items():
        with pytest.raises(pr.PolyratesError if name != "DerivationError" else Exception) as caught:
            exec(raising, names)
        assert type(caught.value).__name__ == name
        exec(mended, names)


def test_docstrings_keep_their_mathematics(making: ModuleType) -> None:
    pytest.importorskip("sphinx")
    hooks = importlib.import_module("making.sphinx_hooks")
    for line, wanted in {
        "‖x_0 − x*‖ and |R − λC|": r"‖x_0 − x\*‖ and \|R − λC\|",
        "it can *grow*, says ``a*b|c_``": "it can *grow*, says ``a*b|c_``",
        "P*_n of :class:`Rate`, x_ too": r"P\*_n of :class:`Rate`, x\_ too",
    }.items():
        assert hooks.escaped(line) == wanted


def test_a_written_page_becomes_cells_and_links_into_the_site(making: ModuleType) -> None:
    stage = importlib.import_module("making.stage")
    page = stage.page(
        "# A\n\n```python\nx = 1\n```\n\n```text\n1\n```\n\n"
        "[b](docs/certificates.md#kinds) [c](derivations/01_master_identity.ipynb) [d](LICENSE)\n",
        "CONTRIBUTING.md",
    )
    assert page.startswith("---\nfile_format: mystnb")
    assert "```{code-cell} python\nx = 1\n```" in page and "```text" not in page
    assert "[b](/certificates.md#kinds)" in page and "/course/01_master_identity.ipynb" in page
    assert "[d](" not in page  # no address of the repository is known


def test_no_address_is_printed_that_is_not_known(making: ModuleType) -> None:
    facts = importlib.import_module("making.facts")
    if facts.addresses():
        assert "repository" in facts.addresses()
    else:
        assert facts.links() == {} and facts.opened_in("01_master_identity") == ""


def test_the_crawl_finds_what_is_broken(making: ModuleType, tmp_path) -> None:
    crawl = importlib.import_module("making.crawl")
    (tmp_path / "a.html").write_text('<a href="b.html#here">b</a><a id="x" href="#x">x</a>')
    (tmp_path / "b.html").write_text('<p id="there"></p><img src="c.png"><a href="a.html">a</a>')
    assert crawl.faults(tmp_path) == [
        "a.html: b.html#here: no such anchor",
        "b.html: c.png does not exist",
    ]


def test_a_card_makes_the_method_of_the_catalog_and_defines_its_symbols(making: ModuleType) -> None:
    words, cards = (importlib.import_module(f"making.{name}") for name in ("card_words", "cards"))
    assert set(words.CALLS) == set(words.LEADS) == set(NAMES)
    for key, call in words.CALLS.items():
        given = {name: parse(text) for name, text in cards.GIVEN.get(key, {}).items()}
        assert eval(call, {"pr": pr}) == build(key, *pr.Interval(1, 100).hull, given).method, key
    entry = NAMES["chebyshev"]
    said = words.defined("chebyshev", entry.update, entry.residual)
    for symbol in (r"$\sigma(\lambda) = ", "$m_t = ", "$h_t = ", "$T_t$", "$x_t$", "$P_t$"):
        assert symbol in said
    assert "$a_t$" not in words.defined("conjugate-gradients", NAMES["conjugate-gradients"].update)


@pytest.mark.parametrize("alpha", [0, 2])
def test_the_momentum_and_step_on_a_card_give_the_polynomials(alpha: int) -> None:
    def C(n: int) -> sympy.Expr:  # at σ(0) of [1, 10]
        middle = sympy.Rational(-11, 9)
        return sympy.gegenbauer(n, alpha, middle) if alpha else sympy.chebyshevt(n, middle)

    method = pr.Gegenbauer(1, 10, alpha) if alpha else pr.Chebyshev(1, 10)
    P = [pr.residual_polynomial(method, t).as_expr() for t in range(5)]
    for t in (1, 2, 3):
        one, two = sympy.Rational(t + 2 * alpha - 1, t + 1), sympy.Rational(t + alpha, t + 1)
        m = (one if alpha else 1) * C(t - 1) / C(t + 1)
        h = -4 * (two if alpha else 1) * C(t) / (9 * C(t + 1))
        assert sympy.expand(P[t] * (1 + m - h * pr.lam) - m * P[t - 1] - P[t + 1]) == 0


def test_a_page_of_the_theory_opens_with_what_is_shown(making: ModuleType) -> None:
    theory = importlib.import_module("making.theory")
    page = theory._page("two_horns", pr.derivations()["two_horns"]())
    opening, formula = page.index("**What is argued here:** where"), page.index("$$")
    assert opening < formula and page.index("Given $0 < ") < formula < page.index("## Steps")


def test_returns_without_a_type_are_a_paragraph(making: ModuleType) -> None:
    pytest.importorskip("numpydoc")
    hooks = importlib.import_module("making.sphinx_hooks")

    def shown(returns: str) -> str:
        from numpydoc.docscrape_sphinx import SphinxDocString

        lines = str(SphinxDocString(f"A.\n\nReturns\n-------\n{returns}\n")).split("\n")
        hooks.prose_returns(None, "function", "f", None, None, lines)
        return "\n".join(lines)

    text = shown("A rational for rational\nnumbers, else a float.\n\nRaises\n------\nValueError\n")
    assert "    A rational for rational\n    numbers, else a float.\n" in text
    assert text.count("..\n") == 1  # that of ValueError, a name
    assert "    Optimum\n        Its bounds." in shown("Optimum\n    Its bounds.")


def test_katex_is_asked_for_before_anything_slow(
    making: ModuleType, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = importlib.import_module("making.stage")
    monkeypatch.setattr(stage, "KATEX", tmp_path)
    with pytest.raises(SystemExit, match="npm install"):
        stage.stage(tmp_path)
