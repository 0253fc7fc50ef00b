"""The site's sources: every public name has a page, every example of an error raises it."""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from types import ModuleType

import pytest
from support import ROOT

import polyrates as pr

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
