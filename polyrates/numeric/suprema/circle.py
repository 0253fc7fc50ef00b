"""The spectral radius of M − λgq over a disc of complex λ, decided by a polynomial.

With d(z) = det(zI − M) and n(z) = q adj(zI − M) g the eigenvalues of M − λgq are the zeros of
d + λn. Let the disc have center a and radius b, p = d + an. All eigenvalues for all λ in the disc
are smaller than r in modulus exactly if p has its zeros inside |z| = r and

    F(φ) = |p(re^{iφ})|² − b²|n(re^{iφ})|² > 0    for all φ

(bn/p is analytic outside the circle and 0 at infinity, so its modulus is below 1 there if it is on
the circle; where it is ≥ 1, some λ of the disc has an eigenvalue re^{iφ}). F is a polynomial in
cos φ of the degree of d. Everything is decided in balls; what is too near to decide is not claimed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import flint

from polyrates.core.recurrence import Stationary
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits

__all__ = ["circle_radius", "smaller_than"]

Coefficients = Sequence[flint.arb]
_BITS = 256
_DEPTH = 60  # bisections of an interval of cos φ before it counts as undecided


def circle_radius(method: Stationary, interval: tuple[Number, Number]) -> tuple[float, float]:
    """Two floats around max over |λ − (L+ℓ)/2| ≤ (L−ℓ)/2 of the spectral radius of M − λgq."""
    with ball_bits(_BITS):
        d, n = _characteristic(method)
        a, b = _disc(interval)
        low, high = 0.0, 1.0
        while _decided(d, n, a, b, high) is not True:
            low, high = high, 2 * high
            if high > 1e6:
                return low, math.inf
        while high - low > 4e-16 * high:
            middle = (low + high) / 2
            answer = _decided(d, n, a, b, middle)
            if answer is None:
                return _narrowed(d, n, (a, b), low, high, middle)
            low, high = (low, middle) if answer else (middle, high)
            if not low < (low + high) / 2 < high:
                break
    return low, high


def smaller_than(method: Stationary, interval: tuple[Number, Number], radius: float) -> bool | None:
    """Whether the maximum is < radius; None where it is too near."""
    with ball_bits(_BITS):
        d, n = _characteristic(method)
        return _decided(d, n, *_disc(interval), radius)


def _narrowed(
    d: Coefficients,
    n: Coefficients,
    disc: tuple[flint.arb, flint.arb],
    low: float,
    high: float,
    middle: float,
) -> tuple[float, float]:
    """The ends pushed towards an undecided radius as far as they are decided."""
    for _ in range(60):
        up, down = (high + middle) / 2, (low + middle) / 2
        above, below = _decided(d, n, *disc, up), _decided(d, n, *disc, down)
        if above is True:
            high = up
        if below is False:
            low = down
        if above is not True and below is not False:
            break
    return low, high


def _disc(interval: tuple[Number, Number]) -> tuple[flint.arb, flint.arb]:
    low, high = (ball(end) for end in interval)
    return (high + low) / 2, (high - low) / 2


def _characteristic(method: Stationary) -> tuple[list[flint.arb], list[flint.arb]]:
    """d and n, lowest coefficient first, by Faddeev and LeVerrier's recursion."""
    step = method.transition(ball)
    M = flint.arb_mat([[flint.arb(x) for x in row] for row in step.mixing])
    g = flint.arb_mat([[flint.arb(x)] for x in step.gain])
    q = flint.arb_mat([[flint.arb(x) for x in step.query]])
    size = M.nrows()
    identity = flint.arb_mat([[flint.arb(int(i == j)) for j in range(size)] for i in range(size)])
    adjoint, d, n = identity, [flint.arb(1)], []
    for k in range(1, size + 1):
        n.append((q * adjoint * g)[0, 0])
        product = M * adjoint
        c = -sum((product[i, i] for i in range(size)), flint.arb(0)) / k
        d.append(c)
        adjoint = product + identity * c
    return d[::-1], [*n[::-1], flint.arb(0)]


def _decided(
    d: Coefficients, n: Coefficients, a: flint.arb, b: flint.arb, radius: float
) -> bool | None:
    p = [x + a * y for x, y in zip(d, n, strict=True)]
    r = flint.arb(radius)
    scaled = [x * r**k for k, x in enumerate(p)]
    inside = _zeros_inside(scaled)
    if inside is not True:
        return inside
    other = [b * x * r**k for k, x in enumerate(n)]
    return _positive(_in_cosine(scaled, other))


def _zeros_inside(p: Coefficients) -> bool | None:
    """Whether all zeros lie in |z| < 1, by Schur and Cohn's recursion."""
    while len(p) > 1:
        last, first = abs(p[-1]), abs(p[0])
        if first >= last:
            return False
        if not first < last:
            return None
        p = [(p[-1] * x - p[0] * y) for x, y in zip(p[1:], p[-2::-1], strict=True)]
    return True


def _in_cosine(p: Coefficients, other: Coefficients) -> flint.arb_poly:
    """|p|² − |other|² on the unit circle as a polynomial in x = cos φ."""
    size = len(p)
    total, before, here = flint.arb_poly([]), flint.arb_poly([1]), flint.arb_poly([0, 1])
    for k in range(size):
        weight = sum(
            (p[i] * p[i + k] - other[i] * other[i + k] for i in range(size - k)), flint.arb(0)
        )
        total += before * (weight if k == 0 else 2 * weight)
        before, here = here, flint.arb_poly([0, 2]) * here - before
    return total


def _positive(p: flint.arb_poly) -> bool | None:
    """Whether p > 0 on [−1, 1]: False with a point where p ≤ 0, None where it is undecided."""
    n = max(p.degree(), 0)
    shifted = p(flint.arb_poly([-1, 2])).coeffs()  # x = −1 + 2s
    c = [*shifted, *[flint.arb(0)] * (n + 1 - len(shifted))]
    bernstein = [
        sum((c[i] * math.comb(k, i) / math.comb(n, i) for i in range(k + 1)), flint.arb(0))
        for k in range(n + 1)
    ]
    cells, undecided = [(bernstein, 0)], False
    while cells:
        b, depth = cells.pop()
        if b[0] <= 0 or b[-1] <= 0:
            return False
        if all(x > 0 for x in b):
            continue
        if depth >= _DEPTH or len(cells) > 4 * _DEPTH:
            undecided = True
            continue
        left, right = _halved(b)
        cells += [(left, depth + 1), (right, depth + 1)]
    return None if undecided else True


def _halved(b: list[flint.arb]) -> tuple[list[flint.arb], list[flint.arb]]:
    """The Bernstein coefficients of the two halves, by de Casteljau's scheme."""
    left, right, row = [], [], b
    while row:
        left.append(row[0])
        right.append(row[-1])
        row = [(x + y) / 2 for x, y in pairwise(row)]
    return left, right[::-1]
