"""A plan for a budget, for a target, and for many budgets."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from polyrates.choices.local_plan import local_budget, local_question, local_rows
from polyrates.choices.optimal_tail import chebyshev_on
from polyrates.choices.plan_rows import FAMILIES, PlanCurve, PlanRow
from polyrates.choices.ranking import ranked, rounding, standard_methods
from polyrates.choices.searches import best_split, checked_budget
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Interval, Spectrum, as_spectrum
from polyrates.execution.checks import check_problem
from polyrates.execution.trajectory import Trajectory
from polyrates.ground.drawing import figure, style
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import count, floating, is_symbolic, positive
from polyrates.ground.tables import html_table, latex_table, text_table
from polyrates.measurement.measured_sizes import SpectrumMoves, estimate_sizes
from polyrates.measurement.spectrum import estimate_spectrum
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import InitialSizes, Status, sizes_of, sizes_of_problem, status_of
from polyrates.problems.solved import hessian_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST = 512
"""The longest budget that a target is looked for in, since certificates grow with its square."""


def plan(
    spectrum: object,
    budget: int | None = None,
    *,
    target: object = None,
    x0: object = None,
    dx0: object = None,
    methods: object = None,
    **sizes: object,
) -> Plan:
    """How should I differentiate? Every method × estimator for N products, best guarantee first.

    Parameters
    ----------
    spectrum : Spectrum, or Problem
        Where the eigenvalues of the Hessian are; or the problem itself, whose hull, and sizes at
        ``x0``, are then measured: computed for a quadratic, else estimated at the solution and at
        ``x0``.
    budget : int ≥ 2
        N, gradients plus Hessian-vector products; or
    target : number > 0
        The accuracy wanted, in the unit of the sizes: the smallest N whose best guarantee
        reaches it.
    x0, dx0 : arrays
        With a problem: where its run starts, None its own ``x0``; ``dx0`` None is 0.
    methods : mapping of str to Method, optional
        What to rank besides the optimal ones; None takes :func:`standard_methods`.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        Bounds of ‖E‖, ‖G‖, ‖E‖, ‖D‖, ‖∂H‖_F‖x_0 − x*‖;
        see :func:`polyrates.problems.sizes.sizes_of`.
    hessian_lipschitz, cross_lipschitz, distance, residual : numbers ≥ 0
        M, c, ‖x_0 − x*‖ and ‖E_0‖ of :func:`polyrates.majorant`: the plan off quadratics, on the
        spectrum of the Hessian at the solution (a pair (ell, L) will do). M = ``math.inf``: only
        ℓ ≤ ∇²f ≤ L is known, everywhere. A problem that knows x*, ∂x* and its constants says what
        is left out.

    Returns
    -------
    Plan
        Its ``status`` is "certified", or "predicted" where the spectrum or a size was estimated.

    Raises
    ------
    InvalidValue
        A budget below 2, both or neither of budget and target, contradictory sizes.
    """
    if x0 is None and isinstance(spectrum, Problem):
        x0 = getattr(spectrum, "x0", None)
    if "hessian_lipschitz" in sizes:
        return _off_quadratics(spectrum, budget, target, x0, dx0, sizes)
    where, known = _question(spectrum, x0, dx0, sizes)
    if (budget is None) == (target is None):
        refuse_value(
            "budget, target",
            (budget, target),
            "exactly one of them must be given",
            "give N, or the accuracy wanted",
        )
    named = _methods(methods, where)
    own = (spectrum, x0, dx0) if isinstance(spectrum, Problem) else (None, None, None)
    if budget is not None:
        total = checked_budget(budget)
        return Plan(where, total, known, ranked(where, total, known, named), None, *own)
    goal = floating(positive(target, "target"), "target")
    total = _reach(where, goal, known)
    return Plan(where, total, known, ranked(where, total, known, named, goal=goal), goal, *own)


def _off_quadratics(
    spectrum: object,
    budget: int | None,
    target: object,
    x0: object,
    dx0: object,
    sizes: dict[str, object],
) -> Plan:
    """The plan by the majorant's bounds."""
    asked = local_question(spectrum, x0, dx0, sizes)
    goal = None if target is None else floating(positive(target, "target"), "target")
    if (budget is None) == (goal is None):
        refuse_value("budget, target", (budget, target), "exactly one must be given", "give N")
    total = local_budget(asked, goal) if goal is not None else checked_budget(budget)
    known = sizes_of(None, residual=asked.residual, drift=asked.cross_lipschitz * asked.distance)
    where = Interval(*asked.ends)
    own = (spectrum, x0, dx0) if isinstance(spectrum, Problem) else (None, None, None)
    return Plan(where, total, known, local_rows(asked, total), goal, *own)


