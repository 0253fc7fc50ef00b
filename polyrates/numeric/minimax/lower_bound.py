r"""The lower bound of the minimax value, and what the upper one needs of a polynomial.

Weak duality: for numbers ``alpha_j, beta_j`` on points of the support, the functional
:math:`\sum_j \alpha_j A(x_j) + \beta_j B(x_j) = z^\top q` is constant, equal to ``v``, on all
polynomials with P(0) = 1 when ``z = v rho``; Cauchy-Schwarz bounds it by the value times

.. math:: N = \max_s \sum_j \sqrt{s\,\alpha_j^2 + (1-s)\,\beta_j^2},

so the value is at least ``v / N``.  What rounding leaves of ``z - v rho`` is bounded through the
triangular factor of the functionals, because the value bounds the coefficients.
"""

from __future__ import annotations

import math
from functools import lru_cache

import flint
import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dgeqrf, dtrtri

from polyrates.ground.precision import ball_bits
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.wide_basis import scaled
from polyrates.numeric.suprema.profile import abscissae
from polyrates.numeric.suprema.waves import Array, E, Index, Long, Points, U, wave_error, waves


def _delta(problem: Problem) -> np.longdouble:
    """``problem.delta`` in the longest float, relative error at most ``4 E``."""
    ell, top = (np.longdouble(end) for end in problem.hull)
    return np.longdouble(2 * (ell / (top - ell)))


def functionals(
    problem: Problem, points: Points, bare: bool = False
) -> tuple[Long, Long, Array, Array]:
    """``A`` and ``B`` of the basis at points, (n, m), with bounds (m,) on their entries' errors.

    On a support with gaps of ``p_k / 2**e_k``, unless there is a change of basis: see ``bare``.
    """
    t = problem.t
    if not problem.whole:
        return _table_functionals(problem, points, problem.plain and not bare)
    plus, theta = abscissae(
        problem.support, problem.hull, points.segment, points.phi.astype(np.longdouble)
    )
    value = waves(theta, t)
    slope = np.zeros_like(value)
    slope[:, 1:] = value[:, :-1]
    error = wave_error(t, problem.whole)
    slope_error = np.zeros(t + 1)
    slope_error[1:] = error[:-1]
    first: Long = np.asarray(problem.integrals(value, plus - 1), dtype=np.longdouble)
    first_error = error + 8 * E
    if problem.initial:
        first -= (plus + _delta(problem))[:, None] * slope
        first_error += (2 + problem.delta) * (slope_error + 40 * E)
        if t >= 1:
            first[:, 1], first_error[1] = 0.0, 0.0
    first_error[0] = 0.0  # the function 1 has A = 1 and B = 0 exactly
    keep, gamma = problem.columns, problem.gamma
    second_error = np.where(np.arange(t + 1) > 0, gamma * (slope_error + 8 * E), 0.0)
    return first[:, keep], gamma * slope[:, keep], first_error[keep], second_error[keep]


def _table_functionals(
    problem: Problem, points: Points, change: bool
) -> tuple[Long, Long, Array, Array]:
    """The same on a support with gaps, where the table of the basis is run in ball arithmetic."""
    keep, exponents = problem.columns, problem.exponents[problem.columns]
    # balls grow a few bits a step, whatever the values do
    precision = 160 + 4 * problem.t
    while True:
        with ball_bits(precision):
            lam = np.array([flint.arb(x) for x in problem.eigenvalues(points).tolist()])
            value, slope = problem.table.jets(lam)
            ell, top = (flint.arb(end) for end in problem.hull)
            first = value - lam[:, None] * slope if problem.initial else value
            second = slope * ((top - ell) / 2 * flint.arb(problem.gamma))
            kept = [first[:, keep], second[:, keep]]
            if change and problem.change is not None:
                made = scaled(kept[0], exponents) * problem.change.matrix
                kept[0], exponents = np.array(made.tolist(), dtype=object), 0 * exponents
            blocks = [_long(block, exponents) for block in kept]
        if all(wide <= E for _, _, wide in blocks) or precision > 1 << 14:
            (first_long, first_error, _), (second_long, second_error, _) = blocks
            return first_long, second_long, first_error, second_error
        precision *= 2


def _long(balls: npt.NDArray[np.object_], exponents: Index) -> tuple[Long, Array, float]:
    """Midpoints over powers of two, bounds (m,) on the errors of their columns, largest radius."""
    flat = balls.ravel().tolist()
    tops = [float(ball) for ball in flat]
    high = np.array(tops).reshape(balls.shape)
    rest = [float(ball - top) for ball, top in zip(flat, tops, strict=True)]
    low = np.array(rest).reshape(balls.shape)
    wide = np.array([float(ball.rad()) for ball in flat]).reshape(balls.shape)
    radius = np.ldexp(wide, -exponents)
    value = np.ldexp(high.astype(np.longdouble) + low, -exponents)
    error = np.max(radius, axis=0) + np.max(np.abs(value), axis=0).astype(float) * 2 * E
    # the constant 1 and the zeros of points are exact
    error[np.all((radius == 0) & (low == 0), axis=0)] = 0.0
    return np.asarray(value, dtype=np.longdouble), np.asarray(error), float(np.max(radius))


