"""The tight joint worst case of a Jacobian estimate, and the problem that attains it.

Over all H with spectrum in the support (any dimension ≥ 2), all ‖E‖ ≤ a and all ‖G‖ ≤ g, with
A = R − λC and B = C, the largest error is exactly

    V = min over s in [0, 1] of max over λ of √(a²A(λ)²/s + g²B(λ)²/(1 − s)),    0/0 = 0

(S-lemma; one or two eigenvalues attain it). The same with A = R, ‖E‖ ≤ a, ‖D‖ ≤ d. The sum of the
two maxima is an upper bound, equal to V when both are attained at one λ; the single maximum of
a|A| + g|B| is no bound in general.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from scipy.optimize import minimize_scalar

from polyrates.errors import refuse_type
from polyrates.estimators import Estimator, Implicit, Unrolled
from polyrates.numbers import floating, is_exact, is_rounded, is_symbolic, nonnegative
from polyrates.numeric.enclosures import (
    EnclosedSeries,
    Maximum,
    enclosed_pairs,
    enclosed_values,
    weighted_supremum,
)
from polyrates.numeric.minimax import joint_worst_case_of, method_pieces
from polyrates.numeric.problems import Quadratic
from polyrates.numeric.ring import ValueRing
from polyrates.recurrence import Method, check_steps
from polyrates.sizes import Form, SizePair
from polyrates.spectra import Interval, Spectrum, Union
from polyrates.symbolic.evaluate import exact_pair_at

if TYPE_CHECKING:
    from polyrates.rates import Rate

__all__ = ["WorstCase", "enclose", "joint_sizes", "worst_case", "worst_case_problem"]

_FORMS: dict[tuple[str, str], Form] = {
    ("initial", "cross"): "initial/cross",
    ("residual", "drift"): "residual/drift",
    ("residual", "hessian"): "residual/hessian",
}


def joint_sizes(sizes: dict[str, Any], *, hessian: bool = False) -> SizePair:
    """The two sizes of a worst case, from keyword arguments."""
    given = {name: value for name, value in sizes.items() if value is not None}
    for (first, second), form in _FORMS.items():
        if set(given) == {first, second} and (hessian or form != "residual/hessian"):
            return SizePair(
                form, nonnegative(given[first], first), nonnegative(given[second], second)
            )
    known = ("initial", "cross", "residual", "drift", *(("hessian",) if hessian else ()))
    unknown = [name for name in given if name not in known]
    if unknown:
        refuse_type(
            unknown[0], given[unknown[0]], "is no size", f"the sizes are {', '.join(known)}"
        )
    refuse_type(
        ", ".join(given) or "sizes", given or "nothing",
        "two sizes of one form are needed",
        "give initial=‖E‖ and cross=‖G‖, or residual=‖E‖ and drift=‖D‖"
        + (", or residual=‖E‖ and hessian=‖∂H‖_F‖x_0 − x*‖" if hessian else ""),
    )  # fmt: skip


@dataclass(frozen=True)
class WorstCase:
    """lower ≤ V ≤ upper, certified, and the mixture of eigenvalues that attains ``lower``.

    Attributes
    ----------
    lower, upper : float
    share : float
        The optimal s.
    points, weights : arrays (1,) or (2,)
        Eigenvalues and their weights.
    """

    lower: float
    upper: float
    share: float
    points: np.ndarray
    weights: np.ndarray


def worst_case(rate: Rate, t: int, **sizes: Any) -> Any:
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
    t = check_steps(rate.method, t, "t")
    joint = joint_sizes(sizes, hessian=True)
    if joint.form == "residual/hessian":
        return _frobenius(rate, t, joint)
    exact = _recognized(rate, t, joint)
    return enclose(rate, t, joint).upper if exact is None else exact


def _frobenius(rate: Rate, t: int, joint: SizePair) -> Any:
    """max|R| ‖E‖ + M ‖∂H‖_F‖x_0 − x*‖, M the maximum of the two-variable multiplier."""
    if isinstance(rate.estimator, Unrolled):
        # divided differences are means of P′ over what lies between: the hull counts, not the gaps
        rate = replace(rate, spectrum=_hull_of(rate.spectrum))
        residual, drift = rate.residual(t), rate.drift(t)
        if all(map(is_exact, (residual, drift, joint.first, joint.second))):
            return residual * joint.first + drift * joint.second
        bounds = rate.residual.enclosure(t)[1], rate.drift.enclosure(t)[1]
    else:
        from polyrates.numeric.two_variable import frobenius_bound

        bounds = frobenius_bound(rate.method, rate.estimator, t, rate.spectrum)[:2]
    total = bounds[0] * floating(joint.first) + bounds[1] * floating(joint.second)
    return total * (1 + 4 * 2.0**-53)


def _hull_of(spectrum: Spectrum) -> Spectrum:
    low, high = spectrum.hull
    return Interval(low, high) if low != high else Union([(low, high)])


def _recognized(rate: Rate, t: int, joint: SizePair) -> Any:
    """a·max|A| + g·max|B| where both maxima are proved and meet at one end of the hull."""
    first = rate.initial if joint.form == "initial/cross" else rate.residual
    second = rate.drift
    numbers = (*rate.method.parameters, *rate.spectrum.hull, joint.first, joint.second)
    if first.status != "proved" or second.status != "proved":
        return None
    if any(is_symbolic(value) or not is_exact(value) for value in numbers):
        return None
    tops = first(t), second(t)
    for end in rate.spectrum.hull:
        P, slope = exact_pair_at(rate.method, t, end)
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


def enclose(rate: Rate, t: int, joint: SizePair) -> WorstCase:
    """The certified enclosure of V, with its share and its least favourable mixture."""
    first, second = floating(joint.first), floating(joint.second)
    kind = "initial" if joint.form == "initial/cross" else "residual"
    estimator = rate.estimator
    if isinstance(estimator, Implicit) and estimator.inner is None:
        return _divided(rate, t, kind, first, second)
    pieces = method_pieces(rate.method, t, rate.spectrum.support, kind == "initial", estimator)
    found = joint_worst_case_of(pieces, first, second)
    slip = 2.0**-52 if is_rounded(joint.first) or is_rounded(joint.second) else 0.0
    return WorstCase(
        found.lower * (1 - slip), found.upper * (1 + slip), found.share, found.points, found.weights
    )


def _divided(rate: Rate, t: int, kind: str, a: float, g: float) -> WorstCase:
    """Exact implicit solve, B = −P/λ: the profile is |P| times a decreasing weight in λ."""
    series: list[EnclosedSeries] = []
    points: list[Maximum] = []
    for low, high in rate.spectrum.support:
        if low == high:
            found = enclosed_values(rate.method, rate.estimator, t, low, only=t)
            points.append(found[0]["initial"])
        else:
            ends = (low, high)
            pairs = enclosed_pairs(rate.method, rate.estimator, t, ends, only=t)
            series.append(pairs[0]["initial"])

    def supremum(weight: Any, tolerance: float = 1e-10) -> Maximum:
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

    def weight(s: float) -> Any:
        return lambda x: np.sqrt(a * a / s + (g / x) ** 2 / (1 - s))

    chosen = minimize_scalar(
        lambda s: supremum(weight(s), 1e-6).upper,
        bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    best = supremum(weight(float(chosen.x)))
    one = supremum(lambda x: a + g / x)  # a single eigenvalue: a lower bound for V
    return WorstCase(one.lower, best.upper, float(chosen.x), np.array([one.point]), np.ones(1))


def worst_case_problem(
    method: Method,
    spectrum: Any,
    t: int,
    estimator: Estimator | None = None,
    **sizes: Any,
) -> tuple[Quadratic, np.ndarray, np.ndarray]:
    """The explicit quadratic, x_0 and ∂x_0 whose Jacobian error at t attains the worst case.

    H = diag(λ_i) with the one or two eigenvalues of the least favourable mixture, b = 0, ∂b = 0,
    so x* = 0, ∂x* = 0 and all error sits in x_0 and ∂x_0; ∂H is diagonal, hence commutes.
    From equality in Cauchy–Schwarz, E_i ∝ √w_i a²A_i/s and G_i ∝ √w_i g²B_i/(1 − s).

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
    t : int ≥ 0
    estimator : Estimator, default ``pr.Unrolled()``
    initial, cross (or residual, drift) : numbers ≥ 0

    Returns
    -------
    problem : Quadratic, x0 : array (d,), dx0 : array (d,), d = 1 or 2

    Examples
    --------
    >>> import numpy as np
    >>> import polyrates as pr
    >>> method, where = pr.Chebyshev(1, 100), pr.Interval(1, 100)
    >>> problem, x0, dx0 = pr.worst_case_problem(method, where, 20, initial=1, cross=1)
    >>> error = pr.differentiate(method, problem, x0, 20, dx0=dx0).jacobians[-1]  # ∂x* = 0
    >>> worst = pr.rate(method, where).worst_case(20, initial=1, cross=1)
    >>> print(f"{np.linalg.norm(error):.9f} = {float(worst):.9f}")
    29.452922398 = 29.452922398
    """
    from polyrates.rates import rate as rate_of

    rate = rate_of(method, spectrum, estimator)
    t = check_steps(method, t, "t")
    joint = joint_sizes(sizes)
    a, g = floating(joint.first), floating(joint.second)
    worst = enclose(rate, t, joint)
    points = worst.points
    if np.any(points <= 0):
        # x* is not unique at λ = 0; the supremum over λ > 0 is approached next to it
        points = np.maximum(points, 1e-12 * floating(rate.spectrum.hull[1], "L"))
    pair = rate.estimator.pair(method, t, ValueRing(points))
    A = pair.residual - points * pair.drift if joint.form == "initial/cross" else pair.residual
    B = np.broadcast_to(pair.drift, points.shape)
    first, second = _attaining(A, B, a, g, worst)
    D = second - points * first if joint.form == "initial/cross" else second
    size = len(points)
    problem = Quadratic(np.diag(points), np.zeros(size), np.diag(D), np.zeros(size))
    return problem, np.ones(size), first


def _attaining(
    A: np.ndarray, B: np.ndarray, a: float, g: float, worst: WorstCase
) -> tuple[np.ndarray, np.ndarray]:
    """(E, G) of norms a and g that maximize ‖AE + BG‖ for the mixture's share."""
    s = worst.share
    if len(A) == 1 or s in (0.0, 1.0):
        best = int(np.argmax(a * np.abs(A) + g * np.abs(B)))
        unit = np.zeros(len(A))
        unit[best] = 1.0
        return a * unit * _sign(A), g * unit * _sign(B)
    root = np.sqrt(worst.weights)
    E, G = root * A / s, root * B / (1 - s)
    sizes = float(np.linalg.norm(E)), float(np.linalg.norm(G))
    return (
        E * (a / sizes[0]) if sizes[0] > 0 else np.append(a, np.zeros(len(A) - 1)),
        G * (g / sizes[1]) if sizes[1] > 0 else np.append(g, np.zeros(len(A) - 1)),
    )


def _sign(values: np.ndarray) -> np.ndarray:
    return np.where(values < 0, -1.0, 1.0)
