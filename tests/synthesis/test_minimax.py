"""The minimax-optimal polynomial by the public names: references, certificates, runs, edges."""

from __future__ import annotations

import csv
import math
import warnings
from fractions import Fraction as F
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from anytime import anytime_rows
from anytime import main as anytime_main
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE

import polyrates as pr
from polyrates.analysis.worst_case import enclose
from polyrates.ground.errors import InvalidArgument
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.problems.sizes import joint_sizes

ROWS = list(csv.DictReader((REFERENCE / "minimax.csv").read_text(encoding="utf-8").splitlines()))

INITIAL, RESIDUAL = ("initial", "cross"), ("residual", "drift")
FORMS = (INITIAL, RESIDUAL)
MATCHED = [(1, 10, 6, 1), (1, 10, 12, 3), (0.01, 1, 25, 0.02)]


def sizes(form: tuple[str, str], first: Any = 1, second: Any = 1) -> dict[str, Any]:
    return dict(zip(form, (first, second), strict=True))


def identity(row: dict[str, str]) -> str:
    return "-".join(row[key] for key in ("form", "ell", "L", "t", "g"))


def optimum_of(row: dict[str, str]) -> pr.Optimum:
    form = tuple(row["form"].split("/"))
    assert form in FORMS
    where = pr.Interval(float(row["ell"]), float(row["L"]))
    return pr.minimax_optimal(where, int(row["t"]), **sizes(form, float(row["a"]), float(row["g"])))  # type: ignore[arg-type]


def run_at(optimum: pr.Optimum, points: np.ndarray, steps: int | None = None) -> np.ndarray:
    """P at points, by running the method on ½ xᵀ diag(points) x from x_0 = (1, …, 1)."""
    steps = optimum.degree if steps is None else steps
    return np.asarray(pr.run(optimum.method, lambda x: points * x, np.ones(len(points)), steps))


def upper(method: pr.Method, spectrum: Any, t: int, **given: Any) -> float:
    return float(pr.rate(method, spectrum).worst_case(t, **given))


# -- the value ------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_reference_values(row: dict[str, str]) -> None:
    optimum = optimum_of(row)
    lower, top = float(row["lower"]), float(row["upper"])
    # both are enclosures of one number, so they meet; ours is as sharp as asked
    assert optimum.lower <= top and lower <= optimum.upper
    assert 0 <= optimum.gap <= 1e-10 * optimum.upper
    assert optimum.status == "certified" and optimum.value == optimum.upper
    assert optimum.share == pytest.approx(float(row["s"]), abs=2e-6)
    assert len(optimum.contact_points or ()) == int(row["contact_points"])


@pytest.mark.parametrize(
    ("t", "value"),
    [(20, 0.28949089379178487), (40, 0.01059613217102838), (80, 6.90153670633611e-6)],
)
def test_without_cross_term(t: int, value: float) -> None:
    """Zolotarev's problem: exchange on its t alternation points in 50 digits gave these values."""
    optimum = pr.minimax_optimal(pr.Interval(0.01, 1), t, initial=1, cross=0)
    assert optimum.value == pytest.approx(value, rel=1e-11)
    assert optimum.gap <= 1e-10 * optimum.upper
    assert optimum.eta == 0


def test_without_cross_term_the_slope_is_the_smallest() -> None:
    """P is unique up to cλ: no other c has a smaller max|P′|."""
    where = pr.Interval(1, 100)
    optimum = pr.minimax_optimal(where, 12, initial=1, cross=0)
    slope = pr.rate(optimum.method, where).cross(12)
    for c in (-1e-3, -1e-6, 1e-6, 1e-3):
        moved = optimum.polynomial + c * np.polynomial.Chebyshev.identity(domain=[1, 100])
        method = pr.realize(moved, where)
        rate = pr.rate(method, where)
        assert rate.initial(12) == pytest.approx(optimum.value, rel=1e-9)
        assert rate.cross(12) >= slope * (1 - 1e-9)


def test_a_zero_size_of_the_first_error() -> None:
    for form in FORMS:
        assert pr.minimax_optimal(pr.Interval(1, 10), 5, **sizes(form, 0, 3)).value == 0
        assert pr.minimax_optimal(pr.Interval(1, 10), 5, **sizes(form, 0, 0)).value == 0


