"""Closed forms in t: solved, checked against the recurrence, exact at integers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as F

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.core.estimators import Implicit, OneStep, Truncated, Unrolled
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.methods.tabulated import Tabulated
from polyrates.core.recurrence import Stationary
from polyrates.core.transition import Transition, momentum_step
from polyrates.ground.errors import InexactError, NoClosedForm
from polyrates.ground.numbers import lam, t
from polyrates.symbolic.closed_forms import (
    closed_form_derivation,
    error_closed_forms,
    residual_closed_form,
)
from polyrates.symbolic.polynomials import error_polynomials, residual_polynomial
from polyrates.symbolic.proofs.radicals import tidy

h, m = sympy.symbols("h m", positive=True)
ell, L, alpha = sympy.symbols("ell L alpha", positive=True)
bare_ell, bare_L = sympy.symbols("ell L")


@dataclass(frozen=True)
class TripleMomentum(Stationary):
    """A user's method: step, momentum and lookahead all different."""

    step: sympy.Expr

    @property
    def name(self):
        return "triple momentum"

    @property
    def parameters(self):
        return (self.step,)

    def transition(self, number):
        q = number(self.step)
        return momentum_step(q, q, q / 3)


@dataclass(frozen=True)
class ThreePoints(TripleMomentum):
    """A user's method with a memory of three points, and a first step of its own."""

    @property
    def name(self):
        return "three points"

    def transition(self, number):
        q = number(self.step)
        return Transition(
            query=(1, 0, 0),
            mixing=((1 + q, -q / 2, -q / 2), (1, 0, 0), (0, 1, 0)),
            gain=(q, 0, 0),
            output=(1, 0, 0),
        )


METHODS = [
    GradientDescent(h),
    GradientDescent.flat(1, 10),
    HeavyBall(h, m),
    HeavyBall(h, m, first_step=h),
    HeavyBall(F(1, 5), F(-1, 3)),
    HeavyBall(F(1, 5), 0, first_step=F(1, 7)),
    HeavyBall(F(1, 5), 1, first_step=F(1, 5)),
    HeavyBall.tuned(1, 10),
    HeavyBall.tuned(ell, L),
    HeavyBall.tuned(bare_ell, bare_L),
    Nesterov(h, m),
    Nesterov.tuned(1, 10),
    Nesterov.tuned(ell, L),
    Chebyshev(1, 10),
    Chebyshev(0, 3),
    Chebyshev(ell, L),
    Gegenbauer(1, 10, F(3, 2)),
    Gegenbauer(0, 10, F(1, 3)),
    Gegenbauer(1, 10, F(-1, 4)),
    Gegenbauer(1, 10, alpha),
    TripleMomentum(sympy.Rational(1, 5)),
    ThreePoints(sympy.Rational(1, 5)),
]


def steps_for(method, *steps):
    """Two symbolic roots make the recurrence itself slow in sympy beyond two steps."""
    roots = any(
        power.exp == sympy.Rational(1, 2) and power.free_symbols
        for value in method.parameters
        for power in value.atoms(sympy.Pow)
    )
    return [n for n in steps if n <= 2] if roots else steps


def at(expression, steps):
    return sympy.expand(tidy(sympy.expand(sympy.sympify(expression).subs(t, steps).doit())))


def same(left, right):
    difference = sympy.expand(left - right)
    return difference == 0 or tidy(difference) == 0 or sympy.simplify(difference) == 0


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_closed_form_equals_the_recurrence(method):
    form = residual_closed_form(method, t)
    assert form.has(t)
    for steps in steps_for(method, 0, 1, 2, 4):
        assert same(at(form, steps), residual_polynomial(method, steps).as_expr())
    report = closed_form_derivation(method).check()
    assert report.status == "argued" and len(report.checks) >= 4


@pytest.mark.parametrize("method", METHODS[:-1], ids=repr)
def test_drift_is_the_derivative(method):
    residual, drift = error_closed_forms(method, t, Unrolled())
    for steps in steps_for(method, 0, 1, 2, 3):
        pair = error_polynomials(method, steps)
        assert same(at(residual, steps), pair.residual.as_expr())
        assert same(at(drift, steps), pair.drift.as_expr())


def test_gradient_descent_is_geometric():
    form = residual_closed_form(GradientDescent(h), t)
    assert sympy.simplify(form - (1 - h * lam) ** t) == 0
    other = sympy.Symbol("n", integer=True, nonnegative=True)
    assert residual_closed_form(GradientDescent(h), other).has(other)


def test_no_nested_radicals():
    for method in (HeavyBall.tuned(1, 10), HeavyBall.tuned(ell, L), Nesterov.tuned(1, 10)):
        form = residual_closed_form(method, t)
        for power in form.atoms(sympy.Pow):
            if power.exp == sympy.Rational(1, 2):
                assert not any(
                    inner.exp == sympy.Rational(1, 2) for inner in power.base.atoms(sympy.Pow)
                )


def test_tuned_heavy_ball_is_the_known_form():
    T, U = sympy.chebyshevt, sympy.chebyshevu
    xi = sympy.Rational(11, 9) - 2 * sympy.sqrt(10) / 9
    sigma = (11 - 2 * lam) / 9
    known = xi**t * (2 * xi**2 * T(t, sigma) + (1 - xi**2) * U(t, sigma)) / (1 + xi**2)
    for steps in range(5):
        assert same(at(residual_closed_form(HeavyBall.tuned(1, 10), t), steps), at(known, steps))


@settings(max_examples=25)
@given(st.integers(0, 6), st.integers(0, 6))
def test_truncated_and_implicit(steps, when):
    method = GradientDescent(F(2, 11))
    inner = Implicit(Chebyshev(1, 10), 3)
    for estimator in (Truncated(start=when), Truncated(last=when), OneStep(), inner):
        residual, drift = error_closed_forms(method, t, estimator)
        pair = error_polynomials(method, steps, estimator)
        assert same(at(residual, steps), pair.residual.as_expr())
        assert same(at(drift, steps), pair.drift.as_expr())
    residual, drift = error_closed_forms(method, t, Implicit())
    assert residual == 0 and same(at(drift * lam, steps), -((1 - 2 * lam / 11) ** steps))


def test_refusals():
    with pytest.raises(NoClosedForm, match="steps change"):
        residual_closed_form(Tabulated([F(1, 5), F(1, 7)]), t)
    with pytest.raises(NoClosedForm, match="Unrolled"):
        error_closed_forms(HeavyBall(h, m), t, Truncated(start=2))
    with pytest.raises(NoClosedForm, match="integer t"):
        error_closed_forms(METHODS[-1], t, Unrolled())
    with pytest.raises(InexactError):
        residual_closed_form(GradientDescent(0.1), t)
