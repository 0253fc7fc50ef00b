"""Proved suprema: what is known in closed form about the unrolled Jacobian error, and why.

gradient_descent  any constant step, any support
classical         Chebyshev and Gegenbauer on a support in their interval
momentum          heavy ball and Nesterov on their own interval
bounds            the lower bound for every method, the best constant step for a horizon
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
from polyrates.ground.precision import alone
from polyrates.symbolic.theorems.base import PARTS, Asymptotic, Theorem
from polyrates.symbolic.theorems.bounds import BestStep, best_step, lower_bound
from polyrates.symbolic.theorems.classical import classical_theorem
from polyrates.symbolic.theorems.gradient_descent import gradient_descent_theorem
from polyrates.symbolic.theorems.momentum import heavy_ball_theorem, nesterov_theorem

__all__ = ["Asymptotic", "BestStep", "Theorem", "best_step", "find_theorem", "lower_bound"]

_THEOREMS: Mapping[type[Method], Callable[[Any, Spectrum, str], Theorem | None]] = {
    GradientDescent: gradient_descent_theorem,
    Chebyshev: classical_theorem,
    Gegenbauer: classical_theorem,
    HeavyBall: heavy_ball_theorem,
    Nesterov: nesterov_theorem,
}
"""By the exact type: a subclass may take other steps, and nothing is proved of it."""


@alone()
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
    theorem = _THEOREMS.get(type(method))
    if theorem is None or part not in PARTS or type(estimator) is not Unrolled:
        return None
    if any(isinstance(value, float) for value in (*method.parameters, *spectrum.hull)):
        return None
    return theorem(method, spectrum, part)
