"""Chebyshev and Gegenbauer: exactly the suprema, and T_t(p/q) by doubling."""

from __future__ import annotations

from fractions import Fraction as F

import mpmath
import pytest
import sympy
from exact_suprema import EXACT, assert_all_parts, rationals
from hypothesis import given
from hypothesis import strategies as st

from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
)
from polyrates.core.spectra import Interval, Union
from polyrates.symbolic.theorems.classical import chebyshev_value, classical_theorem, contraction


@EXACT
@given(rationals, rationals, st.integers(0, 9))
def test_chebyshev_on_its_interval(ell, width, steps):
    assert_all_parts(Chebyshev(ell, ell + width), Interval(ell, ell + width), [steps])


@EXACT
@given(rationals, rationals, rationals, st.integers(0, 7))
def test_gegenbauer_on_its_interval(ell, width, alpha, steps):
    method = Gegenbauer(ell, ell + width, alpha)
    assert_all_parts(method, Interval(ell, ell + width), [steps])


@pytest.mark.parametrize("at", [F(5, 4), F(101, 99), F(-7, 3), F(1), F(0), F(12, 8)])
def test_chebyshevs_values_by_doubling_are_those_of_the_recurrence(at: F) -> None:
    before, now = F(1), at
    for t in range(40):
        found = chebyshev_value(t, at)
        assert F(int(found.p), int(found.q)) == before
        before, now = now, 2 * at * now - before


@pytest.mark.parametrize("alpha", [F(1, 2), F(1), F(3, 2), F(7, 3)])
def test_gegenbauers_denominators_are_mpmaths(alpha: F) -> None:
    """1/value of the residual is C_t^α(c)/C_t^α(1), c = 5/4, in forty digits."""
    found = classical_theorem(Gegenbauer(1, 9, alpha), Interval(1, 9), "residual")
    assert found is not None
    with mpmath.workdps(40):
        a = mpmath.mpf(alpha.numerator) / alpha.denominator
        for t in (1, 2, 5, 11):
            top, bottom = (mpmath.gegenbauer(t, a, mpmath.mpf(x)) for x in (1.25, 1))
            value = found.value(t)
            assert mpmath.almosteq(mpmath.mpf(value.q) / value.p, top / bottom, 1e-35)
            low, high = found.value_enclosure(t)
            assert F(low) <= F(int(value.p), int(value.q)) <= F(high)


def test_the_contraction_is_that_of_roots() -> None:
    assert contraction(sympy.Integer(1), sympy.Integer(9)) == sympy.Rational(1, 2)
    for ell, L in ((1, 10), (sympy.Rational(1, 100), 1)):
        root = sympy.sqrt(sympy.sympify(ell) / L)
        value = contraction(sympy.sympify(ell), sympy.sympify(L))
        assert sympy.simplify(value - (1 - root) / (1 + root)) == 0


def test_there_is_no_theorem_off_the_interval() -> None:
    where = Interval(1, 10)
    for method in (Chebyshev(1, 9), Chebyshev(2, 10), Gegenbauer(1, 10, F(-1, 4))):
        assert classical_theorem(method, where, "drift") is None
    inside = classical_theorem(Chebyshev(1, 10), Union([(2, 3), (5, 10)]), "drift")
    assert inside is not None and inside.value(2) == classical_theorem(
        Chebyshev(1, 10), where, "drift"
    ).value(2)  # type: ignore[union-attr]
