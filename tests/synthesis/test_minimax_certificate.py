"""Certificates of minimax optima: what is proved is true, and tight."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE, best_of_all_methods

import polyrates as pr

GAPS = pr.Union([(1, 10), (90, 100)])


POINTS = pr.Union([(2, 2), (5, 5), (9, 9)])


BESIDE = pr.Union([(1, 1), (20, 30)])


with open(REFERENCE / "minimax.csv", encoding="utf-8") as file:
    TABLE = [row for row in csv.DictReader(file) if int(row["t"]) <= 25]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['form'][:3]}-{row['L']}-{row['t']}")
def test_brackets_hold_the_values_of_the_reference(row: dict[str, str]) -> None:
    first, second = row["form"].split("/")
    sizes = {first: Fraction(row["a"]), second: Fraction(row["g"])}
    where = pr.Interval(Fraction(row["ell"]), Fraction(row["L"]))
    proof = pr.minimax_optimal(where, int(row["t"]), **sizes).certificate
    assert proof.check().ok
    # two rigorous brackets of one number overlap
    assert proof.lower <= Fraction(row["upper"]) and Fraction(row["lower"]) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(3, 10**12)


@pytest.mark.parametrize("t", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("ends", [(1, 100), (Fraction(1, 97), Fraction(1000, 7))])
def test_without_drift_the_bracket_holds_chebyshevs_value(
    ends: tuple[Fraction, Fraction], t: int
) -> None:
    value = best_of_all_methods(*map(Fraction, ends), t)
    proof = pr.minimax_optimal(pr.Interval(*ends), t, residual=1, drift=0).certificate
    assert proof.check().ok and proof.lower <= value <= proof.upper


KINDS = {
    "interval": (pr.Interval(1, 100), 10, {"initial": 1, "cross": 1}, 1e-12),
    "interval, drift": (pr.Interval(1, 10), 16, {"residual": 1, "drift": 1}, 1e-12),
    "floats": (pr.Interval(0.01, 1.0), 40, {"initial": 1, "cross": 0.02}, 1e-12),
    "irrational": (pr.Interval(sympy.sqrt(2), 30), 9, {"residual": 1, "drift": 1}, 1e-12),
    "tiny": (pr.Interval(1e-200, 1e-198), 12, {"initial": 1, "cross": 1e-200}, 1e-12),
    "huge": (pr.Interval(1e200, 1e202), 12, {"residual": 1, "drift": 1e200}, 1e-12),
    "union": (GAPS, 12, {"initial": 1, "cross": 1}, 1e-12),
    "union, drift": (GAPS, 25, {"residual": 1, "drift": 1}, 1e-12),
    "points": (POINTS, 3, {"initial": 1, "cross": 1}, 1e-12),
    "points, double": (POINTS, 5, {"residual": 1, "drift": 1}, 1e-12),
    "point beside": (BESIDE, 12, {"residual": 1, "drift": 1}, 1e-12),
    "no cross": (pr.Interval(1, 100), 20, {"initial": 1, "cross": 0}, 1e-12),
    "no cross, points": (POINTS, 3, {"initial": 1, "cross": 0}, 1e-12),
    "annihilated": (POINTS, 6, {"residual": 1, "drift": 1}, 0.0),
    "annihilated, no cross": (POINTS, 4, {"initial": 1, "cross": 0}, 0.0),
    "one point": (pr.Union([(2, 2)]), 1, {"residual": 1, "drift": 1}, 0.0),
    "nothing helps": (pr.Interval(Fraction(1, 100), 1), 20, {"initial": 1, "cross": 1}, 1e-17),
    "nothing helps, drift": (pr.Interval(1, 1000), 10, {"residual": 1, "drift": 100}, 1e-17),
    "zero in it": (pr.Interval(0, 1), 7, {"initial": 2, "cross": 1}, 0.0),
    "no step": (pr.Interval(1, 100), 0, {"initial": 1, "cross": 1}, 0.0),
    "one step": (pr.Interval(1, 100), 1, {"initial": 1, "cross": 1}, 0.0),
    "no first size": (pr.Interval(1, 100), 5, {"initial": 0, "cross": 1}, 0.0),
    "no size": (pr.Interval(1, 100), 5, {"residual": 0, "drift": 0}, 0.0),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_question_has_a_tight_certificate(name: str) -> None:
    where, t, sizes, gap = KINDS[name]
    optimum = pr.minimax_optimal(where, t, **sizes)
    proof = optimum.certificate
    found = proof.check()
    assert found.ok, found
    assert proof.lower <= Fraction(float(optimum.upper))
    assert Fraction(float(optimum.lower)) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(gap)


@settings(max_examples=5, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=6, unique=True),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.integers(0, 4),
    st.sampled_from([("initial", "cross"), ("residual", "drift")]),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.sampled_from([Fraction(1), Fraction(10) ** 150, Fraction(1, 10**150), Fraction(1, 7)]),
)
def test_random_supports_with_points_in_any_unit(
    ends: list[int],
    joined: list[bool],
    t: int,
    form: tuple[str, str],
    sizes: tuple[int, int],
    unit: Fraction,
) -> None:
    """P(λ) on S with sizes (a, g) is P(λ/u) on uS with (a, ug): both are proved, and agree."""
    places = sorted(ends)
    pieces: list[tuple[Fraction, Fraction]] = []
    while places:
        low = places.pop(0)
        high = places.pop(0) if places and joined[len(pieces) % 3] else low
        pieces.append((Fraction(low), Fraction(high)))
    found = []
    for u in (Fraction(1), unit):
        where = pr.Union([(low * u, high * u) for low, high in pieces])
        asked = dict(zip(form, (sizes[0], sizes[1] * u), strict=True))
        optimum = pr.minimax_optimal(where, t, **asked)
        proof = optimum.certificate
        assert proof.check().ok, proof.check()
        assert proof.lower <= Fraction(optimum.upper) and Fraction(optimum.lower) <= proof.upper
        found.append(proof)
    assert found[0].lower <= found[1].upper and found[1].lower <= found[0].upper


def test_a_size_that_is_no_float_is_rounded_away_from_the_value() -> None:
    where = pr.Union([(Fraction(551, 97), Fraction(733, 97)), (Fraction(1078, 97), 29)])
    optimum = pr.minimax_optimal(where, 7, initial=Fraction(1, 3), cross=100)
    assert optimum.certificate.lower > Fraction(1, 3) * (1 - Fraction(1, 10**17))
    assert Fraction(optimum.upper) >= Fraction(1, 3)


@pytest.mark.parametrize("cross", [0, 1])
@pytest.mark.parametrize("where", [GAPS, pr.Union([(1, 10), 100])], ids=["union", "outlier"])
def test_hard_questions_have_an_honest_certificate(where: pr.Union, cross: int) -> None:
    optimum = pr.minimax_optimal(where, 8, initial=1, cross=cross)
    proof = optimum.certificate
    assert proof.check().ok and 0 < proof.lower <= proof.upper
    wide = proof.upper - proof.lower > proof.upper * Fraction(1, 10**6)
    assert ("wide" in proof.remark) == wide
    assert proof.lower <= Fraction(float(optimum.upper))
    assert Fraction(float(optimum.lower)) <= proof.upper


@pytest.mark.slow
@pytest.mark.parametrize("form", [("initial", "cross"), ("residual", "drift")])
@pytest.mark.parametrize(
    ("where", "t"), [(pr.Interval(1, 100), 100), (pr.Interval(1, 10), 200), (GAPS, 100)]
)
def test_long_horizons(where: pr.Interval, t: int, form: tuple[str, str]) -> None:
    """What is dearer is in the attack: t = 200 on the others, t = 400."""
    proof = pr.minimax_optimal(where, t, **dict.fromkeys(form, 1)).certificate
    assert proof.check().ok
    assert proof.upper - proof.lower <= proof.upper * Fraction(2, 10**12)