def test_drift_of_size_zero_is_chebyshev() -> None:
    optimum = pr.minimax_optimal(pr.Interval(1, 10), 7, residual=1, drift=0)
    assert optimum.value == pytest.approx(float(pr.lower_bound(pr.Interval(1, 10), 7)), rel=1e-12)
    x = np.linspace(1, 10, 101)
    chebyshev = pr.residual_values(pr.Chebyshev(1, 10), 7, x)[0]
    assert np.max(np.abs(optimum.polynomial(x) - chebyshev)) < 1e-12


def test_the_upper_value_is_the_worst_case_of_the_method() -> None:
    for form in FORMS:
        where = pr.Interval(1, 30)
        optimum = pr.minimax_optimal(where, 9, **sizes(form, 2, F(3, 2)))
        again = upper(optimum.method, where, 9, **sizes(form, 2, F(3, 2)))
        assert again == pytest.approx(optimum.upper, rel=1e-11)


# -- what it is optimal for -----------------------------------------------------------------------


def mixed_optimum(
    spectrum: pr.Empirical, t: int, eta: float, domain: tuple[float, float]
) -> np.polynomial.Chebyshev:
    """The P with P(0) = 1 that minimizes ∫(P − λP′)² dω + η∫P′² dω: plain least squares."""
    nodes, weights = spectrum.atoms()
    basis = [np.polynomial.Chebyshev.basis(k, domain=domain) for k in range(t + 1)]
    values = np.array([b(nodes) for b in basis]).T
    slopes = np.array([b.deriv()(nodes) for b in basis]).T
    root = np.sqrt(weights)[:, None]
    rows = np.vstack([root * (values - nodes[:, None] * slopes), math.sqrt(eta) * root * slopes])
    origin = np.array([b(0.0) for b in basis])
    # P = Σ c_k T_k with Σ c_k T_k(m(0)) = 1: the last coefficient is the one eliminated
    free = rows[:, :-1] - np.outer(rows[:, -1], origin[:-1] / origin[-1])
    c = np.linalg.lstsq(free, -rows[:, -1] / origin[-1], rcond=None)[0]
    return np.polynomial.Chebyshev(np.append(c, (1 - origin[:-1] @ c) / origin[-1]), domain=domain)


@pytest.mark.parametrize(("ell", "L", "t", "g"), MATCHED)
def test_initial_cross_minimizes_the_mixed_product(ell: float, L: float, t: int, g: float) -> None:
    optimum = pr.minimax_optimal(pr.Interval(ell, L), t, initial=1, cross=g)
    assert isinstance(optimum.spectrum, pr.Empirical)
    assert optimum.eta == pytest.approx(g**2 * optimum.share / (1 - optimum.share), rel=1e-12)
    again = mixed_optimum(optimum.spectrum, t, optimum.eta, (ell, L))
    x = np.linspace(ell, L, 500)
    size = np.max(np.abs(optimum.polynomial(x)))
    assert np.max(np.abs(again(x) - optimum.polynomial(x))) < 1e-7 * size


@pytest.mark.parametrize(("ell", "L", "t", "d"), MATCHED)
def test_residual_drift_is_the_sobolev_optimum(ell: float, L: float, t: int, d: float) -> None:
    optimum = pr.minimax_optimal(pr.Interval(ell, L), t, residual=1, drift=d)
    average = pr.sobolev_optimal(optimum.spectrum, t, optimum.eta)
    # the mean square at the optimum is s V*²: the dual value
    assert float(average.value) == pytest.approx(optimum.share * optimum.value**2, rel=1e-8)
    x = np.linspace(ell, L, 500)
    P = run_at(optimum, x)
    Q = np.asarray(pr.residual_values(average.method, t, x)[0])
    assert np.max(np.abs(P - Q)) < 1e-7 * np.max(np.abs(P))


def test_initial_cross_is_not_the_sobolev_optimum() -> None:
    """The product has cross terms: §7's optimum of the same measure is another polynomial."""
    optimum = pr.minimax_optimal(pr.Interval(1, 10), 6, initial=1, cross=1)
    x = np.linspace(1, 10, 200)
    P = optimum.polynomial(x)
    distance = []
    for eta in optimum.eta * np.logspace(-6, 6, 25):
        average = pr.sobolev_optimal(optimum.spectrum, 6, float(eta))
        Q = pr.residual_values(average.method, 6, x)[0]
        distance.append(np.max(np.abs(P - Q)) / np.max(np.abs(P)))
    assert min(distance) > 0.05


