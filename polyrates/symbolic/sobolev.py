"""Sobolev-optimal residual polynomials, exactly: minimise ∫P²dμ + η∫P′²dμ under P(0) = 1.

Three routes that share nothing but the measure's three-term coefficients:

kkt      one degree: the stationarity conditions, a bordered linear system on the Gram matrix of
         the orthogonal basis P_k;
kernel   every degree: the Gram matrix is eliminated once, G = NΔNᵀ, so S = N⁻¹P are the
         Sobolev-orthogonal polynomials and the minimum at degree t is 1/A_t,
         A_t = Σ_{i≤t} S_i(0)²/Δ_i, P* = (1/A_t) Σ S_i(0)S_i/Δ_i;
banded   every degree, for Jacobi densities, O(t) operations: the same elimination in a basis where
         it has bandwidth two (see :mod:`polyrates.core.methods.orthogonal`).

For a measure of N points, P_N vanishes on all of them, and P_{N+j} := P_N P_j goes on from there.
An S_i with Δ_i = 0 vanishes on the points, with its derivative when η > 0: where S_i(0) ≠ 0 it is
the optimum and the value is 0; where 0 is a point, S_i(0) = 0 and the value stays where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import sympy
from sympy.polys.domains.domain import Domain
from sympy.polys.domains.domainelement import DomainElement
from sympy.polys.matrices import DomainMatrix

from polyrates.core.measures.base import Measure
from polyrates.core.measures.densities import ClassicalDensity, classical_density
from polyrates.core.methods.sobolev_recurrence import SobolevStep, sobolev_steps
from polyrates.ground.numbers import Number
from polyrates.symbolic.ring import ExactRing, domain_of

__all__ = [
    "Expansion",
    "banded",
    "banded_values",
    "chebyshev_weights",
    "gram",
    "kernel",
    "kkt",
    "orthogonal_polynomials",
    "violation",
]

Row: TypeAlias = list[DomainElement]


@dataclass(frozen=True)
class Expansion:
    """The optimum of one degree on the monic orthogonal basis, and the values of all up to it.

    Attributes
    ----------
    domain : sympy domain
        Of every entry below.
    values : tuple, length t + 1
        The minimum at degrees 0, …, t.
    coefficients : tuple, length t + 1
        c_k of P* = Σ c_k P_k, P_k monic in λ.
    a, b : tuples
        The three-term coefficients of P_k.
    """

    domain: Domain
    values: tuple[DomainElement, ...]
    coefficients: tuple[DomainElement, ...]
    a: tuple[DomainElement, ...]
    b: tuple[DomainElement, ...]

    @property
    def weights(self) -> tuple[sympy.Expr, ...]:
        """w_k of P* = Σ w_k Y_k, Y_k = P_k/P_k(0), the iterates of the orthogonal method."""
        return tuple(
            self.domain.to_sympy(c * p)
            for c, p in zip(self.coefficients, _at_zero(self), strict=True)
        )

    @property
    def polynomial(self) -> sympy.Poly:
        """P* as a Poly in λ, by Clenshaw's scheme in exact arithmetic."""
        ring = ExactRing(self.domain)
        after: DomainElement = ring.start * 0
        current: DomainElement = ring.start * 0
        for k in reversed(range(len(self.coefficients))):
            following = ring.gradient(current) - self.a[k] * current
            if k + 1 < len(self.b):
                following = following - self.b[k + 1] * after
            current, after = following + self.coefficients[k] * ring.start, current
        return ring.poly(current)


def _at_zero(expansion: Expansion) -> Row:
    values = [expansion.domain.one]
    for k in range(len(expansion.coefficients) - 1):
        value = -expansion.a[k] * values[k]
        if k:
            value -= expansion.b[k] * values[k - 1]
        values.append(value)
    return values


def three_term(measure: Measure, t: int, *others: Number) -> tuple[Domain, Row, Row]:
    """(domain, a, b) with t + 1 coefficients; past the points of a discrete measure, b_N = 0."""
    size = t + 1
    points = measure.points
    a, b = measure.coefficients(size if points is None else min(size, points))
    domain = domain_of([*measure.parameters, *others])
    a = [domain.from_sympy(x) for x in a]
    b = [domain.from_sympy(x) for x in b]
    while len(a) < size and points is not None:  # P_{N+j} = P_N P_j
        a.append(a[len(a) % points])
        b.append(domain.zero if len(b) % points == 0 else b[len(b) % points])
    return domain, a, b


