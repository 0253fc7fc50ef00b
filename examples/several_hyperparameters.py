"""Several hyper-parameters: ridge regression with a penalty for every feature, in JAX.

θ is a vector of p log-penalties, ∂x* a (d, p) matrix: one run makes all columns.
"""

import jax
import jax.numpy as jnp
import numpy as np

import polyrates as pr

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(1)
X, y = rng.standard_normal((80, 6)), rng.standard_normal(80)
theta = np.linspace(-2.0, 0.0, 6)


def loss(w, theta):
    return jnp.mean((X @ w - y) ** 2) / 2 + jnp.sum(jnp.exp(theta) * w**2) / 2


problem = pr.from_loss(loss, theta, np.zeros(6))
plan = pr.plan(problem, budget=30)
print(plan.verdict)
w, J = plan.best.estimate(problem, problem.x0)


def solve(theta):
    return jnp.linalg.solve(X.T @ X / 80 + jnp.diag(jnp.exp(theta)), X.T @ y / 80)


truth = jax.jacfwd(solve)(theta)
error = np.linalg.norm(J - truth)
print(f"J has shape {J.shape} and is wrong by {error:.2g}")

assert J.shape == (6, 6)
assert np.isclose(error, plan.best.observed, rtol=1e-4, atol=1e-12)
