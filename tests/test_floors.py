"""A room imports only rooms below it, files have one idea's length, and imports stay light."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import floors
import pytest
from support import ROOT, finished

import polyrates

PACKAGE = Path(polyrates.__file__).parent
HELP = "from polyrates.cli.parser import make_parser; make_parser()[0].format_help()"


def test_the_house_stands() -> None:
    assert floors.faults(PACKAGE) == []


def test_every_room_is_on_one_floor() -> None:
    names = [name for floor in floors.FLOORS for name in floor]
    assert len(names) == len(set(names)) and len(floors.FLOORS) == 10
    assert set(floors.STORIES) <= set(names)
    rooms = {
        ".".join(path.relative_to(PACKAGE).parts[:-1]) for path in PACKAGE.rglob("__init__.py")
    }
    tops = {name.split(".")[0] for name in rooms} - {"", *floors.ALIASES}
    assert tops <= set(names)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, to plant faults in."""
    target = tmp_path / "polyrates"
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    assert floors.faults(target) == floors.faults(PACKAGE)
    return target


PLANTED = {
    "relative": ("numeric/minimax/solve.py", "from ...symbolic import ring", "symbolic.ring"),
    "neighbour": ("analysis/rate.py", "from polyrates.execution.run import run", "a neighbour"),
    "upward": ("core/recurrence.py", "from polyrates.choices import plan", "upward"),
    "in a function": (
        "numeric/ring.py",
        "def late():\n    import polyrates.symbolic.ring",
        "a neighbour",
    ),
    "by a string": (
        "ground/errors.py",
        "def late():\n    importlib.import_module('polyrates.core.spectra')",
        "upward",
    ),
    "contents page": ("analysis/rate.py", "import polyrates as pr", "contents page"),
    "circle": ("ground/errors.py", "from polyrates.ground import numbers", "a circle"),
    "numpy in formulas": ("symbolic/ring.py", "def late():\n    import numpy.linalg", "numpy"),
    "sympy in arrays": ("numeric/ring.py", "from sympy import Symbol", "sympy"),
    "numpy in formulas, late": ("symbolic/ring.py", "x = late('numpy.fft')", "numpy"),
    "private": ("choices/plan.py", "from ..ground.numbers import _x", "the private"),
    "a room with code": ("report/__init__.py", "x = 1", "holds code"),
    "an unknown room": ("attic/chest.py", "x = 1", "stands on no floor"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str, copy: Path) -> None:
    where, line, word = PLANTED[name]
    before = set(floors.faults(copy))
    target = copy / where
    target.parent.mkdir(exist_ok=True)
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(f"{old}\n\n{line}\n", encoding="utf-8")
    found = set(floors.faults(copy)) - before
    assert any(word in fault for fault in found), found


def test_imports_for_type_checking_are_free(copy: Path) -> None:
    target = copy / "ground" / "errors.py"
    free = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import polyrates.cli.entry\n"
    old = target.read_text(encoding="utf-8")
    target.write_text(old + "\n" + free, encoding="utf-8")
    assert floors.faults(copy) == floors.faults(PACKAGE)
    target.write_text(old + "\n" + free + "else:\n    import polyrates.cli.entry\n", "utf-8")
    assert any("upward" in fault for fault in floors.faults(copy))


def within(name: str) -> str:
    return name.removeprefix("polyrates.")


def test_no_module_is_over_400_lines() -> None:
    modules = floors.read(PACKAGE).values()
    found = {within(module.name) for module in modules if module.text.count("\n") > 400}
    assert found == set()


def test_no_function_is_over_60_lines_without_its_docstring() -> None:
    found = {
        within(name): size
        for module in floors.read(PACKAGE).values()
        for name, size in floors.lengths(module)
    }
    assert {name for name, size in found.items() if size > 60} == set()


def test_no_function_is_too_complex() -> None:
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    limits = ["lint.mccabe.max-complexity = 15", "lint.pylint.max-statements = 50"]
    settings = [part for limit in limits for part in ("--config", limit)]
    rules = ["--isolated", "--select", "C901,PLR0915", "--no-cache", "--output-format", "concise"]
    ruff = [sys.executable, "-m", "ruff", "check"]
    done = finished([*ruff, *rules, *settings, "polyrates"], cwd=ROOT)
    found = {
        line.split(":")[0].replace("\\", "/") for line in done.stdout.splitlines() if ":" in line
    }
    assert {name.removeprefix("polyrates/") for name in found} == set()


def test_types_say_what_they_are() -> None:
    assert floors.uses(PACKAGE, r"\bAny\b") <= 500


def test_one_format_with_few_exceptions() -> None:
    assert floors.uses(PACKAGE, "fmt: skip") <= 40


def test_no_private_name_is_imported_across_files() -> None:
    assert [m.name for m in floors.read(PACKAGE).values() if m.private] == []


def test_programs_in_tests_have_a_hard_end() -> None:
    """Every program a test starts goes through ``support``, which ends it whatever happens."""
    words = ("subprocess." + "run(", "Po" + "pen(", "check_" + "output(", "os." + "system(")
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name != "support.py":
            text = path.read_text(encoding="utf-8")
            assert [word for word in words if word in text] == [], path


@pytest.mark.parametrize("start", ["import polyrates", HELP], ids=["import", "help"])
def test_start_is_light(start: str) -> None:
    program = (
        f"import sys\n{start}\n"
        "heavy = {'matplotlib', 'hypothesis', 'jax', 'torch', 'sklearn', 'cvxpy', 'PEPit',\n"
        "         'IPython', 'pandas', 'polyrates.gallery', 'polyrates.report.pictures'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = finished([sys.executable, "-c", program])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
