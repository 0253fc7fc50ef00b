"""The generating function of a method's outputs: its series is the residual polynomials."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.symbolic.pencil import Pencil, exact_value

METHODS = [
    pr.GradientDescent(F(1, 5)), pr.HeavyBall(F(1, 5), F(1, 3), first_step=F(1, 7)),
    pr.Nesterov(F(1, 9), F(2, 5)),
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_the_poles_are_the_eigenvalues_of_the_step(method: pr.Stationary) -> None:
    pencil = Pencil.of(method, (1, 10))
    poles = pencil.poles("residual")
    for at in (F(1), F(3), F(10)):
        step = method.transition(lambda x: float(x))
        M = np.array(step.mixing, dtype=float) - float(at) * np.outer(
            np.array(step.gain, dtype=float), np.array(step.query, dtype=float)
        )
        whole = poles.fixed * poles.at(
            pencil.ground.convert(sp.Rational(at.numerator, at.denominator))
        )
        for root in np.roots([complex(c) for c in whole.all_coeffs()]):
            assert min(abs(np.linalg.eigvals(M) - root)) < 1e-6


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_its_series_is_the_polynomials(method: pr.Stationary) -> None:
    """Σ P_t z^{−t} = N/D at one λ: N = D · series, up to the order that is compared."""
    pencil, at = Pencil.of(method, (1, 10)), sp.Rational(3, 2)
    z = pencil.denominator[0].gen
    N = sum((each.as_expr() * at**i for i, each in enumerate(pencil.numerator)), sp.S.Zero)
    D = pencil.denominator[0].as_expr() + at * pencil.denominator[1].as_expr()
    P = [pr.residual_polynomial(method, t).eval(at) for t in range(1, 9)]
    y = sp.Symbol("y")
    series = sp.series(sp.together((N / D).subs(z, 1 / y)), y, 0, 9).removeO()
    for t, value in enumerate(P, 1):
        assert sp.expand(series).coeff(y, t) == value


def test_floats_are_read_as_what_they_are() -> None:
    assert exact_value(0.1) == sp.Rational(*F(0.1).as_integer_ratio())
    assert exact_value(sp.sqrt(2)) == sp.sqrt(2)
