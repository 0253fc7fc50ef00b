"""The commands: report, rate, optimal, plan, verify, figures.

Exit status 0 on success, 1 when a verification fails, 2 on bad input with one line on stderr.
Numbers are parsed exactly ("2/11", "0.1", "1e-3") and never evaluated.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import signal
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from polyrates.errors import PolyratesError, refuse_value

__all__ = ["main"]

_EXACT = "Numbers are exact: write 2/11, 0.1 or 1e-3."

_DESCRIPTION = """\
How wrong is the Jacobian that you get by differentiating through t steps of a
solver, and which method makes it least wrong?

commands
  report    the main job: from data to a page with curves, bounds and checks
  rate      the worst-case error of one method on an interval, at every t
  optimal   the residual polynomial with the smallest error, and its value
  plan      which method and which way to differentiate, for a budget
  verify    run methods on problems and compare with the prediction
  figures   make the figures of the README again
"""

_EPILOG = """\
examples
  polyrates report
  polyrates rate --method gradient-descent --step 2/11 --ell 1 --L 10
  polyrates optimal --ell 1 --L 100 --density uniform --t 10 --eta 1
  polyrates plan --ell 0.01 --L 1 --budget 160 --residual 1 --drift 0.01
  polyrates verify --ell 1 --L 100 --steps 80

'polyrates COMMAND --help' documents a command.
"""

_METHODS = """\
methods (tuned to the spectrum unless options are given)
  large              gradient descent, step 2/(L+ell): fastest for the iterates
  short              gradient descent, step 1/L
  flat               gradient descent, step sqrt(2)/L: the largest without burn-in
                     of the initial part
  gradient-descent   needs step
  heavy-ball         step, momentum, first_step
  nesterov           step, momentum
  chebyshev          the fastest of all for the iterates in the worst case
  gegenbauer         alpha (1)
  sobolev            eta, alpha (0): made for the Jacobian
