"""``polyrates certify``: how wrong a Jacobian in a file is; a gate for a test suite."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np

from polyrates.cli.arguments import integer
from polyrates.cli.output import print_json, say
from polyrates.ground.errors import did, refuse_value
from polyrates.ground.numbers import floating, nonnegative, parse, positive
from polyrates.ground.outward import at_most
from polyrates.measurement.certify import Certified, certify
from polyrates.problems.cells import number_in
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["TEXT", "add_options", "run"]

TEXT = """\
Bounds the error ||J - dx*|| of a Jacobian that is in a file, from x, J and a
few Hessian-vector products, whoever computed it and however: an upper and a
lower bound in Frobenius norm. Exit status 1 where --at-most is not met, so that
it can stand in a test suite; 2 on bad input.

The problem is what a function of no arguments returns: an object with
gradient(x), hvp(x, v) and cross(x), such as pr.Ridge or pr.from_loss gives.
What it does not know of itself (a lower bound of its Hessian, and unless it is
quadratic the Lipschitz constants of the Hessian and of the cross derivative) is
measured where it is not given, and then the result is only predicted: --at-most
is not met by a prediction, unless --predicted accepts it.

Files are .npy, or text with one row a line, numbers between commas or blanks: x
one number a coordinate, J one row a coordinate and one column a parameter.

examples
  polyrates certify --model mine:make --x x.npy --jacobian J.npy
  polyrates certify --model mine.py:make --x x.csv --jacobian J.csv --at-most 1e-6
  polyrates certify --model mine:make --x x.npy --jacobian J.npy --ell 0.01 --json
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates certify`` takes."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="MODULE:FUNCTION|FILE.py:FUNCTION",
        help="a function of no arguments that returns the problem; imported, never evaluated",
    )
    parser.add_argument("--x", required=True, metavar="FILE", help="a point near the solution")
    parser.add_argument("--jacobian", required=True, metavar="FILE", help="the J in question")
    parser.add_argument("--ell", metavar="l", help="a number below the Hessian's eigenvalues")
    parser.add_argument(
        "--hessian-lipschitz", metavar="M", help="of the Hessian; with --mixed-lipschitz and --ell"
    )
    parser.add_argument(
        "--mixed-lipschitz", metavar="N", help="of the cross derivative, Frobenius, in x"
    )
    parser.add_argument(
        "--products", default="8", metavar="K", help="Hessian-vector products a solve (8)"
    )
    parser.add_argument(
        "--at-most", metavar="EPS", help="exit with 1 unless the error is certified to be ≤ EPS"
    )
    parser.add_argument(
        "--predicted", action="store_true", help="let a prediction meet --at-most too"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, not a sentence")


def run(arguments: argparse.Namespace) -> int:
    """Certify, print, judge."""
    from polyrates.report.subject import guarded, imported

    goal = None
    if arguments.at_most is not None:
        goal = floating(nonnegative(parse(arguments.at_most, "at-most"), "at-most"), "at-most")
    ell = None if arguments.ell is None else _positive(arguments.ell, "ell")
    constants = _constants(arguments, ell)
    products = integer(arguments.products, "products", 1, 10**6)
    x = _array(arguments.x, "x").reshape(-1)
    J = _array(arguments.jacobian, "jacobian")
    problem = imported(arguments.model)
    if J.ndim == 2 and 1 in J.shape and guarded(arguments.model, lambda: _scalar(problem, x)):
        J = J.reshape(-1)  # a column of text, one parameter
    found = guarded(
        arguments.model, lambda: certify(problem, x, J, ell, constants, products=products)
    )
    met = goal is None or _meets(found, goal, arguments.predicted)
    if arguments.json:
        print_json(_json(found, goal, met))
    else:
        say(found)
    if not met:
        why = (
            "it is only predicted"
            if found.bound <= (goal or 0.0)
            else f"{at_most(found.bound)} is more"
        )
        print(f"polyrates certify: not certified to be at most {goal:g}: {why}", file=sys.stderr)
    return 0 if met else 1


def _scalar(problem: Problem, x: np.ndarray) -> bool:
    return np.ndim(problem.cross(x)) == 1


def _meets(found: Certified, goal: float, predicted: bool) -> bool:
    return found.bound <= goal and (predicted or found.status == "certified")


def _positive(text: str, name: str) -> float:
    return floating(positive(parse(text, name), name), name)


def _constants(arguments: argparse.Namespace, ell: float | None) -> Constants | None:
    """Those of the options, both Lipschitz constants or none."""
    pair = {"hessian-lipschitz": arguments.hessian_lipschitz}
    pair["mixed-lipschitz"] = arguments.mixed_lipschitz
    missing = [name for name, text in pair.items() if text is None]
    if len(missing) == 2:
        return None
    if missing:
        refuse_value(
            missing[0], did("is not given"), "is one of two constants", f"give --{missing[0]} too"
        )
    if ell is None:
        refuse_value(
            "ell", did("is not given"), "is needed beside the Lipschitz constants", "give --ell too"
        )
    M, N = (
        floating(nonnegative(parse(str(text), name), name), name) for name, text in pair.items()
    )
    return Constants(ell, math.inf, M, N)


def _array(where: str, option: str) -> np.ndarray:
    """What a file of numbers holds."""
    path = Path(where)
    if not path.is_file():
        refuse_value(option, where, "there is no such file", "give an .npy or a text file")
    if path.suffix == ".npy":
        try:
            found = np.load(path, allow_pickle=False)
        except (ValueError, EOFError, OSError):
            refuse_value(option, where, "is no array of numbers", "write it with numpy.save")
        if found.dtype.kind not in "fiu" or found.size == 0:
            refuse_value(option, where, f"has dtype {found.dtype}", "give real floats")
        return np.asarray(found, dtype=float)
    return _text(path, where, option)


def _text(path: Path, where: str, option: str) -> np.ndarray:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        refuse_value(option, where, "is not text", "give an .npy or a text file")
    rows: list[list[float]] = []
    for line in filter(str.strip, lines):
        row = []
        for word in line.replace(",", " ").split():
            value = number_in(word)
            if value is None:
                refuse_value(option, where, f"{word[:40]!r} is not a number", "give numbers alone")
            row.append(value)
        rows.append(row)
    if not rows or len({len(row) for row in rows}) != 1:
        refuse_value(option, where, "its rows are not of one length", "give a full table")
    return np.array(rows)


def _json(found: Certified, goal: float | None, met: bool) -> dict[str, object]:
    """Every number; an infinite one is null."""

    def number(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "bound": number(found.bound),
        "lower": found.lower,
        "relative": number(found.relative),
        "status": found.status,
        "residual": number(found.terms[0]),
        "iterate": number(found.terms[1]),
        "products": found.products,
        "missing": list(found.missing),
        "at_most": goal,
        "met": met,
    }
