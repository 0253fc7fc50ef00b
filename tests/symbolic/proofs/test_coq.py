"""What Coq is told: symbols quantified, conditions written out, derivatives that exist."""

from __future__ import annotations

import pytest
import sympy as sp

from polyrates.symbolic.proofs.coq import coq_claim, coq_statement
from polyrates.symbolic.proofs.derivation import Derivation, claim
from polyrates.symbolic.proofs.extremes import LeastMaximum, MaxAbs
from polyrates.symbolic.proofs.steps import Argued, DerivationError, Equality, Range

x, y = sp.symbols("x y", real=True)
p = sp.Symbol("p", positive=True)
t = sp.Symbol("t", integer=True, nonnegative=True)


def relation(left: sp.Basic, right: sp.Basic) -> sp.Rel:
    return sp.Eq(left, right, evaluate=False)


def test_symbols_carry_their_signs_and_denominators_their_conditions() -> None:
    text = coq_claim(relation(p / (x - y), sp.sqrt(2)))
    assert text == "forall (p x y : R), 0 < p -> x - y <> 0 -> p / (x - y) = sqrt 2"
    assert coq_claim(relation(x / p, y)) == "forall (p x y : R), 0 < p -> x / p = y"


def test_exponents_are_natural_numbers_and_are_not_cut_off_at_zero() -> None:
    text = coq_claim(relation(t * x ** (t - 1), y))
    assert text == ("forall (t : nat) (x y : R), (1 <= t)%nat -> (INR t) * (x ^ (t - 1)%nat) = y")
    over = (Range(t, 3, integer=True), Range(x, 0, 1))
    assert "(3 <= t)%nat -> 0 <= x -> x <= 1 -> " in coq_claim(relation(x**t, y), over)
    assert coq_claim(relation(t + x, y), (Range(t, 1),)).startswith(
        "forall (t x y : R), 1 <= t -> "
    )


def test_a_derivative_exists_and_is_one() -> None:
    text = coq_claim(relation(sp.Derivative(p * x, x), p))
    assert text == (
        "forall (p : R), 0 < p -> exists d1 : R -> R, (forall (x : R), "
        "derivable_pt_lim (fun x => p * x) x (d1 x)) /\\ (forall (x : R), d1 x = p)"
    )


def test_a_maximum_binds_its_variable() -> None:
    largest = MaxAbs(sp.chebyshevt(t, x), x, -1, 1)
    text = coq_claim(relation(largest, 1), (Range(t, 1, integer=True),))
    assert text == "forall (t : nat), (1 <= t)%nat -> max_abs (fun x => T t x) (-1) 1 1"
    text = coq_claim(relation(LeastMaximum(t, x), 1 / sp.chebyshevt(t, x)))
    assert text == "forall (t : nat) (x : R), least_maximum t x (/ (T t x))"


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(DerivationError, match="no text in Coq"):
        coq_claim(relation(sp.sin(x), y))
    words = Derivation("Words", ("so it is",), (), (Argued.of("so it is"),))
    with pytest.raises(DerivationError, match="in words"):
        coq_statement(words)


def test_another_claim_is_another_text() -> None:
    """Every number, sign and relation of a claim reaches the text."""
    base = relation(2 * x**3 - sp.Rational(1, 3) * y, x)
    others = (
        relation(3 * x**3 - sp.Rational(1, 3) * y, x), relation(2 * x**2 - y / 3, x),
        relation(2 * x**3 + y / 3, x), relation(2 * x**3 - y / 4, x), relation(2 * x**3 - y / 3, y),
        sp.Ge(2 * x**3 - y / 3, x, evaluate=False), sp.Le(2 * x**3 - y / 3, x, evaluate=False),
    )  # fmt: skip
    texts = {coq_claim(each) for each in (base, *others)}
    assert len(texts) == 1 + len(others)


def test_claims_are_joined_in_order() -> None:
    steps = (Equality((x + y) ** 2, x**2 + 2 * x * y + y**2), Equality(x * (y + 1), x * y + x))
    made = Derivation("Two", tuple(map(claim, steps)), (), steps)
    first, second = coq_statement(made).split(" /\\\n")
    assert first.endswith("(x + y) ^ 2 = x ^ 2 + 2 * x * y + y ^ 2)") and "x * (y + 1)" in second
