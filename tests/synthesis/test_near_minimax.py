"""The harmonic method stays near the optimum."""

from __future__ import annotations

import pytest

import polyrates as pr


@pytest.mark.parametrize("L", [3, 10, 100])
@pytest.mark.parametrize("drift", [0.01, 0.1, 1, 10])
def test_it_stays_near_the_optimum_in_residual_drift(L: float, drift: float) -> None:
    interval = pr.Interval(1, L)
    guarantee = pr.rate(pr.near_minimax(interval, residual=1, drift=drift), interval)
    for t in (2, 5, 10, 20, 40):
        optimum = pr.minimax_optimal(interval, t, residual=1, drift=drift).value
        price = float(guarantee.worst_case(t, residual=1, drift=drift)) / optimum
        assert 1 - 1e-10 <= price < 1.65
