"""What a problem answers at a point, its shape compared with what the point and the vector ask.

Of another dimension than x, a user's gradient or product either returns another shape or fails in
its own words: both are refused here by name, before anything is computed from them.
"""

from __future__ import annotations

from polyrates.ground.arrays import Array, to_numpy
from polyrates.ground.asked import asked
from polyrates.ground.errors import did, refuse_type, refuse_value
from polyrates.problems.quadratic import Problem

__all__ = ["cross_at", "gradient_at", "product_at"]


def gradient_at(problem: Problem, x: Array) -> Array:
    """∇f(x), shape (d,)."""
    fits = f"give an x of the dimension it has, or return ∇f(x) of shape {x.shape}"
    found = _array("problem.gradient", asked("problem.gradient", problem.gradient, x, fits=fits))
    _require("problem.gradient", found, x.shape, "that of x", "return ∇f(x) as an array like x")
    return found


def product_at(problem: Problem, x: Array, v: Array) -> Array:
    """∇²f(x)v, of the shape of v, which is that of cross(x)."""
    remedy = "return ∇²f(x) v for each column of v"
    found = _array("problem.hvp", asked("problem.hvp", problem.hvp, x, v, fits=remedy))
    _require("problem.hvp", found, v.shape, "that of v, which is cross(x)'s", remedy)
    return found


def cross_at(problem: Problem, x: Array) -> Array:
    """∂_θ∇f(x), shape (d,) or (d, p)."""
    remedy = "return ∂_θ∇f(x), parameters along the last axis"
    found = _array("problem.cross", asked("problem.cross", problem.cross, x, fits=remedy))
    if found.ndim not in (1, 2) or found.shape[0] != len(x):
        shapes = f"({len(x)},) or ({len(x)}, p)"
        refuse_value(
            "problem.cross", did(f"returned shape {found.shape}"), f"must be {shapes}", remedy
        )
    return found


def _array(name: str, answer: object) -> Array:
    found = to_numpy(answer)
    if found.dtype.kind not in "fiu" and "bfloat16" not in str(found.dtype):
        shown = "None" if answer is None else f"an array of dtype {found.dtype}"
        refuse_type(name, did(f"returned {shown}"), "must return real floats", "check its return")
    return found


def _require(name: str, found: Array, shape: tuple[int, ...], why: str, remedy: str) -> None:
    if found.shape != shape:
        refuse_value(name, did(f"returned shape {found.shape}"), f"must be {shape}, {why}", remedy)
