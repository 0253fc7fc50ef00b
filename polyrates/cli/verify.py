"""``polyrates verify``: runs against predictions."""

from __future__ import annotations

import argparse

from polyrates.cli.arguments import add_column, add_estimator, estimator, integer
from polyrates.cli.output import print_json, say
from polyrates.core.methods.named import DEFAULT_METHODS, parse_methods
from polyrates.core.spectra import Interval
from polyrates.ground.numbers import floating, parse
from polyrates.ground.tables import text_table
from polyrates.measurement.verify import GROWING, Verification, verify
from polyrates.problems.quadratic import Quadratic, QuadraticProblem

__all__ = ["TEXT", "add_options", "run"]

Run = tuple[str, str, Verification]
"""A method, a problem, and how they agree."""

TEXT = """\
Run methods, differentiate them, and compare the observed error of the Jacobian
with the predicted one at every step, and with its guaranteed bound. Exit status
1 if anything disagrees.

  gap       largest difference at any step, over the initial error
  growth    largest error at any step, over the initial error

A run is ok where its gap is rounding, at most 1e-10 or, where the error grows,
1e-10 times the growth. So a run that diverges as predicted is ok, and said to.

examples
  polyrates verify
  polyrates verify --ell 1 --L 1000 --steps 200 --noncommuting
  polyrates verify --data diabetes --methods chebyshev,sobolev
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates verify`` takes."""
    parser.add_argument(
        "--methods",
        default=DEFAULT_METHODS,
        metavar="LIST",
        help="as for report; the default is all of them",
    )
    add_estimator(parser)
    parser.add_argument("--steps", default="60", metavar="T", help="steps of each run (60)")
    parser.add_argument("--trials", default="3", metavar="N", help="random problems (3)")
    parser.add_argument("--dim", default="20", metavar="D", help="unknowns of each (20)")
    parser.add_argument("--ell", default="1", metavar="l", help="smallest eigenvalue (1)")
    parser.add_argument("--L", default="100", metavar="L", help="largest eigenvalue (100)")
    parser.add_argument("--seed", default="0", metavar="N", help="seed of the first problem (0)")
    parser.add_argument(
        "--noncommuting",
        action="store_true",
        help="random problems where H and its derivative do not commute",
    )
    parser.add_argument("--data", metavar="NAME|FILE.csv", help="ridge on data instead")
    add_column(parser, "--target")
    parser.add_argument("--penalty", default="0.2", metavar="P", help="ridge penalty (0.2)")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")


def run(arguments: argparse.Namespace) -> int:
    """Run every method on every problem; 1 if anything disagrees."""
    steps = integer(arguments.steps, "steps", 0, 2000)
    chosen = estimator(arguments.estimator)
    problems, (ell, L) = _problems(arguments)
    runs = [
        (named.title, label, verify(named.method, problem, steps, chosen))
        for named in parse_methods(arguments.methods, ell, L)
        for label, problem in problems
    ]
    ok = all(result.ok for *_, result in runs)
    if arguments.json:
        print_json({"steps": steps, "ok": ok, "runs": [_json(*run) for run in runs]})
    else:
        say(_table(runs, steps))
    return 0 if ok else 1


def _json(title: str, label: str, result: Verification) -> dict[str, object]:
    read = ("formula", "gap", "tolerance", "growth", "growing", "within_bound", "ok")
    return {"method": title, "problem": label, **{name: getattr(result, name) for name in read}}


def _problems(
    arguments: argparse.Namespace,
) -> tuple[list[tuple[str, QuadraticProblem]], tuple[float, float]]:
    """What to run on, each with its label, and the ends of the spectrum."""
    from polyrates.report.subject import read_data, ridge

    seed, dim = integer(arguments.seed, "seed"), integer(arguments.dim, "dim", 1, 2000)
    if arguments.data is not None:
        data = read_data(arguments.data, arguments.column)
        problem = ridge(data, arguments.penalty)
        values = problem.eigensystem[0]
        return [(data.name, problem)], (float(values[0]), float(values[-1]))
    interval = Interval(parse(arguments.ell, "ell"), parse(arguments.L, "L"))
    problems: list[tuple[str, QuadraticProblem]] = [
        (f"random, seed {i}", Quadratic.random(interval, dim, i, not arguments.noncommuting))
        for i in range(seed, seed + integer(arguments.trials, "trials", 1))
    ]
    low, high = (floating(end) for end in interval.hull)
    return problems, (low, high)


def _table(runs: list[Run], steps: int) -> str:
    rows = [
        [
            "ok" if result.ok else "FAILS",
            title,
            label,
            result.formula,
            f"{result.gap:.1e}",
            f"{result.growth:.3g}{'*' if result.growing else ''}",
        ]
        for title, label, result in runs
    ]
    lines = [
        text_table(["", "method", "problem", "formula", "gap", "growth"], rows),
        "gap and growth are over the initial error; a gap of 1e-10 max(1, growth) is rounding",
    ]
    if any(result.growing for *_, result in runs):
        lines.append(f"* the {GROWING}")
    agree = sum(result.ok for *_, result in runs)
    lines.append(f"{agree} of {len(runs)} runs agree with the prediction at every t ≤ {steps}")
    return "\n".join(lines)
