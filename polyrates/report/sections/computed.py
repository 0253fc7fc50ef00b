"""What was computed: the problem, its spectrum and the start."""

from __future__ import annotations

import math

import numpy as np

from polyrates.ground.drawing import Curve, Look, draw_curves, figure, style
from polyrates.report.answer import GROWS, worst
from polyrates.report.pictures import Picture, log_lambda, picture, rug
from polyrates.report.results import Analysis
from polyrates.report.section import Array, Formulas, Pictures, Section, Words
from polyrates.report.shown import number_text

__all__ = ["COMPUTED", "density", "start_text"]


def start_text(analysis: Analysis) -> str:
    """Where the run starts, and what that does to the error."""
    start = analysis.start
    sizes = (
        f"Here $\\|x_0\\| / \\|x_\\star\\|$ is {number_text(start.length)} and "
        f"$\\|D\\| / \\|E\\|$ is {number_text(start.drift_ratio)}"
    )
    if start.kind == "far":
        return (
            "The run starts far from the solution, in a random direction "
            f"(seed {analysis.request.seed}), and the Jacobian at $\\partial x_0 = 0$. "
            f"{sizes}: the drift is not small beside the start, and the burn-in shows."
        )
    if start.kind == "zero" and analysis.about.model == "ridge":
        verb = "hides" if worst(analysis).seen.peak <= GROWS else "mutes"
        return (
            "The run starts at $x_0 = 0$ and the Jacobian at $\\partial x_0 = 0$. For ridge "
            "regression $\\partial_\\theta \\nabla f(x_0) = e^\\theta x_0$ is then zero, so "
            "$G = 0$ and the second term is missing; and what is left, "
            "$E = -\\partial x_\\star$, lies on the small eigenvalues "
            f"({number_text(start.low_share)} of $\\|E\\|^2$ on those below "
            "$\\sqrt{\\ell L}$), where $P_t - \\lambda P_t'$ stays near 1. "
            f"That {verb} the burn-in: it says something about this start, not about the method. "
            "The guarantee, "
            "which holds for every problem with this spectrum, still shows it."
        )
    where = "$x_0 = 0$" if start.kind == "zero" else "the given $x_0$"
    return f"The run starts at {where} and the Jacobian at $\\partial x_0 = 0$. {sizes}."


def _spectrum_text(analysis: Analysis) -> str:
    """Where the eigenvalues lie."""
    about = analysis.about
    hessian = {
        "ridge": "$H = X^T X / n + e^\\theta I$",
        "logistic": "$H = \\nabla^2 f(x_\\star)$",
    }.get(about.model, "$H$" if analysis.exact else "$H = \\nabla^2 f(x_\\star)$")
    names = ("$\\ell$ = ", "$L$ = ") if analysis.exact else ("", "")
    ends = [number_text(float(analysis.eigenvalues[i])) for i in (0, -1)]
    text = f"The Hessian {hessian} has eigenvalues from {names[0]}{ends[0]} to {names[1]}{ends[1]}"
    if not analysis.exact:
        why = (
            "which holds those of the Hessian everywhere"
            if about.bounded
            else "which holds those of the Hessian at points between $x_0$ and $x_\\star$"
        )
        return (
            f"{text}. The methods are tuned to the interval from $\\ell$ = "
            f"{number_text(analysis.ell)} to $L$ = {number_text(analysis.L)}, {why}; "
            f"$\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
        )
    if analysis.widened:
        return (
            f"{text}: they coincide to rounding, so the methods are tuned to the wider interval "
            f"from $\\ell$ = {number_text(analysis.ell)} to $L$ = {number_text(analysis.L)}, "
            f"$\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
        )
    text += f", so $\\kappa = \\ell / L$ = {number_text(analysis.kappa)}."
    if about.data is not None and about.data.dimension > about.data.rows:
        text += (
            " There are more features than rows, so $X^T X / n$ is singular and $\\ell$ is the "
            "penalty itself."
        )
    return text


