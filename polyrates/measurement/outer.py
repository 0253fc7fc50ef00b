"""The two gradients of an outer loss g(x, θ): a user's pair, or by automatic differentiation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import numpy as np

from polyrates.ground.arrays import Array, library, to_numpy
from polyrates.ground.errors import described, refuse_type, refuse_value
from polyrates.problems.quadratic import Problem

__all__ = ["Outer", "outer_gradients"]

_Slopes = Callable[[Array], tuple[object, object]]
_Outer = Callable[..., object]
_NARROW = re.compile(r"new_dtype=(float32|float16|bfloat16)")
_DOUBLE = 2.0**-53
_HALVED = 2.0**-24


class Outer:
    """x ↦ (∇_x g, ∂_θ g) as arrays (d,) and (p,).

    Attributes
    ----------
    unit : float
        The largest unit roundoff of the precisions that gradients came in so far. Below 64 bits it
        bounds no error: a framework's sum over n terms errs by up to n·unit, and n is not known.
    """

    def __init__(self, slopes: Callable[[Array, Outer], tuple[object, object]], d: int, p: int):
        self._slopes = slopes
        self._sizes = (d, p)
        self.unit = _DOUBLE

    @property
    def single(self) -> bool:
        """Whether a gradient came in fewer than 64 bits."""
        return self.unit > _DOUBLE

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """Both gradients, checked."""
        d, p = self._sizes
        given = self._slopes(x, self)
        v, direct = (self._entered(each) for each in given)
        direct = np.broadcast_to(direct, (p,)) if direct.size == 1 else direct
        if v.shape != (d,) or direct.shape != (p,):
            refuse_value(
                "outer",
                described(f"gradients of {v.size} and {direct.size} numbers"),
                f"must have {d} in x and {p} in θ",
            )
        if not (np.all(np.isfinite(v)) and np.all(np.isfinite(direct))):
            refuse_value("outer", described("a gradient with NaN or infinity"), "must be finite")
        return v, direct

    def _entered(self, gradient: object) -> Array:
        if library(gradient) == "torch" and "bfloat16" in str(getattr(gradient, "dtype", "")):
            self.saw(2.0**-8)
        array = np.asarray(to_numpy(gradient))
        if str(array.dtype) == "bfloat16":
            self.saw(2.0**-8)
        elif array.dtype.kind == "f":
            self.saw(float(np.finfo(array.dtype).eps) / 2)
        return np.asarray(array, dtype=float).reshape(-1)

    def saw(self, unit: float) -> None:
        """Something on the way was rounded to this."""
        self.unit = max(self.unit, unit)


def outer_gradients(outer: object, problem: Problem, at: Array, parameters: int) -> Outer:
    """x ↦ (∇_x g, ∂_θ g) as arrays (d,) and (p,)."""
    theta = getattr(problem, "theta", None)
    if isinstance(outer, (tuple, list)) and len(outer) == 2 and all(map(callable, outer)):
        first, second = cast("tuple[_Outer, _Outer]", tuple(outer))
        return Outer(lambda x, seen: (first(x, theta), second(x, theta)), len(at), parameters)
    if not callable(outer):
        refuse_type(
            "outer",
            outer,
            "must be g(x, theta) of JAX or torch, or its two gradients",
            "give (lambda x, theta: ∇_x g, lambda x, theta: ∂_θ g)",
        )
    if theta is None:
        refuse_type(
            "outer",
            outer,
            "needs θ to be differentiated, and the problem has none",
            "give the two gradients of g, or a problem of pr.from_loss",
        )
    framework = getattr(problem, "framework", None) or library(theta)
    by = _by_torch if framework == "torch" else _by_jax
    return Outer(lambda x, seen: by(outer, x, theta, seen), len(at), parameters)


def _by_torch(outer: _Outer, x: Array, theta: object, seen: Outer) -> tuple[object, object]:
    """In 64 bits; in 32 where the loss's own tensors of 32 bits refuse to meet longer ones."""
    import torch

    own = theta.detach() if isinstance(theta, torch.Tensor) else torch.tensor(theta)
    complaint: RuntimeError | None = None
    for dtype in (torch.float64, torch.float32):
        point = torch.tensor(x, dtype=dtype, device=own.device, requires_grad=True)
        at = own.to(dtype).clone().requires_grad_()
        try:
            with torch.enable_grad():
                value = outer(point, at)
        except RuntimeError as error:
            complaint = complaint or error
            continue
        if _converts(value):
            seen.saw(_HALVED)
        found = torch.autograd.grad(value, (point, at), allow_unused=True)
        first, second = (
            torch.zeros_like(v) if g is None else g for g, v in zip(found, (point, at), strict=True)
        )
        return first, second
    assert complaint is not None
    raise complaint


def _converts(value: object) -> bool:
    """Whether a tensor's graph has a change of dtype: gradients of 64 bits may hide 32."""
    queue, known = [getattr(value, "grad_fn", None)], set()
    while queue:
        node = queue.pop()
        if node is None or node in known:
            continue
        known.add(node)
        if node.name().startswith("ToCopy"):
            return True
        queue += [each for each, _ in node.next_functions]
    return False


def _by_jax(outer: _Outer, x: Array, theta: object, seen: Outer) -> tuple[object, object]:
    """In 64 bits, whatever the process has enabled; in 32 where the loss fails on longer numbers.

    JAX promotes constants of 32 bits beside x, which loses nothing; what the loss itself narrows
    stands in its jaxpr.
    """
    import jax
    import jax.numpy as jnp

    gradients = jax.grad(outer, argnums=(0, 1))

    def slopes() -> tuple[object, object]:
        point, at = jnp.asarray(x), jnp.asarray(theta, dtype=float)
        if _NARROW.search(str(jax.make_jaxpr(gradients)(point, at))):
            seen.saw(_HALVED)
        first, second = gradients(point, at)
        return np.asarray(first), np.asarray(second)

    longer = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    try:
        with longer(True):
            return slopes()
    except TypeError:  # a loop, for instance, whose carry is declared in 32 bits
        return slopes()
