"""What a user waits for: starting, and the burn-in of a stationary method. Processor seconds.

Starting is measured in processes of their own, bytecode warm, against the import of the libraries
that the package stands on; a burn-in against the recurrence on a grid, which certifies nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from side_by_side import note, show

import polyrates as pr

LIBRARIES = "import sympy, numpy, mpmath, flint, scipy.linalg"
STARTS: dict[str, tuple[list[str], float | None]] = {
    "import polyrates": (["-c", "import polyrates"], 1.15),
    "polyrates --help": (["-m", "polyrates", "--help"], 1.2),
    "polyrates frobnicate": (["-m", "polyrates", "frobnicate"], 1.2),
    "import and first name (rate)": (["-c", "import polyrates; polyrates.rate"], None),
    "import of every public name": (["-c", "from polyrates import *"], None),
}
REPEATS = 5
PEAKS = {"kappa 1e-2": ("1", 400), "kappa 1e-3": ("0.1", 1300)}
PROCESS = (
    "import resource, subprocess, sys\n"
    "subprocess.run([sys.executable, *sys.argv[1:]], capture_output=True)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_utime + used.ru_stime)"
)


def processor(arguments: list[str]) -> float:
    """The least processor seconds of a process."""
    run = [sys.executable, "-c", PROCESS, *arguments]
    return min(float(subprocess.check_output(run)) for _ in range(REPEATS))


def starts() -> None:
    """Each way to start over the libraries' import."""
    for arguments, _ in STARTS.values():  # writes the bytecode
        subprocess.run([sys.executable, *arguments], capture_output=True)
    libraries = processor(["-c", LIBRARIES])
    for label, (arguments, limit) in STARTS.items():
        ours = processor(arguments)
        note(label, ours, libraries, LIBRARIES, None if limit is None else 1 / limit)
        print(
            f"{label:58} ours {show(ours)}  libraries {show(libraries)}  {ours / libraries:.2f} x"
        )


def by_grid(low: float, steps: int) -> int:
    """The last t with |P_t′| above 1, by the recurrence of heavy ball on a grid up to some t."""
    x = low + (100 - low) * np.cos(np.linspace(0, np.pi, 2 * steps) / 2) ** 2
    p, before, d, d_before = np.ones_like(x), np.ones_like(x), 0 * x, 0 * x
    last = 0
    for t in range(1, steps + 1):
        p, before, d, d_before = (
            1.9 * p - 0.9 * before - 0.01 * x * p,
            p,
            1.9 * d - 0.9 * d_before - 0.01 * (x * d + p),
            d,
        )
        last = t if np.max(np.abs(d)) > 1 else last
    return last


def burn_ins() -> None:
    """The burn-in of the drift of heavy ball, certified for all t, and by a grid up to some t."""
    method = pr.HeavyBall("0.01", "0.9", first_step="0.01")
    for label, (low, steps) in PEAKS.items():
        where = pr.Interval(low, 100)

        def ours(where: pr.Interval = where) -> object:
            return pr.rate(method, where).drift.burn_in

        def peer(low: str = low, steps: int = steps) -> object:
            return by_grid(float(low), steps)

        assert ours() == peer()
        mine, theirs = (min(used(job) for _ in range(REPEATS)) for job in (ours, peer))
        note(f"burn-in for all t, {label}", mine, theirs, "a grid, nothing certified")
        print(f"{f'burn-in for all t, {label}':58} ours {show(mine)}  grid {show(theirs)}")


def used(job: Callable[[], object]) -> float:
    """Processor seconds of a call."""
    begin = time.process_time()
    job()
    return time.process_time() - begin


def main() -> None:
    """All rows."""
    starts()
    burn_ins()


if __name__ == "__main__":
    main()
