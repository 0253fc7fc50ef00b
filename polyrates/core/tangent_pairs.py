"""The pairs (R, C) of estimators that run tangents, from one step on or from one for every t."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from polyrates.core.carriers import JetCarrier, P, Pair, Ring, zero_of
from polyrates.core.recurrence import Jet, Method, Shifted, orbit, walk
from polyrates.core.transition import advance, combine

__all__ = ["pairs_from", "pairs_moving"]


def pairs_from(
    method: Method, steps: int, s: int, rows: Ring[P], columns: Ring[P] | None
) -> Iterator[Pair[P]]:
    """Tangents from step s on, in one pass; (1, 0) before."""
    values = rows if columns is None else columns
    zero = zero_of(rows)
    state: tuple[P, ...] = ()
    for t, (_, reached) in enumerate(walk(method, values, s)):
        state = reached
        if t < s:
            yield Pair(rows.start, zero)
    fresh = tuple(Jet(point, zero) for point in state)
    tangents = walk(method, JetCarrier(values, rows), steps, (s, fresh))
    residuals = orbit(Shifted(method, s), rows, steps - s)
    for (jet, _), residual in zip(tangents, residuals, strict=True):
        yield Pair(residual, jet.tangent)


def pairs_moving(
    method: Method, resets: Sequence[int], rows: Ring[P], values: Ring[P]
) -> Iterator[Pair[P]]:
    """The run once, keeping the states that are begun from; from each, R and C afresh."""
    steps = len(resets) - 1
    needed = [min(resets[t:]) for t in range(steps + 1)]  # no state before it is asked for again
    transitions = list(islice(method.transitions(values.number), steps))
    carrier, zero = JetCarrier(values, rows), zero_of(rows)
    size = len(transitions[0].gain) if transitions else 1
    states = {0: (values.start,) * size}
    for t in range(steps + 1):
        if t:
            states[t] = advance(transitions[t - 1], states[t - 1], values.gradient)
        for s in [s for s in states if s < needed[t] and s < t]:
            del states[s]
        jets = tuple(Jet(point, zero) for point in states[resets[t]])
        fresh: tuple[P, ...] = (rows.start,) * size
        pair = Pair(rows.start, zero)
        for transition in transitions[resets[t] : t]:
            jets = advance(transition, jets, carrier.gradient)
            fresh = advance(transition, fresh, rows.gradient)
            output = transition.output
            pair = Pair(combine(output, fresh), combine(output, jets).tangent)
        yield pair
