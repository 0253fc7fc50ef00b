"""The question in floats: the nearest, the ones around it, and answers in any units."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr
from polyrates.problems.sizes import joint_sizes
from polyrates.synthesis.float_question import FloatQuestion, as_fraction, solved


def test_floats_around_a_question_hold_it() -> None:
    """Every number between its two floats, which are neighbors; floats are what they are."""
    where = pr.Union([(F(1, 3), F(2, 3)), (sp.sqrt(2), F(5, 2))])
    joint = joint_sizes({"initial": F(1, 10), "cross": 0.3})
    outer, inner = FloatQuestion.around(where, joint)
    exact = [F(1, 3), F(2, 3), F(5, 2), F(1, 10)]
    outside = [outer.support[0][0], -outer.support[0][1], -outer.support[1][1], -outer.first]
    inside = [inner.support[0][0], -inner.support[0][1], -inner.support[1][1], -inner.first]
    for sign, value, low, high in zip((1, -1, -1, -1), exact, outside, inside, strict=True):
        assert F(low) <= sign * value <= F(high)
        assert high == low or math.nextafter(low, math.inf) == high
    root = outer.support[1][0], inner.support[1][0]
    assert F(root[0]) ** 2 < 2 < F(root[1]) ** 2 and math.nextafter(root[0], 2) == root[1]
    assert outer.second == inner.second == 0.3 and outer.form == "initial/cross"
    assert FloatQuestion.near(where, joint).support[0] == (1 / 3, 2 / 3)


def test_a_point_that_no_float_is_has_nothing_inside() -> None:
    joint = joint_sizes({"residual": 1, "drift": 1})
    outer, inner = FloatQuestion.around(pr.Union([(F(1, 3), F(1, 3)), (1, 2)]), joint)
    low, high = outer.support[0]
    assert F(low) < F(1, 3) < F(high) and math.nextafter(low, 1) == high
    assert inner.support == ((1.0, 2.0),)
    _, same = FloatQuestion.around(pr.Union([(0.25, 0.25), (1, 2)]), joint)
    assert same.support == ((0.25, 0.25), (1.0, 2.0))


@pytest.mark.parametrize("digits", [20, 60])
def test_an_irrational_number_has_far_more_digits_than_asked_for(digits: int) -> None:
    found = as_fraction(sp.sqrt(2), digits)
    assert abs(found**2 - 2) < F(1, 10 ** (digits + 90))
    assert as_fraction(sp.Rational(2, 7), digits) == F(2, 7)
    assert as_fraction(0.1, digits) == F(0.1) != F(1, 10)


@pytest.mark.parametrize("power", [-480, -3, 40, 480])
@pytest.mark.parametrize("form", ["initial/cross", "residual/drift"])
def test_units_of_a_power_of_two_change_nothing(power: int, form: str) -> None:
    """λ → uλ with g → ug: the same value and share, the points and η in the new units."""
    unit = 2.0**power
    plain = solved(FloatQuestion(((1.0, 9.0),), form, 1.0, 0.7), 5)  # type: ignore[arg-type]
    moved = solved(FloatQuestion(((unit, 9 * unit),), form, 1.0, 0.7 * unit), 5)  # type: ignore[arg-type]
    for name in ("lower", "upper", "share"):
        assert getattr(moved, name) == pytest.approx(getattr(plain, name), rel=1e-11)
    assert moved.contact_points == pytest.approx(plain.contact_points * unit, rel=1e-9, abs=0)
    assert moved.hull == (unit, 9 * unit)
    assert moved.eta == pytest.approx(plain.eta * unit * unit, rel=1e-9, abs=0)


def test_what_floats_do_not_hold_is_refused() -> None:
    with pytest.raises(pr.InvalidValue, match="spans more than floats hold"):
        solved(FloatQuestion(((1e-200, 1e100),), "initial/cross", 1.0, 1.0), 3)
    with pytest.raises(pr.InvalidValue, match="give digits"):
        solved(FloatQuestion(((9.9, 10.0),), "initial/cross", 1.0, 1.0), 400)
