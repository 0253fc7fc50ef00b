r"""The generating function of a stationary method's outputs, and its poles.

From the first step on a stationary method repeats s⁺ = M(λ)s, M = A − λbcᵀ, so

    Σ_{t ≥ 1} P_t(λ) z^{−t} = N(z, λ)/D(z, λ),    D = det(z − M) = d_0(z) + λd_1(z),

linear in λ because bcᵀ has rank one. So D = f(z)e(z, λ), e = e_0 + λe_1 with e_0 and e_1 coprime: e
is irreducible, its roots move with λ, those of f stay. P_t′ has the generating function
(N′e − Ne′)/(fe²), P_t − λP_t′ has (Ne − λ(N′e − Ne′))/(fe²), ′ for ∂/∂λ. Everything is done with
polynomials in z over the field K of the coefficients, one for each power of λ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy
from sympy.polys.matrices import DomainMatrix

from polyrates.core.recurrence import Stationary
from polyrates.core.transition import Transition
from polyrates.ground.numbers import Number, lam, number

__all__ = ["Element", "Pencil", "Poles", "exact_value"]

Z = sympy.Dummy("z")
Element: TypeAlias = Any
"""An element of one of sympy's domains."""


def exact_value(value: object) -> sympy.Expr:
    """A number as it is, a float as the dyadic rational it is."""
    if isinstance(value, float):
        top, bottom = value.as_integer_ratio()
        return sympy.Rational(top, bottom)
    return sympy.sympify(number(value))


@dataclass(frozen=True)
class Poles:
    """The roots that stay, of f, and those that move, of e_0 + λe_1, as polynomials in z over K."""

    fixed: sympy.Poly
    still: sympy.Poly
    moving: sympy.Poly

    def at(self, point: Element) -> sympy.Poly:
        """e at a λ of K."""
        return self.still + self.moving.mul_ground(point)


@dataclass(frozen=True)
class Pencil:
    """N = Σ numerator[i] λ^i and D = d_0 + λd_1, over K; with symbols K is EX and nothing cancels.

    ``ends`` are the ends of the support as elements of K.
    """

    ground: sympy.Domain
    numerator: tuple[sympy.Poly, ...]
    denominator: tuple[sympy.Poly, sympy.Poly]
    ends: tuple[Element, ...]

    @classmethod
    def of(cls, method: Stationary, ends: Sequence[Number]) -> Pencil:
        """From the first and the repeated step."""
        steps = [method.first_transition(exact_value), method.transition(exact_value)]
        values = [exact_value(each) for each in (*ends, *_entries(steps), sympy.S.One)]
        ground, elements = sympy.construct_domain(values, field=True, extension=True)
        if not ground.is_Numerical:
            ground, elements = sympy.EX, [sympy.EX(each) for each in values]
        ring = ground[lam] if not ground.is_EX else sympy.EX[lam]
        feed = iter(elements[len(ends) :])
        n = len(steps[1].gain)
        variable = ring.gens[0]

        def row() -> list[Element]:
            return [ring.convert(next(feed), ground) for _ in range(n)]

        def matrix() -> tuple[list[list[Element]], list[Element]]:
            query, mixing, gain, output = row(), [row() for _ in range(n)], row(), row()
            lines = [
                [a - variable * b * c for a, c in zip(line, query, strict=True)]
                for line, b in zip(mixing, gain, strict=True)
            ]
            return lines, output

        (start, _), (repeated, output) = matrix(), matrix()
        state = [sum(line[1:], line[0]) for line in start]  # M_1 (1, …, 1)
        outputs: list[Element] = []  # P_1, P_2, …: the Markov parameters
        for _ in range(n):
            outputs.append(_dot(output, state))
            state = [_dot(line, state) for line in repeated]
        c = DomainMatrix(repeated, (n, n), ring).charpoly()
        rows = [_dot(c[: k + 1], outputs[k::-1]) for k in range(n)]
        lower, upper, *_ = [*_by_power(c, ground), sympy.Poly(0, Z, domain=ground)]
        return cls(ground, _by_power(rows, ground), (lower, upper), tuple(elements[: len(ends)]))

    def poles(self, part: str) -> Poles:
        """Those of a part that are there for almost every λ."""
        lower, upper = self.denominator
        one = sympy.Poly(1, Z, domain=self.ground)
        if self.ground.is_EX:
            return Poles(one, lower, upper)
        fixed = lower.gcd(upper)
        still, moving = lower.quo(fixed), upper.quo(fixed)
        shared = fixed
        for each in self._numerator_of(part, still, moving):
            shared = shared.gcd(each)
        fixed = fixed.quo(shared)
        hidden = still.degree() > 0 and all(
            self._at(self.numerator, k).rem(still + moving * k).is_zero
            for k in range(1, 2 * len(self.numerator) + 4)
        )
        return Poles(fixed, one, one * 0) if hidden else Poles(fixed, still, moving)

    def denominator_at(self, part: str, point: Element) -> sympy.Poly | None:
        """The denominator of a part in lowest terms at one λ; None where the part is 0."""
        lower, upper = self.denominator
        bottom = lower + upper.mul_ground(point)
        if part == "residual" or self.ground.is_EX:
            top = self._at(self.numerator, point)
        else:
            top = self._at(self._numerator_of(part, lower, upper), point)
            bottom = bottom * bottom
        if self.ground.is_EX:
            return bottom
        return None if top.is_zero else bottom.quo(bottom.gcd(top))

    def _numerator_of(
        self, part: str, still: sympy.Poly, moving: sympy.Poly
    ) -> tuple[sympy.Poly, ...]:
        """N, N′e − Ne′ or Ne − λ(N′e − Ne′) by powers of λ, for e = still + λ moving."""
        N = self.numerator
        if part == "residual":
            return N
        zero = sympy.Poly(0, Z, domain=self.ground)
        slope = [zero] * (len(N) + 1)
        product = [zero] * (len(N) + 2)
        for i, each in enumerate(N):
            product[i] += each * still
            product[i + 1] += each * moving
            slope[i] += each * moving * (i - 1)
            if i:
                slope[i - 1] += each * still * i
        if part == "initial":
            return tuple(a - b for a, b in zip(product, [zero, *slope], strict=True))
        return tuple(slope)

    def _at(self, powers: Sequence[sympy.Poly], point: Element) -> sympy.Poly:
        total = sympy.Poly(0, Z, domain=self.ground)
        for each in reversed(powers):
            total = total.mul_ground(self.ground.convert(point)) + each
        return total


def _entries(steps: Sequence[Transition[Element]]) -> list[object]:
    return [
        entry
        for each in steps
        for row in (each.query, *each.mixing, each.gain, each.output)
        for entry in row
    ]


def _dot(left: Sequence[Element], right: Sequence[Element]) -> Element:
    terms = [a * b for a, b in zip(left, right, strict=True)]
    return sum(terms[1:], terms[0])


def _by_power(coefficients: Sequence[Element], ground: sympy.Domain) -> tuple[sympy.Poly, ...]:
    """A polynomial in z over K[λ], its coefficients from the highest, by powers of λ."""
    tables = [{power: value for (power,), value in each.terms()} for each in coefficients]
    size = max((power for table in tables for power in table), default=0)
    return tuple(
        sympy.Poly.from_list([table.get(i, ground.zero) for table in tables], Z, domain=ground)
        for i in range(size + 1)
    )
