"""Holding a run against its prediction, and against its bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.execution.trajectory import differentiate
from polyrates.ground.arrays import Array, norm
from polyrates.ground.cards import Card, number_cell, safe_html, upper_cell
from polyrates.ground.errors import NotCommuting, described, refuse_value
from polyrates.measurement.local_remainder import certified_bound, certified_remainder
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.balls import enclosed_pairs
from polyrates.numeric.suprema.supremum import supremum
from polyrates.numeric.suprema.two_variable import multiplier_bounds
from polyrates.problems.quadratic import Problem, QuadraticProblem, commutator
from polyrates.problems.solved import as_problem, hessian_at, local_quadratic

__all__ = ["Verification", "far_start", "predicted_errors", "verify"]

Formula = Literal["commuting", "two-variable"]

TOLERANCE = 1e-10
"""Allowed gap between observed and predicted error, relative to the size of the initial error.

Where the error grows, relative to the largest one on the way, as rounding is. Rounding of a run
with x* ≠ 0 is about steps² ulps of x* near λ = L, 1e-11 at 200 steps.
"""

GROWING = "error still grows at the end: the run diverges, or ends before its peak"


@dataclass(frozen=True, eq=False)
class Verification:
    """The observed Jacobian error of a run against R(H)E + C(H)D.

    Attributes
    ----------
    predicted, observed : array (steps+1, d) or (steps+1, d, p)
        The error of the estimate of ∂x* at every t.
    bound : array (steps+1,)
        Guaranteed: observed ≤ bound in norm. max|R|‖E‖ + max|C|‖D‖ with suprema over the hull of
        the spectrum; without commutation M ‖∂H‖_F‖x_0 − x*‖ takes the second place, M the
        certified maximum of the two-variable multiplier.
    size : float
        The size of the initial error, max(‖E‖, ‖D‖/L), in Frobenius norm.
    gap : float
        max over t of ‖observed − predicted‖/size. What is allowed of it is ``tolerance``.
    formula : str
        "commuting" when H ∂H = ∂H H, else "two-variable": multipliers C(λ_i, λ_j).
    slack : float
        The gap allowed where nothing grows: 1e-10 for a quadratic that knows its matrices. Of other
        problems what their precision allows, and beyond quadratics, where the prediction is of
        first order, ten times ‖∇²f(x_0) − ∇²f(x*)‖/ℓ; ``bound`` is then that of
        :func:`polyrates.majorant` where the problem has ``constants``, else infinite.
    remainder : array (steps+1,), or None
        Beyond quadratics ‖observed − predicted‖ ≤ remainder, certified where it is finite: for
        unrolling on a problem with ``constants`` and ``twist_lipschitz``.
    """

    predicted: Array
    observed: Array
    bound: Array
    size: float
    gap: float
    formula: Formula
    slack: float = TOLERANCE
    remainder: Array | None = None

    def __repr__(self) -> str:
        remark = f"; the {GROWING}" if self.growing else ""
        return (
            f"Verification(ok={self.ok}, gap={self.gap:.2g}, tolerance={self.tolerance:.2g}, "
            f"growth={self.growth:.4g}, steps={len(self.observed) - 1}, "
            f"formula={self.formula!r}{remark})"
        )

    def _repr_html_(self) -> str:
        return safe_html(self, lambda: self._card().html())

    def _card(self) -> Card:
        first = "C(λ_i), one polynomial" if self.formula == "commuting" else "C(λ_i, λ_j)"
        rows = [
            ("ok", "yes" if self.ok else "no"),
            ("gap", number_cell(self.gap)),
            ("tolerance", number_cell(self.tolerance)),
            ("growth", number_cell(self.growth)),
            ("error at the end, observed", number_cell(np.linalg.norm(self.observed[-1]))),
            ("error at the end, at most", upper_cell(self.bound[-1])),
            ("steps", str(len(self.observed) - 1)),
            ("formula", f"{self.formula}: {first}"),
        ]
        return Card("Verification", rows, note=GROWING if self.growing else "")

    @property
    def ok(self) -> bool:
        """The gap is rounding, at most ``tolerance``, and the bound held.

        It says that theory and run agree, not that the run converges: a run that diverges as
        predicted is ok, see ``growing``.
        """
        # a growth beyond the range of floats would allow anything
        held = self.within_bound and self.within_remainder
        return math.isfinite(self.growth) and self.gap <= self.tolerance and held

    @property
    def tolerance(self) -> float:
        """slack·max(1, growth): a gap that is rounding, relative to the largest error."""
        return self.slack * max(1.0, self.growth)

    @property
    def growth(self) -> float:
        """The largest predicted error over the size of the initial one."""
        largest = float(np.max(_norms(self.predicted), initial=0.0))
        return largest / self.size if self.size > 0 else 1.0

    @property
    def growing(self) -> bool:
        """Whether the error is largest in the last tenth of the run, over twice the initial one.

        Then the run diverges, or ends before its peak.
        """
        sizes = _norms(self.predicted)
        return self.growth > 2 and int(np.argmax(sizes)) >= 0.9 * (len(sizes) - 1)

    @property
    def within_bound(self) -> bool:
        """Whether no observed error exceeds the bound by more than rounding."""
        slack = self.slack * self.size * max(1.0, self.growth)
        return bool(np.all(_norms(self.observed) <= self.bound * (1 + 1e-12) + slack))

    @property
    def within_remainder(self) -> bool:
        """Whether no observed error is further from the prediction than is certified."""
        if self.remainder is None:
            return True
        apart = _norms(self.observed - self.predicted)
        rounding = 1e-9 * self.size * max(1.0, self.growth)
        return bool(np.all(apart <= self.remainder + rounding))


def _norms(errors: Array) -> Array:
    """Row by row in units of the largest entry: the squares of a diverging run overflow."""
    rows = errors.reshape(len(errors), -1)
    unit = np.max(np.abs(rows), axis=1, keepdims=True, initial=0.0)
    unit[unit == 0] = 1.0
    return np.asarray(unit[:, 0] * np.linalg.norm(rows / unit, axis=1))


def far_start(problem: QuadraticProblem, seed: int = 0, distance: float = 10.0) -> Array:
    """A seeded x_0 with ‖x_0 − x*‖ = distance·‖x*‖ (= distance/10 when x* = 0), isotropic."""
    direction = np.random.default_rng(seed).standard_normal(problem.dimension)
    direction /= np.linalg.norm(direction)
    size = norm(problem.solution)
    return np.asarray(
        problem.solution + (distance * size if size > 0 else distance / 10) * direction
    )


def predicted_errors(
    method: Method,
    problem: QuadraticProblem,
    x0: Array,
    dx0: Array,
    steps: int,
    estimator: Estimator,
    formula: Formula,
) -> Array:
    """The error of the estimate at t = 0, …, steps by the formula, through H's eigenvectors.

    "commuting": R(H)E + C(H)D. "two-variable": the (i, j) entry of ∂H in the eigenbasis is
    multiplied by C(λ_i, λ_j) before it meets x_0 − x*. Shape (steps+1, d) or (steps+1, d, p).
    """
    values, vectors = problem.eigensystem
    values = np.maximum(values, 0.0)
    distance = x0 - problem.solution
    E = vectors.T @ (dx0 - problem.solution_jacobian)
    flat = E.ndim == 1
    E = E[:, None] if flat else E
    dH = problem.hessian_derivative()
    stack = dH[None] if dH.ndim == 2 else dH
    errors = []
    if formula == "commuting":
        D = vectors.T @ (stack @ distance).T
        for pair in estimator.pairs(method, steps, ValueRing(values)):
            errors.append(pair.residual[:, None] * E + pair.drift[:, None] * D)
    else:
        rotated = vectors.T @ stack @ vectors * (vectors.T @ distance)  # (p, d, d), e_j included
        rows, columns = ValueRing(values[:, None]), ValueRing(values[None, :])
        for pair in estimator.pairs(method, steps, rows, columns):
            multiplier = np.broadcast_to(pair.drift, (len(values), len(values)))
            errors.append(pair.residual * E + np.einsum("ij,pij->ip", multiplier, rotated))
    result = vectors @ np.stack(errors)
    return np.asarray(result[..., 0] if flat else result)


def verify(
    method: Method,
    problem: Problem,
    steps: int,
    estimator: Estimator | None = None,
    x0: Array | None = None,
    dx0: Array | None = None,
    formula: Formula | None = None,
) -> Verification:
    """Run, differentiate, and compare the observed Jacobian error with the prediction.

    Parameters
    ----------
    method : Method
    problem : Problem
        A quadratic is compared exactly. Of another the quadratic at its solution is found
        (:func:`polyrates.problems.solved.local_quadratic`): exact where the problem is quadratic,
        else a prediction of first order in ‖x_0 − x*‖.
    steps : int ≥ 0
    estimator : Estimator, default ``pr.Unrolled()``
    x0 : array (d,), optional
        None: a seeded start with ‖x_0 − x*‖ = 10‖x*‖ (1 when x* = 0), where burn-in shows; beyond
        quadratics 1e-4(1 + ‖x*‖) away.
    dx0 : array, optional
        ∂x_0; None is 0.
    formula : "commuting" or "two-variable", optional
        None takes the commuting one where H ∂H = ∂H H and the two-variable one elsewhere. Asking
        for "commuting" on a problem that does not commute raises NotCommuting.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    if formula not in (None, "commuting", "two-variable"):
        refuse_value("formula", formula, "is unknown", 'give "commuting" or "two-variable"')
    model, near = _model(problem, x0)
    if formula is None:
        formula = "commuting" if model.commutes else "two-variable"
    elif formula == "commuting" and not model.commutes:
        raise NotCommuting(
            "problem",
            described(f"‖H∂H − ∂H H‖ = {commutator(model):.2e} ‖H‖‖∂H‖"),
            "the formula R(H)E + C(H)D needs H ∂H = ∂H H",
            'use formula="two-variable", or None',
        )
    start = near if x0 is None else x0
    run = differentiate(method, problem, start, steps, chosen, dx0)
    initial = np.zeros_like(run.jacobians[0]) if dx0 is None else np.asarray(dx0, dtype=float)
    start = run.iterates[0]
    slack, exact = _slack(problem, model, start)
    observed = run.jacobians - model.solution_jacobian
    predicted = predicted_errors(method, model, start, initial, steps, chosen, formula)
    E = norm(initial - model.solution_jacobian)
    distance = start - model.solution
    dH = model.hessian_derivative()
    D = norm(dH @ distance)
    largest = float(model.eigensystem[0][-1])
    size = max(E, D / largest if largest > 0 else 0.0)
    gap = float(np.max(_norms(observed - predicted)))
    remainder = None
    if exact:
        drift_size = D if formula == "commuting" else norm(dH) * norm(distance)
        bound = _bound(method, model, chosen, steps, E, drift_size, formula)
    else:
        where = (model, problem, start, initial, steps, chosen)
        bound = certified_bound(method, *where)
        remainder = certified_remainder(method, *where)
    gap = gap / size if size > 0 else gap
    return Verification(predicted, observed, bound, size, gap, formula, slack, remainder)


