"""The four parts of an error at one λ, in fractions."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import polyrates as pr
from polyrates.core.carriers import Pair
from polyrates.core.parts import PARTS, PointRing, check_part, part_of
from polyrates.ground.errors import InvalidValue


def test_parts_are_r_c_and_r_minus_lambda_c() -> None:
    ring, pair = PointRing(F(1), F, F(3, 2)), Pair(F(5), F(2))
    found = [part_of(pair, each, ring) for each in PARTS]
    assert found == [F(5) - F(3, 2) * 2, F(2), F(5), F(2)]
    assert ring.inverse() == F(2, 3) and ring.product(F(2), F(5)) == 10


def test_a_method_at_a_point_is_its_polynomial() -> None:
    method, at = pr.HeavyBall("1/6", "1/3", first_step="1/5"), F(7, 3)
    ring = PointRing(F(1), lambda x: F(int(x.p), int(x.q)) if hasattr(x, "p") else F(x), at)
    pair = pr.Unrolled().pair(method, 5, ring)
    P = pr.residual_polynomial(method, 5)
    assert pair.residual == F(str(P.eval(at))) and pair.drift == F(str(P.diff().eval(at)))


def test_refusals() -> None:
    with pytest.raises(InvalidValue, match="initial, cross, residual, drift"):
        check_part("Initial")
    with pytest.raises(InvalidValue, match="ell > 0"):
        PointRing(F(1), F, F(0)).inverse()
