"""Every derivation checks itself, and every altered step is caught."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction as F

import pytest
import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.spectra import Interval
from polyrates.ground.numbers import t
from polyrates.symbolic.closed_forms import closed_form_derivation
from polyrates.symbolic.derivations.general import lower_bound_proof, master_identity, two_horns
from polyrates.symbolic.derivations.gradient_descent import flat_step
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import (
    Comparison,
    DerivationError,
    Equality,
    Nonnegative,
    Range,
)
from polyrates.symbolic.proofs.vanishing import vanishes
from polyrates.symbolic.theorems.find import find_theorem

x = sympy.Symbol("x", real=True)


def all_derivations():
    result = [master_identity(), lower_bound_proof(), two_horns(), flat_step()]
    interval = Interval(1, 10)
    for method in (
        GradientDescent.large(1, 10), Chebyshev(1, 10), Gegenbauer(1, 10, F(1, 2)),
        HeavyBall.tuned(1, 10), Nesterov.tuned(1, 10),
    ):  # fmt: skip
        for part in ("residual", "drift", "initial"):
            found = find_theorem(method, interval, part, Unrolled())
            if found is not None:
                result.append(found.derivation)
    h, m = sympy.symbols("h m", positive=True)
    methods = (GradientDescent(h), HeavyBall(h, m), Nesterov(h, m), Chebyshev(1, 10))
    return result + [closed_form_derivation(method) for method in methods]


ALL = all_derivations()


@pytest.mark.parametrize("derivation", ALL, ids=lambda d: d.title)
def test_every_step_holds(derivation):
    report = derivation.check()
    assert report.ok and len(report.checks) == len(derivation.steps) >= 2
    assert {c.kind for c in report.checks} <= {
        "symbolic zero",
        "exact evaluation at random rational points",
        "sign certificate on an interval",
    }
    assert derivation.title in str(report)


def mutations(step):
    """A wrong sign, a wrong constant, a wrong term."""
    right = sympy.sympify(step.right)
    if isinstance(step, Equality):
        yield replace(step, right=right + 1)
        if right != 0:
            yield replace(step, right=-right)
            yield replace(step, right=right * sympy.Rational(1001, 1000))
    elif isinstance(step, Nonnegative):
        yield replace(step, left=-sympy.sympify(step.left) - 1)
    else:
        yield replace(step, right=right / 1000 - 1)


@pytest.mark.parametrize("derivation", ALL, ids=lambda d: d.title)
def test_every_altered_step_fails_loudly(derivation):
    for i, step in enumerate(derivation.steps):
        for wrong in mutations(step):
            with pytest.raises(DerivationError):
                wrong.check()
        altered = (*derivation.steps[:i], wrong, *derivation.steps[i + 1 :])
    with pytest.raises(DerivationError, match=f"step {len(derivation.steps)}"):
        replace(derivation, steps=altered).check()


def test_kinds():
    T, U = sympy.chebyshevt, sympy.chebyshevu
    assert vanishes(T(t, x) ** 2 + (1 - x**2) * U(t - 1, x) ** 2 - 1)
    assert not vanishes(T(t, x) ** 2 + (1 - x**2) * U(t - 1, x) ** 2 - 2)
    assert vanishes(sympy.cos(x) ** 2 + sympy.sin(x) ** 2 - 1)
    A, B = sympy.symbols("A B", commutative=False)
    assert vanishes((A + B) ** 2 - A**2 - A * B - B * A - B**2)
    assert not vanishes((A + B) ** 2 - A**2 - 2 * A * B - B**2)
    y = sympy.Symbol("y", nonnegative=True)
    assert vanishes(((1 - y) * (1 + y)) ** t - (1 - y) ** t * (1 + y) ** t)


def test_sign_certificates():
    low, high = Range(x, 0, 1), Range(x, 0)
    assert "coefficients" in Nonnegative(1 - x, 0, "", (low,)).check().detail
    touching = Nonnegative((x - sympy.Rational(1, 3)) ** 2, 0, "", (low,))
    assert "Sturm" in touching.check().detail
    for wrong in (x - sympy.Rational(1, 3), -(x**2) - 1, (x - 2) * (x - sympy.Rational(1, 2))):
        with pytest.raises(DerivationError):
            Nonnegative(wrong, 0, "", (low,)).check()
    assert Nonnegative(x**2 - x + 1, 0, "", (high,)).check()


def test_sampling_is_seeded_and_exact():
    over = (Range(x, -1, 1),)
    step = Equality((x + 1) ** 2, x**2 + 2 * x + 1, "square", over)
    assert step.check() == step.check()
    with pytest.raises(DerivationError):
        Comparison(x**2, sympy.Rational(1, 2), "too small", over).check()


def test_first_order():
    A, B = sympy.symbols("A B", commutative=False)
    e = sympy.Symbol("epsilon")
    right = A**2 + e * (A * B + B * A)
    assert Equality((A + e * B) ** 2, right, "", first_order_in=e).check()
    with pytest.raises(DerivationError):
        Equality((A + e * B) ** 2, A**2 + 2 * e * A * B, "", first_order_in=e).check()


def test_rich_forms():
    derivation = find_theorem(Chebyshev(1, 10), Interval(1, 10), "initial", Unrolled()).derivation
    text = derivation._repr_latex_()
    assert text.startswith("$$\\begin{aligned}") and text.isascii()
    markdown, page = derivation._repr_markdown_(), derivation._repr_html_()
    assert markdown.count("*Checked:") == page.count("<em>Checked:") == len(derivation.steps)
    assert "Poly(" not in text + markdown + page
    assert pickle.loads(pickle.dumps(derivation)) == derivation


def test_derivations_are_plain_values():
    one = Derivation("Title", ("a = a",), (), (Equality(x, x, "same"),))
    assert one.check().checks[0].kind == "symbolic zero"
