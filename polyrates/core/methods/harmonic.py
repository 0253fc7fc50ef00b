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
from itertools import count as naturals
from typing import Literal

import sympy

from polyrates.core.methods.classical import contraction
from polyrates.core.methods.sobolev_recurrence import sobolev_rule
from polyrates.core.recurrence import Method
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, is_exact, nonnegative, positive, square_root, unify
from polyrates.ground.typeset import with_values

__all__ = ["HarmonicSobolev"]

_WIDTH = 4  # p_n, …, p_{n−3}


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
    def parameters(self) -> tuple[Number, ...]:
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
        """Seven points: x; z_n = p_n/p_n(c), three of them; u = W + (1 − r)z, three of them."""
        xi, step, eta = map(number, self.parameters)
        one = xi * 0 + 1
        square = xi * xi
        r = [one, one, one]  # r_{n−1}, r_{n−2}, r_{n−3}
        for n, row in enumerate(_rows(xi, eta, self.form == "initial/cross"), start=1):
            if n == 1:
                momentum, length = one * 0, step / (1 - square)
            else:
                momentum, length = (2 * square if n == 2 else square), step
            first, *rest = row.basis
            new_z: tuple[Scalar, ...] = (0, 1 + momentum, -momentum, 0, 0, 0, 0)
            # W_n without z_n: W_{n−i} = u_{n−i} − (1 − r_{n−i})z_{n−i}
            others: tuple[Scalar, ...] = (
                0,
                *(f - m * (1 - before) for f, m, before in zip(rest, row.past, r, strict=True)),
                *row.past,
            )
            keep = 1 - row.value * row.share
            new_x = (
                keep,
                *(row.share * (first * z + w) for z, w in zip(new_z[1:], others[1:], strict=True)),
            )
            lead = first + 1 - row.value
            new_u = tuple(lead * z + w for z, w in zip(new_z, others, strict=True))
            yield Transition(
                query=(0, 1, 0, 0, 0, 0, 0),
                mixing=(
                    new_x,
                    new_z,
                    (0, 1, 0, 0, 0, 0, 0),
                    (0, 0, 1, 0, 0, 0, 0),
                    new_u,
                    (0, 0, 0, 0, 1, 0, 0),
                    (0, 0, 0, 0, 0, 1, 0),
                ),
                gain=(row.share * first * length, length, 0, 0, lead * length, 0, 0),
                output=(1, 0, 0, 0, 0, 0, 0),
            )
            r = [row.value, r[0], r[1]]


@dataclass(frozen=True, slots=True)
class _Row:
    """W_n = S_n/p_n(c) = Σ basis_j z_{n−j} + Σ past_i W_{n−i}, r_n = W_n(0), and its share of P*_n.

    P*_n = (1 − r·share)P*_{n−1} + share·W_n.
    """

    basis: tuple[Scalar, ...]
    past: tuple[Scalar, ...]
    value: Scalar
    share: Scalar


def _rows(xi: Scalar, eta: Scalar, initial: bool) -> Iterator[_Row]:
    """The banded elimination S_n = Q_n − Σ_{i ≤ 3} l_{n,i}S_{n−i}, N_n = ‖S_n‖², n = 1, 2, …

    The kernel sums A_n = Σ S_i(0)²/N_i are carried as A_nN_n/p_n(c)².
    """
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
    values = [one, zero, zero]
    total = one
    for n in naturals(1):
        q, error, slope = _basis(n, xi, initial)
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
        # p_{n−j}(c)/p_n(c)
        ratio = 2 * xi / (1 - xi * xi) if n == 1 else xi
        scales = [one]
        for j in range(1, _WIDTH):
            at = n - j + 1
            scales.append(
                scales[-1] * (zero if at < 1 else 2 * xi / (1 - xi * xi) if at == 1 else xi)
            )
        basis = tuple(each * scale for each, scale in zip(q, scales, strict=True))
        past = tuple(-each * scale for each, scale in zip(link, scales[1:], strict=True))
        value = zero
        for each in basis:
            value = value + each
        for each, before in zip(past, values, strict=True):
            value = value + each * before
        if initial and n == 1:
            value = zero  # S_1 is a multiple of λ: P*_1 = 1, not nearly
        before = total * norm * ratio * ratio / norms[0]
        total = before + value * value
        yield _Row(basis, past, value, value / total)
        errors, slopes = [error, *errors[:2]], [slope, *slopes[:2]]
        norms, factors = [norm, *norms[:2]], [tuple(link), *factors[:2]]
        values = [value, *values[:2]]


def _basis(n: int, xi: Scalar, initial: bool) -> tuple[tuple[Scalar, ...], ...]:
    """Q_n and A(Q_n) on p_n, …, p_{n−3}, and Q_n′ (in y) on p_{n−1}, …, p_{n−4}."""
    zero = xi * 0
    one = zero + 1
    c = (xi + one / xi) / 2  # 1/ξ by the scalars: an algebraic number does not divide an int
    if n == 1:
        # initial/cross: y − c = −2λ/(L − ℓ), for which A = 0
        low = xi - c if initial else zero
        q = (one, low, zero, zero)
        return q, ((zero,) * _WIDTH if initial else q), (one, zero, zero, zero)
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
    error = list(series)
    if initial:
        for j, each in enumerate(slope):  # (c − y)T_m = cT_m − (T_{m+1} + T_{m−1})/2
            error[j] = error[j] - each / 2
            error[j + 1] = error[j + 1] + c * each
            error[j + 2] = error[j + 2] - each / 2
    spread = _expanded([*slope, zero], xi)
    if n < 5:
        # a constant makes the part along p_0 vanish
        short = [_expanded(part[: n + 1], xi)[:n] for part in (series, error)]
        filled = [tuple([*part, *([zero] * _WIDTH)][:_WIDTH]) for part in short]
        return filled[0], (filled[1] if initial else filled[0]), _padded(spread[:n], zero)
    q = _padded(_expanded(series, xi)[:_WIDTH], zero)
    return (
        q,
        (_padded(_expanded(error, xi)[:_WIDTH], zero) if initial else q),
        _padded(spread[:2], zero),
    )


def _expanded(series: list[Scalar], xi: Scalar) -> list[Scalar]:
    """From T_n, T_{n−1}, … to p_n, p_{n−1}, …: T_n = Σ ξ^jp_{n−j}."""
    result: list[Scalar] = []
    for each in series:
        result.append(each + xi * result[-1] if result else each)
    return result


def _padded(part: list[Scalar], zero: Scalar) -> tuple[Scalar, ...]:
    return tuple([*part, *([zero] * _WIDTH)][:_WIDTH])
