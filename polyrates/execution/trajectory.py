"""Differentiating a run: the loop on iterates and on their tangents, and what it costs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn, TypeVar

import numpy as np

from polyrates.core.estimators import (
    Estimator,
    Implicit,
    Products,
    Unrolled,
    as_estimator,
    is_fixed,
)
from polyrates.core.recurrence import Jet, Method, as_method, check_steps, orbit, walk
from polyrates.execution.blocks import tangent_rows
from polyrates.execution.checks import check_problem
from polyrates.execution.conjugate_gradients import cg_columns, cg_iterates, cg_tangents
from polyrates.execution.exact_solve import applied, exact_solve
from polyrates.execution.run import Iterates
from polyrates.execution.stopping import Goal, goal_of, until_certified
from polyrates.ground.arrays import Array
from polyrates.ground.errors import NonFiniteError, described
from polyrates.ground.numbers import Number, floating
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem
from polyrates.problems.symmetric import require_symmetric

__all__ = ["Tangents", "Trajectory", "differentiate", "final_estimate"]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run and its Jacobian estimates.

    Attributes
    ----------
    iterates : array (steps+1, d)
    jacobians : array (steps+1, d) or (steps+1, d, p)
        The estimate of ∂x* at every t = 0, …, steps.
    products : Products
        Gradients and Hessian-vector products that the estimate at t = steps needs by itself; an
        exact solve counts none.
    bound : float or None
        With ``until``: the certified bound of ‖J − ∂x*‖ for the last estimate.
    """

    iterates: Array
    jacobians: Array
    products: Products
    bound: float | None = None

    @property
    def memory(self) -> int:
        """Floats this history holds, (steps + 1)d(1 + p); an estimate without it needs few."""
        return int(self.iterates.size + self.jacobians.size)

    def __repr__(self) -> str:
        shape = self.jacobians.shape[1:]
        return f"Trajectory(steps={len(self.iterates) - 1}, Jacobian {shape}, {self.products})"


class Tangents:
    """Pairs (x, X) with gradient (∇f(x), ∇²f(x)X + ∂_θ∇f(x)): the run and its derivative."""

    def __init__(self, problem: Problem, x0: Array, dx0: Array) -> None:
        self.problem = problem
        self.start = Jet(x0, dx0)

    def number(self, value: Number) -> float:
        """A coefficient in 64 bits."""
        return floating(value)

    def gradient(self, point: Jet[Array]) -> Jet[Array]:
        """(∇f(x), ∇²f(x)X + ∂_θ∇f(x))."""
        x, X = point.value, point.tangent
        return Jet(
            np.asarray(self.problem.gradient(x)),
            np.asarray(self.problem.hvp(x, X)) + np.asarray(self.problem.cross(x)),
        )


