"""Printed bounds satisfy their inequality, as decimals and as the floats read back from them."""

import math
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from polyrates.ground.outward import at_least, at_most, latex_at_least, latex_at_most, nearest

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, st.integers(1, 20), st.booleans())
def test_the_decimals_enclose_the_float_and_no_closer_ones_do(x, digits, scientific):
    low, high = (Fraction(f(x, digits, scientific)) for f in (at_least, at_most))
    assert low <= Fraction(x) <= high
    # as a reader's program has it, who parses what was printed
    assert float(at_least(x, digits, scientific)) <= x <= float(at_most(x, digits, scientific))
    if x:  # one unit of the last digit apart at most
        unit = Fraction(10) ** (math.floor(math.log10(abs(x))) - digits + 2)
        assert high - low <= unit
    if Fraction(f"{x:.{digits}g}") == Fraction(x):
        assert low == high == Fraction(x)


@given(st.fractions(), st.integers(1, 12))
def test_fractions_are_enclosed_exactly(x, digits):
    low, high = (Fraction(f(x, digits)) for f in (at_least, at_most))
    assert low <= x <= high
    assert Fraction(at_most(-x, digits)) == -low


@given(st.floats(), st.integers(1, 17))
def test_the_layout_is_pythons(x, digits):
    if x == 0:
        x = 0.0  # a bound of −0 is 0
    assert nearest(x, digits) == f"{x:.{digits}g}"
    assert nearest(x, digits, True) == (f"{x:.{digits - 1}e}" if math.isfinite(x) else f"{x:g}")


@pytest.mark.parametrize("x", [5e-324, 2.5e-310, 1.7976931348623157e308, 1e23, 0.1, 9.9999e-5])
def test_at_the_ends_of_the_floats(x):
    for digits in (1, 3, 4, 12):
        assert Fraction(at_least(x, digits)) <= Fraction(x) <= Fraction(at_most(x, digits))


def test_what_is_no_finite_float():
    assert (at_most(math.inf), at_least(-math.inf), at_most(math.nan)) == ("inf", "-inf", "nan")
    assert at_most(sympy.oo) == "inf" and latex_at_most(math.inf) == r"\infty"
    assert at_most(10**400, 2) == "1e+400" and at_least(Fraction(1, 10**400), 2) == "1e-400"
    assert latex_at_most(2.46249e-6, 3) == r"2.47 \cdot 10^{-6}"
    assert latex_at_least(1.00001e-9, 3) == "10^{-9}"


@pytest.mark.parametrize("x", [sympy.sqrt(2), sympy.sqrt(3) / 10**9, -sympy.pi])
def test_roots_are_enclosed(x):
    for digits in (3, 16, 17):
        low, high = (sympy.Rational(f(x, digits)) for f in (at_least, at_most))
        assert bool(low < x) and bool(x < high)
