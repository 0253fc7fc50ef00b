"""Asymptotic rates, limsup over t of (max over the support of |part|)^{1/t}: how each is known.

A stationary method's rate is the largest root of its pencil (:mod:`.root_locus`). A family with the
limits of Chebyshev's coefficients on [ℓ, L] has ξ inside the interval and ξ(|m(λ)| + √(m(λ)² − 1))
outside (:attr:`Method.limit_interval`); one that follows stationary methods in the long run has the
largest of their rates (:attr:`Method.limits`, where its class argues why). P_t and P_t′ share the
rate wherever the roots depend on λ.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, NoReturn

import sympy

from polyrates.core.estimators import Estimator, Implicit, Truncated, Unrolled
from polyrates.core.recurrence import Method, Stationary, is_stationary, own
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import NoClosedForm
from polyrates.ground.numbers import Number, in_order, is_symbolic
from polyrates.symbolic.root_locus import largest_root

__all__ = ["AsymptoticRate", "asymptotic_rate"]


class AsymptoticRate(NamedTuple):
    """A rate and the word for it: "argued" (exact, by algebra) or "numeric" (a float)."""

    value: Number
    status: Literal["proved", "argued", "numeric"]


def asymptotic_rate(
    method: Method, spectrum: Spectrum, estimator: Estimator, part: str = "residual"
) -> AsymptoticRate:
    """The rate of a part: exact by algebra for exact numbers, a float otherwise.

    Raises
    ------
    NoClosedForm
        For a fixed horizon (there is no limit), for an estimator that differentiates a bounded
        number of steps, for symbols whose maximum over the support is open, and for a method that
        is neither stationary nor known to have the limits of Chebyshev's coefficients.
    """
    if method.horizon is not None:
        _refuse(method, "a fixed horizon has no limit t → ∞", "read the value at t")
    kind = type(estimator)
    if kind is Implicit and estimator.exact_solve:
        if part == "residual":
            return AsymptoticRate(sympy.S.Zero, "argued")
        part = "residual"  # C = −P_t/λ
    elif kind is not Unrolled and not (
        isinstance(estimator, Truncated) and kind is Truncated and estimator.start is not None
    ):
        _refuse(
            estimator,
            "its residual polynomial stays the same for every t: no geometric rate",
            "read the value at t, or the rate of the method with pr.Unrolled()",
        )
    ends = [end for segment in spectrum.support for end in segment]
    inexact = any(isinstance(value, float) for value in (*method.parameters, *ends))
    if isinstance(method, Stationary) and is_stationary(method):
        value, is_exact = largest_root(method, spectrum.support, part)
        if inexact or not is_exact or value.has(sympy.Float):
            return AsymptoticRate(float(value), "numeric")
        return AsymptoticRate(value, "argued")
    limits = own(method, "limits") or ()
    if limits:
        found = [largest_root(each, spectrum.support, "residual") for each in limits]
        if not inexact and all(is_exact for _, is_exact in found):
            values = [value for value, _ in found]
            symbols = len(values) > 1 and any(map(is_symbolic, values))
            top = sympy.Max(*values) if symbols else max(values, key=in_order)
            return AsymptoticRate(top, "argued")
        return AsymptoticRate(max(float(value) for value, _ in found), "numeric")
    interval = own(method, "limit_interval")
    if interval is None:
        _refuse(method, "no closed form of its rate is known", "read the value at several t")
    low, high = interval
    rate = _orthogonal_rate(low, high, sorted(set(ends), key=_key))
    return AsymptoticRate(rate, "numeric" if isinstance(rate, float) else "argued")


def _refuse(value: Method | Estimator, requirement: str, remedy: str) -> NoReturn:
    raise NoClosedForm("asymptotic", value.name, requirement, remedy)


def _key(value: Number) -> Number:
    return sympy.S.Zero if is_symbolic(value) else value


def _orthogonal_rate(ell: Number, L: Number, ends: list[Number]) -> Number:
    if any(isinstance(value, float) for value in (ell, L, *ends)):
        root = (float(ell) * float(L)) ** 0.5
        width = float(L) - float(ell)
        xi = width / (float(ell) + float(L) + 2 * root)
        growth = [abs(2 * float(end) - float(L) - float(ell)) / width for end in ends]
        return float(xi * max(1.0, *(g + max(g * g - 1, 0.0) ** 0.5 for g in growth)))
    width = L - ell
    xi = sympy.expand((L + ell - 2 * sympy.sqrt(ell * L)) / width)
    factors: list[sympy.Expr] = [sympy.Integer(1)]
    for end in ends:
        m = sympy.Abs(sympy.expand((2 * end - L - ell) / width))
        outside = (m - 1).is_positive
        if outside:
            factors.append(m + sympy.sqrt(sympy.expand(m**2 - 1)))
        elif outside is None and is_symbolic(m) and sympy.simplify(m - 1) != 0:
            raise NoClosedForm(
                "asymptotic",
                end,
                "its place relative to the method's interval is open",
                "give numbers",
            )
    return xi * sympy.Max(*factors)
