"""Finitely many eigenvalues with masses: a matrix, data, an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sympy

from polyrates.core.measures.base import Measure, set_fields
from polyrates.core.spectra import Segment, check_hull
from polyrates.core.threeterm import field_of, float_lanczos, stieltjes
from polyrates.ground.abridged import abridged
from polyrates.ground.arrays import real_array
from polyrates.ground.errors import refuse_type, refuse_value, shape_of
from polyrates.ground.numbers import (
    Number,
    count,
    floating,
    in_order,
    is_exact,
    is_symbolic,
    nonnegative,
    number,
    numbers,
    sign,
    unify,
)

__all__ = ["Empirical"]


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
    status : "certified" or "predicted"
        "predicted" for eigenvalues that were estimated; it is no part of what the measure equals.
    """

    eigenvalues: tuple[Number, ...]
    weights: tuple[Number, ...]
    interval: Segment | None

    def __init__(
        self,
        eigenvalues: object,
        weights: object = None,
        hull: object = None,
        *,
        status: Literal["certified", "predicted"] = "certified",
    ) -> None:
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
                    "hull",
                    hull,
                    f"does not contain the eigenvalues {values[0]} … {values[-1]}",
                    "widen it",
                )
        set_fields(self, eigenvalues=values, weights=masses, interval=interval, status=status)

    def __repr__(self) -> str:
        return abridged(self)

    @classmethod
    def from_matrix(cls, H: object, hull: object = None) -> Empirical:
        """The eigenvalues of a symmetric positive semidefinite matrix (d, d).

        Those within d·ε of zero, relative to the largest, are rounding and become 0.
        """
        matrix = real_array(H, "H")
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
            refuse_value("H", shape_of(matrix), "must be a square matrix", "give an array (d, d)")
        if not np.all(np.isfinite(matrix)):
            refuse_value("H", H, "has entries that are not finite", "check what computed it")
        largest = float(np.max(np.abs(matrix)))
        if float(np.max(np.abs(matrix - matrix.T))) > 1e-8 * largest:
            refuse_value("H", H, "must be symmetric", "give (H + H.T)/2")
        values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
        noise = len(values) * float(np.finfo(float).eps) * float(np.max(np.abs(values)))
        if values[0] < -noise:
            refuse_value(
                "H",
                values[0],
                "has a negative eigenvalue",
                "give the Hessian of a convex function",
            )
        values[np.abs(values) <= noise] = 0.0
        return cls(values, hull=hull)

    @classmethod
    def from_data(cls, X: object, hull: object = None) -> Empirical:
        """The spectrum of XᵀX/n, X (n, d): the Hessian of ‖Xw − y‖²/(2n).

        The squares of the singular values over n, so that small ones keep their digits; beyond the
        numerical rank they are 0.
        """
        data = real_array(X, "X")
        if data.ndim != 2 or not data.size:
            refuse_value("X", shape_of(data), "must be a matrix", "give an array (n, d)")
        if not np.all(np.isfinite(data)):
            refuse_value("X", X, "has entries that are not finite", "drop or impute those rows")
        singular = np.linalg.svd(data, compute_uv=False)
        noise = max(data.shape) * float(np.finfo(float).eps) * singular[0]
        singular[singular <= noise] = 0.0
        values = np.zeros(data.shape[1])
        values[: len(singular)] = singular**2 / len(data)
        return cls(values, hull=hull)

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        return (("N", len(self.eigenvalues)),)

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
    def named_parts(self) -> list[tuple[Number, dict[str, Number]]]:
        """Its points."""
        pairs = zip(self.weights, self.eigenvalues, strict=True)
        return [(weight, {"point": point}) for weight, point in pairs if weight != 0]

    @property
    def normalized(self) -> Empirical:
        """The points alone, with weights that were divided by their sum."""
        return Empirical(self.eigenvalues, self.weights)

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
        if self.points == 1:
            return None
        return Empirical(self.eigenvalues[1:], self.weights[1:], status=self.status)

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
                "n",
                n,
                f"a measure of {self.points} points has {self.points} orthogonal polynomials only",
                f"give n ≤ {self.points}",
            )
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
    order = sorted(merged, key=in_order)
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
    values = real_array(array, name)
    if values.ndim != 1 or not values.size:
        refuse_value(name, shape_of(values), "must be a nonempty vector", "give an array (N,)")
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        refuse_value(
            f"{name}[{bad[0]}]",
            values[bad[0]],
            "must be finite and ≥ 0",
            "give the eigenvalues of a positive semidefinite matrix and masses",
        )
    return values
