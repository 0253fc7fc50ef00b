"""The content of a minimax certificate: what closed forms give, and the best of several answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F

import pytest
from support import clause_against

from polyrates.numeric.minimax.question import MinimaxSolution
from polyrates.numeric.minimax.rational import RationalQuestion
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.numeric.minimax.written import minimax_content

FORMS = ("initial/cross", "residual/drift")


def question(support: list[tuple[int, int]], form: str, first: F, second: F) -> RationalQuestion:
    return RationalQuestion(tuple((F(p), F(q)) for p, q in support), form, first, second)


def answer(asked: RationalQuestion, t: int) -> MinimaxSolution:
    sizes = {"size": float(asked.first), "second": float(asked.second)}
    return solve_minimax(asked.support, t, form=asked.form, **sizes)


def worth(content: dict[str, object], lam: F, asked: RationalQuestion) -> tuple[F, F]:
    """P/P(0) and its derivative in λ at a point, from the fields alone, term by term."""
    newton = [F(d) for d in content["newton"]]  # type: ignore[attr-defined]
    nodes = [F(z) for z in content["nodes"]]  # type: ignore[attr-defined]
    ratio = F(str(content["ratio"]))

    def value(x: F) -> F:
        total, product = F(0), F(1)
        for k, d in enumerate(newton):
            total += d * product
            product *= ratio * (x - nodes[k]) if k < len(nodes) else 1
        return total

    x, h = (lam - asked.low) / asked.width, F(1, 10**30)
    slope = (value(x + h) - value(x - h)) / (2 * h * asked.width)
    start = value(asked.origin)
    return value(x) / start, slope / start


@pytest.mark.parametrize("second", [F(0), F(1)])
@pytest.mark.parametrize("form", FORMS)
def test_what_annihilates_points_is_written_exactly(form: str, second: F) -> None:
    """A and B vanish on {2, 5}: V* = 0, by a polynomial that is seen to do so."""
    asked = question([(2, 2), (5, 5)], form, F(1), second)
    t = 4 if second else (3 if form == "initial/cross" else 2)
    content = minimax_content(asked, t, [answer(asked, t)])
    assert content["upper"] == "0" and clause_against(content) == ""
    for lam in (F(2), F(5)):
        value, slope = worth(content, lam, asked)
        first = value - lam * slope if asked.initial else value
        assert abs(first) < F(1, 10**25) and abs(second * slope) < F(1, 10**25)


def test_the_straight_line_through_a_point() -> None:
    """On {p} with t = 1 and residual/drift, P = 1 − λ/p has V = g/p."""
    asked = question([(3, 3)], "residual/drift", F(1), F(1))
    content = minimax_content(asked, 1, [answer(asked, 1)])
    assert clause_against(content) == ""
    assert F(str(content["upper"])) == F(1, 3)
    assert F(1, 3) - F(1, 10**11) <= F(str(content["lower"])) <= F(1, 3)
    value, slope = worth(content, F(3), asked)
    assert value == 0 and abs(slope + F(1, 3)) < F(1, 10**20)


@pytest.mark.parametrize("t", [0, 3])
def test_where_nothing_helps_one_is_written(t: int) -> None:
    asked = question([(1, 100)], "residual/drift", F(1), F(100))
    content = minimax_content(asked, t, [answer(asked, t)])
    assert content["newton"] == [] and content["upper"] == "1" and clause_against(content) == ""
    assert F(str(content["lower"])) > 1 - F(1, 10**12)


def test_no_size_is_zero() -> None:
    asked = question([(1, 4)], "residual/drift", F(0), F(1))
    content = minimax_content(asked, 3, [answer(asked, 3)])
    assert (content["lower"], content["upper"]) == ("0", "0") and clause_against(content) == ""


def test_a_bad_answer_is_mended_by_a_better_one_and_no_more_are_asked_for() -> None:
    asked, t = question([(1, 9)], "residual/drift", F(1), F(1)), 4
    good = answer(asked, t)
    bent = good.coefficients.copy()
    bent[2] *= 1.5
    bad = replace(good, coefficients=bent, weights=good.weights[::-1] ** 2)
    asked_for = []

    def answers() -> Iterator[MinimaxSolution]:
        for name, each in (("bad", bad), ("good", good), ("never", good)):
            asked_for.append(name)
            yield each

    alone = minimax_content(asked, t, [bad])
    content = minimax_content(asked, t, answers())
    assert asked_for == ["bad", "good"]
    for each in (alone, content):  # even of a bad answer only what is true is said
        assert clause_against(each) == ""
        assert F(str(each["lower"])) <= F(good.upper) and F(good.lower) <= F(str(each["upper"]))
    gaps = [F(str(each["upper"])) - F(str(each["lower"])) for each in (alone, content)]
    assert gaps[1] <= F(1, 10**12) < gaps[0]
