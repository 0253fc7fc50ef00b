"""check_estimator: the pair (R, C) of an estimator against runs of it."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np

from polyrates.core.estimators import Estimator, as_estimator
from polyrates.core.methods.classical import Nesterov
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.execution.trajectory import differentiate
from polyrates.ground.errors import PolyratesError
from polyrates.measurement.verify import verify
from polyrates.numeric.ring import ValueRing
from polyrates.problems.quadratic import Quadratic
from polyrates.testing.latex import latex_fault


def check_estimator(
    estimator: Estimator, method: Method | None = None, steps: int = 6, seed: int = 0
) -> None:
    """Hold an estimator to its pair: error = R(H)E + C(H)D on quadratics.

    R(0) = 1 (0 where it solves exactly); the run's error against the pair, with and without
    commuting derivatives of the Hessian; products that are counted; LaTeX, a pickle.

    Parameters
    ----------
    estimator : Estimator
    method : Method, optional
        The solver that is differentiated; None is Nesterov's, tuned to [1, 10].
    steps, seed : int

    Raises
    ------
    AssertionError
        With the law that does not hold.
    """
    as_estimator(estimator)
    solver = Nesterov.tuned(Fraction(1), Fraction(10)) if method is None else method
    subject = f"check_estimator({type(estimator).__name__})"
    try:
        fault = (
            _at_zero(estimator, solver, steps)
            or _against_runs(estimator, solver, steps, seed)
            or latex_fault(estimator)
            or _same_pickled(estimator)
        )
    except PolyratesError as error:
        fault = str(error)
    if fault:
        raise AssertionError(f"{subject}: {fault}")


def _at_zero(estimator: Estimator, method: Method, steps: int) -> str | None:
    points = np.array([1e-12, 1.0])
    for t, pair in enumerate(estimator.pairs(method, steps, ValueRing(points))):
        start = float(np.broadcast_to(pair.residual, points.shape)[0])
        if min(abs(start - 1.0), abs(start)) > 1e-8:
            return f"R(0) = {start:.6g} at t = {t}: it must be 1, or 0 where it solves exactly"
    return None


def _against_runs(estimator: Estimator, method: Method, steps: int, seed: int) -> str | None:
    rng = np.random.default_rng(seed)
    for commuting in (True, False):
        problem = Quadratic.random(Interval(1.0, 10.0), 5, seed, commuting)
        x0, dx0 = rng.standard_normal(5), rng.standard_normal(5)
        found = verify(method, problem, steps, estimator=estimator, x0=x0, dx0=dx0)
        if not found.ok:
            words = "commute" if commuting else "do not commute"
            return (
                f"its pair misses the error of a run by {float(np.max(found.gap)):.3g} of the "
                f"initial error where H and ∂H {words}"
            )
        spent = differentiate(method, problem, x0, steps, estimator, dx0).products
        if min(spent) < 0:
            return f"it counts {spent} products"
    return None


def _same_pickled(estimator: Estimator) -> str | None:
    again = pickle.loads(pickle.dumps(estimator))
    return None if again == estimator else f"its pickle is {again!r}"
