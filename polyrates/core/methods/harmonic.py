r"""The Sobolev method of harmonic measure: near the minimax optimum at every horizon.

Harmonic measure of [ℓ, L] seen from λ = 0, dω = √(ℓL)/(πλ√((λ − ℓ)(L − λ))) dλ, is what the least
favourable spectra of all horizons tend to. With c − y = 2λ/(L − ℓ), c = (ξ + 1/ξ)/2, its orthogonal
polynomials are (Bernstein and Szegő) p_0 = 1, p_n = T_n(y) − ξT_{n−1}(y), ∫p_n² dω = (1 − ξ²)/2,
p_n(c) = ξ^{−n}(1 − ξ²)/2: as iterates, heavy ball with step 4ξ/(L − ℓ) and momentum ξ².

ΣC_kT_k lies in the span of p_n, …, p_{m+1}, m its lowest degree, if Σ C_kξ^k = 0. For n ≥ 5

    Q_n = q_n + a q_{n−1} + b q_{n−2},    q_n = (T_n/n − T_{n−2}/(n − 2))/2,    q_n′ = T_{n−1},

with b = −ξ² − aξ and the a that makes this vanish for Q_n itself: then Q_n′ is in the span of
p_{n−1}, p_{n−2}, and Q_n and Q_n + (c − y)Q_n′ are in that of p_n, …, p_{n−3} (they differ by
(c − y)Q_n′, and (c − y)dω is Chebyshev's measure). So the form ∫AĀ dω + η∫P′P̄′ dω, A = P or
P − λP′, has bandwidth three, and its orthogonal polynomials a recurrence of fixed length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import sympy

from polyrates.core.methods.classical import Chebyshev, contraction
from polyrates.core.methods.harmonic_steps import float_steps, float_weights, harmonic_steps
from polyrates.core.methods.iterate_weights import IterateWeights
from polyrates.core.methods.sobolev_recurrence import sobolev_rule
from polyrates.core.recurrence import Method
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, is_exact, nonnegative, positive, square_root, unify
from polyrates.ground.typeset import with_values

__all__ = ["HarmonicSobolev"]


@dataclass(frozen=True)
class HarmonicSobolev(Method, trusted=True):
    """At every t the P with P(0) = 1, deg P ≤ t that minimises ∫A²dω + η∫P′²dω, ω harmonic measure.

    A = P in residual/drift, P − λP′ in initial/cross: the mean over the spectrum that the least
    favourable ones tend to. Its worst case stays near V*(t), the smallest of any method at t, for
    all t at once, with η tuned to the sizes (numeric: :func:`polyrates.near_minimax` says how
    near). One gradient a step, a state of seven points, no horizon.

    Parameters
    ----------
    ell, L : numbers, 0 < ell < L
    eta : number > 0 (≥ 0 in residual/drift)
        η in units of λ²: η = g²s/(a²(1 − s)) for ‖E‖ ≤ a, ‖G‖ ≤ g (or ‖D‖), s the share.
        :func:`polyrates.near_minimax` chooses it.
    form : "initial/cross" or "residual/drift"
    """

    sources = ("curse", "sobolev-coherent")

    ell: Number
    L: Number
    eta: Number
    form: Literal["initial/cross", "residual/drift"] = "initial/cross"

    def __init__(self, ell: object, L: object, eta: object, form: str = "initial/cross") -> None:
        low, high = check_hull(ell, L)
        positive(low, "ell")
        if form not in ("initial/cross", "residual/drift"):
            refuse_value(
                "form", form, "must be 'initial/cross' or 'residual/drift'", "choose one of them"
            )
        value = positive(eta, "eta") if form == "initial/cross" else nonnegative(eta, "eta")
        unify(low, high, value)
        object.__setattr__(self, "ell", low)
        object.__setattr__(self, "L", high)
        object.__setattr__(self, "eta", value)
        object.__setattr__(self, "form", form)

    @property
    def name(self) -> str:
        """Harmonic Sobolev."""
        return "harmonic Sobolev"

    def _latex(self) -> str:
        A = "P - \\lambda P'" if self.form == "initial/cross" else "P"
        rule = sobolev_rule(rf"\left({A}\right)^{{2}}" if len(A) > 1 else "P^{2}", r"\omega")
        measure = (
            r"d\omega = \frac{\sqrt{\ell L} \, d\lambda}"
            r"{\pi \lambda \sqrt{(\lambda - \ell)(L - \lambda)}}"
        )
        values = ((r"\ell", self.ell), ("L", self.L), (r"\eta", self.eta))
        return with_values(rf"{rule}, \quad {measure}", *values)

    @property
    def parameters(self) -> tuple[Number, Number, Number]:
        """(ξ, 4ξ/(L − ℓ), 4η/(L − ℓ)²)."""
        ell, L = self.ell, self.L
        width = L - ell
        if is_exact(ell):
            xi = contraction(ell, L)
            return xi, sympy.expand(4 * xi / width), 4 * self.eta / width**2
        total = square_root(L) + square_root(ell)
        return contraction(ell, L), 4 / total**2, 4 * self.eta / width**2

    @property
    def limit_interval(self) -> tuple[Number, Number]:
        """[ℓ, L]: harmonic measure has Chebyshev's limits, and the band beside it too."""
        return (self.ell, self.L)

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Eight points: x; Chebyshev's y, four of them; three that carry W."""
        initial = self.form == "initial/cross"
        if isinstance(number(self.parameters[0]), float):
            return float_steps(self.parameters, initial)
        return harmonic_steps(self.parameters, initial, number)

    @property
    def iterate_weights(self) -> IterateWeights:
        """On the iterates of Chebyshev's method."""
        rows = partial(float_weights, self.parameters, self.form == "initial/cross")
        return IterateWeights(Chebyshev(self.ell, self.L), rows)
