"""Every way to spend N products, best first; below rounding the simplest."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.choices.plan import plan
from polyrates.choices.plan_rows import FAMILIES, PlanRow
from polyrates.choices.ranking import best_first, minimax_choice, ranked, rounding, simplicity
from polyrates.problems.sizes import sizes_of


def test_more_sizes_never_make_the_optimum_worse() -> None:
    """From x₀ = 0 ridge knows ‖G‖ = 0 besides ‖D‖: the optimum of that form is run."""
    interval = pr.Interval(0.0017252, 1.51672)
    some = plan(interval, 60, initial=1.1026, cross=0).best_of("unrolled")
    more = plan(interval, 60, residual=1.1026, drift=0.0219318, cross=0).best_of("unrolled")
    assert more.label == some.label == "minimax-optimal"
    assert more.guarantee <= some.guarantee * (1 + 1e-9)


def test_on_pieces_implicit_is_made_for_the_pieces_too() -> None:
    pieces = pr.Union([("0.01", "0.1"), ("0.9", "1")])
    ranking = plan(pieces, 40, initial=1, cross=1)
    row = ranking.best_of("implicit")
    assert row.label == "optimal on the pieces"
    assert row.products.total <= 40
    assert row.guarantee < min(
        each.guarantee for each in ranking.rows if each.family == "implicit" and each is not row
    )
    problem = pr.Quadratic.random(pieces, dim=20, seed=1)
    x0 = np.ones(20)
    sizes = pr.estimate_sizes(problem, x0)
    own = plan(pieces, 40, initial=sizes.residual, cross=sizes.cross).best_of("implicit")
    error = own.differentiate(problem, x0).jacobians[-1] - problem.solution_jacobian
    assert np.linalg.norm(error) <= own.guarantee * (1 + 1e-9)


def test_below_rounding_every_row_is_equal_and_the_simplest_comes_first() -> None:
    made = plan(pr.Interval(1, 2), 60, residual=1, drift=1)
    floor = made.rounding
    equal = [row for row in made.rows if row.guarantee < floor]
    assert len(equal) > 5 and list(made.rows[: len(equal)]) == equal
    assert made.best.family == "unrolled"  # implicit has the smaller number
    assert made.best.guarantee > min(row.guarantee for row in equal)
    assert made.best.memory == min(row.memory for row in equal if row.family == "unrolled")
    assert f"the {len(equal)} rows below it are equal" in made.verdict
    # and they are: what their runs leave is rounding, whatever they promise
    problem = pr.Quadratic.random(pr.Interval(1, 2), 20, 0)
    truth = problem.solution_jacobian
    for row in equal:
        error = np.linalg.norm(row.differentiate(problem, np.zeros(20)).jacobians[-1] - truth)
        assert error < 100 * floor * np.linalg.norm(truth)
    goal = plan(pr.Interval(1, 2), target=1e-20, residual=1, drift=1)
    assert goal.best.guarantee <= 1e-20


def a_row(family: str, guarantee: float, memory: int) -> PlanRow:
    method, estimator = pr.Chebyshev(1.0, 9.0), pr.Unrolled()
    return PlanRow(
        family, family, method, estimator, 3, guarantee, 0.0, estimator.products(3), memory
    )


def test_rows_go_by_error_and_below_the_floor_by_simplicity() -> None:
    rows = [
        a_row("implicit", 1e-20, 1), a_row("unrolled", 1e-18, 9), a_row("unrolled", 1e-17, 4),
        a_row("one step", 0.5, 1), a_row("mine", 0.25, 1), a_row("truncated", 0.5, 7),
    ]  # fmt: skip
    found = best_first(rows, 1e-16)
    assert [(r.family, r.memory) for r in found] == [
        ("unrolled", 4), ("unrolled", 9), ("implicit", 1), ("mine", 1), ("truncated", 7),
        ("one step", 1),
    ]  # fmt: skip
    assert best_first(rows, 0.0)[0].family == "implicit"
    families = [simplicity(a_row(each, 1.0, 0))[0] for each in (*FAMILIES, "mine")]
    assert families == sorted(families)


def test_rounding_is_of_the_products() -> None:
    sizes = sizes_of(pr.Interval(1, 9), residual=3, drift=1)
    assert rounding(10, sizes) == 30 * 2.0**-53
    assert rounding(10, sizes, 2.0**-24) == 30 * 2.0**-24


@pytest.mark.parametrize("budget", [2, 7, 20])
def test_every_row_fits_the_budget_and_is_a_bound_of_its_own(budget: int) -> None:
    where, sizes = pr.Interval(0.1, 1.0), sizes_of(pr.Interval(0.1, 1.0), residual=1, drift=1)
    rows = ranked(where, budget, sizes, {"C": pr.Chebyshev(0.1, 1.0)})
    errors = [max(row.error, rounding(budget, sizes)) for row in rows]
    assert errors == sorted(errors)
    for row in rows:
        assert row.products.total <= budget and 0 <= row.lower <= row.guarantee
        if row.family == "unrolled" and row.label == "C":
            t = budget // 2
            assert row.t == t
            again = pr.rate(row.method, where).worst_case(t, residual=1, drift=1)
            assert row.guarantee == pytest.approx(float(again), rel=1e-9)


def test_the_minimax_choice_is_the_minimax_value() -> None:
    where = pr.Interval(0.1, 1.0)
    sizes = sizes_of(where, residual=1, drift=0.5)
    found = minimax_choice(6, where, sizes)
    best = pr.minimax_optimal(where, 6, residual=1, drift=0.5)
    assert best.lower <= found.guarantee <= best.upper * (1 + 1e-9)


def test_what_cannot_be_analyzed_is_no_row_and_none_is_refused() -> None:
    where = pr.Interval(0, 1)  # heavy ball's tuning needs ℓ > 0; so do conjugate gradients
    rows = ranked(where, 8, sizes_of(where, residual=1, drift=1), {"C": pr.Chebyshev(0.0, 1.0)})
    assert "conjugate gradients" not in {row.label for row in rows}
    with pytest.raises(pr.InvalidValue, match="none of them"):
        ranked(where, 8, sizes_of(where, residual=1, drift=1), {}, families=("truncated",))