def _question(
    spectrum: object, x0: object, dx0: object, sizes: dict[str, object]
) -> tuple[Spectrum, InitialSizes]:
    if isinstance(spectrum, Problem):
        if x0 is None and not (sizes and isinstance(spectrum, QuadraticProblem)):
            refuse_value(
                "x0", None, "the sizes depend on the start", "give x0, or residual= and drift="
            )
        if not isinstance(spectrum, QuadraticProblem):
            return _estimated(spectrum, x0, dx0, sizes)
        values = spectrum.eigensystem[0]
        margin = 1e-14 * float(values[-1]) * len(values)
        where: Spectrum = Interval(max(float(values[0]) - margin, 0.0), float(values[-1]) + margin)
        known = sizes_of(where, **sizes) if sizes else sizes_of_problem(spectrum, x0, dx0)
        return where, known
    for name, value in (("x0", x0), ("dx0", dx0)):
        if value is not None:
            refuse_value(
                name,
                value,
                "belongs to a problem, not to a spectrum",
                "leave it out, or give the problem instead of its spectrum",
            )
    where = as_spectrum(spectrum)
    ell, L = where.hull
    if is_symbolic(ell) or is_symbolic(L):
        refuse_value("spectrum", spectrum, "has symbols", "give numbers: a plan compares values")
    if not floating(ell) < floating(L):
        refuse_value("spectrum", spectrum, "is a single point", "give an interval with ell < L")
    return where, sizes_of(where, **sizes)


def _estimated(
    problem: Problem, x0: object, dx0: object, sizes: dict[str, object]
) -> tuple[Spectrum, InitialSizes]:
    """The spectrum at the solution, its hull widened to that at x_0, and the sizes there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpectrumMoves)  # both ends are covered below
        found = estimate_sizes(problem, x0, dx0)
    points = found.solution, check_problem(problem, x0, dx0)[0]
    hulls = [estimate_spectrum(hessian_at(problem, x), len(x)).hull for x in points]
    where = Interval(min(low for low, _ in hulls), max(high for _, high in hulls))
    known = sizes_of(None, **(sizes or {"residual": found.residual, "drift": found.drift}))
    return where, replace(known, status="predicted")


def _methods(methods: object, where: Spectrum) -> dict[str, Method]:
    if methods is None:
        return standard_methods(where)
    if not isinstance(methods, Mapping):
        refuse_type("methods", methods, "must map names to methods", 'give {"mine": method}')
    return {str(name): as_method(each, f"methods[{name!r}]") for name, each in methods.items()}


def _reach(where: Spectrum, goal: float, sizes: InitialSizes) -> int:
    """Doubling, then bisection on the best guarantee; it falls with N up to the search's grain."""
    if goal >= floating(sizes.error):
        return 2
    chebyshev = chebyshev_on(where)

    def best(total: int) -> float:
        quick = ("unrolled", "restarted", "implicit")
        rows = ranked(where, total, sizes, {"Chebyshev": chebyshev}, quick, goal)
        return min(row.guarantee for row in rows)

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
    return high


