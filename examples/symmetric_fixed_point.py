"""A DEQ-like layer: z = φ(Wz + Ux + b) with symmetric W, as the minimum of a convex function.

With φ the derivative of a convex Φ* and W symmetric of norm < 1, z* minimises
f(z) = Φ(z) − zᵀWz/2 − zᵀ(Ux + b), Φ the conjugate: for φ = tanh, Φ′ = artanh. So the backward
pass of the layer is a linear solve with a symmetric positive definite Hessian, and everything here
applies.
"""

import jax
import jax.numpy as jnp
import numpy as np

import polyrates as pr

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(4)
d = 8
W = rng.standard_normal((d, d))
W = 0.5 * (W + W.T) / np.linalg.norm(W + W.T, 2) * 2 * 0.8  # symmetric, norm 0.8
U, b = 0.1 * rng.standard_normal((d, 3)), 0.1 * rng.standard_normal(d)
x = rng.standard_normal(3)


def layer(z, x):
    return jnp.tanh(W @ z + U @ x + b)


def energy(z, x):
    conjugate = z * jnp.arctanh(z) + jnp.log1p(-(z**2)) / 2
    return jnp.sum(conjugate) - z @ W @ z / 2 - z @ (U @ x + b)


problem = pr.from_loss(energy, x, np.zeros(d))
plan = pr.plan(problem, budget=30)
print(plan.verdict)
z, J = plan.best.estimate(problem, problem.x0)


def solved(x):
    """The fixed point by iteration; its derivative by that of the last of many steps."""
    z = jnp.zeros(d)
    for _ in range(300):
        z = layer(z, x)
    return z


truth = np.asarray(jax.jacfwd(solved)(x))
error = np.linalg.norm(J - truth)
found = pr.certify(problem, z, J)
print(f"wrong by {error:.2g}; from products alone: {found}")
assert np.isclose(error, plan.best.observed, rtol=1e-3, atol=1e-10)
