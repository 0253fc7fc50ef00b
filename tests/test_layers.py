"""A room imports only rooms below it; the wings do not import each other; imports stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import polyrates

ROOT = Path(polyrates.__file__).parent
GROUND = [
    "errors", "numbers", "recurrence", "spectra", "threeterm", "measures", "methods", "estimators",
    "references",
]  # fmt: skip
HELP = "from polyrates.cli.parser import make_parser; make_parser()[0].format_help()"
# upward imports, made late, that are allowed by name
LATE = {"polyrates.symbolic.latex", "polyrates.plotting"}


def modules() -> dict[str, Path]:
    return {
        ".".join(("polyrates", *path.relative_to(ROOT).with_suffix("").parts)): path
        for path in ROOT.rglob("*.py")
    }


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def room(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def test_ground_rooms_import_only_the_ground() -> None:
    order = {name: i for i, name in enumerate(GROUND)}
    for module, path in modules().items():
        if room(module) not in order:
            continue
        for target in imports(path):
            if target.startswith("polyrates.") and target not in LATE:
                assert room(target) in order, f"{module} imports {target}"
                assert order[room(target)] <= order[room(module)], f"{module} imports {target}"


def test_the_wings_do_not_import_each_other() -> None:
    for module, path in modules().items():
        names = imports(path)
        if room(module) == "symbolic":
            assert not any(n.startswith("polyrates.numeric") for n in names), module
            assert not any(n.split(".")[0] in ("numpy", "scipy") for n in names), module
        if room(module) == "numeric":
            assert not any(n.startswith("polyrates.symbolic") for n in names - LATE), module
            assert not any(n.split(".")[0] == "sympy" for n in names), module


def test_the_wings_stand_on_the_ground_alone() -> None:
    allowed = {*GROUND, "symbolic", "numeric"}
    for module, path in modules().items():
        if room(module) in ("symbolic", "numeric"):
            for target in imports(path):
                if target.startswith("polyrates.") and target not in LATE:
                    assert room(target) in allowed, f"{module} imports {target}"


@pytest.mark.parametrize("start", ["import polyrates", HELP], ids=["import", "help"])
def test_start_is_light(start: str) -> None:
    program = (
        f"import sys\n{start}\n"
        "heavy = {'matplotlib', 'hypothesis', 'jax', 'torch', 'sklearn', 'cvxpy', 'PEPit',\n"
        "         'IPython', 'pandas', 'pytest', 'polyrates.gallery', 'polyrates.report.rates',\n"
        "         'polyrates.report.budget', 'polyrates.report.pictures'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
