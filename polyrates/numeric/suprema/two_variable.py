r"""Certified maxima of the two-variable multipliers: the error bound that needs no commutation.

In H's eigenbasis every estimator multiplies the (i, j) entry of ∂H by C(λ_i, λ_j) before it meets
x_0 − x*, so in Frobenius norm, for any ∂H,

    ‖error‖ ≤ max|R| ‖E‖ + M ‖∂H‖_F ‖x_0 − x*‖,        M = max over [ℓ, L]² of |C(λ, μ)|:

the entries of C∘∂H are at most M times those of ∂H, and ‖Av‖ ≤ ‖A‖_F‖v‖.

    unrolled               M = max|P′|              (divided differences are means of P′)
    implicit, exact        M = max|P|/ℓ
    implicit, k inner      M = max|(Q_k − 1)/λ| · max|P|              (a product of two parts)
    truncated              M of C(λ, μ) = Σ_{j=s}^{t−1} W_j(λ) P_j(μ)

P_j is the polynomial of the point queried at step j and W_j what the rest of the run makes of a
gradient added there (the adjoint of the state-space recursion). The last maximum is a genuine one
in two variables: the W_j and P_j are Chebyshev series from flint's balls, the bound of Ehlich and
Zeller is applied once along each variable, and the cells that may hold the maximum are then
subdivided with Bernstein's bounds on the second derivatives.

The bound is attained up to 1/√2 by E = 0 and a symmetric ∂H with one nonzero pair of entries (up to
1 when the maximum is at λ = μ), and up to 1/(1 + √2) for any sizes.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import Any, NamedTuple

import flint
import numpy as np

from polyrates.core.estimators import Estimator, Implicit, InverseCarrier, Truncated, Unrolled
from polyrates.core.recurrence import Method, as_method, check_steps, final, orbit, walk
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.core.transition import Transition, combine
from polyrates.ground.arrays import Array
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number
from polyrates.numeric.suprema.balls import (
    UNIT,
    UP,
    BallRing,
    EnclosedSeries,
    Maximum,
    TooCoarse,
    enclose_series,
    enclosed_pairs,
)
from polyrates.numeric.suprema.series import grid_bound, supremum

__all__ = ["TwoVariableMaximum", "frobenius_bound", "multiplier_bounds", "multiplier_maximum"]

_TOLERANCE = 1e-7  # relative; the subdivision stops there
_MOST_CELLS = 120_000


class TwoVariableMaximum(NamedTuple):
    """lower ≤ max |C(λ, μ)| ≤ upper, and a point (λ, μ) where ``lower`` is reached."""

    lower: float
    upper: float
    point: tuple[float, float]


def frobenius_bound(
    method: Method, estimator: Estimator, t: int, spectrum: Any
) -> tuple[float, float, str]:
    """(max|R|, M, "certified"): ‖error‖ ≤ max|R| ‖E‖ + M ‖∂H‖_F ‖x_0 − x*‖, without commutation.

    Both are upper bounds, rounded outward. max|R| is over the support; M over the square of the
    hull, since divided differences see the gaps of a support too.

    Parameters
    ----------
    method : Method
    estimator : Estimator
    t : int ≥ 0
    spectrum : Spectrum
    """
    where = as_spectrum(spectrum)
    t = check_steps(as_method(method), t, "t")
    residual = 0.0
    if not (isinstance(estimator, Implicit) and estimator.inner is None):
        for segment in _segments(where):
            part = enclosed_pairs(method, estimator, t, segment, only=t)[0]["residual"]
            residual = max(residual, supremum(part).upper)
    return residual, multiplier_maximum(method, estimator, t, where).upper, "certified"


def multiplier_maximum(
    method: Method, estimator: Estimator, t: int, spectrum: Any
) -> TwoVariableMaximum:
    """The enclosure of M = max |C(λ, μ)| over the square of the hull at t."""
    segment = _hull(as_spectrum(spectrum))
    t = check_steps(as_method(method), t, "t")
    if isinstance(estimator, Truncated):
        return _maximum(*_factors(method, [(t, estimator.reset_at(t))], segment)[0], tight=True)
    return _by_parts(method, estimator, [t], segment, tight=True)[0]


def multiplier_bounds(
    method: Method, estimator: Estimator, steps: int, segment: tuple[Number, Number]
) -> Array:
    """Upper bounds of M at t = 0, …, steps on one grid each, at most 4 % above; (steps+1,)."""
    steps = check_steps(as_method(method), steps)
    if isinstance(estimator, Truncated):
        spans = [(t, estimator.reset_at(t)) for t in range(steps + 1)]
        found = [_maximum(*each, tight=False) for each in _factors(method, spans, segment)]
    else:
        found = _by_parts(method, estimator, list(range(steps + 1)), segment, tight=False)
    return np.array([each.upper for each in found])


def _hull(spectrum: Spectrum) -> tuple[Any, Any]:
    low, high = spectrum.hull
    return _segments_of([(low, high)])[0]


def _segments(spectrum: Spectrum) -> list[tuple[Any, Any]]:
    return _segments_of(list(spectrum.support))


def _segments_of(support: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """A point becomes the sliver of floats around it."""
    result = []
    for low, high in support:
        if low == high:
            value = float(low)
            result.append((float(np.nextafter(value, 0.0)), float(np.nextafter(value, np.inf))))
        else:
            result.append((low, high))
    return result


def _by_parts(
    method: Method,
    estimator: Estimator,
    wanted: list[int],
    segment: tuple[Number, Number],
    tight: bool,
) -> list[TwoVariableMaximum]:
    """The estimators whose maximum is made of maxima in one variable."""
    bound = supremum if tight else grid_bound
    if isinstance(estimator, Unrolled):
        if len(wanted) == 1:
            pairs = enclosed_pairs(method, estimator, wanted[0], segment, only=wanted[0])
        else:
            pairs = enclosed_pairs(method, estimator, wanted[-1], segment)
        return [_diagonal(bound(parts["drift"])) for parts in pairs]
    if not isinstance(estimator, Implicit):
        refuse_type(
            "estimator",
            estimator,
            "has no known two-variable multiplier",
            "use one of the package's own",
        )
    outer = [bound(series) for series in _residuals(method, wanted, segment)]
    if estimator.inner is None:
        low = float(ball(segment[0]).lower())
        if not low > 0:
            refuse_value("spectrum", low, "an exact solve needs eigenvalues > 0", "give ell > 0")
        low = float(np.nextafter(low, 0.0))
        return [
            TwoVariableMaximum(
                each.lower / low * (1 - 8 * UNIT), each.upper / low * UP, (low, each.point)
            )
            for each in outer
        ]
    inner = bound(_solved(estimator, segment))
    return [_product(inner, each) for each in outer]


def _product(first: Maximum, second: Maximum) -> TwoVariableMaximum:
    return TwoVariableMaximum(
        first.lower * second.lower * (1 - 8 * UNIT),
        first.upper * second.upper * UP,
        (first.point, second.point),
    )


def _diagonal(best: Maximum) -> TwoVariableMaximum:
    return TwoVariableMaximum(best.lower, best.upper, (best.point, best.point))


def _precisely(compute: Any, degree: int) -> Any:
    """A computation in balls, repeated at twice the precision until its results fit in floats."""
    precision = 80 + 4 * degree
    for _ in range(6):
        try:
            with flint.ctx.workprec(precision):
                return compute()
        except TooCoarse:
            precision *= 2
    refuse_value(
        "t",
        degree,
        f"ball arithmetic at {precision} bits loses all digits",
        "give a smaller t: the method is too unstable for a certificate",
    )


def _ring(segment: tuple[Number, Number]) -> tuple[BallRing, tuple[float, float]]:
    ring = BallRing(ball(segment[0]), ball(segment[1]))
    return ring, (float(ring.low), float(ring.high))


def _residuals(
    method: Method, wanted: list[int], segment: tuple[Number, Number]
) -> list[EnclosedSeries]:
    def compute() -> list[EnclosedSeries]:
        ring, ends = _ring(segment)
        kept = set(wanted)
        values = orbit(method, ring, wanted[-1])
        return [enclose_series(value, ends) for t, value in enumerate(values) if t in kept]

    return _precisely(compute, wanted[-1])  # type: ignore[no-any-return]


def _solved(estimator: Implicit, segment: tuple[Number, Number]) -> EnclosedSeries:
    """(Q_k − 1)/λ."""
    inner, k = estimator.inner, estimator.inner_steps
    assert inner is not None and k is not None

    def compute() -> EnclosedSeries:
        ring, ends = _ring(segment)
        return enclose_series(final(inner, InverseCarrier(ring), k), ends)

    return _precisely(compute, k)  # type: ignore[no-any-return]


Factors = tuple[list[EnclosedSeries], list[EnclosedSeries]]


def _factors(
    method: Method, spans: list[tuple[int, int]], segment: tuple[Number, Number]
) -> list[Factors]:
    """For each (t, s) the certified series of C(λ, μ) = Σ_j W_j(λ)P_j(μ), s ≤ j < t.

    Backwards from z = o: W_j = −z·b_j and z ← zA_j + λW_jc_j; forwards P_j = c_j·(the state at j),
    which all spans share.
    """
    longest = max(t for t, _ in spans)
    needed = {j for t, s in spans for j in range(s, t)}
    if not needed:
        return [([], []) for _ in spans]

    def compute() -> list[Factors]:
        ring, ends = _ring(segment)
        steps = list(islice(method.transitions(ring.number), longest))
        queries = {}
        for j, (_, state) in enumerate(walk(method, ring, longest - 1)):
            if j in needed:
                whole = state or (ring.start,) * len(steps[j].query)
                queries[j] = enclose_series(combine(steps[j].query, whole), ends)
        return [
            (_weights(steps[s:t], ring, ends), [queries[j] for j in range(s, t)]) for t, s in spans
        ]

    return _precisely(compute, longest)  # type: ignore[no-any-return]


def _weights(
    steps: list[Transition[Any]], ring: BallRing, ends: tuple[float, float]
) -> list[EnclosedSeries]:
    """W_j of a run of these steps, the first step's first."""
    if not steps:
        return []
    zero = ring.start * 0
    z = [ring.start * each for each in steps[-1].output]
    weights = []
    for step in reversed(steps):
        weight = zero
        for part, gain in zip(z, step.gain, strict=True):
            weight = weight - part * gain
        fed = ring.gradient(weight)
        z = [
            sum((part * row[i] for part, row in zip(z, step.mixing, strict=True)), fed * c)
            for i, c in enumerate(step.query)
        ]
        weights.append(enclose_series(weight, ends))
    return weights[::-1]


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


def _maximum(
    weights: list[EnclosedSeries], queries: list[EnclosedSeries], tight: bool
) -> TwoVariableMaximum:
    """max over (θ, φ) in [0, π]² of |p|, p = Σ_j W_j(cos θ)P_j(cos φ)."""
    if not weights:
        return TwoVariableMaximum(0.0, 0.0, (0.0, 0.0))
    if len(weights) == 1:  # one step: a product of parts in one variable each
        bound = supremum if tight else grid_bound
        return _product(bound(weights[0]), bound(queries[0]))
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
