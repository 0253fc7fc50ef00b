"""Smooth losses that are not quadratic, as Problems: f = (1/n)Σ φ_i(x_iᵀw) + ½Σ e^{θ_j} w_j².

With z = Xw and the derivatives of φ_i along z, θ the logarithm of the penalty:

    ∇f = Xᵀφ′(z)/n + e^θ w,    ∇²f = Xᵀ diag(φ″(z)) X/n + diag(e^θ),    ∂_θ∇f = e^θ w,
    d/dθ [∇²f(x*(θ), θ)] = diag(e^θ) + Xᵀ diag(φ‴(z*) · X∂x*) X/n,

the last the derivative of the Hessian along the path of solutions, which takes the place of ∂H in
every error formula near x* (:mod:`polyrates.measurement.local_model`).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from scipy import linalg

from polyrates.ground.arrays import Array
from polyrates.ground.errors import NegativeCurvature, described, refuse_value
from polyrates.ground.late import late
from polyrates.problems.quadratic import regression_data, validated_shapes

__all__ = [
    "Constants",
    "LinearModelLoss",
    "LogCosh",
    "Logistic",
    "NonlinearLeastSquares",
    "PseudoHuber",
]

special = late("scipy.special")


class Constants(NamedTuple):
    """What holds everywhere: ℓ ≤ ∇²f ≤ L, ∇²f M-Lipschitz and ∂_θ∇f N-Lipschitz in x; ∞: not known.

    M is ``hessian_lipschitz``, N ``mixed_lipschitz``; ∂_θ∇f in Frobenius norm.
    """

    ell: float
    L: float
    hessian_lipschitz: float
    mixed_lipschitz: float


class LinearModelLoss(ABC):
    """f = (1/n)Σ φ_i(x_iᵀw) + ½Σ e^{θ_j} w_j², with its solution and ∂x* by Newton's method."""

    X: Array
    y: Array
    penalty: Array
    _fourth: ClassVar[float] = math.inf  # a bound of |φ⁗|

    def __repr__(self) -> str:
        return regression_data(self)

    @abstractmethod
    def _slopes(self, z: Array) -> tuple[Array, Array, Array, Array]:
        """φ, φ′, φ″, φ‴ at z, arrays (n,)."""

    @property
    @abstractmethod
    def constants(self) -> Constants:
        """Bounds that hold at every w."""

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.X.shape[1])

    @property
    def parameters(self) -> int | None:
        """The number d of penalties, or None for one."""
        return None if self.penalty.ndim == 0 else len(self.penalty)

    def value(self, w: Array) -> float:
        """f(w)."""
        ridge = 0.5 * float(np.sum(self.penalty * w * w))
        return float(np.mean(self._slopes(self.X @ w)[0])) + ridge

    def gradient(self, w: Array) -> Array:
        """∇f(w), shape (d,)."""
        slope = self._slopes(self.X @ w)[1]
        return np.asarray(self.X.T @ slope / len(self.X) + self.penalty * w)

    def hvp(self, w: Array, v: Array) -> Array:
        """∇²f(w) v for v of shape (d,) or (d, p)."""
        curvature = self._slopes(self.X @ w)[2]
        inner = self.X @ v
        weighted = curvature * inner if inner.ndim == 1 else curvature[:, None] * inner
        ridge = self.penalty if self.penalty.ndim == 0 or v.ndim == 1 else self.penalty[:, None]
        return np.asarray(self.X.T @ weighted / len(self.X) + ridge * v)

    def cross(self, w: Array) -> Array:
        """∂_θ∇f(w) = e^θ w, or diag(e^{θ_j} w_j)."""
        return self.penalty * w if self.penalty.ndim == 0 else np.diag(self.penalty * w)

    def hessian(self, w: Array) -> Array:
        """∇²f(w), shape (d, d)."""
        curvature = self._slopes(self.X @ w)[2]
        gram = (self.X.T * curvature) @ self.X / len(self.X)
        return np.asarray(gram + np.diag(np.broadcast_to(self.penalty, (self.dimension,))))

    @cached_property
    def solution(self) -> Array:
        """x*, by damped Newton steps to ‖∇f‖ ≤ 1e-14·max(1, ‖∇f(0)‖), shape (d,).

        Raises NegativeCurvature where it ends at a point that is no minimum.
        """
        w = np.zeros(self.dimension)
        g = self.gradient(w)
        goal = 1e-14 * max(1.0, float(np.linalg.norm(g)))
        for _ in range(200):
            size = float(np.linalg.norm(g))
            if size <= goal:
                break
            step = _descent(self.hessian(w), g)
            scale, before = 1.0, self.value(w)
            # near x* the value is flat to rounding, and the gradient alone can judge
            while self.value(w - scale * step) > before - 1e-4 * scale * float(g @ step) and (
                float(np.linalg.norm(self.gradient(w - scale * step))) >= size
            ):
                scale /= 2
                if scale < 1e-12:
                    break
            if scale < 1e-12:
                break
            w = w - scale * step
            g = self.gradient(w)
        if float(np.linalg.norm(g)) > 1e-10 * max(1.0, goal * 1e14):
            refuse_value(
                "penalty",
                float(np.min(self.penalty)),
                "Newton's method did not reach a minimiser",
                "give a larger penalty",
            )
        lowest = float(np.linalg.eigvalsh(self.hessian(w))[0])
        if lowest <= 0:
            raise NegativeCurvature(
                "problem",
                described(f"an eigenvalue {lowest:.3g} of the Hessian at the solution"),
                "has negative curvature: it is not a minimum",
                "give a larger penalty",
            )
        w.setflags(write=False)
        return w

    @cached_property
    def solution_jacobian(self) -> Array:
        """∂x* = −H⁻¹∂_θ∇f at x*, shape (d,) or (d, d)."""
        H = self.hessian(self.solution)
        return np.asarray(linalg.solve(H, -self.cross(self.solution), assume_a="pos"))

    @cached_property
    def twist_lipschitz(self) -> float:
        """M₂, the Lipschitz constant of the derivative of ∂_θ∇f + ∇²f ∂x*, Frobenius over θ.

        max|φ⁗|·‖Xᵀdiag(|X∂x*|_i ‖x_i‖)X‖/n for each parameter: the penalty is linear.
        """
        if not math.isfinite(self._fourth):
            return math.inf
        along = np.abs(self.X @ self.solution_jacobian.reshape(self.dimension, -1))
        lengths = np.linalg.norm(self.X, axis=1)
        squares = ((_weighted(self.X, each * lengths) * self._fourth) ** 2 for each in along.T)
        return math.sqrt(sum(squares))

    def hessian_derivative(self) -> Array:
        """d/dθ [∇²f(x*(θ), θ)], shape (d, d) or (p, d, d)."""
        third = self._slopes(self.X @ self.solution)[3]
        along = self.X @ self.solution_jacobian
        d, n = self.dimension, len(self.X)
        if self.penalty.ndim == 0:
            return np.asarray(
                float(self.penalty) * np.eye(d) + (self.X.T * (third * along)) @ self.X / n
            )
        result = np.einsum("ki,kp,kj->pij", self.X, third[:, None] * along, self.X) / n
        result[np.arange(d), np.arange(d), np.arange(d)] += self.penalty
        return np.asarray(result)


