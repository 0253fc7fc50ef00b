r"""The minimax problem of unrolling, normalised: hull, basis and functionals.

With :math:`x \in [-1, 1]` on the hull, :math:`\lambda \propto x + 1 + \delta`,
:math:`\delta = 2\ell/(L-\ell)`, and errors measured in units of the first weight, the problem is

.. math:: \max_{q, s}\ \rho^\top q \quad\text{subject to}\quad
          W(x) = \frac{A(x)^2}{s} + \frac{B(x)^2}{1-s} \le 1 \quad\text{on the support},

where :math:`P = \sum_k q_k Q_k`, :math:`\rho^\top q = P(0)/|T_t(m_0)|`, and the optimal value is
:math:`1/(|T_t(m_0)|\,\rho^\top q)`.  :math:`W` is jointly convex in :math:`(q, s)` (a quadratic
over a linear function), so the problem is convex and its multipliers, normalised to sum 1, are
the least favourable measure.

On an interval the basis is :math:`Q_0 = 1`, :math:`Q_k' = T_{k-1}`: then ``A`` and ``B`` have
entries of the same order for every degree, where Chebyshev polynomials themselves would spread them
over ``k**2``. On a support with gaps :math:`Q_k` is the k-th residual polynomial of a method made
for the support (:mod:`.gapped_basis`) over a power of two near its size there, and the last of
these powers takes the place of :math:`1/|T_t(m_0)|`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.numeric.minimax.gapped_basis import Table, table
from polyrates.numeric.minimax.integrated import combined, integrals, separated
from polyrates.numeric.minimax.wide_basis import Change, changed
from polyrates.numeric.suprema.waves import (
    Array,
    Floats,
    Index,
    Points,
    chebyshev_angles,
    interpolate,
)

# Beyond exp(690) the coefficients of the optimum leave the range of floats.
RANGE = 690.0


@dataclass(frozen=True)
class Problem:
    r"""The normalised problem of degree ``t``.

    ``support``: sorted disjoint intervals in λ, points as (p, p), on a hull of positive width;
    ``gamma`` multiplies dP/dx in ``B``; ``initial`` chooses ``A = P − λP'`` over ``A = P``;
    ``share`` is a fixed ``s`` or None; at the isolated points ``zeros`` A and B are held at 0.
    """

    t: int
    support: tuple[tuple[float, float], ...]
    gamma: float
    initial: bool
    share: float | None
    zeros: tuple[float, ...] = ()

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
        if self.zeros:
            return every[self.multiplicity * len(self.zeros) :]
        return every[every != 1] if self.plain else every

    @property
    def multiplicity(self) -> int:
        """Of the roots at isolated points."""
        return 2 if self.gamma > 0 or self.initial else 1

    @property
    def plain(self) -> bool:
        """Whether ``A = P − λP'`` alone counts, which does not see a λ in P."""
        return self.initial and self.gamma == 0

    @cached_property
    def free(self) -> tuple[bool, ...]:
        """Of every piece whether it constrains P: a point where P is 0 does not."""
        return tuple(low < high or low not in self.zeros for low, high in self.support)

    @cached_property
    def table(self) -> Table:
        """The method whose residual polynomials are the basis on a support with gaps."""
        return table(self.support, self.t, self.multiplicity, self.zeros)

    @cached_property
    def exponents(self) -> Index:
        """``Q_k = p_k / 2**e_k`` on a support with gaps: sizes near one on it, (t + 1,)."""
        sizes = [np.max(np.abs(block), axis=(0, 1)) for block in self._sampled]
        size = np.max(np.array(sizes), axis=0)
        exponents = np.frexp(np.where(size > 0, size, 1.0))[1]
        exponents[0] = 0
        return np.asarray(exponents, dtype=np.int64)

    @cached_property
    def log_top(self) -> float:
        """Log of ``|T_t(m0)|``, or of what takes its place on a support with gaps."""
        if not self.whole:
            return -float(self.exponents[-1]) * math.log(2.0)
        power = self.t * self.angle
        return power - math.log(2.0) + math.log1p(math.exp(-2 * power))

    @property
    def scale(self) -> float:
        """``1 / |T_t(m0)|``; 1, so values in that unit, where it is below the range of floats."""
        if self.log_top > RANGE:
            return 1.0
        return math.exp(-self.log_top) if self.whole else math.ldexp(1.0, int(self.exponents[-1]))

    @property
    def bare_rho(self) -> Array:
        """The same of ``p_k / 2**e_k`` on a support with gaps: powers of two, exact."""
        rho: Array = np.ldexp(1.0, (self.exponents[-1] - self.exponents)[self.columns])
        return rho

    @cached_property
    def rho(self) -> Array:
        """``Q_k(m0) / |T_t(m0)|`` for the columns in use, shape (m,)."""
        if not self.whole:
            if self.change is not None:
                return self.change.rho.astype(float)
            return np.asarray(self.bare_rho @ self.basis)
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

    def eigenvalues(self, points: Points) -> Array:
        """The points in λ, without cancellation near ``ell``."""
        ends = np.array(self.support)[points.segment]
        inner = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * np.cos(points.phi / 2) ** 2
        return np.asarray(np.clip(inner, ends[:, 0], ends[:, 1]))

    def nodes(self, per_segment: int) -> Points:
        """Chebyshev-Lobatto points of every interval, and the isolated points."""
        segment: list[Index] = []
        phi: list[Array] = []
        for i, (_, half) in enumerate(self.segments):
            if not self.free[i]:
                continue
            angles = np.linspace(0.0, math.pi, per_segment + 1) if half > 0 else np.zeros(1)
            segment.append(np.full(len(angles), i, dtype=np.int64))
            phi.append(angles)
        return Points(np.concatenate(segment), np.concatenate(phi))

    @cached_property
    def basis(self) -> Array:
        """The functions nearly orthonormal on a support with gaps by those of the table, (m, m)."""
        return self._orthonormal if self.change is None else self.change.floats

    @property
    def _orthonormal(self) -> Array:
        stacked = np.concatenate([np.concatenate(list(block)) for block in self._bare])
        stacked = stacked.astype(float)
        norms = np.sqrt(np.mean(stacked**2, axis=0))
        norms[norms == 0] = 1.0
        if len(stacked) >= len(norms):
            triangle = np.linalg.qr(stacked / norms / math.sqrt(len(stacked)), mode="r")
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
        power = np.empty((t + 1, n), dtype=np.complex128)
        power[0] = 1.0
        power[1:] = np.exp(1j * points.phi)
        np.multiply.accumulate(power, axis=0, out=power)
        if not self.whole:
            return self._gathered(points, power)
        x, moving = np.cos(points.phi), -np.sin(points.phi)
        value = np.ascontiguousarray(power.real.T)
        result = np.zeros((4, n, t + 1))
        first, slope, first_phi, curve = result
        slope[:, 1:] = value[:, :-1]
        np.multiply(power.imag.T[:, :-1], -self._orders[:-1], out=curve[:, 1:])
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

    def _gathered(self, points: Points, power: npt.NDArray[np.complex128]) -> Array:
        """The rows from the local Chebyshev coefficients, segment by segment."""
        result = np.zeros((4, len(points), len(self.columns)))
        orders = self._orders[:, None]
        for i, local in enumerate(self._local):
            mine = np.flatnonzero(points.segment == i)
            if len(mine) == 0:
                continue
            waves = power[: local.shape[1], mine]
            result[:2, mine] = waves.real.T @ local
            result[2:, mine] = -(waves.imag * orders[: local.shape[1]]).T @ local
        return result

    @cached_property
    def _orders(self) -> Array:
        return np.arange(self.t + 1.0)

    def integrals(self, value: Floats, x: Floats) -> Floats:
        """``Q_k`` from ``T_k``: shape (n, t + 1)."""
        return integrals(value, x + 1 + self.delta if self.initial else x)

    def chebyshev(self, q: Array) -> Array:
        """Chebyshev coefficients of ``P = sum q_k Q_k`` on the hull, shape (t + 1,).

        On a support with gaps true to rounding of what P is between the pieces.
        """
        if self.whole:
            full = np.zeros(self.t + 1)
            full[self.columns] = q
            return self._combine(full)
        return self.on_hull(self.on_table(q))

    def on_hull(self, weights: Array) -> Array:
        """Chebyshev coefficients on the hull of ``sum weights_k p_k``, (t + 1,)."""
        ell, top = self.hull
        spots = ell + (np.longdouble(top) - ell) * np.cos(chebyshev_angles(self.t + 1) / 2) ** 2
        values = self.table.jets(spots)[0] @ weights.astype(np.longdouble)
        return np.asarray(interpolate(values, 0.0)[0])

    @cached_property
    def change(self) -> Change | None:
        """The basis in high precision, where A alone counts on a support with gaps.

        P is then near a multiple of λ on every piece, another one on each, and A what is left.
        """
        if self.whole or not self.plain:
            return None
        return changed(self.table, self.exponents, self.columns, self._spots, self._orthonormal)

    def on_table(self, q: Array) -> npt.NDArray[Any]:
        """Coefficients of P on the residual polynomials ``p_k`` of the table, shape (t + 1,).

        Fractions where :attr:`change` is in force.
        """
        if self.change is not None:
            exact = np.array([Fraction(0)] * (self.t + 1), dtype=object)
            exact[self.columns] = self.change.on_table(q, self.exponents[self.columns])
            return exact
        full = np.zeros(self.t + 1)
        full[self.columns] = self.basis.astype(np.longdouble) @ q.astype(np.longdouble)
        return np.asarray(np.ldexp(full, -self.exponents))

    def _combine(self, full: Array) -> Array:
        """Chebyshev coefficients of P from coefficients of every ``Q_k``, along the first axis."""
        return combined(full, 1 + self.delta if self.initial else 0.0)

    def from_chebyshev(self, p: Array) -> Array:
        """Inverse of :meth:`chebyshev` on an interval; an invisible ``λ`` component is dropped."""
        return separated(p, 1 + self.delta if self.initial else 0.0)[self.columns]

    @cached_property
    def _local(self) -> list[Array]:
        """Per segment, the matrix (2, n, m) to the local Chebyshev coefficients of A and B."""
        if self.whole:
            return [self._global[:, :, self.columns]]
        if self.change is not None:
            return self._transformed(self.change.blocks)
        # in the longest float: what the change of basis cancels is then below rounding
        basis = self.basis.astype(np.longdouble)
        return self._transformed([block @ basis for block in self._bare])

    def slopes(self, weights: Array) -> list[Array]:
        """Local Chebyshev series of dP/dx of ``P = sum weights_k p_k`` on every segment."""
        long = weights.astype(np.longdouble)
        return [
            row[:, 0]
            for row in self._transformed([(block[1] @ long)[:, None] for block in self._sampled])
        ]

    def _transformed(self, blocks: list[npt.NDArray[np.longdouble]]) -> list[Array]:
        """Local Chebyshev coefficients from values at the local Chebyshev points."""
        angles = chebyshev_angles(self.t + 1)
        transform = np.cos(np.outer(np.arange(self.t + 1), angles)) * (2 / (self.t + 1))
        transform[0] /= 2
        rows = transform.astype(float)
        return [
            block.astype(float) if low == high else rows @ block.astype(float)
            for block, (low, high) in zip(blocks, self.support, strict=True)
        ]

    @property
    def _bare(self) -> list[npt.NDArray[np.longdouble]]:
        """``A``, ``B`` of ``p_k / 2**e_k``, the columns in use, at the points of ``_sampled``."""
        factors = np.array([1.0, self.gamma])[:, None, None]
        scales = np.ldexp(1.0, -self.exponents[self.columns])
        return [factors * block[:, :, self.columns] * scales for block in self._sampled]

    @property
    def _spots(self) -> list[npt.NDArray[np.longdouble]]:
        """λ at the local Chebyshev points of every segment."""
        angles = chebyshev_angles(self.t + 1)
        result = []
        for low, high in self.support:
            spread = np.cos(angles[: 1 if low == high else None] / 2) ** 2
            result.append(np.longdouble(low) + (np.longdouble(high) - np.longdouble(low)) * spread)
        return result

    @cached_property
    def _sampled(self) -> list[npt.NDArray[np.longdouble]]:
        """``A`` and ``dP/dx`` of ``p_k`` at the local Chebyshev points of every segment."""
        ell, top = (np.longdouble(end) for end in self.hull)
        result = []
        for lam in self._spots:
            value, slope = self.table.jets(lam)
            first = value - lam[:, None] * slope if self.initial else value
            result.append(np.stack([first, slope * ((top - ell) / 2)]))
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