def test_any_measure_gives_a_lower_bound() -> None:
    """Weak duality: a‖A‖ + g‖B‖ in L²(ω), least over P, never exceeds V*."""
    rng = np.random.default_rng(5)
    where, t = pr.Interval(1, 10), 6
    value = pr.minimax_optimal(where, t, residual=1, drift=1).value
    for _ in range(20):
        n = int(rng.integers(4, 14))
        measure = pr.Empirical(1 + 9 * rng.random(n), rng.random(n) + 1e-3)
        s = best_share(measure, t)
        mean = float(pr.sobolev_optimal(measure, t, s / (1 - s)).value)
        assert math.sqrt(mean / s) <= value * (1 + 1e-8)


def best_share(measure: pr.Empirical, t: int) -> float:
    """The s that makes the dual value of a measure, min over s and P, smallest."""
    from scipy.optimize import minimize_scalar

    def dual(s: float) -> float:
        return float(pr.sobolev_optimal(measure, t, s / (1 - s)).value) / s

    return float(minimize_scalar(dual, bounds=(1e-4, 1 - 1e-4), method="bounded").x)


# -- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_never_above_the_start_and_falling_with_t(form: tuple[str, str]) -> None:
    where = pr.Interval(1, 40)
    values = [pr.minimax_optimal(where, t, **sizes(form)) for t in range(26)]
    assert values[0].value == 1
    for before, after in pairwise(values):
        assert after.lower <= before.upper
        assert after.upper <= before.upper * (1 + 1e-12)
    assert all(v.upper <= 1 for v in values)
    for t, v in enumerate(values):
        assert v.upper >= float(pr.lower_bound(where, t)) * (1 - 1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_falls_when_the_support_shrinks(form: tuple[str, str]) -> None:
    supports: list[Any] = [
        pr.Interval(1, 30),
        pr.Union([(1, 5), (9, 30)]),
        pr.Union([(1, 4), (10, 28)]),
        pr.Union([(2, 3), (12, 12), (20, 25)]),
        pr.Empirical([2, 3, 12, 25]),
        pr.Empirical([3, 12, 25]),
    ]
    values = [pr.minimax_optimal(where, 5, **sizes(form)) for where in supports]
    for before, after in pairwise(values):
        assert after.lower <= before.upper * (1 + 1e-12)
        assert after.value <= before.value * (1 + 1e-12)
    assert values[-1].value < 0.9 * values[0].value
    assert all(v.gap <= 1e-8 * max(v.upper, 1e-300) for v in values)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scale", [1e-6, F(1, 3), 1000])
def test_scaling(form: tuple[str, str], scale: Any) -> None:
    """(ℓ, L, g) → (cℓ, cL, cg) changes nothing; (a, g) → (ca, cg) multiplies V* by c."""
    base = pr.minimax_optimal(pr.Interval(1, 20), 8, **sizes(form, 1, 2))
    moved = pr.minimax_optimal(pr.Interval(scale, 20 * scale), 8, **sizes(form, 1, 2 * scale))
    larger = pr.minimax_optimal(pr.Interval(1, 20), 8, **sizes(form, scale, 2 * scale))
    assert moved.value == pytest.approx(base.value, rel=1e-11)
    assert larger.value == pytest.approx(float(scale) * base.value, rel=1e-11)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_feasible_beats_it(form: tuple[str, str]) -> None:
    rng = np.random.default_rng(11)
    where, t = pr.Interval(1, 15), 7
    optimum = pr.minimax_optimal(where, t, **sizes(form))
    best = optimum.polynomial
    rivals = [
        np.polynomial.Chebyshev(np.eye(t + 1)[t], domain=[1, 15]),
        np.polynomial.Chebyshev([1.0], domain=[1, 15]),
    ]
    rivals += [np.polynomial.Chebyshev(rng.normal(size=t + 1), domain=[1, 15]) for _ in range(12)]
    for rival in rivals:
        direction = rival / rival(0.0) - best
        for step in (1.0, 0.5, 1e-2, 1e-4, -1e-4, -1e-2):
            mixed = best + step * direction
            method = pr.realize(mixed / mixed(0.0), where)
            assert upper(method, where, method.horizon, **sizes(form)) >= optimum.lower


@given(
    kappa=st.floats(0.003, 0.7),
    t=st.integers(0, 9),
    g=st.floats(1e-3, 1e3),
    form=st.sampled_from(FORMS),
)
@settings(max_examples=300)
def test_the_bounds_never_cross(kappa: float, t: int, g: float, form: tuple[str, str]) -> None:
    optimum = pr.minimax_optimal(pr.Interval(kappa, 1), t, **sizes(form, 1, g))
    assert 0 <= optimum.lower <= optimum.upper <= 1
    assert optimum.gap <= 1e-10 * optimum.upper
    assert optimum.polynomial(0.0) == pytest.approx(1, abs=1e-9)


def test_initial_cross_at_degree_two_in_closed_form() -> None:
    """V*(2) = a if and only if g/a ≥ ℓL/(L − ℓ)."""
    for ell, L in ((1, 10), (0.2, 3), (1, 1.5)):
        threshold = ell * L / (L - ell)
        above = pr.minimax_optimal(pr.Interval(ell, L), 2, initial=1, cross=threshold * (1 + 1e-6))
        below = pr.minimax_optimal(pr.Interval(ell, L), 2, initial=1, cross=threshold * 0.9)
        assert above.value == 1 and above.lower >= 1 - 1e-10
        assert below.upper < 1 - 1e-5


# -- the method runs ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("ell", "L", "t"), [(1, 10, 1), (1, 10, 10), (0.01, 1, 40), (0.5, 2, 3)])
def test_the_method_runs_the_polynomial(
    form: tuple[str, str], ell: float, L: float, t: int
) -> None:
    optimum = pr.minimax_optimal(pr.Interval(ell, L), t, **sizes(form, 1, ell))
    x = np.linspace(ell, L, 301)
    assert np.max(np.abs(run_at(optimum, x) - optimum.polynomial(x))) < 1e-12
    # P_s(0) = 1 at every step: an eigenvalue 0 is left alone
    history = pr.run(optimum.method, lambda v: 0 * v, np.ones(1), t, history=True)
    assert np.max(np.abs(np.asarray(history) - 1)) < 1e-12


@pytest.mark.parametrize("form", FORMS)
def test_stable_at_two_hundred_steps(form: tuple[str, str]) -> None:
    where, t = pr.Interval(1e-3, 1), 200
    optimum = pr.minimax_optimal(where, t, **sizes(form, 1, 1e-3))
    assert optimum.gap <= 1e-10 * optimum.upper
    problem, x0, dx0 = pr.worst_case_problem(optimum.method, where, t, **sizes(form, 1, 1e-3))
    path = pr.differentiate(optimum.method, problem, x0, t, dx0=dx0)
    assert np.linalg.norm(path.jacobians[-1]) == pytest.approx(optimum.value, rel=1e-9)


def test_partial_outputs_stay_moderate() -> None:
    """Stopped early, the optimal method is still a first-order method with P_s(0) = 1."""
    where = pr.Interval(0.01, 1)
    optimum = pr.minimax_optimal(where, 30, initial=1, cross=0.01)
    x = np.linspace(0.01, 1, 200)
    history = np.asarray(pr.run(optimum.method, lambda v: x * v, np.ones(len(x)), 30, history=True))
    assert history.shape == (31, 200)
    assert np.max(np.abs(history)) < 50


# -- the closed form for large t ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ell", "L", "t", "g", "ratio", "digits"),
    [
        (0.01, 1, 20, 0, 1.024, 5e-4), (0.01, 1, 40, 0, 1.00003, 5e-6), (0.01, 1, 80, 0, 1, 2e-10),
        (1, 10, 10, 1, 0.9887, 5e-5), (1, 10, 20, 1, 0.9979, 5e-5), (1, 10, 40, 1, 0.99954, 5e-6),
        (1, 100, 40, 1, 0.9927, 5e-5), (1, 100, 80, 1, 0.9986, 5e-5),
    ],
)  # fmt: skip
def test_closed_form(ell: float, L: float, t: int, g: float, ratio: float, digits: float) -> None:
    where = pr.Interval(ell, L)
    value = pr.minimax_optimal(where, t, initial=1, cross=g).value
    assert pr.minimax_asymptotic(where, t, initial=1, cross=g) / value == pytest.approx(
        ratio, abs=digits
    )


