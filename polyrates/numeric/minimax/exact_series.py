"""A and dP/dx of a polynomial in Newton's form as Chebyshev series, exactly."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from operator import add

from polyrates.ground.check import Newton

__all__ = ["series_on"]


def series_on(
    P: Newton, low: Fraction, high: Fraction, o: Fraction, initial: bool
) -> list[tuple[list[int], Fraction]]:
    """A and dP/dx as series in T_k(c), x = middle + half c: integers, and the unit of each."""
    middle, half = (low + high) / 2, (high - low) / 2
    factors = [P.ratio * (middle - node) for _, node in P.steps]
    unit = lcm((P.ratio * half).denominator, *(f.denominator for f in factors))
    h, scale, p = int(P.ratio * half * unit), 1, [P.last]
    for (term, _), factor in zip(P.steps, factors, strict=True):  # Horner on vectors
        m, scale = int(2 * factor * unit), scale * 2 * unit
        p = _combined(m, [*p, 0], h, _times(p))
        p[0] += term * scale
    d = [0] * (len(p) + 1)  # T_k′ = 2k(T_{k−1} + T_{k−3} + …), a last T_0 halved
    for k in range(len(p) - 1, 0, -1):
        d[k - 1] = d[k + 1] + 2 * k * p[k]
    s = [d[0] // 2, *d[1 : len(p)]]
    shift = (middle - o) / half  # (x − o) dP/dx = (shift + c) dP/dc
    n, e = shift.numerator, shift.denominator
    first = [2 * e * c for c in p]
    if initial:
        first = _combined(1, [*first, 0], -1, _combined(2 * n, [*s, 0], e, _times(s)))
    return [(first, Fraction(1, 2 * e * scale)), (s, 1 / (half * scale))]


def _times(p: list[int]) -> list[int]:
    """2c Σ p_kT_k(c), from 2cT_k = T_{k+1} + T_{|k−1|}."""
    return list(map(add, [0, 2 * p[0], *p[1:]], [*p[1:], 0, 0]))


def _combined(m: int, p: list[int], n: int, q: list[int]) -> list[int]:
    """mp + nq."""
    return [m * c + n * d for c, d in zip(p, q, strict=True)]
