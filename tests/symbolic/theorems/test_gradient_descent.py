"""Gradient descent with any step on any support: exactly the suprema, ties and limits."""

from __future__ import annotations

import math
from fractions import Fraction as F

import sympy
from exact_suprema import EXACT, assert_all_parts, rationals, theorem
from hypothesis import given
from hypothesis import strategies as st

from polyrates.core.methods.classical import (
    GradientDescent,
)
from polyrates.core.spectra import Interval, Union
from polyrates.symbolic.theorems.gradient_descent import gradient_descent_theorem, tidy


@EXACT
@given(rationals, rationals, rationals, st.integers(0, 9))
def test_gradient_descent_for_every_step(step, ell, width, steps):
    h = sympy.Rational(step.numerator, step.denominator) / 5
    assert_all_parts(GradientDescent(h), Interval(ell, ell + width), [steps])


def test_rows_of_the_large_step():
    rows = {F(1, 10): (3.71, 5, 19), F(1, 100): (36.8, 50, 325), F(1, 1000): (368, 500, 4560)}
    for kappa, (height, at, below) in rows.items():
        found = theorem(GradientDescent.large(kappa, 1), Interval(kappa, 1), "initial")
        assert found.peak()[0] == at == math.ceil((1 - kappa**2) / (2 * kappa))
        assert abs(float(found.peak()[1].evalf()) / height - 1) < 2e-3
        assert found.burn_in() == below - 1


@EXACT
@given(st.integers(101, 199), st.integers(0, 100))
def test_burn_in_real_brackets_the_integer(percent, below):
    u = sympy.Rational(percent, 100)
    found = theorem(GradientDescent(u), Interval(F(below, 101), 1), "initial")
    real = found.burn_in_real
    assert (real is None) == (found.burn_in() == 0) == (u**2 < 2)
    if real is not None and found.value(found.burn_in() + 1) != 1:
        assert found.burn_in() == math.ceil(real.evaluate()) - 1


def test_one_end_decides_and_which() -> None:
    """ρ = max(|1 − hℓ|, |1 − hL|): hL ≤ 1 and hℓ + hL ≤ 2 take ℓ, beyond takes L."""
    for h, ell, L, rho in (
        (F(1, 9), 1, 9, F(8, 9)), (F(1, 5), 1, 9, F(4, 5)), (F(2, 9), 1, 9, F(1)),
        (F(1, 4), 1, 9, F(5, 4)), (F(1, 3), 3, 3, F(0)),
    ):  # fmt: skip
        support = Interval(ell, L) if ell < L else Union([(ell, L)])
        found = gradient_descent_theorem(GradientDescent(h), support, "residual")
        assert found.rho == found.asymptotic == rho
        assert found.value(3) == rho**3
        drift = gradient_descent_theorem(GradientDescent(h), support, "drift")
        assert drift.value(3) == 3 * h * rho**2 and drift.value(0) == 0


def test_tidy_keeps_the_value() -> None:
    a, b = sympy.symbols("a b", positive=True)
    for value in (
        sympy.Rational(3, 7),
        1 / (1 + sympy.sqrt(2)),
        (a**2 - b**2) / (a + b),
        a / b - 1,
    ):
        assert sympy.simplify(tidy(value) - value) == 0
    assert tidy(1 / (1 + sympy.sqrt(2))) == sympy.sqrt(2) - 1


def test_undecided_orders_are_hypotheses() -> None:
    found = gradient_descent_theorem(GradientDescent(sympy.Symbol("h", positive=True)),
                                     Interval(1, 9), "drift")  # fmt: skip
    assert found.hypotheses == ()
    low, high = sympy.symbols("ell L", positive=True)
    open_ = gradient_descent_theorem(GradientDescent(F(1, 9)), Interval(low, high), "drift")
    assert open_.hypotheses == (sympy.Lt(low, high),)