def _descent(H: Array, g: Array) -> Array:
    """H⁻¹g with negative curvature reflected, so that it always leads downhill."""
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(H), g))
    except linalg.LinAlgError:
        values, vectors = np.linalg.eigh(H)
        floor = 1e-8 * float(np.max(np.abs(values)))
        return np.asarray(vectors @ ((vectors.T @ g) / np.maximum(np.abs(values), floor)))


def _weighted(X: Array, weights: Array) -> float:
    """‖Xᵀdiag(weights)X‖/n, rounded upward."""
    gram = (X.T * weights) @ X / len(X)
    return float(np.linalg.norm(gram, 2)) * (1 + 1e-12)


def _constants(loss: LinearModelLoss, bend: float, turn: float) -> Constants:
    """ℓ, L, M, N where 0 ≤ φ″ ≤ ``bend`` and |φ‴| ≤ ``turn``.

    ∇²f = Xᵀdiag(φ″)X/n + diag(e^θ) lies between min e^θ and bend‖X‖₂²/n + max e^θ. For w, u and a
    unit v, with Δ = ∇²f(w) − ∇²f(u), |vᵀΔv| ≤ Σ turn|x_iᵀ(w − u)|(x_iᵀv)²/n, which is at most
    turn‖w − u‖ Σ‖x_i‖(x_iᵀv)²/n, so M = turn‖Xᵀdiag(‖x_i‖)X‖₂/n ≤ turn·max‖x_i‖·‖X‖₂²/n.
    ∂_θ∇f = e^θw or diag(e^{θ_j}w_j), whose difference has Frobenius norm at most N‖w − u‖,
    N = max e^θ. The spectral norms are taken in floats, and widened by what their rounding can be.
    """
    X, n, d = loss.X, len(loss.X), loss.dimension
    wide = 1 + 1e-14 * (n + d)
    low, high = float(np.min(loss.penalty)), float(np.max(loss.penalty))
    lengths = np.sqrt(np.linalg.norm(X, axis=1))
    gram, weighted = (
        float(np.linalg.norm(A, 2)) ** 2 / n * wide for A in (X, lengths[:, None] * X)
    )
    return Constants(low, (bend * gram + high) * wide, turn * weighted * wide, high)


