"""What to do: which way to differentiate for the products that the unrolled run took."""

from __future__ import annotations

import math

from polyrates.choices.plan_rows import PlanRow
from polyrates.choices.ranking import simplicity
from polyrates.report.results import Analysis
from polyrates.report.shown import bound_text, number_text

__all__ = ["advice"]

_EQUAL = 1e-11  # errors relative to the start below this are rounding: such rows are ties


def advice(analysis: Analysis) -> str:
    """One sentence: the row to run, what it left here, and what unrolling leaves at best."""
    rows = list(zip(analysis.plan.rows, analysis.plan_observed, strict=True))
    E = analysis.start.E
    known = [pair for pair in rows if math.isfinite(pair[1])]
    if not known:
        return "No way to differentiate that was tried stays finite from this start."
    # on a quadratic by what is guaranteed, else by what was seen; what is rounding is a tie
    measure = [row.guarantee / E if analysis.exact else left for row, left in known]
    least = max(min(measure), _EQUAL)
    ties = [pair for pair, size in zip(known, measure, strict=True) if size <= least]
    best, seen = min(ties, key=lambda pair: simplicity(pair[0]))
    text = f"What to do: {_named(best)}, {best.split}; its error here is {_share(seen)}"
    if analysis.exact and best.guarantee >= E:
        text = f"What to do: take more steps; {_named(best)}, {best.split}, leaves {_share(seen)}"
    if analysis.exact:
        bound = bound_text(best.guarantee / E)
        text += f", in exact arithmetic {best.status} at most {bound} of that at the start"
    other = _unrolled(known, analysis.exact)
    if best.family != "unrolled" and other is not None:
        row, left = other
        text += f". Unrolling leaves {_share(left)} at best, by {row.label}"
    data = analysis.about.data
    notes = "".join(f" {note}." for note in (data.notes if data is not None else ()))
    return f"{text}.{notes}"


def _unrolled(known: list[tuple[PlanRow, float]], exact: bool) -> tuple[PlanRow, float] | None:
    """The best unrolled row, by the same measure."""
    found = [pair for pair in known if pair[0].family == "unrolled"]
    if not found:
        return None
    return found[0] if exact else min(found, key=lambda pair: pair[1])


def _named(row: PlanRow) -> str:
    if row.family == "unrolled":
        return f"unroll {row.label}"
    return f"differentiate by {row.label}, {row.family}"


def _share(value: float) -> str:
    if value < _EQUAL:
        return "what rounding leaves"
    return f"{number_text(value)} of that at the start"
