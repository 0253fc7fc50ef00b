"""Quasi-hyperbolic momentum (Ma and Yarats 2019), a method of a user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polyrates as pr
from polyrates.core.methods.catalogue import Entry, register
from polyrates.ground.drawing import Look


@dataclass(frozen=True)
class QuasiHyperbolic(pr.Stationary):
    """x⁺ = x − α((1 − ν)g + νv⁺), v⁺ = βv + (1 − β)g on (x, x − ανβ/(1 − β) v)."""

    alpha: Any
    beta: Any
    nu: Any

    name = "quasi-hyperbolic"

    @property
    def parameters(self) -> tuple[Any, ...]:
        return (self.alpha, self.beta, self.nu)

    def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
        alpha, beta, nu = map(number, self.parameters)
        mixing = ((beta, 1 - beta), (0, 1))
        return pr.Transition((1, 0), mixing, (alpha * (1 - nu * beta), alpha), (1, 0))


ENTRY = Entry(
    "quasi-hyperbolic",
    "quasi-hyperbolic momentum",
    "quasi-hyperbolic",
    lambda ell, L, given: QuasiHyperbolic(1 / L, given.get("beta", 0 * L + 1) / 2, 1 + 0 * L),
    options=("beta",),
    update=r"x_{t+1} = x_t + m (x_t - z_t) - h\,\nabla f(x_t)",
    about="beta: half of it is averaged",
    look=Look("#AA4499", (0, (9, 2))),
    kind=QuasiHyperbolic,
    planned="quasi-hyperbolic",
)


def add() -> None:
    """Tell the catalogue."""
    register(ENTRY)
