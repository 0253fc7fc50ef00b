"""The first t from which a part of a rate stays at or below a level.

Where a theorem gives the part, it rises to one peak and then falls: bisection beyond the peak, with
exact comparisons. For a fixed horizon every step is looked at. Else a step beyond which the powers
of the transition keep below the level is certified (:mod:`polyrates.numeric.suprema.settling`) and
the steps before are enclosed; where that is too far away, floats on a grid find the step (numeric).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import sympy

from polyrates.analysis.long_run import (
    LAST_LOOK,
    LONGEST_CERTIFIED,
    Values,
    falls_soon,
    float_curve,
    long_run,
)
from polyrates.core.estimators import Unrolled
from polyrates.core.recurrence import Stationary, is_stationary
from polyrates.ground.errors import Undecided
from polyrates.ground.numbers import Number, floating, positive
from polyrates.numeric.suprema.settling import settled_after
from polyrates.symbolic.theorems.base import Theorem, first_false

__all__ = ["steps_to"]

_FAR = 2**40
"""Where a value that falls only to a limit is taken for its limit."""


class Enclosed(Values, Protocol):
    """A part of a rate that encloses its values."""

    def enclosure(self, t: int) -> tuple[float, float]: ...


def steps_to(part: Enclosed, level: object, theorem: Theorem | None) -> int | sympy.Expr:
    """The first t with part(s) ≤ level for every s ≥ t; oo where there is none.

    Raises
    ------
    Undecided
        Where the values have not come down within the steps looked at.
    """
    eps = positive(level, "eps")
    if part.method.horizon is not None:
        return _after_last(part, part.method.horizon, eps)
    if theorem is not None:
        return _by_theorem(part, theorem, eps)
    settled = _certified_end(part, floating(eps, "eps"))
    if settled is not None:
        return _after_last(part, settled, eps)
    return _numeric(part, eps)


def _exceeds(part: Enclosed, t: int, eps: Number) -> bool:
    """Whether part(t) > eps; a value that its enclosure cannot tell from eps is taken as equal."""
    return part.enclosure(t)[0] > floating(eps, "eps")


def _after_last(part: Enclosed, steps: int, eps: Number) -> int:
    curve = part.curve(steps)
    for t in np.flatnonzero(curve > floating(eps, "eps"))[::-1]:
        if _exceeds(part, int(t), eps):
            return int(t) + 1
    return 0


def _by_theorem(part: Enclosed, theorem: Theorem, eps: Number) -> int | sympy.Expr:
    top = theorem.peak()[0]
    if top == sympy.oo:
        return sympy.oo
    peak = int(top)
    if not _exceeds(part, peak, eps):
        return 0
    if _exceeds(part, _FAR, eps):
        return sympy.oo
    return first_false(lambda t: _exceeds(part, t, eps), peak)


def _certified_end(part: Enclosed, eps: float) -> int | None:
    method = part.method
    if not isinstance(method, Stationary) or not is_stationary(method):
        return None
    if type(part.estimator) is not Unrolled or not falls_soon(part):
        return None
    longest = 0
    for piece in part.spectrum.support:
        found = settled_after(method, piece, part.kind, eps)
        if found is None:
            return None
        longest = max(longest, found)
    return longest if longest <= LONGEST_CERTIFIED else None


def _numeric(part: Enclosed, eps: Number) -> int | sympy.Expr:
    run = long_run(part)
    level = floating(eps, "eps")
    if run.outcome == "grows" or run.level > level * (1 + 1e-9):
        return sympy.oo
    steps = max(64, len(run.curve))
    while steps <= 4 * LAST_LOOK:
        floats = float_curve(part, steps)
        last = int(np.max(np.flatnonzero(floats > level), initial=-1))
        if 4 * last < 3 * steps or run.outcome == "levels":
            return last + 1
        steps *= 2
    raise Undecided(
        "eps", level, f"is not reached within {4 * LAST_LOOK} steps", "read curve(steps) instead"
    )
