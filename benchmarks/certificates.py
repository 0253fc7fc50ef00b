"""Certificates of minimax optima: time to write, time to check, size, and the bracket proved.

    python benchmarks/certificates.py [LARGEST]

Every file is checked by ``check.py`` in a Python of its own, without any package. LARGEST (400) is
the longest horizon; times are seconds of the processor.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import polyrates as pr
from polyrates.ground.certificates import write_checker

FORMS = ({"initial": 1, "cross": 1}, {"residual": 1, "drift": 1})
GAPS = pr.Union([(1, 10), (90, 100)])
CASES = [
    *((f"[1, {L}]", pr.Interval(1, L), t, sizes)
      for L in (100, 10) for t in (10, 40, 100, 200, 400) for sizes in FORMS),
    *(("[1, 10] and [90, 100]", GAPS, t, sizes) for t in (10, 40, 100, 200) for sizes in FORMS),
    *(("1 and [20, 30]", pr.Union([(1, 1), (20, 30)]), t, sizes)
      for t in (10, 40) for sizes in FORMS),
    *(("2, 5, 9", pr.Union([2, 5, 9]), t, sizes) for t in (3, 5) for sizes in FORMS),
    *(("[1, 10] and 100", pr.Union([(1, 10), 100]), t, FORMS[0]) for t in (10, 20)),
    ("[1, 100], no cross", pr.Interval(1, 100), 40, {"initial": 1, "cross": 0}),
    ("[1, 100], no cross", pr.Interval(1, 100), 100, {"initial": 1, "cross": 0}),
    ("[1, 10] and [90, 100], no cross", GAPS, 20, {"initial": 1, "cross": 0}),
    ("[1, 100], no drift", pr.Interval(1, 100), 100, {"residual": 1, "drift": 0}),
    ("[.01, 1], V* = a", pr.Interval(Fraction(1, 100), 1), 30, FORMS[0]),
    ("[1, 1000], V* = a", pr.Interval(1, 1000), 40, {"residual": 1, "drift": 100}),
]  # fmt: skip


def children() -> float:
    """Seconds of the processor that ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(folder: Path, name: str, where: pr.Spectrum, t: int, sizes: dict[str, int]) -> bool:
    optimum = pr.minimax_optimal(where, t, **sizes)
    start = time.process_time()
    proof = optimum.certificate
    written = time.process_time() - start
    proof.save(folder / "proof.json")
    start = children()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "check.py", "proof.json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    checked = children() - start
    gap = float((proof.upper - proof.lower) / proof.upper) if proof.upper else 0.0
    size = (folder / "proof.json").stat().st_size / 1000
    verdict = "proved" if done.returncode == 0 else f"REFUSED {done.stderr.strip()}"
    label = f"{name}, {'/'.join(sizes)}, t = {t}"
    print(
        f"{label:52} {verdict}  V* = {float(proof.upper):.12e} within {gap:.0e}  "
        f"written {written:6.2f} s  checked {checked:5.2f} s  {size:5.1f} kB",
        flush=True,
    )
    return done.returncode == 0


def main(largest: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_checker(folder)
        rows = [row(folder, *case) for case in CASES if case[2] <= largest]
    print(f"{sum(rows)} of {len(rows)} proved")
    return 0 if all(rows) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 400))
