"""Suprema of the classical methods in closed form, over whole arrays of parameters at once.

Float versions of theorems (see ``RatePart.derivation`` for the proofs): for gradient descent with
any constant step |P|, |P′| and |P − λP′| are largest at an end of [ℓ, L]; for Chebyshev's method on
its own interval all three are largest at λ = L. For maps and sweeps; a single certified number is
``rate(...)``.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from polyrates.ground.errors import refuse_value

__all__ = ["chebyshev_suprema", "gradient_descent_suprema"]

Part = Literal["initial", "cross", "residual", "drift"]


def _check(ell: np.ndarray, L: np.ndarray, t: np.ndarray, part: str) -> None:
    if part not in ("initial", "cross", "residual", "drift"):
        refuse_value("part", part, "is unknown", "give initial, cross, residual or drift")
    if not (np.all(ell >= 0) and np.all(ell <= L) and np.all(np.isfinite(L))):
        refuse_value("ell, L", "arrays", "0 ≤ ell ≤ L must hold everywhere", "check them")
    if np.any(t < 0) or np.any(t != np.floor(t)):
        refuse_value("t", "an array", "must hold integers ≥ 0", "round it")


def gradient_descent_suprema(
    step: Any, t: Any, ell: Any, L: Any, part: Part = "initial"
) -> np.ndarray:
    """max over [ℓ, L] of |part| for gradient descent; arguments broadcast against each other.

    φ_t(u) = (1 − u)^{t−1}(1 + (t−1)u) at u = hℓ and hL for the initial part; (1 − u)^t for the
    residual, ht(1 − u)^{t−1} for drift and cross. Floats, rounded to nearest: numeric.
    """
    h, steps, low, high = (np.asarray(value, dtype=float) for value in (step, t, ell, L))
    _check(low, high, steps, part)
    less = np.maximum(steps - 1, 0)

    def at(u: np.ndarray) -> np.ndarray:
        base = np.abs(1 - u)
        if part == "residual":
            return np.asarray(base**steps)
        if part == "initial":
            return np.asarray(np.where(steps == 0, 1.0, base**less * np.abs(1 + less * u)))
        return np.asarray(h * steps * base**less)

    return np.asarray(np.maximum(at(h * low), at(h * high)))


def chebyshev_suprema(t: Any, ell: Any, L: Any, part: Part = "initial") -> np.ndarray:
    """max over [ℓ, L] of |part| for Chebyshev's method on [ℓ, L]; arguments broadcast.

    1/|T_t(m₀)| times 1, 2t²/(L − ℓ) or |2t²L/(L − ℓ) − 1|, with 1/|T_t(m₀)| = 1/cosh(tθ₀),
    θ₀ = 2 asinh √(ℓ/(L − ℓ)). Floats, rounded to nearest: numeric.
    """
    steps, low, high = (np.asarray(value, dtype=float) for value in (t, ell, L))
    _check(low, high, steps, part)
    exponent = 2.0 * steps * np.arcsinh(np.sqrt(low / (high - low)))
    size = 2.0 * np.exp(-exponent) / (1.0 + np.exp(-2.0 * exponent))
    if part == "residual":
        return np.asarray(size)
    slope = 2.0 * steps**2 / (high - low)
    if part == "initial":
        return np.asarray(np.where(steps == 0, 1.0, np.abs(slope * high - 1.0)) * size)
    return np.asarray(slope * size)
