"""Several methods side by side on one spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from polyrates.analysis.rate import rate
from polyrates.analysis.rate_part import Status
from polyrates.analysis.reach import Reach, reach
from polyrates.core.methods.catalogue import entry_of, look_of
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.cards import safe_html
from polyrates.ground.drawing import (
    SPARE_LOOKS,
    Curve,
    axes_of,
    draw_curves,
    limits,
    look,
    mark_one,
    style,
)
from polyrates.ground.errors import NoClosedForm, refuse_type, refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.outward import nearest
from polyrates.ground.tables import html_table, text_table
from polyrates.numeric.suprema.reaches import LONGEST
from polyrates.numeric.values import chebyshev_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Comparison", "Row", "compare"]


@dataclass(frozen=True)
class Row:
    """One method in a comparison; asymptotic is None where there is none.

    ``reach``: how far its queries and outputs get from the solution, over the start's distance.
    """

    method: Method
    initial: np.ndarray
    cross: np.ndarray
    residual: np.ndarray
    burn_in: Number | int
    peak: tuple[Number | int, Number]
    asymptotic: Number | None
    status: Status
    reach: Reach


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several methods on one spectrum, t = 0, …, steps: bounds, burn-in, peak, rate, reach."""

    spectrum: Spectrum
    steps: int
    rows: tuple[Row, ...]
    lower_bound: np.ndarray

    def _cells(self) -> list[list[str]]:
        head = ["method", "initial", "cross", "iterates", "burn-in", "peak"]
        head += ["rate", "reach", "status"]
        body = [
            [
                row.method.name,
                f"{row.initial[-1]:.4g}",
                f"{row.cross[-1]:.4g}",
                f"{row.residual[-1]:.4g}",
                str(row.burn_in),
                "grows without bound"
                if row.peak[1] == sympy.oo
                else f"{float(row.peak[1]):.4g} at {row.peak[0]}",
                "none" if row.asymptotic is None else f"{float(row.asymptotic):.6g}",
                nearest(row.reach.query, 3),
                row.status,
            ]
            for row in self.rows
        ]
        return [head, *body]

    def __str__(self) -> str:
        head, *body = self._cells()
        return f"at t = {self.steps}\n{text_table(head, body)}"

    def _repr_html_(self) -> str:
        def build() -> str:
            head, *body = self._cells()
            return html_table(head, body, f"t = {self.steps}")

        return safe_html(self, build)

    def plot(self, ax: Axes | None = None) -> Axes:
        """The initial parts against t, and the lower bound; returns matplotlib's axes."""

        return plot_comparison(self, ax)


def compare(methods: Sequence[Method], spectrum: object, steps: int) -> Comparison:
    """Methods side by side on one spectrum, unrolled.

    Parameters
    ----------
    methods : sequence of Method
    spectrum : Spectrum
    steps : int ≥ 0
        The curves run over t = 0, …, steps; the table shows t = steps.
    """
    if isinstance(methods, Method) or not isinstance(methods, Sequence):
        refuse_type("methods", methods, "must be a sequence of methods", "give a list")
    if not methods:
        refuse_value("methods", methods, "must not be empty", "give at least one method")
    where = as_spectrum(spectrum)
    rows = []
    for i, method in enumerate(methods):
        each = rate(as_method(method, f"methods[{i}]"), where)
        try:
            asymptotic = each.initial.asymptotic
        except NoClosedForm:
            asymptotic = None
        rows.append(
            Row(
                method,
                each.initial.curve(steps),
                each.cross.curve(steps),
                each.residual.curve(steps),
                each.initial.burn_in,
                each.initial.peak,
                asymptotic,
                each.initial.status,
                reach(method, min(steps, LONGEST), where),
            )
        )
    ell, L = (float(end) for end in where.hull)
    floor = [chebyshev_size(ell, L, t) if ell < L else float(t == 0) for t in range(steps + 1)]
    return Comparison(where, steps, tuple(rows), np.array(floor))


def plot_comparison(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """The initial parts of several methods against t, and the lower bound; returns the axes."""
    where = np.arange(comparison.steps + 1)
    names = [row.method.name for row in comparison.rows]
    curves, used = [], []
    for i, row in enumerate(comparison.rows):
        entry = entry_of(row.method)
        key = row.method.name if entry is None else entry.key
        label = row.method.name
        if names.count(label) > 1:
            numbers = ", ".join(f"{float(value):.3g}" for value in row.method.parameters)
            label = f"{label} ({numbers})"
        seen = look_of(row.method, i) if key not in used else SPARE_LOOKS[i % len(SPARE_LOOKS)]
        used.append(key)
        curves.append(Curve(label, where, row.initial, seen))
    curves.append(Curve("lower bound", where, comparison.lower_bound, look("bound")))
    ax = axes_of(ax, "comparison")
    with style("comparison"):
        draw_curves(ax, curves, *limits(curves, 1e-8))
        mark_one(ax)
        ell, L = comparison.spectrum.hull
        ax.set_xlabel("$t$")
        ax.set_title(
            "worst Jacobian error, "
            rf"$\max\,|P_t-\lambda P_t'|$ over $[{float(ell):.4g}, {float(L):.4g}]$",
            fontsize=11,
        )
    return ax
