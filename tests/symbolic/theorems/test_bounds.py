"""Lower bounds and the best step."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest
import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import (
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.spectra import Interval, Union
from polyrates.ground.errors import InvalidValue
from polyrates.symbolic.theorems.bounds import best_step, lower_bound
from polyrates.symbolic.theorems.find import find_theorem


def theorem(method, spectrum, part):
    return find_theorem(method, spectrum, part, Unrolled())


def test_lower_bound():
    assert lower_bound(Interval(1, 10), 2) == sympy.Rational(81, 161)
    assert lower_bound((1, 10), 0) == 1
    assert lower_bound((0, 10), 7) == 1
    floating = lower_bound((1.0, 10.0), 2)
    assert isinstance(floating, float) and 0 <= 81 / 161 - floating < 1e-15
    with pytest.raises(InvalidValue):
        lower_bound(Union([(1, 2), (3, 4)]), 3)
    for method in (GradientDescent.large(1, 10), HeavyBall.tuned(1, 10), Nesterov.tuned(1, 10)):
        found = theorem(method, Interval(1, 10), "residual")
        for n in range(1, 12):
            assert found.value_enclosure(n)[1] >= float(lower_bound((1, 10), n))


def test_best_step():
    interval = Interval(F(1, 100), 1)
    for horizon, step, value in ((10, 1.731, 0.988), (50, 1.906, 0.753), (200, 1.959, 0.0955)):
        best = best_step(interval, horizon)
        assert abs(float(best.step) - step) < 6e-4 and abs(best.value / value - 1) < 6e-4
        assert 0 <= best.upper - best.lower < 1e-14
        for nearby in (F(99, 100), F(101, 100)):
            other = GradientDescent(best.step * nearby)
            assert theorem(other, interval, "initial").value_enclosure(horizon)[0] > best.upper
        assert theorem(best.method, interval, "initial").value_enclosure(horizon)[1] <= best.upper
    assert best_step(interval, 1).value == 1 and best_step(Interval(0, 1), 9).value == 1
    assert best_step(Union([(3, 3)]), 4).value == 0
    floats = best_step((0.01, 1.0), 50)
    assert isinstance(floats.step, float) and abs(floats.value - 0.7532006) < 1e-6
    # t = 2: h²ℓL is the middle of 1 − (hℓ)² = (hL)² − 1
    exact = best_step((1, 2), 2)
    assert abs(float(exact.step) - math.sqrt(2 / 5)) < 1e-15