def gram(measure: Measure, eta: Number, t: int) -> tuple[Domain, list[Row], Row, Row, Row]:
    """(domain, G, v, a, b): G_ij = ∫P_iP_j dμ + η∫P_i′P_j′dμ and v_i = P_i(0), i, j ≤ t."""
    domain, a, b = three_term(measure, t, eta)
    scale = domain.from_sympy(eta)
    norms = [domain.one]
    for k in range(1, t + 1):
        norms.append(norms[-1] * b[k])
    zero = domain.zero
    slopes: list[Row] = [[zero] * (t + 1)]  # row k: P_k′ on the basis
    at_zero = [domain.one]
    for k in range(t):
        row = [zero] * (t + 1)
        row[k] = domain.one
        for j in range(k):  # P_{k+1}′ = P_k + (λ − a_k)P_k′ − b_kP_{k−1}′
            c = slopes[k][j]
            if c:
                row[j + 1] += c
                row[j] += (a[j] - a[k]) * c
                if j:
                    row[j - 1] += b[j] * c
        if k:
            for j in range(k - 1):
                row[j] -= b[k] * slopes[k - 1][j]
        slopes.append(row)
        at_zero.append(-a[k] * at_zero[k] - (b[k] * at_zero[k - 1] if k else zero))
    matrix = [[zero] * (t + 1) for _ in range(t + 1)]
    for i in range(t + 1):
        for j in range(i + 1):
            total = sum((slopes[i][m] * slopes[j][m] * norms[m] for m in range(j)), zero)
            matrix[i][j] = matrix[j][i] = scale * total + (norms[i] if i == j else zero)
    return domain, matrix, at_zero, a, b


def kkt(measure: Measure, eta: Number, t: int) -> Expansion:
    """The optimum of degree t from G c = ν v, vᵀc = 1; its value ν is the only entry of values.

    Needs a regular system: for a measure of N points, t ≤ N at η = 0 and t ≤ 2N for η > 0, and no
    point at 0.
    """
    domain, matrix, v, a, b = gram(measure, eta, t)
    rows = [[*row, -value] for row, value in zip(matrix, v, strict=True)]
    rows.append([*v, domain.zero])
    system = DomainMatrix(rows, (t + 2, t + 2), domain)
    right = DomainMatrix([[domain.zero]] * (t + 1) + [[domain.one]], (t + 2, 1), domain)
    solution = [row[0] for row in system.to_field().lu_solve(right).to_list()]
    return Expansion(domain, (solution[-1],), tuple(solution[:-1]), tuple(a), tuple(b))


def kernel(measure: Measure, eta: Number, t: int) -> Expansion:
    """The optimum of degree t and the values of all degrees ≤ t, from the orthogonal S_i."""
    domain, rows, pivots, v, a, b = _eliminate(measure, eta, t)
    return _from_orthogonal(domain, rows, pivots, v, a, b)


def _eliminate(
    measure: Measure, eta: Number, t: int
) -> tuple[Domain, list[Row], Row, Row, Row, Row]:
    """S_i on the basis P_k (unit lower triangular rows), their norms Δ_i, and v, a, b."""
    domain, matrix, v, a, b = gram(measure, eta, t)
    zero = domain.zero
    rows: list[Row] = []
    lower: list[Row] = []  # ⟨P_i, S_j⟩
    pivots: Row = []
    for i in range(t + 1):
        products: Row = []
        for j in range(i):
            products.append(
                matrix[i][j]
                - sum((products[m] * lower[j][m] / pivots[m] for m in range(j) if pivots[m]), zero)
            )
        row = [zero] * i + [domain.one]
        pivot = matrix[i][i]
        for j in range(i):
            if pivots[j] and products[j]:
                factor = products[j] / pivots[j]
                pivot -= products[j] * factor
                for m in range(j + 1):
                    row[m] -= factor * rows[j][m]
        lower.append(products)
        pivots.append(pivot)
        rows.append(row)
    return domain, rows, pivots, v, a, b


