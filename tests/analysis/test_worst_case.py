"""The tight joint worst case under attack: approached from below, never passed, attained."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

import polyrates as pr
from polyrates.analysis.worst_case import enclose
from polyrates.ground.errors import InvalidArgument
from polyrates.problems.sizes import joint_sizes

INITIAL, RESIDUAL = ("initial", "cross"), ("residual", "drift")
Pair = tuple[Callable[[np.ndarray], np.ndarray], ...]

ESTIMATORS: dict[str, pr.Estimator] = {
    "unrolled": pr.Unrolled(),
    "truncated": pr.Truncated(3),
    "one step": pr.OneStep(),
    "inner solve": pr.Implicit(pr.Chebyshev(1, 10), 3),
}
METHODS: dict[str, pr.Method] = {
    "gradient descent": pr.GradientDescent(0.19),
    "heavy ball": pr.HeavyBall.tuned(1, 10),
    "Nesterov": pr.Nesterov.tuned(1, 10),
    "Chebyshev": pr.Chebyshev(1, 10),
    "Sobolev": pr.Sobolev(pr.GegenbauerDensity(1, 10, 0), 5),
    "Richardson": pr.Richardson([0.3, 0.11, 0.7, 0.15, 0.12, 0.25, 0.4, 0.1]),
}


def sizes(form: tuple[str, str], first: Any = 1, second: Any = 1) -> dict[str, Any]:
    return dict(zip(form, (first, second), strict=True))


def error_functions(
    method: pr.Method, estimator: pr.Estimator, t: int, form: tuple[str, str]
) -> Pair:
    """A, A′, B, B′ as functions of arrays: series through scalar runs at Chebyshev nodes."""
    degree = t + (getattr(estimator, "inner_steps", 0) or 0)
    nodes = 5.5 + 4.5 * np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    R, C = pair_at(method, estimator, t, nodes)
    result = []
    for values in (R - nodes * C if form == INITIAL else R, C):
        series = np.polynomial.Chebyshev.fit(nodes, values, degree, domain=[1, 10])
        result += [series, series.deriv()]
    return tuple(result)


def attack(
    functions: Pair, a: float, g: float, dimension: int, seed: int, enough: float
) -> tuple[float, np.ndarray, np.ndarray]:
    """The largest ‖A(H)E + B(H)G‖ found: eigenvalues in [1, 10] and a direction u, by ascent.

    For a unit u the best E and G give u·error = a‖Au‖ + g‖Bu‖; both u and the eigenvalues move.
    """
    rng = np.random.default_rng(seed)
    A, dA, B, dB = functions
    best: tuple[float, np.ndarray, np.ndarray] = (0.0, np.ones(dimension), np.ones(dimension))

    def loss(z: np.ndarray) -> tuple[float, np.ndarray]:
        x, u = z[:dimension], z[dimension:]
        size = float(np.linalg.norm(u))
        v = u / size
        p, q = a * A(x), g * B(x)
        P, Q = float(np.linalg.norm(p * v)), float(np.linalg.norm(q * v))
        by_p, by_q = (1 / P if P > 0 else 0.0), (1 / Q if Q > 0 else 0.0)
        slope_x = (p * a * dA(x) * by_p + q * g * dB(x) * by_q) * v**2
        slope_v = (p * p * by_p + q * q * by_q) * v
        slope_u = (slope_v - (slope_v @ v) * v) / size
        return -(P + Q) / scale, -np.concatenate([slope_x, slope_u]) / scale

    grid = np.linspace(1, 10, 400)
    height = a * np.abs(A(grid)) + g * np.abs(B(grid))
    scale = float(np.max(height))
    peaks = [f**8 / np.sum(f**8) for f in (height, np.abs(A(grid)), np.abs(B(grid)))]
    bounds = [(1.0, 10.0)] * dimension + [(-2.0, 2.0)] * dimension
    for restart in range(500):
        if restart >= 40 and best[0] >= enough:
            break
        # starts anywhere, or with each eigenvalue where one of the two errors is large
        x = 1 + 9 * rng.random(dimension)
        if rng.random() < 0.7:
            x = np.array([rng.choice(grid, p=peaks[rng.integers(3)]) for _ in range(dimension)])
        start = np.concatenate([x, rng.normal(size=dimension).clip(-2, 2)])
        found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B",
                         options={"ftol": 1e-15, "gtol": 1e-12, "maxiter": 300})  # fmt: skip
        if -found.fun * scale > best[0]:
            v = found.x[dimension:]
            best = -float(found.fun) * scale, found.x[:dimension], v / np.linalg.norm(v)
    return best


CASES: list[tuple[str, str, tuple[str, str], float, float, int, int]] = [
    ("gradient descent", "unrolled", INITIAL, 1, 1, 4, 2),
    ("gradient descent", "truncated", RESIDUAL, 1, 3, 6, 3),
    ("heavy ball", "unrolled", INITIAL, 1, 1, 6, 4),
    ("heavy ball", "one step", RESIDUAL, 2, 1, 5, 3),
    ("Nesterov", "unrolled", INITIAL, 1, 2, 5, 5),
    ("Nesterov", "truncated", INITIAL, 1, 2, 5, 2),
    ("Chebyshev", "unrolled", RESIDUAL, 1, 0.3, 7, 6),
    ("Chebyshev", "inner solve", INITIAL, 1, 1, 4, 3),
    ("Chebyshev", "truncated", RESIDUAL, 1, 5, 7, 2),
    ("Sobolev", "unrolled", INITIAL, 1, 1, 6, 2),
    ("Sobolev", "unrolled", RESIDUAL, 1, 0.3, 7, 3),
    ("Richardson", "unrolled", INITIAL, 3, 1, 8, 2),
    ("Richardson", "unrolled", INITIAL, 1, 10, 5, 6),
    ("Richardson", "inner solve", RESIDUAL, 1, 1, 6, 4),
]


@pytest.mark.parametrize(("m", "e", "form", "a", "g", "t", "dimension"), CASES)
def test_attack(
    m: str, e: str, form: tuple[str, str], a: float, g: float, t: int, dimension: int
) -> None:
    method, estimator = METHODS[m], ESTIMATORS[e]
    where = pr.Interval(1, 10)
    bound = float(pr.rate(method, where, estimator).worst_case(t, **sizes(form, a, g)))
    functions = error_functions(method, estimator, t, form)
    reached, eigenvalues, direction = attack(
        functions, a, g, dimension, seed=t, enough=bound * (1 - 1e-8)
    )
    assert reached <= bound * (1 + 1e-10)
    assert reached >= bound * (1 - 1e-6)
    # the same attack as a run: a dense Hessian, real vectors, the tangent recursion
    A, _, B, _ = functions
    E, G = A(eigenvalues) * direction, B(eigenvalues) * direction
    E, G = (a * E / max(np.linalg.norm(E), 1e-300), g * G / max(np.linalg.norm(G), 1e-300))
    rotation = np.linalg.qr(np.random.default_rng(7).normal(size=(dimension, dimension)))[0]
    D = G - eigenvalues * E if form == INITIAL else G
    turn = lambda d: rotation @ np.diag(d) @ rotation.T  # noqa: E731
    problem = pr.Quadratic(turn(eigenvalues), np.zeros(dimension), turn(D), np.zeros(dimension))
    x0, dx0 = rotation @ np.ones(dimension), rotation @ E
    path = pr.differentiate(method, problem, x0, t, estimator=estimator, dx0=dx0)
    # an inner solve starts at 0, so its start is −∂x* = 0, not dx0: only the others are comparable
    if not isinstance(estimator, pr.Implicit):
        observed = float(np.linalg.norm(path.jacobians[-1]))
        assert observed == pytest.approx(reached, rel=1e-6)
        assert observed <= bound * (1 + 1e-9)


@given(
    name=st.sampled_from(sorted(METHODS)),
    kind=st.sampled_from(sorted(ESTIMATORS)),
    form=st.sampled_from([INITIAL, RESIDUAL]),
    t=st.integers(0, 8),
    g=st.floats(0, 50),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=150)
def test_no_random_problem_passes_it(
    name: str, kind: str, form: tuple[str, str], t: int, g: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    method, estimator = METHODS[name], ESTIMATORS[kind]
    n = int(rng.integers(1, 7))
    low, high = np.sort(1 + 9 * rng.random(2))
    spectrum: Any = pr.Union([(1, low), (high, 10)]) if rng.random() < 0.4 else pr.Interval(1, 10)
    inside = [(float(p), float(q)) for p, q in spectrum.support]
    x = np.array([rng.uniform(*inside[rng.integers(len(inside))]) for _ in range(n)])
    E, G = rng.normal(size=n), rng.normal(size=n)
    E, G = E / np.linalg.norm(E), g * G / np.linalg.norm(G)
    parts = pr.rate(method, spectrum, estimator)
    bound = float(parts.worst_case(t, **sizes(form, 1, g)))
    R, C = pair_at(method, estimator, t, x)
    A = R - x * C if form == INITIAL else R
    assert np.linalg.norm(A * E + C * G) <= bound * (1 + 1e-9)
    # and the bound is between the single maximum and the sum of the maxima
    first = parts.initial if form == INITIAL else parts.residual
    both = first.enclosure(t)[1] + g * parts.drift.enclosure(t)[1]
    assert float(np.max(np.abs(A) + g * np.abs(C))) <= bound * (1 + 1e-9)
    assert bound <= both * (1 + 1e-9)


def pair_at(
    method: pr.Method, estimator: pr.Estimator, t: int, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(R, C) at points by running the estimator on scalar problems ½λx², one for each point.

    With x_0 = 1 and b = 0: a start E and no ∂H gives R E; a start 0 and ∂H = 1 gives C.
    """
    residual, drift = np.empty(len(x)), np.empty(len(x))
    for i, value in enumerate(x):
        for dH, dx0, out in ((0.0, 1.0, residual), (1.0, 0.0, drift)):
            problem = pr.Quadratic([[value]], [0.0], [[dH]], [0.0])
            path = pr.differentiate(
                method, problem, np.ones(1), t, estimator=estimator, dx0=np.array([dx0])
            )
            out[i] = path.jacobians[t, 0]
    if isinstance(estimator, pr.Implicit):  # its inner solve starts at 0: R from the inner method
        assert estimator.inner is not None and estimator.inner_steps is not None
        residual = pr.residual_values(estimator.inner, estimator.inner_steps, x)[0]
    return residual, drift


