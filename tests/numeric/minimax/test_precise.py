"""The solution to any number of digits: bounds that hold, and are as sharp as asked."""

import math
from collections.abc import Iterator

import mpmath
import numpy as np
import pytest

from polyrates.numeric.minimax.precise import Precise, eigenvalues, lower_bound, upper_bound
from polyrates.numeric.minimax.question import Truth, validated
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.numeric.suprema.waves import Points

FORMS = ("initial/cross", "residual/drift")
SUPPORTS = [[(1.0, 9.0)], [(1.0, 2.0), (5.0, 9.0)], [(1.0, 1.0), (4.0, 9.0)]]


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    with mpmath.workdps(40):
        yield


def exact_of(support, form, second, t):
    task = validated(support, form, 1.0, second, None)
    return Precise(task.problem(t), Truth.of(task), mpmath.mp)


def some(values):
    return np.array([mpmath.mpf(float(x)) for x in values], dtype=object)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", SUPPORTS, ids=["interval", "union", "point"])
def test_rows_are_a_and_b_of_the_polynomial_in_forty_digits(support, form):
    """P by its Chebyshev coefficients on the hull, evaluated as Σ c_k cos(k arccos x)."""
    exact = exact_of(support, form, 0.5, 5)
    q = some(np.random.default_rng(3).normal(size=6))
    c = exact.chebyshev(q)
    points = exact.problem.nodes(3)
    phi = some(points.phi)
    lam = eigenvalues(exact, points, phi)
    a, b, a_phi, b_phi = (row @ q for row in exact.rows(points, phi))
    ell, L = map(mpmath.mpf, exact.problem.hull)

    def P(x):
        return mpmath.fsum(
            p * mpmath.chebyt(k, (2 * x - ell - L) / (L - ell)) for k, p in enumerate(c)
        )

    size = sum(abs(c)) * 100
    for x, value, slope in zip(lam, a, b, strict=True):
        derivative = mpmath.diff(P, x)
        wanted = P(x) - x * derivative if form == "initial/cross" else P(x)
        assert abs(value - wanted) < size * mpmath.mpf(10) ** -18
        assert abs(slope - derivative / 2) < size * mpmath.mpf(10) ** -18
    assert abs(P(mpmath.mpf(0)) / exact.top - exact.rho @ q) < size * mpmath.mpf(10) ** -30
    inner = np.flatnonzero((points.phi > 0) & (points.phi < math.pi))
    h = mpmath.mpf(10) ** -15
    ahead, behind = (exact.rows(points, phi + e) for e in (h, -h))
    for row, ends in ((a_phi, 0), (b_phi, 1)):
        wanted = (ahead[ends] - behind[ends]) @ q / (2 * h)
        assert max(abs((row - wanted)[inner]), default=0) < size * mpmath.mpf(10) ** -20


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", SUPPORTS[:2], ids=["interval", "union"])
def test_bounds_hold_for_any_polynomial_and_any_measure(support, form):
    """The upper one is no less than a grid's height, the lower one no more than V*."""
    t, rng = 4, np.random.default_rng(8)
    exact, second = exact_of(support, form, 0.5, t), 0.5
    best = solve_minimax(support, t, form=form, size=1.0, second=second)
    grid = exact.problem.nodes(200)
    rows = exact.problem.rows(grid)[:2]
    for _ in range(3):
        q, s = rng.normal(size=t + 1) * 0.1, float(rng.uniform(0.2, 0.8))
        if not exact.problem.whole:
            q = exact.problem.basis @ q
        float_q = q if exact.problem.whole else np.linalg.solve(exact.problem.basis, q)
        a, b = rows @ float_q
        profile = a * a / s + b * b / (1 - s)
        height = math.sqrt(np.max(profile))
        start = abs(float(exact.problem.rho @ float_q)) / exact.problem.scale
        points = grid.take(np.array([np.argmax(profile)]))
        found = upper_bound(exact, some(q), mpmath.mpf(s), points, some(points.phi))
        assert height / start <= float(found) * (1 + 1e-12)
        assert float(found) <= height / start * (1 + 1e-3)
    for _ in range(10):
        points = Points(grid.segment[::25], grid.phi[::25])
        alpha, beta = (some(rng.normal(size=len(points))) for _ in range(2))
        s = mpmath.mpf(float(rng.uniform(0.2, 0.8)))
        bound, weights = lower_bound(exact, points, some(points.phi), alpha, beta, s)
        assert float(bound / exact.top) <= best.upper * (1 + 1e-12)
        assert abs(sum(weights) - 1) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(
    ("support", "t", "form", "second", "share"),
    [
        ([(1.0, 10.0)], 10, "initial/cross", 1.0, None),
        ([(1.0, 10.0)], 10, "residual/drift", 1.0, None),
        ([(1.0, 10.0)], 8, "residual/drift", 1.0, 0.5),
        ([(0.01, 1.0)], 12, "initial/cross", 0.0, None),
        ([(0.01, 1.0)], 12, "initial/cross", 1.0, None),
        ([(1.0, 2.0), (2.5, 2.5), (3.0, 4.0)], 7, "initial/cross", 1.0, None),
        ([(1.0, 1.0), (2.5, 2.5), (3.0, 3.0)], 6, "initial/cross", 1.0, None),
        ([(3.0, 3.0)], 1, "residual/drift", 1.0, None),
    ],
)
def test_thirty_digits(support, t, form, second, share):
    rough = solve_minimax(support, t, form=form, size=1, second=second, share=share)
    fine = solve_minimax(support, t, form=form, size=1, second=second, share=share, digits=30)
    assert fine.lower <= fine.upper
    assert rough.lower <= fine.upper
    assert fine.lower <= rough.upper
    assert fine.upper - fine.lower <= mpmath.mpf(10) ** -30 * fine.upper
    assert isinstance(fine.coefficients[0], mpmath.mpf)
    with mpmath.workdps(45):
        ends = [mpmath.mpf(v) for v in fine.hull]
        x = -(ends[0] + ends[1]) / (ends[1] - ends[0])
        total = mpmath.fsum(c * mpmath.chebyt(k, x) for k, c in enumerate(fine.coefficients))
        assert abs(total - 1) < mpmath.mpf(10) ** -30
    if rough.share < 1:
        np.testing.assert_allclose(
            np.array([float(c) for c in fine.coefficients]), rough.coefficients,
            rtol=1e-6, atol=1e-8 * np.max(np.abs(rough.coefficients)),
        )  # fmt: skip


def test_digits_reach_below_the_range_of_floats():
    fine = solve_minimax([(9.99999, 10.0)], 51, form="residual/drift", size=1, second=1, digits=20)
    assert 0 < fine.lower <= fine.upper < mpmath.mpf("1e-320")
    assert (fine.upper - fine.lower) / fine.upper < mpmath.mpf("1e-20")