@lru_cache(maxsize=8)
def growth(problem: Problem) -> tuple[Long, Array]:
    """``|T_k(m0) / T_t(m0)|``, k = 0 … t, and a bound on the relative errors."""
    delta = _delta(problem)
    angle = np.log1p(delta + np.sqrt(delta * (2 + delta)))
    k = np.arange(problem.t + 1)
    ratio = np.exp((k - problem.t) * angle) * (1 + np.exp(-2 * k * angle))
    ratio = np.asarray(ratio / (1 + np.exp(-2 * problem.t * angle)), dtype=np.longdouble)
    # the rounding of delta moves the angle by at most that relative amount times the sensitivity
    error = 32 * E + (problem.t - k) * problem.angle * (8 * E + 8 * E * _sensitivity(problem))
    return ratio, np.asarray(error, dtype=float)


def _sensitivity(problem: Problem) -> float:
    """Relative change of the angle per relative change of ``m0 - 1``: between 1/2 and 0."""
    delta = problem.delta
    return math.sqrt(delta / (2 + delta)) / problem.angle if delta > 0 else 0.5


def _rho(problem: Problem) -> tuple[Long, Array]:
    """``rho`` and the bounds of its errors, both (m,)."""
    t = problem.t
    if not problem.whole:
        if problem.change is not None:
            found = problem.change.rho
            return found, np.abs(found).astype(float) * 2 * E
        exact = problem.bare_rho
        return np.asarray(exact, dtype=np.longdouble), np.zeros(len(exact))
    ratio, relative = growth(problem)
    k = np.arange(t + 1)
    signed = np.where(k % 2 == 0, ratio, -ratio)
    rho, error = signed.copy(), np.asarray(ratio * relative, dtype=float)
    if t >= 1 and problem.initial:
        rho[1], error[1] = 0, 0.0
    if t >= 2:
        rho[2] = signed[2] / 4
    if t >= 3:
        j = k[3:].astype(np.longdouble)
        rho[3:] = signed[3:] / (2 * j) - signed[1:-2] / (2 * (j - 2))
        error[3:] = np.asarray(
            error[3:] / (2 * k[3:]) + ratio[1:-2] * relative[1:-2] / (2 * (k[3:] - 2)), dtype=float
        )
        error[3:] += 8 * E
    return rho[problem.columns], error[problem.columns]


def orthonormaliser(rows: Array, errors: Array) -> tuple[Array, float]:
    r"""``Y`` (m, m) and c with :math:`q = Yy`, :math:`\|y\| \le c\|Mq\|` for all q.

    ``rows`` is M up to ``errors``, bounds on the norms of the columns of what is missing. For ``Y``
    the inverse of the triangular factor of ``M``, :math:`\|MY\| \approx 1`; the defect of
    orthonormality, computed and bounded, gives c, which is infinite where none is proved.
    """
    m = rows.shape[1]
    norms = np.sqrt(np.sum(rows**2, axis=0))
    if not np.all(norms > 0) or len(rows) < m:
        return np.eye(m), math.inf
    stacked = rows / norms
    triangle = dgeqrf(stacked)[0][:m]
    y, singular = dtrtri(triangle)  # of the upper triangle alone
    if singular:
        return np.eye(m), math.inf
    y = np.triu(y)
    if not float(np.max(np.abs(y))) < 1e100:
        return np.eye(m), math.inf
    product = stacked @ y
    gram = product.T @ product
    size = math.sqrt(float(np.trace(gram)))
    gram.flat[:: m + 1] -= 1
    defect = float(np.linalg.norm(gram))
    slip = (m + 8) * U * math.sqrt(m) + float(np.linalg.norm(errors / norms))
    slip *= float(np.linalg.norm(y)) * 1.01
    total = defect + slip * (2 * size + slip) + (len(stacked) + 8) * U * size**2
    if not total < 0.5:
        return np.eye(m), math.inf
    return y / norms[:, None], 1.01 / math.sqrt(1 - total)


