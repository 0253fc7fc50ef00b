"""The closed form of the optimum for large t: how near it is, and what starts from it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import polyrates.numeric.minimax.solve as solver
from polyrates.numeric.minimax.extremal import closed_start
from polyrates.numeric.minimax.newton import newton, peaks, value
from polyrates.numeric.minimax.question import Units, validated
from polyrates.numeric.minimax.solve import solve_minimax


def question(ell, top, t, form, second, share=None):
    """The normalised problem, with sizes 1 and ``second``."""
    return Units.of(validated([(ell, top)], form, 1.0, second, share)).task.problem(t)


def excess(problem, optimum):
    """How far the closed form's worst case is above V*, relatively."""
    start = closed_start(problem)
    assert start is not None
    reached = value(problem, start.q, peaks(problem, start.q, start.s))
    return reached * problem.scale / optimum - 1


@pytest.mark.parametrize(
    ("top", "t", "second", "measured"),
    [
        (10, 10, 1, 4.8e-2), (10, 20, 1, 7.5e-3), (10, 50, 1, 1.0e-3), (10, 100, 1, 2.4e-4),
        (100, 50, 1, 1.5e-2), (100, 100, 1, 3.0e-3), (10, 50, 100, 1.2e-3),
        (100, 50, 0, 2.5e-5), (10, 20, 0, 9.8e-7),
    ],
)  # fmt: skip
def test_the_extremal_polynomial_comes_near_the_optimum(top, t, second, measured):
    optimum = solve_minimax([(1, top)], t, form="initial/cross", size=1, second=second).upper
    above = excess(question(1, top, t, "initial/cross", second), optimum)
    assert above > 0
    assert above == pytest.approx(measured, rel=0.05)


@pytest.mark.parametrize(
    ("top", "t", "drift", "measured"),
    [(10, 20, 1, 4.0e-3), (10, 50, 1, 9.6e-5), (100, 100, 1, 0.017)],
)  # fmt: skip
def test_the_same_in_residual_drift(top, t, drift, measured):
    optimum = solve_minimax([(1, top)], t, form="residual/drift", size=1, second=drift).upper
    above = excess(question(1, top, t, "residual/drift", drift), optimum)
    assert above == pytest.approx(measured, rel=0.05)


def test_no_closed_form_where_the_horizon_is_short():
    assert closed_start(question(1, 100, 10, "initial/cross", 1)) is None
    # V* = a: P = 1 is optimal whatever the closed form says
    assert closed_start(question(1, 10, 8, "initial/cross", 1e4)) is None
    assert closed_start(question(1, 100, 10, "residual/drift", 1)) is None
    assert closed_start(question(1, 10, 1, "residual/drift", 1)) is None


@pytest.mark.parametrize("form", ["initial/cross", "residual/drift"])
@pytest.mark.parametrize("share", [None, 0.2])
@pytest.mark.parametrize(("top", "t"), [(10, 20), (100, 60)])
def test_the_solver_starts_from_it(monkeypatch, form, share, top, t):
    expected = solve_minimax([(1, top)], t, form=form, size=1, second=1, share=share)
    monkeypatch.setattr(solver, "reweighted", None)
    monkeypatch.setattr(solver, "interior_point", None)
    found = solve_minimax([(1, top)], t, form=form, size=1, second=1, share=share)
    assert found.upper == expected.upper
    assert found.gap < 1e-11
    # and without it, from elsewhere, to the same optimum
    monkeypatch.undo()
    monkeypatch.setattr(solver, "closed_start", lambda problem: None)
    other = solve_minimax([(1, top)], t, form=form, size=1, second=1, share=share)
    assert other.upper == pytest.approx(found.upper, rel=1e-11)


@given(
    st.floats(1.5, 300), st.floats(-3, 3), st.floats(13, 40),
    st.sampled_from(["initial/cross", "residual/drift"]),
)  # fmt: skip
def test_newton_converges_from_it(top, exponent, horizon, form):
    """Where the closed form offers itself Newton's method needs nothing else, but for few cases."""
    spread = 4 * math.sqrt(top) / (top - 1)
    t = min(math.ceil(horizon / spread), 120)
    problem = question(1, top, t, form, 10**exponent)
    start = closed_start(problem)
    if start is None:
        return
    assert np.all(start.y >= 0)
    assert 0 < start.s <= 1
    end, converged = newton(problem, start, 12, quick=True)
    optimum = solve_minimax([(1, top)], t, form=form, size=1, second=10**exponent)
    if form == "initial/cross":
        assert converged
    if converged:
        reached = value(problem, end.q, peaks(problem, end.q, end.s)) * problem.scale
        assert reached >= optimum.lower * (1 - 1e-11)


