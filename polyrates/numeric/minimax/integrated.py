"""The basis of an interval: Q_0 = 1, Q_k' = T_{k−1}, in Chebyshev polynomials of x and back.

Q_1 = x + shift: with the shift 1 + δ it is λ up to a factor, which P − λP' does not see; with the
shift 0 it is x. Q_2 = T_2/4, and Q_k = T_k/(2k) − T_{k−2}/(2(k − 2)) from k = 3 on.
"""

from __future__ import annotations

import numpy as np

from polyrates.numeric.suprema.waves import Array, Floats

__all__ = ["combined", "integrals", "separated"]


def integrals(value: Floats, first: Floats) -> Floats:
    """``Q_k`` from ``T_k``, both (n, t + 1), ``first`` (n,) being Q_1."""
    t = value.shape[1] - 1
    basis = value.copy()
    if t >= 1:
        basis[:, 1] = first
    if t >= 2:
        basis[:, 2] /= 4
    if t >= 3:
        k = np.arange(3, t + 1)
        basis[:, 3:] = value[:, 3:] / (2 * k) - value[:, 1 : t - 1] / (2 * (k - 2))
    return basis


def combined(full: Array, shift: float) -> Array:
    """Coefficients on T_k from those on Q_k, along the first axis."""
    t = len(full) - 1
    p = np.zeros_like(full)
    p[: min(t, 1) + 1] = full[: min(t, 1) + 1]
    if t >= 1:
        p[0] += shift * full[1]
    if t >= 2:
        p[2] = full[2] / 4
    if t >= 3:
        k = np.arange(3, t + 1).reshape(-1, *[1] * (full.ndim - 1))
        p[3:] = full[3:] / (2 * k)
        p[1 : t - 1] -= full[3:] / (2 * (k - 2))
    return p


def separated(p: Array, shift: float) -> Array:
    """The inverse, (t + 1,)."""
    t = len(p) - 1
    full = np.zeros(t + 1)
    if t >= 1:
        full[1:] = np.polynomial.chebyshev.chebder(p)
        full[1] = p[1] + (full[3] / 2 if t >= 3 else 0.0)
    full[0] = p[0] - (shift * full[1] if t >= 1 else 0.0)
    return full
