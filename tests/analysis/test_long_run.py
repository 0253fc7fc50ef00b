"""Peaks and burn-ins for all t, against recurrences in fractions at the points of the support."""

from __future__ import annotations

from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.analysis.long_run import float_curve
from polyrates.analysis.rate_part import RatePart

PARTS = ("initial", "cross", "residual", "drift")


def momentum_parts(h: F, m: F, lookahead: F, lam: F, steps: int, first: F) -> dict[str, list[F]]:
    """|part| at λ of x⁺ = x + m(x − x₋) − hλ(x + n(x − x₋)), and its derivative, by hand."""
    p, before, d, d_before = F(1), F(1), F(0), F(0)
    P, D = [p], [d]
    for t in range(steps):
        h_t = first if t == 0 else h
        at, d_at = p + lookahead * (p - before), d + lookahead * (d - d_before)
        new = p + m * (p - before) - h_t * lam * at
        d_new = d + m * (d - d_before) - h_t * lam * d_at - h_t * at
        p, before, d, d_before = new, p, d_new, d
        P.append(p)
        D.append(d)
    return {
        "residual": [abs(x) for x in P],
        "drift": [abs(x) for x in D],
        "cross": [abs(x) for x in D],
        "initial": [abs(x - lam * y) for x, y in zip(P, D, strict=True)],
    }


def over_points(h: F, m: F, n: F, points: list[F], steps: int, first: F) -> dict[str, list[F]]:
    each = [momentum_parts(h, m, n, lam, steps, first) for lam in points]
    return {part: [max(c) for c in zip(*(e[part] for e in each), strict=True)] for part in PARTS}


def last_above(curve: list[F]) -> int:
    return max((t for t, value in enumerate(curve) if value > 1), default=0)


def test_isolated_points_count() -> None:
    points = [F(1), F(50), F(100)]
    method = pr.HeavyBall("0.03", "0.9")
    true = over_points(F(3, 100), F(9, 10), F(0), points, 400, F(3, 190))
    assert last_above(true["initial"]) == 97 and max(true["drift"]) > F(69, 100)
    alone = pr.rate(method, pr.Empirical([1, 50, 100]))
    beside = pr.rate(method, pr.Union([(49, 50), (1, 1), (100, 100)]))
    for part in PARTS:
        found: RatePart = getattr(alone, part)
        top = max(true[part])
        assert found.burn_in == last_above(true[part])
        at, height = found.peak
        assert true[part][at] == top and float(top) <= height <= float(top) * (1 + 1e-12)
        assert found.burn_in_status == "certified"
    assert beside.drift.peak[1] >= float(max(true["drift"])) * (1 - 1e-13)


@settings(max_examples=25, deadline=None)
@given(
    h=st.integers(2, 39),
    m=st.integers(0, 16),
    nesterov=st.booleans(),
    points=st.lists(st.integers(1, 20), min_size=1, max_size=4, unique=True),
)
def test_points_against_fractions(h: int, m: int, nesterov: bool, points: list[int]) -> None:
    step, momentum = F(h, 200), F(m, 20)
    lookahead = momentum if nesterov else F(0)
    method: pr.Method = (
        pr.Nesterov(step, momentum) if nesterov else pr.HeavyBall(step, momentum, first_step=step)
    )
    if nesterov and step * max(points) > 1:
        return
    true = over_points(step, momentum, lookahead, [F(p) for p in points], 400, step)
    rate = pr.rate(method, pr.Empirical(points))
    for part in PARTS:
        if true[part][-1] > F(1, 1000):  # too slow for 400 steps of fractions
            continue
        found: RatePart = getattr(rate, part)
        assert found.burn_in == last_above(true[part])
        assert found.peak[1] == pytest.approx(float(max(true[part])), rel=1e-12)


def test_a_level_above_one_is_no_end() -> None:
    tuned = pr.HeavyBall.tuned(1, 100)
    residual = pr.rate(tuned, pr.Interval(1, 100), pr.OneStep()).residual
    level = F(4, 121) * 100 - 1  # |1 − hL| after one step from rest
    assert residual(3) == pytest.approx(float(level), rel=1e-12)
    assert residual.burn_in == sp.oo and residual.peak[1] == pytest.approx(float(level), rel=1e-9)
    where = pr.Interval(1, 10)
    for estimator in (pr.Truncated(last=4), pr.Implicit(pr.GradientDescent(F(1, 4)), 3)):
        rate = pr.rate(pr.HeavyBall.tuned(1, 10), where, estimator)
        limit = rate.residual.enclosure(9)
        assert limit == pytest.approx(rate.residual.enclosure(30), rel=1e-12)
        for part in (rate.residual, rate.initial):  # R − λC tends to R
            assert (part.burn_in == sp.oo) == (limit[0] > 1)
            assert part.burn_in_status == "numeric"
        assert rate.drift.burn_in != sp.oo  # it falls
    below = pr.rate(pr.HeavyBall.tuned(1, 10), where, pr.Implicit(pr.Chebyshev(1, 10), 3))
    # initial = Q + P(1 − Q), Q the inner residual: by values on a fine grid, and for good
    x = np.linspace(1, 10, 4001)
    inner = np.abs(np.cos(3 * np.arccos((2 * x - 11) / 9)) / np.cosh(3 * np.arccosh(11 / 9)))
    assert below.residual(50) == pytest.approx(inner.max(), rel=1e-9)
    last = below.initial.burn_in
    assert below.initial.enclosure(last)[0] > 1
    assert all(below.initial.enclosure(t)[1] <= 1 for t in range(last + 1, 40))


