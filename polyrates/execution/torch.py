"""PyTorch: a method as a ``torch.optim`` optimizer.

Tensors also run through :func:`polyrates.run`, differentiably; this form is for training loops that
own their parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import torch

from polyrates.core.recurrence import Method, as_method
from polyrates.core.transition import Transition, advance, combine
from polyrates.ground.errors import HorizonError, described, refuse_value
from polyrates.ground.numbers import floating

__all__ = ["Recurrence"]
V = TypeVar("V")


def _constant(value: torch.Tensor, _: object) -> torch.Tensor:
    return value


class Recurrence(torch.optim.Optimizer):  # type: ignore[misc]
    """A method, its coefficients and its state of a few tensors a parameter.

    The gradient is taken where the parameters are, so *between steps the parameters are the query
    points* Σ c_i s_i of the method: its iterates for gradient descent, heavy ball and Chebyshev's
    method. For Nesterov's and Sobolev the output is another point: ``with optimizer.outputs():``
    puts it into the parameters for an evaluation and takes it out again.

    Parameters
    ----------
    params : iterable of tensors, or of parameter groups
        All are stepped alike: one method for the one vector that they make up.
    method : Method
        With or without a horizon; past it ``step`` raises HorizonError.
    """

    def __init__(self, params: Iterable[object], method: Method) -> None:
        self.method = as_method(method)
        self._walk: Iterator[Transition[float]] = self.method.transitions(floating)
        self._here: Transition[float] | None = next(self._walk, None)
        self._last: Transition[float] | None = None
        self._done = 0
        super().__init__(params, {})

    def _parameters(self) -> list[torch.Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def step(self, closure: Callable[[], V] | None = None) -> V | None:
        """One step from the gradients in ``.grad``; the closure, if any, computes them first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        transition = self._here
        if transition is None:
            raise HorizonError(
                "step",
                self._done + 1,
                f"{self.method.name} has {self._done} steps",
                "build the method for the longer horizon, or use an anytime method",
            )
        self._last, self._here = transition, next(self._walk, None)
        self._done += 1
        query = transition.output if self._here is None else self._here.query
        with torch.no_grad():
            for p in self._parameters():
                if p.grad is None:
                    refuse_value(
                        "params",
                        described("a parameter without .grad"),
                        "takes no part in the loss",
                        "call backward() first, or leave it out: the method needs ∇f whole",
                    )
                memory = self.state[p]
                n = len(transition.gain)
                before = [memory[f"point_{i}"] for i in range(n)] if memory else [p.clone()] * n
                points = advance(transition, tuple(before), partial(_constant, p.grad))
                for i, point in enumerate(points):
                    # a point may be the tensor of another one, but never the parameter itself
                    memory[f"point_{i}"] = point
                memory["done"] = self._done
                p.copy_(combine(query, points))
        return loss

    @contextmanager
    def outputs(self) -> Iterator[None]:
        """Inside, the parameters are x_t, the method's output."""
        if self._last is None:
            yield
            return
        saved = [p.detach().clone() for p in self._parameters()]
        with torch.no_grad():
            for p in self._parameters():
                memory = self.state[p]
                points = [memory[f"point_{i}"] for i in range(len(self._last.output))]
                p.copy_(combine(self._last.output, points))
        try:
            yield
        finally:
            with torch.no_grad():
                for p, old in zip(self._parameters(), saved, strict=True):
                    p.copy_(old)

    def load_state_dict(self, state_dict: dict[str, object]) -> None:
        """Continue a saved run: the state, and the place among the method's coefficients."""
        super().load_state_dict(state_dict)
        done = max((int(memory["done"]) for memory in self.state.values() if memory), default=0)
        self._walk = self.method.transitions(floating)
        self._last, self._here = None, next(self._walk, None)
        for _ in range(done):
            self._last, self._here = self._here, next(self._walk, None)
        self._done = done
