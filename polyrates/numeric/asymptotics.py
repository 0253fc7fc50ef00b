r"""The smallest worst case in residual/drift: explicit bounds, and its closed form for large t.

For ‖E‖ ≤ a and ‖D‖ ≤ d the error functions are A = P and B = P'. With :math:`\gamma = 2d/(L-\ell)`,
:math:`c = (L+\ell)/(L-\ell) = (\xi + 1/\xi)/2` and q = (T_t/t − T_{t−2}/(t−2))/2, whose derivative
is T_{t−1}, for every t ≥ 3

.. math:: \Big(\frac1a + \frac1\gamma \int_1^c T_{t-1}\Big)^{-1} \le V^*
          \le \frac{1}{q(c)} \Big(\gamma + \frac{a\,(t-1)}{t\,(t-2)}\Big),

so :math:`V^* \sim \gamma/q(c) \sim 8 d\, t\, \xi^t / ((L-\ell)(1-\xi^2))`: both are argued in
``polyrates.symbolic.derivations.asymptotic``.  The upper bound is that of P = q(−m)/q(c).

For moderate :math:`\delta = \gamma t/a` both errors count.  On the unit circle
:math:`P = \mathrm{Re}(w^{-t}p)` has the profile :math:`|p|^2\max(a^2/s,\ (\gamma t)^2/((1-s)
\sin^2\theta))`, so the best p is the reciprocal of an outer function, :math:`p = V/D_s`, and
:math:`V^* \approx \min_s 2\xi^t D_s(\xi)`.  The best share s is the harmonic measure, seen from ξ,
of the arcs where a counts.
"""

from __future__ import annotations

import math

import numpy as np

from polyrates.ground.errors import refuse_value

__all__ = ["residual_drift_asymptotic", "residual_drift_bounds", "residual_drift_threshold"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)
_TERMS = 256  # of the series of the first-order correction, whose terms fall like 1/j²


def _check(ell: float, L: float, t: int, a: float, d: float) -> None:
    if not 0 < ell < L < math.inf:
        refuse_value("ell, L", (ell, L), "must satisfy 0 < ell < L", "order the ends")
    if t < 3:
        refuse_value("t", t, "must be ≥ 3 here", "use minimax_optimal for shorter horizons")
    for name, value in (("a", a), ("d", d)):
        if not 0 <= value < math.inf:
            refuse_value(name, value, "must be finite and ≥ 0", "give a norm")


def _angle(ell: float, L: float) -> float:
    """η with cosh η = c, without cancellation."""
    return 2.0 * math.asinh(math.sqrt(ell / (L - ell)))


def _antiderivative(t: int, angle: float) -> float:
    """(T_t(c)/t − T_{t−2}(c)/(t − 2))/2 times e^{−tη}."""
    long = 1 + math.exp(-2 * t * angle)
    short = math.exp(-2 * angle) + math.exp(-2 * (t - 1) * angle)
    return (long / t - short / (t - 2)) / 4


def residual_drift_bounds(ell: float, L: float, t: int, a: float, d: float) -> tuple[float, float]:
    """The two explicit bounds of V* (argued; evaluated in floats, not rounded outward).

    Parameters
    ----------
    ell, L : float
        0 < ell < L.
    t : int ≥ 3
    a, d : float ≥ 0
        ‖E‖ ≤ a, ‖D‖ ≤ d.
    """
    _check(ell, L, t, a, d)
    if a == 0:
        return 0.0, 0.0
    angle, gamma = _angle(ell, L), 2 * d / (L - ell)
    decay = math.exp(-t * angle)
    top = _antiderivative(t, angle)
    # q(c) can be 0 or negative while tη is small: then P ≡ 1 is the better candidate
    upper = decay * (gamma + a * (t - 1) / (t * (t - 2))) / max(top, 5e-324)
    if d == 0:
        return 2 * decay / (1 + decay * decay) * a, min(a, upper)
    integral = top + decay / (t * (t - 2))  # of T_{t−1} from 1 to c, times e^{−tη}
    return decay / (decay / a + integral / gamma), min(a, upper)


