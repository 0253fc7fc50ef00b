"""The banded elimination behind the Sobolev method of harmonic measure, a row a step.

The polynomials Q_n of :mod:`polyrates.core.methods.harmonic` are orthogonalized for the form
∫AĀ dω + η∫P′P̄′ dω, which couples each to the three before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count as naturals

from polyrates.core.transition import Scalar

__all__ = ["HarmonicRow", "harmonic_rows"]

_WIDTH = 4  # p_n, …, p_{n−3}


@dataclass(frozen=True, slots=True)
class HarmonicRow:
    """S_n = Q_n − Σ_{i ≤ 3} link_i S_{n−i} and its norm.

    Attributes
    ----------
    series : (5,)
        Q_n on T_n, …, T_{n−4}.
    spread : (4,)
        The same on p_n, …, p_{n−3}, p_k = T_k − ξT_{k−1}.
    link : (3,)
    norm : ‖S_n‖²
    """

    series: tuple[Scalar, ...]
    spread: tuple[Scalar, ...]
    link: tuple[Scalar, ...]
    norm: Scalar


def harmonic_rows(xi: Scalar, eta: Scalar, initial: bool) -> Iterator[HarmonicRow]:
    """n = 1, 2, …; η in units of λ² times (2/(L − ℓ))²; ‖S_0‖ = 1."""
    zero = xi * 0
    one = zero + 1
    half = (1 - xi * xi) / 2
    empty = (zero,) * _WIDTH
    constant = (one, *empty[1:])
    # of Q_{n−1}, Q_{n−2}, Q_{n−3}: A and P′ in the basis p; N; l
    errors = [constant, empty, empty]
    slopes = [empty, empty, empty]
    norms = [one, one, one]
    factors = [(zero,) * 3] * 3
    for n in naturals(1):
        row = _basis(n, xi, initial)
        error, slope = row.error, row.slope
        weights = [half if n - j > 0 else one for j in range(_WIDTH)]
        lower = [half if n - 1 - j > 0 else one for j in range(_WIDTH)]
        # l_{n,i}, i = 3, 2, 1: all but S_{n−3}, … is orthogonal to Q_n
        link = [zero, zero, zero]
        for i in (3, 2, 1):
            if n - i < 0:
                continue
            product = zero
            for j in range(i, _WIDTH):
                product = product + weights[j] * error[j] * errors[i - 1][j - i]
                product = product + eta * lower[j] * slope[j] * slopes[i - 1][j - i]
            for k in range(i + 1, 4):  # S_{n−k} is in both
                if n - k >= 0:
                    inner = factors[i - 1][k - i - 1]
                    product = product - link[k - 1] * norms[k - 1] * inner
            link[i - 1] = product / norms[i - 1]
        norm = zero
        for j in range(_WIDTH):
            norm = norm + weights[j] * error[j] * error[j] + eta * lower[j] * slope[j] * slope[j]
        for i in (1, 2, 3):
            norm = norm - link[i - 1] * link[i - 1] * norms[i - 1]
        yield HarmonicRow(row.series, row.spread, tuple(link), norm)
        errors, slopes = [error, *errors[:2]], [slope, *slopes[:2]]
        norms, factors = [norm, *norms[:2]], [tuple(link), *factors[:2]]


@dataclass(frozen=True, slots=True)
class _Basis:
    """Q_n on T_n, …, T_{n−4}; Q_n and A(Q_n) on p_n, …, p_{n−3}; Q_n′ (in y) on p_{n−1}, …"""

    series: tuple[Scalar, ...]
    spread: tuple[Scalar, ...]
    error: tuple[Scalar, ...]
    slope: tuple[Scalar, ...]


def _basis(n: int, xi: Scalar, initial: bool) -> _Basis:
    zero = xi * 0
    one = zero + 1
    c = (xi + one / xi) / 2  # 1/ξ by the scalars: an algebraic number does not divide an int
    if n == 1:
        # initial/cross: y − c = −2λ/(L − ℓ), for which A = 0
        low = xi - c if initial else zero
        q = (one, low, zero, zero)
        first = (one, low - xi, zero, zero, zero)
        return _Basis(first, q, (zero,) * _WIDTH if initial else q, (one, zero, zero, zero))
    slope = [one, zero, zero]
    if n >= 5:
        top = 2 * xi * xi / ((n - 4) * (n - 2)) - 2 * xi**4 / (n * (n - 2))
        a = -top / (xi / ((n - 4) * (n - 3)) - xi**3 / ((n - 1) * (n - 2)))
        slope = [one, a, -xi * xi - a * xi]
    # coefficients of T_n, …, T_{n−4}
    series = [zero] * 5
    for j, each in enumerate(slope):
        if j == 0 or n >= 5:
            degree = n - j
            series[j] = series[j] + each / (2 * degree)
            if degree > 2:
                series[j + 2] = series[j + 2] - each / (2 * (degree - 2))
    if n < 5:  # a constant makes the part along p_0 vanish
        series[n] = series[n] - _expanded(series[: n + 1], xi)[n]
    error = list(series)
    if initial:
        for j, each in enumerate(slope):  # (c − y)T_m = cT_m − (T_{m+1} + T_{m−1})/2
            error[j] = error[j] - each / 2
            error[j + 1] = error[j + 1] + c * each
            error[j + 2] = error[j + 2] - each / 2
    known = min(n, _WIDTH)
    q = _padded(_expanded(series, xi)[:known], zero)
    return _Basis(
        tuple(series),
        q,
        _padded(_expanded(error, xi)[:known], zero) if initial else q,
        _padded(_expanded([*slope, zero], xi)[: n if n < 5 else 2], zero),
    )


def _expanded(series: Sequence[Scalar], xi: Scalar) -> list[Scalar]:
    """From T_n, T_{n−1}, … to p_n, p_{n−1}, …: T_n = Σ ξ^jp_{n−j}."""
    result: list[Scalar] = []
    for each in series:
        result.append(each + xi * result[-1] if result else each)
    return result


def _padded(part: Sequence[Scalar], zero: Scalar) -> tuple[Scalar, ...]:
    return tuple([*part, *([zero] * _WIDTH)][:_WIDTH])
