"""Proved suprema against exact root counting, brute force, and the limits of their parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from itertools import pairwise

import mpmath
import pytest
import sympy
from exact_suprema import PARTS, assert_all_parts, assert_supremum, theorem

from polyrates.core.estimators import OneStep
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.spectra import Interval, Union
from polyrates.ground.errors import Undecided
from polyrates.ground.numbers import t
from polyrates.symbolic.polynomials import error_polynomials
from polyrates.symbolic.theorems.bounds import lower_bound
from polyrates.symbolic.theorems.find import find_theorem


def test_support_with_gaps_points_and_zero():
    gaps = Union([(1, 2), (3, 3), (5, 9)])
    for h in (F(1, 20), F(1, 9), F(1, 5), F(2, 9), F(1, 3)):
        assert_all_parts(GradientDescent(h), gaps, range(6))
    point = Union([(4, 4)])
    for h in (F(1, 8), F(1, 4), F(2, 5)):
        assert_all_parts(GradientDescent(h), point, range(5))
    from_zero = Interval(0, 3)
    assert_all_parts(GradientDescent(F(1, 2)), from_zero, range(6))
    assert_all_parts(Chebyshev(0, 3), from_zero, range(6))
    assert_all_parts(Gegenbauer(0, 3, F(3, 2)), from_zero, range(6))
    # inside the method's interval, with its top
    assert_all_parts(Chebyshev(1, 9), gaps, range(6))


def test_no_theorem_where_none_holds():
    interval = Interval(1, 10)
    assert theorem(Chebyshev(1, 9), interval, "initial") is None  # the support leaves the interval
    assert theorem(Chebyshev(1, 11), interval, "initial") is None  # λ = L is not in the support
    assert theorem(Gegenbauer(1, 10, F(-1, 4)), interval, "initial") is None
    assert theorem(HeavyBall(F(1, 5), F(1, 3)), interval, "residual") is None
    assert theorem(Chebyshev(1.0, 10.0), Interval(1.0, 10.0), "initial") is None
    assert find_theorem(Chebyshev(1, 10), interval, "initial", OneStep()) is None


def leading_order(method, kappa):
    """Burn-in, time and height of the peak as κ → 0."""
    k = mpmath.mpf(kappa.numerator) / kappa.denominator
    if isinstance(method, GradientDescent):  # 2κt e^{1 − 2κt}/(eκ) = 1
        return -mpmath.lambertw(-k, -1).real / (2 * k), 1 / (2 * k), 1 / (mpmath.e * k)
    s = mpmath.findroot(lambda x: x * mpmath.tanh(x) - 2, 2)  # 2t² = ½ e^{2t√κ}
    root = mpmath.sqrt(k)
    last = -mpmath.lambertw(-root / 2, -1).real / root
    return last, s / (2 * root), s**2 / (2 * k * mpmath.cosh(s))


@pytest.mark.parametrize("exponent", range(1, 7))
def test_burn_in_table(exponent):
    kappa = F(1, 10**exponent)
    interval = Interval(kappa, 1)
    for method in (GradientDescent.large(kappa, 1), Chebyshev(kappa, 1)):
        found = theorem(method, interval, "initial")
        last, (at, height) = found.burn_in(), found.peak()
        # exact arithmetic on either side of both integers
        assert found.value_enclosure(last)[0] > 1 > found.value_enclosure(last + 1)[1]
        peak = found.value_enclosure(int(at))[1]
        assert peak >= found.value_enclosure(int(at) - 1)[0]
        assert peak >= found.value_enclosure(int(at) + 1)[0]
        assert abs(float(height.evalf(15)) / peak - 1) < 1e-12
        if exponent >= 3:
            close = 10.0 ** (1 - exponent / 2)
            for value, leading in zip((last, at, peak), leading_order(method, kappa), strict=True):
                assert abs(float(value) / float(leading) - 1) < close


@pytest.mark.parametrize("kappa", [F(1, 10), F(1, 100), F(1, 1000)])
def test_burn_in_against_brute_force(kappa):
    interval, k = Interval(kappa, 1), float(kappa)
    for method in (GradientDescent.large(kappa, 1), Chebyshev(kappa, 1)):
        for part in PARTS:
            found = theorem(method, interval, part)
            curve = [found.value_enclosure(n)[1] for n in range(int(6 / k))]
            above = [n for n, value in enumerate(curve) if value > 1 + 1e-12]
            assert found.burn_in() == (above[-1] if above else 0)
            assert found.peak()[0] == curve.index(max(curve))


def test_ties_are_decided_exactly():
    # hL = 3/2: φ_3 = 1 exactly, so the last t above one is 2
    found = theorem(GradientDescent(F(3, 2)), Interval(0, 1), "initial")
    assert found.value(3) == 1
    assert found.burn_in() == 2
    # the flat step touches one only at t = 0, 1, 2
    flat = theorem(GradientDescent.flat(0, 1), Interval(F(1, 9), 1), "initial")
    assert flat.burn_in() == 0 and flat.peak() == (0, 1)
    just_above = theorem(GradientDescent(F(99, 70)), Interval(F(1, 9), 1), "initial")
    just_below = theorem(GradientDescent(F(140, 99)), Interval(F(1, 9), 1), "initial")
    # 99/70 > √2 > 140/99
    assert just_above.burn_in() == 2 and just_below.burn_in() == 0
    # Chebyshev on [0, L] grows for ever; its iterates stay at one
    zero = Interval(0, 1)
    assert theorem(Chebyshev(0, 1), zero, "initial").burn_in() == sympy.oo
    assert theorem(Chebyshev(0, 1), zero, "drift").peak() == (sympy.oo, sympy.oo)
    assert theorem(Chebyshev(0, 1), zero, "residual").burn_in() == 0
    # divergent steps
    for h in (2, F(5, 2)):
        assert theorem(GradientDescent(h), Interval(F(1, 9), 1), "initial").burn_in() == sympy.oo
    assert theorem(GradientDescent(2), Interval(F(1, 9), 1), "residual").burn_in() == 0
    assert theorem(GradientDescent(3), Interval(F(1, 9), 1), "residual").burn_in() == sympy.oo
    nilpotent = theorem(GradientDescent(F(1, 4)), Union([(4, 4)]), "drift")
    assert nilpotent.peak() == (1, F(1, 4)) and nilpotent.burn_in() == 0


def test_limits_of_kappa():
    tiny, almost = F(1, 10**12), 1 - F(1, 10**12)
    large = theorem(GradientDescent.large(tiny, 1), Interval(tiny, 1), "initial")
    assert large.peak()[0] == 500000000000
    assert abs(float(large.peak()[1].evalf()) * math.e * float(tiny) - 1) < 1e-6
    narrow = theorem(Chebyshev(almost, 1), Interval(almost, 1), "initial")
    assert narrow.burn_in() == 0
    assert narrow.value(5) < F(1, 10**40)
    wide = theorem(GradientDescent.large(almost, 1), Interval(almost, 1), "initial")
    assert wide.burn_in() == 0 and wide.peak() == (0, 1)


def test_dyadic_parameters_are_fast_and_enclosed():
    step, ell, L = (F(value) for value in (0.0713, 0.31, 27.9))
    found = theorem(GradientDescent(step), Interval(ell, L), "initial")
    chebyshev = theorem(Chebyshev(ell, L), Interval(ell, L), "initial")
    for each in (found, chebyshev):
        for t_ in (3, 10_000):
            each.value(t_)
        lower, upper = each.value_enclosure(20)
        exact = each.value(20)
        assert F(lower) <= F(int(exact.p), int(exact.q)) <= F(upper)
        assert upper <= math.nextafter(math.nextafter(lower, math.inf), math.inf)
    assert chebyshev.value_enclosure(10**7) == (0.0, 5e-324)


def test_values_at_symbolic_t_agree_with_integers():
    for method in (
        GradientDescent(F(2, 11)), GradientDescent(F(3, 20)), GradientDescent(F(1, 10)),
        Chebyshev(1, 10), Gegenbauer(1, 10, F(3, 2)), HeavyBall.tuned(1, 10),
        Nesterov.tuned(1, 10),
    ):  # fmt: skip
        for part in PARTS:
            found = theorem(method, Interval(1, 10), part)
            if found is None:
                continue
            general = found.value(t)
            for n in range(6):
                value = general.subs(t, n)
                assert abs((value - found.value(n)).evalf(30, chop=True)) < 1e-25


def test_symbols():
    ell, L, h = sympy.symbols("ell L h", positive=True)
    large = theorem(GradientDescent.large(ell, L), Interval(ell, L), "initial")
    kappa = ell / L
    wanted = ((1 - kappa) / (1 + kappa)) ** (t - 1) * (1 + 2 * (t - 1) / (1 + kappa))
    formula = large.value(t).args[-1][0]
    assert sympy.simplify((formula / wanted).subs({ell: 2, L: 7})) == 1
    assert large.hypotheses == (sympy.Lt(ell, L),)
    assert sympy.simplify(large.asymptotic - (L - ell) / (L + ell)) == 0
    with pytest.raises(Undecided):
        large.burn_in()
    general = theorem(GradientDescent(h), Interval(ell, L), "residual").value(3)
    for point in ({h: F(1, 9), ell: 1, L: 10}, {h: 3, ell: 1, L: 2}):
        numbers = theorem(GradientDescent(point[h]), Interval(point[ell], point[L]), "residual")
        assert general.subs(point) == numbers.value(3)
    ratio = lower_bound(Interval(ell, L), t)
    assert sympy.simplify(ratio.subs({ell: 1, L: 10, t: 2}) - F(81, 161)) == 0


def test_values_are_unimodal():
    for found in (
        theorem(GradientDescent.large(1, 30), Interval(1, 30), "drift"),
        theorem(Gegenbauer(1, 30, F(1, 2)), Interval(1, 30), "initial"),
        theorem(HeavyBall.tuned(1, 30), Interval(1, 30), "initial"),
        theorem(Nesterov.tuned(1, 30), Interval(1, 30), "drift"),
    ):
        curve = [found.value_enclosure(n)[0] for n in range(1, 90)]
        rises = [b > a for a, b in pairwise(curve)]
        assert rises == sorted(rises, reverse=True)
        at, height = found.peak()
        assert math.isclose(max(curve), float(height.evalf()), rel_tol=1e-12)
        assert curve.index(max(curve)) + 1 == at


def test_a_wrong_constant_is_noticed():
    interval = Interval(1, 10)
    found = theorem(Chebyshev(1, 10), interval, "drift")
    poly = error_polynomials(Chebyshev(1, 10), 4).drift
    assert_supremum(poly, interval.support, found.value(4))
    for wrong in (F(999, 1000), F(1001, 1000)):
        with pytest.raises(AssertionError):
            assert_supremum(poly, interval.support, found.value(4) * wrong)
    shifted = replace(
        theorem(GradientDescent(F(1, 7)), interval, "drift"), step=sympy.Rational(1, 8)
    )
    with pytest.raises(AssertionError):
        poly = error_polynomials(GradientDescent(F(1, 7)), 4).drift
        assert_supremum(poly, interval.support, shifted.value(4))
