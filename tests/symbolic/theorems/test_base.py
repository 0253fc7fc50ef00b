"""What theorems share: exact powers, the search that one peak allows, closed forms as floats."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest
import sympy
from flint import arb

import polyrates as pr
from polyrates.ground.errors import Undecided
from polyrates.symbolic.theorems.base import (
    EXACT_BITS,
    Asymptotic,
    LogConcave,
    as_time,
    at_zero,
    coprime,
    first_false,
    power,
    times,
)


@pytest.mark.parametrize("base", [sympy.Rational(2, 3), sympy.Rational(-7, 5), sympy.Integer(-1)])
@pytest.mark.parametrize("exponent", [0, 1, 2, 7, 60])
def test_powers_are_exact(base: sympy.Rational, exponent: int) -> None:
    found = power(base, exponent)
    assert F(int(found.p), int(found.q)) == F(int(base.p), int(base.q)) ** exponent


def test_huge_powers_stay_powers_and_are_exact_all_the_same() -> None:
    base = sympy.Rational(2, 3)
    huge = power(base, EXACT_BITS)
    assert huge.is_Pow and huge.args == (base, EXACT_BITS)
    product = times(huge, sympy.Rational(5, 7))
    assert product.is_Mul and set(product.args) == {huge, sympy.Rational(5, 7)}
    assert times(sympy.Rational(1, 3), sympy.Integer(6)) == 2
    for trivial in (0, 1, -1):
        assert power(sympy.Integer(trivial), 2 * EXACT_BITS + 1) == trivial
    x = sympy.Symbol("x")
    assert power(x, 3) == x**3
    assert coprime(6, 1) == 6 and coprime(-3, 4) == sympy.Rational(-3, 4)


@pytest.mark.parametrize("start", [0, 1, 5])
def test_the_first_time_that_a_property_fails(start: int) -> None:
    """Against a scan, and with no more questions than twice the bits of the answer."""
    for last in range(start - 1, start + 70):
        asked: list[int] = []

        def holds(t: int, last: int = last, asked: list[int] = asked) -> bool:
            asked.append(t)
            return t <= last

        assert first_false(holds, start) == max(last + 1, start)
        assert len(asked) <= 2 * (last - start + 2).bit_length() + 3 if last >= start else 1


class Bump(LogConcave):
    """value(t) = height · t r^t: log-concave, largest about 1/ln(1/r)."""

    part, hypotheses = "drift", ()

    def __init__(self, height: F, ratio: F) -> None:
        self.height, self.r = sympy.Rational(str(height)), sympy.Rational(str(ratio))

    def value(self, t: int) -> sympy.Expr:
        return self.height * t * self.r**t

    def _ball(self, t: int) -> arb:
        value = self.value(t)
        return arb(int(value.p)) / arb(int(value.q))

    asymptotic = derivation = None
    _diverges = False

    @property
    def _parameters(self) -> tuple[sympy.Expr, ...]:
        return self.height, self.r


@pytest.mark.parametrize("height", [F(1, 9), F(1, 2), F(1), F(7), F(1000)])
@pytest.mark.parametrize("ratio", [F(1, 3), F(9, 10), F(1, 2)])
def test_peak_and_burn_in_are_those_of_a_scan(height: F, ratio: F) -> None:
    """Ties too: at r = 1/2 the values at 1 and 2 are equal, and the first one counts."""
    found = Bump(height, ratio)
    curve = [height * t * ratio**t for t in range(300)]
    at, top = found.peak()
    assert (int(at), F(str(top))) == (curve.index(max(curve)), max(curve))
    above = [t for t, value in enumerate(curve) if value > 1]
    assert found.burn_in() == (above[-1] if above else 0)
    low, high = found.value_enclosure(5)
    assert F(low) <= curve[5] <= F(high) and high <= math.nextafter(math.nextafter(low, 9e9), 9e9)


def test_symbols_are_undecided_and_divergence_is_infinite() -> None:
    found = Bump(F(1), F(1, 2))
    found.r = sympy.Symbol("r", positive=True)
    for ask in (found.peak, found.burn_in, lambda: found.value_enclosure(3)):
        with pytest.raises(Undecided):
            ask()
    grows = Bump(F(1), F(2))
    grows._diverges = True
    assert grows.peak() == (sympy.oo, sympy.oo) and grows.burn_in() == sympy.oo


def test_times_and_forms() -> None:
    t = sympy.Symbol("t", integer=True)
    assert as_time(t) is t and as_time(3) == as_time(sympy.Integer(3)) == 3
    with pytest.raises(pr.PolyratesError):
        as_time(-1)
    form = at_zero(sympy.Integer(7), t, t + 1)
    assert [form.subs(t, k) for k in range(3)] == [7, 2, 3]
    u = sympy.Symbol("u", positive=True)
    where = ((u, sympy.Eq(u, sympy.sqrt(2)), sympy.sqrt(2)),)
    assert Asymptotic(u**2 + sympy.log(u), "t", where).evaluate() == 2 + math.log(2) / 2
    branch = Asymptotic(sympy.LambertW(-u / 10, -1), "", where).evaluate()
    assert branch * math.exp(branch) == pytest.approx(-math.sqrt(2) / 10, rel=1e-14) and branch < -1
