"""What a measure is: a support, three-term coefficients, and what follows from them."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import sympy

from polyrates.core.spectra import Spectrum
from polyrates.core.threeterm import field_of, float_gauss, moments_of
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, floating, is_exact

__all__ = ["Measure", "as_measure", "set_fields"]


class Measure(Spectrum):
    """A probability measure on the eigenvalues."""

    _is_measure = True

    @property
    @abstractmethod
    def parameters(self) -> tuple[Number, ...]:
        """The numbers it is made of; they decide whether what follows is exact."""

    @abstractmethod
    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """(a, b): the first n coefficients of its monic orthogonal polynomials in λ.

        P_0 = 1, P_{k+1} = (λ − a_k)P_k − b_kP_{k−1}, b_0 = 1 (the mass), ‖P_k‖² = b_0 b_1 ⋯ b_k.
        A measure of N points has N of each.
        """

    @property
    def points(self) -> int | None:
        """The number of points that carry all the mass, or None when there are infinitely many."""
        return None

    @property
    def mass_at_zero(self) -> Number:
        """μ({0}). No residual polynomial gets ∫P² below it, since P(0) = 1."""
        return sympy.Integer(0)

    @property
    def classical(self) -> object:
        """Itself where it is of the family with a Sobolev recurrence, Jacobi's on [ℓ, L]."""
        return None

    @property
    def fills_hull(self) -> bool:
        """Whether it has a density that is positive almost everywhere on its hull."""
        return False

    @property
    def named_parts(self) -> list[tuple[Number, dict[str, Number]]] | None:
        """(mass, its numbers by name) of every density and point; None where they have no names.

        "point"; "ell", "L", "alpha", "beta" of Jacobi's family; "ratio", "scale" of Marchenko and
        Pastur's law: what a certificate is made of.
        """
        return None

    @property
    def normalized(self) -> Measure:
        """The same with masses divided by their sum: exactly 1 where they are fractions."""
        return self

    @property
    def bulk(self) -> Measure | None:
        """The measure without its mass at 0, scaled to mass one; None when nothing is left."""
        return self

    @property
    def is_exact(self) -> bool:
        """Whether its parameters are exact numbers."""
        return all(is_exact(value) for value in self.parameters)

    def moments(self, n: int) -> list[Number]:
        """The first n raw moments ∫λ^k dμ, k < n; exact (sympy Rationals for rationals) or floats.

        Float moments of a high degree are correct but of little use: monomials are ill-conditioned.
        """
        size = count(n, "n")
        if size == 0:
            return []
        a, b = self.coefficients((size + 1) // 2 + 1)
        if not self.is_exact:
            return moments_of(a, b, size)
        field = field_of(*a, *b)
        first, second = ([field.from_sympy(value) for value in row] for row in (a, b))
        return [field.to_sympy(value) for value in moments_of(first, second, size)]

    def quadrature(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """(nodes, weights), float arrays (n,) of the Gauss rule, exact up to degree 2n − 1.

        The weights sum to one. A measure of N ≤ n points is its own rule: arrays (N,).
        """
        a, b = self.float_coefficients(count(n, "n", 1))
        return float_gauss(a, b)

    def float_coefficients(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """:meth:`coefficients` as float arrays (n,)."""
        a, b = self.coefficients(n)
        return np.array([floating(x) for x in a]), np.array([floating(x) for x in b])


def as_measure(value: object, name: str = "spectrum") -> Measure:
    """A measure; a bare support is refused, because an average needs a density."""
    if isinstance(value, Spectrum) and not isinstance(value, Measure):
        ell, L = value.hull
        refuse_value(
            name,
            value,
            "is a support without a measure, and an average needs one",
            f"give pr.Uniform({ell}, {L}) or another density",
        )
    if not isinstance(value, Measure):
        refuse_type(name, value, "must be a measure", "give pr.Uniform(ell, L) or another density")
    return value


def set_fields(instance: object, **fields: object) -> None:
    """Fields of a frozen dataclass, from its own constructor."""
    for name, value in fields.items():
        object.__setattr__(instance, name, value)
