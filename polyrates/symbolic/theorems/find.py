"""Proved suprema: what is known in closed form about the unrolled Jacobian error, and why.

gradient_descent  any constant step, any support
classical         Chebyshev and Gegenbauer on a support in their interval
momentum          heavy ball and Nesterov on their own interval
bounds            the lower bound for every method, the best constant step for a horizon
"""

from __future__ import annotations

from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.symbolic.theorems.base import PARTS, Asymptotic, Theorem
from polyrates.symbolic.theorems.bounds import BestStep, best_step, lower_bound
from polyrates.symbolic.theorems.classical import classical_theorem
from polyrates.symbolic.theorems.gradient_descent import gradient_descent_theorem
from polyrates.symbolic.theorems.momentum import heavy_ball_theorem, nesterov_theorem

__all__ = ["Asymptotic", "BestStep", "Theorem", "best_step", "find_theorem", "lower_bound"]


def find_theorem(
    method: Method, spectrum: Spectrum, part: str, estimator: Estimator
) -> Theorem | None:
    """The theorem that gives max over the support of one part, or None where none is proved.

    Parameters
    ----------
    method, spectrum
        With exact parameters: numbers or symbols. Floats find no theorem; read them as the dyadic
        rationals that they are first.
    part : "initial", "cross", "residual" or "drift"
    estimator : Estimator
        Only unrolling has theorems.
    """
    if part not in PARTS or not isinstance(estimator, Unrolled):
        return None
    if any(isinstance(value, float) for value in (*method.parameters, *spectrum.hull)):
        return None
    if isinstance(method, GradientDescent):
        return gradient_descent_theorem(method, spectrum, part)
    if isinstance(method, (Chebyshev, Gegenbauer)):
        return classical_theorem(method, spectrum, part)
    if isinstance(method, HeavyBall):
        return heavy_ball_theorem(method, spectrum, part)
    if isinstance(method, Nesterov):
        return nesterov_theorem(method, spectrum, part)
    return None
