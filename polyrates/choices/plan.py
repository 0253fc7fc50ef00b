"""A plan for a budget, for a target, and for many budgets."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polyrates.choices.optimal_tail import chebyshev_on
from polyrates.choices.plan_rows import FAMILIES, PlanCurve, PlanRow
from polyrates.choices.ranking import ranked, standard_methods
from polyrates.choices.searches import best_split
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Interval, Spectrum, as_spectrum
from polyrates.execution.trajectory import Trajectory
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import count, floating, is_symbolic, positive
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import InitialSizes, sizes_of, sizes_of_problem

_LONGEST = 512
"""The longest budget that a target is looked for in, since certificates grow with its square."""


def plan(
    spectrum: Any,
    budget: int | None = None,
    *,
    target: Any = None,
    x0: Any = None,
    dx0: Any = None,
    methods: Any = None,
    **sizes: Any,
) -> Plan:
    """How should I differentiate? Every method × estimator for N products, best guarantee first.

    Parameters
    ----------
    spectrum : Spectrum, or Quadratic or Ridge
        Where the eigenvalues of the Hessian are; or the problem itself, whose hull, and sizes at
        ``x0``, are then measured.
    budget : int ≥ 2
        N, gradients plus Hessian-vector products; or
    target : number > 0
        The accuracy wanted, in the unit of the sizes: the smallest N whose best guarantee
        reaches it.
    x0, dx0 : arrays
        With a problem: where its run starts; ``dx0`` None is 0.
    methods : mapping of str to Method, optional
        What to rank besides the optimal ones; None takes :func:`standard_methods`.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        Bounds of ‖E‖, ‖G‖, ‖E‖, ‖D‖, ‖∂H‖_F‖x_0 − x*‖;
        see :func:`polyrates.problems.sizes.sizes_of`.

    Returns
    -------
    Plan

    Raises
    ------
    InvalidValue
        A budget below 2, both or neither of budget and target, contradictory sizes.
    """
    where, known = _question(spectrum, x0, dx0, sizes)
    if (budget is None) == (target is None):
        refuse_value(
            "budget, target",
            (budget, target),
            "exactly one of them must be given",
            "give N, or the accuracy wanted",
        )
    named = _methods(methods, where)
    if budget is not None:
        total = count(budget, "budget")
        if total < 2:
            refuse_value(
                "budget",
                budget,
                "is too small for one step: a gradient and a Hessian-vector product",
                "give N ≥ 2",
            )
        return Plan(where, total, known, ranked(where, total, known, named))
    goal = floating(positive(target, "target"), "target")
    return _reach(where, goal, known, named)


def _question(
    spectrum: Any, x0: Any, dx0: Any, sizes: dict[str, Any]
) -> tuple[Spectrum, InitialSizes]:
    if isinstance(spectrum, QuadraticProblem):
        if x0 is None and not sizes:
            refuse_value(
                "x0", None, "the sizes depend on the start", "give x0, or residual= and drift="
            )
        values = spectrum.eigensystem[0]
        margin = 1e-14 * float(values[-1]) * len(values)
        low, high = max(float(values[0]) - margin, 0.0), float(values[-1]) + margin
        where: Spectrum = Interval(low, high)
        if sizes:
            return where, sizes_of(where, **sizes)
        return where, sizes_of_problem(spectrum, x0, dx0)
    for name, value in (("x0", x0), ("dx0", dx0)):
        if value is not None:
            refuse_value(
                name,
                value,
                "belongs to a pr.Quadratic or pr.Ridge, not to a spectrum",
                "leave it out; of a problem whose solution is known give pr.local_model(problem)",
            )
    where = as_spectrum(spectrum)
    ell, L = where.hull
    if is_symbolic(ell) or is_symbolic(L):
        refuse_value("spectrum", spectrum, "has symbols", "give numbers: a plan compares values")
    if not floating(ell) < floating(L):
        refuse_value("spectrum", spectrum, "is a single point", "give an interval with ell < L")
    return where, sizes_of(where, **sizes)


def _methods(methods: Any, where: Spectrum) -> dict[str, Method]:
    if methods is None:
        return standard_methods(where)
    if not hasattr(methods, "items"):
        refuse_type("methods", methods, "must map names to methods", 'give {"mine": method}')
    return {str(name): as_method(each, f"methods[{name!r}]") for name, each in methods.items()}


def _reach(
    where: Spectrum, goal: float, sizes: InitialSizes, methods: Mapping[str, Method]
) -> Plan:
    """Doubling, then bisection on the best guarantee; it falls with N up to the search's grain."""
    if goal >= floating(sizes.error):
        return Plan(where, 2, sizes, ranked(where, 2, sizes, methods), goal)
    chebyshev = chebyshev_on(where)

    def best(total: int) -> float:
        quick = ranked(
            where, total, sizes, {"Chebyshev": chebyshev}, ("unrolled", "restarted", "implicit")
        )
        return quick[0].guarantee

    high = 8
    while best_split(high, where, chebyshev, given=sizes).guarantee > goal:
        high *= 2
        if high > _LONGEST:
            refuse_value(
                "target",
                goal,
                f"is not guaranteed by {_LONGEST} products on this spectrum",
                "give a larger target, or a spectrum with a larger kappa",
            )
    low = high // 2
    while low > 2 and best(low) <= goal:  # another estimator may reach it before
        low, high = low // 2, low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if best(middle) <= goal else (middle, high)
    return Plan(where, high, sizes, ranked(where, high, sizes, methods), goal)


