r"""Chebyshev polynomials in the longest float, and what their rounding can lose."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Long = npt.NDArray[np.longdouble]
# double or long
Floats = npt.NDArray[np.float64] | npt.NDArray[np.longdouble]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

U = 2.0**-53
# Unit of the longest float, never taken better than the extended format's.
E = max(float(np.finfo(np.longdouble).eps), 2.0**-63)


def waves(theta: Long, degree: int) -> Long:
    """``T_k(cos theta)``, (n, degree + 1), by powers of ``exp(i theta)``: error ``8 (k + 1) E``."""
    power = np.empty((degree + 1, len(theta)), dtype=np.clongdouble)
    power[0] = 1
    power[1:] = np.cos(theta) + 1j * np.sin(theta)
    np.multiply.accumulate(power, axis=0, out=power)
    return np.ascontiguousarray(power.real.T)


def wave_error(degree: int, whole: bool) -> Array:
    """Bound on the errors of :func:`_waves`; a sub-interval's abscissae are wrong by ``16 E``."""
    k = np.arange(degree + 1, dtype=float)
    return np.asarray((8 * k + 8 + (0 if whole else 16) * k * k) * E)


def chebyshev_angles(n: int) -> Long:
    """The n zeros of T_n as angles."""
    return np.asarray((np.arange(n) + np.longdouble(0.5)) * np.arccos(np.longdouble(-1)) / n)


def interpolate(value: Long, error: float) -> tuple[Array, float]:
    """The series of degree n − 1 through values at :func:`chebyshev_angles`, wrong by ``error``."""
    n = len(value)
    transform = waves(chebyshev_angles(n), n - 1).T * (2 / np.longdouble(n))
    transform[0] /= 2
    local = (transform @ value).astype(float)
    top = float(np.max(np.abs(value)))
    # the nodes are within 4 E of those of the transform, whose entries are wrong by 16 (k + 1) E;
    # errors of the data grow by the Lebesgue constant of the nodes
    lebesgue = 2 / math.pi * math.log(n) + 1
    rounding = U * float(np.sum(np.abs(local))) + n * (32 * n + 64) * E * top
    return local, lebesgue * (error + 4 * n * E * top) + rounding


@dataclass(frozen=True)
class Points:
    """Points ``x = centre + half cos(phi)`` of the support: their segment and local angle."""

    segment: Index
    phi: Array

    def __len__(self) -> int:
        return len(self.phi)

    def take(self, keep: Mask | Index) -> Points:
        """The points selected by a mask or indices."""
        return Points(self.segment[keep], self.phi[keep])

    def join(self, other: Points) -> Points:
        """Both sets, these first."""
        return Points(
            np.concatenate([self.segment, other.segment]), np.concatenate([self.phi, other.phi])
        )
