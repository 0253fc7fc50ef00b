"""A plan for a budget, for a target, and for many budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from polyrates.choices.conjugate_rows import with_conjugate_gradients
from polyrates.choices.local_plan import local_budget, local_question, local_rows, no_help
from polyrates.choices.observation import observed_rows
from polyrates.choices.optimal_tail import chebyshev_on
from polyrates.choices.plan_question import Found, PlanQuestion, methods_of, plan_question
from polyrates.choices.plan_rows import FAMILIES, PlanCurve, PlanRow
from polyrates.choices.plan_verdict import simplest_row, verdict
from polyrates.choices.ranking import best_first, ranked, rounding
from polyrates.choices.searches import best_split, checked_budget
from polyrates.core.spectra import Interval, Spectrum, as_spectrum
from polyrates.execution.trajectory import Trajectory
from polyrates.ground.cards import safe_html
from polyrates.ground.drawing import axes_of, style
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count, floating, positive
from polyrates.ground.outward import nearest
from polyrates.ground.tables import html_table, latex_table, text_table
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.sizes import InitialSizes, Status, sizes_of, status_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST = 512
"""The longest budget that a target is looked for in, since certificates grow with its square."""

_OBSERVED = 4000
"""Products spent on running rows, unless asked otherwise: about as many as measuring takes."""


def plan(
    spectrum: object,
    budget: int | None = None,
    *,
    target: object = None,
    x0: object = None,
    dx0: object = None,
    methods: object = None,
    observe: object = None,
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
    methods : mapping of str to Method, or str, optional
        What to rank besides the optimal ones; None takes :func:`standard_methods`, a string names
        them as the command line does: "fista,triple-momentum,lookahead:period=3".
    observe : int ≥ 0, optional
        With a problem that is no quadratic: the most products to spend on running rows from
        ``x0``, which are then ranked by the error that was observed, see
        :func:`polyrates.choices.observation.observed_rows`. None is 4000, 0 runs none.
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
        Its ``status`` is "certified", or "predicted" where the spectrum or a size was estimated;
        a row that was run says what was ``observed``. On a quadratic those are the rows of
        conjugate gradients, whose polynomial is the problem's own; ``row.right`` says by what right
        an error is said.

    Raises
    ------
    InvalidValue
        A budget below 2, both or neither of budget and target, contradictory sizes.
    """
    if x0 is None and isinstance(spectrum, Problem):
        x0 = getattr(spectrum, "x0", None)
    if "hessian_lipschitz" in sizes:
        return _off_quadratics(spectrum, budget, target, x0, dx0, sizes)
    asked = plan_question(spectrum, x0, dx0, sizes)
    if (budget is None) == (target is None):
        refuse_value(
            "budget, target",
            (budget, target),
            "exactly one of them must be given",
            "give N, or the accuracy wanted",
        )
    spend = _OBSERVED if observe is None else count(observe, "observe")
    own = (spectrum, x0, dx0) if isinstance(spectrum, Problem) else (None, None, None)
    if budget is not None:
        return _planned(asked, checked_budget(budget), methods, None, own, spend)
    goal = floating(positive(target, "target"), "target")
    total = _reach(asked.spectrum, goal, asked.sizes, methods)
    while True:  # a prediction may fall short of the target: then a run must reach it
        made = _planned(asked, total, methods, goal, own, spend)
        if not made.best.error > goal or asked.found is None or not spend:
            return made
        total += max(1, total // 4)
        if total > _LONGEST:
            _refuse_target(goal, "reached")


_Own = tuple[Problem | None, object, object]


def _planned(
    asked: PlanQuestion, total: int, methods: object, goal: float | None, own: _Own, spend: int
) -> Plan:
    """The rows of N products; run, where they are predictions and there is something to run."""
    where, sizes, found = asked.spectrum, asked.sizes, asked.found
    limit = np.inf if goal is None else goal
    rows = ranked(where, total, sizes, methods_of(methods, where), goal=limit)
    problem, x0, dx0 = own
    if found is not None and problem is not None:
        floor = min(rounding(total, sizes, found.unit), limit)
        if spend:
            rows = observed_rows(rows, problem, x0, dx0, found.truth, spend)
        rows = best_first(rows, floor)
    elif isinstance(problem, QuadraticProblem) and x0 is not None and spend:
        rows = with_conjugate_gradients(rows, total, where, sizes, problem, (x0, dx0))
        rows = best_first(rows, min(rounding(total, sizes), limit))
    return Plan(where, total, sizes, rows, goal, *own, found)


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
    made = Plan(where, total, known, local_rows(asked, total), goal, *own)
    return replace(made, remark=no_help(asked, total))


def _reach(where: Spectrum, goal: float, sizes: InitialSizes, methods: object) -> int:
    """Doubling, then bisection on the best guarantee; it falls with N up to the search's grain."""
    if goal >= floating(sizes.error):
        return 2
    chebyshev = chebyshev_on(where)
    own = None if methods is None else methods_of(methods, where)

    def best(total: int) -> float:
        quick = ("unrolled", "restarted", "implicit") if own is None else FAMILIES
        rows = ranked(where, total, sizes, own or {"Chebyshev": chebyshev}, quick, goal)
        return min(row.guarantee for row in rows)

    def enough(total: int) -> bool:
        if own is None:
            return not best_split(total, where, chebyshev, given=sizes).guarantee > goal
        return best(total) <= goal

    high = 8
    while not enough(high):
        high *= 2
        if high > _LONGEST:
            _refuse_target(goal, "guaranteed")
    low = high // 2
    while low > 2 and best(low) <= goal:  # another estimator may reach it before
        low, high = low // 2, low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if best(middle) <= goal else (middle, high)
    return high


def _refuse_target(goal: float, word: str) -> NoReturn:
    refuse_value(
        "target",
        goal,
        f"is not {word} by {_LONGEST} products on this spectrum",
        "give a larger target, or a spectrum with a larger kappa",
    )


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
    found : Found or None
        ∂x* and how far the Hessian moves, where the problem is no quadratic.
    remark : str
        What the verdict adds off quadratics: before which t no unrolled method can help.
    """

    spectrum: Spectrum
    budget: int
    sizes: InitialSizes
    rows: tuple[PlanRow, ...]
    target: float | None = None
    problem: Problem | None = field(default=None, repr=False)
    x0: object = field(default=None, repr=False)
    dx0: object = field(default=None, repr=False)
    found: Found | None = field(default=None, repr=False)
    remark: str = field(default="", repr=False)

    @property
    def status(self) -> Status:
        """ "certified", or "predicted" where the spectrum or the sizes were estimated."""
        return status_of(*self.rows)

    @property
    def rounding(self) -> float:
        """About the error that rounding leaves in any run: rows below it are equal."""
        unit = 2.0**-53 if self.found is None else self.found.unit
        return rounding(self.budget, self.sizes, unit)

    @property
    def best(self) -> PlanRow:
        """The row with the smallest error; the simplest of those that rounding makes equal."""
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
        """Run the winner; on the problem that the plan was made for where none is given.

        Its Jacobians on the way come too; ``plan.best.estimate(problem, x0)`` makes the last alone.
        """
        if problem is None:
            if self.problem is None:
                refuse_value("problem", None, "the plan was made for a spectrum", "give a problem")
            problem = self.problem
            x0, dx0 = (self.x0 if x0 is None else x0), (self.dx0 if dx0 is None else dx0)
        return self.best.differentiate(problem, x0, dx0)

    @property
    def verdict(self) -> str:
        """Who wins, by how much, over what, and how that is known, in sentences.

        The words are "certified", "predicted", and "observed" where the row was run. It names the
        simplest row within a factor of two of the winner too.
        """
        floor = min(self.rounding, self.target or np.inf)
        size = floating(self.sizes.error)
        return verdict(self.rows, self.budget, size, floor, self.found) + self.remark

    @property
    def simplest(self) -> PlanRow:
        """The simplest row within twice the best error: in the order of a tie, the first."""
        return simplest_row(self.rows, min(self.rounding, self.target or np.inf))

    def __repr__(self) -> str:
        return str(self)

    @property
    def _title(self) -> str:
        return f"N = {self.budget}, {self.sizes}"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        head = ["method", "estimator", self.status, "products", "split", "memory"]
        rows = [
            [
                row.label,
                row.family,
                row.shown(4, True),
                str(row.products.total),
                row.split,
                str(row.memory),
            ]
            for row in self.rows
        ]
        if any(row.observed is not None for row in self.rows):
            head.insert(3, "observed")
            for cells, row in zip(rows, self.rows, strict=True):
                cells.insert(3, "" if row.observed is None else f"{row.observed:.3e}")
        return head, rows

    def __str__(self) -> str:
        return "\n".join([self._title, text_table(*self._table()), self.verdict])

    def _repr_html_(self) -> str:
        def build() -> str:
            return f"{html_table(*self._table(), self._title)}<p>{escape(self.verdict)}</p>"

        return safe_html(self, build)

    def latex(self) -> str:
        """A ``tabular`` (booktabs rules not needed), best first."""
        head, rows = self._table()
        for cells, row in zip(rows, self.rows, strict=True):
            cells[2] = _scientific(row.shown(3, True))
            if head[3] == "observed" and row.observed is not None:
                cells[3] = _scientific(nearest(row.observed, 3, True))
        short = [[*cells[:-2], cells[-1]] for cells in [head, *rows]]
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
        axes: Axes = axes_of(ax, "plan")
        with style("plan"):
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


def _scientific(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    if not e:
        return r"$\infty$"
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$" if float(mantissa) else "$0$"
