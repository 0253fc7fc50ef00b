"""Choices by guarantee: against exhaustive search and the convex optimum's own bounds."""

from __future__ import annotations

import pickle
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.choices.choice import guarantee
from polyrates.choices.optimal_tail import best_tail, optimal_tail, tail_lower_bound
from polyrates.choices.searches import best_restart, best_split, best_start
from polyrates.core.methods.restarted import Restarted
from polyrates.problems.sizes import sizes_of

INTERVAL = pr.Interval(0.01, 1.0)
CHEBYSHEV = pr.Chebyshev(0.01, 1.0)
SIZES = {"residual": 1, "drift": 1}


def certified(method: pr.Method, estimator: pr.Estimator, t: int, **sizes: float) -> float:
    return guarantee(method, estimator, t, INTERVAL, sizes_of(**sizes))[1]


def test_restarted_is_a_product_of_residual_polynomials() -> None:
    """P_t = P_s Q_{t−s}, exactly, for heads and tails with states of different lengths."""
    gradient, chebyshev = pr.GradientDescent(F(1, 6)), pr.Chebyshev(1, 10)
    sobolev = pr.Sobolev(pr.GegenbauerDensity(1, 10, 0), 2)
    for head, tail in [(gradient, chebyshev), (chebyshev, gradient), (chebyshev, chebyshev),
                       (sobolev, chebyshev), (chebyshev, sobolev)]:  # fmt: skip
        for s in (0, 1, 4):
            method = Restarted(head, tail, s)
            for t in (0, 1, s, s + 1, s + 3):
                expected = pr.residual_polynomial(head, min(t, s)) * pr.residual_polynomial(
                    tail, max(t - s, 0)
                )
                assert pr.residual_polynomial(method, t) == expected
            pair = pr.error_polynomials(method, s + 3, pr.Truncated(s))
            Q = pr.residual_polynomial(tail, 3)
            assert pair.residual == Q
            assert pair.drift == Q.diff(pr.lam) * pr.residual_polynomial(head, s)


def test_restarted_runs_as_predicted() -> None:
    problem = pr.Quadratic.random(INTERVAL, 7, 0)
    method = Restarted(pr.HeavyBall.tuned(0.01, 1.0), CHEBYSHEV, 20)
    for estimator in (pr.Unrolled(), pr.Truncated(20), pr.Truncated(last=4), pr.Implicit()):
        assert pr.verify(method, problem, 35, estimator).ok
    assert Restarted(CHEBYSHEV, pr.Richardson([F(1, 2)]), 3).horizon == 4
    with pytest.raises(pr.HorizonError):
        Restarted(pr.Richardson([F(1, 2)]), CHEBYSHEV, 3)


@pytest.mark.parametrize(
    "method", [CHEBYSHEV, pr.HeavyBall.tuned(0.01, 1.0), pr.GradientDescent(1.9)]
)
def test_best_start_is_the_best_of_all(method: pr.Method) -> None:
    """Against the certified guarantee of every start, on the grid's accuracy."""
    choice = best_start(method, INTERVAL, t=30, **SIZES)
    everything = [certified(method, pr.Truncated(s), 30, **SIZES) for s in range(30)]
    assert choice.guarantee <= min(everything) * 1.02
    assert choice.guarantee == pytest.approx(everything[choice.parameter], rel=1e-12)
    scanned = dict(choice.scanned)
    for s, value in enumerate(everything):
        assert value * 0.9 <= scanned[s] <= value * (1 + 1e-9)


def test_best_start_for_a_budget_spends_it() -> None:
    for budget in (2, 3, 40, 41):
        choice = best_start(CHEBYSHEV, INTERVAL, budget=budget, **SIZES)
        assert choice.products.total == budget
        quick = best_start(CHEBYSHEV, INTERVAL, budget=budget, exhaustive=False, **SIZES)
        assert quick.guarantee <= choice.guarantee * 1.05


@pytest.mark.parametrize("drift", [0.01, 1.0, 30.0])
def test_best_split_is_the_best_of_all(drift: float) -> None:
    choice = best_split(40, INTERVAL, CHEBYSHEV, residual=1, drift=drift)
    everything = [
        certified(CHEBYSHEV, pr.Implicit(CHEBYSHEV, k), 40 - k, residual=1, drift=drift)
        for k in range(1, 41)
    ]
    assert choice.guarantee <= min(everything) * 1.02
    assert choice.products.total == 40


