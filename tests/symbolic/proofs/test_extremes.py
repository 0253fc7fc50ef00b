"""Largest values: what the steps say is true at random points, and what is false is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest
import sympy

from polyrates.symbolic.derivations.chebyshev_facts import (
    FIRST_KIND,
    SECOND_KIND,
    SLOPE,
    largest,
    n,
    power,
    x,
)
from polyrates.symbolic.derivations.general import lower_bound_proof
from polyrates.symbolic.derivations.gradient_descent import flat_step, gradient_descent_proof
from polyrates.symbolic.proofs.extremes import Alternation, EndPoints, Fact, Largest, MaxAbs
from polyrates.symbolic.proofs.steps import DerivationError, Range

POWER = power(sympy.Symbol("k", integer=True))
FACTS = (FIRST_KIND, SECOND_KIND, SLOPE, POWER)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: str(f.right))
def test_facts_at_points(fact):
    assert fact.check().kind in ("certificate", "induction")
    source = random.Random(0)
    (index,) = (each.symbol for each in fact.over)
    for degree in (0, 1, 2, 5, 12):
        f = sympy.Poly(fact.function.subs(index, degree).doit(), x)
        top = fact.right.subs(index, degree)
        assert f.eval(1) == top
        for _ in range(20):
            point = sympy.Rational(source.randint(-997, 997), 997)
            assert abs(f.eval(point)) <= top


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: str(f.right))
def test_a_wrong_bound_is_refused(fact):
    for wrong in (fact.right + 1, 2 * fact.right, fact.right - 1, -fact.right):
        with pytest.raises(DerivationError):
            replace(fact, right=wrong).check()
    with pytest.raises(DerivationError):
        replace(fact, left=MaxAbs(fact.function, x, -2, 2)).check()


def test_facts_are_used_inside_their_ranges():
    t = sympy.Symbol("t", integer=True)
    step = Largest(
        largest(sympy.chebyshevt(t - 1, x)),
        sympy.Integer(1),
        "",
        (Range(t, 1, integer=True),),
        products=((Fact(FIRST_KIND, ((n, t - 1),)),),),
    )
    assert step.check()
    with pytest.raises(DerivationError, match="outside"):
        replace(step, over=(Range(t, 0, integer=True),)).check()
    half = sympy.Symbol("s", positive=True)
    with pytest.raises(DerivationError, match="outside"):
        replace(
            step,
            left=largest(sympy.chebyshevt(half, x)),
            over=(Range(half, 1),),
            products=((Fact(FIRST_KIND, ((n, half),)),),),
        ).check()


def test_a_factor_must_be_nonnegative():
    step = Largest(largest(-x), sympy.Integer(-1), "", products=((sympy.Integer(-1), x),))
    with pytest.raises(DerivationError, match="not known"):
        step.check()
    with pytest.raises(DerivationError, match="not known"):
        replace(step, left=largest(x**2), right=sympy.Integer(1), products=((x**2,),)).check()
    with pytest.raises(DerivationError):  # a hypothesis without an induction
        replace(step, left=largest(x), right=sympy.Integer(1), products=((Fact(),),)).check()


def test_end_points_at_points():
    source = random.Random(1)
    for part in ("residual", "drift", "initial"):
        (step,) = (s for s in gradient_descent_proof(part).steps if isinstance(s, EndPoints))
        f, u, a, b = step.left.args
        others = sorted(f.free_symbols - {u}, key=str)
        for _ in range(40):
            low, high = sorted(F(source.randint(0, 300), 100) for _ in range(2))
            middle = low + F(source.randint(0, 100), 100) * (high - low)
            at = {symbol: source.randint(2, 9) for symbol in others}
            values = {u: sympy.Rational(middle), a: sympy.Rational(low), b: sympy.Rational(high)}
            assert abs(f.subs(at).subs(values)) <= step.right.subs(at).subs(values)


def test_end_points_refuse():
    step = next(s for s in flat_step().steps if isinstance(s, EndPoints))
    assert step.check()
    f, u, _, _ = step.left.args
    for wrong in (
        replace(step, turn=sympy.Integer(2)),
        replace(step, weight=step.weight[:-1]),
        replace(step, weight=(-step.weight[0], *step.weight[1:]), root=sympy.I * step.root),
        replace(step, right=sympy.Integer(1)),
        replace(step, left=MaxAbs(f, u, 0, 3)),
        replace(step, over=(Range(u, 0), *step.over[1:])),
        replace(step, over=(step.over[0], replace(step.over[1], low=sympy.Integer(1)))),
    ):
        with pytest.raises(DerivationError):
            wrong.check()


def test_alternation_refuses():
    step = next(s for s in lower_bound_proof().steps if isinstance(s, Alternation))
    t, c = step.left.args
    for wrong in (
        replace(step, right=2 / sympy.chebyshevt(t, c)),
        replace(step, right=1 / sympy.chebyshevt(t + 1, c)),
        replace(step, bound=None),
        replace(step, bound=replace(step.bound, left=largest(sympy.chebyshevt(t - 1, x)))),
        replace(step, over=()),
    ):
        with pytest.raises(DerivationError):
            wrong.check()
