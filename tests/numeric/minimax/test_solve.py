"""Attacks on the certified minimax-optimal unrolling polynomial.

*Honest* tests (a bound is never wrong) and *converged* tests (the bounds are close) are separate.
"""

import cmath
import csv
import itertools
import math

import numpy as np
import pytest
from numpy.polynomial import chebyshev
from scipy.optimize import minimize_scalar
from support import REFERENCE

from polyrates.numeric.minimax.extremal import asymptotic_value
from polyrates.numeric.minimax.solve import solve_family, solve_minimax
from polyrates.numeric.suprema.joint import joint_worst_case

FORMS = ("initial/cross", "residual/drift")


def rows(name):
    with open(REFERENCE / name, newline="") as file:
        return list(csv.DictReader(file))


def grid(support, count=2001):
    """Points of the support, dense near the ends of every interval."""
    cosine = (1 - np.cos(np.linspace(0, np.pi, count))) / 2
    return np.concatenate([low + (high - low) * cosine for low, high in support])


def errors(coefficients, domain, lam, form):
    """``A`` and ``B`` of a polynomial, by numpy alone."""
    p = chebyshev.Chebyshev(coefficients, domain=domain)
    value, slope = p(lam), p.deriv()(lam)
    return (value - lam * slope if form == "initial/cross" else value), slope


def worst_case(coefficients, domain, support, form, size, second, share=None):
    """The tight worst case on a grid: a lower bound of the truth, by the points' convex hull."""
    a, b = errors(coefficients, domain, grid(support), form)
    x, y = (size * a) ** 2, (second * b) ** 2
    if share is not None:
        return math.sqrt(np.max(x / share + y / (1 - share)))
    low, high = 1e-12, 1 - 1e-12
    for _ in range(100):
        s = (low + high) / 2
        i = np.argmax(x / s + y / (1 - s))
        low, high = (s, high) if x[i] / s**2 > y[i] / (1 - s) ** 2 else (low, s)
    return math.sqrt(np.max(x / s + y / (1 - s)))


def problems(seed, count):
    """Random questions: intervals, unions, point sets, extreme scales."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        top = 10 ** rng.uniform(-3, 3)
        ell = top * 10 ** rng.uniform(-5, -0.02)
        kind = rng.integers(3)
        if kind == 0:
            support, t = [(ell, top)], int(rng.integers(1, 25))
        elif kind == 1:
            cuts = np.sort(rng.uniform(0, 1, 4))
            cuts = ell + (top - ell) * (cuts - cuts[0]) / (cuts[-1] - cuts[0])
            support, t = [tuple(cuts[:2]), tuple(cuts[2:])], int(rng.integers(1, 10))
        else:
            at = np.sort(rng.uniform(ell, top, rng.integers(1, 7)))
            support, t = [(v, v) for v in at], int(rng.integers(1, 9))
        size = 10 ** rng.uniform(-3, 3)
        second = size * top * 10 ** rng.uniform(-3, 1) if rng.random() > 0.1 else 0.0
        share = None if rng.random() < 0.7 else float(rng.uniform(0.05, 0.95))
        yield support, t, FORMS[rng.integers(2)], size, second, share


# -- reference values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", rows("minimax.csv"), ids=lambda r: f"{r['form'][:3]}-{r['ell']}-{r['L']}-{r['t']}"
)
def test_reference_within_its_bounds(row):
    found = solve_minimax(
        [(float(row["ell"]), float(row["L"]))],
        int(row["t"]),
        form=row["form"],
        size=float(row["a"]),
        second=float(row["g"]),
    )
    # the table has 14 digits, so its ends are known to 1e-13 of the value
    low, high = float(row["lower"]), float(row["upper"])
    assert low * (1 - 2e-13) <= found.lower <= high
    assert low <= found.upper <= high * (1 + 2e-13)
    assert found.gap <= 1e-10
    # where the table's own interval is wide, its s is only as good
    assert abs(found.share - float(row["s"])) < 1e-6 + 20 * math.sqrt(high / low - 1)
    assert len(found.weights) == int(row["contact_points"])


@pytest.mark.parametrize("row", rows("minimax_half.csv"), ids=lambda r: r["t"])
def test_reference_with_fixed_share(row):
    found = solve_minimax(
        [(float(row["ell"]), float(row["L"]))],
        int(row["t"]),
        form="initial/cross",
        size=float(row["a"]),
        second=float(row["g"]),
        share=0.5,
    )
    assert found.lower == pytest.approx(float(row["value"]), rel=1e-11)
    assert found.upper == pytest.approx(float(row["value"]), rel=1e-11)


@pytest.mark.parametrize(("t", "value"), [(20, 0.2894908937917), (40, 0.010596132171028)])
def test_second_weight_zero(t, value):
    """A equioscillates t times (Chebyshev alternation), and P' is as small as P + cλ allows."""
    found = solve_minimax([(0.01, 1.0)], t, form="initial/cross", size=1, second=0)
    assert found.lower == pytest.approx(value, rel=1e-11)
    assert found.gap < 1e-11
    a, _ = errors(found.coefficients, found.hull, found.contact_points, "initial/cross")
    assert len(a) == t
    np.testing.assert_allclose(a * (-1.0) ** np.arange(t) * np.sign(a[0]), found.upper, rtol=1e-10)
    lam = grid([(0.01, 1.0)], 40001)
    _, slope = errors(found.coefficients, found.hull, lam, "initial/cross")
    assert np.max(slope) == pytest.approx(-np.min(slope), rel=1e-5)


