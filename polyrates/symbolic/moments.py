"""Exact integrals of polynomials against a measure."""

from __future__ import annotations

import sympy

from polyrates.core.measures.base import Measure
from polyrates.ground.numbers import Number, lam
from polyrates.symbolic.ring import domain_of

__all__ = ["integral", "mean_square"]


def integral(polynomial: sympy.Poly, measure: Measure) -> sympy.Expr:
    """∫ p dμ = Σ_k p_k ∫λ^k dμ, exact, p a Poly in λ and μ with exact parameters."""
    moments = measure.moments(max(polynomial.degree(), 0) + 1)
    domain = domain_of([*moments, *_symbols_of(polynomial)])
    total = domain.zero
    for (k,), coefficient in polynomial.terms():
        total += domain.from_sympy(coefficient) * domain.from_sympy(moments[k])
    return domain.to_sympy(total)


def mean_square(polynomial: sympy.Poly, measure: Measure, eta: Number) -> sympy.Expr:
    """∫P²dμ + η∫P′²dμ, exact."""
    slope = polynomial.diff(lam)
    squares = polynomial * polynomial + slope * slope * sympy.Poly(eta, lam)
    return integral(squares, measure)


def _symbols_of(polynomial: sympy.Poly) -> list[sympy.Expr]:
    """The coefficients, where they are more than rationals, for the choice of a domain."""
    domain = polynomial.get_domain()
    return [] if domain == sympy.QQ or domain == sympy.ZZ else polynomial.coeffs()