def plan_curves(
    spectrum: Any,
    budgets: Sequence[int],
    sizes: InitialSizes,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[PlanCurve, ...]:
    """The best guarantee of unrolled, restarted and implicit Chebyshev estimates against N.

    ``progress`` is called with what is being done.
    """
    where = as_spectrum(spectrum)
    totals = [count(each, "budgets", 2) for each in budgets]
    quick = {"Chebyshev": chebyshev_on(where)}
    shown = ("unrolled", "restarted", "implicit")
    values: dict[str, list[float]] = {family: [] for family in shown}
    for total in totals:
        progress(f"guarantees for N = {total}, up to {max(totals)}")
        made = ranked(where, total, sizes, quick, shown)
        for family in shown:
            values[family].append(min(row.guarantee for row in made if row.family == family))
    return tuple(PlanCurve(family, np.array(totals), np.array(values[family])) for family in shown)


def plan_from_arguments(
    ell: Any, L: Any, budget: Any = None, target: Any = None, **sizes: Any
) -> Plan:
    """:func:`plan` on an interval from plain values or strings, as a command line has them."""
    total = int(budget) if isinstance(budget, str) and budget.strip().isdigit() else budget
    return plan(Interval(ell, L), total, target=target, **sizes)


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
        others = [
            self.best_of(f)
            for f in ("implicit", "unrolled")
            if f != best.family and any(row.family == f for row in self.rows)
        ]
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
            (
                row.label,
                row.family,
                f"{row.guarantee:.3e}",
                str(row.products.total),
                row.split,
                str(row.memory),
            )
            for row in self.rows
        ]
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
            "<tr>"
            + "".join(
                f"<td>{html.escape(cell)}</td>"
                for cell in (
                    row.label,
                    row.family,
                    f"{row.guarantee:.3e}",
                    str(row.products.total),
                    row.split,
                    str(row.memory),
                )
            )
            + "</tr>"
            for row in self.rows
        )
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
            cells = (
                _tex(row.label),
                row.family,
                _scientific(row.guarantee),
                str(row.products.total),
                str(row.memory),
            )
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])

    def curves(
        self, budgets: Sequence[int] | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> tuple[PlanCurve, ...]:
        """The best guarantee of every family against N, the data of :meth:`plot`."""
        if budgets is None:
            top = max(2 * self.budget, 8)
            budgets = sorted({2 * round(v / 2) for v in np.linspace(4, top, 14)} | {self.budget})

        return plan_curves(self.spectrum, budgets, self.sizes, progress)

    def plot(self, budgets: Sequence[int] | None = None, ax: Any = None) -> Any:
        """Guaranteed error of every family against N; returns matplotlib's axes."""
        from polyrates.ground import drawing as plotting

        with plotting.style("plan"):
            if ax is None:
                ax = plotting.figure(7.0, 4.2).subplots()
            for curve in self.curves(budgets):
                wide = curve.family == self.best.family
                ax.plot(
                    curve.budgets,
                    curve.guarantees,
                    label=curve.family,
                    linewidth=2.4 if wide else 1.5,
                )
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
