"""The contents page and the table of homes say the same, and a question loads what it needs."""

from __future__ import annotations

import ast
import pickle
import sys
from pathlib import Path

import pytest
from support import finished

import polyrates as pr
from polyrates.ground.homes import HOME

PAGE = ast.parse(Path(pr.__file__).read_text(encoding="utf-8"))


def test_type_checkers_read_what_runs() -> None:
    block = next(node for node in PAGE.body if isinstance(node, ast.If))
    read = {
        alias.name: (node.module or "").removeprefix("polyrates.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert read == HOME
    assert sorted(HOME) == sorted(pr.__all__)


def test_no_name_is_imported_eagerly() -> None:
    eager = [node.module for node in PAGE.body if isinstance(node, ast.ImportFrom)]
    assert [name for name in eager if name and name.startswith("polyrates")] == [
        "polyrates.ground.homes"
    ]


def test_every_name_is_there_and_is_its_module_s() -> None:
    for name in pr.__all__:
        value = getattr(pr, name)
        assert value is getattr(sys.modules[f"polyrates.{HOME[name]}"], name)
        assert vars(pr)[name] is value
    assert pickle.loads(pickle.dumps(pr.rate)) is pr.rate


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rates'"):
        pr.rates  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError, match="rates"):
        from polyrates import rates  # type: ignore[attr-defined]  # noqa: F401


LIGHT = {
    "import polyrates": ("numpy", "scipy", "sympy", "flint", "mpmath"),
    "from polyrates import *": (
        "scipy.optimize",
        "scipy.fft",
        "scipy.special",
        "scipy.sparse.linalg",
    ),
    "from polyrates.cli.entry import main; main(['frobnicate'])": ("numpy", "scipy"),
    "from polyrates.cli.parser import make_parser; make_parser()": (
        "scipy.optimize",
        "scipy.special",
    ),
}


@pytest.mark.parametrize("start", LIGHT)
def test_a_start_loads_no_more_than_it_needs(start: str) -> None:
    program = f"import sys\n{start}\nprint(sorted({set(LIGHT[start])} & set(sys.modules)))\n"
    done = finished([sys.executable, "-c", program])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