def test_chebyshev_is_the_optimum_without_drift():
    for t in (1, 5, 30):
        found = solve_minimax([(1.0, 9.0)], t, form="residual/drift", size=2, second=0)
        exact = 2 / math.cosh(t * math.acosh(1.25))
        assert found.lower <= exact <= found.upper * (1 + 1e-14)
        assert found.gap < 1e-11


# -- honest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_random_problems_are_bracketed(seed):
    sharp = 0
    total = 100
    for support, t, form, size, second, share in problems(seed, total):
        found = solve_minimax(support, t, form=form, size=size, second=second, share=share)
        assert 0 <= found.lower <= found.upper
        ceiling = size if share is None else size / math.sqrt(share)
        assert found.upper <= ceiling * (1 + 1e-9)
        assert np.all(found.weights >= 0)
        assert np.sum(found.weights) == pytest.approx(1)
        inside = [any(lo <= v <= hi for lo, hi in support) for v in found.contact_points]
        assert all(inside)
        p = chebyshev.Chebyshev(found.coefficients, domain=found.hull)
        assert len(found.coefficients) == t + 1
        scale = np.sum(np.abs(found.coefficients)) * math.cosh(
            t * math.acosh(1 + 2 * found.hull[0] / (found.hull[1] - found.hull[0]))
        )
        assert abs(p(0.0) - 1) < 1e-11 * scale
        # the polynomial's own worst case, found by other means, is not above its bound
        reached = worst_case(found.coefficients, found.hull, support, form, size, second, share)
        noise = np.finfo(float).eps * t**2 * np.sum(np.abs(found.coefficients))
        noise *= size * (1 + 40 * found.hull[1] / (found.hull[1] - found.hull[0]))
        noise += 40 * second * t**2 * 1e-16 * np.sum(np.abs(found.coefficients))
        if found.upper > 0 and noise < 1e-3 * found.upper:
            assert reached <= found.upper * (1 + 1e-9) + 10 * noise
        sharp += found.gap <= 1e-9
    assert sharp >= 0.9 * total


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", [[(1.0, 10.0)], [(0.5, 1.0), (2.0, 2.0), (3.0, 4.0)]])
def test_no_feasible_polynomial_beats_the_lower_bound(form, support):
    rng = np.random.default_rng(7)
    t = 6
    found = solve_minimax(support, t, form=form, size=1.0, second=0.7)
    for trial in range(150):
        size = 10.0 ** rng.uniform(-9, 0)
        other = found.coefficients + size * rng.standard_normal(t + 1)
        if trial % 10 == 0:
            other = rng.standard_normal(t + 1)
        other = other / chebyshev.Chebyshev(other, domain=found.hull)(0.0)
        dense = joint_worst_case(*series(other, found.hull, form), support, 1.0, 0.7)
        assert dense.upper >= found.lower
        assert worst_case(other, found.hull, support, form, 1.0, 0.7) <= dense.upper * (1 + 1e-12)


