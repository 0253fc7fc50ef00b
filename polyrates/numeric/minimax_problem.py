r"""The minimax problem of unrolling, normalised: hull, basis and functionals.

With :math:`x \in [-1, 1]` on the hull, :math:`\lambda \propto x + 1 + \delta`,
:math:`\delta = 2\ell/(L-\ell)`, and errors measured in units of the first weight, the problem is

.. math:: \max_{q, s}\ \rho^\top q \quad\text{subject to}\quad
          W(x) = \frac{A(x)^2}{s} + \frac{B(x)^2}{1-s} \le 1 \quad\text{on the support},

where :math:`P = \sum_k q_k Q_k`, :math:`\rho^\top q = P(0)/|T_t(m_0)|`, and the optimal value is
:math:`1/(|T_t(m_0)|\,\rho^\top q)`.  :math:`W` is jointly convex in :math:`(q, s)` (a quadratic
over a linear function), so the problem is convex and its multipliers, normalised to sum 1, are
the least favourable measure.

The basis is :math:`Q_0 = 1`, :math:`Q_k' = T_{k-1}`: then ``A`` and ``B`` have entries of the same
order for every degree, where Chebyshev polynomials themselves would spread them over ``k**2``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# double or long
Floats = npt.NDArray[np.floating[Any]]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


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


@dataclass(frozen=True)
class Problem:
    r"""The normalised problem of degree ``t``.

    ``support``: sorted disjoint intervals in λ, points as (p, p), on a hull of positive width;
    ``gamma`` multiplies dP/dx in ``B``; ``initial`` chooses ``A = P − λP'`` over ``A = P``;
    ``share`` is a fixed ``s`` or None.
    """

    t: int
    support: tuple[tuple[float, float], ...]
    gamma: float
    initial: bool
    share: float | None

    @property
    def hull(self) -> tuple[float, float]:
        """``(ell, L)``."""
        return self.support[0][0], self.support[-1][1]

    @cached_property
    def delta(self) -> float:
        """``|m0| - 1 = 2 ell / (L - ell)``: carried instead of ``m0`` to keep digits near -1."""
        ell, top = self.hull
        return 2 * (ell / (top - ell))

    @cached_property
    def segments(self) -> tuple[tuple[float, float], ...]:
        """(centre, half width) in ``x`` of every interval; the half width of a point is 0."""
        if len(self.support) == 1:
            return ((0.0, 1.0),)
        ell, top = self.support[0][0], self.support[-1][1]
        width = top - ell
        return tuple(
            (((lo - ell) - (top - hi)) / width, (hi - lo) / width) for lo, hi in self.support
        )

    @property
    def joint(self) -> bool:
        """Whether ``s`` is an unknown."""
        return self.gamma > 0 and self.share is None

    @property
    def whole(self) -> bool:
        """Whether the support is all of the hull."""
        return len(self.support) == 1

    @cached_property
    def angle(self) -> float:
        r""":math:`\eta_0` with :math:`\cosh\eta_0 = |m_0| = 1 + \delta`, stable for small delta."""
        return math.log1p(self.delta + math.sqrt(self.delta * (2 + self.delta)))

    @cached_property
    def columns(self) -> Index:
        """Basis functions in use: ``P = λ`` is invisible to ``A = P − λP'`` when B is absent."""
        every = np.arange(self.t + 1)
        return every[every != 1] if self.initial and self.gamma == 0 else every

    @cached_property
    def rho(self) -> Array:
        """``Q_k(m0) / |T_t(m0)|`` for the columns in use, shape (m,)."""
        k = np.arange(self.t + 1)
        decay = np.exp((k - self.t) * self.angle)
        scale = 1 + math.exp(-2 * self.t * self.angle)
        values = (-1.0) ** k * decay * (1 + np.exp(-2 * k * self.angle)) / scale
        rho = values.copy()
        if self.t >= 1 and self.initial:
            rho[1] = 0.0
        if self.t >= 2:
            rho[2] = values[2] / 4
        rho[3:] = values[3:] / (2 * k[3:]) - values[1:-2] / (2 * (k[3:] - 2))
        return np.asarray(rho[self.columns])

    # -- geometry ---------------------------------------------------------------------------------

    def abscissae(self, points: Points) -> Array:
        """The points in ``x``, clipped to [-1, 1]."""
        shape = np.array(self.segments)[points.segment]
        return np.asarray(np.clip(shape[:, 0] + shape[:, 1] * np.cos(points.phi), -1.0, 1.0))

    def nodes(self, per_segment: int) -> Points:
        """Chebyshev-Lobatto points of every interval, and the isolated points."""
        segment: list[Index] = []
        phi: list[Array] = []
        for i, (_, half) in enumerate(self.segments):
            angles = np.linspace(0.0, math.pi, per_segment + 1) if half > 0 else np.zeros(1)
            segment.append(np.full(len(angles), i, dtype=np.int64))
            phi.append(angles)
        return Points(np.concatenate(segment), np.concatenate(phi))

    @cached_property
    def basis(self) -> Array:
        """Change to functions nearly orthonormal on the support, (m, m).

        Where the support has gaps, polynomials that are small on it are large between: in the
        basis of the hull they are all but dependent.
        """
        points = self.nodes(4 * self.t + 8)
        stacked = np.concatenate(list(self.rows(points)[:2]))
        norms = np.sqrt(2 * np.mean(stacked**2, axis=0))
        stacked /= norms * math.sqrt(len(points))
        if len(stacked) >= len(norms):
            triangle = np.linalg.qr(stacked, mode="r")
            size = np.abs(np.diagonal(triangle))
            if np.min(size) > 1e-15 * np.max(size):
                return np.asarray(np.linalg.inv(triangle) / norms[:, None])
        return np.diag(1 / norms)

    # -- functionals ------------------------------------------------------------------------------

    def rows(self, points: Points) -> Array:
        """``A``, ``B`` of each basis function and their ``phi`` derivatives: (4, n, m).

        Not rigorous (an accumulated product gives the trigonometric functions); the certificate
        has its own evaluation.
        """
        t, n = self.t, len(points)
        theta = points.phi
        if not self.whole:
            x = self.abscissae(points)
            theta = np.arccos(x)
        power = np.empty((t + 1, n), dtype=np.complex128)
        power[0] = 1.0
        power[1:] = np.exp(1j * theta)
        np.multiply.accumulate(power, axis=0, out=power)
        if self.whole:
            x, moving, chain = np.cos(theta), -np.sin(theta), 1.0
        else:
            # dx/dphi and dtheta/dphi; 0/0 only at the ends of the hull, where both vanish
            moving = -np.array(self.segments)[points.segment, 1] * np.sin(points.phi)
            with np.errstate(divide="ignore", invalid="ignore"):
                chain = np.nan_to_num(-moving / np.sin(theta), posinf=0.0, neginf=0.0)[:, None]
        value = np.ascontiguousarray(power.real.T)
        result = np.zeros((4, n, t + 1))
        first, slope, first_phi, curve = result
        slope[:, 1:] = value[:, :-1]
        np.multiply(power.imag.T[:, :-1], -chain * self._orders[:-1], out=curve[:, 1:])
        first[:] = self.integrals(value, x)
        if self.initial:
            shift = (x + 1 + self.delta)[:, None]
            first -= shift * slope
            np.multiply(curve, -shift, out=first_phi)
            first[:, 1:2] = 0.0
        else:
            np.multiply(slope, moving[:, None], out=first_phi)
        result[1::2] *= self.gamma
        return result if len(self.columns) == t + 1 else result[:, :, self.columns]

    @cached_property
    def _orders(self) -> Array:
        return np.arange(self.t + 1.0)

    def integrals(self, value: Floats, x: Floats) -> Floats:
        """``Q_k`` from ``T_k``: shape (n, t + 1)."""
        t = self.t
        basis = value.copy()
        if t >= 1:
            basis[:, 1] = x + 1 + self.delta if self.initial else x
        if t >= 2:
            basis[:, 2] /= 4
        if t >= 3:
            k = np.arange(3, t + 1)
            basis[:, 3:] = value[:, 3:] / (2 * k) - value[:, 1 : t - 1] / (2 * (k - 2))
        return basis

    def chebyshev(self, q: Array) -> Array:
        """Chebyshev coefficients of ``P = sum q_k Q_k`` on the hull, shape (t + 1,)."""
        full = np.zeros(self.t + 1)
        full[self.columns] = q
        return self._combine(full)

    def _combine(self, full: Array) -> Array:
        """Chebyshev coefficients of P from coefficients of every ``Q_k``, along the first axis."""
        t = self.t
        p = np.zeros_like(full)
        p[: min(t, 1) + 1] = full[: min(t, 1) + 1]
        if t >= 1 and self.initial:
            p[0] += (1 + self.delta) * full[1]
        if t >= 2:
            p[2] = full[2] / 4
        if t >= 3:
            k = np.arange(3, t + 1).reshape(-1, *[1] * (full.ndim - 1))
            p[3:] = full[3:] / (2 * k)
            p[1 : t - 1] -= full[3:] / (2 * (k - 2))
        return p

    def from_chebyshev(self, p: Array) -> Array:
        """Inverse of :meth:`chebyshev`; a ``λ`` component is dropped where it is invisible."""
        t = self.t
        full = np.zeros(t + 1)
        if t >= 1:
            full[1:] = np.polynomial.chebyshev.chebder(p)
        full[0] = p[0]
        if self.initial and t >= 1:
            # the column of λ replaces the one of x
            rest = p[1] + (full[3] / 2 if t >= 3 else 0.0)
            full[1] = rest
            full[0] = p[0] - (1 + self.delta) * rest
        elif t >= 3:
            full[1] = p[1] + full[3] / 2
        return np.asarray(full[self.columns])

    @cached_property
    def _local(self) -> list[Array]:
        """Per segment, the matrix (2, t + 1, m) to the local Chebyshev coefficients of A and B."""
        if self.whole:
            return [self._global[:, :, self.columns]]
        t = self.t
        phi = (np.arange(t + 1) + 0.5) * math.pi / (t + 1)
        transform = np.cos(np.outer(np.arange(t + 1), phi)) * (2 / (t + 1))
        transform[0] /= 2
        result = []
        for i, (_, half) in enumerate(self.segments):
            if half == 0:
                result.append(np.zeros((2, 1, 0)))
                continue
            result.append(transform @ self.rows(Points(np.full(t + 1, i), phi))[:2])
        return result

    @property
    def _global(self) -> Array:
        """The same on the hull, for every ``Q_k``: there the coefficients are known exactly."""
        t = self.t
        unit = np.eye(t + 1)
        slope = np.zeros((t + 1, t + 1))
        slope[:-1] = unit[1:]
        result = np.stack([self._combine(unit), self.gamma * slope])
        if self.initial:
            unit[:, 1:2] = slope[:, 1:2] = 0.0  # λ itself: A = 0, and B = gamma stays
            first = self._combine(unit) - (1 + self.delta) * slope
            first[1:] -= 0.5 * slope[:-1]
            first[:-1] -= 0.5 * slope[1:]
            result[0] = first
        return result

    def series(self, q: Array, segment: int) -> Array:
        """Local Chebyshev coefficients of ``A`` and ``B`` on one interval, (2, t + 1)."""
        return np.asarray(self._local[segment] @ q)
