"""Preconditioners of implicit solves: functions of λ in any ring, or whatever applies P⁻¹."""

from __future__ import annotations

from typing import cast

import sympy

from polyrates.core.carriers import P, Ring, zero_of
from polyrates.core.transition import Scalar
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import lam
from polyrates.ground.numbers import number as plain
from polyrates.ground.typeset import latex

__all__ = ["checked_preconditioner", "degree_of", "element_of", "preconditioned_latex"]


def checked_preconditioner(given: object, has_inner: bool) -> object:
    """A preconditioner: an expression in λ, or something that applies P⁻¹."""
    if given is None:
        return None
    if not has_inner:
        refuse_value("preconditioner", given, "needs an inner method", "give inner and inner_steps")
    if isinstance(given, sympy.Poly):
        given = given.as_expr()
    if isinstance(given, sympy.Expr) and given.free_symbols <= {lam}:
        return given
    if callable(given) or callable(getattr(given, "solve", None)):
        return given
    refuse_type(
        "preconditioner",
        given,
        "must be a function of λ or apply P⁻¹",
        "give an expression in pr.lam, or v -> P⁻¹v",
    )


def degree_of(preconditioner: object) -> int:
    """The degree of a polynomial in λ, 0 for anything else."""
    known = isinstance(preconditioner, sympy.Expr) and preconditioner.is_polynomial()
    return int(sympy.Poly(preconditioner, lam).degree()) if known else 0


def preconditioned_latex(preconditioner: object, damping: str, steps: int | None) -> str:
    """The pair of a preconditioned solve."""
    known = isinstance(preconditioner, sympy.Expr)
    slope = r"\lambda" if damping == "0" else rf"\left(\lambda + {damping}\right)"
    r = rf"r = {latex(preconditioner)}" if known else r"r(H) = P^{-1}"
    return (
        rf"R = 1 + \lambda W, \quad C = P_{{t}} W, \quad W \text{{ after }} {steps} "
        rf"\text{{ steps on }} r \left({slope} W + 1\right), \quad {r}"
    )


def element_of(ring: Ring[P], function: object) -> P | None:
    """A rational function of λ in a ring: by Horner's rule, and one division where it is needed."""
    if function is None:
        return None
    if not isinstance(function, sympy.Expr):
        refuse_value(
            "preconditioner",
            function,
            "is not known as a function of the Hessian",
            "run it, or give an expression in pr.lam",
        )
    above, below = (
        _horner(ring, sympy.Poly(part, lam)) for part in sympy.fraction(sympy.together(function))
    )
    divide = getattr(ring, "quotient", None)
    if divide is not None:
        return cast(P, divide(above, below))
    constant = sympy.fraction(sympy.together(function))[1]
    if constant.has(lam):
        refuse_value(
            "preconditioner",
            function,
            "is no polynomial, so its pairs have no certified suprema",
            "read pr.error_polynomials, or give a polynomial in pr.lam",
        )
    return cast(P, above * ring.number(1 / constant))


def _horner(ring: Ring[P], polynomial: sympy.Poly) -> Scalar:
    value: Scalar = zero_of(ring)
    for coefficient in polynomial.all_coeffs():
        value = ring.gradient(value) + ring.start * ring.number(plain(coefficient))
    return value
