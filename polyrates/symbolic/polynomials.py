"""Residual and error polynomials as exact objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from polyrates.core.estimators import Estimator, Implicit, Unrolled
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.ground.cards import Typeset
from polyrates.ground.errors import refuse_type
from polyrates.ground.numbers import exact, lam
from polyrates.ground.numbers import t as symbolic_t
from polyrates.ground.typeset import aligned
from polyrates.symbolic.at_step import polynomial_at
from polyrates.symbolic.closed_forms import error_closed_forms, residual_closed_form
from polyrates.symbolic.ring import RationalRing, ring_of

__all__ = ["ErrorPolynomials", "error_polynomials", "residual_polynomial"]


def residual_polynomial(method: Method, t: Any) -> Any:
    """P_t with x_t − x* = P_t(H)(x_0 − x*) on every quadratic; deg P_t ≤ t and P_t(0) = 1.

    Parameters
    ----------
    method : Method
        With exact parameters: ints, Fractions, algebraic numbers, symbols. Floats are refused.
    t : int ≥ 0, or ``pr.t``
        The iteration.

    Returns
    -------
    sympy.Poly in ``pr.lam`` over QQ, an extension of it, or a field of fractions; for ``pr.t`` a
    closed form, a sympy expression in λ and t.
    """
    as_method(method)
    if isinstance(t, sympy.Symbol):
        return residual_closed_form(method, t)
    return polynomial_at(method, t)


@dataclass(frozen=True)
class ErrorPolynomials(Typeset):
    """The two forms of one Jacobian error, R(H)E + C(H)D = (R − λC)(H)E + C(H)G.

    E = ∂x_0 − ∂x*, D = ∂H(x_0 − x*), G = D + HE the total derivative of ∇f(x_0(θ), θ). Both forms
    need H ∂H = ∂H H.

    Attributes
    ----------
    residual, drift : Poly in λ (rational expression or closed form in t where that is asked)
        R and C.
    initial, cross : the same
        R − λC and C.
    """

    sources = ("curse",)

    residual: Any
    drift: Any

    @property
    def initial(self) -> Any:
        """R − λC, which multiplies E when G is held fixed."""
        if isinstance(self.residual, sympy.Poly) and isinstance(self.drift, sympy.Poly):
            return self.residual - self.drift * sympy.Poly(lam, lam)
        drift = self.drift.as_expr()
        residual = self.residual.as_expr()
        if drift.has(symbolic_t):
            return residual - lam * drift
        return sympy.Poly(sympy.cancel(residual - lam * drift), lam)

    @property
    def cross(self) -> Any:
        """C, which multiplies G."""
        return self.drift

    def _latex(self) -> str:
        rows = [("R", self.residual), ("C", self.drift), (r"R - \lambda C", self.initial)]
        return aligned(rows)


def _numbers_of(solve: Implicit) -> tuple[sympy.Expr, ...]:
    """The damping and the coefficients of a preconditioner."""
    parts = sympy.fraction(sympy.together(sympy.sympify(solve.preconditioner)))
    found = [c for part in parts for c in sympy.Poly(part, lam).all_coeffs()]
    return tuple(exact(each, "preconditioner") for each in [*found, solve.damping])


def error_polynomials(
    method: Method, t: Any, estimator: Estimator | None = None
) -> ErrorPolynomials:
    """(R, C) of an estimator of ∂x* along a method, exactly.

    Parameters
    ----------
    method : Method
        With exact parameters.
    t : int ≥ 0, or ``pr.t``
        The iteration; a closed form for ``pr.t``.
    estimator : Estimator, default ``pr.Unrolled()``
        For ``pr.Implicit()`` the drift −P_t/λ is a rational expression in λ.
    """
    as_method(method)
    chosen = Unrolled() if estimator is None else estimator
    if not isinstance(chosen, Estimator):
        refuse_type(
            "estimator",
            chosen,
            "must be an estimator",
            "give pr.Unrolled(), pr.Truncated(start), pr.OneStep() or pr.Implicit()",
        )
    if isinstance(t, sympy.Symbol):
        return ErrorPolynomials(*error_closed_forms(method, t, chosen))
    t = check_steps(method, t, "t")
    if type(chosen) is Unrolled:
        residual = residual_polynomial(method, t)
        return ErrorPolynomials(residual, residual.diff(lam))
    if chosen.exact_solve:
        residual = residual_polynomial(method, t)
        zero = sympy.Poly(0, lam, domain=residual.get_domain())
        return ErrorPolynomials(zero, -residual.as_expr() / lam)
    inner = None if chosen.solve is None else chosen.solve.inner
    damping = 0 if chosen.solve is None else chosen.solve.damping
    if chosen.solve is not None and inner is None:
        residual = residual_polynomial(method, t).as_expr()
        below = lam + exact(damping, "damping")
        return ErrorPolynomials(damping / below, -residual / below)
    others = () if inner is None else (inner,)
    if chosen.solve is not None and isinstance(chosen.solve.preconditioner, sympy.Expr):
        field = RationalRing.of(ring_of(method, *others, numbers=_numbers_of(chosen.solve)))
        pair = chosen.pair(method, t, field)
        return ErrorPolynomials(field.expression(pair.residual), field.expression(pair.drift))
    ring = ring_of(method, *others, numbers=(exact(damping, "damping"),) if damping else ())
    pair = chosen.pair(method, t, ring)
    return ErrorPolynomials(ring.poly(pair.residual), ring.poly(pair.drift))
