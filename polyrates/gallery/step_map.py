"""Step × t: the worst Jacobian error of gradient descent on [0.01, 1], the burn-in made visible.

Over every constant step h, 1 ≤ hL < 2, and every t, max over λ of |P_t − λP_t′|, P_t = (1 − hλ)^t.
The red region is the burn-in; it begins exactly at hL = √2. The step is drawn on the scale of
log(2 − hL).
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from polyrates.analysis.rate import rate
from polyrates.core.methods.classical import GradientDescent
from polyrates.core.spectra import Interval
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import INK, figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["about", "check", "compute", "draw"]

about = "worst Jacobian error of gradient descent over step and iteration: where it burns in"

KAPPA = Fraction(1, 100)
STEPS = np.round(2.0 - np.geomspace(1.0, 1e-3, 91), 6)  # hL
TIMES = np.unique(np.round(np.geomspace(2.0, 1e4, 80)))

Array = npt.NDArray[np.float64]


def value(u: Array | float, t: Array | float) -> Array:
    """max over [κ, 1] of |φ_t(uλ)|, φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u): it sits at an end."""

    def phi(v: Array | float) -> Array:
        return np.asarray(
            np.abs(1 - v) ** (np.asarray(t) - 1) * np.abs(1 + (np.asarray(t) - 1) * v)
        )

    return np.maximum(phi(u), phi(float(KAPPA) * u))


def compute(folder: Path) -> list[Path]:
    """step-map.csv: hL, t, value."""
    u, t = (each.ravel() for each in np.meshgrid(STEPS, TIMES, indexing="ij"))
    short = np.array([float(f"{height:.3g}") for height in np.maximum(value(u, t), 1e-99)])
    return [write_columns(folder / "step-map.csv", {"hL": u, "t": t, "value": short}, digits=9)]


def draw(folder: Path) -> list[Path]:
    """step-map.png."""
    from matplotlib.colors import TwoSlopeNorm

    columns = read_columns(folder / "step-map.csv")
    u, t = np.unique(columns["hL"]), np.unique(columns["t"])
    height = np.log10(columns["value"].reshape(len(u), len(t))).T
    left = 2.0 - u
    with style("step-map"):
        drawn = figure(7.4, 4.6)
        ax = drawn.add_axes((0.1, 0.13, 0.7, 0.7))
        mesh = ax.pcolormesh(
            left,
            t,
            np.clip(height, -4, 3),
            cmap="RdBu_r",
            norm=TwoSlopeNorm(0.0, -4.0, 3.0),
            shading="gouraud",
            rasterized=True,
        )
        ax.contour(left, t, height, levels=[0.0], colors=[INK], linewidths=1.5)
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlim(1.0, 1e-3)
        ax.set_ylim(2, 1e4)
        ax.set_xticks([1, 0.5, 0.1, 0.01, 0.001], labels=["1", "1.5", "1.9", "1.99", "1.999"])
        ax.minorticks_off()
        ax.set_yticks([2, 10, 100, 1000, 1e4], labels=["2", "10", "100", "1000", "$10^4$"])
        ax.grid(False)
        _mark_steps(ax)
        ax.text(
            0.006,
            12,
            "burn-in",
            fontsize=14,
            fontweight="bold",
            color="#5c0a10",
            ha="center",
            va="center",
        )
        ax.set_xlabel("step  $hL$")
        ax.set_ylabel("iteration  $t$")
        ax.set_title(
            r"Worst Jacobian error of gradient descent,  $\kappa = 0.01$", fontsize=12, pad=26
        )
        bar = drawn.colorbar(
            mesh, cax=drawn.add_axes((0.83, 0.13, 0.025, 0.7)), ticks=[-4, -3, -2, -1, 0, 1, 2, 3]
        )
        bar.ax.set_yticklabels(
            [r"$10^{-4}$", r"$10^{-3}$", "0.01", "0.1", "1", "10", "100", "1000"]
        )
        bar.outline.set_visible(False)
        bar.ax.grid(False)
        bar.set_label(r"$\max_\lambda\,|P_t-\lambda P_t'|$", fontsize=11)
        path = folder / "step-map.png"
        drawn.savefig(path, dpi=120, metadata={"Software": None})
    return [path]


def _mark_steps(ax: Axes) -> None:
    """The tuned step sizes."""
    for at, label in (
        (1.0, "$1/L$"),
        (np.sqrt(2), r"$\sqrt{2}/L$"),
        (2 / (1 + float(KAPPA)), r"$2/(L+\ell)$"),
    ):
        ax.axvline(2 - at, color=INK, lw=0.9, ls=(0, (4, 3)))
        ax.annotate(
            label,
            (2 - at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            fontsize=11,
            textcoords="offset points",
            ha="center",
            va="bottom",
        )


def check(folder: Path) -> None:
    """The formula agrees with the theorem, and there is a burn-in exactly where hL > √2."""
    columns = read_columns(folder / "step-map.csv")
    drawn = value(columns["hL"], columns["t"])
    claim(np.all(np.abs(columns["value"] - drawn) <= 0.05 * drawn + 1e-90))
    random = np.random.default_rng(0)
    for u in (Fraction(int(k), 1000) for k in random.integers(1000, 2000, 25)):
        part = rate(GradientDescent(u), Interval(KAPPA, 1)).initial
        t = int(random.integers(1, 300))
        claim(part.status == "proved")
        claim(abs(float(value(float(u), t)) - float(part(t))) <= 1e-9 * float(part(t)))
    times = np.arange(1.0, 5000.0)
    burns = np.array([np.any(value(u, times) > 1 + 1e-9) for u in STEPS])
    claim(np.array_equal(burns, np.sqrt(2) < STEPS))
