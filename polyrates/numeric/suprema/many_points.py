r"""The largest |p| at very many points: one series on their hull, balls at the few that compete.

At θ with λ = ℓ + (L − ℓ)cos²(θ/2) the series is Σ c_k cos kθ. For points, ℓ and L that are floats
λ − ℓ and L − λ are rounded once each, so that θ is off by 32u at most and its multiples by 48ku:
the computed value is off by u Σ (48k + 2n + 16)|c_k| and the series' own error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.recurrence import Method
from polyrates.numeric.suprema.balls import (
    UNIT,
    UP,
    EnclosedSeries,
    Maximum,
    enclosed_pairs,
    enclosed_values,
)

__all__ = ["curve_at_points", "maximum_at_points", "worth_it"]

_MANY = 200  # points from which one series costs less than as many runs of balls
_BLOCK = 2048
_COMPETING = 64


def worth_it(estimator: Estimator, points: Sequence[object]) -> bool:
    """Whether the points are many, and floats, and the run is unrolled."""
    many = len(points) > _MANY and type(estimator) is Unrolled
    return many and all(type(point) is float for point in points)


def maximum_at_points(
    method: Method, estimator: Estimator, t: int, points: Sequence[float], kind: str
) -> Maximum | None:
    """As one enclosure a point, or None where too many compete for floats to tell them apart."""
    where = np.array(points)
    series = _series(method, estimator, t, where, kind, t)
    table, error = _table(series)
    values = np.concatenate([block[0] for block in _blocks(table, series[0], where)])
    rivals = np.flatnonzero(values + 2 * error[0] >= float(np.max(values)))
    if len(rivals) > _COMPETING:
        return None
    found = [
        enclosed_values(method, estimator, t, float(where[i]), only=t)[0][kind] for i in rivals
    ]
    top = max(found, key=lambda each: each.lower)
    return Maximum(top.lower, max(each.upper for each in found), top.point)


def curve_at_points(
    method: Method, estimator: Estimator, steps: int, points: Sequence[float], kind: str
) -> list[float] | None:
    """Upper bounds at t = 0, …, steps, true to 1e-11, or None where floats do not know as much."""
    where = np.array(points)
    series = _series(method, estimator, steps, where, kind, None)
    table, error = _table(series)
    best = np.zeros(len(series))
    for block in _blocks(table, series[0], where):
        np.maximum(best, block.max(axis=1), out=best)
    if np.any(error > 1e-11 * best):
        return None
    bounds: list[float] = ((best + error) * UP).tolist()
    return bounds


def _series(
    method: Method, estimator: Estimator, steps: int, where: np.ndarray, kind: str, only: int | None
) -> list[EnclosedSeries]:
    hull = float(where.min()), float(where.max())
    rows = enclosed_pairs(method, estimator, steps, hull, only=only, kinds=(kind,))
    return [row[kind] for row in rows]


def _table(rows: list[EnclosedSeries]) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients, a column a series, and the error of a computed value of each."""
    n = max(len(row.coefficients) for row in rows)
    table = np.zeros((n, len(rows)))
    for i, row in enumerate(rows):
        table[: len(row.coefficients), i] = row.coefficients
    spread = (48.0 * np.arange(n) + 2.0 * n + 16.0) @ np.abs(table)
    return table, (spread * UNIT + np.array([row.error for row in rows])) * UP


def _blocks(table: np.ndarray, frame: EnclosedSeries, where: np.ndarray) -> Iterator[np.ndarray]:
    """|p| of every series (rows) at the next points (columns)."""
    k = np.arange(len(table), dtype=float)
    for begin in range(0, len(where), _BLOCK):
        block = where[begin : begin + _BLOCK]
        angle = 2.0 * np.arctan2(np.sqrt(frame.L - block), np.sqrt(block - frame.ell))
        yield np.abs(np.cos(np.multiply.outer(angle, k)) @ table).T