def _dual_norm(problem: Problem, alpha: Array, beta: Array, s: float) -> tuple[float, float]:
    """Upper bound of ``N`` and the maximising ``s``: concave in ``s``, bounded by a tangent."""
    up = 1 + (len(alpha) + 20) * U
    if problem.gamma == 0:
        share = 1.0 if problem.share is None else problem.share
        return math.sqrt(share) * float(np.sum(np.abs(alpha))) * up, share
    a2, b2 = alpha**2, beta**2
    if problem.share is not None:
        return float(np.sum(np.sqrt(s * a2 + (1 - s) * b2))) * up, s

    def slope(s: float) -> tuple[float, float]:
        """N' and a bound on its rounding error."""
        root = np.sqrt(s * a2 + (1 - s) * b2)
        safe = np.where(root > 0, root, 1.0)
        lost = np.where((root == 0) & (a2 != b2), np.copysign(math.inf, a2 - b2), 0.0)
        error = (len(alpha) + 20) * U * float(np.sum((a2 + b2) / safe))
        return float(np.sum((a2 - b2) / safe + lost)) / 2, error

    low, high = 0.0, 1.0
    for _ in range(60):
        rise, error = slope(s)
        if abs(rise) <= error or (rise > 0 and s == 1.0):
            break
        low, high = (s, high) if rise > 0 else (low, s)
        root = np.sqrt(s * a2 + (1 - s) * b2)
        bend = -float(np.sum((a2 - b2) ** 2 / np.where(root > 0, root, 1.0) ** 3)) / 4
        newton = s - rise / bend if bend < 0 else math.nan
        if newton >= 1 > s and high == 1.0:
            s = 1.0
        else:
            s = newton if low < newton < high else (low + high) / 2
        if high - low < 1e-16:
            break
    rise, error = slope(s)
    room = max(s, 1 - s) if abs(rise) <= error else (1 - s if rise > 0 else s)
    excess = (abs(rise) + error) * room if room > 0 else 0.0
    return (float(np.sum(np.sqrt(s * a2 + (1 - s) * b2))) + excess) * up, s


def lower_bound(
    problem: Problem, points: Points, omega: Array, alpha: Array, beta: Array, s: float
) -> tuple[float, Array]:
    r"""Rigorous lower bound of the value times ``|T_t(m0)|``, and the measure that shows it.

    ``alpha, beta`` are first projected onto the annihilators of the directions, in the metric of
    ``omega``.
    """
    first, second, first_error, second_error = functionals(problem, points)
    a_rows, b_rows = first.astype(float), second.astype(float)
    rho, rho_error = _rho(problem)
    root = np.sqrt(omega)[:, None]
    # a polynomial of value V has norm at most V in the mean of omega
    y, reach = orthonormaliser(
        np.concatenate([root * a_rows, root * b_rows]), np.sqrt(first_error**2 + second_error**2)
    )
    if not math.isfinite(reach):
        return 0.0, omega
    direction = y @ (y.T @ rho.astype(float))

    def residual() -> tuple[np.longdouble, Long, Long]:
        z = alpha.astype(np.longdouble) @ first + beta.astype(np.longdouble) @ second
        v = (direction @ z) / (direction @ rho)
        return v, z - v * rho, z

    for _ in range(2):
        v, rest, _ = residual()
        move = y @ (y.T @ rest.astype(float))
        alpha = alpha - omega * (a_rows @ move)
        beta = beta - omega * (b_rows @ move)
    v, rest, z = residual()
    if not v > 0:
        return 0.0, omega
    n = len(alpha)
    total_a, total_b = float(np.sum(np.abs(alpha))), float(np.sum(np.abs(beta)))
    error = total_a * (first_error + (n + 4) * E * np.max(np.abs(a_rows), axis=0))
    error += total_b * (second_error + (n + 4) * E * np.max(np.abs(b_rows), axis=0))
    error += float(v) * rho_error + 4 * E * np.abs(z).astype(float)
    remainder = (np.abs(rest).astype(float) + error) * (1 + 8 * U)
    leak = reach * float(np.linalg.norm(remainder @ np.abs(y))) * (1 + 4 * n * U)
    norm, share = _dual_norm(problem, alpha, beta, s)
    spread = np.sqrt(share * alpha**2 + (1 - share) * beta**2)
    # gamma is rounded to double: the value changes by at most that factor
    return float(v) / (norm + leak) * (1 - 32 * U), spread / np.sum(spread)