@pytest.mark.parametrize(
    ("method", "where", "growing"),
    [
        # momentum 1 at λ = 0: P_t″ and P_t′ grow like powers of t, max |P_t − λP_t′| like √t
        (pr.Nesterov("0.1", 1), pr.Interval(0, 10), {"drift", "cross", "initial"}),
        # λ = 0: P_t(0) = 1 and P_t′(0) falls without end
        (pr.HeavyBall("0.1", "0.5"), pr.Interval(0, 10), {"drift", "cross"}),
        (pr.HeavyBall(0.1, 0.5), pr.Empirical([0.0, 10.0]), {"drift", "cross"}),
        # a root −1 at λ = L, hL = 2(1 + m): |P_t| stays and P_t′ grows
        (pr.HeavyBall("0.3", "0.5"), pr.Interval(1, 10), {"drift", "cross", "initial"}),
        (pr.HeavyBall("0.1", 1), pr.Interval(1, 10), {"drift", "cross", "initial"}),
        # GD at its limit hL = 2, and at λ = 0
        (pr.GradientDescent("0.2"), pr.Interval(0, 10), {"drift", "cross", "initial"}),
        (pr.Chebyshev(0, 10), pr.Interval(0, 10), {"drift", "cross", "initial"}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_marginally_stable(method: pr.Method, where: pr.Spectrum, growing: set[str]) -> None:
    rate = pr.rate(method, where)
    for part in PARTS:
        found: RatePart = getattr(rate, part)
        if part in growing:
            assert found.peak == (sp.oo, sp.oo) and found.burn_in == sp.oo
            assert found.enclosure(200)[0] > 1.2 * found.enclosure(50)[1]
        else:
            assert found.burn_in == 0 and found.peak[1] == pytest.approx(1, rel=1e-12)
            assert max(found.enclosure(t)[1] for t in (1, 50, 200)) <= 1 + 1e-11


def test_slow_is_not_growing() -> None:
    """Growth for thousands of steps is no divergence where the rate is below 1."""
    part = pr.rate(pr.HeavyBall("0.5", "0.5", first_step="0.5"), pr.Interval("1e-5", 1)).drift
    with mpmath.workdps(60):
        ell, h, m = mpmath.mpf("1e-5"), mpmath.mpf("0.5"), mpmath.mpf("0.5")

        def slope(t: int) -> mpmath.mpf:
            """|P_t′(ℓ)|, P_t by the roots a, b of z² − (1 + m − hλ)z + m."""

            def value(x: mpmath.mpf) -> mpmath.mpf:
                half = (1 + m - h * x) / 2
                root = mpmath.sqrt(half**2 - m)
                a, b = half + root, half - root
                first = 1 - h * x
                return ((first - b) * a**t - (first - a) * b**t) / (a - b)

            return abs(mpmath.diff(value, ell))

        t, height = part.peak
        assert part.burn_in_status == "numeric"
        assert height == pytest.approx(float(slope(t)), rel=1e-6)
        assert all(slope(s) < height * (1 + 1e-6) for s in (t // 2, t - 50, t + 50, 2 * t))
        last = part.burn_in
        assert slope(last) > 1 > slope(last + 1)


def test_a_misspelt_part_is_refused() -> None:
    with pytest.raises(pr.InvalidValue, match="residual"):
        RatePart("resdual", pr.GradientDescent(1), pr.Interval(1, 2), pr.Unrolled())  # type: ignore[arg-type]


def test_what_took_a_long_look_is_certified() -> None:
    part = pr.rate(pr.HeavyBall("0.0023", "0.527"), pr.Interval("0.515", 10)).drift
    assert part.burn_in_status == "certified"
    t, value = part.peak
    floats = float_curve(part, 450)
    assert t == int(np.argmax(floats)) and value == pytest.approx(floats[t], rel=1e-9)
