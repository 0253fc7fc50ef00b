"""Rates: what is proved equals what is certified, and no run or grid ever exceeds either."""

from __future__ import annotations

import csv
import math
from fractions import Fraction as F
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE, exact_methods, float_methods

import polyrates as pr
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.balls import enclosed_pairs
from polyrates.numeric.suprema.supremum import supremum

PARTS = ("initial", "cross", "residual", "drift")
METHODS = exact_methods()


def dense_curves(
    method: pr.Method,
    steps: int,
    ell: float,
    L: float,
    estimator: pr.Estimator = pr.Unrolled(),  # noqa: B008 (it holds nothing)
) -> dict[str, np.ndarray]:
    """Maxima on a fine Chebyshev grid at every t: never above the suprema, close to them."""
    points = (L + ell) / 2 - (L - ell) / 2 * np.cos(np.linspace(0, np.pi, 4001))
    points = np.clip(points, ell, L)
    found: dict[str, list[float]] = {part: [] for part in PARTS}
    for pair in estimator.pairs(method, steps, ValueRing(points)):
        values = {
            "residual": pair.residual, "drift": pair.drift, "cross": pair.drift,
            "initial": pair.residual - points * pair.drift,
        }  # fmt: skip
        for part, each in values.items():
            found[part].append(float(np.max(np.abs(each))))
    return {part: np.array(each) for part, each in found.items()}


def dense_maximum(
    method: pr.Method, estimator: pr.Estimator, t: int, ell: float, L: float
) -> dict[str, float]:
    """Maxima on a fine Chebyshev grid: never above the supremum, close to it."""
    points = (L + ell) / 2 - (L - ell) / 2 * np.cos(np.linspace(0, np.pi, 4001))
    points = np.clip(points, ell, L)
    pair = estimator.pair(method, t, ValueRing(points))
    values = {
        "residual": pair.residual, "drift": pair.drift, "cross": pair.drift,
        "initial": pair.residual - points * pair.drift,
    }  # fmt: skip
    return {part: float(np.max(np.abs(v))) for part, v in values.items()}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("t", [0, 1, 2, 6])
def test_values_bound_a_dense_grid_and_touch_it(name: str, t: int) -> None:
    grid = dense_maximum(METHODS[name], pr.Unrolled(), t, 1.0, 10.0)
    rate = pr.rate(METHODS[name], (1, 10))
    for part in PARTS:
        each = getattr(rate, part)
        lower, upper = each.enclosure(t)
        value = float(each(t))
        assert lower <= value * (1 + 1e-14) and value <= upper * (1 + 1e-14)
        assert upper >= grid[part] * (1 - 1e-12)
        assert upper <= grid[part] * (1 + 1e-4) + 1e-15
        assert upper - lower <= 1e-11 * upper
        assert each.status == ("certified" if isinstance(each(t), float) else "proved")


@pytest.mark.parametrize("name", METHODS)
def test_theorems_agree_with_enclosures(name: str) -> None:
    """Two independent ways to the same supremum."""
    rate = pr.rate(METHODS[name], (1, 10))
    for part in PARTS:
        each = getattr(rate, part)
        if each.status == "certified":
            continue
        for t in (0, 1, 2, 5, 6):
            certified = each.maximum(t)
            assert certified.lower <= float(each(t)) * (1 + 1e-13) + 1e-300
            assert float(each(t)) <= certified.upper * (1 + 1e-13)


