r"""The lasso and the elastic net: solutions, their derivative, and when a run finds the support.

    f(w, θ) = (1/2n)‖Xw − y‖² + α(ρ‖w‖₁ + ½(1 − ρ)‖w‖²),    α = e^θ  (scikit-learn's; lasso: ρ = 1)

With S the support of the solution and s its signs, w_S solves H w_S = X_Sᵀy/n − αρs,
H = X_SᵀX_S/n + α(1 − ρ)I, so ∂w_S = −H⁻¹(αρs + α(1 − ρ)w_S) and ∂w = 0 off S. On S the problem is a
quadratic (:meth:`ElasticNet.on_support`), to which rates, plans and certificates apply; off S a run
has no tangent once it has found S.

ISTA, w⁺ = soft(w − h∇g(w), hαρ) with h ≤ 1/L, is nonexpansive. Its step maps every w with

    ‖w − w*‖ < min(h(αρ − |∂_i g(w*)|), i off S; |w*_i|, i in S)

to a point with the support and the signs of w*, and stays there: that certifies the identification.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polyrates.core.methods.classical import GradientDescent
from polyrates.ground.arrays import Array
from polyrates.ground.errors import described, refuse_type, refuse_value
from polyrates.ground.numbers import count, floating
from polyrates.problems.quadratic import Quadratic, validated_shapes

__all__ = ["ElasticNet", "Lasso"]

_UNIT = 2.0**-53
_SWEEPS = 100_000


@dataclass(frozen=True, eq=False)
class ElasticNet:
    """(1/2n)‖Xw − y‖² + e^θ(ρ‖w‖₁ + ½(1 − ρ)‖w‖²), θ the log penalty.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0
        α = e^θ.
    l1_ratio : number in (0, 1]
        ρ.
    """

    X: Array
    y: Array
    penalty: float
    l1_ratio: float

    def __init__(self, X: object, y: object, penalty: object, l1_ratio: object = 0.5) -> None:
        data, target, strength = validated_shapes(X, y, penalty)
        if strength.ndim:
            refuse_value("penalty", penalty, "must be one number", "give the same for all features")
        share = floating(l1_ratio, "l1_ratio")
        if not 0 < share <= 1:
            refuse_value("l1_ratio", l1_ratio, "must lie in (0, 1]", "without ℓ1 use pr.Ridge")
        for name, value in (
            ("X", data),
            ("y", target),
            ("penalty", float(strength)),
            ("l1_ratio", share),
        ):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        n, d = self.X.shape
        return f"{type(self).__name__}(n={n}, d={d}, penalty={self.penalty:g})"

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.X.shape[1])

    @property
    def largest_penalty(self) -> float:
        """α_max, from which on the solution is 0."""
        return float(np.max(np.abs(self.X.T @ self.y))) / len(self.y) / self.l1_ratio

    def smooth_gradient(self, w: Array) -> Array:
        """∇g(w) of all but the ℓ1 term, shape (d,)."""
        ridge = self.penalty * (1 - self.l1_ratio)
        return np.asarray(self.X.T @ (self.X @ w - self.y) / len(self.y) + ridge * w)

    @cached_property
    def smoothness(self) -> float:
        """L of ∇g, rounded upward."""
        top = float(np.linalg.norm(self.X, 2)) ** 2 / len(self.y)
        return (top + self.penalty * (1 - self.l1_ratio)) * (1 + 1e-12)

    @cached_property
    def solution(self) -> Array:
        """w*, shape (d,): coordinate descent to a support, then its linear system exactly."""
        w = np.zeros(self.dimension)
        for sweeps in (50, 500, 5000, _SWEEPS):
            w = self._descended(w, sweeps)
            polished = self._polished(w)
            if polished is not None:
                return polished
        refuse_value(
            "penalty",
            self.penalty,
            "no support satisfies the optimality conditions to rounding",
            "scale the features, or take another penalty: a feature is at the edge of the support",
        )

    def _descended(self, w: Array, sweeps: int) -> Array:
        """Coordinate descent, until nothing moves."""
        w, n = w.copy(), len(self.y)
        lengths = np.sum(self.X**2, axis=0) / n
        bend = lengths + self.penalty * (1 - self.l1_ratio)
        edge = self.penalty * self.l1_ratio
        rest = self.y - self.X @ w
        for _ in range(sweeps):
            moved = 0.0
            for j in np.flatnonzero(bend > 0):
                pull = self.X[:, j] @ rest / n + w[j] * (
                    bend[j] - self.penalty * (1 - self.l1_ratio)
                )
                ahead = np.sign(pull) * max(abs(pull) - edge, 0.0) / bend[j]
                if ahead != w[j]:
                    rest += self.X[:, j] * (w[j] - ahead)
                    moved = max(moved, abs(ahead - w[j]) * float(np.sqrt(bend[j])))
                    w[j] = ahead
            if moved <= 4 * _UNIT * float(np.linalg.norm(self.y)) / np.sqrt(n):
                break
        return w

    def _polished(self, w: Array) -> Array | None:
        """The solution on w's support, if its signs and the others' slopes agree with it."""
        S = np.flatnonzero(w)
        result = np.zeros(self.dimension)
        if len(S):
            H, signs = self._hessian(S), np.sign(w[S])
            right = self.X[:, S].T @ self.y / len(self.y)
            result[S] = np.linalg.solve(H, right - self.penalty * self.l1_ratio * signs)
            if np.any(np.sign(result[S]) != signs):
                return None
        slopes = np.abs(self.smooth_gradient(result))
        slopes[S] = 0.0
        edge = self.penalty * self.l1_ratio
        return result if np.all(slopes <= edge * (1 + 1e-12)) else None

    def _hessian(self, S: Array) -> Array:
        """X_SᵀX_S/n + α(1 − ρ)I; a singular one is refused, with the columns that repeat."""
        part = self.X[:, S]
        H = part.T @ part / len(self.y) + self.penalty * (1 - self.l1_ratio) * np.eye(len(S))
        values, vectors = np.linalg.eigh(H)
        if values[0] <= 64 * len(S) * _UNIT * values[-1]:
            names = S[np.abs(vectors[:, 0]) > 0.1].tolist()
            refuse_value(
                "X",
                described(f"columns {names}"),
                "are linearly dependent on the support, so the solution is not unique",
                "drop all but one of them, or take pr.ElasticNet with l1_ratio < 1",
            )
        return np.asarray(H)

    @property
    def support(self) -> Array:
        """The indices of the features that are used, ascending."""
        return np.flatnonzero(self.solution)

    @cached_property
    def solution_jacobian(self) -> Array:
        """∂w* along θ, shape (d,): 0 off the support."""
        S = self.support
        result = np.zeros(self.dimension)
        if len(S):
            ridge = self.penalty * (1 - self.l1_ratio) * self.solution[S]
            moved = self.penalty * self.l1_ratio * np.sign(self.solution[S]) + ridge
            result[S] = -np.linalg.solve(self._hessian(S), moved)
        return result

    def on_support(self) -> Quadratic:
        """The quadratic that the problem is on its support, |S| unknowns."""
        S = self.support
        if not len(S):
            refuse_value(
                "penalty",
                self.penalty,
                f"is at least α_max = {self.largest_penalty:.6g}: the solution is 0",
                "give a smaller penalty",
            )
        edge = self.penalty * self.l1_ratio * np.sign(self.solution[S])
        b = edge - self.X[:, S].T @ self.y / len(self.y)
        dH = self.penalty * (1 - self.l1_ratio) * np.eye(len(S))
        return Quadratic(self._hessian(S), b, dH, edge)

    def step(self, w: Array, h: float) -> Array:
        """One step of ISTA, soft(w − h∇g(w), hαρ)."""
        ahead = w - h * self.smooth_gradient(w)
        return np.asarray(
            np.sign(ahead) * np.maximum(np.abs(ahead) - h * self.penalty * self.l1_ratio, 0.0)
        )

    def identified(self, method: GradientDescent, x0: object, most: object = 100_000) -> int:
        """The step from which ISTA is certified to keep the support and the signs of w*.

        Parameters
        ----------
        method : GradientDescent
            Its step h ≤ 1/L; on this problem gradient descent is ISTA.
        x0 : array (d,)
        most : int
            How many steps are looked at.
        """
        if type(method) is not GradientDescent:
            refuse_type(
                "method", method, "the certificate is ISTA's, which is nonexpansive",
                "give pr.GradientDescent(step)",
            )  # fmt: skip
        h = floating(method.step, "step")
        if h > 1 / self.smoothness * (1 + 1e-9):
            refuse_value("step", h, f"must be ≤ 1/L = {1 / self.smoothness:.6g}", "lower it")
        w, goal = np.array(x0, dtype=float), self.solution
        if w.shape != goal.shape or not np.all(np.isfinite(w)):
            refuse_value("x0", x0, f"must be {self.dimension} finite numbers", "check its shape")
        slack = self.penalty * self.l1_ratio - np.abs(self.smooth_gradient(goal))
        off = goal == 0
        radius = min(h * float(np.min(slack[off], initial=np.inf)),
                     float(np.min(np.abs(goal[~off]), initial=np.inf)))  # fmt: skip
        if not radius > 0:
            refuse_value(
                "penalty",
                self.penalty,
                "a feature is at the edge of the support: no ball certifies it",
                "take another penalty",
            )
        for t in range(count(most, "most") + 1):
            if float(np.linalg.norm(w - goal)) * (1 + 1e-12) < radius:
                return t + 1
            w = self.step(w, h)
        refuse_value("most", most, "the certified ball is not reached by then", "give more steps")


class Lasso(ElasticNet):
    """(1/2n)‖Xw − y‖² + e^θ‖w‖₁: the elastic net with ρ = 1.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0
        α = e^θ; from :attr:`largest_penalty` on the solution is 0.
    """

    def __init__(self, X: object, y: object, penalty: object) -> None:
        super().__init__(X, y, penalty, 1.0)
