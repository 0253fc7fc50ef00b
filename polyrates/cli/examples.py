"""``polyrates examples``: the notebooks of the course and the examples, copied out to be run."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import polyrates
from polyrates.cli.output import say
from polyrates.ground.errors import described, refuse_value
from polyrates.report.folder import write_folder

__all__ = ["TEXT", "add_options", "run"]

TEXT = """\
Copy the notebooks of the course and the examples into a folder, to open and to
change. They need nothing but the package; the notebooks also need Jupyter.

examples
  polyrates examples
  polyrates examples --list
  polyrates examples --out my-copies
"""
_KINDS = (".ipynb", ".py", ".csv", ".md")
_FOLDERS = ("derivations", "examples")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates examples`` takes."""
    parser.add_argument(
        "--out",
        default="polyrates-examples",
        metavar="DIR",
        help="folder to write (polyrates-examples)",
    )
    parser.add_argument("--list", action="store_true", help="list the files; copy nothing")


def _files() -> dict[str, Path]:
    """Name in the copy to file: of the wheel, or of the clone that the package is run from."""
    package = Path(polyrates.__file__).parent
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        for home in (package / "course", package, package.parent):
            files = [path for path in sorted((home / folder).glob("*")) if path.suffix in _KINDS]
            if files:
                found |= {f"{folder}/{path.name}": path for path in files}
                break
    return found


def run(arguments: argparse.Namespace) -> int:
    """Copy; print the paths."""
    files = _files()
    if not files:
        refuse_value(
            "examples", described("none"), "were installed with this package", "use a clone of it"
        )
    if arguments.list:
        say("\n".join(files))
        return 0
    if Path(arguments.out).exists():
        refuse_value(
            "out",
            arguments.out,
            "exists, and what you changed in it is yours",
            "give another --out",
        )
    written = write_folder(arguments.out, {name: path.read_bytes() for name, path in files.items()})
    for name in files:
        say(os.path.relpath(written / name))
    return 0