def _from_orthogonal(
    domain: Domain, rows: list[Row], pivots: Row, v: Row, a: Row, b: Row
) -> Expansion:
    zero = domain.zero
    size = len(rows)
    total = zero
    values: Row = []
    summed = [zero] * size
    for i, (row, pivot) in enumerate(zip(rows, pivots, strict=True)):
        at_zero = sum((c * p for c, p in zip(row, v, strict=False)), zero)
        if pivot:
            factor = at_zero / pivot
            total += at_zero * factor
            for m, c in enumerate(row):
                summed[m] += factor * c
        elif at_zero:  # vanishes on every point: the optimum from here on
            values += [zero] * (size - i)
            exact = [c / at_zero for c in row] + [zero] * (size - i - 1)
            return Expansion(domain, tuple(values), tuple(exact), tuple(a), tuple(b))
        values.append(domain.one / total)
    coefficients = tuple(c / total for c in summed)
    return Expansion(domain, tuple(values), coefficients, tuple(a), tuple(b))


def orthogonal_polynomials(
    measure: Measure, eta: Number, n: int
) -> list[tuple[sympy.Poly, sympy.Expr]]:
    """(S_i, ‖S_i‖²_η), i = 0, …, n, S_i monic in λ."""
    domain, rows, pivots, _, a, b = _eliminate(measure, eta, n)
    return [
        (
            Expansion(domain, (), tuple(row), tuple(a[: i + 1]), tuple(b[: i + 1])).polynomial,
            domain.to_sympy(pivot),
        )
        for i, (row, pivot) in enumerate(zip(rows, pivots, strict=True))
    ]


def banded_values(
    density: ClassicalDensity, eta: Number, t: int
) -> tuple[Domain, tuple[DomainElement, ...]]:
    """(domain, values): the minimum at every degree 0, …, t of a Jacobi density."""
    domain = domain_of([*density.parameters, eta])
    if density.exponents[0] == density.exponents[1]:
        return domain, _symmetric_values(density, eta, t, domain)
    value = domain.one
    values = [value]
    for step in islice(sobolev_steps(density, eta, domain.from_sympy), t):
        value = value / step.growth
        values.append(value)
    return domain, tuple(values)


def _symmetric_values(
    density: ClassicalDensity, eta: Number, t: int, domain: Domain
) -> tuple[DomainElement, ...]:
    """The same for (1 − x²)^{α − ½}, free of divisions by what grows.

    Even and odd degrees do not mix. With p_n = |P_n(0)|, h_n = ‖P_n‖², K_n = ρ_nK_{n−2}, K_0 = 1,
    S_n(0) = ±Z_n/K_{n−2}, the elimination of
    :func:`polyrates.core.methods.orthogonal.sobolev_steps` is linear,

        K_n = (1 + u_n + v_n)K_{n−2} − v_nK_{n−4},    u_n = η_xn²/γ_n,  v_n = c_n²/(γ_nγ_{n−1}),
        Z_n = (p_n − c_np_{n−2})K_{n−2} + c_nZ_{n−2},

    and S_n(0)²/‖S_n‖² = Z_n²/(K_{n−2}K_nh_n). With x = N/D at λ = 0, each P_n carries a factor D^n
    and each step of K a factor M, which clear the denominators that would grow with n and cancel
    in that quotient but for one M.
    """
    half = domain.from_sympy(sympy.Rational(1, 2))
    alpha = domain.from_sympy(density.exponents[0]) + half
    ell, L = domain.from_sympy(density.ell), domain.from_sympy(density.L)
    one = domain.one
    N, D = L + ell, L - ell
    slope = 4 * domain.from_sympy(eta)  # η_x D²
    M = D * D
    if domain.is_QQ:
        x = N / D
        unit = one * x.denominator / D  # makes N and D coprime integers
        N, D, slope = N * unit, D * unit, slope * unit * unit
        M = D * D * slope.denominator
    square = D * D
    gamma = norm = square * half / (1 + alpha)
    p_before, p = one, N
    grown = [one, M * (1 + slope / gamma)]  # K_0, K_1
    grown_before = [one, one]  # K_{−2}, K_{−1}
    z = [one, N]
    sums = [one, N * N * M / (grown[1] * norm)]
    values = [one, one / (sums[0] + sums[1])]
    for n in range(2, t + 1):
        side = n % 2
        p_second, p_before, p = p_before, p, N * p - gamma * p_before
        gamma_before = gamma
        gamma = square * (n * (n + 2 * alpha - 1) / (4 * (n + alpha) * (n + alpha - 1)))
        norm = norm * gamma
        level = M * (1 + slope * (n * n) / gamma)
        if n == 2:
            k, z_new = level * grown[0], p * grown[0]
        else:
            c = square * (one * (n * (n - 1)) / (4 * (n + alpha - 1) * (n + alpha - 2)))
            v = M * (c * c / (gamma * gamma_before))
            k = (level + v) * grown[side] - M * v * grown_before[side]
            z_new = (p - c * p_second) * grown[side] + M * c * z[side]
        sums[side] = sums[side] + z_new * z_new / (grown[side] * k) * (M / norm)
        grown_before[side], grown[side], z[side] = grown[side], k, z_new
        values.append(one / (sums[0] + sums[1]))
    return tuple(values[: t + 1])