def series(coefficients, hull, form):
    """Chebyshev series of A and B on the hull."""
    slope = chebyshev.chebder(coefficients) * 2 / (hull[1] - hull[0])
    lam = np.array([(hull[0] + hull[1]) / 2, (hull[1] - hull[0]) / 2])
    if form == "residual/drift":
        return np.asarray(coefficients), slope
    return chebyshev.chebsub(coefficients, chebyshev.chebmul(lam, slope)), slope


@pytest.mark.parametrize("form", FORMS)
def test_the_measure_proves_the_lower_bound(form):
    """min over P of a|A| + g|B| in L2(ω*), by an independent least-squares bisection in s."""
    found = solve_minimax([(1.0, 20.0)], 8, form=form, size=1.3, second=2.0)
    lam, w = found.contact_points, np.sqrt(found.weights)
    basis = np.eye(9)
    a = np.column_stack([errors(e, found.hull, lam, form)[0] for e in basis]) * w[:, None] * 1.3
    b = np.column_stack([errors(e, found.hull, lam, form)[1] for e in basis]) * w[:, None] * 2.0
    origin = chebyshev.chebvander((0 - 10.5) / 9.5, 8)[-1]

    def least(s):
        stacked = np.vstack([a / math.sqrt(s), b / math.sqrt(1 - s)])
        solution = np.linalg.solve(stacked.T @ stacked, origin)
        return 1 / math.sqrt(origin @ solution)

    shares = found.share + np.linspace(-0.01, 0.01, 21)
    values = [least(s) for s in shares]
    assert min(values) == pytest.approx(found.lower, rel=1e-9)
    assert min(values) == values[10]
    # the optimality of P for the matching eta
    p = found.coefficients
    gram = a.T @ a / 1.3**2 + found.eta * b.T @ b / 2.0**2
    pull = gram @ p
    assert np.linalg.norm(pull / origin - pull[0] / origin[0]) < 1e-7 * abs(pull[0] / origin[0])


# -- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_value_decreases_in_t_and_with_the_support(form):
    values = list(solve_family([(1.0, 30.0)], range(16), form=form, size=1, second=1))
    assert all(v.gap < 1e-10 for v in values)
    for before, after in itertools.pairwise(values):
        assert after.lower <= before.upper
    for support in ([(2.0, 30.0)], [(1.0, 3.0), (5.0, 30.0)], [(1.0, 1.0), (20.0, 30.0)]):
        smaller = solve_minimax(support, 10, form=form, size=1, second=1)
        assert smaller.lower <= values[10].upper
    assert values[0].upper == 1.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("c", [1e-7, 3.0, 1e9])
