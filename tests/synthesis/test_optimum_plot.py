"""The picture of an optimum: the profile is √(A² + ηB²), and level at the contact points."""

from __future__ import annotations

import math

import matplotlib

matplotlib.use("Agg")
import numpy as np
import pytest
from matplotlib import pyplot
from numpy.polynomial import Polynomial

import polyrates as pr
from polyrates.synthesis.optimum_plot import profile

POINTS = np.array([1.0, 2.5, 7.0, 9.0])


@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("eta", [0.0, 0.3, math.inf])
def test_the_profile_is_that_of_the_polynomial(initial: bool, eta: float) -> None:
    """Gradient descent with h = 1/7 in powers of λ: P = (1 − λ/7)³."""
    P = Polynomial([1, -1 / 7]) ** 3
    value, slope = P(POINTS), P.deriv()(POINTS)
    first = value - POINTS * slope if initial else value
    wanted = np.abs(slope) if math.isinf(eta) else np.sqrt(first**2 + eta * slope**2)
    found = profile(pr.GradientDescent(1 / 7), 3, POINTS, eta, initial)
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 1}, {"residual": 1, "drift": 1}])
def test_the_profile_is_level_at_the_contact_points_and_nowhere_higher(
    sizes: dict[str, int],
) -> None:
    optimum = pr.minimax_optimal(pr.Interval(1, 9), 5, **sizes)
    axes = optimum.plot()
    drawn = {line.get_label(): line for line in axes.get_lines()}
    level = np.asarray(drawn["profile over its maximum"].get_ydata(), dtype=float)
    marks = np.asarray(drawn["contact points"].get_ydata(), dtype=float)
    assert np.max(level) <= 1 + 1e-12 and np.max(level) > 1 - 1e-3
    np.testing.assert_allclose(marks, 1.0, rtol=1e-6)
    where = np.asarray(drawn["contact points"].get_xdata(), dtype=float)
    np.testing.assert_allclose(where, [float(x) for x in optimum.contact_points or ()])
    P = axes.get_lines()[0]
    x = np.asarray(P.get_xdata(), dtype=float)
    values = optimum.polynomial(x)
    size = max(1.0, np.max(np.abs(values)))
    assert ("divided" in P.get_label()) == (size > 1)
    np.testing.assert_allclose(P.get_ydata(), values / size, atol=1e-10)
    assert (x[0], x[-1]) == (1.0, 9.0)
    pyplot.close(axes.figure)


def test_a_wide_interval_is_drawn_on_a_logarithm_and_a_point_with_room() -> None:
    wide = pr.minimax_optimal(pr.Interval(0.01, 1), 4, residual=1, drift=0).plot()
    assert wide.get_xscale() == "log"
    pyplot.close(wide.figure)
    point = pr.minimax_optimal(pr.Union([(4, 4)]), 2, residual=1, drift=1).plot()
    x = point.get_lines()[0].get_xdata()
    assert (np.min(x), np.max(x)) == (2.0, 6.0) and point.get_xscale() == "linear"
    pyplot.close(point.figure)
