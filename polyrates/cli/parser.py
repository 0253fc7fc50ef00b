"""The parser of the command line, and what it says of a word that it does not know."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from polyrates.ground.errors import meant

__all__ = ["COMMANDS", "UsageError", "make_parser", "unknown_option"]

COMMANDS = (
    "report",
    "rate",
    "optimal",
    "plan",
    "verify",
    "certify",
    "figures",
    "examples",
    "certificate",
)
"""The commands, one file of this room each."""

_DESCRIPTION = """\
How wrong is the Jacobian that you get by differentiating through t steps of a
solver, and which method makes it least wrong?

commands
  report    the main job: from data to a page with curves, bounds and checks
  rate      the worst-case error of one method on an interval, at every t
  optimal   the residual polynomial with the smallest error, and its value
  plan      which method and which way to differentiate, for a budget
  verify    run methods on problems and compare with the prediction
  certify   how wrong is a Jacobian in a file; exit status 1 if too wrong
  figures   make the figures of the README again
  examples  copy the notebooks of the course and the examples out
  certificate   check a saved proof of an optimum, or copy out the checker
"""

_EPILOG = """\
examples
  polyrates report
  polyrates rate --method gradient-descent --step 2/11 --ell 1 --L 10
  polyrates optimal --ell 1 --L 100 --density uniform --t 10 --eta 1
  polyrates plan --ell 0.01 --L 1 --budget 160 --residual 1 --drift 0.01
  polyrates verify --ell 1 --L 100 --steps 80
  polyrates certify --model mine:make --x x.npy --jacobian J.npy --at-most 1e-6

'polyrates COMMAND --help' documents a command.
"""


class UsageError(Exception):
    """What argparse complains about, with the parser that found it."""

    def __init__(self, message: str, parser: argparse.ArgumentParser) -> None:
        super().__init__(message)
        self.parser = parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self)


def make_parser(
    names: Sequence[str] = COMMANDS,
) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser, and those of the named commands; a command that is not named is not loaded."""
    from polyrates import __version__

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
    for name in names:
        module = import_module(f"{__package__}.{name}")
        lead, _, rest = module.TEXT.partition("\n\nexamples\n")
        command: argparse.ArgumentParser = commands.add_parser(
            name,
            description=lead.strip(),
            epilog=f"examples\n{rest}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_options(command)
        command.set_defaults(run=module.run)
    return parser, dict(commands.choices)


def unknown_option(extra: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """What to say of words that a command does not take."""
    word = next((each for each in extra if each.startswith("-")), None)
    if word is None:
        return f"what is {extra[0]!r}? No argument is expected there"
    word = word.partition("=")[0]
    known = [
        option
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and action.help != argparse.SUPPRESS
    ]
    return f"there is no option {word}; {meant(word, known, 'see --help')}"
