"""Nesterov's method read at the extrapolated point."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.core.methods.extrapolated import ExtrapolatedNesterov
from polyrates.ground.errors import InvalidValue

h, m = F(1, 9), F(2, 5)


def test_it_is_the_extrapolation_of_the_same_run() -> None:
    P = [pr.residual_polynomial(pr.Nesterov(h, m), t).as_expr() for t in range(7)]
    for t in range(1, 7):
        found = pr.residual_polynomial(ExtrapolatedNesterov(h, m), t).as_expr()
        assert sp.expand(found - (P[t] + sp.Rational(2, 5) * (P[t] - P[t - 1]))) == 0


def test_it_is_the_buffer_form_of_the_libraries() -> None:
    """v⁺ = mv + g, y⁺ = y − h(g + mv⁺)."""
    H = np.array([1.0, 3.0, 9.0])
    y, v = np.ones(3), np.zeros(3)
    for _ in range(12):
        g = H * y
        v = 0.4 * v + g
        y = y - (g + 0.4 * v) / 9
    found = pr.run(ExtrapolatedNesterov(1 / 9, 0.4), lambda x: H * x, np.ones(3), 12)
    np.testing.assert_allclose(found, y, rtol=1e-12, atol=1e-15)


def test_a_step_is_positive() -> None:
    with pytest.raises(InvalidValue, match="step"):
        ExtrapolatedNesterov(0, m)
