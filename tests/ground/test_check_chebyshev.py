"""The certificate of the lower bound of all methods: 1/|T_t(m(0))| and nothing else."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from support import best_of_all_methods, clause_against

import polyrates as pr


def test_a_bound_with_another_number_is_refused() -> None:
    bound = pr.lower_bound_certificate((1, 9), 6).content
    assert clause_against({**bound, "numerator": "2"}) == "value"
    assert clause_against({**bound, "degree": "5"}) == "value"
    assert clause_against({**bound, "ell": "9"}) == "question"
    assert clause_against({**bound, "denominator": "0"}) == "value"


@pytest.mark.parametrize("t", [0, 1, 3, 8])
@pytest.mark.parametrize("ends", [(0, 1), (1, 9), (F(1, 97), F(1000, 7)), (F(1, 10**9), 10**9)])
def test_the_value_of_the_power_sum_alone_is_proved(ends: tuple[F, F], t: int) -> None:
    value = best_of_all_methods(*map(F, ends), t)
    content = {"kind": "chebyshev", "ell": str(ends[0]), "L": str(ends[1]), "degree": str(t)}
    for factor, clause in ((F(1), ""), (1 + F(1, 10**30), "value"), (F(-1), "value")):
        claim = value * factor
        ends_of = {"numerator": str(claim.numerator), "denominator": str(claim.denominator)}
        assert clause_against({**content, **ends_of}) == clause
    twice = {"numerator": str(2 * value.numerator), "denominator": str(2 * value.denominator)}
    assert clause_against({**content, **twice}) == ""  # the same fraction


def test_the_question_is_an_interval_of_eigenvalues_from_zero_on() -> None:
    content = {"kind": "chebyshev", "degree": "1", "numerator": "1", "denominator": "1"}
    for ell, L in (("-1", "1"), ("1", "1"), ("2", "1")):
        assert clause_against({**content, "ell": ell, "L": L}) == "question"
    assert clause_against({**content, "ell": "0", "L": "1"}) == ""  # m(0) = -1, and |T_1| = 1
    for degree in ("-1", "10001"):
        assert clause_against({**content, "ell": "0", "L": "1", "degree": degree}) == "question"
