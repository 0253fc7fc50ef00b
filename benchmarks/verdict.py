"""From a user's logistic loss to the plan's verdict, processor seconds after the imports.

    python benchmarks/verdict.py [jax|torch] ...

The five lines of the README, d = 200, 1000 rows, in a process of its own for each framework: so
compiling counts. The goal is under 3 s.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from side_by_side import note

GOAL = 3.0
DATA = """
import time, numpy as np, polyrates as pr
rng = np.random.default_rng(0)
X = rng.standard_normal((1000, 200))
y = (rng.random(1000) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
"""
LOSSES = {
    "jax": """
import jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
x0 = np.zeros(200)
def loss(w, theta):
    fit = jnp.logaddexp(0, X @ w) - y * (X @ w)
    return jnp.mean(fit) + jnp.exp(theta) * jnp.sum(w**2) / 2
""",
    "torch": """
import torch
torch.set_num_threads(1)
X, y, x0 = torch.tensor(X), torch.tensor(y), torch.zeros(200, dtype=torch.float64)
def loss(w, theta):
    fit = torch.logaddexp(torch.zeros_like(y), X @ w) - y * (X @ w)
    return torch.mean(fit) + torch.exp(theta) * torch.sum(w**2) / 2
""",
}
VERDICT = """
began = time.process_time()
problem = pr.from_loss(loss, theta=-3.0, x0=x0)
plan = pr.plan(problem, budget=16)
print(plan.verdict)
print(time.process_time() - began)
"""


def seconds(framework: str) -> float:
    """What the five lines take; prints the verdict."""
    program = DATA + LOSSES[framework] + VERDICT
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    verdict, took = out.strip().rsplit("\n", 1)
    print(f"{framework}: {verdict}")
    return float(took)


def main(frameworks: list[str] | None = None) -> None:
    for framework in frameworks or list(LOSSES):
        took = seconds(framework)
        note(f"loss to verdict, {framework}, d = 200", took)
        print(f"{took:.2f} s of the processor after the imports, goal {GOAL:g}")


if __name__ == "__main__":
    main(sys.argv[1:])
