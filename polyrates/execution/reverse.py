r"""Reverse mode, and forward mode without history: what a derivative costs in products and memory.

The tangents X of a run obey the linear recursion of its state-space form,

    X_i⁺ = Σ_j A_ij X_j − b_i (H(y) Σ_j c_j X_j + C(y)),   y the queried point, C = ∂_θ∇f,

so for a cotangent v the product vᵀ∂x_t is computed backwards from Z_i = o_iv:

    w = −Σ_i b_iZ_i,     result += C(y)ᵀw,     Z_j ← Σ_i A_ijZ_i + c_j H(y)w.

One Hessian-vector product a differentiated step, whatever the number of parameters; the price is
the queried points, one array of length d a differentiated step. Forward mode stores none, and each
of its Hessian-vector products acts on as many columns as there are parameters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from polyrates.core.estimators import (
    Estimator,
    Implicit,
    Products,
    Unrolled,
    as_estimator,
)
from polyrates.core.recurrence import Jet, Method, as_method, check_steps, final, walk
from polyrates.core.transition import Transition, combine
from polyrates.execution.checks import check_problem
from polyrates.execution.conjugate_gradients import cg_columns, cg_iterates, cg_tangents
from polyrates.execution.exact_solve import applied, exact_solve
from polyrates.execution.run import Iterates
from polyrates.execution.trajectory import Tangents, damped, solve_at
from polyrates.ground.arrays import Array
from polyrates.ground.errors import NonFiniteError, refuse_type, refuse_value, shape_of
from polyrates.ground.numbers import count, floating
from polyrates.problems.quadratic import Problem
from polyrates.problems.solved import hessian_at
from polyrates.problems.symmetric import require_symmetric

__all__ = ["Derivative", "forward_memory", "jvp", "reverse_memory", "vjp"]


class Derivative(NamedTuple):
    """A derivative, and what it cost.

    ``value``: forward mode ∂x_t, (d,) or (d, p); reverse mode vᵀ∂x_t, a float or (p,).
    ``products``: gradients and Hessian-vector products. ``memory``: floats held at once, counted.
    """

    value: Array | float
    products: Products
    memory: int


def forward_memory(method: Method, estimator: Estimator, parameters: int = 1) -> int:
    """Arrays of length d held at once in forward mode; independent of the number of steps.

    A state of n points, its successor and a gradient, 2n + 1, each with ``parameters`` tangents
    where the step is differentiated.
    """
    p = count(parameters, "parameters", 1)
    return estimator.memory(method.state_size, p)


def reverse_memory(method: Method, estimator: Estimator, t: int, parameters: int = 1) -> int:
    """Arrays of length d held at once in reverse mode.

    The queried points of the differentiated steps and the states of both passes; for implicit
    differentiation nothing but the state of the solve.
    """
    count(parameters, "parameters", 1)
    t = count(t, "t")
    state = 2 * method.state_size + 1
    solve = estimator.solve
    if solve is None:
        return t - estimator.reset_at(t) + state
    return max(state, 3 if solve.inner is None else 2 * solve.inner.state_size + 3)


def _cotangent(value: object, size: int) -> Array:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        refuse_type(
            "cotangent",
            value,
            "must be a numpy array of real numbers",
            "give the gradient of the loss with respect to x_t, shape (d,)",
        )
    vector = value.astype(float)
    if vector.shape != (size,):
        refuse_value(
            "cotangent",
            shape_of(vector),
            f"must have x0's shape ({size},)",
            "give the gradient of the loss with respect to x_t",
        )
    if not np.all(np.isfinite(vector)):
        refuse_value("cotangent", value, "has NaN or infinity", "check its source")
    return np.asarray(vector)


def _pull(problem: Problem, x: Array, w: Array) -> Array:
    """C(x)ᵀw; a problem that has ``cross_transpose(x, w)`` need not form C(x)."""
    own = getattr(problem, "cross_transpose", None)
    return np.asarray(problem.cross(x)).T @ w if own is None else np.asarray(own(x, w))


def vjp(
    method: Method,
    problem: Problem,
    x0: object,
    steps: int,
    cotangent: object,
    estimator: Estimator | None = None,
    dx0: object = None,
) -> Derivative:
    """vᵀ∂x_t for the estimate of ∂x* after ``steps`` steps, backwards.

    Equal to ``cotangent @ differentiate(...).jacobians[-1]`` up to rounding; with conjugate
    gradients inside, whose polynomial belongs to what they solve for, once they have converged.

    Parameters
    ----------
    method : Method
    problem : Problem
        gradient(x), hvp(x, v) and cross(x); ``cross_transpose(x, w)`` = ∂_θ∇f(x)ᵀw where forming
        the (d, p) array would be wasteful.
    x0 : array (d,)
    steps : int ≥ 0
    cotangent : array (d,)
        v, the gradient of a loss with respect to x_t.
    estimator : Estimator, default ``pr.Unrolled()``
        Implicit too: its solve is run on v, since ∇²f is symmetric, and stores nothing.
    dx0 : array of the shape of cross(x0), optional
        ∂x_0; None is 0.

    Returns
    -------
    Derivative
        ``value`` a float for one parameter, an array (p,) for p of them.

    Raises
    ------
    NonFiniteError
        The run or the product left the finite numbers.
    NotSymmetric
        hvp is not the product with a symmetric matrix: ∇²f stands for its transpose here.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    x, dx = check_problem(problem, x0, dx0)
    v = _cotangent(cotangent, len(x))
    require_symmetric(problem, x)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is reported below
        if method.adaptive and isinstance(chosen, Unrolled):
            *_, (_, jacobian) = cg_tangents(problem, x, dx, steps)
            value = v @ jacobian
        elif chosen.solve is not None:
            value = _implicit_product(method, problem, x, dx, steps, v, chosen.solve)
        else:
            value = _backward(method, problem, x, dx, (chosen.reset_at(steps), steps), v)
    _require_finite("cotangent", "NaN or infinity in vᵀ∂x", value)
    parameters = 1 if dx.ndim == 1 else dx.shape[1]
    memory = reverse_memory(method, chosen, steps, parameters) * len(x)
    return Derivative(float(value) if dx.ndim == 1 else value, chosen.products(steps), memory)


