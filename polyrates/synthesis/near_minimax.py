"""What stays near the minimax optimum: a closed form for large t, and methods for all t at once."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np

from polyrates.analysis.worst_case import enclose
from polyrates.core.estimators import Unrolled
from polyrates.core.measures.base import as_measure
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.late import late
from polyrates.ground.numbers import count, floating
from polyrates.ground.precision import working_digits
from polyrates.numeric.asymptotics import residual_drift_asymptotic
from polyrates.numeric.minimax.extremal import asymptotic_value
from polyrates.numeric.minimax.limit_eta import limit_eta
from polyrates.problems.sizes import SizePair, joint_sizes
from polyrates.synthesis.float_question import as_fraction
from polyrates.synthesis.minimax import minimax_question

__all__ = ["best_eta", "minimax_asymptotic", "near_minimax"]

optimize = late("scipy.optimize")


def minimax_asymptotic(interval: object, t: int, **sizes: object) -> float:
    """The closed form of V* for large t; a number close to V*, not a bound.

    initial/cross: V*(t) ≈ min over s of ξ^t D(w₀)(τ + √(τ² + 4)), τ = (1/ξ − ξ)(t + q), D the outer
    function of the weight √(a²/s + g²/(λ²(1−s))) on the disc, q from its logarithmic derivative at
    w₀ = −ξ; for g = 0, V* ≈ (8√κ/(1−κ)) a t ξ^t. The leading order is argued; for g > 0 also that
    V* is at most this value up to 1 + O(1/t²), while the reverse beyond leading order is formal.
    residual/drift: :func:`polyrates.numeric.asymptotics.residual_drift_asymptotic`, leading order
    argued for a fixed δ = 2dt/(a(L − ℓ)); for δ ≪ 1 it is good once tσ ≫ 1 only (20 % above V* at
    δ = .001, t = 20 on [1, 100]).

    Parameters
    ----------
    interval : Interval
        With ℓ > 0.
    t : int ≥ 1 (≥ 3 in residual/drift)
    initial, cross (or residual, drift) : numbers ≥ 0

    Examples
    --------
    >>> import polyrates as pr
    >>> where = pr.Interval(1, 100)
    >>> for t in (20, 40, 80):
    ...     value = pr.minimax_optimal(where, t, initial=1, cross=1).value
    ...     print(t, f"{pr.minimax_asymptotic(where, t, initial=1, cross=1) / value:.4f}")
    20 1.0306
    40 0.9927
    80 0.9986
    """
    where, joint, _ = minimax_question(interval, sizes)
    horizon = count(t, "t", 1)
    ell, L = _ends(where, "V* = a", "give ell > 0")
    first, second = floating(joint.first), floating(joint.second)
    if joint.form == "residual/drift":
        return residual_drift_asymptotic(ell, L, horizon, first, second)
    return float(asymptotic_value(ell, L, horizon, size=first, second=second))


def near_minimax(
    interval: object, digits: int | None = None, **sizes: object
) -> HarmonicSobolev | Chebyshev:
    """One method without a horizon whose worst case stays near V*(t), the smallest, at every t.

    The Sobolev method of harmonic measure, to which the least favourable spectra of all horizons
    tend (argued), with::

        initial/cross     η = (g/a)² s/(1 − s), s = ∫λ²/(λ² + η)dω: the limit of the optimum's
                          (closed form: :mod:`polyrates.numeric.minimax.limit_eta`)
        residual/drift    η = 2(d/a)²

    V/V* tends to 1 as t grows, for fixed sizes > 0 (argued: ``pr.derivations()``, near_minimax_…).
    At finite t it is numeric: for a second size of at most aℓ no question of
    ``python experiments/near_minimax.py``, which prints a table, nor of its ``--random`` ones
    exceeds 1.2 in initial/cross and 1.4 in residual/drift (κ ≥ .001). For larger sizes more is
    lost while V* is still a: 3.5 at g = 100aℓ. The method can burn in a little (1.10 at t = 10 on
    [1, 100], a = g = 1), where ``minimax_optimal(interval, t, …)``, the certified optimum of one t,
    never does. It queries Chebyshev's iterates alone, so off quadratics it is as safe as
    Chebyshev's method.

    Parameters
    ----------
    interval : Interval
        With 0 < ℓ < L.
    digits : int, optional
        The ends and η as exact numbers: η as given in residual/drift, else a rational number that
        agrees with it to so many digits. By default all are floats.
    initial, cross (or residual, drift) : numbers ≥ 0
        With cross = 0, the limit g → 0 of the method: the error P − λP′ alone, η = (1e-8 ℓ)². With
        drift = 0 the optimum of every horizon is one method, Chebyshev's, which is returned.

    Raises
    ------
    InvalidValue
        ℓ = 0, or initial (residual) = 0: standing still is optimal.

    Examples
    --------
    >>> import polyrates as pr
    >>> where = pr.Interval(1, 100)
    >>> rate = pr.rate(pr.near_minimax(where, initial=1, cross=1), where)
    >>> for t in (10, 20, 40):
    ...     least = pr.minimax_optimal(where, t, initial=1, cross=1).value
    ...     print(t, f"{float(rate.worst_case(t, initial=1, cross=1)) / least:.2f}")
    10 1.12
    20 1.14
    40 1.02
    """
    where, joint, _ = minimax_question(interval, sizes)
    ell, L = _ends(where, "standing still is optimal", "give ell > 0")
    first, second = floating(joint.first), floating(joint.second)
    name, other = joint.arguments
    if first == 0:
        refuse_value(
            name, first, "the start already has the Jacobian: standing still is optimal", "stay"
        )
    if second == 0 and other == "drift":
        return Chebyshev(ell, L)
    ratio = second / first
    if not ratio < _LARGEST:
        refuse_value(
            f"{name}, {other}",
            (first, second),
            "are too far apart for floats",
            "give sizes within 1e150 of one another",
        )
    if digits is not None:
        return _exactly(where, joint, count(digits, "digits", 1))
    eta = 2 * ratio**2
    if other == "cross":
        eta = float(limit_eta(ell, L, ratio, 20)) if ratio > 0 else 0.0
    return HarmonicSobolev(ell, L, max(eta, (_LIMIT * ell) ** 2), joint.form)


def _exactly(where: Spectrum, joint: SizePair, digits: int) -> HarmonicSobolev:
    """The same with exact ends and η."""
    ell, L = (as_fraction(end, digits + 5) for end in where.hull)
    ratio = as_fraction(joint.second, digits + 5) / as_fraction(joint.first, digits + 5)
    eta = 2 * ratio**2
    if joint.form == "initial/cross" and ratio > 0:
        with working_digits(digits + 25):
            low, high, size = (mpmath.mpf(x.numerator) / x.denominator for x in (ell, L, ratio))
            found = limit_eta(low, high, size, digits + 5)
            eta = Fraction(mpmath.nstr(found, digits + 5, strip_zeros=False))
    return HarmonicSobolev(ell, L, max(eta, (Fraction(_LIMIT) * ell) ** 2), joint.form)


_LIMIT = 1e-8
"""√η in units of ℓ from which on P has reached its limit η → 0 in floats, where only A is unique.

