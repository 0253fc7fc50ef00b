"""The plan: its table reproduced, its guarantees held against runs, its winner best observed."""

from __future__ import annotations

import pickle
from fractions import Fraction as F
from functools import cache

import numpy as np
import pytest
from huber import HUBER
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.analysis.attained import worst_case_problem
from polyrates.choices.plan import Plan, plan, plan_curves
from polyrates.cli.entry import main
from polyrates.measurement.measured_sizes import SpectrumMoves
from polyrates.problems.sizes import sizes_of_problem

INTERVAL = pr.Interval(0.01, 1.0)


@cache
def cheap() -> Plan:
    return plan(INTERVAL, 160, residual=1, drift=0.01)


@cache
def dear() -> Plan:
    return plan(INTERVAL, 80, residual=1, drift=1)


def test_a_plan_names_conjugate_gradients_where_they_win_and_says_by_what_right() -> None:
    """Ridge on breast-cancer: observed on the problem, certified on [ℓ, L] alone."""
    datasets = pytest.importorskip("sklearn.datasets")
    raw = datasets.load_breast_cancer()
    X = (raw.data - raw.data.mean(0)) / raw.data.std(0)
    problem = pr.Ridge(X, raw.target - raw.target.mean(), 0.2)
    v = np.random.default_rng(0).standard_normal(30)
    x0 = 10 * np.linalg.norm(problem.solution) * v / np.linalg.norm(v)
    made = plan(problem, 40, x0=x0)
    best = made.best
    assert best.label == "both solves by CG" and best.word == "observed"
    error = np.linalg.norm(made.differentiate().jacobians[-1] - problem.solution_jacobian)
    assert best.observed == pytest.approx(error, rel=1e-6) and best.guarantee >= error
    assert made.verdict.startswith("Implicit both solves by CG wins: observed")
    assert "own polynomial" in made.verdict and "√(L/ℓ)" in best.right
    others = [row for row in made.rows if not row.by_conjugate_gradients]
    assert all(row.word == "certified" and row.observed is None for row in others)
    assert best.error < min(row.error for row in others) / 100
    unseen = plan(problem, 40, x0=x0, observe=0)  # nothing is run: certified rows alone
    assert "both solves by CG" not in {row.label for row in unseen.rows}
    (row,) = [row for row in unseen.rows if row.by_conjugate_gradients]
    assert row.right.startswith("certified for every problem of these sizes: an upper bound")


def test_a_list_of_methods_goes_by_their_names() -> None:
    given = [pr.Chebyshev(0.1, 1.0), pr.GradientDescent(1.0)]
    where = pr.Interval(0.1, 1.0)
    listed = plan(where, 12, residual=1, drift=1, methods=given)
    named = plan(where, 12, residual=1, drift=1, methods={m.name: m for m in given})
    assert [(row.label, row.error) for row in listed.rows] == [
        (row.label, row.error) for row in named.rows
    ]
    with pytest.raises(pr.PolyratesError, match="methods"):
        plan(where, 12, residual=1, drift=1, methods=3)


def test_methods_are_ranked_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The catalogue's names, in the library and on the command line."""
    names = "fista,triple-momentum,lookahead:period=3,silver,averaged,schedule-free"
    made = plan(pr.Interval(0.1, 1.0), 12, residual=1, drift=1, methods=names)
    labels = {row.label for row in made.rows}
    assert {"FISTA", "triple momentum", "schedule-free gradient descent"} <= labels
    for row in made.rows:
        if row.label in ("FISTA", "triple momentum") and row.family == "unrolled":
            worst = pr.rate(row.method, (0.1, 1.0)).worst_case(row.t, residual=1, drift=1)
            assert row.guarantee == pytest.approx(float(worst), rel=1e-6)
    words = ["plan", "--ell", "1/10", "--L", "1", "--budget", "12", "--residual", "1"]
    assert main([*words, "--drift", "1", "--methods", names]) == 0
    printed = capsys.readouterr().out
    assert "FISTA" in printed and f"methods={names!r}" in " ".join(printed.split())
    assert main([*words, "--drift", "1", "--methods", "fistta"]) == 2
    assert "fista" in capsys.readouterr().err
    with pytest.raises(ValueError, match="name of a method"):
        plan(pr.Interval(0.1, 1.0), 12, residual=1, drift=1, methods="fistta")


