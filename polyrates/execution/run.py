"""Running a method, and differentiating the run: the loop on iterates and on their tangents."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg
from scipy.sparse.linalg import LinearOperator, cg

from polyrates.core.estimators import Estimator, Implicit, Truncated, Unrolled, as_estimator
from polyrates.core.recurrence import Jet, Method, as_method, check_steps, orbit, walk
from polyrates.ground.arrays import Array, Tree, flatten, is_tree, library, map_leaves
from polyrates.ground.errors import NonFiniteError, refuse_type, refuse_value
from polyrates.ground.numbers import Number, floating
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = ["Products", "Trajectory", "differentiate", "run"]


@dataclass(frozen=True)
class Iterates:
    """The user's arrays with the user's gradient."""

    start: Any
    function: Callable[[Any], Any]

    def number(self, value: Number) -> float:
        return floating(value)

    def gradient(self, point: Any) -> Any:
        return self.function(point)


def run(
    method: Method,
    gradient: Callable[[Any], Any],
    x0: Any,
    steps: int,
    history: bool = False,
) -> Any:
    """Run a method on a gradient; the last output, or all of them stacked.

    Works on whatever ``x0`` is, eager or traced (jit, grad, vmap, torch.func), and is
    differentiable by its framework. Under ``jax.jit`` the loop is unrolled into the program: for
    many steps take :func:`polyrates.execution.jax.scan_run`, whose compile time does not grow.

    Precision: coefficients are computed in floats of 64 bits and used in the type of ``x0``. A run
    in float32 follows errors down to about steps·6e-8 of the largest iterate on the way and no
    further, and it cannot tell an interval with ℓ/L below 1e-7 from one with ℓ = 0.

    Parameters
    ----------
    method : Method
    gradient : callable
        x ↦ ∇f(x), of the shape (for trees: the structure) and the precision of x.
    x0 : numpy, JAX or torch array, or a tree of JAX arrays or of torch tensors
        The start; every point of the state begins there. A tree is a nested dict, list or tuple
        (where JAX is loaded, any registered pytree).
    steps : int ≥ 0
    history : bool
        False: x_steps. True: x_0, …, x_steps stacked along a new first axis, shape (steps+1, …),
        for trees in every leaf.

    Raises
    ------
    InvalidType, InvalidValue
        A plain list of numbers as ``x0``, a gradient of another shape, structure or precision, too
        many steps for a fixed horizon.
    NonFiniteError
        NaN or infinity, with the first step at which it appeared and whether the gradient was the
        first to have it. Looked for after the run, so a good run pays one look at its result; in
        traced code, where values are not known, it is not looked for.
    """
    steps = check_steps(as_method(method), steps)
    if not callable(gradient):
        refuse_type("gradient", gradient, "must be callable", "give a function x -> ∇f(x)")
    if not isinstance(history, bool):
        refuse_type("history", history, "must be True or False", "give a bool")
    start = start_of(x0)
    carrier = Iterates(start, checked_gradient(gradient, start))
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is reported by its step
        if history:
            points = list(orbit(method, carrier, steps))
            result = map_leaves(lambda *leaves: _stack(list(leaves)), *points)
        else:
            result = start
            for result in orbit(method, carrier, steps):  # noqa: B007
                pass
        if not _is_finite(result):
            _explain(method, carrier, steps)
    return result.value if isinstance(result, Tree) else result


def start_of(x0: Any, name: str = "x0") -> Any:
    if is_tree(x0):
        return flatten(x0, name)
    if library(x0) is None:
        refuse_type(
            name,
            x0,
            "must be an array: + on plain containers concatenates",
            f"give numpy.array({name}), or a JAX or torch array",
        )
    if isinstance(x0, np.ndarray):
        if x0.dtype.kind not in "fiu":
            refuse_type(name, x0, f"has dtype {x0.dtype}", "give real floats")
        if x0.dtype.kind in "iu":
            x0 = x0.astype(float)
        if not np.all(np.isfinite(x0)):
            refuse_value(name, x0, "has NaN or infinity", "check its source")
    return x0


def checked_gradient(gradient: Callable[[Any], Any], start: Any) -> Callable[[Any], Any]:
    """The gradient, its first answer compared with x0: structure, shape, precision."""
    if isinstance(start, Tree):
        return _checked_tree(gradient, start)
    seen = False

    def call(x: Any) -> Any:
        nonlocal seen
        g = gradient(x)
        if not seen:
            seen = True
            _compare(g, start, "gradient")
        return g

    return call


def _checked_tree(gradient: Callable[[Any], Any], start: Tree) -> Callable[[Any], Any]:
    seen = False

    def call(x: Tree) -> Tree:
        nonlocal seen
        answer = gradient(x.value)
        if not is_tree(answer):
            refuse_type(
                "gradient", answer, "must return a tree like x0", "return ∇f(x) in x's containers"
            )
        g = flatten(answer, "gradient")
        if not seen:
            seen = True
            if _skeleton(answer) != _skeleton(x.value):
                refuse_value(
                    "gradient",
                    answer,
                    "must return a tree of the structure of x0",
                    "return ∇f(x) in x's containers, with the same keys",
                )
            for i, (mine, theirs) in enumerate(zip(g.leaves, start.leaves, strict=True)):
                _compare(mine, theirs, f"gradient, leaf {i}")
        return Tree(g.leaves, start.rebuild)

    return call


def _skeleton(value: Any) -> Any:
    """The containers without the arrays, for comparison."""
    if isinstance(value, dict):
        return {key: _skeleton(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [_skeleton(each) for each in value]
    return None if library(value) is not None else type(value).__name__


def _compare(g: Any, x: Any, label: str) -> None:
    shape = tuple(x.shape)
    if tuple(getattr(g, "shape", ())) != shape or (library(g) is None and shape == ()):
        refuse_value(
            label,
            f"returned shape {getattr(g, 'shape', type(g).__name__)}",
            f"must have the shape of x0, {shape}",
            "return ∇f(x) as an array like x",
        )
    if isinstance(g, np.ndarray) and g.dtype.kind not in "fiu":
        refuse_type(label, g.dtype, "must return real floats", "check its dtype")
    mine, theirs = (str(getattr(each, "dtype", "")).removeprefix("torch.") for each in (g, x))
    if "float" in mine and "float" in theirs and mine != theirs:
        refuse_type(
            label,
            mine,
            f"x0 is {theirs}: the run would mix precisions, with the limits of the "
            "lower and the memory of the higher",
            f"cast x0 to {mine}, or the gradient to {theirs}",
        )


def _stack(points: list[Any]) -> Any:
    kind = library(points[0])
    if kind == "torch":
        return sys.modules["torch"].stack(points)
    if kind == "jax":
        return sys.modules["jax"].numpy.stack(points)
    return np.stack(points)


def _is_finite(result: Any) -> bool:
    """Whether all values are finite; True where they are not known (traced arrays)."""
    if isinstance(result, Tree):
        return all(_is_finite(leaf) for leaf in result.leaves)
    kind = library(result)
    if kind == "jax":
        jax = sys.modules["jax"]
        if isinstance(result, jax.core.Tracer):
            return True
        return bool(jax.numpy.all(jax.numpy.isfinite(result)))
    if kind == "torch":
        try:
            return bool(sys.modules["torch"].isfinite(result.detach()).all())
        except RuntimeError:  # inside torch.func.vmap values are not known
            return True
    return not isinstance(result, np.ndarray) or bool(np.all(np.isfinite(result)))


def _explain(method: Method, carrier: Iterates, steps: int) -> None:
    """Run again and say where it left the finite numbers; only after a bad end."""
    first_gradient: list[int] = []
    calls = 0

    def watched(x: Any) -> Any:
        nonlocal calls
        g = carrier.function(x)
        calls += 1
        if not first_gradient and _is_finite(x) and not _is_finite(g):
            first_gradient.append(calls)
        return g

    for step, point in enumerate(orbit(method, Iterates(carrier.start, watched), steps)):
        if _is_finite(point):
            continue
        if step == 0:
            refuse_value("x0", "an array", "has NaN or infinity", "check its source")
        remedy = (
            "check the gradient: the point it was given is finite"
            if first_gradient
            else "use a smaller step: the method's interval must cover the spectrum, and "
            "estimate_spectrum measures it"
        )
        raise NonFiniteError(
            "gradient", f"NaN or infinity at step {step}", "the run left the finite numbers", remedy
        )


class Products(NamedTuple):
    """What the estimate at the last step costs."""

    gradients: int
    hessian_vector: int

    @property
    def total(self) -> int:
        """Gradients plus Hessian-vector products (one a parameter and step counts once)."""
        return self.gradients + self.hessian_vector


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
    """

    iterates: Array
    jacobians: Array
    products: Products

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
        return floating(value)

    def gradient(self, point: Jet[Array]) -> Jet[Array]:
        x, X = point.value, point.tangent
        return Jet(
            np.asarray(self.problem.gradient(x)),
            np.asarray(self.problem.hvp(x, X)) + np.asarray(self.problem.cross(x)),
        )


