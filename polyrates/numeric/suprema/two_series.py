"""The certified maximum of Σ_j W_j(λ)P_j(μ) over a square, W_j and P_j enclosed Chebyshev series.

The bound of Ehlich and Zeller is applied once along each variable; the cells that may hold the
maximum are then subdivided with Bernstein's bounds on the second derivatives.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from polyrates.ground.arrays import Array
from polyrates.numeric.suprema.balls import UNIT, UP, EnclosedSeries, Maximum
from polyrates.numeric.suprema.supremum import supremum

__all__ = ["TwoVariableMaximum", "product_maximum", "two_series_maximum"]

_TOLERANCE = 1e-7  # relative; the subdivision stops there
_MOST_CELLS = 120_000


class TwoVariableMaximum(NamedTuple):
    """lower ≤ max |C(λ, μ)| ≤ upper, and a point (λ, μ) where ``lower`` is reached."""

    lower: float
    upper: float
    point: tuple[float, float]


def product_maximum(first: Maximum, second: Maximum) -> TwoVariableMaximum:
    """Of a product of one function in each variable."""
    return TwoVariableMaximum(
        first.lower * second.lower * (1 - 8 * UNIT),
        first.upper * second.upper * UP,
        (first.point, second.point),
    )


class _Table(NamedTuple):
    """Coefficients (k, n + 1) of k series, and a bound on the error of each value, (k,)."""

    coefficients: Array
    errors: Array

    @property
    def degree(self) -> int:
        return max(int(self.coefficients.shape[1]) - 1, 1)

    def at(self, angles: Array, derivative: bool = False) -> Array:
        """Values, or derivatives by the angle, shape (k, m)."""
        n = np.arange(self.coefficients.shape[1], dtype=float)
        phase = np.outer(n, angles)
        if derivative:
            return np.asarray(-(self.coefficients * n) @ np.sin(phase))
        return np.asarray(self.coefficients @ np.cos(phase))


def _table(series: list[EnclosedSeries]) -> _Table:
    size = max(len(each.coefficients) for each in series)
    table = np.zeros((len(series), size))
    errors = np.zeros(len(series))
    for row, each in enumerate(series):
        table[row, : len(each.coefficients)] = each.coefficients
        # float dot products of n + 1 terms, arguments rounded to nπu
        evaluation = (5.0 * size + 10.0) * UNIT * float(np.sum(np.abs(each.coefficients)))
        errors[row] = (each.error + evaluation) * UP
    return _Table(table, errors)


def two_series_maximum(
    weights: list[EnclosedSeries], queries: list[EnclosedSeries], tight: bool
) -> TwoVariableMaximum:
    """max over (θ, φ) in [0, π]² of |p|, p = Σ_j W_j(cos θ)P_j(cos φ)."""
    if not weights:
        return TwoVariableMaximum(0.0, 0.0, (0.0, 0.0))
    if len(weights) == 1:  # one step: a product of parts in one variable each
        factors = (supremum(each[0], tight=tight) for each in (weights, queries))
        return product_maximum(*factors)
    left, right = _table(weights), _table(queries)
    ell, L = weights[0].ell, weights[0].L
    oversampling = 8
    sizes = max(16, oversampling * left.degree), max(16, oversampling * right.degree)
    theta = np.arange(sizes[0] + 1) * (math.pi / sizes[0])
    phi = np.arange(sizes[1] + 1) * (math.pi / sizes[1])
    W, P = left.at(theta), right.at(phi)
    values = W.T @ P
    error = _product_error(left, right, W, P)
    i, j = np.unravel_index(int(np.argmax(np.abs(values))), values.shape)
    best, spot = float(abs(values[i, j])), (float(theta[i]), float(phi[j]))
    # Ehlich–Zeller along θ at every grid φ, then along φ: the maximum is at most this
    shrink = math.cos(math.pi * left.degree / (2 * sizes[0])) * math.cos(
        math.pi * right.degree / (2 * sizes[1])
    )
    whole = (best + error) / shrink * UP
    if not tight:
        return TwoVariableMaximum(max(best - error, 0.0), whole, _lambdas(spot, ell, L))
    widths = math.pi / (2 * sizes[0]), math.pi / (2 * sizes[1])
    slopes = (np.abs(left.at(theta, True).T @ P), np.abs(W.T @ right.at(phi, True)))
    tops = _tops(np.abs(values), slopes, widths, (left.degree, right.degree), whole, error)
    keep = np.nonzero(tops > best * (1 + _TOLERANCE))
    upper = float(np.max(tops[tops <= best * (1 + _TOLERANCE)], initial=best))
    centers = np.stack([theta[keep[0]], phi[keep[1]]])
    upper, best, spot = _subdivide(left, right, centers, widths, (whole, error), upper, best, spot)
    return TwoVariableMaximum(
        max(best - error, 0.0), min((upper + error) * UP, whole), _lambdas(spot, ell, L)
    )


def _product_error(left: _Table, right: _Table, W: Array, P: Array) -> float:
    """A bound on the error of Σ_j W_jP_j at any point, from the maxima of the parts."""
    k = len(W)
    top_w, top_p = np.max(np.abs(W), axis=1), np.max(np.abs(P), axis=1)
    # between grid points the parts exceed their grid maxima by at most 1/cos(π/16)
    top_w, top_p = top_w * 1.03 + left.errors, top_p * 1.03 + right.errors
    total = top_w @ right.errors + top_p @ left.errors + left.errors @ right.errors
    return float((total + (k + 4.0) * UNIT * (top_w @ top_p)) * UP)


def _tops(
    values: Array,
    slopes: tuple[Array, Array],
    widths: tuple[float, float],
    degrees: tuple[int, int],
    whole: float,
    error: float,
) -> Array:
    """Taylor to second order on a cell; Bernstein bounds the second derivatives."""
    reach = degrees[0] * widths[0] + degrees[1] * widths[1]
    slack = (degrees[0] * widths[0] + degrees[1] * widths[1]) * error
    first = slopes[0] * widths[0] + slopes[1] * widths[1]
    return np.asarray((values + first + slack + whole * reach**2 / 2) * UP)


def _subdivide(
    left: _Table,
    right: _Table,
    centers: Array,
    widths: tuple[float, float],
    bounds: tuple[float, float],
    upper: float,
    best: float,
    spot: tuple[float, float],
) -> tuple[float, float, tuple[float, float]]:
    whole, error = bounds
    degrees = left.degree, right.degree
    for _ in range(40):
        if not centers.shape[1]:
            break
        widths = widths[0] / 2 * (1 + 1e-12), widths[1] / 2 * (1 + 1e-12)
        shifts = np.array([[-1, -1, 1, 1], [-1, 1, -1, 1]], dtype=float)
        shifts = shifts * np.array(widths)[:, None]
        centers = np.clip((centers[:, :, None] + shifts[:, None, :]).reshape(2, -1), 0.0, math.pi)
        W, P = left.at(centers[0]), right.at(centers[1])
        values = np.abs(np.sum(W * P, axis=0))
        slopes = (
            np.abs(np.sum(left.at(centers[0], True) * P, axis=0)),
            np.abs(np.sum(W * right.at(centers[1], True), axis=0)),
        )
        tops = _tops(values, slopes, widths, degrees, whole, error)
        k = int(np.argmax(values))
        if values[k] > best:
            best, spot = float(values[k]), (float(centers[0, k]), float(centers[1, k]))
        open_cells = tops > best * (1 + _TOLERANCE) + error
        upper = max(upper, float(np.max(tops[~open_cells], initial=0.0)))
        if int(open_cells.sum()) > _MOST_CELLS:
            upper = max(upper, float(np.max(tops)))
            break
        centers = centers[:, open_cells]
    else:
        upper = max(upper, whole)
    return max(upper, best), best, spot


def _lambdas(angles: tuple[float, float], ell: float, L: float) -> tuple[float, float]:
    def at(angle: float) -> float:
        half = math.sin(angle / 2) ** 2
        return min(max(L * (1 - half) + ell * half, ell), L)

    return at(angles[0]), at(angles[1])
