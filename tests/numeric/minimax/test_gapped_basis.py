"""The basis for supports with gaps: its polynomials, the sharp bounds it gives, and its runs."""

import math

import flint
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.numeric.minimax.gapped_basis import Table, table
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.numeric.suprema.joint import joint_worst_case_of, method_pieces

FORMS = ("initial/cross", "residual/drift")
GAPS = {
    "wide": [(1.0, 2.0), (50.0, 60.0)],
    "narrow": [(1.0, 2.0), (2.5, 4.0)],
    "three": [(1.0, 2.0), (4.0, 5.0), (9.0, 10.0)],
    "ill conditioned": [(0.01, 0.02), (0.9, 1.0)],
}


@pytest.mark.parametrize("support", GAPS.values(), ids=GAPS)
def test_the_polynomials_are_orthogonal_on_the_intervals(support):
    t = 12
    run = table(support, t, 2)
    phi = (np.arange(40) + 0.5) * math.pi / 40
    lam = np.concatenate([low + (high - low) * np.cos(phi / 2) ** 2 for low, high in support])
    value = run.jets(lam)[0]
    gram = value.T @ value
    sizes = np.sqrt(np.diagonal(gram))
    # of the same parity and of the other one
    np.testing.assert_allclose(gram / np.outer(sizes, sizes), np.eye(t + 1), atol=1e-12)


def test_points_come_first_with_their_multiplicity():
    support = [(0.25, 0.25), (1.0, 2.0), (4.0, 4.0)]
    double, single = table(support, 7, 2), table(support, 7, 1)
    assert sorted(double.steps[:4]) == [0.25, 0.25, 4.0, 4.0]
    assert sorted(single.steps[:2]) == [0.25, 4.0]
    value, slope = double.jets(np.array([0.25, 4.0]))
    assert not np.any(value[:, 4:]) and not np.any(slope[:, 4:])
    short = table(support, 3, 2)
    assert len(short.steps) == 3


def test_jets_in_every_arithmetic():
    run = Table(np.array([0.5, 0.25, 0.75]), np.array([0.0, 0.5, -0.25]))
    lam = [0.5, 1.25, 3.0]
    floats = run.jets(np.array(lam), 2)
    balls = run.jets(np.array([flint.arb(x) for x in lam]), 2)
    exact = run.jets(np.array([mpmath.mpf(x) for x in lam]), 2)
    for one, two, three in zip(floats, balls, exact, strict=True):
        np.testing.assert_array_equal(one, np.vectorize(float)(two))
        np.testing.assert_array_equal(one, np.vectorize(float)(three))
    # p_2 = p_1 + (p_1 - p_0)/2 - λp_1/4 with p_1 = 1 - λ/2
    x = np.array(lam)
    np.testing.assert_allclose(floats[0][:, 2], 1 - x / 2 - x / 4 - x / 4 * (1 - x / 2))
    np.testing.assert_allclose(floats[1][:, 2], -1 + x / 4)
    np.testing.assert_allclose(floats[2][:, 2], 0.25)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("t", [4, 12, 20, 30, 40])
def test_the_certificate_is_sharp(support, form, t):
    for second in (0.1, 1.0):
        found = solve_minimax(support, t, form=form, size=1.0, second=second)
        assert found.lower <= found.upper
        assert found.gap <= 1e-11


@pytest.mark.parametrize("form", FORMS)
def test_digits_agree_with_floats(form):
    rough = solve_minimax(GAPS["wide"], 25, form=form, size=1.0, second=0.5)
    fine = solve_minimax(GAPS["wide"], 25, form=form, size=1.0, second=0.5, digits=30)
    assert fine.gap < 1e-30
    assert rough.lower <= fine.upper
    assert fine.lower <= rough.upper * (1 + 1e-16)
    # the mpmath coefficients on the hull carry it: their own worst case, by sampling
    with mpmath.workdps(60):
        low, high = fine.hull
        worst = mpmath.mpf(0)
        for a, b in GAPS["wide"]:
            for k in range(101):
                lam = mpmath.mpf(a) + (mpmath.mpf(b) - a) * k / 100
                x = (2 * lam - low - high) / (high - low)
                P = mpmath.fsum(c * mpmath.chebyt(j, x) for j, c in enumerate(fine.coefficients))
                D = mpmath.fsum(
                    j * c * mpmath.chebyu(j - 1, x)
                    for j, c in enumerate(fine.coefficients) if j
                ) * 2 / (high - low)  # fmt: skip
                A = P - lam * D if form == "initial/cross" else P
                s = fine.share
                worst = max(worst, mpmath.sqrt(A**2 / s + D**2 / (4 * (1 - s))))
        # the coefficients themselves are rounded, far beyond the digits asked for
        assert fine.upper * 0.9 < worst <= fine.upper * (1 + mpmath.mpf(10) ** -35)


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 1}, {"residual": 1, "drift": 2}])
def test_the_run_attains_the_value(sizes):
    """The method in floats, on the quadratic that is worst for it."""
    where = pr.Union([(1, 2), (50, 60)])
    for t in (8, 20, 30):
        optimum = pr.minimax_optimal(where, t, **sizes)
        assert float(optimum.gap / optimum.upper) < 1e-11
        problem, x0, dx0 = pr.worst_case_problem(optimum.method, where, t, **sizes)
        run = pr.differentiate(optimum.method, problem, x0, t, dx0=dx0)
        reached = float(np.linalg.norm(run.jacobians[-1]))
        assert reached == pytest.approx(optimum.upper, rel=1e-9)


