"""Lookahead: k steps of any method, one step back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polyrates.core.recurrence import Method, as_method
from polyrates.core.transition import Scalar, Transition, output_row
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, real, unify
from polyrates.ground.typeset import latex, with_values

__all__ = ["Lookahead"]


@dataclass(frozen=True)
class Lookahead(Method, trusted=True):
    """Every k steps φ⁺ = φ + α(x − φ) and x⁺ = φ⁺, x the fast iterate of a method (Zhang 2019).

    t counts the steps of the method and x is read, the fast weights, which equal the slow ones φ at
    multiples of k; ``optax.lookahead(fast, k, α, reset)``. At such a step every point of the
    method's state moves by φ⁺ − x, which keeps its velocity; with ``reset`` the method begins anew.
    Around gradient descent P_k = 1 − α + α(1 − hλ)^k.

    Parameters
    ----------
    base : Method
    period : int ≥ 1
        k.
    share : number
        α, usually ½.
    reset : bool
        Whether the method begins anew at φ.
    """

    sources = ("lookahead",)

    base: Method
    period: int
    share: Number
    reset: bool

    def __init__(self, base: Method, period: object, share: object, reset: object = False) -> None:
        as_method(base, "base")
        if not isinstance(reset, bool):
            refuse_type("reset", reset, "must be True or False", "give a bool")
        a = real(share, "share")
        unify(*base.parameters, a)
        k = count(period, "period", 1)
        if reset and base.horizon is not None and base.horizon < k:
            refuse_value("period", k, f"the method has {base.horizon} steps", "give a shorter one")
        for name, value in (("base", base), ("period", k), ("share", a), ("reset", reset)):
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """Lookahead, and around what."""
        return f"lookahead {self.period}, {self.base.name}"

    @property
    def horizon(self) -> int | None:
        """The base method's, where it does not begin anew."""
        return None if self.reset else self.base.horizon

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The base method's, then α."""
        return (*self.base.parameters, self.share)

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """The base method's, then the share."""
        return (*self.base.named_parameters, ("share", self.share))

    def _latex(self) -> str:
        rule = (
            r"\phi_{t+1} = x_{t+1} = \phi_{t} + \alpha \left(x_{t+1} - \phi_{t}\right) "
            rf"\text{{ where }} {self.period} \text{{ divides }} t + 1"
        )
        anew = r" \text{ (afresh from } \phi \text{)}" if self.reset else ""
        shown = with_values(rule, (r"\alpha", self.share))
        return rf"{shown}, \quad x \text{{ by }} \; {latex(self.base)}{anew}"

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The slow point φ, then the state of the method."""
        share = number(self.share)
        t = 0
        while True:
            for inner in self.base.transitions(number):
                t += 1
                synchronized = t % self.period == 0
                yield self._synchronized(inner, share) if synchronized else _apart(inner)
                if synchronized and self.reset:
                    break
            else:
                return

    def _synchronized(self, inner: Transition[Scalar], share: Scalar) -> Transition[Scalar]:
        """A step of the method, then φ⁺ = (1 − α)φ + αx and the state moved to it."""
        row, gain = output_row(inner)
        back = 1 - share
        slow, slow_gain = (back, *(share * each for each in row)), share * gain
        if self.reset:
            rows, gains = [slow] * len(row), [slow_gain] * len(row)
        else:
            rows = [
                (back, *(a - back * each for a, each in zip(points, row, strict=True)))
                for points in inner.mixing
            ]
            gains = [b - back * gain for b in inner.gain]
        return Transition(
            query=(0, *inner.query),
            mixing=(slow, *rows),
            gain=(slow_gain, *gains),
            output=(1, *(0 for _ in row)),
        )


def _apart(inner: Transition[Scalar]) -> Transition[Scalar]:
    """A step of the method beside the slow point."""
    return Transition(
        query=(0, *inner.query),
        mixing=((1, *(0 for _ in inner.gain)), *((0, *each) for each in inner.mixing)),
        gain=(0, *inner.gain),
        output=(0, *inner.output),
    )
