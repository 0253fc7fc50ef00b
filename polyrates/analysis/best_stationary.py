"""Momentum that unrolling survives: h = 1/L, and tangents under Hessians that change.

With h = 1/L the tangents of Nesterov's form are safe (ρ ≤ 1) for every κ exactly when β ≤ 1/3,
those of heavy ball exactly when β ≤ (5 − √17)/4. Above, they can diverge for small κ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import sympy

from polyrates.core.methods.classical import HeavyBall, Nesterov
from polyrates.core.recurrence import Stationary
from polyrates.ground.errors import refuse_value
from polyrates.ground.late import late
from polyrates.ground.numbers import Number, is_symbolic, positive, sign
from polyrates.numeric.suprema.circle import circle_radius

__all__ = ["BestStationary", "StationaryChoice", "best_stationary"]

optimize = late("scipy.optimize")


@dataclass(frozen=True)
class StationaryChoice:
    """One form at h = 1/L, in units where L = 1.

    Attributes
    ----------
    method : Stationary
        The best momentum for this κ.
    momentum, rate : float
        β and a certified upper bound of its switching rate ρ.
    safe_momentum : sympy.Expr
        The largest β with ρ ≤ 1 for every κ, exactly.
    """

    method: Stationary
    momentum: float
    rate: float
    safe_momentum: sympy.Expr


@dataclass(frozen=True)
class BestStationary:
    """The best momentum at h = 1/L in both forms; ``best`` is the one with the smaller rate."""

    kappa: Number
    nesterov: StationaryChoice
    heavy_ball: StationaryChoice

    @property
    def best(self) -> StationaryChoice:
        """The choice with the smaller rate."""
        return min((self.nesterov, self.heavy_ball), key=lambda choice: choice.rate)

    @property
    def method(self) -> Stationary:
        """The best method, for L = 1."""
        return self.best.method

    @property
    def momentum(self) -> float:
        """Its momentum."""
        return self.best.momentum

    @property
    def rate(self) -> float:
        """Its rate ρ, a certified upper bound."""
        return self.best.rate

    @property
    def safe_momentum(self) -> sympy.Expr:
        """The momentum of Nesterov's form that is safe for every κ: 1/3."""
        return self.nesterov.safe_momentum


def best_stationary(kappa: object) -> BestStationary:
    """The momentum with the smallest switching rate at h = 1/L, and the one safe for every κ.

    Parameters
    ----------
    kappa : number, 0 < κ < 1
        ℓ/L. Gradient descent with h = 2/(L + ℓ) has the smaller rate (1 − κ)/(1 + κ), which no
        method with fixed coefficients beats.
    """
    value = positive(kappa, "kappa")
    if is_symbolic(value) or sign(1 - value) != 1:
        refuse_value("kappa", kappa, "must be a number in (0, 1)", "give ell/L")
    interval: tuple[Number, Number] = (
        value,
        1.0 if isinstance(value, float) else sympy.Integer(1),
    )
    third = sympy.Rational(1, 3)
    safe = (5 - sympy.sqrt(17)) / 4
    return BestStationary(
        value,
        _choice(True, interval, third),
        _choice(False, interval, safe),
    )


def _choice(ahead: bool, interval: tuple[Number, Number], safe: sympy.Expr) -> StationaryChoice:
    kappa = float(interval[0])
    found = optimize.minimize_scalar(
        lambda beta: _radius(beta, kappa, ahead),
        bounds=(0.0, 1.0),
        method="bounded",
        options={"xatol": 1e-12},
    )
    momentum = max(float(found.x), 0.0)
    method: Stationary = (
        Nesterov(1.0, momentum) if ahead else HeavyBall(1.0, momentum, first_step=1.0)
    )
    return StationaryChoice(method, momentum, circle_radius(method, interval)[1], safe)


def _radius(beta: float, kappa: float, ahead: bool) -> float:
    """The spectral radius on the upper half of the circle, in floats: z² − sz + p = 0."""
    angle = np.linspace(0.0, math.pi, 4001)
    point = (1 + kappa) / 2 + (1 - kappa) / 2 * np.exp(1j * angle)
    trace = (1 + beta) * (1 - point) if ahead else 1 + beta - point
    determinant = beta * (1 - point) if ahead else beta + 0 * point
    root = np.sqrt(trace * trace - 4 * determinant)
    return float(np.max(np.maximum(abs(trace + root), abs(trace - root))) / 2)
