"""The derivatives of a loss in torch, as functions of one vector x and one vector θ.

By differentiating twice backwards, which every operation of torch allows: with g = ∂f/∂x,
∇²f v = ∂⟨g, v⟩/∂x, and ∂_θ∇f row by row (∂g_i/∂θ) or, where θ is shorter than x, column by column
(the derivative of u ↦ ∂⟨g, u⟩/∂θ, which is linear in u).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from polyrates.ground.arrays import Array

__all__ = ["TorchDerivatives"]

Loss = Callable[[object, object], object]


class TorchDerivatives:
    """∂f/∂x, ∇²f v, ∂_θ∇f and wᵀ∂_θ∇f at flat x (d,), for the θ that was given."""

    framework = "torch"

    def __init__(self, loss: Loss, theta: object, x0: object) -> None:
        self._loss = loss
        points = [leaf for leaf in _leaves(x0) if isinstance(leaf, torch.Tensor)]
        model = points[0] if points else torch.empty(0, dtype=torch.float64)
        self.dtype, self.device = model.dtype, model.device
        self.x0, self.unravel = self._vector(x0)
        self.theta, self.unravel_theta = self._vector(theta)

    def _vector(self, tree: object) -> tuple[torch.Tensor, Callable[[torch.Tensor], object]]:
        leaves = [
            torch.as_tensor(leaf, dtype=self.dtype, device=self.device).detach()
            for leaf in _leaves(tree)
        ]
        shapes = [leaf.shape for leaf in leaves]
        sizes = [leaf.numel() for leaf in leaves]

        def unravel(vector: torch.Tensor) -> object:
            parts = torch.split(vector, sizes)
            return _rebuilt(tree, iter([p.reshape(s) for p, s in zip(parts, shapes, strict=True)]))

        return torch.cat([leaf.reshape(-1) for leaf in leaves]), unravel

    def raw(self) -> object:
        """f(x_0, θ), what the loss returns."""
        return self._loss(self.unravel(self.x0), self.unravel_theta(self.theta))

    def value(self, x: torch.Tensor) -> torch.Tensor:
        """f(x), shape ()."""
        with torch.no_grad():
            found = self._loss(self.unravel(x), self.unravel_theta(self.theta))
        return torch.as_tensor(found)

    def _slope(self, x: torch.Tensor, graph: bool) -> tuple[torch.Tensor, ...]:
        """(g, x, θ) with their graph."""
        with torch.enable_grad():
            y = x.detach().clone().requires_grad_(True)
            t = self.theta.clone().requires_grad_(True)
            value = self._loss(self.unravel(y), self.unravel_theta(t))
            g = _grad(value, y, graph=graph)
        return g, y, t

    def gradient(self, x: torch.Tensor) -> torch.Tensor:
        """∇f(x), shape (d,)."""
        return self._slope(x, False)[0].detach()

    def hvp(self, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """∇²f(x) v, v of shape (d,) or (d, p)."""
        g, y, _ = self._slope(x, True)
        if v.ndim == 1:
            return _grad(g, y, v)
        return _grads(g, y, v.T).T

    def cross(self, x: torch.Tensor) -> torch.Tensor:
        """∂_θ∇f(x), shape (d, p)."""
        g, _, t = self._slope(x, True)
        if len(t) >= len(g):
            return _grads(g, t, torch.eye(len(g)).to(g))
        with torch.enable_grad():
            u = torch.zeros_like(g).requires_grad_(True)
            pulled = _grad(g, t, u, graph=True)
        return _grads(pulled, u, torch.eye(len(t)).to(g)).T

    def pull(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """wᵀ∂_θ∇f(x), shape (p,)."""
        g, _, t = self._slope(x, True)
        return _grad(g, t, w)

    def enter(self, values: Array) -> torch.Tensor:
        """A numpy array as a tensor of the loss's precision, where x_0 is."""
        return torch.as_tensor(np.array(values), dtype=self.dtype, device=self.device)

    def leave(self, values: torch.Tensor) -> Array:
        """In 64 bits, as numpy."""
        return np.asarray(values.detach().cpu().double().numpy())

    def ravel(self, tree: object) -> torch.Tensor:
        """x's containers as one vector."""
        return self._vector(tree)[0]


def _grad(
    of: object, along: torch.Tensor, weight: torch.Tensor | None = None, graph: bool = False
) -> torch.Tensor:
    """∂⟨of, weight⟩/∂along, kept for another round; zeros where it does not depend on it."""
    if not isinstance(of, torch.Tensor) or not of.requires_grad:
        return torch.zeros_like(along)
    (found,) = torch.autograd.grad(
        of, along, weight, create_graph=graph, retain_graph=True, allow_unused=True
    )
    return torch.zeros_like(along) if found is None else found


_FEW = 4  # rows for which a loop is quicker than torch's vectorized backward pass


def _grads(of: torch.Tensor, along: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """∂⟨of, w⟩/∂along for every row w of the weights, at once where the loss allows it."""
    if len(weights) > _FEW and of.requires_grad:
        try:
            (found,) = torch.autograd.grad(
                of, along, weights, retain_graph=True, allow_unused=True, is_grads_batched=True
            )
        except RuntimeError:  # an operation without a batching rule
            pass
        else:
            return torch.zeros(len(weights), len(along)).to(along) if found is None else found
    return torch.stack([_grad(of, along, weight) for weight in weights])


def _leaves(tree: object) -> list[object]:
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in _leaves(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for each in tree for leaf in _leaves(each)]
    return [] if tree is None else [tree]


def _rebuilt(tree: object, leaves: Iterator[torch.Tensor]) -> object:
    """The containers of ``tree`` around other leaves."""
    if isinstance(tree, dict):
        filled = {key: _rebuilt(tree[key], leaves) for key in sorted(tree)}
        return {key: filled[key] for key in tree}
    if isinstance(tree, (list, tuple)):
        parts = [_rebuilt(each, leaves) for each in tree]
        named: Any = type(tree)
        if hasattr(tree, "_fields"):
            return named(*parts)
        return parts if isinstance(tree, list) else tuple(parts)
    return None if tree is None else next(leaves)
