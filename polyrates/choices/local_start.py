"""Where to start differentiating off quadratics, for a total of t steps.

*Gradient descent*, h ≤ 2/(L + ℓ). Tangents that start at step s with the error a and obey
v⁺ = (1 − h(ℓ − Mu))v + hcu. One more step without them keeps a; with them it becomes
a − h((ℓ − Mu_s)a − cu_s), which is no worse iff u_s ≤ ℓa/(Ma + c), and v⁺ grows with v since
hℓ ≤ 1. As u falls, the best start is the first s with that, whatever t is; if it is not reached,
never.

*Chebyshev's method*, restarted where it is differentiated: by search.
"""

from __future__ import annotations

import math

import numpy as np

from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.core.methods.classical import Chebyshev, GradientDescent

__all__ = ["chebyshev_start", "descent_start", "differentiated_from"]


def differentiated_from(
    method: GradientDescent | Chebyshev, ends: tuple[float, float], sizes: Sizes, u: float, k: int
) -> float:
    """v after k steps from an iterate within u, whose tangents start with ‖E_0‖."""
    fresh = Sizes(sizes.hessian_lipschitz, sizes.cross_lipschitz, u, sizes.residual)
    return float(float_run(method, ends, fresh, k)[1][-1])


def descent_start(
    method: GradientDescent, ends: tuple[float, float], sizes: Sizes, t: int
) -> tuple[int, float]:
    """(s, bound of ‖E_t‖): the best start by the rule; s = t where it is not reached."""
    u = float_run(method, ends, sizes, t)[0]
    force = sizes.hessian_lipschitz * sizes.residual + sizes.cross_lipschitz
    enough = math.inf if force == 0 else ends[0] * sizes.residual / force
    reached = np.flatnonzero(u <= enough)
    s = int(reached[0]) if len(reached) else t
    return s, differentiated_from(method, ends, sizes, float(u[s]), t - s)


def chebyshev_start(ends: tuple[float, float], sizes: Sizes, t: int) -> tuple[int, float]:
    """(s, bound of ‖E_t‖): the best of all s, for Chebyshev's method run afresh from step s."""
    method = Chebyshev(*ends)
    u = float_run(method, ends, sizes, t)[0]
    values = [differentiated_from(method, ends, sizes, float(u[s]), t - s) for s in range(t + 1)]
    s = int(np.argmin(values))
    return s, values[s]
