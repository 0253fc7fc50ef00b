"""Certificates of long horizons: each is checked, and its relative gap is what is recorded.

python experiments/attacks/run.py horizons
"""

from __future__ import annotations

from collections.abc import Iterator

import polyrates as pr

GAPS = pr.Union([(1, 10), (90, 100)])
CASES = [
    (where, t, form)
    for where, t in (
        (pr.Interval(1, 100), 200),
        (pr.Interval(1, 100), 400),
        (pr.Interval(1, 10), 400),
        (GAPS, 200),
    )
    for form in (("initial", "cross"), ("residual", "drift"))
]
ALLOWED = 1e-11
"""The relative gap that a certificate of t <= 400 may leave."""


def attack() -> Iterator[dict[str, object]]:
    """A row a question: whether the certificate checks, and whether its gap is allowed."""
    for where, t, form in CASES:
        proof = pr.minimax_optimal(where, t, **dict.fromkeys(form, 1)).certificate
        gap = float((proof.upper - proof.lower) / proof.upper)
        yield {
            "spectrum": str(where),
            "t": t,
            "form": "/".join(form),
            "checks": bool(proof.check().ok),
            "gap allowed": gap <= ALLOWED,
        }


def violated(row: dict[str, object]) -> bool:
    """Whether a certificate fails its own check, or is wider than allowed."""
    return not (row["checks"] and row["gap allowed"])
