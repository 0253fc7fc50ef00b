"""Every pair (R, C) against finite differences, JAX and exact algebra, for all kinds of methods."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ESTIMATORS as EXACT_ESTIMATORS
from support import exact_methods

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.methods.restarted import Restarted
from polyrates.core.recurrence import walk
from polyrates.execution.run import Iterates
from polyrates.measurement.verify import predicted_errors

ELL, L, STEPS = 0.05, 1.0, 14
METHODS: dict[str, pr.Method] = {
    "gradient descent": pr.GradientDescent(1.6),
    "heavy ball": pr.HeavyBall.tuned(ELL, L),
    "Nesterov": pr.Nesterov.tuned(ELL, L),
    "Chebyshev": pr.Chebyshev(ELL, L),
    "Sobolev": Sobolev(pr.GegenbauerDensity(ELL, L, 0), 0.3),
    "tabulated": pr.Tabulated([0.9, 1.7] * 7, [0.3, 0.1] * 7, [0.2, 0.0] * 7),
    "weighted": pr.WeightedIterates(pr.Chebyshev(ELL, L), [1 / 15] * 15),
    "restarted": Restarted(pr.Nesterov.tuned(ELL, L), pr.Chebyshev(ELL, L), 5),
}
ESTIMATORS: dict[str, pr.Estimator] = {
    "unrolled": pr.Unrolled(),
    "start 0": pr.Truncated(0),
    "start 5": pr.Truncated(5),
    "start beyond the end": pr.Truncated(40),
    "last 0": pr.Truncated(last=0),
    "last 4": pr.Truncated(last=4),
    "one step": pr.OneStep(),
    "implicit": pr.Implicit(),
    "implicit, inner": pr.Implicit(pr.HeavyBall.tuned(ELL, L), 6),
    "implicit, no inner step": pr.Implicit(pr.Chebyshev(ELL, L), 0),
}


def at(problem: pr.Quadratic, theta: float) -> pr.Quadratic:
    """The problem at another parameter."""
    return pr.Quadratic(problem.H + theta * problem.dH, problem.b + theta * problem.db,
                        problem.dH, problem.db)  # fmt: skip


def finite_difference(method, problem, x0, dx0, estimator, h=1e-3):  # type: ignore[no-untyped-def]
    """The estimate as the derivative of a program, with what is stopped held fixed (4th order)."""

    def central(function):  # type: ignore[no-untyped-def]
        near = (function(h) - function(-h)) / (2 * h)
        return (4 * (function(h / 2) - function(-h / 2)) / h - near) / 3

    if isinstance(estimator, pr.Implicit):
        x = pr.run(method, problem.gradient, x0, STEPS)
        right = central(lambda theta: at(problem, theta).gradient(x))
        if estimator.inner is None:
            return -np.linalg.solve(problem.H, right)
        return pr.run(estimator.inner, lambda v: problem.H @ v + right, dx0, estimator.inner_steps)
    s = estimator.reset_at(STEPS) if isinstance(estimator, pr.Truncated) else 0
    if s == STEPS and isinstance(estimator, pr.Truncated):
        return dx0
    frozen = list(walk(method, Iterates(x0, problem.gradient), s))[-1][1]

    def program(theta):  # type: ignore[no-untyped-def]
        carrier = Iterates(x0 + theta * dx0, at(problem, theta).gradient)
        begin = (s, tuple(point + theta * dx0 for point in frozen))
        return list(walk(method, carrier, STEPS, begin))[-1][0]

    return central(program)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("name", METHODS)
def test_finite_differences(name: str, estimator: str) -> None:
    """The executed estimate, the commuting and the two-variable prediction: one number."""
    method, chosen = METHODS[name], ESTIMATORS[estimator]
    for commuting in (True, False):
        problem = pr.Quadratic.random(pr.Interval(ELL, L), 6, 4, commuting=commuting)
        scaled = pr.Quadratic(problem.H, problem.b, 0.1 * problem.dH, problem.db)
        x0, dx0 = np.random.default_rng(1).standard_normal((2, 6))
        expected = finite_difference(method, scaled, x0, dx0, chosen)
        ours = pr.differentiate(method, scaled, x0, STEPS, chosen, dx0).jacobians[-1]
        np.testing.assert_allclose(ours, expected, atol=2e-8 * (1 + np.max(np.abs(expected))))
        formula = "commuting" if commuting else "two-variable"
        error = predicted_errors(method, scaled, x0, dx0, STEPS, chosen, formula)[-1]
        np.testing.assert_allclose(scaled.solution_jacobian + error, ours, atol=1e-10)


@pytest.mark.parametrize("estimator", ["unrolled", "start 5", "last 4", "one step"])
@pytest.mark.parametrize("name", METHODS)
def test_jax_with_stop_gradient(name: str, estimator: str) -> None:
    """JAX's jvp of a loop written from the method's table, the whole state stopped at s."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    method, chosen = METHODS[name], ESTIMATORS[estimator]
    problem = pr.Quadratic.random(pr.Interval(ELL, L), 5, 2, commuting=False)
    x0 = np.random.default_rng(3).standard_normal(5)
    table = method.table(STEPS)
    s = chosen.reset_at(STEPS) if isinstance(chosen, pr.Truncated) else 0

    def final(theta):  # type: ignore[no-untyped-def]
        H = jnp.asarray(problem.H) + theta * jnp.asarray(problem.dH)
        b = jnp.asarray(problem.b) + theta * jnp.asarray(problem.db)
        state = jnp.tile(jnp.asarray(x0), (table.gain.shape[1], 1))
        for k in range(STEPS):
            if k == s:
                state = jax.lax.stop_gradient(state)
            g = H @ (table.query[k] @ state) + b
            state = table.mixing[k] @ state - jnp.outer(table.gain[k], g)
        return table.output[STEPS - 1] @ state

    x, dx = jax.jvp(final, (0.0,), (1.0,))
    ours = pr.differentiate(method, problem, x0, STEPS, chosen)
    np.testing.assert_allclose(ours.iterates[-1], x, atol=1e-12)
    np.testing.assert_allclose(ours.jacobians[-1], dx, atol=1e-11 * (1 + np.max(np.abs(dx))))


