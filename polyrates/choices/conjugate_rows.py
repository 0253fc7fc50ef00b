r"""What conjugate gradients do on a quadratic problem that is there to be run: rows of its plan.

Their polynomials belong to the problem and its start, so on [ℓ, L] alone little is known: with
c_t = √(L/ℓ)/T_t(m₀), ‖x_t − x*‖ ≤ c_t‖x_0 − x*‖, hence

    ‖H⁻¹∂H(x_t − x*)‖ ≤ m = c_t‖∂H‖_F‖x_0 − x*‖/ℓ,      ‖V_k − ∂x*‖ ≤ m + c_k(‖E‖ + m)

for k steps of an inner solve. On the problem at hand they are run, for the products that the row
costs, and the error that was observed ranks them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from polyrates.choices.observation import observed_error
from polyrates.choices.plan_rows import PlanRow
from polyrates.core.estimators import Implicit
from polyrates.core.methods.conjugate_gradient import ConjugateGradient
from polyrates.core.spectra import Spectrum
from polyrates.execution.reverse import forward_memory
from polyrates.ground.numbers import floating
from polyrates.numeric.values import chebyshev_size
from polyrates.problems.quadratic import QuadraticProblem
from polyrates.problems.sizes import InitialSizes, status_of

__all__ = ["with_conjugate_gradients"]


def with_conjugate_gradients(
    rows: Sequence[PlanRow],
    budget: int,
    where: Spectrum,
    sizes: InitialSizes,
    problem: QuadraticProblem,
    start: tuple[object, object],
) -> tuple[PlanRow, ...]:
    """The rows, those of conjugate gradients run from ``start`` = (x0, dx0), and one more.

    In the additional row both the outer and the inner solve are theirs.
    """
    if not floating(where.hull[0]) > 0:
        return tuple(rows)
    truth = problem.solution_jacobian
    own = [row for row in rows if row.by_conjugate_gradients]
    both = _both(budget, where, sizes, problem, start[0])
    ran = {
        id(row): replace(row, observed=observed_error(row, problem, *start, truth))
        for row in [*own, both]
    }
    return tuple(ran.get(id(row), row) for row in [*rows, both])


def _both(
    budget: int, where: Spectrum, sizes: InitialSizes, problem: QuadraticProblem, x0: object
) -> PlanRow:
    """Half of the products for x, half for V."""
    ell, L = (floating(end) for end in where.hull)
    k = budget // 2
    t = budget - k
    fall, inner = (math.sqrt(L / ell) * chebyshev_size(ell, L, steps) for steps in (t, k))
    distance = float(np.linalg.norm(np.asarray(x0, dtype=float) - problem.solution))
    m = fall * float(np.linalg.norm(np.ravel(problem.hessian_derivative()))) * distance / ell
    bound = (m + inner * (floating(sizes.error) + m)) * (1 + 1e-10)  # for rounding, as elsewhere
    method, estimator = ConjugateGradient(), Implicit(ConjugateGradient(), k)
    return PlanRow(
        "both solves by CG",
        "implicit",
        method,
        estimator,
        t,
        bound,
        0.0,
        estimator.products(t),
        forward_memory(method, estimator),
        status_of(where, sizes),
    )
