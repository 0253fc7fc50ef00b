"""Jets are derivatives, and the inverse carrier divides without a division: in fractions."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import polyrates as pr
from polyrates.core.carriers import InverseCarrier, JetCarrier, zero_of
from polyrates.core.parts import PointRing
from polyrates.core.recurrence import final

METHODS = [pr.GradientDescent("1/5"), pr.Chebyshev(1, 10), pr.Nesterov("1/9", "2/5")]


def ring(at: F) -> PointRing[F]:
    return PointRing(F(1), lambda x: F(str(x)), at)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("at", [F(1), F(13, 7), F(10), F(0), F(-2)])
def test_against_the_polynomial(method: pr.Method, at: F) -> None:
    P = pr.residual_polynomial(method, 6)
    value, slope = F(str(P.eval(at))), F(str(P.diff().eval(at)))
    jet = final(method, JetCarrier(ring(at), ring(at)), 6)
    assert (jet.value, jet.tangent) == (value, slope)
    solved = final(method, InverseCarrier(ring(at)), 6)
    assert solved == ((value - 1) / at if at else slope)  # at 0 the quotient is P′(0)
    assert zero_of(ring(at)) == 0
