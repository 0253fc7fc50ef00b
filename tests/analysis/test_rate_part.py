"""Curves over points, alone and beside intervals, against the recurrence in fractions."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr

PARTS = ("initial", "cross", "residual", "drift")


def product_parts(steps: list[F], lam: F) -> dict[str, list[F]]:
    """|part| of Π(1 − h_j λ) and of its derivative at t = 0, …, by the product rule."""
    P, D = [F(1)], [F(0)]
    for h in steps:
        P, D = [*P, P[-1] * (1 - h * lam)], [*D, D[-1] * (1 - h * lam) - h * P[-1]]
    drift = [abs(d) for d in D]
    initial = [abs(p - lam * d) for p, d in zip(P, D, strict=True)]
    return {
        "residual": [abs(p) for p in P], "drift": drift, "cross": drift, "initial": initial,
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    points=st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True),
    tight=st.booleans(),
)
def test_curves_over_points(steps: list[int], points: list[int], tight: bool) -> None:
    h = [F(each, 100) for each in steps]
    rate = pr.rate(pr.Richardson(h), pr.Empirical(points))
    each = [product_parts(h, F(p)) for p in points]
    for part in PARTS:
        curve = getattr(rate, part).curve(len(h), tight=tight)
        true = [float(max(values)) for values in zip(*(e[part] for e in each), strict=True)]
        assert curve.shape == (len(h) + 1,)
        assert np.all(curve >= np.array(true) * (1 - 1e-15))
        assert curve == pytest.approx(true, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("tight", [True, False])
def test_curves_over_points_beside_intervals(tight: bool) -> None:
    h = [F(1, 8), F(1, 4), F(1, 3), F(1, 5), F(1, 7)]
    method = pr.Richardson(h)
    near, far = pr.Interval(3, 4), F(40)
    both = pr.rate(method, pr.Union([(3, 4), (far, far)]))
    point = product_parts(h, far)
    for part in PARTS:
        alone = getattr(pr.rate(method, near), part).curve(5, tight=tight)
        curve = getattr(both, part).curve(5, tight=tight)
        expected = [max(a, float(b)) for a, b in zip(alone, point[part], strict=True)]
        assert curve == pytest.approx(expected, rel=1e-12)
        assert curve[-1] > 100 * alone[-1]  # the point decides


def test_averages_at_points_where_what_they_sum_vanishes() -> None:
    """1 is the rate of 1/t, and no rate of zeros or of a geometric sum."""
    for method in (pr.AveragedIterates(pr.GradientDescent(1), 1), pr.ScheduleFree(1, 0)):
        part = pr.rate(method, pr.Empirical([1], [1])).residual
        assert [part(t) for t in (1, 2, 5)] == [0, 0, 0]
        assert (part.asymptotic, part.asymptotic_status) == (0, "numeric")
    slow = pr.rate(pr.AveragedIterates(pr.GradientDescent(1)), pr.Empirical([1], [1])).residual
    assert slow(9) == pytest.approx(0.1, rel=1e-12) and slow.asymptotic == 1
    assert pr.rate(pr.ScheduleFree(1, 0), pr.Interval(0.5, 1)).residual.asymptotic == 1
