"""What a run begins with: its start, its gradient and its problem, refused by name if wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from polyrates.ground.arrays import Array, Tree, flatten, is_tree, library, real_array
from polyrates.ground.asked import asked
from polyrates.ground.errors import did, refuse_type, refuse_value, shape_of
from polyrates.problems.fitting import cross_at, gradient_at, product_at
from polyrates.problems.quadratic import Problem, QuadraticProblem

Gradient = Callable[[Any], Any]
"""x ↦ ∇f(x) on arrays or trees of the user's own library."""

__all__ = ["check_problem", "checked_gradient", "start_of"]


def start_of(x0: object, name: str = "x0") -> Any:
    """A start as a vector: an array as it is (integers as floats), a tree as a Tree."""
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


def checked_gradient(gradient: Gradient, start: object) -> Gradient:
    """The gradient, its first answer compared with x0: structure, shape, precision."""
    if isinstance(start, Tree):
        return _checked_tree(gradient, start)
    seen = False

    def call(x: object) -> object:
        nonlocal seen
        if seen:
            return gradient(x)
        seen = True
        g = asked("gradient", gradient, x, fits="give an x0 of the shape that it takes")
        _compare(g, start, "gradient")
        return g

    return call


def _checked_tree(gradient: Gradient, start: Tree) -> Gradient:
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


def _skeleton(value: object) -> object:
    """The containers without the arrays, for comparison."""
    if isinstance(value, dict):
        return {key: _skeleton(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [_skeleton(each) for each in value]
    return None if library(value) is not None else type(value).__name__


def _compare(g: object, x: object, label: str) -> None:
    shape = tuple(getattr(x, "shape", ()))
    if tuple(getattr(g, "shape", ())) != shape or (library(g) is None and shape == ()):
        refuse_value(
            label,
            did(f"returned shape {getattr(g, 'shape', type(g).__name__)}"),
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


def check_problem(problem: object, x0: object, dx0: object) -> tuple[Array, Array]:
    """x_0 (d,) and ∂x_0, of the shape of cross(x_0), in floats of 64 bits; None stands for 0."""
    if not isinstance(problem, Problem):
        missing = [n for n in ("gradient", "hvp", "cross") if not hasattr(problem, n)]
        refuse_type(
            "problem",
            problem,
            f"lacks {', '.join(missing)}",
            "give an object with gradient(x), hvp(x, v) and cross(x), such as pr.Quadratic",
        )
    flat = getattr(problem, "flatten", None)
    own = flat is not None and (is_tree(x0) or library(x0) in ("jax", "torch"))
    x = np.asarray(flat(x0)) if flat is not None and own else _numpy_start(x0, "x0", "(d,)")
    if x.ndim != 1:
        refuse_value(
            "x0",
            shape_of(x),
            "must be a numpy array of shape (d,)",
            "ravel it",
        )
    x = x.astype(float, copy=False)  # the tangents are of 64 bits, whatever x0 is
    if isinstance(problem, QuadraticProblem) and x.shape != (problem.dimension,):
        refuse_value(
            "x0",
            shape_of(x),
            f"does not fit d = {problem.dimension}",
            f"give shape ({problem.dimension},)",
        )
    gradient_at(problem, x)
    cross = cross_at(problem, x)
    product_at(problem, x, np.zeros(cross.shape))
    if dx0 is None:
        return x, np.zeros(cross.shape)
    dx = _numpy_start(dx0, "dx0", str(cross.shape))
    if dx.shape != cross.shape:
        refuse_value(
            "dx0",
            shape_of(dx),
            f"must have cross(x0)'s shape {cross.shape}",
            "reshape it",
        )
    return x, dx


def _numpy_start(value: object, name: str, shape: str) -> Array:
    """A start of what is differentiated here, in numpy: arrays of JAX and torch come to it."""
    kind = library(value)
    if kind == "jax" or kind == "torch":
        return np.asarray(start_of(real_array(value, name), name))
    if kind == "numpy" and isinstance(value, np.ndarray):
        return np.asarray(start_of(value, name))
    required = f"must be a numpy array of shape {shape}"
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
            "ravel the tree into one vector, or make the problem by pr.from_loss",
        )
    refuse_type(name, value, required, "give a numpy array")
