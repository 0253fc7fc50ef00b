"""The first step from which a part stays below a level, against a long look."""

from __future__ import annotations

from fractions import Fraction as F
from functools import cache

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.numeric.ring import ValueRing

RATES = {
    "gradient descent": pr.rate(pr.GradientDescent.large(1, 10), pr.Interval(1, 10)),
    "heavy ball": pr.rate(pr.HeavyBall.tuned(1, 20), pr.Interval(1, 20)),
    "Chebyshev": pr.rate(pr.Chebyshev(1, 10), pr.Union([(1, 2), 5, (8, 10)])),
    "Nesterov": pr.rate(pr.Nesterov("0.08", "0.4"), pr.Interval(1, 10)),
    "isolated points": pr.rate(pr.HeavyBall("0.03", "0.9"), pr.Empirical([1, 50, 100])),
    "a table": pr.rate(pr.Tabulated([F(1, 8)] * 12), pr.Interval(1, 10)),
}


@cache
def looked_at(name: str, part: str) -> np.ndarray:
    """Maxima on a dense grid of the support: just below the suprema at every t."""
    rate = RATES[name]
    steps = rate.method.horizon or 180
    pieces = [np.array([float(each)]) for each in rate.spectrum.isolated]
    for low, high in rate.spectrum.segments:
        middle, half = (float(low) + float(high)) / 2, (float(high) - float(low)) / 2
        pieces.append(middle + half * np.cos(np.linspace(0, np.pi, 2001)))
    points = np.concatenate(pieces)
    found = []
    for pair in rate.estimator.pairs(rate.method, steps, ValueRing(points)):
        at_start = pair.residual - points * pair.drift
        values = {"initial": at_start, "residual": pair.residual, "drift": pair.drift}
        found.append(np.max(np.abs(values[part])))
    return np.array(found)


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("part", ["initial", "residual", "drift"])
@pytest.mark.parametrize("eps", [2, F(1, 2), F(1, 20)])
def test_against_a_long_look(name: str, part: str, eps: F) -> None:
    rate, values = RATES[name], looked_at(name, part)
    above = np.flatnonzero(values > float(eps))
    expected = int(above[-1]) + 1 if len(above) else 0
    assert rate.steps_to(part, eps) == expected
    assert expected < len(values) - 1 or name == "a table"  # the look was long enough
    enclosure = getattr(rate, part).enclosure
    assert expected == 0 or enclosure(expected - 1)[0] > eps
    assert expected == len(values) or enclosure(expected)[1] <= eps


def test_what_never_comes_down() -> None:
    assert pr.rate(pr.GradientDescent(3), pr.Interval(1, 2)).steps_to("residual", 1) == sp.oo
    flat = pr.rate(pr.GradientDescent(F(1, 2)), pr.Interval(0, 1))
    assert flat.steps_to("residual", F(1, 2)) == sp.oo and flat.steps_to("residual", 1) == 0
    kept = pr.rate(pr.HeavyBall.tuned(1, 100), pr.Interval(1, 100), pr.OneStep())
    assert kept.steps_to("residual", 2) == sp.oo


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="part"):
        RATES["Chebyshev"].steps_to("inital", 1)
    with pytest.raises(ValueError, match="eps"):
        RATES["Chebyshev"].steps_to("initial", 0)
