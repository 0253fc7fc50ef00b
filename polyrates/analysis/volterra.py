"""The majorant of any method: Volterra inequalities with the kernels' maxima.

With the mean Hessian between x* and a query split into H* and the rest, a run is a linear
recursion driven by what is left over, and variation of constants gives, in norms,

    ψ_t = Ȳ_t‖e_0‖ + Σ_{s<t} k̄_{t,s} (M/2) ψ_s²                 ≥ ‖y_t − x*‖,
    ε_t = Ȳ_t‖E_0‖ + Σ_{s<t} k̄_{t,s} (M ψ_s ε_s + c ψ_s)        ≥ the tangent error at the query,

and the same with X̄, κ̄ for outputs. Every term is ≥ 0, so rounding each sum upward keeps a bound.
Tangents reset at step r start from Ȳ of the state (1, …, 1) at r and sum over r ≤ s < t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.numeric.suprema.balls import UNIT
from polyrates.numeric.suprema.kernels import Kernels

__all__ = ["Sizes", "basin_of", "iterate_bounds", "tangent_bounds"]


@dataclass(frozen=True)
class Sizes:
    """M, c, ‖x_0 − x*‖ and ‖E_0‖, as floats not below the truth."""

    hessian_lipschitz: float
    cross_lipschitz: float
    distance: float
    residual: float


def _slack(terms: int) -> float:
    """A factor that outweighs the rounding of a sum of nonnegative products."""
    return 1.0 + (terms + 16) * UNIT


def iterate_bounds(found: Kernels, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """ψ at the queries and u at the outputs, t = 0, …, T, both of shape (T+1,)."""
    T = found.query.shape[1]
    query, output, forced = np.zeros(T + 1), np.zeros(T + 1), np.zeros(T)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(T + 1):
            for kernel, start, into in (
                (found.query, found.query_start, query),
                (found.output, found.output_start, output),
            ):
                into[t] = start[t, 0] * sizes.distance + kernel[t, :t] @ forced[:t]
                into[t] *= _slack(t)
            if t < T:
                forced[t] = sizes.hessian_lipschitz / 2 * query[t] ** 2
    return _finite(query), _finite(output)


def tangent_bounds(
    found: Kernels, sizes: Sizes, queries: np.ndarray, resets: list[int]
) -> np.ndarray:
    """v_t of the estimate whose tangents are reset at step resets[t], t = 0, …, T.

    ``found`` must hold the starts sorted(set(resets)), after the start 0.
    """
    T = found.query.shape[1]
    result = np.zeros(T + 1)
    places = {r: k for k, r in enumerate([0, *sorted(set(resets) - {0})])}
    rows: dict[int, np.ndarray] = {}
    for t in range(T + 1):
        r = resets[t]
        if r not in rows:
            last = max(s for s in range(T + 1) if resets[s] == r)
            rows[r] = _tangents(found, sizes, queries, (r, places[r]), last)
        result[t] = rows[r][t]
    return _finite(result)


def _tangents(
    found: Kernels, sizes: Sizes, queries: np.ndarray, reset: tuple[int, int], last: int
) -> np.ndarray:
    """v at the outputs r, …, last for tangents reset at r; the outputs before are not filled."""
    r, place = reset
    tangents, forced = np.zeros(last + 1), np.zeros(last + 1)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(r, last + 1):
            if t < found.query.shape[1]:
                at_query = found.query_start[t, place] * sizes.residual
                at_query += found.query[t, r:t] @ forced[r:t]
                at_query *= _slack(t)
                forced[t] = queries[t] * (
                    sizes.hessian_lipschitz * at_query + sizes.cross_lipschitz
                )
            tangents[t] = found.output_start[t, place] * sizes.residual
            tangents[t] += found.output[t, r:t] @ forced[r:t]
            tangents[t] *= _slack(t)
    return tangents


def _finite(values: np.ndarray) -> np.ndarray:
    """Infinity where a sum overflowed."""
    return np.where(np.isfinite(values), values, np.inf)


def basin_of(found: Kernels, hessian_lipschitz: float) -> float:
    """A distance within which no query up to T is bounded by more than a multiple of the start.

    If Ȳ_t d + K_t (M/2)(ρd)² ≤ ρd for all t, K_t = Σ_s k̄_{t,s}, then ψ_t ≤ ρd by induction. The
    largest d over ρ ≥ max Ȳ is returned; under condition K it is 2ℓ/M, at ρ = 1.
    """
    sums = np.sum(found.query, axis=1)[:-1] * _slack(found.query.shape[1])
    start = found.query_start[:-1, 0]
    driven = sums > 0
    if hessian_lipschitz == 0.0 or not np.any(driven):
        return np.inf
    top = float(np.max(start))
    ratios = top * np.concatenate([[1.0], 1.0 + np.geomspace(1e-6, 4.0, 200)])
    room = 2 * (ratios[:, None] - start[driven]) / (ratios[:, None] ** 2 * sums[driven])
    return float(np.max(np.min(room, axis=1)) / hessian_lipschitz)
