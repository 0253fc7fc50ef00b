"""The suprema of a stationary method at every t, certified: a finite table, and what follows it.

A table of values at nodes (:mod:`polyrates.numeric.suprema.at_nodes`) bounds every supremum up to
some T. Beyond it, with K such that u = sup ‖M^K‖ ≤ ½ and v = sup ‖(M^K)′‖, a state s that is K q
steps after one of the last K of the table has

    ‖s‖ ≤ u^q S,    ‖s′‖ ≤ u^q S′ + q u^{q−1} v S,

which falls with q: what holds for q = 1 holds for good. The few t that decide the peak and the end
of the burn-in are refined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from polyrates.core.parts import Part
from polyrates.core.recurrence import Stationary
from polyrates.ground.numbers import Number
from polyrates.numeric.suprema.at_nodes import Columns, Nodes, Table, readings, row_sums, stacked
from polyrates.numeric.suprema.refined import by_series, refined

__all__ = ["Settled", "settled"]

_LONGEST = 12_000  # steps of a table: its work grows like their square
_SKETCH = 256  # intervals on which powers are looked at first
_NODES = 1.5  # intervals a step
_FULL = 1e-12  # relative width at which a supremum is known
_TRIES = 400  # suprema refined at most
_OPEN = 20  # undecided t at the end of the burn-in that balls may still be asked about
Piece = tuple[Number, Number]


@dataclass(frozen=True, eq=False)
class Settled:
    """Bounds of the suprema at t = 0, …, T, arrays (T + 1,); later ones are ≤ ``level``."""

    lower: np.ndarray
    upper: np.ndarray
    level: float


def settled(method: Stationary, pieces: tuple[Piece, ...], part: Part) -> Settled | None:
    """The suprema over the pieces; None where the powers do not fall within the steps of a table.

    Refined are the t that may hold the largest value, and those that may be the last above 1.
    """
    numbers = Columns.of(method)
    if numbers is None:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        sketched = _sketch(numbers, pieces, part)
        if sketched is None:
            return None
        steps, balances = sketched
        while steps <= _LONGEST:
            found = _tabled(numbers, pieces, part, steps, balances)
            if found is None:
                return None
            tables, bounds = found
            if bounds is not None:
                return _decided(method, part, tables, bounds)
            steps = steps * 4 // 3 + 1
    return None


def _sketch(
    numbers: Columns, pieces: tuple[Piece, ...], part: Part
) -> tuple[int, list[float]] | None:
    """Steps after which the powers have probably fallen; what balances the slopes of each."""
    longest, balances = 8, []
    for piece in pieces:
        steepest = 0.0
        W, _ = stacked(numbers, Nodes.on(piece, _SKETCH).points, 1.0, part)
        n = W.shape[1] // 2
        powers, sizes = [W], [float(row_sums(W[:, :n, :n]).max())]
        while not sizes[-1] <= 0.4:
            if 1 << len(powers) > _LONGEST:
                return None
            powers.append(np.matmul(powers[-1], powers[-1]))
            if not np.all(np.isfinite(powers[-1])):
                return None
            sizes.append(float(row_sums(powers[-1][:, :n, :n]).max()))
            steepest = max(steepest, float(row_sums(powers[-1][:, n:, :n]).max()))
        balances.append(max(sizes) / steepest if steepest > 0 else 1.0)
        longest = max(longest, _shortest(powers, n))
    return 2 * longest, balances


def _shortest(powers: list[np.ndarray], n: int) -> int:
    """The k, to an eighth, from which M^k is small: W^{2^j} are the powers, the last is small."""
    if len(powers) == 1:
        return 1
    k, X = 1 << (len(powers) - 2), powers[-2]
    for j in range(len(powers) - 3, max(len(powers) - 6, -1), -1):
        further = np.matmul(X, powers[j])
        if not row_sums(further[:, :n, :n]).max() <= 0.4:
            k, X = k + (1 << j), further
    return k + (1 << max(len(powers) - 5, 0))


def _tabled(
    numbers: Columns, pieces: tuple[Piece, ...], part: Part, steps: int, balances: list[float]
) -> tuple[list[Table], Settled | None] | None:
    """The tables, and the bounds where they suffice; None where floats cannot tell."""
    block = max(4, math.isqrt(steps))
    count = math.ceil(_NODES * block * (block + 1))
    tables = [
        Table.of(numbers, Nodes.on(piece, count), balance, part, block)
        for piece, balance in zip(pieces, balances, strict=True)
    ]
    if not all(np.isfinite(table.error) for table in tables):
        return None
    at_zero = 1.0 if part in ("residual", "initial") else 0.0
    t = np.arange(1, block * (block + 1) + 1)
    lower = np.max([table.largest - table.error for table in tables], axis=0)
    tops = [(table.largest + table.error) * table.nodes.factor(t) for table in tables]
    lower = np.concatenate([[at_zero], np.maximum(lower, 0.0)])
    upper = np.concatenate([[at_zero], np.max(tops, axis=0) * (1 + 1e-15)])
    level = min(1.0, 0.98 * float(lower.max()))
    rows = [readings(numbers, balance, part).reshape(2, -1) for balance in balances]
    weights = [np.abs(row).sum(axis=1) * (1 + 1e-14) for row in rows]
    beyond = max(map(_beyond, tables, weights))
    return tables, Settled(lower, upper, level) if beyond <= level else None


def _beyond(table: Table, weights: np.ndarray) -> float:
    """A bound at every later t of ‖s‖ and ‖s′‖ so weighted."""
    best = math.inf
    U, V = table.short
    for k in np.flatnonzero(table.powers[:, 0] <= 0.5).tolist():
        u, v = table.powers[k]
        S, slope = table.sizes[-k:].max(axis=0)
        S, slope = U * S, V * S + U * slope
        bound = weights[0] * u * S + weights[1] * (u * slope + v * S)
        best = min(best, float(bound) * (1 + 1e-12))
    return best


def _decided(
    method: Stationary, part: Part, tables: list[Table], bounds: Settled
) -> Settled | None:
    """Refine the suprema that decide the peak and the last above 1; None where that fails."""
    lower, upper = bounds.lower.copy(), bounds.upper.copy()
    seen, known = {0}, {0}

    def look(t: int) -> None:
        """By the series of the table; the second time to the last digits."""
        if t in seen:
            known.add(t)
            found = [refined(method, part, table, t) for table in tables]
        else:
            seen.add(t)
            found = [by_series(table, t) for table in tables]
        if all(each is not None for each in found):
            ends = np.array([each for each in found if each is not None])
            lower[t] = max(lower[t], ends[:, 0].max())
            upper[t] = min(upper[t], ends[:, 1].max())

    for _ in range(_TRIES):
        higher = set(np.flatnonzero(upper > lower.max() * (1 + _FULL)).tolist()) - known
        if not higher:
            break
        look(max(higher - seen or higher, key=lambda t: float(lower[t])))
    for t in np.flatnonzero(upper > 1)[::-1].tolist():
        while not lower[t] > 1 and upper[t] > 1 and t not in known:
            look(t)
        if lower[t] > 1 or len(seen) > 2 * _TRIES:
            break
    late = np.flatnonzero(upper > 1)[-_OPEN:]
    if len(late) == _OPEN and not np.any(lower[late] > 1):
        return None  # the table's own error is above 1
    return Settled(lower, upper, bounds.level)
