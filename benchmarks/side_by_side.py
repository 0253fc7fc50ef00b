"""What every benchmark shares: alternate runs of ours and a peer's, medians, one printed row.

A row is ``job | ours | peer | ratio peer/ours``. Times differ between machines; ratios hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sympy.core.cache import clear_cache


@dataclass(frozen=True)
class Measured:
    """Seconds of ours and of a peer for the same job, who that is, and peer/ours as wanted."""

    ours: float
    peer: float | None = None
    name: str = ""
    wanted: float | None = None


ROWS: dict[str, Measured] = {}
"""What has been measured in this process, by label; ``run.py`` saves and compares it."""


def note(
    label: str,
    ours: float,
    peer: float | None = None,
    name: str = "",
    wanted: float | None = None,
) -> None:
    """Keep a row; a label met again (against another peer) gets a number."""
    times = sum(known == label or known.startswith(f"{label} (") for known in ROWS)
    ROWS[f"{label} ({times + 1})" if times else label] = Measured(ours, peer, name, wanted)


def seconds(job: Callable[[], Any]) -> float:
    """One run, sympy's caches cleared before."""
    clear_cache()
    begin = time.perf_counter()
    job()
    return time.perf_counter() - begin


def row(
    label: str,
    ours: Callable[[], Any],
    peer: Callable[[], Any],
    peer_name: str,
    wanted: float | None = None,
    repeats: int = 5,
) -> float:
    """Print and return the ratio peer/ours of medians of alternating runs, after a warm-up."""
    ours()
    peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    mine, theirs = median(p[0] for p in pairs), median(p[1] for p in pairs)
    ratio = theirs / mine
    note(label, mine, theirs, peer_name, wanted)
    verdict = (
        "" if wanted is None else f"  (wanted ≥ {wanted:g}: {'yes' if ratio >= wanted else 'NO'})"
    )
    print(f"{label:58} ours {show(mine)}  {peer_name} {show(theirs)}  ratio {ratio:8.1f}{verdict}")
    return ratio


def show(value: float) -> str:
    """Seconds with a unit."""
    for unit, size in (("s ", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:7.2f} {unit}"
    return f"{value / 1e-9:7.2f} ns"
