"""Strict types, lint and format; versions agree; the contents page names everything public."""

from __future__ import annotations

import doctest
import importlib.util
import re
import sys

import pytest
from support import ROOT, finished

import polyrates as pr


def run(*arguments: str) -> None:
    module = arguments[0]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    done = finished([sys.executable, "-m", *arguments], cwd=ROOT, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_linter() -> None:
    run("ruff", "check", ".")


def test_formatter() -> None:
    run("ruff", "format", "--check", ".")


def test_strict_types() -> None:
    run("mypy", "polyrates")  # what did not change since the last run is not read again


def test_versions_agree() -> None:
    for name, pattern in (
        ("pyproject.toml", r'^version = "(.*)"$'),
        ("CITATION.cff", r"^version: (.*)$"),
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        found = re.search(pattern, text, re.MULTILINE)
        assert found is not None and found.group(1) == pr.__version__


def test_the_contents_page_names_everything_public() -> None:
    assert len(set(pr.__all__)) == len(pr.__all__)  # their order is ruff's (RUF022)
    assert pr.__doc__ is not None
    listed = set(re.findall(r"\w+", pr.__doc__))
    verbs = [
        name for name in pr.__all__
        if callable(getattr(pr, name)) and getattr(pr, name).__module__.startswith("polyrates")
        and name[0].islower()
    ]  # fmt: skip
    assert [name for name in verbs if name not in listed] == []
    for name in verbs:
        assert getattr(pr, name).__doc__


EXAMPLES = [name for name in pr.__all__ if ">>> " in (getattr(pr, name).__doc__ or "")]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_docstrings_print_what_they_show(name: str) -> None:
    for example in doctest.DocTestFinder(recurse=False).find(getattr(pr, name), name):
        said: list[str] = []
        doctest.DocTestRunner(verbose=False).run(example, out=said.append)
        assert said == []


def test_what_is_synthesized_is_shown_by_example() -> None:
    verbs = {"minimax_optimal", "minimax_asymptotic", "best_eta", "worst_case_problem"}
    assert verbs <= set(EXAMPLES)
