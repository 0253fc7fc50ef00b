"""Commands in forked children of a process that has all modules loaded: a kill hits a real process.

A child begins in a folder of its own, prints into files and leaves with the status of the command.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from polyrates.cli.entry import main

__all__ = ["Ended", "ended", "start"]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status (None where it was stopped), what it printed, how long."""

    status: int | None
    out: str
    err: str
    seconds: float


def start(argv: Sequence[str], folder: Path, printed: Path) -> int:
    """The number of a child that runs a command in ``folder``; printed/out and printed/err."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        os.chdir(folder)
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(printed / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            status = main(list(argv))
        except SystemExit as leave:  # --help
            status = leave.code if isinstance(leave.code, int) else 70
    except BaseException:  # what a user would see as a traceback
        traceback.print_exc()
        status = 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def ended(child: int, printed: Path, cap: float) -> Ended:
    """Wait for a child, at most ``cap`` seconds; past that it is killed."""
    begin = time.monotonic()
    pause, status = 0.002, None
    try:
        while time.monotonic() - begin < cap:
            done, code = os.waitpid(child, os.WNOHANG)
            if done:
                child, status = 0, os.waitstatus_to_exitcode(code)
                break
            time.sleep(pause)
            pause = min(0.1, 1.5 * pause)
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    out, err = (
        (printed / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err")
    )
    return Ended(status, out, err, time.monotonic() - begin)
