"""Every named method against the loop of its source, written out: runs, polynomials, rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction as F
from itertools import islice

import mpmath
import numpy as np
import pytest
import sympy as sp

import polyrates as pr
from polyrates.core.methods.accelerated import FISTA, OptimizedGradient, TripleMomentum
from polyrates.core.methods.averaging import AveragedIterates, ExponentialAverage, ScheduleFree
from polyrates.core.methods.catalogue import NAMES, entry_of, look_of
from polyrates.core.methods.lookahead import Lookahead
from polyrates.core.methods.step_schedules import ArcsineSteps, SilverSteps

Gradient = Callable[[object], object]
Loop = Callable[[Gradient, object], Iterator[object]]
"""x_0, x_1, … of a method on a gradient; numbers, arrays or mpmath."""


def fista(h: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        y, t = x, mpmath.mpf(1)
        yield x
        while True:
            before, x = x, y - h * g(y)
            after = (1 + mpmath.sqrt(1 + 4 * t * t)) / 2
            y, t = x + number((t - 1) / after, x) * (x - before), after
            yield x

    return loop


def number(value: object, like: object) -> object:
    """A factor that numpy takes where numpy runs."""
    return float(value) if isinstance(like, (np.ndarray, float, complex)) else value


def rational_fista(h: object, a: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        y, n = x, 1
        yield x
        while True:
            before, x = x, y - h * g(y)
            t, after = (n + a - 1) / a, (n + a) / a
            y, n = x + (t - 1) / after * (x - before), n + 1
            yield x

    return loop


def convex_nesterov(h: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        y, t = x, 0
        yield x
        while True:
            before, x = x, y - h * g(y)
            y, t = x + F(t, t + 3) * (x - before), t + 1
            yield x

    return loop


def optimized(h: object, steps: int) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        y, theta = x, mpmath.mpf(1)
        yield x
        for i in range(steps):
            ahead = x - h * g(x)
            factor = 8 if i == steps - 1 else 4
            after = (1 + mpmath.sqrt(1 + factor * theta**2)) / 2
            a, b = number((theta - 1) / after, x), number(theta / after, x)
            x, y = ahead + a * (ahead - y) + b * (ahead - x), ahead
            theta = after
            yield x

    return loop


def triple(ell: object, L: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        rho = number(1 - 1 / mpmath.sqrt(mpmath.mpf(L) / ell), x)
        alpha, beta = (1 + rho) / L, rho**2 / (2 - rho)
        gamma, delta = rho**2 / ((1 + rho) * (2 - rho)), rho**2 / (1 - rho**2)
        before = now = x
        yield x
        while True:
            y = (1 + gamma) * now - gamma * before
            before, now = now, (1 + beta) * now - beta * before - alpha * g(y)
            yield (1 + delta) * now - delta * before

    return loop


def silver(h: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        pattern: list[object] = []
        rho = 1 + mpmath.sqrt(2)
        k = 0
        while len(pattern) < 64:  # [π, 1 + ρ^{k−1}, π]
            pattern, k = [*pattern, 1 + rho ** (k - 1), *pattern], k + 1
        yield x
        for each in pattern:
            x = x - h * number(each, x) * g(x)
            yield x

    return loop


def arcsine(ell: object, L: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        places = [F(1, 2)]
        while len(places) < 64:  # a new bit in front of all the others, the odd ones first
            size = 2 * places[0].denominator if len(places) == 1 else 2 * places[-1].denominator
            places += [F(1, size) + each for each in [F(0), *places] if F(1, size) + each < 1]
        yield x
        for v in places:
            half = mpmath.cos(mpmath.pi * v.numerator / v.denominator) / 2
            root = (mpmath.mpf(L) + ell) / 2 - (mpmath.mpf(L) - ell) * half
            x = x - g(x) / number(root, x)
            yield x

    return loop


def averaged(inner: Loop, start: int) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        points: list[object] = []
        for each in inner(g, x):
            points.append(each)
            late = points[start:] or points[-1:]
            yield sum(late[1:], late[0]) / len(late)

    return loop


def exponential(inner: Loop, d: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        mean = x
        for t, each in enumerate(inner(g, x)):
            mean = d * mean + (1 - d) * each if t else mean
            yield mean

    return loop


def schedule_free(h: object, beta: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        z, t = x, 0
        yield x
        while True:
            y = (1 - beta) * z + beta * x
            z = z - h * g(y)
            c = F(1, t + 1)
            x, t = (1 - c) * x + c * z, t + 1
            yield x

    return loop


def descent(h: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        while True:
            yield x
            x = x - h * g(x)

    return loop


def heavy_ball(h: object, m: object) -> Loop:
    def loop(g: Gradient, x: object) -> Iterator[object]:
        v = 0 * x
        while True:
            yield x
            v = m * v - h * g(x)
            x = x + v

    return loop


def lookahead_velocity(h: object, m: object, k: int, share: object, reset: bool) -> Loop:
    """Around v⁺ = mv − hg, x⁺ = x + v⁺: the velocity is kept, or begins at 0 again."""

    def loop(g: Gradient, x: object) -> Iterator[object]:
        slow, v, t = x, 0 * x, 0
        yield x
        while True:
            v = m * v - h * g(x)
            x, t = x + v, t + 1
            if t % k == 0:
                slow = slow + share * (x - slow)
                x = slow
                v = 0 * v if reset else v
            yield x

    return loop


H, M = F(1, 11), F(2, 5)
FAST = pr.HeavyBall(H, M, first_step=H)
EXACT: dict[str, tuple[pr.Method, Loop]] = {
    "FISTA, a = 2": (FISTA(H, 2), rational_fista(H, F(2))),
    "FISTA, a = 7/2": (FISTA(H, F(7, 2)), rational_fista(H, F(7, 2))),
    "Nesterov, convex": (pr.Nesterov.convex(H), convex_nesterov(H)),
    "triple momentum, rational": (
        TripleMomentum.tuned(1, 9),  # √κ = 1/3
        lambda g, x: triple_rational(g, x),
    ),
    "averaged": (AveragedIterates(FAST), averaged(heavy_ball(H, M), 0)),
    "averaged from 3": (AveragedIterates(FAST, 3), averaged(heavy_ball(H, M), 3)),
    "averaged Chebyshev": (
        AveragedIterates(pr.Chebyshev(1, 10), 1),
        averaged(lambda g, x: chebyshev(g, x), 1),
    ),
    "exponential average": (
        ExponentialAverage(FAST, F(3, 4)),
        exponential(heavy_ball(H, M), F(3, 4)),
    ),
    "schedule-free": (ScheduleFree(H), schedule_free(H, F(9, 10))),
    "schedule-free, 1/3": (ScheduleFree(H, F(1, 3)), schedule_free(H, F(1, 3))),
    "lookahead, kept": (
        Lookahead(FAST, 3, F(1, 2)),
        lookahead_velocity(H, M, 3, F(1, 2), False),
    ),
    "lookahead, anew": (
        Lookahead(FAST, 2, F(2, 3), reset=True),
        lookahead_velocity(H, M, 2, F(2, 3), True),
    ),
}


def triple_rational(g: Gradient, x: object) -> Iterator[object]:
    rho = F(2, 3)
    alpha, beta = (1 + rho) / 9, rho**2 / (2 - rho)
    gamma, delta = rho**2 / ((1 + rho) * (2 - rho)), rho**2 / (1 - rho**2)
    before = now = x
    yield x
    while True:
        y = (1 + gamma) * now - gamma * before
        before, now = now, (1 + beta) * now - beta * before - alpha * g(y)
        yield (1 + delta) * now - delta * before


def chebyshev(g: Gradient, x: object) -> Iterator[object]:
    """Saad's form on [1, 10]: σ = θ/δ, ρ_{k+1} = 1/(2σ − ρ_k)."""
    theta, delta = F(11, 2), F(9, 2)
    sigma = theta / delta
    rho, d = 1 / sigma, -g(x) * (1 / theta)
    yield x
    while True:
        x = x + d
        yield x
        after = 1 / (2 * sigma - rho)
        d = after * rho * d - 2 * after / delta * g(x)
        rho = after