@dataclass(frozen=True, eq=False, repr=False)
class Logistic(LinearModelLoss):
    """ℓ2-regularised logistic regression: φ_i(z) = log(1 + e^z) − y_i z, θ the log penalty.

    Strongly convex. With σ the logistic function φ″ = σ(1 − σ) ≤ ¼, |φ‴| ≤ 1/(6√3) and |φ⁗| ≤ ⅛.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
        Labels 0 and 1.
    penalty : number > 0, or array (d,)
        e^θ: one for all features, or one a feature (p = d).
    """

    X: Array
    y: Array
    penalty: Array
    _fourth: ClassVar[float] = 0.125

    def __init__(self, X: object, y: object, penalty: object) -> None:
        data, target, strength = validated_shapes(X, y, penalty)
        if not np.all((target == 0) | (target == 1)):
            refuse_value(
                "y", sorted(set(target.tolist()))[:4], "must be labels 0 and 1", "recode y"
            )
        for name, value in (("X", data), ("y", target), ("penalty", strength)):
            object.__setattr__(self, name, value)

    def _slopes(self, z: Array) -> tuple[Array, Array, Array, Array]:
        p = special.expit(z)
        curvature = p * special.expit(-z)
        return np.logaddexp(0.0, z) - self.y * z, p - self.y, curvature, curvature * (1 - 2 * p)

    @cached_property
    def constants(self) -> Constants:
        """ℓ = min e^θ, L = ‖X‖²/4n + max e^θ, M = ‖Xᵀdiag(‖x_i‖)X‖/(6√3 n), max e^θ.

        M: |φ″(x_iᵀw) − φ″(x_iᵀv)| ≤ ‖x_i‖‖w − v‖/(6√3) in every term of the Hessian.
        """
        gram = float(np.linalg.norm(self.X, 2)) ** 2 / len(self.X)
        low, high = float(np.min(self.penalty)), float(np.max(self.penalty))
        bent = _weighted(self.X, np.linalg.norm(self.X, axis=1)) / (6 * math.sqrt(3))
        return Constants(low, gram / 4 + high, bent, high)


class _Regression(LinearModelLoss):
    """φ_i(z) = ρ(z − y_i) for a ρ that is convex and grows like |r|: outliers pull with force 1."""

    def __init__(self, X: object, y: object, penalty: object) -> None:
        for name, value in zip(("X", "y", "penalty"), validated_shapes(X, y, penalty), strict=True):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False, repr=False, init=False)
