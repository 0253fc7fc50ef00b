"""What is guaranteed; beyond quadratics what is predicted, and how far it can be relied on."""

from __future__ import annotations

import numpy as np

from polyrates.ground.drawing import MUTED, Curve, figure, limits, log_axis, mark_one, style
from polyrates.report.pictures import FLOOR, Picture, looks, picture
from polyrates.report.results import Analysis, Locality
from polyrates.report.section import Formulas, Pictures, Section, Words
from polyrates.report.shown import bound_text, number_text

__all__ = ["GUARANTEED"]


_AFTERWARDS = (
    "Dots are certificates after the fact: with 8 + 8 Hessian-vector products at $x_t$, without "
    "a word on the method or the start, the error of the Jacobian in hand is at most that. Where "
    "there is none, $x_t$ is too far from the solution for the Lipschitz constants that are known."
)


def _afterwards(analysis: Analysis) -> tuple[str, ...]:
    return (_AFTERWARDS,) if any(each.certified for each in analysis.methods) else ()


def _bounds(analysis: Analysis) -> Pictures:
    names = (f"bound-{i + 1}-{each.key}" for i, each in enumerate(analysis.methods))
    return Pictures(tuple(names), "many")


def _words(analysis: Analysis) -> Words:
    if not analysis.exact:
        return _beyond(analysis)
    if not analysis.start.commutes:
        return Words(
            "What is guaranteed",
            (
                "For every Hessian with eigenvalues between $\\ell$ and $L$, relative to "
                "$\\|E\\|$ and without assuming that $H$ and $\\partial H$ commute, the error of "
                "the Jacobian is at most the following. Gray lines show it, colored ones what was "
                "observed.",
                Formulas(
                    (
                        r"\max_{\lambda} |P_t| + \max_{\lambda} |P_t'| "
                        r"\frac{\|\partial H\|_F \|x_0 - x_\star\|}{\|E\|}",
                    )
                ),
                *_afterwards(analysis),
                _bounds(analysis),
            ),
        )
    name, ratio = analysis.start.form
    A, symbol = ("P_t(\\lambda)", "D") if name == "residual" else ("Q_t(\\lambda)", "G")
    where = "" if name == "residual" else ", $Q_t = P_t - \\lambda P_t'$"
    return Words(
        "What is guaranteed",
        (
            "For every Hessian with eigenvalues between $\\ell$ and $L$ that commutes with its "
            f"derivative, and all $E$ and ${symbol}$ of these sizes, the error of the Jacobian, "
            "relative to $\\|E\\|$, is at most the following with $d = "
            f"\\|{symbol}\\| / \\|E\\|$ = {number_text(ratio)}{where}. It is tight: one or two "
            "eigenvalues attain it. Gray lines show it, colored ones what was observed.",
            Formulas(
                (
                    r"\min_{0 \le s \le 1} \max_{\lambda} "
                    rf"\sqrt{{\frac{{{A}^2}}{{s}} + \frac{{d^2 P_t'(\lambda)^2}}{{1 - s}}}}",
                )
            ),
            *_afterwards(analysis),
            _bounds(analysis),
        ),
    )


def _beyond(analysis: Analysis) -> Words:
    near = analysis.locality
    assert near is not None
    shown = ", ".join(
        f"{number_text(100 * gap)} % at {number_text(distance)}"
        for distance, gap in zip(near.distances, near.gaps, strict=True)
    )
    return Words(
        "What is predicted, and not guaranteed",
        (
            "This loss is not quadratic. The guarantees of this package are theorems about "
            "quadratics, and they do not carry over: nothing here bounds the error of these runs, "
            "which start far from the solution.",
            "What remains is a prediction: the quadratic with the same $x_\\star$, "
            "$\\partial x_\\star$, $H$ and $\\partial H$. It holds to first order in the distance "
            "from the solution. "
            f"Measured on {near.title}, the largest difference between a run and its prediction, "
            "relative to the largest predicted error, from a start at some multiples of "
            f"$\\|x_\\star\\|$ from the solution: {shown}. "
            f"So it is right to 1 % within {number_text(near.reach)} $\\|x_\\star\\|$; "
            f"the start of this report is {number_text(analysis.start.distance)} "
            "$\\|x_\\star\\|$ away.",
            *_certified(near),
            "Gray lines show the prediction, colored ones what was observed.",
            *_afterwards(analysis),
            _bounds(analysis),
        ),
    )


def _certified(near: Locality) -> tuple[str, ...]:
    """Near the solution: run, prediction with its certified remainder, and the majorant."""
    if not near.certified:
        return ()
    told = "; ".join(
        f"at t = {t} the error is {number_text(observed)}, predicted {number_text(predicted)} with "
        f"a certified remainder of {bound_text(remainder)}, and at most {bound_text(bound)}"
        for t, observed, predicted, remainder, bound in near.certified
    )
    return (
        f"From {number_text(near.distances[-1])} $\\|x_\\star\\|$ away, inside the basin of the "
        f"majorant, {near.title} is certified, relative to the start's error: {told}.",
    )


def _numbers(analysis: Analysis) -> dict[str, object]:
    near = analysis.locality
    certified = {
        each.named.title: {
            "t": [t for t, _ in each.certified],
            "over_initial_error": [bound for _, bound in each.certified],
        }
        for each in analysis.methods
    }
    if near is None:
        return {"locality": None, "certified": certified}
    return {
        "certified": certified,
        "locality": {
            "method": near.title,
            "distances_over_norm_solution": list(near.distances),
            "gaps_in_percent": [100 * gap for gap in near.gaps],
            "distance_where_the_gap_is_1_percent": near.reach,
            "certified_from_the_last_distance": [
                dict(zip(("t", "observed", "predicted", "remainder", "bound"), row, strict=True))
                for row in near.certified
            ],
        },
    }


def _pictures(analysis: Analysis) -> list[Picture]:
    return [_confrontation(analysis, i) for i in range(len(analysis.methods))]


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
        if each.certified:
            ax.plot(*zip(*each.certified, strict=True), "o", color=MUTED, ms=2.6, zorder=4)
        mark_one(ax)
        ax.set_xlim(0, analysis.told_until)
        ax.set_xlabel("$t$", labelpad=1)
        ax.set_title(each.named.title, fontsize=11, color=seen.ink)
        told_ = "below the guaranteed bound" if each.exact else "and what the local model predicts"
        words = f"{each.named.title}: the observed Jacobian error, {told_}."
        return picture(name, words, drawn)


GUARANTEED = Section(_words, _numbers, _pictures)
