"""The majorant of weights on Chebyshev's iterates: the largest sum of independent terms.

x_t = Σ_k w_k y_k on the iterates y_k of Chebyshev's method, whose queries the weights do not move.
So ψ_s and ε_s are those of its scalar run, and the error of the output is

    E_t = X(H*)E_0 + Σ_s κ_s(H*)G_s,    ‖G_s‖ ≤ b_s = Mψ_sε_s + cψ_s,
    X = Σ_k w_k T_k(y)/T_k(m₀),    κ_s = h_s Σ_{k>s} w_k (T_{s+1}(m₀)/T_k(m₀)) U_{k−s−1}(y),

y = −m(λ), m₀ = (L + ℓ)/(L − ℓ): polynomials of known series, U_n = 2(T_n + T_{n−2} + …), the last
half where it is T_0. The G_s are bounded one by one, so the sum is at most what
:func:`polyrates.numeric.suprema.shares.largest_sum` bounds, never above the sum of the maxima,
which ranks methods wrongly where kernels peak at different λ. The iterates likewise, with
b_s = Mψ_s²/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.iterate_weights import IterateWeights
from polyrates.numeric.suprema.balls import UNIT
from polyrates.numeric.suprema.shares import at_lobatto_points, largest_sum, quick_sum

__all__ = ["ChebyshevWeights", "Forcing", "completed", "weighted_bounds"]


class ChebyshevWeights:
    """The series of X and κ_s for any weights on the first ``steps`` iterates."""

    def __init__(self, ends: tuple[float, float], steps: int) -> None:
        ell, L = ends
        self.steps = steps
        self.xi = (L - ell) / (math.sqrt(L) + math.sqrt(ell)) ** 2
        k = np.arange(steps + 1)
        powers = self.xi**k
        self.inverse = 2 * powers / (1 + powers**2)  # 1/T_k(m₀)
        s, after = np.arange(steps), k[1:]
        gap = after[None, :] - s[:, None] - 1  # k − s − 1
        with np.errstate(under="ignore"):
            ratio = self.xi ** np.maximum(gap, 0) * (1 + self.xi ** (2 * s + 2))[:, None]
            self.ratio = np.where(gap >= 0, ratio / (1 + self.xi ** (2 * after)), 0.0)
        last = (1 + powers[:-1] ** 2) * self.xi / (1 + powers[1:] ** 2)  # T_s/T_{s+1}
        self.lengths = 4 * last / (L - ell)
        if steps:
            self.lengths[0] = 2 / (L + ell)

    def series(self, weights: np.ndarray, doubt: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (t+1, t+1) of X, κ_0, …, κ_{t−1}, and bounds of their rounding (t+1,).

        ``doubt`` is what the last weight can be off by, beyond a rounding of its own.
        """
        t = len(weights) - 1
        result = np.zeros((t + 1, t + 1))
        result[0] = weights * self.inverse[: t + 1]
        unit = (24 * t + 100) * UNIT
        sizes = np.abs(weights)
        sizes[-1] += doubt / unit
        errors = np.zeros(t + 1)
        errors[0] = np.sum(sizes * self.inverse[: t + 1])
        if t:
            # κ_s on U_0, U_1, …: w_{s+1+j}T_{s+1}/T_{s+1+j}, row s, column j
            at = np.minimum(np.arange(1, t + 1)[:, None] + np.arange(t), t + 1)
            place = np.append(np.arange(t + 1), t)[at]
            alive = at <= t
            ratio = np.where(alive, self.ratio[np.arange(t)[:, None], place - 1], 0.0)
            onto = ratio * weights[place]
            spread = ratio * sizes[place] @ np.arange(1.0, t + 1)
            errors[1:] = self.lengths[:t] * spread
            # U_j = 2(T_j + T_{j−2} + …), the last half where it is T_0
            padded = np.zeros((t, t + t % 2))
            padded[:, :t] = onto
            tails = np.cumsum(padded.reshape(t, -1, 2)[:, ::-1], axis=1)[:, ::-1].reshape(t, -1)
            result[1:, :t] = 2 * self.lengths[:t, None] * tails[:, :t]
            result[1:, 0] /= 2
        return result, errors * unit


@dataclass(frozen=True, eq=False)
class Forcing:
    """‖e_0‖, ‖E_0‖ and what the s-th query can add to iterates (Mψ²/2) and tangents (Mψε + cψ)."""

    distance: float
    residual: float
    on_iterates: np.ndarray
    on_tangents: np.ndarray

    @classmethod
    def of(cls, ends: tuple[float, float], sizes: Sizes, steps: int) -> Forcing | None:
        """At the queries of Chebyshev(ℓ, L); None where nothing is proved of them."""
        queries, tangents = float_run(Chebyshev(*ends), ends, sizes, steps)
        if not np.all(np.isfinite(queries)):
            return None
        up = 1 + 8 * UNIT
        M, c = sizes.hessian_lipschitz, sizes.cross_lipschitz
        on_tangents = (M * tangents + c) * queries * up
        return cls(sizes.distance, sizes.residual, M / 2 * queries**2 * up, on_tangents)

    def norms(self, t: int) -> np.ndarray:
        """‖E_0‖ and b_0, …, b_{t−1}."""
        return np.concatenate([[self.residual], self.on_tangents[:t]])

    def iterate_norms(self, t: int) -> np.ndarray:
        """‖e_0‖ and Mψ²/2 of the first t queries."""
        return np.concatenate([[self.distance], self.on_iterates[:t]])


def completed(weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """The weights and, in place of the last, what they leave of one, rounded once."""
    rest = 1 - sum(map(Fraction, weights[:-1]), Fraction(0))
    return np.array([*weights[:-1], float(rest)])


def weighted_bounds(
    ends: tuple[float, float], weights: IterateWeights, sizes: Sizes, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """u and v, t = 0, …, steps, of the outputs of weights on the iterates of Chebyshev(ℓ, L)."""
    result = np.full((2, steps + 1), np.inf)
    forcing = Forcing.of(ends, sizes, steps)
    if forcing is not None:
        responses = ChebyshevWeights(ends, steps)
        for t, row in enumerate(islice(weights.rows(), steps + 1)):
            series, errors = responses.series(row, weights.doubt(t))
            values = at_lobatto_points(series, max(2 * t, 2))
            for k, norms in enumerate((forcing.iterate_norms(t), forcing.norms(t))):
                answers, wrong = norms[:, None] * series, norms * errors
                if t == weights.horizon:
                    result[k, t] = largest_sum(answers, wrong)
                else:
                    result[k, t] = quick_sum(answers, norms[:, None] * values, wrong)
    return result[0], result[1]
