"""Isolated points that decide nothing: the least favourable measure has next to no weight on them.

An outlier p has a multiplier of 1e-18 and less. The optimum is then the one with zeros at p, double
ones where P' counts, up to that weight; but the equations of optimality are singular in what P is
at p. So P gets the zeros, and p leaves the equations.
"""

from __future__ import annotations

import numpy as np

from polyrates.numeric.minimax.certify import proved_constant
from polyrates.numeric.minimax.interior import interior_point
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import MinimaxSolution, Task

__all__ = ["weighs_points", "without_weight"]

# The part of the measure below which a point decides nothing.
_WEIGHTLESS = 1e-10
# How close to 1 the share comes before P = 1 is tried.
_MARGIN = 1e-3


def weighs_points(problem: Problem) -> bool:
    """Whether isolated points stand beside intervals, and may have next to no weight."""
    alone = [low == high for low, high in problem.support]
    room = problem.multiplicity * sum(alone) < problem.t
    # A = P − λP' may be 0 where P is not
    return not (problem.zeros or problem.plain) and any(alone) and not all(alone) and room


def without_weight(
    task: Task, problem: Problem
) -> tuple[MinimaxSolution | None, tuple[float, ...]]:
    """P = 1 with its proof where that is met on the way; and the points without weight."""
    points = problem.nodes(4 * problem.t + 8)
    central = interior_point(problem, points, 1e-9, margin=_MARGIN)
    flat = proved_constant(task, problem, central)
    if flat is not None or 1 - central.s < _MARGIN:  # it stopped early, or P = 1 is not far
        return flat, ()
    masses = np.bincount(central.points.segment, central.y, len(problem.support))
    return None, tuple(
        low
        for mass, (low, high) in zip(masses / np.sum(masses), problem.support, strict=True)
        if low == high and mass < _WEIGHTLESS
    )