@settings(max_examples=80)
@given(
    log_kappa=st.floats(-6, -1e-6), log_scale=st.floats(-10, 10), t=st.integers(0, 60),
    data=st.data(),
)  # fmt: skip
def test_enclosures_contain_dense_grids_in_any_units(
    log_kappa: float, log_scale: float, t: int, data: st.DataObject
) -> None:
    L = 10.0**log_scale
    ell = L * 10.0**log_kappa
    if not ell < L * (1 - 1e-9):
        return
    method = float_methods(ell, L, 60)[
        data.draw(st.sampled_from(sorted(float_methods(1.0, 2.0, 60))))
    ]
    estimators = [pr.Unrolled(), pr.Truncated(3), pr.Truncated(last=2), pr.Implicit(),
                  pr.Implicit(pr.GradientDescent(1 / L), 3)]  # fmt: skip
    estimator = data.draw(st.sampled_from(estimators))
    grid = dense_maximum(method, estimator, t, ell, L)
    parts = enclosed_pairs(method, estimator, t, (ell, L), only=t)[0]
    for part in PARTS:
        loose, tight = supremum(parts[part], tight=False), supremum(parts[part])
        rounding = 1e-9 if part == "initial" else 1e-10  # of the grid's own float evaluation
        size = grid[part] * (1 - rounding) - 1e-11 * max(
            1.0, grid["residual"], L * grid["drift"]
        ) * (1.0 if part in ("initial", "residual") else 1 / L)
        assert tight.upper >= size and loose.upper >= size
        assert tight.lower <= tight.upper * (1 + 1e-15)
        assert tight.lower <= loose.upper
        assert ell * (1 - 1e-12) <= tight.point <= L * (1 + 1e-12)
        assert tight.upper - tight.lower <= 1e-8 * tight.upper + 1e-300


