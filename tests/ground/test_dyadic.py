"""Floats read as the rationals they are, in whatever holds them."""

from __future__ import annotations

from fractions import Fraction as F

import sympy

import polyrates as pr
from polyrates.ground.dyadic import with_fractions


def test_every_float_becomes_its_own_rational() -> None:
    found = with_fractions(pr.Tabulated([0.1, 0.2], [0.0, 0.3]))
    for value, source in zip(found.parameters[:2], (0.1, 0.2), strict=True):
        assert value == sympy.Rational(*F(source).as_integer_ratio())
    assert not any(part.has(sympy.Float) for part in map(sympy.sympify, found.parameters))


def test_what_is_nested_is_read_and_what_is_exact_stays() -> None:
    inner = with_fractions(pr.Implicit(pr.GradientDescent(0.1), 3))
    assert inner.inner.step == sympy.Rational(*F(0.1).as_integer_ratio()) and inner.inner_steps == 3
    exact = pr.HeavyBall("1/3", "1/7")
    assert with_fractions(exact) == exact
    assert with_fractions("0.1") == "0.1" and with_fractions(pr.Chebyshev) is pr.Chebyshev
