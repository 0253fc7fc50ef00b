"""Bounds of rounding, held against exact numbers or against far coarser arithmetic."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr
from polyrates.numeric.suprema import profile


@pytest.mark.usefixtures("single")
def test_values_at_points_and_local_series_are_within_their_errors() -> None:
    rng = np.random.default_rng(3)
    hull, support = (1.0, 10.0), [(1.0, 4.0), (7.0, 10.0)]
    for n in (2, 9, 40):
        series = rng.standard_normal(n)
        for point in rng.uniform(1, 10, 12):
            value, error = profile.point_value(series, float(point), hull)
            true = np.polynomial.chebyshev.chebval((2 * point - 11) / 9, series)
            assert abs(value - true) <= error
        parts = profile.pieces(series, series, (0.0, 0.0), support, hull)
        for part in parts:
            lam = np.linspace(part.low, part.high, 301)
            x = (2 * lam - part.low - part.high) / (part.high - part.low)
            true = np.polynomial.chebyshev.chebval((2 * lam - 11) / 9, series)
            assert (
                np.max(np.abs(np.polynomial.chebyshev.chebval(x, part.first) - true))
                <= (part.errors[0])
            )


def test_divided_worst_cases_enclose_the_minimum() -> None:
    """Exact implicit solves: V by brute force over s and λ lies between the ends."""
    from polyrates.analysis.worst_case import enclose
    from polyrates.problems.sizes import joint_sizes

    method, where = pr.GradientDescent(F(1, 5)), pr.Interval(1, 9)
    found = enclose(method, where, pr.Implicit(), 3, joint_sizes({"initial": 1, "cross": 4}))
    lam = np.linspace(1, 9, 4001)
    P = np.abs(1 - lam / 5) ** 3  # A = P and B = −P/λ
    s = np.linspace(0.01, 0.99, 2001)[:, None]
    V = np.sqrt(np.min(np.max(P**2 / s + (4 * P / lam) ** 2 / (1 - s), axis=1)))
    assert found.lower <= V * (1 + 1e-9) and found.upper * (1 + 1e-5) >= V
    assert found.lower == pytest.approx(float(np.max(P + 4 * P / lam)), rel=1e-9)
