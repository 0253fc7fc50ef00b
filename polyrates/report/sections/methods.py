"""The methods: their steps, their residual polynomials, their parameters."""

from __future__ import annotations

from polyrates.core.methods.named import letter
from polyrates.ground.numbers import floating
from polyrates.report.results import Analysis
from polyrates.report.section import Grid, Note, Section, Words
from polyrates.report.shown import number_text

__all__ = ["METHODS"]


_NOTATION = (
    r"$\sigma(\lambda) = \frac{L + \ell - 2\lambda}{L - \ell}$, $T_t$ is Chebyshev's polynomial. "
    r"$\mu$ is the density $(1 - \sigma^2)^{\alpha - 1/2}$ on the interval from $\ell$ to $L$; "
    r"$\alpha = 0$ unless given. Every method takes one gradient a step."
)


def _words(analysis: Analysis) -> Words:
    rows = []
    for each in analysis.methods:
        named = each.named
        shown = (
            f"${letter(name)}$ = {number_text(floating(value))}" for name, value in named.parameters
        )
        formulas = f"${named.entry.update}$", f"${named.entry.residual}$"
        rows.append([named.title, *formulas, ", ".join(shown)])
    head = ["method", "step", "residual polynomial", "parameters"]
    return Words("The methods", (Grid(head, rows, prose=True), Note(_NOTATION)))


METHODS = Section(_words)