# -- edges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_degree_zero_and_the_eigenvalue_zero(form: tuple[str, str]) -> None:
    start = pr.minimax_optimal(pr.Interval(1, 10), 0, **sizes(form, F(3, 2), 1))
    assert start.value == start.lower == 1.5
    singular = pr.minimax_optimal(pr.Interval(0, 10), 12, **sizes(form, F(3, 2), 1))
    assert singular.value == singular.lower == 1.5
    x = np.linspace(0, 10, 7)
    assert np.all(singular.polynomial(x) == 1)
    assert np.max(np.abs(run_at(singular, x) - 1)) < 1e-14


def test_degree_one_in_initial_cross_changes_nothing() -> None:
    optimum = pr.minimax_optimal(pr.Interval(1, 10), 1, initial=2, cross=0)
    assert optimum.value == optimum.lower == 2


def test_degenerate_region_is_certified() -> None:
    for t in (5, 16, 32):
        optimum = pr.minimax_optimal(pr.Interval(0.01, 1), t, initial=1, cross=1)
        assert optimum.value == 1 and optimum.share == 1 and optimum.eta == math.inf
        assert optimum.lower >= 1 - 1e-10


@pytest.mark.parametrize("second", [0.5, 2.0, 30.0])
def test_one_eigenvalue(second: float) -> None:
    where = pr.Empirical([4])
    assert pr.minimax_optimal(where, 1, initial=3, cross=second).value == 3
    one = pr.minimax_optimal(where, 1, residual=3, drift=second)
    assert one.value == pytest.approx(min(3, second / 4), rel=1e-12)
    for form in FORMS:
        two = pr.minimax_optimal(where, 2, **sizes(form, 3, second))
        assert two.value == 0
        values, slopes = pr.residual_values(two.method, 2, np.array([4.0]))
        assert abs(values[0]) < 1e-14 and abs(slopes[0]) < 1e-14