_NEAR = 1e-4
"""‖x_0 − x*‖/(1 + ‖x*‖) of the default start beyond quadratics: first order dominates there."""


def _model(problem: Problem, x0: Array | None) -> tuple[QuadraticProblem, Array]:
    """What predicts the run, and the start that None stands for."""
    if isinstance(problem, QuadraticProblem):
        return problem, far_start(problem)
    local = local_quadratic(as_problem(problem), x0)
    if local.exact:
        return local.model, far_start(local.model)
    size = norm(local.model.solution)
    share = _NEAR * (1 + size) / (size if size > 0 else 0.1)
    return local.model, far_start(local.model, distance=share)


def _slack(problem: Problem, model: QuadraticProblem, start: Array) -> tuple[float, bool]:
    """The gap allowed, and whether the problem is the quadratic, to its precision."""
    if isinstance(problem, QuadraticProblem):
        return TOLERANCE, True
    rounding = max(1e-9, 1e4 * float(getattr(problem, "unit", 2.0**-53)))
    product = hessian_at(problem, start)
    there = np.stack([product(e) for e in np.eye(len(start))])
    bend = norm(there - model.hessian) / float(model.eigensystem[0][0])
    return rounding + 10 * bend, bend <= rounding


def _bound(
    method: Method,
    problem: QuadraticProblem,
    estimator: Estimator,
    steps: int,
    E: float,
    drift_size: float,
    formula: Formula,
) -> Array:
    """max|R| E + max|C| drift_size at every t, over the hull widened by the eigenvalues' error."""
    values = problem.eigensystem[0]
    margin = 1e-14 * float(values[-1]) * len(values)
    low, high = max(float(values[0]) - margin, 0.0), float(values[-1]) + margin
    if high <= 0:
        return np.full(steps + 1, np.inf)
    if formula == "two-variable":
        return _frobenius(method, estimator, steps, (low, high), E, drift_size)
    bounds = []
    for parts in enclosed_pairs(method, estimator, steps, (low, high)):
        residual, drift = (supremum(parts[key], tight=False).upper for key in ("residual", "drift"))
        bounds.append(residual * E + (drift * drift_size if drift_size > 0 else 0.0))
    return np.array(bounds)


def _frobenius(
    method: Method,
    estimator: Estimator,
    steps: int,
    segment: tuple[float, float],
    E: float,
    drift_size: float,
) -> Array:
    """max|R| E + M drift_size at every t, M the maximum of the two-variable multiplier."""
    multipliers = multiplier_bounds(method, estimator, steps, segment)
    if estimator.exact_solve:
        residuals = np.zeros(steps + 1)
    else:
        pairs = enclosed_pairs(method, estimator, steps, segment)
        residuals = np.array([supremum(each["residual"], tight=False).upper for each in pairs])
    return np.asarray((residuals * E + multipliers * drift_size) * (1 + 1e-15))
