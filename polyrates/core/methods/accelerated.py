"""Accelerated methods with a schedule or an output of their own: FISTA, OGM, triple momentum."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as naturals

import sympy

from polyrates.core.recurrence import Method, Stationary
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition, momentum_step
from polyrates.ground.numbers import (
    Number,
    count,
    floating,
    is_exact,
    positive,
    real,
    square_root,
    unify,
)
from polyrates.ground.typeset import with_values

__all__ = ["FISTA", "OptimizedGradient", "TripleMomentum"]


@dataclass(frozen=True)
class TripleMomentum(Stationary, trusted=True):
    """ξ⁺ = ξ + β(ξ − ξ₋) − h∇f(ξ + γ(ξ − ξ₋)), x = ξ + δ(ξ − ξ₋), from ξ₋ = ξ = x_0.

    The two-point method with a momentum of its own for the step, the query and the output (Van
    Scoy, Freeman and Lynch 2018): γ = δ = 0 is heavy ball, γ = β and δ = 0 Nesterov. For a spectrum
    in [ℓ, L]: ``TripleMomentum.tuned(ell, L)``.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ.
    momentum, lookahead, extrapolation : numbers
        β, γ and δ.
    """

    sources = ("triple-momentum",)

    step: Number
    momentum: Number
    lookahead: Number
    extrapolation: Number

    def __init__(
        self, step: object, momentum: object, lookahead: object, extrapolation: object
    ) -> None:
        names = ("momentum", "lookahead", "extrapolation")
        given = zip((momentum, lookahead, extrapolation), names, strict=True)
        values = unify(positive(step, "step"), *(real(value, name) for value, name in given))
        for name, value in zip(("step", *names), values, strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def tuned(cls, ell: object, L: object) -> TripleMomentum:
        """ρ = 1 − √κ: h = (1+ρ)/L, β = ρ²/(2−ρ), γ = β/(1+ρ), δ = ρ²/(1−ρ²).

        On every smooth strongly convex function its error falls like ρ^t, the fastest known.
        """
        low, high = check_hull(ell, L)
        positive(low, "ell")
        r = square_root(low * high) / high  # √κ with one radical
        rho = 1 - r
        plain: tuple[Number, ...] = (
            (1 + rho) / high,
            rho**2 / (1 + r),
            rho**2 / ((1 + rho) * (1 + r)),
            rho**2 / (r * (1 + rho)),
        )
        return cls(*(sympy.radsimp(value) if is_exact(low) else value for value in plain))

    @property
    def name(self) -> str:
        """Triple momentum."""
        return "triple momentum"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h, β, γ, δ)."""
        return (self.step, self.momentum, self.lookahead, self.extrapolation)

    def _latex(self) -> str:
        rule = (
            r"\xi_{t+1} = \xi_{t} + \beta \left(\xi_{t} - \xi_{t-1}\right) - h \nabla f\left("
            r"\xi_{t} + \gamma \left(\xi_{t} - \xi_{t-1}\right)\right), \quad "
            r"x_{t} = \xi_{t} + \delta \left(\xi_{t} - \xi_{t-1}\right)"
        )
        letters = ("h", r"\beta", r"\gamma", r"\delta")
        return with_values(rule, *zip(letters, self.parameters, strict=True))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """Two points, (ξ, ξ₋)."""
        h, m, n, d = map(number, self.parameters)
        plain = momentum_step(h, m, n)
        return Transition(plain.query, plain.mixing, plain.gain, output=(d + 1, -d))