def value(made: Plan, label: str, family: str) -> float:
    (row,) = [r for r in made.rows if r.label == label and r.family == family]
    return row.guarantee


@pytest.mark.parametrize(
    ("made", "unrolled", "minimax", "implicit", "k", "restarted"),
    [(cheap, 2.8e-5, 2.5e-6, 4.3e-7, 80, 5.7e-6), (dear, 2.11, 0.358, 0.0131, 29, 0.055)],
)
def test_equal_cost_table(made, unrolled, minimax, implicit, k, restarted) -> None:  # type: ignore[no-untyped-def]
    """Within 2 % of the values computed independently (κ = 0.01, L = 1, Chebyshev solves)."""
    table = made()
    assert value(table, "Chebyshev", "unrolled") == pytest.approx(unrolled, rel=0.02)
    assert value(table, "minimax-optimal", "unrolled") == pytest.approx(minimax, rel=0.02)
    assert value(table, "Chebyshev", "implicit") == pytest.approx(implicit, rel=0.02)
    assert value(table, "Chebyshev", "restarted") == pytest.approx(restarted, rel=0.02)
    assert table.best.family == "implicit" and table.best.products.hessian_vector == k
    assert "Implicit Chebyshev wins: certified" in table.verdict


@pytest.mark.parametrize("made", [cheap, dear])
def test_rows_are_consistent(made) -> None:  # type: ignore[no-untyped-def]
    table = made()
    guarantees = [row.guarantee for row in table.rows]
    assert guarantees == sorted(guarantees)
    for row in table.rows:
        assert 0 <= row.lower <= row.guarantee
        # tight: the worst case is attained, not only bounded
        if row.label != "conjugate gradients":  # a bound of [ℓ, L] that no problem attains
            assert row.lower >= row.guarantee * (1 - 1e-9)
        assert row.products.total <= table.budget
        assert row.memory > 0
        # reverse mode stores the points of the differentiated steps, implicit none
        stored = 0 if row.family == "implicit" else row.products.hessian_vector
        assert stored < row.reverse_memory <= stored + 13


def test_the_winner_is_the_best_observed_on_the_worst_problems_of_all() -> None:
    """Every row is run on all rows' worst problems: guarantees are met, the winner's is least."""
    table = plan(INTERVAL, 40, residual=1, drift=0.3)
    # conjugate gradients have no polynomial, so no worst problem of their own: the bound must hold
    rows = [row for row in table.rows if row.guarantee < 1e3 and "conjugate" not in row.label]
    others = [row for row in table.rows if "conjugate" in row.label]
    problems = [
        worst_case_problem(row.method, INTERVAL, row.t, row.estimator, residual=1, drift=0.3)
        for row in rows
    ]
    observed = np.array(
        [
            [
                np.linalg.norm(row.differentiate(problem, x0, dx0).jacobians[-1])
                for problem, x0, dx0 in problems
            ]
            for row in rows
        ]
    )
    guarantees = np.array([row.guarantee for row in rows])
    assert np.all(observed <= guarantees[:, None] * (1 + 1e-9))
    np.testing.assert_allclose(np.diag(observed), guarantees, rtol=1e-6)
    assert int(np.argmin(observed.max(axis=1))) == 0
    assert rows[0] is table.best and len(others) == 1
    for problem, x0, dx0 in problems:
        error = np.linalg.norm(others[0].differentiate(problem, x0, dx0).jacobians[-1])
        assert error <= others[0].guarantee * (1 + 1e-9)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10**6), log_kappa=st.floats(-2.5, -0.1), n=st.integers(2, 50),
    log_drift=st.floats(-3, 2), initial=st.booleans(),
)  # fmt: skip
def test_no_run_exceeds_its_guarantee(
    seed: int, log_kappa: float, n: int, log_drift: float, initial: bool
) -> None:
    """Random commuting problems of the planned sizes, every row."""
    ell = 10.0**log_kappa
    problem = pr.Quadratic.random(pr.Interval(ell, 1.0), 6, seed)
    x0 = np.random.default_rng(seed).standard_normal(6)
    problem = pr.Quadratic(problem.H, problem.b, problem.dH * 10.0**log_drift, problem.db)
    sizes = sizes_of_problem(problem, x0)
    given_sizes = next(each for each in sizes.arguments if ("initial" in each) == initial)
    values = problem.eigensystem[0]
    interval = pr.Interval(float(values[0]) * (1 - 1e-12), float(values[-1]) * (1 + 1e-12))
    made = plan(interval, n, methods={"Chebyshev": pr.Chebyshev(*interval.hull)}, **given_sizes)
    for row in made.rows:
        error = row.differentiate(problem, x0).jacobians[-1] - problem.solution_jacobian
        slack = 1e-9 * (1 + np.linalg.norm(problem.solution_jacobian) + np.linalg.norm(x0))
        slack *= max(1.0, 10.0**log_drift)
        assert np.linalg.norm(error) <= row.guarantee * (1 + 1e-9) + slack


