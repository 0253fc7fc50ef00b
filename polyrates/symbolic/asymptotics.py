"""Asymptotic rates: limsup over t of (max over the support of |part|)^{1/t}, exact.

For a stationary method whose state is (x, x₋) the two roots of

    r² − (1 + m − hλ(1 + n))r + m − hλn = 0      (momentum m, step h, lookahead n)

decide; for an orthogonal family on [ℓ, L] it is ξ inside the interval and ξ(|m(λ)| + √(m(λ)² − 1))
outside. P_t and P_t′ share the rate wherever the roots depend on λ; so do P − λP′ and P′.
"""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.core.estimators import Estimator, Truncated, Unrolled
from polyrates.core.measures.densities import ClassicalDensity
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import NoClosedForm
from polyrates.ground.numbers import is_symbolic

__all__ = ["asymptotic_rate"]


def asymptotic_rate(method: Method, spectrum: Spectrum, estimator: Estimator) -> Any:
    """The rate as an exact number (a float for float parameters).

    Raises
    ------
    NoClosedForm
        For a fixed horizon (there is no limit), for an estimator that differentiates a bounded
        number of steps, and for symbols whose maximum over the support is open.
    """
    if method.horizon is not None:
        _refuse(method, "a fixed horizon has no limit t → ∞", "read the value at t")
    if not isinstance(estimator, Unrolled) and not (
        isinstance(estimator, Truncated) and estimator.start is not None
    ):
        _refuse(
            estimator,
            "its residual polynomial stays the same for every t: no geometric rate",
            "read the value at t, or the rate of the method with pr.Unrolled()",
        )
    ends = sorted({end for segment in spectrum.support for end in segment}, key=_key)
    if isinstance(method, GradientDescent):
        return _largest([abs(1 - method.step * end) for end in ends])
    if isinstance(method, (HeavyBall, Nesterov)):
        lookahead = method.momentum if isinstance(method, Nesterov) else 0 * method.momentum
        # the larger root modulus is monotone on either side of its minimum: the hull's ends decide
        return _largest([_radius(method.step, method.momentum, lookahead, end) for end in ends])
    if isinstance(method, (Chebyshev, Gegenbauer)):
        return _orthogonal_rate(method.ell, method.L, ends)
    if isinstance(method, (Orthogonal, Sobolev)) and isinstance(method.spectrum, ClassicalDensity):
        # positive almost everywhere on its interval: the coefficients have Chebyshev's limits
        return _orthogonal_rate(*method.spectrum.hull, ends)
    _refuse(method, "no closed form of its rate is known", "read the value at several t")


def _refuse(value: Any, requirement: str, remedy: str) -> Any:
    raise NoClosedForm("asymptotic", getattr(value, "name", value), requirement, remedy)


def _key(value: Any) -> Any:
    return 0 if is_symbolic(value) else value


def _largest(values: list[Any]) -> Any:
    if any(isinstance(value, float) for value in values):
        return max(float(value) for value in values)
    return sympy.Max(*values)


def _radius(h: Any, m: Any, n: Any, end: Any) -> Any:
    """max |r| over the roots of r² − br + c."""
    b, c = 1 + m - h * end * (1 + n), m - h * end * n
    discriminant = b**2 - 4 * c
    if isinstance(discriminant, float):
        if discriminant <= 0:
            return float(c) ** 0.5
        return (abs(b) + discriminant**0.5) / 2
    discriminant = sympy.expand(discriminant)
    if is_symbolic(discriminant):
        return sympy.Piecewise(
            (sympy.sqrt(c), discriminant <= 0),
            ((sympy.Abs(b) + sympy.sqrt(discriminant)) / 2, True),
        )
    if discriminant.is_positive:
        return sympy.nsimplify((abs(sympy.expand(b)) + sympy.sqrt(discriminant)) / 2)
    return sympy.sqrtdenest(sympy.sqrt(sympy.expand(c)))


def _orthogonal_rate(ell: Any, L: Any, ends: list[Any]) -> Any:
    if any(isinstance(value, float) for value in (ell, L, *ends)):
        root = (float(ell) * float(L)) ** 0.5
        width = float(L) - float(ell)
        xi = width / (float(ell) + float(L) + 2 * root)
        growth = [abs(2 * float(end) - float(L) - float(ell)) / width for end in ends]
        return xi * max(1.0, *(g + max(g * g - 1, 0.0) ** 0.5 for g in growth))
    width = L - ell
    xi = sympy.expand((L + ell - 2 * sympy.sqrt(ell * L)) / width)
    factors: list[Any] = [sympy.Integer(1)]
    for end in ends:
        m = sympy.Abs(sympy.expand((2 * end - L - ell) / width))
        outside = (m - 1).is_positive
        if outside:
            factors.append(m + sympy.sqrt(sympy.expand(m**2 - 1)))
        elif outside is None and is_symbolic(m) and sympy.simplify(m - 1) != 0:
            _refuse(end, "its place relative to the method's interval is open", "give numbers")
    return xi * _largest(factors)