# -- the single maximum is no bound ---------------------------------------------------------------


def test_the_single_maximum_is_passed_exactly() -> None:
    """Two eigenvalues, each with one of the two errors: √(A² + B²) against max(|A|, |B|).

    P has P(1) = 3/5, P′(1) = 0, P′(2) = 4/5, P(2) = 8/5: then (A, B) = (3/5, 0) at λ = 1 and
    (0, 4/5) at λ = 2, the single maximum of |A| + |B| is 4/5, and the true worst case is 1.
    """
    x = pr.lam
    c = sp.symbols("c1:5")
    P = 1 + sum(ck * x ** (k + 1) for k, ck in enumerate(c))
    slope = sp.diff(P, x)
    solved = sp.solve(
        [P.subs(x, 1) - sp.Rational(3, 5), slope.subs(x, 1), slope.subs(x, 2) - sp.Rational(4, 5),
         P.subs(x, 2) - sp.Rational(8, 5)], c,
    )  # fmt: skip
    method = pr.realize(sp.Poly(P.subs(solved), x), (1, 2))
    where = pr.Union([(1, 1), (2, 2)])
    bound = float(pr.rate(method, where).worst_case(4, initial=1, cross=1))
    assert bound == pytest.approx(1, rel=1e-12)
    A, B = method_errors(method, 4, np.array([1.0, 2.0]))
    assert float(np.max(np.abs(A) + np.abs(B))) == pytest.approx(0.8, rel=1e-12)
    # E = e_1, G = e_2, and the run has error exactly 1: more than 4/5
    problem = pr.Quadratic(np.diag([1.0, 2.0]), np.zeros(2), np.diag([-1.0, 1.0]), np.zeros(2))
    path = pr.differentiate(method, problem, np.ones(2), 4, dx0=np.array([1.0, 0.0]))
    assert float(np.linalg.norm(path.jacobians[-1])) == pytest.approx(1, rel=1e-12)


