"""Certified maxima in two variables, and the error bound that needs no commutation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import float_methods

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.two_variable import (
    frobenius_bound,
    multiplier_bounds,
    multiplier_maximum,
)
from polyrates.problems import data

ELL, L = 0.05, 1.0
INTERVAL = pr.Interval(ELL, L)
METHODS = {
    **{k: v for k, v in float_methods(ELL, L, 24).items() if k != "Richardson, Leja"},
    "Sobolev": Sobolev(pr.GegenbauerDensity(ELL, L, 0), 0.3),
    "tabulated": pr.Tabulated([0.9, 1.7] * 12, [0.3, 0.1] * 12, [0.2, 0.0] * 12),
}
ESTIMATORS = {
    "unrolled": pr.Unrolled(),
    "start": pr.Truncated(7),
    "last": pr.Truncated(last=5),
    "one step": pr.OneStep(),
    "implicit": pr.Implicit(),
    "implicit, inner": pr.Implicit(pr.Chebyshev(ELL, L), 9),
}


def multipliers(method, estimator, t, rows, columns):  # type: ignore[no-untyped-def]
    pair = estimator.pair(method, t, ValueRing(rows[:, None]), ValueRing(columns[None, :]))
    return np.broadcast_to(pair.drift, (len(rows), len(columns)))


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", METHODS)
def test_enclosure_holds_and_is_tight(name: str, estimator: str) -> None:
    """Honest: no grid value exceeds it. Converged: relative width below 1e-6, attained at point."""
    method, chosen = METHODS[name], ESTIMATORS[estimator]
    for t in (1, 8, 16):
        found = multiplier_maximum(method, chosen, t, INTERVAL)
        angle = np.linspace(0, math.pi, 161)
        grid = ELL + (L - ELL) * np.cos(angle / 2) ** 2
        top = float(np.max(np.abs(multipliers(method, chosen, t, grid, grid))))
        assert top <= found.upper * (1 + 1e-10)
        assert found.upper - found.lower <= 1e-6 * found.upper
        at = multipliers(method, chosen, t, np.array([found.point[0]]), np.array([found.point[1]]))
        assert abs(float(at[0, 0])) == pytest.approx(found.lower, rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("name", METHODS)
def test_without_truncation_it_is_the_largest_derivative(name: str) -> None:
    """Truncated(0) by the two-variable route, Unrolled by max|P′|: two computations of one M."""
    for t in (1, 2, 13):
        two = multiplier_maximum(METHODS[name], pr.Truncated(0), t, INTERVAL)
        one = multiplier_maximum(METHODS[name], pr.Unrolled(), t, INTERVAL)
        assert two.upper == pytest.approx(one.upper, rel=1e-6)
        assert two.lower <= one.upper and one.lower <= two.upper


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_curve_is_above_the_maximum_by_little(estimator: str) -> None:
    chosen = ESTIMATORS[estimator]
    curve = multiplier_bounds(METHODS["Nesterov"], chosen, 20, (ELL, L))
    for t in (0, 3, 9, 20):
        found = multiplier_maximum(METHODS["Nesterov"], chosen, t, INTERVAL)
        assert found.lower <= curve[t] <= 1.05 * found.upper + 1e-300


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", ["heavy ball", "Chebyshev"])
def test_never_violated_in_random_runs(name: str, estimator: str) -> None:
    """12 × 9 problems with 100 parameters each: 10 800 derivatives of real runs below the bound."""
    method, chosen, t, p, d = METHODS[name], ESTIMATORS[estimator], 14, 100, 5
    residual, M, status = frobenius_bound(method, chosen, t, INTERVAL)
    assert status == "certified"
    largest = 0.0
    for seed in range(9):
        rng = np.random.default_rng(seed)
        base = pr.Quadratic.random(INTERVAL, d, seed)
        dH = rng.standard_normal((p, d, d)) * (rng.random((p, d, d)) < 0.4)  # sparse ones are worse
        basis = base.eigensystem[1]
        dH = basis @ (dH + dH.transpose(0, 2, 1)) @ basis.T
        dH /= np.linalg.norm(dH, axis=(1, 2), keepdims=True) + 1e-300
        problem = pr.Quadratic(base.H, np.zeros(d), dH, np.zeros((p, d)))
        x0 = basis @ (rng.standard_normal(d) * (rng.random(d) < 0.6))
        dx0 = rng.standard_normal((d, p)) * rng.choice([0.0, 1.0], p)
        errors = pr.differentiate(method, problem, x0, t, chosen, dx0).jacobians[-1]
        bound = residual * np.linalg.norm(dx0, axis=0) + M * np.linalg.norm(
            dH, axis=(1, 2)
        ) * np.linalg.norm(x0)
        observed = np.linalg.norm(errors, axis=0)
        assert np.all(observed <= bound * (1 + 1e-12) + 1e-14)
        largest = max(largest, float(np.max(observed / (bound + 1e-300))))
    assert largest > 0.05


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", ["gradient descent, large", "Nesterov", "Chebyshev", "Sobolev"])
def test_attained_by_a_constructed_case(name: str, estimator: str) -> None:
    """E = 0, one pair of entries of ∂H at the maximum: 1/√2 of the bound, 1 on the diagonal."""
    method, chosen, t = METHODS[name], ESTIMATORS[estimator], 12
    found = multiplier_maximum(method, chosen, t, INTERVAL)
    low, high = found.point
    if low == high:
        problem = pr.Quadratic([[low]], [0.0], [[1.0]], [0.0])
        x0 = np.ones(1)
    else:
        problem = pr.Quadratic(
            np.diag([low, high]), [0.0, 0.0], [[0.0, 1.0], [1.0, 0.0]], [0.0, 0.0]
        )
        x0 = np.array([0.0, 1.0])
    error = pr.differentiate(method, problem, x0, t, chosen).jacobians[-1]
    bound = found.upper * np.linalg.norm(problem.dH) * np.linalg.norm(x0)
    factor = 1.0 if low == high else 1 / math.sqrt(2)
    assert np.linalg.norm(error) == pytest.approx(factor * bound, rel=2e-6)
    rate = pr.rate(method, INTERVAL, chosen)
    stated = rate.worst_case(t, residual=0, hessian=float(np.linalg.norm(problem.dH)))
    assert np.linalg.norm(error) <= stated == pytest.approx(bound, rel=1e-5)


def test_the_maximum_can_exceed_the_one_variable_drift() -> None:
    """Why two variables are needed: the exact solve multiplies by P(μ)/λ with λ ≠ μ."""
    exact = pr.Implicit()
    t = 9
    M = multiplier_maximum(METHODS["Chebyshev"], exact, t, INTERVAL).lower
    assert (
        pytest.approx(pr.rate(METHODS["Chebyshev"], INTERVAL).residual.enclosure(t)[1] / ELL) == M
    )
    nesterov = METHODS["Nesterov"]
    M = multiplier_maximum(nesterov, exact, t, INTERVAL).lower
    inner = pr.Implicit(pr.GradientDescent(0.3), 2)
    single = pr.rate(nesterov, INTERVAL, inner).drift.enclosure(t)[1]
    assert multiplier_maximum(nesterov, inner, t, INTERVAL).lower >= single * (1 - 1e-9)
    one_step = pr.rate(METHODS["Chebyshev"], INTERVAL, pr.OneStep()).drift.enclosure(t)[1]
    assert multiplier_maximum(METHODS["Chebyshev"], pr.OneStep(), t, INTERVAL).lower >= one_step * (
        1 - 1e-9
    )


@pytest.mark.parametrize("name", ["breast-cancer", "diabetes"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_one_penalty_a_feature_on_real_data(name: str, estimator: str) -> None:
    """Exact error to 1e-9 of the initial error, within a finite bound, at all t and p = d."""
    pytest.importorskip("sklearn")
    loaded = data.load(name)
    problem = pr.Ridge(loaded.X, loaded.y, np.linspace(0.02, 0.2, loaded.dimension))
    assert not problem.commutes
    values = problem.eigensystem[0]
    ell, top = float(values[0]), float(values[-1])
    chosen = ESTIMATORS[estimator]
    if estimator == "implicit, inner":
        chosen = pr.Implicit(pr.Chebyshev(ell, top), 12)
    check = pr.verify(pr.Chebyshev(ell, top), problem, 30, chosen)
    assert check.formula == "two-variable"
    assert check.gap <= 1e-9 and check.ok and np.all(np.isfinite(check.bound))
    with pytest.raises(pr.NotCommuting):
        pr.verify(pr.Chebyshev(ell, top), problem, 3, chosen, formula="commuting")


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), s=st.integers(0, 9), t=st.integers(0, 12), data_=st.data())
def test_random_realizations(seed: int, s: int, t: int, data_: st.DataObject) -> None:
    """Random tabulated methods, which may diverge: the enclosure holds at random points."""
    rng = np.random.default_rng(seed)
    method = pr.Tabulated(
        *rng.uniform(0.05, 1.5, (1, 12)).tolist(), *rng.uniform(0, 0.9, (2, 12)).tolist()
    )
    chosen = data_.draw(st.sampled_from([pr.Truncated(s), pr.Truncated(last=s)]))
    found = multiplier_maximum(method, chosen, t, INTERVAL)
    points = rng.uniform(ELL, L, (2, 40))
    top = float(np.max(np.abs(multipliers(method, chosen, t, *points))))
    assert top <= found.upper * (1 + 1e-10) + 1e-300
    assert found.lower <= found.upper


def test_supports_with_gaps_and_points() -> None:
    """M is taken over the hull: divided differences across a gap see what is inside it."""
    union = pr.Union([(ELL, 0.2), (0.8, L)])
    method = METHODS["Chebyshev"]
    wide = frobenius_bound(method, pr.Unrolled(), 6, INTERVAL)
    gap = frobenius_bound(method, pr.Unrolled(), 6, union)
    assert gap[1] == pytest.approx(wide[1]) and gap[0] <= wide[0] * (1 + 1e-12)
    points = frobenius_bound(method, pr.Truncated(3), 6, pr.Empirical([0.1, 0.5, 0.9]))
    assert 0 < points[1] <= frobenius_bound(method, pr.Truncated(3), 6, INTERVAL)[1]


def test_bad_input() -> None:
    method = METHODS["Chebyshev"]
    with pytest.raises(pr.InvalidValue, match="ell > 0"):
        multiplier_maximum(pr.Chebyshev(0, 1), pr.Implicit(), 3, pr.Interval(0, 1))
    with pytest.raises(pr.InvalidValue, match="t = -1"):
        multiplier_maximum(method, pr.Unrolled(), -1, INTERVAL)
    with pytest.raises(pr.InvalidType, match="estimator"):
        multiplier_maximum(method, None, 1, INTERVAL)  # type: ignore[arg-type]
    with pytest.raises(pr.InvalidType, match="spectrum"):
        frobenius_bound(method, pr.Unrolled(), 1, None)
