"""The rings on which an estimator's pair (R, C) is computed, and the carriers made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from polyrates.core.recurrence import Jet
from polyrates.core.transition import Scalar
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number

P = TypeVar("P")


class Ring(Protocol[P]):
    """A commutative ring with the element λ, and scalars that a method's numbers map to."""

    @property
    def start(self) -> P:
        """The element 1."""
        ...

    def number(self, value: Number) -> Scalar:
        """A coefficient as a scalar."""
        ...

    def gradient(self, point: P) -> P:
        """λ times an element."""
        ...

    def product(self, left: P, right: P) -> P:
        """The product of two elements."""
        ...


def zero_of(ring: Ring[P]) -> P:
    """The element 0, which has the shape and the kind of the element 1."""
    zero: Scalar = ring.start * 0  # type: ignore[operator]
    return cast(P, zero)


class Pair(NamedTuple, Generic[P]):
    """(R, C): error = R(H)E + C(H)D."""

    residual: P
    drift: P


@dataclass(frozen=True)
class JetCarrier(Generic[P]):
    """(P, C) with gradient (λP, λC + P): C is the derivative of P when nothing is reset.

    ``values`` is the ring of the polynomial's values, ``tangents`` that of the drift. They differ
    for two-variable multipliers only, where values run along λ_j and tangents along (λ_i, λ_j).
    """

    values: Ring[P]
    tangents: Ring[P]

    @property
    def start(self) -> Jet[P]:
        """(1, 0)."""
        return Jet(self.values.start, zero_of(self.tangents))

    def number(self, value: Number) -> Scalar:
        """A scalar of the ring."""
        return self.values.number(value)

    def gradient(self, point: Jet[P]) -> Jet[P]:
        """(λP, λC + P)."""
        tangent = self.tangents.gradient(point.tangent) + point.value  # type: ignore[operator]
        return Jet(self.values.gradient(point.value), tangent)


@dataclass(frozen=True)
class InverseCarrier(Generic[P]):
    """W = (Q(λ+δ) − 1)/(λ+δ) without the division: the method on (λ+δ)W + 1, started at 0.

    With a preconditioner r(λ), on r(λ)((λ+δ)W + 1).
    """

    ring: Ring[P]
    damping: Number = 0.0
    preconditioner: P | None = None

    @property
    def start(self) -> P:
        """The element 0."""
        return zero_of(self.ring)

    def number(self, value: Number) -> Scalar:
        """A scalar of the ring."""
        return self.ring.number(value)

    def gradient(self, point: P) -> P:
        """(λ+δ)W + 1."""
        slope: Scalar = self.ring.gradient(point) + self.ring.start  # type: ignore[operator]
        if self.damping:
            slope = slope + point * self.ring.number(self.damping)
        if self.preconditioner is not None:
            slope = self.ring.product(slope, self.preconditioner)
        return cast(P, slope)


def inverse_of(ring: Ring[P], damping: Number, name: str) -> P:
    """1/(λ+δ), for an exact solve, where the ring has it."""
    inverse = getattr(ring, "inverse", None)
    if inverse is None:
        refuse_value(
            "estimator",
            name,
            "its drift −P_t/λ is not in this ring",
            "evaluate it at points with λ > 0, or in the exact ring",
        )
    return cast(P, inverse(damping) if damping else inverse())