@dataclass(frozen=True)
class FISTA(Method, trusted=True):
    """x⁺ = y − h∇f(y), y = x + m_t(x − x₋), with momenta m_t that grow to 1.

    Beck and Teboulle 2009: m_t = (s_t − 1)/s_{t+1}, s_1 = 1, s_{t+1} = (1 + √(1 + 4s_t²))/2. With
    ``a`` the rational schedule s_t = (t + a − 1)/a of Chambolle and Dossal, m_t = (t − 1)/(t + a);
    a = 2 is Nesterov's for convex functions, y_{t+1} = x_{t+1} + t/(t+3)(x_{t+1} − x_t), also
    ``Nesterov.convex(step)``: then P_t(λ) = 2s^{t+1}p_t′(s)/(t(t+1)), s = √(1 − hλ), with the
    Legendre polynomials p_t (t ≥ 1).
    For 0 < hλ < 1 both roots of the limiting recurrence have the modulus √(1 − hλ), the rate.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ: 1/L.
    a : number > 0, optional
        None is Beck and Teboulle's schedule, whose nested square roots are computed in floats.
    """

    sources = ("fista", "chambolle-dossal")

    step: Number
    a: Number | None

    def __init__(self, step: object, a: object = None) -> None:
        h = positive(step, "step")
        if a is None:
            chosen: Number | None = None
            h = floating(h, "step")
        else:
            h, chosen = unify(h, positive(a, "a"))
        object.__setattr__(self, "step", h)
        object.__setattr__(self, "a", chosen)

    @property
    def inexact(self) -> tuple[str, str] | None:
        """Beck and Teboulle's schedule is."""
        if self.a is not None:
            return None
        return "its momenta are nested square roots", "give the rational schedule, FISTA(step, a=2)"

    @property
    def name(self) -> str:
        """FISTA, or that its schedule is another."""
        return "FISTA" if self.a is None else "FISTA, rational schedule"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h,) or (h, a)."""
        return (self.step,) if self.a is None else (self.step, self.a)

    @property
    def limits(self) -> tuple[Stationary, ...]:
        """Momentum 1."""
        one: Number = sympy.Integer(1) if is_exact(self.step) else 1.0
        return (TripleMomentum(self.step, one, one, one * 0),)

    def _latex(self) -> str:
        rule = (
            r"x_{t+1} = y_{t} - h \nabla f\left(y_{t}\right), \quad "
            r"y_{t} = x_{t} + m_{t} \left(x_{t} - x_{t-1}\right), \quad "
        )
        if self.a is not None:
            return with_values(
                rule + r"m_{t} = \frac{t - 1}{t + a}", ("h", self.step), ("a", self.a)
            )
        rule += (
            r"m_{t} = \frac{s_{t} - 1}{s_{t+1}}, \quad s_{1} = 1, \quad "
            r"s_{t+1} = \frac{1 + \sqrt{1 + 4 s_{t}^{2}}}{2}"
        )
        return with_values(rule, ("h", self.step))

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points; the first two steps have no momentum."""
        h = number(self.step)
        yield momentum_step(h, 0, 0)
        before = 1.0  # s_t
        for t in naturals(1):
            if self.a is None:
                after = (1 + math.sqrt(1 + 4 * before * before)) / 2
                m = number((before - 1) / after)
                before = after
            else:
                m = number(sympy.Integer(t - 1)) / (number(sympy.Integer(t)) + number(self.a))
            yield momentum_step(h, m, m)


@dataclass(frozen=True)
class OptimizedGradient(Method, trusted=True):
    """OGM: y⁺ = x − h∇f(x), x⁺ = y⁺ + (θ−1)/θ⁺ (y⁺ − y) + θ/θ⁺ (y⁺ − x), for N steps.

    θ_0 = 1, θ⁺ = (1 + √(1 + 4θ²))/2, in the last step (1 + √(1 + 8θ²))/2 (Drori and Teboulle 2014,
    Kim and Fessler 2016). With h = 1/L, f(x_N) − f(x*) ≤ L‖x_0 − x*‖²/(2θ_N²) for every convex
    L-smooth f, and no first-order method of N steps guarantees less in large dimensions. The
    coefficients are nested square roots, computed in floats.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ: 1/L.
    steps : int ≥ 1
        N, the horizon: the last step knows that it is the last.
    """

    sources = ("optimized-gradient", "performance-estimation")

    step: float
    steps: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", floating(positive(self.step, "step"), "step"))
        object.__setattr__(self, "steps", count(self.steps, "steps", 1))

    @property
    def inexact(self) -> tuple[str, str]:
        """Always."""
        return "its coefficients are nested square roots", "read residual_values, or a rate"

    @property
    def name(self) -> str:
        """Optimized gradient method."""
        return f"optimized gradient method, {self.steps} steps"

    @property
    def horizon(self) -> int:
        """N."""
        return self.steps

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h,)."""
        return (self.step,)

    def _latex(self) -> str:
        rule = (
            r"y_{t+1} = x_{t} - h \nabla f\left(x_{t}\right), \quad x_{t+1} = y_{t+1} + "
            r"\frac{\theta_{t} - 1}{\theta_{t+1}} \left(y_{t+1} - y_{t}\right) + "
            r"\frac{\theta_{t}}{\theta_{t+1}} \left(y_{t+1} - x_{t}\right), \quad "
            r"\theta_{0} = 1, \quad \theta_{t+1} = \frac{1 + \sqrt{1 + c_{t} \theta_{t}^{2}}}{2}, "
            rf"\quad c_{{t}} = 4, \; c_{{{self.steps - 1}}} = 8, \quad t < {self.steps}"
        )
        return with_values(rule, ("h", self.step))

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, (x, y)."""
        h, theta = number(self.step), 1.0
        for t in range(self.steps):
            factor = 4 if t < self.steps - 1 else 8
            after = (1 + math.sqrt(1 + factor * theta * theta)) / 2
            a, b = number((theta - 1) / after), number(theta / after)
            yield Transition(
                query=(1, 0), mixing=((a + 1, -a), (1, 0)), gain=((a + b + 1) * h, h), output=(1, 0)
            )
            theta = after
