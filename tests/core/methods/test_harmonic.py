"""The Sobolev method of harmonic measure: what it minimises, how near it is to the optimum."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction as F
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Chebyshev

import polyrates as pr
from polyrates.core.methods.harmonic_rows import harmonic_rows
from polyrates.core.methods.harmonic_steps import harmonic_steps
from polyrates.ground.numbers import lam

FORMS = ("initial/cross", "residual/drift")


def moment(k: int, ell: F, L: F) -> Any:
    """∫λ^k dω exactly, √(ℓL) rational: Chebyshev's moments of λ^{k−1} times √(ℓL)."""
    root = sympy.sqrt(sympy.Rational(ell) * sympy.Rational(L))
    if k == 0:
        return sympy.Integer(1)
    x = sympy.Symbol("x")
    middle, half = sympy.Rational(L + ell) / 2, sympy.Rational(L - ell) / 2
    series = sympy.Poly((middle + half * x) ** (k - 1), x)
    # the mean of x^{2j} over the circle is binomial(2j, j)/4^j
    return root * sum(
        c * sympy.binomial(n, n // 2) / 2**n for (n,), c in series.terms() if n % 2 == 0
    )


def exact_optimum(ell: F, L: F, t: int, eta: F, form: str) -> Any:
    """The minimiser by its normal equations in monomials."""
    powers = [lam**k for k in range(t + 1)]
    errors = [p - lam * sympy.diff(p, lam) if form == FORMS[0] else p for p in powers]
    slopes = [sympy.diff(p, lam) for p in powers]

    def mean(expression: Any) -> Any:
        poly = sympy.Poly(sympy.expand(expression), lam)
        return sum(c * moment(k, ell, L) for (k,), c in poly.terms())

    rational = sympy.Rational(eta)
    gram = sympy.Matrix(
        t + 1, t + 1,
        lambda i, j: mean(errors[i] * errors[j]) + rational * mean(slopes[i] * slopes[j]),
    )  # fmt: skip
    start = sympy.Matrix([1] + [0] * t)
    solution = gram.LUsolve(start)
    return sympy.expand(sum(c * p for c, p in zip(solution / solution[0], powers, strict=True)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("ell", "L"), [(F(1), F(9)), (F(1, 2), F(2))])
def test_exactly_the_minimiser(form: str, ell: F, L: F) -> None:
    """√κ is rational: ξ = 1/2, 1/3, and everything stays in the rationals."""
    method = pr.HarmonicSobolev(ell, L, F(3, 2), form)
    for t in range(8):
        found = pr.residual_polynomial(method, t).as_expr()
        assert sympy.expand(found - exact_optimum(ell, L, t, F(3, 2), form)) == 0


def quadrature_optimum(ell: float, L: float, t: int, eta: float, form: str) -> Any:
    """The same by least squares at many Chebyshev points, for large t."""
    theta = (np.arange(4000) + 0.5) * math.pi / 4000
    points = (L + ell) / 2 + (L - ell) / 2 * np.cos(theta)
    weights = 1 / points
    weights /= weights.sum()
    k = np.arange(t + 1)
    value = np.cos(np.outer(theta, k))
    slope = np.sin(np.outer(theta, k)) * k / np.sin(theta)[:, None] * 2 / (L - ell)
    error = value - points[:, None] * slope if form == FORMS[0] else value
    rows = np.concatenate([np.sqrt(weights)[:, None] * error,
                           np.sqrt(eta * weights)[:, None] * slope])  # fmt: skip
    scale = 1 / np.sqrt(np.sum(rows**2, axis=0))
    triangle = np.linalg.qr(rows * scale, mode="r")
    at_zero = np.cosh(k * math.acosh((L + ell) / (L - ell))) * (-1.0) ** k
    q = scale * np.linalg.solve(triangle, np.linalg.solve(triangle.T, at_zero * scale))
    return Chebyshev(q / (at_zero @ q), domain=[ell, L])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("L", "eta"), [(3, 1.0), (10, 0.01), (10, 50.0), (100, 2.0), (1000, 3.0)])
def test_the_minimiser_in_floats(form: str, L: float, eta: float) -> None:
    method = pr.HarmonicSobolev(1, L, eta, form)
    points = np.linspace(1, L, 60)
    for t in (1, 2, 3, 4, 5, 6, 7, 13, 40, 80):
        found = pr.residual_values(method, t, points)[0]
        other = quadrature_optimum(1, L, t, eta, form)(points)
        assert np.max(np.abs(found - other)) < 1e-9 * np.max(np.abs(other))


@pytest.mark.parametrize(
    ("L", "cross", "worst", "late"),
    [(10, 0.1, 1.11, 1.01), (10, 1, 1.16, 1.003), (100, 0.1, 1.11, 1.04), (100, 1, 1.16, 1.02)],
)
def test_it_stays_near_the_optimum(L: float, cross: float, worst: float, late: float) -> None:
    """The price of not knowing the horizon, and that it tends to 1."""
    interval = pr.Interval(1, L)
    method = pr.near_minimax(interval, initial=1, cross=cross)
    guarantee = pr.rate(method, interval)
    prices = [
        float(guarantee.worst_case(t, initial=1, cross=cross))
        / pr.minimax_optimal(interval, t, initial=1, cross=cross).value
        for t in (1, 2, 3, 5, 8, 13, 21, 34, 55)
    ]
    assert all(1 - 1e-10 <= price < worst for price in prices)
    assert prices[-1] < late


def test_its_weight_is_the_limit_of_the_optimum_s() -> None:
    """η = g²s/(a²(1 − s)) of the certified optimum tends to that of the closed form."""
    eta = pr.near_minimax((1, 10), initial=1, cross=1).eta
    distance = [
        abs(pr.minimax_optimal((1, 10), t, initial=1, cross=1).eta / eta - 1)
        for t in (25, 50, 100, 200)
    ]
    assert distance[-1] < 0.01
    assert sorted(distance, reverse=True) == distance
    assert pr.near_minimax((1, 10), initial=2, cross=2).eta == pytest.approx(eta, rel=1e-15)
    scaled = pr.near_minimax((3, 30), initial=1, cross=3).eta
    assert scaled == pytest.approx(9 * eta, rel=1e-15)


Rational = flint.fmpq


def optima(xi: F, eta: F, form: str, steps: int, points: list[Any]) -> list[list[Any]]:
    """P*_t at points y by the normal equations on Chebyshev's polynomials, ∫T_jT_k dω known.

    η in units of (2/(L − ℓ))²; y = c is λ = 0.
    """
    size = steps + 1
    x, c = Rational(xi.numerator, xi.denominator), None
    c = (x + 1 / x) / 2

    def mean(u: list[Any], v: list[Any]) -> Any:
        return sum(
            (
                a * b * (x ** abs(j - k) + x ** (j + k)) / 2
                for j, a in enumerate(u) if a != 0
                for k, b in enumerate(v) if b != 0
            ),
            Rational(0),
        )  # fmt: skip

    errors, slopes = [], []
    for n in range(size):
        p = [Rational(int(k == n)) for k in range(size + 1)]
        # T_n′ = nU_{n−1} = 2n(T_{n−1} + T_{n−3} + …), half where it is T_0
        d = [Rational(0)] * (size + 1)
        for k in range(n - 1, -1, -2):
            d[k] = Rational(n if k == 0 else 2 * n)
        if form == FORMS[0]:  # P + (c − y)P′, yT_k = (T_{k+1} + T_{|k−1|})/2
            for k in range(size):
                p[k] += c * d[k]
                p[k + 1] -= d[k] / 2
                p[abs(k - 1)] -= d[k] / 2
        errors.append(p)
        slopes.append(d)
    weight = Rational(eta.numerator, eta.denominator)
    gram = [
        [mean(errors[i], errors[j]) + weight * mean(slopes[i], slopes[j]) for j in range(size)]
        for i in range(size)
    ]
    values = [[Rational(1), y] for y in [*points, c]]
    for row in values:
        while len(row) < size:
            row.append(2 * row[1] * row[-1] - row[-2])
    *at_points, at_zero = values
    found = []
    for t in range(steps + 1):
        matrix = flint.fmpq_mat(
            t + 1, t + 1, [gram[i][j] for i in range(t + 1) for j in range(t + 1)]
        )
        q = matrix.solve(flint.fmpq_mat(t + 1, 1, at_zero[: t + 1])).entries()
        unit = sum(a * b for a, b in zip(q, at_zero, strict=False))
        found.append([sum(a * b for a, b in zip(q, row, strict=False)) / unit for row in at_points])
    return found


def by_heavy_ball(xi: F, eta: F, form: str, steps: int, points: list[Any]) -> list[list[Any]]:
    """The realization that queries p_n/p_n(c), heavy ball's iterates: far from x* at small κ."""
    x, weight = (Rational(v.numerator, v.denominator) for v in (xi, eta))
    c = (x + 1 / x) / 2
    found = []
    for y in points:
        past, row = [], [Rational(1)]  # (S, S(0)) of n − 1, n − 2, n − 3
        p, at_c = [Rational(1), y - x], [Rational(1), c - x]
        past, total = [(Rational(1), Rational(1))], Rational(1)
        kernel = Rational(1)
        for n, each in enumerate(harmonic_rows(x, weight, form == FORMS[0]), start=1):
            if n > steps:
                break
            if n == 2:
                p.append((2 * y + x) * p[1] - (1 - x * x) * p[0])
                at_c.append((2 * c + x) * at_c[1] - (1 - x * x) * at_c[0])
            elif n > 2:
                p.append(2 * y * p[-1] - p[-2])
                at_c.append(2 * c * at_c[-1] - at_c[-2])
            s, s0 = (
                sum((m * v[n - j] for j, m in enumerate(each.spread) if j <= n), Rational(0))
                for v in (p, at_c)
            )
            for m, (before, at_zero) in zip(each.link, past, strict=False):
                s, s0 = s - m * before, s0 - m * at_zero
            total, kernel = total + s0 * s0 / each.norm, kernel + s * s0 / each.norm
            row.append(kernel / total)
            past = [(s, s0), *past[:2]]
        found.append(row)
    return [list(column) for column in zip(*found, strict=True)]


def by_the_method(xi: F, eta: F, form: str, steps: int, points: list[Any]) -> list[list[Any]]:
    """On [(1 − ξ)², (1 + ξ)²]/(4ξ), of width 1, √κ = (1 − ξ)/(1 + ξ) is rational."""
    ell, L = ((1 + sign * xi) ** 2 / (4 * xi) for sign in (-1, 1))
    method = pr.HarmonicSobolev(ell, L, eta / 4, form)

    def number(value: Any) -> Any:
        return Rational(int(value.p), int(value.q))

    states = [[Rational(1)] * 8 for _ in points]
    c = (Rational(xi.numerator, xi.denominator) + Rational(xi.denominator, xi.numerator)) / 2
    lams = [(c - y) / 2 for y in points]
    found = [[Rational(1) for _ in points]]
    for step in itertools.islice(method.transitions(number), steps):
        for i, lam_ in enumerate(lams):
            q = sum(a * b for a, b in zip(step.query, states[i], strict=True))
            states[i] = [
                sum(a * b for a, b in zip(row, states[i], strict=True)) - gain * lam_ * q
                for row, gain in zip(step.mixing, step.gain, strict=True)
            ]
        found.append([state[0] for state in states])
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_two_realizations_and_the_normal_equations_agree_exactly(form: str, seed: int) -> None:
    """Degree ≤ 20: equal at 21 points is equal; ξ and η random and rational."""
    rng = random.Random(f"{form}{seed}")
    xi = F(rng.randrange(1, 40), 40)
    eta = F(rng.randrange(1, 1000), rng.randrange(1, 1000))
    steps = 20 if seed == 1 else 9
    points = [Rational(2 * k - steps, steps + 3) for k in range(steps + 1)]
    asked = (xi, eta, form, steps, points)
    safe = by_the_method(*asked)
    assert safe == by_heavy_ball(*asked)
    assert safe == optima(*asked)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kappa", [1e-2, 1e-5])
def test_no_query_is_farther_than_the_start(form: str, kappa: float) -> None:
    """As run in floats, t ≤ 1000, at 60 points of the interval with both ends."""
    method = pr.HarmonicSobolev(kappa, 1.0, kappa, form)
    points = kappa + (1 - kappa) * np.cos(np.linspace(0, math.pi, 60) / 2) ** 2
    state, largest = np.ones((8, 60)), 0.0
    for step in itertools.islice(method.transitions(float), 1000):
        query = np.array(step.query, dtype=float) @ state
        largest = max(largest, float(np.abs(query).max()))
        state = np.array(step.mixing, dtype=float) @ state - np.outer(step.gain, points * query)
    assert largest <= 1 + 1e-12


@pytest.mark.parametrize(
    ("kappa", "eta", "form", "lost"),
    [(1e-3, 1e-6, FORMS[0], 1e-11), (1e-3, 1e-3, FORMS[0], 1e-12), (1e-3, 1e-3, FORMS[1], 1e-12)],
)
def test_floats_lose_little(kappa: float, eta: float, form: str, lost: float) -> None:
    """At t = 200 against the same method in 200 digits; 4e-9, 2e-11 and 6e-12 on heavy ball's."""
    method = pr.HarmonicSobolev(kappa, 1.0, eta, form)
    points = [kappa, 3 * kappa, 0.1, 0.45, 1.0]
    found = pr.residual_values(method, 200, np.array(points))[0]
    with mpmath.workdps(200):
        xi = (1 - mpmath.sqrt(mpmath.mpf(kappa))) / (1 + mpmath.sqrt(mpmath.mpf(kappa)))
        width = 1 - mpmath.mpf(kappa)
        given = iter((xi, 4 * xi / width, 4 * mpmath.mpf(eta) / width**2))
        values = [mpmath.mpf(1)]
        steps = harmonic_steps(method.parameters, form == FORMS[0], lambda _: next(given))
        states = [[mpmath.mpf(1)] * 8 for _ in points]
        for step in itertools.islice(steps, 200):
            for i, each in enumerate(points):
                q = mpmath.fdot(step.query, states[i])
                states[i] = [
                    mpmath.fdot(row, states[i]) - gain * each * q
                    for row, gain in zip(step.mixing, step.gain, strict=True)
                ]
        values = [float(state[0]) for state in states]
    scale = max(map(abs, values))
    assert max(abs(a - b) for a, b in zip(found, values, strict=True)) < lost * scale


class Cosh:
    """f = Σ h_i(cosh(x_i − θ) − 1): x* = θ, ∂x* = 1, ∂_θ∇f = −∇²f."""

    h = np.linspace(0.01, 1, 50)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.h * np.sinh(x)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.h * np.cosh(x) * v

    def cross(self, x: np.ndarray) -> np.ndarray:
        return -self.h * np.cosh(x)


@pytest.mark.parametrize(
    ("start", "eta", "error"), [(0.1, 4e-4, 0.00214), (0.1, 8e-4, 0.00226), (0.2, 8e-4, None)]
)
def test_off_quadratics(start: float, eta: float, error: float | None) -> None:
    """Where heavy ball's queries, 9 times as far as the start, overflow."""
    method = pr.HarmonicSobolev(0.01, 1, eta, FORMS[1])
    run = pr.differentiate(method, Cosh(), np.full(50, start), 40)  # type: ignore[arg-type]
    found = float(np.linalg.norm(run.jacobians[-1] - 1) / math.sqrt(50))
    if error is not None:
        assert round(found, 5) == error
    else:
        assert found < 0.003
    assert np.linalg.norm(run.iterates[-1]) < 0.01 * np.linalg.norm(run.iterates[0])


def test_it_runs_in_jax_and_torch() -> None:
    """lax.scan in 64 bits, and torch, against numpy's loop, beyond quadratics."""
    jax = pytest.importorskip("jax")
    torch = pytest.importorskip("torch")
    method = pr.near_minimax((0.01, 1), residual=1, drift=0.02)
    x0 = np.full(50, 0.1)
    plain = pr.run(method, Cosh().gradient, x0, 40)
    here = torch.tensor(Cosh.h)
    other = pr.run(method, lambda x: here * torch.sinh(x), torch.tensor(x0), 40)
    assert np.allclose(other.numpy(), plain, rtol=1e-10, atol=1e-15)
    from polyrates.execution.jax import scan_run

    with jax.enable_x64(True):
        h = jax.numpy.array(Cosh.h)
        found = jax.jit(lambda x: scan_run(method, lambda z: h * jax.numpy.sinh(z), x, 40))(
            jax.numpy.array(x0)
        )
    assert np.allclose(np.asarray(found), plain, rtol=1e-10, atol=1e-15)


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(1.01, 1e4), st.floats(1e-6, 1e6), st.sampled_from(FORMS))
def test_units_do_not_matter(unit: float, L: float, eta: float, form: str) -> None:
    points = np.linspace(1, L, 7)
    one = pr.residual_values(pr.HarmonicSobolev(1.0, L, eta, form), 12, points)[0]
    other = pr.residual_values(
        pr.HarmonicSobolev(unit, L * unit, eta * unit**2, form), 12, points * unit
    )[0]
    assert np.allclose(one, other, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_it_runs_and_differentiates(form: str) -> None:
    rng = np.random.default_rng(3)
    directions = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    eigenvalues = np.linspace(0.01, 1, 12)
    method = pr.HarmonicSobolev(0.01, 1, 1e-3, form)
    problem = pr.Quadratic(
        (directions * eigenvalues) @ directions.T, rng.normal(size=12),
        np.eye(12), rng.normal(size=12),
    )  # fmt: skip
    run = pr.differentiate(method, problem, rng.normal(size=12), 300)
    assert np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian) < 1e-9
    assert pr.verify(method, problem, 60).ok


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kappa", "eta"), [(1e-4, 1e-8), (1e-6, 1e-3), (1e-8, 1.0)])
def test_floats_carry_it_far(form: str, kappa: float, eta: float) -> None:
    """Floats against balls of the same method at t = 200, small κ."""
    method = pr.HarmonicSobolev(kappa, 1, eta, form)
    points = kappa + (1 - kappa) * np.cos(np.linspace(0, math.pi, 4001) / 2) ** 2
    value = float(np.max(np.abs(pr.residual_values(method, 200, points)[0])))
    lower, upper = pr.rate(method, (kappa, 1)).residual.enclosure(200)
    assert upper <= lower * (1 + 1e-9)
    assert value == pytest.approx(lower, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0, 1, 1), "ell"), ((1, 1, 1), "L"), ((1, 2, 0), "eta"),
        ((1, 2, -1, "residual/drift"), "eta"),
        ((1, 2, 1, "cross"), "form"),
    ],
)  # fmt: skip
def test_bad_arguments(arguments: tuple[Any, ...], word: str) -> None:
    with pytest.raises(pr.InvalidValue, match=word):
        pr.HarmonicSobolev(*arguments)


@pytest.mark.parametrize(
    ("where", "sizes", "word"),
    [
        ((0, 1), {"initial": 1, "cross": 1}, "ell"),
        ((1, 2), {"residual": 0, "drift": 1}, "residual"),
        (pr.Union([(1, 2), (5, 6)]), {"residual": 1, "drift": 1}, "interval"),
    ],
)
def test_bad_questions(where: Any, sizes: dict[str, Any], word: str) -> None:
    with pytest.raises(pr.InvalidValue, match=word):
        pr.near_minimax(where, **sizes)


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(pr.InvalidValue, match="standing still is optimal"):
        pr.near_minimax((0, 2), initial=1, cross=1)
