"""Switching Hessians: the closed forms are what the circle gives."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.numeric.suprema.circle import circle_radius, smaller_than

KAPPAS = (F(1, 10_000), F(1, 100), F(1, 10), F(3, 10), F(9, 10))


def circle(method, ell, L, points=4001):
    """The largest spectral radius of M − λgq on the circle, by numpy on a grid: a lower bound."""
    step = method.transition(float)
    M, g, q = (np.array(part, float) for part in (step.mixing, step.gain, step.query))
    angles = np.linspace(0, np.pi, points)
    lams = (L + ell) / 2 + (L - ell) / 2 * np.exp(1j * angles)
    return max(np.max(np.abs(np.linalg.eigvals(M - lam * np.outer(g, q)))) for lam in lams)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("make", [pr.GradientDescent.large, pr.HeavyBall.tuned, pr.Nesterov.tuned])
def test_closed_forms_are_the_circle(kappa, make):
    method = make(float(kappa), 1.0)
    found = pr.switching_rate(method, (float(kappa), 1.0))
    low, high = circle_radius(method, (float(kappa), 1.0))
    assert high - low <= 1e-14
    assert low <= found.rate * (1 + 1e-13) and found.enclosure[0] <= high * (1 + 1e-13)
    assert circle(method, float(kappa), 1.0, 801) == pytest.approx(found.rate, rel=1e-4)


@pytest.mark.parametrize("beta", [F(34, 100), F(1, 2), F(3, 5), F(9, 10)])
def test_nesterovs_form_at_one_over_l(beta):
    exact = pr.switching_rate(pr.Nesterov(1, beta), (F(1, 100), 1)).threshold
    b = sp.Rational(beta)
    assert exact == 1 - 1 / ((1 + b) ** 2 / (8 * b) + b)
    edge = float(exact)
    method = pr.Nesterov(1.0, float(beta))
    assert smaller_than(method, (edge * (1 + 1e-9), 1.0), 1.0) is True
    assert smaller_than(method, (edge * (1 - 1e-9), 1.0), 1.0) is False


def test_momentum_that_is_safe_for_every_kappa():
    safe = (5 - math.sqrt(17)) / 4
    for kappa in (1e-9, 1e-5, 1e-2, 0.5):
        assert smaller_than(pr.Nesterov(1.0, 1 / 3 - 1e-9), (kappa, 1.0), 1.0) is True
        assert smaller_than(pr.HeavyBall(1.0, safe - 1e-9), (kappa, 1.0), 1.0) is True
    assert smaller_than(pr.Nesterov(1.0, 1 / 3 + 1e-4), (1e-9, 1.0), 1.0) is False
    assert smaller_than(pr.HeavyBall(1.0, safe + 1e-4), (1e-9, 1.0), 1.0) is False
    for kappa, limit in ((0.01, 0.267), (0.1, 0.392)):  # of heavy ball, to three digits
        assert smaller_than(pr.HeavyBall(1.0, limit - 5e-4), (kappa, 1.0), 1.0) is True
        assert smaller_than(pr.HeavyBall(1.0, limit + 1e-3), (kappa, 1.0), 1.0) is False
