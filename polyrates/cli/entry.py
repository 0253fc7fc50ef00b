"""The commands: report, rate, optimal, plan, verify, certify, figures, examples, certificate.

One file each. Exit status 0 on success, 1 when a verification fails, 2 on bad input with one line
on stderr. Numbers are parsed exactly ("2/11", "0.1", "1e-3") and never evaluated.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from polyrates.cli.arguments import hint
from polyrates.cli.parser import UsageError, make_parser, unknown_option
from polyrates.ground.errors import PolyratesError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    previous = _on_termination()
    name = "polyrates"
    try:
        parser, commands = make_parser()
        if not given:
            parser.print_help(sys.stderr)
            return 2
        if not given[0].startswith("-") and given[0] not in commands:
            close = hint(given[0], commands)
            return _complain(name, f"there is no command {given[0]!r}; {close}")
        arguments, extra = parser.parse_known_args(given)
        if arguments.command is None:
            close = hint(extra[0], ["--help"])
            return _complain(name, f"there is no option {extra[0]}; {close}")
        name = f"polyrates {arguments.command}"
        if extra:
            return _complain(name, unknown_option(extra, commands[arguments.command]))
        status: int = arguments.run(arguments)
        return status
    except UsageError as error:
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


def _on_termination() -> object:
    """Let SIGTERM unwind the stack, so that what was begun is cleaned up."""
    try:
        return signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    except ValueError:  # not the main thread
        return None


def _restore(previous: object) -> None:
    if previous is not None:
        signal.signal(signal.SIGTERM, previous)  # type: ignore[arg-type]


def _complain(name: str, message: str) -> int:
    print(f"{name}: {' '.join(message.split())}", file=sys.stderr)
    return 2
