"""The curse of unrolling on real data, and its cure: Jacobian errors along ridge and logistic runs.

    python experiments/burn_in.py

The experimental picture of Scieur, Gidel, Bertrand, Pedregosa (NeurIPS 2022) on data sets that
come with scikit-learn: gradient descent with large, short and flat steps, Chebyshev, Sobolev
(α = 0, η of the start), t = 0, …, 300, one penalty of 0.01. Two starts with ∂x_0 = 0: x_0 = 0
("zero"), which hides the burn-in of ridge because ∂x* lives on the small eigenvalues, and a seeded
one with ‖x_0 − x*‖ = 10‖x*‖ for ridge, ‖x*‖ for logistic regression ("far"). The interval is that
of the Hessian at the solution for ridge, and of the global bounds of the Hessian for logistic
regression.

Writes ``burn_in/errors.csv`` (task, start, method, t, error over ‖∂x*‖), ``burn_in/summary.csv``
(peak and the last t above 1) and ``burn_in/errors.png``, drawn from the first; then asserts
what the picture is meant to show.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.measurement.measured_sizes import estimate_eta
from polyrates.problems.data import load
from polyrates.problems.losses import Logistic

HERE = Path(__file__).with_suffix("")
STEPS = 300


def problems() -> dict[str, Any]:
    """Each task: the problem, the interval of the methods, and the distance of the far start."""
    cancer, diabetes = load("breast-cancer"), load("diabetes")
    raw = load_digits()
    keep = (raw.target == 3) | (raw.target == 8)
    X = raw.data[keep] - raw.data[keep].mean(0)
    X = X / np.where(X.std(0) > 0, X.std(0), 1.0)
    labels = (raw.target[keep] == 8).astype(float)
    return {
        "ridge, breast cancer": pr.Ridge(cancer.X, cancer.y, 0.01),
        "ridge, diabetes": pr.Ridge(diabetes.X, diabetes.y, 0.01),
        "logistic, breast cancer": Logistic(cancer.X, (cancer.y > 0).astype(float), 0.01),
        "logistic, digits 3 and 8": Logistic(X, labels, 0.01),
    }


def methods(ell: float, L: float, eta: float) -> dict[str, pr.Method]:
    """The five methods of the picture."""
    return {
        "gradient descent, 2/(L+ℓ)": pr.GradientDescent.large(ell, L),
        "gradient descent, 1/L": pr.GradientDescent.short(ell, L),
        "gradient descent, √2/L": pr.GradientDescent.flat(ell, L),
        "Chebyshev": pr.Chebyshev(ell, L),
        "Sobolev": Sobolev(pr.GegenbauerDensity(ell, L, 0.0), eta),
    }


def measure() -> list[tuple[str, str, str, int, float]]:
    """Rows (task, start, method, t, error)."""
    rows = []
    for task, problem in problems().items():
        if isinstance(problem, Logistic):
            (ell, L), distance = problem.constants[:2], 1.0
        else:
            values = problem.eigensystem[0]
            (ell, L), distance = (float(values[0]), float(values[-1])), 10.0
        direction = np.random.default_rng(0).standard_normal(problem.dimension)
        direction *= distance * np.linalg.norm(problem.solution) / np.linalg.norm(direction)
        starts = {"zero": np.zeros(problem.dimension), "far": problem.solution + direction}
        size = float(np.linalg.norm(problem.solution_jacobian))
        for start, x0 in starts.items():
            for name, method in methods(ell, L, estimate_eta(problem, x0)).items():
                run = pr.differentiate(method, problem, x0, STEPS)
                error = np.linalg.norm(run.jacobians - problem.solution_jacobian, axis=1) / size
                rows += [(task, start, name, t, float(e)) for t, e in enumerate(error)]
    return rows


def draw(path: Path) -> None:
    """The picture, from the CSV file alone."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    curves: dict[tuple[str, str], dict[str, list[float]]] = {}
    with path.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            panel = curves.setdefault((row["start"], row["task"]), {})
            panel.setdefault(row["method"], []).append(float(row["error"]))
    tasks = list(dict.fromkeys(task for _, task in curves))
    figure, axes = plt.subplots(2, len(tasks), figsize=(15, 7), sharex=True, layout="constrained")
    for (start, task), panel in curves.items():
        ax = axes[("zero", "far").index(start), tasks.index(task)]
        for name, errors in panel.items():
            ax.semilogy(np.clip(errors, 1e-14, None), label=name)
        ax.axhline(1.0, color="0.6", lw=0.8)
        ax.set_title(f"{task}, x₀: {start}")
    for ax in axes[-1]:
        ax.set_xlabel("t")
    for ax in axes[:, 0]:
        ax.set_ylabel("‖∂x_t − ∂x*‖ / ‖∂x*‖")
    axes[0, 0].legend(fontsize=8)
    figure.savefig(path.with_suffix(".png"), dpi=110)
    plt.close(figure)


def main() -> None:
    """Measure, write, draw, assert."""
    HERE.mkdir(exist_ok=True)
    rows = measure()
    with (HERE / "errors.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(("task", "start", "method", "t", "error"))
        writer.writerows((*row[:4], f"{row[4]:.6g}") for row in rows)
    curves: dict[tuple[str, str, str], list[float]] = {}
    for task, start, name, _, error in rows:
        curves.setdefault((task, start, name), []).append(error)
    peaks = {}
    with (HERE / "summary.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(("task", "start", "method", "peak", "peak at", "last t above 1", "final"))
        for key, errors in curves.items():
            above = [t for t, e in enumerate(errors) if e > 1 + 1e-9]
            peaks[key] = max(errors)
            writer.writerow((*key, f"{max(errors):.4g}", int(np.argmax(errors)),
                             above[-1] if above else 0, f"{errors[-1]:.4g}"))  # fmt: skip
    draw(HERE / "errors.csv")
    for task in dict.fromkeys(task for task, _, _ in curves):
        peak = {name: peaks[task, "far", name] for _, _, name in curves}
        assert peak["Chebyshev"] > peak["Sobolev"], (task, peak)
        if task.startswith("ridge"):
            assert peak["gradient descent, 2/(L+ℓ)"] > 2, peak  # the curse
            assert peak["Chebyshev"] > 2, peak


if __name__ == "__main__":
    main()