FLOATS: dict[str, tuple[pr.Method, Loop]] = {
    "FISTA": (FISTA(0.1), fista(0.1)),
    "optimized gradient": (OptimizedGradient(0.1, 9), optimized(0.1, 9)),
    "optimized gradient, one": (OptimizedGradient(0.1, 1), optimized(0.1, 1)),
    "triple momentum": (TripleMomentum.tuned(1.0, 10.0), triple(1.0, 10.0)),
    "silver": (SilverSteps(0.1), silver(0.1)),
    "arcsine": (ArcsineSteps(1, 10), arcsine(1.0, 10.0)),
}


@pytest.mark.parametrize("name", EXACT)
def test_polynomials_are_the_textbooks(name: str) -> None:
    """On f = ½λx² from 1 the iterate is P_t(λ): Fractions, equal."""
    method, loop = EXACT[name]
    for point in (F(0), F(3), F(-7, 5), F(29, 3)):
        for t, x in enumerate(islice(loop(lambda x, at=point: at * x, F(1)), 9)):
            P = pr.residual_polynomial(method, t)
            assert P.eval(sp.Rational(point.numerator, point.denominator)) == sp.Rational(str(x))


@pytest.mark.parametrize("name", [*EXACT, *FLOATS])
def test_runs_are_the_textbooks_off_quadratics_too(name: str) -> None:
    """On ∇f = Ax + sin x: where the gradient is taken, not only what comes of it on quadratics."""
    method, loop = {**EXACT, **FLOATS}[name]
    rng = np.random.default_rng(1)
    A = np.diag([0.5, 2.0, 8.0])

    def gradient(x: object) -> np.ndarray:
        at = np.asarray(x, dtype=float)  # Fractions beside arrays make arrays of objects
        return np.asarray(A @ at + np.sin(at))

    x0 = rng.standard_normal(3)
    steps = min(12, method.horizon or 12)
    mine = pr.run(method, gradient, x0, steps, history=True)
    theirs = [np.asarray(x, dtype=float) for x in islice(loop(gradient, x0), steps + 1)]
    np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", FLOATS)
