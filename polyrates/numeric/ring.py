"""Float carriers: values at points, and Chebyshev series on the hull."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating

__all__ = ["SeriesRing", "ValueRing"]


@dataclass(frozen=True, eq=False)
class ValueRing:
    """Functions on a set of points: an element is its array of values."""

    points: np.ndarray

    @property
    def start(self) -> np.ndarray:
        """The constant 1."""
        return np.ones_like(self.points)

    def number(self, value: Number) -> float:
        """The nearest float."""
        return floating(value)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        """λ times a function."""
        return np.asarray(point * self.points)

    def product(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The pointwise product."""
        return np.asarray(left * right)

    def quotient(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The pointwise quotient."""
        return np.asarray(left / right)

    def inverse(self, damping: Number = 0.0) -> np.ndarray:
        """1/(λ+δ), for the exact implicit solve."""
        shifted = self.points + floating(damping)
        if np.any(shifted <= 0):
            refuse_value(
                "spectrum",
                float(np.min(self.points)),
                "an exact solve needs eigenvalues > 0",
                "give ell > 0, or a damping",
            )
        return 1.0 / shifted


@dataclass(frozen=True)
class SeriesRing:
    """Σ_k c_k T_k(m(λ)), k ≤ degree: an element is its array of coefficients, shape (degree+1,).

    Stable at any degree; monomial coefficients in floats lose everything by degree 20.
    """

    ell: float
    L: float
    degree: int

    @property
    def start(self) -> np.ndarray:
        """The constant 1."""
        one = np.zeros(self.degree + 1)
        one[0] = 1.0
        return one

    def number(self, value: Number) -> float:
        """The nearest float."""
        return floating(value)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        """λ times a series: λ = ((L − ℓ)x + L + ℓ)/2 and x T_k = (T_{k+1} + T_{|k−1|})/2."""
        half, middle = (self.L - self.ell) / 2, (self.L + self.ell) / 2
        result = middle * point
        if self.degree:
            if point[-1] != 0.0:
                refuse_value(
                    "degree", self.degree, "the product exceeds it", "give a larger degree"
                )
            result[1] += half * point[0]
            result[2:] += (half / 2) * point[1:-1]
            result[:-1] += (half / 2) * point[1:]
        return result

    def product(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The product of two series, whose degrees must fit."""
        full = chebyshev.chebmul(left, right)
        if np.any(full[self.degree + 1 :] != 0.0):
            refuse_value("degree", self.degree, "the product exceeds it", "give a larger degree")
        result = np.zeros(self.degree + 1)
        result[: min(len(full), self.degree + 1)] = full[: self.degree + 1]
        return result

    def series(self, point: np.ndarray) -> chebyshev.Chebyshev:
        """An element as numpy's Chebyshev object with domain [ℓ, L]."""
        return chebyshev.Chebyshev(point, domain=[self.ell, self.L])
