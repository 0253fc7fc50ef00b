"""The steps whose residual polynomials are Gegenbauer's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count as naturals

import sympy

from polyrates.core.transition import Scalar, Transition, momentum_step
from polyrates.ground.numbers import (
    Number,
)


def gegenbauer_transitions(
    ell: Number, L: Number, alpha: Number, number: Callable[[Number], Scalar]
) -> Iterator[Transition[Scalar]]:
    """Steps of the method whose residual polynomials are C_t^α(m(λ))/C_t^α(m(0)).

    With γ_n = n(n + 2α − 1)/(4(n + α)(n + α − 1)) of the monic recurrence and q_n the ratio of
    consecutive monic values at m₀ = −(1 + δ), δ = 2ℓ/(L − ℓ): momentum γ_n q_n q_{n+1}, step
    2|q_{n+1}|/(L − ℓ). The ratio is carried relative to its value at the end point −1, where it is
    known: |q_n| = e_n/(1 + ε_n), e_n = 2(n + α − 1)/(n + 2α − 1), e_1 = 1, and
    ε_{n+1} = e_{n+1}(δ + γ_n e_n ε_n/(1 + ε_n)) adds positive numbers only. Forming m₀ itself would
    round δ away: four digits at n = 500.
    """
    low, high, a = number(ell), number(L), number(alpha)
    one = number(sympy.Integer(1))  # elements of a field need not divide into plain integers
    two_over_width = (one + one) / (high - low)
    delta = low * two_over_width
    end, excess = one, delta  # e_n and ε_n
    ratio = end / (one + excess)
    yield momentum_step(two_over_width * ratio, 0)
    for n in naturals(1):
        index = number(sympy.Integer(n))
        if n == 1:
            gamma = one / (2 * (one + a))  # the general form is 0/0 at α = 0
        else:
            gamma = index * (index + 2 * a - one) / (4 * (index + a) * (index + a - one))
        next_end = 2 * (index + a) / (index + 2 * a)
        excess = next_end * (delta + gamma * end * excess / (one + excess))
        end, previous = next_end, ratio
        ratio = end / (one + excess)
        yield momentum_step(two_over_width * ratio, gamma * previous * ratio)