Each also takes ell and L, to be tuned for another interval.
"""


class _UsageError(Exception):
    """What argparse complains about, with the parser that found it."""

    def __init__(self, message: str, parser: argparse.ArgumentParser) -> None:
        super().__init__(message)
        self.parser = parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(message, self)


def _add(commands: Any, name: str, summary: str, text: str) -> argparse.ArgumentParser:
    lead, _, rest = text.partition("\n\nexamples\n")
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=lead.strip(),
        epilog=f"examples\n{rest}" if rest else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def _parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    from polyrates import __version__
    from polyrates.report.named import DEFAULT_METHODS

    parser = _Parser(
        prog="polyrates",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="polyrates COMMAND [OPTION…]",
    )
    parser.add_argument("--version", action="version", version=f"polyrates {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", prog="polyrates", help=argparse.SUPPRESS
    )

    report = _add(commands, "report", "from data to a page", _REPORT)
    report.add_argument(
        "--model",
        default="ridge",
        metavar="ridge|logistic|MODULE:FUNCTION",
        help="ridge (default) or logistic regression on the data, or your own problem: a function "
        "of no arguments, imported by name, that returns it",
    )
    report.add_argument(
        "--data",
        metavar="NAME|FILE.csv",
        help="breast-cancer (default), diabetes, or a CSV file of numbers with a header",
    )
    report.add_argument("--target", metavar="COLUMN", help="the column of the CSV file to predict")
    report.add_argument(
        "--penalty",
        metavar="P",
        help="penalty > 0 (ridge 0.2, logistic 0.05); a smaller one makes kappa smaller",
    )
    report.add_argument("--steps", default="150", metavar="T", help="how many steps (150)")
    report.add_argument(
        "--x0",
        default="far",
        metavar="zero|far|FILE",
        help="far (default): ||x_0|| = 10 ||x*|| in a random direction; zero; or a "
        "file with one number a feature",
    )
    report.add_argument("--seed", default="0", metavar="N", help="seed of the far start (0)")
    report.add_argument(
        "--methods",
        default=DEFAULT_METHODS,
        metavar="LIST",
        help="comma-separated, each NAME or NAME:option=number,…; see below",
    )
    report.add_argument(
        "--out",
        default="polyrates-report",
        metavar="DIR",
        help="folder to write (polyrates-report); one that a report wrote is replaced",
    )
    report.add_argument(
        "--json", action="store_true", help="print the numbers as JSON, not a table"
    )

    rate = _add(commands, "rate", "the worst-case error of a method", _RATE)
    _method_options(rate)
    rate.add_argument(
        "--estimator",
        default="unrolled",
        metavar="NAME",
        help="unrolled (default), one-step, implicit, truncated:START",
    )
    rate.add_argument("--steps", default="20", metavar="T", help="t runs over 0, …, T (20)")
    _outputs(rate)

    optimal = _add(commands, "optimal", "the optimal residual polynomial", _OPTIMAL)
    _hull(optimal)
    optimal.add_argument("--t", required=True, metavar="T", help="the degree, the number of steps")
    optimal.add_argument(
        "--density", metavar="NAME", help="uniform (default), chebyshev, gegenbauer (with --alpha)"
    )
    optimal.add_argument("--alpha", metavar="A", help="exponent of the Gegenbauer density, > -1/2")
    optimal.add_argument(
        "--eta", metavar="E", help="weight of the derivative, in units of lambda^2 (1)"
    )
    optimal.add_argument(
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
        optimal.add_argument(f"--{option}", metavar="SIZE", help=f"with --minimax: {words}")
    _outputs(optimal)

    plan = _add(commands, "plan", "which way to differentiate, for a budget", _PLAN)
    plan.add_argument("--ell", metavar="l", help="smallest eigenvalue of the Hessian")
    plan.add_argument("--L", metavar="L", help="largest eigenvalue")
    plan.add_argument(
        "--budget", metavar="N", help="gradients and Hessian-vector products together, ≥ 2; or"
    )
    plan.add_argument(
        "--target", metavar="ERROR", help="the error wanted: the fewest products that guarantee it"
    )
    for option, words in (
        ("residual", "||E||, with --drift or --hessian"),
        ("drift", "||D||, with --residual"),
        ("initial", "||E||, with --cross"),
        ("cross", "||G||, with --initial"),
        ("hessian", "||dH||_F ||x_0 - x*||, with --residual: H and dH need not commute"),
    ):
        plan.add_argument(f"--{option}", metavar="SIZE", help=words)
    plan.add_argument(
        "--data",
        metavar="NAME|FILE.csv",
        help="ridge regression on data instead: spectrum and sizes are measured, every row is run",
    )
    plan.add_argument("--column", metavar="COLUMN", help="the column of the CSV file to predict")
    plan.add_argument("--penalty", metavar="P", help="ridge penalty, with --data (0.2)")
    plan.add_argument("--x0", metavar="zero|far|FILE", help="start, with --data, as in report")
    plan.add_argument("--seed", metavar="N", help="seed of the far start, with --data (0)")
    plan.add_argument(
        "--plot", metavar="FILE", help="draw guarantee against N into FILE, .svg or .pdf"
    )
    _outputs(plan)

    verify = _add(commands, "verify", "runs against predictions", _VERIFY)
    verify.add_argument(
        "--methods",
        default=DEFAULT_METHODS,
        metavar="LIST",
        help="as for report; the default is all of them",
    )
    verify.add_argument(
        "--estimator",
        default="unrolled",
        metavar="NAME",
        help="unrolled (default), one-step, implicit, truncated:START",
    )
    verify.add_argument("--steps", default="60", metavar="T", help="steps of each run (60)")
    verify.add_argument("--trials", default="3", metavar="N", help="random problems (3)")
    verify.add_argument("--dim", default="20", metavar="D", help="unknowns of each (20)")
    verify.add_argument("--ell", default="1", metavar="l", help="smallest eigenvalue (1)")
    verify.add_argument("--L", default="100", metavar="L", help="largest eigenvalue (100)")
    verify.add_argument("--seed", default="0", metavar="N", help="seed of the first problem (0)")
    verify.add_argument(
        "--noncommuting",
        action="store_true",
        help="random problems where H and its derivative do not commute",
    )
    verify.add_argument("--data", metavar="NAME|FILE.csv", help="ridge on data instead")
    verify.add_argument("--target", metavar="COLUMN", help="the column of the CSV file to predict")
    verify.add_argument("--penalty", default="0.2", metavar="P", help="ridge penalty (0.2)")
    verify.add_argument("--json", action="store_true", help="print JSON, not a table")

    figures = _add(commands, "figures", "make the figures", _FIGURES)
    figures.add_argument("names", nargs="*", metavar="NAME", help="which; all by default")
    figures.add_argument(
        "--out",
        default="polyrates-figures",
        metavar="DIR",
        help="folder to write (polyrates-figures)",
    )
    figures.add_argument("--list", action="store_true", help="list the names and what they show")
    return parser, dict(commands.choices)


_REPORT = f"""\
From data to a page that a person wants to read: how the error of the unrolled
Jacobian behaves under several methods, what is guaranteed, whether the runs
agree with the theory, and what else the same budget buys.