Measured on [1, 10] and [1, 100]: worst cases with 1e-6, 1e-8 and 1e-12 agree to five digits.
"""

_LARGEST = 1e150  # a ratio whose square is a float


def _ends(where: Spectrum, at_zero: str, remedy: str) -> tuple[float, float]:
    """(ℓ, L) of one interval with ℓ > 0."""
    if len(where.support) != 1:
        refuse_value("interval", where, "must be one interval", "give pr.Interval(ell, L)")
    ell, L = (floating(end) for end in where.hull)
    if ell <= 0:
        refuse_value("ell", ell, f"must be > 0: at ℓ = 0, {at_zero}", remedy)
    return ell, L


def best_eta(spectrum: object, t: int, **sizes: object) -> float:
    """The η whose running Sobolev method has the smallest tight worst case at t.

    Parameters
    ----------
    spectrum : measure with a running Sobolev method
    t : int ≥ 1
    initial, cross (or residual, drift) : numbers ≥ 0

    Returns
    -------
    η > 0 in units of λ², numeric: a grid over log η in [1e-12, 1e12]·L², its local minima refined.

    Examples
    --------
    >>> import polyrates as pr
    >>> density = pr.GegenbauerDensity(1, 100, 0)
    >>> best = pr.best_eta(density, 20, initial=1, cross=1)
    >>> for eta in (1, best, 1e4):
    ...     rate = pr.rate(pr.Sobolev(density, eta), density)
    ...     print(f"{eta:.0f} {float(rate.worst_case(20, initial=1, cross=1)):.4f}")
    1 2.1171
    144 0.8353
    10000 1.0309
    """

    measure = as_measure(spectrum)
    horizon = count(t, "t", 1)
    joint = joint_sizes(sizes)
    L = floating(measure.hull[1], "L")

    def value(log_eta: float) -> float:
        method = Sobolev(measure, L * L * 10.0**log_eta)
        return math.log(max(enclose(method, measure, Unrolled(), horizon, joint).upper, 5e-324))

    # several local minima are common, and the range towards ∞ is flat: refine every good one
    grid = np.linspace(-12.0, 12.0, 49)
    values = np.array([value(x) for x in grid])
    before, after = np.append(math.inf, values[:-1]), np.append(values[1:], math.inf)
    best, log_eta = float(np.min(values)), float(grid[np.argmin(values)])
    good = (values <= before) & (values < after) & (values < best + 0.1)
    for i in map(int, np.flatnonzero(good)):
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        found = optimize.minimize_scalar(
            value, bounds=(low, high), method="bounded", options={"xatol": 1e-5}
        )
        if found.fun < best:
            best, log_eta = float(found.fun), float(found.x)
    return float(L * L * 10.0**log_eta)
