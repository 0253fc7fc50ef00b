"""The derivative with respect to the start, as in MAML: exact here, by the transposed run.

After t steps x_t depends on x_0 by P_t(H) on a quadratic. θ is the start itself: the loss does
not know it, ∂x* = 0, and the error of the Jacobian *is* the Jacobian, the
residual part of the rate.
"""

import jax
import jax.numpy as jnp
import numpy as np

import polyrates as pr

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(3)
X, y = rng.standard_normal((40, 5)), rng.standard_normal(40)
problem = pr.Ridge(X, y, 0.1)
ell, L = (float(end) for end in (problem.eigensystem[0][0], problem.eigensystem[0][-1]))
method, steps = pr.HeavyBall.tuned(ell, L), 8


def adapted(x0):
    """Heavy ball in JAX, as a meta-learner would write it."""
    h, m = float(method.step), float(method.momentum)

    def gradient(x):
        return X.T @ (X @ x - y) / 40 + 0.1 * x

    before, x = x0, x0 - float(method.first_step) * gradient(x0)
    for _ in range(steps - 1):
        before, x = x, x - h * gradient(x) + m * (x - before)
    return x


x0 = jnp.zeros(5)
truth = np.asarray(jax.jacfwd(adapted)(x0))

# here: ∂x_0 = identity, and a loss whose gradient does not depend on θ


class Start:
    """The same gradient and products; θ does not enter."""

    gradient, hvp = problem.gradient, staticmethod(lambda x, v: problem.hessian @ v)

    @staticmethod
    def cross(x):
        return np.zeros((5, 5))


run = pr.differentiate(method, Start(), np.zeros(5), steps, dx0=np.eye(5))
J = run.jacobians[-1]
worst = float(pr.rate(method, pr.Interval(ell, L)).residual(steps))
print(f"‖∂x_t/∂x_0‖ = {np.linalg.norm(J, 2):.4g}, at most {worst:.4g} on this spectrum")
assert np.allclose(J, truth, atol=1e-12)
assert np.linalg.norm(J, 2) <= worst * (1 + 1e-9)
