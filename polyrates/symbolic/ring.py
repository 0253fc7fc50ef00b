"""Exact polynomials in λ as a carrier, over the smallest domain that holds a method's numbers.

Rationals stay in QQ, square roots become one algebraic extension, symbols a field of fractions.
Over QQ with flint ground types the points are flint's own polynomials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from sympy.external.gmpy import GROUND_TYPES
from sympy.polys.constructor import construct_domain
from sympy.polys.domains.domain import Domain
from sympy.polys.domains.domainelement import DomainElement
from sympy.polys.polyclasses import DMP
from sympy.polys.polyerrors import CoercionFailed
from sympy.polys.rings import PolyRing

from polyrates.core.recurrence import Method
from polyrates.ground.errors import InexactError, refuse_value
from polyrates.ground.numbers import Number, lam
from polyrates.symbolic.proofs.radicals import restore, symbols_under_roots, without_roots

__all__ = ["ExactRing", "RationalRing", "polynomial_from_integers", "ring_of"]


@dataclass(frozen=True)
class ExactRing:
    """K[λ] as a carrier: a point is an element, a gradient is multiplication by λ."""

    domain: Domain
    roots: tuple[tuple[sympy.Symbol, sympy.Symbol], ...] = ()
    """Pairs (symbol, its square root as a new symbol): √(ℓL) is the product of two of them."""

    @property
    def _uses_flint(self) -> bool:
        return bool(GROUND_TYPES == "flint" and self.domain == sympy.QQ)

    @property
    def _ring(self) -> PolyRing:
        return PolyRing((lam,), self.domain)

    @property
    def start(self) -> DomainElement:
        """The polynomial 1."""
        if self._uses_flint:
            from flint import fmpq_poly

            return fmpq_poly([1])
        return self._ring.one

    @property
    def variable(self) -> DomainElement:
        """The polynomial λ."""
        if self._uses_flint:
            from flint import fmpq_poly

            return fmpq_poly([0, 1])
        return self._ring.gens[0]

    def number(self, value: Number) -> DomainElement:
        """An exact number as an element of the domain."""
        if self.roots:
            value = without_roots(sympy.sympify(value), dict(self.roots))
        try:
            return self.domain.from_sympy(value)
        except (AttributeError, CoercionFailed):  # a float; a number that was not announced
            refuse_value(
                "parameters",
                value,
                "a coefficient needs this number, and the parameters of the method do not tell",
                "list every number the coefficients are made of in parameters",
            )

    def gradient(self, point: DomainElement) -> DomainElement:
        """λ times a polynomial."""
        return point * self.variable

    def product(self, left: DomainElement, right: DomainElement) -> DomainElement:
        """The product of two polynomials."""
        return left * right

    def poly(self, point: DomainElement) -> sympy.Poly:
        """A point as a sympy Poly in λ."""
        if self._uses_flint:
            return _wrap(point)
        if self.roots:
            back = {root: symbol for symbol, root in self.roots}
            terms = {
                monomial: restore(self.domain.to_sympy(coefficient), back)
                for monomial, coefficient in point.items()
            }
            return sympy.Poly.from_dict(terms, lam, domain=sympy.EX)
        terms = {monomial: coefficient for monomial, coefficient in point.items()}  # noqa: C416
        return sympy.Poly.new(DMP.from_dict(terms, 0, self.domain), lam)


@dataclass(frozen=True)
class RationalRing:
    """K(λ) as a carrier, for pairs of preconditioned solves."""

    field: Domain

    @classmethod
    def of(cls, ring: ExactRing) -> RationalRing:
        """The quotients of a ring's elements."""
        return cls(ring.domain.frac_field(lam))

    @property
    def start(self) -> DomainElement:
        """The function 1."""
        return self.field.one

    def number(self, value: Number) -> DomainElement:
        """An exact number as a constant."""
        return self.field.from_sympy(sympy.sympify(value))

    def gradient(self, point: DomainElement) -> DomainElement:
        """λ times a function."""
        return point * self.field.gens[0]

    def product(self, left: DomainElement, right: DomainElement) -> DomainElement:
        """The product of two functions."""
        return left * right

    def quotient(self, left: DomainElement, right: DomainElement) -> DomainElement:
        """The quotient of two functions."""
        return left / right

    def expression(self, point: DomainElement) -> sympy.Expr:
        """A function as an expression in λ, in lowest terms."""
        return self.field.to_sympy(point)


def _wrap(rep: DomainElement) -> sympy.Poly:
    """A flint polynomial over QQ as a Poly, without touching its coefficients."""
    from sympy.polys.polyclasses import DUP_Flint

    return sympy.Poly.new(DUP_Flint.from_rep(rep, sympy.QQ), lam)


def polynomial_from_integers(numerators: Sequence[int], denominator: int) -> sympy.Poly:
    """Σ numerators[k] λ^k / denominator as a Poly over QQ: one common denominator, no fractions."""
    if GROUND_TYPES == "flint":
        from flint import fmpq_poly, fmpz_poly

        return _wrap(fmpq_poly(fmpz_poly(list(numerators)), denominator))
    coefficients = [sympy.QQ(value, denominator) for value in reversed(numerators)]
    return sympy.Poly.new(DMP.from_list(coefficients, 0, sympy.QQ), lam)


def ring_of(method: Method, *others: Method, numbers: Sequence[Number] = ()) -> ExactRing:
    """The smallest exact ring for one or several methods, and numbers; floats are refused."""
    parameters = [*numbers, *(p for each in (method, *others) for p in each.parameters)]
    for value in parameters:
        if isinstance(value, float):
            for each in (method, *others):
                if each.inexact is not None:
                    raise InexactError("method", each.name, *each.inexact)
            raise InexactError(
                "method",
                method,
                f"its parameter {value!r} is a float, and exactness was asked",
                f'build it from Fraction("{value!r}") or the string "{value!r}"',
            )
    domain = domain_of(parameters)
    if domain.is_EX:  # roots of symbols: work with the roots themselves, as free symbols
        symbols = symbols_under_roots(sympy.Tuple(*parameters))
        if symbols:
            roots = {s: sympy.Dummy(f"root_{s.name}", positive=True) for s in symbols}
            images = [without_roots(sympy.sympify(p), roots) for p in parameters]
            return ExactRing(domain_of(images), tuple(roots.items()))
    return ExactRing(domain)


def domain_of(numbers: Sequence[Number]) -> Domain:
    """The smallest field among sympy's domains that contains exact numbers."""
    if all(isinstance(value, sympy.Rational) for value in numbers):
        return sympy.QQ
    domain, _ = construct_domain(list(numbers), field=True, extension=True)
    return sympy.QQ if domain == sympy.ZZ else domain
