"""The majorant's bound of the iterates beside PEPit's worst case, for few steps.

Both are upper bounds, on different classes. PEPit: ℓ ≤ ∇²f ≤ L everywhere (interpolation makes it
exact there), any distance, no M. The majorant: the spectrum of the Hessian at x* in [ℓ, L] and an
M-Lipschitz Hessian from x*, within the basin. At M = 0 the majorant's class is quadratics, inside
PEPit's, so its bound is the smaller; at M‖e_0‖ near 2ℓ its cubic leaves PEPit's class.
AutoLyap certifies rates of such iterates too; neither bounds Jacobians.
"""

from __future__ import annotations

import importlib.util
import warnings

import pytest
from support import require

import polyrates as pr
from polyrates.core.recurrence import orbit

ELL, L = 0.1, 1.0


def by_pepit(method, n):
    """The worst ‖x_n − x*‖ over ℓ-strongly convex, L-smooth functions, ‖x_0 − x*‖ = 1."""
    from PEPit import PEP
    from PEPit.functions import SmoothStronglyConvexFunction

    class Points:
        def number(self, value):
            return float(value)

    problem = PEP()
    f = problem.declare_function(SmoothStronglyConvexFunction, mu=ELL, L=L)
    star = f.stationary_point()
    carrier = Points()
    carrier.start, carrier.gradient = problem.set_initial_point(), f.gradient
    problem.set_initial_condition((carrier.start - star) ** 2 <= 1)
    *_, x = orbit(method, carrier, n)
    problem.set_performance_metric((x - star) ** 2)
    return float(problem.solve(verbose=0, solver="CLARABEL")) ** 0.5


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the modelling tools' own
@pytest.mark.parametrize(
    "method", [pr.GradientDescent.large(ELL, L), pr.Chebyshev(ELL, L), pr.Nesterov.tuned(ELL, L)]
)
def test_both_bounds_for_few_steps(method):
    require("PEPit", importlib.util.find_spec("PEPit") is not None)
    require("clarabel", importlib.util.find_spec("clarabel") is not None)
    for n in (1, 2, 3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = by_pepit(method, n)
        ours = {}
        for m in (0.0, 0.5, 1.99):
            found = pr.majorant(
                method,
                (ELL, L),
                n,
                hessian_lipschitz=m * ELL,
                cross_lipschitz=0,
                distance=1,
                residual=0,
            )
            ours[m] = found.iterates[n]
        quadratic = float(pr.rate(method, pr.Interval(ELL, L)).residual(n))
        assert ours[0.0] == pytest.approx(quadratic, rel=1e-9)  # condition K: the same at M = 0
        assert ours[0.0] <= theirs * (1 + 1e-5)
        assert ours[0.0] < ours[0.5] < ours[1.99] < 1
        if isinstance(method, pr.GradientDescent):  # Drori and Teboulle: quadratics are the worst
            assert theirs == pytest.approx(quadratic, rel=1e-4)
            assert ours[1.99] > theirs  # its cubic has curvature below ell: another class
