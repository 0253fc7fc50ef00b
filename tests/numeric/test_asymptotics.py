"""Closed forms of the optimum: scaling, bounds, harmonic measure."""

from __future__ import annotations

from itertools import pairwise

import pytest

import polyrates as pr
from polyrates.numeric.asymptotics import residual_drift_asymptotic, residual_drift_bounds


@pytest.mark.parametrize(
    ("ell", "L", "t", "a", "d"),
    [
        (1, 10, 3, 1, 1), (1, 10, 10, 1, 1), (1, 10, 40, 2, 0.1), (1, 100, 20, 1, 1),
        (1, 100, 40, 1, 100), (0.01, 1, 60, 1, 0.01), (1, 2, 5, 1, 0), (1, 2, 5, 0, 1),
        (1, 1000, 4, 1, 1e3), (1, 10, 8, 1e-3, 1e3),
    ],
)  # fmt: skip
def test_the_explicit_bounds_hold(ell: float, L: float, t: int, a: float, d: float) -> None:
    value = pr.minimax_optimal(pr.Interval(ell, L), t, residual=a, drift=d)
    low, high = residual_drift_bounds(ell, L, t, a, d)
    assert low <= value.upper * (1 + 1e-12)
    assert value.lower <= high * (1 + 1e-12)


def test_the_explicit_bounds_meet() -> None:
    ratios = []
    for t in (10, 20, 40, 80, 160):
        low, high = residual_drift_bounds(1, 10, t, 1, 1)
        ratios.append(high / low - 1)
    # O(1/t)
    assert all(later < 0.75 * before for before, later in pairwise(ratios))
    assert ratios[-1] < 0.04
    xi = (10**0.5 - 1) / (10**0.5 + 1)
    limit = 8 * 160 * xi**160 / (9 * (1 - xi**2))
    assert high == pytest.approx(limit, rel=0.05)


@pytest.mark.parametrize(
    ("ell", "L", "t", "d", "ratio", "digits"),
    [
        (1, 10, 10, 1, 0.9949, 1e-4), (1, 10, 20, 1, 0.9989, 1e-4), (1, 10, 40, 1, 0.9997, 1e-4),
        (1, 100, 40, 1, 0.9949, 1e-4), (1, 100, 80, 1, 0.9996, 1e-4),
        (1, 100, 40, 100, 0.9998, 1e-4), (1, 10, 40, 0.1, 0.9992, 1e-4),
    ],
)  # fmt: skip
def test_the_closed_form_of_residual_drift(
    ell: float, L: float, t: int, d: float, ratio: float, digits: float
) -> None:
    value = pr.minimax_optimal(pr.Interval(ell, L), t, residual=1, drift=d)
    found = residual_drift_asymptotic(ell, L, t, 1, d) / value.value
    assert found == pytest.approx(ratio, abs=digits)


def test_the_share_is_a_harmonic_measure() -> None:
    """The optimal share of the solver tends to the μ(σ) of the theorem."""
    from polyrates.numeric.asymptotics import _share, _threshold

    for t, tolerance in ((40, 4e-4), (80, 1e-4)):
        optimum = pr.minimax_optimal(pr.Interval(1, 10), t, residual=1, drift=1)
        ratio = (1 - F_XI**2) / (1 + F_XI**2)
        sigma = _threshold(2 * (t - 1) / 9, ratio)
        assert optimum.share == pytest.approx(_share(sigma, ratio), abs=tolerance)


F_XI = (10**0.5 - 1) / (10**0.5 + 1)


def test_scaling_and_special_sizes() -> None:
    base = residual_drift_asymptotic(1, 10, 20, 1, 1)
    assert residual_drift_asymptotic(3, 30, 20, 1, 3) == pytest.approx(base, rel=1e-12)
    assert residual_drift_asymptotic(1, 10, 20, 5, 5) == pytest.approx(5 * base, rel=1e-12)
    assert residual_drift_asymptotic(1, 10, 20, 0, 1) == 0
    lower = float(pr.lower_bound(pr.Interval(1, 10), 20))
    assert residual_drift_asymptotic(1, 10, 20, 1, 0) == pytest.approx(lower, rel=1e-12)
    for arguments in ((0, 10, 20, 1, 1), (10, 1, 20, 1, 1), (1, 10, 2, 1, 1), (1, 10, 20, -1, 1),
                      (1, 10, 20, 1, float("nan")), (1, float("inf"), 20, 1, 1)):  # fmt: skip
        with pytest.raises(pr.InvalidValue):
            residual_drift_asymptotic(*arguments)
        with pytest.raises(pr.InvalidValue):
            residual_drift_bounds(*arguments)
