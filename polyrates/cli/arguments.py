"""Options that several commands share, and what their text stands for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable

import sympy

from polyrates.core.estimator_catalogue import ESTIMATORS
from polyrates.core.estimators import Estimator
from polyrates.core.spectra import Interval, Spectrum, Union
from polyrates.ground.errors import hint, refuse_value
from polyrates.ground.numbers import Number, floating, parse, positive
from polyrates.problems.sizes import SIZES

__all__ = [
    "EXACT",
    "add_column",
    "add_columns",
    "add_estimator",
    "add_hull",
    "add_outputs",
    "add_sizes",
    "estimator",
    "given",
    "integer",
    "names",
    "parsed_sizes",
    "support",
]

EXACT = "Numbers are exact: write 2/11, 0.1 or 1e-3, in digits 0-9 without separators."


def add_hull(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """--ell, --L and --gap; :func:`support` reads them."""
    parser.add_argument("--ell", required=required, metavar="l", help="smallest eigenvalue")
    parser.add_argument("--L", required=required, metavar="L", help="largest eigenvalue")
    parser.add_argument(
        "--gap",
        nargs=2,
        action="append",
        metavar=("A", "B"),
        help="no eigenvalue lies between A and B; may be repeated. [1, 2] and 9 alone: "
        "--ell 1 --L 9 --gap 2 9",
    )


def support(arguments: argparse.Namespace) -> Spectrum:
    """[ell, L] without the gaps."""
    hull = Interval(parse(arguments.ell, "ell"), parse(arguments.L, "L"))
    low, L = hull.hull
    pieces: list[tuple[Number, Number]] = []
    pairs = [(positive(parse(a, "gap"), "gap"), parse(b, "gap")) for a, b in arguments.gap or ()]
    for a, b in sorted(pairs):
        if not low <= a < b <= L:
            apart = ": gaps do not overlap" if pieces else ""
            refuse_value(
                "gap",
                f"{a} {b}",
                f"must have {low} ≤ A < B ≤ {L}{apart}",
                "give the ends of a part without eigenvalues",
            )
        pieces.append((low, a))
        low = b
    return Union([*pieces, (low, L)]) if pieces else hull


def add_estimator(parser: argparse.ArgumentParser) -> None:
    """--estimator; :func:`estimator` reads it."""
    parser.add_argument(
        "--estimator",
        default="unrolled",
        metavar="NAME",
        help="unrolled (default), one-step, implicit, truncated:START",
    )


def add_column(parser: argparse.ArgumentParser, *older: str) -> None:
    """--column; ``older`` are names that it had, which still work."""
    parser.add_argument("--column", metavar="COLUMN", help="the column of the CSV file to predict")
    for name in older:
        parser.add_argument(name, dest="column", help=argparse.SUPPRESS)


def add_columns(parser: argparse.ArgumentParser) -> None:
    """--drop and --features; :func:`names` reads them."""
    parser.add_argument("--drop", metavar="A,B", help="columns of the CSV file to leave out")
    parser.add_argument(
        "--features", metavar="A,B", help="the columns to predict by (all that are left)"
    )


def names(text: str | None) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def add_sizes(parser: argparse.ArgumentParser, before: str = "") -> None:
    """One option a size; :func:`two_sizes` reads them."""
    for option, words in (
        ("residual", "||E||, with --drift or --hessian"),
        ("drift", "||D||, with --residual"),
        ("initial", "||E||, with --cross"),
        ("cross", "||G||, with --initial"),
        ("hessian", "||dH||_F ||x_0 - x*||, with --residual: H and dH need not commute"),
    ):
        parser.add_argument(f"--{option}", metavar="SIZE", help=before + words)


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """--json or --latex."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--json", action="store_true", help="print JSON, not a table")
    either.add_argument(
        "--latex",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write a LaTeX document, to stdout or to FILE",
    )


def given(arguments: argparse.Namespace, options: Iterable[str]) -> dict[str, str]:
    """Those of the options that were given, as text."""
    return {
        option: text for option in options if (text := getattr(arguments, option, None)) is not None
    }


def parsed_sizes(arguments: argparse.Namespace) -> dict[str, sympy.Expr]:
    """The sizes that were given, exact and in the range of floats; the library judges the rest."""
    sizes = {name: parse(text, name) for name, text in given(arguments, SIZES).items()}
    for name, size in sizes.items():
        floating(size, name)
    return sizes


def integer(text: str, name: str, minimum: int = 0, maximum: int | None = None) -> int:
    """An integer between the two, in the digits 0 to 9 without separators."""
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text):
        refuse_value(name, text, "must be an integer", f"give an integer ≥ {minimum}")
    value = int(text)
    if value < minimum:
        refuse_value(name, value, f"must be ≥ {minimum}")
    if maximum is not None and value > maximum:
        refuse_value(name, value, f"must be ≤ {maximum}, or the certificates take too long")
    return value


def estimator(text: str) -> Estimator:
    """The estimator of that name, ``name`` or ``name:INTEGER``."""
    name, colon, value = text.partition(":")
    entry = ESTIMATORS.get(name)
    if entry is None or (colon and not entry.argument):
        close = hint(text, ESTIMATORS)
        refuse_value("estimator", text, "is not the name of an estimator", close)
    if colon:
        return entry.make(integer(value, f"estimator {name}:{entry.argument}"))
    return entry.make()