def test_scaling(form, c):
    """λ → cλ with second → c second (times any factor of both weights) scales the value only."""
    one = solve_minimax([(1.0, 7.0)], 6, form=form, size=1, second=0.5)
    two = solve_minimax([(c, 7 * c)], 6, form=form, size=2 * c, second=c * c)
    assert two.lower / (2 * c) == pytest.approx(one.lower, rel=1e-11)
    np.testing.assert_allclose(two.coefficients, one.coefficients, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(two.contact_points / c, one.contact_points, rtol=1e-6)


def test_order_and_overlap_of_intervals_do_not_matter():
    one = solve_minimax([(1, 3), (2, 5), (7, 9)], 5, form="initial/cross", size=1, second=1)
    two = solve_minimax([(7, 9), (1, 5)], 5, form="initial/cross", size=1, second=1)
    assert one.upper == two.upper


def test_fixed_share_is_never_better_than_the_best():
    best = solve_minimax([(1.0, 10.0)], 6, form="initial/cross", size=1, second=1)
    for s in (0.2, best.share, 0.9):
        fixed = solve_minimax([(1.0, 10.0)], 6, form="initial/cross", size=1, second=1, share=s)
        assert fixed.upper >= best.lower
        if s == best.share:
            assert fixed.lower == pytest.approx(best.lower, rel=1e-11)


# -- degenerate and closed cases ------------------------------------------------------------------


def test_flat_region_is_recognised_and_certified():
    """On [0.01, 1] with equal weights P = 1 is optimal up to t = 34, and no longer at 35."""
    for t in (2, 20, 34):
        found = solve_minimax([(0.01, 1.0)], t, form="initial/cross", size=3, second=3)
        assert found.upper == 3.0
        assert found.lower > 3 * (1 - 1e-11)
        assert found.share == 1.0
        assert found.eta == math.inf
        np.testing.assert_array_equal(found.coefficients, [1.0] + [0.0] * t)
    beyond = solve_minimax([(0.01, 1.0)], 35, form="initial/cross", size=3, second=3)
    assert beyond.upper < 2.8
    family = list(solve_family([(0.01, 1.0)], [10, 33, 35], form="initial/cross", size=3, second=3))
    assert [f.share == 1 for f in family] == [True, True, False]
    assert family[2].upper == pytest.approx(beyond.upper, rel=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_cases_without_computation(form):
    support = [(1.0, 4.0)]
    assert solve_minimax(support, 0, form=form, size=2, second=1).upper == 2
    assert solve_minimax(support, 5, form=form, size=0, second=1).upper == 0
    assert solve_minimax(support, 5, form=form, size=0, second=0).upper == 0
    zero = solve_minimax([(0.0, 4.0)], 5, form=form, size=2, second=1)
    assert zero.lower == zero.upper == 2
    point = solve_minimax([(3.0, 3.0)], 2, form=form, size=2, second=1)
    assert point.upper == 0
    np.testing.assert_allclose(errors(point.coefficients, point.hull, 3.0, form), 0, atol=1e-15)
    linear = solve_minimax([(3.0, 3.0)], 1, form=form, size=2, second=1)
    expected = 2 if form == "initial/cross" else 1 / 3
    assert linear.lower <= expected <= linear.upper
    large = solve_minimax([(3.0, 3.0)], 1, form=form, size=2, second=60)
    assert large.upper == 2


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("second", [0.0, 1.0])
def test_finite_spectra_are_annihilated_when_the_degree_allows(form, second):
    points = [(1.0, 1.0), (2.5, 2.5), (4.0, 4.0)]
    lam = np.array([1.0, 2.5, 4.0])
    needed = 6 if second else (4 if form == "initial/cross" else 3)
    exact = solve_minimax(points, needed, form=form, size=1, second=second)
    assert exact.upper == 0
    a, b = errors(exact.coefficients, exact.hull, lam, form)
    np.testing.assert_allclose(a, 0, atol=1e-13)
    np.testing.assert_allclose(second * b, 0, atol=1e-13)
    assert solve_minimax(points, needed - 1, form=form, size=1, second=second).lower > 1e-3


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"support": [(-1.0, 2.0)]}, "support"),
        ({"support": [(2.0, 1.0)]}, "support"),
        ({"support": []}, "support"),
        ({"t": -1}, "t"),
        ({"size": -1.0}, "size"),
        ({"second": math.inf}, "second"),
        ({"share": 1.0}, "share"),
        ({"form": "both"}, "form"),
        ({"t": 400, "support": [(9.9, 10.0)]}, "digits"),
    ],
)
def test_bad_arguments_are_named(change, name):
    arguments = {"support": [(1.0, 2.0)], "t": 3, "form": FORMS[0], "size": 1.0, "second": 1.0}
    with pytest.raises(ValueError, match=name):
        arguments |= change
        solve_minimax(arguments.pop("support"), arguments.pop("t"), **arguments)


# -- more digits, long horizons, speed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("ell", "t", "form"), [(0.1, 300, FORMS[0]), (0.001, 300, FORMS[0]), (0.01, 200, FORMS[1])]
)
def test_long_horizons(ell, t, form):
    found = solve_minimax([(ell, 1.0)], t, form=form, size=1, second=1)
    assert found.lower > 0
    assert found.gap <= 1e-10


