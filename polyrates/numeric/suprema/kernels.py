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
                with flint.ctx.workprec(bits):
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


def _combined(weights: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Σ_j w_j S_j without the terms that are zero."""
    total = np.zeros(state.shape[1:])
    for weight, part in zip(weights, state, strict=True):
        if weight == 1.0:
            total = total + part
        elif weight != 0.0:
            total = total + weight * part
    return total


class _Run:
    """All responses at once: column s·w + i answers an injection into active component i at s."""

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
        injected = np.zeros((self.n, 0, len(self.points)))
        started = np.zeros((self.n, len(self.starts), len(self.points)))
        for t in range(self.steps + 1):
            if t:
                injected = self._advance(t - 1, injected)
                started = self._advance(t - 1, started)
                fresh = np.zeros((self.n, self.width, len(self.points)))
                fresh[self.table.active, range(self.width)] = 1.0
                injected = np.concatenate([injected, fresh], axis=1)
            started[:, [k for k, s in enumerate(self.starts) if s == t]] = 1.0
            self.sizes[:, t, : t * self.width] = np.abs(injected).max(axis=2)
            self.start_sizes[:, t] = np.abs(started).max(axis=2)
            self._read(t, injected, started)
        return self._with_rounding()

    def _advance(self, t: int, state: np.ndarray) -> np.ndarray:
        slope = _combined(self.table.query[t], state) * self.points
        rows = [_combined(row, state) for row in self.table.mixing[t]]
        gains = self.table.gain[t]
        return np.stack([row - g * slope if g else row for row, g in zip(rows, gains, strict=True)])

    def _read(self, t: int, injected: np.ndarray, started: np.ndarray) -> None:
        gains = self.table.gain[:t, self.table.active]
        shape = (self.n, t, self.width, len(self.points))
        answers = np.einsum("jswx,sw->jsx", injected.reshape(shape), gains)
        reading = self.table.output[max(t - 1, 0)]
        alive = [k for k, s in enumerate(self.starts) if s <= t]
        both = np.concatenate([answers, started[:, alive]], axis=1)
        for row, weights in ((1, reading), (0, None if t == self.steps else self.table.query[t])):
            if weights is None or not both.shape[1]:
                continue
            tops = row_suprema(series_of_rows(_combined(weights, both)))
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
