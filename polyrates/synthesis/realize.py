"""From a polynomial back to a method: the other half of method → P_t → method."""

from __future__ import annotations

import math

import numpy as np
import sympy
from numpy.polynomial import Chebyshev as ChebyshevSeries
from numpy.polynomial import Polynomial

from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.spectra import as_spectrum, check_hull
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import floating
from polyrates.symbolic.series import exact_residual, exact_weights

__all__ = ["realize", "series_weights"]


def realize(polynomial: object, interval: object) -> WeightedIterates:
    """Any residual polynomial as a fixed-horizon method, stable at any degree.

    P = Σ c_k T_k(m(λ)) is run as Σ w_k y_k on the iterates y_k of Chebyshev's method on the
    interval, w_k = c_k T_k(m(0)): no division, no roots, one point of extra memory.

    Parameters
    ----------
    polynomial : sympy Poly or expression in ``pr.lam`` (exact), or numpy Chebyshev or Polynomial
        With P(0) = 1.
    interval : Interval or (ell, L)
        Where it is small; also the interval of the underlying Chebyshev iteration.

    Returns
    -------
    WeightedIterates with horizon deg P. ``pr.residual_polynomial`` of it gives P back, exactly for
    exact input.
    """
    ell, L = check_hull(*as_spectrum(interval, "interval").hull)
    if isinstance(polynomial, (int, sympy.Expr)):
        polynomial = exact_residual(sympy.sympify(polynomial))
    if isinstance(polynomial, sympy.Poly):
        exact = exact_residual(polynomial)
        if isinstance(ell, float) or isinstance(L, float):
            refuse_type(
                "interval",
                interval,
                "an exact polynomial needs an exact interval",
                'give ints, Fractions or strings such as "0.1"',
            )
        return WeightedIterates(Chebyshev(ell, L), exact_weights(exact, ell, L))
    if not isinstance(polynomial, (ChebyshevSeries, Polynomial)):
        refuse_type(
            "polynomial",
            polynomial,
            "must be a polynomial",
            "give a sympy Poly or expression in pr.lam, or a numpy Chebyshev or Polynomial",
        )
    low, high = floating(ell, "ell"), floating(L, "L")
    series = polynomial.convert(domain=[low, high], kind=ChebyshevSeries, window=[-1, 1])
    if not np.all(np.isfinite(series.coef)):
        refuse_value("polynomial", polynomial, "has NaN or infinity", "check what computed it")
    weights = series_weights(series.coef, low, high)
    total, size = math.fsum(weights), math.fsum(np.abs(weights))
    if abs(total - 1) > 1e-9 * max(size, 1.0):
        refuse_value("polynomial", total, "a residual polynomial has P(0) = 1", "divide it by P(0)")
    return WeightedIterates(Chebyshev(low, high), weights / total)


def series_weights(coefficients: np.ndarray, ell: float, L: float) -> np.ndarray:
    """w_k = c_k T_k(m₀), T_k(m₀) = (−1)^k cosh(kθ₀), θ₀ = 2 asinh √(ℓ/(L − ℓ))."""
    k = np.arange(len(coefficients))
    angle = 2.0 * math.asinh(math.sqrt(ell / (L - ell)))
    return np.asarray(coefficients * np.where(k % 2, -1.0, 1.0) * np.cosh(k * angle))