def test_a_target_instead_of_a_budget() -> None:
    made = plan(INTERVAL, target=1e-2, residual=1, drift=1)
    assert made.best.guarantee <= 1e-2 == made.target
    assert plan(INTERVAL, made.budget - 1, residual=1, drift=1).best.guarantee > 1e-2
    assert plan(INTERVAL, target=2, residual=1, drift=1).budget == 2
    with pytest.raises(pr.InvalidValue, match="target"):
        plan(pr.Interval(1e-6, 1.0), target=1e-3, residual=1, drift=1)


def test_a_target_is_looked_for_among_the_methods_given() -> None:
    chosen = {"own": pr.GradientDescent(1 / 10)}
    made = plan(INTERVAL, target=1e-2, residual=1, drift=1, methods=chosen)
    assert made.best.guarantee <= 1e-2
    less = plan(INTERVAL, made.budget - 1, residual=1, drift=1, methods=chosen)
    assert less.best.guarantee > 1e-2


def test_a_problem_instead_of_sizes() -> None:
    """Measured sizes; both forms where ∂H commutes, the Frobenius form where it does not."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 6)), rng.standard_normal(40)
    x0 = rng.standard_normal(6)
    shared = pr.Ridge(X, y, 0.1)
    made = plan(shared, 24, x0=x0)
    assert made.sizes.drift is not None and made.sizes.cross is not None
    split = pr.Ridge(X, y, np.linspace(0.05, 0.5, 6))
    apart = plan(split, 24, x0=x0)
    assert apart.sizes.hessian is not None and apart.sizes.drift is None
    for problem, table in ((shared, made), (split, apart)):
        for row in table.rows:
            error = row.differentiate(problem, x0).jacobians[-1] - problem.solution_jacobian
            assert np.linalg.norm(error) <= row.guarantee * (1 + 1e-9)
        observed = table.differentiate(problem, x0).jacobians[-1]
        assert np.linalg.norm(observed - problem.solution_jacobian) <= table.best.guarantee


def test_two_forms_take_the_smaller_guarantee() -> None:
    both = plan(INTERVAL, 20, residual=1, drift=1, cross=0.5)
    one = plan(INTERVAL, 20, residual=1, drift=1)
    other = plan(INTERVAL, 20, initial=1, cross=0.5)
    for row in both.rows:
        if row.family in ("unrolled", "one step") and row.label in ("Chebyshev", "Nesterov"):
            found = [value(each, row.label, row.family) for each in (one, other)]
            assert row.guarantee == pytest.approx(min(found), rel=1e-12)
    assert both.best.guarantee <= min(one.best.guarantee, other.best.guarantee) * (1 + 1e-12)


@pytest.mark.parametrize(
    "spectrum",
    [pr.Interval(0, 1), pr.Union([(F(1, 100), F(1, 10)), (F(9, 10), 1)]), pr.Uniform(1, 10),
     pr.Empirical([1, 2, 5, 10]), (1, 10)],
)  # fmt: skip
@pytest.mark.parametrize("budget", [2, 3, 11])
def test_other_spectra_and_small_budgets(spectrum, budget: int) -> None:  # type: ignore[no-untyped-def]
    made = plan(spectrum, budget, residual=2, drift=F(1, 2))
    assert made.rows and made.best.products.total <= budget
    assert all(row.lower <= row.guarantee for row in made.rows)


def test_what_is_shown() -> None:
    made = dear()
    text = str(made)
    assert text.startswith("N = 80, ‖E‖ = 1, ‖D‖ = 1\n") and text.endswith(made.verdict)
    assert text.count("\n") == len(made.rows) + 2
    assert "51 outer + 29 inner" in text
    page = made._repr_html_()
    assert page.count("<tr>") == len(made.rows) + 1 and "<caption>" in page
    table = made.latex()
    assert table.count(r"\\") == len(made.rows) + 1
    assert r"$1.31 \cdot 10^{-2}$" in table
    hopeless = plan(INTERVAL, 4, residual=1, drift=100)
    assert "better than the start" in hopeless.verdict


def test_the_picture_and_its_data() -> None:
    made = plan(INTERVAL, 20, residual=1, drift=1)
    curves = made.curves([4, 20, 40])
    assert [curve.family for curve in curves] == ["unrolled", "restarted", "implicit"]
    for curve in curves:
        assert np.all(curve.guarantees > 0) and curve.guarantees[-1] <= curve.guarantees[0]
    axes = made.plot([4, 20, 40])
    assert axes.get_yscale() == "log" and len(axes.get_legend().get_texts()) == 3
    with pytest.raises(pr.InvalidValue, match="budgets"):
        plan_curves(INTERVAL, [1], made.sizes)


def test_everything_pickles() -> None:
    made = plan(INTERVAL, 12, residual=1, drift=1)
    again = pickle.loads(pickle.dumps(made))
    assert str(again) == str(made)


def test_strings_are_numbers() -> None:
    made = plan(("0.01", "1"), 20, residual="1", drift="1/100")
    assert made.sizes.drift == F(1, 100) and made.sizes.error == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"budget": 1}, "budget"), ({"budget": 0}, "budget"), ({"budget": -3}, "budget"),
        ({"budget": 2.5}, "budget"), ({"budget": "x"}, "budget"), ({"budget": None}, "budget"),
        ({"target": 1e-3}, "budget, target"), ({"budget": None, "target": -1}, "target"),
        ({"budget": None, "target": 0}, "target"), ({"residual": -1}, "residual"),
        ({"residual": float("nan")}, "residual"), ({"residual": True}, "residual"),
        ({"drift": None}, "residual"), ({"drift": "x"}, "drift"), ({"size": 3}, "size"),
        ({"initial": 2}, "initial, residual"), ({"cross": 99}, "residual, drift, cross"),
        ({"drift": 99, "cross": 0}, "residual, drift, cross"),
        ({"drift": 1, "hessian": 0.5}, "drift, hessian"),
        ({"spectrum": pr.Interval(5, 10), "drift": 1, "cross": 1}, "residual, drift, cross"),
        ({"spectrum": None}, "spectrum"), ({"spectrum": (2, 1)}, "ell"),
        ({"methods": 3}, "methods"), ({"methods": {"mine": 3}}, "methods"), ({"x0": [1]}, "x0"),
        ({"spectrum": HUBER}, "x0"),
    ],
)  # fmt: skip
def test_bad_input(arguments, named: str) -> None:  # type: ignore[no-untyped-def]
    given_arguments = {"spectrum": INTERVAL, "budget": 20, "residual": 1, "drift": 1, **arguments}
    spectrum = given_arguments.pop("spectrum")
    with pytest.raises(pr.PolyratesError) as caught:
        plan(spectrum, **given_arguments)
    assert caught.value.argument.startswith(named)  # type: ignore[attr-defined]
    assert caught.value.remedy  # type: ignore[attr-defined]


def test_a_plan_on_pieces_runs_the_optimum_of_the_pieces():
    """Weights on the hull's Chebyshev iterates cancel there: the ranking would be wrong."""
    where = pr.Union([(F(1, 100), F(1, 5)), (F(9, 10), F(11, 10)), (F(49, 10), F(51, 10))])
    plan = pr.plan(where, 160, initial=1, cross=1)
    optimum = pr.minimax_optimal(where, 80, initial=1, cross=1)
    unrolled = plan.best_of("unrolled")
    assert float(unrolled.guarantee) == pytest.approx(optimum.upper, rel=1e-9)
    assert "minimax-optimal" in plan.verdict
    assert plan.best.label == "optimal on the pieces"