@pytest.mark.parametrize("form", FORMS)
def test_points_are_annihilated_when_the_degree_allows(form: tuple[str, str]) -> None:
    where = pr.Union([(1, 1), (3, 3), (7, 7)])
    values = [pr.minimax_optimal(where, t, **sizes(form)).value for t in range(7)]
    assert values[6] == 0 and all(v > 0 for v in values[:6])
    P, slope = pr.residual_values(
        pr.minimax_optimal(where, 6, **sizes(form)).method, 6, np.array([1.0, 3.0, 7.0])
    )
    assert np.max(np.abs(P)) < 1e-12 and np.max(np.abs(slope)) < 1e-11


def test_a_measure_counts_by_its_support() -> None:
    by_measure = pr.minimax_optimal(pr.Uniform(1, 10), 6, initial=1, cross=1)
    assert by_measure.value == pr.minimax_optimal(pr.Interval(1, 10), 6, initial=1, cross=1).value
    assert by_measure.value == pr.minimax_optimal((1, 10), 6, initial=1, cross=1).value


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bad", [-1, -1e-300, math.inf, math.nan, "x", None, True, 1j])
def test_refused_sizes(form: tuple[str, str], bad: Any) -> None:
    for chosen in (sizes(form, bad, 1), sizes(form, 1, bad)):
        with pytest.raises((pr.InvalidValue, pr.InvalidType)):
            pr.minimax_optimal(pr.Interval(1, 10), 3, **chosen)


@pytest.mark.parametrize(
    "given",
    [
        {}, {"initial": 1}, {"cross": 1}, {"initial": 1, "drift": 1}, {"residual": 1, "hessian": 1},
        {"initial": 1, "cross": 1, "residual": 1, "drift": 1}, {"initial": 1, "cross": 1, "x": 1},
        {"initial": 1, "cross": 1, "drift": 1},
    ],
)  # fmt: skip
def test_one_form_is_needed(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match="initial"):
        pr.minimax_optimal(pr.Interval(1, 10), 3, **given)


@pytest.mark.parametrize("bad", [-1, 1.5, True, "3", None])
def test_refused_horizons_and_digits(bad: Any) -> None:
    with pytest.raises((pr.InvalidValue, pr.InvalidType)):
        pr.minimax_optimal(pr.Interval(1, 10), bad, initial=1, cross=1)
    if bad is not None:
        with pytest.raises((pr.InvalidValue, pr.InvalidType)):
            pr.minimax_optimal(pr.Interval(1, 10), 3, bad, initial=1, cross=1)


def test_beyond_floats_without_digits() -> None:
    """An optimum below the range of floats is refused with the remedy, and found with digits."""
    with pytest.raises(pr.InvalidValue, match="digits"):
        pr.minimax_optimal(pr.Interval(1, 1.1), 400, initial=1, cross=1)


