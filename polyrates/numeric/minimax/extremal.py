r"""The minimax optimum for large t in closed form: value, polynomial, least favourable measure.

In "initial/cross" the error functions of the optimum are waves, A = ± V Re(w^−t φ_b(w)/D(w)) and
B ≈ −A/λ, with :math:`x = (w + 1/w)/2`, D the outer function of the weight
:math:`W^2 = a^2/s + g^2/(\lambda^2(1-s))` and one Blaschke factor,

.. math:: \varphi_b(w) = \frac{w - b}{1 - bw}, \qquad b = \frac{w_0 + \varphi}{1 + \varphi w_0},
          \qquad \varphi = \frac{2}{\tau + \sqrt{\tau^2 + 4}},

:math:`w_0 = -\xi` being λ = 0.  In "residual/drift" dP/dx is the wave
:math:`\mathrm{Re}(w^{1-t} p(w))` of the outer function of modulus :math:`\min(1, \sigma/|\sin
\theta|)`, σ as in :mod:`..asymptotics`, and P its integral; where D dominates it is T_(t-1) with a
correction.  The least favourable measure is :math:`|1 - bw|^2/|1 - w_0w|^4\,d\theta` in the first
form and harmonic measure seen from λ = 0, :math:`d\theta/|1 - w_0w|^2`, in the second: the limit
of the first as t grows.

The values and the limit of the measures are derived in
``polyrates.symbolic.derivations.asymptotic``; the measure at finite t is formal, found by
complementary slackness.  As starts of Newton's method they need no proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from polyrates.ground.errors import refuse_value
from polyrates.numeric.asymptotics import residual_drift_threshold
from polyrates.numeric.minimax import newton
from polyrates.numeric.minimax.interior import Iterate
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import require
from polyrates.numeric.suprema.peaks import ROUGH
from polyrates.numeric.suprema.waves import Array

# τ, a horizon in units of the rate, from which the closed form beats reweighted least squares:
# it is about 6/τ² above V*.
_LONG = 12.0
# V* in units of size up to which P = 1 is out of the question.
_BELOW = 0.9
# δ = 2d(t − 1)/(a(L − ell)), P' being a wave of degree t − 1, between which "residual/drift" starts
# from its closed form: below, A has few oscillations to be a wave; above, B alone leaves the share
# undetermined, and the flat start has it.
_BALANCED = 0.5, 15.0


@dataclass(frozen=True)
class Wave:
    """The closed form in "initial/cross" at given odds ``sqrt(s/(1 - s))``; arrays of one shape.

    ``log_value`` is the log of ``V/size``; ``root`` the double pole's ``w1`` (0 where B is absent).
    """

    log_value: Array
    tau: Array
    root: Array


def _wave(delta: float, angle: float, gamma: float, t: float, odds: Array) -> Wave:
    """For ``t = inf`` the value over ``ξ^t τ``, up to a constant."""
    xi, spread = math.exp(-angle), 2 * math.sinh(angle)
    point = -1 - delta - 1j * gamma * odds
    root = 1 / (point - np.sqrt(1 - point) * np.sqrt(-1 - point))
    product = -xi * root
    log_outer = np.log(np.hypot(1, 1 / odds)) + np.log(xi / np.abs(root))
    log_outer = log_outer + 2 * np.log(np.abs(1 - product))
    if t == math.inf:
        return Wave(log_outer, np.full_like(log_outer, math.inf), root)
    q = -2 * np.real(product / (1 - product)) + 2 * xi / spread
    tau = spread * (t + q)
    with np.errstate(over="ignore"):
        log_value = (
            log_outer
            - 2 * math.log(-math.expm1(-2 * angle))
            - t * angle
            + np.log(np.maximum(tau + np.sqrt(tau * tau + 4), 1e-300))
        )
    return Wave(log_value, tau, root)


def _bare(angle: float, t: int) -> Wave:
    """The same without B."""
    tau = np.asarray(2 * math.sinh(angle) * t)
    return Wave(np.log(tau + np.sqrt(tau * tau + 4)) - t * angle, tau, np.zeros(()))


def _best_odds(delta: float, angle: float, gamma: float, t: float, rounds: int) -> float:
    """Odds of the smallest value: a grid in their log, eight times finer each round."""
    # γ·odds is what B sees: far from γ = 1 the best odds lie between 1/γ and 1
    middle, half = _centre(gamma)
    for _ in range(rounds):
        grid = np.linspace(middle - half, middle + half, 65)
        middle = float(grid[np.argmin(_wave(delta, angle, gamma, t, np.exp(grid)).log_value)])
        half /= 8
    return math.exp(middle)


def _centre(gamma: float) -> tuple[float, float]:
    """Where the log of the odds is sought: [−40, 40], wider where γ is far from 1."""
    shift = math.log(gamma)
    if abs(shift) <= 30:
        return 0.0, 40.0
    return -shift / 2, abs(shift) / 2 + 20.0


def _gamma(ell: float, L: float, size: float, second: float) -> float:
    """2g/((L − ℓ)a), within the floats whose squares are floats too, or our error."""
    gamma = 2 * (second / (L - ell)) / size
    if not gamma < 1e290:
        remedy = "give sizes within 1e250 of one another"
        refuse_value("sizes", (size, second), "are too far apart for floats", remedy)
    return gamma if gamma > 1e-250 else 0.0  # no float can tell what is left of B


def asymptotic_value(ell: float, L: float, t: int, *, size: float, second: float) -> float:
    r"""Closed form of ``V*`` for large t in "initial/cross" (Schwarz-Pick), 0 < ell < L.

    With :math:`\xi = (\sqrt L - \sqrt\ell)/(\sqrt L + \sqrt\ell)`, :math:`w_0 = -\xi` and D the
    outer function on the disc of the weight :math:`W^2 = a^2/s + g^2/(\lambda^2 (1-s))`,

    .. math:: V^* \approx \min_s\ \xi^t D(w_0)\,(\tau + \sqrt{\tau^2 + 4}), \qquad
              \tau = (1/\xi - \xi)(t + q),

    where :math:`D(w_0) = (a/\sqrt s)(\xi/|w_1|)|1 - w_0w_1|^2/(1-\xi^2)^2`,
    :math:`q = -2\,\mathrm{Re}(w_0w_1/(1-w_0w_1)) + 2\xi^2/(1-\xi^2)`, :math:`w_1` the root in the
    disc of :math:`(w + 1/w)/2 = m_0 - 2i\rho/(L-\ell)`, :math:`\rho = (g/a)\sqrt{s/(1-s)}`; for
    g = 0, D = a and q = 0.  The leading order is argued, and that ``V*`` is at most this up to
    1 + O(1/t^2); beyond that it is formal.  Where it exceeds ``size``, P = 1 is better.
    """
    require(0 <= ell < L < math.inf, "(ell, L)", (ell, L), "must satisfy 0 <= ell < L", "reorder")
    for name, value in (("size", size), ("second", second), ("t", t)):
        require(
            math.isfinite(value) and value >= 0,
            name,
            value,
            "must be finite and nonnegative",
            "pass a norm or a degree",
        )
    if ell == 0 or size == 0:
        return float(size)
    delta = 2 * (ell / (L - ell))
    angle = math.log1p(delta + math.sqrt(delta * (2 + delta)))
    gamma = _gamma(ell, L, size, second)
    if gamma == 0:
        wave = _bare(angle, t)
    else:
        odds = _best_odds(delta, angle, gamma, t, 14)
        wave = _wave(delta, angle, gamma, t, np.array(odds))
    log_value = float(wave.log_value) + math.log(size)
    if not log_value < 709:
        refuse_value("sizes", (size, second), "exceed the range of floats", "choose smaller units")
    return math.exp(log_value) if log_value > 600 else size * math.exp(float(wave.log_value))


def closed_start(problem: Problem) -> Iterate | None:
    """The closed form as a start of Newton's method; None where t is too small for it.

    On an interval, 0 < ell; ``q`` is scaled to a largest profile of 1.
    """
    if not problem.whole or problem.t < 2:
        return None
    return _initial_cross(problem) if problem.initial else _residual_drift(problem)


def _initial_cross(problem: Problem) -> Iterate | None:
    t, delta, angle, gamma = problem.t, problem.delta, problem.angle, problem.gamma
    if 2 * math.sinh(angle) * t < 0.5 * _LONG:
        return None
    if gamma == 0:
        s, wave = 1.0 if problem.share is None else problem.share, _bare(angle, t)
    else:
        if problem.share is None:
            odds = _best_odds(delta, angle, gamma, t, 5)
        else:
            odds = math.sqrt(problem.share / (1 - problem.share))
        # a share that is given is the question: it must not be rounded
        s = 1 / (1 + odds**-2) if problem.share is None else problem.share
        wave = _wave(delta, angle, gamma, t, np.array(odds))
    tau = float(wave.tau)
    if tau < _LONG or not 0 < s <= 1 or (problem.joint and wave.log_value > math.log(_BELOW)):
        return None
    phi, w0 = 2 / (tau + math.sqrt(tau * tau + 4)), -math.exp(-angle)
    b = (w0 + phi) / (1 + phi * w0)
    length = 2 << (2 * t + 32).bit_length()
    w = np.exp(-2j * math.pi * np.arange(length // 2 + 1) / length)
    section = (w - b) / (1 - b * w)
    if gamma > 0:
        root = complex(wave.root)
        section *= (1 - w0 * w) ** 2 / ((1 - root * w) * (1 - root.conjugate() * w))
    # Re(w^-t w^k) = T_(t-k)
    a = np.fft.irfft(section, length)[t::-1]
    q = _from_first(problem, a)[problem.columns]
    return _iterate(problem, q, s, w0, b)


def _from_first(problem: Problem, a: Array) -> Array:
    """Coefficients on every ``Q_k`` of a P with ``P - λP'`` near the Chebyshev series ``a``.

    ``P'' = -A'/λ`` interpolated at Chebyshev points (division of the series cancels), integrated
    with the constant for which ``P' + A/λ`` has mean 0.
    """
    t = problem.t
    theta = (np.arange(t + 1) + 0.5) * (math.pi / (t + 1))
    k = np.arange(t + 1)
    phase = np.exp(1j * np.outer(theta, k))
    ray = np.cos(theta) + 1 + problem.delta
    rise = (phase.imag @ (a * k)) / np.sin(theta)
    curve = np.zeros(t + 2)
    curve[: t - 1] = (-2 / (t + 1)) * ((rise / ray) @ phase.real[:, : t - 1])
    q = np.zeros(t + 1)
    q[1] = -np.mean((phase.real @ a) / ray)
    q[2:] = (curve[: t - 1] - curve[2 : t + 1]) / (2 * k[1:t])
    q[0] = a[0] + q[2] / 2
    return q


def _residual_drift(problem: Problem) -> Iterate | None:
    t, angle = problem.t, problem.angle
    if problem.gamma == 0:
        return _chebyshev(problem)
    delta = problem.gamma * (t - 1)
    if 2 * math.sinh(angle) * t < _LONG or delta < _BALANCED[0]:
        return None
    if delta > _BALANCED[1]:
        return _flat(problem) if t > 2 else None
    if problem.share is None:
        sigma = residual_drift_threshold(delta, angle)
        s = sigma**2 / (sigma**2 + delta**2)
    else:
        s = problem.share
        sigma = min(1.0, delta * math.sqrt(s / (1 - s)))
    length = 2 << (2 * t + 32).bit_length()
    theta = 2 * math.pi / length * (np.arange(length) + 0.5)
    modulus = np.minimum(0.0, np.log(sigma / np.abs(np.sin(theta))))
    # the outer function: log|p| completed by its conjugate
    moments = np.fft.fft(modulus)[: length // 2] / length
    moments = np.real(moments * np.exp(-1j * math.pi / length * np.arange(length // 2)))
    moments[1:] *= 2
    series = np.fft.fft(np.exp(np.fft.ifft(moments, length) * length)) / length
    q = np.zeros(t + 1)
    q[1:] = np.real(series[t - 1 :: -1])
    w0 = -math.exp(-angle)
    return _iterate(problem, q, s, w0, w0)


def _flat(problem: Problem) -> Iterate | None:
    r"""Where D dominates: P near :math:`q_t = (T_t/t - T_{t-2}/(t-2))/2`, dP/dx near T_(t−1).

    B = γ dP/dx has its t maxima at :math:`\theta_j = j\pi/(t-1)`, where A is
    :math:`\mp\cos\theta_j/(t(t-2))`: of second order, and all there is to say of s. A polynomial of
    degree t − 1 takes any values at the θ_j. With all W_j level, dP/dx is to first order
    :math:`(1 - s/2)T_{t-1} - \epsilon_j^2/(2s)T_{t-1}`, :math:`\epsilon_j = \cos\theta_j/(\gamma
    t(t-2))`; P(0) is its mean in harmonic measure dω from λ = 0, so least is lost at
    :math:`s^2 = \int\epsilon^2 d\omega`, :math:`\int\cos^2\theta\, d\omega = (1+\xi^2)/2`. Between
    the θ_j the profile stays below if :math:`s \ge 1/(1+\delta^2)`.
    """
    t, gamma, w0 = problem.t, problem.gamma, -math.exp(-problem.angle)
    epsilon = 1 / (gamma * t * (t - 2))
    s = max(epsilon * math.sqrt((1 + w0 * w0) / 2), 1 / (1 + (gamma * (t - 1)) ** 2))
    s = s if problem.share is None else problem.share
    # ε_j² T_(t−1) = ε²(T_(t−1) + T_(t−3))/2 at the θ_j
    quarter = epsilon * epsilon / (4 * s)
    q = np.zeros(t + 1)
    q[t], q[t - 2] = 1 - s / 2 - quarter, -quarter
    if not 0 < s < 0.5 or gamma * problem.scale > _BELOW * abs(float(problem.rho @ q)):
        return None
    return _iterate(problem, q, s, w0, w0)


def _chebyshev(problem: Problem) -> Iterate:
    """Without B the optimum is T_t, its measure at the extrema that of Lagrange's interpolation."""
    t = problem.t
    q = problem.from_chebyshev(np.append(np.zeros(t), 1.0))
    q *= math.copysign(1.0, float(problem.rho @ q))
    points = problem.nodes(t)
    omega = 1 / (2 * np.cos(points.phi / 2) ** 2 + problem.delta)
    omega[[0, -1]] /= 2
    y = omega * (0.5 * float(problem.rho @ q) / float(np.sum(omega)))
    return Iterate(q, 1.0 if problem.share is None else problem.share, points, y)


def _iterate(problem: Problem, q: Array, s: float, w0: float, b: float) -> Iterate | None:
    q = q * math.copysign(1.0, float(problem.rho @ q))
    tops = newton.peaks(problem, q, s, ROUGH)
    reached = newton.value(problem, q, tops)
    if not reached < math.inf:
        return None
    phi = tops.points.phi
    w = np.exp(1j * phi)
    omega = np.abs(1 - b * w) ** 2 / np.abs(1 - w0 * w) ** 4
    omega *= np.diff(np.concatenate([[0.0], (phi[1:] + phi[:-1]) / 2, [math.pi]]))
    y = omega * (0.5 / reached / float(np.sum(omega)))
    return Iterate(q / math.sqrt(float(np.max(tops.height))), s, tops.points, y)
