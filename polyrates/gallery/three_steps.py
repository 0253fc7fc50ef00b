"""Three step sizes of gradient descent on [0.01, 1]: 1/L, √2/L, 2/(L + ℓ).

In the worst case over all Hessians with that spectrum: the largest step is the best for the
iterates, and its Jacobian error grows 36.8-fold before it falls. Everything is exact: peak and
burn-in are theorems, the curves their values.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from polyrates.analysis.rate import rate
from polyrates.core.methods.classical import GradientDescent
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import INK, Curve, draw_curves, figure, look, mark_one, style, svg

__all__ = ["about", "check", "compute", "draw"]

about = "gradient descent with the steps 1/L, sqrt(2)/L and 2/(L+ell), worst case on [0.01, 1]"

STEPS = 400
SPECTRUM = Interval(Fraction(1, 100), 1)
LABELS = {"short": "h = 1/L", "flat": "h = √2/L", "large": "h = 2/(L+ℓ)"}


def _methods() -> dict[str, Method]:
    ell, L = SPECTRUM.hull
    return {
        "short": GradientDescent.short(ell, L),
        "flat": GradientDescent.flat(ell, L),
        "large": GradientDescent.large(ell, L),
    }


def compute(folder: Path) -> list[Path]:
    """three-steps.csv: t, and for each step max|P_t| and max|P_t − λP_t′| on the interval."""
    columns = {"t": np.arange(STEPS + 1.0)}
    for key, method in _methods().items():
        parts = rate(method, SPECTRUM)
        columns[f"{key} residual"] = parts.residual.curve(STEPS)
        columns[f"{key} initial"] = parts.initial.curve(STEPS)
    return [write_columns(folder / "three-steps.csv", columns)]


def draw(folder: Path) -> list[Path]:
    """three-steps.svg."""
    columns = read_columns(folder / "three-steps.csv")
    t = columns["t"]
    with style("three-steps"):
        width, height = 10.2, 3.6
        drawn = figure(width, height)
        for k, part in enumerate(("residual", "initial")):
            ax = drawn.add_axes(
                ((0.62 + 5.05 * k) / width, 0.6 / height, 3.25 / width, (height - 1.2) / height)
            )
            curves = [
                Curve(label, t, columns[f"{key} {part}"], look(key))
                for key, label in LABELS.items()
            ]
            draw_curves(ax, curves, 1e-4, 1000.0, size=10)
            mark_one(ax, burn_in=part == "initial")
            ax.set_xlabel("iteration  $t$", labelpad=2)
            if part == "residual":
                title = r"iterates  $\max\,|P_t|$"
            else:
                title = r"Jacobian  $\max\,|P_t - \lambda P_t'|$"
                peak = int(np.argmax(columns["large initial"]))
                last = int(np.max(np.flatnonzero(columns["large initial"] > 1)))
                top = columns["large initial"][peak]
                ax.plot([peak], [top], "o", ms=4.5, color=look("large").color, zorder=4)
                ax.annotate(
                    f"{top:.1f} at $t={peak}$",
                    (peak, top),
                    xytext=(-6, 6),
                    fontsize=9.5,
                    textcoords="offset points",
                    color=look("large").ink,
                )
                ax.plot([last], [1.0], "o", ms=4.5, color=look("large").color, zorder=4)
                ax.annotate(
                    f"until $t={last}$",
                    (last, 1.0),
                    xytext=(5, -12),
                    fontsize=9,
                    ha="right",
                    textcoords="offset points",
                    color=INK,
                )
            ax.set_title(title, fontsize=11.5, fontweight="normal", pad=7)
        path = folder / "three-steps.svg"
        path.write_bytes(svg(drawn))
    return [path]


def check(folder: Path) -> None:
    """The peak and burn-in of the large step are the theorem's; the other two never exceed 1."""
    columns = read_columns(folder / "three-steps.csv")
    large = rate(_methods()["large"], SPECTRUM).initial
    claim(large.status == "proved")
    curve = columns["large initial"]
    claim(large.peak[0] == int(np.argmax(curve)) == 50)
    claim(large.burn_in == int(np.max(np.flatnonzero(curve > 1))) == 324)
    claim(columns["short initial"].max() <= 1 and columns["flat initial"].max() <= 1 + 1e-9)
    claim(np.all(columns["large residual"][1:] < columns["flat residual"][1:]))
    claim(np.all(columns["flat residual"][1:] < columns["short residual"][1:]))
