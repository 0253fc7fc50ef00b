"""The certificate of a supremum: its polynomial, its bracket, and no other number."""

from __future__ import annotations

from fractions import Fraction

from support import clause_against

import polyrates as pr
from polyrates.ground.check_supremum import in_newton_form, value_at


def test_a_supremum_with_another_number_is_refused() -> None:
    where = pr.Interval(1, 9)
    content = pr.rate(pr.Chebyshev(1, 9), where).initial.certificate(4).content
    upper, lower = Fraction(str(content["upper"])), Fraction(str(content["lower"]))
    assert clause_against({**content, "upper": str(lower * Fraction(999, 1000))}) == "upper bound"
    assert clause_against({**content, "lower": str(upper * Fraction(1001, 1000))}) == "lower bound"
    assert clause_against({**content, "point": "10"}) == "lower bound"
    assert clause_against({**content, "support": [["1", "10"]]}) == "upper bound"
    assert clause_against({**content, "upper": "-1"}) == "upper bound"


def test_the_newton_form_of_a_supremum_is_its_polynomial() -> None:
    q = [3, -7, 0, 11, 5]
    P, unit = in_newton_form(q, Fraction(1, 3), Fraction(9, 2))
    for x in (Fraction(0), Fraction(1, 3), Fraction(22, 7)):
        assert P.parts_at(x, x, False)[0] == unit * value_at(q, x)
        assert value_at(q, x) == sum(c * x**k for k, c in enumerate(q))


def test_a_parabola_by_hand() -> None:
    """Q = (λ² − 4λ + 2)/2 on [0, 3] and {6}: |Q| is 1 at 0 and at its vertex 2, and 7 at 6."""
    content: dict[str, object] = {
        "kind": "supremum", "support": [["0", "3"]], "polynomial": ["2", "-4", "1"],
        "denominator": "2", "point": "2", "lower": "1", "upper": "1.000000001",
    }  # fmt: skip
    assert clause_against(content) == ""
    assert clause_against({**content, "point": "0"}) == ""
    assert clause_against({**content, "point": "1"}) == "lower bound"
    assert clause_against({**content, "point": "4", "lower": "0"}) == "lower bound"
    assert clause_against({**content, "lower": "1.0000001"}) == "lower bound"
    assert clause_against({**content, "upper": "0.999999"}) == "upper bound"
    both = {**content, "support": [["0", "3"], ["6", "6"]]}
    assert clause_against(both) == "upper bound"
    assert clause_against({**both, "upper": "7"}) == ""
    assert clause_against({**both, "upper": "6.999999999999999999"}) == "upper bound"
    assert clause_against({**content, "denominator": "0"}) == "polynomial"
    nothing = {**content, "polynomial": ["0"], "lower": "0", "upper": "0"}
    assert clause_against(nothing) == "" and clause_against({**nothing, "upper": "-1"}) != ""
