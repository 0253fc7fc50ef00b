"""Suprema of rational polynomials, decided exactly: the roots are counted, no grid is trusted."""

from __future__ import annotations

from fractions import Fraction as F

import sympy
from hypothesis import settings
from hypothesis import strategies as st

from polyrates.core.estimators import Unrolled
from polyrates.ground.numbers import lam
from polyrates.symbolic.polynomials import error_polynomials
from polyrates.symbolic.theorems.find import find_theorem

PARTS = ("initial", "cross", "residual", "drift")


EXACT = settings(max_examples=25, deadline=None)


def theorem(method, spectrum, part):
    return find_theorem(method, spectrum, part, Unrolled())


def changes_sign(poly, low, high):
    """Whether a rational polynomial takes both signs on [low, high], by Sturm's count."""
    if poly.is_zero:
        return False
    odd = sympy.Poly(1, lam)
    for factor, multiplicity in poly.sqf_list()[1]:
        if multiplicity % 2:
            odd *= factor
    if odd.degree() <= 0:
        return False
    ends = int(odd.eval(low) == 0) + int(odd.eval(high) == 0)
    return odd.count_roots(low, high) - ends > 0


def assert_supremum(poly, support, value):
    """value − |poly| ≥ 0 on the support, with equality somewhere: exactly the supremum."""
    value = sympy.sympify(value)
    attained = False
    for low, high in support:
        for bound in (value - poly, value + poly):
            bound = sympy.Poly(bound, lam)
            assert bound.eval(low) >= 0 and bound.eval(high) >= 0
            if low != high:
                assert not changes_sign(bound, low, high)
                assert bound.eval((low + high) / 2) >= 0
        attained |= abs(poly.eval(low)) == value or abs(poly.eval(high)) == value
    assert attained


def assert_all_parts(method, spectrum, steps, parts=PARTS):
    for t_ in steps:
        polynomials = error_polynomials(method, t_)
        for part in parts:
            found = theorem(method, spectrum, part)
            assert found is not None
            assert_supremum(getattr(polynomials, part), spectrum.support, found.value(t_))


rationals = st.builds(F, st.integers(1, 40), st.integers(1, 12))
