"""Running a method: the loop on the user's arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import numpy as np

from polyrates.core.recurrence import Method, as_method, check_steps, orbit
from polyrates.execution.checks import checked_gradient, start_of
from polyrates.execution.conjugate_gradients import cg_orbit
from polyrates.ground.arrays import Tree, library, map_leaves
from polyrates.ground.errors import NonFiniteError, described, refuse_type, refuse_value
from polyrates.ground.numbers import Number, floating

V = TypeVar("V")

__all__ = ["Iterates", "run"]


@dataclass(frozen=True)
class Iterates(Generic[V]):
    """The user's arrays with the user's gradient."""

    start: V
    function: Callable[[V], V]

    def number(self, value: Number) -> float:
        """A coefficient in 64 bits."""
        return floating(value)

    def gradient(self, point: V) -> V:
        """∇f(x)."""
        return self.function(point)


def run(
    method: Method,
    gradient: Callable[[V], V],
    x0: V,
    steps: int,
    history: bool = False,
) -> V:
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
    carrier: Iterates[Any] = Iterates(start, checked_gradient(gradient, start))
    if method.adaptive:
        if not isinstance(start, np.ndarray):
            refuse_type("x0", x0, "conjugate gradients run on numpy arrays", "give one")
        points = list(cg_orbit(carrier.function, start, steps))
        return cast("V", np.stack(points) if history else points[-1])
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
    return cast("V", result.value if isinstance(result, Tree) else result)


def _stack(points: list[np.ndarray]) -> np.ndarray:
    kind = library(points[0])
    stack: Callable[[list[np.ndarray]], np.ndarray] = np.stack
    if kind == "torch":
        stack = sys.modules["torch"].stack
    if kind == "jax":
        stack = sys.modules["jax"].numpy.stack
    return stack(points)


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
            torch = sys.modules["torch"]
            # one pass: a sum is finite only if all its terms are (it may also overflow)
            return bool(torch.isfinite(result.sum())) or bool(torch.isfinite(result).all())
        except RuntimeError:  # inside torch.func.vmap values are not known
            return True
    if not isinstance(result, np.ndarray):
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(result))) or bool(np.all(np.isfinite(result)))


def _explain(method: Method, carrier: Iterates[V], steps: int) -> None:
    """Run again and say where it left the finite numbers; only after a bad end."""
    first_gradient: list[int] = []
    calls = 0

    def watched(x: V) -> V:
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
            refuse_value("x0", described("an array"), "has NaN or infinity", "check its source")
        remedy = (
            "check the gradient: the point it was given is finite"
            if first_gradient
            else "use a smaller step: the method's interval must cover the spectrum, and "
            "estimate_spectrum measures it"
        )
        raise NonFiniteError(
            "gradient",
            described(f"NaN or infinity at step {step}"),
            "the run left the finite numbers",
            remedy,
        )
