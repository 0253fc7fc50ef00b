"""Averages of iterates as methods: uniform, exponential, schedule-free.

The average is one more point of the state, so every verb knows it. It is the *iterate* that is
averaged, and with it its tangent; an estimator that averages Jacobians is another thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as naturals

import sympy

from polyrates.core.methods.classical import GradientDescent
from polyrates.core.recurrence import Method, Stationary, as_method, is_stationary
from polyrates.core.transition import Scalar, Transition, output_row
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, count, is_exact, positive, real, sign, unify
from polyrates.ground.typeset import latex, with_values

__all__ = ["AveragedIterates", "ExponentialAverage", "ScheduleFree"]


def _averaging(inner: Transition[Scalar], weight: Scalar) -> Transition[Scalar]:
    """One step of a method, and x̄⁺ = (1 − w)x̄ + wx⁺ as the first point, which is read."""
    row, gain = output_row(inner)
    if type(weight) is int and weight == 1:
        first, loss = (0, *row), gain
    else:
        first = (1 - weight, *(each if _is_zero(each) else each * weight for each in row))
        loss = gain if _is_zero(gain) else gain * weight
    return Transition(
        query=(0, *inner.query),
        mixing=(first, *((0, *each) for each in inner.mixing)),
        gain=(loss, *inner.gain),
        output=(1, *(0 for _ in inner.gain)),
    )


def _is_zero(value: Scalar) -> bool:
    return type(value) is int and value == 0


@dataclass(frozen=True)
class Idle(Stationary, trusted=True):
    """x⁺ = x: what decays more slowly than every geometric sequence has its rate, 1."""

    @property
    def name(self) -> str:
        """Idle."""
        return "idle"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """None."""
        return ()

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """The point stays."""
        return Transition(query=(1,), mixing=((1,),), gain=(0,), output=(1,))


@dataclass(frozen=True)
class _Steady(Stationary, trusted=True):
    """The exponential average of a stationary method, which is one."""

    base: Stationary
    weight: Number

    @property
    def name(self) -> str:
        return f"exponential average of {self.base.name}"

    @property
    def parameters(self) -> tuple[Number, ...]:
        return (*self.base.parameters, self.weight)

    def first_transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        return _averaging(self.base.first_transition(number), number(self.weight))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        return _averaging(self.base.transition(number), number(self.weight))


@dataclass(frozen=True)
class AveragedIterates(Method, trusted=True):
    """x̄_t = (x_s + … + x_t)/(t − s + 1), the uniform average from step s on (Polyak, Juditsky).

    Before step s it is x_t itself. On quadratics P̄_t is the mean of P_s, …, P_t; as ΣP_k converges
    where the method does, it falls like 1/t: the asymptotic rate is 1. What it is for is noise.
    torch's ``AveragedModel`` is this, updated after every step, the start included where s = 0.

    Parameters
    ----------
    base : Method
    start : int ≥ 0
        s, the first iterate that counts.
    """

    sources = ("averaging",)

    base: Method
    start: int = 0

    def __post_init__(self) -> None:
        as_method(self.base, "base")
        object.__setattr__(self, "start", count(self.start, "start"))

    @property
    def name(self) -> str:
        """Averaged, and what."""
        since = f" from {self.start}" if self.start else ""
        return f"averaged {self.base.name}{since}"

    @property
    def horizon(self) -> int | None:
        """The base method's."""
        return self.base.horizon

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The base method's."""
        return self.base.parameters

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """The base method's."""
        return self.base.named_parameters

    @property
    def limits(self) -> tuple[Stationary, ...]:
        """1, or what the base method does where it diverges."""
        if isinstance(self.base, Stationary) and is_stationary(self.base):
            return (Idle(), self.base)
        return ()

    def _latex(self) -> str:
        count_of = rf"t - {self.start} + 1" if self.start else "t + 1"
        rule = rf"\bar{{x}}_{{t}} = \frac{{1}}{{{count_of}}} \sum_{{k={self.start}}}^{{t}} x_{{k}}"
        return rf"{rule}, \quad x_{{k}} \text{{ of }} \; {latex(self.base)}"

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The average, then the state of the base method."""
        one = number(sympy.Integer(1))
        for t, inner in enumerate(self.base.transitions(number), start=1):
            seen = t - self.start
            share: Scalar = 1 if seen <= 0 else one / number(sympy.Integer(seen + 1))
            yield _averaging(inner, share)


@dataclass(frozen=True)
class ExponentialAverage(Method, trusted=True):
    """x̄_{t+1} = d·x̄_t + (1 − d)x_{t+1}, x̄_0 = x_0: the moving average of a method's iterates.

    torch's ``get_ema_multi_avg_fn(d)`` and ``optax.incremental_update(…, 1 − d)`` after every step.
    Of a stationary method it is stationary: its rate is the larger of d and the method's.

    Parameters
    ----------
    base : Method
    decay : number, 0 ≤ decay < 1
        d.
    """

    sources = ("exponential-average",)

    base: Method
    decay: Number

    def __init__(self, base: Method, decay: object) -> None:
        as_method(base, "base")
        d = real(decay, "decay")
        if sign(d) == -1 or sign(1 - d) in (-1, 0):
            refuse_value("decay", decay, "must satisfy 0 ≤ decay < 1", "give for instance 9/10")
        unify(*base.parameters, d)
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "decay", d)

    @property
    def name(self) -> str:
        """Exponential average, and of what."""
        return f"exponential average of {self.base.name}"

    @property
    def horizon(self) -> int | None:
        """The base method's."""
        return self.base.horizon

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The base method's, then d."""
        return (*self.base.parameters, self.decay)

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """The base method's, then the decay."""
        return (*self.base.named_parameters, ("decay", self.decay))

    @property
    def limits(self) -> tuple[Stationary, ...]:
        """Itself, of a stationary method."""
        if isinstance(self.base, Stationary) and is_stationary(self.base):
            return (_Steady(self.base, 1 - self.decay),)
        return ()

    def _latex(self) -> str:
        rule = r"\bar{x}_{t+1} = d \bar{x}_{t} + \left(1 - d\right) x_{t+1}"
        shown = with_values(rule, ("d", self.decay))
        return rf"{shown}, \quad x_{{t}} \text{{ of }} \; {latex(self.base)}"

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The average, then the state of the base method."""
        weight = number(1 - self.decay)
        for inner in self.base.transitions(number):
            yield _averaging(inner, weight)


@dataclass(frozen=True)
class ScheduleFree(Method, trusted=True):
    """y = (1−β)z + βx, z⁺ = z − h∇f(y), x⁺ = (1−c)x + cz⁺, c = 1/(t+1) (Defazio et al. 2024).

    x is read, the point at which the model is evaluated; training code holds y. β = 0 is the
    uniform average of gradient descent's iterates (without x_0), β = 1 primal averaging. From
    z_0 = x_0, so x_1 = z_1, as in the authors' code and ``optax.contrib.schedule_free_sgd``.
    For |1 − (1−β)hλ| < 1, z follows −βx/(1−β) and x falls like t^{−1/(1−β)}: the rate is 1.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ.
    beta : number, 0 ≤ beta ≤ 1
        β; None is 9/10.
    """

    sources = ("schedule-free",)

    step: Number
    beta: Number

    def __init__(self, step: object, beta: object = None) -> None:
        h = positive(step, "step")
        nine: Number = sympy.Rational(9, 10) if is_exact(h) else 0.9
        h, b = unify(h, nine if beta is None else real(beta, "beta"))
        if sign(b) == -1 or sign(1 - b) == -1:
            refuse_value("beta", beta, "must satisfy 0 ≤ beta ≤ 1", "give for instance 9/10")
        object.__setattr__(self, "step", h)
        object.__setattr__(self, "beta", b)

    @property
    def name(self) -> str:
        """Schedule-free gradient descent."""
        return "schedule-free"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h, β)."""
        return (self.step, self.beta)

    @property
    def limits(self) -> tuple[Stationary, ...]:
        """1, or what z does for a fixed x where that diverges."""
        rest = (1 - self.beta) * self.step
        return (Idle(), GradientDescent(rest)) if sign(rest) == 1 else ()

    def _latex(self) -> str:
        rule = (
            r"y_{t} = \left(1 - \beta\right) z_{t} + \beta x_{t}, \quad "
            r"z_{t+1} = z_{t} - h \nabla f\left(y_{t}\right), \quad "
            r"x_{t+1} = \frac{t}{t + 1} x_{t} + \frac{1}{t + 1} z_{t+1}"
        )
        return with_values(rule, ("h", self.step), (r"\beta", self.beta))

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, (z, x)."""
        one, h, beta = number(sympy.Integer(1)), number(self.step), number(self.beta)
        query = (1 - beta, beta)
        yield Transition(query, ((1, 0), (1, 0)), (h, h), (0, 1))
        for t in naturals(1):
            c = one / number(sympy.Integer(t + 1))
            yield Transition(query, ((1, 0), (c, 1 - c)), (h, c * h), (0, 1))
