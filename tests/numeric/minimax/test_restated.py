"""A polynomial moved to the table it is run on is the same polynomial."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import polyrates as pr
from polyrates.core.estimators import Unrolled
from polyrates.core.parts import PointRing
from polyrates.core.recurrence import Method, orbit
from polyrates.numeric.minimax.restated import Restated
from polyrates.numeric.minimax.solve import solve_minimax

OUTLIER = [(1.0, 10.0), (100.0, 100.0)]


def value(method: Method, t: int, point: Fraction) -> tuple[Fraction, Fraction]:
    """P and P′ at a point, in fractions."""
    ring = PointRing(Fraction(1), lambda x: Fraction(int(x.p), int(x.q)), point)
    pair = Unrolled().pair(method, t, ring)
    return pair.residual, pair.drift


@pytest.mark.parametrize("t", [6, 20])
def test_the_polynomial_is_the_same(t: int) -> None:
    found = solve_minimax(OUTLIER, t, form="initial/cross", size=1.0, second=1.0)
    assert found.expansion is not None
    moved = Restated(found.expansion, OUTLIER, [100]).exact()
    assert sum(moved.weights) == 1
    for point in (Fraction(1), Fraction(7, 3), Fraction(10), Fraction(50)):
        here = value(found.expansion.exact(), t, point)
        there = value(moved, t, point)
        assert all(abs(p - q) <= abs(p) / 10**60 for p, q in zip(here, there, strict=True))
    # where P is small, or has a double zero, as far as the weights go
    here = value(found.expansion.exact(), t, Fraction(100))
    there = value(moved, t, Fraction(100))
    assert all(abs(p - q) < Fraction(1, 10**40) for p, q in zip(here, there, strict=True))


def test_zeros_are_at_the_points_that_floats_round() -> None:
    third = pr.Union([(Fraction(1, 3), Fraction(1, 3)), (1, 10)])
    best = pr.minimax_optimal(third, 12, initial=1, cross=1)
    assert best.upper - best.lower <= 1e-9 * best.upper
    ran = float(pr.rate(best.method, third).worst_case(12, initial=1, cross=1))
    assert ran == pytest.approx(best.upper, rel=1e-12)


def test_floats_run_it_beside_an_outlier() -> None:
    """With its two steps 1/100 at the start rounding would grow by the other 18, to 1e7."""
    best = pr.minimax_optimal(pr.Union(OUTLIER), 20, initial=1, cross=1)
    values = np.append(np.linspace(1, 10, 20), 100.0)
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((21, 21)))[0]
    hessian = rotation @ np.diag(values) @ rotation.T

    class Run:
        start = rotation @ np.ones(21)
        number = staticmethod(float)

        @staticmethod
        def gradient(point: np.ndarray) -> np.ndarray:
            return hessian @ point

    *_, last = orbit(best.method, Run(), 20)
    ring = PointRing(np.ones(21), float, values)
    *_, exact = orbit(best.method, ring, 20)
    assert np.max(np.abs(rotation.T @ last)) < 2 * best.upper
    assert np.max(np.abs(exact[:20])) < 2 * best.upper
