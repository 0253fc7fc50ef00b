"""A terminating hypergeometric sum is proved coefficient by coefficient, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy

from polyrates.symbolic.derivations.gegenbauer_facts import (
    PARITY,
    SERIES,
    alpha,
    n,
    y,
)
from polyrates.symbolic.derivations.notation import c
from polyrates.symbolic.proofs.series import Series
from polyrates.symbolic.proofs.steps import DerivationError


def test_a_series_refuses():
    assert SERIES.check()
    half = sympy.Rational(1, 2)
    u = SERIES.variable
    for wrong in (
        replace(SERIES, right=sympy.hyper((-n, n + 2 * alpha), (alpha + 1,), (1 - c) / 2)),
        replace(SERIES, right=sympy.hyper((-n, n + alpha), (alpha + half,), (1 - c) / 2)),
        replace(SERIES, right=sympy.hyper((-n, n + 2 * alpha), (alpha + half,), (1 + c) / 2)),
        replace(SERIES, right=sympy.hyper((-n, n + 2 * alpha), (alpha + half,), c)),
        replace(SERIES, right=2 * SERIES.right),
        replace(SERIES, left=y(n + 1, c)),
        replace(SERIES, multipliers=(SERIES.multipliers[0], SERIES.multipliers[1] + u)),
        replace(SERIES, index=None),
    ):
        with pytest.raises(DerivationError):
            wrong.check()
    assert PARITY.check()


@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_the_sum_is_the_polynomial_term_by_term(degree):
    """Σ (−n)_k (n + 2a)_k/(a + 1/2)_k u^k/k! against y_n in powers of u, at rational a."""
    u = SERIES.variable
    for a in (sympy.Rational(1, 3), sympy.Integer(2)):
        total = sum(
            (
                sympy.rf(-degree, k) * sympy.rf(degree + 2 * a, k)
                / (sympy.rf(a + sympy.Rational(1, 2), k) * sympy.factorial(k)) * u**k
                for k in range(degree + 1)
            ),
            sympy.Integer(0),
        )  # fmt: skip
        left = SERIES.left.subs(dict(SERIES.place)).subs({n: degree, alpha: a})
        assert sympy.expand(left.doit() - total) == 0


def test_another_sum_with_its_own_recurrence():
    """(1 − u)^n = 1F0(−n;;u): f_{n+2} = (1 − u)² f_n, and in two steps of one."""
    m, v = sympy.Symbol("m", integer=True, nonnegative=True), sympy.Symbol("v")
    right = sympy.hyper((-m,), (), v)
    step = Series((1 - v) ** m, right, "", index=m, variable=v, multipliers=((1 - v) ** 2, 0))
    assert step.check()
    assert replace(step, multipliers=(sympy.Integer(0), 1 - v)).check()
    with pytest.raises(DerivationError):
        replace(step, multipliers=(sympy.Integer(0), 1 + v)).check()
    with pytest.raises(DerivationError):
        replace(step, left=(1 - v) ** m + v).check()
