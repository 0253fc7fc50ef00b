"""The tight joint worst case of a Jacobian estimate, and the problem that attains it.

Over all H with spectrum in the support (any dimension ≥ 2), all ‖E‖ ≤ a and all ‖G‖ ≤ g, with
A = R − λC and B = C, the largest error is exactly

    V = min over s in [0, 1] of max over λ of √(a²A(λ)²/s + g²B(λ)²/(1 − s)),    0/0 = 0

(S-lemma; one or two eigenvalues attain it). The same with A = R, ‖E‖ ≤ a, ‖D‖ ≤ d. The sum of the
two maxima is an upper bound, equal to V when both are attained at one λ; the single maximum of
a|A| + g|B| is no bound in general.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy

from polyrates.analysis.rate_part import RatePart
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.parts import Part
from polyrates.core.recurrence import Method, check_steps
from polyrates.core.spectra import Interval, Spectrum
from polyrates.ground.late import late
from polyrates.ground.numbers import Number, floating, is_exact, is_rounded, is_symbolic
from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum, enclosed_pairs, enclosed_values
from polyrates.numeric.suprema.joint import WorstCase, joint_worst_case_of, method_pieces
from polyrates.numeric.suprema.series import weighted_supremum
from polyrates.numeric.suprema.two_variable import frobenius_bound
from polyrates.problems.sizes import SizePair, joint_sizes
from polyrates.symbolic.evaluate import exact_pair_at

Weight = Callable[[np.ndarray], np.ndarray]

__all__ = ["WorstCase", "enclose", "hull_of", "worst_case"]

optimize = late("scipy.optimize")


def worst_case(
    method: Method, where: Spectrum, estimator: Estimator, t: int, **sizes: object
) -> Number:
    """The tight joint worst case at t: exact where recognized, else a certified upper bound.

    Exact parameters, and both suprema proved and attained at one end of the hull: then the value is
    a·max|A| + g·max|B|, an exact number. Otherwise the float upper end of :func:`enclose`.

    Parameters
    ----------
    t : int ≥ 0
    initial, cross : numbers ≥ 0
        ‖E‖ and ‖G‖; or
    residual, drift : numbers ≥ 0
        ‖E‖ and ‖D‖; or
    residual, hessian : numbers ≥ 0
        ‖E‖ and ‖∂H‖_F‖x_0 − x*‖: the bound that needs no commutation, in Frobenius norm.
    """
    t = check_steps(method, t, "t")
    joint = joint_sizes(sizes, hessian=True)
    if joint.form == "residual/hessian":
        return _frobenius(method, where, estimator, t, joint)
    exact = _recognized(method, where, estimator, t, joint)
    return enclose(method, where, estimator, t, joint).upper if exact is None else exact


def _frobenius(
    method: Method, where: Spectrum, estimator: Estimator, t: int, joint: SizePair
) -> Number:
    """max|R| ‖E‖ + M ‖∂H‖_F‖x_0 − x*‖, M the maximum of the two-variable multiplier."""
    if type(estimator) is Unrolled:
        # divided differences are means of P′ over what lies between: the hull counts, not the gaps
        hull = hull_of(where)
        parts = [RatePart(kind, method, hull, estimator) for kind in ("residual", "drift")]
        residual, drift = (part(t) for part in parts)
        if all(map(is_exact, (residual, drift, joint.first, joint.second))):
            return residual * joint.first + drift * joint.second
        bounds = parts[0].enclosure(t)[1], parts[1].enclosure(t)[1]
    else:
        bounds = frobenius_bound(method, estimator, t, where)[:2]
    total = bounds[0] * floating(joint.first) + bounds[1] * floating(joint.second)
    return total * (1 + 4 * 2.0**-53)


def hull_of(spectrum: Spectrum) -> Spectrum:
    """The hull as a spectrum of its own."""
    low, high = spectrum.hull
    return Interval(low, high) if low != high else spectrum  # a point: no gaps to fill


def _recognized(
    method: Method, where: Spectrum, estimator: Estimator, t: int, joint: SizePair
) -> Number | None:
    """a·max|A| + g·max|B| where both maxima are proved and meet at one end of the hull."""
    kind: Part = "initial" if joint.form == "initial/cross" else "residual"
    first = RatePart(kind, method, where, estimator)
    second = RatePart("drift", method, where, estimator)
    numbers = (*method.parameters, *where.hull, joint.first, joint.second)
    if "certified" in (first.status, second.status):
        return None
    if any(is_symbolic(value) or not is_exact(value) for value in numbers):
        return None
    tops = first(t), second(t)
    for end in where.hull:
        P, slope = exact_pair_at(method, t, end)
        A = P - end * slope if joint.form == "initial/cross" else P
        if _same(abs(A), tops[0]) and _same(abs(slope), tops[1]):
            return joint.first * tops[0] + joint.second * tops[1]
    return None


def _same(a: sympy.Expr, b: sympy.Expr) -> bool:
    if a == b:
        return True
    if isinstance(a, sympy.Rational) and isinstance(b, sympy.Rational):
        return False
    return bool(sympy.expand(a - b) == 0)


def enclose(
    method: Method, where: Spectrum, estimator: Estimator, t: int, joint: SizePair
) -> WorstCase:
    """The certified enclosure of V, with its share and its least favourable mixture."""
    first, second = floating(joint.first), floating(joint.second)
    kind = "initial" if joint.form == "initial/cross" else "residual"
    if estimator.exact_solve:
        return _divided(method, where, estimator, t, kind, first, second)
    pieces = method_pieces(method, t, where.support, kind == "initial", estimator)
    found = joint_worst_case_of(pieces, first, second)
    slip = 2.0**-52 if is_rounded(joint.first) or is_rounded(joint.second) else 0.0
    return replace(found, lower=found.lower * (1 - slip), upper=found.upper * (1 + slip))


def _divided(
    method: Method, where: Spectrum, estimator: Estimator, t: int, kind: str, a: float, g: float
) -> WorstCase:
    """Exact implicit solve, B = −P/λ: the profile is |P| times a decreasing weight in λ."""
    series: list[EnclosedSeries] = []
    points: list[Maximum] = []
    for low, high in where.support:
        if low == high:
            found = enclosed_values(method, estimator, t, low, only=t)
            points.append(found[0]["initial"])
        else:
            ends = (low, high)
            pairs = enclosed_pairs(method, estimator, t, ends, only=t)
            series.append(pairs[0]["initial"])

    def supremum(weight: Weight, tolerance: float = 1e-10) -> Maximum:
        """Of weight · |P| over the support."""
        tops = [weighted_supremum(part, weight, tolerance) for part in series]
        for part in points:
            factor = float(weight(np.array([part.point]))[0])
            slip = 8 * 2.0**-53
            tops.append(
                Maximum(
                    part.lower * factor * (1 - slip), part.upper * factor * (1 + slip), part.point
                )
            )
        best = max(tops, key=lambda top: top.lower)
        return Maximum(best.lower, max(top.upper for top in tops), best.point)

    if kind == "residual" or a == 0.0 or g == 0.0:  # R = 0 in residual/drift
        size = 0.0 if kind == "residual" else a
        best = supremum(lambda x: size + g / x)
        share = float(kind != "residual" and g == 0.0)
        return WorstCase(best.lower, best.upper, share, np.array([best.point]), np.ones(1))

    def weight(s: float) -> Weight:
        first, second = a / np.sqrt(s), g / np.sqrt(1 - s)
        return lambda x: np.hypot(first, second / x)

    chosen = optimize.minimize_scalar(
        lambda s: supremum(weight(s), 1e-6).upper,
        bounds=(1e-9, 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-10},
    )
    best = supremum(weight(float(chosen.x)))
    one = supremum(lambda x: a + g / x)  # a single eigenvalue: a lower bound for V
    return WorstCase(one.lower, best.upper, float(chosen.x), np.array([one.point]), np.ones(1))
