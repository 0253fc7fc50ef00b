"""Your own loops, by jaxopt, optimistix and torch.optim, differentiated by them and checked here.

`pr.certify` needs x and J, not how they were made: it encloses ‖J − ∂x*‖ by the constants of the
loss, known here because logistic regression has them.
"""

import jax
import jax.numpy as jnp
import jaxopt
import numpy as np
import optimistix
import torch

import polyrates as pr

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)
rng = np.random.default_rng(2)
X = rng.standard_normal((60, 4))
y = (X[:, 0] + rng.standard_normal(60) > 0).astype(float)
theta = float(np.log(0.3))  # the logarithm of the penalty
problem = pr.Logistic(X, y, 0.3)  # the same loss; knows its constants
step = 1 / problem.constants.L


def loss(w, theta):
    z = X @ w
    return jnp.mean(jnp.logaddexp(0, z) - y * z) + jnp.exp(theta) * jnp.sum(w**2) / 2


def by_jaxopt(theta):
    solver = jaxopt.GradientDescent(
        loss, stepsize=step, maxiter=40, tol=0.0, acceleration=False, implicit_diff=False,
        unroll=True,
    )  # fmt: skip
    return solver.run(jnp.zeros(4), theta).params


def by_optimistix(theta):
    solver = optimistix.GradientDescent(learning_rate=step, rtol=1e-12, atol=1e-12)
    return optimistix.minimise(
        loss, solver, jnp.zeros(4), theta, max_steps=40, throw=False,
        adjoint=optimistix.RecursiveCheckpointAdjoint(),
    ).value  # fmt: skip


def by_torch(theta):
    A, b = torch.tensor(X), torch.tensor(y)
    t = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    w = torch.zeros(4, dtype=torch.float64)
    velocity = torch.zeros_like(w)
    for _ in range(40):  # torch.optim.SGD(lr=step, momentum=0.5), kept differentiable
        z = A @ w
        g = A.T @ (torch.sigmoid(z) - b) / 60 + torch.exp(t) * w
        velocity = 0.5 * velocity + g
        w = w - step * velocity
    rows = [torch.autograd.grad(each, t, retain_graph=True)[0] for each in w]
    return w.detach().numpy(), torch.stack(rows).numpy()


held = {
    "jaxopt": (by_jaxopt(theta), jax.jacfwd(by_jaxopt)(theta)),
    "optimistix": (by_optimistix(theta), jax.jacrev(by_optimistix)(theta)),
    "torch": by_torch(theta),
}
truth = problem.solution_jacobian
for name, (w, J) in held.items():
    found = pr.certify(problem, np.asarray(w), np.asarray(J))
    error = np.linalg.norm(np.asarray(J) - truth)
    print(f"{name}: {found}; truth {error:.4g}")
    assert found.status == "certified" and found.lower <= error <= found.bound

# the loop of torch.optim.SGD by its parameters here, step for step
run = pr.differentiate(pr.HeavyBall.torch(step, 0.5), problem, np.zeros(4), 40)
assert np.allclose(run.jacobians[-1], held["torch"][1], rtol=1e-9)
