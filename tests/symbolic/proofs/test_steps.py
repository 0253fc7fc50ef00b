"""Each kind of step holds where it should and refuses what is false or says nothing."""

from __future__ import annotations

import pickle
from dataclasses import replace

import mpmath
import pytest
import sympy

from polyrates.symbolic.proofs.sampling import sample
from polyrates.symbolic.proofs.steps import (
    DerivationError,
    Equality,
    Falling,
    Induction,
    Nonnegative,
    Numeric,
    Range,
    told,
)

x = sympy.Symbol("x", real=True)
n = sympy.Symbol("n", integer=True, nonnegative=True)
UNIT = (Range(x, 0, 1),)


def test_identical_sides_say_nothing():
    with pytest.raises(DerivationError, match="identical"):
        Equality(sympy.Integer(-1), sympy.Integer(-1)).check()
    assert Equality(x, x, computed=True).check().kind == "exact evaluation"


def test_a_product_over_the_sampling_grid_is_no_zero():
    """Zeros at every k/64 (and every k/16) must not hide a polynomial that is not 0."""
    for parts in (16, 64):
        product = sympy.Mul(*(x - sympy.Rational(k, parts) for k in range(parts + 1)))
        with pytest.raises(DerivationError):
            Equality(product, sympy.Integer(0), over=UNIT).check()


def test_integers_are_drawn_wide():
    drawn = {point[n] for point in sample((Range(n, 1, integer=True),), 60, 0)}
    assert min(drawn) <= 3 and max(drawn) > 20
    product = sympy.Mul(*(n - k for k in range(1, 11)))
    with pytest.raises(DerivationError):
        Equality(product, sympy.Integer(0), over=(Range(n, 1, integer=True),)).check()


def test_sampling_is_seeded_and_exact():
    over = (Range(x, -1, 1),)
    step = Equality((x + 1) ** 2, x**2 + 2 * x + 1, "square", over)
    assert step.check() == step.check()


def test_induction():
    total = n * (n + 1) / 2
    with pytest.raises(DerivationError, match="identical"):
        Induction(2**n, 2**n, "powers", n, 0, (sympy.Integer(2),)).check()
    fibonacci = sympy.GoldenRatio**n
    golden = Induction(
        fibonacci,
        sympy.fibonacci(n) * sympy.GoldenRatio + sympy.fibonacci(n - 1),
        index=n,
        start=1,
        multipliers=(sympy.Integer(1), sympy.Integer(1)),
    )
    with pytest.raises(DerivationError):  # no rewriting here knows Fibonacci's recurrence
        golden.check()
    f = sympy.factorial(n)
    for wrong in (f + 1, 2 * f):
        with pytest.raises(DerivationError):
            Induction(f, wrong, index=n, multipliers=(n + 1,)).check()
    gamma = Induction(f, sympy.gamma(n + 1), index=n, multipliers=(n + 1,))
    assert gamma.check().kind == "induction"
    with pytest.raises(DerivationError, match="step"):
        Induction(total**2, n * (n + 1) / 2, index=n).check()


def test_falling():
    over = (Range(n, 1, integer=True),)
    half = sympy.Rational(1, 2) ** n
    step = Falling(half, sympy.Rational(1, 2), "", over, ((half, sympy.Rational(1, 2)),), n)
    assert step.check().kind == "induction"
    for wrong in (
        replace(step, right=sympy.Rational(1, 4)),
        replace(step, left=2**n),
        replace(step, terms=((half, sympy.Rational(1, 3)),)),
    ):
        with pytest.raises(DerivationError):
            wrong.check()


def test_an_inequality_is_an_identity_with_signs():
    step = Nonnegative((x + 1) ** 2, 4 * x, "square", (), (((x - 1) ** 2,),))
    assert step.check().kind == "certificate"
    for wrong in (
        replace(step, right=3 * x),  # true for x ≥ 0, but not what the terms say
        replace(step, terms=(((x - 2) ** 2,),)),
        Nonnegative(x, sympy.Integer(0), "", (Range(x, -1),), ((x,),)),
    ):
        with pytest.raises(DerivationError):
            wrong.check()


def test_first_order():
    A, B = sympy.symbols("A B", commutative=False)
    e = sympy.Symbol("epsilon")
    right = A**2 + e * (A * B + B * A)
    assert Equality((A + e * B) ** 2, right, "", first_order_in=e).check()
    with pytest.raises(DerivationError):
        Equality((A + e * B) ** 2, A**2 + 2 * e * A * B, "", first_order_in=e).check()


def test_a_numeric_step_is_refused_when_wrong():
    step = Numeric(sympy.pi, sympy.Rational(22, 7), "pi", pairs=_rough, tolerance=1e-3)
    assert step.check().kind == "numeric"
    with pytest.raises(DerivationError, match="relative distance"):
        replace(step, tolerance=1e-4).check()
    assert pickle.loads(pickle.dumps(step)) == step


def _rough():
    yield mpmath.mpf(22) / 7, mpmath.pi


def test_every_step_is_told_and_nothing_else():
    steps = told(
        "one\nline\n\nanother", Equality(x, x + 0), Equality(x, 2 * x, "own"), Equality(x, x)
    )
    assert [step.why for step in steps] == ["one line", "own", "another"]
    with pytest.raises(DerivationError, match="without a step"):
        told("one\n\ntwo", Equality(x, x))
