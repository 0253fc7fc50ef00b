"""The sentences of a plan compare like with like and name numbers that hold."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

import polyrates as pr
from polyrates.choices.plan_question import Found
from polyrates.choices.plan_verdict import verdict


def rows():
    made = pr.plan(pr.Interval(1, 100), budget=20, initial=1, cross=1)
    return made.best_of("implicit"), made.best_of("unrolled")


def test_an_observation_is_not_divided_by_a_certificate():
    first, other = rows()
    assert "times below" in verdict((first, other), 20, 1.0, 1e-15, None)
    seen = replace(first, observed=1e-9)
    assert "times below" not in verdict((seen, other), 20, 1.0, 1e-15, None)
    both = verdict((seen, replace(other, observed=1e-6)), 20, 1.0, 1e-15, None)
    assert "1e+03 times below the best unrolled" in both
    rounded = (replace(first, observed=1e-16), replace(other, observed=1e-6))
    assert "times below" not in verdict(rounded, 20, 1.0, 1e-15, None)


def test_certified_numbers_of_a_verdict_hold():
    first, other = rows()
    text = verdict((first, other), 20, 1.0, 1e-15, None)
    assert Fraction(text.split("certified ")[1].split(",")[0]) >= Fraction(first.guarantee)
    assert Fraction(first.shown(4, True)) >= Fraction(first.guarantee)


def test_percents_and_short_floats_are_said_plainly():
    ran = tuple(replace(row, observed=row.guarantee, status="predicted") for row in rows())
    text = verdict(ran, 20, 1.0, 1e-15, Found(np.zeros(2), 1.2, 2.0**-24))
    assert "moves by 120 %" in text and "float32" in text and "jax_enable_x64" in text
    double = verdict(ran, 20, 1.0, 1e-15, Found(np.zeros(2), 0.012, 2.0**-53))
    assert "moves by 1.2 %" in double and "float32" not in double
