"""The four parts of an error, and the ring of values at one λ.

With the pair (R, C) of an estimator, error = R(H)E + C(H)D = (R − λC)(H)E + C(H)G:

    residual  R,  multiplies E        drift  C,  multiplies D
    initial   R − λC,  multiplies E   cross  C,  multiplies G
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from polyrates.core.carriers import Pair, Ring
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number

__all__ = ["PARTS", "Part", "PointRing", "check_part", "part_of"]

P = TypeVar("P")

Part = Literal["initial", "cross", "residual", "drift"]
PARTS: tuple[Part, ...] = ("initial", "cross", "residual", "drift")


def check_part(kind: str) -> Part:
    """One of the four names, or our error."""
    for part in PARTS:
        if kind == part:
            return part
    refuse_value("part", kind, "is unknown", f"give one of {', '.join(PARTS)}")


def part_of(pair: Pair[P], kind: str, ring: Ring[P]) -> P:
    """R, C or R − λC of a pair, an element of the ring."""
    part = check_part(kind)
    if part == "residual":
        return pair.residual
    if part == "initial":
        return pair.residual - ring.gradient(pair.drift)  # type: ignore[operator, no-any-return]
    return pair.drift


@dataclass(frozen=True)
class PointRing(Generic[P]):
    """Functions of λ as their values at one λ: elements of a field.

    Attributes
    ----------
    one : the field's 1
    convert : a coefficient of a method as an element of the field
    point : λ
    """

    one: P
    convert: Callable[[Number], P]
    point: P

    @property
    def start(self) -> P:
        """The constant 1."""
        return self.one

    def number(self, value: Number) -> P:
        """A coefficient as an element of the field."""
        return self.convert(value)

    def gradient(self, point: P) -> P:
        """λ times a value."""
        return point * self.point  # type: ignore[operator, no-any-return]

    def product(self, left: P, right: P) -> P:
        """The product of two values."""
        return left * right  # type: ignore[operator, no-any-return]

    def quotient(self, left: P, right: P) -> P:
        """The quotient of two values."""
        return left / right  # type: ignore[operator, no-any-return]

    def inverse(self, damping: Number | None = None) -> P:
        """1/(λ+δ), for the exact implicit solve."""
        point: Any = self.point if damping is None else self.point + self.convert(damping)  # type: ignore[operator]
        if not point > 0:
            refuse_value("spectrum", point, "an exact solve needs eigenvalues > 0", "give ell > 0")
        return self.one / point  # type: ignore[no-any-return]
