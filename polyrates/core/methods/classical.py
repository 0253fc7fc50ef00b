"""The named methods: gradient descent, heavy ball, Nesterov, Chebyshev, Gegenbauer.

Conventions of every ``tuned`` constructor: the spectrum lies in [ℓ, L], κ = ℓ/L,
ξ = (1 − √κ)/(1 + √κ). Square roots stay one extension, √(ℓL):
ξ = (L + ℓ − 2√(ℓL))/(L − ℓ).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy

from polyrates.core.methods.accelerated import FISTA
from polyrates.core.methods.extrapolated import ExtrapolatedNesterov
from polyrates.core.methods.gegenbauer_steps import gegenbauer_transitions
from polyrates.core.recurrence import Method, Stationary
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition, momentum_step
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import (
    Number,
    is_exact,
    number,
    positive,
    real,
    sign,
    square_root,
    unify,
)
from polyrates.ground.typeset import with_values

__all__ = ["Chebyshev", "Gegenbauer", "GradientDescent", "HeavyBall", "Nesterov"]


def _set(instance: object, **fields: object) -> None:
    """Fill in a frozen dataclass whose constructor validates."""
    for name, value in fields.items():
        object.__setattr__(instance, name, value)


def _strongly_convex(ell: object, L: object) -> tuple[Number, Number]:
    low, high = check_hull(ell, L)
    positive(low, "ell")
    return low, high


def contraction(ell: Number, L: Number) -> Number:
    """ξ, free of cancellation in floats and of nested radicals in exact numbers."""
    if is_exact(ell):
        return sympy.expand((L + ell - 2 * square_root(ell * L)) / (L - ell))
    return (L - ell) / (square_root(L) + square_root(ell)) ** 2


@dataclass(frozen=True)
class GradientDescent(Stationary, trusted=True):
    """x⁺ = x − h∇f(x), so P_t(λ) = (1 − hλ)^t.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ.
    """

    sources = ("curse",)

    step: Number

    def __init__(self, step: object) -> None:
        _set(self, step=positive(step, "step"))

    @classmethod
    def large(cls, ell: object, L: object) -> GradientDescent:
        """h = 2/(L + ℓ), the step with the best rate for the iterates."""
        low, high = check_hull(ell, L)
        return cls(2 / (high + low))

    @classmethod
    def short(cls, ell: object, L: object) -> GradientDescent:
        """h = 1/L."""
        _, high = check_hull(ell, L)
        return cls(1 / high)

    @classmethod
    def flat(cls, ell: object, L: object) -> GradientDescent:
        """h = √2/L, the largest step for which max over [0, L] of |P − λP′| never exceeds one."""
        _, high = check_hull(ell, L)
        return cls(square_root(number(2) if is_exact(high) else 2.0) / high)

    @property
    def name(self) -> str:
        """Gradient descent."""
        return "gradient descent"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h,)."""
        return (self.step,)

    @property
    def made_for(self) -> tuple[Number, Number]:
        """[0, 2/h], where |1 − hλ| ≤ 1."""
        return self.step * 0, 2 / self.step

    def _latex(self) -> str:
        rule = r"x_{t+1} = x_{t} - h \nabla f\left(x_{t}\right)"
        return with_values(rule, ("h", self.step))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """One point, one step."""
        return Transition(query=(1,), mixing=((1,),), gain=(number(self.step),), output=(1,))


