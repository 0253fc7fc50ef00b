"""How near certificates are: the true error of a Jacobian, its certificate, the a-priori bound.

Chebyshev's method on breast cancer from ‖x_0 − x*‖ = 10‖x*‖, ∂x_0 = 0, and what is known of the
error at t: the truth; the certificate of 8 + 8 products, which knows x_t, J_t and ℓ = penalty and
nothing of the method; and the worst case over all quadratics with this spectrum and these sizes,
which knows method, start and spectrum. Left: ridge, penalty .2. Middle: penalty .01, where 8
products see too little of the spectrum and 20 do. Right: logistic regression, penalty .1, by
Nesterov's method from near the solution, where nothing is known a priori but the majorant.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from polyrates.analysis.worst_curve import worst_curve
from polyrates.core.estimators import Unrolled
from polyrates.core.methods.classical import Chebyshev, Nesterov
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.execution.trajectory import Trajectory, differentiate
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import Curve, draw_curves, figure, limits, look, style, svg
from polyrates.measurement.certify import certify
from polyrates.problems.quadratic import Problem

__all__ = ["about", "check", "compute", "draw"]

about = "certificates after the fact beside the truth and the a-priori bound"

Array = npt.NDArray[np.float64]
STEPS = 100
LOGISTIC_STEPS = 60
NAMES = ("ridge-0.2", "ridge-0.01", "logistic-0.1")


def compute(folder: Path) -> list[Path]:
    """certificates-ridge-0.2.csv, certificates-ridge-0.01.csv and certificates-logistic-0.1.csv."""
    tables = (_ridge("0.2", (8,)), _ridge("0.01", (8, 20)), _logistic("0.1"))
    return [
        write_columns(folder / f"certificates-{name}.csv", table)
        for name, table in zip(NAMES, tables, strict=True)
    ]


def _certified(problem: Problem, run: Trajectory, ts: Array, ell: float, products: int) -> Array:
    return np.array([
        certify(problem, run.iterates[int(t)], run.jacobians[int(t)], ell, products=products).bound
        for t in ts
    ])  # fmt: skip


def _ridge(penalty: str, products: tuple[int, ...]) -> dict[str, Array]:
    from polyrates.report.subject import read_data, ridge

    problem = ridge(read_data("breast-cancer", None), penalty)
    low, high = (float(problem.eigensystem[0][i]) for i in (0, -1))
    method: Method = Chebyshev(low, high)
    away = np.random.default_rng(0).standard_normal(problem.dimension)
    away *= 10 * float(np.linalg.norm(problem.solution) / np.linalg.norm(away))
    run = differentiate(method, problem, problem.solution + away, STEPS)
    E = float(np.linalg.norm(problem.solution_jacobian))
    D = float(np.linalg.norm(problem.hessian_derivative() @ away))
    ts = np.arange(0.0, STEPS + 1, 2)
    worst = worst_curve(method, Interval(low, high), Unrolled(), STEPS, residual=E, drift=D)
    table = {
        "t": ts,
        "true": np.linalg.norm(run.jacobians - problem.solution_jacobian, axis=1)[::2],
        "a priori": worst[::2],
    }
    ell = float(problem.penalty)
    for k in products:
        table[f"certified, {k} + {k}"] = _certified(problem, run, ts, ell, k)
    return table


def _logistic(penalty: str) -> dict[str, Array]:
    from polyrates.report.subject import logistic, read_data

    loss = logistic(read_data("breast-cancer", None), penalty)
    known = loss.constants
    away = np.random.default_rng(0).standard_normal(loss.dimension)
    away *= 1e-3 / float(np.linalg.norm(away))
    method: Method = Nesterov.tuned(known.ell, known.L)
    run = differentiate(method, loss, loss.solution + away, LOGISTIC_STEPS)
    ts = np.arange(0.0, LOGISTIC_STEPS + 1, 2)
    return {
        "t": ts,
        "true": np.linalg.norm(run.jacobians - loss.solution_jacobian, axis=1)[::2],
        "certified, 8 + 8": _certified(loss, run, ts, known.ell, 8),
    }


def draw(folder: Path) -> list[Path]:
    """certificates.svg."""
    titles = ("ridge, penalty .2", "ridge, penalty .01", "logistic, penalty .1")
    looks = {"true": "chebyshev", "a priori": "large", "certified, 8 + 8": "sobolev"}
    with style("certificates"):
        width, height = 14.0, 3.6
        drawn = figure(width, height)
        for i, (name, title) in enumerate(zip(NAMES, titles, strict=True)):
            table = read_columns(folder / f"certificates-{name}.csv")
            left = 0.62 + 4.6 * i
            ax = drawn.add_axes((left / width, 0.6 / height, 2.6 / width, 2.4 / height))
            curves = [
                Curve(label, table["t"], values, look(looks.get(label, "flat")))
                for label, values in table.items()
                if label != "t"
            ]
            draw_curves(ax, curves, *limits(curves, 1e-8))
            ax.set_title(title, fontsize=11.5, fontweight="normal", pad=7)
            ax.set_xlabel("iteration  $t$", labelpad=2)
        path = folder / "certificates.svg"
        path.write_bytes(svg(drawn))
    return [path]


def check(folder: Path) -> None:
    """No certificate is below the truth; where it was claimed to be near, it is."""
    for name in NAMES:
        table = read_columns(folder / f"certificates-{name}.csv")
        for label, values in table.items():
            if label not in ("t", "true"):
                claim(np.all(values >= table["true"] * (1 - 1e-9)), (name, label))
    near = read_columns(folder / "certificates-ridge-0.2.csv")
    claim(np.all(near["certified, 8 + 8"][5:] <= 1.2 * near["true"][5:]))
    seen = read_columns(folder / "certificates-ridge-0.01.csv")
    claim(np.all(seen["certified, 20 + 20"][2:] <= 2 * seen["true"][2:]))
    claim(np.max(seen["certified, 8 + 8"][2:10] / seen["true"][2:10]) > 5)
