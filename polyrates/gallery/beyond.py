"""Off quadratics: where unrolling must fail, and what is guaranteed on real data.

Left and middle: a smooth function with .01 ≤ f_0″ ≤ 1 on which tuned heavy ball converges as ξ^t
and its unrolled Jacobian grows without end; its curvature, and the run in 60 digits (floats leave
the path near t = 40). Right: logistic regression on the breast-cancer data at penalty .1,
‖x_0 − x*‖ = .001, Chebyshev's method on the spectrum of the Hessian at the solution: the error of
the Jacobian, what the local model predicts, how far that can be off (certified), and the majorant.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import numpy.typing as npt

from polyrates.analysis.diverging import diverging_example
from polyrates.core.methods.classical import Chebyshev, HeavyBall
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import Curve, draw_curves, figure, limits, look, style, svg
from polyrates.ground.precision import evaluated, working_digits
from polyrates.measurement.local_model import local_errors, start_at

__all__ = ["about", "check", "compute", "draw"]

about = "off quadratics: a Jacobian that diverges, and the majorant on real data"

KAPPA = Fraction(1, 100)
STEPS = 60
LOGISTIC_STEPS = 24
DISTANCE = 1e-3
NAMES = ("function", "diverging", "logistic")


def compute(folder: Path) -> list[Path]:
    """beyond-function.csv, beyond-diverging.csv and beyond-logistic.csv."""
    method = HeavyBall.tuned(KAPPA, 1)
    problem = diverging_example(method, (KAPPA, 1), STEPS)
    x = np.geomspace(1e-3, 1.2, 1200)
    shape = {"x": x}
    for side, sign in (("right", 1), ("left", -1)):
        shape[f"curvature {side}"] = problem.curvature(sign * x)
    away, error = _run(method, problem.gradient, problem.curvature)
    run = {"t": np.arange(STEPS + 1.0), "iterate": away, "jacobian": error}
    return [
        write_columns(folder / "beyond-function.csv", shape),
        write_columns(folder / "beyond-diverging.csv", run),
        write_columns(folder / "beyond-logistic.csv", _logistic()),
    ]


def _run(
    method: HeavyBall, gradient: object, curvature: object
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """|x_t| and |∂x_t − 1| from x_0 = 1, ∂x_0 = 0, in 60 digits."""
    assert callable(gradient) and callable(curvature)
    with working_digits(60):
        h, m, first = (mpmath.mpf(str(evaluated(value, 70))) for value in method.parameters)
        x = before = mpmath.mpf(1)
        E = tangent_before = mpmath.mpf(-1)
        away, errors = [abs(x)], [abs(E)]
        for t in range(STEPS):
            step = h if t else first
            moved = x + m * (x - before) - step * gradient(x)
            turned = E + m * (E - tangent_before) - step * curvature(x) * E
            before, tangent_before, x, E = x, E, moved, turned
            away.append(abs(x))
            errors.append(abs(E))
        return np.array(away, dtype=float), np.array(errors, dtype=float)


def _logistic() -> dict[str, npt.NDArray[np.float64]]:
    from polyrates.report.subject import logistic, read_data

    loss = logistic(read_data("breast-cancer", None), "0.1")
    spectrum = np.linalg.eigvalsh(loss.hessian(loss.solution))
    method = Chebyshev(float(spectrum[0]), float(spectrum[-1]))
    found = local_errors(method, loss, start_at(loss, DISTANCE), LOGISTIC_STEPS)
    return {
        "t": np.arange(LOGISTIC_STEPS + 1.0),
        "observed": np.linalg.norm(found.observed, axis=1),
        "predicted": np.linalg.norm(found.predicted, axis=1),
        "remainder": found.remainder,
        "bound": found.bound,
    }


def draw(folder: Path) -> list[Path]:
    """beyond.svg."""
    shape, run, real = (read_columns(folder / f"beyond-{name}.csv") for name in NAMES)
    with style("beyond"):
        width, height = 13.2, 3.6
        drawn = figure(width, height)
        axes = [
            drawn.add_axes(((0.62 + left) / width, 0.6 / height, wide / width, 2.4 / height))
            for left, wide in ((0.0, 2.9), (4.1, 2.6), (8.5, 2.7))
        ]
        axes[0].semilogx(shape["x"], shape["curvature right"], color=look("chebyshev").color)
        axes[0].set_title(r"$f_0''(x)$, $x > 0$", fontsize=11.5, fontweight="normal", pad=7)
        axes[0].set_xlabel("$x$", labelpad=2)
        pairs = [
            Curve("Jacobian", run["t"], run["jacobian"], look("large")),
            Curve("iterate", run["t"], run["iterate"], look("chebyshev")),
        ]
        draw_curves(axes[1], pairs, *limits(pairs))
        axes[1].set_title("heavy ball: errors", fontsize=11.5, fontweight="normal", pad=7)
        lines = [
            Curve("majorant", real["t"], real["bound"], look("large")),
            Curve("observed", real["t"], real["observed"], look("chebyshev")),
            Curve("predicted", real["t"], real["predicted"], look("flat")),
            Curve("remainder", real["t"], real["remainder"], look("sobolev")),
        ]
        draw_curves(axes[2], lines, *limits(lines, 1e-8))
        axes[2].set_title("logistic regression", fontsize=11.5, fontweight="normal", pad=7)
        for ax in axes[1:]:
            ax.set_xlabel("iteration  $t$", labelpad=2)
        path = folder / "beyond.svg"
        path.write_bytes(svg(drawn))
    return [path]


def check(folder: Path) -> None:
    """The iterates fall, the Jacobian rises, and no run leaves what is certified for it."""
    shape, run, real = (read_columns(folder / f"beyond-{name}.csv") for name in NAMES)
    for side in ("right", "left"):
        claim(shape[f"curvature {side}"].min() >= float(KAPPA) * (1 - 1e-9))
        claim(shape[f"curvature {side}"].max() <= 1 + 1e-9)
    claim(run["iterate"][-1] < 1e-5 and run["jacobian"][-1] > 1e17)
    claim(np.all(real["observed"] <= real["bound"] * (1 + 1e-9) + 1e-13))
    claim(np.all(abs(real["observed"] - real["predicted"]) <= real["remainder"] + 1e-13))
