"""Gradient descent on strongly convex functions: the majorant's row at M = 0, from any distance.

Where ℓ ≤ ∇²f ≤ L everywhere, a step contracts both e and E by q = max(|1 − hℓ|, |1 − hL|), and the
tangent gains hc‖e‖ (:mod:`polyrates.measurement.local_model` has the proof). That is gradient
descent on the scalar (1 − q)/h, which is ℓ for h ≤ 2/(L + ℓ), with tangent force c:
:func:`polyrates.majorant` without M, whose basin is then everything.
"""

from __future__ import annotations

import math

import numpy as np

from polyrates.analysis.majorant import majorant
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.methods.classical import GradientDescent
from polyrates.core.recurrence import check_steps
from polyrates.ground.arrays import Array
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import floating
from polyrates.problems.losses import Constants

__all__ = ["contraction_bound"]


def contraction_bound(
    method: GradientDescent,
    constants: Constants,
    steps: int,
    distance: float,
    residual: float,
    jacobian: float,
    estimator: Estimator | None = None,
) -> Array:
    """A bound of gradient descent's Jacobian error at t = 0, …, steps, shape (steps+1,).

    Formulas (2)–(4) of :mod:`polyrates.measurement.local_model`, rounded upward, by
    :func:`polyrates.majorant`. Infinite where the assumptions fail (ℓ ≤ 0 for the implicit
    estimate, h > 2/L, unknown constants), and for an implicit estimate with an inner method.

    Parameters
    ----------
    method : GradientDescent
    constants : Constants
        ℓ, L and the Lipschitz constants, valid on a ball around x* that holds x_0 (gradient descent
        does not leave it).
    steps : int ≥ 0
    distance, residual, jacobian : float
        ‖x_0 − x*‖, ‖E_0‖ (‖∂x*‖ where ∂x_0 = 0), ‖∂x*‖, the latter two in Frobenius norm.
    estimator : Estimator, default ``pr.Unrolled()``
    """
    if type(method) is not GradientDescent:
        refuse_type(
            "method",
            method,
            "the bound is for gradient descent alone",
            "give pr.GradientDescent(step)",
        )
    steps = check_steps(method, steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    for name, value in (("distance", distance), ("residual", residual), ("jacobian", jacobian)):
        if not value >= 0:
            refuse_value(name, value, "must be ≥ 0", "give a norm")
    ell, L, M, N = constants
    c = (M * jacobian if jacobian > 0 else 0.0) + N
    h = floating(method.step)
    slowest = _slowest(h, ell, L)
    solves = chosen.solve is not None
    if not math.isfinite(c) or slowest is None or (solves and not chosen.exact_solve):
        return np.full(steps + 1, np.inf)
    found = majorant(
        method,
        (slowest * (1 - 2.0**-50), slowest or 1 / h),  # any spectrum that the scalar stands for
        steps,
        hessian_lipschitz=0.0,
        cross_lipschitz=c * (1 + 2.0**-51),
        distance=float(distance),
        residual=float(residual),
        estimator=None if solves else chosen,
    )
    if not solves:
        return np.asarray(found.jacobians, dtype=float)
    if not ell > 0:
        return np.full(steps + 1, np.inf)
    return np.asarray(c / ell * np.asarray(found.iterates, dtype=float) * (1 + 2.0**-50))


def _slowest(h: float, ell: float, L: float) -> float | None:
    """(1 − q)/h, rounded downward; None where q > 1."""
    if not (math.isfinite(ell) and math.isfinite(L)) or ell < 0 or h * L > 2:
        return None
    if h * (L + ell) <= 2:
        return float(ell)
    return max(0.0, (2 / h - L) - 4 * 2.0**-53 * (2 / h + L))
