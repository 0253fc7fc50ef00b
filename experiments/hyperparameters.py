"""Tuning penalties on real data by hypergradients, every estimator at the same number of products.

    python experiments/hyperparameters.py [--quick]

Writes beside itself, in ``hyperparameters/``: the sweeps (JSON Lines; delete them to start afresh,
an interrupted run continues), ``errors.csv`` and ``tuning.csv`` (one line a setting), ``table.md``
and the figures drawn from the two CSV files.

Data: diabetes (442 × 10) for ridge, with one penalty and with one a feature; breast cancer
(569 × 30) for logistic regression. A seed splits the rows 60 : 40 into training and validation.
The hypergradient is ∂xᵀ∇V(x_t) for the validation loss V, its error relative to the exact one.

Errors: at penalty 0.01, from x_0 = 0 ("zero") and from ‖x_0 − x*‖ = 10‖x*‖ ("far", where burn-in
shows), ∂x_0 = 0. Tuning: Adam on θ from penalty 1, every hypergradient from x_0 = 0 with the given
number of products; the outcome is V at the exact solution for the last θ.

A *product* is a gradient or a Hessian-vector product (one a step, whatever the number of penalties:
reverse mode needs no more). With N products: unrolled t = N/2; truncated 2N/3 steps of which the
last N/3 are differentiated; one step N − 1 and 1; implicit N/2 steps and N/2 inner steps. The
interval is [smallest penalty, L] with the true L for ridge and the global bound for logistic
regression. η and the sizes that the minimax-optimal polynomial is made for are those of the problem
at hand, from its solution: an advantage over practice, where estimate_sizes costs products.

What the recorded run shows (medians over five seeds; numeric, not a theorem):

- Nothing is useful before the solver has converged a little: below 48 products the hypergradient
  zero (error 1) beats most estimates on ridge, and unrolled gradient descent and Chebyshev are up
  to 3000 times worse: the burn-in.
- On ridge implicit differentiation with Chebyshev solves is the best from 48 products on (x_0 = 0),
  or from 96 (far), and at 192 better than the best unrolled or truncated one by 3 to 12. Unrolling
  loses at equal cost.
- Among unrolled methods Sobolev is 7 to 35 times better than Chebyshev at 192 products on ridge.
- Minimax-optimal unrolling keeps what it promises where its theory holds (one penalty: the error of
  the Jacobian never above its start), but loses to Sobolev by 3 to 12 at 192 products: it guards
  against spectra and directions that these data do not have.
- On logistic regression its promise does not hold far from x* (error 6.7 at 48 products), and
  Sobolev's peak reaches 20: the guarantees are for quadratics. There truncation and implicit
  differentiation win, and from x_0 = 0 with few products optimistix's conjugate gradients, which
  adapt to the spectrum, are the best; where its gradient descent is slow (ridge, far starts) it is
  far behind.
- The validation loss after tuning differs by 1e-3 to 1e-2 only, and its order is not that of the
  errors: a wrong hypergradient of the right sign tunes one penalty well.
"""

from __future__ import annotations

import csv
import importlib.util
import math
import sys
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy import special

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.execution.sweeps import sweep
from polyrates.measurement.measured_sizes import SpectrumMoves, estimate_sizes
from polyrates.problems.data import load
from polyrates.problems.losses import Logistic

HERE = Path(__file__).with_suffix("")
TASKS = ("ridge", "ridge, a penalty each", "logistic")
ESTIMATORS = (
    "unrolled GD", "unrolled GD, short", "unrolled Chebyshev", "unrolled Sobolev",
    "unrolled minimax", "truncated Chebyshev", "one step GD", "implicit Chebyshev",
    "implicit optimistix",
)  # fmt: skip


@lru_cache
def split(task: str, seed: int) -> tuple[np.ndarray, ...]:
    """X, y of the training rows, X, y of the validation rows."""
    data = load("breast-cancer" if task == "logistic" else "diabetes")
    y = (data.y > 0).astype(float) if task == "logistic" else data.y
    order = np.random.default_rng(seed).permutation(len(y))
    cut = int(0.6 * len(y))
    train, held = order[:cut], order[cut:]
    return data.X[train], y[train], data.X[held], y[held]


