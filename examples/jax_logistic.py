"""Logistic regression in JAX: what to run for ∂w*/∂θ, and how wrong it is.

θ is the logarithm of the penalty. The plan runs its candidates and says which leaves the smallest
error for 24 gradients and Hessian-vector products together.
"""

import jax
import jax.numpy as jnp
import numpy as np

import polyrates as pr

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(0)
X = rng.standard_normal((200, 10))
y = (rng.random(200) < 1 / (1 + np.exp(-X @ rng.standard_normal(10)))).astype(float)


def loss(w, theta):
    fit = jnp.logaddexp(0, X @ w) - y * (X @ w)
    return jnp.mean(fit) + jnp.exp(theta) * jnp.sum(w**2) / 2


problem = pr.from_loss(loss, theta=-2.0, x0=np.zeros(10))
plan = pr.plan(problem, budget=24)
print(plan.verdict)
w, J = plan.best.estimate(problem, problem.x0)

# the same by JAX alone: Newton's method to convergence, then the derivative of one more step of it


@jax.jit
def newton(w, theta):
    return w - jnp.linalg.solve(jax.hessian(loss)(w, theta), jax.grad(loss)(w, theta))


solution = w
for _ in range(4):
    solution = newton(solution, -2.0)
truth = jax.jacfwd(newton, 1)(solution, -2.0)
error = np.linalg.norm(J - truth)
print(f"observed by the plan {plan.best.observed:.3g}, against jax.jacfwd {error:.3g}")
assert np.isclose(error, plan.best.observed, rtol=1e-3)