def differentiate(
    method: Method,
    problem: Problem,
    x0: Any,
    steps: int,
    estimator: Estimator | None = None,
    dx0: Any = None,
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
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    x, dx = check_problem(problem, x0, dx0)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is reported by its step
        if isinstance(chosen, (Unrolled, Truncated)):
            result = _tangent_run(method, problem, x, dx, steps, chosen)
        elif isinstance(chosen, Implicit):
            result = _implicit_run(method, problem, x, dx, steps, chosen)
        else:
            refuse_type("estimator", chosen, "cannot be executed", "use one of the package's own")
    for label, values in (("iterates", result.iterates), ("jacobians", result.jacobians)):
        _require_finite_rows(label, values)
    return result


def _require_finite_rows(label: str, values: Array) -> None:
    bad = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if bad.any():
        raise NonFiniteError(
            label,
            f"NaN or infinity at step {int(np.argmax(bad))}",
            "the run left the finite numbers",
            "use a smaller step: the method's interval must cover the spectrum",
        )


def check_problem(problem: Any, x0: Any, dx0: Any) -> tuple[Array, Array]:
    if not isinstance(problem, Problem):
        missing = [n for n in ("gradient", "hvp", "cross") if not hasattr(problem, n)]
        refuse_type(
            "problem",
            problem,
            f"lacks {', '.join(missing)}",
            "give an object with gradient(x), hvp(x, v) and cross(x), such as pr.Quadratic",
        )
    x = _numpy_start(x0, "x0", "(d,)")
    if x.ndim != 1:
        refuse_value(
            "x0", f"an array of shape {x.shape}", "must be a numpy array of shape (d,)", "ravel it"
        )
    x = x.astype(float, copy=False)  # the tangents are of 64 bits, whatever x0 is
    if isinstance(problem, QuadraticProblem) and x.shape != (problem.dimension,):
        refuse_value(
            "x0",
            f"an array of shape {x.shape}",
            f"does not fit d = {problem.dimension}",
            f"give shape ({problem.dimension},)",
        )
    cross = np.asarray(problem.cross(x))
    if cross.ndim not in (1, 2) or cross.shape[0] != len(x):
        refuse_value(
            "problem.cross",
            f"returned shape {cross.shape}",
            f"must be ({len(x)},) or ({len(x)}, p)",
            "return ∂_θ∇f(x), parameters along the last axis",
        )
    if dx0 is None:
        return x, np.zeros(cross.shape)
    dx = _numpy_start(dx0, "dx0", str(cross.shape))
    if dx.shape != cross.shape:
        refuse_value(
            "dx0",
            f"an array of shape {dx.shape}",
            f"must have cross(x0)'s shape {cross.shape}",
            "reshape it",
        )
    return x, dx


def _numpy_start(value: Any, name: str, shape: str) -> Array:
    """A start of what is differentiated here, in numpy alone: no trees, no other library."""
    if isinstance(value, np.ndarray):
        return np.asarray(start_of(value, name))
    required = f"must be a numpy array of shape {shape}"
    kind = library(value)
    if kind == "jax" or kind == "torch":
        convert = f"numpy.asarray({name})" if kind == "jax" else f"{name}.detach().numpy()"
        shown = f"a {kind} array of shape {tuple(value.shape)}"
        refuse_type(name, shown, required, f"give {convert}")
    if isinstance(value, (list, tuple)) and not any(is_tree(e) or np.ndim(e) for e in value):
        refuse_type(
            name,
            value,
            f"{required}, not a {type(value).__name__}",
            f"give numpy.array({name}, dtype=float)",
        )
    if is_tree(value):
        refuse_type(
            name,
            value,
            f"{required}: pr.run takes trees, derivatives do not",
            "ravel the tree into one vector, or let its framework differentiate pr.run",
        )
    refuse_type(name, value, required, "give a numpy array")


def _tangent_run(
    method: Method,
    problem: Problem,
    x0: Array,
    dx0: Array,
    steps: int,
    chosen: Unrolled | Truncated,
) -> Trajectory:
    carrier = Tangents(problem, x0, dx0)
    plain = Iterates(x0, problem.gradient)
    if isinstance(chosen, Truncated) and chosen.last is not None:
        states = list(walk(method, plain, steps))
        jacobians = []
        for t in range(steps + 1):
            s = chosen.reset_at(t)
            fresh = tuple(Jet(point, dx0) for point in states[s][1])
            for jet, _ in walk(method, carrier, t, (s, fresh)):  # noqa: B007
                pass
            jacobians.append(jet.tangent)
        differentiated = steps - chosen.reset_at(steps)
        iterates = [output for output, _ in states]
    else:
        s = chosen.reset_at(steps) if isinstance(chosen, Truncated) else 0
        state: tuple[Array, ...] = ()
        iterates, jacobians = [], []
        for t, (output, state) in enumerate(walk(method, plain, s)):  # noqa: B007
            if t < s:
                iterates.append(output)
                jacobians.append(dx0)
        fresh = tuple(Jet(point, dx0) for point in state)
        for jet, _ in walk(method, carrier, steps, (s, fresh)):
            iterates.append(jet.value)
            jacobians.append(jet.tangent)
        differentiated = steps - s
    return Trajectory(np.stack(iterates), np.stack(jacobians), Products(steps, differentiated))


def _implicit_run(
    method: Method, problem: Problem, x0: Array, dx0: Array, steps: int, chosen: Implicit
) -> Trajectory:
    iterates = list(orbit(method, Iterates(x0, problem.gradient), steps))
    jacobians = []
    inner_steps = chosen.inner_steps or 0
    for x in iterates:
        right = np.asarray(problem.cross(x))
        if chosen.inner is None:
            jacobians.append(exact_solve(problem, x, -right))
            continue
        residual = Iterates(dx0, _linear_system(problem, x, right))
        for estimate in orbit(chosen.inner, residual, inner_steps):  # noqa: B007
            pass
        jacobians.append(estimate)
    return Trajectory(np.stack(iterates), np.stack(jacobians), Products(steps, inner_steps))


def _linear_system(problem: Problem, x: Array, right: Array) -> Callable[[Any], Any]:
    """V ↦ ∇²f(x)V + right, the gradient of the inner quadratic."""
    return lambda v: problem.hvp(x, v) + right


_DENSE_LIMIT = 500  # below this many unknowns, forming the Hessian is cheaper than iterating


def exact_solve(problem: Problem, x: Array, right: Array) -> Array:
    if isinstance(problem, QuadraticProblem):
        return problem._solve(right)
    d = len(x)
    shaped = right if right.ndim == 2 else right[:, None]

    def product(v: Array) -> Array:
        wide = v if right.ndim == 1 else np.repeat(v[:, None], right.shape[1], axis=1)
        answer = np.asarray(problem.hvp(x, wide))
        return answer if right.ndim == 1 else answer[:, 0]

    if d <= _DENSE_LIMIT:
        H = np.stack([product(column) for column in np.eye(d)], axis=1)
        return np.asarray(linalg.solve((H + H.T) / 2, right, assume_a="sym"))
    operator = LinearOperator((d, d), matvec=product, dtype=float)
    columns = []
    for column in shaped.T:
        solution, info = cg(operator, column, rtol=1e-13, atol=0.0, maxiter=20 * d)
        if info != 0:
            refuse_value(
                "problem",
                "conjugate gradients did not converge",
                "the Hessian must be positive definite for an exact implicit solve",
                "use pr.Implicit(inner, inner_steps)",
            )
        columns.append(solution)
    return np.stack(columns, axis=1).reshape(right.shape)