def test_standing_still_is_bounded_by_longer_horizons():
    where = pr.Union([(0.01, 0.2), (0.9, 1.1), (4.9, 5.1)])
    for t in (25, 30):
        optimum = pr.minimax_optimal(where, t, initial=1, cross=1)
        assert optimum.upper == 1
        assert optimum.lower > 1 - 1e-6


def test_latex_takes_a_plan() -> None:
    ranking = plan(pr.Interval(1, 10), 8, initial=1, cross=1)
    assert pr.latex(ranking) == ranking.latex()


# what was estimated is predicted


def test_what_was_estimated_is_predicted_and_never_a_guarantee() -> None:
    x0 = np.zeros(40)
    with pytest.warns(SpectrumMoves, match="does not cover them"):
        sizes = pr.estimate_sizes(HUBER, x0)
    there = pr.estimate_spectrum(lambda v: HUBER.hvp(sizes.solution, v), 40)
    before = pr.estimate_spectrum(lambda v: HUBER.hvp(x0, v), 40)
    assert float(before.hull[1]) < 0.5 * float(there.hull[1])
    assert np.linalg.norm(HUBER.gradient(sizes.solution)) < 1e-6
    exact = {"residual": float(sizes.residual), "drift": float(sizes.drift)}
    for made in (
        plan(there, 40, residual=sizes.residual, drift=sizes.drift),
        plan(pr.Interval(*there.hull), 40, residual=sizes.residual, drift=sizes.drift),
        plan(there, 40, **exact),
        plan(pr.Mixture([(1, there), (1, pr.Uniform(1, 2))]), 40, **exact),
    ):
        assert made.status == "predicted" and {row.status for row in made.rows} == {"predicted"}
        for text in (made.verdict, str(made), made._repr_html_(), made.latex()):
            assert "predicted" in text and "guarantee" not in text and "certified" not in text
    made = plan(pr.Interval(*there.hull), 40, **exact)
    assert made.status == made.best.status == "certified" and "certified" in str(made)


