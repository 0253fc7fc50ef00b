"""The commands: report, rate, optimal, plan, verify, certify, figures, examples, certificate.

One file each. Exit status 0 on success, 1 when a verification fails, 2 on bad input with one line
on stderr, 128 + n where signal n ended it. Numbers are parsed exactly ("2/11", "0.1", "1e-3") and
never evaluated.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence

from polyrates.cli.output import Overdue
from polyrates.cli.parser import COMMANDS, UsageError, make_parser, unknown_option
from polyrates.cli.streams import answering, complain, divert, open_streams, spelled
from polyrates.ground.errors import PolyratesError, hint

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    try:
        return _main(argv)
    except KeyboardInterrupt as stop:  # before a command began, or after it ended
        return _interrupted("polyrates", stop)


def _main(argv: Sequence[str] | None) -> int:
    if not open_streams():
        complain("polyrates: stdout is closed; redirect it to a file, or to /dev/null")
        return 2
    with _signals(), spelled():
        try:
            try:
                return _command(list(sys.argv[1:] if argv is None else argv))
            finally:  # here, where a reader that left is no traceback
                sys.stdout.flush()
        except BrokenPipeError:
            divert(sys.stdout)
            return 1
        except OSError as error:
            divert(sys.stdout)
            complain(f"polyrates: stdout cannot be written ({error.strerror or error})")
            return 2


def _command(given: list[str]) -> int:
    name = "polyrates"
    try:
        parser, commands = make_parser([each for each in COMMANDS if each in given[:1]])
        if not given:
            parser.print_help(sys.stderr)
            return 2
        if not given[0].startswith("-") and given[0] not in commands:
            close = hint(given[0], COMMANDS)
            return _complain(name, f"there is no command {given[0]!r}; {close}")
        arguments, extra = parser.parse_known_args(given)
        if arguments.command is None:
            close = hint(extra[0], ["--help"])
            return _complain(name, f"there is no option {extra[0]}; {close}")
        name = f"polyrates {arguments.command}"
        if extra:
            return _complain(name, unknown_option(extra, commands[arguments.command]))
        return _work(name, arguments)
    except UsageError as error:
        return _complain(error.parser.prog, str(error))
    except PolyratesError as error:
        return _complain(name, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(name, f"{error.filename}: {error.strerror}")
    except MemoryError:
        return _complain(name, "the problem does not fit into memory; give fewer steps or features")
    except KeyboardInterrupt as stop:
        return _interrupted(name, stop)


def _work(name: str, arguments: argparse.Namespace) -> int:
    with answering(), Overdue(name):
        try:
            status: int = arguments.run(arguments)
        except SystemExit as leave:  # a model is the user's code: its exit is not the answer
            why = "the code that was called ends the program"
            return _complain(name, f"{why} by sys.exit({leave.code!r}); take that out of it")
    return status


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack as Ctrl-C does, so that what was begun is cleaned up.

    A signal that is ignored (nohup) stays ignored.
    """

    def stop(number: int, _: object) -> None:
        raise KeyboardInterrupt(number)

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or signal.getsignal(number) in (signal.SIG_IGN, None):
            continue
        with contextlib.suppress(ValueError):  # not the main thread
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupted(name: str, stop: KeyboardInterrupt) -> int:
    complain(f"{name}: interrupted")
    return 128 + int(stop.args[0] if stop.args else signal.SIGINT)


def _complain(name: str, message: str) -> int:
    complain(f"{name}: {message}")
    return 2
