"""Stopping a differentiated run when its Jacobian is certified to be near enough.

A check at step t (:mod:`polyrates.execution.jacobian_bound`) costs about 2k + 3 products. It is
made when all checks together have cost at most half of what the run itself has, so at most a third
of all products is spent on checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from polyrates.execution.jacobian_bound import Known, known_constants, locate, residual_bound
from polyrates.ground.arrays import Array
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating, positive
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["Goal", "goal_of", "until_certified"]

PRODUCTS = 8
"""Steps of Lanczos' process for each of the two solves of a check."""


@dataclass(frozen=True)
class Goal:
    """‖J − ∂x*‖ ≤ eps, and what is known to certify it."""

    problem: Problem
    eps: float
    known: Known

    def bound(self, x: Array, J: Array) -> tuple[float, int]:
        """The certified bound of J at x, and the products it cost."""
        place = locate(self.problem, x, self.known, PRODUCTS)
        found = residual_bound(self.problem, place, J, self.known, PRODUCTS)
        return found.bound, found.products + found.gradients


def goal_of(problem: Problem, until: object, ell: object, constants: Constants | None) -> Goal:
    """The goal, or our error where nothing can be certified."""
    eps = floating(positive(until, "until"), "until")
    low = None if ell is None else floating(positive(ell, "ell"), "ell")
    known = known_constants(problem, low, constants)
    if not known.complete:
        refuse_value(
            "until",
            until,
            "needs ℓ and Lipschitz constants of this problem to be certified",
            "give ell= and constants=, or take a fixed number of steps and pr.certify the result",
        )
    return Goal(problem, eps, known)


def until_certified(
    pairs: Iterator[tuple[Array, Array]], goal: Goal, cost: int
) -> tuple[list[Array], list[Array], float | None]:
    """The iterates and estimates up to the first check that holds, and its bound.

    ``cost`` is what one step of the run costs in products. The last step is always checked.
    """
    iterates: list[Array] = []
    jacobians: list[Array] = []
    spent, price = 0, 2 * PRODUCTS + 5
    last: float | None = None
    checked = -1
    for t, (x, J) in enumerate(pairs):
        iterates.append(x)
        jacobians.append(J)
        if 2 * (spent + price) > cost * t or not np.all(np.isfinite(J)):
            continue
        last, price = goal.bound(x, J)
        checked = t
        spent += price
        if last <= goal.eps:
            return iterates, jacobians, last
    if checked != len(iterates) - 1 and np.all(np.isfinite(jacobians[-1])):
        last = goal.bound(iterates[-1], jacobians[-1])[0]
    return iterates, jacobians, last
