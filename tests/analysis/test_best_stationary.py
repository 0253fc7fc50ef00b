"""Momentum that unrolling survives: the best at h = 1/L, and what is safe for every κ."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import polyrates as pr


@pytest.mark.parametrize("kappa", [0.01, 0.1, 0.5])
def test_best_stationary(kappa):
    best = pr.best_stationary(kappa)
    q = (1 - kappa) / (1 + kappa)
    assert best.safe_momentum == sp.Rational(1, 3)
    assert sp.simplify(best.heavy_ball.safe_momentum - (5 - sp.sqrt(17)) / 4) == 0
    for choice, maker in ((best.nesterov, pr.Nesterov), (best.heavy_ball, pr.HeavyBall)):
        for other in np.linspace(0.0, 0.6, 13):
            rate = pr.switching_rate(maker(1.0, float(other)), (kappa, 1.0)).rate
            assert choice.rate <= rate * (1 + 1e-9)
        assert choice.rate >= q  # nothing with fixed coefficients beats gradient descent
    for wrong in (0, 1, -1, 2):
        with pytest.raises(pr.InvalidValue):
            pr.best_stationary(wrong)


def test_the_safe_momentum_is_safe_and_a_little_more_is_not() -> None:
    """ρ ≤ 1 at β = 1/3 (Nesterov), (5 − √17)/4 (heavy ball) for small κ; past it ρ > 1."""
    for make, beta in ((pr.Nesterov, 1 / 3), (pr.HeavyBall, (5 - 17**0.5) / 4)):
        rates = [
            float(pr.switching_rate(make(1.0, beta * factor), (1e-9, 1.0)).rate)
            for factor in (1.0, 1.05)
        ]
        assert rates[0] <= 1 + 1e-7 < rates[1]
