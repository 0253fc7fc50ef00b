"""On finitely many points, with steps enough, nothing is left: in exact numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import polyrates as pr
from polyrates.core.estimators import Unrolled
from polyrates.core.parts import PointRing
from polyrates.problems.sizes import joint_sizes
from polyrates.synthesis.annihilating import annihilating

POINTS = (Fraction(1, 3), Fraction(2), Fraction(7, 2))


@pytest.mark.parametrize(
    ("sizes", "needed"),
    [
        ({"initial": 1, "cross": 1}, 6),
        ({"residual": 1, "drift": 2}, 6),
        ({"residual": 1, "drift": 0}, 3),
        ({"initial": 1, "cross": 0}, 4),
    ],
)
def test_both_errors_vanish(sizes: dict[str, int], needed: int) -> None:
    where, joint = pr.Union(list(POINTS)), joint_sizes(dict(sizes))
    assert annihilating(where, joint, needed - 1) is None
    for t in range(needed, 9):
        method = annihilating(where, joint, t)
        assert method is not None and method.horizon == t
        for point in POINTS:
            ring = PointRing(Fraction(1), lambda x: Fraction(int(x.p), int(x.q)), point)
            pair = Unrolled().pair(method, t, ring)
            first = pair.residual
            if "initial" in sizes:
                first -= point * pair.drift
            assert first == 0 and (pair.drift == 0 or not joint.second)
        best = pr.minimax_optimal(where, t, **sizes)
        assert best.lower == best.value == best.upper == 0
        assert pr.rate(best.method, where).worst_case(t, **sizes) == 0


def test_irrational_points_have_double_zeros_too() -> None:
    where = pr.Union([(sympy.sqrt(2), sympy.sqrt(2)), (3, 3)])
    method = annihilating(where, joint_sizes({"initial": 1, "cross": 1}), 4)
    assert method is not None and sympy.sqrt(2) / 2 in method.parameters
    assert annihilating(where, joint_sizes({"initial": 1, "cross": 0}), 3) is None