@pytest.mark.parametrize("form", FORMS)
def test_thirty_digits(form: tuple[str, str]) -> None:
    floats = pr.minimax_optimal(pr.Interval(1, 10), 8, **sizes(form))
    sharp = pr.minimax_optimal(pr.Interval(1, 10), 8, digits=30, **sizes(form))
    assert isinstance(sharp.value, mpmath.mpf)
    assert sharp.lower <= sharp.upper
    assert sharp.gap <= sharp.upper * mpmath.mpf(10) ** -30
    assert floats.lower <= float(sharp.upper) * (1 + 1e-15)
    assert float(sharp.lower) * (1 - 1e-15) <= floats.upper
    x = np.linspace(1, 10, 50)
    assert np.max(np.abs(run_at(sharp, x) - floats.polynomial(x))) < 1e-12


def test_no_warnings_on_hard_questions() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pr.minimax_optimal(pr.Union([(1, 1), (2, 3), (900, 1000)]), 9, initial=1, cross=1e-6)
        pr.minimax_optimal(pr.Interval(1, 1 + 1e-6), 5, residual=1, drift=1e6)
        pr.minimax_optimal(pr.Interval(1e-9, 1), 30, residual=1, drift=1e-9)


# -- the anytime companion ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kappa", "horizons", "ratios"),
    [
        (0.01, (10, 20, 40, 80), (1.02, 2.05, 3.48, 3.52)),
        (0.1, (5, 10, 20, 40), (1.31, 1.39, 1.41, 1.43)),
    ],
)
def test_the_running_method_stays_close(
    kappa: float, horizons: tuple[int, ...], ratios: tuple[float, ...]
) -> None:
    """α = 0, η among the powers of ten: and one of them serves all horizons nearly as well."""
    rows = anytime_rows(kappa, 1, horizons, etas=[10.0**k for k in range(-1, 7)])
    for row, ratio in zip(rows, ratios, strict=True):
        assert row.ratio == pytest.approx(ratio, abs=0.008)
        assert 1 <= row.ratio <= row.common_ratio
        assert row.common_ratio <= 1.01 * max(ratios)


def test_best_eta_finds_the_better_of_two_valleys() -> None:
    """On [1, 10] at t = 5 large η is a plateau of ratio 1.34; the valley near η = 5 is narrower."""
    density = pr.GegenbauerDensity(1, 10, 0)
    found = pr.best_eta(density, 5, initial=1, cross=1)
    method = pr.Sobolev(density, found)
    value = pr.rate(method, density).worst_case(5, initial=1, cross=1)
    for eta in np.logspace(-3, 5, 33):
        rival = pr.rate(pr.Sobolev(density, float(eta)), density)
        assert value <= rival.worst_case(5, initial=1, cross=1) * (1 + 1e-6)


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert anytime_main(["--kappa", "0.1", "--cross", "1", "--horizons", "3", "6"]) == 0
    assert "one eta for all horizons costs at most" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stop:
        anytime_main(["--kappa", "2"])
    assert stop.value.code == 2 and "kappa = 2.0" in capsys.readouterr().err


@pytest.mark.parametrize("n", [3, 8, 12])
@pytest.mark.parametrize("g", [1, 0])
def test_the_upper_end_is_that_of_the_method_on_points(n: int, g: int) -> None:
    """A polynomial that annihilates many points in exact numbers may not do so in floats."""
    points = pr.Empirical(list(np.geomspace(0.01, 1, n)))
    for horizon in (2 * n - 1, 2 * n, 2 * n + 3):
        optimum = pr.minimax_optimal(points, horizon, initial=1, cross=g)
        ran = pr.rate(optimum.method, points).worst_case(horizon, initial=1, cross=g)
        assert optimum.lower <= optimum.upper <= 1 + 1e-14
        assert ran <= optimum.upper * (1 + 1e-12)


@pytest.mark.parametrize("unit", [1e-150, 1e-20, 1e100, 1e150])
def test_extreme_units(unit: float) -> None:
    plain = pr.minimax_optimal(pr.Interval(0.1, 1), 8, initial=1, cross=1)
    scaled = pr.minimax_optimal(pr.Interval(0.1 * unit, unit), 8, initial=1, cross=unit)
    assert scaled.upper == pytest.approx(plain.upper, rel=1e-12)
    points = pr.Empirical([0.3 * unit, 0.5 * unit, unit])
    optimum = pr.minimax_optimal(points, 5, initial=1, cross=0)
    assert pr.rate(optimum.method, points).worst_case(5, initial=1, cross=0) <= 1e-12


def test_gaps_do_not_hide_behind_the_polynomial() -> None:
    union = pr.Union([(0.01, 0.109), (0.802, 1.0)])
    optimum = pr.minimax_optimal(union, 40, initial=1, cross=1e-6)
    ran = pr.rate(optimum.method, union).worst_case(40, initial=1, cross=1e-6)
    assert ran <= optimum.upper * (1 + 1e-12)


