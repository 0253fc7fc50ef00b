"""One style for every picture: legible, colour-blind safe, in the paper's notation.

Colours are Okabe and Ito's; a second mark, the dash, tells lines apart without colour. Curves are
labelled where they end, so nobody has to match a legend. matplotlib is loaded by the functions, not
by the module.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Curve", "Look", "draw_curves", "figure", "log_axis", "look", "pdf", "style", "svg"]

INK = "#222222"
MUTED = "#6b6b6b"
GRID = "#e6e6e6"


@dataclass(frozen=True)
class Look:
    """How a line is drawn: a colour, a dash pattern, a width."""

    color: str
    dash: Any = "-"
    width: float = 1.8

    @property
    def ink(self) -> str:
        """The color for text: darkened until it can be read on white (contrast 4.5, WCAG 2)."""
        parts = [int(self.color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        while 1.05 / (_luminance(parts) + 0.05) < 4.5:
            parts = [0.96 * part for part in parts]
        return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _luminance(parts: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_LOOKS: dict[str, Look] = {
    "minimax": Look("#000000", "-", 1.8),
    "bound": Look(MUTED, (0, (1, 2)), 1.2),
}
"""Those of what is no method; each method's is in its entry, see :func:`register_look`."""
SPARE_LOOKS = (
    Look("#882255", (0, (2, 1, 1, 1))),
    Look("#44AA99", (0, (7, 2))),
    Look("#332288", (0, (1, 1, 3, 1))),
    Look("#999933", (0, (8, 1, 1, 1))),
)


def look(key: str, index: int = 0) -> Look:
    """The look of a method, the same in every picture; others take one by their position."""
    return _LOOKS.get(key, SPARE_LOOKS[index % len(SPARE_LOOKS)])


def register_look(key: str, look: Look) -> None:
    """From now on ``key`` is drawn so."""
    _LOOKS[key] = look


_SETTINGS: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11.0,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.labelsize": 11.0,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "lines.solid_capstyle": "round",
    "svg.fonttype": "path",
    "pdf.fonttype": 3,
    "text.usetex": False,
}


@contextmanager
def style(name: str = "polyrates") -> Iterator[None]:
    """matplotlib's settings for one picture; ``name`` salts the ids of its SVG."""
    import matplotlib

    with matplotlib.rc_context({**_SETTINGS, "svg.hashsalt": name}):
        yield


def figure(width: float, height: float) -> Any:
    """An empty figure that no window system and no global state knows about; inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(width, height), layout=None)
    FigureCanvasAgg(drawn)
    return drawn


def svg(drawn: Any) -> bytes:
    """A figure as SVG, byte for byte the same every time (inside :func:`style`)."""
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    # six decimals of a point are for nobody; two halve the file
    text = _PATH.sub(lambda path: _DECIMAL.sub(_rounded, path.group()), buffer.getvalue().decode())
    return text.encode()


_PATH = re.compile(r'\sd="[^"]*"')
_DECIMAL = re.compile(r"-?\d+\.\d{3,}")


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number.group()):.2f}".rstrip("0").rstrip(".")


def pdf(drawn: Any) -> bytes:
    """A figure as PDF, byte for byte the same every time."""
    buffer = io.BytesIO()
    nothing = {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None}
    drawn.savefig(buffer, format="pdf", metadata=nothing)
    return buffer.getvalue()


@dataclass(frozen=True, eq=False)
class Curve:
    """y against x, with the label that stands at its end."""

    label: str
    x: Any
    y: Any
    look: Look


def log_axis(ax: Any, low: float, high: float) -> None:
    """A logarithmic y axis from low to high with as many labelled powers of ten as fit."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    ax.set_yscale("log")
    ax.set_ylim(low, high)
    decades = math.log10(high / low)
    ax.yaxis.set_major_locator(LogLocator(10.0, numticks=max(3, min(9, int(decades) + 2))))
    ax.yaxis.set_major_formatter(FuncFormatter(_power))
    ax.yaxis.set_minor_locator(NullLocator())


