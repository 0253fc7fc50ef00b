"""Rows of a plan, run on the problem that it was made for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from polyrates.choices.plan_rows import PlanRow
from polyrates.ground.arrays import Array
from polyrates.ground.errors import NonFiniteError
from polyrates.problems.quadratic import Problem

__all__ = ["observed_error", "observed_rows"]


def observed_error(row: PlanRow, problem: Problem, x0: object, dx0: object, truth: Array) -> float:
    """‖estimate − ∂x*‖ of a row; infinite where its run leaves the finite numbers."""
    try:
        return float(np.linalg.norm(row.estimate(problem, x0, dx0)[1] - truth))
    except NonFiniteError:
        return math.inf


def observed_rows(
    rows: tuple[PlanRow, ...],
    problem: Problem,
    x0: object,
    dx0: object,
    truth: Array,
    products: int,
) -> tuple[PlanRow, ...]:
    """The rows with ``observed`` where they were run, in the order given.

    For at most ``products`` gradients and Hessian-vector products: first the row of every family
    that is predicted best, then the others, the best prediction first.
    """
    families = {row.family for row in rows}
    leaders = [next(row for row in rows if row.family == family) for family in sorted(families)]
    order = [*leaders, *(row for row in rows if row not in leaders)]
    left, found = products, {}
    for row in order:
        left -= row.products.total
        if left < 0:
            break
        found[id(row)] = observed_error(row, problem, x0, dx0, truth)
    return tuple(replace(row, observed=found.get(id(row))) for row in rows)
