"""The methods, the interval and the sizes that the files of the majorant share."""

from __future__ import annotations

import polyrates as pr

ELL, L = 0.01, 1.0
METHODS = {
    "gradient descent": pr.GradientDescent.large(ELL, L),
    "gradient descent, short": pr.GradientDescent.short(ELL, L),
    "heavy ball": pr.HeavyBall.tuned(ELL, L),
    "Chebyshev": pr.Chebyshev(ELL, L),
    "Nesterov": pr.Nesterov.tuned(ELL, L),
}


def bound(method, steps, m=0.1, estimator=None, interval=(ELL, L), **sizes):
    """The majorant with M = mℓ, c = .02, and sizes 1 where no others are given."""
    given = {"cross_lipschitz": 0.02, "distance": 1.0, "residual": 1.0, **sizes}
    M = m * interval[0]
    return pr.majorant(method, interval, steps, hessian_lipschitz=M, estimator=estimator, **given)
