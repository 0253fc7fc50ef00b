r"""A stationary method at the nodes of a piece, for every t at once, in floats of known error.

After the first step (s, as′), the state and a times its derivative in λ, is multiplied by a matrix

    W(λ) = (M    0 )
           (aM′  M ),    M = A − λ b cᵀ,

where a balances both, so that errors are small beside either; for R − λC it is a multiple of λ.
With t − 1 = bi + r the parts are (w W^r)(W^{bi} z), rows for r < b and columns for i ≤ I: one small
matrix product a node. A part is a polynomial of degree ≤ t in λ, that
is, in cos θ; at a node within δ of the angle of its largest value it is at least cos(tδ) times that
(Ehlich and Zeller 1964), so

    sup |part_t| ≤ max over the nodes / cos(tδ).

Errors are bounded by norms: powers X_r computed one by one differ from those of W by at most
r H²η/(1 − r Hη), H their largest norm, η the error of one product and of W itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import flint
import numpy as np

from polyrates.core.parts import Part
from polyrates.core.recurrence import Stationary
from polyrates.core.transition import Transition
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits

__all__ = ["Columns", "Nodes", "Table", "readings", "row_sums", "stacked"]

_U = 2.0**-53


@dataclass(frozen=True)
class Columns:
    """The numbers of a method as floats, each within a few units in the last place."""

    first: Transition[float]
    step: Transition[float]

    @classmethod
    def of(cls, method: Stationary) -> Columns | None:
        """None where the first step has another state or another reading."""
        with ball_bits(100):
            first = _floats(method.first_transition(ball))
            step = _floats(method.transition(ball))
        same = len(first.gain) == len(step.gain) and first.output == step.output
        return cls(first, step) if same else None


@dataclass(frozen=True, eq=False)
class Nodes:
    """A piece [low, high] as nodes: equal angles of a segment, or the point that it is.

    Attributes
    ----------
    points : (m + 1,), or (1,) for a point
        Floats within a few units in the last place of the nodes of the piece.
    angles : (m + 1,)
        Increasing; λ = middle + half cos θ.
    reach : float
        δ: how far an angle can be from the next node's.
    """

    piece: tuple[Number, Number]
    points: np.ndarray
    angles: np.ndarray
    reach: float

    @classmethod
    def on(cls, piece: tuple[Number, Number], intervals: int) -> Nodes:
        """So many intervals of equal angles."""
        with ball_bits(100):
            low, high = (float(ball(end)) for end in piece)
            if piece[0] == piece[1]:
                return cls(piece, np.array([low]), np.zeros(1), 0.0)
            half = float((ball(piece[1]) - ball(piece[0])) / 2)
        angles = np.linspace(0.0, math.pi, intervals + 1)
        points = np.clip((low + half) + half * np.cos(angles), low, high)
        # a float λ is off by 4 units of its size; acos has slope √(2/d) at distance d from ±1
        off = 1.6 * math.sqrt(8 * _U * (abs(high) + half) / half)
        return cls(piece, points, angles, math.pi / (2 * intervals) * (1 + 1e-9) + off)

    def factor(self, t: int | np.ndarray) -> np.ndarray:
        """sup |p| ≤ factor · max over the nodes for degree t; oo where the nodes are too few."""
        turn = np.asarray(t, dtype=float) * self.reach
        with np.errstate(divide="ignore"):
            return np.where(turn < 1.5, (1 + 1e-14) / np.cos(np.minimum(turn, 1.5)), np.inf)


def stacked(
    numbers: Columns, points: np.ndarray, balance: float, part: Part
) -> tuple[np.ndarray, np.ndarray]:
    """W (m, 2n, 2n) at the points, and z (m, 2n) after one step."""
    step, first = numbers.step, numbers.first
    n = len(step.gain)
    A, b, c = np.array(step.mixing, float), np.array(step.gain, float), np.array(step.query, float)
    rank_one = np.outer(b, c)
    scale = balance * points if part == "initial" else np.full(len(points), balance)
    W = np.zeros((len(points), 2 * n, 2 * n))
    W[:, :n, :n] = W[:, n:, n:] = A - points[:, None, None] * rank_one
    W[:, n:, :n] = -scale[:, None, None] * rank_one
    start = np.array(first.gain, float) * sum(first.query)
    z = np.empty((len(points), 2 * n))
    z[:, :n] = np.sum(np.array(first.mixing, float), axis=1) - points[:, None] * start
    z[:, n:] = -scale[:, None] * start
    return W, z


def readings(numbers: Columns, balance: float, part: Part) -> np.ndarray:
    """w (2n,): the row that reads the part off (s, as′)."""
    o = np.array(numbers.step.output, float)
    value = o if part in ("residual", "initial") else 0 * o
    slope = {"residual": 0.0, "initial": -1.0}.get(part, 1.0) / balance
    return np.concatenate([value, o * slope])


def row_sums(matrices: np.ndarray) -> np.ndarray:
    """‖·‖_∞ of the last two axes, rounded up."""
    sums: np.ndarray = np.abs(matrices).sum(axis=-1).max(axis=-1) * (1 + 1e-14)
    return sums


@dataclass(frozen=True, eq=False)
class Table:
    """|part_t| at the nodes for t = 1, …, b(I + 1), as rows times columns.

    Attributes
    ----------
    rows : (m, b, 2n), w W^r
    states : (m, 2n, I + 1), W^{bi} z
    powers : (I + 1, 2), bounds of ‖M^{bi}‖ and a‖(M^{bi})′‖ over the piece
    short : (2,), the same over r < b
    sizes : (I + 1, 2), bounds of ‖s‖ and a‖s′‖ at t = 1 + bi over the piece
    error : float
        No value is off by more.
    """

    nodes: Nodes
    rows: np.ndarray
    states: np.ndarray
    powers: np.ndarray
    short: np.ndarray
    sizes: np.ndarray
    error: float

    @classmethod
    def of(cls, numbers: Columns, nodes: Nodes, balance: float, part: Part, block: int) -> Table:
        """block² steps."""
        W, z = stacked(numbers, nodes.points, balance, part)
        w = readings(numbers, balance, part)
        d, n = W.shape[1], W.shape[1] // 2
        # an entry is a sum of three products of rounded numbers, at a rounded point
        gain = max(balance, float(nodes.points.max()) * max(1.0, balance)) * _one_step(numbers)
        own = 16 * _U * (row_sums(W) + gain)
        rows = np.empty((len(W), block, d))
        short, X, H = np.zeros((block + 1, 2)), np.broadcast_to(np.eye(d), W.shape), np.ones(len(W))
        for r in range(block):
            rows[:, r] = np.matmul(w, X)
            short[r], each = _halves(X, n)
            H = np.maximum(H, each)
            X = np.matmul(X, W)
        H = np.maximum(H, row_sums(X))
        gamma = 2 * d * _U
        e1 = _drifted(block, H, own + gamma * row_sums(W))
        lost = e1.max()
        short = (short[:block].max(axis=0) + lost) * float(nodes.factor(block))
        states, powers, sizes = np.empty((len(W), d, block + 1)), [], []
        Z, G = np.broadcast_to(np.eye(d), W.shape), X
        tall = np.ones(len(W))
        for i in range(block + 1):
            states[:, :, i] = np.matmul(Z, z[:, :, None])[:, :, 0]
            halves, each = _halves(Z, n)
            powers.append(halves)
            tall = np.maximum(tall, each)
            top = np.abs(states[:, :n, i]).max(), np.abs(states[:, n:, i]).max()
            sizes.append(top)
            if i < block:
                Z = np.matmul(Z, G)
        e2 = _drifted(block, tall, e1 + gamma * row_sums(G))
        size = np.abs(z).max(axis=1) + 16 * _U * gain
        e_state = e2 * size + (tall + e2) * (gamma + 16 * _U) * (size + gain)
        S = np.abs(states).max(axis=(1, 2)) + e_state
        reading = float(np.abs(w).sum()) * (1 + 1e-14)
        each = reading * (e1 * S + (H + e1) * e_state + (4 * gamma + 16 * _U) * (H + e1) * S)
        factors = nodes.factor(1 + block * np.arange(block + 1))[:, None]
        bounds = (np.array(powers) + e2.max()) * factors
        tops = (np.array(sizes) + e_state.max()) * factors
        error = float(np.nan_to_num(each, nan=np.inf).max()) * (1 + 1e-12)
        return cls(nodes, rows, states, bounds, short, tops, error)

    @cached_property
    def largest(self) -> np.ndarray:
        """max over the nodes of |part_t| for t = 1, …, as computed."""
        m, block, _ = self.rows.shape
        found = np.zeros((block, self.states.shape[2]))
        chunk = max(1, 200_000 // found.size)
        for start in range(0, m, chunk):
            values = np.matmul(self.rows[start : start + chunk], self.states[start : start + chunk])
            np.maximum(found, values.max(axis=0), out=found)
            np.maximum(found, -values.min(axis=0), out=found)
        return found.T.reshape(-1)

    def values(self, t: int) -> np.ndarray:
        """part_t at the nodes, each within ``error``."""
        i, r = divmod(t - 1, self.rows.shape[1])
        values: np.ndarray = np.einsum("jd,jd->j", self.rows[:, r], self.states[:, :, i])
        return values


def _floats(step: Transition[flint.arb]) -> Transition[float]:
    """A step with balls as one with floats: each entry is rounded once."""
    query, *mixing, gain, output = (
        tuple(float(value) for value in row)
        for row in (step.query, *step.mixing, step.gain, step.output)
    )
    return Transition(query, tuple(mixing), gain, output)


def _one_step(numbers: Columns) -> float:
    """‖b‖‖c‖ of either step."""
    steps = (numbers.first, numbers.step)
    return max(sum(map(abs, s.gain)) * max(1.0, sum(map(abs, s.query))) for s in steps)


def _halves(matrices: np.ndarray, n: int) -> tuple[tuple[float, float], np.ndarray]:
    """The largest ‖M^k‖ and a‖(M^k)′‖, and bounds (m,) of the norms of the whole."""
    left = np.abs(matrices[:, :, :n])
    sums = left[:, :, 0].copy()
    for j in range(1, n):
        sums += left[:, :, j]
    sums *= 1 + 1e-14
    each = (sums[:, :n] + sums[:, n:]).max(axis=1) * (1 + 1e-14)
    return (float(sums[:, :n].max()), float(sums[:, n:].max())), each


def _drifted(count: int, size: np.ndarray, each: np.ndarray) -> np.ndarray:
    """How far powers are off: count · H² η/(1 − count · Hη); oo where that says nothing."""
    part = count * size * each
    with np.errstate(invalid="ignore"):
        return np.where(part < 0.5, 1.01 * part * size / (1 - np.minimum(part, 0.5)), np.inf)