@pytest.mark.parametrize("estimator", EXACT_ESTIMATORS)
def test_exact_pairs(estimator: str) -> None:
    """R(0) = 1 (0 for the exact solve), degrees, and the two forms of one error, exactly."""
    chosen = EXACT_ESTIMATORS[estimator]
    for name, method in exact_methods().items():
        for t in (0, 1, 4, 6):
            pair = pr.error_polynomials(method, t, chosen)
            assert pair.residual.eval(0) == (0 if estimator == "implicit, exact" else 1), name
            assert pair.residual.degree() <= chosen.degree(t)
            difference = (
                pair.residual.as_expr() - pr.lam * pair.drift.as_expr() - pair.initial.as_expr()
            )
            assert difference.expand().cancel() == 0
            if estimator == "implicit, exact":
                P = pr.residual_polynomial(method, t).as_expr()
                assert (pair.drift * pr.lam + P).expand() == 0


def test_gradient_descent_in_closed_form() -> None:
    """(R, C) = (P_{t−s}, P_{t−s}′P_s), and the multiplier P_{t−s}[λ, μ]P_s(μ)."""
    method = pr.GradientDescent(F(1, 7))
    for t, s in ((5, 0), (5, 2), (5, 5), (3, 9)):
        pair = pr.error_polynomials(method, t, pr.Truncated(s))
        r = min(s, t)
        tail, head = (pr.residual_polynomial(method, k) for k in (t - r, r))
        if t < s:
            tail, head = pr.residual_polynomial(method, 0), pr.residual_polynomial(method, 0)
        assert pair.residual == tail and pair.drift == tail.diff(pr.lam) * head


