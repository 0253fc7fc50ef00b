"""A run and its tangents as rows of one array: the quick way through :func:`walk`.

A point z = (x, ∂x) is one row of D = d(1 + p) floats. With the n points of the state and the slope
g = (∇f(x), ∇²f(x)∂x + ∂_θ∇f(x)) as rows of one array S, a step is the product of a small matrix
of coefficients with S, in place of n + 1 sums of arrays of arrays: for small d a step of Python is
what a run costs. Where the state is (x, x₋), its rows are those of the history itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

import numpy as np

from polyrates.core.recurrence import Method
from polyrates.core.table import Table
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.arrays import Array
from polyrates.ground.numbers import floating
from polyrates.problems.quadratic import Problem, Quadratic, Ridge

__all__ = ["tangent_rows"]

_STACKED = 80
"""d up to which one product with a matrix (2d, 2d) costs less than three of its parts."""


class _Slope(Protocol):
    """How (x, ∂x) lies in a row, and the slope there."""

    def pack(self, x: Array, tangent: Array) -> Array:
        """The row, shape (D,)."""
        ...

    def unpack(self, rows: Array) -> tuple[Array, Array]:
        """The iterates (k, d) and the tangents (k, d) or (k, d, p) of k rows."""
        ...

    def write(self, row: Array, out: Array) -> None:
        """The slope at a row, written to another."""
        ...


class _Any:
    """Any problem: its three functions, each on an array that stays its own."""

    def __init__(self, problem: Problem, shape: tuple[int, ...]) -> None:
        self.problem, self.d, self.shape = problem, shape[0], shape

    def pack(self, x: Array, tangent: Array) -> Array:
        return np.concatenate([x, tangent.reshape(-1)])

    def unpack(self, rows: Array) -> tuple[Array, Array]:
        tangents = np.ascontiguousarray(rows[:, self.d :])
        return np.ascontiguousarray(rows[:, : self.d]), tangents.reshape(-1, *self.shape)

    def write(self, row: Array, out: Array) -> None:
        point = row.copy()  # a problem may keep what it was given
        x, tangent = point[: self.d], point[self.d :].reshape(self.shape)
        out[: self.d] = self.problem.gradient(x)
        below = out[self.d :].reshape(self.shape)
        np.add(self.problem.hvp(x, tangent), self.problem.cross(x), out=below)


class _Rows:
    """A quadratic: z is (1 + p, d), the tangents along its rows, and (x, ∂x)Hᵀ is one product."""

    def __init__(self, problem: Quadratic | Ridge, shape: tuple[int, ...]) -> None:
        self.problem, self.d, self.shape = problem, shape[0], shape
        self.hessian, self.linear = problem.hessian.T, problem.linear

    def pack(self, x: Array, tangent: Array) -> Array:
        return np.concatenate([x, tangent.T.reshape(-1)])

    def unpack(self, rows: Array) -> tuple[Array, Array]:
        blocks = rows.reshape(len(rows), -1, self.d)
        if len(self.shape) == 1:
            return np.ascontiguousarray(blocks[:, 0]), np.ascontiguousarray(blocks[:, 1])
        tangents = blocks[:, 1:].transpose(0, 2, 1)
        return np.ascontiguousarray(blocks[:, 0]), np.ascontiguousarray(tangents)

    def write(self, row: Array, out: Array) -> None:
        block, slope = row.reshape(-1, self.d), out.reshape(-1, self.d)
        np.dot(block, self.hessian, out=slope)
        slope[0] += self.linear
        slope[1:] += self.problem.cross(block[0]).T


class _Stacked(_Rows):
    """A small quadratic of one parameter: ((H, 0), (∂H, H))(x, ∂x) + (b, ∂b), one product."""

    def __init__(self, problem: Quadratic | Ridge, shape: tuple[int, ...]) -> None:
        super().__init__(problem, shape)
        d, H = self.d, problem.hessian
        constant = problem.cross(np.zeros(d))
        self.matrix = np.block([[H, np.zeros((d, d))], [problem.hessian_derivative(), H]])
        self.constant = np.concatenate([problem.linear, constant])

    def write(self, row: Array, out: Array) -> None:
        np.dot(self.matrix, row, out=out)
        np.add(out, self.constant, out=out)


def _slope_of(problem: Problem, shape: tuple[int, ...]) -> _Slope:
    """The quickest that the problem's own type allows: a subclass may answer otherwise."""
    if not isinstance(problem, Quadratic | Ridge) or type(problem) not in (Quadratic, Ridge):
        return _Any(problem, shape)
    small = len(shape) == 1 and shape[0] <= _STACKED
    return _Stacked(problem, shape) if small else _Rows(problem, shape)


