"""The experimental picture: burn-in and its cure, ridge and logistic regression, real data.

After the experiments of Scieur, Gidel, Bertrand, Pedregosa (2022). Gradient descent with the large,
the short and the flat step, Chebyshev's method and the Sobolev method (α = 0, η from the start);
x_0 in a random direction with ‖x_0‖ = 10‖x*‖, seed 0, ∂x_0 = 0. Above the iterates, below their
Jacobian by unrolling, both relative to the start. For ridge the methods are tuned to the extreme
eigenvalues of H, for logistic regression to bounds of the Hessian that hold everywhere. There the
thin gray lines are what the local model at the solution predicts for Chebyshev's method and the
Sobolev method: a prediction, no guarantee, since logistic regression is not quadratic.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from polyrates.core.estimators import Unrolled
from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.execution.trajectory import differentiate
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import (
    MUTED,
    Curve,
    draw_curves,
    figure,
    limits,
    look,
    mark_one,
    style,
    svg,
)
from polyrates.measurement.local_model import local_model
from polyrates.measurement.verify import predicted_errors
from polyrates.problems.losses import Logistic
from polyrates.problems.quadratic import Problem, QuadraticProblem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["about", "check", "compute", "draw"]

about = "the paper's experiments: ridge and logistic regression, iterates and Jacobian"

Array = npt.NDArray[np.float64]

STEPS = 150
FLOOR = 1e-3
PROBLEMS = {
    "ridge-breast-cancer": "ridge, breast cancer\npenalty 0.2",
    "ridge-diabetes": "ridge, diabetes\npenalty 0.1",
    "logistic-breast-cancer": "logistic, breast cancer\npenalty 0.05",
    "logistic-digits": "logistic, digits 3 and 8\npenalty 0.05",
}
METHODS = {
    "large": "GD  2/(L+ℓ)",
    "short": "GD  1/L",
    "flat": "GD  √2/L",
    "chebyshev": "Chebyshev",
    "sobolev": "Sobolev",
}
PREDICTED = ("chebyshev", "sobolev")


def _problem(name: str) -> tuple[Problem, QuadraticProblem, tuple[float, float]]:
    """The problem, the quadratic that has its Hessian at x*, and the interval of the methods."""
    from polyrates.report.subject import logistic, read_data, ridge

    kind, _, data = name.partition("-")
    if kind == "ridge":
        made = ridge(read_data(data, None), "0.2" if data == "breast-cancer" else "0.1")
        values = made.eigensystem[0]
        return made, made, (float(values[0]), float(values[-1]))
    loss = _digits() if data == "digits" else logistic(read_data(data, None), "0.05")
    return loss, local_model(loss), loss.constants[:2]


def _digits() -> Logistic:
    """The 357 handwritten threes and eights of scikit-learn, pixels that vary, standardized."""
    from sklearn import datasets

    raw = datasets.load_digits()
    keep = np.isin(raw.target, (3, 8))
    X = np.asarray(raw.data[keep], dtype=float)
    X = X[:, X.std(axis=0) > 0]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return Logistic(X, (raw.target[keep] == 8).astype(float), 0.05)


def _methods(interval: tuple[float, float], eta: float) -> dict[str, Method]:
    ell, L = interval
    return {
        "large": GradientDescent.large(ell, L),
        "short": GradientDescent.short(ell, L),
        "flat": GradientDescent.flat(ell, L),
        "chebyshev": Chebyshev(ell, L),
        "sobolev": Sobolev(GegenbauerDensity(ell, L, 0.0), eta),
    }


def compute(folder: Path) -> list[Path]:
    """experiments-PROBLEM.csv: t, the relative errors of each method, and some predictions."""
    from polyrates.report.analysis import choose_start

    written = []
    for name in PROBLEMS:
        problem, local, interval = _problem(name)
        start = choose_start(local, "far", 0, problem.cross)
        columns: dict[str, Array] = {"t": np.arange(STEPS + 1.0)}
        for key, method in _methods(interval, start.drift_ratio**2).items():
            run = differentiate(method, problem, start.x0, STEPS)
            errors = {
                "iterates": run.iterates - local.solution,
                "jacobian": run.jacobians - local.solution_jacobian,
            }
            if problem is not local and key in PREDICTED:
                still = np.zeros(local.dimension)
                errors["predicted jacobian"] = predicted_errors(
                    method, local, start.x0, still, STEPS, Unrolled(), "two-variable"
                )
            for label, each in errors.items():
                norms = np.linalg.norm(each, axis=1)
                # at the level of rounding the digits differ from machine to machine
                columns[f"{key} {label}"] = np.maximum(norms / norms[0], 1e-9)
        written.append(write_columns(folder / f"experiments-{name}.csv", columns))
    return written


def draw(folder: Path) -> list[Path]:
    """experiments.svg: a column a problem, iterates above, Jacobian below."""
    path = folder / "experiments.svg"
    width, height, wide, tall = 12.4, 6.0, 2.5, 1.95
    with style("experiments"):
        drawn = figure(width, height)
        for i, (name, title) in enumerate(PROBLEMS.items()):
            columns = read_columns(folder / f"experiments-{name}.csv")
            for k, label in enumerate(("iterates", "jacobian")):
                left, bottom = 0.62 + 2.72 * i, 0.55 + (1 - k) * (tall + 0.68)
                ax = drawn.add_axes((left / width, bottom / height, wide / width, tall / height))
                _panel(ax, columns, label, last=i == len(PROBLEMS) - 1)
                ax.set_xticks((0, 50, 100))
                if i > 0:
                    ax.tick_params(axis="y", labelleft=False)
                if k == 1 and name.startswith("logistic"):
                    ax.text(
                        0.98,
                        0.09,
                        "gray: local model",
                        transform=ax.transAxes,
                        fontsize=9,
                        color=MUTED,
                        ha="right",
                    )
                if k == 0:
                    ax.set_title(title, fontsize=11, pad=24)
                if i == 0:
                    kind = (
                        r"iterates  $\|x_t-x_\ast\|\,/\,\|x_0-x_\ast\|$"
                        if label == "iterates"
                        else r"Jacobian  $\|\partial x_t-\partial x_\ast\|\,/\,"
                        r"\|\partial x_0-\partial x_\ast\|$"
                    )
                    ax.text(0, 1.06, kind, transform=ax.transAxes, fontsize=10.5)
        path.write_bytes(svg(drawn))
    return [path]


def _panel(ax: Axes, columns: dict[str, Array], label: str, last: bool) -> None:
    t = columns["t"]
    curves = [Curve(text, t, columns[f"{key} {label}"], look(key)) for key, text in METHODS.items()]
    low, high = limits([Curve("", t, np.array([FLOOR, 30.0]), look("bound"))], FLOOR)
    draw_curves(ax, curves, low, high, labels=last, size=9.5)
    for key in PREDICTED:
        predicted = columns.get(f"{key} predicted {label}")
        if predicted is not None:
            ax.plot(t, predicted, color=MUTED, lw=0.9, zorder=2)
    mark_one(ax)
    if label == "jacobian":
        ax.axhspan(1.0, high, color="#D55E00", alpha=0.07, lw=0, zorder=0)
        ax.set_xlabel("$t$", labelpad=1)


def check(folder: Path) -> None:
    """Everywhere the iterates do not grow, the fast methods burn in, and Sobolev's hardly does."""
    for name in PROBLEMS:
        columns = read_columns(folder / f"experiments-{name}.csv")
        peaks = {key: columns[f"{key} jacobian"].max() for key in METHODS}
        for key in ("large", "chebyshev"):
            claim(peaks[key] > 4, (name, peaks))
            claim(peaks[key] > 2 * peaks["sobolev"], (name, peaks))
            claim(columns[f"{key} iterates"].max() < 1.2, name)
        claim(peaks["sobolev"] < (1.25 if name.startswith("ridge") else 3), (name, peaks))
        claim(columns["chebyshev jacobian"][-1] < 1e-6, name)
        for key in PREDICTED:
            predicted = columns.get(f"{key} predicted jacobian")
            if predicted is not None:  # the height of the burn-in, not more, from this far
                claim(0.4 < predicted.max() / peaks[key] < 1.5, (name, key))
