"""Exact Chebyshev series on [ℓ, L]: a residual polynomial as weights on Chebyshev's iterates."""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.ground.errors import InexactError, refuse_type, refuse_value
from polyrates.ground.numbers import Number, lam
from polyrates.symbolic.ring import domain_of

__all__ = ["exact_residual", "exact_weights"]


def exact_residual(polynomial: Any) -> sympy.Poly:
    """A Poly in λ over an exact domain with P(0) = 1, from a Poly or an expression."""
    expression = polynomial.as_expr() if isinstance(polynomial, sympy.Poly) else polynomial
    if expression.has(sympy.Float):
        raise InexactError(
            "polynomial",
            polynomial,
            "a sympy polynomial must be exact",
            "use Rational coefficients, or give a numpy.polynomial.Chebyshev",
        )
    if isinstance(polynomial, sympy.Poly) and polynomial.gens != (lam,):
        refuse_value("polynomial", polynomial, "must be in pr.lam alone", "write it in pr.lam")
    try:
        result = polynomial if isinstance(polynomial, sympy.Poly) else sympy.Poly(polynomial, lam)
    except sympy.PolynomialError:
        refuse_type("polynomial", polynomial, "is not a polynomial in pr.lam", "write it in pr.lam")
    if sympy.simplify(result.nth(0) - 1) != 0:
        refuse_value(
            "polynomial", polynomial, "a residual polynomial has P(0) = 1", "divide it by P(0)"
        )
    return result


def exact_weights(polynomial: sympy.Poly, ell: Number, L: Number) -> tuple[sympy.Expr, ...]:
    """w_k with P = Σ w_k T_k(m(λ))/T_k(m₀): the coefficients c_k of P times T_k(m₀).

    Horner's scheme with multiplication by λ in the Chebyshev basis, over the smallest exact field.
    """
    coefficients = polynomial.all_coeffs()
    domain = domain_of([*coefficients, ell, L])
    low, high = domain.from_sympy(ell), domain.from_sympy(L)
    half, middle = (high - low) / 2, (high + low) / 2
    series: list[Any] = []
    for coefficient in coefficients:
        series = _times_lambda(series, half, middle, domain.zero)
        if not series:
            series = [domain.zero]
        series[0] += domain.from_sympy(coefficient)
    origin = -middle / half
    weights, previous, current = [], domain.one, origin
    for k, c in enumerate(series):
        weights.append(domain.to_sympy(c * (domain.one if k == 0 else current)))
        if k:
            previous, current = current, 2 * origin * current - previous
    return tuple(weights)


def _times_lambda(series: list[Any], half: Any, middle: Any, zero: Any) -> list[Any]:
    if not series:
        return []
    result = [middle * c for c in series] + [zero]
    result[1] += half * series[0]
    for k in range(1, len(series)):
        share = half * series[k] / 2
        result[k + 1] += share
        result[k - 1] += share
    return result