@pytest.mark.parametrize("form", [("initial", "cross"), ("residual", "drift")])
@pytest.mark.parametrize("ell", [1e-5, 0.01, 0.9986])
def test_the_upper_end_is_that_of_the_method_on_intervals(ell, form):
    """As floats have it, not only of the polynomial before its weights were rounded."""
    where = pr.Interval(ell, 1.0)
    for second in (0, 1e-3, 1):
        for t in (3, 20, 60):
            sizes = dict(zip(form, (1, second), strict=True))
            optimum = pr.minimax_optimal(where, t, **sizes)
            found = enclose(optimum.method, where, pr.Unrolled(), t, joint_sizes(sizes))
            assert found.lower <= optimum.upper
            assert found.upper <= optimum.upper * (1 + 1e-9) + 1e-300


def test_worst_cases_far_from_the_range_of_floats():
    diverging = pr.rate(pr.GradientDescent(1e10), pr.Union([(1.0, 1.0), (2.0, 2.0)]))
    with pytest.raises(pr.InvalidValue, match="range of floats"):
        diverging.worst_case(31, initial=0, cross=1e-150)
    tiny = pr.rate(pr.Richardson([1 / (1 + 1e-12)] * 30), pr.Union([(1.0, 1.0)]))
    assert tiny.worst_case(29, initial=1e150, cross=1e150) > 5.7e-185
    close = pr.rate(pr.Chebyshev(0.999, 1.0), pr.Interval(0.999, 1.0))
    assert close.worst_case(60, initial=1e-150, cross=1e-150) > 0
    with pytest.raises(pr.InvalidValue, match="range of floats"):
        pr.rate(pr.GradientDescent(1e10), pr.Interval(1.0, 2.0)).worst_case(
            25, initial=1e150, cross=1e150
        )


def test_a_fixed_share_far_below_one():
    support = [(1.0, 1.001), (1.002, 1.003)]
    found = solve_minimax(support, 60, form="residual/drift", size=1, second=1e-3, share=0.5)
    assert 0 < found.lower <= found.upper
    assert found.gap < 1e-9


@pytest.mark.parametrize("width", [F(2, 3), F(1, 10**3), F(1, 10**9), F(1, 10**15), F(1, 10**30)])
def test_exact_intervals_are_bracketed_though_floats_round_them(width):
    """P* is Chebyshev's without a drift: V* = 1/T_t(m_0), an exact number."""
    ell, L = F(1, 3), F(1, 3) + width
    m = (L + ell) / (L - ell)
    for t, top in ((1, m), (2, 2 * m * m - 1), (3, 4 * m**3 - 3 * m)):
        optimum = pr.minimax_optimal(pr.Interval(ell, L), t, residual=1, drift=0)
        assert F(optimum.lower) <= 1 / top <= F(optimum.upper)


@pytest.mark.parametrize("ell", ["1/3", "0.01", "0.99"])
def test_digits_are_those_of_the_exact_input(ell):
    optimum = pr.minimax_optimal(pr.Interval(ell, 1), 20, residual="0.1", drift=0, digits=30)
    low = F(ell)
    with mpmath.workdps(60):
        m = mpmath.mpf((1 + low).numerator) / (1 + low).denominator
        m = m / (mpmath.mpf((1 - low).numerator) / (1 - low).denominator)
        exact = 1 / mpmath.chebyt(20, m) / 10
        assert optimum.lower <= exact * (1 + mpmath.mpf(10) ** -50)
        assert exact * (1 - mpmath.mpf(10) ** -50) <= optimum.upper
        assert optimum.upper - optimum.lower < exact * mpmath.mpf(10) ** -30
    surd = pr.minimax_optimal(pr.Interval(1, sp.sqrt(10)), 6, residual=1, drift=0, digits=30)
    with mpmath.workdps(60):
        m = (mpmath.sqrt(10) + 1) / (mpmath.sqrt(10) - 1)
        assert abs(surd.upper * mpmath.chebyt(6, m) - 1) < mpmath.mpf(10) ** -30


