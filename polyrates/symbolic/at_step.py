"""The residual polynomial at one integer t, exactly."""

from __future__ import annotations

import sympy

from polyrates.core.methods.classical import Chebyshev, Gegenbauer
from polyrates.core.recurrence import Method, check_steps, final
from polyrates.ground.numbers import fraction_of
from polyrates.symbolic.classical import gegenbauer_residual
from polyrates.symbolic.ring import ring_of

__all__ = ["is_classical", "polynomial_at"]


def is_classical(method: Method) -> bool:
    """Whether the coefficients are Gegenbauer's: a subclass is another method."""
    return type(method) in (Chebyshev, Gegenbauer)


def polynomial_at(method: Method, t: object) -> sympy.Poly:
    """P_t in ``pr.lam`` over the smallest domain that holds the method's parameters."""
    t = check_steps(method, t, "t")
    ring = ring_of(method)
    if (
        isinstance(method, (Chebyshev, Gegenbauer))
        and is_classical(method)
        and ring.domain == sympy.QQ
    ):
        alpha = method.alpha if isinstance(method, Gegenbauer) else 0
        return gegenbauer_residual(
            t, fraction_of(method.ell), fraction_of(method.L), fraction_of(alpha)
        )
    return ring.poly(final(method, ring, t))
