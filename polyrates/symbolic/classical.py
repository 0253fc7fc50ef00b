"""Coefficients of the classical families without a recurrence in the degree.

y = C_t^α(m(λ)) solves (1 − m²) ÿ − (2α + 1) m ẏ + t(t + 2α) y = 0 (DLMF 18.8.1), so its Taylor
coefficients at λ = 0 satisfy, with S = L + ℓ,

    y_k = [ℓL (k+2)(k+1) y_{k+2} − ½S (k+1)(2k + 1 + 2α) y_{k+1}] / [(t − k)(t + k + 2α)],

downwards from y_t, y_{t+1} = 0. The signs alternate, so no two terms cancel; integers ℓ, L and one
common denominator make every step a few products of a large with a small integer.
"""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from polyrates.symbolic.ring import polynomial_from_integers

__all__ = ["gegenbauer_residual"]


def gegenbauer_residual(t: int, ell: Fraction, L: Fraction, alpha: Fraction) -> sympy.Poly:
    """C_t^α(m(λ))/C_t^α(m(0)) over QQ, rational α > −½; α = 0 is T_t(m(λ))/T_t(m(0))."""
    if t == 0:
        return polynomial_from_integers([1], 1)
    scale = math.lcm(ell.denominator, L.denominator)  # λ = μ/scale has integer end points
    low, high = int(ell * scale), int(L * scale)
    a, b = alpha.numerator, alpha.denominator
    divisors = [2 * (t - k) * (b * (t + k) + 2 * a) for k in range(t)]
    # Chebyshev's are integers from 2^{2t−1} on; else the product of all divisors makes them so.
    leading = 1 << (2 * t - 1) if a == 0 else math.prod(divisors)
    products, total = 2 * b * low * high, low + high
    coefficients = [0] * (t + 2)
    coefficients[t] = leading
    for k in range(t - 1, -1, -1):
        numerator = (
            products * (k + 2) * (k + 1) * coefficients[k + 2]
            - total * (k + 1) * ((2 * k + 1) * b + 2 * a) * coefficients[k + 1]
        )
        coefficients[k] = numerator // divisors[k]
    coefficients.pop()
    denominator = coefficients[0]
    if scale != 1:
        power = 1
        for k in range(1, t + 1):
            power *= scale
            coefficients[k] *= power
    return polynomial_from_integers(coefficients, denominator)
