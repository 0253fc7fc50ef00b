"""Gradient descent with unequal steps for as long as one likes: silver and arcsine schedules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as naturals

import sympy

from polyrates.core.recurrence import Method
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition, momentum_step
from polyrates.ground.numbers import Number, floating, is_exact, positive
from polyrates.ground.typeset import with_values

__all__ = ["ArcsineSteps", "SilverSteps"]


@dataclass(frozen=True)
class SilverSteps(Method, trusted=True):
    """x⁺ = x − h_t∇f(x), h_t = h(1 + ρ^{ν(t+1)−1}), ρ = 1 + √2, ν(n) the number of twos in n.

    The silver schedule for convex functions (Altschuler and Parrilo 2023): √2, 2, √2, 2 + √2, …
    times h = 1/L. After n = 2^k − 1 steps f(x_n) − f(x*) ≤ L‖x_0 − x*‖²/(1 + √(4ρ^{2k} − 3)), of
    order n^{−1.27}, for every convex L-smooth f.

    Parameters
    ----------
    step : number > 0
        h, in units of 1/λ: 1/L.
    """

    sources = ("silver",)

    step: Number

    def __init__(self, step: object) -> None:
        object.__setattr__(self, "step", positive(step, "step"))

    @property
    def name(self) -> str:
        """Silver steps."""
        return "silver steps"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """h, and √2 where it is exact."""
        return (self.step, sympy.sqrt(2)) if is_exact(self.step) else (self.step,)

    def _latex(self) -> str:
        rule = (
            r"x_{t+1} = x_{t} - h_{t} \nabla f\left(x_{t}\right), \quad h_{t} = h \left(1 + "
            r"\left(1 + \sqrt{2}\right)^{\nu_{2}(t+1) - 1}\right)"
        )
        return with_values(rule, ("h", self.step))

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """One point, one step."""
        h = number(self.step)
        root = number(sympy.sqrt(2) if is_exact(self.step) else math.sqrt(2.0))
        powers = [(-1, 1)]  # ρ^{ν−1} = a + b√2, integers (Pell)
        for t in naturals():
            twos = ((t + 1) & -(t + 1)).bit_length() - 1
            while len(powers) <= twos:
                a, b = powers[-1]
                powers.append((a + 2 * b, a + b))
            a, b = powers[twos]
            yield momentum_step(
                h * (root * number(sympy.Integer(b)) + number(sympy.Integer(a + 1))), 0
            )


@dataclass(frozen=True)
class ArcsineSteps(Method, trusted=True):
    """x⁺ = x − ∇f(x)/λ_t, λ_t = (L+ℓ)/2 − (L−ℓ)/2 cos(πv_{t+1}), v_n van der Corput's sequence.

    Inverse steps spread as the arcsine law on [ℓ, L], for any number of steps: the deterministic
    form of the random steps of Altschuler and Parrilo 2024, in the order of a fractal schedule
    (Agarwal, Goel and Zhang 2021). v_n = Σ b_j2^{−j−1} for the bits b_j of n: ½, ¼, ¾, ⅛, … At
    t = 2^k − 1 the roots are all cos(jπ/2^k), so P_t = U_t(m(λ))/U_t(m(0)); the logarithms of
    |1 − λ/λ_t| average to those of the arcsine law, so the rate on [ℓ, L] is Chebyshev's, ξ.

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval; the cosines are computed in floats.
    """

    sources = ("arcsine", "fractal")

    ell: float
    L: float

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        object.__setattr__(self, "ell", floating(low, "ell"))
        object.__setattr__(self, "L", floating(high, "L"))

    @property
    def inexact(self) -> tuple[str, str]:
        """Always."""
        same = "give pr.Gegenbauer(ell, L, 1), which has the same polynomial at t = 2^k − 1"
        return "its steps are inverse cosines", same

    @property
    def name(self) -> str:
        """Arcsine steps."""
        return "arcsine steps"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L)."""
        return (self.ell, self.L)

    @property
    def limit_interval(self) -> tuple[Number, Number]:
        """[ℓ, L]."""
        return (self.ell, self.L)

    def _latex(self) -> str:
        rule = (
            r"x_{t+1} = x_{t} - \frac{\nabla f\left(x_{t}\right)}{\lambda_{t}}, \quad "
            r"\lambda_{t} = \frac{L + \ell}{2} - \frac{L - \ell}{2} \cos \pi v_{t+1}, \quad "
            r"v_{n} \text{ van der Corput's sequence}"
        )
        return with_values(rule, (r"\ell", self.ell), ("L", self.L))

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """One point, one step."""
        for n in naturals(1):
            bits = n.bit_length()
            place = int(f"{n:b}"[::-1], 2) / 2**bits
            # λ = ℓ + (L − ℓ) sin²(πv/2), without cancellation near ℓ
            root = self.ell + (self.L - self.ell) * math.sin(math.pi * place / 2) ** 2
            yield momentum_step(number(1.0 / root), 0)
