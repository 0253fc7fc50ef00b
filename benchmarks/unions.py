"""Minimax optima on random unions: time, and the relative distance of the two certified ends.

    python benchmarks/unions.py [COUNT] [FIRST]

COUNT (200) questions, the seeds from FIRST (0) on: one to four pieces in [κ, 1], κ from .5 down to
1e-4, three in ten of them points where there are several, t ≤ 60, both forms, second sizes from
.01ℓ to 100L and, in one of ten, 0. Then the median and the worst time, in seconds of the processor,
the share of relative gaps up to 1e-9, and the brackets whose ends are more than a factor 2 apart.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
from typing import NamedTuple

import polyrates as pr


class Question(NamedTuple):
    """A union, a horizon, and the two sizes."""

    pieces: list[tuple[float, float]]
    t: int
    sizes: dict[str, float]


def question(seed: int) -> Question:
    """The question of a seed."""
    rng = random.Random(seed)
    kappa = 10 ** -rng.uniform(0.3, 4)
    n = rng.randint(1, 4)
    inner = [
        10 ** rng.uniform(math.log10(kappa), 0) if rng.random() < 0.5 else rng.uniform(kappa, 1)
        for _ in range(2 * n - 2)
    ]
    ends = sorted([kappa, 1.0, *inner])
    pieces = []
    for i in range(n):
        low, high = ends[2 * i], ends[2 * i + 1]
        if n > 1 and rng.random() < 0.3:
            point = low if i == 0 else high if i == n - 1 else rng.choice([low, high])
            low = high = point
        pieces.append((low, high))
    t = rng.randint(1, 60)
    first, second = rng.choice([("initial", "cross"), ("residual", "drift")])
    size = 10 ** rng.uniform(-2, 2) * rng.choice([kappa, kappa**0.5, 1])
    return Question(pieces, t, {first: 1.0, second: 0.0 if rng.random() < 0.1 else size})


def main(count: int, start: int) -> int:
    times, gaps, apart = [], [], 0
    for seed in range(start, start + count):
        pieces, t, sizes = question(seed)
        begin = time.process_time()
        found = pr.minimax_optimal(pr.Union(pieces), t, **sizes)
        times.append(time.process_time() - begin)
        gaps.append(float((found.upper - found.lower) / found.upper) if found.upper else 0.0)
        apart += found.lower < 0.5 * found.upper
        shown = " ".join(f"{p:.4g}" if p == q else f"[{p:.4g}, {q:.4g}]" for p, q in pieces)
        (first, _), (second, size) = sizes.items()
        print(
            f"{seed:4d}  {times[-1]:6.3f} s  gap {gaps[-1]:.0e}  V* = {found.upper:.9e}  "
            f"{first}/{second} 1, {size:.2e}  t = {t:2d}  {shown}",
            flush=True,
        )
    close = sum(gap <= 1e-9 for gap in gaps)
    print(
        f"{count} unions: median {statistics.median(times):.3f} s, worst {max(times):.2f} s; "
        f"{close} relative gaps up to 1e-9, the largest {max(gaps):.0e}; "
        f"{apart} brackets of more than a factor 2"
    )
    return 0 if apart == 0 else 1


if __name__ == "__main__":
    arguments = [int(x) for x in sys.argv[1:]] + [200, 0][len(sys.argv) - 1 :]
    sys.exit(main(arguments[0], arguments[1]))
