"""What running costs: the loop beside hand-written ones, all Jacobian errors beside JAX, scale.

    python benchmarks/execution.py [overhead|differentiate|jacobians|scale]

Ratios hold between machines, times do not. Overheads are ratios of the fastest of alternating runs:
what the loop adds is a constant, and the rest of a shared machine only ever adds to it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev

sys.path.insert(0, str(Path(__file__).parent))
from side_by_side import note, show


def fastest(jobs: list[Callable[[], Any]], repeats: int = 15) -> list[float]:
    """The least processor time of alternating runs of each job, after one warm-up."""
    for job in jobs:
        job()
    best = [float("inf")] * len(jobs)
    for _ in range(repeats):
        for i, job in enumerate(jobs):
            begin = time.process_time()  # of this process alone: the machine may be shared
            job()
            best[i] = min(best[i], time.process_time() - begin)
    return best


def overhead(
    label: str, ours: Callable[[], Any], hand: Callable[[], Any], allowed: float, repeats: int = 15
) -> float:
    mine, theirs = fastest([ours, hand], repeats)
    ratio = mine / theirs - 1
    note(label, mine, theirs)
    verdict = "yes" if ratio <= allowed else "NO"
    print(
        f"{label:44} ours {show(mine)}  by hand {show(theirs)}  overhead {100 * ratio:+6.1f} %"
        f"  (wanted ≤ {100 * allowed:.0f} %: {verdict})"
    )
    return ratio


def coefficients(method: pr.Method, steps: int) -> tuple[list[float], list[float]]:
    table = method.table(steps)
    return table.steps.tolist(), table.momenta.tolist()


def numpy_loops(d: int = 100_000, steps: int = 100) -> None:
    """f = ½Σ λ_i x_i² − Σ x_i: the cheapest gradient, so the overhead is largest."""
    values = np.linspace(0.01, 1.0, d)
    ones = np.ones(d)
    x0 = np.zeros(d)

    def gradient(x: np.ndarray) -> np.ndarray:
        return values * x - ones

    def descent() -> np.ndarray:
        x = x0
        for _ in range(steps):
            x = x - 1.9 * gradient(x)
        return x

    def chebyshev() -> np.ndarray:
        x = before = x0
        for h, m in zip(*coefficients(pr.Chebyshev(0.01, 1.0), steps), strict=True):
            x, before = x + m * (x - before) - h * gradient(x), x
        return x

    nesterov = pr.Nesterov.tuned(0.01, 1.0)

    def accelerated(h: float = 1.0, m: float = float(nesterov.momentum)) -> np.ndarray:
        x = before = x0
        for _ in range(steps):
            y = x + m * (x - before)
            x, before = y - h * gradient(y), x
        return x

    for method, hand in (
        (pr.GradientDescent(1.9), descent),
        (pr.Chebyshev(0.01, 1.0), chebyshev),
        (nesterov, accelerated),
    ):
        ours = lambda method=method: pr.run(method, gradient, x0, steps)  # noqa: E731
        assert np.max(np.abs(ours() - hand())) < 1e-9 * np.max(np.abs(hand()))
        overhead(f"numpy, d = {d}, {steps} steps, {method.name}", ours, hand, 0.05)


def torch_loops(d: int = 1_000_000, steps: int = 30) -> None:
    """One kernel a term by hand too: torch.add(…, alpha=)."""
    try:
        import torch
    except ImportError:
        print("torch: skipped, it is not installed")
        return
    torch.set_num_threads(1)
    values = torch.linspace(0.01, 1.0, d, dtype=torch.float64)
    x0 = torch.ones(d, dtype=torch.float64)

    def gradient(x: Any) -> Any:
        return values * x

    def descent() -> Any:
        x = x0
        for _ in range(steps):
            x = torch.add(x, gradient(x), alpha=-1.9)
        return x

    def chebyshev() -> Any:
        x = before = x0
        for h, m in zip(*coefficients(pr.Chebyshev(0.01, 1.0), steps), strict=True):
            ahead = torch.add(x, x - before, alpha=m)
            x, before = torch.add(ahead, gradient(x), alpha=-h), x
        return x

    nesterov = pr.Nesterov.tuned(0.01, 1.0)
    h, m = float(nesterov.step), float(nesterov.momentum)

    def accelerated() -> Any:
        x = before = x0
        for _ in range(steps):
            y = torch.add(x, x - before, alpha=m)
            x, before = torch.add(y, gradient(y), alpha=-h), x
        return x

    for method, hand in (
        (pr.GradientDescent(1.9), descent),
        (pr.Chebyshev(0.01, 1.0), chebyshev),
        (nesterov, accelerated),
    ):
        ours = lambda method=method: pr.run(method, gradient, x0, steps)  # noqa: E731
        assert float((ours() - hand()).abs().max()) < 1e-12
        overhead(f"torch, d = {d}, {steps} steps, {method.name}", ours, hand, 0.05, 9)


def jitted_loops(d: int = 100_000, steps: int = 100) -> None:
    try:
        import jax
    except ImportError:
        print("jit: skipped, jax is not installed")
        return
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    from polyrates.execution.jax import scan_run

    values, x0 = jnp.linspace(0.01, 1.0, d), jnp.zeros(d)

    def gradient(x: Any) -> Any:
        return values * x - 1.0

    @jax.jit
    def descent(x: Any) -> Any:
        return jax.lax.scan(lambda x, _: (x - 1.9 * gradient(x), None), x, None, length=steps)[0]

    nesterov = pr.Nesterov.tuned(0.01, 1.0)
    m = float(nesterov.momentum)

    @jax.jit
    def accelerated(x: Any) -> Any:
        def body(pair: Any, _: None) -> Any:
            x, before = pair
            y = x + m * (x - before)
            return (y - gradient(y), x), None

        return jax.lax.scan(body, (x, x), None, length=steps)[0][0]

    rows = tuple(map(jnp.asarray, coefficients(pr.Chebyshev(0.01, 1.0), steps)))

    @jax.jit
    def chebyshev(x: Any) -> Any:
        def body(pair: Any, row: Any) -> Any:
            (x, before), (h, m) = pair, row
            return (x + m * (x - before) - h * gradient(x), x), None

        return jax.lax.scan(body, (x, x), rows)[0][0]

    for method, hand in (
        (pr.GradientDescent(1.9), descent),
        (pr.Chebyshev(0.01, 1.0), chebyshev),
        (nesterov, accelerated),
    ):
        compiled = jax.jit(lambda x, method=method: scan_run(method, gradient, x, steps))
        np.testing.assert_allclose(compiled(x0), hand(x0), rtol=1e-9, atol=1e-9)
        overhead(
            f"jit, d = {d}, {steps} steps, {method.name}",
            lambda f=compiled: f(x0).block_until_ready(),
            lambda f=hand: f(x0).block_until_ready(),
            0.02,  # as fast: what is left is the noise of a shared machine
            40,
        )
    for length in (100, 10_000):
        program = jax.jit(
            lambda x, n=length: scan_run(pr.Chebyshev(0.01, 1.0), gradient, x, n)
        ).lower(x0)
        begin = time.perf_counter()
        program.compile()
        print(f"compiling {length} steps: {show(time.perf_counter() - begin)}")


def tangent_loops(steps: int = 1000) -> None:
    """Ridge 569 × 30: ours beside loops on one block (x, ∂x), one product a step."""
    from polyrates.problems.data import load

    data = load("breast-cancer")
    one = pr.Ridge(data.X, data.y, 0.01)
    many = pr.Ridge(data.X, data.y, np.full(30, 0.01))
    ends = float(one.eigensystem[0][0]), float(one.eigensystem[0][-1])
    H, b, penalty = one.hessian, one.linear, float(one.penalty)
    h = 2 / sum(ends)

    def slope(z: np.ndarray) -> np.ndarray:
        g = H @ z
        g[:, 0] += b
        if z.shape[1] == 2:
            g[:, 1] += penalty * z[:, 0]
        else:
            g[:, 1:] += np.diag(penalty * z[:, 0])
        return g

    def descent(width: int) -> np.ndarray:
        history = np.zeros((steps + 1, 30, width))
        for t in range(steps):
            history[t + 1] = history[t] - h * slope(history[t])
        return history

    def chebyshev(width: int) -> np.ndarray:
        history = np.zeros((steps + 1, 30, width))
        z = before = history[0]
        for t, (k, m) in enumerate(zip(*coefficients(pr.Chebyshev(*ends), steps), strict=True)):
            z, before = z + m * (z - before) - k * slope(z), z
            history[t + 1] = z
        return history

    for problem, label in ((one, "1 parameter"), (many, "30 parameters")):
        width = 2 if problem is one else 31
        for method, hand in (
            (pr.GradientDescent(h), descent),
            (pr.Chebyshev(*ends), chebyshev),
        ):
            ours = lambda method=method, problem=problem: pr.differentiate(  # noqa: E731
                method, problem, np.zeros(30), steps
            )
            theirs = lambda hand=hand, width=width: hand(width)  # noqa: E731
            expected, found = theirs()[:, :, 1:], ours().jacobians.reshape(steps + 1, 30, -1)
            assert np.max(np.abs(expected - found)) < 1e-10 * np.max(np.abs(expected))
            overhead(f"differentiate, {label}, {method.name}", ours, theirs, 0.5, 7)


def jacobian_errors(steps: int = 1000) -> None:
    """All ‖∂x_t − ∂x*‖, t = 0, …, steps, ridge 569 × 30, gradient descent with 2/(L + ℓ).

    The spectral form costs O(d) a step; JAX's forward mode carries (x, ∂x) through a scan; its
    reverse mode differentiates the stacked iterates, or, at a smaller t, each of them.
    """
    try:
        import jax
    except ImportError:
        print("Jacobians: skipped, jax is not installed")
        return
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    from polyrates.problems.data import load

    data = load("breast-cancer")
    X, y = data.X, data.y
    problem = pr.Ridge(X, y, 0.01)
    values, vectors = problem.eigensystem
    h = 2 / float(values[0] + values[-1])
    gram, right = jnp.asarray(X.T @ X / len(X)), jnp.asarray(X.T @ y / len(X))
    theta, star = float(np.log(0.01)), jnp.asarray(problem.solution_jacobian)
    E = vectors.T @ -problem.solution_jacobian
    D = float(problem.penalty) * (vectors.T @ -problem.solution)

    factor = 1 - h * values

    def spectral(t: int) -> np.ndarray:
        # P_s(λ)E + P_s′(λ)D = u^{s−1}(uE − hsD), u = 1 − hλ, the powers by doubling
        powers = np.empty((t, len(values)))
        powers[0] = 1.0
        known, ratio = 1, factor
        while known < t:
            more = min(known, t - known)
            np.multiply(powers[:more], ratio, out=powers[known : known + more])
            known, ratio = known + more, ratio * ratio
        parts = np.multiply.outer(np.arange(1, t + 1), -h * D)
        parts += factor * E
        parts *= powers
        norms = np.sqrt(np.einsum("ti,ti->t", parts, parts))
        return np.concatenate([[np.linalg.norm(E)], norms])

    def iterates(theta: Any, t: int) -> Any:
        H = gram + jnp.exp(theta) * jnp.eye(30)

        def body(x: Any, _: None) -> Any:
            x = x - h * (H @ x - right)
            return x, x

        xs = jax.lax.scan(body, jnp.zeros(30), None, length=t)[1]
        return jnp.concatenate([jnp.zeros((1, 30)), xs])

    def norms(jacobians: Any) -> Any:
        return jnp.linalg.norm(jacobians - star, axis=1)

    def compiled(function: Callable[[Any], Any], label: str) -> Any:
        begin = time.perf_counter()
        program = jax.jit(function).lower(theta).compile()
        print(f"  compiling {label}: {show(time.perf_counter() - begin)}")
        return program

    forward = compiled(lambda v: norms(jax.jacfwd(lambda s: iterates(s, steps))(v)), "jacfwd")
    short = 200
    reverse = compiled(lambda v: norms(jax.jacrev(lambda s: iterates(s, short))(v)),
                       f"jacrev, t ≤ {short}")  # fmt: skip
    np.testing.assert_allclose(spectral(steps), forward(theta), atol=1e-10)
    np.testing.assert_allclose(spectral(short), reverse(theta), atol=1e-10)
    mine, theirs = fastest([lambda: spectral(steps), lambda: forward(theta).block_until_ready()], 9)
    note(f"all {steps} Jacobian errors", mine, theirs)
    print(f"all {steps} Jacobian errors: spectral form {show(mine)}  (its eigenvectors apart: "
          f"{show(fastest([lambda: np.linalg.eigh(problem.hessian)])[0])})  JAX jacfwd over scan "
          f"{show(theirs)}  ratio {theirs / mine:.1f}")  # fmt: skip
    mine, theirs = fastest([lambda: spectral(short), lambda: reverse(theta).block_until_ready()], 3)
    note(f"all {short} Jacobian errors", mine, theirs)
    print(f"all {short} Jacobian errors: spectral form {show(mine)}  JAX jacrev {show(theirs)}  "
          f"ratio {theirs / mine:.0f}")  # fmt: skip
    longer = jax.jit(jax.jacrev(lambda s: iterates(s, steps))).lower(theta).compile()
    for label, program, t in (("jacrev", reverse, short), ("jacrev", longer, steps),
                              ("jacfwd", forward, steps)):  # fmt: skip
        size = program.memory_analysis().temp_size_in_bytes / 2**20
        print(f"  memory of {label} for {t}: {size:.1f} MB; spectral form "
              f"{3 * t * len(values) * 8 / 2**20:.1f} MB")  # fmt: skip


def scale(d: int = 1_000_000) -> None:
    """d = 10⁶: a Hessian that is a product of structure (a chain), memory flat in t."""
    import tracemalloc

    ell, top = 0.01, 4.01  # ℓ I + the second difference, whose eigenvalues lie in (0, 4)

    def hvp(v: np.ndarray) -> np.ndarray:
        result = (2 + ell) * v
        result[1:] -= v[:-1]
        result[:-1] -= v[1:]
        return result

    right = np.random.default_rng(0).standard_normal(d)
    begin = time.perf_counter()
    from polyrates.measurement.spectrum import measure_spectrum

    seen = measure_spectrum(hvp, d, steps=12, probes=2, ell=ell)
    print(f"d = {d}: spectrum in [{ell}, {seen.upper:.4f}] at 0.999 (true L {top:.4f}) from "
          f"{seen.products} products, {show(time.perf_counter() - begin)}")  # fmt: skip
    methods = {
        "Chebyshev": pr.Chebyshev(ell, seen.upper),
        "Sobolev": Sobolev(pr.GegenbauerDensity(ell, seen.upper, 0), 1.0),
    }
    for name, method in methods.items():
        for steps in (20, 80):
            tracemalloc.start()
            begin = time.perf_counter()
            x = pr.run(method, lambda x: hvp(x) - right, np.zeros(d), steps)
            used = time.perf_counter() - begin
            note(f"d = {d}, {name}, {steps} steps", used)
            peak = tracemalloc.get_traced_memory()[1] / (8 * d)
            tracemalloc.stop()
            residual = float(np.linalg.norm(hvp(x) - right) / np.linalg.norm(right))
            print(f"d = {d}, {name}, {steps} steps: {show(used)}, peak {peak:.1f} vectors, "
                  f"‖∇f‖ {residual:.1e} of the first")  # fmt: skip


JOBS = {
    "overhead": lambda: (numpy_loops(), torch_loops(), jitted_loops()),
    "differentiate": tangent_loops,
    "jacobians": jacobian_errors,
    "scale": scale,
}


def main(names: list[str] | None = None) -> None:
    for name in names or JOBS:
        JOBS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