Writes a folder with report.html (self-contained), report.tex, report.json,
curves.csv, polynomials.csv, spectrum.csv and figures/, and prints a table:

  x to 1%   step from which the iterates are within 1 % of their initial error
  dx to 1%  the same for the Jacobian
  peak, at  largest Jacobian error over the initial one, and when
  burn-in   last step at which the Jacobian is worse than at the start
  bound     largest value that is guaranteed for this spectrum and these sizes
  check     whether the run agrees with the formula at every step

Beyond quadratics (logistic regression, most problems of your own) there is no
guarantee. The column "model" then holds the largest value that the quadratic
with the same solution, Jacobian and Hessian predicts, which is right near the
solution, and the check is that runs from nearby follow it.

Your own problem is an object with gradient(x), hvp(x, v) and cross(x), the
derivative of the gradient along theta, as arrays of shape (d,), or (d, p) for p
parameters; and solution, or dimension, the length of x.

{_METHODS}
{_EXACT}

examples
  polyrates report
  polyrates report --data diabetes --penalty 1/10 --out diabetes
  polyrates report --data houses.csv --target price --steps 300
  polyrates report --x0 zero
  polyrates report --model logistic --penalty 0.01
  polyrates report --model mine.losses:make --steps 80
  polyrates report --methods large,chebyshev,sobolev:eta=2,heavy-ball:step=1/20,momentum=1/2
"""

_RATE = f"""\
The worst-case error of the Jacobian over all Hessians with eigenvalues in
[ell, L], at every t: with E the initial error of the Jacobian and G the
derivative of the gradient at x_0,

  initial   max |P_t - lambda P_t'|, multiplies ||E||
  cross     max |P_t'|, multiplies ||G||
  residual  max |P_t|, what the iterates do

Values are proved (exact, from a theorem) or certified (upper bounds by ball
arithmetic). The burn-in is the last t at which the initial part exceeds 1.

{_METHODS}
{_EXACT}

examples
  polyrates rate --method gradient-descent --step 2/11 --ell 1 --L 10 --steps 20
  polyrates rate --method chebyshev --ell 1 --L 100 --json
  polyrates rate --method large --ell 1/100 --L 1 --latex rate.tex
"""

_OPTIMAL = f"""\
The residual polynomial P, P(0) = 1, of degree at most t with the smallest
average error over a spectral density: it minimizes the integral of
P^2 + eta P'^2. Exact, with the optimal value of every smaller degree.

With --minimax, the smallest worst-case error of the unrolled Jacobian over all
Hessians with eigenvalues in [ell, L], for given sizes of its initial error E and
of the derivative G of the gradient at x_0 (or of E and the drift D), with a
certified lower and upper bound.

{_EXACT}

examples
  polyrates optimal --ell 1 --L 100 --density uniform --t 10 --eta 1
  polyrates optimal --ell 1 --L 9 --density gegenbauer --alpha 3/2 --t 4 --latex
  polyrates optimal --ell 1 --L 100 --t 40 --minimax --initial 1 --cross 1
"""

_PLAN = """\
Ranks every method and every way to differentiate it (unrolled, truncated,
restarted, one step, implicit) for N gradients and Hessian-vector products by
the error that no problem of the given sizes exceeds. The guarantees are
certified. With E the initial error of the Jacobian, D = dH (x_0 - x*) and G
the derivative of the gradient at x_0, give ||E|| and one of ||D||, ||G||, or
more if known; or --data, where they are measured and every row is run.

  steps   gradient steps; "+ k inner" for the linear solve of implicit
          differentiation, "last k" where only the last k are differentiated
  memory  arrays of the length of x in forward mode

Numbers are exact: write 2/11, 0.1 or 1e-3.

examples
  polyrates plan --ell 0.01 --L 1 --budget 160 --residual 1 --drift 0.01
  polyrates plan --ell 1 --L 100 --budget 80 --initial 1 --cross 1 --json
  polyrates plan --ell 0.01 --L 1 --target 1e-3 --residual 1 --drift 1
  polyrates plan --data diabetes --penalty 0.1 --budget 100 --plot plan.svg
