"""The pictures of the page, one function each, from an Analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from polyrates.ground.drawing import (
    INK,
    MUTED,
    Curve,
    Look,
    draw_curves,
    figure,
    limits,
    log_axis,
    look,
    mark_one,
    pdf,
    style,
    svg,
)
from polyrates.report.results import Analysis, MethodResult

__all__ = ["Picture", "looks", "pictures"]

FLOOR = 1e-4


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawn figure: its file name, what it shows in words, and its bytes in both formats."""

    name: str
    words: str
    svg: bytes
    pdf: bytes


def _picture(name: str, words: str, drawn: Any) -> Picture:
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


def pictures(analysis: Analysis) -> list[Picture]:
    """All pictures, drawn inside the style of each."""
    drawn = [
        _errors(analysis, "iterates"),
        _errors(analysis, "jacobian"),
        _density(analysis),
        _spectrum(analysis, "residual"),
        _spectrum(analysis, "drift"),
    ]
    drawn += [_confrontation(analysis, i) for i in range(len(analysis.methods))]
    return [*drawn, _ranking(analysis)]


def _panel(labels: Sequence[str], height: float = 3.7) -> tuple[Any, Any]:
    longest = max(map(len, labels))
    width, right = 5.2, 0.078 * longest + 0.36
    drawn = figure(width, height)
    ax = drawn.add_axes(
        (0.6 / width, 0.55 / height, (width - 0.6 - right) / width, (height - 1.2) / height)
    )
    return drawn, ax


def _errors(analysis: Analysis, which: str) -> Picture:
    iterates = which == "iterates"
    steps = np.arange(analysis.steps + 1)
    curves = [
        Curve(each.named.label, steps, each.iterate if iterates else each.jacobian, seen)
        for each, seen in zip(analysis.methods, looks(analysis.methods), strict=True)
    ]
    # one scale for both panels, so that they can be compared
    everything = [
        Curve("", steps, values, curve.look)
        for each, curve in zip(analysis.methods, curves, strict=True)
        for values in (each.iterate, each.jacobian)
    ]
    with style(which):
        drawn, ax = _panel([curve.label for curve in curves])
        draw_curves(ax, curves, *limits(everything, FLOOR, 0.13))
        mark_one(ax, burn_in=not iterates)
        ax.set_xlabel("iteration  $t$")
        if iterates:
            ax.set_title("The iterates\n" + r"$\|x_t-x_\ast\|\,/\,\|x_0-x_\ast\|$", fontsize=12)
            words = "Relative error of the iterates against the iteration, one curve a method."
        else:
            title = r"$\|\partial x_t-\partial x_\ast\|\,/\,\|\partial x_0-\partial x_\ast\|$"
            ax.set_title("Their Jacobian, by unrolling\n" + title, fontsize=12)
            words = (
                "Relative error of the unrolled Jacobian against the iteration, one curve a method."
            )
        return _picture(which, words, drawn)


def chosen(analysis: Analysis) -> list[int]:
    """At most four methods for the pictures over λ: the worst peak, the calmest, the first ones."""
    methods = analysis.methods
    worst = max(range(len(methods)), key=lambda i: methods[i].seen.peak)
    calm = min(range(len(methods)), key=lambda i: (methods[i].seen.peak, methods[i].seen.final))
    names = {methods[i].key for i in (worst, calm)}
    order = [i for i, each in enumerate(methods) if each.key in ("large", "nesterov")]
    rest = [i for i in order if methods[i].key not in names]
    return sorted({worst, calm, *rest[:2]})


def _spectrum(analysis: Analysis, which: str) -> Picture:
    residual = which == "residual"
    seen = looks(analysis.methods)
    curves = []
    for i in chosen(analysis):
        each = analysis.methods[i]
        values = each.values if residual else each.slopes * analysis.start.drift_ratio
        curves.append(Curve(each.named.label, analysis.grid, np.abs(values), seen[i]))
    with style(which):
        drawn, ax = _panel([curve.label for curve in curves], 3.4)
        top = max(1.15, 1.06 * max(float(np.max(curve.y)) for curve in curves))
        draw_curves(ax, curves, -0.045 * top, top)
        mark_one(ax)
        if analysis.ell > 0:
            _log_lambda(ax, analysis)
        _rug(ax, analysis)
        ax.set_xlabel(r"$\lambda$   (ticks: the eigenvalues of $H$)")
        at = f"$t = {analysis.shown_at}$"
        if residual:
            ax.set_title(f"What multiplies the start, {at}\n" + r"$|P_t(\lambda)|$", fontsize=12)
            words = "The absolute residual polynomials of some methods over the spectrum."
        else:
            title = r"$|P_t'(\lambda)|\;\|D\|\,/\,\|E\|$"
            ax.set_title(f"What multiplies the drift, {at}\n" + title, fontsize=12)
            words = "The absolute derivative of the residual polynomials over the spectrum."
        return _picture(which, words, drawn)


