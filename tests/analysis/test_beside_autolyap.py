"""The rate of tangents beside the rate of iterates that AutoLyap's Lyapunov functions give.

AutoLyap: ‖x_t − x*‖ = O(ρ^t) over ℓ-strongly convex, L-smooth functions. Ours: the exact growth of
∂x_t when the Hessians along the run may be any between ℓ and L. For gradient descent they agree;
with momentum the iterates converge while the tangents may not, which the first cannot see.
"""

from __future__ import annotations

import importlib.util
import warnings

import pytest
from support import require

import polyrates as pr

ELL, L = 0.01, 1.0


def by_autolyap(method: pr.Method) -> float | None:
    """The certified rate of ‖x_t − x*‖, None where no certificate is found."""
    from autolyap import IterationIndependent, SolverOptions, algorithms
    from autolyap.problemclass import InclusionProblem, SmoothStronglyConvex

    if isinstance(method, pr.GradientDescent):
        theirs = algorithms.GradientMethod(float(method.step))
    elif isinstance(method, pr.Nesterov):
        theirs = algorithms.NesterovConstant(ELL, L)
        assert float(method.step) == pytest.approx(1 / L)
        assert float(method.momentum) == pytest.approx((1 - 0.1) / (1 + 0.1))
    else:
        theirs = algorithms.HeavyBallMethod(float(method.step), float(method.momentum))
    rates = IterationIndependent.LinearConvergence
    P, p, T, t = rates.get_parameters_distance_to_solution(theirs)
    found = rates.bisection_search_rho(
        InclusionProblem([SmoothStronglyConvex(ELL, L)]), theirs, P, T, p=p, t=t,
        S_equals_T=True, s_equals_t=True, remove_C3=True, tol=1e-9, verbosity=0,
        solver_options=SolverOptions(backend="cvxpy", cvxpy_solver="CLARABEL"),
    )  # fmt: skip
    return float(found["rho"]) ** 0.5 if found["status"] == "feasible" else None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the modelling tool's own
def test_iterates_converge_where_tangents_may_not():
    require("autolyap", importlib.util.find_spec("autolyap") is not None)
    require("clarabel", importlib.util.find_spec("clarabel") is not None)
    methods = (
        pr.GradientDescent.large(ELL, L),
        pr.Nesterov.tuned(ELL, L),
        pr.HeavyBall(1.0, 0.5),
        pr.HeavyBall.tuned(ELL, L),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        descent, nesterov, steady, tuned = (
            (by_autolyap(method), float(pr.switching_rate(method, (ELL, L)).rate))
            for method in methods
        )
    assert descent[0] == pytest.approx(descent[1], abs=1e-7)
    assert nesterov[0] < 0.93 < 1 < nesterov[1]
    assert steady[0] < 0.98 < 1 < steady[1]
    assert tuned[0] is None  # it has a cycle on such a function (Lessard, Recht, Packard 2016)
    assert tuned[1] > 1