@dataclass(frozen=True)
class HeavyBall(Stationary, trusted=True):
    """x⁺ = x + m(x − x₋) − h∇f(x) (Polyak 1964); the first step is a gradient step of its own.

    For a spectrum in [ℓ, L]: ``HeavyBall.tuned(ell, L)``.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ.
    momentum : number
        m; with ``first_step=None`` it must not be −1.
    first_step : number > 0, optional
        The step from x_0 to x_1; None is h/(1 + m), the choice under which
        P_t = m^{t/2}(2m/(1+m) T_t(σ) + (1−m)/(1+m) U_t(σ)), σ = (1 + m − hλ)/(2√m).
    """

    sources = ("polyak", "curse")

    step: Number
    momentum: Number
    first_step: Number

    def __init__(self, step: object, momentum: object, first_step: object = None) -> None:
        h, m = unify(positive(step, "step"), real(momentum, "momentum"))
        if first_step is None:
            if sign(1 + m) == 0:
                refuse_value(
                    "momentum",
                    momentum,
                    "the default first step h/(1+m) is infinite",
                    "give first_step",
                )
            first = positive(h / (1 + m), "first_step")
        else:
            first = positive(first_step, "first_step")
        h, m, first = unify(h, m, first)
        _set(self, step=h, momentum=m, first_step=first)

    @classmethod
    def tuned(cls, ell: object, L: object) -> HeavyBall:
        """h = (2/(√L + √ℓ))², m = ξ²: the asymptotically best stationary method on [ℓ, L]."""
        low, high = _strongly_convex(ell, L)
        root = square_root(low * high)
        if is_exact(low):
            step = sympy.expand(4 * (high + low - 2 * root) / (high - low) ** 2)
            momentum = sympy.expand(contraction(low, high) ** 2)
            first = 2 / (high + low)  # h/(1+m), without radicals
        else:
            step = 4 / (square_root(high) + square_root(low)) ** 2
            momentum = contraction(low, high) ** 2
            first = 2 / (high + low)
        return cls(step, momentum, first)

    @classmethod
    def torch(cls, lr: object, momentum: object, dampening: object = 0) -> HeavyBall:
        """torch.optim.SGD(lr, momentum, dampening) and optax.sgd(lr, momentum), step for step.

        v⁺ = mv + (1 − τ)g, x⁺ = x − lr·v⁺ with v_1 = g_0 undampened: h = (1 − τ)lr, first step lr.
        torch ignores a dampening τ without momentum.
        """
        rate, m, damp = unify(
            positive(lr, "lr"), real(momentum, "momentum"), real(dampening, "dampening")
        )
        if sign(m) != 0 and sign(1 - damp) in (0, -1):
            refuse_value("dampening", dampening, "must be < 1: no gradient is left", "lower it")
        return cls(rate if sign(m) == 0 else (1 - damp) * rate, m, rate)

    @property
    def name(self) -> str:
        """Heavy ball."""
        return "heavy ball"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h, m, first step)."""
        return (self.step, self.momentum, self.first_step)

    @property
    def made_for(self) -> tuple[Number, Number] | None:
        """((1 ∓ √m)²/h), 0 < m < 1: that of ``tuned``, where the errors fall like √m."""
        if sign(self.momentum) != 1 or sign(1 - self.momentum) != 1:
            return None
        root = square_root(self.momentum)
        return (1 - root) ** 2 / self.step, (1 + root) ** 2 / self.step

    def _latex(self) -> str:
        rule = r"x_{t+1} = x_{t} + m \left(x_{t} - x_{t-1}\right) - h \nabla f\left(x_{t}\right)"
        return with_values(rule, ("h", self.step), ("m", self.momentum), ("h_{0}", self.first_step))

    def first_transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """x_1 = x_0 − first_step ∇f(x_0)."""
        return momentum_step(number(self.first_step), number(self.momentum))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """Two points, (x, x₋)."""
        return momentum_step(number(self.step), number(self.momentum))


@dataclass(frozen=True)
class Nesterov(Stationary, trusted=True):
    """y = x + m(x − x₋), x⁺ = y − h∇f(y) (Nesterov 1983); the residual polynomial is x's.

    For a spectrum in [ℓ, L]: ``Nesterov.tuned(ell, L)``.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ.
    momentum : number
        m. The first step has x₋ = x_0.
    """

    sources = ("nesterov",)

    step: Number
    momentum: Number

    def __init__(self, step: object, momentum: object) -> None:
        h, m = unify(positive(step, "step"), real(momentum, "momentum"))
        _set(self, step=h, momentum=m)

    @classmethod
    def tuned(cls, ell: object, L: object) -> Nesterov:
        """h = 1/L, m = (1 − √κ)/(1 + √κ)."""
        low, high = _strongly_convex(ell, L)
        return cls(1 / high, contraction(low, high))

    @staticmethod
    def torch(lr: object, momentum: object) -> ExtrapolatedNesterov:
        """torch.optim.SGD(lr, momentum, nesterov=True) and optax.sgd's, step for step.

        They hold the extrapolated point y where this class gives x; the gradients are the same.
        """
        return ExtrapolatedNesterov(lr, momentum)

    @staticmethod
    def convex(step: object) -> FISTA:
        """Without ℓ: y_{t+1} = x_{t+1} + t/(t+3)(x_{t+1} − x_t), the schedule of convex functions.

        It is the rational schedule of :class:`~polyrates.core.methods.accelerated.FISTA`, a = 2.
        """
        return FISTA(step, 2)

    @property
    def name(self) -> str:
        """Nesterov."""
        return "Nesterov"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h, m)."""
        return (self.step, self.momentum)

    @property
    def made_for(self) -> tuple[Number, Number] | None:
        """[((1 − m)/(1 + m))²/h, 1/h], 0 < m < 1: that of ``tuned``."""
        if sign(self.momentum) != 1 or sign(1 - self.momentum) != 1:
            return None
        root = (1 - self.momentum) / (1 + self.momentum)
        return root**2 / self.step, 1 / self.step

    def _latex(self) -> str:
        rule = (
            r"y_{t} = x_{t} + m \left(x_{t} - x_{t-1}\right), \quad "
            r"x_{t+1} = y_{t} - h \nabla f\left(y_{t}\right)"
        )
        return with_values(rule, ("h", self.step), ("m", self.momentum))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """Two points; the gradient is taken at the extrapolated one."""
        momentum = number(self.momentum)
        return momentum_step(number(self.step), momentum, momentum)


