"""The derivatives of a loss in JAX, as functions of one vector x and one vector θ, jitted.

With g = ∂f/∂x: ∇²f v is the forward derivative of g along v, ∂_θ∇f its forward derivative along
θ (or, where θ is longer than x, the transpose of the derivative of ∂f/∂θ along x), and wᵀ∂_θ∇f the
reverse derivative of ⟨g, w⟩. In 64 bits where the process has enabled them
(``jax.config.update("jax_enable_x64", True)``) and x_0 has them, else in 32: enabling them here
alone would leave the constants of the user's own loss cached in two widths.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax.flatten_util import ravel_pytree

from polyrates.ground.arrays import Array
from polyrates.ground.errors import did, refuse_type

__all__ = ["JaxDerivatives"]

Loss = Callable[[object, object], object]


class JaxDerivatives:
    """∂f/∂x, ∇²f v, ∂_θ∇f and wᵀ∂_θ∇f at flat x (d,), for the θ that was given."""

    framework = "jax"

    def __init__(self, loss: Loss, theta: object, x0: object) -> None:
        points = jax.tree_util.tree_map(jnp.asarray, x0)
        self.x0, self.unravel = ravel_pytree(points)
        kind = self.x0.dtype
        self.theta, self.unravel_theta = ravel_pytree(
            jax.tree_util.tree_map(lambda leaf: jnp.asarray(leaf, dtype=kind), theta)
        )

        def flat(x: jax.Array, t: jax.Array) -> object:
            return loss(self.unravel(x), self.unravel_theta(t))

        gradient = jax.grad(flat)

        def product(x: jax.Array, t: jax.Array, v: jax.Array) -> jax.Array:
            return jax.jvp(lambda y: gradient(y, t), (x,), (v,))[1]

        def pull(x: jax.Array, t: jax.Array, w: jax.Array) -> jax.Array:
            return jax.grad(lambda s: jnp.vdot(gradient(x, s), w))(t)

        def cross(x: jax.Array, t: jax.Array) -> jax.Array:
            if len(t) <= len(x):
                return jax.jacfwd(gradient, 1)(x, t)
            return jax.jacfwd(jax.grad(flat, 1), 0)(x, t).T

        self._flat = flat
        self._traced: object = None
        self._value = jax.jit(flat)
        self._gradient = jax.jit(gradient)
        self._product = jax.jit(product)
        self._block = jax.jit(jax.vmap(product, (None, None, 1), 1))
        self._cross = jax.jit(cross)
        self._pull = jax.jit(pull)

    def raw(self) -> object:
        """f(x_0, θ), traced anew at every call, so that a loss that is not deterministic shows."""

        def traced(x: jax.Array, t: jax.Array) -> object:
            found = self._flat(x, t)
            if not isinstance(found, jax.Array):
                refuse_type(
                    "loss",
                    did(f"returned {type(found).__name__}"),
                    "must return a scalar of jax, which it can differentiate",
                    "sum or average it, with functions of jax.numpy alone",
                )
            return found

        closed = jax.make_jaxpr(traced)(self.x0, self.theta)
        if self._traced is None:
            self._traced = closed
            return self._value(self.x0, self.theta)
        if _same(self._traced, closed):
            return self._value(self.x0, self.theta)
        return jax.jit(traced)(self.x0, self.theta)

    def value(self, x: jax.Array) -> jax.Array:
        """f(x), shape ()."""
        return self._value(x, self.theta)

    def gradient(self, x: jax.Array) -> jax.Array:
        """∇f(x), shape (d,)."""
        return self._gradient(x, self.theta)

    def hvp(self, x: jax.Array, v: jax.Array) -> jax.Array:
        """∇²f(x) v, v of shape (d,) or (d, p)."""
        return (self._product if v.ndim == 1 else self._block)(x, self.theta, v)

    def cross(self, x: jax.Array) -> jax.Array:
        """∂_θ∇f(x), shape (d, p)."""
        return self._cross(x, self.theta)

    def pull(self, x: jax.Array, w: jax.Array) -> jax.Array:
        """wᵀ∂_θ∇f(x), shape (p,)."""
        return self._pull(x, self.theta, w)

    def enter(self, values: Array) -> npt.NDArray[np.floating]:
        """A numpy array in the loss's precision; the jitted functions move it to the device."""
        return np.asarray(values, dtype=self.x0.dtype)

    def leave(self, values: jax.Array) -> Array:
        """In 64 bits, as numpy."""
        return np.asarray(values, dtype=float)

    def ravel(self, tree: object) -> jax.Array:
        """x's containers as one vector."""
        return ravel_pytree(tree)[0]


def _same(one: object, other: object) -> bool:
    """Whether two traces are one program with one set of constants."""
    consts = [getattr(each, "consts", ()) for each in (one, other)]
    return (
        str(getattr(one, "jaxpr", one)) == str(getattr(other, "jaxpr", other))
        and len(consts[0]) == len(consts[1])
        and all(np.array_equal(a, b) for a, b in zip(*consts, strict=True))
    )
