"""Outputs that are weighted iterates of another method, whose queries they do not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from polyrates.core.recurrence import Method

__all__ = ["IterateWeights", "on_partial_sums"]


@dataclass(frozen=True)
class IterateWeights:
    """x_t = Σ_{k ≤ t} w_k y_k on the iterates y_k of ``base``.

    Attributes
    ----------
    base : Method
    rows : callable
        () to an iterator over t = 0, 1, … of arrays (t+1,): the weights, each to one rounding.
    horizon : int or None
        The one t the weights are made for, None where all t are alike.
    doubt : callable
        t to what the last weight of row t can be off by beyond a rounding of its own.
    """

    base: Method
    rows: Callable[[], Iterator[np.ndarray]]
    horizon: int | None = None
    doubt: Callable[[int], float] = lambda t: 0.0


def on_partial_sums(base: Method, weights: Sequence[float], exact: bool) -> IterateWeights:
    """At t < len(weights) − 1 the first t weights, and what they leave of one on y_t.

    ``exact``: the weights are the floats, not numbers that these are near.
    """
    sizes = np.cumsum(np.abs([0.0, *weights]))

    def rows() -> Iterator[np.ndarray]:
        left = Fraction(1)
        for t, weight in enumerate(weights):
            yield np.array([*weights[:t], float(left)])
            left -= Fraction(weight)

    return IterateWeights(base, rows, len(weights) - 1, partial(_doubt, sizes, exact))


def _doubt(sizes: np.ndarray, exact: bool, t: int) -> float:
    return 0.0 if exact else 2.0**-52 * float(sizes[t])
