"""One method after another, the second from a fresh state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.numbers import Number
from polyrates.ground.typeset import latex

__all__ = ["Restarted"]


@dataclass(frozen=True)
class Restarted(Method, trusted=True):
    """``start`` steps of ``head``, then ``tail`` from a fresh state at the head's last output.

    P_t = P^{head}_s P^{tail}_{t−s}. With ``Truncated(start)`` the tail alone is differentiated and
    (R, C) = (Q_k, Q_k′P_s), k = t − s: what a user does who solves first and then differentiates a
    fresh run.

    Parameters
    ----------
    head, tail : Method
    start : int ≥ 0
        s, the number of steps of the head.
    """

    head: Method
    tail: Method
    start: int

    def __post_init__(self) -> None:
        as_method(self.head, "head")
        as_method(self.tail, "tail")
        object.__setattr__(self, "start", check_steps(self.head, self.start, "start"))

    def _latex(self) -> str:
        return (
            rf"t \le {self.start}: \; {latex(self.head)}; \qquad "
            rf"\text{{afresh from }} t = {self.start}: \; {latex(self.tail)}"
        )

    @property
    def name(self) -> str:
        """Both names, and where the second starts."""
        return f"{self.head.name}, restarted as {self.tail.name} at {self.start}"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """Those of both methods."""
        return self.head.parameters + self.tail.parameters

    @property
    def horizon(self) -> int | None:
        """The start and the tail's horizon."""
        return None if self.tail.horizon is None else self.start + self.tail.horizon

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The head's, then the tail's; its first step reads every point as the head's output."""
        heads = list(islice(self.head.transitions(number), self.start))
        tails = self.tail.transitions(number)
        first = next(tails, None)
        size = max(len(heads[0].gain) if heads else 0, len(first.gain) if first is not None else 0)
        for each in heads:
            yield _padded(each, size)
        if first is None:
            return
        if heads:
            output = _padded(heads[-1], size).output
            rows = (output,) * size
            whole = _padded(first, size)
            yield Transition(output, rows, whole.gain, whole.output)
        else:
            yield _padded(first, size)
        for each in tails:
            yield _padded(each, size)


def _padded(step: Transition[Scalar], size: int) -> Transition[Scalar]:
    """The same step on a longer state, whose extra points copy the first and are never read."""
    extra = size - len(step.gain)
    if not extra:
        return step
    zeros = (0,) * extra
    rows = tuple((*row, *zeros) for row in step.mixing)
    return Transition(
        (*step.query, *zeros),
        rows + (rows[0],) * extra,
        step.gain + (step.gain[0],) * extra,
        (*step.output, *zeros),
    )