class LogCosh(_Regression):
    """ℓ2-regularised regression with ρ(r) = log cosh r, θ the log penalty.

    Strongly convex. With τ = tanh r: ρ′ = τ, ρ″ = 1 − τ² in (0, 1], ρ‴ = −2τ(1 − τ²), largest where
    3τ² = 1: |ρ‴| ≤ 4/(3√3) = .7698. ρ⁗ = −2(1 − 3τ²)(1 − τ²), largest at 0: |ρ⁗| ≤ 2.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0, or array (d,)
        e^θ: one for all features, or one a feature (p = d).
    """

    X: Array
    y: Array
    penalty: Array
    _fourth: ClassVar[float] = 2.0

    def _slopes(self, z: Array) -> tuple[Array, Array, Array, Array]:
        r = z - self.y
        slope = np.tanh(r)
        curvature = 1 / np.cosh(np.minimum(np.abs(r), 350.0)) ** 2  # 1 − tanh² without cancellation
        value = np.logaddexp(r, -r) - math.log(2)
        return value, slope, curvature, -2 * slope * curvature

    @cached_property
    def constants(self) -> Constants:
        """ℓ = min e^θ, L = ‖X‖²/n + max e^θ, M = 4‖Xᵀdiag‖x_i‖X‖₂/(3√3 n), N = max e^θ."""
        return _constants(self, 1.0, 4 / (3 * math.sqrt(3)))


@dataclass(frozen=True, eq=False, repr=False, init=False)
class PseudoHuber(_Regression):
    """ℓ2-regularised regression with ρ(r) = √(1 + r²) − 1, θ the log penalty.

    Strongly convex. ρ′ = r/√(1 + r²), ρ″ = (1 + r²)^{−3/2} in (0, 1], ρ‴ = −3r(1 + r²)^{−5/2},
    largest where 4r² = 1: |ρ‴| ≤ (3/2)(4/5)^{5/2} = .8587. ρ⁗ = 3(4r² − 1)(1 + r²)^{−7/2}, largest
    at 0: |ρ⁗| ≤ 3. For another width δ scale X and y by 1/δ.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0, or array (d,)
        e^θ: one for all features, or one a feature (p = d).
    """

    X: Array
    y: Array
    penalty: Array
    _fourth: ClassVar[float] = 3.0

    def _slopes(self, z: Array) -> tuple[Array, Array, Array, Array]:
        r = z - self.y
        root = np.hypot(1.0, r)
        value = r * (r / (root + 1))  # √(1 + r²) − 1 without cancellation
        return value, r / root, root**-3, -3 * (r / root) * root**-4

    @cached_property
    def constants(self) -> Constants:
        """ℓ = min e^θ, L = ‖X‖²/n + max e^θ, M = 1.5(.8)^{5/2}‖Xᵀdiag‖x_i‖X‖₂/n, N = max e^θ."""
        return _constants(self, 1.0, 1.5 * 0.8**2.5)


@dataclass(frozen=True, eq=False, repr=False)
class NonlinearLeastSquares(LinearModelLoss):
    """Least squares through a bent link: φ_i(z) = ½(asinh z − y_i)², θ the log penalty.

    Smooth and not convex everywhere: where a residual is large its curvature is negative. At a
    solution with small residuals, or with a penalty that outweighs them, it is.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0, or array (d,)
    """

    X: Array
    y: Array
    penalty: Array

    def __init__(self, X: object, y: object, penalty: object) -> None:
        for name, value in zip(("X", "y", "penalty"), validated_shapes(X, y, penalty), strict=True):
            object.__setattr__(self, name, value)

    def _slopes(self, z: Array) -> tuple[Array, Array, Array, Array]:
        square = 1 + z * z
        a1 = square**-0.5
        a2, a3 = -z * square**-1.5, (2 * z * z - 1) * square**-2.5
        r = np.arcsinh(z) - self.y
        return 0.5 * r * r, r * a1, a1 * a1 + r * a2, 3 * a1 * a2 + r * a3

    @property
    def constants(self) -> Constants:
        """Unknown: f is not convex everywhere."""
        return Constants(-np.inf, np.inf, np.inf, float(np.max(self.penalty)))
