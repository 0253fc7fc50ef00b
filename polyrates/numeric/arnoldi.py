"""The Sobolev optimum of any measure as a minimal residual problem.

Minimising Σ w_i(P(λ_i)² + ηP′(λ_i)²) is a minimal residual problem on the Jordan blocks
[[λ_i, √η], [0, λ_i]], so Arnoldi's process on them gives the Sobolev-orthonormal polynomials
without a Gram matrix, stable at any degree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from polyrates.numeric.scaled import Scaled

__all__ = ["LiftedOptimum", "lifted"]


@dataclass(frozen=True)
class LiftedOptimum:
    """The optimum of degree t from Arnoldi's process on the Jordan blocks.

    Attributes
    ----------
    values : Scaled, length t + 1
        1/A_n for every degree.
    attained : float
        ‖P*‖²_η A_t: the objective at the computed P*, relative to the last value.
    residual : float
        max_i |⟨P*, λQ_i⟩|/(‖P*‖‖λQ_i‖) over i < t: zero at the optimum.
    nodes, weights : arrays (N,)
        λ_i and w_i.
    vector : array (2, N), or (1, N) for η = 0
        √w_i P*(λ_i)/‖P*‖ and √(ηw_i) P*′(λ_i)/‖P*‖.
    hessenberg : array (t + 1, t)
        λQ_k = Σ_j h_jk Q_j.
    share : array (t + 1,)
    shift : int
        P* = 2^−shift Σ share_i Q_i.
    """

    values: Scaled
    attained: float
    residual: float
    nodes: np.ndarray
    weights: np.ndarray
    vector: np.ndarray
    hessenberg: np.ndarray
    share: np.ndarray
    shift: int

    def distance(self, values: np.ndarray, slopes: np.ndarray, eta: float) -> float:
        """‖P − P*‖_η/‖P*‖_η for a P given at the nodes: how far a run is from P*."""
        mantissa, exponent = self.values.mantissa[-1], int(self.values.exponent[-1])
        half, odd = divmod(exponent, 2)
        rows = np.stack((values, math.sqrt(eta) * slopes))[: len(self.vector)]
        scaled = np.ldexp(rows * np.sqrt(self.weights), -half) / math.sqrt(mantissa * 2.0**odd)
        return float(np.linalg.norm(scaled - self.vector))

    @property
    def roots(self) -> np.ndarray:
        """The zeros of P*, complex, the eigenvalues of H − (h_{t,t−1}/s_t) s e_{t−1}ᵀ."""
        degree = int(np.max(np.flatnonzero(self.share), initial=0))
        if degree == 0:
            return np.zeros(0, dtype=complex)
        matrix = self.hessenberg[:degree, :degree].copy()
        last = self.hessenberg[degree, degree - 1] / self.share[degree]
        matrix[:, -1] -= last * self.share[:degree]
        return np.asarray(np.linalg.eigvals(matrix)).astype(complex)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """P* at any points, from the recurrence of the Q_i."""
        rows = [np.ones_like(points)]
        for k in range(len(self.share) - 1):
            row = points * rows[k]
            for j, previous in enumerate(rows):
                row = row - self.hessenberg[j, k] * previous
            link = self.hessenberg[k + 1, k]
            rows.append(row / link if link > 0 else 0.0 * row)
        total = sum((s * row for s, row in zip(self.share, rows, strict=True)), 0.0 * points)
        return np.asarray(total * 2.0**-self.shift)


def lifted(nodes: np.ndarray, weights: np.ndarray, eta: float, t: int) -> LiftedOptimum:
    """Minimise Σ w_i(P(λ_i)² + ηP′(λ_i)²) under P(0) = 1, deg P ≤ t, for all degrees at once.

    O(N t²). The vectors are (√w S, √(ηw) S′); Q_0 = 1.
    """
    process = _Arnoldi(nodes, weights, eta, t)
    mantissas, exponents = [1.0], [0]
    for k in range(t):
        process.extend(k)
        mantissas.append(1.0 / process.total)
        exponents.append(-process.shift)
    mantissa, exponent = np.frexp(np.array(mantissas))
    basis, hessenberg, used = process.basis, process.hessenberg, process.used
    direction = process.at_zero[:used] / math.sqrt(process.total)  # P*/‖P*‖ on the Q_i
    vector = direction @ basis[:used]
    moved = hessenberg[:used, : max(used - 1, 0)]
    overlaps = np.abs(direction @ moved) / np.maximum(np.linalg.norm(moved, axis=0), 1e-300)
    return LiftedOptimum(
        values=Scaled(mantissa, exponent.astype(np.int64) + np.array(exponents)),
        attained=float(vector @ vector),
        residual=float(np.max(overlaps, initial=0.0)),
        nodes=nodes,
        weights=weights,
        vector=vector.reshape(-1, len(nodes)),
        hessenberg=hessenberg,
        share=process.at_zero / process.total,
        shift=process.shift // 2,
    )


class _Arnoldi:
    """Arnoldi's process on the Jordan blocks, and Q_k(0) along with it.

    Since βQ_{k+1} = λQ_k − Σ h_jQ_j, the values Q_{k+1}(0) follow from the same h; they grow like
    ξ^−k and carry a common exponent: A_n = Σ Q_i(0)² is ``total`` · 2^``shift``.
    """

    def __init__(self, nodes: np.ndarray, weights: np.ndarray, eta: float, t: int) -> None:
        self.nodes, self.size, self.root = nodes, len(nodes), math.sqrt(eta)
        self.dims = self.size if eta == 0.0 else 2 * self.size
        self.basis = np.zeros((t + 1, self.dims))
        self.basis[0, : self.size] = np.sqrt(weights)
        self.basis[0] /= math.sqrt(float(self.basis[0] @ self.basis[0]))
        self.hessenberg = np.zeros((t + 1, max(t, 1)))
        self.at_zero = np.zeros(t + 1)
        self.at_zero[0] = 1.0
        self.total, self.shift, self.used = 1.0, 0, 1
        self.origin = int(np.argmin(np.abs(nodes)))
        # where 0 is a point, the recurrence would carry S(0) as a decaying solution and lose it
        self.anchored = bool(nodes[self.origin] == 0.0 and weights[self.origin] > 0.0)
        self.anchor = math.sqrt(weights[self.origin]) if self.anchored else 1.0

    def extend(self, k: int) -> None:
        """Q_{k+1}, unless the process has ended."""
        if not self.used == k + 1 < self.dims:
            return
        vector = self._times(self.basis[k])
        before = math.sqrt(float(vector @ vector))
        column = np.zeros(k + 1)
        for _ in range(2):  # twice is enough
            change = self.basis[: k + 1] @ vector
            vector -= change @ self.basis[: k + 1]
            column += change
        link = math.sqrt(float(vector @ vector))
        self.hessenberg[: k + 1, k] = column
        if not link > 1e-14 * before:
            return
        self.hessenberg[k + 1, k] = link
        self.basis[k + 1] = vector / link
        if self.anchored:
            self.at_zero[k + 1] = self.basis[k + 1, self.origin] / self.anchor
        else:
            self.at_zero[k + 1] = -(column @ self.at_zero[: k + 1]) / link
        self.total += self.at_zero[k + 1] ** 2
        self.used += 1
        if self.total > 2.0**400:
            self.at_zero *= 2.0**-200
            self.total *= 2.0**-400
            self.shift += 400

    def _times(self, point: np.ndarray) -> np.ndarray:
        """The vector of λQ from that of Q."""
        size = self.size
        vector = np.empty(self.dims)
        vector[:size] = self.nodes * point[:size]
        if self.dims > size:
            vector[size:] = self.nodes * point[size:] + self.root * point[:size]
        return vector