def _density(analysis: Analysis) -> Picture:
    grid, eigenvalues, shares = analysis.density
    curves = [
        Curve("eigenvalues", grid, eigenvalues, Look("#0072B2", "-", 2.0)),
        Curve(r"$\|E\|^2$", grid, shares, Look("#D55E00", (0, (5, 1.6)), 2.0)),
    ]
    with style("spectrum"):
        width, height = 6.8, 3.0
        drawn = figure(width, height)
        ax = drawn.add_axes((0.35 / width, 0.55 / height, 6.2 / width, (height - 1.05) / height))
        top = 1.14 * max(float(np.max(curve.y)) for curve in curves)
        draw_curves(ax, curves, 0.0, top, labels=False)
        for curve in curves:
            ax.fill_between(grid, 0, curve.y, color=curve.look.color, alpha=0.10, lw=0)
        _log_lambda(ax, analysis)
        _rug(ax, analysis)
        for curve, share in zip(curves, (0.985, 0.865), strict=True):
            ax.text(
                0.995,
                share,
                curve.label,
                transform=ax.transAxes,
                color=curve.look.ink,
                fontsize=10.5,
                ha="right",
                va="top",
            )
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(r"$\lambda$   (ticks: the eigenvalues of $H$)")
        ax.set_title(r"Where the spectrum is: densities over $\log\,\lambda$", fontsize=12)
        words = "Densities over log λ of the eigenvalues and of the squared initial error."
        return _picture("spectrum", words, drawn)


def _log_lambda(ax: Any, analysis: Analysis) -> None:
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if analysis.kappa < 1 / 20:
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        ax.xaxis.set_minor_formatter(FuncFormatter(_sparse))


def _rug(ax: Any, analysis: Analysis) -> None:
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


FAMILY = {
    "unrolled": "#D55E00",
    "truncated": "#8c6a00",
    "restarted": "#CC79A7",
    "one step": "#6b6b6b",
    "implicit": "#0072B2",
}


def _ranking(analysis: Analysis) -> Picture:
    """One line a row of the plan: its guarantee a bar, what was observed a dot."""
    made, E = analysis.plan, analysis.start.E
    guarantees = np.array([row.guarantee for row in made.rows]) / E
    observed = np.array(analysis.plan_observed)
    both = np.concatenate([guarantees, observed])
    both = both[np.isfinite(both) & (both > 0)]
    low = 10.0 ** np.floor(np.log10(max(float(both.min()), 1e-18) * 0.5))
    high = max(2.0, 1.6 * float(both.max()))
    with style("plan"):
        width, height = 6.8, 0.27 * len(made.rows) + 1.15
        drawn = figure(width, height)
        ax = drawn.add_axes((2.45 / width, 0.5 / height, 4.15 / width, (height - 1.0) / height))
        ax.set_xscale("log")
        for i, row in enumerate(made.rows):
            color = FAMILY[row.family]
            ax.barh(i, guarantees[i] - low, left=low, height=0.62, color=color, alpha=0.25, lw=0)
            ax.plot([guarantees[i]] * 2, [i - 0.31, i + 0.31], color=color, lw=2.0)
            if np.isfinite(observed[i]) and observed[i] > 0:
                ax.plot([observed[i]], [i], "o", ms=4.6, color=color, zorder=4)
        names = [f"{row.label}, {row.family}" for row in made.rows]
        ax.set_yticks(range(len(names)), names, fontsize=9.5)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(low, high)
        ax.grid(True, axis="x")
        ax.grid(False, axis="y")
        ax.tick_params(axis="y", length=0)
        ax.axvline(1.0, color=INK, lw=1.0, zorder=2)
        ax.set_xlabel("Jacobian error, relative to the start", labelpad=2)
        bar = "guarantee" if analysis.exact else "bound of the local model"
        ax.set_title(
            f"{made.budget} products; bars: {bar}, dots: observed", fontsize=11.5, x=-0.575
        )
        words = "The guarantee and the observed error of every way to spend the budget."
        return _picture("plan", words, drawn)


def _sparse(value: float, _: Any = None) -> str:
    leading = int(f"{value:e}"[0])
    return f"{value:g}" if leading in (2, 5) else ""


def _confrontation(analysis: Analysis, index: int) -> Picture:
    each = analysis.methods[index]
    seen = looks(analysis.methods)[index]
    steps = np.arange(analysis.steps + 1)
    everything = [
        Curve("", steps, values, seen)
        for other in analysis.methods
        for values in (other.jacobian, other.bound if other.exact else other.predicted)
    ]
    low, high = limits(everything, FLOOR)
    name = f"bound-{index + 1}-{each.key}"
    with style(name):
        width, height = 3.5, 2.7
        drawn = figure(width, height)
        ax = drawn.add_axes(
            (0.52 / width, 0.5 / height, (width - 0.7) / width, (height - 0.95) / height)
        )
        log_axis(ax, low, high)
        told = each.bound if each.exact else each.predicted
        shown = np.where(told > 0, told, np.nan)
        if each.exact:
            ax.fill_between(steps, low, shown, color=seen.color, alpha=0.10, lw=0, zorder=1)
        ax.plot(steps, shown, color=MUTED, lw=1.1 if each.exact else 1.6, zorder=2)
        ax.plot(
            steps,
            np.where(each.jacobian > 0, each.jacobian, np.nan),
            color=seen.color,
            lw=2.0,
            zorder=3,
        )
        mark_one(ax)
        ax.set_xlim(0, analysis.steps)
        ax.set_xlabel("$t$", labelpad=1)
        ax.set_title(each.named.title, fontsize=11, color=seen.ink)
        told_ = "below the guaranteed bound" if each.exact else "and what the local model predicts"
        words = f"{each.named.title}: the observed Jacobian error, {told_}."
        return _picture(name, words, drawn)