def problem_of(task: str, seed: int, penalty: Any) -> Any:
    """The inner problem of a task."""
    X, y, _, _ = split(task, seed)
    return (Logistic if task == "logistic" else pr.Ridge)(X, y, penalty)


def validation(task: str, seed: int, w: np.ndarray) -> tuple[float, np.ndarray]:
    """V(w) and ∇V(w)."""
    _, _, X, y = split(task, seed)
    z = X @ w
    if task == "logistic":
        value = float(np.mean(np.logaddexp(0.0, z) - y * z))
        return value, X.T @ (special.expit(z) - y) / len(y)
    return float(0.5 * np.mean((z - y) ** 2)), X.T @ (z - y) / len(y)


def interval(problem: Any) -> tuple[float, float]:
    """(ℓ, L) that the methods are made for."""
    ell = float(np.min(problem.penalty))
    if isinstance(problem, Logistic):
        return ell, problem.constants.L
    return ell, float(problem.eigensystem[0][-1])


def estimate(
    problem: Any, x0: np.ndarray, products: int, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """(x_t, the estimate of ∂x*) from the given number of products."""
    ell, L = interval(problem)
    half = products // 2
    large = pr.GradientDescent.large(ell, L)
    if name == "implicit optimistix":
        return by_optimistix(problem, x0, half, products - half, float(large.step))
    chebyshev = pr.Chebyshev(ell, L)
    method: pr.Method = chebyshev
    estimator: pr.Estimator = pr.Unrolled()
    steps = half
    if name == "unrolled GD":
        method = large
    elif name == "unrolled GD, short":
        method = pr.GradientDescent.short(ell, L)
    elif name in ("unrolled Sobolev", "unrolled minimax"):
        with warnings.catch_warnings():  # [ell, L] holds wherever the Hessian moves
            warnings.simplefilter("ignore", SpectrumMoves)
            sizes = estimate_sizes(problem, x0)
        if name == "unrolled Sobolev":
            method = Sobolev(pr.GegenbauerDensity(ell, L, 0.0), sizes.eta)
        else:
            method = pr.minimax_optimal(
                pr.Interval(ell, L), half, residual=sizes.residual, drift=sizes.drift
            ).method
            steps = min(half, method.horizon or half)
    elif name == "truncated Chebyshev":
        steps = 2 * products // 3
        estimator = pr.Truncated(last=products - steps)
    elif name == "one step GD":
        method, estimator, steps = large, pr.OneStep(), products - 1
    elif name == "implicit Chebyshev":
        estimator = pr.Implicit(chebyshev, products - half)
    run = pr.differentiate(method, problem, x0, steps, estimator)
    return run.iterates[-1], run.jacobians[-1]


@lru_cache
def compiled(logistic: bool, steps: int, inner: int) -> Any:
    """optimistix: gradient descent, then its ImplicitAdjoint with conjugate gradients."""
    import jax
    import jax.numpy as jnp
    import lineax as lx
    import optimistix as optx

    jax.config.update("jax_enable_x64", True)

    class FixedCG(lx.CG):  # as many inner steps as given, and no complaint that they are few
        def compute(self, state: Any, vector: Any, options: Any) -> Any:
            solution, _, stats = super().compute(state, vector, options)
            return solution, lx.RESULTS.successful, stats

    def objective(w: Any, args: Any) -> Any:
        X, y, theta = args
        z = X @ w
        fit = jnp.logaddexp(0.0, z) - y * z if logistic else 0.5 * (z - y) ** 2
        return jnp.mean(fit) + 0.5 * jnp.sum(jnp.exp(theta) * w * w)

    adjoint = optx.ImplicitAdjoint(linear_solver=FixedCG(rtol=1e-300, atol=1e-300, max_steps=inner))

    def solve(theta: Any, X: Any, y: Any, x0: Any, step: Any) -> Any:
        return optx.minimise(
            objective, optx.GradientDescent(step, rtol=0.0, atol=0.0), x0, args=(X, y, theta),
            max_steps=steps, throw=False, adjoint=adjoint,
            tags=frozenset({lx.positive_semidefinite_tag}),
        ).value  # fmt: skip

    return jax.jit(lambda *args: (solve(*args), jax.jacfwd(solve)(*args)))


def by_optimistix(
    problem: Any, x0: np.ndarray, steps: int, inner: int, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """The same from optimistix, jitted once for each number of steps."""
    program = compiled(isinstance(problem, Logistic), steps, inner)
    x, J = program(np.log(problem.penalty), problem.X, problem.y, x0, step)
    return np.asarray(x), np.asarray(J)


def start_of(problem: Any, start: str, seed: int) -> np.ndarray:
    """x_0."""
    if start == "zero":
        return np.zeros(problem.dimension)
    direction = np.random.default_rng(seed).standard_normal(problem.dimension)
    size = 10 * np.linalg.norm(problem.solution)
    return np.asarray(problem.solution + size * direction / np.linalg.norm(direction))


def error_point(task: str, start: str, seed: int, products: int, estimator: str) -> dict[str, Any]:
    """The relative error of one hypergradient at penalty 0.01."""
    dimension = split(task, seed)[0].shape[1]
    penalty = np.full(dimension, 0.01) if "each" in task else 0.01
    problem = problem_of(task, seed, penalty)
    _, slope = validation(task, seed, problem.solution)
    truth = problem.solution_jacobian.T @ slope
    with np.errstate(all="ignore"):
        try:
            x, J = estimate(problem, start_of(problem, start, seed), products, estimator)
            found = J.T @ validation(task, seed, x)[1]
            error = float(np.linalg.norm(found - truth) / np.linalg.norm(truth))
        except pr.NonFiniteError:
            error = math.inf
    return {"error": error if math.isfinite(error) else math.inf}


def tuning_point(task: str, seed: int, products: int, estimator: str, outer: int) -> dict[str, Any]:
    """Adam on θ; "exact" uses the solution itself, at no cost."""
    dimension = split(task, seed)[0].shape[1]
    theta = np.zeros(dimension) if "each" in task else np.zeros(())
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for k in range(1, outer + 1):
        penalty = np.exp(theta)
        problem = problem_of(task, seed, penalty if theta.ndim else float(penalty))
        if estimator == "exact":
            x, J = problem.solution, problem.solution_jacobian
        else:
            try:
                x, J = estimate(problem, np.zeros(dimension), products, estimator)
            except pr.NonFiniteError:
                return {"loss": math.inf}
        g = J.T @ validation(task, seed, x)[1]
        first, second = 0.9 * first + 0.1 * g, 0.99 * second + 0.01 * g * g
        move = first / (1 - 0.9**k) / (np.sqrt(second / (1 - 0.99**k)) + 1e-12)
        theta = np.clip(theta - 0.3 * move, math.log(1e-6), math.log(1e4))
    penalty = np.exp(theta)
    problem = problem_of(task, seed, penalty if theta.ndim else float(penalty))
    return {"loss": validation(task, seed, problem.solution)[0]}


def write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    """Rows of one shape, the names first."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path: Path) -> list[dict[str, Any]]:
    """The rows back, as strings."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def spread(rows: list[dict[str, Any]], value: str, **where: str) -> tuple[float, float, float]:
    """(least, median, largest) over the seeds."""
    found = [float(r[value]) for r in rows if all(r[k] == v for k, v in where.items())]
    return min(found), median(found), max(found)


def draw() -> None:
    """The figure, from errors.csv alone."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    errors = read_csv(HERE / "errors.csv")
    names = [n for n in ESTIMATORS if any(r["estimator"] == n for r in errors)]
    costs = sorted({int(r["products"]) for r in errors})
    figure, axes = plt.subplots(2, len(TASKS), figsize=(13, 7), sharex=True, layout="constrained")
    for row, start in zip(axes, ("zero", "far"), strict=True):
        for ax, task in zip(row, TASKS, strict=True):
            for i, name in enumerate(names):
                where = {"task": task, "start": start, "estimator": name}
                bars = np.array([spread(errors, "error", products=str(n), **where) for n in costs])
                bars = np.clip(bars, 1e-16, 1e6)
                ax.loglog(costs, bars[:, 1], marker="o", ms=3, label=name, color=f"C{i}")
                ax.fill_between(costs, bars[:, 0], bars[:, 2], alpha=0.15, color=f"C{i}")
            ax.axhline(1.0, color="0.6", lw=0.8)
            ax.set_title(f"{task}, x₀: {start}")
    for ax in axes[-1]:
        ax.set_xlabel("products")
        ax.set_xticks(costs, [str(n) for n in costs])
        ax.minorticks_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("relative error of the hypergradient")
    axes[0, -1].legend(fontsize=7)
    figure.savefig(HERE / "errors.png", dpi=110)
    plt.close(figure)


def table() -> str:
    """Both tables in Markdown, from the CSV files alone."""
    errors, tuning = read_csv(HERE / "errors.csv"), read_csv(HERE / "tuning.csv")
    costs = sorted({int(r["products"]) for r in errors})
    lines = ["Relative error of the hypergradient, median over the seeds (least – largest).", ""]
    for start in ("zero", "far"):
        for task in TASKS:
            lines += [f"**{task}, x₀: {start}**", "",
                      "| estimator | " + " | ".join(f"{n} products" for n in costs) + " |",
                      "|---|" + "---|" * len(costs)]  # fmt: skip
            for name in ESTIMATORS:
                where = {"task": task, "start": start, "estimator": name}
                if not any(all(r[k] == v for k, v in where.items()) for r in errors):
                    continue
                cells = (spread(errors, "error", products=str(n), **where) for n in costs)
                row = " | ".join(f"{b:.1e} ({a:.0e} – {c:.0e})" for a, b, c in cells)
                lines.append(f"| {name} | {row} |")
            lines.append("")
    outer = tuning[0]["outer"]
    budgets = sorted({int(r["products"]) for r in tuning if r["estimator"] != "exact"})
    lines += [
        f"Validation loss at the exact x* after {outer} outer steps, excess over tuning with exact",
        "hypergradients, median over the seeds (least – largest).",
        "",
    ]
    for task in TASKS:
        exact = {r["seed"]: float(r["loss"]) for r in tuning
                 if r["task"] == task and r["estimator"] == "exact"}  # fmt: skip
        lines += [f"**{task}** (exact: {median(exact.values()):.5f})", "",
                  "| estimator | " + " | ".join(f"{n} products a step" for n in budgets) + " |",
                  "|---|" + "---|" * len(budgets)]  # fmt: skip
        for name in ESTIMATORS:
            cells = []
            for n in budgets:
                found = [float(r["loss"]) - exact[r["seed"]] for r in tuning if r["task"] == task
                         and r["estimator"] == name and int(r["products"]) == n]  # fmt: skip
                if found:
                    cells.append(f"{median(found):+.1e} ({min(found):+.0e} – {max(found):+.0e})")
            if cells:
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def available(names: Sequence[str]) -> list[str]:
    """The estimators that can run here: without optimistix, all but its own."""
    if "implicit optimistix" not in names or importlib.util.find_spec("optimistix") is not None:
        return list(names)
    print("optimistix is not installed: its rows are left out")
    return [name for name in names if name != "implicit optimistix"]


def main(quick: bool) -> None:
    """Sweep, write, draw."""
    HERE.mkdir(exist_ok=True)
    names = available(ESTIMATORS)
    seeds = [0] if quick else [0, 1, 2, 3, 4]
    suffix = "-quick" if quick else ""
    errors = sweep(
        error_point,
        {"task": TASKS, "start": ["zero", "far"], "seed": seeds,
         "products": [12, 48] if quick else [12, 24, 48, 96, 192], "estimator": names},
        HERE / f"errors{suffix}.jsonl",
    )  # fmt: skip
    write_csv(errors, HERE / "errors.csv")
    outer = 3 if quick else 25
    tuning = sweep(
        tuning_point,
        {"task": TASKS, "seed": seeds[:3], "products": [12, 48], "estimator": names,
         "outer": [outer]},
        HERE / f"tuning{suffix}.jsonl",
    )  # fmt: skip
    tuning += sweep(
        tuning_point,
        {"task": TASKS, "seed": seeds[:3], "products": [0], "estimator": ["exact"],
         "outer": [outer]},
        HERE / f"tuning{suffix}-exact.jsonl",
    )  # fmt: skip
    write_csv(tuning, HERE / "tuning.csv")
    (HERE / "table.md").write_text(table(), encoding="utf-8")
    draw()


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
