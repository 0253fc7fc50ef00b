"""The floors of the house, from the ground up, and what an import may not do.

A room imports only rooms on lower floors, and itself; rooms on one floor do not know each other.
Imports inside functions count; those for type checking do not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

FLOORS: tuple[tuple[str, ...], ...] = (
    ("ground",),
    ("core",),
    ("numeric", "problems", "symbolic"),
    ("analysis", "execution"),
    ("synthesis", "measurement"),
    ("choices",),
    ("testing",),
    ("report",),
    ("gallery",),
    ("cli",),
)

STORIES: dict[str, tuple[str, ...]] = {
    "core": ("core", "core.measures", "core.methods"),
    "numeric": ("numeric", "numeric.suprema", "numeric.minimax"),
    "symbolic": ("symbolic.proofs", "symbolic", "symbolic.derivations", "symbolic.theorems"),
}
"""A folder with rooms of its own has stories, from below: core, its measures, its methods."""

ALIASES = ("frameworks",)
"""Old names of rooms, kept for those who import them."""

DOORS = ("testing",)
"""Rooms a user imports by name: their ``__init__`` is a contents page, as the package's own."""

FOREIGN = {"symbolic": ("numpy", "scipy"), "numeric": ("sympy",)}
"""What a wing does not import: formulas are no arrays, arrays no formulas."""

FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
STORY = {name: height for names in STORIES.values() for height, name in enumerate(names)}


@dataclass
class Module:
    """One file: what it imports of the package, of others, and by private names."""

    name: str
    path: Path
    text: str
    inner: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)

    @property
    def is_room(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str | None:
        """The innermost room on the list; None for the contents page and the aliases."""
        parts = self.name.split(".")[1:]
        rooms = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((name for name in rooms if name in FLOOR or name in STORY), None)

    @property
    def height(self) -> tuple[int, int]:
        """Its floor, and its story on it."""
        room = self.room or ""
        return FLOOR[room.split(".")[0]], STORY.get(room, 0)


def read(package: Path) -> dict[str, Module]:
    """Every module of a package folder, its imports resolved."""
    found: dict[str, Module] = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, path.read_text(encoding="utf-8"))
    for module in found.values():
        for target, name in imports(module.name, module.is_room, module.text):
            whole = f"{target}.{name}" if name else target
            if target.split(".")[0] != package.name:
                module.outer.add(target.split(".")[0])
            elif whole in found or target in found:
                module.inner.add(whole if whole in found else target)
                if name.startswith("_") and not name.startswith("__") and target != module.name:
                    module.private.add(whole)
    return found


@cache  # a planted fault changes one file: the others are parsed once
def imports(module: str, is_room: bool, text: str) -> list[tuple[str, str]]:
    """(module, name) for ``from module import name``, (module, "") for ``import module``."""
    parts = module.split(".")
    package = parts if is_room else parts[:-1]
    found = []
    for node in at_run_time(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            target = ".".join([*above, *filter(None, [node.module])])
            found += [(target, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__", "late"):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    found.append((name, ""))
    return found


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from at_run_time(other)
            continue
        yield child
        yield from at_run_time(child)


def faults(package: Path) -> list[str]:
    """Everything in which a package's imports are not a house of floors, one line each."""
    modules = read(package)
    found = [*upward(modules, package.name), *circles(modules)]
    for module in modules.values():
        wing = (module.room or "").split(".")[0]
        found += [
            f"{module.name} imports {name}"
            for name in FOREIGN.get(wing, ())
            if name in module.outer
        ]
        found += [f"{module.name} imports the private {name}" for name in sorted(module.private)]
        door = module.name == package.name or module.room in DOORS
        if module.is_room and not door and module.text.strip():
            found.append(f"{module.name} holds code: a room's __init__ is empty")
    return found


def upward(modules: dict[str, Module], package: str) -> Iterator[str]:
    """Imports of a higher floor, of a neighbour, of the contents page; rooms on no floor."""
    for module in modules.values():
        if module.room is None:
            outside = (package, f"{package}.__main__", *(f"{package}.{name}" for name in ALIASES))
            if module.name not in outside and not module.name.startswith(outside[2:]):
                yield f"{module.name} stands on no floor: add its room to the list"
            continue
        for target in sorted(module.inner):
            if target == package:
                if module.room != "cli":  # the command line prints the version
                    yield f"{module.name} imports the contents page"
                continue
            other = modules[target]
            if other.room is None:
                yield f"{module.name} imports {target}, which stands on no floor"
            elif other.room != module.room and not below(other, module):
                neighbours = other.height[0] == module.height[0]
                yield f"{module.name} imports {target}: {'a neighbour' if neighbours else 'upward'}"


def below(lower: Module, upper: Module) -> bool:
    """Whether a room stands on a lower floor, or on a lower story of the same folder."""
    top, same = (module.room or "" for module in (lower, upper))
    if top.split(".")[0] == same.split(".")[0]:
        return lower.height[1] < upper.height[1]
    return lower.height[0] < upper.height[0]


def circles(modules: dict[str, Module]) -> Iterator[str]:
    """A circle of modules, if there is one."""
    graph = {module.name: module.inner - {module.name} for module in modules.values()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "a circle: " + " <- ".join(error.args[1])


def lengths(module: Module) -> Iterator[tuple[str, int]]:
    """Each function and its lines without its docstring."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                lines -= (first.end_lineno or 0) - first.lineno + 1
            yield f"{module.name}.{node.name}", lines


def uses(package: Path, pattern: str) -> int:
    """How often a pattern stands in the package's text."""
    return sum(
        len(re.findall(pattern, path.read_text(encoding="utf-8"))) for path in package.rglob("*.py")
    )