def test_the_pair_depends_on_the_realization() -> None:
    """Chebyshev on [1, 20], t = 10, s = 5: three-term recurrence 0.96, Richardson steps 1741."""
    ell, top = 1.0, 20.0
    roots = (top + ell) / 2 + (top - ell) / 2 * np.cos(np.pi * (np.arange(10) + 0.5) / 10)
    interval = pr.Interval(ell, top)
    three_term = pr.rate(pr.Chebyshev(ell, top), interval, pr.Truncated(5)).residual.enclosure(10)[
        1
    ]
    assert three_term == pytest.approx(0.96, abs=0.005)
    richardson = pr.Richardson(sorted(1 / roots))
    assert pr.rate(richardson, interval, pr.Truncated(5)).residual.enclosure(10)[
        1
    ] == pytest.approx(1741, rel=1e-3)
    whole = pr.rate(richardson, interval).residual.enclosure(10)[1]
    assert whole == pytest.approx(
        pr.rate(pr.Chebyshev(ell, top), interval).residual.enclosure(10)[1], rel=1e-6
    )


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), t=st.integers(0, STEPS), s=st.integers(0, 20), data=st.data())
def test_laws_of_truncation(seed: int, t: int, s: int, data: st.DataObject) -> None:
    """start and last agree; start 0 is unrolling; t < start is the start; one step is last 1."""
    name = data.draw(st.sampled_from(sorted(METHODS)))
    method = METHODS[name]
    problem = pr.Quadratic.random(pr.Interval(ELL, L), 4, seed, commuting=data.draw(st.booleans()))
    x0, dx0 = np.random.default_rng(seed).standard_normal((2, 4))

    def last(estimator: pr.Estimator) -> np.ndarray:
        return pr.differentiate(method, problem, x0, t, estimator, dx0).jacobians[-1]

    whole = last(pr.Unrolled())
    tolerance = 1e-12 * (1 + np.max(np.abs(whole)))
    np.testing.assert_allclose(last(pr.Truncated(0)), whole, atol=tolerance)
    np.testing.assert_allclose(last(pr.Truncated(last=t)), whole, atol=tolerance)
    if s <= t:
        np.testing.assert_allclose(
            last(pr.Truncated(s)), last(pr.Truncated(last=t - s)), atol=tolerance
        )
    else:
        np.testing.assert_array_equal(last(pr.Truncated(s)), dx0)
    np.testing.assert_array_equal(last(pr.OneStep()), last(pr.Truncated(last=1)))


def test_constant_hessian_leaves_the_residual_alone() -> None:
    """∂H = 0: the error is R(H)E for every estimator, and 0 for the exact solve."""
    problem = pr.Quadratic.random(pr.Interval(ELL, L), 5, 0)
    still = pr.Quadratic(problem.H, problem.b, 0 * problem.dH, problem.db)
    x0, dx0 = np.random.default_rng(0).standard_normal((2, 5))
    values, vectors = still.eigensystem
    from polyrates.numeric.ring import ValueRing

    for chosen in ESTIMATORS.values():
        for method in METHODS.values():
            run = pr.differentiate(method, still, x0, STEPS, chosen, dx0)
            R = chosen.pair(method, STEPS, ValueRing(values)).residual
            E = dx0 - still.solution_jacobian
            expected = vectors @ (R * (vectors.T @ E))
            np.testing.assert_allclose(
                run.jacobians[-1] - still.solution_jacobian, expected, atol=1e-11
            )


def test_warm_starts() -> None:
    """A warm x_0 shrinks D, a warm dx_0 shrinks E: both scale the error, exactly."""
    problem = pr.Quadratic.random(pr.Interval(ELL, L), 5, 1)
    rng = np.random.default_rng(5)
    x0, dx0 = rng.standard_normal((2, 5))
    for chosen in ESTIMATORS.values():
        far = pr.differentiate(METHODS["Chebyshev"], problem, x0, STEPS, chosen, dx0)
        warm_x = problem.solution + 0.1 * (x0 - problem.solution)
        warm_dx = problem.solution_jacobian + 0.1 * (dx0 - problem.solution_jacobian)
        near = pr.differentiate(METHODS["Chebyshev"], problem, warm_x, STEPS, chosen, warm_dx)
        truth = problem.solution_jacobian
        np.testing.assert_allclose(
            near.jacobians[-1] - truth, 0.1 * (far.jacobians[-1] - truth), atol=1e-12
        )


def test_bad_input() -> None:
    chebyshev = pr.Chebyshev(1, 10)
    for make, named in [
        (lambda: pr.Truncated(-1), "start"), (lambda: pr.Truncated(last=-1), "last"),
        (lambda: pr.Truncated(1, 2), "start, last"), (lambda: pr.Truncated(), "start, last"),
        (lambda: pr.Truncated(1.5), "start"),  # type: ignore[arg-type]
        (lambda: pr.Implicit(inner_steps=3), "inner_steps"),
        (lambda: pr.Implicit(chebyshev), "inner_steps"),
        (lambda: pr.Implicit(chebyshev, -1), "inner_steps"),
        (lambda: pr.Implicit(pr.Richardson([1, 2]), 3), "inner_steps"),
        (lambda: pr.Implicit(3, 3), "inner"),  # type: ignore[arg-type]
    ]:  # fmt: skip
        with pytest.raises(pr.PolyratesError) as caught:
            make()
        assert caught.value.argument == named  # type: ignore[attr-defined]
