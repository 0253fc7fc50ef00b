"""Beyond quadratics: what the theory says near x*, and what holds away from it.

*Near x*.* Let e_t = x_t − x* and E_t = ∂x_t − ∂x*. A step asks the tangent gradient

    ∇²f(x)∂x + ∂_θ∇f(x) = H E + 𝔇 e + O(|e|² + |e||E|),    H = ∇²f(x*),
    𝔇 = ∂_θ∇²f(x*) + ∇³f(x*)[∂x*] = d/dθ [∇²f(x*(θ), θ)],

because H∂x* + ∂_θ∇f(x*) = 0. That is the tangent gradient of the quadratic with Hessian H and
∂H = 𝔇: to first order every formula for quadratics holds with ∂H replaced by the derivative of
the Hessian *along the path of solutions*. :func:`local_model` builds that quadratic;
:func:`local_errors` holds its prediction against a run. The relative gap is O(‖x_0 − x*‖): a
statement near x*, no bound.

*Away from x*: a bound.* Let f be ℓ-strongly convex and L-smooth, ∇²f M-Lipschitz and ∂_θ∇f
N-Lipschitz in x, h ≤ 2/L, q = max(|1 − hℓ|, |1 − hL|) ≤ 1, c = M‖∂x*‖ + N (‖∂x*‖ in operator
norm, the norm of E Frobenius's when c uses ‖∂x*‖_F). Gradient descent obeys

    ‖e_t‖ ≤ q^t‖e_0‖                                                                        (1)
    ‖E_t‖ ≤ q^t‖E_0‖ + h c t q^{t−1}‖e_0‖                              unrolled              (2)
    ‖E_t‖ ≤ q^{t−s}‖E_0‖ + h c (t − s) q^{t−1}‖e_0‖                    truncated at s        (3)
    ‖E_t‖ ≤ (c/ℓ) q^t‖e_0‖                                             implicit, exact       (4)

*Proof.* x⁺ − x* = (I − hA)(x − x*), A the mean of ∇²f over the segment, so (1). With the tangent
step ∂x⁺ = ∂x − h(∇²f(x)∂x + ∂_θ∇f(x)) and 0 = H∂x* + ∂_θ∇f(x*),

    E⁺ = (I − h∇²f(x))E − h[(∇²f(x) − H)∂x* + ∂_θ∇f(x) − ∂_θ∇f(x*)],

whose bracket has norm ≤ c‖e‖. Hence ‖E_{k+1}‖ ≤ q‖E_k‖ + hc q^k‖e_0‖, and induction gives (2);
started at k = s with E_s = E_0 it gives (3). For (4), V = −∇²f(x)⁻¹∂_θ∇f(x) satisfies
∇²f(x)(V − ∂x*) = −[the same bracket]. ∎

(2) and (4) have the form of Grazzi, Franceschi, Pontil, Salzo (ICML 2020), who state them for any
contraction; (3), and the part that the start plays, are those of Mehmood, Knoll, Ochs (2026): a
truncation, or a warm start, which makes ‖e_0‖ and ‖E_0‖ small together, shrinks the t q^{t−1} term
that burns in. Both are for gradient descent here: heavy ball's or Chebyshev's step is no
contraction in the Euclidean norm. For them, and for every other method, :func:`polyrates.majorant`
bounds the errors inside ‖e_0‖ < 2ℓ/M, from M and c at x* alone. The formulas above are its row for
gradient descent at M = 0, with (1 − q)/h in place of ℓ: :mod:`polyrates.measurement.contraction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.execution.trajectory import differentiate
from polyrates.ground.arrays import Array
from polyrates.ground.errors import refuse_value
from polyrates.measurement.local_remainder import certified_bound, certified_remainder
from polyrates.measurement.verify import predicted_errors
from polyrates.problems.quadratic import Problem, Quadratic, QuadraticProblem
from polyrates.problems.solved import as_problem, local_quadratic

__all__ = [
    "LocalErrors",
    "SolvedProblem",
    "local_errors",
    "local_model",
    "start_at",
]


@runtime_checkable
class SolvedProblem(Problem, Protocol):
    """A Problem that knows its solution and its Hessian there, such as ``pr.Logistic``."""

    def hessian(self, w: Array, /) -> Array:
        """∇²f(w), shape (d, d)."""
        ...

    def hessian_derivative(self) -> Array:
        """d/dθ [∇²f(x*(θ), θ)], shape (d, d) or (p, d, d)."""
        ...

    @property
    def solution(self) -> Array:
        """x*."""
        ...

    @property
    def solution_jacobian(self) -> Array:
        """∂x*."""
        ...


def local_model(problem: Problem | SolvedProblem, x0: object = None) -> Quadratic:
    """The quadratic that has the problem's x*, ∂x*, Hessian and its derivative along the path.

    b = −Hx*, ∂b = −H∂x* − 𝔇x*. Its ``spectrum`` is that of the Hessian at the solution, so every
    verb of the package applies to it. What the problem does not know is found, see
    :func:`polyrates.problems.solved.local_quadratic`: x* by Newton's method from ``x0`` (None: the
    problem's own, or zero), 𝔇 by central differences of products.
    """
    if isinstance(problem, QuadraticProblem) or not isinstance(problem, SolvedProblem):
        return local_quadratic(as_problem(problem), x0).model
    x, J = np.asarray(problem.solution), np.asarray(problem.solution_jacobian)
    H = np.asarray(problem.hessian(x))
    dH = np.asarray(problem.hessian_derivative())
    H, dH = (H + H.T) / 2, (dH + np.swapaxes(dH, -1, -2)) / 2
    return Quadratic(H, -H @ x, dH, (-H @ J).T - dH @ x)


@dataclass(frozen=True, eq=False)
class LocalErrors:
    """The Jacobian error of a run on a non-quadratic loss beside its local prediction.

    Attributes
    ----------
    predicted, observed : array (steps+1, d) or (steps+1, d, p)
    bound : array (steps+1,)
        That of :func:`polyrates.majorant` on the spectrum of H, and for gradient descent that of
        :func:`polyrates.contraction_bound` where it is smaller; infinite where none is proved.
    distance : float
        ‖x_0 − x*‖.
    remainder : array (steps+1,)
        ‖observed − predicted‖ ≤ remainder, for unrolling on a problem that knows M and M₂ (such as
        ``pr.Logistic``); infinite where they are not known or M‖x_0 − x*‖ ≥ 2ℓ. The rounding of the
        run itself is not in it.
    gap : float
        max over t of ‖observed − predicted‖, over the largest predicted error; O(distance).
    """

    predicted: Array
    observed: Array
    bound: Array
    remainder: Array
    distance: float
    gap: float

    @property
    def looseness(self) -> Array:
        """bound/‖observed‖ at every t, shape (steps+1,)."""
        size = np.linalg.norm(self.observed.reshape(len(self.observed), -1), axis=1)
        with np.errstate(divide="ignore"):
            return np.asarray(self.bound / size)


def local_errors(
    method: Method,
    problem: Problem | SolvedProblem,
    x0: object,
    steps: int,
    estimator: Estimator | None = None,
    dx0: object = None,
) -> LocalErrors:
    """Run and differentiate on the loss itself, and predict by its local model.

    The two-variable formula, since H and 𝔇 do not commute in general. How far the prediction holds
    is a matter of ‖x_0 − x*‖: read ``gap``.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    model = local_model(problem, x0)
    run = differentiate(method, problem, x0, steps, chosen, dx0)
    start = run.iterates[0]
    initial = np.zeros_like(run.jacobians[0]) if dx0 is None else np.asarray(dx0, dtype=float)
    predicted = predicted_errors(
        method,
        model,
        start,
        initial,
        steps,
        chosen,
        "commuting" if model.commutes else "two-variable",
    )
    observed = run.jacobians - model.solution_jacobian
    norms = [
        np.linalg.norm(a.reshape(len(a), -1), axis=1) for a in (predicted, observed - predicted)
    ]
    return LocalErrors(
        predicted,
        observed,
        certified_bound(method, model, problem, start, initial, steps, chosen),
        certified_remainder(method, model, problem, start, initial, steps, chosen),
        float(np.linalg.norm(start - model.solution)),
        float(np.max(norms[1]) / np.max(norms[0])) if np.max(norms[0]) > 0 else 0.0,
    )


def start_at(problem: SolvedProblem, distance: float, seed: int = 0) -> Array:
    """A seeded x_0 at a given distance from x*, in a direction that is uniform."""
    if not distance >= 0:
        refuse_value("distance", distance, "must be ≥ 0", "give ‖x_0 − x*‖")
    solution = np.asarray(problem.solution)
    direction = np.random.default_rng(seed).standard_normal(len(solution))
    return np.asarray(solution + distance * direction / np.linalg.norm(direction))
