"""Public calls timed in two checkouts, turn by turn: what a change has cost.

    git worktree add --detach ../before e978057
    python benchmarks/versions.py ../before [--turns 5] [--only worst] [--save table.csv]

Every turn is a new process of each checkout, which times each call five times after a warm-up and
takes the median; the table holds the medians over the turns. A time is that of the clock or of the
processor, whichever is less: the clock is right for calls with threads, the processor where the
machine is shared. The exit status is 1 where a row is slower by more than ``--allow`` (10 %).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
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
kappa, H = (0.01, 1.0), np.linspace(0.01, 1.0, 30)
exact, floats = pr.Chebyshev("1/100", 1), pr.Chebyshev(*kappa)
hidden = pr.Gegenbauer(*kappa, 1.5)
quadratic = pr.Quadratic.random(pr.Interval(*kappa), 30, 0)
spectrum = pr.Empirical(np.geomspace(1e-3, 1, 60))
wide = np.geomspace(0.01, 1.0, 100_000)
both = dict(residual=1.0, drift=1.0)
"""
CALLS = {
    "residual polynomial, exact, t = 60": "pr.residual_polynomial(exact, 60)",
    "closed form of heavy ball": (
        "pr.residual_closed_form(pr.HeavyBall.tuned(1, 10), 5)"
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
calls = json.loads(sys.stdin.read())
exec(calls.pop(0))
found = {}
for label, call in calls:
    job, times = compile(call, label, "eval"), []
    try:
        for turn in range(6):
            clock, processor = time.perf_counter(), time.process_time()
            eval(job)
            times.append(min(time.perf_counter() - clock, time.process_time() - processor))
            if turn and sum(times) > 6:
                break
    except Exception as error:
        print(label, repr(error), file=sys.stderr)
        continue
    times = sorted(times[1:] or times)
    found[label] = times[len(times) // 2]
print(json.dumps(found))
"""


def timed(checkout: Path, calls: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Seconds of every call that this checkout answers, in a process of its own."""
    settings = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps([SETUP, *calls]),
        env=settings, cwd=checkout, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.stderr:
        print(checkout.name, done.stderr.strip(), file=sys.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Time both, print and save the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("before", type=Path, help="the other checkout")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="calls whose label contains this")
    parser.add_argument("--save", type=Path, help="the table as CSV")
    parser.add_argument("--allow", type=float, default=0.10)
    chosen = parser.parse_args(argv)
    calls = [(label, call) for label, call in CALLS.items() if chosen.only in label]
    old: list[dict[str, float]] = []
    new: list[dict[str, float]] = []
    for _ in range(chosen.turns):
        old.append(timed(chosen.before.resolve(), calls))
        new.append(timed(ROOT, calls))
    rows, slower = [], False
    print(f"{'':44} {'before':>10} {'now':>10} {'now/before':>11}")
    for label, _ in calls:
        times = [[turn[label] for turn in each if label in turn] for each in (old, new)]
        if not all(times):
            print(f"{label:44} in one of the two only")
            continue
        before, now = map(median, times)
        mark = "  SLOWER" if now > before * (1 + chosen.allow) else ""
        slower |= bool(mark)
        shown = side_by_side.show(before), side_by_side.show(now)
        print(f"{label:44} {shown[0]:>10} {shown[1]:>10} {now / before:>11.2f}{mark}")
        rows.append((label, f"{before:.6g}", f"{now:.6g}", f"{now / before:.3f}"))
    if chosen.save:
        with chosen.save.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("call", "before", "now", "ratio"), *rows])
    return int(slower)


if __name__ == "__main__":
    raise SystemExit(main())