def method_errors(method: pr.Method, t: int, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    P, slope = pr.residual_values(method, t, x)
    return P - x * slope, slope


@pytest.mark.parametrize(
    ("name", "form", "t", "g"),
    [("Sobolev", RESIDUAL, 7, 0.3), ("Sobolev", INITIAL, 6, 1), ("Richardson", INITIAL, 5, 10)],
)
def test_the_single_maximum_is_passed_by_runs(
    name: str, form: tuple[str, str], t: int, g: float
) -> None:
    """On a whole interval: a run's error lies above max over λ of a|A| + g|B|."""
    method, where = METHODS[name], pr.Interval(1, 10)
    x = np.linspace(1, 10, 20001)
    P, slope = pr.residual_values(method, t, x)
    A = P - x * slope if form == INITIAL else P
    single = float(np.max(np.abs(A) + g * np.abs(slope)))
    problem, x0, dx0 = pr.worst_case_problem(method, where, t, **sizes(form, 1, g))
    observed = np.linalg.norm(pr.differentiate(method, problem, x0, t, dx0=dx0).jacobians[-1])
    assert len(x0) == 2
    assert observed > 1.04 * single


# -- attained -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(METHODS))
@pytest.mark.parametrize("kind", ["unrolled", "truncated", "one step"])
@pytest.mark.parametrize("form", [INITIAL, RESIDUAL])
def test_the_problem_attains_it(name: str, kind: str, form: tuple[str, str]) -> None:
    method, estimator, where = METHODS[name], ESTIMATORS[kind], pr.Interval(1, 10)
    for t, a, g in ((1, 1, 1), (4, 2, F(1, 3)), (7, 1, 20), (5, 0, 1), (6, 1, 0)):
        given = sizes(form, a, g)
        bound = float(pr.rate(method, where, estimator).worst_case(t, **given))
        problem, x0, dx0 = pr.worst_case_problem(method, where, t, estimator=estimator, **given)
        assert problem.commutes
        assert not np.any(problem.linear) and not np.any(problem.cross(np.zeros(len(x0))))
        values = np.linalg.eigvalsh(problem.hessian)
        assert len(values) <= 2 and values[0] >= 1 - 1e-12 and values[-1] <= 10 + 1e-12
        E, D = dx0, np.diag(problem.hessian_derivative()) * x0
        assert np.linalg.norm(E) == pytest.approx(float(a), rel=1e-12, abs=1e-14)
        second = D + np.diag(problem.hessian) * E if form == INITIAL else D
        assert np.linalg.norm(second) == pytest.approx(float(g), rel=1e-11, abs=1e-13)
        path = pr.differentiate(method, problem, x0, t, estimator=estimator, dx0=dx0)
        assert np.linalg.norm(path.jacobians[-1]) == pytest.approx(bound, rel=1e-9, abs=1e-14)


def test_union_and_measures_are_attained_on_their_support() -> None:
    method = pr.HeavyBall.tuned(1, 10)
    where = pr.Union([(1, 2), (3, 3), (8, 10)])
    problem, x0, dx0 = pr.worst_case_problem(method, where, 4, residual=1, drift=2)
    for value in np.diag(problem.hessian):
        assert any(low - 1e-12 <= value <= high + 1e-12 for low, high in ((1, 2), (3, 3), (8, 10)))
    bound = float(pr.rate(method, where).worst_case(4, residual=1, drift=2))
    path = pr.differentiate(method, problem, x0, 4, dx0=dx0)
    assert np.linalg.norm(path.jacobians[-1]) == pytest.approx(bound, rel=1e-9)


# -- exact values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [INITIAL, RESIDUAL])
@pytest.mark.parametrize(
    "method",
    [
        pr.GradientDescent.large(1, 10), pr.GradientDescent.short(1, 10), pr.Chebyshev(1, 10),
        pr.GradientDescent(F(1, 7)), pr.HeavyBall.tuned(1, 4), pr.Nesterov.tuned(1, 4),
    ],
)  # fmt: skip
def test_exact_values_equal_certified_ones(method: pr.Method, form: tuple[str, str]) -> None:
    """Where both maxima meet at an end, the value is exact, and the float enclosure holds it."""
    where = pr.Interval(1, 4) if isinstance(method, (pr.HeavyBall, pr.Nesterov)) else (1, 10)
    for t in (0, 1, 2, 5, 9):
        value = pr.rate(method, where).worst_case(t, **sizes(form, F(3, 2), 2))
        again = pr.rate(method, where).worst_case(t, **sizes(form, 1.5, 2.0))
        assert isinstance(again, float)
        assert again == pytest.approx(float(value), rel=1e-10)
        if isinstance(value, sp.Expr):
            assert not value.has(sp.Float)
            assert again >= float(value) * (1 - 1e-14)


def test_chebyshev_and_gradient_descent_are_recognized() -> None:
    where = pr.Interval(1, 10)
    value = pr.rate(pr.Chebyshev(1, 10), where).worst_case(3, initial=1, cross=2)
    rate = pr.rate(pr.Chebyshev(1, 10), where)
    assert value == rate.initial(3) + 2 * rate.cross(3)
    assert isinstance(value, sp.Rational)
    large = pr.rate(pr.GradientDescent.large(1, 10), where)
    assert large.worst_case(6, initial=1, cross=1) == large.initial(6) + large.cross(6)


def test_zero_sizes_leave_one_part() -> None:
    rate = pr.rate(pr.HeavyBall.tuned(1, 10), pr.Interval(1, 10))
    for t in (1, 6):
        assert float(rate.worst_case(t, initial=3, cross=0)) == pytest.approx(
            3 * float(rate.initial(t)), rel=1e-12
        )
        assert float(rate.worst_case(t, residual=0, drift=3)) == pytest.approx(
            3 * float(rate.drift(t)), rel=1e-12
        )
        assert rate.worst_case(t, residual=0, drift=0) == 0


# -- without commutation --------------------------------------------------------------------------


def test_the_bound_without_commutation_holds() -> None:
    """max|R|‖E‖ + max|P′|‖∂H‖_F‖x_0 − x*‖ for any ∂H."""
    rng = np.random.default_rng(1)
    method, t = pr.Chebyshev(1, 10), 5
    rate = pr.rate(method, pr.Interval(1, 10))
    for _ in range(300):
        n = int(rng.integers(2, 7))
        eigenvalues = np.concatenate([[1.0, 10.0], 1 + 9 * rng.random(n - 2)])
        M = rng.normal(size=(n, n))
        dH = (M + M.T) / 2
        problem = pr.Quadratic(np.diag(eigenvalues), np.zeros(n), dH, np.zeros(n))
        x0, dx0 = rng.normal(size=n), rng.normal(size=n)
        error = np.linalg.norm(pr.differentiate(method, problem, x0, t, dx0=dx0).jacobians[-1])
        E, size = float(np.linalg.norm(dx0)), float(np.linalg.norm(dH) * np.linalg.norm(x0))
        assert error <= rate.worst_case(t, residual=E, hessian=size) * (1 + 1e-12)
    exact = rate.worst_case(t, residual=1, hessian=F(1, 2))
    assert exact == rate.residual(t) + rate.drift(t) / 2


def test_the_initial_cross_bound_needs_commutation() -> None:
    """A search finds a ∂H that does not commute and an error above the initial/cross bound."""
    method, t = pr.GradientDescent(0.19), 2
    rate = pr.rate(method, pr.Interval(1, 10))
    H = np.diag([1.0, 10.0])

    def parts(z: np.ndarray) -> tuple[float, float, float]:
        dH = np.array([[z[0], z[1]], [z[1], z[2]]])
        x0, E = z[3:5], z[5:7]
        problem = pr.Quadratic(H, np.zeros(2), dH, np.zeros(2))
        error = np.linalg.norm(pr.differentiate(method, problem, x0, t, dx0=E).jacobians[-1])
        return float(error), float(np.linalg.norm(E)), float(np.linalg.norm(dH @ x0 + H @ E))

    initial, cross = float(rate.initial(t)), float(rate.cross(t))

    def loss(z: np.ndarray) -> float:
        error, e, g = parts(z)
        return -error / (initial * e + cross * g + 1e-12)

    rng = np.random.default_rng(0)
    best = min(
        (minimize(loss, rng.normal(size=7), method="Nelder-Mead", options={"maxiter": 600})
         for _ in range(4)),
        key=lambda r: r.fun,
    )  # fmt: skip
    error, e, g = parts(best.x)
    assert error > 1.01 * float(rate.worst_case(t, initial=e, cross=g))


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [-1, math.inf, math.nan, "x", None, True, 1j])
def test_refused_sizes(bad: Any) -> None:
    rate = pr.rate(pr.Chebyshev(1, 10), pr.Interval(1, 10))
    hessian = {"residual": 1, "hessian": bad}
    for chosen in (sizes(INITIAL, bad, 1), sizes(RESIDUAL, 1, bad), hessian):
        with pytest.raises((pr.InvalidValue, pr.InvalidType)):
            rate.worst_case(2, **chosen)