def test_values_are_the_textbooks_in_forty_digits(name: str) -> None:
    method, loop = FLOATS[name]
    steps = min(40, method.horizon or 40)
    points = [1.0, 2.5, 9.0, 10.0]
    with mpmath.workdps(40):
        for t in (0, 1, steps // 2, steps):
            P, slope = pr.residual_values(method, t, points)
            for i, point in enumerate(points):
                at = mpmath.mpf(point)
                truth = list(islice(loop(lambda x, at=at: at * x, mpmath.mpf(1)), t + 1))[-1]
                assert abs(P[i] - truth) < 1e-13 * max(1, abs(truth)), (name, t, point)
                # the derivative as a difference of the loop itself
                e = mpmath.mpf(10) ** -15
                up, down = (
                    list(islice(loop(lambda x, at=at + d: at * x, mpmath.mpf(1)), t + 1))[-1]
                    for d in (e, -e)
                )
                assert abs(slope[i] - (up - down) / (2 * e)) < 1e-11 * max(1, abs(slope[i]))


@pytest.mark.parametrize("name", [*EXACT, *FLOATS])
@pytest.mark.parametrize("t", [1, 4, 9])
def test_rates_are_brute_force(name: str, t: int) -> None:
    """Suprema over [1, 10] against the textbook's loop, complex-differentiated on a fine grid."""
    method, loop = {**EXACT, **FLOATS}[name]
    t = min(t, method.horizon or t)
    grid = 5.5 + 4.5 * np.cos(np.linspace(0, np.pi, 1001))
    lam = grid + 1e-30j

    def gradient(x: np.ndarray) -> np.ndarray:
        return np.asarray(lam * x, dtype=complex)

    start = np.ones_like(lam)
    x = np.asarray(list(islice(loop(gradient, start), t + 1))[-1], dtype=complex)
    P, slope = x.real, x.imag / 1e-30
    rate = pr.rate(method, pr.Interval(1, 10))
    for part, values in (
        ("residual", P),
        ("drift", slope),
        ("cross", slope),
        ("initial", P - grid * slope),
    ):
        brute = np.abs(values).max()
        lower, upper = getattr(rate, part).enclosure(t)
        assert lower <= upper <= brute * (1 + 1e-4) and brute <= upper * (1 + 1e-9), part


@pytest.mark.parametrize("t", [1, 2, 3, 6, 11])
def test_the_convex_schedule_has_legendre_s_derivative(t: int) -> None:
    h = F(1, 3)
    P = pr.residual_polynomial(pr.Nesterov.convex(h), t)
    s = sp.Symbol("s", positive=True)
    form = 2 * s ** (t + 1) * sp.diff(sp.legendre(t, s), s) / (t * (t + 1))
    assert sp.expand(P.as_expr().subs(pr.lam, 3 * (1 - s**2)) - form) == 0


def test_published_bounds_of_the_convex_class_hold_on_quadratics() -> None:
    """f(x_n) − f* = max ½λP_n² on [0, 1] in units of L‖x_0 − x*‖², and the bounds are near."""
    grid = np.sin(np.linspace(0, np.pi / 2, 20001)) ** 2

    def worst(method: pr.Method, n: int) -> float:
        return float(np.max(grid * pr.residual_values(method, n, grid)[0] ** 2) / 2)

    rho = 1 + math.sqrt(2)
    for k in (1, 2, 4, 6):
        bound = 1 / (1 + math.sqrt(4 * rho ** (2 * k) - 3))
        assert worst(SilverSteps(1), 2**k - 1) <= bound * (1 + 1e-12)
    assert worst(SilverSteps(1), 63) < worst(pr.GradientDescent(1), 63) / 2
    for n in (1, 2, 5, 20):
        assert worst(FISTA(1), n) <= 2 / (n + 1) ** 2
        theta = [1.0]
        for i in range(n):
            theta.append((1 + math.sqrt(1 + (8 if i == n - 1 else 4) * theta[-1] ** 2)) / 2)
        bound = 1 / (2 * theta[-1] ** 2)
        assert worst(OptimizedGradient(1, n), n) == pytest.approx(bound, rel=1e-6)  # attained


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_arcsine_steps_meet_the_second_kind(k: int) -> None:
    """At 2^k − 1 steps the polynomial is Gegenbauer's with α = 1."""
    t = 2**k - 1
    points = np.linspace(1, 10, 33)
    mine = pr.residual_values(ArcsineSteps(1, 10), t, points)
    theirs = pr.residual_values(pr.Gegenbauer(1, 10, 1), t, points)
    np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-11)


