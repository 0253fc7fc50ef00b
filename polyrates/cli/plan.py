"""``polyrates plan``: which way to differentiate, for a budget."""

from __future__ import annotations

import argparse
import os

import numpy as np

from polyrates.choices.plan import Plan, plan
from polyrates.cli.arguments import (
    add_column,
    add_columns,
    add_hull,
    add_outputs,
    add_sizes,
    given,
    integer,
    names,
    parsed_sizes,
    support,
)
from polyrates.cli.output import Progress, print_json, say, write, write_document
from polyrates.ground.digits import exact_text
from polyrates.ground.errors import did, refuse_value
from polyrates.ground.numbers import parse
from polyrates.problems.data import BUILT_IN, load_vector
from polyrates.problems.quadratic import Problem
from polyrates.problems.sizes import SIZES

__all__ = ["TEXT", "add_options", "run"]

TEXT = """\
Ranks every method and every way to differentiate it (unrolled, truncated,
restarted, one step, implicit) for N gradients and Hessian-vector products by
the error that no problem of the given sizes exceeds. The guarantees are
certified. With E the initial error of the Jacobian, D = dH (x_0 - x*) and G
the derivative of the gradient at x_0, give ||E|| and one of ||D||, ||G||, or
more if known; or --data, where they are measured and every row is run; or
--model, a loss of your own: the rows are run from its x0 and ranked by the
error that was observed.

  steps   gradient steps; "+ k inner" for the linear solve of implicit
          differentiation, "last k" where only the last k are differentiated
  memory  arrays of the length of x in forward mode

Numbers are exact: write 2/11, 0.1 or 1e-3.

examples
  polyrates plan --ell 0.01 --L 1 --budget 160 --residual 1 --drift 0.01
  polyrates plan --ell 1 --L 100 --budget 80 --initial 1 --cross 1 --json
  polyrates plan --ell 0.01 --L 1 --target 1e-3 --residual 1 --drift 1
  polyrates plan --data diabetes --penalty 0.1 --budget 100 --plot plan.svg
  polyrates plan --model mine.py:make --budget 40
"""

_LARGEST_BUDGET = 600
_OF_DATA = ("column", "drop", "features", "penalty", "seed")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates plan`` takes."""
    add_hull(parser, required=False)
    parser.add_argument(
        "--budget", metavar="N", help="gradients and Hessian-vector products together, ≥ 2; or"
    )
    parser.add_argument(
        "--target", metavar="ERROR", help="the error wanted: the fewest products that guarantee it"
    )
    add_sizes(parser)
    parser.add_argument(
        "--data",
        metavar="NAME|FILE.csv",
        help="ridge regression on data instead: spectrum and sizes are measured, every row is run",
    )
    parser.add_argument(
        "--model",
        metavar="FILE.py:FUNCTION",
        help="your own problem instead: what the function returns, such as pr.from_loss(…)",
    )
    add_column(parser)
    add_columns(parser)
    parser.add_argument("--penalty", metavar="P", help="ridge penalty, with --data (0.2)")
    parser.add_argument("--x0", metavar="zero|far|FILE", help="start, with --data or --model")
    parser.add_argument("--seed", metavar="N", help="seed of the far start, with --data (0)")
    parser.add_argument(
        "--methods", metavar="LIST", help="rank these named methods, as report and rate name them"
    )
    parser.add_argument(
        "--plot", metavar="FILE", help="draw guarantee against N into FILE, .svg or .pdf"
    )
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rank, draw where asked, print the table."""
    from polyrates.report.plan import plan_document, plan_json, plan_picture, plan_text

    kind = _picture_kind(arguments.plot)
    with Progress() as progress:
        progress("ranking")
        result, observed, code = _ranked(arguments)
        if kind is not None:
            write(arguments.plot, "plot", plan_picture(result, kind, progress))
    if arguments.latex is not None:
        return write_document(arguments.latex, plan_document(result))
    if arguments.json:
        print_json(plan_json(result, observed))
    else:
        say(plan_text(result, observed, code))
    return 0


