"""A plan for a budget, for a target, and for many budgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from polyrates.choices import best_split, chebyshev_on
from polyrates.errors import refuse_type, refuse_value
from polyrates.numbers import count, floating, is_symbolic, positive
from polyrates.numeric.problems import QuadraticProblem
from polyrates.plan.ranking import ranked, standard_methods
from polyrates.plan.table import Plan, PlanCurve
from polyrates.recurrence import Method, as_method
from polyrates.sizes import InitialSizes, sizes_of, sizes_of_problem
from polyrates.spectra import Interval, Spectrum, as_spectrum

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
        Bounds of ‖E‖, ‖G‖, ‖E‖, ‖D‖, ‖∂H‖_F‖x_0 − x*‖; see :func:`polyrates.sizes.sizes_of`.

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
            "budget, target", (budget, target), "exactly one of them must be given",
            "give N, or the accuracy wanted",
        )  # fmt: skip
    named = _methods(methods, where)
    if budget is not None:
        total = count(budget, "budget")
        if total < 2:
            refuse_value(
                "budget", budget,
                "is too small for one step: a gradient and a Hessian-vector product", "give N ≥ 2",
            )  # fmt: skip
        return ranked(where, total, known, named)
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
                name, value, "belongs to a pr.Quadratic or pr.Ridge, not to a spectrum",
                "leave it out; of a problem whose solution is known give pr.local_model(problem)",
            )  # fmt: skip
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
        return ranked(where, 2, sizes, methods, target=goal)
    chebyshev = chebyshev_on(where)

    def best(total: int) -> float:
        quick = ranked(
            where, total, sizes, {"Chebyshev": chebyshev}, ("unrolled", "restarted", "implicit")
        )
        return quick.best.guarantee

    high = 8
    while best_split(high, where, chebyshev, given=sizes).guarantee > goal:
        high *= 2
        if high > _LONGEST:
            refuse_value(
                "target", goal, f"is not guaranteed by {_LONGEST} products on this spectrum",
                "give a larger target, or a spectrum with a larger kappa",
            )  # fmt: skip
    low = high // 2
    while low > 2 and best(low) <= goal:  # another estimator may reach it before
        low, high = low // 2, low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if best(middle) <= goal else (middle, high)
    return ranked(where, high, sizes, methods, target=goal)


def plan_curves(
    spectrum: Any, budgets: Sequence[int], sizes: InitialSizes,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[PlanCurve, ...]:  # fmt: skip
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
            values[family].append(made.best_of(family).guarantee)
    return tuple(PlanCurve(family, np.array(totals), np.array(values[family])) for family in shown)


def plan_from_arguments(
    ell: Any, L: Any, budget: Any = None, target: Any = None, **sizes: Any
) -> Plan:
    """:func:`plan` on an interval from plain values or strings, as a command line has them."""
    total = int(budget) if isinstance(budget, str) and budget.strip().isdigit() else budget
    return plan(Interval(ell, L), total, target=target, **sizes)
