"""What a number is: kinds that are refused, exact numbers near each other, any length."""

from __future__ import annotations

import json
import math
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.cli.entry import main
from polyrates.ground.digits import decimal, exact_text, fraction_from_text
from polyrates.ground.numbers import compare, count, in_order, number, sign

TRUTHS = [True, np.True_, np.bool_(False), np.array(True), sympy.true, sympy.false]
COMPLEX = [1j, 1 + 0j, np.complex128(1 + 2j), np.complex64(1), np.array(1 + 0j), sympy.I]
OTHERS = [np.array("1"), np.datetime64("2020-01-01"), None, [1], b"1", object()]


@pytest.mark.parametrize(
    "value", [*TRUTHS, *COMPLEX, *OTHERS], ids=lambda value: type(value).__name__
)
def test_what_is_no_real_number_is_refused_and_named(value: object) -> None:
    with pytest.raises(pr.PolyratesError, match="ell"):
        pr.Interval(value, 10)
    with pytest.raises(pr.PolyratesError):
        pr.GradientDescent(value)


@pytest.mark.parametrize("value", TRUTHS, ids=repr)
def test_a_truth_value_is_no_count(value: object) -> None:
    with pytest.raises(pr.PolyratesError):
        count(value, "steps")


def test_scalars_of_other_libraries_are_numbers_and_their_truths_are_not() -> None:
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    for value in (torch.tensor(3), jnp.array(3), np.int64(3), np.array(3)):
        assert number(value) == 3 and isinstance(number(value), sympy.Integer)
    assert number(torch.tensor(0.5)) == number(jnp.array(0.5)) == 0.5
    for value in (torch.tensor(True), jnp.array(True), torch.tensor(1j), jnp.array(1j)):
        with pytest.raises(pr.PolyratesError):
            number(value)


HERMITIAN = np.array([[2, 1j], [-1j, 2]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: pr.Empirical.from_matrix(HERMITIAN),
        lambda: pr.Empirical.from_matrix(np.eye(3, dtype=bool)),
        lambda: pr.Empirical.from_data(HERMITIAN),
        lambda: pr.Empirical(np.array([1 + 0j, 2])),
        lambda: pr.Empirical(np.array([True, True])),
        lambda: pr.Quadratic(HERMITIAN, np.ones(2), np.eye(2), np.zeros(2)),
        lambda: pr.Ridge(HERMITIAN, np.ones(2), 0.1),
    ],
)
def test_no_array_loses_its_imaginary_part(call: object) -> None:
    with pytest.raises(TypeError, match=r"not real numbers|not a complex one|truth value"):
        call()  # type: ignore[operator]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 50), st.integers(30, 700), st.booleans())
def test_numbers_that_hardly_differ_are_in_order(base: int, digits: int, square: bool) -> None:
    """⌊√b·10ⁿ⌋/10ⁿ ≤ √b < that + 10⁻ⁿ, by integer square roots alone."""
    below = sympy.Rational(math.isqrt(base * 10 ** (2 * digits)), 10**digits)
    root = (
        sympy.sqrt(base)
        if square
        else sympy.sqrt(base + 1) - sympy.sqrt(base + 1) + sympy.sqrt(base)
    )
    assert sign(root - below) == (0 if math.isqrt(base) ** 2 == base else 1)
    assert sign(root - below - sympy.Rational(1, 10**digits)) == -1
    above = below + sympy.Rational(1, 10**digits)
    assert sorted([above, root, below], key=in_order)[2] == above
    assert pr.Empirical([above, root]).support[-1][0] == above
    assert tuple(pr.Interval(root, above).hull) == (root, above)
    with pytest.raises(ValueError, match="must be < L"):
        pr.Interval(above, root)
    union = pr.Union([(above, 100), (sympy.Rational(1, 2), root)])
    assert len(union.support) == 2


def test_zero_in_disguise_is_zero() -> None:
    nested = sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6))
    assert sign(nested) == 0
    assert compare(sympy.sqrt(2) * sympy.sqrt(3), sympy.sqrt(6)) == 0
    with pytest.raises(ValueError, match="must be < L"):
        pr.Interval(sympy.sqrt(5 + 2 * sympy.sqrt(6)), sympy.sqrt(2) + sympy.sqrt(3))


@given(st.integers(-(10**30), 10**30), st.integers(0, 9000))
def test_integers_of_any_length_become_text_and_return(head: int, zeros: int) -> None:
    value = head * 10**zeros
    text = decimal(value)
    assert text.rstrip("0").lstrip("-") == str(abs(head)).rstrip("0")
    assert fraction_from_text(text) == value
    assert value == pr.Interval(0, text).L if value > 0 else True


def test_exact_answers_of_any_length_show() -> None:
    limit = sys.get_int_max_str_digits()
    bound = pr.lower_bound(pr.Interval(1, 100), 3000)
    # 2/(ξ^t + ξ^-t) with ξ = 9/11
    assert bound == Fraction(2 * 99**3000, 9**6000 + 11**6000)
    digits = int(Fraction(int(bound.p), int(bound.q)) * 10 ** (262 + 5))
    assert 10**5 <= digits < 10**6
    shown = f"{digits // 10**5}.{digits % 10**5:05d}"
    assert pr.latex(bound) == rf"{shown}{{\ldots}} \cdot 10^{{-262}}"
    above, below = exact_text(bound).split("/")
    assert len(below) > 4300
    assert fraction_from_text(f"{above}/{below}") == Fraction(int(bound.p), int(bound.q))
    iterates = pr.sobolev_optimal(pr.Empirical([1, 2, 10**1500]), 2, 1)
    assert "numbers)" in repr(iterates.method) or "≈" in repr(iterates.method)
    with pytest.raises(pr.PolyratesError, match="1000000"):
        pr.Interval(10**5000, 1)
    assert sys.get_int_max_str_digits() == limit


def test_the_command_line_prints_exact_answers_of_any_length(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["rate", "--method", "chebyshev", "--ell", "1/97", "--L", "1000/7", "--steps", "800"]
    assert main(words) == 0
    assert main([*words, "--json"]) == 0
    printed = capsys.readouterr().out
    data = json.loads(printed[printed.index("{") :])
    exact = max(_strings(data), key=len)
    assert len(exact) > 4300
    # 1/T_800(m0), T by its recurrence in integers
    m0 = (Fraction(1, 97) + Fraction(1000, 7)) / (Fraction(1000, 7) - Fraction(1, 97))
    before, now = 1, m0
    for _ in range(799):
        before, now = now, 2 * m0 * now - before
    assert any(len(s) > 1000 and fraction_from_text(s) == 1 / now for s in _strings(data))


def _strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [each for part in inner for each in _strings(part)]
