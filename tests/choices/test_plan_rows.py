"""A row of a plan: what is known best, how it is shown, how its products are spent."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr
from polyrates.choices.plan_rows import PlanRow
from polyrates.core.estimators import Products

CHEBYSHEV = pr.Chebyshev(0.05, 1.0)


def row(family: str, estimator: pr.Estimator, t: int = 6, **more: object) -> PlanRow:
    found = PlanRow("mine", family, CHEBYSHEV, estimator, t, 1 / 3, 0.1, estimator.products(t), 4)
    return replace(found, **more)  # type: ignore[arg-type]


ROWS = [
    row("unrolled", pr.Unrolled()),
    row("truncated", pr.Truncated(2)),
    row("one step", pr.OneStep()),
    row("implicit", pr.Implicit(CHEBYSHEV, 5)),
    row("implicit", pr.Implicit(pr.ConjugateGradient(), 5)),
]


@pytest.mark.parametrize("guarantee", [1 / 3, 2 / 3, 0.12345, 1e-300, 7e22, 1.0])
def test_certified_numbers_are_rounded_up_and_predictions_to_nearest(guarantee: float) -> None:
    certified = row("unrolled", pr.Unrolled(), guarantee=guarantee)
    shown = F(certified.shown())
    assert F(guarantee) <= shown <= F(guarantee) * F(102, 100)
    predicted = replace(certified, status="predicted")
    assert abs(F(predicted.shown()) - F(guarantee)) <= F(guarantee) * F(6, 1000)
    assert certified.shown_error == certified.shown()


def test_an_observation_takes_the_place_of_the_guarantee() -> None:
    plain = ROWS[0]
    assert (plain.error, plain.word) == (1 / 3, "certified")
    seen = replace(plain, observed=0.004567)
    assert (seen.error, seen.word, seen.shown_error) == (0.004567, "observed", "0.00457")
    assert seen.guarantee == 1 / 3
    zero = replace(plain, observed=0.0)
    assert zero.error == 0.0 and zero.word == "observed"


def test_by_what_right_is_said() -> None:
    assert ROWS[0].right == "certified for every problem of these sizes"
    assert not ROWS[3].by_conjugate_gradients and ROWS[4].by_conjugate_gradients
    assert "upper bound" in ROWS[4].right and "√(L/ℓ)" in ROWS[4].right
    seen = replace(ROWS[4], observed=0.01)
    assert "observed" in seen.right and "0.334" in seen.right  # the guarantee, rounded up
    outer = replace(ROWS[0], method=pr.ConjugateGradient())
    assert outer.by_conjugate_gradients


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (0, "6 steps"), (1, "6 steps, last 4 differentiated"),
        (2, "6 steps, last 1 differentiated"), (3, "6 outer + 5 inner"),
    ],
)  # fmt: skip
def test_the_split_is_that_of_the_products(index: int, words: str) -> None:
    assert ROWS[index].split == words
    assert ROWS[index].products == ROWS[index].estimator.products(6)
    assert isinstance(ROWS[index].products, Products)


@pytest.mark.parametrize("each", ROWS, ids=lambda r: f"{r.family}-{r.by_conjugate_gradients}")
def test_an_estimate_is_the_last_of_the_run(each: PlanRow) -> None:
    problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), 5, 3)
    x0 = np.arange(5.0)
    x, V = each.estimate(problem, x0)
    run = each.differentiate(problem, x0)
    np.testing.assert_allclose(x, run.iterates[-1], rtol=1e-12)
    np.testing.assert_allclose(V, run.jacobians[-1], rtol=1e-12, atol=1e-13)
    assert each.reverse_memory >= 1
