"""What a part does as t → ∞: it falls for good, keeps a level, or grows.

Certified for fixed horizons, and for unrolled stationary methods whose powers are seen to fall
within some thousand steps (:mod:`polyrates.analysis.settled`) on every piece of the support, its
isolated points among them; slower ones are read at ever later times
(:mod:`polyrates.analysis.far`). Elsewhere numeric: maxima of floats over a grid, octave by octave,
until they fall by a tenth from one octave to the next, stay the same, or grow like a power of t
(its exponent no longer falling) or faster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np

from polyrates.analysis.far import Far, far
from polyrates.analysis.settled import settled
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.parts import Part, part_of
from polyrates.core.recurrence import Method, Stationary, is_stationary
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import NoClosedForm, Undecided, described
from polyrates.ground.numbers import Number, sign
from polyrates.numeric.ring import ValueRing

__all__ = ["LongRun", "long_run"]

LONGEST_CERTIFIED = 600  # steps; a certified curve costs O(steps²)
FIRST_LOOK, LAST_LOOK = 64, 4096  # steps of the first and of the last float curve
FALLS = 0.9  # an octave's maximum over that of the octave before, below which the values fall
LEVELS = 1e-9  # relative change over an octave below which they keep their level …
LEVELS_LATE = 1e-3  # … and at the last look
GROWING_FROM = 1024  # steps from which growth like a power of t is told from a slow approach
LEAST_EXPONENT = 0.01  # of t^p …
STEADY = 0.8  # … which must not have fallen below this share of the octave's before


class Values(Protocol):
    """A part of a rate: its suprema at every t."""

    @property
    def kind(self) -> Part: ...

    @property
    def method(self) -> Method: ...

    @property
    def spectrum(self) -> Spectrum: ...

    @property
    def estimator(self) -> Estimator: ...

    @property
    def asymptotic(self) -> Number:
        """limsup part(t)^{1/t}."""
        ...

    def curve(self, steps: int, tight: bool = True) -> np.ndarray:
        """Upper bounds at t = 0, …, steps."""
        ...


@dataclass(frozen=True)
class LongRun:
    """The values at all t: certified upper bounds of part(0), …, part(T), and what follows T.

    Attributes
    ----------
    outcome : "falls" (below 1 and below the peak), "levels" (it stays near ``level``) or "grows"
    curve : array (T + 1,), empty where it grows
    level : the limit's size, 0 where it falls, oo where it grows
    status : "certified" or "numeric"
    lower : array (T + 1,) of lower bounds, or None where they were not computed
    far : Far or None
        The peak and the last t above 1 where they are too late for a curve.
    """

    outcome: Literal["falls", "levels", "grows"]
    curve: np.ndarray
    level: float
    status: Literal["certified", "numeric"]
    lower: np.ndarray | None = None
    far: Far | None = None


_GROWS = LongRun("grows", np.zeros(0), math.inf, "numeric")


def long_run(part: Values) -> LongRun:
    """The long run of a part.

    Raises
    ------
    Undecided
        Where the values have not settled within the steps looked at.
    """
    if part.method.horizon is not None:
        return LongRun("falls", part.curve(part.method.horizon), 0.0, "certified")
    ratio = _ratio(part)
    if ratio != 0:
        found = _stationary(part, ratio)
        if found is not None:
            return found
    if ratio is not None and ratio > 0:
        return _GROWS
    steps = FIRST_LOOK
    while steps <= LAST_LOOK:
        floats = float_curve(part, steps)
        outcome = _outcome(floats, ratio)
        if outcome == "grows":
            return _GROWS
        if outcome is not None:
            level = float(floats[-1]) if outcome == "levels" else 0.0
            last = _far_enough(floats, level)
            curve = part.curve(last) if last <= LONGEST_CERTIFIED else floats[: last + 1]
            return LongRun(outcome, curve, level, "numeric")
        steps *= 2
    raise Undecided(
        "burn_in",
        described(f"{LAST_LOOK} steps"),
        "the values have not settled by then",
        "read curve(steps) for the steps of interest",
    )


def _ratio(part: Values) -> int | None:
    """The sign of the asymptotic rate − 1, or None where it is not known."""
    try:
        rate = part.asymptotic
    except NoClosedForm:
        return None
    if isinstance(rate, float):
        return 0 if abs(rate - 1) < 1e-13 else (1 if rate > 1 else -1)
    return sign(rate - 1)


def _stationary(part: Values, ratio: int | None) -> LongRun | None:
    """The run of an unrolled stationary method whose values fall; None of another."""
    method, support = part.method, part.spectrum.support
    if not isinstance(method, Stationary) or not is_stationary(method):
        return None
    if type(part.estimator) is not Unrolled or ratio == 1:
        return None
    found = settled(method, support, part.kind)
    if found is not None:
        return LongRun("falls", found.upper, 0.0, "certified", found.lower)
    late = far(method, support, part.kind) if ratio == -1 else None
    return None if late is None else LongRun("falls", np.zeros(0), 0.0, "numeric", far=late)


def falls_soon(part: Values) -> bool:
    """Whether the powers may fall by a tenth within the steps a certificate can bear."""
    try:
        rate = float(part.asymptotic)
    except NoClosedForm:
        return True
    return rate < 1 and (rate <= 0 or rate**LONGEST_CERTIFIED < 0.1)


def _outcome(curve: np.ndarray, ratio: int | None) -> Literal["falls", "levels", "grows"] | None:
    """What floats up to here show; ``ratio`` is the sign of the asymptotic rate − 1."""
    if not np.all(np.isfinite(curve)):
        return "grows"
    steps = len(curve) - 1
    ends = steps // 8, steps // 4, steps // 2, steps
    first, second, third = (float(curve[a + 1 : b + 1].max()) for a, b in pairwise(ends))
    if third < FALLS * second or third == 0.0:
        return "falls" if steps >= 4 * _last_above(curve) else None
    if abs(third / second - 1) < (LEVELS if steps < LAST_LOOK else LEVELS_LATE):
        return "levels" if steps > FIRST_LOOK else None
    if ratio == -1:  # however long it grows, it falls in the end
        return None
    if curve[-1] > 1e12 and third > 2 * second:
        return "grows"
    if steps < GROWING_FROM or not first > 0:
        return None
    before, now = math.log2(second / first), math.log2(third / second)
    return "grows" if now > LEAST_EXPONENT and now > STEADY * before else None


def _last_above(curve: np.ndarray) -> int:
    """The last t with a value above 1 that floats can tell from it."""
    return int(np.max(np.flatnonzero(curve > 1 + 1e-9), initial=0))


def _far_enough(curve: np.ndarray, level: float) -> int:
    """Steps that show the peak and, where there is one, the burn-in, with some to spare."""
    highest = int(np.argmax(curve >= curve.max() * (1 - 1e-9)))
    last = 0 if level > 1 + 1e-9 else _last_above(curve)
    return min(len(curve) - 1, 2 * max(last, highest) + 8)


def float_curve(part: Values, steps: int) -> np.ndarray:
    """Maxima of floats on a grid, to look far ahead cheaply: numeric, (steps + 1,)."""
    fine = np.cos(np.linspace(0.0, np.pi, max(65, 2 * steps + 1)))
    grids = [np.array([float(point)]) for point in part.spectrum.isolated]
    for low, high in part.spectrum.segments:
        middle, half = (float(low) + float(high)) / 2, (float(high) - float(low)) / 2
        grids.append(middle + half * fine)
    points = np.concatenate(grids)
    ring = ValueRing(points)
    found = np.zeros(steps + 1)
    with np.errstate(over="ignore", invalid="ignore"):
        for t, pair in enumerate(part.estimator.pairs(part.method, steps, ring)):
            found[t] = np.max(np.abs(part_of(pair, part.kind, ring)))
    return found