def test_family_agrees_with_single_solutions():
    family = list(solve_family([(1.0, 10.0)], range(1, 61), form="initial/cross", size=1, second=1))
    assert max(f.gap for f in family) <= 1e-10
    for t in (1, 2, 9, 60):
        single = solve_minimax([(1.0, 10.0)], t, form="initial/cross", size=1, second=1)
        assert single.upper == pytest.approx(family[t - 1].upper, rel=1e-10)


def test_start_from_a_neighbour():
    first = solve_minimax([(1.0, 10.0)], 19, form="initial/cross", size=1, second=1)
    for t in (19, 20, 12):
        warm = solve_minimax([(1.0, 10.0)], t, form="initial/cross", size=1, second=1, start=first)
        cold = solve_minimax([(1.0, 10.0)], t, form="initial/cross", size=1, second=1)
        assert warm.upper == pytest.approx(cold.upper, rel=1e-11)
        assert warm.gap < 1e-10


def outer_function_value(ell: float, L: float, t: int) -> float:
    """min over s of ξ^t D(w₀)(τ + √(τ² + 4)), a = g = 1, with complex numbers as it is written."""
    xi = (math.sqrt(L) - math.sqrt(ell)) / (math.sqrt(L) + math.sqrt(ell))

    def value(log_odds: float) -> float:
        rho = math.exp(log_odds / 2)  # √(s/(1 − s))
        s = rho**2 / (1 + rho**2)
        z = (-(L + ell) - 2j * rho) / (L - ell)
        w1 = min((z + cmath.sqrt(z * z - 1), z - cmath.sqrt(z * z - 1)), key=abs)
        size = xi / abs(w1) * abs(1 + xi * w1) ** 2 / (1 - xi**2) ** 2 / math.sqrt(s)
        q = 2 * (xi * w1 / (1 + xi * w1)).real + 2 * xi**2 / (1 - xi**2)
        tau = (1 / xi - xi) * (t + q)
        return float(xi**t * size * (tau + math.sqrt(tau * tau + 4)))

    found = minimize_scalar(value, bounds=(-30, 30), method="bounded", options={"xatol": 1e-9})
    return float(found.fun)


def test_asymptotic_value():
    for ell, top, t, second, ratio in [
        (1, 10, 40, 1, 0.99957), (1, 100, 80, 1, 0.9986), (0.01, 1, 40, 0, 1.00003),
    ]:  # fmt: skip
        value = solve_minimax([(ell, top)], t, form="initial/cross", size=1, second=second).upper
        closed = asymptotic_value(ell, top, t, size=1, second=second)
        assert closed / value == pytest.approx(ratio, abs=6e-5)
    for ell, top, t in ((1, 10, 900), (1, 100, 80), (1, 10, 3)):
        assert asymptotic_value(ell, top, t, size=1, second=1) == pytest.approx(
            outer_function_value(ell, top, t), rel=1e-6, abs=0
        )
    assert asymptotic_value(0, 10, 9, size=3, second=1) == 3
    with pytest.raises(ValueError, match="ell"):
        asymptotic_value(2, 1, 3, size=1, second=1)


# -- the joint worst case of given error functions ------------------------------------------------


# -- an independent solver ------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_agrees_with_a_cone_solver(form):
    cp = pytest.importorskip("cvxpy")
    t, ell, top = 10, 1.0, 20.0
    lam = grid([(ell, top)], 20 * t)
    basis = [errors(e, (ell, top), lam, form) for e in np.eye(t + 1)]
    a, b = (np.column_stack([pair[i] for pair in basis]) for i in (0, 1))
    origin = chebyshev.chebvander(-(ell + top) / (top - ell), t)[-1]
    p, s, x = cp.Variable(t + 1), cp.Variable(), cp.Variable(len(lam))
    problem = cp.Problem(
        cp.Maximize(origin / abs(origin[-1]) @ p),
        [
            cp.SOC(x + s, cp.vstack([2 * (a @ p), x - s])),
            cp.SOC(2 - x - s, cp.vstack([2 * (b @ p), s - x])),
        ],
    )
    problem.solve(solver="CLARABEL")
    value = 1 / problem.value / abs(origin[-1])
    found = solve_minimax([(ell, top)], t, form=form, size=1, second=1)
    assert value <= found.upper * (1 + 1e-7)
    assert value == pytest.approx(found.lower, rel=2e-3)
