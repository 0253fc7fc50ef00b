"""Conjugate gradients: as solver, inside implicit differentiation, and differentiated in full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quadratics import CG, problem_of

import polyrates as pr


@pytest.mark.parametrize("d", [2, 5, 12])
def test_it_solves_in_d_steps_and_no_method_is_nearer_in_energy(d: int) -> None:
    problem = problem_of(np.geomspace(0.05, 1, d), d)
    x0 = np.random.default_rng(1).standard_normal(d)
    points = pr.run(CG, problem.gradient, x0, d, history=True)
    assert points.shape == (d + 1, d)
    assert np.linalg.norm(points[-1] - problem.solution) < 1e-8
    # the best point of x_0 + span(g, Hg, …), by least squares in the energy norm
    L = np.linalg.cholesky(problem.hessian)
    basis = [problem.gradient(x0)]
    for t in range(1, min(d, 5)):
        K = np.stack(basis, axis=1)
        K /= np.linalg.norm(K, axis=0)
        away = x0 - problem.solution
        c = np.linalg.lstsq(L.T @ K, -L.T @ away, rcond=None)[0]
        least = np.linalg.norm(L.T @ (away + K @ c))
        assert np.linalg.norm(L.T @ (points[t] - problem.solution)) <= least * (1 + 1e-7)
        basis.append(problem.hessian @ basis[-1])


@pytest.mark.parametrize("several", [False, True])
def test_the_full_derivative_is_that_of_the_program(several: bool) -> None:
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        d, steps = 6, 6
        problem = problem_of(np.linspace(1, 9, d), 3, several)
        x0 = np.random.default_rng(2).standard_normal(d)
        dH = problem.hessian_derivative()
        db = problem.cross(np.zeros(d)).T

        def iterate(theta: object) -> object:
            H = problem.hessian + jnp.tensordot(theta, dH, axes=1 if several else 0)
            b = problem.linear + (theta @ db if several else theta * db)
            x = jnp.asarray(x0)
            g = H @ x + b
            p = -g
            for _ in range(t):
                q = H @ p
                alpha = (g @ g) / (p @ q)
                x, ahead = x + alpha * p, g + alpha * q
                p = -ahead + (ahead @ ahead) / (g @ g) * p
                g = ahead
            return x

        run = pr.differentiate(CG, problem, x0, steps)
        for t in range(steps + 1):
            theirs = jax.jacfwd(iterate)(jnp.zeros(3) if several else 0.0)
            scale = max(1.0, float(np.abs(theirs).max()))
            assert np.abs(run.jacobians[t] - theirs).max() < 1e-9 * scale
        # exact at t = d, the derivative too
        assert np.abs(run.jacobians[-1] - problem.solution_jacobian).max() < 1e-6
        v = np.ones(d)
        back = pr.vjp(CG, problem, x0, 4, v).value
        np.testing.assert_allclose(back, v @ run.jacobians[4], rtol=1e-12)
        np.testing.assert_allclose(pr.jvp(CG, problem, x0, 4).value, run.jacobians[4])
    finally:
        jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize(
    "eigenvalues, known", [(np.geomspace(0.01, 1, 8), 2.6e7), (np.linspace(0.01, 1, 8), 119.5)]
)
def test_frozen_step_sizes_ruin_the_derivative(eigenvalues: np.ndarray, known: float) -> None:
    """x and its full derivative are exact at t = d; with α, β frozen the error is P_d′(H)D."""
    d = len(eigenvalues)
    problem = pr.Quadratic(np.diag(eigenvalues), -eigenvalues, np.eye(d), -np.ones(d) * 0)
    x0 = problem.solution + np.ones(d)  # D = ∂H(x_0 − x*) = 1
    run = pr.differentiate(CG, problem, x0, d)
    # exact but for rounding, which eight steps at a condition number of 100 amplify
    assert np.linalg.norm(run.iterates[-1] - problem.solution) < 1e-7
    full = np.linalg.norm(run.jacobians[-1] - problem.solution_jacobian)
    slopes = [
        -np.prod([1 - a / b for b in eigenvalues if b != a]) / a for a in eigenvalues
    ]  # P_d′ at the zeros of P_d = Π(1 − λ/λ_i)
    frozen = np.linalg.norm(slopes)
    assert frozen == pytest.approx(known, rel=0.02)
    assert full < 1e-2 < frozen
    # P_d run with constant coefficients, as a gradient stopped through α and β would leave it
    constant = pr.differentiate(pr.Richardson.leja(eigenvalues), problem, x0, d)
    error = np.linalg.norm(constant.jacobians[-1] - problem.solution_jacobian)
    assert error == pytest.approx(frozen, rel=1e-6)


def test_where_eigenvalues_repeat_the_derivative_is_not_exact() -> None:
    """H = I, ∂H = diag(1, −1), b = (1, 1) from 0: x_1 = x*, but J_1 = 0 and J* = (1, −1)."""
    problem = pr.Quadratic(np.eye(2), np.ones(2), np.diag([1.0, -1.0]), np.zeros(2))
    run = pr.differentiate(CG, problem, np.zeros(2), 1)
    assert np.allclose(run.iterates[-1], problem.solution)
    assert np.allclose(run.jacobians[-1], 0)
    assert np.allclose(problem.solution_jacobian, [1, -1])


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10**6), st.integers(1, 12), st.booleans())
def test_inside_implicit_it_is_within_its_bound(
    d: int, seed: int, inner: int, several: bool
) -> None:
    """‖V_k − V‖ ≤ √(L/ℓ)/T_k(m₀)‖V‖ for every right side, and V in d steps."""
    problem = problem_of(np.linspace(1, 20, d), seed, several)
    x0 = np.random.default_rng(seed).standard_normal(d)
    estimator = pr.Implicit(CG, inner)
    run = pr.differentiate(pr.Chebyshev(1, 20), problem, x0, 4, estimator)
    exact = pr.differentiate(pr.Chebyshev(1, 20), problem, x0, 4, pr.Implicit())
    fall = float(pr.lower_bound(pr.Interval(1, 20), inner)) * np.sqrt(20)
    for mine, best in zip(run.jacobians, exact.jacobians, strict=True):
        assert np.linalg.norm(mine - best) <= fall * np.linalg.norm(best) + 1e-9
        if inner >= d:
            assert np.linalg.norm(mine - best) <= 1e-5 * max(1, np.linalg.norm(best))
    assert run.products == (4, inner)
    value = pr.jvp(pr.Chebyshev(1, 20), problem, x0, 4, estimator).value
    np.testing.assert_allclose(value, run.jacobians[-1], rtol=1e-9, atol=1e-12)
    v = np.ones(d)
    back = pr.vjp(pr.Chebyshev(1, 20), problem, x0, 4, v, estimator).value
    best = np.linalg.norm(v) * np.linalg.norm(exact.jacobians[-1])
    assert np.linalg.norm(back - v @ exact.jacobians[-1]) <= 20 * fall * best + 1e-9


def test_a_run_on_a_quadratic_uses_its_products() -> None:
    """Hp, not ∇f(x + p) − ∇f(x): the last digits are those of the direction, not of x."""
    problem = problem_of(np.geomspace(0.05, 1, 8), 4)
    far = problem.solution + 1e8
    by_products = pr.differentiate(CG, problem, far, 16, pr.Implicit()).iterates[-1]
    by_differences = pr.run(CG, problem.gradient, far, 16)
    error = [np.linalg.norm(x - problem.solution) for x in (by_products, by_differences)]
    assert error[0] < 1e-5 and error[0] < error[1]


def test_frozen_step_sizes_to_all_digits() -> None:
    """‖P_d′(H)D‖ at t = d in forty digits, D = (1, …, 1): 26346690.8547 and 119.541733929."""
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        ends = [mpmath.mpf(1) / 100, mpmath.mpf(1)]
        ratio = mpmath.root(ends[1] / ends[0], 7)
        geometric = [ends[0] * ratio**i for i in range(8)]
        linear = [ends[0] + (ends[1] - ends[0]) * i / 7 for i in range(8)]
        for values, known in ((geometric, "26346690.8547"), (linear, "119.541733929")):
            slopes = [-mpmath.fprod(1 - a / b for b in values if b != a) / a for a in values]
            norm = mpmath.sqrt(mpmath.fsum(slope**2 for slope in slopes))
            assert abs(norm / mpmath.mpf(known) - 1) < 1e-11
            # CG's own polynomial at t = d is this one: the run ends at x* from that start
            H, g = values, list(values)  # x_0 − x* = (1, …, 1)
            x, p = [mpmath.mpf(1)] * 8, [-v for v in values]
            for _ in range(8):
                q = [a * b for a, b in zip(H, p, strict=True)]
                size = mpmath.fsum(v * v for v in g)
                alpha = size / mpmath.fsum(a * b for a, b in zip(p, q, strict=True))
                x = [a + alpha * b for a, b in zip(x, p, strict=True)]
                g = [a + alpha * b for a, b in zip(g, q, strict=True)]
                beta = mpmath.fsum(v * v for v in g) / size
                p = [-a + beta * b for a, b in zip(g, p, strict=True)]
            assert max(map(abs, x)) < 1e-25


class Bent:
    """f = (x_1² − x_2²)/2 + x_1 + x_2."""

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return np.array([1.0, -1.0]) * x + 1

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return np.array([1.0, -1.0]) * v

    def cross(self, x: np.ndarray) -> np.ndarray:
        return x * np.array([0.1, 1.0])


def test_what_it_cannot_do_is_said() -> None:
    with pytest.raises(ValueError, match="depend on the problem"):
        pr.rate(CG, pr.Interval(1, 10)).initial(3)
    with pytest.raises(ValueError, match="depend on the problem"):
        pr.error_polynomials(pr.Chebyshev(1, 10), 3, pr.Implicit(CG, 2))
    logistic = pr.Logistic(np.eye(3), np.array([0.0, 1, 1]), 0.1)
    with pytest.raises(TypeError, match="quadratics alone"):
        pr.differentiate(CG, logistic, np.zeros(3), 2)
    assert pr.differentiate(
        pr.GradientDescent(1.0), logistic, np.zeros(3), 2, pr.Implicit(CG, 3)
    ).jacobians.shape == (3, 3)
    bent = Bent()
    with pytest.raises(pr.PolyratesError, match="positive definite"):
        pr.differentiate(pr.GradientDescent(0.1), bent, np.ones(2), 1, pr.Implicit(CG, 2))
    with pytest.raises(ValueError, match="inner_steps"):
        pr.Implicit(CG)
    assert "conjugate gradients" in pr.Implicit(CG, 2).name
    assert "Hestenes" in (pr.ConjugateGradient.__doc__ or "")


@pytest.mark.parametrize("power", [-150, -60, 0, 60, 150])
def test_an_inner_solve_knows_no_units(power: int) -> None:
    scale = 10.0**power
    H, b = np.array([[2.0, 1.0], [1.0, 3.0]]) * scale, np.array([1.0, -1.0]) * scale
    problem = pr.Quadratic(H, b, np.eye(2) * scale, np.zeros(2))
    estimator = pr.Implicit(pr.ConjugateGradient(), 2)
    run = pr.differentiate(pr.GradientDescent(0.4 / scale), problem, np.zeros(2), 300, estimator)
    x = -np.linalg.solve(H / scale, b / scale)
    np.testing.assert_allclose(run.jacobians[-1], -np.linalg.solve(H / scale, x), rtol=1e-12)