def tangent_rows(
    method: Method,
    problem: Problem,
    state: Sequence[Array],
    dx0: Array,
    begin: int,
    steps: int,
) -> tuple[Array, Array] | None:
    """Iterates and tangents at t = begin + 1, …, steps from the state at ``begin``.

    Every point of the state starts with the tangent ``dx0``; one point stands for all. None where
    the state changes its size.
    """
    transitions = list(islice(method.transitions(floating), begin, steps))
    n = len(transitions[0].gain)
    if any(len(each.gain) != n for each in transitions):
        return None
    slope = _slope_of(problem, dx0.shape)
    first = np.stack([slope.pack(point, dx0) for point in state])
    first = np.broadcast_to(first, (n, first.shape[1]))
    rows = _shifted_rows if all(map(_shifts, transitions)) else _mixed_rows
    return slope.unpack(rows(_table(transitions), first, slope.write))


def _table(transitions: list[Transition[Scalar]]) -> Table:
    """The coefficients, those of a step that is repeated read once."""
    if all(each is transitions[-1] for each in transitions[1:]):
        ends = Table.of([transitions[0], transitions[-1]])
        which = np.ones(len(transitions), dtype=int)
        which[0] = 0
        return Table(ends.query[which], ends.mixing[which], ends.gain[which], ends.output[which])
    return Table.of(transitions)


def _shifts(step: Transition[Scalar]) -> bool:
    """Whether the state is (x), or (x, x₋) with x the output."""
    size = len(step.gain)
    return size == 1 or (
        size == 2 and step.mixing[1] == (1, 0) and step.gain[1] == 0 and step.output == (1, 0)
    )


def _shifted_rows(table: Table, state: Array, slope: Callable[[Array, Array], None]) -> Array:
    """The outputs where the state is (x) or (x, x₋): both are rows of the history."""
    steps, n = table.gain.shape
    history = np.empty((steps + n, state.shape[1]))
    history[:n] = state[::-1]
    weights = np.concatenate([table.mixing[:, 0, ::-1], -table.gain[:, :1]], axis=1)
    queries = np.ascontiguousarray(table.query[:, ::-1])
    ahead = queries[:, -1] != 1.0
    result = np.empty(state.shape[1])
    for t in range(steps):
        new = history[t + n]
        point = np.dot(queries[t], history[t : t + n]) if ahead[t] else history[t + n - 1]
        slope(point, new)
        new[:] = np.dot(weights[t], history[t : t + n + 1], out=result)
    return history[n:]


def _mixed_rows(table: Table, state: Array, slope: Callable[[Array, Array], None]) -> Array:
    """The outputs of any state."""
    steps, n = table.gain.shape
    now, then = np.empty((n + 1, state.shape[1])), np.empty((n + 1, state.shape[1]))
    now[:n] = state
    weights = np.concatenate([table.mixing, -table.gain[:, :, None]], axis=2)
    history = np.empty((steps, state.shape[1]))
    for t in range(steps):
        slope(np.dot(table.query[t], now[:n]), now[n])
        np.dot(weights[t], now, out=then[:n])
        now, then = then, now
        np.dot(table.output[t], now[:n], out=history[t])
    return history
