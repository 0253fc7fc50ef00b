"""What follows from earlier steps: used where they hold, and only there."""

from __future__ import annotations

import random
from dataclasses import replace

import mpmath
import pytest
import sympy

from polyrates.symbolic.derivations.gegenbauer_facts import (
    DOWN,
    FIRST,
    GROWTH,
    LOG_CONVEX,
    RELATIONS,
    SERIES,
    SLOPE,
    UP,
    alpha,
    inverse,
    n,
    slope_at_one,
    y,
)
from polyrates.symbolic.derivations.notation import c, x
from polyrates.symbolic.proofs.consequences import Cone, Consequence, Held, Positive, Use
from polyrates.symbolic.proofs.extremes import Fact
from polyrates.symbolic.proofs.steps import DerivationError, Equality, Range
from polyrates.symbolic.proofs.ultraspherical import Ultraspherical
from polyrates.symbolic.proofs.vanishing import vanishes

EQUATION = RELATIONS[3]
ALPHAS = (sympy.Rational(1, 7), sympy.Rational(1, 2), sympy.Integer(1), sympy.Rational(9, 2))


@pytest.mark.parametrize("a", ALPHAS)
def test_the_polynomials_are_gegenbauers(a):
    """Against mpmath's, which knows no recurrence of ours."""
    with mpmath.workdps(40):
        exponent = mpmath.mpf(a.p) / a.q
        for degree in (0, 1, 2, 5, 9):
            for at in (sympy.Rational(-1, 3), sympy.Rational(4, 5), sympy.Rational(7, 3)):
                place = mpmath.mpf(at.p) / at.q
                top, bottom = (mpmath.gegenbauer(degree, exponent, z) for z in (place, 1))
                value = Ultraspherical(degree, a, at, 0)
                assert mpmath.almosteq(mpmath.mpf(value.p) / value.q, top / bottom, 1e-30)
                if degree:  # C_n' = 2a C_{n-1}^{a+1}
                    slope = Ultraspherical(degree, a, at, 1)
                    right = 2 * exponent * mpmath.gegenbauer(degree - 1, exponent + 1, place)
                    assert mpmath.almosteq(mpmath.mpf(slope.p) / slope.q, right / bottom, 1e-30)


@pytest.mark.parametrize("step", [*RELATIONS, SERIES], ids=lambda step: str(step.left))
def test_identities_hold_at_numbers(step):
    for degree in (0, 1, 4, 7):
        for a in (sympy.Rational(2, 7), sympy.Integer(3)):
            point = {n: sympy.Integer(degree), alpha: a}
            point |= {x: sympy.Rational(3, 11), c: sympy.Rational(13, 9)}
            assert sympy.hyperexpand((step.left - step.right).xreplace(point)) == 0


def test_the_largest_values_at_points():
    source = random.Random(3)
    for degree in (1, 2, 3, 8):
        for a in ALPHAS:
            at = [sympy.Rational(source.randint(-997, 997), 997) for _ in range(12)]
            value = sympy.Poly(y(sympy.Integer(degree)).subs(alpha, a), x)
            assert max(abs(value.eval(each)) for each in at) <= 1 == value.eval(1)
            top = slope_at_one(sympy.Integer(degree)).subs(alpha, a)
            slope = value.diff()
            assert max(abs(slope.eval(each)) for each in at) <= top == slope.eval(1)
            where = [1 + sympy.Rational(source.randint(0, 997), 99) for _ in range(5)]
            for each in where:
                rows = [Ultraspherical(degree + i, a, each, 0) for i in range(3)]
                assert 1 <= rows[0] <= rows[1] <= rows[2] and rows[0] * rows[2] >= rows[1] ** 2


def test_neighbours_are_reduced_only_where_the_recurrence_holds():
    free = sympy.Symbol("m", integer=True)
    three = y(n + 2) * (n + 1 + 2 * alpha) - 2 * (n + 1 + alpha) * x * y(n + 1) + (n + 1) * y(n)
    assert vanishes(three)
    assert not vanishes(three.subs(n, free))
    assert not vanishes(three - y(n + 3))


