"""What else the budget buys: every way to spend the products that unrolling takes."""

from __future__ import annotations

import math

import numpy as np

from polyrates.ground.drawing import INK, figure, style
from polyrates.report.pictures import Picture, picture
from polyrates.report.results import Analysis
from polyrates.report.section import Grid, Pictures, Section, Words
from polyrates.report.shown import bound_text, number_text

__all__ = ["BUDGET"]


def _words(analysis: Analysis) -> Words:
    made = analysis.plan
    best, seen = made.best, analysis.plan_observed
    E = analysis.start.E
    unrolled = made.best_of("unrolled")
    spent = (
        f"Unrolling {analysis.steps} steps takes {2 * analysis.steps} gradients and "
        "Hessian-vector products"
    )
    if made.budget != 2 * analysis.steps:
        spent += f"; the ranking is for {made.budget}"
    holds = (
        "The ranking is by what is guaranteed, relative to $\\|E\\|$."
        if analysis.exact
        else "The ranking is by the bound of the local model, relative to $\\|E\\|$, which does "
        "not bind this loss; what was observed does not depend on it."
    )
    lead = f"{best.family.capitalize()}, {best.label}"
    result = f"{lead} comes first with {bound_text(best.guarantee / E)}"
    if best.family != "unrolled":
        result += (
            f", the best unrolled method ({unrolled.label}) has "
            f"{bound_text(unrolled.guarantee / E)}"
        )
    floor = ""
    if min(seen) < 1e-11:
        floor = " Where the guarantee is below the rounding of a run, what is observed is rounding"
        equal = best.guarantee < made.rounding
        floor += "; such rows are equal, and the simplest comes first." if equal else "."
    return Words(
        "What else the budget buys",
        (
            f"{spent}. {holds} {result}.{floor} Memory counts arrays of the length of $x$. "
            "Methods that are restarted at an optimal step are ranked by polyrates plan.",
            Pictures(("plan",)),
            Grid(*_columns(analysis)),
        ),
    )


def _columns(analysis: Analysis) -> tuple[list[str], list[list[str]]]:
    """The ranking as a table: head and rows of text."""
    made, E = analysis.plan, analysis.start.E
    guaranteed = "guaranteed at most" if analysis.exact else "bound of the local model"
    head = [
        "method",
        "differentiated",
        "gradients",
        "Hessian-vector products",
        guaranteed,
        "observed",
        "memory",
    ]
    rows = [
        [
            row.label,
            row.family,
            str(row.products.gradients),
            str(row.products.hessian_vector),
            bound_text(row.guarantee / E),
            number_text(seen) if math.isfinite(seen) else "diverges",
            str(row.memory),
        ]
        for row, seen in zip(made.rows, analysis.plan_observed, strict=True)
    ]
    return head, rows


def _numbers(analysis: Analysis) -> dict[str, object]:
    """The ranking, guarantees and errors relative to ‖E‖; null for a run that left the numbers.

    Beyond quadratics a row has what the local model predicts, under that name.
    """
    made, E = analysis.plan, analysis.start.E
    return {
        "plan": {
            "budget": made.budget,
            "products_of_unrolling": 2 * analysis.steps,
            "status": made.status if analysis.exact else "predicted",
            "rows": [
                {
                    "method": row.label,
                    "estimator": row.family,
                    "guarantee" if analysis.exact else "predicted": row.guarantee / E,
                    "observed": seen if math.isfinite(seen) else None,
                    "gradients": row.products.gradients,
                    "hessian_vector_products": row.products.hessian_vector,
                    "memory": row.memory,
                }
                for row, seen in zip(made.rows, analysis.plan_observed, strict=True)
            ],
        }
    }


_FAMILY = {
    "unrolled": "#D55E00",
    "truncated": "#8c6a00",
    "restarted": "#CC79A7",
    "one step": "#6b6b6b",
    "implicit": "#0072B2",
}


def _pictures(analysis: Analysis) -> list[Picture]:
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
            color = _FAMILY[row.family]
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
        return [picture("plan", words, drawn)]


BUDGET = Section(_words, _numbers, _pictures)