def _ranked(arguments: argparse.Namespace) -> tuple[Plan, list[float | None] | None, str]:
    """The plan; with data the error of every row when run, else the Python that makes it."""
    from polyrates.report.plan import observed_errors

    budget = target = None
    if arguments.budget is not None:
        budget = integer(arguments.budget, "budget", 0, _LARGEST_BUDGET)
    if arguments.target is not None:
        target = parse(arguments.target, "target")
    texts = given(arguments, SIZES)
    sizes = parsed_sizes(arguments)
    if arguments.data is not None or arguments.model is not None:
        problem, x0 = _measured(arguments)
        result = plan(problem, budget, target=target, x0=x0, methods=arguments.methods)
        return result, observed_errors(result, problem, x0), ""
    _require_no_data(arguments)
    where = support(arguments)
    result = plan(where, budget, target=target, methods=arguments.methods, **sizes)
    words = [f"pr.Interval({arguments.ell!r}, {arguments.L!r})", str(result.budget)]
    if arguments.gap is not None:
        pieces = [(exact_text(low), exact_text(high)) for low, high in where.support]
        words[0] = f"pr.Union({pieces})"
    words += [f"{name}={text!r}" for name, text in texts.items()]
    if arguments.methods is not None:
        words.append(f"methods={arguments.methods!r}")
    return result, None, f"in Python: pr.plan({', '.join(words)})"


def _picture_kind(where: str | None) -> str | None:
    if where is None:
        return None
    kind = os.path.splitext(where)[1].lower().lstrip(".")
    if kind not in ("svg", "pdf"):
        refuse_value("plot", where, "must end in .svg or .pdf", "give for instance plan.svg")
    return kind


def _measured(arguments: argparse.Namespace) -> tuple[Problem, np.ndarray]:
    """The problem of --data or --model, and its start."""
    from polyrates.report.analysis import choose_start
    from polyrates.report.subject import read_data, ridge

    option = "data" if arguments.model is None else "model"
    for other, text in given(arguments, ("ell", "L", "gap", *SIZES)).items():
        refuse_value(other, text, f"is measured from --{option}", "leave one of them")
    if arguments.model is not None:
        return _own(arguments)
    drop, features = names(arguments.drop), names(arguments.features)
    data = read_data(arguments.data, arguments.column, drop, features)
    problem = ridge(data, arguments.penalty or "0.2")
    seed = integer(arguments.seed or "0", "seed")
    start = arguments.x0 or ("far" if arguments.data in BUILT_IN else "zero")
    return problem, choose_start(problem, start, seed).x0


def _own(arguments: argparse.Namespace) -> tuple[Problem, np.ndarray]:
    """The user's problem, and its own x0 unless --x0 says otherwise."""
    from polyrates.report.subject import imported

    for option, text in given(arguments, ("data", *_OF_DATA)).items():
        refuse_value(option, text, "goes without --model", "leave one of them")
    problem = imported(arguments.model)
    known = getattr(problem, "x0", None)
    length = len(known) if known is not None else getattr(problem, "dimension", None)
    if not isinstance(length, int):
        refuse_value(
            "model",
            arguments.model,
            "has neither x0 nor dimension",
            "add one, to say how long x is",
        )
    if arguments.x0 in (None, "zero"):
        zero = known is None or arguments.x0 == "zero"
        return problem, np.zeros(length) if zero else np.asarray(known, dtype=float)
    return problem, load_vector(arguments.x0, length)


def _require_no_data(arguments: argparse.Namespace) -> None:
    for option, text in given(arguments, (*_OF_DATA, "x0")).items():
        refuse_value(option, text, "goes with --data", "give --data too")
    for option in ("ell", "L"):
        if getattr(arguments, option) is None:
            refuse_value(
                option,
                did("is not given"),
                "the spectrum is needed",
                "give --ell and --L, or --data, or --model",
            )
    if not given(arguments, SIZES):
        refuse_value(
            "residual",
            did("is not given"),
            "the size of the initial error is needed",
            "give --residual and --drift, or --initial and --cross",
        )