def test_pepit_reference() -> None:
    """sup P² on [1/10, 1] of every row, found by PEPit's SDP."""
    ell, L = F(1, 10), 1
    methods = {
        "GD h=1/L": pr.GradientDescent.short(ell, L),
        "GD h=2/(L+ell)": pr.GradientDescent.large(ell, L),
        "heavy ball tuned, first step 2/(L+ell)": pr.HeavyBall.tuned(ell, L),
        "Nesterov h=1/L, value at x": pr.Nesterov.tuned(ell, L),
        "Chebyshev": pr.Chebyshev(ell, L),
    }
    with (REFERENCE / "pepit_quadratic.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["method"] for row in rows} == set(methods) and len(rows) == 20
    for row in rows:
        value = pr.rate(methods[row["method"]], (ell, L)).residual(int(row["n"]))
        assert math.isclose(float(value) ** 2, float(row["sup_P_squared"]), rel_tol=3e-8)


def test_gradient_descent_burn_in_table() -> None:
    for kappa, peak_t, peak, last in (
        (F(1, 10), 5, 3.71, 18),
        (F(1, 100), 50, 36.8, 324),
        (F(1, 1000), 500, 368, 4559),
    ):
        initial = pr.rate(pr.GradientDescent.large(kappa, 1), (kappa, 1)).initial
        t, value = initial.peak
        assert t == peak_t and float(value) == pytest.approx(peak, rel=2e-3)
        assert initial.burn_in == last
        assert initial(last) > 1 >= initial(last + 1)
    short = pr.rate(pr.GradientDescent.short(F(1, 100), 1), (F(1, 100), 1))
    assert short.initial.burn_in == 0 and short.initial.peak == (0, 1)
    assert short.cross.peak[1] > 30  # a small step does not remove growth when G ≠ 0


def test_burn_in_against_brute_force() -> None:
    for method, spectrum in (
        (pr.GradientDescent(F(19, 100)), (1, 10)),
        (pr.GradientDescent.large(F(1, 20), 1), (F(1, 20), 1)),
        (pr.Chebyshev(F(1, 20), 1), (F(1, 20), 1)),
        (pr.HeavyBall.tuned(F(1, 20), 1), (F(1, 20), 1)),
        (pr.Nesterov.tuned(F(1, 20), 1), (F(1, 20), 1)),
    ):
        grids = dense_curves(method, 150, *map(float, spectrum))
        for part in PARTS:
            each = getattr(pr.rate(method, spectrum), part)
            above = np.flatnonzero(grids[part] > 1 + 1e-12)
            assert each.burn_in == (above[-1] if len(above) else 0)
            assert each.enclosure(each.burn_in + 1)[1] <= 1 + 1e-12
            t, value = each.peak
            top = np.max(grids[part])  # on the grid: just below the supremum
            assert top * (1 - 1e-12) <= float(value) <= top * (1 + 1e-5)
            assert each.enclosure(t)[1] == pytest.approx(float(value), rel=1e-9)
            near = np.flatnonzero(grids[part] > top * (1 - 1e-5))
            assert max(each.enclosure(int(s))[1] for s in near[:8]) <= float(value) * (1 + 1e-9)


def test_divergence_is_infinite() -> None:
    initial = pr.rate(pr.GradientDescent(F(1, 2)), (1, 10)).initial
    assert initial.burn_in == sp.oo and initial.peak == (sp.oo, sp.oo)
    assert initial.asymptotic == 4
    momentum = pr.rate(pr.HeavyBall(F(1, 2), F(1, 10)), (1, 10)).initial
    assert momentum.burn_in == sp.oo


def test_unions_and_points() -> None:
    """The supremum is over the support: gaps do not count."""
    method = pr.GradientDescent(F(1, 5))
    whole = pr.rate(pr.Chebyshev(1, 9), (1, 9)).residual
    split = pr.rate(pr.Chebyshev(1, 9), pr.Union([(1, 2), (8, 9)])).residual
    assert split.enclosure(4)[1] <= whole.enclosure(4)[1] * (1 + 1e-14)
    middle = pr.rate(pr.Chebyshev(1, 9), pr.Union([(F(49, 10), F(51, 10))])).residual
    assert middle.enclosure(1)[1] < 0.03
    point = pr.rate(method, pr.Union([(3, 3), (7, 7)])).initial
    expected = max(abs((1 - F(l_, 5)) ** 3 * (1 + 3 * F(l_, 5))) for l_ in (3, 7))
    assert float(point(4)) == pytest.approx(float(expected), rel=1e-13)
    chebyshev = pr.rate(pr.Chebyshev(1, 10), pr.Union([(4, 4)])).residual
    P = pr.residual_polynomial(pr.Chebyshev(1, 10), 5).eval(4)
    lower, upper = chebyshev.enclosure(5)
    assert lower * (1 - 1e-12) <= abs(float(P)) <= upper
    assert upper - lower < 1e-10


def test_curves_bound_the_values() -> None:
    for name in ("heavy ball", "Nesterov", "Chebyshev", "Gegenbauer 1", "gradient descent, flat"):
        for part in PARTS:
            each = getattr(pr.rate(METHODS[name], (1, 10)), part)
            tight, loose = each.curve(12), each.curve(12, tight=False)
            assert tight.shape == loose.shape == (13,)
            for t in (0, 1, 5, 12):
                lower, upper = each.enclosure(t)
                assert lower * (1 - 1e-14) <= tight[t] <= max(upper, lower) * (1 + 1e-9) + 1e-300
                assert tight[t] * (1 - 1e-12) <= loose[t] <= tight[t] * 1.02 + 1e-300


def test_asymptotic_rates_are_reached() -> None:
    methods = {**METHODS, "heavy ball, off": pr.HeavyBall(F(1, 10), F(1, 2))}
    for name in ("gradient descent, large", "heavy ball, tuned", "heavy ball, off", "Nesterov",
                 "Nesterov, tuned", "Chebyshev", "Gegenbauer 1", "Gegenbauer 5/2"):  # fmt: skip
        rate = pr.rate(methods[name], (1, 10))
        exact = rate.initial.asymptotic
        assert not sp.sympify(exact).has(sp.Float)
        a, b = rate.residual.enclosure(300)[0], rate.residual.enclosure(150)[0]
        assert (a / b) ** (1 / 150) == pytest.approx(float(exact), rel=0.02), name
    with pytest.raises(pr.NoClosedForm):
        _ = pr.rate(METHODS["tabulated"], (1, 10)).initial.asymptotic


def test_floats_agree_with_exact_numbers() -> None:
    for exact, floats in (
        (pr.Chebyshev(F(1, 8), 1), pr.Chebyshev(0.125, 1.0)),
        (pr.GradientDescent(F(3, 2)), pr.GradientDescent(1.5)),
    ):
        for part in PARTS:
            one = getattr(pr.rate(exact, (F(1, 8), 1)), part)
            two = getattr(pr.rate(floats, (0.125, 1.0)), part)
            assert one.burn_in == two.burn_in and one.peak[0] == two.peak[0]
            assert two.status == "certified" and isinstance(two(7), float)
            assert float(one(7)) <= two(7) <= float(one(7)) * (1 + 1e-14)


def test_compare() -> None:
    table = pr.compare([pr.Chebyshev(1, 10), pr.GradientDescent.large(1, 10)], (1, 10), 10)
    assert len(table.rows) == 2 and len(table.lower_bound) == 11
    text = str(table)
    assert "Chebyshev" in text and "burn-in" in text and "<table>" in table._repr_html_()
    for row in table.rows:
        assert np.all(row.residual >= table.lower_bound * (1 - 1e-12))


def test_lower_bound() -> None:
    assert pr.lower_bound(pr.Interval(1, 10), 2) == sp.Rational(81, 161)
    for t in range(8):
        bound = pr.lower_bound(pr.Interval(1, 10), t)
        assert isinstance(bound, sp.Rational)
        for method in METHODS.values():
            if method.horizon is None or method.horizon >= t:
                assert float(pr.rate(method, (1, 10)).residual.enclosure(t)[1]) >= float(bound) * (
                    1 - 1e-13
                )


def test_ratio_to_the_lower_bound() -> None:
    chebyshev = pr.rate(pr.Chebyshev(1, 10), (1, 10))
    assert [chebyshev.residual.over_lower_bound(t) for t in (0, 1, 7)] == [1, 1, 1]
    initial = chebyshev.initial.over_lower_bound(7)
    assert initial == sp.Rational(2 * 49 * 10, 9) - 1
    nesterov = pr.rate(pr.Nesterov.tuned(1, 10), (1, 10)).initial.over_lower_bound(7)
    assert isinstance(nesterov, float) and nesterov > 1
    assert chebyshev.residual.over_lower_bound(pr.t).subs(pr.t, 3).equals(1)


@pytest.mark.parametrize("n", [1, 3])
def test_pepit_agrees_on_quadratics(n: int) -> None:
    """The exact worst case of n steps by semidefinite programming, to the solver's accuracy."""
    from polyrates.core.recurrence import orbit

    pepit = pytest.importorskip("PEPit")
    functions = pytest.importorskip("PEPit.functions")
    ell, L = F(1, 10), F(1)
    for method in (
        pr.GradientDescent(F(3, 2)),
        pr.HeavyBall(F(1), F(1, 4)),
        pr.Nesterov.tuned(ell, L),
        pr.Chebyshev(ell, L),
    ):
        problem = pepit.PEP()
        f = problem.declare_function(
            functions.SmoothStronglyConvexQuadraticFunction, mu=float(ell), L=float(L)
        )
        solution, start = f.stationary_point(), problem.set_initial_point()
        problem.set_initial_condition((start - solution) ** 2 <= 1)
        # the same loop runs on PEPit's points: they are one more carrier
        carrier = SimpleNamespace(start=start, number=float, gradient=f.gradient)
        *_, last = orbit(method, carrier, n)
        problem.set_performance_metric((last - solution) ** 2)
        value = problem.solve(verbose=0)
        assert float(pr.rate(method, (ell, L)).residual(n)) ** 2 == pytest.approx(value, rel=2e-4)


def test_certificates_at_their_edges() -> None:
    """Just above one, exact zeros at points, underflow: the reviewer's cases."""
    method = pr.Tabulated([sp.sqrt(2) + sp.Rational(1, 10**10)] * 2)
    assert pr.rate(method, pr.Interval(F(1, 2), 1)).initial.burn_in == 2
    for steps, point in (([F(1, 3)], 3), ([F(3, 11), F(1)], F(11, 3))):
        part = pr.rate(pr.Tabulated(steps), pr.Empirical([point])).residual
        lower, upper = part.enclosure(len(steps))
        assert lower == 0.0 and upper < 1e-300
    tiny = pr.rate(pr.Tabulated([F(1)] * 100), pr.Interval(1, 1 + F(1, 10**6))).residual
    assert 0.0 == tiny.enclosure(100)[0] < tiny.enclosure(100)[1]
    huge = pr.rate(pr.Tabulated([F(3, 2)] * 200), pr.Interval(F(1, 7), F(10, 3)))
    assert huge.worst_case(200, residual=1.0, drift=0.0) == pytest.approx(4.0**200, rel=1e-9)
    with pytest.raises(pr.InvalidValue, match="residual_values"):
        pr.rate(pr.Nesterov.tuned(1, 100), (1, 100)).initial.enclosure(10_000)
