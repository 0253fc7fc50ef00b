"""Public calls timed in two checkouts, turn by turn: what a change has cost.

    git worktree add --detach ../before e978057
    python benchmarks/versions.py ../before [--turns 15] [--only worst] [--save table.csv]

One process of each checkout answers the calls by turns, ours, theirs, theirs, ours, …, after a
warm-up and with sympy's caches cleared, so that both meet the same machine. The table holds the
medians of the times, and the median of the ratios of neighbours; a row is repeated for at most a
few seconds. A time is that of the clock or of the processor, whichever is less: the clock is right
for calls with threads, the processor where the machine is shared. The exit status is 1 where a row
is slower by more than ``--allow`` (10 %).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import side_by_side

ROOT = Path(__file__).parent.parent
SETUP = """
import tempfile
from pathlib import Path
import numpy as np
import polyrates as pr
import sympy
kappa, H = (0.01, 1.0), np.linspace(0.01, 1.0, 30)
exact, floats = pr.Chebyshev("1/100", 1), pr.Chebyshev(*kappa)
hidden = pr.Gegenbauer(*kappa, 1.5)
quadratic = pr.Quadratic.random(pr.Interval(*kappa), 30, 0)
spectrum = pr.Empirical(np.geomspace(1e-3, 1, 60))
symbol = sympy.Symbol("t", integer=True, nonnegative=True)
wide = np.geomspace(0.01, 1.0, 100_000)
both = dict(residual=1.0, drift=1.0)
"""
CALLS = {
    "residual polynomial, exact, t = 60": "pr.residual_polynomial(exact, 60)",
    "closed form of heavy ball": (
        "pr.residual_polynomial(pr.HeavyBall.tuned(1, 10), symbol)"
    ),
    "one supremum, t = 40": "pr.rate(hidden, kappa).residual.enclosure(40)",
    "one supremum, t = 200": "pr.rate(hidden, kappa).residual.enclosure(200)",
    "a curve, t = 0 … 100": "pr.rate(hidden, kappa).initial.curve(100)",
    "joint worst case, t = 40": "pr.rate(hidden, kappa).worst_case(40, **both)",
    "joint worst case on a union, t = 20": (
        "pr.rate(hidden, pr.Union([(0.01, 0.2), (0.5, 1.0)])).worst_case(20, **both)"
    ),
    "peak of gradient descent": (
        "pr.rate(pr.GradientDescent.large('1/20', 1), ('1/20', 1)).initial.peak"
    ),
    "minimax, t = 20": "pr.minimax_optimal(pr.Interval(*kappa), 20, **both)",
    "minimax on a union, t = 10": (
        "pr.minimax_optimal(pr.Union([(0.01, 0.2), (0.5, 1.0)]), 10, **both)"
    ),
    "Sobolev optimum of 60 eigenvalues, t = 20": "pr.sobolev_optimal(spectrum, 20, 1.0)",
    "Sobolev method, 300 steps": (
        "pr.run(pr.Sobolev(pr.Uniform(*kappa), 0.5), lambda x: H * x, np.ones(30), 300)"
    ),
    "run, d = 10⁵, 50 steps": "pr.run(floats, lambda x: wide * x, np.ones(100_000), 50)",
    "differentiate, d = 30, 300 steps": (
        "pr.differentiate(floats, quadratic, np.ones(30), 300)"
    ),
    "implicit, d = 30, 40 + 40 steps": (
        "pr.differentiate(floats, quadratic, np.ones(30), 40, pr.Implicit(floats, 40))"
    ),
    "verify, d = 30, t = 60": "pr.verify(floats, quadratic, 60)",
    "a plan of 40 products": "pr.plan(pr.Interval(*kappa), budget=40, **both)",
}  # fmt: skip
PROGRAM = """
import json, sys, time
from sympy.core.cache import clear_cache
calls = json.loads(sys.stdin.readline())
exec(calls.pop(0))
jobs = [compile(call, call, "eval") for call in calls]
print("ready", flush=True)
for line in sys.stdin:
    job = jobs[int(line)]
    clear_cache()
    clock, processor = time.perf_counter(), time.process_time()
    try:
        eval(job)
    except Exception as error:
        print(repr(error), flush=True)
    else:
        used = min(time.perf_counter() - clock, time.process_time() - processor)
        print(used, flush=True)
"""
LONGEST = 8.0
"""Seconds after which a row has been repeated enough, once it has three turns."""


class Answering:
    """A process of one checkout that times calls when it is asked."""

    def __init__(self, checkout: Path, calls: Sequence[str]) -> None:
        self.name = checkout.name
        settings = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=settings, cwd=checkout, text=True,
        )  # fmt: skip
        self.ask(json.dumps([SETUP, *calls]))

    def ask(self, line: str) -> str:
        """One line to it, one line back."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def seconds(self, number: int) -> float | None:
        """The time of one call, None where this checkout does not answer it."""
        answer = self.ask(str(number))
        try:
            return float(answer)
        except ValueError:
            print(f"{self.name}: {answer or 'no answer'}", file=sys.stderr)
            return None


def alternating(
    before: Answering, now: Answering, number: int, turns: int
) -> tuple[float, float, float] | None:
    """Median seconds before and now, and the median ratio now/before of neighbouring calls."""
    if before.seconds(number) is None or now.seconds(number) is None:
        return None
    pairs: list[tuple[float, float]] = []
    begin = time.perf_counter()
    while len(pairs) < turns:
        order = (before, now) if len(pairs) % 2 else (now, before)
        took = {each: each.seconds(number) for each in order}
        pairs.append((took[before] or 0.0, took[now] or 0.0))
        if len(pairs) >= 3 and time.perf_counter() - begin > LONGEST:
            break
    ratio = median(mine / max(theirs, 1e-9) for theirs, mine in pairs)
    return median(p[0] for p in pairs), median(p[1] for p in pairs), ratio


def main(argv: Sequence[str] | None = None) -> int:
    """Time both, print and save the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("before", type=Path, help="the other checkout")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--only", default="", help="calls whose label contains this")
    parser.add_argument("--save", type=Path, help="the table as CSV")
    parser.add_argument("--allow", type=float, default=0.10)
    chosen = parser.parse_args(argv)
    calls = [(label, call) for label, call in CALLS.items() if chosen.only in label]
    texts = [call for _, call in calls]
    old, new = Answering(chosen.before.resolve(), texts), Answering(ROOT, texts)
    rows, slower = [], False
    print(f"{'':44} {'before':>10} {'now':>10} {'now/before':>11}")
    for number, (label, _) in enumerate(calls):
        found = alternating(old, new, number, chosen.turns)
        if found is None:
            print(f"{label:44} in one of the two only")
            continue
        before, now, ratio = found
        mark = "  SLOWER" if ratio > 1 + chosen.allow else ""
        slower |= bool(mark)
        shown = side_by_side.show(before), side_by_side.show(now)
        print(f"{label:44} {shown[0]:>10} {shown[1]:>10} {ratio:>11.2f}{mark}", flush=True)
        rows.append((label, f"{before:.6g}", f"{now:.6g}", f"{ratio:.3f}"))
    for each in (old, new):
        assert each.process.stdin is not None
        each.process.stdin.close()
        each.process.wait(timeout=60)
    if chosen.save:
        with chosen.save.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("call", "before", "now", "ratio"), *rows])
    return int(slower)


if __name__ == "__main__":
    raise SystemExit(main())
