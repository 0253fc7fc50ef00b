"""How far a local prediction can be from the run: a certified remainder.

With the kernels' maxima k̄ (query), κ̄ (output) over the spectrum of H* = ∇²f(x*), 𝔇 the derivative
of the Hessian along the path of solutions, and M₂ the Lipschitz constant of the derivative of
G(x) = ∂_θ∇f(x) + ∇²f(x)∂x*, whose value at x* is 𝔇,

    ‖E_t − predicted_t‖ ≤ Σ_s κ̄_{t,s}(Mψ_sε_s + M₂ψ_s²/2) + ‖𝔇‖_F Σ_s κ̄′_{t,s} Mψ_s²/2,
    ε_t = Ȳ_t‖E_0‖ + C̄_t‖𝔇‖_F‖e_0‖ + Σ_s k̄_{t,s}(Mψ_sε_s + M₂ψ_s²/2) + ‖𝔇‖_F Σ_s k̄′_{t,s}Mψ_s²/2,

ψ_t the bound of the queries. k̄′_{t,s} bounds the response of the tangent at one eigenvalue to what
was added to the iterate at another, Σ_{s<r<t} k_{t,r}(λ_i) k_{r,s}(λ_j), and C̄_t that to the
start, Σ_r k_{t,r}(λ_i) Y_r(λ_j); both are at most the same sums of maxima. *Proof.* The tangent
gradient is H*E + 𝔇e plus (∇²f(x) − H*)E and G(x) − 𝔇e, of norms ≤ Mψε and M₂ψ²/2; the iterate
differs from the local model's by what Mψ²/2 drives. Variation of constants, Frobenius norms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.analysis.majorant import majorant
from polyrates.analysis.volterra import Sizes, iterate_bounds
from polyrates.core.estimators import Estimator, Implicit, Unrolled
from polyrates.core.methods.classical import GradientDescent
from polyrates.core.recurrence import Method
from polyrates.ground.arrays import Array
from polyrates.measurement.contraction import contraction_bound
from polyrates.numeric.suprema.kernels import LONGEST, kernels
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = ["certified_bound", "certified_remainder", "majorant_bound", "remainder"]


@dataclass(frozen=True)
class _Start:
    """The ends of the spectrum of H, M and the sizes of the start, rounded outward."""

    ends: tuple[float, float]
    hessian_lipschitz: float
    distance: float
    residual: float

    @classmethod
    def of(cls, model: QuadraticProblem, constants: Constants, x0: Array, dx0: Array) -> _Start:
        values = np.linalg.eigvalsh(model.hessian)
        margin = 1e-14 * float(values[-1]) * len(values)
        return cls(
            (float(values[0]) - margin, float(values[-1]) + margin),
            constants.hessian_lipschitz,
            float(np.linalg.norm(x0 - model.solution)) * (1 + 1e-12),
            float(np.linalg.norm(dx0 - model.solution_jacobian)) * (1 + 1e-12),
        )

    def inside(self, steps: int) -> bool:
        """Whether something is proved from here, and the kernels are not too many."""
        low, high = self.ends
        M = self.hessian_lipschitz
        return 0 < low < high and M * self.distance < 2 * low and steps <= LONGEST


def certified_remainder(
    method: Method,
    model: QuadraticProblem,
    problem: Problem,
    x0: Array,
    dx0: Array,
    steps: int,
    estimator: Estimator,
) -> Array:
    """The remainder of a problem beside its local model; infinite where nothing is known."""
    if isinstance(problem, QuadraticProblem):
        return np.zeros(steps + 1)  # it is its own local model
    second, constants = getattr(problem, "twist_lipschitz", None), getattr(problem, "constants", 0)
    if estimator == Unrolled() and second is not None and isinstance(constants, Constants):
        start = _Start.of(model, constants, x0, dx0)
        if start.inside(steps):
            twist = float(np.linalg.norm(np.asarray(model.hessian_derivative()))) * (1 + 1e-12)
            sizes = Sizes(start.hessian_lipschitz, 0.0, start.distance, start.residual)
            return remainder(method, start.ends, steps, sizes, twist, float(second))
    return np.full(steps + 1, np.inf)


def certified_bound(
    method: Method,
    model: QuadraticProblem,
    problem: Problem,
    x0: Array,
    dx0: Array,
    steps: int,
    estimator: Estimator,
) -> Array:
    """The smallest bound that a problem's constants prove, shape (steps+1,); infinite without."""
    constants = getattr(problem, "constants", None)
    if not isinstance(constants, Constants):
        return np.full(steps + 1, np.inf)
    bound = majorant_bound(method, model, constants, x0, dx0, steps, estimator)
    if type(method) is not GradientDescent:
        return bound
    e, E, J = (
        float(np.linalg.norm(value)) * (1 + 1e-12)
        for value in (
            x0 - model.solution,
            dx0 - model.solution_jacobian,
            model.solution_jacobian,
        )
    )
    return np.minimum(bound, contraction_bound(method, constants, steps, e, E, J, estimator))


def majorant_bound(
    method: Method,
    model: QuadraticProblem,
    constants: Constants,
    x0: Array,
    dx0: Array,
    steps: int,
    estimator: Estimator,
) -> Array:
    """:func:`polyrates.majorant` on the spectrum of H, c = M‖∂x*‖_F + N."""
    start = _Start.of(model, constants, x0, dx0)
    size = float(np.linalg.norm(model.solution_jacobian)) * (1 + 1e-12)
    if not start.inside(steps) or not np.all(np.isfinite(constants[2:])):
        return np.full(steps + 1, np.inf)
    if isinstance(estimator, Implicit) and estimator.inner is not None:
        return np.full(steps + 1, np.inf)  # a supremum for every t: ask for it
    found = majorant(
        method,
        start.ends,
        steps,
        hessian_lipschitz=start.hessian_lipschitz,
        cross_lipschitz=(start.hessian_lipschitz * size + constants[3]) * (1 + 1e-12),
        distance=start.distance,
        residual=start.residual,
        estimator=estimator,
    )
    return np.asarray(found.jacobians, dtype=float)


def remainder(
    method: Method,
    interval: tuple[float, float],
    steps: int,
    sizes: Sizes,
    twist: float,
    second: float,
) -> np.ndarray:
    """The bound at t = 0, …, steps of an unrolled run, shape (steps+1,).

    Parameters
    ----------
    interval : (float, float)
        Holds the spectrum of H*.
    sizes : Sizes
        M, ‖e_0‖ and ‖E_0‖; c does not enter.
    twist, second : float
        ‖𝔇‖_F and M₂.
    """
    found = kernels(method, interval, steps)
    queries, _ = iterate_bounds(found, sizes)
    T = steps
    up = 1 + (4 * T + 32) * 2.0**-53
    with np.errstate(over="ignore", invalid="ignore"):
        bent = sizes.hessian_lipschitz * queries[:T] ** 2 / 2
        driven = twist * (found.query[:T] @ bent) * up  # 𝔇 times what drives the iterate, at r
        at_start = twist * found.query_start[:T, 0] * sizes.distance * up
        linear = np.zeros(T)  # what drives the tangent beyond the local model, by step
        for s in range(T):
            tangent = found.query_start[s, 0] * sizes.residual
            tangent += found.query[s, :s] @ (at_start[:s] + driven[:s] + linear[:s])
            linear[s] = (
                sizes.hessian_lipschitz * queries[s] * tangent * up + second * queries[s] ** 2 / 2
            )
        total = found.output @ (linear + driven) * up
    return np.where(np.isfinite(total), total, np.inf)