_SIGMA = r"\sigma(\lambda) = \frac{2\lambda - L - \ell}{L - \ell}"


@dataclass(frozen=True)
class Chebyshev(Method, trusted=True):
    """P_t(λ) = T_t(m(λ))/T_t(m(0)): the smallest max |P| on [ℓ, L] (Flanders and Shortley 1950).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval; m(λ) = (2λ − L − ℓ)/(L − ℓ).
    """

    sources = ("flanders-shortley", "curse")

    ell: Number
    L: Number

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        _set(self, ell=low, L=high)

    @property
    def name(self) -> str:
        """Chebyshev."""
        return "Chebyshev"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L)."""
        return (self.ell, self.L)

    def _latex(self) -> str:
        rule = (
            r"P_{t}(\lambda) = \frac{T_{t}\left(\sigma(\lambda)\right)}"
            rf"{{T_{{t}}\left(\sigma(0)\right)}}, \quad {_SIGMA}"
        )
        return with_values(rule, (r"\ell", self.ell), ("L", self.L))

    @property
    def limit_interval(self) -> tuple[Number, Number]:
        """[ℓ, L]."""
        return (self.ell, self.L)

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, a momentum that grows to ξ²."""
        zero: Number = sympy.Integer(0) if is_exact(self.ell) else 0.0
        return gegenbauer_transitions(self.ell, self.L, zero, number)


@dataclass(frozen=True)
class Gegenbauer(Method, trusted=True):
    """P_t(λ) = C_t^α(m(λ))/C_t^α(m(0)), orthogonal for (1 − x²)^{α − ½} (DLMF 18.3).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    alpha : number > −½
        α = 0 is Chebyshev's method, ½ Legendre's, 1 the second kind.
    """

    sources = ("dlmf", "average-case")

    ell: Number
    L: Number
    alpha: Number

    def __init__(self, ell: object, L: object, alpha: object) -> None:
        low, high, a = unify(*check_hull(ell, L), real(alpha, "alpha"))
        if sign(2 * a + 1) in (-1, 0):
            refuse_value("alpha", alpha, "must be > −1/2", "give a larger alpha")
        _set(self, ell=low, L=high, alpha=a)

    @property
    def name(self) -> str:
        """Gegenbauer."""
        return "Gegenbauer"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L, α)."""
        return (self.ell, self.L, self.alpha)

    def _latex(self) -> str:
        rule = (
            r"P_{t}(\lambda) = \frac{C_{t}^{(\alpha)}\left(\sigma(\lambda)\right)}"
            rf"{{C_{{t}}^{{(\alpha)}}\left(\sigma(0)\right)}}, \quad {_SIGMA}"
        )
        return with_values(rule, (r"\ell", self.ell), ("L", self.L), (r"\alpha", self.alpha))

    @property
    def limit_interval(self) -> tuple[Number, Number]:
        """[ℓ, L]."""
        return (self.ell, self.L)

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, the momentum from the three-term recurrence."""
        return gegenbauer_transitions(self.ell, self.L, self.alpha, number)