def test_the_gap_pays():
    """The hull's optimum is feasible on the union, the union's is far better."""
    where, hull = pr.Union([(1, 2), (50, 60)]), pr.Interval(1, 60)
    for t in (6, 12, 24):
        union = pr.minimax_optimal(where, t, initial=1, cross=1)
        whole = pr.minimax_optimal(hull, t, initial=1, cross=1)
        assert union.upper <= whole.upper
    assert union.upper < 1e-3 * whole.upper


intervals = st.lists(
    st.tuples(st.floats(0.02, 0.3), st.floats(0.02, 0.3)), min_size=2, max_size=3
)  # gap before, width


@settings(max_examples=40, deadline=None)
@given(intervals, st.integers(1, 18), st.floats(-2, 2), st.sampled_from(FORMS))
def test_random_unions_are_sharp_and_bracketed(parts, t, log_second, form):
    support, end = [], 0.0
    for gap, width in parts:
        support.append((end + gap, end + gap + width))
        end += gap + width
    second = 10.0**log_second * support[0][0]
    found = solve_minimax(support, t, form=form, size=1.0, second=second)
    assert found.lower <= found.upper <= 1 + 1e-12
    assert found.gap <= 1e-9
    # a random feasible polynomial of the same table is no better
    rng = np.random.default_rng(t)
    base = pr.Chebyshev(support[0][0], support[-1][1])
    weights = rng.standard_normal(t + 1)
    weights[0] += 1 - weights.sum()
    other = pr.WeightedIterates(base, weights)
    parts_of = method_pieces(other, t, support, form == "initial/cross")
    assert joint_worst_case_of(parts_of, 1.0, second).upper >= found.lower


def test_enclosures_by_pieces_are_those_of_the_hull_and_sharper():
    """Between the pieces the optimum is large; its worst case over them does not feel it."""
    where = pr.Union([(1, 2), (50, 60)])
    optimum = pr.minimax_optimal(where, 30, initial=1, cross=1)
    hull = pr.rate(optimum.method, pr.Interval(1, 60))
    assert hull.initial(30) > 1e4 * optimum.upper
    assert pr.rate(optimum.method, where).worst_case(30, initial=1, cross=1) == pytest.approx(
        optimum.upper, rel=1e-12
    )


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 1}, {"residual": 1, "drift": 0.01}])
@pytest.mark.parametrize("outlier", [1, 5, 0.7])
def test_an_outlier_beside_a_bulk(sizes, outlier):
    """A double root at a point is lost in floats: what is returned survives, and is not P = 1."""
    where, t = pr.Union([(0.01, 0.1), (outlier, outlier)]), 20
    optimum = pr.minimax_optimal(where, t, **sizes)
    assert 0 < optimum.lower <= optimum.upper < 10 * optimum.lower
    assert optimum.upper < 0.2
    # the bulk alone is no harder, and a widened outlier no easier
    bulk = pr.minimax_optimal(pr.Interval(0.01, 0.1), t, **sizes)
    assert bulk.lower <= optimum.upper
    wide = pr.Union([(0.01, 0.1), (outlier * 0.99, outlier * 1.01)])
    assert optimum.lower <= pr.minimax_optimal(wide, t, **sizes).upper
    again = pr.rate(optimum.method, where).worst_case(t, **sizes)
    assert again == pytest.approx(optimum.upper, rel=1e-9)


def test_dyadic_outliers_are_sharp():
    where = pr.Union([(0.01, 0.1), (0.5, 0.5), (1, 1)])
    for t in (10, 20, 30):
        optimum = pr.minimax_optimal(where, t, residual=1, drift=0.01)
        assert float(optimum.gap) < 1e-9 * optimum.upper


def test_no_cross_error_on_a_union():
    """P may be any cλ on each piece there: the value holds, the lower end may not."""
    where = pr.Union([(0.01, 0.02), (0.9, 1)])
    optimum = pr.minimax_optimal(where, 20, initial=1, cross=0)
    fine = pr.minimax_optimal(where, 20, initial=1, cross=0, digits=20)
    assert optimum.lower <= float(fine.upper) * (1 + 1e-12)
    assert float(fine.lower) * (1 - 1e-12) <= optimum.upper < 1.01 * float(fine.upper)


def test_only_the_constant_is_called_so():
    assert "P* = 1" not in repr(pr.minimax_optimal(pr.Interval(1, 100), 40, initial=1, cross=0))
    assert "P* = 1" not in repr(
        pr.minimax_optimal(pr.Union([(1, 2), (8, 9)]), 9, initial=1, cross=0)
    )
    assert "P* = 1" in repr(pr.minimax_optimal(pr.Interval(1, 100), 4, initial=1, cross=100))