def banded(density: ClassicalDensity, eta: Number, t: int) -> Expansion:
    """The optimum of degree t and the values of all degrees ≤ t of a Jacobi density, in O(t)."""
    domain, a, b = three_term(density, t, eta)
    steps: list[SobolevStep] = list(islice(sobolev_steps(density, eta, domain.from_sympy), t))
    values = [domain.one]
    for step in steps:
        values.append(values[-1] / step.growth)
    # P*_t = Σ_n θ_n W_n with θ_n = share_n Π_{i>n}(1 − r_i share_i); then W_n on the Y_n, downwards
    theta = [domain.one] * (t + 1)
    rest = domain.one
    for n in range(t, 0, -1):
        theta[n] = steps[n - 1].share * rest
        rest = rest * (1 - steps[n - 1].r * steps[n - 1].share)
    theta[0] = rest
    weights = [domain.zero] * (t + 1)
    for n in range(t, -1, -1):
        weights[n] += theta[n]
        if n >= 1:
            step = steps[n - 1]
            weights[n - 1] += theta[n] * step.f
            theta[n - 1] += theta[n] * step.m
            if n >= 2:
                weights[n - 2] += theta[n] * step.g
                theta[n - 2] += theta[n] * step.k
    empty = Expansion(domain, tuple(values), tuple(weights), tuple(a), tuple(b))
    coefficients = tuple(w / p for w, p in zip(weights, _at_zero(empty), strict=True))
    return Expansion(domain, tuple(values), coefficients, tuple(a), tuple(b))


def expansion(measure: Measure, eta: Number, t: int) -> Expansion:
    """The optimum of degree t: by the short recurrence where the measure has one."""
    density = classical_density(measure)
    return kernel(measure, eta, t) if density is None else banded(density, eta, t)


def violation(
    measure: Measure, eta: Number, expansion: Expansion
) -> tuple[DomainElement, DomainElement]:
    """(residual, kernel): max_k |⟨P*, P_k⟩ − ν P_k(0)| and ‖P*‖²/ν − 1, ν the value; 0 and 0."""
    c = expansion.coefficients
    domain, matrix, v, _, _ = gram(measure, eta, len(c) - 1)
    value = expansion.values[-1]
    zero = domain.zero
    products = [sum((g * x for g, x in zip(row, c, strict=True)), zero) for row in matrix]
    wrong = [product - value * at_zero for product, at_zero in zip(products, v, strict=True)]
    square = sum((x * p for x, p in zip(c, products, strict=True)), zero)
    residual = max((abs(domain.to_sympy(w)) for w in wrong if w), default=sympy.S.Zero)
    kernel = square / value - 1 if value else square
    return residual, domain.to_sympy(kernel)


def chebyshev_weights(
    polynomial: sympy.Poly, ell: sympy.Expr, L: sympy.Expr, t: int
) -> tuple[sympy.Expr, ...]:
    """w_k, k ≤ t, of P = Σ w_k T_k(m(λ))/T_k(m₀), by Horner's scheme in the Chebyshev basis."""
    terms = reversed(polynomial.all_coeffs())
    domain = domain_of([ell, L, *(c for c in polynomial.all_coeffs() if not c.is_Rational)])
    low, high = domain.from_sympy(ell), domain.from_sympy(L)
    middle, half = (high + low) / 2, (high - low) / 2
    zero = domain.zero
    series = [zero] * (t + 1)
    for coefficient in reversed(list(terms)):
        # λ = middle + half x, and x T_k = (T_{k+1} + T_{|k−1|})/2
        moved = [middle * c for c in series]
        for k, c in enumerate(series):
            if c:
                share = half * c if k == 0 else half * c / 2
                moved[k + 1] += share
                if k:
                    moved[k - 1] += share
        moved[0] += domain.from_sympy(coefficient)
        series = moved
    at_zero = [domain.one, -middle / half]
    while len(at_zero) <= t:
        at_zero.append(2 * at_zero[1] * at_zero[-1] - at_zero[-2])
    return tuple(domain.to_sympy(c * v) for c, v in zip(series, at_zero, strict=False))
