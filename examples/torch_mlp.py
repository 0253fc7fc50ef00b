"""A torch MLP with weight decay: negative curvature on the way, damping, and what can be said.

The Hessian of a network is indefinite away from a minimum, so a linear solve with it there may
point anywhere. ∇²f + damping·I is positive definite for enough damping, and a solve with it is a
derivative of a step of the proximal map, not of the minimiser. At a minimum that weight decay makes
strict no damping is needed, and the Jacobian can be held against autograd's.
"""

import numpy as np
import torch

import polyrates as pr

torch.set_num_threads(1)
torch.manual_seed(0)
X = torch.linspace(-1, 1, 30, dtype=torch.float64)[:, None]
y = torch.sin(3 * X) + 0.1 * torch.randn(30, 1, dtype=torch.float64)


def loss(weights, decay):
    hidden = torch.tanh(X @ weights["first"] + weights["bias"])
    squares = sum((each**2).sum() for each in weights.values())
    return ((hidden @ weights["last"] - y) ** 2).mean() + torch.exp(decay) * squares / 2


start = {
    "first": torch.randn(1, 3, dtype=torch.float64),
    "bias": torch.randn(3, dtype=torch.float64),
    "last": torch.randn(3, 1, dtype=torch.float64),
}
decay = -4.0
problem = pr.from_loss(loss, decay, start)


def hessian(x):
    return problem.hvp(x, np.eye(problem.dimension))


low = np.linalg.eigvalsh(hessian(problem.x0))[0]
print(f"smallest eigenvalue at the start: {low:.3g}")
assert low < 0  # nothing is promised there: certify refuses
try:
    pr.certify(problem, problem.x0, np.zeros(problem.dimension))
except pr.PolyratesError as refused:
    print("at the start:", refused)
else:
    raise AssertionError("negative curvature was not seen")

# train with torch's own optimiser, then finish by Newton steps, damped while curvature is negative
weights = {name: each.clone().requires_grad_() for name, each in start.items()}
optimizer = torch.optim.Adam(weights.values(), lr=0.03)
for _ in range(400):
    optimizer.zero_grad()
    loss(weights, torch.tensor(decay, dtype=torch.float64)).backward()
    optimizer.step()
x = problem.flatten({name: each.detach() for name, each in weights.items()})
for _ in range(100):
    g, H = problem.gradient(x), hessian(x)
    damping = max(0.0, 1e-3 - np.linalg.eigvalsh(H)[0])
    step = np.linalg.solve(H + damping * np.eye(len(x)), g)
    scale = 1.0
    while problem.value(x - scale * step) > problem.value(x) and scale > 1e-8:
        scale /= 2
    x = x - scale * step
    if np.linalg.norm(g) < 1e-13:
        break
print(
    f"at the minimum: gradient {np.linalg.norm(problem.gradient(x)):.1e}, "
    f"smallest eigenvalue {np.linalg.eigvalsh(hessian(x))[0]:.3g}"
)

# the implicit Jacobian with damping is wrong by what the damping does, without it by rounding
J = np.linalg.solve(hessian(x), -problem.cross(x))
damped = np.linalg.solve(hessian(x) + 1e-2 * np.eye(len(x)), -problem.cross(x))
found = pr.certify(problem, x, J, products=problem.dimension)
print("undamped:", found)
print(f"damped: off by {np.linalg.norm(damped - J) / np.linalg.norm(J):.2g} of its size")

# against torch's autograd: the derivative of one Newton step at the fixed point
flat = torch.tensor(x)


def unravel(v):
    return {"bias": v[:3], "first": v[3:6].reshape(1, 3), "last": v[6:].reshape(3, 1)}


def gradient(v, theta):
    return torch.func.grad(lambda u: loss(unravel(u), theta))(v)


theta = torch.tensor(decay, dtype=torch.float64)
H = torch.autograd.functional.jacobian(lambda v: gradient(v, theta), flat)
mixed = torch.autograd.functional.jacobian(lambda t: gradient(flat, t), theta)
truth = -torch.linalg.solve(H, mixed).numpy()
assert np.allclose(J, truth, rtol=1e-8)
assert found.bound < 1e-6 * np.linalg.norm(truth)
assert np.linalg.norm(damped - truth) > 1e-3 * np.linalg.norm(truth)
