r"""A basis in which nothing cancels on a support with gaps: the iterates of a method made for it.

The residual polynomials :math:`p_0 = 1, p_1, …, p_t` of a table of steps and momenta,

.. math:: p_{k+1} = p_k + m_k (p_k - p_{k-1}) - h_k \lambda p_k,

with a factor :math:`1 - \lambda/p`, or its square where P' counts, for every isolated point p
first (those where P is held at 0, then the others in Leja order), then those orthogonal on the
intervals for equal parts of Chebyshev's density times the squares of the factors. On the hull a
polynomial that is small on the pieces is large
between them, and its Chebyshev coefficients cancel there; its weights on this table do not, and
they are how it is run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.numeric.suprema.waves import Array


@dataclass(frozen=True)
class Table:
    """Steps ``h_k`` in units of 1/λ and momenta ``m_k``, each (t,), the first momentum 0.

    The first steps are ``1 / root`` of ``roots`` up to rounding: the polynomials here have those
    roots exactly, a run only nearly.
    """

    steps: Array
    momenta: Array
    roots: tuple[float, ...] = ()

    def jets(self, lam: npt.NDArray[Any], order: int = 1) -> tuple[npt.NDArray[Any], ...]:
        """``p_k`` and its first derivatives in λ, each (n, t + 1), in the arithmetic of λ (n,)."""
        zero = lam * 0
        columns = [[zero + (j == 0)] for j in range(order + 1)]
        for k, (h, m) in enumerate(zip(self.steps.tolist(), self.momenta.tolist(), strict=True)):
            # the j-th derivative of λp is λp^(j) + j p^(j-1)
            below = zero
            if k < len(self.roots):
                root = self.roots[k]
                for j, column in enumerate(columns):
                    p = column[-1]
                    column.append((p * (root - lam) - j * below) / root)
                    below = p
                continue
            for j, column in enumerate(columns):
                p = column[-1]
                after = p - (lam * p + j * below) * h
                below = p
                column.append(after if m == 0.0 else after + (p - column[-2]) * m)
        return tuple(np.stack(column, axis=-1) for column in columns)

    def growth(self, largest: float) -> float:
        """Log of a bound on what rounding of one step can grow to, for λ up to ``largest``."""
        factors = 1 + 2 * np.abs(self.momenta) + np.abs(self.steps) * largest
        return float(np.sum(np.log(factors)) + math.log1p(float(np.max(np.abs(self.steps)))))


def table(
    support: Sequence[tuple[float, float]],
    t: int,
    multiplicity: int,
    ahead: Sequence[float] = (),
) -> Table:
    """The table of t steps for sorted disjoint intervals, points as (p, p), of positive λ.

    The roots at the points of ``ahead`` come first, all of their factors.
    """
    rest = [low for low, high in support if low == high and low not in ahead]
    first = [p for p in sorted(ahead, reverse=True) for _ in range(multiplicity)]
    points = first + rest * multiplicity
    intervals = [(low, high) for low, high in support if low < high]
    roots = (*first, *_leja(rest * multiplicity))[:t]
    steps = [1 / p for p in roots]
    momenta = [0.0] * len(steps)
    if len(steps) < t and intervals:
        h, m = _orthogonal(intervals, points, t - len(steps))
        steps, momenta = [*steps, *h], [*momenta, *m]
    steps += [0.0] * (t - len(steps))
    momenta += [0.0] * (t - len(momenta))
    return Table(np.array(steps), np.array(momenta), roots)


def _leja(points: list[float]) -> list[float]:
    """Each next point maximises the product of the distances to those before it."""
    rest = sorted(points, reverse=True)
    chosen: list[float] = []
    while rest:
        best = max(
            range(len(rest)),
            key=lambda i: (
                -sum(rest[i] == c for c in chosen),
                sum(math.log(abs(rest[i] - c)) for c in chosen if c != rest[i]),
            ),
        )
        chosen.append(rest.pop(best))
    return chosen


def _orthogonal(
    intervals: list[tuple[float, float]], roots: list[float], t: int
) -> tuple[list[float], list[float]]:
    """Steps and momenta of the residual polynomials orthogonal on the intervals (Lanczos)."""
    angles = (np.arange(2 * t + 2) + 0.5) * (math.pi / (2 * t + 2))
    low, high = np.array(intervals).T
    nodes = (low + (high - low) * np.cos(angles[:, None] / 2) ** 2).T.ravel()
    with np.errstate(divide="ignore"):
        weight = sum((np.log(np.abs(1 - nodes / p)) for p in roots), np.zeros(len(nodes)))
    vector = np.exp(weight - np.max(weight))
    centre, half = (low[0] + high[-1]) / 2, (high[-1] - low[0]) / 2
    x, origin = (nodes - centre) / half, -centre / half
    basis = np.zeros((t + 1, len(nodes)))
    basis[0] = vector / np.linalg.norm(vector)
    steps, momenta = [], []
    size, ratio = 0.0, 1.0
    for k in range(t):
        image = x * basis[k]
        middle = float(image @ basis[k])
        for _ in range(2):  # against all before it: the three terms alone lose orthogonality
            image = image - (basis[: k + 1] @ image) @ basis[: k + 1]
        norm = float(np.linalg.norm(image))
        # β_(k+1) p_(k+1)/p_k at the origin, which lies below the spectrum: negative, no cancelling
        grown = origin - middle - (size / ratio if k else 0.0)
        steps.append(-1 / (half * grown))
        momenta.append(size / (ratio * grown) if k else 0.0)
        basis[k + 1] = image / norm
        size, ratio = norm, grown / norm
    return steps, momenta
