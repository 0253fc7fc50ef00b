"""What the pictures of the page have in common; each is drawn by its section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polyrates.ground.drawing import (
    INK,
    Look,
    figure,
    look,
    pdf,
    svg,
)
from polyrates.report.results import SHOWN, Analysis, MethodResult

if TYPE_CHECKING:  # matplotlib is loaded when something is drawn
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FLOOR", "Picture", "log_lambda", "looks", "panel", "picture", "rug"]

FLOOR = SHOWN


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawn figure: its file name, what it shows in words, and its bytes in both formats."""

    name: str
    words: str
    svg: bytes
    pdf: bytes


def picture(name: str, words: str, drawn: Figure) -> Picture:
    """To be called inside the style of the picture."""
    return Picture(name, words, svg(drawn), pdf(drawn))


def looks(methods: Sequence[MethodResult]) -> list[Look]:
    """One look a method; two of the same name differ."""
    used: list[str] = []
    result = []
    for i, each in enumerate(methods):
        result.append(look(each.key if each.key not in used else "", i))
        used.append(each.key)
    return result


def panel(labels: Sequence[str], height: float = 3.7) -> tuple[Figure, Axes]:
    """A figure with room for the longest label at the ends of its curves."""
    longest = max(map(len, labels))
    width, right = 5.2, 0.078 * longest + 0.36
    drawn = figure(width, height)
    ax = drawn.add_axes(
        (0.6 / width, 0.55 / height, (width - 0.6 - right) / width, (height - 1.2) / height)
    )
    return drawn, ax


def log_lambda(ax: Axes, analysis: Analysis) -> None:
    """The axis of eigenvalues; over few decades 2 and 5 are labelled too."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if analysis.kappa < 1 / 20:
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        ax.xaxis.set_minor_formatter(FuncFormatter(_sparse))


def rug(ax: Axes, analysis: Analysis) -> None:
    """A tick an eigenvalue."""
    ax.plot(
        analysis.eigenvalues,
        np.full(len(analysis.eigenvalues), 0.02),
        transform=ax.get_xaxis_transform(),
        ls="",
        marker="|",
        ms=8,
        mew=0.9,
        color=INK,
        zorder=4,
    )


def _sparse(value: float, _: object = None) -> str:
    leading = int(f"{value:e}"[0])
    return f"{value:g}" if leading in (2, 5) else ""
