"""Certificates of suprema and of the lower bound of all methods."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support import best_of_all_methods

import polyrates as pr


@pytest.mark.parametrize("t", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("ends", [(1, 100), (Fraction(1, 97), Fraction(1000, 7))])
def test_the_lower_bound_is_chebyshevs_value(ends: tuple[Fraction, Fraction], t: int) -> None:
    value = best_of_all_methods(*map(Fraction, ends), t)
    bound = pr.lower_bound_certificate(ends, t)
    assert bound.check().ok and bound.lower == bound.upper == value


@pytest.mark.parametrize("part", ["initial", "cross", "residual", "drift"])
@pytest.mark.parametrize(
    "method",
    [
        pr.GradientDescent.large(1, 100),
        pr.Chebyshev(1, 100),
        pr.HeavyBall.tuned(1, 100),
        pr.HeavyBall(0.03, 0.5),
        pr.Tabulated([0.1, 0.2, 0.05], [0, 0.2, 0.3]),
    ],
    ids=lambda m: type(m).__name__,
)
@pytest.mark.parametrize("where", [pr.Interval(1, 100), pr.Union([(1, 10), 20, (90, 100)])])
def test_suprema_are_proved(where: pr.Spectrum, method: pr.Method, part: str) -> None:
    t = method.horizon or 9
    rate = getattr(pr.rate(method, where), part)
    proof = rate.certificate(t)
    lower, upper = rate.enclosure(t)
    assert proof.check().ok
    assert proof.lower <= Fraction(upper) and Fraction(lower) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(1, 10**9)


def test_a_part_that_is_no_polynomial_is_refused() -> None:
    rate = pr.rate(pr.Chebyshev(1, 9), pr.Interval(1, 9), pr.Implicit())
    with pytest.raises(pr.PolyratesError, match="no polynomial"):
        rate.drift.certificate(3)
