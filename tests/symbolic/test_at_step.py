"""P_t at one t: by the closed way where there is one, by the recurrence elsewhere, the same."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr
from polyrates.core.recurrence import final
from polyrates.symbolic.at_step import is_classical, polynomial_at
from polyrates.symbolic.polynomials import ring_of


@pytest.mark.parametrize(
    "method",
    [pr.Chebyshev(1, 10), pr.Chebyshev(0, F(7, 2)), pr.Gegenbauer(1, 9, F(3, 2)),
     pr.Gegenbauer(F(1, 3), 9, F(-1, 4)), pr.HeavyBall(F(1, 5), F(1, 3)),
     pr.Chebyshev(sp.Symbol("ell", positive=True), sp.Symbol("L", positive=True))],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("t", [0, 1, 4])
def test_both_ways_meet(method: pr.Method, t: int) -> None:
    ring = ring_of(method)
    assert polynomial_at(method, t).as_expr().equals(ring.poly(final(method, ring, t)).as_expr())
    assert polynomial_at(method, t).eval(0).equals(1)


def test_a_subclass_is_another_method() -> None:
    class Mine(pr.Chebyshev):
        """Its steps may be anything."""

    assert is_classical(pr.Chebyshev(1, 2)) and is_classical(pr.Gegenbauer(1, 2, 1))
    assert not is_classical(Mine(1, 2)) and not is_classical(pr.GradientDescent(1))