def test_asymptotic_rates() -> None:
    """limsup of the curves' roots: far along, and exactly where it is algebra."""
    where = pr.Interval(1, 10)
    rates = {
        pr.Nesterov.convex(F(1, 10)): sp.sqrt(F(9, 10)),
        TripleMomentum.tuned(1, 9): F(2, 3),
        AveragedIterates(pr.GradientDescent(F(1, 10))): 1,
        AveragedIterates(pr.GradientDescent(F(3, 10))): 2,  # it diverges at λ = 10
        ExponentialAverage(pr.GradientDescent(F(1, 10)), F(1, 2)): F(9, 10),
        ExponentialAverage(pr.GradientDescent(F(1, 10)), F(19, 20)): F(19, 20),
        ScheduleFree(F(1, 10)): 1,
        ScheduleFree(3, F(1, 2)): 14,
    }
    for method, value in rates.items():
        part = pr.rate(method, (1, 9) if isinstance(method, TripleMomentum) else where).residual
        assert part.asymptotic == value and part.asymptotic_status == "argued", method
    for method, value in ((FISTA(0.1), math.sqrt(0.9)), (ArcsineSteps(1, 10), 0.5194938532959157)):
        part = pr.rate(method, where).residual
        assert part.asymptotic == pytest.approx(value, rel=1e-12)
        t, u = (255, 511) if isinstance(method, ArcsineSteps) else (200, 400)
        grid = np.linspace(1, 10, 301)
        a, b = (np.abs(pr.residual_values(method, n, grid)[0]).max() for n in (t, u))
        assert (b / a) ** (1 / (u - t)) == pytest.approx(value, rel=0.02)
    # t P̄_t tends to 1/(hλ), the sum of the geometric series
    P = pr.residual_values(AveragedIterates(pr.GradientDescent(0.1)), 2000, [1.0, 5.0])[0]
    np.testing.assert_allclose(2001 * P, [10.0, 2.0], rtol=1e-9)
    # schedule-free falls like t^{−1/(1−β)}
    a, b = (pr.residual_values(ScheduleFree(0.1, 0.5), n, [5.0])[0][0] for n in (2000, 4000))
    assert math.log2(a / b) == pytest.approx(2, rel=0.01)
    with pytest.raises(pr.NoClosedForm):
        _ = pr.rate(SilverSteps(F(1, 10)), where).residual.asymptotic