def test_a_plan_for_a_loss_takes_the_spectrum_where_the_run_ends() -> None:
    """From the spectrum at x_0 the predicted winner was 3e8 times too good: the run diverged."""
    x0 = np.zeros(40)
    with pytest.warns(SpectrumMoves):
        made = plan(HUBER, 120, x0=x0)
        sizes = pr.estimate_sizes(HUBER, x0)
    assert made.status == "predicted"
    x = sizes.solution
    H = np.stack([HUBER.hvp(x, e) for e in np.eye(40)])
    values = np.linalg.eigvalsh(H)
    ell, L = (float(end) for end in made.spectrum.hull)
    assert ell <= values[0] and values[-1] <= L
    truth = np.linalg.solve(H, -HUBER.cross(x))
    error = np.linalg.norm(made.differentiate().jacobians[-1] - truth)
    assert error < 20 * made.best.guarantee < 1e-2 * np.linalg.norm(truth)
    with pytest.raises(pr.InvalidValue, match="problem"):
        plan(INTERVAL, 8, residual=1, drift=1).differentiate()


def test_no_promise_lies_below_the_observed_error() -> None:
    """What a plan for a loss says of its best row is what that row left when it was run.

    From the spectrum at x_0, which does not cover the one at x*, the promise is 100 times too good.
    """
    x0 = np.zeros(40)
    with pytest.warns(SpectrumMoves, match="does not cover them"):
        made = plan(HUBER, 40, x0=x0)
        sizes = pr.estimate_sizes(HUBER, x0)
    H = np.stack([HUBER.hvp(sizes.solution, e) for e in np.eye(40)])
    truth = np.linalg.solve(H, -HUBER.cross(sizes.solution))
    error = float(np.linalg.norm(made.differentiate().jacobians[-1] - truth))
    seen = [row.observed for row in made.rows if row.observed is not None]
    assert made.status == "predicted" and made.best.word == "observed" and seen == sorted(seen)
    assert abs(error - seen[0]) < 1e-6 * error and made.best.error >= error * (1 - 1e-6)
    assert f"observed {error:.3g}" in made.verdict and "guarantee" not in made.verdict
    before = pr.estimate_spectrum(lambda v: HUBER.hvp(x0, v), 40)
    blind = plan(before, 40, residual=sizes.residual, drift=sizes.drift)
    assert blind.status == "predicted" and blind.best.guarantee < error / 100