def proves_one(problem: Problem, points: Points, omega: Array) -> bool:
    r"""Whether the measure proves P = 1 optimal, ``V* = size``, with nothing lost to rounding.

    If :math:`\sum_j \omega_j A(x_j) + \beta_j B(x_j) = P(0)` for all P, the value is at least the
    minimum over s of :math:`1 / \sum_j \sqrt{s\omega_j^2 + (1-s)\beta_j^2}` in units of ``size``:
    1, attained at s = 1, where :math:`\sum_j \beta_j^2/\omega_j \le 1`. Such a ``beta`` exists
    beside the computed one at a distance, in that norm, bounded by what the latter misses.
    """
    if len(omega) <= problem.t or not problem.joint:
        return False
    first, second, first_error, second_error = functionals(problem, points)
    rho, rho_error = _rho(problem)
    root = np.sqrt(omega)
    rows = root[:, None] * second[:, 1:].astype(float)
    y, reach = orthonormaliser(rows, second_error[1:])
    if not math.isfinite(reach):
        return False
    spread = np.zeros(len(omega))  # beta / root
    mass = np.sum(omega.astype(np.longdouble))  # of the functional, exact for A = 1, B = 0
    target = mass * (rho / rho[0])[1:]
    target -= omega.astype(np.longdouble) @ first[:, 1:]
    rest = target.astype(float)
    for _ in range(3):
        spread += rows @ (y @ (y.T @ rest))
        rest = (target - (root * spread).astype(np.longdouble) @ second[:, 1:]).astype(float)
    total = float(np.sum(root * np.abs(spread)))
    n = len(omega)
    largest = np.max(np.abs(first[:, 1:]), axis=0).astype(float)
    error = float(mass) * (first_error[1:] + (n + 8) * E * largest)
    largest = np.max(np.abs(second[:, 1:]), axis=0).astype(float)
    # root * spread is rounded to double once more, as beta itself
    error += total * (second_error[1:] + (n + 8) * E * largest)
    relative = rho_error / np.abs(rho).astype(float).clip(1e-300)
    scaled = np.abs(rho / rho[0])[1:].astype(float) * float(mass)
    error += scaled * (relative[1:] + relative[0] + 8 * E)
    remainder = (np.abs(rest) + error) * (1 + 8 * U)
    missed = reach * float(np.linalg.norm(remainder @ np.abs(y)))
    size = float(np.linalg.norm(spread)) * (1 + (n + 8) * U) + missed * (1 + 4 * n * U)
    return size * size * (1 + 8 * U) <= float(mass) * (1 - (n + 8) * U) * (1 - 64 * U)


# -- of a polynomial ------------------------------------------------------------------------------


def chebyshev_weights(problem: Problem, p: Array) -> tuple[Array, Long, Array]:
    """Weights on the iterates of Chebyshev's method, and what P they make.

    ``p`` (t + 1,) are Chebyshev coefficients of a polynomial with ``P(0) = |T_t(m0)|`` or so. The
    weights are floats, and the last iterate takes what they leave of 1, so ``P(0) = 1`` exactly; of
    this P over ``1/|T_t(m0)|`` the Chebyshev coefficients, and bounds on their errors.
    """
    ratio, relative = growth(problem)
    signed = ratio.copy()
    signed[1::2] *= -1
    terms = signed * p
    weights = np.asarray(terms / np.sum(terms), dtype=float)
    weights[-1] = 1 - math.fsum(weights[:-1])
    exact = weights / signed
    slack = np.abs(exact).astype(float) * (relative + 4 * E)
    slack[-1] += U * abs(float(exact[-1]))
    return weights, np.asarray(exact, dtype=np.longdouble), slack


def error_series(
    problem: Problem, p: Long, slack: Array
) -> tuple[Array, Array, tuple[float, float]]:
    """Chebyshev series of ``A`` and ``B`` on the hull from that of ``P``; bounds on their errors.

    ``slack`` bounds the errors of ``p``. The bounds hold for the maximum over the hull.
    """
    t = len(p) - 1
    k = np.arange(t + 1)
    own, steep = float(np.sum(slack)), float(k**2 @ slack)
    rounded = p.astype(float)
    own += U * float(np.sum(np.abs(rounded)))
    if t == 0:
        return rounded, np.zeros(1), (own, 0.0)
    weighted = 2 * k * p
    # b_k = sum of 2 j p_j over j > k of the other parity
    suffix = np.zeros(t + 3, dtype=np.longdouble)
    for parity in (0, 1):
        suffix[parity : t + 1 : 2] = weighted[parity::2][::-1].cumsum()[::-1]
    slope = suffix[1 : t + 2].copy()
    slope[0] /= 2
    tails = np.abs(weighted)[::-1].cumsum()[::-1]
    slope_error = (t / 2 + 4) * E * float(np.sum(tails)) + steep
    total = float(np.sum(np.abs(slope)))
    second = (problem.gamma * slope).astype(float)
    second_error = problem.gamma * (slope_error + 4 * U * total)
    if not problem.initial:
        return rounded, second, (own, second_error)
    first = p - (1 + _delta(problem)) * slope
    first[1] -= slope[0]
    first[2:] -= slope[1:-1] / 2
    first[:-2] -= slope[1:-1] / 2
    rounded = first.astype(float)
    first_error = (2 + problem.delta) * (slope_error + 24 * E * total)
    first_error += U * float(np.sum(np.abs(rounded))) + float(np.sum(slack))
    return rounded, second, (first_error + 8 * E * float(np.sum(np.abs(p))), second_error)
