"""Minimax-optimal unrolling: the residual polynomial with the smallest tight worst case, certified.

V* = min over P(0) = 1, deg P ≤ t and s of max over λ of √(a²A²/s + g²B²/(1 − s)), jointly convex in
(P, s). P ≡ 1 is feasible, so V* ≤ a for every t, and V* never increases with t: no burn-in, ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
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
from polyrates.core.methods.tabulated import Richardson, Tabulated, WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum, Union, as_spectrum
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.numeric.minimax.question import MinimaxSolution, Truth
from polyrates.numeric.sobolev import weights_from_series
from polyrates.numeric.values import residual_series
from polyrates.problems.sizes import SizePair, joint_sizes
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
        (the first being positive): proved.
        On a support with gaps the weights are on the iterates of a table made for it (orthogonal
        polynomials of the support, after a double step for every isolated point): between the
        pieces P* is large, and the Chebyshev coefficients of ``.polynomial`` on the hull cancel on
        them. The upper end is that of the method with its float coefficients. It can stay away from
        the lower one beside isolated points, and on unions for ``cross=0``, where floats cannot
        hold P*; ``digits`` closes that for the mpmath polynomial where it succeeds.
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
        optimum = _recertified(optimum, where, joint, horizon)
    if optimum.upper >= asked.first and inner.support:
        optimum = _raised(optimum, inner, horizon)
    return optimum


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


def _recertified(optimum: Optimum, where: Spectrum, joint: SizePair, t: int) -> Optimum:
    """The bounds of what is returned, as it runs.

    Not every P* survives the rounding of its coefficients. So the worst case of the method itself
    is certified, and beside it that of the product form where it annihilates the support, of P ≡ 1,
    and of the optima of problems nearby where they leave less.
    """

    candidates = [_certified(optimum.method, where, joint, t)]
    points = [floating(low) for low, high in where.support if low == high and low != 0]
    if len(points) == len(where.support) and t >= 2 * len(points):
        product = Richardson.leja([*points, *points])
        still = [0.0] * (t - 2 * len(points))
        candidates.append(_certified(Richardson([*product.step_sizes, *still]), where, joint, t))
    constant = WeightedIterates(Chebyshev(*_hull(where)), [1.0, *[0.0] * t])
    candidates.append(
        _Candidate(constant, FloatQuestion.around(where, joint)[0].first, 1.0)
    )  # A = 1, B = 0
    if optimum.upper == 0 and len(points) > 1:  # zeros may not survive floats
        shorter = len(points) if joint.second == 0 else 2 * len(points) - 1
        if shorter < t:
            candidates.append(_certified(_padded(where, joint, shorter, t), where, joint, t))
    if min(c.upper for c in candidates) > optimum.lower * (1 + _LOOSE) and optimum.upper > 0:
        candidates += [_certified(each, where, joint, t) for each in _nearby(where, joint, t)]
    best = min(candidates, key=lambda candidate: candidate.upper)
    own = best is candidates[0]
    one = best.method is constant and joint.second != 0
    return replace(
        optimum,
        method=best.method,
        # where the support can be annihilated V* = 0, whatever floats make of it
        value=0.0 if optimum.upper == 0 else best.upper,
        upper=best.upper,
        lower=min(optimum.lower, best.upper),
        build_polynomial=(
            optimum.build_polynomial if own else partial(_polynomial, best.method, where, t)
        ),
        share=optimum.share if own else best.share,
        eta=optimum.eta if own else (math.inf if one else None),
    )


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


# The upper end may stay this far above the lower one before problems nearby are asked.
_LOOSE = 1e-3
# Relative half widths given to isolated points, and cross over initial in units of L given to 0.
_WIDTHS = (1e-14, 1e-7)
_CROSSES = (1e-12, 1e-4)


def _nearby(where: Spectrum, joint: SizePair, t: int) -> list[Method]:
    """Optima of problems whose values are no smaller, and whose polynomials floats hold better.

    Points widened to intervals: a double root at a point is lost by rounding the point. A little
    weight for P' where it has none: on a support with gaps P is then no more free to be any cλ on
    every piece.
    """
    support = [(floating(low), floating(high)) for low, high in where.support]
    questions: list[tuple[Spectrum, Number]] = []
    alone = [low == high for low, high in support]
    if all(alone):
        return []
    if any(alone) and support[0][0] > 0:
        for width in _WIDTHS:
            wide = [(p * (1 - width), q * (1 + width)) if p == q else (p, q) for p, q in support]
            questions.append((Union(wide), joint.second))
    if joint.second == 0 and joint.form == "initial/cross" and joint.first != 0:
        for weight in _CROSSES:
            questions.append((where, weight * support[-1][1] * floating(joint.first)))
    methods: list[Method] = []
    for nearby, size in questions:
        try:
            near = FloatQuestion.near(nearby, joint)._replace(second=floating(size))
            solution = solved(near, t)
        except PolyratesError:
            continue
        if solution.expansion is not None:
            methods.append(solution.expansion.method)
    return methods


def _padded(where: Spectrum, joint: SizePair, shorter: int, t: int) -> Method:
    """The optimum of a shorter horizon, run to t without moving."""
    method = minimax_optimal(where, shorter, None, **joint.arguments).method
    if isinstance(method, WeightedIterates):
        still = [0.0] * (t - shorter)
        base = method.base
        if isinstance(base, Tabulated):
            base = Tabulated([*base.step_sizes, *still], [*base.momenta, *still])
        return WeightedIterates(base, [*method.weights, *still])
    assert isinstance(method, Richardson)
    return Richardson([*method.step_sizes, *[0.0] * (t - shorter)])


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
