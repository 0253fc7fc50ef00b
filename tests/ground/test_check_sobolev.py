"""The certificate of a Sobolev optimum: the optimality conditions, moment by moment."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
from support import clause_against

import polyrates as pr
from polyrates.ground.check_sobolev import moments


def test_an_average_with_another_coefficient_is_refused() -> None:
    content = pr.sobolev_optimal(pr.Uniform(1, 9), 4, 1).certificate.proof.content
    terms = content["polynomial"]
    assert isinstance(terms, list)
    for k in range(len(terms)):
        changed = [*terms[:k], str(int(terms[k]) + 1), *terms[k + 1 :]]
        assert clause_against({**content, "polynomial": changed}) == "optimality"
    assert clause_against({**content, "eta": "2"}) == "optimality"
    assert clause_against({**content, "eta": "-1"}) == "question"
    assert clause_against({**content, "degree": "5"}) == "optimality"
    assert clause_against({**content, "degree": "3"}) == "polynomial"
    assert clause_against({**content, "lower": content["upper"]}) == "value"
    measure = content["measure"]
    assert isinstance(measure, list)
    for change, clause in (({"mass": "1/2"}, "question"), ({"alpha": "1"}, "optimality"),
                           ({"alpha": "-1"}, "question"), ({"L": "10"}, "optimality")):  # fmt: skip
        assert clause_against({**content, "measure": [{**measure[0], **change}]}) == clause


def test_moments_of_a_density_are_its_integrals() -> None:
    """∫ λ^k (L − λ)^α (λ − ℓ)^β dλ over the mass, by quadrature in thirty digits."""
    part = {"mass": "2/3", "ell": "1/2", "L": "4", "alpha": "3/2", "beta": "-1/4"}
    mass, found, _ = moments(part, 7)
    assert mass == Fraction(2, 3)
    with mpmath.workdps(30):
        ell, L = mpmath.mpf(1) / 2, mpmath.mpf(4)

        def weight(x: mpmath.mpf) -> mpmath.mpf:
            return (L - x) ** 1.5 * (x - ell) ** mpmath.mpf("-0.25")

        total = mpmath.quad(weight, [ell, 2, L])
        for k, value in enumerate(found):
            wanted = mpmath.quad(lambda x, k=k: x**k * weight(x), [ell, 2, L]) / total
            assert abs(mpmath.mpf(value.numerator) / value.denominator / wanted - 1) < 1e-11


def test_moments_of_marchenko_and_pastur_are_its_integrals() -> None:
    """With λ = σ²(1 + r + 2√r cos φ) the law is smooth in φ, where the trapezoid rule is exact."""
    ratio, scale = Fraction(1, 2), Fraction(3)
    _, found, _ = moments({"mass": "1", "ratio": str(ratio), "scale": str(scale)}, 8)
    r, n, total = float(ratio), 400, [0.0] * 8
    for j in range(n):
        phi = 2 * math.pi * j / n
        x = 1 + r + 2 * math.sqrt(r) * math.cos(phi)
        for k in range(8):
            total[k] += (float(scale) * x) ** k * 2 * math.sin(phi) ** 2 / x / n
    assert [float(value) for value in found] == pytest.approx(total, rel=1e-12)


def test_the_least_value_on_two_points_by_hand() -> None:
    """Mass 1/2 at 1 and 3, η = 1, P = 1 − cλ: (1 − c)²/2 + (1 − 3c)²/2 + c², least at 1/3."""
    content: dict[str, object] = {
        "kind": "sobolev", "degree": "1", "eta": "1",
        "measure": [{"mass": "1/2", "point": "1"}, {"mass": "1/2", "point": "3"}],
        "polynomial": ["3", "-1"], "lower": "1/3", "upper": "1/3",
    }  # fmt: skip
    assert clause_against(content) == ""
    assert clause_against({**content, "polynomial": ["-9", "3"]}) == ""  # the same over P(0)
    assert clause_against({**content, "polynomial": ["2", "-1"]}) == "optimality"
    assert clause_against({**content, "upper": "0.3333"}) == "value"
    assert clause_against({**content, "measure": [{"mass": "1", "point": "1"}]}) == "optimality"
    assert clause_against({**content, "measure": [{"mass": "1/2", "point": "1"}]}) == "question"
