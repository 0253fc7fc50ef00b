"""f(x, θ) = f_0(x − jθ) − cθx²/2 at θ = 0, for a function f_0 of one variable with f_0′(0) = 0.

x* = 0 and ∂x* = j, since ∂_θ∇f = −j f_0″(x) − cx and ∇²f = f_0″. So G(x) = ∂_θ∇f + ∇²f ∂x* = −cx:
the tangent error obeys the method with the gradient f_0″(x)E − cx. With c = 0, f is f_0 translated.
Everything is written with + − × and elementary functions of the array's own library, so one problem
runs on numpy, JAX and torch arrays and on arrays of mpmath numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

__all__ = ["Cubic", "TranslatedFunction"]

A = TypeVar("A")


class TranslatedFunction(ABC):
    """The problem of a function f_0; ``start`` is x_0, and the run starts with ∂x_0 = 0."""

    start: float
    shift: float
    """j = ∂x*."""
    cross_lipschitz: float

    @abstractmethod
    def slope(self, x: A) -> A:
        """f_0′ at every entry."""

    @abstractmethod
    def curvature(self, x: A) -> A:
        """f_0″ at every entry."""

    def gradient(self, x: A) -> A:
        """∇f(x) = f_0′(x), shape (1,)."""
        return _entrywise(self.slope, x)

    def hvp(self, x: A, v: A) -> A:
        """∇²f(x)v = f_0″(x)v, shape (1,)."""
        return _entrywise(self.curvature, x) * v  # type: ignore[operator, no-any-return]

    def cross(self, x: A) -> A:
        """∂_θ∇f(x) = −j f_0″(x) − cx, shape (1,)."""
        bent = _entrywise(self.curvature, x)
        return bent * -self.shift - x * self.cross_lipschitz  # type: ignore[operator, return-value]

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """∇²f(x), shape (1, 1)."""
        return np.asarray(self.curvature(np.asarray(x, dtype=float))).reshape(1, 1)

    @property
    def x0(self) -> np.ndarray:
        """The start, shape (1,)."""
        return np.array([self.start])

    @property
    def solution(self) -> np.ndarray:
        """x* = 0, shape (1,)."""
        return np.zeros(1)

    @property
    def solution_jacobian(self) -> np.ndarray:
        """∂x* = j, shape (1,)."""
        return np.array([self.shift])


def _entrywise(function: Callable[[A], A], x: A) -> A:
    """f(x); on an array of Python numbers, such as mpmath's, entry by entry."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        values = np.empty(x.shape, dtype=object)
        for index, entry in np.ndenumerate(x):
            values[index] = function(entry)
        return values  # type: ignore[return-value]
    return function(x)


@dataclass(frozen=True)
class Cubic(TranslatedFunction):
    """f_0 = ℓx²/2 − Mx³/6: the function whose run is the scalar majorant.

    In the class of :func:`polyrates.majorant` (H* = ℓ, |f_0″ − ℓ| = M|x|, |G| = c|x|), with
    x_0 = ‖e_0‖ and ∂x* = −‖E_0‖, so that E_0 = ‖E_0‖ where ∂x_0 = 0.
    """

    ell: float
    hessian_lipschitz: float
    cross_lipschitz: float
    start: float
    shift: float

    def slope(self, x: A) -> A:
        """ℓx − Mx²/2."""
        return x * (self.ell - x * (self.hessian_lipschitz / 2))  # type: ignore[operator, return-value]

    def curvature(self, x: A) -> A:
        """ℓ − Mx."""
        return self.ell - x * self.hessian_lipschitz  # type: ignore[operator, return-value]

    def hessian_derivative(self) -> np.ndarray:
        """d/dθ ∇²f(x*(θ), θ) = −c, shape (1, 1)."""
        return np.array([[-self.cross_lipschitz]])
