"""Suprema of gradient descent and Chebyshev in closed form over whole arrays of parameters: floats.

The theorems that ``pr.rate`` evaluates one at a time: gradient descent is worst at an end of
[ℓ, L], Chebyshev's method on its own interval at λ = L.
"""

from __future__ import annotations

import numpy as np

__all__ = ["chebyshev_initial", "gradient_descent_initial", "gradient_descent_residual"]


def gradient_descent_initial(
    h: np.ndarray, t: np.ndarray, ell: np.ndarray, L: np.ndarray
) -> np.ndarray:
    """max |1 − u|^{t−1}(1 + (t − 1)u) over u = hℓ and hL, t ≥ 1; arguments broadcast."""

    def at(u: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(1 - u) ** (t - 1) * np.abs(1 + (t - 1) * u))

    return np.maximum(at(h * ell), at(h * L))


def gradient_descent_residual(h: np.ndarray, t: int, ell: float, L: float) -> np.ndarray:
    """max |1 − u|^t over u = hℓ and hL."""
    return np.asarray(np.maximum(np.abs(1 - h * ell), np.abs(1 - h * L)) ** t)


def chebyshev_initial(t: int, ell: float, L: float) -> float:
    """(2t²L/(L − ℓ) − 1)/cosh(tθ₀), θ₀ = 2 asinh √(ℓ/(L − ℓ)), t ≥ 1."""
    exponent = 2.0 * t * np.arcsinh(np.sqrt(ell / (L - ell)))
    return float(abs(2.0 * t**2 * L / (L - ell) - 1.0) / np.cosh(exponent))
