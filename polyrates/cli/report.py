"""``polyrates report``: from data to a page."""

from __future__ import annotations

import argparse
import os
import textwrap

from polyrates.cli.arguments import EXACT, add_column, add_columns, integer, names
from polyrates.cli.output import Progress, print_json, say
from polyrates.core.methods.named import DEFAULT_METHODS, help_on_methods

__all__ = ["TEXT", "add_options", "run"]

TEXT = f"""\
From data to a page that a person wants to read: how the error of the unrolled
Jacobian behaves under several methods, what is guaranteed, whether the runs
agree with the theory, and what else the same budget buys.

Writes a folder with report.html (self-contained), report.tex, report.json,
curves.csv, polynomials.csv, spectrum.csv and figures/, and prints a table:

  x to 1%   step from which the iterates are within 1 % of their initial error
  dx to 1%  the same for the Jacobian
  peak, at  largest Jacobian error over the initial one, and when
  burn-in   last step at which the Jacobian is worse than at the start
  bound     largest value up to T that is guaranteed for this spectrum and these
            sizes; "≥" where it still grows there
  check     whether the run agrees with the formula at every step

Beyond quadratics (logistic regression, most problems of your own) there is no
guarantee. The column "model" then holds the largest value that the quadratic
with the same solution, Jacobian and Hessian predicts, which is right near the
solution, and the check is that runs from nearby follow it.

Your own problem is an object with gradient(x), hvp(x, v) and cross(x), the
derivative of the gradient along theta, as arrays of shape (d,), or (d, p) for p
parameters; and solution, or dimension, the length of x.

{help_on_methods()}
{EXACT}

examples
  polyrates report
  polyrates report --data diabetes --penalty 1/10 --out diabetes
  polyrates report --data houses.csv --column price --steps 300
  polyrates report --x0 zero
  polyrates report --model logistic --penalty 0.01
  polyrates report --model mine.losses:make --steps 80
  polyrates report --methods large,chebyshev,sobolev:eta=2,heavy-ball:step=1/20,momentum=1/2
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates report`` takes."""
    parser.add_argument(
        "--model",
        default="ridge",
        metavar="ridge|logistic|MODULE:FUNCTION",
        help="ridge (default) or logistic regression on the data, or your own problem: a function "
        "of no arguments, imported by name, that returns it",
    )
    parser.add_argument(
        "--data",
        metavar="NAME|FILE.csv",
        help="breast-cancer (default), diabetes, or a CSV file of numbers with a header",
    )
    add_column(parser, "--target")
    add_columns(parser)
    parser.add_argument(
        "--penalty",
        metavar="P",
        help="penalty > 0 (ridge 0.2, logistic 0.05); a smaller one makes kappa smaller",
    )
    parser.add_argument("--steps", default="150", metavar="T", help="how many steps (150)")
    parser.add_argument(
        "--x0",
        metavar="zero|far|FILE",
        help="zero (default for your own data or problem); far, the default of the demonstrations: "
        "||x_0|| = 10 ||x*|| in a random direction; or a file with one number a feature",
    )
    parser.add_argument("--seed", default="0", metavar="N", help="seed of the far start (0)")
    parser.add_argument(
        "--methods",
        default=DEFAULT_METHODS,
        metavar="LIST",
        help="comma-separated, each NAME or NAME:option=number,…; see below",
    )
    parser.add_argument(
        "--out",
        default="polyrates-report",
        metavar="DIR",
        help="folder to write (polyrates-report); one that a report wrote is replaced",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the numbers as JSON, not a table"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, print the answer; 1 if a run disagrees with its prediction."""
    from polyrates.report.advice import advice
    from polyrates.report.answer import answer
    from polyrates.report.registry import as_json
    from polyrates.report.sections.overview import table_text
    from polyrates.report.write import Request, report

    request = Request(
        data=arguments.data,
        column=arguments.column,
        penalty=arguments.penalty,
        steps=integer(arguments.steps, "steps", 1, 1000),
        x0=arguments.x0,
        seed=integer(arguments.seed, "seed"),
        methods=arguments.methods,
        model=arguments.model,
        drop=names(arguments.drop),
        features=names(arguments.features),
    )
    with Progress() as progress:
        analysis, folder = report(request, arguments.out, progress)
    if arguments.json:
        print_json(as_json(analysis))
    else:
        said = [textwrap.fill(each, 79) for each in (answer(analysis), advice(analysis))]
        say(said[0], "", said[1], "", table_text(analysis), "", sep="\n")
        say(os.path.join(os.path.relpath(folder), "report.html"))
    return 0 if all(each.verified for each in analysis.methods) else 1
