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

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

import flint
import numpy as np

from polyrates.core.estimators import Estimator, Implicit, as_estimator
from polyrates.core.recurrence import Method, as_method, check_steps, orbit, walk
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.core.transition import Transition, combine
from polyrates.ground.arrays import Array
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.suprema.balls import (
    UNIT,
    UP,
    BallRing,
    EnclosedSeries,
    Maximum,
    TooCoarse,
    enclose_series,
    enclosed_pairs,
    enclosed_values,
)
from polyrates.numeric.suprema.supremum import supremum
from polyrates.numeric.suprema.two_series import (
    TwoVariableMaximum,
    product_maximum,
    two_series_maximum,
)

T = TypeVar("T")

__all__ = ["frobenius_bound", "multiplier_bounds", "multiplier_maximum"]


def frobenius_bound(
    method: Method, estimator: Estimator, t: int, spectrum: object
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
    if not estimator.exact_solve:
        for segment in where.segments:
            part = enclosed_pairs(method, estimator, t, segment, only=t)[0]["residual"]
            residual = max(residual, supremum(part).upper)
        for point in where.isolated:
            value = enclosed_values(method, estimator, t, point, only=t)[0]["residual"]
            residual = max(residual, value.upper)
    return residual, multiplier_maximum(method, estimator, t, where).upper, "certified"


def multiplier_maximum(
    method: Method, estimator: Estimator, t: int, spectrum: object
) -> TwoVariableMaximum:
    """The enclosure of M = max |C(λ, μ)| over the square of the hull at t."""
    segment = _hull(as_spectrum(spectrum))
    t = check_steps(as_method(method), t, "t")
    as_estimator(estimator)
    if _is_cut(estimator, [t]):
        return two_series_maximum(
            *_factors(method, [(t, estimator.reset_at(t))], segment)[0], tight=True
        )
    return _by_parts(method, estimator, [t], segment, tight=True)[0]


def multiplier_bounds(
    method: Method, estimator: Estimator, steps: int, segment: tuple[Number, Number]
) -> Array:
    """Upper bounds of M at t = 0, …, steps on one grid each, at most 4 % above; (steps+1,)."""
    steps = check_steps(as_method(method), steps)
    if _is_cut(estimator, range(steps + 1)):
        spans = [(t, estimator.reset_at(t)) for t in range(steps + 1)]
        found = [
            two_series_maximum(*each, tight=False) for each in _factors(method, spans, segment)
        ]
    else:
        found = _by_parts(method, estimator, list(range(steps + 1)), segment, tight=False)
    return np.array([each.upper for each in found])


def _is_cut(estimator: Estimator, wanted: Iterable[int]) -> bool:
    """Whether tangents are run, and not from the start: then C is no divided difference of P."""
    return estimator.solve is None and any(estimator.reset_at(t) != 0 for t in wanted)


def _hull(spectrum: Spectrum) -> tuple[Number, Number]:
    """The hull; a point becomes the sliver of floats around it."""
    low, high = spectrum.hull
    if low != high:
        return low, high
    value = float(low)
    return float(np.nextafter(value, 0.0)), float(np.nextafter(value, np.inf))


def _by_parts(
    method: Method,
    estimator: Estimator,
    wanted: list[int],
    segment: tuple[Number, Number],
    tight: bool,
) -> list[TwoVariableMaximum]:
    """The estimators whose maximum is made of maxima in one variable."""
    solve = estimator.solve
    if solve is None:
        if len(wanted) == 1:
            pairs = enclosed_pairs(method, estimator, wanted[0], segment, only=wanted[0])
        else:
            pairs = enclosed_pairs(method, estimator, wanted[-1], segment)
        return [_diagonal(supremum(parts["drift"], tight=tight)) for parts in pairs]
    outer = [supremum(series, tight=tight) for series in _residuals(method, wanted, segment)]
    if solve.inner is None:
        low = float((ball(segment[0]) + ball(solve.damping)).lower())
        if not low > 0:
            refuse_value("spectrum", low, "an exact solve needs eigenvalues > 0", "give ell > 0")
        low = float(np.nextafter(low, 0.0))
        return [
            TwoVariableMaximum(
                each.lower / low * (1 - 8 * UNIT),
                each.upper / low * UP,
                (float(segment[0]), each.point),
            )
            for each in outer
        ]
    inner = supremum(_solved(solve, segment), tight=tight)
    return [product_maximum(inner, each) for each in outer]


def _diagonal(best: Maximum) -> TwoVariableMaximum:
    return TwoVariableMaximum(best.lower, best.upper, (best.point, best.point))


def _precisely(compute: Callable[[], T], degree: int) -> T:
    """A computation in balls, repeated at twice the precision until its results fit in floats."""
    precision = 80 + 4 * degree
    for _ in range(6):
        try:
            with ball_bits(precision):
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

    return _precisely(compute, wanted[-1])


def _solved(estimator: Implicit, segment: tuple[Number, Number]) -> EnclosedSeries:
    """(Q_k − 1)/λ."""

    def compute() -> EnclosedSeries:
        ring, ends = _ring(segment)
        return enclose_series(estimator.undone(ring), ends)

    return _precisely(compute, estimator.degree(0))


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

    return _precisely(compute, longest)


def _weights(
    steps: list[Transition[flint.arb]], ring: BallRing, ends: tuple[float, float]
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
