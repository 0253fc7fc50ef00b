"""Why it happens: the error in terms of the residual polynomial and its derivative."""

from __future__ import annotations

import numpy as np

from polyrates.ground.drawing import Curve, draw_curves, mark_one, style
from polyrates.numeric.values import residual_values
from polyrates.report.pictures import Picture, log_lambda, looks, panel, picture, rug
from polyrates.report.results import Analysis
from polyrates.report.section import Array, Formulas, Pictures, Section, Words
from polyrates.report.shown import number_text

__all__ = ["WHY"]


def _words(analysis: Analysis) -> Words:
    if analysis.exact:
        opening = "After $t$ steps"
    else:
        opening = "Near the solution, to first order, after $t$ steps"
    start = (
        "$E = \\partial x_0 - \\partial x_\\star$, $D = \\partial H (x_0 - x_\\star)$ and "
        "$G = \\partial_\\theta \\nabla f(x_0)$,"
        if analysis.exact
        else "$E = \\partial x_0 - \\partial x_\\star$, $D = \\partial H (x_0 - x_\\star)$ and "
        "$G = D + H E$, where $\\partial H$ is the derivative of the Hessian along the path of "
        "solutions,"
    )
    commuting = (
        ""
        if analysis.start.commutes
        else " $H$ and $\\partial H$ do not commute here: the $i, j$ entry of $\\partial H$, in "
        "the eigenvectors of $H$, is multiplied by the divided difference of $P_t$ at $\\lambda_i$ "
        "and $\\lambda_j$ instead of $P_t'$, and that is what was computed."
    )
    return Words(
        "Why it happens",
        (
            f"{opening} $x_t - x_\\star = P_t(H)(x_0 - x_\\star)$ with a polynomial "
            f"$P_t$, $P_t(0) = 1$. Differentiating that, with {start}",
            Formulas(
                (
                    r"\partial x_t - \partial x_\star = P_t(H) E + P_t'(H) D",
                    r"\qquad = \left(P_t(H) - P_t'(H) H\right) E + P_t'(H) G .",
                )
            ),
            "A method is fast because $P_t$ is small on the spectrum. Nothing makes $P_t'$ "
            "small: to fall quickly from $P_t(0) = 1$ a polynomial must be steep, and the "
            "derivative is what multiplies the drift $D$. The Sobolev method is made to keep "
            "both small at once, with $\\eta = \\|D\\|^2 / \\|E\\|^2$ = "
            f"{number_text(analysis.start.drift_ratio**2)} "
            f"(computed here from the known solution).{commuting}",
            Pictures(("residual", "drift"), "pair"),
        ),
    )


def _numbers(analysis: Analysis) -> dict[str, object]:
    return {
        "eta": analysis.start.drift_ratio**2,
        "polynomials_shown_at": analysis.shown_at,
        "commuting": analysis.start.commutes,
    }


def _grid(analysis: Analysis) -> Array:
    """Where the polynomials are drawn."""
    ends = analysis.ell, analysis.L
    return np.geomspace(*ends, 400) if analysis.ell > 0 else np.linspace(*ends, 400)


def _chosen(analysis: Analysis) -> list[int]:
    """At most four methods for the pictures over λ: the worst peak, the calmest, the first ones."""
    methods = analysis.methods
    worst = max(range(len(methods)), key=lambda i: methods[i].seen.peak)
    calm = min(range(len(methods)), key=lambda i: (methods[i].seen.peak, methods[i].seen.final))
    names = {methods[i].key for i in (worst, calm)}
    order = [i for i, each in enumerate(methods) if each.key in ("large", "nesterov")]
    rest = [i for i in order if methods[i].key not in names]
    return sorted({worst, calm, *rest[:2]})


def _pictures(analysis: Analysis) -> list[Picture]:
    return [_spectrum(analysis, "residual"), _spectrum(analysis, "drift")]


def _spectrum(analysis: Analysis, which: str) -> Picture:
    residual = which == "residual"
    seen = looks(analysis.methods)
    curves = []
    grid = _grid(analysis)
    for i in _chosen(analysis):
        each = analysis.methods[i]
        P, slope = residual_values(each.named.method, analysis.shown_at, grid)
        values = P if residual else slope * analysis.start.drift_ratio
        curves.append(Curve(each.named.label, grid, np.abs(values), seen[i]))
    with style(which):
        drawn, ax = panel([curve.label for curve in curves], 3.4)
        top = max(1.15, 1.06 * max(float(np.max(curve.y)) for curve in curves))
        draw_curves(ax, curves, -0.045 * top, top)
        mark_one(ax)
        if analysis.ell > 0:
            log_lambda(ax, analysis)
        rug(ax, analysis)
        ax.set_xlabel(r"$\lambda$   (ticks: the eigenvalues of $H$)")
        at = f"$t = {analysis.shown_at}$"
        if residual:
            ax.set_title(f"What multiplies the start, {at}\n" + r"$|P_t(\lambda)|$", fontsize=12)
            words = "The absolute residual polynomials of some methods over the spectrum."
        else:
            title = r"$|P_t'(\lambda)|\;\|D\|\,/\,\|E\|$"
            ax.set_title(f"What multiplies the drift, {at}\n" + title, fontsize=12)
            words = "The absolute derivative of the residual polynomials over the spectrum."
        return picture(which, words, drawn)


def _tables(analysis: Analysis) -> dict[str, dict[str, Array]]:
    """The residual polynomials and their derivatives over the spectrum, at one step."""
    grid, t = _grid(analysis), analysis.shown_at
    columns = {"lambda": grid}
    for each in analysis.methods:
        P, slope = residual_values(each.named.method, t, grid)
        columns |= {f"{each.named.spec} P_{t}": P, f"{each.named.spec} P_{t}'": slope}
    return {"polynomials.csv": columns}


WHY = Section(_words, _numbers, _pictures, _tables)