def residual_drift_asymptotic(ell: float, L: float, t: int, a: float, d: float) -> float:
    r"""V* in residual/drift for large t, both errors counted: the closed form up to one integral.

    With :math:`\delta = 2dt/(a(L-\ell))`, σ in (0, 1] and s solve

    .. math:: s = \mu(\sigma) = \frac2\pi \arctan\Big(\frac{1-\xi^2}{1+\xi^2}
              \frac{\sqrt{1-\sigma^2}}{\sigma}\Big), \qquad \sigma = \delta\sqrt{s/(1-s)},
              \qquad V_0 = \frac{2\xi^t}{1+\xi^{2t}}\,\frac{a\,\delta}{\sqrt{1-s}}\,
              \frac{2}{1-\xi^2}\,\exp\int_\sigma^1 \mu(u)\,\frac{du}{u},

    μ(σ) being the harmonic measure of {|sin θ| > σ} seen from ξ. The value is V₀/(1 − C/(t − 2)),
    C the first-order correction, exact where d dominates (σ = 1, C = 2ξ²/(1−ξ²)).

    V* = V₀(1 + o(1)) for fixed δ is argued in ``polyrates.symbolic.derivations.asymptotic``, C is
    formal. Measured ratio to V*: .9949, .9989, .9997 (t = 10, 20, 40) on [1, 10] with a = d = 1;
    .9949, .9996 (t = 40, 80) on [1, 100]. Not a bound. Where d = 0 it is a/T_t(c), exact.

    Parameters
    ----------
    ell, L : float
        0 < ell < L.
    t : int ≥ 3
    a, d : float ≥ 0
        ‖E‖ ≤ a, ‖D‖ ≤ d.

    Raises
    ------
    InvalidValue
    """
    _check(ell, L, t, a, d)
    angle = _angle(ell, L)
    decay = math.exp(-t * angle)
    scale = 2 * decay / (1 + decay * decay)
    if a == 0 or d == 0:
        return a * scale
    square = math.exp(-2 * angle)  # ξ²
    ratio = math.tanh(angle)  # (1 − ξ²)/(1 + ξ²)
    delta = 2 * (d / (L - ell)) * t / a
    if not 0 < delta < 1e300:
        refuse_value(
            "a, d", (a, d), "are too far apart for floats", "give sizes within 1e250 of another"
        )
    sigma = _threshold(delta, ratio)
    # δ/√(1 − s) with 1 − s = δ²/(δ² + σ²)
    value = a * scale * math.hypot(delta, sigma) * 2 / (1 - square)
    value *= math.exp(_log_excess(sigma, ratio))
    # the correction was derived for the phase of the optimum, which turns t − 1 times
    first = _threshold(delta * (t - 1) / t, ratio)
    x = _correction(first, square, ratio) / (t - 2)
    return value / (1 - x) if x < 0.5 else value * 4 * x  # its tangent: t is too small to be exact


def _share(sigma: float, ratio: float) -> float:
    """μ(σ)."""
    return math.atan2(ratio * math.sqrt((1 - sigma) * (1 + sigma)), sigma) * 2 / math.pi


def residual_drift_threshold(delta: float, angle: float) -> float:
    """σ with μ(σ) = σ²/(δ² + σ²), ``angle`` = ln 1/ξ: the share of a is s = σ²/(δ² + σ²)."""
    return _threshold(delta, math.tanh(angle))


def _threshold(delta: float, ratio: float) -> float:
    """σ with μ(σ) = σ²/(δ² + σ²): the left side falls from 1 to 0, the right side grows."""
    low, high = -700.0, 0.0
    for _ in range(80):
        middle = (low + high) / 2
        sigma = math.exp(middle)
        outside = math.atan2(sigma, ratio * math.sqrt((1 - sigma) * (1 + sigma))) * 2 / math.pi
        # 1 − μ against 1 − s: no cancellation at small σ
        if outside < 1 / (1 + (sigma / delta) * (sigma / delta)):
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def _log_excess(sigma: float, ratio: float) -> float:
    """∫_σ^1 μ(u) du/u with u = sin φ and v = log tan(φ/2), where the integrand is smooth."""
    begin = math.log(sigma / (1 + math.sqrt((1 - sigma) * (1 + sigma))))
    v = begin / 2 * (1 - _NODES)
    cosine = -np.tanh(v)
    measure = np.arctan2(ratio * cosine, 1 / np.cosh(v)) * (2 / math.pi)
    return float(-begin / 2 * (_WEIGHTS @ (measure * cosine)))


def _correction(sigma: float, square: float, ratio: float) -> float:
    """C = ∫ over {|sin θ| < σ} of d arg D/dθ, the ends' share of 1/|sin θ| included."""
    begin = 2 * math.asin(sigma)
    j = np.arange(1, _TERMS + 1)
    psi = begin + (math.pi - begin) * (1 + _NODES) / 2
    kernel = (1 - square**2) / ((1 - square) ** 2 + 4 * square * np.sin(psi / 2) ** 2)
    weights = _WEIGHTS * kernel * (math.pi - begin) / (2 * math.pi)
    moments = square**j - np.cos(np.outer(j, psi)) @ weights
    steps = np.sin(j * begin) / j
    slopes = math.pi - begin - 2 * (np.cumsum(steps) - steps) - steps
    series = float(slopes @ moments) * 2 / math.pi
    return _share(sigma, ratio) - 1 + 1 / ratio - series