@pytest.mark.parametrize("drift", [0.01, 1.0])
def test_best_restart_is_the_best_of_all(drift: float) -> None:
    choice = best_restart(40, INTERVAL, CHEBYSHEV, residual=1, drift=drift)
    everything = []
    for k in range(1, 21):
        s = 40 - 2 * k
        method = Restarted(CHEBYSHEV, CHEBYSHEV, s)
        everything.append(certified(method, pr.Truncated(s), s + k, residual=1, drift=drift))
    assert choice.guarantee <= min(everything) * 1.02
    assert choice.products.total == 40


def chebyshev_pair(s: int, t: int, points: np.ndarray) -> tuple[np.ndarray, ...]:
    """(P, R, C) of Chebyshev's method at t, tangents reset at s, by its textbook recurrence.

    x⁺ = x + (ω − 1)(x − x₋) − ωh∇f(x), h = 2/(L + ℓ), ω₁ = 1, ω₂ = 2/(2 − ρ²), then
    ω⁺ = 1/(1 − ωρ²/4) with ρ = (L − ℓ)/(L + ℓ).
    """
    h, rho = 2 / 1.01, 0.99 / 1.01
    one, zero = np.ones_like(points), np.zeros_like(points)
    P = before = one
    R = R_before = one
    C = C_before = zero
    omega = 1.0
    for k in range(t):
        if k == s:
            R = R_before = one
            C = C_before = zero
        w = omega
        ahead = P + (w - 1) * (P - before) - w * h * points * P
        R_ahead = R + (w - 1) * (R - R_before) - w * h * points * R
        C_ahead = C + (w - 1) * (C - C_before) - w * h * (points * C + P)
        before, R_before, C_before, P, R, C = P, R, C, ahead, R_ahead, C_ahead
        omega = 2 / (2 - rho**2) if k == 0 else 1 / (1 - w * rho**2 / 4)
    return P, R, C


def brute_force(R: np.ndarray, C: np.ndarray, a: float, d: float) -> float:
    """max ‖R(H)E + C(H)D‖ over ‖E‖ ≤ a, ‖D‖ ≤ d: the dual, min over u of an upper bound.

    (|R|e + |C|f)² ≤ (R² + C²/u)(e² + uf²) for every u > 0, with equality at the best u.
    """
    ratios = np.geomspace(1e-8, 1e8, 4001)
    tops = np.max(R[:, None] ** 2 + C[:, None] ** 2 / ratios, axis=0)
    return float(np.sqrt(np.min(tops * (a**2 + ratios * d**2))))


@pytest.mark.parametrize("drift", [0.01, 1.0])
def test_the_choices_are_the_best_by_another_program(drift: float) -> None:
    """All candidates by recurrences and a duality written here, on 2001 points."""
    points = (0.01 + 1) / 2 - 0.99 / 2 * np.cos(np.linspace(0, np.pi, 2001))
    zero, t, N = 0 * points, 24, 24
    starts = {s: brute_force(*chebyshev_pair(s, t, points)[1:], 1, drift) for s in range(t)}
    fresh = [chebyshev_pair(0, k, points) for k in range(N + 1)]
    splits = {
        k: brute_force(fresh[k][0], fresh[N - k][0] * (fresh[k][0] - 1) / points, 1, drift)
        for k in range(1, N + 1)
    }
    restarts = {
        k: brute_force(fresh[k][0], fresh[k][2] * fresh[N - 2 * k][0] + zero, 1, drift)
        for k in range(1, N // 2 + 1)
    }
    sizes = {"residual": 1, "drift": drift}
    for choice, every in (
        (best_start(CHEBYSHEV, INTERVAL, t=t, **sizes), starts),
        (best_split(N, INTERVAL, CHEBYSHEV, **sizes), splits),
        (best_restart(N, INTERVAL, CHEBYSHEV, **sizes), restarts),
    ):
        # points miss a little of each supremum, the grid of ratios adds a little to each minimum
        assert choice.guarantee == pytest.approx(every[choice.parameter], rel=1e-3)
        assert choice.guarantee <= min(every.values()) * 1.02


def test_optimal_tail() -> None:
    """Below the head's own restart, above the lower bound for every tail, within a few percent."""
    for k in (6, 14, 22):
        s = 58
        best = optimal_tail(INTERVAL, CHEBYSHEV, s, k, **SIZES)
        plain = certified(Restarted(CHEBYSHEV, CHEBYSHEV, s), pr.Truncated(s), s + k, **SIZES)
        lower = tail_lower_bound(INTERVAL, CHEBYSHEV, s, k, rounds=25, **SIZES)
        assert best.guarantee <= plain * (1 + 1e-12)
        # the bound it minimizes, with max|P_s| for |P_s|, is above the guarantee of the true pair
        assert best.guarantee <= best.scanned[0, 1] * (1 + 1e-9)
        assert lower <= best.guarantee * (1 + 1e-9)
        assert best.guarantee <= 1.05 * lower
    found = best_tail(80, INTERVAL, CHEBYSHEV, **SIZES)
    assert found.guarantee == pytest.approx(0.04344, rel=1e-3) and found.products.total == 80


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 8), s=st.integers(0, 12))
def test_no_random_tail_beats_the_lower_bound(seed: int, k: int, s: int) -> None:
    """Richardson tails with random steps; the lower bound holds for all, the optimum beats most."""
    rng = np.random.default_rng(seed)
    tail = pr.Richardson(list(rng.uniform(0.5, 8.0, k)))
    value = certified(Restarted(CHEBYSHEV, tail, s), pr.Truncated(s), s + k, **SIZES)
    assert tail_lower_bound(INTERVAL, CHEBYSHEV, s, k, rounds=6, **SIZES) <= value * (1 + 1e-9)