@pytest.mark.parametrize("form", ["initial/cross", "residual/drift"])
@pytest.mark.parametrize("second", [0.01, 1.0])
def test_the_least_favourable_measure_tends_to_harmonic_measure(form, second):
    """Mass left of λ against that of the harmonic measure seen from 0, at every contact point."""
    distance = []
    for t in (25, 50, 100, 200):
        found = solve_minimax([(1, 10)], t, form=form, size=1, second=second)
        mass = np.cumsum(found.weights) - found.weights / 2
        angle = np.arccos(np.clip((2 * found.contact_points - 11) / 9, -1, 1))
        xi = (math.sqrt(10) - 1) / (math.sqrt(10) + 1)
        # the integral of the Poisson kernel (1 − ξ²)/(1 + 2ξ cos θ + ξ²)/π from θ to π
        harmonic = 1 - 2 / math.pi * np.arctan2((1 - xi) * np.sin(angle / 2),
                                                (1 + xi) * np.cos(angle / 2))  # fmt: skip
        distance.append(float(np.max(np.abs(mass - harmonic))))
    assert distance[-1] < 0.01
    assert sorted(distance, reverse=True) == distance


@pytest.mark.parametrize(
    ("ell", "t", "second", "share"),
    [
        (0.016139463722146384, 117, 6.338316466712703, 0.9999999933491771),
        (0.8195751114471787, 16, 0.5075182976825576, 0.9999989377709746),
        (0.1, 40, 0.1, 1 - 1e-12),
        (0.1, 40, 0.1, 1 - 2.0**-53),
    ],
)
def test_a_given_share_is_the_question(monkeypatch, ell, t, second, share):
    """Rounded by one part in 1e16 it is another question, with a disjoint answer."""
    arguments = {"form": "initial/cross", "size": 1.0, "second": second, "share": share}
    found = solve_minimax([(ell, 1.0)], t, **arguments)
    assert found.share == share
    assert found.lower <= found.upper
    monkeypatch.setattr(solver, "closed_start", lambda problem: None)
    other = solve_minimax([(ell, 1.0)], t, **arguments)
    assert max(found.lower, other.lower) <= min(found.upper, other.upper)


def test_a_share_out_of_range_is_refused():
    for share in (5e-324, 0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="share"):
            solve_minimax([(1, 10)], 40, form="initial/cross", size=1, second=1, share=share)


@pytest.mark.parametrize(("ell", "t"), [(0.3089685, 382), (1 / 300, 300), (0.5, 2), (0.9, 20)])
def test_without_a_drift_it_is_chebyshev(ell, t):
    found = solve_minimax([(ell, 1.0)], t, form="residual/drift", size=3.0, second=0)
    angle = 2 * math.asinh(math.sqrt(ell / (1 - ell)))
    value = 3 * 2 * math.exp(-t * angle) / (1 + math.exp(-2 * t * angle))
    assert found.lower <= value * (1 + 1e-11)
    assert found.upper >= value * (1 - 1e-11)
    assert found.gap < 1e-11
    # the measure by itself proves as much, up to what its own rounding costs
    harmonic = 1 / found.contact_points
    harmonic[[0, -1]] /= 2
    assert np.allclose(found.weights, harmonic / harmonic.sum(), rtol=1e-6)


def test_long_horizons_end():
    """Rounding keeps the gap above 1e-11 there: no exchange can help, and none is tried."""
    found = solve_minimax([(1, 300)], 1300, form="initial/cross", size=1, second=1)
    assert found.gap < 4e-11


@pytest.mark.parametrize(
    ("top", "t", "drift"), [(100, 100, 10), (100, 100, 100), (10, 100, 10), (100, 100, 1e6)]
)
def test_a_flat_profile_starts_from_its_first_order(monkeypatch, top, t, drift):
    """Where D dominates: near enough for Newton's method, without the interior point."""
    problem = question(1, top, t, "residual/drift", drift)
    start = closed_start(problem)

    def never(*_, **__):
        raise AssertionError("the interior point was asked")

    monkeypatch.setattr(solver, "interior_point", never)
    found = solve_minimax([(1, top)], t, form="residual/drift", size=1.0, second=drift)
    assert found.gap < 1e-11 and abs(start.s / found.share - 1) < 0.15
    assert 0 <= excess(problem, found.upper) < 2e-4


def test_a_flat_start_leaves_p_equal_1_to_others():
    assert closed_start(question(1, 1000, 150, "residual/drift", 1e4)) is None


@pytest.mark.parametrize("t", [1, 2, 3, 4])
def test_a_flat_start_at_the_shortest_horizons(t):
    """q_t needs t > 2; near κ = 1 two steps are a long horizon."""
    start = closed_start(question(0.625, 1, t, "residual/drift", 3.0))
    assert start is None or (t > 2 and 0 < start.s < 1)
    found = solve_minimax([(0.625, 1)], t, form="residual/drift", size=1.0, second=3.0)
    assert 0 <= found.gap < 1e-11
