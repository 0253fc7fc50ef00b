"""Maxima over [ℓ, L] of a method's responses: to its start, and to what is added at one step.

On the scalar λ a step is S_{t+1} = (M_t − λ g_t q_t) S_t, its query y_t = q_t·S_t, its output
x_t = o_t·S_t. With every state at 1 at step s the responses of query and output at t ≥ s are
Y_t(λ) and X_t(λ); with +g_s added at step s they are k_{t,s}(λ) and κ_{t,s}(λ), t > s. All are
polynomials of degree ≤ t − s: they are run at the N + 1 Chebyshev points of [ℓ, L] in floats and
their maxima taken by :mod:`polyrates.numeric.suprema.rows`.

*Rounding.* A step adds to component i an error of at most γ(|M_t| + L|g_t||q_t|)|S_t|, and what is
added answers as every other injection does. So if E are the errors of the states and R their
sizes, all at the points, E ≤ (R + E)·γ·(weights)·(R + E), summed over the steps between; the E
found is checked to satisfy this inequality, which by induction over the number of steps makes it
a bound. Interpolation at N + 1 points carries it to the interval times 1 + (2/π) log(N + 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import flint
import numpy as np

from polyrates.core.recurrence import Method
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.balls import UNIT, TooCoarse
from polyrates.numeric.suprema.rows import row_suprema, series_of_rows

__all__ = ["Kernels", "kernels"]

LONGEST = 2000
"""Beyond this many steps the kernels take minutes and gigabytes."""


@dataclass(frozen=True, eq=False)
class Kernels:
    """Maxima of moduli over [ℓ, L], rounded upward, for t = 0, …, T.

    Attributes
    ----------
    query, output : arrays (T+1, T)
        k̄_{t,s} and κ̄_{t,s}; zero where s ≥ t. After the last step no query is made: the last row
        of ``query`` is zero.
    query_start, output_start : arrays (T+1, S)
        Ȳ_t and X̄_t of the state (1, …, 1) at the S starts asked for; zero before each.
    """

    query: np.ndarray
    output: np.ndarray
    query_start: np.ndarray
    output_start: np.ndarray


def kernels(
    method: Method, interval: tuple[Number, Number], steps: int, starts: Sequence[int] = (0,)
) -> Kernels:
    """All kernels of the first ``steps`` steps, and the responses to the starts at these steps."""
    if steps > LONGEST:
        refuse_value(
            "steps", steps, f"kernels of more than {LONGEST} steps take minutes", "give fewer steps"
        )
    if not steps:
        zero, one = np.zeros((1, len(starts))), np.ones((1, len(starts)))
        return Kernels(np.zeros((1, 0)), np.zeros((1, 0)), zero, one)
    table = Coefficients.of(method, steps)
    points = _points(interval, steps)
    return _Run(table, points, list(starts)).kernels()


@dataclass(frozen=True, eq=False)
class Coefficients:
    """M (T, n, n), g, q, o (T, n) as floats, each the nearest to the truth."""

    mixing: np.ndarray
    gain: np.ndarray
    query: np.ndarray
    output: np.ndarray
    active: list[int]
    """The components of the state that some step computes; the others are copies."""

    @classmethod
    def of(cls, method: Method, steps: int) -> Coefficients:
        """The first ``steps`` steps, their coefficients computed in balls."""
        bits = 192
        while True:
            try:
                with ball_bits(bits):
                    mixing, gain, query, output = cls._read(method, steps)
                break
            except TooCoarse:
                bits *= 2
            if bits > 1 << 14:
                refuse_value("method", method, "its coefficients lose all digits", "fewer steps")
        copies = np.sum(mixing != 0, axis=2) == 1
        copies &= (np.sum(mixing, axis=2) == 1.0) & (gain == 0.0)
        return cls(mixing, gain, query, output, list(np.flatnonzero(~np.all(copies, axis=0))))

    @staticmethod
    def _read(method: Method, steps: int) -> list[np.ndarray]:
        found = list(islice(method.transitions(ball), steps))
        mixing = np.array([[list(map(_middle, row)) for row in each.mixing] for each in found])
        fields = ("gain", "query", "output")
        others = [[list(map(_middle, getattr(each, name))) for each in found] for name in fields]
        return [mixing, *map(np.array, others)]


def _middle(value: object) -> float:
    """The float nearest a coefficient, which must be known to 60 bits."""
    if isinstance(value, int):
        return float(value)
    assert isinstance(value, flint.arb)
    if not value.is_zero() and value.rel_accuracy_bits() < 60:
        raise TooCoarse
    return float(value.mid())


def _points(interval: tuple[Number, Number], steps: int) -> np.ndarray:
    """λ_j at the Chebyshev points, each to a few roundings."""
    low, high = (float(ball(end).mid()) for end in interval)
    half = np.sin(np.arange(steps + 1) * (math.pi / (2 * steps))) ** 2
    points = high * (1 - half) + low * half
    points[0], points[-1] = high, low
    return np.asarray(points)


def _above(sizes: np.ndarray, image: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Some E ≥ image(E), for a monotone image whose iterates from 0 end after finitely many."""
    errors = np.zeros_like(sizes)
    for _ in range(sizes.shape[1] + 2):
        needed = image(errors)
        if np.all(needed <= errors):
            return errors
        errors = 1.001 * np.maximum(errors, needed)
    refuse_value(
        "steps",
        sizes.shape[1] - 1,
        "rounding outgrows the kernels: the method is too unstable for this form",
        "give fewer steps",
    )


