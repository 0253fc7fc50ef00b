"""Error polynomials at one exact point, by the loop on numbers: no polynomial is formed."""

from __future__ import annotations

import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.parts import PointRing
from polyrates.core.recurrence import Method
from polyrates.ground.numbers import Number
from polyrates.symbolic.ring import domain_of

__all__ = ["exact_pair_at"]


def exact_pair_at(method: Method, t: int, point: Number) -> tuple[sympy.Expr, sympy.Expr]:
    """(P_t(λ), P_t′(λ)) of an exact method at an exact λ."""
    domain = domain_of([*method.parameters, point])
    ring = PointRing(domain.one, domain.from_sympy, domain.from_sympy(point))
    pair = Unrolled().pair(method, t, ring)
    return domain.to_sympy(pair.residual), domain.to_sympy(pair.drift)
