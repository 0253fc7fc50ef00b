"""The two gradients of an outer loss g(x, θ): a user's pair, or by automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from polyrates.ground.arrays import Array, library, to_numpy
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.problems.quadratic import Problem

__all__ = ["Outer", "outer_gradients"]

Outer = Callable[[Array], tuple[Array, Array]]
_Slopes = Callable[[Array], tuple[object, object]]


def outer_gradients(outer: object, problem: Problem, at: Array, parameters: int) -> Outer:
    """x ↦ (∇_x g, ∂_θ g) as arrays (d,) and (p,)."""
    theta = getattr(problem, "theta", None)
    if isinstance(outer, (tuple, list)) and len(outer) == 2 and all(map(callable, outer)):
        first, second = cast("tuple[Callable[..., object], Callable[..., object]]", tuple(outer))

        both: _Slopes = lambda x: (first(x, theta), second(x, theta))  # noqa: E731
    elif callable(outer):
        both = _differentiated(outer, theta)
    else:
        refuse_type(
            "outer",
            outer,
            "must be g(x, theta) of JAX or torch, or its two gradients",
            "give (lambda x, theta: ∇_x g, lambda x, theta: ∂_θ g)",
        )

    def checked(x: Array) -> tuple[Array, Array]:
        given = both(x)
        v = np.asarray(to_numpy(given[0]), dtype=float).reshape(-1)
        direct = np.asarray(to_numpy(given[1]), dtype=float).reshape(-1)
        direct = np.broadcast_to(direct, (parameters,)) if direct.size == 1 else direct
        if v.shape != at.shape or direct.shape != (parameters,):
            refuse_value(
                "outer",
                f"gradients of {v.size} and {direct.size} numbers",
                f"must have {at.size} in x and {parameters} in θ",
            )
        if not (np.all(np.isfinite(v)) and np.all(np.isfinite(direct))):
            refuse_value("outer", "a gradient with NaN or infinity", "must be finite")
        return v, direct

    return checked


def _differentiated(outer: Callable[..., object], theta: object) -> _Slopes:
    """By automatic differentiation, in the library of the problem's θ."""
    if theta is None:
        refuse_type(
            "outer",
            outer,
            "needs θ to be differentiated, and the problem has none",
            "give the two gradients of g, or a problem of pr.from_loss",
        )
    if library(theta) == "torch":
        import torch

        parameters = torch.as_tensor(theta)

        def by_torch(x: Array) -> tuple[object, object]:
            point = torch.tensor(x, dtype=parameters.dtype, requires_grad=True)
            at = parameters.detach().clone().requires_grad_()
            found = torch.autograd.grad(outer(point, at), (point, at), allow_unused=True)
            first, second = (
                torch.zeros_like(v) if g is None else g
                for g, v in zip(found, (point, at), strict=True)
            )
            return first, second

        return by_torch
    import jax
    import jax.numpy as jnp

    slopes = jax.grad(outer, argnums=(0, 1))
    return lambda x: slopes(jnp.asarray(x), jnp.asarray(theta, dtype=float))