def _combined(weights: np.ndarray, state: list[np.ndarray], columns: int) -> np.ndarray:
    """Σ_j w_j S_j over the first columns, without the terms that are zero."""
    total: np.ndarray | None = None
    for weight, part in zip(weights, state, strict=True):
        if weight != 0.0:
            term = part[:columns] if weight == 1.0 else weight * part[:columns]
            total = term if total is None else total + term
    return np.zeros((columns, state[0].shape[1])) if total is None else total


class _Run:
    """All responses at once: column s·w + i answers an injection into active component i at s.

    A state is a list of arrays (columns, points), one a component. A component that a step merely
    copies is the same array; columns that are not yet injected are zero in all of them.
    """

    def __init__(self, table: Coefficients, points: np.ndarray, starts: list[int]) -> None:
        self.table, self.points, self.starts = table, points, starts
        self.steps, self.n = table.gain.shape
        self.width = len(table.active)
        T, P, S = self.steps, self.steps * self.width, len(starts)
        self.sizes = np.zeros((self.n, T + 1, P))  # maxima of |S_j| over the points
        self.start_sizes = np.zeros((self.n, T + 1, S))
        self.found = [np.zeros((T + 1, k)) for k in (T, T, S, S)]

    def kernels(self) -> Kernels:
        """Run, take the maxima, add the rounding."""
        T, w, active = self.steps, self.width, self.table.active
        N = len(self.points)
        spare = [np.zeros((T * w, N)) for _ in range(self.n + 2 * w)]
        injected = [spare.pop()] * self.n
        started = [np.zeros((len(self.starts), N))] * self.n
        for t in range(T + 1):
            if t:
                before = injected
                injected = self._advance(t - 1, injected, (t - 1) * w, spare)
                kept = {id(array) for array in injected}
                spare += [x for x in {id(x): x for x in before}.values() if id(x) not in kept]
                started = self._advance(t - 1, started, len(self.starts), None)
                fresh = slice((t - 1) * w, t * w)
                for k, j in enumerate(active):
                    injected[j][fresh] = 0.0
                    injected[j][(t - 1) * w + k] = 1.0
                self._measure(t, injected)
            for k in (k for k, s in enumerate(self.starts) if s == t):
                started = [np.array(part) for part in started]
                for part in started:
                    part[k] = 1.0
            self.start_sizes[:, t] = [np.abs(part).max(axis=1) for part in started]
            self._read(t, injected, started)
        return self._with_rounding()

    def _measure(self, t: int, injected: list[np.ndarray]) -> None:
        """The sizes after step t − 1: computed for what it computed, handed on for copies."""
        columns, fresh = t * self.width, (t - 1) * self.width
        for j in range(self.n):
            if j in self.table.active:
                part = injected[j][:columns]
                self.sizes[j, t, :columns] = np.maximum(part.max(axis=1), -part.min(axis=1))
            else:
                source = int(np.flatnonzero(self.table.mixing[t - 1, j])[0])
                self.sizes[j, t, :fresh] = self.sizes[source, t - 1, :fresh]

    def _advance(
        self, t: int, state: list[np.ndarray], columns: int, spare: list[np.ndarray] | None
    ) -> list[np.ndarray]:
        slope = _combined(self.table.query[t], state, columns) * self.points
        result: list[np.ndarray] = []
        for j, (row, gain) in enumerate(zip(self.table.mixing[t], self.table.gain[t], strict=True)):
            if j not in self.table.active:
                result.append(state[int(np.flatnonzero(row)[0])])
                continue
            new = spare.pop() if spare is not None else np.zeros_like(state[0])
            new[:columns] = _combined(row, state, columns)
            if gain:
                new[:columns] -= gain * slope
            result.append(new)
        return result

    def _read(self, t: int, injected: list[np.ndarray], started: list[np.ndarray]) -> None:
        gains = self.table.gain[:t, self.table.active]
        reading = self.table.output[max(t - 1, 0)]
        alive = [k for k, s in enumerate(self.starts) if s <= t]
        for row, weights in ((1, reading), (0, None if t == self.steps else self.table.query[t])):
            if weights is None or not t + len(alive):
                continue
            answers = _combined(weights, injected, t * self.width).reshape(
                t, self.width, len(self.points)
            )
            answers = np.einsum("swx,sw->sx", answers, gains)
            begun = _combined(weights, started, len(self.starts))[alive]
            series = series_of_rows(np.concatenate([answers, begun]))
            tops = row_suprema(series[:, : t + 1])  # of degree ≤ t: what is beyond is rounding
            tops += np.sum(np.abs(series[:, t + 1 :]), axis=1)
            self.found[row][t, :t] = tops[:t]
            self.found[row + 2][t, alive] = tops[t:]

    def _with_rounding(self) -> Kernels:
        table, T = self.table, self.steps
        # a product with a rounded coefficient and its place in a sum of n; λ and two more products
        mixed, pulled = (self.n + 4) * UNIT, (2 * self.n + 12) * UNIT
        local = (
            mixed * np.abs(table.mixing)
            + pulled
            * np.abs(table.gain)[:, :, None]
            * np.abs(table.query)[:, None, :]
            * self.points[0]
        )[:, table.active]  # (T, w, n)

        def sources(sizes: np.ndarray) -> np.ndarray:
            """Local errors (r·w + i, columns) made at step r from states of these sizes."""
            made = np.einsum("rij,jrp->rip", local, sizes[:, :T])
            return np.asarray(made.reshape(T * self.width, -1))

        # E ≥ (R + E) B(R + E) bounds the error, by induction over the steps between
        inner = _above(self.sizes, lambda E: (self.sizes + E) @ sources(self.sizes + E))
        outer = _above(
            self.start_sizes, lambda E: (self.sizes + inner) @ sources(self.start_sizes + E)
        )
        lebesgue = (2 / math.pi) * math.log(T + 1) + 1
        readings = (table.query, np.concatenate([table.output[:1], table.output]))
        spread = 8 * math.log2(2 * T + 2) * UNIT  # of the transform to coefficients
        result = []
        for k, sizes, errors in (
            (0, self.sizes, inner),
            (1, self.sizes, inner),
            (2, self.start_sizes, outer),
            (3, self.start_sizes, outer),
        ):
            reading = np.abs(readings[k % 2])
            wrong = (errors + (mixed + spread) * sizes)[:, : len(reading)]
            total = np.einsum("tj,jtp->tp", reading, wrong)
            if k < 2:
                gains = np.abs(table.gain[:, table.active])
                total = np.einsum("tsw,sw->ts", total.reshape(-1, T, self.width), gains)
            padded = np.zeros_like(self.found[k])
            padded[: len(reading)] = total * lebesgue
            result.append((self.found[k] + padded) * (1 + 8 * UNIT))
        return Kernels(*result)
