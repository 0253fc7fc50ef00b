"""What ``polyrates plan`` says: as text, as JSON, as a LaTeX document, as a picture."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from polyrates.choices.observation import observed_error
from polyrates.choices.plan import Plan
from polyrates.choices.plan_rows import PlanCurve, PlanRow
from polyrates.ground.drawing import (
    MUTED,
    Curve,
    Look,
    draw_curves,
    figure,
    limits,
    pdf,
    style,
    svg,
)
from polyrates.ground.numbers import Number, floating
from polyrates.ground.tables import escape_tex, text_table
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.report.shown import support_tex, support_text
from polyrates.report.tex import document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "draw_plan",
    "observed_errors",
    "plan_document",
    "plan_json",
    "plan_picture",
    "plan_text",
]

_SIZES = (("E", "error"), ("D", "drift"), ("G", "cross"), ("dH_x0", "hessian"))


def observed_errors(plan: Plan, problem: Problem, x0: object) -> list[float | None]:
    """‖estimate − ∂x*‖ of every row; run here where the plan did not, on a quadratic."""
    if not isinstance(problem, QuadraticProblem):
        return [row.observed for row in plan.rows]
    truth = problem.solution_jacobian
    return [observed_error(row, problem, x0, None, truth) for row in plan.rows]


def _six(value: Number) -> str:
    return f"{floating(value):.6g}"


def _split(row: PlanRow) -> str:
    first, second = row.products
    if row.family == "implicit":
        return f"{first} + {second} inner"
    return f"{first}" if row.family == "unrolled" else f"{first}, last {second}"


def plan_text(plan: Plan, observed: Sequence[float | None] | None = None, code: str = "") -> str:
    """The winner in one sentence, then every row, in 79 columns."""
    head = ["method", "estimator", plan.status, "steps", "memory"]
    rows = [
        [
            row.label.replace("gradient descent", "GD"),
            row.family,
            row.shown(),
            _split(row),
            str(row.memory),
        ]
        for row in plan.rows
    ]
    if observed is not None:
        head.insert(3, "observed")
        for cells, error in zip(rows, observed, strict=True):
            cells.insert(3, "" if error is None else f"{error:.2g}")
    table = text_table(head, rows, "llr")
    goal = "" if plan.target is None else f", the fewest for an error of {plan.target:g}"
    where = support_text(plan.spectrum, _six)
    question = f"N = {plan.budget} products{goal}; {plan.sizes}; spectrum in {where}"
    lines = [
        textwrap.fill(plan.verdict, 79, break_on_hyphens=False),
        "",
        textwrap.fill(question, 79),
        "",
        table,
    ]
    if code:
        lines += ["", code]
    return "\n".join(lines)


def plan_json(plan: Plan, observed: Sequence[float | None] | None = None) -> dict[str, object]:
    """The same at full precision."""
    ell, L = (floating(end) for end in plan.spectrum.hull)
    rows: list[dict[str, object]] = []
    for i, row in enumerate(plan.rows):
        entry: dict[str, object] = {
            "method": row.label,
            "estimator": row.family,
            "predicted" if row.status == "predicted" else "guarantee": row.guarantee,
            "status": row.status,
            "lower": row.lower,
            "steps": row.t,
            "gradients": row.products.gradients,
            "hessian_vector_products": row.products.hessian_vector,
            "products": row.products.total,
            "memory": row.memory,
            "reverse_memory": row.reverse_memory,
        }
        if observed is not None:
            entry["observed"] = observed[i]
        rows.append(entry)
    return {
        "verdict": plan.verdict,
        "budget": plan.budget,
        "target": plan.target,
        "status": plan.status,
        "rounding": plan.rounding,
        "spectrum": {
            "ell": ell,
            "L": L,
            "kappa": ell / L,
            "support": [[floating(low), floating(high)] for low, high in plan.spectrum.support],
        },
        "sizes": {
            name: None if (value := getattr(plan.sizes, field)) is None else floating(value)
            for name, field in _SIZES
        },
        "rows": rows,
    }


def plan_document(plan: Plan) -> bytes:
    """The question, the answer and the table."""
    from polyrates.ground.typeset import latex

    symbols = {
        "error": r"\|E\|",
        "drift": r"\|D\|",
        "cross": r"\|G\|",
        "hessian": r"\|\partial H\|_F \|x_0 - x_\star\|",
    }
    sizes = r",\quad ".join(
        rf"{symbol} \le {floating(value):.6g}"
        for field, symbol in symbols.items()
        if (value := getattr(plan.sizes, field)) is not None
    )
    where = support_tex(
        plan.spectrum, lambda end: _six(end) if isinstance(end, float) else str(latex(end))
    )
    body = [
        rf"\textbf{{{escape_tex(plan.verdict)}}}",
        "",
        r"How to estimate $\partial x_\star$ with "
        rf"$N = {plan.budget}$ gradients and Hessian-vector products together, for any quadratic "
        rf"whose Hessian has its spectrum in ${where}$ and whose start obeys",
        rf"\[ {sizes}, \]",
        r"where $E = \partial x_0 - \partial x_\star$, $D = \partial H (x_0 - x_\star)$ and "
        r"$G = D + H E$. "
        + (
            r"No such problem has an error larger than what is certified here, by ball arithmetic; "
            if plan.status == "certified"
            else r"The spectrum or the sizes were estimated: what is predicted binds nothing; "
        )
        + r"memory counts arrays of the length of $x$ in forward mode.",
        r"\begin{center}\small",
        plan.latex(),
        r"\end{center}",
    ]
    return document("Which way to differentiate, for a budget", body)


LOOKS: Mapping[str, Look] = {
    "unrolled": Look("#D55E00", (0, (5, 1.6))),
    "restarted": Look("#CC79A7", (0, (6, 1.5, 1.2, 1.5))),
    "implicit": Look("#0072B2"),
}


def draw_plan(ax: Axes, curves: Sequence[PlanCurve], budget: int, unit: float = 1.0) -> None:
    """The best guarantee of every family against N, in units of ``unit``, the budget marked."""
    shown = [
        Curve(each.family, each.budgets, each.guarantees / unit, LOOKS[each.family])
        for each in curves
    ]
    draw_curves(ax, shown, *limits(shown, 1e-12))
    ax.axvline(budget, color=MUTED, lw=0.9, linestyle=(0, (1, 2)), zorder=1)
    ax.set_xlabel("$N$, gradients + Hessian-vector products")


def plan_picture(plan: Plan, kind: str, progress: Callable[[str], None] = lambda _: None) -> bytes:
    """The same as a file, "svg" or "pdf"; ``progress`` is called with what is being done."""
    curves = plan.curves(progress=progress)
    progress("picture")
    with style("plan"):
        width, height = 6.4, 4.0
        drawn = figure(width, height)
        ax = drawn.add_axes((0.75 / width, 0.6 / height, 4.5 / width, (height - 1.35) / height))
        draw_plan(ax, curves, plan.budget)
        where = support_tex(plan.spectrum, lambda end: f"{floating(end):.4g}")
        below = rf"{plan.sizes},  $\lambda \in {where}$"
        ax.set_title(f"Best {plan.status} error of the Jacobian\n", fontsize=12)
        ax.text(0, 1.035, below, transform=ax.transAxes, fontsize=10)
        return svg(drawn) if kind == "svg" else pdf(drawn)