def _power(value: float, _: Any = None) -> str:
    exponent = round(math.log10(value)) if value > 0 else 0
    return {-2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100"}.get(exponent, rf"$10^{{{exponent}}}$")


def limits(curves: Sequence[Curve], floor: float = 1e-6, room: float = 0.06) -> tuple[float, float]:
    """Limits of a logarithmic axis that shows the top of every curve and not much below floor.

    ``room`` is the share of the height left free above the highest curve.
    """
    values = np.concatenate([np.asarray(curve.y, dtype=float) for curve in curves])
    values = values[np.isfinite(values) & (values > 0)]
    top = float(values.max(initial=1.0))
    bottom = max(float(values.min(initial=1.0)), floor)
    return 10.0 ** math.floor(math.log10(bottom * 1.001)), top * 10 ** (
        room * max(1.0, math.log10(top / bottom))
    )


def draw_curves(
    ax: Any,
    curves: Sequence[Curve],
    low: float,
    high: float,
    *,
    labels: bool = True,
    size: float = 10.0,
) -> None:
    """Curves, each labelled at its right end, labels pushed apart.

    The axis is logarithmic from ``low`` > 0 to ``high``, or linear from ``low`` ≤ 0.
    """
    if low > 0:
        log_axis(ax, low, high)
    else:
        ax.set_ylim(low, high)
    for curve in curves:
        y = np.array(curve.y, dtype=float)
        if low > 0:
            y[~(y > 0)] = np.nan
        ax.plot(
            curve.x,
            y,
            color=curve.look.color,
            linestyle=curve.look.dash,
            lw=curve.look.width,
            zorder=3,
            clip_on=True,
        )
    right = max(float(np.max(curve.x)) for curve in curves)
    left = min(float(np.min(curve.x)) for curve in curves)
    ax.set_xlim(left, right)
    if labels:
        label_ends(ax, curves, size=size)


def label_ends(ax: Any, curves: Sequence[Curve], size: float = 10.0) -> None:
    """The name of each curve beside its end, in its colour, no two on top of each other.

    A curve that has left the picture below is named at the bottom, the last to leave uppermost.
    """
    low, high = ax.get_ylim()
    logarithmic = ax.get_yscale() == "log"
    height = ax.get_position().height * ax.figure.get_figheight() * 72.0
    gap = 1.22 * size / height
    ends = []
    for curve in curves:
        y = np.asarray(curve.y, dtype=float)
        if logarithmic:
            y = np.where(np.isfinite(y) & (y > 0), y, low * 1e-30)
        inside = y[-1] >= low
        end = min(max(float(y[-1]), low), high)
        if logarithmic:
            at = math.log(end / low) / math.log(high / low)
        else:
            at = (end - low) / (high - low)
        leaves = len(y) if inside else int(np.max(np.flatnonzero(y >= low), initial=0))
        ends.append(((at, leaves), curve))
    ends.sort(key=lambda pair: pair[0])
    places = spread([place for (place, _), _ in ends], gap, 0.5 * gap, 1.0)
    for ((at, _), curve), place in zip(ends, places, strict=True):
        ax.plot(
            [1.0, 1.025, 1.045],
            [at, place, place],
            transform=ax.transAxes,
            color=curve.look.color,
            lw=0.8,
            clip_on=False,
            zorder=2,
            solid_capstyle="butt",
        )
        ax.text(
            1.055,
            place,
            curve.label,
            transform=ax.transAxes,
            color=curve.look.ink,
            fontsize=size,
            va="center",
            ha="left",
        )


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Increasing places moved as little as possible so that neighbours are ``gap`` apart."""
    blocks: list[list[float]] = []  # [sum of (place − offset), count]
    for place in places:
        blocks.append([place, 1.0])
        while len(blocks) > 1:
            (sum_before, count_before), (total, count) = blocks[-2], blocks[-1]
            if sum_before / count_before + gap * count_before <= total / count:
                break
            blocks[-2:] = [[sum_before + total - gap * count_before * count, count_before + count]]
    result: list[float] = []
    for total, count in blocks:
        start = total / count
        result += [start + gap * i for i in range(int(count))]
    if result and result[-1] > high:
        top = high
        for i in range(len(result) - 1, -1, -1):
            result[i] = min(result[i], top)
            top = result[i] - gap
    if result and result[0] < low:
        bottom = low
        for i in range(len(result)):
            result[i] = max(result[i], bottom)
            bottom = result[i] + gap
    return result


def mark_one(ax: Any, burn_in: bool = False) -> None:
    """The line of height one, the error at the start; above it, if asked, the burn-in is shaded."""
    ax.axhline(1.0, color=INK, lw=1.0, zorder=2)
    if burn_in:
        ax.axhspan(1.0, ax.get_ylim()[1], color="#D55E00", alpha=0.07, lw=0, zorder=0)
        ax.text(
            0.985,
            0.975,
            "burn-in: worse than at the start",
            transform=ax.transAxes,
            ha="right",
            va="top",
            fontsize=9.5,
            color="#9a4300",
        )


def axes_of(ax: Any, name: str, width: float = 7.2, height: float = 4.0) -> Any:
    """Axes to draw on: those given, or a new figure's, which a notebook shows when its cell ends.

    To be called outside of :func:`style`: the first figure loads a backend, which in a notebook
    sets rcParams ("interactive" among them) that the end of a style would undo. A figure of the
    user's that was current stays current.
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    current = plt.gcf().number if plt.get_fignums() else None
    drawn = plt.figure(figsize=(width, height), facecolor="white")
    with style(name):
        ax = drawn.add_subplot()
        drawn.subplots_adjust(left=0.11, right=0.72, bottom=0.14, top=0.88)
    if current is not None:
        plt.figure(current)
    return ax