def _require_finite(argument: str, found: str, value: Array) -> None:
    if not np.all(np.isfinite(value)):
        raise NonFiniteError(
            argument,
            found,
            "the run left the finite numbers",
            "use a smaller step: the method's interval must cover the spectrum",
        )


def _backward(
    method: Method, problem: Problem, x0: Array, dx0: Array, span: tuple[int, int], v: Array
) -> Array:
    s, steps = span
    transitions: list[Transition[float]] = []
    queries: list[Array] = []
    table = method.transitions(floating)
    carrier = Iterates(x0, problem.gradient)
    # the last output is never queried, so the run stops one gradient short of it
    for t, (_, state) in enumerate(walk(method, carrier, max(steps - 1, 0))):
        if t == steps:
            break
        step = next(table)
        if t >= s:
            transitions.append(step)
            queries.append(combine(step.query, state or (x0,) * len(step.query)))
    state = ()  # the way back needs the queries alone
    result = np.zeros(dx0.shape[1:])
    if steps == s:
        return np.asarray(result + v @ dx0)
    Z = [v * weight for weight in transitions[-1].output]
    while transitions:
        step, y = transitions.pop(), queries.pop()
        w = -combine(step.gain, Z) if any(_nonzero(g) for g in step.gain) else np.zeros_like(v)
        result = result + _pull(problem, y, w)
        back = np.asarray(problem.hvp(y, w))
        Z = [
            combine((*(row[j] for row in step.mixing), c), (*Z, back))
            if any(_nonzero(row[j]) for row in step.mixing) or _nonzero(c)
            else np.zeros_like(v)
            for j, c in enumerate(step.query)
        ]
    return np.asarray(result + sum(Z) @ dx0)


def _nonzero(coefficient: float) -> bool:
    return not (type(coefficient) is int and coefficient == 0)


def _implicit_product(
    method: Method, problem: Problem, x0: Array, dx0: Array, steps: int, v: Array, chosen: Implicit
) -> Array:
    """V = Q(H)∂x_0 + W(H)C with W = (Q − 1)/λ, so vᵀV = (W(H)v)ᵀC + (v + H W(H)v)ᵀ∂x_0."""
    x = _end(method, problem, x0, steps)
    delta = floating(chosen.damping)
    product = damped(hessian_at(problem, x), delta)
    if chosen.inner is None:
        w = exact_solve(problem, x, -v, delta)
        if not delta:
            return _pull(problem, x, w)
    elif chosen.inner.adaptive:
        precondition = applied(chosen.preconditioner, problem, x)
        w = cg_columns(product, v, np.zeros_like(v), chosen.inner_steps or 0, precondition)
    else:
        precondition = applied(chosen.preconditioner, problem, x)
        residual = Iterates(np.zeros_like(v), lambda u: precondition(product(u) + v))
        w = final(chosen.inner, residual, chosen.inner_steps or 0)
    result = _pull(problem, x, w)
    if np.any(dx0):
        result = result + (v + np.asarray(problem.hvp(x, w))) @ dx0
    return result


def _end(method: Method, problem: Problem, x0: Array, steps: int) -> Array:
    """x_steps."""
    if method.adaptive:
        *_, last = cg_iterates(problem, x0, steps)
        return last
    return final(method, Iterates(x0, problem.gradient), steps)


def jvp(
    method: Method,
    problem: Problem,
    x0: object,
    steps: int,
    estimator: Estimator | None = None,
    dx0: object = None,
) -> Derivative:
    """The estimate of ∂x* after ``steps`` steps in forward mode, keeping no history.

    The last of ``differentiate(...).jacobians``, in memory that does not grow with the steps.

    Parameters
    ----------
    method, problem, x0, steps, estimator, dx0
        As for :func:`polyrates.differentiate`.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    x, dx = check_problem(problem, x0, dx0)
    plain = Iterates(x, problem.gradient)
    with np.errstate(over="ignore", invalid="ignore"):
        if method.adaptive and isinstance(chosen, Unrolled):
            *_, (_, value) = cg_tangents(problem, x, dx, steps)
        elif chosen.solve is not None:
            value = solve_at(problem, _end(method, problem, x, steps), dx, chosen.solve)
        else:
            s = chosen.reset_at(steps)
            for _, state in walk(method, plain, s):  # noqa: B007
                pass
            fresh = tuple(Jet(point, dx) for point in state)
            for jet, _ in walk(method, Tangents(problem, x, dx), steps, (s, fresh)):  # noqa: B007
                pass
            value = jet.tangent
    _require_finite("jacobian", "NaN or infinity", value)
    parameters = 1 if dx.ndim == 1 else dx.shape[1]
    held = forward_memory(method, chosen, parameters) * len(x)
    return Derivative(value, chosen.products(steps), held)
