"""``polyrates rate``: the worst-case error of a method."""

from __future__ import annotations

import argparse

from polyrates.analysis.rate import rate
from polyrates.cli.arguments import (
    EXACT,
    add_estimator,
    add_hull,
    add_outputs,
    add_sizes,
    estimator,
    given,
    integer,
    parsed_sizes,
    support,
)
from polyrates.cli.output import Progress, print_json, say, write_document
from polyrates.core.methods.catalogue import NAMES
from polyrates.core.methods.named import NamedMethod, build, help_on_methods
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.problems.sizes import joint_sizes

__all__ = ["TEXT", "add_options", "run"]

TEXT = f"""\
The worst-case error of the Jacobian over all Hessians with eigenvalues in
[ell, L], gaps left out, at every t: with E the initial error of the Jacobian and
G the derivative of the gradient at x_0,

  initial   max |P_t - lambda P_t'|, multiplies ||E||
  cross     max |P_t'|, multiplies ||G||
  residual  max |P_t|, what the iterates do

With two sizes, a fourth column holds the tight joint worst case: the largest
error over all E and G of those sizes (or E and D, the derivative of the Hessian
times x_0 - x*; with --hessian a bound that needs no commutation).

Values are proved (exact, from a theorem) or certified (upper bounds by ball
arithmetic). The burn-in is the last t at which the initial part exceeds 1.

{help_on_methods()}
{EXACT}

examples
  polyrates rate --method gradient-descent --step 2/11 --ell 1 --L 10 --steps 20
  polyrates rate --method chebyshev --ell 1 --L 100 --json
  polyrates rate --method chebyshev --ell 1 --L 100 --initial 1 --cross 1/10
  polyrates rate --method large --ell 1/100 --L 1 --latex rate.tex
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates rate`` takes."""
    parser.add_argument("--method", required=True, metavar="NAME", help="see below")
    add_hull(parser)
    for option, words in (
        ("step", "step of gradient descent, heavy ball, Nesterov"),
        ("momentum", "momentum of heavy ball, Nesterov"),
        ("first-step", "first step of heavy ball"),
        ("alpha", "exponent of gegenbauer, sobolev"),
        ("eta", "weight of the derivative, for sobolev, harmonic (1)"),
    ):
        parser.add_argument(f"--{option}", metavar="NUMBER", help=words)
    add_estimator(parser)
    parser.add_argument("--steps", default="20", metavar="T", help="t runs over 0, …, T (20)")
    add_sizes(parser, "for the worst case: ")
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the parts of the rate."""
    from polyrates.report.rate import rate_document, rate_json, rate_text

    spectrum = support(arguments)
    named = _method(arguments, *spectrum.hull)
    steps = integer(arguments.steps, "steps", 0, 2000)
    result = rate(named.method, spectrum, estimator(arguments.estimator))
    sizes = parsed_sizes(arguments)
    if sizes:
        sizes = joint_sizes(sizes, hessian=True).arguments
    with Progress() as progress:
        if arguments.latex is not None:
            document = rate_document(named, result, steps, sizes, progress)
        elif arguments.json:
            answer = rate_json(named, result, steps, sizes, progress)
        else:
            text = rate_text(named, result, steps, sizes, progress)
    if arguments.latex is not None:
        return write_document(arguments.latex, document)
    if arguments.json:
        print_json(answer)
    else:
        say(text)
    return 0


def _method(arguments: argparse.Namespace, ell: Number, L: Number) -> NamedMethod:
    """The method of --method and its options, which may stand in the name or beside it."""
    options = given(
        arguments, dict.fromkeys(each for entry in NAMES.values() for each in entry.options)
    )
    entry = NAMES.get(arguments.method.partition(":")[0])
    for option in options:
        if entry is not None and option not in entry.options:
            shown = option.replace("_", "-")
            refuse_value("method", arguments.method, f"takes no --{shown}", "leave it out")
    spec = ",".join(f"{option}={text}" for option, text in options.items())
    separator = "," if ":" in arguments.method else ":"
    return build(arguments.method + (separator + spec if spec else ""), ell, L)
