"""Upper bounds of many suprema at once: max over [−1, 1] of |Σ_k c_k T_k(x)| for each row c.

Two rules, both rigorous. *Signs*: max |p| ≤ Σ|c_k|, with equality at an end where all c_k, or all
(−1)^k c_k, have one sign; most kernels of tuned methods are of this kind, and their bound is sharp.
*Cells*: p(cos θ) has degree n, so by Ehlich and Zeller (Math. Z. 86, 1964) its maximum is at most
the grid's over cos(πn/2N), and by Bernstein |p^(j)(θ)| ≤ n^j max|p|, also ≤ Σ k^j|c_k|. A cell
whose second-order bound stays below the best value met is discarded; in the others Newton's method
finds the maximum, and a cell that is concave is bounded by |p| + p′²/(2·curvature).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import fft

from polyrates.numeric.suprema.balls import UNIT

__all__ = ["row_suprema", "series_of_rows"]

_SIGNED = 2e-11  # how far above an end's value Σ|c_k| may be and still be taken for the bound
_SHARP = 1e-13  # the same for a cell's bound and the best value met
_OVERSAMPLING = 8
_CUTS = 8
_CELLS = 4096  # candidate cells refined at a time: bounds the memory


def series_of_rows(values: np.ndarray) -> np.ndarray:
    """Coefficients of the interpolants at x_j = cos(jπ/N), j = 0, …, N, of each row (m, N+1)."""
    size = values.shape[1] - 1
    if size == 0:
        return values.copy()
    coefficients: np.ndarray = fft.dct(values, type=1, axis=1) / size
    coefficients[:, [0, -1]] /= 2.0
    return coefficients


def row_suprema(coefficients: np.ndarray) -> np.ndarray:
    """An upper bound of max |p| for each row of Chebyshev coefficients (m, n+1), shape (m,)."""
    size = np.abs(coefficients)
    total = np.sum(size, axis=1)
    slack = (coefficients.shape[1] + 8) * UNIT
    upper: np.ndarray = total * (1 + slack)
    signs = np.where(np.arange(coefficients.shape[1]) % 2, -1.0, 1.0)
    ends = np.maximum(np.abs(np.sum(coefficients, axis=1)), np.abs(coefficients @ signs))
    n = coefficients.shape[1] - 1
    open_rows = np.flatnonzero(total > ends * (1 + _SIGNED))
    if n > 0 and len(open_rows):
        chosen = coefficients[open_rows]
        scale = total[open_rows]  # > 0, since it exceeds the value at an end
        found = _by_cells(chosen / scale[:, None]) * scale * (1 + 4 * UNIT)
        upper[open_rows] = np.minimum(upper[open_rows], found)
    return upper


def _by_cells(c: np.ndarray) -> np.ndarray:
    """The bound by cells, for rows with Σ|c_k| = 1."""
    m, n = c.shape[0], c.shape[1] - 1
    size = fft.next_fast_len(max(16, _OVERSAMPLING * n), real=True)
    padded = np.zeros((m, size + 1))
    padded[:, : n + 1] = c
    padded[:, 1:-1] /= 2.0
    values = np.abs(fft.dct(padded, type=1, axis=1))
    rounding = 16.0 * UNIT * math.log2(2 * size) * math.sqrt(2 * size)
    top = values.max(axis=1)
    ceiling = (top + rounding) / math.cos(math.pi * n / (2 * size)) * (1 + 8 * UNIT)
    k = np.arange(n + 1.0)
    sizes = np.abs(c)
    second = np.minimum(n**2 * ceiling, sizes @ k**2 * (1 + 1e-12))
    third = np.minimum(n**3 * ceiling, sizes @ k**3 * (1 + 1e-12))
    half = math.pi / (2 * size) * (1 + 1e-12)
    # p′ = 0 at the maximum, so the grid point of its cell is at most second·half² below
    keep = values >= (top - 2 * rounding - second * half**2)[:, None]
    rows, columns = np.nonzero(keep)
    bound = np.zeros(m)
    for start in range(0, len(rows), _CELLS):
        row = rows[start : start + _CELLS]
        center = columns[start : start + _CELLS] * (math.pi / size)
        tops = _refined(c, row, center, half, second, third, top)
        np.maximum.at(bound, row, tops)
    return np.asarray(np.minimum(ceiling, np.maximum(bound, top) + rounding))


def _refined(
    c: np.ndarray,
    row: np.ndarray,
    center: np.ndarray,
    half: float,
    second: np.ndarray,
    third: np.ndarray,
    top: np.ndarray,
) -> np.ndarray:
    """Bounds of |p| over the cells, those that are not sharp cut in four a few times."""
    owner, result, best = np.arange(len(row)), np.zeros(len(row)), top.copy()
    for cut in range(_CUTS + 1):
        met, here, sharp = _cells(c[row], center, half, second[row], third[row])
        np.maximum.at(best, row, met)
        sharp |= here <= best[row] * (1 + _SHARP)
        closed = sharp if cut < _CUTS and int(np.sum(~sharp)) < _CELLS else np.ones_like(sharp)
        np.maximum.at(result, owner[closed], here[closed])
        owner, row, center = (each[~closed] for each in (owner, row, center))
        if not len(row):
            break
        half = half / 4 * (1 + 1e-12)
        center = (center[:, None] + np.array([-3.0, -1.0, 1.0, 3.0]) * half).reshape(-1)
        owner, row = np.repeat(owner, 4), np.repeat(row, 4)
    return result


def _cells(
    c: np.ndarray, center: np.ndarray, half: float, second: np.ndarray, third: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best |p_i| met in |θ − center_i| ≤ half, a bound of it there, and which are sharp.

    Each cell is re-centered on its best point and lies within 2·half of it.
    """
    k = np.arange(c.shape[1], dtype=float)
    evaluation = (5.0 * len(k) + 10.0) * UNIT  # Σ|c_k| = 1
    angle = center.copy()
    for _ in range(3):
        p, slope, curvature = _derivatives(c, k, angle)
        concave = p * curvature < 0
        move = np.where(concave, -slope / np.where(concave, curvature, 1.0), 0.0)
        angle = np.clip(angle + move, center - half, center + half)
    p, slope, curvature = _derivatives(c, k, angle)
    steep = np.abs(slope) + len(k) * evaluation
    reach = 2.0 * half
    bent = np.abs(curvature) - len(k) ** 2 * evaluation - third * reach
    settled = (p * curvature < 0) & (bent > 0)
    newton = np.abs(p) + steep**2 / (2 * np.where(settled, bent, 1.0))
    plain = np.abs(p) + steep * reach + second * reach**2 / 2
    tops = np.where(settled, np.minimum(newton, plain), plain) + evaluation
    return np.abs(p), tops, settled & (newton <= np.abs(p) * (1 + 1e-13) + evaluation)


def _derivatives(
    c: np.ndarray, k: np.ndarray, angle: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    phase = angle[:, None] * k
    cosine, sine = c * np.cos(phase), c * np.sin(phase)
    return cosine.sum(axis=1), -(sine @ k), -(cosine @ k**2)