def test_the_optimal_tail_is_run_as_planned() -> None:
    choice = optimal_tail(INTERVAL, CHEBYSHEV, 20, 12, residual=1, drift=0.2)
    problem = pr.Quadratic.random(INTERVAL, 6, 3)
    assert pr.verify(choice.method, problem, choice.t, choice.estimator).ok
    # nothing to gain: the best tail is to stay
    still = optimal_tail(INTERVAL, CHEBYSHEV, 0, 2, residual=1, drift=1e6)
    assert still.guarantee == pytest.approx(1.0, rel=1e-9)


def test_costs() -> None:
    assert pr.Unrolled().products(9) == (9, 9)
    assert pr.Truncated(4).products(9) == pr.Truncated(last=5).products(9) == (9, 5)
    assert pr.Implicit(CHEBYSHEV, 7).products(9) == (9, 7)
    assert pr.Implicit().products(9) == (9, 0)


def test_choices_pickle() -> None:
    for choice in (
        best_split(10, INTERVAL, CHEBYSHEV, **SIZES),
        best_restart(10, INTERVAL, CHEBYSHEV, **SIZES),
        optimal_tail(INTERVAL, CHEBYSHEV, 4, 3, **SIZES),
    ):  # fmt: skip
        again = pickle.loads(pickle.dumps(choice))
        assert again.guarantee == choice.guarantee and again.method == choice.method


def test_fixed_horizons_limit_the_choices() -> None:
    short = pr.Richardson([1.0, 0.5, 0.25])
    assert best_start(short, INTERVAL, budget=40, **SIZES).t <= 3
    assert best_split(40, INTERVAL, CHEBYSHEV, short, **SIZES).parameter <= 3
    assert best_split(40, INTERVAL, short, CHEBYSHEV, **SIZES).t <= 3
    assert best_restart(40, INTERVAL, CHEBYSHEV, short, **SIZES).parameter <= 3


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: best_start(CHEBYSHEV, INTERVAL, **SIZES), "t, budget"),
        (lambda: best_start(CHEBYSHEV, INTERVAL, t=3, budget=3, **SIZES), "t, budget"),
        (lambda: best_start(CHEBYSHEV, INTERVAL, t=0, **SIZES), "t"),
        (lambda: best_start(None, INTERVAL, t=3, **SIZES), "method"),  # type: ignore[arg-type]
        (lambda: best_start(CHEBYSHEV, None, t=3, **SIZES), "spectrum"),
        (lambda: best_split(1, INTERVAL, CHEBYSHEV, **SIZES), "budget"),
        (lambda: best_split(9, INTERVAL, CHEBYSHEV), "sizes"),
        (lambda: best_split(9, INTERVAL, 3, **SIZES), "outer"),  # type: ignore[arg-type]
        (lambda: best_restart(9, INTERVAL, CHEBYSHEV, 3, **SIZES), "tail"),  # type: ignore[arg-type]
        (lambda: optimal_tail(INTERVAL, CHEBYSHEV, -1, 3, **SIZES), "start"),
        (lambda: optimal_tail(INTERVAL, CHEBYSHEV, 1, 0, **SIZES), "steps"),
        (lambda: optimal_tail(INTERVAL, CHEBYSHEV, 1, 3, initial=1, cross=1), "cross"),
        (lambda: Restarted(CHEBYSHEV, CHEBYSHEV, -1), "start"),
    ],
)  # fmt: skip
def test_bad_input(call, named: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(pr.PolyratesError) as caught:
        call()
    assert caught.value.argument == named  # type: ignore[attr-defined]
