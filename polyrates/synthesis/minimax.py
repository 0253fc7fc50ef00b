"""Minimax-optimal unrolling: the residual polynomial with the smallest tight worst case, certified.

V* = min over P(0) = 1, deg P ≤ t and s of max over λ of √(a²A²/s + g²B²/(1 − s)), jointly convex in
(P, s). P ≡ 1 is feasible, so V* ≤ a for every t, and V* never increases with t: no burn-in, ever.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

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
from polyrates.ground.numbers import Number, count, floating, fraction_of, is_exact, number, sign
from polyrates.numeric.minimax.question import MinimaxSolution, Truth
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.numeric.sobolev import weights_from_series
from polyrates.numeric.values import residual_series
from polyrates.problems.sizes import SizePair, joint_sizes
from polyrates.synthesis.minimax_certificate import minimax_certificate
from polyrates.synthesis.optimum import Optimum

__all__ = ["minimax_optimal", "minimax_question", "optimum_of"]


def minimax_optimal(spectrum: Any, t: int, digits: int | None = None, **sizes: Any) -> Optimum:
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
    where, joint, support = minimax_question(spectrum, sizes)
    horizon = count(t, "t")
    precision = None if digits is None else count(digits, "digits", 1)
    optimum = _optimum(where, joint, support, horizon, precision)
    certificate = partial(minimax_certificate, where, joint, horizon, _answer)
    return replace(optimum, build_certificate=certificate)


def _answer(where: Spectrum, joint: SizePair, t: int) -> MinimaxSolution:
    """The solution for the nearest floats."""
    return _solved(_Question.near(where, joint), t)


def _optimum(
    where: Spectrum,
    joint: SizePair,
    support: list[tuple[float, float]],
    horizon: int,
    precision: int | None,
) -> Optimum:
    outer, inner = _Question.around(where, joint)
    if precision is not None:
        ends = [[_fraction(end, precision) for end in piece] for piece in where.support]
        truth = Truth(
            tuple((low, high) for low, high in ends),
            _fraction(joint.first, precision),
            _fraction(joint.second, precision),
        )
        asked = inner if len(inner.support) == len(support) else outer
        return optimum_of(_solved(asked, horizon, precision, truth), where, horizon)
    # on pieces the method is certified on the support itself
    asked = outer if _is_interval(where) else _Question.near(where, joint)
    solution = _solved(asked, horizon)
    optimum = optimum_of(solution, where, horizon)
    if asked != inner:
        # a smaller support, smaller sizes: what they show is true of the question
        below = _solved(inner, horizon) if inner.support else None
        optimum = replace(optimum, lower=0.0 if below is None else min(below.lower, optimum.upper))
        if below is not None:
            small = optimum_of(below, where, horizon)
            optimum = replace(optimum, contact_points=small.contact_points, spectrum=small.spectrum)
    if not _is_interval(where):
        optimum = _recertified(optimum, where, joint, horizon)
    if optimum.upper >= asked.first and optimum.lower < 0.999999 * optimum.upper and inner.support:
        # near V* = a the measure can be hard to find; V* of a longer horizon is no larger
        for longer in (5 * horizon // 4 + 2, 8 * horizon // 5 + 2):
            more = min(_solved(inner, longer).lower, optimum.upper)
            optimum = replace(optimum, lower=max(optimum.lower, more))
            if more >= 0.999999 * optimum.upper:
                break
    return optimum


class _Question(NamedTuple):
    """A minimax problem in floats."""

    support: tuple[tuple[float, float], ...]
    form: Any
    first: float
    second: float

    @classmethod
    def near(cls, where: Spectrum, joint: SizePair) -> _Question:
        """The nearest floats."""
        support = tuple((floating(low), floating(high)) for low, high in where.support)
        return cls(support, joint.form, floating(joint.first), floating(joint.second))

    @classmethod
    def around(cls, where: Spectrum, joint: SizePair) -> tuple[_Question, _Question]:
        """No easier, every number rounded away, and no harder, what rounding empties left out."""
        ends = [(_bracket(low), _bracket(high)) for low, high in where.support]
        first, second = _bracket(joint.first), _bracket(joint.second)
        outer = tuple((low[0], high[1]) for low, high in ends)
        inner = tuple((low[1], high[0]) for low, high in ends if low[1] <= high[0])
        return (
            cls(outer, joint.form, first[1], second[1]),
            cls(inner, joint.form, first[0], second[0]),
        )


def _bracket(value: Number) -> tuple[float, float]:
    """The floats around a number ≥ 0; both the number itself where it is one."""
    near = floating(value)
    if not is_exact(value):
        return near, near
    off = sign(number(Fraction(near)) - value)
    if off == 0:
        return near, near
    below, above = math.nextafter(near, 0.0), math.nextafter(near, math.inf)
    return (near, above) if off == -1 else (below, near)


def _fraction(value: Number, digits: int) -> Fraction:
    """A number as a fraction, an irrational one to far more digits than asked for."""
    if not is_exact(value) or getattr(value, "is_Rational", False):
        return fraction_of(value)
    return Fraction(str(value.evalf(digits + 100)))  # type: ignore[union-attr]


def _solved(
    asked: _Question, t: int, digits: int | None = None, truth: Truth | None = None
) -> MinimaxSolution:
    """The solution, λ in units of a power of two near L: the solver never meets extreme units."""
    low, high = asked.support[0][0], asked.support[-1][1]
    if low > 0 and high / low > 1e250:
        refuse_value(
            "spectrum",
            (low, high),
            "spans more than floats hold",
            "set the smallest eigenvalues to 0",
        )
    power = min(max(math.frexp(high)[1], -1000), 1000)
    # V* does not decrease in the second size, and far beyond the first it is that one
    second = min(asked.second * 2.0 ** (-power / 2) * 2.0 ** (-power / 2), 1e300)
    support = [(math.ldexp(a, -power), math.ldexp(b, -power)) for a, b in asked.support]
    try:
        solution = solve_minimax(
            support,
            t,
            form=asked.form,
            size=asked.first,
            second=second,
            digits=digits,
            truth=truth and truth.scaled(power, 0),
        )
    except (ValueError, np.linalg.LinAlgError) as error:
        remedy = "give digits" if digits is None else "leave digits out: floats give a bracket"
        refuse_value("t, digits", (t, digits), str(error).rstrip("."), remedy)
    unit = 2.0**power
    return replace(
        solution,
        hull=(solution.hull[0] * unit, solution.hull[1] * unit),
        contact_points=solution.contact_points * unit,
        eta=min(solution.eta * unit * unit, sys.float_info.max)
        if solution.eta < math.inf
        else math.inf,
        expansion=solution.expansion and solution.expansion.rescaled(power),
    )


def _is_interval(where: Spectrum) -> bool:
    return len(where.support) == 1 and where.support[0][0] != where.support[0][1]


def _recertified(optimum: Optimum, where: Spectrum, joint: SizePair, t: int) -> Optimum:
    """The bounds of what is returned, as it runs.

    Not every P* survives the rounding of its coefficients. So the worst case of the method itself
    is certified, and beside it that of the product form where it annihilates the support, of P ≡ 1,
    and of the optima of problems nearby where they leave less.
    """

    methods: list[Method] = [optimum.method]
    points = [floating(low) for low, high in where.support if low == high and low != 0]
    if len(points) == len(where.support) and t >= 2 * len(points):
        product = Richardson.leja([*points, *points])
        methods.append(Richardson([*product.step_sizes, *[0.0] * (t - 2 * len(points))]))
    constant = WeightedIterates(Chebyshev(*_hull(where)), [1.0, *[0.0] * t])
    methods.append(constant)
    if optimum.upper == 0 and len(points) > 1:  # zeros may not survive floats
        shorter = len(points) if joint.second == 0 else 2 * len(points) - 1
        if shorter < t:
            methods.append(_padded(where, joint, shorter, t))
    uppers: list[float] = []
    shares: list[float | None] = []

    def certify() -> None:
        for method in methods[len(uppers) :]:
            if isinstance(method, WeightedIterates) and not any(method.weights[1:]):
                found: tuple[float, float | None] = (floating(joint.first), 1.0)  # A = 1, B = 0
            else:
                try:
                    worst = enclose(method, where, Unrolled(), t, joint)
                    found = worst.upper, worst.share
                except PolyratesError:  # its coefficients leave the range of floats
                    found = math.inf, None
            uppers.append(found[0])
            shares.append(found[1])

    certify()
    if min(uppers) > optimum.lower * (1 + 1e-3) and optimum.upper > 0:
        methods += _nearby(where, joint, t)
        certify()
    best = min(range(len(methods)), key=lambda i: uppers[i])
    build = optimum.build_polynomial if best == 0 else partial(_polynomial, methods[best], where, t)
    # where the support can be annihilated V* = 0, whatever floats make of it
    value = 0.0 if optimum.upper == 0 else uppers[best]
    one = methods[best] is constant and joint.second != 0
    return replace(
        optimum,
        method=methods[best],
        value=value,
        upper=uppers[best],
        lower=min(optimum.lower, uppers[best]),
        build_polynomial=build,
        share=optimum.share if best == 0 else shares[best],
        eta=optimum.eta if best == 0 else (math.inf if one else None),
    )


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
    questions: list[tuple[Spectrum, Any]] = []
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
            near = _Question.near(nearby, joint)._replace(second=floating(size))
            solution = _solved(near, t)
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
    spectrum: Any, sizes: dict[str, Any]
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


def _series(coefficients: Any, ell: float, L: float) -> ChebyshevSeries:
    return ChebyshevSeries(np.array([float(c) for c in coefficients]), domain=[ell, L])
