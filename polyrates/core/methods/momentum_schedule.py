"""Momentum with a rate of its own for every step, in torch's convention: the velocity is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy

from polyrates.core.recurrence import Method
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.abridged import abridged
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import (
    Number,
    floating,
    is_exact,
    is_symbolic,
    numbers,
    real,
    sign,
    unify,
)
from polyrates.ground.typeset import Shortened, with_values

__all__ = ["MomentumSchedule"]


@dataclass(frozen=True)
class MomentumSchedule(Method, trusted=True):
    """v⁺ = m_tv + (1 − τ)g, x⁺ = x − h_tv⁺, with v_1 = g_0: torch.optim.SGD and optax.sgd.

    With ``nesterov`` x⁺ = x − h_t(g + m_tv⁺). The velocity is a point of the state, w = x − cv with
    the largest rate as c: rates of zero and of any ratio are as good as others, where
    :class:`Tabulated` would have to divide by them.

    Parameters
    ----------
    lrs : sequence of numbers
        h_t, one a step; zeros too.
    momentum : number, or a sequence as long as lrs
        m_t.
    dampening : number
        τ; the first gradient counts in full.
    nesterov : bool
    """

    sources = ("deep-momentum",)

    rates: tuple[Number, ...]
    momenta: tuple[Number, ...]
    dampening: Number
    nesterov: bool

    def __init__(
        self, lrs: object, momentum: object, dampening: object = 0, nesterov: object = False
    ) -> None:
        h = numbers(lrs, "lrs")
        if not h:
            refuse_value("lrs", lrs, "must not be empty", "give at least one rate")
        m = momenta_of(momentum, len(h))
        if not isinstance(nesterov, bool):
            refuse_type("nesterov", nesterov, "must be True or False", "give a bool")
        *flat, damp = unify(*h, *m, real(dampening, "dampening"))
        if nesterov and sign(damp) != 0:
            refuse_value("dampening", dampening, "nesterov has none, as in torch", "give 0")
        size = len(h)
        object.__setattr__(self, "rates", tuple(flat[:size]))
        object.__setattr__(self, "momenta", tuple(flat[size:]))
        object.__setattr__(self, "dampening", damp)
        object.__setattr__(self, "nesterov", nesterov)

    def __repr__(self) -> str:
        return abridged(self)

    @property
    def name(self) -> str:
        """Scheduled momentum."""
        return "scheduled momentum, Nesterov's" if self.nesterov else "scheduled momentum"

    @property
    def horizon(self) -> int:
        """The number of rates given."""
        return len(self.rates)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """Rates, momenta, τ."""
        return (*self.rates, *self.momenta, self.dampening)

    def _latex(self) -> str:
        step = r"g_{t} + m_{t} v_{t+1}" if self.nesterov else "v_{t+1}"
        step = rf"h_{{t}} \left({step}\right)" if self.nesterov else rf"h_{{t}} {step}"
        damped = sign(self.dampening) != 0
        share = r"\left(1 - \tau\right) " if damped else ""
        rule = (
            rf"v_{{t+1}} = m_{{t}} v_{{t}} + {share}g_{{t}}, \quad x_{{t+1}} = x_{{t}} - {step}, "
            rf"\quad g_{{t}} = \nabla f\left(x_{{t}}\right), \quad v_{{1}} = g_{{0}}, "
            rf"\quad t < {self.horizon}"
        )
        rows: list[tuple[str, object]] = [
            ("h", Shortened(self.rates)),
            ("m", Shortened(self.momenta)),
        ]
        rows += [(r"\tau", self.dampening)] if damped else []
        return with_values(rule, *rows)

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, (x, w)."""
        zero: Number = sympy.Integer(0) if is_exact(self.dampening) else 0.0
        moving = [rate for rate in self.rates if sign(rate) != 0] or [zero + 1]
        symbols = any(map(is_symbolic, moving))
        c = number(moving[0] if symbols else max(map(abs, moving), key=floating))
        full = number(zero + 1)
        for t, (rate, momentum) in enumerate(zip(self.rates, self.momenta, strict=True)):
            h, m = number(rate), number(momentum)
            plain = sign(momentum) == 0  # torch then ignores the dampening
            share = full if t == 0 or plain else full - number(self.dampening)
            ahead = m if self.nesterov else full
            # v = (x − w)/c; x loses h(ahead·v⁺ [+ g]), w what x loses and c·v⁺ beside
            kept = number(zero) if t == 0 else m / c
            x_lost, w_lost = h * ahead * kept, (h * ahead + c) * kept
            x_gain = h * ahead * share + (h if self.nesterov else number(zero))
            yield Transition(
                query=(1, 0),
                mixing=((full - x_lost, x_lost), (full - w_lost, w_lost)),
                gain=(x_gain, x_gain + c * share),
                output=(1, 0),
            )


def momenta_of(momentum: object, size: int) -> tuple[Number, ...]:
    """One number for every step, or one for each."""
    if isinstance(momentum, (list, tuple)) or getattr(momentum, "shape", ()) != ():
        m = numbers(momentum, "momentum")
        if len(m) != size:
            refuse_value("momentum", m, f"has {len(m)} entries", f"give {size}, one a step")
        zeros = [sign(each) == 0 for each in m]
        if any(zeros) and not all(zeros):
            refuse_value("momentum", m, "torch skips the velocity where it is 0", "give tiny ones")
        return m
    return (real(momentum, "momentum"),) * size
