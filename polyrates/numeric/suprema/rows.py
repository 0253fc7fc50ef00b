"""Upper bounds of many suprema at once: max over [−1, 1] of |Σ_k c_k T_k(x)| for each row c.

Two rules, both rigorous. *Signs*: max |p| ≤ Σ|c_k|, with equality at an end where all c_k, or all
(−1)^k c_k, have one sign; most kernels of tuned methods are of this kind, and their bound is sharp.
*Cells*: p(cos θ) has degree n, so by Ehlich and Zeller (Math. Z. 86, 1964) its maximum is at most
the grid's over cos(πn/2N), and by Bernstein |p^(j)(θ)| ≤ n^j max|p|, also ≤ Σ k^j|c_k|. A cell
whose second-order bound stays below the best value met is discarded. In the others Newton's method
finds the maximum, first of Taylor's polynomial at the grid point, whose derivatives come from a
table of cosines, and a cell that is concave is bounded by |p| + p′²/(2·curvature); where that fails
it is cut into slices.
"""

from __future__ import annotations

import math

import numpy as np

from polyrates.ground.late import late
from polyrates.numeric.suprema.balls import UNIT

__all__ = ["row_suprema", "series_of_rows"]

fft = late("scipy.fft")

_SIGNED = 2e-11  # how far above an end's value Σ|c_k| may be and still be taken for the bound
_SHARP = 1e-9  # the same for a cell's bound and a value in it
_OVERSAMPLING = 8
_ORDER = 8  # of Taylor's polynomial
_SLICES = 256  # of a cell in which |p| is not plainly concave
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
    half = math.pi / (2 * size) * (1 + 1e-12)
    # p′ = 0 at the maximum, so the grid point of its cell is at most second·half² below
    keep = values >= (top - 2 * rounding - second * half**2)[:, None]
    rows, columns = np.nonzero(keep)
    bound = np.zeros(m)
    scale = np.maximum(ceiling, 1e-300)
    for start in range(0, len(rows), _CELLS):
        row, column = rows[start : start + _CELLS], columns[start : start + _CELLS]
        np.maximum.at(bound, row, _by_taylor(c[row], column, size, scale[row]))
    return np.asarray(np.minimum(ceiling, np.maximum(bound, top) + rounding))


def _by_taylor(c: np.ndarray, column: np.ndarray, size: int, scale: np.ndarray) -> np.ndarray:
    """A bound of |p_i| on the cell of θ_j = jπ/size, sharp to 1e-6.

    In τ = n(θ − θ_j), |τ| ≤ h = πn/(2·size) < .2, the k-th derivative is at most max|p| ≤
    ``scale``, so Taylor's polynomial of degree 8 is within scale·h⁹/9! ≤ 2e-12·scale.
    """
    n = c.shape[1] - 1
    k = np.arange(n + 1)
    turns = (column[:, None] * k) % (2 * size)
    table = np.cos(np.arange(2 * size) * (math.pi / size))
    sine = np.sin(np.arange(2 * size) * (math.pi / size))
    powers = (k / n)[:, None] ** np.arange(_ORDER + 1) / [
        math.factorial(j) for j in range(_ORDER + 1)
    ]
    even, odd = (c * table[turns]) @ powers[:, ::2], (c * sine[turns]) @ powers[:, 1::2]
    d = np.empty((len(c), _ORDER + 1))
    d[:, ::2] = even * np.where(np.arange(even.shape[1]) % 2, -1.0, 1.0)
    d[:, 1::2] = odd * np.where(np.arange(odd.shape[1]) % 2, 1.0, -1.0)
    h = math.pi * n / (2 * size) * (1 + 1e-12)
    # evaluation of the coefficients (Σ|c_k| = 1), Taylor's remainder, Horner's rule
    wrong = (2 * n + 80) * UNIT + (h ** (_ORDER + 1) / math.factorial(_ORDER + 1)) * scale
    j = np.arange(1, _ORDER + 1)
    first, second = d[:, 1:] * j, d[:, 2:] * (j[1:] * j[:-1])
    place = np.zeros(len(c))
    for _ in range(6):
        slope, bend = _horner(first, place), _horner(second, place)
        place = np.clip(place - slope / np.where(bend == 0, 1.0, bend), -h, h)
    value, slope, bend = _horner(d, place), _horner(first, place), _horner(second, place)
    # of the third derivative of the polynomial on the cell, |τ − place| ≤ 2h
    third = np.abs(d[:, 3:]) @ (j[2:] * j[1:-1] * j[:-2] * h ** np.arange(_ORDER - 2.0))
    settled = (value * bend < 0) & (np.abs(bend) > 2 * h * third)
    room = np.where(settled, np.abs(bend) - 2 * h * third, 1.0)
    # at an end of the cell beyond which |p| grows the slope points out of it
    outward = (np.abs(place) >= h) & (value * slope * place >= 0)
    tops = np.abs(value) + np.where(outward, 0.0, slope**2 / (2 * room))
    flat = ~(settled & (tops <= np.abs(value) * (1 + _SHARP) + wrong))
    if np.any(flat):
        tops[flat] = _in_slices(d[flat], first[flat], second[flat], h)
    return np.asarray(tops + wrong)


def _in_slices(d: np.ndarray, first: np.ndarray, second: np.ndarray, h: float) -> np.ndarray:
    """max over |τ| ≤ h of |Σ d_kτ^k|: on slices, by value, slope and a bound of the curvature."""
    r = h / _SLICES * (1 + 1e-12)
    bend = np.abs(second) @ h ** np.arange(second.shape[1])
    middles = (2 * np.arange(_SLICES) + 1 - _SLICES) * r
    values, slopes = _horner(d[:, None], middles), _horner(first[:, None], middles)
    return np.asarray(np.max(np.abs(values) + np.abs(slopes) * r, axis=1) + bend * r**2 / 2)


def _horner(coefficients: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Σ_k a_k τ^k for each row."""
    total: np.ndarray = coefficients[..., -1] + 0 * place
    for k in range(coefficients.shape[-1] - 2, -1, -1):
        total = total * place + coefficients[..., k]
    return total
