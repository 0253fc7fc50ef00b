"""Data of scikit-learn: ridge regression on diabetes, its certified plan, and the penalty's effect.

Ridge regression is a quadratic, so the plan is certified: no target with this spectrum and these
sizes makes a row worse than its number. θ is the logarithm of the penalty.
"""

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.datasets import load_diabetes

import polyrates as pr

jax.config.update("jax_enable_x64", True)
X, y = load_diabetes(return_X_y=True)
X, y = X / X.std(axis=0), (y - y.mean()) / y.std()
problem = pr.Ridge(X, y, 0.2)
plan = pr.plan(problem, budget=40, x0=np.zeros(10))
print(plan.verdict)
J = plan.differentiate().jacobians[-1]


def solve(theta):
    return jnp.linalg.solve(X.T @ X / len(y) + jnp.exp(theta) * jnp.eye(10), X.T @ y / len(y))


truth = jax.jacfwd(solve)(np.log(0.2))
error = np.linalg.norm(J - truth)
print(f"certified {plan.best.guarantee:.3g}, observed {error:.3g}")
assert plan.status == "certified" and error <= plan.best.guarantee + plan.rounding
