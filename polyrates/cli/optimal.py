"""``polyrates optimal``: the optimal residual polynomial, on average or in the worst case."""

from __future__ import annotations

import argparse
import sys

import sympy

from polyrates.cli.arguments import (
    EXACT,
    add_hull,
    add_outputs,
    given,
    integer,
    parsed_sizes,
    support,
)
from polyrates.cli.output import print_json, say, write_document
from polyrates.core.measures.densities import ClassicalDensity, GegenbauerDensity, Uniform
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import did, hint, refuse_value
from polyrates.ground.numbers import Number, parse
from polyrates.problems.sizes import joint_sizes
from polyrates.synthesis.minimax import minimax_optimal
from polyrates.synthesis.optimum import Optimum
from polyrates.synthesis.sobolev import sobolev_optimal

__all__ = ["TEXT", "add_options", "run"]

TEXT = f"""\
The residual polynomial P, P(0) = 1, of degree at most t with the smallest
average error over a spectral density: it minimizes the integral of
P^2 + eta P'^2. Exact, with the optimal value of every smaller degree.

With --minimax, the smallest worst-case error of the unrolled Jacobian over all
Hessians with eigenvalues in [ell, L], gaps left out, for given sizes of its
initial error E and of the derivative G of the gradient at x_0 (or of E and the
drift D), with a certified lower and upper bound.

{EXACT}

examples
  polyrates optimal --ell 1 --L 100 --density uniform --t 10 --eta 1
  polyrates optimal --ell 1 --L 9 --density gegenbauer --alpha 3/2 --t 4 --latex
  polyrates optimal --ell 1 --L 100 --t 40 --minimax --initial 1 --cross 1
  polyrates optimal --ell 0.01 --L 1.1 --gap 0.1 0.9 --t 40 --minimax
  polyrates optimal --ell 1 --L 100 --t 40 --minimax --certificate best.json
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What ``polyrates optimal`` takes."""
    add_hull(parser)
    parser.add_argument("--t", required=True, metavar="T", help="the degree, the number of steps")
    parser.add_argument(
        "--density", metavar="NAME", help="uniform (default), chebyshev, gegenbauer (with --alpha)"
    )
    parser.add_argument("--alpha", metavar="A", help="exponent of the Gegenbauer density, > -1/2")
    parser.add_argument(
        "--eta", metavar="E", help="weight of the derivative, in units of lambda^2 (1)"
    )
    parser.add_argument(
        "--minimax",
        action="store_true",
        help="the smallest worst case over [ell, L] instead of an average",
    )
    for option, words in (
        ("initial", "||E|| (1)"),
        ("cross", "||G|| (1)"),
        ("residual", "||E||, with --drift"),
        ("drift", "||D||, with --residual"),
    ):
        parser.add_argument(f"--{option}", metavar="SIZE", help=f"with --minimax: {words}")
    parser.add_argument(
        "--certificate",
        metavar="FILE",
        help="save the proof: polyrates certificate FILE checks it",
    )
    add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the optimum."""
    where = support(arguments)
    t = integer(arguments.t, "t", 0, 1000)
    return (_minimax if arguments.minimax else _average)(arguments, where, t)


def _average(arguments: argparse.Namespace, where: Spectrum, t: int) -> int:
    from polyrates.report.optimal import optimum_document, optimum_json, optimum_text

    for option, text in given(arguments, ("initial", "cross", "residual", "drift")).items():
        refuse_value(option, text, "is a size of the worst case", "add --minimax")
    if arguments.gap is not None:
        shown = " ".join(arguments.gap[0])
        refuse_value("gap", shown, "has no place in a density", "add --minimax, or leave it out")
    density = _density(arguments, *where.hull)
    eta = parse(arguments.eta or "1", "eta")
    result = sobolev_optimal(density, t, eta)
    _save(arguments, result)
    if arguments.latex is not None:
        return write_document(arguments.latex, optimum_document(density, result, eta))
    if arguments.json:
        print_json(optimum_json(result, eta))
    else:
        say(optimum_text(result, eta))
    return 0


def _save(arguments: argparse.Namespace, result: Optimum) -> None:
    if arguments.certificate is not None:
        proof = result.certificate
        proof.save(arguments.certificate)
        remark = getattr(proof, "remark", "")
        if remark:
            print(f"note: {remark}", file=sys.stderr)


def _density(arguments: argparse.Namespace, ell: Number, L: Number) -> ClassicalDensity:
    name = arguments.density or "uniform"
    if name == "gegenbauer":
        if arguments.alpha is None:
            refuse_value(
                "alpha", did("is not given"), "the Gegenbauer density needs it", "give --alpha"
            )
        return GegenbauerDensity(ell, L, parse(arguments.alpha, "alpha"))
    if arguments.alpha is not None:
        refuse_value(
            "alpha", arguments.alpha, "only the Gegenbauer density has one", "leave it out"
        )
    if name not in ("uniform", "chebyshev"):
        close = hint(name, ["uniform", "chebyshev", "gegenbauer"])
        refuse_value("density", name, "is not the name of a density", close)
    return Uniform(ell, L) if name == "uniform" else GegenbauerDensity(ell, L, 0)


def _minimax(arguments: argparse.Namespace, where: Spectrum, t: int) -> int:
    from polyrates.report.optimal import minimax_document, minimax_json, minimax_text

    for option, text in given(arguments, ("density", "alpha", "eta")).items():
        refuse_value(option, text, "has no place in a worst case", "leave --minimax or it out")
    given_sizes = parsed_sizes(arguments)
    if not {"residual", "drift"} & set(given_sizes):
        given_sizes = {"initial": parse("1"), "cross": parse("1"), **given_sizes}
    sizes: dict[str, sympy.Expr] = joint_sizes(given_sizes).arguments
    result = minimax_optimal(where, t, **sizes)
    _save(arguments, result)
    if arguments.latex is not None:
        return write_document(arguments.latex, minimax_document(where, result, sizes))
    if arguments.json:
        print_json(minimax_json(where, result, sizes))
    else:
        say(minimax_text(where, result, sizes))
    return 0
