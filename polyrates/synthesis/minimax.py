"""Minimax-optimal unrolling: the residual polynomial with the smallest tight worst case, certified.

V* = min over P(0) = 1, deg P ≤ t and s of max over λ of √(a²A²/s + g²B²/(1 − s)), jointly convex in
(P, s). P ≡ 1 is feasible, so V* ≤ a for every t, and V* never increases with t: no burn-in, ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.analysis.worst_case import enclose
from polyrates.core.estimators import Unrolled
from polyrates.core.measures.empirical import Empirical
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.numeric.minimax.question import MinimaxSolution, Truth
from polyrates.numeric.minimax.restated import Restated
from polyrates.numeric.sobolev import weights_from_series
from polyrates.numeric.values import residual_series
from polyrates.problems.sizes import SizePair, joint_sizes
from polyrates.synthesis.annihilating import annihilating
from polyrates.synthesis.float_question import FloatQuestion, as_fraction, solved
from polyrates.synthesis.minimax_certificate import minimax_certificate
from polyrates.synthesis.minimax_lipschitz import least_off_quadratics
from polyrates.synthesis.optimum import Optimum

__all__ = ["minimax_optimal", "minimax_question", "optimum_of"]


def minimax_optimal(
    spectrum: object, t: int, digits: int | None = None, **sizes: object
) -> Optimum:
    """The polynomial of degree ≤ t with the smallest worst Jacobian error over a support.

    Parameters
    ----------
    spectrum : Spectrum
        Its support counts: an interval, a union, points.
    t : int ≥ 0
        The horizon.
    initial, cross (or residual, drift) : numbers ≥ 0
        ‖E‖ ≤ a and ‖G‖ ≤ g (or ‖D‖ ≤ d).
    digits : int, optional
        Precision beyond floats, with mpmath numbers as results.
    hessian_lipschitz, cross_lipschitz, distance, residual : numbers ≥ 0
        M, c, ‖x_0 − x*‖ and ‖E_0‖ of :func:`polyrates.majorant`, in place of the sizes: the best
        weights found for functions that are not quadratic, never above ‖E_0‖
        (:mod:`polyrates.synthesis.minimax_lipschitz`). ``lower`` holds for every method with fixed
        coefficients; the distance to ``upper`` does not close for M > 0.

    Returns
    -------
    Optimum
        ``lower ≤ V* ≤ upper``, certified: the lower end by weak duality from the least favourable
        spectrum ω* (``.spectrum``, an Empirical on ``.contact_points``), the upper end a rigorous
        maximum of the profile of ``.method``, whose residual polynomial, rounded to floats, is
        ``.polynomial`` (a numpy Chebyshev series). Exact numbers that are no floats are rounded
        away for the upper end and inwards for the lower one; ``digits`` takes them as they are.
        ``.value`` is the upper end, or 0 where the degree suffices to
        annihilate a finite support. ``.method`` runs it: weights on
        Chebyshev's iterates, horizon t. ``.share`` is s and ``.eta`` the weight for which P* also
        minimizes the mean of A² + ηB² over ω*: in residual/drift, the Sobolev optimum of ω*. On an
        interval with ℓ > 0 ω* tends to √(ℓL)/(πλ√((λ−ℓ)(L−λ))) dλ as t grows, whatever the sizes
        (the first being positive): argued.
        On a support with gaps the weights are on the iterates of a table made for it (orthogonal
        polynomials of the support): between the pieces P* is large, and the Chebyshev coefficients
        of ``.polynomial`` on the hull cancel on them. Where rounding would cost more than 1e-9 of
        V* (beside isolated points, and for ``cross=0``) the coefficients of ``.method`` are exact
        numbers, and the upper end is that of those. An isolated point p whose weight in ω* is below
        1e-10 has a double zero of P*: a run in floats amplifies its rounding there by what P* grows
        to beside p, so far outliers are better given the width to which they are known.
        For ``cross=0`` P is unique up to cλ only; the P with the smallest max|P′| is returned.
        Where V* = a, P* ≡ 1: no method helps at this horizon.
        ``.certificate.save(path)`` writes exact numbers that prove a bracket of V* anew.

    Examples
    --------
    >>> import polyrates as pr
    >>> where = pr.Interval(1, 100)
    >>> best = pr.minimax_optimal(where, t=40, initial=1, cross=1)
    >>> print(best.status, f"{best.lower:.9f} <= {best.upper:.9f}")
    certified 0.016888313 <= 0.016888313

    Chebyshev's method is 126 times worse at that step, not yet as good as the start, 1:

    >>> chebyshev = pr.rate(pr.Chebyshev(1, 100), where).worst_case(40, initial=1, cross=1)
    >>> print(f"{float(chebyshev):.4f}, {float(chebyshev) / best.upper:.0f} times")
    2.1317, 126 times

    Where the spectrum has a gap less is possible, and the method is one like any other:

    >>> gap = pr.Union([(1, 10), (90, 100)])
    >>> best = pr.minimax_optimal(gap, t=40, initial=1, cross=1)
    >>> runs = pr.rate(best.method, gap).worst_case(40, initial=1, cross=1)
    >>> print(f"{best.upper:.3e} {runs:.3e}")
    1.677e-04 1.677e-04
    """
    if "hessian_lipschitz" in sizes:
        if digits is not None:
            refuse_value("digits", digits, "has no place off quadratics", "leave it out")
        return least_off_quadratics(as_spectrum(spectrum), count(t, "t"), sizes, minimax_optimal)
    where, joint, support = minimax_question(spectrum, sizes)
    horizon = count(t, "t")
    precision = None if digits is None else count(digits, "digits", 1)
    optimum = _optimum(where, joint, support, horizon, precision)
    certificate = partial(minimax_certificate, where, joint, horizon, _answer)
    return replace(optimum, build_certificate=certificate, form=joint.form)


def _answer(where: Spectrum, joint: SizePair, t: int) -> MinimaxSolution:
    """The solution for the nearest floats."""
    return solved(FloatQuestion.near(where, joint), t)


def _optimum(
    where: Spectrum,
    joint: SizePair,
    support: list[tuple[float, float]],
    horizon: int,
    precision: int | None,
) -> Optimum:
    outer, inner = FloatQuestion.around(where, joint)
    if precision is not None:
        ends = [[as_fraction(end, precision) for end in piece] for piece in where.support]
        truth = Truth(
            tuple((low, high) for low, high in ends),
            as_fraction(joint.first, precision),
            as_fraction(joint.second, precision),
        )
        asked = inner if len(inner.support) == len(support) else outer
        return optimum_of(solved(asked, horizon, precision, truth), where, horizon)
    # on pieces the method is certified on the support itself
    asked = outer if _is_interval(where) else FloatQuestion.near(where, joint)
    solution = solved(asked, horizon)
    optimum = optimum_of(solution, where, horizon)
    if asked != inner:
        # a smaller support, smaller sizes: what they show is true of the question
        below = solved(inner, horizon) if inner.support else None
        optimum = replace(optimum, lower=0.0 if below is None else min(below.lower, optimum.upper))
        if below is not None:
            small = optimum_of(below, where, horizon)
            optimum = replace(optimum, contact_points=small.contact_points, spectrum=small.spectrum)
    if not _is_interval(where):
        optimum = _recertified(optimum, solution, where, joint, horizon)
    if len(inner.support) < len(support) and optimum.lower < optimum.upper * (1 - _CLOSE):
        optimum = _proved(optimum, where, joint, horizon)
    if optimum.upper >= asked.first and inner.support:
        optimum = _raised(optimum, inner, horizon)
    return optimum


def _proved(optimum: Optimum, where: Spectrum, joint: SizePair, t: int) -> Optimum:
    """Points that are no floats are no part of the inner question: their proof is in fractions."""
    numbers = [end for piece in where.support for end in piece] + [joint.first, joint.second]
    if not all(isinstance(x, float) or getattr(x, "is_Rational", False) for x in numbers):
        return optimum  # the proof would be for numbers nearby
    found = Fraction(minimax_certificate(where, joint, t, _answer).lower)
    lower = min(math.nextafter(float(found), 0.0), optimum.upper)
    return replace(optimum, lower=max(optimum.lower, lower))


# P ≡ 1 is taken as optimal once the bracket is this narrow.
_CLOSED = 1 - 1e-6
# Longer horizons, over the one asked for, whose values bound V* from below: near the horizon at
# which V* leaves a the measure that proves V* = a is nearly singular, and well before it is not.
_LONGER = (Fraction(5, 4), Fraction(8, 5))


def _raised(optimum: Optimum, inner: FloatQuestion, t: int) -> Optimum:
    """V* of a longer horizon is no larger: its lower bound counts where V* may be a."""
    for factor in _LONGER:
        if optimum.lower >= _CLOSED * optimum.upper:
            break
        more = min(solved(inner, math.floor(factor * t) + 2).lower, optimum.upper)
        optimum = replace(optimum, lower=max(optimum.lower, more))
    return optimum


def _is_interval(where: Spectrum) -> bool:
    return len(where.support) == 1 and where.support[0][0] != where.support[0][1]


def _recertified(
    optimum: Optimum, solution: MinimaxSolution, where: Spectrum, joint: SizePair, t: int
) -> Optimum:
    """The bounds of what is returned, as it runs.

    Not every P* survives the rounding of its coefficients. Where it does the method has floats;
    else exact numbers. What it leaves is certified on the support itself.
    """
    if optimum.upper == 0:
        product = annihilating(where, joint, t)
        if product is not None:
            return replace(
                optimum,
                method=product,
                value=0.0,
                build_polynomial=partial(_polynomial, product, where, t),
            )
    constant = WeightedIterates(Chebyshev(*_hull(where)), [1.0, *[0.0] * t])
    candidates = [_certified(constant, where, joint, t)]
    for method in _methods(optimum, solution, where):
        candidates.append(_certified(method, where, joint, t))
        if candidates[-1].upper <= optimum.lower * (1 + _CLOSE):
            break
    best = min(candidates, key=lambda candidate: candidate.upper)
    one = best is candidates[0]
    return replace(
        optimum,
        method=best.method,
        # where the support can be annihilated V* = 0, whatever floats make of it
        value=0.0 if optimum.upper == 0 else best.upper,
        upper=best.upper,
        lower=min(optimum.lower, best.upper),
        build_polynomial=(
            partial(_polynomial, best.method, where, t) if one else optimum.build_polynomial
        ),
        share=best.share if one else optimum.share,
        eta=(math.inf if joint.second != 0 else None) if one else optimum.eta,
    )


# The worst case of a method in floats may stay this far above V*; else it gets exact numbers.
_CLOSE = 1e-9


def _methods(optimum: Optimum, solution: MinimaxSolution, where: Spectrum) -> Iterator[Method]:
    """What has the residual polynomial P*: floats as far as they hold it, then exact numbers."""
    if solution.expansion is None:
        yield optimum.method
        return
    alone = [low for low, high in where.support if low == high]
    if len(alone) == len(where.support):
        yield optimum.method
    support = [(floating(low), floating(high)) for low, high in where.support]
    restated = Restated(solution.expansion, support, alone)
    yield restated.floats()
    yield restated.exact()


class _Candidate(NamedTuple):
    """A method and its certified worst case; the share is None where there is none."""

    method: Method
    upper: float
    share: float | None


def _certified(method: Method, where: Spectrum, joint: SizePair, t: int) -> _Candidate:
    """The worst case of a method as it runs; P ≡ 1 needs no enclosure."""
    if isinstance(method, WeightedIterates) and not any(method.weights[1:]):
        return _Candidate(method, FloatQuestion.around(where, joint)[0].first, 1.0)
    try:
        worst = enclose(method, where, Unrolled(), t, joint)
    except PolyratesError:  # its coefficients leave the range of floats
        return _Candidate(method, math.inf, None)
    return _Candidate(method, worst.upper, worst.share)


def _hull(where: Spectrum) -> tuple[float, float]:
    """The hull; for a single point p, [p/2, 3p/2], on which polynomials are written."""
    low, high = (floating(end) for end in where.hull)
    if low == high:
        return (low / 2, 1.5 * low) if low > 0 else (0.0, 1.0)
    return low, high


def _polynomial(method: Method, where: Spectrum, t: int) -> ChebyshevSeries:
    return residual_series(method, t, _hull(where))


def minimax_question(
    spectrum: object, sizes: dict[str, object]
) -> tuple[Spectrum, SizePair, list[tuple[float, float]]]:
    """The spectrum, the one pair of sizes, and the support in floats."""
    where = as_spectrum(spectrum)
    joint = joint_sizes(sizes)
    support = [(floating(low, "ell"), floating(high, "L")) for low, high in where.support]
    return where, joint, support


def optimum_of(solution: MinimaxSolution, where: Spectrum, t: int) -> Optimum:
    """A solver's answer as an Optimum with a runnable method."""
    ell, L = (float(end) for end in solution.hull)
    if solution.iterates is not None:
        method = WeightedIterates(Chebyshev(ell, L), solution.iterates.tolist())
    elif solution.expansion is None:
        method = WeightedIterates(
            Chebyshev(ell, L), weights_from_series(solution.coefficients, ell, L)
        )
    else:
        method = solution.expansion.method
    points = np.array(solution.contact_points, dtype=float)
    weights = np.array(solution.weights, dtype=float)
    spectrum = Empirical(points, weights) if len(points) and weights.sum() > 0 else where
    return Optimum(
        spectrum,
        t,
        solution.upper,
        solution.lower,
        solution.upper,
        "certified",
        method,
        contact_points=tuple(points.tolist()),
        share=solution.share,
        eta=solution.eta,
        build_polynomial=partial(_series, solution.coefficients, ell, L),
    )


def _series(coefficients: Iterable[Number], ell: float, L: float) -> ChebyshevSeries:
    return ChebyshevSeries(np.array([float(c) for c in coefficients]), domain=[ell, L])