NEW = [*EXACT.values(), *FLOATS.values()]


@pytest.mark.parametrize("method", [method for method, _ in NEW], ids=lambda m: m.name)
def test_they_are_nouns_like_the_others(method: pr.Method) -> None:
    assert pr.cite(method) and "\n" not in method.name
    assert pr.latex(method) and method._repr_latex_().startswith("$$")
    assert repr(method) and hash(method) == hash(method)
    entry = entry_of(method)
    assert entry is not None and look_of(method) is entry.look
    assert entry in NAMES.values()
    problem = pr.Quadratic.random(pr.Interval(1.0, 10.0), 4, seed=2)
    steps = min(8, method.horizon or 8)
    for estimator in (pr.Unrolled(), pr.Truncated(2), pr.Implicit(pr.Chebyshev(1, 10), 3)):
        assert pr.verify(method, problem, steps, estimator=estimator).ok
    v = np.arange(4.0)
    forward = pr.differentiate(method, problem, np.ones(4), steps).jacobians[-1]
    assert pr.vjp(method, problem, np.ones(4), steps, v).value == pytest.approx(v @ forward)


def test_exactness_is_refused_with_a_reason() -> None:
    for method in (FISTA(F(1, 10)), OptimizedGradient(F(1, 10), 3), ArcsineSteps(1, 10)):
        with pytest.raises(pr.InexactError, match=r"nested square roots|inverse cosines"):
            pr.residual_polynomial(method, 2)
    with pytest.raises(pr.InexactError, match="is a float"):
        pr.residual_polynomial(FISTA(0.1, 2), 2)


def test_bad_input_is_refused() -> None:
    descent_ = pr.GradientDescent(F(1, 10))
    bad: list[Callable[[], object]] = [
        lambda: FISTA(0),
        lambda: FISTA(1, 0),
        lambda: FISTA(None),
        lambda: OptimizedGradient(1, 0),
        lambda: OptimizedGradient(1, 1.5),
        lambda: TripleMomentum(0, 0, 0, 0),
        lambda: TripleMomentum.tuned(0, 1),
        lambda: SilverSteps(-1),
        lambda: ArcsineSteps(2, 1),
        lambda: AveragedIterates(None),
        lambda: AveragedIterates(descent_, -1),
        lambda: ExponentialAverage(descent_, 1),
        lambda: ExponentialAverage(descent_, -1),
        lambda: ExponentialAverage(3, 0.5),
        lambda: ScheduleFree(1, 2),
        lambda: ScheduleFree(0),
        lambda: Lookahead(descent_, 0, 1),
        lambda: Lookahead(descent_, 2, "x"),
        lambda: Lookahead(descent_, 2, 1, "yes"),
        lambda: Lookahead(None, 2, 1),
        lambda: Lookahead(pr.Richardson([1]), 2, 1, True),
    ]
    for make in bad:
        with pytest.raises(pr.PolyratesError):
            make()
    with pytest.raises(pr.HorizonError):
        pr.run(OptimizedGradient(1, 2), lambda x: x, np.ones(1), 3)
    with pytest.raises(pr.HorizonError):
        pr.run(Lookahead(pr.Richardson([1, 1]), 2, F(1, 2)), lambda x: x, np.ones(1), 3)
    assert len(
        pr.run(Lookahead(pr.Richardson([1, 1]), 2, F(1, 2), True), lambda x: x, np.ones(1), 7)
    )