def plan_curves(
    spectrum: object,
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
    problem, x0, dx0
        What the plan was made for, where that was a problem.
    """

    spectrum: Spectrum
    budget: int
    sizes: InitialSizes
    rows: tuple[PlanRow, ...]
    target: float | None = None
    problem: Problem | None = field(default=None, repr=False)
    x0: object = field(default=None, repr=False)
    dx0: object = field(default=None, repr=False)

    @property
    def status(self) -> Status:
        """ "certified", or "predicted" where the spectrum or the sizes were estimated."""
        return status_of(*self.rows)

    @property
    def rounding(self) -> float:
        """About the error that rounding leaves in any run: rows below it are equal."""
        return rounding(self.budget, self.sizes)

    @property
    def best(self) -> PlanRow:
        """The row with the smallest guarantee; the simplest of those that rounding makes equal."""
        return self.rows[0]

    def best_of(self, family: str) -> PlanRow:
        """The best row of one family."""
        for row in self.rows:
            if row.family == family:
                return row
        refuse_value("family", family, "has no row", f"give one of {', '.join(FAMILIES)}")

    def differentiate(
        self, problem: Problem | None = None, x0: object = None, dx0: object = None
    ) -> Trajectory:
        """Run the winner; on the problem that the plan was made for where none is given."""
        if problem is None:
            if self.problem is None:
                refuse_value("problem", None, "the plan was made for a spectrum", "give a problem")
            problem = self.problem
            x0, dx0 = (self.x0 if x0 is None else x0), (self.dx0 if dx0 is None else dx0)
        return self.best.differentiate(problem, x0, dx0)

    @property
    def verdict(self) -> str:
        """Who wins, by how much, over what, and whether that is certified, in sentences."""
        best, floor = self.best, min(self.rounding, self.target or np.inf)
        text = f"{_capital(best.family)} {best.label} wins: {self.status} {best.guarantee:.3g}"
        for family in ("implicit", "unrolled"):
            if family == best.family or all(row.family != family for row in self.rows):
                continue
            row = self.best_of(family)
            lowest = max(best.guarantee, floor)
            if lowest > 0 and row.guarantee > lowest:
                text += f", {row.guarantee / lowest:.3g} times below the best {family}"
                text += f" ({row.label}, {row.guarantee:.3g})"
        text += "."
        equal = sum(row.guarantee < floor for row in self.rows)
        if equal:
            text += f" Rounding leaves about {floor:.2g} in a run: the {equal} rows below it are "
            text += "equal, and the simplest comes first." if equal > 1 else "no better than that."
        size = floating(self.sizes.error)
        if best.guarantee >= size:
            text += f" No way to spend {self.budget} products is better than the start, {size:.3g}."
        return text

    def __repr__(self) -> str:
        return str(self)

    @property
    def _title(self) -> str:
        return f"N = {self.budget}, {self.sizes}"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        head = ["method", "estimator", self.status, "products", "split", "memory"]
        return head, [
            [
                row.label,
                row.family,
                f"{row.guarantee:.3e}",
                str(row.products.total),
                row.split,
                str(row.memory),
            ]
            for row in self.rows
        ]

    def __str__(self) -> str:
        return "\n".join([self._title, text_table(*self._table()), self.verdict])

    def _repr_html_(self) -> str:
        return f"{html_table(*self._table(), self._title)}<p>{escape(self.verdict)}</p>"

    def latex(self) -> str:
        """A ``tabular`` (booktabs rules not needed), best first."""
        head, rows = self._table()
        for cells, row in zip(rows, self.rows, strict=True):
            cells[2] = _scientific(row.guarantee)
        short = [[*cells[:4], cells[5]] for cells in [head, *rows]]
        return latex_table(short[0], short[1:], "llr")

    def curves(
        self, budgets: Sequence[int] | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> tuple[PlanCurve, ...]:
        """The best guarantee of every family against N, the data of :meth:`plot`."""
        if budgets is None:
            top = max(2 * self.budget, 8)
            budgets = sorted({2 * round(v / 2) for v in np.linspace(4, top, 14)} | {self.budget})

        return plan_curves(self.spectrum, budgets, self.sizes, progress)

    def plot(self, budgets: Sequence[int] | None = None, ax: Axes | None = None) -> Axes:
        """Error of every family, as the rows have it, against N; returns matplotlib's axes."""
        with style("plan"):
            axes: Axes = figure(7.0, 4.2).subplots() if ax is None else ax
            for curve in self.curves(budgets):
                wide = curve.family == self.best.family
                axes.plot(
                    curve.budgets,
                    curve.guarantees,
                    label=curve.family,
                    linewidth=2.4 if wide else 1.5,
                )
            axes.axvline(self.budget, color="0.6", linewidth=0.8, linestyle=":")
            axes.set_yscale("log")
            axes.set_xlabel("N, gradients + Hessian-vector products")
            axes.set_ylabel(f"{self.status} error of the Jacobian")
            axes.set_title(f"Best error for N products\n({self.sizes})", fontsize="medium")
            axes.legend(frameon=False)
        return axes


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$" if value else "$0$"
