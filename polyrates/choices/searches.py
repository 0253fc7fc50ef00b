"""Where to truncate, how to split, when to restart: a search, and the certified guarantee."""

from __future__ import annotations

import numpy as np

from polyrates.choices.choice import Choice, certified, known_sizes
from polyrates.choices.grid import Grid, search
from polyrates.core.carriers import InverseCarrier, JetCarrier
from polyrates.core.estimators import Implicit, Truncated
from polyrates.core.methods.restarted import Restarted
from polyrates.core.recurrence import Method, as_method, check_steps, orbit
from polyrates.core.spectra import as_spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count


def checked_budget(value: object, minimum: int = 2) -> int:
    """N, an int ≥ ``minimum``, or our error."""
    result = count(value, "budget")
    if result < minimum:
        refuse_value(
            "budget",
            value,
            "is too small for one step: a gradient and a Hessian-vector product",
            f"give N ≥ {minimum}",
        )
    return result


def best_start(
    method: Method,
    spectrum: object,
    t: int | None = None,
    budget: int | None = None,
    *,
    exhaustive: bool = True,
    **sizes: object,
) -> Choice:
    """The best step s at which to reset the tangents of a truncated run.

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
    t : int ≥ 1, or
        Steps of the run: s ranges over 0, …, t − 1.
    budget : int ≥ 2
        N = 2t − s products: s and t grow together. Give exactly one of the two.
    exhaustive : bool
        Look at every s; False looks at every few and then closer to the best.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error; see :func:`polyrates.problems.sizes.sizes_of`.
    """
    where = as_spectrum(spectrum)
    as_method(method)
    if (t is None) == (budget is None):
        refuse_value("t, budget", (t, budget), "exactly one of them must be given", "give one")
    known = known_sizes(where, sizes)
    if t is not None:
        fixed = check_steps(method, count(t, "t", 1), "t")
        pairs = dict.fromkeys(range(fixed), fixed)
    else:
        assert budget is not None
        total = checked_budget(budget)
        limit = total if method.horizon is None else method.horizon
        pairs = {
            s: (total + s) // 2 for s in range(total % 2, total, 2) if (total + s) // 2 <= limit
        }
        if not pairs:
            fewer = min(total // 2, limit)
            pairs = {0: fewer}
    grid = Grid.of(where, max(pairs.values()), known)

    def value(s: int) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return grid.error(*Truncated(s).pair(method, pairs[s], grid.ring))

    order = sorted(pairs)
    found = {s: value(s) for s in order} if exhaustive else search(order, value, 24)
    best = min(found, key=lambda s: found[s])
    return certified(method, Truncated(best), pairs[best], best, where, known, found)


def best_split(
    budget: int, spectrum: object, outer: Method, inner: Method | None = None, **sizes: object
) -> Choice:
    """The best split of N products between outer steps and inner steps of an implicit solve.

    Parameters
    ----------
    budget : int ≥ 2
        N = t + k.
    spectrum : Spectrum
    outer : Method
        Finds x_t.
    inner : Method, optional
        Solves for ∂x*; None takes the outer method.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error.
    """
    where = as_spectrum(spectrum)
    total = checked_budget(budget)
    solver = as_method(outer, "outer") if inner is None else as_method(inner, "inner")
    as_method(outer, "outer")
    known = known_sizes(where, sizes)
    grid = Grid.of(where, total, known)
    most = total if solver.horizon is None else min(total, solver.horizon)
    reach = total if outer.horizon is None else min(total, outer.horizon)
    ring = grid.ring
    with np.errstate(over="ignore", invalid="ignore"):
        residuals = list(orbit(solver, ring, most))
        solved = list(orbit(solver, InverseCarrier(ring), most))
        values = list(orbit(outer, ring, reach))
        found = search(
            list(range(1, most + 1)),
            lambda k: grid.error(residuals[k], values[min(reach, total - k)] * solved[k]),
        )
    best = min(found, key=lambda k: found[k])
    estimator = Implicit(solver, best)
    return certified(outer, estimator, min(reach, total - best), best, where, known, found)


def best_restart(
    budget: int, spectrum: object, head: Method, tail: Method | None = None, **sizes: object
) -> Choice:
    """The best length k of a fresh differentiated run after N − 2k plain steps.

    Parameters
    ----------
    budget : int ≥ 2
        N = s + 2k.
    spectrum : Spectrum
    head : Method
        The plain steps.
    tail : Method, optional
        The differentiated steps; None takes the head's method.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error.
    """
    where = as_spectrum(spectrum)
    total = checked_budget(budget)
    fresh = as_method(head, "head") if tail is None else as_method(tail, "tail")
    as_method(head, "head")
    known = known_sizes(where, sizes)
    grid = Grid.of(where, total, known)
    most = total // 2 if fresh.horizon is None else min(total // 2, fresh.horizon)
    reach = total if head.horizon is None else min(total, head.horizon)
    ring = grid.ring
    with np.errstate(over="ignore", invalid="ignore"):
        jets = list(orbit(fresh, JetCarrier(ring, ring), most))
        values = list(orbit(head, ring, reach))
        found = search(
            list(range(1, most + 1)),
            lambda k: grid.error(
                jets[k].value, jets[k].tangent * values[min(total - 2 * k, reach)]
            ),
        )
    best = min(found, key=lambda k: found[k])
    start = min(total - 2 * best, reach)
    method = Restarted(head, fresh, start)
    return certified(method, Truncated(start), start + best, best, where, known, found)
