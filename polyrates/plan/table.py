"""A plan: its rows, its verdict, and how it shows itself."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.errors import refuse_value
from polyrates.estimators import Estimator
from polyrates.numbers import floating
from polyrates.numeric.problems import Problem
from polyrates.numeric.reverse import reverse_memory
from polyrates.numeric.run import Products, Trajectory, differentiate
from polyrates.recurrence import Method
from polyrates.sizes import InitialSizes
from polyrates.spectra import Spectrum

FAMILIES = ("unrolled", "truncated", "restarted", "one step", "implicit")
"""The ways to differentiate, in the order of a tie."""


@dataclass(frozen=True, eq=False)
class PlanCurve:
    """The best guarantee of one family against the budget; arrays (n,)."""

    family: str
    budgets: npt.NDArray[np.int64]
    guarantees: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlanRow:
    """One way to spend the budget.

    Attributes
    ----------
    label : str
        The method, as a reader calls it.
    family : "unrolled", "truncated", "restarted", "one step" or "implicit"
    method : Method
    estimator : Estimator
    t : int
        Steps of the method.
    guarantee : float
        Certified: ‖error‖ ≤ guarantee for every problem of these sizes, in their unit.
    lower : float
        Certified: some such problem has at least this error; 0 where that is not known.
    products : Products
        Gradients and Hessian-vector products, at most N in total.
    memory : int
        Arrays of length d held at once in forward mode, for one parameter.
    """

    label: str
    family: str
    method: Method
    estimator: Estimator
    t: int
    guarantee: float
    lower: float
    products: Products
    memory: int

    def differentiate(self, problem: Problem, x0: Any, dx0: Any = None) -> Trajectory:
        """Run this row: ``.jacobians[-1]`` is the estimate of ∂x*."""
        return differentiate(self.method, problem, x0, self.t, self.estimator, dx0)

    @property
    def reverse_memory(self) -> int:
        """Arrays of length d held at once in reverse mode: the queried points are stored."""
        return reverse_memory(self.method, self.estimator, self.t)

    @property
    def split(self) -> str:
        """How the products are spent."""
        first, second = self.products
        if self.family == "implicit":
            return f"{first} outer + {second} inner"
        if self.family == "unrolled":
            return f"{first} steps"
        return f"{first} steps, last {second} differentiated"


@dataclass(frozen=True, eq=False)
class Plan:
    """Every method and estimator for a budget, best guarantee first.

    Attributes
    ----------
    spectrum : Spectrum
    budget : int
        N.
    sizes : InitialSizes
    rows : tuple of PlanRow
    target : float or None
        The accuracy that was asked for, where it was.
    """

    spectrum: Spectrum
    budget: int
    sizes: InitialSizes
    rows: tuple[PlanRow, ...]
    target: float | None = None

    @property
    def best(self) -> PlanRow:
        """The row with the smallest guarantee."""
        return self.rows[0]

    def best_of(self, family: str) -> PlanRow:
        """The best row of one family."""
        for row in self.rows:
            if row.family == family:
                return row
        refuse_value("family", family, "has no row", f"give one of {', '.join(FAMILIES)}")

    def differentiate(self, problem: Problem, x0: Any, dx0: Any = None) -> Trajectory:
        """Run the winner."""
        return self.best.differentiate(problem, x0, dx0)

    @property
    def verdict(self) -> str:
        """Who wins, by how much, and over what, in one sentence."""
        best = self.best
        others = [self.best_of(f) for f in ("implicit", "unrolled") if f != best.family
                  and any(row.family == f for row in self.rows)]  # fmt: skip
        text = f"{_capital(best.family)} {best.label} wins: {best.guarantee:.3g}"
        for row in others:
            if not row.guarantee > 0 or not best.guarantee > 0:
                continue
            ratio = row.guarantee / best.guarantee
            text += f", {ratio:.3g} times below the best {row.family}"
            text += f" ({row.label}, {row.guarantee:.3g})"
        text += "."
        size = floating(self.sizes.error)
        if best.guarantee >= size:
            text += f" No way to spend {self.budget} products is better than the start, {size:.3g}."
        return text

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        head = ("method", "estimator", "guarantee", "products", "split", "memory")
        body = [
            (row.label, row.family, f"{row.guarantee:.3e}", str(row.products.total), row.split,
             str(row.memory))
            for row in self.rows
        ]  # fmt: skip
        widths = [max(len(line[i]) for line in (head, *body)) for i in range(len(head))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()
            for line in (head, *body)
        ]
        return "\n".join([f"N = {self.budget}, {self.sizes}", *lines, self.verdict])

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th scope='col'>{name}</th>"
            for name in ("method", "estimator", "guarantee", "products", "split", "memory")
        )
        body = "".join(
            "<tr>" + "".join(
                f"<td>{html.escape(cell)}</td>"
                for cell in (row.label, row.family, f"{row.guarantee:.3e}",
                             str(row.products.total), row.split, str(row.memory))
            ) + "</tr>"
            for row in self.rows
        )  # fmt: skip
        caption = html.escape(f"N = {self.budget}, {self.sizes}")
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table><p>{html.escape(self.verdict)}</p>"
        )

    def latex(self) -> str:
        """A ``tabular`` (booktabs rules not needed), best first."""
        lines = [
            r"\begin{tabular}{llrrr}",
            r"method & estimator & guarantee & products & memory \\ \hline",
        ]
        for row in self.rows:
            cells = (_tex(row.label), row.family, _scientific(row.guarantee),
                     str(row.products.total), str(row.memory))  # fmt: skip
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])

    def curves(
        self, budgets: Sequence[int] | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> tuple[PlanCurve, ...]:
        """The best guarantee of every family against N, the data of :meth:`plot`."""
        if budgets is None:
            top = max(2 * self.budget, 8)
            budgets = sorted({2 * round(v / 2) for v in np.linspace(4, top, 14)} | {self.budget})
        from polyrates.plan.build import plan_curves

        return plan_curves(self.spectrum, budgets, self.sizes, progress)

    def plot(self, budgets: Sequence[int] | None = None, ax: Any = None) -> Any:
        """Guaranteed error of every family against N; returns matplotlib's axes."""
        from polyrates import plotting

        with plotting.style("plan"):
            if ax is None:
                ax = plotting.figure(7.0, 4.2).subplots()
            for curve in self.curves(budgets):
                wide = curve.family == self.best.family
                ax.plot(curve.budgets, curve.guarantees, label=curve.family,
                        linewidth=2.4 if wide else 1.5)  # fmt: skip
            ax.axvline(self.budget, color="0.6", linewidth=0.8, linestyle=":")
            ax.set_yscale("log")
            ax.set_xlabel("N, gradients + Hessian-vector products")
            ax.set_ylabel("guaranteed error of the Jacobian")
            ax.set_title(f"Best guarantee for N products\n({self.sizes})", fontsize="medium")
            ax.legend(frameon=False)
        return ax


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tex(text: str) -> str:
    for character in "&%#_":
        text = text.replace(character, "\\" + character)
    return text


def _scientific(value: float) -> str:
    if value == 0:
        return "$0$"
    exponent = math.floor(math.log10(value))
    return rf"${value / 10**exponent:.2f} \cdot 10^{{{exponent}}}$"
