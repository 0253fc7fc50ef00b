"""Densities in closed form: Jacobi's family and the law of Marchenko and Pastur."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import sympy

from polyrates.core.measures.base import Measure, set_fields
from polyrates.core.spectra import Segment, check_hull
from polyrates.core.threeterm import field_of
from polyrates.ground.errors import Undecided, refuse_value
from polyrates.ground.numbers import (
    Number,
    count,
    is_exact,
    positive,
    real,
    sign,
    square_root,
    unify,
)

__all__ = [
    "ClassicalDensity",
    "GegenbauerDensity",
    "JacobiDensity",
    "MarchenkoPastur",
    "Uniform",
    "classical_density",
    "jacobi_coefficients",
]


class ClassicalDensity(Measure):
    """A density (1 − x)^α (1 + x)^β on [ℓ, L], x = m(λ): the family with a Sobolev recurrence."""

    ell: Number
    L: Number

    @property
    @abstractmethod
    def exponents(self) -> tuple[Number, Number]:
        """(α, β), the exponents at λ = L and at λ = ℓ."""

    @property
    def support(self) -> tuple[Segment, ...]:
        """((ℓ, L),)."""
        return ((self.ell, self.L),)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L, α, β)."""
        return (self.ell, self.L, *self.exponents)

    @property
    def classical(self) -> ClassicalDensity:
        """Itself."""
        return self

    @property
    def fills_hull(self) -> bool:
        """Always."""
        return True

    @property
    def named_parts(self) -> list[tuple[Number, dict[str, Number]]]:
        """ℓ, L, α and β."""
        names = ("ell", "L", "alpha", "beta")
        return [(sympy.Integer(1), dict(zip(names, self.parameters, strict=True)))]

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """Those of Jacobi's polynomials (DLMF 18.9), moved to [ℓ, L]."""
        size = count(n, "n")
        middle, half = (self.L + self.ell) / 2, (self.L - self.ell) / 2
        if not self.is_exact:
            rows = [jacobi_coefficients(k, *self.exponents) for k in range(size)]
            return (
                [middle + half * a for a, _ in rows],
                [b if k == 0 else half * half * b for k, (_, b) in enumerate(rows)],
            )
        field = field_of(*self.parameters)
        m, h, alpha, beta = map(field.from_sympy, (middle, half, *self.exponents))
        rows = [jacobi_coefficients(k, alpha, beta) for k in range(size)]
        return (
            [field.to_sympy(m + h * a) for a, _ in rows],
            [
                field.to_sympy(field.one * b if k == 0 else h * h * b)
                for k, (_, b) in enumerate(rows)
            ],
        )


def jacobi_coefficients(k: int, alpha: Any, beta: Any) -> tuple[Any, Any]:
    """(a_k, b_k) of the monic Jacobi polynomials on [−1, 1], on any scalars; b_0 = 1."""
    s = alpha + beta
    if k == 0:
        return (beta - alpha) / (s + 2), s * 0 + 1
    if k == 1:  # (1 + s)/(1 + s) cancelled: it is 0/0 for Chebyshev's density
        b = 4 * (1 + alpha) * (1 + beta) / ((2 + s) * (2 + s) * (3 + s))
    else:
        b = 4 * k * (k + alpha) * (k + beta) * (k + s)
        b = b / ((2 * k + s) * (2 * k + s) * (2 * k + s + 1) * (2 * k + s - 1))
    return (beta - alpha) * s / ((2 * k + s) * (2 * k + s + 2)), b


def _above(value: object, name: str, bound: Number) -> Number:
    """A number > bound, or symbols that do not contradict it."""
    result = real(value, name)
    if sign(result - bound) in (-1, 0):
        refuse_value(name, value, f"must be > {bound}", f"give a larger {name}")
    return result


@dataclass(frozen=True)
class Uniform(ClassicalDensity):
    """The density 1/(L − ℓ) on [ℓ, L].

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    """

    ell: Number
    L: Number

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        set_fields(self, ell=low, L=high)

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(0, 0)."""
        zero: Number = sympy.Integer(0) if is_exact(self.ell) else 0.0
        return zero, zero


@dataclass(frozen=True)
class GegenbauerDensity(ClassicalDensity):
    """The density ∝ (1 − x²)^{α − ½} on [ℓ, L], x = m(λ).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    alpha : number > −½
        0 is the arcsine density, ½ the uniform one, 1 the semicircle.
    """

    sources = ("dlmf",)

    ell: Number
    L: Number
    alpha: Number

    def __init__(self, ell: object, L: object, alpha: object) -> None:
        low, high, a = unify(*check_hull(ell, L), _above(alpha, "alpha", -sympy.Rational(1, 2)))
        set_fields(self, ell=low, L=high, alpha=a)

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        return ((r"\alpha", self.alpha),)

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(α − ½, α − ½)."""
        half: Number = sympy.Rational(1, 2) if is_exact(self.alpha) else 0.5
        return self.alpha - half, self.alpha - half


