"""Measures on the eigenvalues: densities, the spectra of data, and their mixtures.

A measure of mass one is its support and its three-term coefficients, so everything else follows
from those two: moments (exact for exact parameters) and Gauss quadrature (floats). In
x = m(λ) = (2λ − L − ℓ)/(L − ℓ) the classical densities are

    Uniform             1
    GegenbauerDensity   (1 − x²)^{α − ½}          α = 0 is Chebyshev's (arcsine) density
    JacobiDensity       (1 − x)^α (1 + x)^β

each divided by its mass (DLMF 18.3).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from polyrates.errors import Undecided, refuse_type, refuse_value
from polyrates.numbers import (
    Number,
    count,
    floating,
    is_exact,
    is_symbolic,
    nonnegative,
    number,
    numbers,
    positive,
    real,
    sign,
    square_root,
    unify,
)
from polyrates.spectra import Segment, Spectrum, check_hull, merge
from polyrates.threeterm import (
    chebyshev_algorithm,
    field_of,
    float_gauss,
    float_lanczos,
    moments_of,
    stieltjes,
)

__all__ = [
    "ClassicalDensity",
    "Empirical",
    "GegenbauerDensity",
    "JacobiDensity",
    "MarchenkoPastur",
    "Measure",
    "Mixture",
    "Uniform",
    "as_measure",
]


class Measure(Spectrum):
    """A probability measure on the eigenvalues."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[Number, ...]:
        """The numbers it is made of; they decide whether what follows is exact."""

    @abstractmethod
    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """(a, b): the first n coefficients of its monic orthogonal polynomials in λ.

        P_0 = 1, P_{k+1} = (λ − a_k)P_k − b_kP_{k−1}, b_0 = 1 (the mass), ‖P_k‖² = b_0 b_1 ⋯ b_k.
        A measure of N points has N of each.
        """

    @property
    def points(self) -> int | None:
        """The number of points that carry all the mass, or None when there are infinitely many."""
        return None

    @property
    def mass_at_zero(self) -> Number:
        """μ({0}). No residual polynomial gets ∫P² below it, since P(0) = 1."""
        return sympy.Integer(0)

    @property
    def bulk(self) -> Measure | None:
        """The measure without its mass at 0, scaled to mass one; None when nothing is left."""
        return self

    @property
    def is_exact(self) -> bool:
        """Whether its parameters are exact numbers."""
        return all(is_exact(value) for value in self.parameters)

    def moments(self, n: int) -> list[Number]:
        """The first n raw moments ∫λ^k dμ, k < n; exact (sympy Rationals for rationals) or floats.

        Float moments of a high degree are correct but of little use: monomials are ill-conditioned.
        """
        size = count(n, "n")
        if size == 0:
            return []
        a, b = self.coefficients((size + 1) // 2 + 1)
        if not self.is_exact:
            return moments_of(a, b, size)
        field = field_of(*a, *b)
        first, second = ([field.from_sympy(value) for value in row] for row in (a, b))
        return [field.to_sympy(value) for value in moments_of(first, second, size)]

    def quadrature(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """(nodes, weights), float arrays (n,) of the Gauss rule, exact up to degree 2n − 1.

        The weights sum to one. A measure of N ≤ n points is its own rule: arrays (N,).
        """
        a, b = self.float_coefficients(count(n, "n", 1))
        return float_gauss(a, b)

    def float_coefficients(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """:meth:`coefficients` as float arrays (n,)."""
        a, b = self.coefficients(n)
        return np.array([floating(x) for x in a]), np.array([floating(x) for x in b])


class ClassicalDensity(Measure):
    """A density (1 − x)^α (1 + x)^β on [ℓ, L], x = m(λ): the family with a Sobolev recurrence."""

    ell: Number
    L: Number

    @property
    @abstractmethod
    def exponents(self) -> tuple[Number, Number]:
        """(α, β), the exponents at λ = L and at λ = ℓ."""

    @property
    def support(self) -> tuple[Segment, ...]:
        """((ℓ, L),)."""
        return ((self.ell, self.L),)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L, α, β)."""
        return (self.ell, self.L, *self.exponents)

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """Those of Jacobi's polynomials (DLMF 18.9), moved to [ℓ, L]."""
        size = count(n, "n")
        middle, half = (self.L + self.ell) / 2, (self.L - self.ell) / 2
        if not self.is_exact:
            rows = [jacobi_coefficients(k, *self.exponents) for k in range(size)]
            return (
                [middle + half * a for a, _ in rows],
                [b if k == 0 else half * half * b for k, (_, b) in enumerate(rows)],
            )
        field = field_of(*self.parameters)
        m, h, alpha, beta = map(field.from_sympy, (middle, half, *self.exponents))
        rows = [jacobi_coefficients(k, alpha, beta) for k in range(size)]
        return (
            [field.to_sympy(m + h * a) for a, _ in rows],
            [field.to_sympy(field.one * b if k == 0 else h * h * b)
             for k, (_, b) in enumerate(rows)],
        )  # fmt: skip


def jacobi_coefficients(k: int, alpha: Any, beta: Any) -> tuple[Any, Any]:
    """(a_k, b_k) of the monic Jacobi polynomials on [−1, 1], on any scalars; b_0 = 1."""
    s = alpha + beta
    if k == 0:
        return (beta - alpha) / (s + 2), s * 0 + 1
    if k == 1:  # (1 + s)/(1 + s) cancelled: it is 0/0 for Chebyshev's density
        b = 4 * (1 + alpha) * (1 + beta) / ((2 + s) * (2 + s) * (3 + s))
    else:
        b = 4 * k * (k + alpha) * (k + beta) * (k + s)
        b = b / ((2 * k + s) * (2 * k + s) * (2 * k + s + 1) * (2 * k + s - 1))
    return (beta - alpha) * s / ((2 * k + s) * (2 * k + s + 2)), b


def _set(instance: object, **fields: object) -> None:
    for name, value in fields.items():
        object.__setattr__(instance, name, value)


def _above(value: object, name: str, bound: Number) -> Number:
    """A number > bound, or symbols that do not contradict it."""
    result = real(value, name)
    if sign(result - bound) in (-1, 0):
        refuse_value(name, value, f"must be > {bound}", f"give a larger {name}")
    return result


@dataclass(frozen=True)
class Uniform(ClassicalDensity):
    """The density 1/(L − ℓ) on [ℓ, L].

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    """

    ell: Number
    L: Number

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        _set(self, ell=low, L=high)

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(0, 0)."""
        zero: Number = sympy.Integer(0) if is_exact(self.ell) else 0.0
        return zero, zero


@dataclass(frozen=True)
class GegenbauerDensity(ClassicalDensity):
    """The density ∝ (1 − x²)^{α − ½} on [ℓ, L], x = m(λ).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    alpha : number > −½
        0 is the arcsine density, ½ the uniform one, 1 the semicircle.
    """

    ell: Number
    L: Number
    alpha: Number

    def __init__(self, ell: object, L: object, alpha: object) -> None:
        low, high, a = unify(*check_hull(ell, L), _above(alpha, "alpha", -sympy.Rational(1, 2)))
        _set(self, ell=low, L=high, alpha=a)

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(α − ½, α − ½)."""
        half: Number = sympy.Rational(1, 2) if is_exact(self.alpha) else 0.5
        return self.alpha - half, self.alpha - half


@dataclass(frozen=True)
class JacobiDensity(ClassicalDensity):
    """The density ∝ (1 − x)^α (1 + x)^β on [ℓ, L], x = m(λ).

    Parameters
    ----------
    ell, L : numbers, 0 ≤ ell < L
        The interval.
    alpha, beta : numbers > −1
        The exponents at λ = L and at λ = ℓ.
    """

    ell: Number
    L: Number
    alpha: Number
    beta: Number

    def __init__(self, ell: object, L: object, alpha: object, beta: object) -> None:
        low, high, a, b = unify(
            *check_hull(ell, L),
            _above(alpha, "alpha", sympy.Integer(-1)),
            _above(beta, "beta", sympy.Integer(-1)),
        )
        _set(self, ell=low, L=high, alpha=a, beta=b)

    @property
    def exponents(self) -> tuple[Number, Number]:
        """(α, β)."""
        return self.alpha, self.beta


@dataclass(frozen=True)
class MarchenkoPastur(Measure):
    """The eigenvalues of XᵀX/n for a large random X, n × d (Marchenko and Pastur 1967).

    The entries of X are independent with mean zero and variance σ² = ``scale``, and d/n → r =
    ``ratio``. The density is √((λ₊ − λ)(λ − λ₋))/(2π r σ² λ) on λ± = σ²(1 ± √r)². For r > 1 the
    matrix has rank n < d, so a mass 1 − 1/r of the eigenvalues sits at 0, the support gains that
    point, and no method gets ∫P²dμ below it: there ∂x* is not determined by the data. The
    three-term coefficients are those of one formula for every r: a_0 = σ², a_k = σ²(1 + r),
    b_k = σ⁴r.

    Parameters
    ----------
    ratio : number > 0
        r = d/n, features over samples.
    scale : number > 0
        σ², in units of λ.
    """

    ratio: Number
    scale: Number

    def __init__(self, ratio: object, scale: object = 1) -> None:
        r, s = unify(positive(ratio, "ratio"), positive(scale, "scale"))
        _set(self, ratio=r, scale=s)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(r, σ²)."""
        return (self.ratio, self.scale)

    @property
    def support(self) -> tuple[Segment, ...]:
        """[λ₋, λ₊], and the point 0 before it for r > 1."""
        root = square_root(self.ratio)
        edges: list[Number] = [self.scale * (1 - root) ** 2, self.scale * (1 + root) ** 2]
        if is_exact(self.scale):
            edges = [sympy.expand(edge) for edge in edges]
        bulk = (edges[0], edges[1])
        if sign(self.mass_at_zero) == 1:
            zero = self.ratio * 0
            return ((zero, zero), bulk)
        return (bulk,)

    @property
    def mass_at_zero(self) -> Number:
        """1 − 1/r for r > 1, else 0."""
        above = sign(self.ratio - 1)
        if above is None:
            raise Undecided(
                "ratio", self.ratio, "whether it exceeds 1 decides whether 0 is an eigenvalue",
                "give ratio a value",
            )  # fmt: skip
        return 1 - 1 / self.ratio if above == 1 else self.ratio * 0

    @property
    def bulk(self) -> Measure:
        """For r > 1 the spectrum of XXᵀ/n: Marchenko–Pastur with ratio 1/r and scale rσ²."""
        if sign(self.mass_at_zero) == 0:
            return self
        return MarchenkoPastur(1 / self.ratio, self.scale * self.ratio)

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """a = σ²(1, 1 + r, 1 + r, …), b = (1, σ⁴r, σ⁴r, …)."""
        size = count(n, "n")
        first, later = self.scale, self.scale * (1 + self.ratio)
        square = self.scale * self.scale * self.ratio
        one: Number = sympy.Integer(1) if is_exact(self.scale) else 1.0
        return [first, *[later] * (size - 1)][:size], [one, *[square] * (size - 1)][:size]


@dataclass(frozen=True)
class Empirical(Measure):
    """Finitely many eigenvalues, equal ones merged: μ = Σ w_i δ(λ_i).

    Parameters
    ----------
    eigenvalues : sequence of numbers ≥ 0, or float array (N,)
        In any order.
    weights : sequence of numbers ≥ 0, as long as the eigenvalues, optional
        Divided by their sum; equal ones when None. A point of weight zero is dropped.
    hull : pair of numbers, optional
        A known interval that contains all eigenvalues; it becomes the support, so that suprema are
        taken over it. Otherwise the support is the points alone.
    """

    eigenvalues: tuple[Number, ...]
    weights: tuple[Number, ...]
    interval: Segment | None

    def __init__(self, eigenvalues: object, weights: object = None, hull: object = None) -> None:
        values, masses = _points(eigenvalues, weights)
        interval: Segment | None = None
        if hull is not None:
            pair: Any = hull
            if isinstance(pair, (str, bytes)) or not hasattr(pair, "__len__") or len(pair) != 2:
                refuse_type("hull", hull, "must be a pair (ell, L)", "give for instance (1, 10)")
            interval = check_hull(*pair)
            inside = sign(values[0] - interval[0]) != -1 and sign(interval[1] - values[-1]) != -1
            if not inside:
                refuse_value(
                    "hull", hull, f"does not contain the eigenvalues {values[0]} … {values[-1]}",
                    "widen it",
                )  # fmt: skip
        _set(self, eigenvalues=values, weights=masses, interval=interval)

    @classmethod
    def from_matrix(cls, H: object, hull: object = None) -> Empirical:
        """The eigenvalues of a symmetric positive semidefinite matrix (d, d).

        Those within d·ε of zero, relative to the largest, are rounding and become 0.
        """
        matrix = np.asarray(H, dtype=float)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
            refuse_value("H", matrix.shape, "must be a square matrix", "give an array (d, d)")
        if not np.all(np.isfinite(matrix)):
            refuse_value("H", H, "has entries that are not finite", "check what computed it")
        largest = float(np.max(np.abs(matrix)))
        if float(np.max(np.abs(matrix - matrix.T))) > 1e-8 * largest:
            refuse_value("H", H, "must be symmetric", "give (H + H.T)/2")
        values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
        noise = len(values) * float(np.finfo(float).eps) * float(np.max(np.abs(values)))
        if values[0] < -noise:
            refuse_value(
                "H", values[0], "has a negative eigenvalue",
                "give the Hessian of a convex function",
            )  # fmt: skip
        values[np.abs(values) <= noise] = 0.0
        return cls(values, hull=hull)

    @classmethod
    def from_data(cls, X: object, hull: object = None) -> Empirical:
        """The spectrum of XᵀX/n, X (n, d): the Hessian of ‖Xw − y‖²/(2n).

        The squares of the singular values over n, so that small ones keep their digits; beyond the
        numerical rank they are 0.
        """
        data = np.asarray(X, dtype=float)
        if data.ndim != 2 or not data.size:
            refuse_value("X", data.shape, "must be a matrix", "give an array (n, d)")
        if not np.all(np.isfinite(data)):
            refuse_value("X", X, "has entries that are not finite", "drop or impute those rows")
        singular = np.linalg.svd(data, compute_uv=False)
        noise = max(data.shape) * float(np.finfo(float).eps) * singular[0]
        singular[singular <= noise] = 0.0
        values = np.zeros(data.shape[1])
        values[: len(singular)] = singular**2 / len(data)
        return cls(values, hull=hull)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The eigenvalues and the weights."""
        return self.eigenvalues + self.weights

    @property
    def is_exact(self) -> bool:
        """Whether the eigenvalues and weights are exact numbers."""
        return is_exact(self.eigenvalues[0])

    @property
    def support(self) -> tuple[Segment, ...]:
        """The hull when it was given, else the points."""
        if self.interval is not None:
            return (self.interval,)
        return tuple((value, value) for value in self.eigenvalues)

    @property
    def hull(self) -> Segment:
        """The hull when it was given, else (smallest, largest)."""
        return self.interval or (self.eigenvalues[0], self.eigenvalues[-1])

    @property
    def points(self) -> int:
        """The number of distinct eigenvalues."""
        return len(self.eigenvalues)

    @property
    def mass_at_zero(self) -> Number:
        """The weight of the eigenvalue 0."""
        first = self.eigenvalues[0]
        return self.weights[0] if sign(first) == 0 else first * 0

    @property
    def bulk(self) -> Empirical | None:
        """The eigenvalues other than 0."""
        if sign(self.eigenvalues[0]) != 0:
            return self
        return Empirical(self.eigenvalues[1:], self.weights[1:]) if self.points > 1 else None

    def atoms(self) -> tuple[np.ndarray, np.ndarray]:
        """(eigenvalues, weights) as float arrays (N,)."""
        if self.is_exact:
            return (
                np.array([floating(x) for x in self.eigenvalues]),
                np.array([floating(x) for x in self.weights]),
            )
        return np.array(self.eigenvalues), np.array(self.weights)

    def _enough(self, n: int) -> int:
        size = count(n, "n")
        if size > self.points:
            refuse_value(
                "n", n, f"a measure of {self.points} points has {self.points} orthogonal "
                "polynomials only", f"give n ≤ {self.points}",
            )  # fmt: skip
        return size

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """Stieltjes' procedure on exact numbers, Lanczos' process on floats; n ≤ N."""
        size = self._enough(n)
        if not self.is_exact:
            a, b = float_lanczos(*self.atoms(), size)
            return a.tolist(), b.tolist()
        field = field_of(*self.parameters)
        points = [field.from_sympy(x) for x in self.eigenvalues]
        masses = [field.from_sympy(x) for x in self.weights]
        rows = stieltjes(points, masses, size)
        return [field.to_sympy(x) for x in rows[0]], [field.to_sympy(x) for x in rows[1]]

    def float_coefficients(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Lanczos' process, arrays (n,); exact points are rounded first."""
        return float_lanczos(*self.atoms(), self._enough(n))

    def moments(self, n: int) -> list[Number]:
        """Σ w_i λ_i^k, k < n."""
        size = count(n, "n")
        if not self.is_exact:
            values, powers = self.atoms()
            result: list[Number] = []
            for _ in range(size):
                result.append(float(np.sum(powers)))
                powers = powers * values
            return result
        field = field_of(*self.parameters)
        points = [field.from_sympy(x) for x in self.eigenvalues]
        terms = [field.from_sympy(x) for x in self.weights]
        exact_result: list[Number] = []
        for _ in range(size):
            exact_result.append(field.to_sympy(sum(terms[1:], terms[0])))
            terms = [x * p for x, p in zip(terms, points, strict=True)]
        return exact_result

    def quadrature(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The Gauss rule with n nodes, or the points themselves where N ≤ n."""
        size = count(n, "n", 1)
        return self.atoms() if size >= self.points else super().quadrature(size)


def _points(eigenvalues: object, weights: object) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """Distinct eigenvalues in increasing order and their masses, checked."""
    if isinstance(eigenvalues, np.ndarray):
        given = isinstance(weights, np.ndarray) and weights.dtype.kind == "f"
        if eigenvalues.dtype.kind == "f" and (weights is None or given):
            return _float_points(eigenvalues, weights)
        eigenvalues = eigenvalues.tolist()
    if isinstance(weights, np.ndarray):
        weights = weights.tolist()
    values = numbers(eigenvalues, "eigenvalues")
    if not values:
        refuse_value("eigenvalues", eigenvalues, "must not be empty", "give at least one")
    for i, value in enumerate(values):
        nonnegative(value, f"eigenvalues[{i}]")
    if weights is None:
        one: Number = sympy.Integer(1) if is_exact(values[0]) else 1.0
        masses: tuple[Number, ...] = (one,) * len(values)
    else:
        masses = numbers(weights, "weights")
        if len(masses) != len(values):
            refuse_value(
                "weights", masses, f"has {len(masses)} entries", f"give {len(values)}, one each"
            )
        for i, mass in enumerate(masses):
            nonnegative(mass, f"weights[{i}]")
    flat = unify(*values, *masses)
    if len(values) > 1 and any(is_symbolic(x) for x in flat[: len(values)]):
        refuse_value("eigenvalues", values, "symbols cannot be put in order", "give numbers")
    merged: dict[Number, Number] = {}
    for value, mass in zip(flat[: len(values)], flat[len(values) :], strict=True):
        if sign(mass) != 0:
            merged[value] = merged[value] + mass if value in merged else mass
    total = sum(merged.values())
    if not merged or sign(number(total)) == 0:
        refuse_value("weights", weights, "their sum is zero", "give at least one positive weight")
    order = sorted(merged)
    return tuple(order), tuple(merged[value] / total for value in order)


def _float_points(
    eigenvalues: np.ndarray, weights: Any
) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """The same for arrays of floats, without a Python loop."""
    values = _nonnegative_vector(eigenvalues, "eigenvalues")
    if weights is None:
        masses = np.ones(len(values))
    else:
        masses = _nonnegative_vector(weights, "weights")
        if len(masses) != len(values):
            refuse_value(
                "weights", masses, f"has {len(masses)} entries", f"give {len(values)}, one each"
            )
        largest = float(np.max(masses))
        if largest == 0:
            refuse_value("weights", weights, "their sum is zero", "give at least one positive one")
        values, masses = values[masses > 0], masses[masses > 0] / largest
    distinct, place = np.unique(values, return_inverse=True)
    if len(distinct) < len(values):
        masses = np.asarray(np.bincount(place, weights=masses), dtype=float)
    else:
        masses = masses[np.argsort(values)]
    return tuple(distinct.tolist()), tuple((masses / np.sum(masses)).tolist())


def _nonnegative_vector(array: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(array, dtype=float)
    if values.ndim != 1 or not values.size:
        refuse_value(name, values.shape, "must be a nonempty vector", "give an array (N,)")
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        refuse_value(
            f"{name}[{bad[0]}]", values[bad[0]], "must be finite and ≥ 0",
            "give the eigenvalues of a positive semidefinite matrix and masses",
        )  # fmt: skip
    return values


@dataclass(frozen=True)
class Mixture(Measure):
    """Σ w_i μ_i: unions of intervals, gaps, outliers beside a bulk.

    Parameters
    ----------
    components : sequence of pairs (weight ≥ 0, measure)
        The weights are divided by their sum.
    """

    components: tuple[tuple[Number, Measure], ...]

    def __init__(self, components: object) -> None:
        if isinstance(components, (str, bytes)) or not isinstance(components, Iterable):
            refuse_type(
                "components", components, "must be a sequence of pairs (weight, measure)",
                "give [(1, pr.Uniform(1, 2)), (2, pr.Uniform(5, 9))]",
            )  # fmt: skip
        weights: list[Number] = []
        measures: list[Measure] = []
        for i, pair in enumerate(components):
            if isinstance(pair, (str, bytes)) or not hasattr(pair, "__len__") or len(pair) != 2:
                refuse_type(
                    f"components[{i}]", pair, "must be a pair (weight, measure)",
                    "give (1, pr.Uniform(1, 2))",
                )  # fmt: skip
            weights.append(nonnegative(pair[0], f"components[{i}][0]"))
            measures.append(as_measure(pair[1], f"components[{i}][1]"))
        if not weights:
            refuse_value("components", components, "must not be empty", "give at least one")
        flat = unify(*weights)
        total = number(sum(flat))
        if sign(total) == 0:
            refuse_value("components", components, "the weights sum to zero", "give one > 0")
        _set(
            self,
            components=tuple(
                (weight / total, each)
                for weight, each in zip(flat, measures, strict=True)
                if sign(weight) != 0
            ),
        )

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The weights and the parameters of the components."""
        return tuple(
            value for weight, each in self.components for value in (weight, *each.parameters)
        )

    @property
    def is_exact(self) -> bool:
        """Whether every weight and every component is exact."""
        return all(is_exact(weight) and each.is_exact for weight, each in self.components)

    @property
    def support(self) -> tuple[Segment, ...]:
        """The union of the supports."""
        return merge(segment for _, each in self.components for segment in each.support)

    @property
    def points(self) -> int | None:
        """The number of distinct points when every component is discrete."""
        pooled = self._pooled()
        return None if pooled is None else pooled.points

    @property
    def mass_at_zero(self) -> Number:
        """The weighted sum of the components' masses at 0."""
        return number(sum(unify(*(weight * each.mass_at_zero for weight, each in self.components))))

    @property
    def bulk(self) -> Measure | None:
        """The components' bulks."""
        if sign(self.mass_at_zero) == 0:
            return self
        parts = [
            (weight * (1 - each.mass_at_zero), each.bulk)
            for weight, each in self.components
            if each.bulk is not None
        ]
        return Mixture(parts) if parts else None

    def _pooled(self) -> Empirical | None:
        """One Empirical, where all components are discrete."""
        values: list[Number] = []
        masses: list[Number] = []
        for weight, each in self.components:
            discrete = each._pooled() if isinstance(each, Mixture) else each
            if not isinstance(discrete, Empirical):
                return None
            values += discrete.eigenvalues
            masses += [weight * mass for mass in discrete.weights]
        return Empirical(values, masses)

    def moments(self, n: int) -> list[Number]:
        """The weighted sums of the components' moments."""
        rows = [each.moments(n) for _, each in self.components]
        weights = [weight for weight, _ in self.components]
        if not self.is_exact:
            return [sum(floating(w) * floating(m) for w, m in zip(weights, column, strict=True))
                    for column in zip(*rows, strict=True)]  # fmt: skip
        return [
            sympy.expand(sum(w * m for w, m in zip(weights, column, strict=True)))
            for column in zip(*rows, strict=True)
        ]

    def coefficients(self, n: int) -> tuple[list[Number], list[Number]]:
        """Chebyshev's algorithm on exact moments; in floats Lanczos' process on Gauss rules."""
        size = count(n, "n")
        pooled = self._pooled()
        if pooled is not None:
            return pooled.coefficients(size)
        if size == 0:
            return [], []
        if not self.is_exact:
            a, b = self.float_coefficients(size)
            return a.tolist(), b.tolist()
        moments = self.moments(2 * size)
        field = field_of(*moments)
        rows = chebyshev_algorithm([field.from_sympy(moment) for moment in moments])
        return [field.to_sympy(x) for x in rows[0]], [field.to_sympy(x) for x in rows[1]]

    def float_coefficients(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Each component's Gauss rule with n + 1 nodes has the same coefficients to degree n."""
        pooled = self._pooled()
        if pooled is not None:
            return pooled.float_coefficients(n)
        rules = [(floating(w), *each.quadrature(n + 1)) for w, each in self.components]
        return float_lanczos(
            np.concatenate([nodes for _, nodes, _ in rules]),
            np.concatenate([w * masses for w, _, masses in rules]),
            count(n, "n"),
        )

    def quadrature(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The Gauss rule with n nodes, or the points themselves where there are no more."""
        pooled = self._pooled()
        return super().quadrature(n) if pooled is None else pooled.quadrature(n)


def as_measure(value: object, name: str = "spectrum") -> Measure:
    """A measure; a bare support is refused, because an average needs a density."""
    if isinstance(value, Spectrum) and not isinstance(value, Measure):
        ell, L = value.hull
        refuse_value(
            name, value, "is a support without a measure, and an average needs one",
            f"give pr.Uniform({ell}, {L}) or another density",
        )  # fmt: skip
    if not isinstance(value, Measure):
        refuse_type(name, value, "must be a measure", "give pr.Uniform(ell, L) or another density")
    return value
