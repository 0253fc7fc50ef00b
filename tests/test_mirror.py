"""``tests/`` mirrors the tree: what a module says is held by the file of its name."""

from __future__ import annotations

from pathlib import Path

from support import ROOT

PACKAGE, TESTS = ROOT / "polyrates", ROOT / "tests"
MATHEMATICS = (
    "ground", "core", "numeric", "problems", "symbolic", "analysis", "execution", "synthesis",
    "measurement", "choices",
)  # fmt: skip
REGISTRY = "symbolic/derivations"  # proofs: every one is run from the registry


def modules() -> dict[str, Path]:
    """Modules with mathematics, by path without the suffix, and where their tests would be."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).with_suffix("").as_posix()
        room, _, leaf = name.rpartition("/")
        if name.split("/")[0] in MATHEMATICS and leaf != "__init__" and REGISTRY not in room:
            found[name] = TESTS / room / f"test_{leaf}.py"
    return found


def test_every_module_with_mathematics_is_held_by_a_file() -> None:
    """By the file of its name, or by one that imports what the module defines."""
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    for name, file in modules().items():
        dotted = f"polyrates.{name.replace('/', '.')} import"
        held = file.exists() or any(dotted in text for text in texts)
        assert held, f"{name} has no tests: write {file.relative_to(ROOT)}"


def test_every_file_of_a_room_is_in_the_tree() -> None:
    """No tests of a room that is gone."""
    for path in TESTS.rglob("test_*.py"):
        room = path.parent.relative_to(TESTS)
        assert (PACKAGE / room).is_dir(), path
