"""Figure 1: the better optimizer is the worse differentiator.

Ridge regression on two data sets, and a quadratic with a synthetic spectrum, isotropic x* and
∂H = I, which is what ridge has up to a factor. Left the iterates, right their Jacobian by
unrolling, both relative to the start; ‖x_0‖ = 10‖x*‖ in a random direction
(‖x_0 − x*‖ for the synthetic problem), seed 0, ∂x_0 = 0. After Figure 1 of Scieur, Gidel, Bertrand,
Pedregosa (2022), with Chebyshev's method and the Sobolev method beside the two gradient descents.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.execution.trajectory import differentiate
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import Curve, draw_curves, figure, limits, look, mark_one, style, svg
from polyrates.measurement.verify import far_start
from polyrates.problems.quadratic import Quadratic, QuadraticProblem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["about", "check", "compute", "draw"]

about = "iterates and Jacobian side by side, on two data sets and a synthetic spectrum"

STEPS = 120
PROBLEMS = {
    "breast-cancer": "breast cancer, ridge with penalty 0.2",
    "diabetes": "diabetes, ridge with penalty 0.1",
    "synthetic": "synthetic: 200 equally spaced eigenvalues in [0.01, 1]",
}
METHODS = {
    "short": "GD  1/L",
    "large": "GD  2/(L+ℓ)",
    "chebyshev": "Chebyshev",
    "sobolev": "Sobolev",
}
FLOOR = 1e-4

Array = npt.NDArray[np.float64]


def _problem(name: str) -> tuple[QuadraticProblem, Array]:
    if name == "synthetic":
        values = np.linspace(0.01, 1.0, 200)
        solution = np.random.default_rng(0).standard_normal(200)
        problem = Quadratic(np.diag(values), -values * solution, np.eye(200), np.zeros(200))
        return problem, far_start(problem)
    from polyrates.problems.data import load
    from polyrates.report.analysis import choose_start
    from polyrates.report.subject import ridge

    made = ridge(load(name), "0.2" if name == "breast-cancer" else "0.1")
    return made, choose_start(made, "far", 0).x0


def _methods(problem: QuadraticProblem, x0: Array) -> dict[str, Method]:
    values = problem.eigensystem[0]
    ell, L = float(values[0]), float(values[-1])
    D = problem.hessian_derivative() @ (x0 - problem.solution)
    eta = float(np.linalg.norm(D) / np.linalg.norm(problem.solution_jacobian)) ** 2
    return {
        "short": GradientDescent.short(ell, L),
        "large": GradientDescent.large(ell, L),
        "chebyshev": Chebyshev(ell, L),
        "sobolev": Sobolev(GegenbauerDensity(ell, L, 0.0), eta),
    }


def compute(folder: Path) -> list[Path]:
    """figure1-NAME.csv: t, and for each method the two relative errors."""
    written = []
    for name in PROBLEMS:
        problem, x0 = _problem(name)
        columns: dict[str, Array] = {"t": np.arange(STEPS + 1.0)}
        for key, method in _methods(problem, x0).items():
            run = differentiate(method, problem, x0, STEPS)
            for label, errors in (
                ("iterates", run.iterates - problem.solution),
                ("jacobian", run.jacobians - problem.solution_jacobian),
            ):
                norms = np.linalg.norm(errors, axis=1)
                columns[f"{key} {label}"] = norms / norms[0]
        written.append(write_columns(folder / f"figure1-{name}.csv", columns))
    return written


def draw(folder: Path) -> list[Path]:
    """figure1.svg, three rows; curse.svg, the first of them."""
    return [
        _draw(folder, "figure1", list(PROBLEMS)),
        _draw(folder, "curse", ["breast-cancer"]),
    ]


def _draw(folder: Path, name: str, rows: list[str]) -> Path:
    width, row_height, top = 10.2, 3.35, 0.35
    height = row_height * len(rows) + top
    with style(name):
        drawn = figure(width, height)
        for i, problem in enumerate(rows):
            columns = read_columns(folder / f"figure1-{problem}.csv")
            bottom = (height - top - (i + 1) * row_height + 0.62) / height
            for k, label in enumerate(("iterates", "jacobian")):
                ax = drawn.add_axes(
                    ((0.62 + 5.05 * k) / width, bottom, 3.25 / width, (row_height - 1.2) / height)
                )
                _panel(ax, columns, label)
            drawn.text(
                0.62 / width,
                bottom + (row_height - 0.62 - 0.02) / height,
                PROBLEMS[problem],
                fontsize=12,
                fontweight="bold",
                va="top",
            )
        path = folder / f"{name}.svg"
        path.write_bytes(svg(drawn))
    return path


def _panel(ax: Axes, columns: dict[str, Array], label: str) -> None:
    t = columns["t"]
    curves = [Curve(text, t, columns[f"{key} {label}"], look(key)) for key, text in METHODS.items()]
    both = [Curve("", t, values, look("bound")) for name, values in columns.items() if name != "t"]
    draw_curves(ax, curves, *limits(both, FLOOR, 0.14), size=10)
    mark_one(ax, burn_in=label == "jacobian")
    ax.set_xlabel("iteration  $t$", labelpad=2)
    title = (
        r"iterates  $\|x_t-x_\ast\|\,/\,\|x_0-x_\ast\|$"
        if label == "iterates"
        else r"Jacobian  $\|\partial x_t-\partial x_\ast\|\,/\,\|\partial x_0-\partial x_\ast\|$"
    )
    ax.set_title(title, fontsize=11, fontweight="normal", pad=7)


def check(folder: Path) -> None:
    """On every problem both pairs are, at some step, ordered one way left and the other right."""
    for name in PROBLEMS:
        columns = read_columns(folder / f"figure1-{name}.csv")
        for fast, slow in (("large", "short"), ("chebyshev", "sobolev")):
            better = columns[f"{fast} iterates"] < 0.9 * columns[f"{slow} iterates"]
            worse = columns[f"{fast} jacobian"] > 1.1 * columns[f"{slow} jacobian"]
            claim(np.any(better & worse), (name, fast, slow))
            claim(columns[f"{fast} jacobian"].max() > 2, (name, fast))
        claim(columns["sobolev jacobian"].max() < 1.25, name)