def test_a_use_must_lie_where_its_step_holds():
    right = (1 - x**2) * y(n + 1, order=1)
    step = Consequence(right, (n + 1) * (y(n) - x * y(n + 1)), "", (Use(UP, n + 1), Use(DOWN, -x)))
    assert step.check()
    for using in (
        (),
        (Use(UP, n + 1),),
        (Use(UP, n + 1), Use(DOWN, x)),
        (Use(UP, n + 1, ((n, n - 1),)), Use(DOWN, -x)),  # n - 1 may be -1
        (Use(UP, n + 1, ((alpha, -alpha),)), Use(DOWN, -x)),
        (Use(UP, n + 1, ((x, sympy.I),)), Use(DOWN, -x)),
        (Use(UP, n + 1, ((n, sympy.Rational(1, 2)),)), Use(DOWN, -x)),
    ):
        with pytest.raises(DerivationError):
            replace(step, using=using).check()
    # what holds under conditions is no identity
    given = Equality(y(n), y(n + 1), where=((x, sympy.Integer(1)),))
    with pytest.raises(DerivationError, match="where it does not hold"):
        Consequence(y(n), y(n + 1), "", (Use(given),)).check()
    with pytest.raises(DerivationError, match="uses nothing"):
        Consequence(y(n), y(n), "", (Use(UP),)).check()


def test_an_energy_refuses():
    assert FIRST.check()
    for wrong in (
        replace(FIRST, right=sympy.Integer(2)),
        replace(FIRST, right=sympy.Integer(-1)),
        replace(FIRST, weight=FIRST.weight[1:]),
        replace(FIRST, weight=(-4 * alpha, *FIRST.weight[1:])),
        replace(FIRST, rest=FIRST.rest[1:]),  # not 0 at x = 1
        replace(FIRST, using=()),
        replace(FIRST, ends=FIRST.ends[::-1]),
        replace(FIRST, over=FIRST.over[:1]),
        replace(FIRST, left=FIRST.left.subs(sympy.Integer(-1), sympy.Integer(-2))),
    ):
        if wrong.over == FIRST.over[:1]:
            assert wrong.check()  # the symbol says that alpha is positive
            continue
        with pytest.raises((DerivationError, ValueError)):
            wrong.check()


def test_a_slope_needs_both_first_values_and_its_identities():
    assert SLOPE.check()
    for wrong in (
        replace(SLOPE, stride=1),
        replace(SLOPE, using=SLOPE.using[:1]),
        replace(SLOPE, right=SLOPE.right + n * (n - 1)),  # right at 0 and 1
        replace(SLOPE, products=(*SLOPE.products[:1], (n + 2, Fact(FIRST, ((n, n - 1),))))),
    ):
        with pytest.raises(DerivationError):
            wrong.check()


def test_a_cone_refuses():
    assert GROWTH.check() and LOG_CONVEX.check()
    lower = Range(c, sympy.S.Zero)
    for wrong in (
        replace(GROWTH, over=(*GROWTH.over[:2], lower)),
        replace(GROWTH, index=None),
        replace(GROWTH, others=()),
        replace(GROWTH, terms=(GROWTH.terms[0], ((Held(0),),), GROWTH.terms[2])),
        replace(GROWTH, terms=(GROWTH.terms[0][:2], *GROWTH.terms[1:])),
        replace(GROWTH, right=y(n, c) + 1),
        replace(LOG_CONVEX, right=2 * y(n + 1, c) ** 2),
        replace(LOG_CONVEX, left=y(n, c) * y(n + 1, c)),
        replace(LOG_CONVEX, over=(*LOG_CONVEX.over[:2], lower)),  # used outside of its ranges
    ):
        with pytest.raises(DerivationError):
            wrong.check()
    bare = Cone(
        n - 2, sympy.S.Zero, "", n, (Range(n, sympy.S.Zero, integer=True),), (((Held(),), (1,)),)
    )
    with pytest.raises(DerivationError, match="not shown"):
        bare.check()  # −2 at n = 0


def test_an_inverse_is_positive_by_the_growth():
    over = (Range(n, sympy.S.Zero, integer=True), Range(alpha, sympy.S.Zero), Range(c, sympy.S.One))
    assert inverse(n).shown(over)
    assert not inverse(n).shown(over[:2])  # c below 1
    assert not Positive(1 / (y(n, c) - 2), inverse(n).held).shown(over)
    assert not Positive(-y(n, c), inverse(n).held).shown(over)
    assert not Positive(1 / y(n, c), Held()).shown(over)
    assert not Positive(y(n + 1, c), inverse(n).held).shown(over)
