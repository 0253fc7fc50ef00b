"""How many inner steps between outer ones, and whether to carry the Jacobian along.

The stationary errors of :mod:`polyrates.analysis.warm_start`, searched over K and over carrying and
resetting. Either an outer step moves the problem by a given amount, whatever K is: then more inner
steps are always better, and the fewest that reach a target are wanted. Or the problem moves at a
given rate a product spent (a stream): then an answer is as old as the products of a step when the
next one comes, ∂x* has moved by τ for each, and there is a best K.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from polyrates.analysis.warm_start import warm_starts
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count, floating, nonnegative, positive

__all__ = ["LoopChoice", "best_loop"]


@dataclass(frozen=True, eq=False)
class LoopChoice:
    """What a warm-started loop should do; numeric.

    Attributes
    ----------
    steps : int
        K inner steps between outer ones.
    carry : bool
        Whether J is carried along, else reset to 0 at every outer step.
    error : float
        The largest stationary error of J after the K steps; without a target until the next answer.
    products : int
        Gradients and Hessian-vector products of an outer step.
    scanned : array (n, 3)
        K, the error when carried, the error when reset.
    """

    steps: int
    carry: bool
    error: float
    products: int
    scanned: np.ndarray = field(repr=False)

    def __str__(self) -> str:
        way = "carried" if self.carry else "reset"
        return f"{self.steps} inner steps, J {way}: {self.error:.3g} ({self.products} products)"


def best_loop(
    method: Method,
    spectrum: object,
    estimator: Estimator | None = None,
    *,
    shift: object,
    turn: object = 0,
    size: object,
    target: object = None,
    longest: int = 100,
) -> LoopChoice:
    """The best K, and whether to carry J.

    Parameters
    ----------
    method, spectrum, estimator
        As for :func:`polyrates.analysis.warm_start.warm_start`.
    shift, turn : numbers ≥ 0
        ‖∂Hσ‖ and ‖τ‖, σ and τ the moves of x* and of ∂x*: with ``target`` an outer step, without
        it a product spent, K-fold the products of a step.
    size : number > 0
        ‖∂x*‖.
    target : number > 0, optional
        The error wanted: the fewest products are chosen that reach it. None minimizes the error of
        the answer at its oldest.
    longest : int ≥ 1
        The largest K that is tried.

    Returns
    -------
    LoopChoice

    Raises
    ------
    InvalidValue
        The target is not reached.

    Examples
    --------
    >>> import polyrates as pr
    >>> method, where = pr.Chebyshev(1, 100), pr.Interval(1, 100)
    >>> for rate in (1e-6, 1e-2):
    ...     print(rate, pr.best_loop(method, where, shift=rate, turn=rate, size=1))
    1e-06 9 inner steps, J carried: 4.68e-05 (18 products)
    0.01 9 inner steps, J carried: 0.468 (18 products)
    >>> print(pr.best_loop(method, where, shift=1e-3, turn=1e-3, size=1, target=1e-5))
    46 inner steps, J carried: 8.58e-06 (92 products)
    """
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    moved, turned = (
        floating(nonnegative(value, name), name)
        for value, name in ((shift, "shift"), (turn, "turn"))
    )
    whole = floating(positive(size, "size"), "size")
    goal = None if target is None else floating(positive(target, "target"), "target")
    rows: list[tuple[int, float, float]] = []
    for loop in warm_starts(method, spectrum, count(longest, "longest", 1), chosen):
        share = 1.0 if goal is not None else float(chosen.products(loop.steps).total)
        age = 0.0 if goal is not None else share * turned
        errors = (
            loop.error(True, shift=share * moved, turn=share * turned) + age,
            loop.error(False, shift=share * moved, size=whole) + age,
        )
        rows.append((loop.steps, *errors))
        if goal is not None and min(errors) <= goal:
            break
    scanned = np.array(rows)
    if goal is not None and not np.min(scanned[-1, 1:]) <= goal:
        refuse_value(
            "target", target, f"is not reached in {longest} inner steps", "give longest, or another"
        )
    place = len(rows) - 1 if goal is not None else int(np.argmin(np.min(scanned[:, 1:], axis=1)))
    K, carried, reset = rows[place]
    return LoopChoice(K, carried <= reset, min(carried, reset), chosen.products(K).total, scanned)
