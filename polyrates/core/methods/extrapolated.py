"""Nesterov's method read at the extrapolated point, which is what deep-learning libraries hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from polyrates.core.recurrence import Stationary
from polyrates.core.transition import Transition
from polyrates.ground.numbers import Number, positive, real, unify
from polyrates.ground.typeset import with_values

__all__ = ["ExtrapolatedNesterov"]


@dataclass(frozen=True)
class ExtrapolatedNesterov(Stationary, trusted=True):
    """x⁺ = y − h∇f(y), y⁺ = x⁺ + m(x⁺ − x): Nesterov's method, its output y.

    The parameters of torch.optim.SGD(lr, momentum, nesterov=True) and of optax.sgd are y: with the
    buffer v = (x − x⁺)/h both do v⁺ = mv + g, y⁺ = y − h(g + mv⁺) (Sutskever et al. 2013). From
    y_0 = x_0. The residual polynomial is y's; :class:`Nesterov` is the same run read at x.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ: ``lr``.
    momentum : number
        m.
    """

    step: Number
    momentum: Number

    def __init__(self, step: object, momentum: object) -> None:
        h, m = unify(positive(step, "step"), real(momentum, "momentum"))
        object.__setattr__(self, "step", h)
        object.__setattr__(self, "momentum", m)

    @property
    def name(self) -> str:
        """Nesterov, extrapolated."""
        return "Nesterov, extrapolated"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(h, m)."""
        return (self.step, self.momentum)

    def _latex(self) -> str:
        rule = (
            r"x_{t+1} = y_{t} - h \nabla f\left(y_{t}\right), \quad "
            r"y_{t+1} = x_{t+1} + m \left(x_{t+1} - x_{t}\right)"
        )
        return with_values(rule, ("h", self.step), ("m", self.momentum))

    def transition(self, number: Callable[[Number], Any]) -> Transition[Any]:
        """Two points, (y, x); the gradient is taken at y."""
        h, m = number(self.step), number(self.momentum)
        return Transition(
            query=(1, 0), mixing=((m + 1, -m), (1, 0)), gain=(h * (m + 1), h), output=(1, 0)
        )
