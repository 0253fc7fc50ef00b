"""``polyrates figures``: the figures of the README again."""

from __future__ import annotations

import argparse
import os

from polyrates.cli.output import Progress, say
from polyrates.ground.errors import hint, refuse_value

__all__ = ["TEXT", "add_options", "run"]

TEXT = """\
Make the figures of the README: each writes its numbers (CSV) and draws them.

examples
  polyrates figures
  polyrates figures step-map --out figures
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates figures`` takes."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all by default")
    parser.add_argument(
        "--out",
        default="polyrates-figures",
        metavar="DIR",
        help="folder to write (polyrates-figures)",
    )
    parser.add_argument("--list", action="store_true", help="list the names and what they show")


def run(arguments: argparse.Namespace) -> int:
    """Compute, draw and check; print the paths."""
    from polyrates.gallery.figures import FIGURES, make

    if arguments.list:
        for name, figure in FIGURES.items():
            say(f"{name:12}  {figure.about}")
        return 0
    names = arguments.names or list(FIGURES)
    for name in names:
        if name not in FIGURES:
            refuse_value("figure", name, "is not the name of a figure", hint(name, FIGURES))
    with Progress() as progress:
        written = make(names, arguments.out, progress)
    for path in written:
        say(os.path.relpath(path))
    return 0
