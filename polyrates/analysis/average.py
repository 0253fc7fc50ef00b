"""The average case: the expected squared error of an unrolled Jacobian, for any method."""

from __future__ import annotations

import numpy as np

from polyrates.core.measures.base import Measure, as_measure
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import Number, floating, is_exact, nonnegative
from polyrates.ground.precision import working_bits
from polyrates.numeric.values import residual_values
from polyrates.symbolic.moments import mean_square
from polyrates.symbolic.polynomials import residual_polynomial

__all__ = ["average"]


def average(method: Method, spectrum: Spectrum, t: int, eta: object) -> Number:
    """∫P_t²dμ + η∫P_t′²dμ.

    The error of the unrolled Jacobian after t steps is P_t(H)E + P_t′(H)D, E = ∂x_0 − ∂x*,
    D = ∂H(x_0 − x*) (H and ∂H commuting). For E and D of mean zero, isotropic and uncorrelated its
    expected square is E‖E‖² ∫P_t²dμ + E‖D‖² ∫P_t′²dμ with μ the spectral density of H, so this is
    the expected squared error over E‖E‖², with η = E‖D‖²/E‖E‖² in units of λ².

    Parameters
    ----------
    method : Method
        Any.
    spectrum : measure
        A bare Interval is refused, since an average needs a density.
    t : int ≥ 0
        Steps.
    eta : number ≥ 0
        η.

    Returns
    -------
    An exact number when all three are exact; else a float (an mpmath number below 1e−300), from the
    Gauss rule with t + 1 nodes, which integrates both squares without error.
    """
    as_method(method)
    measure = as_measure(spectrum)
    steps = check_steps(method, t, "t")
    weight = nonnegative(eta, "eta")
    if measure.is_exact and is_exact(weight) and all(map(is_exact, method.parameters)):
        return mean_square(residual_polynomial(method, steps), measure, weight)
    return _float(method, measure, steps, floating(weight, "eta"))


def _float(method: Method, measure: Measure, t: int, eta: float) -> Number:
    nodes, weights = measure.quadrature(t + 1)
    value, slope = residual_values(method, t, nodes)
    size = max(float(np.max(np.abs(value))), float(np.sqrt(eta) * np.max(np.abs(slope))))
    if size == 0.0:
        return 0.0
    relative = float(np.sum(weights * ((value / size) ** 2 + eta * (slope / size) ** 2)))
    if size > 1e-140:
        return relative * size * size
    import mpmath

    with working_bits(53):
        small = mpmath.mpf(size) ** 2 * relative
        return float(small) if small > 1e-300 else small
