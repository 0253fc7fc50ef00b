"""What a plan says in words: who wins, by how much, over what, and how that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from polyrates.choices.plan_question import Found
from polyrates.choices.plan_rows import PlanRow
from polyrates.choices.ranking import simplicity

__all__ = ["simplest_row", "verdict"]

_NEAR = 2.0  # rows within this factor of the best are as good to a reader


def simplest_row(rows: Sequence[PlanRow], floor: float) -> PlanRow:
    """Of the rows within twice the best error, or within twice ``floor``, the simplest.

    What was only predicted does not count beside what was observed. The order is that of a tie, by
    family and by memory, then the smaller error.
    """
    best = rows[0]
    known = [row for row in rows if row.word in (best.word, "certified")]
    near = [row for row in known if row.error <= _NEAR * max(best.error, floor)]
    return min(near or [best], key=lambda row: (*simplicity(row), row.error))


def verdict(
    rows: Sequence[PlanRow], budget: int, size: float, floor: float, found: Found | None
) -> str:
    """Sentences; ``size`` is ‖E‖ at the start, ``floor`` what rounding leaves."""
    best = rows[0]
    text = f"{_named(best)} wins: {best.word} {best.shown_error}"
    if best.word == "observed":
        text += f" ({best.status} {best.shown()})"
    text += _margins(rows, floor) + "."
    if best.by_conjugate_gradients and found is None:  # off quadratics every row is a run
        text += f" The error is {best.right}."
    simple = simplest_row(rows, floor)
    if simple is not best and best.error >= floor:
        text += f" The simplest within a factor of 2 is {simple.family} {simple.label}"
        text += f" ({simple.shown_error})."
    equal = sum(row.error < floor for row in rows)
    if equal:
        text += f" Rounding leaves about {floor:.2g} in a run: "
        text += (
            f"the {equal} rows below it are equal, and the simplest comes first."
            if equal > 1
            else "the row below it is no better than that."
        )
    if best.error >= size:
        text += f" No way to spend {budget} products is better than the start, {size:.3g}."
    return text + ("" if found is None else _how_sure(rows, found, floor))


def _margins(rows: Sequence[PlanRow], floor: float) -> str:
    """By how much the winner is ahead of the best implicit and of the best unrolled row."""
    best, text = rows[0], ""
    if best.error < floor:  # rounding: how many times less than another error says nothing
        return text
    for family in ("implicit", "unrolled"):
        row = next((row for row in rows if row.family == family), best)
        like = row.word == best.word  # an observation is no match for a certificate
        if like and family != best.family and row.error > best.error > 0:
            text += f", {row.error / best.error:.3g} times below the best {family}"
            text += f" ({row.label}, {row.shown_error})"
    return text


def _how_sure(rows: Sequence[PlanRow], found: Found, floor: float) -> str:
    """What a prediction is worth off quadratics: how far the Hessian moves, and what was seen."""
    moves = f"the Hessian moves by {_percent(found.moves)} % between x0 and x*"
    if found.unit > 2.0**-50:
        moves += (
            " (its derivatives round as float32 does; 64 bits, in JAX jax_enable_x64, see more)"
        )
    ran = [row for row in rows if row.observed is not None]
    if not ran:
        return f" Predicted to first order, and {moves}: no row was run, observe= runs them."
    ratios = [
        row.observed / row.guarantee
        for row in ran
        if row.observed is not None and row.guarantee > floor and row.observed > floor
    ]
    text = f" {len(ran)} of {len(rows)} rows were run on this problem from this start"
    if not ratios:
        return f"{text}; {moves}."
    low, high = min(ratios), max(ratios)
    span = f"{low:.2g} to {high:.2g} times the first-order prediction, as {moves}."
    return f"{text}: {span}" if high < math.inf else f"{text}, and some overflow; {moves}."


def _percent(share: float) -> str:
    """Two digits, and none of a power of ten below a million."""
    size = 100 * share
    return f"{size:.0f}" if 100 <= size < 1e6 else f"{size:.2g}"


def _named(row: PlanRow) -> str:
    text = f"{row.family} {row.label}"
    return text[:1].upper() + text[1:]
