"""Every way to differentiate, at equal cost; where to truncate, and what memory buys.

Cost N counts gradients and Hessian-vector products. Left the guarantee on [0.01, 1] for
‖E‖ = ‖D‖ = 1; right ridge regression on the diabetes data (penalty 0.1, ‖x_0‖ = 10‖x*‖ in a random
direction, seed 0, ∂x_0 = 0), guaranteed (lines) and observed (dots), relative to ‖∂x*‖. The second
picture holds the number of steps fixed: the guarantee of a truncated Chebyshev run against the step
where its tangents are reset, and against the arrays of length d that reverse mode holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from polyrates.choices.choice import Choice
from polyrates.choices.choice import guarantee as guaranteed
from polyrates.choices.optimal_tail import chebyshev_on
from polyrates.choices.ranking import minimax_choice
from polyrates.choices.searches import best_restart, best_split, best_start
from polyrates.core.estimators import Implicit, Truncated, Unrolled
from polyrates.core.spectra import Interval
from polyrates.execution.reverse import reverse_memory
from polyrates.execution.trajectory import differentiate
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import Curve, Look, draw_curves, figure, limits, mark_one, style, svg
from polyrates.problems.quadratic import QuadraticProblem
from polyrates.problems.sizes import InitialSizes, sizes_of, sizes_of_problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["about", "check", "compute", "draw"]

about = "unrolled, truncated and implicit at equal cost; the best place to truncate"

Array = npt.NDArray[np.float64]

SPECTRUM = Interval(0.01, 1.0)
BUDGETS = tuple(range(8, 161, 8))
STEPS = 60  # of the truncated run
LABELS = {
    "unrolled": "unrolled, Chebyshev",
    "minimax": "unrolled, minimax",
    "truncated": "truncated, best start",
    "restarted": "restarted, best length",
    "implicit": "implicit, best split",
}
LOOKS: Mapping[str, Look] = {
    "unrolled": Look("#D55E00"),
    "minimax": Look("#000000"),
    "truncated": Look("#E69F00", (0, (5, 1.6))),
    "restarted": Look("#CC79A7", (0, (6, 1.5, 1.2, 1.5))),
    "implicit": Look("#0072B2", "-", 2.4),
}


def _choices(spectrum: Interval, budget: int, sizes: InitialSizes) -> dict[str, Choice]:
    """Every estimator with its best choice for N products."""
    method = chebyshev_on(spectrum)
    half = budget // 2
    lower, upper = guaranteed(method, Unrolled(), half, spectrum, sizes)
    return {
        "unrolled": Choice(method, Unrolled(), half, half, upper, lower, np.zeros((0, 2))),
        "minimax": minimax_choice(half, spectrum, sizes),
        "truncated": best_start(method, spectrum, budget=budget, exhaustive=False, given=sizes),
        "restarted": best_restart(budget, spectrum, method, given=sizes),
        "implicit": best_split(budget, spectrum, method, given=sizes),
    }


def _diabetes() -> tuple[QuadraticProblem, Array]:
    from polyrates.problems.data import load
    from polyrates.report.analysis import choose_start
    from polyrates.report.subject import ridge

    made = ridge(load("diabetes"), "0.1")
    return made, choose_start(made, "far", 0).x0


def compute(folder: Path) -> list[Path]:
    """estimators-interval.csv, estimators-diabetes.csv and truncation.csv."""
    sizes = sizes_of(SPECTRUM, residual=1, drift=1)
    columns: dict[str, list[float]] = {"N": [], **{key: [] for key in LABELS}}
    for budget in BUDGETS:
        columns["N"].append(budget)
        for key, choice in _choices(SPECTRUM, budget, sizes).items():
            columns[key].append(choice.guarantee)
    paths = [_write(folder / "estimators-interval.csv", columns)]
    return [*paths, _compute_real(folder), _compute_truncation(folder)]


def _write(path: Path, columns: Mapping[str, Sequence[float] | np.ndarray]) -> Path:
    return write_columns(path, {name: np.asarray(each, float) for name, each in columns.items()})


def _compute_real(folder: Path) -> Path:
    problem, x0 = _diabetes()
    values = problem.eigensystem[0]
    margin = 1e-14 * float(values[-1]) * len(values)
    spectrum = Interval(float(values[0]) - margin, float(values[-1]) + margin)
    measured = sizes_of_problem(problem, x0)
    # the form that the optimal tails and the commuting data share
    sizes = InitialSizes(measured.error, drift=measured.drift)
    truth = problem.solution_jacobian
    scale = float(np.linalg.norm(truth))
    columns: dict[str, list[float]] = {"N": []}
    for key in LABELS:
        columns[key], columns[f"{key} observed"] = [], []
    for budget in BUDGETS:
        columns["N"].append(budget)
        for key, choice in _choices(spectrum, budget, sizes).items():
            run = differentiate(choice.method, problem, x0, choice.t, choice.estimator)
            columns[key].append(choice.guarantee / scale)
            observed = float(np.linalg.norm(run.jacobians[-1] - truth)) / scale
            columns[f"{key} observed"].append(observed)
    return _write(folder / "estimators-diabetes.csv", columns)


def _compute_truncation(folder: Path) -> Path:
    sizes = sizes_of(SPECTRUM, residual=1, drift=1)
    method = chebyshev_on(SPECTRUM)
    starts = np.arange(STEPS)
    estimators = [Truncated(int(s)) for s in starts]
    columns: dict[str, Sequence[float] | np.ndarray] = {
        "start": starts,
        "guarantee": [guaranteed(method, e, STEPS, SPECTRUM, sizes)[1] for e in estimators],
        "memory": [reverse_memory(method, e, STEPS) for e in estimators],
    }
    inner = [Implicit(method, max(STEPS - int(s), 1)) for s in starts]
    # the same products spent on inner steps, in constant memory
    columns["implicit"] = [guaranteed(method, e, STEPS, SPECTRUM, sizes)[1] for e in inner]
    columns["implicit memory"] = [reverse_memory(method, e, STEPS) for e in inner]
    return _write(folder / "truncation.csv", columns)


def draw(folder: Path) -> list[Path]:
    """estimators.svg and truncation.svg."""
    return [_draw_costs(folder), _draw_truncation(folder)]


def _draw_costs(folder: Path) -> Path:
    path = folder / "estimators.svg"
    with style("estimators"):
        width, height = 11.6, 3.7
        drawn = figure(width, height)
        titles = {
            "interval": r"guarantee on $[0.01, 1]$, $\|E\| = \|D\| = 1$",
            "diabetes": "diabetes: guaranteed (lines), observed (dots)",
        }
        for k, (name, title) in enumerate(titles.items()):
            columns = read_columns(folder / f"estimators-{name}.csv")
            ax = drawn.add_axes(
                ((0.62 + 5.75 * k) / width, 0.6 / height, 3.3 / width, (height - 1.2) / height)
            )
            curves = [Curve(LABELS[key], columns["N"], columns[key], LOOKS[key]) for key in LABELS]
            shown = list(curves)
            if name == "diabetes":
                shown += [
                    Curve("", columns["N"], columns[f"{key} observed"], LOOKS[key])
                    for key in LABELS
                ]
            draw_curves(ax, curves, *limits(shown, floor=1e-7), size=9.5)
            if name == "diabetes":
                for key in LABELS:
                    observed = columns[f"{key} observed"]
                    ax.plot(columns["N"], observed, "o", ms=2.6, color=LOOKS[key].color, zorder=4)
            mark_one(ax)
            ax.set_xlabel("N, gradients + Hessian-vector products", labelpad=2)
            ax.set_title(title, fontsize=11.0, fontweight="normal", pad=7)
        path.write_bytes(svg(drawn))
    return path


def _draw_truncation(folder: Path) -> Path:
    path = folder / "truncation.svg"
    columns = read_columns(folder / "truncation.csv")
    best = int(np.argmin(columns["guarantee"]))
    with style("truncation"):
        width, height = 9.6, 3.5
        drawn = figure(width, height)
        axes = [
            drawn.add_axes(
                ((0.62 + 4.75 * k) / width, 0.6 / height, 3.9 / width, (height - 1.2) / height)
            )
            for k in range(2)
        ]
        for ax, across in zip(axes, ("start", "memory"), strict=True):
            curve = Curve("", columns[across], columns["guarantee"], LOOKS["unrolled"])
            other = Curve("", columns["start"], columns["implicit"], LOOKS["implicit"])
            low, high = limits([curve, other])
            draw_curves(ax, [curve], low, high, labels=False)
            spot = columns[across][best], columns["guarantee"][best]
            ax.plot(*spot, "o", ms=5, color=LOOKS["unrolled"].color, zorder=5)
            mark_one(ax)
        left, right = axes
        left.plot(columns["start"], columns["implicit"], color=LOOKS["implicit"].color, lw=2.4)
        left.annotate(
            f"best start {best}: {columns['guarantee'][best]:.3g}",
            (columns["start"][best], columns["guarantee"][best]),
            xytext=(0, -16),
            textcoords="offset points",
            fontsize=9.5,
            ha="center",
            color=LOOKS["unrolled"].color,
        )
        left.annotate(
            "implicit,\nthe same products",
            (34, columns["implicit"][34]),
            xytext=(9, -17),
            textcoords="offset points",
            fontsize=9.5,
            color=LOOKS["implicit"].color,
        )
        left.set_xlabel("step $s$ where the tangents are reset", labelpad=2)
        left.set_title(
            f"truncated Chebyshev, $t = {STEPS}$", fontsize=11.0, fontweight="normal", pad=7
        )
        _memory_panel(right, columns)
        path.write_bytes(svg(drawn))
    return path


def _memory_panel(right: Axes, columns: dict[str, Array]) -> None:
    at = int(np.argmin(columns["implicit"]))
    right.plot(
        [columns["implicit memory"][at]],
        [columns["implicit"][at]],
        "s",
        ms=5,
        color=LOOKS["implicit"].color,
        zorder=5,
    )
    right.annotate(
        "implicit",
        (columns["implicit memory"][at], columns["implicit"][at]),
        xytext=(7, -3),
        textcoords="offset points",
        fontsize=9.5,
        color=LOOKS["implicit"].color,
    )
    right.set_xlim(0, float(columns["memory"].max()))
    right.set_xlabel("arrays of length $d$ held in reverse mode", labelpad=2)
    right.set_title("the same against memory", fontsize=11.0, fontweight="normal", pad=7)


def check(folder: Path) -> None:
    """Implicit wins on the interval; no run exceeds its guarantee; the best start is inside."""
    interval = read_columns(folder / "estimators-interval.csv")
    others = [key for key in LABELS if key != "implicit"]
    late = interval["N"] >= 40
    for key in others:
        claim(np.all(interval["implicit"][late] <= interval[key][late] * (1 + 1e-9)))
    # the optimum over all polynomials never burns in, Chebyshev's method does
    claim(np.all(interval["minimax"] <= 1 + 1e-9) and interval["unrolled"].max() > 10)
    claim(np.all(interval["minimax"] <= interval["unrolled"] * (1 + 1e-9)))
    real = read_columns(folder / "estimators-diabetes.csv")
    for key in LABELS:
        claim(np.all(real[f"{key} observed"] <= real[key] * (1 + 1e-9) + 1e-12))
    truncation = read_columns(folder / "truncation.csv")
    best = int(np.argmin(truncation["guarantee"]))
    claim(0 < best < STEPS - 1)
    claim(truncation["guarantee"][best] < 0.75 * truncation["guarantee"][0])
    claim(np.all(truncation["implicit"] < truncation["guarantee"]))