"""

_VERIFY = """\
Run methods, differentiate them, and compare the observed error of the Jacobian
with the predicted one at every step, and with its guaranteed bound. Exit status
1 if anything disagrees.

examples
  polyrates verify
  polyrates verify --ell 1 --L 1000 --steps 200 --noncommuting
  polyrates verify --data diabetes --methods chebyshev,sobolev
"""

_FIGURES = """\
Make the figures of the README: each writes its numbers (CSV) and draws them.

examples
  polyrates figures
  polyrates figures step-map --out figures
"""


def _hull(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ell", required=True, metavar="l", help="smallest eigenvalue")
    parser.add_argument("--L", required=True, metavar="L", help="largest eigenvalue")


def _method_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--method", required=True, metavar="NAME", help="see below")
    _hull(parser)
    for option, words in (
        ("step", "step of gradient descent, heavy ball, Nesterov"),
        ("momentum", "momentum of heavy ball, Nesterov"),
        ("first-step", "first step of heavy ball"),
        ("alpha", "exponent of gegenbauer, sobolev"),
        ("eta", "weight of the derivative, for sobolev (1)"),
    ):
        parser.add_argument(f"--{option}", metavar="NUMBER", help=words)


def _outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument(
        "--latex",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write a LaTeX document, to stdout or to FILE",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    previous = _on_termination()
    name = "polyrates"
    try:
        parser, commands = _parser()
        if not given:
            parser.print_help(sys.stderr)
            return 2
        if not given[0].startswith("-") and given[0] not in commands:
            return _complain(name, f"there is no command {given[0]!r}{_hint(given[0], commands)}")
        arguments, extra = parser.parse_known_args(given)
        if arguments.command is None:
            return _complain(name, f"there is no option {extra[0]}{_hint(extra[0], ['--help'])}")
        name = f"polyrates {arguments.command}"
        if extra:
            return _complain(name, _unknown(extra, commands[arguments.command]))
        return _COMMANDS[arguments.command](arguments)
    except _UsageError as error:
        return _complain(error.parser.prog, str(error))
    except PolyratesError as error:
        return _complain(name, str(error))
    except BrokenPipeError:
        # the reader left; keep Python from complaining again when it closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _complain(name, f"{error.filename or 'file'}: {error.strerror}")
    except MemoryError:
        return _complain(name, "the problem does not fit into memory; give fewer steps or features")
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    finally:
        _restore(previous)


def _on_termination() -> Any:
    """Let SIGTERM unwind the stack, so that what was begun is cleaned up."""
    try:
        return signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    except ValueError:  # not the main thread
        return None


def _restore(previous: Any) -> None:
    if previous is not None:
        signal.signal(signal.SIGTERM, previous)


def _complain(name: str, message: str) -> int:
    print(f"{name}: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _hint(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _unknown(extra: Sequence[str], parser: argparse.ArgumentParser) -> str:
    options = [option for action in parser._actions for option in action.option_strings]
    word = next((each for each in extra if each.startswith("-")), None)
    if word is None:
        return f"what is {extra[0]!r}? No argument is expected there"
    word = word.partition("=")[0]
    known = [option for option in options if option.startswith("--")]
    close = difflib.get_close_matches(word, known, 1, 0.5)
    hint = f"; did you mean {close[0]}?" if close else "; see --help"
    return f"there is no option {word}{hint}"


def _integer(text: str, name: str, minimum: int = 0, maximum: int | None = None) -> int:
    if not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text):
        refuse_value(name, text, "must be an integer", f"give an integer ≥ {minimum}")
    value = int(text)
    if value < minimum:
        refuse_value(name, value, f"must be ≥ {minimum}")
    if maximum is not None and value > maximum:
        refuse_value(name, value, f"must be ≤ {maximum}, or the certificates take too long")
    return value


class _Progress:
    """What is being done, on one line of a terminal; nothing anywhere else."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, what: str) -> None:
        if self.shown:
            print(f"\r\033[K{what} …", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _report(arguments: argparse.Namespace) -> int:
    from polyrates.report import Request, answer, as_json, report, table_text

    request = Request(
        data=arguments.data,
        target=arguments.target,
        penalty=arguments.penalty,
        steps=_integer(arguments.steps, "steps", 1, 1000),
        x0=arguments.x0,
        seed=_integer(arguments.seed, "seed"),
        methods=arguments.methods,
        model=arguments.model,
    )
    progress = _Progress()
    try:
        analysis, folder = report(request, arguments.out, progress)
    finally:
        progress.done()
    if arguments.json:
        print(json.dumps(as_json(analysis), indent=1, ensure_ascii=False))
    else:
        print(textwrap.fill(answer(analysis), 79), "", table_text(analysis), "", sep="\n")
        print(os.path.join(os.path.relpath(folder), "report.html"))
    return 0 if all(each.verified for each in analysis.methods) else 1


def _estimator(text: str) -> Any:
    from polyrates.estimators import Implicit, OneStep, Truncated, Unrolled

    name, colon, start = text.partition(":")
    if name == "truncated":
        return Truncated(_integer(start, "estimator truncated:START") if colon else 0)
    made: dict[str, Callable[[], Any]] = {
        "unrolled": Unrolled, "one-step": OneStep, "implicit": Implicit
    }  # fmt: skip
    if text not in made:
        known = [*made, "truncated"]
        hint = _hint(text, known).removeprefix("; ")
        refuse_value("estimator", text, "is not the name of an estimator", hint)
    return made[text]()


def _rate(arguments: argparse.Namespace) -> int:
    from polyrates.numbers import parse
    from polyrates.rates import rate
    from polyrates.report.exact import rate_document, rate_json, rate_text
    from polyrates.report.named import NAMES, build
    from polyrates.spectra import Interval

    spectrum = Interval(parse(arguments.ell, "ell"), parse(arguments.L, "L"))
    given = {
        option: getattr(arguments, option)
        for option in ("step", "momentum", "first_step", "alpha", "eta")
        if getattr(arguments, option) is not None
    }
    entry = NAMES.get(arguments.method.partition(":")[0])
    for option in given:
        if entry is not None and option not in entry.options:
            shown = option.replace("_", "-")
            refuse_value("method", arguments.method, f"takes no --{shown}", "leave it out")
    spec = ",".join(f"{option}={value}" for option, value in given.items())
    separator = "," if ":" in arguments.method else ":"
    named = build(arguments.method + (separator + spec if spec else ""), *spectrum.hull)
    steps = _integer(arguments.steps, "steps", 0, 2000)
    result = rate(named.method, spectrum, _estimator(arguments.estimator))
    if arguments.latex is not None:
        return _write_document(arguments.latex, rate_document(named, result, steps))
    if arguments.json:
        print(json.dumps(rate_json(named, result, steps), indent=1, ensure_ascii=False))
    else:
        print(rate_text(named, result, steps))
    return 0


def _write_document(where: str, document: bytes) -> int:
    if where == "-":
        sys.stdout.write(document.decode())
    else:
        _write(where, "latex", document)
    return 0


def _write(where: str, option: str, content: bytes) -> None:
    try:
        with open(where, "wb") as file:
            file.write(content)
    except OSError as error:
        refuse_value(option, where, f"cannot be written ({error.strerror})", "give another file")


def _optimal(arguments: argparse.Namespace) -> int:
    from polyrates.measures import GegenbauerDensity, Uniform
    from polyrates.numbers import parse
    from polyrates.report.exact import optimum_document, optimum_json, optimum_text
    from polyrates.sobolev_optimum import sobolev_optimal

    ell, L = parse(arguments.ell, "ell"), parse(arguments.L, "L")
    t = _integer(arguments.t, "t", 0, 1000)
    if arguments.minimax:
        return _minimax(arguments, ell, L, t)
    for option in ("initial", "cross", "residual", "drift"):
        if getattr(arguments, option) is not None:
            refuse_value(
                option, getattr(arguments, option), "is a size of the worst case", "add --minimax"
            )
    density: Any
    name = arguments.density or "uniform"
    if name == "gegenbauer":
        if arguments.alpha is None:
            refuse_value("alpha", None, "the Gegenbauer density needs it", "give --alpha")
        density = GegenbauerDensity(ell, L, parse(arguments.alpha, "alpha"))
    elif arguments.alpha is not None:
        refuse_value(
            "alpha", arguments.alpha, "only the Gegenbauer density has one", "leave it out"
        )
    elif name in ("uniform", "chebyshev"):
        density = Uniform(ell, L) if name == "uniform" else GegenbauerDensity(ell, L, 0)
    else:
        hint = _hint(name, ["uniform", "chebyshev", "gegenbauer"]).removeprefix("; ")
        refuse_value("density", name, "is not the name of a density", hint)
    eta = parse(arguments.eta or "1", "eta")
    result = sobolev_optimal(density, t, eta)
    if arguments.latex is not None:
        return _write_document(arguments.latex, optimum_document(density, result, eta))
    if arguments.json:
        print(json.dumps(optimum_json(result, eta), indent=1, ensure_ascii=False))
    else:
        print(optimum_text(result, eta))
    return 0


def _minimax(arguments: argparse.Namespace, ell: Any, L: Any, t: int) -> int:
    from polyrates.minimax_optimum import minimax_optimal
    from polyrates.numbers import parse
    from polyrates.report.exact import minimax_document, minimax_json, minimax_text
    from polyrates.spectra import Interval

    for option in ("density", "alpha", "eta"):
        if getattr(arguments, option) is not None:
            refuse_value(
                option,
                getattr(arguments, option),
                "has no place in a worst case",
                "leave --minimax or it out",
            )
    drifting = arguments.residual is not None or arguments.drift is not None
    used, unused = ("residual", "drift"), ("initial", "cross")
    if not drifting:
        used, unused = unused, used
    for option in unused:
        if getattr(arguments, option) is not None:
            refuse_value(
                option,
                getattr(arguments, option),
                "goes with initial and cross only"
                if option in ("initial", "cross")
                else "goes with residual and drift only",
                "give one pair of sizes",
            )
    sizes = {option: parse(getattr(arguments, option) or "1", option) for option in used}
    interval = Interval(ell, L)
    result = minimax_optimal(interval, t, **sizes)
    if arguments.latex is not None:
        return _write_document(arguments.latex, minimax_document(interval, result, sizes))
    if arguments.json:
        print(json.dumps(minimax_json(interval, result, sizes), indent=1, ensure_ascii=False))
    else:
        print(minimax_text(interval, result, sizes))
    return 0


_SIZES = ("initial", "cross", "residual", "drift", "hessian")


def _plan(arguments: argparse.Namespace) -> int:
    from polyrates.numbers import parse
    from polyrates.plan import plan
    from polyrates.report.budget import observed_errors, plan_document, plan_json, plan_text
    from polyrates.spectra import Interval

    kind = _picture_kind(arguments.plot)
    asked: dict[str, Any] = {"budget": None, "target": None}
    if arguments.budget is not None:
        asked["budget"] = _integer(arguments.budget, "budget", 0, _LARGEST_BUDGET)
    if arguments.target is not None:
        asked["target"] = parse(arguments.target, "target")
    sizes = {
        name: parse(getattr(arguments, name), name)
        for name in _SIZES
        if getattr(arguments, name) is not None
    }
    progress = _Progress()
    observed: list[float] | None = None
    code = ""
    progress("ranking")
    try:
        if arguments.data is not None:
            problem, x0 = _measured(arguments)
            result = plan(problem, x0=x0, **asked)
            observed = observed_errors(result, problem, x0)
        else:
            _only_with_data(arguments)
            ends = [parse(getattr(arguments, name), name) for name in ("ell", "L")]
            result = plan(Interval(*ends), **asked, **sizes)
            words = [f"pr.Interval({arguments.ell!r}, {arguments.L!r})", str(result.budget)]
            words += [f"{name}={getattr(arguments, name)!r}" for name in sizes]
            code = f"in Python: pr.plan({', '.join(words)})"
        if kind is not None:
            from polyrates.report.budget import plan_picture

            progress("picture")
            _write(arguments.plot, "plot", plan_picture(result, kind))
    finally:
        progress.done()
    if arguments.latex is not None:
        return _write_document(arguments.latex, plan_document(result))
    if arguments.json:
        print(json.dumps(plan_json(result, observed), indent=1, ensure_ascii=False))
    else:
        print(plan_text(result, observed, code))
    return 0


_LARGEST_BUDGET = 600


def _picture_kind(where: str | None) -> str | None:
    if where is None:
        return None
    kind = os.path.splitext(where)[1].lower().lstrip(".")
    if kind not in ("svg", "pdf"):
        refuse_value("plot", where, "must end in .svg or .pdf", "give for instance plan.svg")
    return kind


def _measured(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """The ridge problem of --data and its start."""
    from polyrates.report.problem import choose_start, read_data, ridge

    for option in ("ell", "L", *_SIZES):
        if getattr(arguments, option) is not None:
            refuse_value(
                option, getattr(arguments, option), "is measured from --data", "leave one of them"
            )
    if arguments.data.lower().endswith((".csv", ".tsv", ".txt")) and arguments.column is None:
        refuse_value("column", None, "a CSV file needs it", "give --column COLUMN")
    problem = ridge(read_data(arguments.data, arguments.column), arguments.penalty or "0.2")
    seed = _integer(arguments.seed or "0", "seed")
    return problem, choose_start(problem, arguments.x0 or "far", seed).x0


def _only_with_data(arguments: argparse.Namespace) -> None:
    for option in ("column", "penalty", "x0", "seed"):
        if getattr(arguments, option) is not None:
            refuse_value(option, getattr(arguments, option), "goes with --data", "give --data too")
    for option in ("ell", "L"):
        if getattr(arguments, option) is None:
            refuse_value(option, None, "the spectrum is needed", "give --ell and --L, or --data")


def _verify(arguments: argparse.Namespace) -> int:
    from polyrates.numbers import floating, parse
    from polyrates.numeric.problems import Quadratic
    from polyrates.numeric.verify import verify
    from polyrates.report.named import parse_methods
    from polyrates.report.problem import read_data, ridge
    from polyrates.spectra import Interval

    steps = _integer(arguments.steps, "steps", 0, 2000)
    seed, dim = _integer(arguments.seed, "seed"), _integer(arguments.dim, "dim", 1, 2000)
    estimator = _estimator(arguments.estimator)
    problems: list[tuple[str, Any]] = []
    if arguments.data is not None:
        data = read_data(arguments.data, arguments.target)
        problems.append((data.name, ridge(data, arguments.penalty)))
        values = problems[0][1].eigensystem[0]
        ell, L = float(values[0]), float(values[-1])
    else:
        interval = Interval(parse(arguments.ell, "ell"), parse(arguments.L, "L"))
        ell, L = (floating(end) for end in interval.hull)
        for i in range(_integer(arguments.trials, "trials", 1)):
            problem = Quadratic.random(interval, dim, seed + i, not arguments.noncommuting)
            problems.append((f"random, seed {seed + i}", problem))
    rows = []
    for named in parse_methods(arguments.methods, ell, L):
        for label, problem in problems:
            result = verify(named.method, problem, steps, estimator)
            rows.append(
                {
                    "method": named.title,
                    "problem": label,
                    "formula": result.formula,
                    "gap": result.gap,
                    "growth": result.growth,
                    "within_bound": result.within_bound,
                    "ok": result.ok,
                }
            )
    ok = all(row["ok"] for row in rows)
    if arguments.json:
        print(json.dumps({"steps": steps, "ok": ok, "runs": rows}, indent=1, ensure_ascii=False))
    else:
        widths = [max(len(str(row[key])) for row in rows) for key in ("method", "problem")]
        for row in rows:
            print(
                f"{'ok   ' if row['ok'] else 'FAILS'}  {row['method']:{widths[0]}}  "
                f"{row['problem']:{widths[1]}}  {row['formula']}  gap {row['gap']:.1e}  "
                f"growth {row['growth']:.3g}"
            )
        agree = sum(bool(row["ok"]) for row in rows)
        print(f"{agree} of {len(rows)} runs agree with the prediction at every t ≤ {steps}")
    return 0 if ok else 1


def _figures(arguments: argparse.Namespace) -> int:
    from polyrates.gallery import FIGURES, make

    if arguments.list:
        for name, figure in FIGURES.items():
            print(f"{name:12}  {figure.about}")
        return 0
    names = arguments.names or list(FIGURES)
    for name in names:
        if name not in FIGURES:
            hint = _hint(name, FIGURES).removeprefix("; ")
            refuse_value("figure", name, "is not the name of a figure", hint)
    progress = _Progress()
    try:
        written = make(names, arguments.out, progress)
    finally:
        progress.done()
    for path in written:
        print(os.path.relpath(path))
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "report": _report, "rate": _rate, "optimal": _optimal, "plan": _plan, "verify": _verify,
    "figures": _figures,
}  # fmt: skip
