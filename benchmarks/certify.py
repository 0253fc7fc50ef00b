"""What a certificate costs beside the derivative it is about: products, seconds, memory.

    python benchmarks/certify.py

Logistic regression with a low-rank design in JAX (so that d = 10⁵ fits), one penalty. A certificate
of 8 + 8 products, the same with deflation's products counted apart, beside ``jacfwd`` through 100
steps of gradient descent and beside an implicit solve of 20 steps of conjugate gradients. Memory is
the largest traced allocation of numpy, in vectors of length d: Lanczos keeps one basis vector a
product, and nothing else grows.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import polyrates as pr

sys.path.insert(0, str(Path(__file__).parent))
from side_by_side import note, show

ROWS_OF_DATA = 50


def fastest(job: Callable[[], Any], repeats: int = 3) -> float:
    """The least processor time, after a warm-up."""
    job()
    found = []
    for _ in range(repeats):
        begin = time.process_time()
        job()
        found.append(time.process_time() - begin)
    return min(found)


def memory(job: Callable[[], Any], d: int) -> float:
    """The largest traced allocation of a run, in vectors of length d."""
    job()
    tracemalloc.start()
    job()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / (8 * d)


class Counted:
    """The problem, counting products."""

    def __init__(self, problem: pr.Logistic) -> None:
        self.problem, self.products = problem, 0
        self.gradient, self.cross = problem.gradient, problem.cross

    def hvp(self, x: Any, v: Any) -> Any:
        """∇²f(x)v."""
        self.products += 1
        return self.problem.hvp(x, v)


def measure(d: int) -> dict[str, float]:
    """Products, seconds and vectors at one size."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((ROWS_OF_DATA, d)) / np.sqrt(d)
    y = (rng.random(ROWS_OF_DATA) > 0.5) * 1.0
    penalty = 0.05
    problem = pr.Logistic(X, y, penalty)
    constants = pr.Constants(penalty, np.inf, 0.5, penalty)  # ‖x_i‖ is about 1
    data, target = jnp.asarray(X), jnp.asarray(y)
    L = 0.25 * float(np.linalg.norm(X, 2)) ** 2 / ROWS_OF_DATA + penalty

    def gradient(x: Any, theta: Any) -> Any:
        return data.T @ (jax.nn.sigmoid(data @ x) - target) / ROWS_OF_DATA + jnp.exp(theta) * x

    def solution(theta: Any) -> Any:
        return jax.lax.fori_loop(0, 100, lambda _, x: x - gradient(x, theta) / L, jnp.zeros(d))

    def implicit(theta: Any, x: Any) -> Any:
        hvp = lambda v: jax.jvp(lambda u: gradient(u, theta), (x,), (v,))[1]  # noqa: E731
        return jax.scipy.sparse.linalg.cg(hvp, -jnp.exp(theta) * x, tol=0.0, maxiter=20)[0]

    theta = jnp.log(penalty)
    run, forward, solve = jax.jit(solution), jax.jit(jax.jacfwd(solution)), jax.jit(implicit)
    x, J = run(theta), forward(theta)
    plain, held = np.asarray(x), np.asarray(J)

    def certificate() -> pr.Certified:
        return pr.certify(counted, plain, held, constants=constants)

    counted = Counted(problem)
    found = certificate()
    products = counted.products
    times = {
        "certificate": fastest(certificate),
        "jacfwd": fastest(lambda: forward(theta).block_until_ready()),
        "implicit": fastest(lambda: solve(theta, x).block_until_ready()),
    }
    note(f"certify, d = {d}", times["certificate"], times["jacfwd"])
    vectors = memory(certificate, d)
    assert found.status == "certified" and found.lower <= found.bound
    return {"products": products, "vectors": vectors, "bound": found.bound, **times}


def main() -> None:
    """One line a size."""
    for d in (1_000, 100_000):
        row = measure(d)
        print(
            f"d = {d:>6}: certificate {row['products']:.0f} products, {show(row['certificate'])}, "
            f"{row['vectors']:.1f} vectors of memory, error ≤ {row['bound']:.2g}; "
            f"jacfwd (100 + 100 products) {show(row['jacfwd'])}, "
            f"implicit CG (20 products) {show(row['implicit'])}"
        )


if __name__ == "__main__":
    main()