_MODELS = {
    "ridge": (
        "Ridge regression, with the penalty $e^\\theta$ as its parameter: "
        "$x_\\star(\\theta)$ minimizes the function below. The features are standardized "
        "and the target is centered and scaled.",
        r"f(x, \theta) = \frac{1}{2n} \|Xx - y\|^2 + \frac{1}{2} e^\theta \|x\|^2",
    ),
    "logistic": (
        "Logistic regression, with the penalty $e^\\theta$ as its parameter: "
        "$x_\\star(\\theta)$ minimizes the function below. The features are standardized "
        "and the labels $y_i$ are 0 and 1.",
        r"f(x, \theta) = \frac{1}{n} \sum_i \left(\log(1 + e^{a_i^T x}) - y_i\, a_i^T x\right) "
        r"+ \frac{1}{2} e^\theta \|x\|^2",
    ),
}
_SHARES = (
    "The picture shows the density of the eigenvalues over $\\log \\lambda$, and which of them the "
    "initial error $E$ lies on."
)


def _words(analysis: Analysis) -> Words:
    model = analysis.about.model
    unrolling = (
        "Unrolling estimates $\\partial x_\\star = d x_\\star / d\\theta$ by differentiating "
        "through $t$ steps of a method."
    )
    after = (
        f"{_spectrum_text(analysis)} {_SHARES}",
        start_text(analysis),
        Pictures(("spectrum",)),
    )
    if analysis.about.own:
        derivative = (
            ""
            if analysis.exact
            else " The derivative of its Hessian was taken by central differences where the "
            "problem does not give it."
        )
        found = (
            "It is quadratic: its Hessian was the same at all points that were tried."
            if analysis.exact
            else "It is not quadratic."
        )
        lead = f"The problem that the function returns. {found}{derivative} {unrolling}"
        return Words("What was computed", (lead, *after))
    lead, formula = _MODELS[model]
    return Words("What was computed", (f"{lead} {unrolling}", Formulas((formula,)), *after))


def _numbers(analysis: Analysis) -> dict[str, object]:
    about, start = analysis.about, analysis.start
    return {
        "model": about.model,
        "quadratic": analysis.exact,
        "unknowns": about.dimension,
        "data": None
        if about.data is None
        else {
            "name": about.data.name,
            "rows": about.data.rows,
            "features": about.data.dimension,
            "target": about.data.target,
        },
        "penalty": about.penalty,
        "steps": analysis.steps,
        "spectrum": {
            "ell": analysis.ell,
            "L": analysis.L,
            "kappa": analysis.kappa,
            "widened": analysis.widened,
            "eigenvalues": [float(value) for value in analysis.eigenvalues],
        },
        "start": {
            "x0": start.kind,
            "seed": analysis.request.seed,
            "norm_x0_over_norm_solution": start.length,
            "distance_over_norm_solution": start.distance,
            "E": start.E,
            "D": start.D,
            "G": start.G,
            "G_over_E": start.cross_ratio,
            "D_over_E": start.drift_ratio,
            "share_of_E_squared_on_small_eigenvalues": start.low_share,
        },
    }


def density(analysis: Analysis) -> tuple[Array, Array, Array]:
    """λ, and over ln λ the densities of the eigenvalues and of ‖E‖², smoothed; each of mass 1."""
    low, high = analysis.ell, analysis.L
    values, vectors = analysis.about.quadratic.eigensystem
    values = np.maximum(values, 1e-300)
    parts = vectors.T @ analysis.about.quadratic.solution_jacobian
    shares = np.sum(np.abs(parts.reshape(len(values), -1)) ** 2, axis=1)
    span = math.log(high / low)
    width = max(span / 16, 1e-3)
    grid = np.exp(np.linspace(math.log(low) - 3 * width, math.log(high) + 3 * width, 300))
    kernel = np.exp(-((np.log(grid)[:, None] - np.log(values)) ** 2) / (2 * width**2))
    kernel /= width * math.sqrt(2 * math.pi)
    return grid, kernel.mean(axis=1), np.asarray(kernel @ (shares / shares.sum()))


def _pictures(analysis: Analysis) -> list[Picture]:
    grid, eigenvalues, shares = density(analysis)
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
        log_lambda(ax, analysis)
        rug(ax, analysis)
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
        return [picture("spectrum", words, drawn)]


def _tables(analysis: Analysis) -> dict[str, dict[str, Array]]:
    heads = ("lambda", "eigenvalues", "share of E squared")
    return {"spectrum.csv": dict(zip(heads, density(analysis), strict=True))}


COMPUTED = Section(_words, _numbers, _pictures, _tables)
