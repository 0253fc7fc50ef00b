"""Conjugate gradients: a linear solver whose coefficients the problem chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from polyrates.core.recurrence import Method
from polyrates.core.transition import Transition
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number

__all__ = ["ConjugateGradient"]


@dataclass(frozen=True)
class ConjugateGradient(Method, trusted=True):
    """The smallest energy norm ‖x_t − x*‖_H of all methods with x_t − x* = P_t(H)(x_0 − x*).

    Hestenes and Stiefel 1952. P_t belongs to the problem and its start, so no rate is known for it
    alone: on [ℓ, L] the energy norm falls by 1/|T_t(m₀)| at least, the 2-norm by that times √(L/ℓ).
    It is the usual inner solver of implicit differentiation,
    ``pr.Implicit(pr.ConjugateGradient(), k)``, of use too as a method of its own on quadratics:
    ``pr.run`` and ``pr.differentiate`` take it, one gradient a step.

    Unrolled, its step sizes depend on θ and are differentiated too. Never stop the gradient through
    them: with frozen steps the error is P_t′(H)D, which at t = d, where x_t and the full derivative
    are exact, is 2.6e7 for 8 geometric eigenvalues at κ = .01.
    """

    sources = ("conjugate-gradients",)
    adaptive = True

    @property
    def name(self) -> str:
        """Conjugate gradients."""
        return "conjugate gradients"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """None."""
        return ()

    points = 4
    """Arrays that a step holds: x, the gradient, the direction and its product with H."""

    @property
    def state_size(self) -> int:
        """Its points."""
        return self.points

    def transitions(self, number: Callable[[Number], Any]) -> Iterator[Transition[Any]]:
        """Refused: the coefficients are not known before the run."""
        refuse_value(
            "method",
            self.name,
            "its coefficients depend on the problem, so it has no polynomial of its own",
            "run it (pr.run, pr.differentiate), or analyze pr.Chebyshev(ell, L): conjugate "
            "gradients lose at most a factor sqrt(L/ell) against its bound",
        )

    def _latex(self) -> str:
        return (
            r"x_{t} = \operatorname*{argmin}_{x \in x_{0} + K_{t}(H, g_{0})} "
            r"\left\lVert x - x_{\star} \right\rVert_{H}"
        )
