"""Exact polynomials, values at many points, and Jacobians along a run, beside the peers.

python benchmarks/core.py
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.polynomial import Chebyshev as Series
from side_by_side import row, seconds, show
from sympy.external.gmpy import GROUND_TYPES

import polyrates as pr


def exact_polynomials(t: int = 400) -> None:
    """P_t and P_t′ of Chebyshev's method on [1, 100] as sympy Poly over QQ."""
    method, x = pr.Chebyshev(1, 100), pr.lam

    def ours() -> object:
        P = pr.residual_polynomial(method, t)
        return P, P.diff(x)

    def sympy_recurrence() -> object:
        m = sp.Poly((2 * x - 101) / sp.Integer(99), x, domain=sp.QQ)
        a, b = sp.Poly(1, x, domain=sp.QQ), m
        for _ in range(t - 1):
            a, b = b, 2 * m * b - a
        P = b * (1 / b.nth(0))
        return P, P.diff(x)

    def flint_compose() -> object:
        from flint import fmpq_poly, fmpz_poly
        from sympy.polys.polyclasses import DUP_Flint

        T = fmpq_poly(fmpz_poly.chebyshev_t(t))(fmpq_poly([-101, 2]) / 99)
        P = T / T(0)
        wrap = lambda p: sp.Poly.new(DUP_Flint.from_rep(p, sp.QQ), x)  # noqa: E731
        return wrap(P), wrap(P.derivative())

    assert ours() == sympy_recurrence()
    label = f"exact P_t, P_t' as Poly, Chebyshev, t = {t}"
    row(label, ours, sympy_recurrence, f"sympy ({GROUND_TYPES})", 10)
    if GROUND_TYPES == "flint":
        assert ours() == flint_compose()
        row(label, ours, flint_compose, "flint compose", 1, repeats=15)


def values_at_points(t: int = 1000, n: int = 10**6) -> None:
    """P_t and P_t′ at a million points."""
    points = np.linspace(0.01, 1.0, n)
    method = pr.Chebyshev(0.01, 1.0)

    def ours() -> tuple[np.ndarray, np.ndarray]:
        return pr.residual_values(method, t, points)

    def peer() -> tuple[np.ndarray, np.ndarray]:
        T = Series.basis(t, domain=[0.01, 1.0])
        P = T / T(0.0)
        return P(points), P.deriv()(points)

    (a, b), (c, d) = ours(), peer()
    assert np.max(np.abs(a - c)) < 1e-9 * np.max(np.abs(c))
    assert np.max(np.abs(b - d)) < 1e-7 * np.max(np.abs(d))
    row(f"P_t, P_t' at {n:.0e} points, t = {t}", ours, peer, "numpy.polynomial", 50, repeats=3)


def jacobians(steps: int = 1000) -> None:
    """∂x_t along ridge, 569 × 30: our tangent recursion beside JAX's jacfwd over scan."""
    try:
        import jax
        from sklearn.datasets import load_breast_cancer
    except ImportError as error:
        print(f"∂x_t on ridge: skipped, {error.name} is not installed")
        return
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    raw, target = load_breast_cancer(return_X_y=True)
    X, y = (raw - raw.mean(0)) / raw.std(0), (target - target.mean()) / target.std()
    problem = pr.Ridge(X, y, 0.01)
    values = problem.eigensystem[0]
    h = 2 / float(values[0] + values[-1])
    method, x0 = pr.GradientDescent(h), np.zeros(30)
    gram, right = jnp.asarray(X.T @ X / len(X)), jnp.asarray(X.T @ y / len(X))

    def final(theta: object) -> object:
        H = gram + jnp.exp(theta) * jnp.eye(30)
        step = lambda x, _: (x - h * (H @ x - right), None)  # noqa: E731
        return jax.lax.scan(step, jnp.zeros(30), None, length=steps)[0]

    forward = jax.jit(jax.jacfwd(final))
    theta = float(np.log(0.01))
    compiling = seconds(lambda: forward(theta).block_until_ready())
    ours = pr.differentiate(method, problem, x0, steps).jacobians
    assert np.max(np.abs(ours[-1] - forward(theta))) < 1e-10
    print(f"dx_t on ridge: JAX compiles in {show(compiling).strip()}, apart")
    label = f"dx_t on ridge 569 x 30, t = {steps}"
    row(
        label, lambda: pr.differentiate(method, problem, x0, steps),
        lambda: forward(theta).block_until_ready(), "JAX jacfwd, last only",
    )  # fmt: skip
    ring_error = lambda: spectral(problem, method, x0, steps)  # noqa: E731
    assert np.max(np.abs(ring_error() - (ours[-1] - problem.solution_jacobian))) < 1e-9
    row(label, ring_error, lambda: forward(theta).block_until_ready(), "JAX jacfwd, last only")


def spectral(problem: pr.Ridge, method: pr.Method, x0: np.ndarray, t: int) -> np.ndarray:
    """The Jacobian error at t through H's eigenvectors: P_t(H)E + P_t′(H)D."""
    values, vectors = problem.eigensystem
    P, slope = pr.residual_values(method, t, values)
    E = vectors.T @ -problem.solution_jacobian
    D = float(problem.penalty) * (vectors.T @ (x0 - problem.solution))
    return np.asarray(vectors @ (P * E + slope * D))


def main() -> None:
    exact_polynomials()
    values_at_points()
    jacobians()


if __name__ == "__main__":
    main()
