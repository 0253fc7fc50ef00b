"""Conjugate gradients: a linear solver whose coefficients the problem chooses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from polyrates.core.measures.base import as_measure
from polyrates.core.methods.orthogonal import Orthogonal
from polyrates.core.recurrence import Method
from polyrates.core.spectra import as_spectrum
from polyrates.core.transition import Transition
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, count, floating, is_exact, positive

__all__ = ["ConjugateGradient"]


@dataclass(frozen=True)
class ConjugateGradient(Method, trusted=True):
    """The smallest energy norm ‖x_t − x*‖_H of all methods with x_t − x* = P_t(H)(x_0 − x*).

    Hestenes and Stiefel 1952. P_t belongs to the problem and its start, so no rate is known for it
    alone: on [ℓ, L] the energy norm falls by 1/|T_t(m₀)| at least, the 2-norm by that times √(L/ℓ).
    It is the usual inner solver of implicit differentiation,
    ``pr.Implicit(pr.ConjugateGradient(), k)``, of use too as a method of its own on quadratics:
    ``pr.run`` and ``pr.differentiate`` take it, one gradient a step. What is known: :meth:`on` a
    measure exactly, on an interval :meth:`bound`; the rows of a plan say which.

    Unrolled, its step sizes depend on θ and are differentiated too. Never stop the gradient through
    them: with frozen steps the error is P_t′(H)D, which at t = d, where x_t and the full derivative
    are exact, is 2.6e7 for 8 geometric eigenvalues at κ = .01.
    """

    sources = ("conjugate-gradients",)
    adaptive = True

    def on(self, measure: object) -> Orthogonal:
        """The method whose polynomials they have where ∇f(x_0)'s energy is spread as a measure.

        P_t minimizes ∫P²/λ dμ, μ the spectral measure of ∇f(x_0) (of the right side, for a solve
        from 0): the residual polynomials orthogonal for μ. ``Empirical(eigenvalues, weights)``
        with the squared parts of ∇f(x_0) along the eigenvectors is one problem and start.
        """
        return Orthogonal(as_measure(measure))

    def bound(self, spectrum: object, t: int) -> Number:
        """√(L/ℓ)/|T_t(m₀)|: ‖x_t − x*‖ over ‖x_0 − x*‖ on every problem in [ℓ, L], t ≥ 0.

        The energy norm falls by 1/|T_t(m₀)|, and lies between √ℓ and √L times the 2-norm. Exact for
        exact numbers, else a float rounded up.
        """
        t = count(t, "t")
        low, high = as_spectrum(spectrum).hull
        positive(low, "ell")
        if is_exact(low) and is_exact(high):
            return sympy.sqrt(high / low) / sympy.chebyshevt(t, (high + low) / (high - low))
        ell, L = floating(low), floating(high)
        fall = math.exp(-2 * t * math.asinh(math.sqrt(ell / (L - ell))))  # e^{−tη}, cosh η = |m₀|
        return math.sqrt(L / ell) * 2 * fall / (1 + fall * fall) * (1 + 1e-14 * (10 + t))

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
            "run it (pr.run, pr.differentiate); analyze pr.ConjugateGradient().on(measure), or "
            "pr.Chebyshev(ell, L), against whose bound they lose at most a factor sqrt(L/ell)",
        )

    def _latex(self) -> str:
        return (
            r"x_{t} = \operatorname*{argmin}_{x \in x_{0} + K_{t}(H, g_{0})} "
            r"\left\lVert x - x_{\star} \right\rVert_{H}"
        )