@dataclass(frozen=True)
class JacobiDensity(ClassicalDensity):
    """The density ∝ (1 − x)^α (1 + x)^β on [ℓ, L], x = m(λ).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    alpha, beta : numbers > −1
        The exponents at λ = L and at λ = ℓ.
    """

    sources = ("dlmf",)

    ell: Number
    L: Number
    alpha: Number
    beta: Number

    def __init__(self, ell: object, L: object, alpha: object, beta: object) -> None:
        low, high, a, b = unify(
            *check_hull(ell, L),
            _above(alpha, "alpha", sympy.Integer(-1)),
            _above(beta, "beta", sympy.Integer(-1)),
        )
        set_fields(self, ell=low, L=high, alpha=a, beta=b)

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        return ((r"\alpha", self.alpha), (r"\beta", self.beta))

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(α, β)."""
        return self.alpha, self.beta


@dataclass(frozen=True)
class MarchenkoPastur(Measure):
    """The eigenvalues of XᵀX/n for a large random X, n × d (Marchenko and Pastur 1967).

    The entries of X are independent with mean zero and variance σ² = ``scale``, and d/n → r =
    ``ratio``. The density is √((λ₊ − λ)(λ − λ₋))/(2π r σ² λ) on λ± = σ²(1 ± √r)². For r > 1 the
    matrix has rank n < d, so a mass 1 − 1/r of the eigenvalues sits at 0, the support gains that
    point, and no method gets ∫P²dμ below it: there ∂x* is not determined by the data. The
    three-term coefficients are those of one formula for every r: a_0 = σ², a_k = σ²(1 + r),
    b_k = σ⁴r.

    Parameters
    ----------
    ratio : number > 0
        r = d/n, features over samples.
    scale : number > 0
        σ², in units of λ.
    """

    sources = ("marchenko-pastur", "average-case")

    ratio: Number
    scale: Number

    def __init__(self, ratio: object, scale: object = 1) -> None:
        r, s = unify(positive(ratio, "ratio"), positive(scale, "scale"))
        set_fields(self, ratio=r, scale=s)

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        return (("r", self.ratio), (r"\sigma^{2}", self.scale))

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(r, σ²)."""
        return (self.ratio, self.scale)

    @property
    def fills_hull(self) -> bool:
        """Up to r = 1: beyond it 0 is a point apart."""
        return sign(self.mass_at_zero) == 0

    @property
    def named_parts(self) -> list[tuple[Number, dict[str, Number]]]:
        """r and σ²."""
        return [(sympy.Integer(1), {"ratio": self.ratio, "scale": self.scale})]

    @property
    def support(self) -> tuple[Segment, ...]:
        """[λ₋, λ₊], and the point 0 before it for r > 1."""
        root = square_root(self.ratio)
        edges: list[Number] = [self.scale * (1 - root) ** 2, self.scale * (1 + root) ** 2]
        if is_exact(self.scale):
            edges = [sympy.expand(edge) for edge in edges]
        bulk = (edges[0], edges[1])
        if sign(self.mass_at_zero) == 1:
            zero = self.ratio * 0
            return ((zero, zero), bulk)
        return (bulk,)

    @property
    def mass_at_zero(self) -> Number:
        """1 − 1/r for r > 1, else 0."""
        above = sign(self.ratio - 1)
        if above is None:
            raise Undecided(
                "ratio",
                self.ratio,
                "whether it exceeds 1 decides whether 0 is an eigenvalue",
                "give ratio a value",
            )
        return 1 - 1 / self.ratio if above == 1 else self.ratio * 0

    @property
    def bulk(self) -> Measure:
        """For r > 1 the spectrum of XXᵀ/n: Marchenko–Pastur with ratio 1/r and scale rσ²."""
        if sign(self.mass_at_zero) == 0:
            return self
        return MarchenkoPastur(1 / self.ratio, self.scale * self.ratio)

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """a = σ²(1, 1 + r, 1 + r, …), b = (1, σ⁴r, σ⁴r, …)."""
        size = count(n, "n")
        first, later = self.scale, self.scale * (1 + self.ratio)
        square = self.scale * self.scale * self.ratio
        one: Number = sympy.Integer(1) if is_exact(self.scale) else 1.0
        return [first, *[later] * (size - 1)][:size], [one, *[square] * (size - 1)][:size]


def classical_density(measure: Measure) -> ClassicalDensity | None:
    """What the measure says it is, of the family with a Sobolev recurrence; None for others."""
    found = measure.classical
    return found if isinstance(found, ClassicalDensity) else None