def differentiate(
    method: Method,
    problem: Problem,
    x0: object,
    steps: int,
    estimator: Estimator | None = None,
    dx0: object = None,
    *,
    until: object = None,
    ell: object = None,
    constants: Constants | None = None,
) -> Trajectory:
    """Run a method and estimate ∂x* along the run.

    Unrolled: the tangent recursion of the whole run. Truncated: tangents of the whole state reset
    to ``dx0``. Implicit: solves ∇²f(x_t) V = −∂_θ∇f(x_t), from V = ``dx0``, at every x_t.

    Parameters
    ----------
    method : Method
    problem : Problem
        gradient(x), hvp(x, v), cross(x).
    x0 : numpy array (d,)
    steps : int ≥ 0
    estimator : Estimator, default ``pr.Unrolled()``
    dx0 : numpy array of the shape of cross(x0), optional
        ∂x_0, the start of every estimate; None is 0.
    until : number > 0, optional
        Stop at the first check that certifies ‖J_t − ∂x*‖ ≤ until, or at ``steps``; at most a
        third of all products is spent on checks. The result's ``bound`` says what was certified.
    ell, constants
        With ``until``, as for :func:`polyrates.measurement.certify.certify`.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    x, dx = check_problem(problem, x0, dx0)
    if until is not None:
        return _until(
            method, problem, x, dx, steps, chosen, goal_of(problem, until, ell, constants)
        )
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is reported by its step
        if method.adaptive and isinstance(chosen, Unrolled):
            pairs = list(cg_tangents(problem, x, dx, steps))
            iterates, jacobians = (np.stack(each) for each in zip(*pairs, strict=True))
            result = Trajectory(iterates, jacobians, chosen.products(steps))
        elif chosen.solve is not None:
            result = _implicit_run(method, problem, x, dx, steps, chosen.solve)
        else:
            result = _tangent_run(method, problem, x, dx, steps, chosen)
    for label, values in (("iterates", result.iterates), ("jacobians", result.jacobians)):
        _require_finite_rows(label, values)
    return result


def _until(
    method: Method,
    problem: Problem,
    x0: Array,
    dx0: Array,
    steps: int,
    chosen: Estimator,
    goal: Goal,
) -> Trajectory:
    """Step by step while unrolling; other estimates are made anew at the steps of a check."""
    if type(chosen) is Unrolled and not method.adaptive:
        run = ((jet.value, jet.tangent) for jet in orbit(method, Tangents(problem, x0, dx0), steps))
        with np.errstate(over="ignore", invalid="ignore"):
            iterates, jacobians, bound = until_certified(run, goal, 2)
        last = len(iterates) - 1
        result = Trajectory(np.stack(iterates), np.stack(jacobians), Products(last, last), bound)
        for label, values in (("iterates", result.iterates), ("jacobians", result.jacobians)):
            _require_finite_rows(label, values)
        return result
    t = min(8, steps)
    while True:
        result = differentiate(method, problem, x0, t, chosen, dx0)
        bound = goal.bound(result.iterates[-1], result.jacobians[-1])[0]
        if bound <= goal.eps or t == steps:
            return replace(result, bound=bound)
        t = min(steps, 2 * t)


def _require_finite_rows(label: str, values: Array) -> None:
    bad = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if bad.any():
        _refuse_growth(label, int(np.argmax(bad)))


def _refuse_growth(label: str, step: int) -> NoReturn:
    raise NonFiniteError(
        label,
        described(f"NaN or infinity at step {step}"),
        "the run left the finite numbers",
        "use a smaller step: the method's interval must cover the spectrum",
    )


def _tangent_run(
    method: Method,
    problem: Problem,
    x0: Array,
    dx0: Array,
    steps: int,
    chosen: Estimator,
) -> Trajectory:
    carrier = Tangents(problem, x0, dx0)
    plain = Iterates(x0, problem.gradient)
    resets = [chosen.reset_at(t) for t in range(steps + 1)]
    if not is_fixed(resets):
        states = list(walk(method, plain, steps))
        jacobians = []
        for t in range(steps + 1):
            s = resets[t]
            fresh = tuple(Jet(point, dx0) for point in states[s][1])
            for jet, _ in walk(method, carrier, t, (s, fresh)):  # noqa: B007
                pass
            jacobians.append(jet.tangent)
        iterates = [output for output, _ in states]
    else:
        rows = _fixed_run(method, problem, x0, dx0, steps, resets[-1])
        return Trajectory(*rows, chosen.products(steps))
    return Trajectory(np.stack(iterates), np.stack(jacobians), chosen.products(steps))


def _fixed_run(
    method: Method, problem: Problem, x0: Array, dx0: Array, steps: int, s: int
) -> tuple[Array, Array]:
    """The run, its tangents beginning at step s, ∂x_0 before."""
    before: list[Array] = [x0]
    state: tuple[Array, ...] = ()
    if s:
        walked = list(walk(method, Iterates(x0, problem.gradient), s))
        before, state = [output for output, _ in walked], walked[-1][1]
    rows = None
    if s < steps:
        rows = tangent_rows(method, problem, state or (x0,), dx0, s, steps)
    if rows is None or not all(np.all(np.isfinite(each[-1])) for each in rows):
        fresh = tuple(Jet(point, dx0) for point in state)  # the loop tells the step it left by
        jets = [jet for jet, _ in walk(method, Tangents(problem, x0, dx0), steps, (s, fresh))][1:]
        empty = np.empty((0, *x0.shape)), np.empty((0, *dx0.shape))
        rows = (
            (np.stack([jet.value for jet in jets]), np.stack([jet.tangent for jet in jets]))
            if jets
            else empty
        )
    iterates = np.concatenate([np.stack(before), rows[0]])
    return iterates, np.concatenate([np.stack([dx0] * len(before)), rows[1]])


def _implicit_run(
    method: Method, problem: Problem, x0: Array, dx0: Array, steps: int, chosen: Implicit
) -> Trajectory:
    if method.adaptive:
        iterates = list(cg_iterates(problem, x0, steps))
    else:
        iterates = list(orbit(method, Iterates(x0, problem.gradient), steps))
    jacobians = [solve_at(problem, x, dx0, chosen) for x in iterates]
    return Trajectory(np.stack(iterates), np.stack(jacobians), chosen.products(steps))


def solve_at(problem: Problem, x: Array, dx0: Array, chosen: Implicit) -> Array:
    """∇²f(x)V = −∂_θ∇f(x), from V = dx0."""
    delta, inner_steps = floating(chosen.damping), chosen.inner_steps or 0
    right = np.asarray(problem.cross(x)) - delta * dx0  # of (∇²f + δ)V = −right
    if chosen.inner is None:
        return exact_solve(problem, x, -right, delta)
    product = damped(partial(problem.hvp, x), delta)
    precondition = applied(chosen.preconditioner, problem, x)
    if chosen.inner.adaptive:
        require_symmetric(problem, x)
        return cg_columns(product, right, dx0, inner_steps, precondition)
    residual = Iterates(dx0, lambda v: precondition(product(v) + right))
    return _last(orbit(chosen.inner, residual, inner_steps))


def damped(product: Callable[[Array], Array], delta: float) -> Callable[[Array], Array]:
    """v ↦ (H + δ)v."""
    return product if not delta else lambda v: product(v) + delta * v


def _last(each: Iterable[T]) -> T:
    (last,) = deque(each, maxlen=1)
    return last


def final_estimate(
    method: Method,
    problem: Problem,
    x0: object,
    steps: int,
    estimator: Estimator,
    dx0: object = None,
) -> Jet[Array]:
    """(x_t, the estimate of ∂x* there) alone, for its own ``products`` and no more.

    :func:`differentiate` makes the estimate at every step: an implicit one solves t + 1 times.
    """
    steps = check_steps(as_method(method), steps)
    x, dx = check_problem(problem, x0, dx0)
    if method.adaptive:
        run = differentiate(method, problem, x, steps, estimator, dx)
        return Jet(run.iterates[-1], run.jacobians[-1])
    plain = Iterates(x, problem.gradient)
    with np.errstate(over="ignore", invalid="ignore"):
        if estimator.solve is not None:
            last = _last(orbit(method, plain, steps))
            found = Jet(last, solve_at(problem, last, dx, estimator.solve))
        else:
            s = estimator.reset_at(steps)
            _, state = _last(walk(method, plain, s))
            fresh = tuple(Jet(point, dx) for point in state)
            found, _ = _last(walk(method, Tangents(problem, x, dx), steps, (s, fresh)))
    for label, values in (("iterates", found.value), ("jacobians", found.tangent)):
        if not np.all(np.isfinite(values)):
            _refuse_growth(label, steps)
    return found