@pytest.mark.parametrize(
    "given",
    [{}, {"initial": 1}, {"initial": 1, "drift": 1}, {"initial": 1, "cross": 1, "drift": 1}],
)
def test_one_form_is_needed(given: dict[str, Any]) -> None:
    rate = pr.rate(pr.Chebyshev(1, 10), pr.Interval(1, 10))
    with pytest.raises(InvalidArgument, match=r"initial|residual"):
        rate.worst_case(2, **given)
    with pytest.raises(InvalidArgument, match=r"initial|residual"):
        pr.worst_case_problem(pr.Chebyshev(1, 10), (1, 10), 2, **given)


def test_without_commutation_the_gaps_count() -> None:
    """P[λ, μ] is a mean of P′ over what lies between λ and μ, in the support or not."""
    lam = pr.lam
    polynomial = sp.Poly(1 + 2 * lam - sp.Rational(3, 2) * lam**2 + lam**3 / 3, lam)
    method = pr.realize(polynomial, pr.Interval(1, 2))  # P′ = (λ − 1)(λ − 2)
    bound = pr.rate(method, pr.Empirical([1, 2])).worst_case(3, residual=0, hessian=1)
    dH = np.array([[0.0, 1.0], [1.0, 0.0]]) / np.sqrt(2)
    problem = pr.Quadratic(np.diag([1.0, 2.0]), np.zeros(2), dH, np.zeros(2))
    observed = pr.differentiate(method, problem, np.array([0.0, 1.0]), 3).jacobians[-1]
    assert 0.1 < np.linalg.norm(observed) <= bound


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 2}, {"residual": 1, "drift": 2}])
@pytest.mark.parametrize(
    "support", [[(1, 2), (9, 10)], [(1, 2), (6, 6)], [(3, 3)], [(2, 2), (5, 5)]]
)
def test_the_exact_solve_on_pieces(support, sizes):
    """Only the support counts: what P does in the gaps is no lower bound."""
    where, method = pr.Union(support), pr.Richardson([F(1, 2), F(1, 9)])
    lam = np.concatenate([np.linspace(low, high, 4001) for low, high in support])
    P = np.abs((1 - lam / 2) * (1 - lam / 9))
    for t in (1, 2):
        P_t = np.abs(1 - lam / 2) if t == 1 else P
        first, second = sizes.values()
        found = enclose(method, where, pr.Implicit(), t, joint_sizes(sizes))
        if "drift" in sizes:
            true = np.max(P_t * second / lam)
        else:
            true = min(
                np.max(P_t * np.sqrt(first**2 / s + (second / lam) ** 2 / (1 - s)))
                for s in np.linspace(0.005, 0.995, 397)
            )
        assert found.lower <= true * (1 + 1e-3)
        assert true <= found.upper * (1 + 1e-3)
        assert all(any(a <= x <= b for a, b in support) for x in found.points)
