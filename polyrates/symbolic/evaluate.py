"""Error polynomials at one exact point, by the loop on numbers: no polynomial is formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.recurrence import Method
from polyrates.ground.numbers import Number
from polyrates.symbolic.ring import domain_of

__all__ = ["exact_pair_at"]


@dataclass(frozen=True)
class _PointRing:
    """The field itself: a polynomial is its value at one λ."""

    domain: Any
    point: Any

    @property
    def start(self) -> Any:
        return self.domain.one

    def number(self, value: Number) -> Any:
        return self.domain.from_sympy(value)

    def gradient(self, value: Any) -> Any:
        return value * self.point

    def product(self, left: Any, right: Any) -> Any:
        return left * right


def exact_pair_at(method: Method, t: int, point: Number) -> tuple[sympy.Expr, sympy.Expr]:
    """(P_t(λ), P_t′(λ)) of an exact method at an exact λ."""
    domain = domain_of([*method.parameters, point])
    ring = _PointRing(domain, domain.from_sympy(point))
    pair = Unrolled().pair(method, t, ring)
    return domain.to_sympy(pair.residual), domain.to_sympy(pair.drift)