def test_exact_pieces_and_sizes():
    third = pr.Union([(F(1, 3), F(2, 3)), (F(7, 3), F(8, 3))])
    near = pr.Union([(1 / 3, 2 / 3), (7 / 3, 8 / 3)])
    for sizes in ({"initial": "0.1", "cross": "0.3"}, {"residual": F(1, 7), "drift": F(1, 9)}):
        exact = pr.minimax_optimal(third, 12, **sizes)
        plain = pr.minimax_optimal(near, 12, **{k: float(F(v)) for k, v in sizes.items()})
        assert exact.lower <= exact.upper <= exact.lower * (1 + 1e-11)
        assert exact.upper == pytest.approx(plain.upper, rel=1e-12)
    # points that no float is
    points = pr.minimax_optimal(pr.Union([(F(1, 3), F(1, 3)), (1, 2)]), 5, residual=1, drift=1)
    assert 0 < points.lower <= points.upper


def test_extreme_questions_are_answered_or_refused():
    huge = pr.minimax_optimal(pr.Interval(1e-151, 1e-150), 5, initial=1e150, cross=1e160)
    assert huge.lower == huge.upper == 1e150
    # the second size matters though it is 1e-150 of the first
    points = pr.minimax_optimal(pr.Union([(1e150, 1e150), (2e150, 2e150)]), 2, residual=1, drift=1)
    assert points.lower <= 5e-151
    with pytest.raises(pr.InvalidValue, match="spans more than floats hold"):
        pr.minimax_optimal(pr.Union([(1e-170, 1e-170), (1e150, 1e150)]), 4, initial=1, cross=1)
    with pytest.raises(ValueError, match="range of floats"):
        solve_minimax(
            [(1, 1 + 1e-6), (1 + 2e-6, 1 + 3e-6)], 52,
            form="residual/drift", size=1, second=1e-3, digits=30,
        )  # fmt: skip
    support = [(0.0287, 0.0287 + 1e-12), (0.27, 0.27), (0.37, 0.37), (0.59, 0.59)]
    found = solve_minimax(support, 40, form="residual/drift", size=1, second=0, share=0.999999999)
    assert 0 <= found.lower <= found.upper


def test_digits_below_the_range_of_floats() -> None:
    """V* below 1e-320: the coefficients underflow as floats, the weights do not."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pr.minimax_optimal((1, 1.0001), 72, digits=20, initial=1, cross=1)
    assert 0 < found.lower <= found.upper < 1e-300
    assert math.fsum(found.method.weights) == pytest.approx(1, abs=1e-12)


def test_digits_beside_outliers_are_refused_in_words() -> None:
    pieces = pr.Union([("0.01", "0.1"), 1, "3/2", 2])
    with pytest.raises(pr.InvalidValue, match="too far from the optimum"):
        pr.minimax_optimal(pieces, 20, digits=30, initial=1, cross=1)


def test_a_piece_that_needs_the_start_decides() -> None:
    """V* does not fall when the support grows: where it is a on one piece it is a."""
    hard = pr.Interval(0.001, 0.39)
    assert pr.minimax_optimal(hard, 33, initial=1, cross=1).lower == 1
    for pieces in ([(0.001, 0.39), (1.75, 1.95)], [(0.001, 0.39), 1.2, (1.75, 1.95)]):
        best = pr.minimax_optimal(pr.Union(pieces), 33, initial=1, cross=1)
        assert best.lower == best.upper == 1
        # the measure that proves it lies on the piece: no P of degree 33 does better on it
        assert all(0.001 <= point <= 0.39 for point in best.contact_points)
    exact = pr.minimax_optimal(pr.Union(pieces), 33, digits=20, initial=1, cross=1)
    assert exact.lower == exact.upper == 1


@settings(max_examples=12, deadline=None)
@given(
    ell=st.floats(1e-4, 1e-2),
    ends=st.tuples(st.floats(0.1, 0.4), st.floats(0.5, 0.9), st.floats(1.0, 2.0)),
    t=st.integers(2, 24),
    second=st.floats(0.01, 100),
    form=st.sampled_from([("initial", "cross"), ("residual", "drift")]),
)
def test_a_larger_support_is_no_easier(
    ell: float, ends: tuple[float, float, float], t: int, second: float, form: tuple[str, str]
) -> None:
    sizes = dict(zip(form, (1.0, second), strict=True))
    part = pr.minimax_optimal(pr.Interval(ell, ends[0]), t, **sizes)
    whole = pr.minimax_optimal(pr.Union([(ell, ends[0]), ends[1:]]), t, **sizes)
    hull = pr.minimax_optimal(pr.Interval(ell, ends[2]), t, **sizes)
    assert part.lower * (1 - 1e-6) <= whole.lower <= whole.upper <= 1
    assert whole.lower <= hull.upper and part.lower <= whole.upper
