"""Heavy ball and Nesterov on their own interval: exactly the suprema."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
import sympy
from exact_suprema import PARTS, assert_all_parts, theorem

from polyrates.core.methods.classical import (
    HeavyBall,
    Nesterov,
)
from polyrates.core.spectra import Interval
from polyrates.symbolic.theorems.momentum import heavy_ball_theorem, nesterov_theorem


@pytest.mark.parametrize("root", [F(1, 2), F(2, 5), F(1, 10), F(9, 10)])
def test_heavy_ball_and_nesterov_on_their_interval(root):
    interval = Interval(root**2, 1)  # √κ rational, so everything is
    assert_all_parts(HeavyBall.tuned(root**2, 1), interval, range(9))
    assert_all_parts(Nesterov.tuned(root**2, 1), interval, range(9), PARTS[1:])


def test_nesterov_initial_part_has_no_theorem():
    assert theorem(Nesterov.tuned(1, 4), Interval(1, 4), "initial") is None


@pytest.mark.parametrize("part", ["residual", "drift", "initial"])
def test_heavy_balls_closed_form_is_the_recurrence_at_the_top(part: str) -> None:
    """κ = 1/9: m = 1/4, ξ = 1/2; the values at λ = L of the recurrence in fractions."""
    method, ell, L = HeavyBall.tuned(1, 9), F(1), F(9)
    found = heavy_ball_theorem(method, Interval(1, 9), part)
    assert found is not None and found.ratio == sympy.Rational(1, 2)
    h, m, h0 = (F(str(each)) for each in (method.step, method.momentum, method.first_step))
    P, S = [F(1), 1 - h0 * L], [F(0), -h0]
    for _ in range(8):
        P.append((1 + m - h * L) * P[-1] - m * P[-2])
        S.append((1 + m - h * L) * S[-1] - h * P[-2] - m * S[-2])
    for t in range(1, 9):
        wanted = {"residual": P[t], "drift": S[t], "initial": P[t] - L * S[t]}[part]
        value = found.value(t)
        assert F(int(value.p), int(value.q)) == abs(wanted)
    assert ell < L


def test_there_is_no_theorem_for_other_parameters() -> None:
    where = Interval(1, 9)
    assert heavy_ball_theorem(HeavyBall(F(1, 5), F(1, 3)), where, "residual") is None
    tuned = HeavyBall.tuned(1, 9)
    other = HeavyBall(tuned.step, tuned.momentum, first_step=F(1, 9))
    assert heavy_ball_theorem(other, where, "residual") is None
    assert heavy_ball_theorem(tuned, Interval(1, 10), "drift") is None
    assert nesterov_theorem(Nesterov(F(1, 9), F(1, 3)), where, "drift") is None
    assert nesterov_theorem(Nesterov.tuned(1, 9), where, "drift") is not None
    # σ = 1 is at ℓ: what lies above, up to hL = 1, does not matter
    assert nesterov_theorem(Nesterov.tuned(1, 9), Interval(1, 8), "drift") is not None
