r"""Both bounds of the minimax value, rigorous in floating point.

*Below*: weak duality.  For numbers ``alpha_j, beta_j`` on points of the support, the functional
:math:`\sum_j \alpha_j A(x_j) + \beta_j B(x_j) = z^\top q` is constant, equal to ``v``, on all
polynomials with P(0) = 1 when ``z = v rho``; Cauchy-Schwarz bounds it by the value times

.. math:: N = \max_s \sum_j \sqrt{s\,\alpha_j^2 + (1-s)\,\beta_j^2},

so the value is at least ``v / N``.  What rounding leaves of ``z - v rho`` is bounded through the
inverse of the Gram matrix of the functionals, because the value bounds the coefficients.

*Above*: the maximum of a trigonometric polynomial ``f`` of degree ``d``, never that of a grid.  Each
maximum is enclosed by its Taylor expansion with Bernstein's bound :math:`|f^{(k)}| \le d^k \|f\|`
on the remainder, everything else by cells that are halved until they lie below; :math:`\|f\|`
itself is bounded by Ehlich and Zeller, *Math. Zeitschrift* 86 (1964).

Rounding: a priori bounds with unit roundoff ``U``, constants rounded up generously (Higham,
*Accuracy and Stability of Numerical Algorithms*, chapters 3 and 24).  The sums that matter run in
numpy's longest float; where that is a double, the bounds stay valid and become wider.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .minimax_problem import Array, Index, Points, Problem

Long = npt.NDArray[np.longdouble]

U = 2.0**-53
# Unit of the longest float, never taken better than the extended format's.
E = max(float(np.finfo(np.longdouble).eps), 2.0**-63)


def is_whole(support: Sequence[tuple[float, float]], hull: tuple[float, float]) -> bool:
    """Whether the support is the hull itself, where local and global angles agree."""
    return len(support) == 1 and tuple(support[0]) == tuple(hull)


def _waves(theta: Long, degree: int) -> Long:
    """``T_k(cos theta)``, (n, degree + 1), by powers of ``exp(i theta)``: error ``8 (k + 1) E``."""
    power = np.empty((degree + 1, len(theta)), dtype=np.clongdouble)
    power[0] = 1
    power[1:] = np.cos(theta) + 1j * np.sin(theta)
    np.multiply.accumulate(power, axis=0, out=power)
    return np.ascontiguousarray(power.real.T)


def _wave_error(degree: int, whole: bool) -> Array:
    """Bound on the errors of :func:`_waves`; a sub-interval's abscissae are wrong by ``16 E``."""
    k = np.arange(degree + 1, dtype=float)
    return np.asarray((8 * k + 8 + (0 if whole else 16) * k * k) * E)


def _abscissae(
    support: Sequence[tuple[float, float]], hull: tuple[float, float], segment: Index, phi: Long
) -> tuple[Long, Long]:
    """``x + 1`` and its angle at local angles ``phi``; ``x`` runs over [-1, 1] on ``hull``."""
    ends = np.array(support, dtype=np.longdouble)
    ell = np.longdouble(hull[0])
    width = np.longdouble(hull[1]) - ell
    if is_whole(support, hull):
        return 2 * np.cos(phi / 2) ** 2, phi
    low = ends[segment, 0]
    high = ends[segment, 1]
    plus = 2 * ((low - ell) + (high - low) * np.cos(phi / 2) ** 2) / width
    plus = np.clip(plus, 0, 2)
    return plus, 2 * np.arccos(np.sqrt(plus / 2))


# -- from below -----------------------------------------------------------------------------------


def functionals(problem: Problem, points: Points) -> tuple[Long, Long, Array, Array]:
    """``A`` and ``B`` of the basis at points, (n, m), with bounds (m,) on their entries' errors."""
    t = problem.t
    plus, theta = _abscissae(
        problem.support, problem.hull, points.segment, points.phi.astype(np.longdouble)
    )
    value = _waves(theta, t)
    slope = np.zeros_like(value)
    slope[:, 1:] = value[:, :-1]
    error = _wave_error(t, problem.whole)
    slope_error = np.zeros(t + 1)
    slope_error[1:] = error[:-1]
    first = problem.integrals(value, plus - 1)
    first_error = error + 8 * E
    if problem.initial:
        delta = problem.delta
        first -= (plus + delta)[:, None] * slope
        # delta and gamma are rounded to double
        first_error += (2 + delta) * (slope_error + 32 * E) + 4 * U * delta
        if t >= 1:
            first[:, 1], first_error[1] = 0.0, 0.0
    keep, gamma = problem.columns, problem.gamma
    second_error = np.where(np.arange(t + 1) > 0, gamma * (slope_error + 8 * E), 0.0)
    return first[:, keep], gamma * slope[:, keep], first_error[keep], second_error[keep]


def growth(problem: Problem) -> tuple[Long, Array]:
    """``|T_k(m0) / T_t(m0)|``, k = 0 … t, and a bound on the relative errors."""
    delta = np.longdouble(problem.delta)
    angle = np.log1p(delta + np.sqrt(delta * (2 + delta)))
    k = np.arange(problem.t + 1)
    ratio = np.exp((k - problem.t) * angle) * (1 + np.exp(-2 * k * angle))
    ratio /= 1 + np.exp(-2 * problem.t * angle)
    # the rounding of delta moves the angle by at most that relative amount
    error = 32 * E + (problem.t - k) * problem.angle * (8 * E + 8 * U * _sensitivity(problem))
    return ratio, error


def _sensitivity(problem: Problem) -> float:
    """Relative change of the angle per relative change of ``m0 - 1``: between 1/2 and 0."""
    delta = problem.delta
    return math.sqrt(delta / (2 + delta)) / problem.angle if delta > 0 else 0.5


def _rho(problem: Problem) -> tuple[Long, Array]:
    """``rho`` and the bounds of its errors, both (m,)."""
    t = problem.t
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


def orthonormaliser(
    first: Array, second: Array, errors: tuple[Array, Array], omega: Array
) -> tuple[Array, float]:
    r"""``Y`` (m, m) and c with :math:`q = Yy`, :math:`\|y\| \le cV` for every P of value V.

    For a measure ``omega`` the rows ``M`` weighted by its roots give :math:`\|Mq\| \le V`, and
    :math:`\|MY\| \approx 1` for ``Y`` the inverse of the triangular factor of ``M``; the defect
    of orthonormality, computed and bounded, gives c, which is infinite where none is proved.
    """
    root = np.sqrt(omega)[:, None]
    m = first.shape[1]
    stacked = np.concatenate([root * first, root * second])
    norms = np.sqrt(np.sum(stacked**2, axis=0))
    if not np.all(norms > 0) or len(stacked) < m:
        return np.eye(m), math.inf
    stacked /= norms
    try:
        y = np.linalg.inv(np.linalg.qr(stacked, mode="r"))
    except np.linalg.LinAlgError:
        return np.eye(m), math.inf
    product = stacked @ y
    defect = float(np.linalg.norm(np.eye(m) - product.T @ product))
    relative = np.sqrt(errors[0] ** 2 + errors[1] ** 2) / norms
    slip = (m + 8) * U * math.sqrt(m) + float(np.linalg.norm(relative))
    slip *= float(np.linalg.norm(y)) * 1.01
    size = float(np.linalg.norm(product))
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
    problem: Problem, points: Points, omega: Array, alpha: Array, beta: Array, s: float, flat: bool
) -> tuple[float, Array]:
    r"""Rigorous lower bound of the value times ``|T_t(m0)|``, and the measure that shows it.

    ``alpha, beta`` are first projected onto the annihilators of the directions, in the metric of
    ``omega``; with ``flat`` (the claim is that P = 1 is optimal) only ``beta`` may move.
    """
    first, second, first_error, second_error = functionals(problem, points)
    a_rows, b_rows = first.astype(float), second.astype(float)
    rho, rho_error = _rho(problem)
    y, reach = orthonormaliser(a_rows, b_rows, (first_error, second_error), omega)
    if not math.isfinite(reach):
        return 0.0, omega
    direction = y @ (y.T @ rho.astype(float))

    def residual() -> tuple[np.longdouble, Long, Long]:
        z = alpha.astype(np.longdouble) @ first + beta.astype(np.longdouble) @ second
        v = z[0] / rho[0] if flat else (direction @ z) / (direction @ rho)
        return v, z - v * rho, z

    for _ in range(2):
        v, rest, _ = residual()
        if flat:
            move = flat_move(b_rows[:, 1:], omega, rest[1:].astype(float))
            beta = beta - move
        else:
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


def flat_move(rows: Array, omega: Array, rest: Array) -> Array:
    """The change of ``beta`` that gives ``rest``, smallest in the metric of ``omega``."""
    root = np.sqrt(omega)
    scaled = rows * root[:, None]
    norms = np.sqrt(np.sum(scaled**2, axis=0))
    return np.asarray(root * np.linalg.lstsq((scaled / norms).T, rest / norms, rcond=1e-15)[0])


# -- from above -----------------------------------------------------------------------------------


def value_at_origin(problem: Problem, p: Array) -> float:
    """Lower bound of ``|P(0) / T_t(m0)|`` from the Chebyshev coefficients of P."""
    ratio, relative = growth(problem)
    terms = ratio * p
    value = abs(float(np.sum(terms[::2]) - np.sum(terms[1::2])))
    size = np.abs(terms).astype(float)
    return value * (1 - 2 * U) - float(np.sum((relative + (len(p) + 8) * E) * size))


def error_series(problem: Problem, p: Array) -> tuple[Array, Array, tuple[float, float]]:
    """Chebyshev series of ``A`` and ``B`` on the hull from that of ``P``; bounds on their errors.

    The bounds hold for the maximum over the hull.
    """
    t = len(p) - 1
    if t == 0:
        return p.copy(), np.zeros(1), (0.0, 0.0)
    long = p.astype(np.longdouble)
    weighted = 2 * np.arange(t + 1) * long
    # b_k = sum of 2 j p_j over j > k of the other parity
    suffix = np.zeros(t + 3, dtype=np.longdouble)
    for parity in (0, 1):
        suffix[parity : t + 1 : 2] = weighted[parity::2][::-1].cumsum()[::-1]
    slope = suffix[1 : t + 2].copy()
    slope[0] /= 2
    tails = np.abs(weighted)[::-1].cumsum()[::-1]
    slope_error = (t / 2 + 4) * E * float(np.sum(tails))
    total = float(np.sum(np.abs(slope)))
    second = (problem.gamma * slope).astype(float)
    second_error = problem.gamma * (slope_error + 4 * U * total)
    if not problem.initial:
        return p.copy(), second, (0.0, second_error)
    first = long - (1 + np.longdouble(problem.delta)) * slope
    first[1] -= slope[0]
    first[2:] -= slope[1:-1] / 2
    first[:-2] -= slope[1:-1] / 2
    rounded = first.astype(float)
    first_error = (2 + problem.delta) * (slope_error + 16 * E * total)
    first_error += 4 * U * problem.delta * total + U * float(np.sum(np.abs(rounded)))
    return rounded, second, (first_error + 8 * E * float(np.sum(np.abs(p))), second_error)


def local_series(
    series: Array, support: Sequence[tuple[float, float]], hull: tuple[float, float], segment: int
) -> tuple[Array, float]:
    """Chebyshev coefficients on one interval of the support, and a bound on their error there."""
    n = len(series)
    k = np.arange(n)
    phi = (k + np.longdouble(0.5)) * np.arccos(np.longdouble(-1)) / n
    if is_whole(support, hull):
        return series, 0.0
    _, theta = _abscissae(support, hull, np.full(n, segment), phi)
    value = _waves(theta, n - 1) @ series.astype(np.longdouble)
    error = float(np.abs(series) @ (_wave_error(n - 1, False) + (n + 2) * E))
    transform = _waves(phi, n - 1).T * (2 / np.longdouble(n))
    transform[0] /= 2
    exact = transform @ value
    local = exact.astype(float)
    top = float(np.max(np.abs(value)))
    # the nodes are within 4 E of those of the transform, whose entries are wrong by 16 (k + 1) E;
    # errors of the data grow by the Lebesgue constant of the nodes
    lebesgue = 2 / math.pi * math.log(n) + 1
    rounding = U * float(np.sum(np.abs(local))) + n * (32 * n + 64) * E * top
    return local, lebesgue * (error + 4 * n * E * top) + rounding


def point_value(series: Array, point: float, hull: tuple[float, float]) -> tuple[float, float]:
    """A Chebyshev series on ``hull`` at a point of it, and a bound on the error."""
    n = len(series)
    spot = [(point, point)]
    _, theta = _abscissae(spot, hull, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.longdouble))
    value = float(_waves(theta, n - 1)[0] @ series.astype(np.longdouble))
    slack = _wave_error(n - 1, False) + (n + 2) * E
    return value, float(slack @ np.abs(series)) + U * abs(value)


def profile_supremum(
    first: Array,
    second: Array,
    errors: tuple[float, float],
    weights: tuple[float, float],
    support: Sequence[tuple[float, float]],
    hull: tuple[float, float],
    seeds: Points,
) -> float:
    r"""Upper bound of ``sqrt(u A^2 + w B^2)`` over the support.

    ``first, second``: Chebyshev series of A and B on the hull, wrong by at most ``errors`` there;
    ``weights = (u, w)``; ``seeds``: where the maxima are (a hint, it affects only the sharpness).
    """
    u, w = weights
    worst = 0.0
    for i, (low, high) in enumerate(support):
        if low == high:
            (a, a_slip), (b, b_slip) = (point_value(c, low, hull) for c in (first, second))
            a, b = abs(a) + a_slip + errors[0], abs(b) + b_slip + errors[1]
            worst = max(worst, math.sqrt(u * a * a + w * b * b) * (1 + 16 * U))
            continue
        a_series, a_error = local_series(first, support, hull, i)
        b_series, b_error = local_series(second, support, hull, i)
        a_error, b_error = a_error + errors[0], b_error + errors[1]
        top = _series_supremum(a_series, b_series, u, w, seeds.phi[seeds.segment == i])
        slack_norm = math.sqrt(u * a_error**2 + w * b_error**2)
        worst = max(worst, (math.sqrt(top) + slack_norm) * (1 + 16 * U))
    return worst


class Profile:
    """``f = u A^2 + w B^2`` as a function of the angle, with its derivatives and their errors.

    ``degree`` is that of ``f``; ``grid`` holds f, f', f'' at the centres of ``length + 1`` cells of
    half width ``half``, ``roundoff`` their error and ``radius`` a bound of ``|f - const|``.
    """

    def __init__(self, first: Array, second: Array, u: float, w: float) -> None:
        degree = len(first) - 1
        self.degree = d = 2.0 * max(degree, 1)
        self.length = length = 1 << max(5, math.ceil(math.log2(8 * d)))
        self.half = math.pi / (2 * length)
        k = np.arange(degree + 1)
        f, f1, f2 = np.zeros(length + 1), np.zeros(length + 1), np.zeros(length + 1)
        # Fast transforms: error in the 2-norm at most 10 log2(n) U times it, hence in every entry
        blur = 10 * math.log2(2 * length) * U * math.sqrt(2 * length)
        slip = 0.0
        for c, x in ((first, u), (second, w)):
            value, slope = _grid(c, length), _grid(1j * k * c, length)
            f += x * value**2
            f1 += 2 * x * value * slope
            f2 += 2 * x * (slope**2 + value * _grid(-k * k * c, length))
            slip += 2 * math.sqrt(x) * blur * float(np.linalg.norm(c))
        self.grid = f, f1, f2
        # thrice covers the first two derivatives times the half cell, because d h < 1/4
        self.roundoff = 3 * (slip * math.sqrt(float(np.max(f))) + slip * slip)
        stretch = 1 / math.cos(d * math.pi / (2 * length))
        spread = (float(np.max(f)) - float(np.min(f))) / 2
        self.radius = (spread + self.roundoff) * stretch * (1 + 1e-12)
        self.k = np.arange(degree + 1)
        self.both = np.column_stack([first, second])
        self.scales = np.array([u, w])
        powers = [np.abs(self.both) * (self.k**j)[:, None].astype(float) for j in range(4)]
        slack = (2 * math.pi * self.k + degree + 16) * U
        self.errors = [slack @ p for p in powers]

    def taylor(self, phi: Array, order: int) -> tuple[list[Array], list[Array]]:
        """``f, f', f'', …`` at ``phi`` and bounds on their errors, each (n,)."""
        angles = np.outer(phi, self.k)
        cosine, sine = np.cos(angles), np.sin(angles)
        k = self.k[:, None].astype(float)
        g = [cosine @ self.both, -sine @ (k * self.both)]
        g.append(-cosine @ (k**2 * self.both))
        if order >= 3:
            g.append(sine @ (k**3 * self.both))
        binomial = ([1], [1, 1], [1, 2, 1], [1, 3, 3, 1])
        values, errors = [], []
        for n in range(order + 1):
            value = np.zeros(len(phi))
            error = np.zeros(len(phi))
            for i, c in enumerate(binomial[n]):
                x, y = g[i], g[n - i]
                ex, ey = self.errors[i], self.errors[n - i]
                value += c * ((x * y) @ self.scales)
                error += c * ((np.abs(x) * ey + ex * np.abs(y) + ex * ey) @ self.scales)
                error += c * 16 * U * (np.abs(x * y) @ self.scales)
            values.append(value)
            errors.append(error)
        return values, errors


def _grid(series: Array, length: int) -> Array:
    """Real part of ``sum c_k exp(i k phi)`` at ``i pi / length``; complex ``c`` allowed."""
    padded = np.zeros(length + 1, dtype=np.complex128)
    padded[: len(series)] = series * length
    padded[0] *= 2
    return np.asarray(np.fft.irfft(padded, 2 * length)[: length + 1])


def _series_supremum(first: Array, second: Array, u: float, w: float, seeds: Array) -> float:
    """Upper bound of ``f = u A^2 + w B^2`` for two cosine series taken as exact."""
    profile = Profile(first, second, u, w)
    cells = contact_cells(profile, seeds)
    result = float(np.max(cells.top, initial=-math.inf))
    rest = outside(profile, cells, result * (1 + 1e-14))
    return max(result, rest) * (1 + 8 * U)


def outside(profile: Profile, cells: Cells, target: float) -> float:
    """Upper bound of ``f`` outside the contact cells, sharp only until it is below ``target``."""
    length, half, d = profile.length, profile.half, profile.degree
    centres = np.arange(length + 1) * (2 * half)
    f, f1, f2 = profile.grid
    bound = f + np.abs(f1) * half + np.maximum(f2, 0) * half**2 / 2
    bound += (d * half) ** 3 / 6 * profile.radius + profile.roundoff
    order = np.argsort(cells.seeds)
    seeds, reach = cells.seeds[order], cells.reach[order]
    result = -math.inf
    for level in range(17):
        high = bound > target
        result = max(result, float(np.max(bound[~high], initial=-math.inf)))
        centres, bound = centres[high], bound[high]
        if len(seeds):
            place = np.searchsorted(seeds, centres)
            for shift in (-1, 0):
                at = np.clip(place + shift, 0, len(seeds) - 1)
                open_ = np.abs(centres - seeds[at]) + half * (1 + 1e-9) > reach[at]
                centres, bound, place = centres[open_], bound[open_], place[open_]
        if len(centres) == 0:
            return result
        if level == 16 or len(centres) > 2000 + 50 * len(profile.k):
            break
        half /= 2
        # half cells beyond the ends repeat the inside by symmetry
        centres = np.concatenate([centres - half, centres + half])
        centres = centres[(centres > -half) & (centres < math.pi + half)]
        (f, f1, f2), (g0, g1, g2) = profile.taylor(centres, 2)
        bound = f + g0 + (np.abs(f1) + g1) * half + np.maximum(f2 + g2, 0) * half**2 / 2
        bound += (d * half) ** 3 / 6 * profile.radius
    return max(result, float(np.max(bound)))


@dataclass(frozen=True)
class Cells:
    """Around each seed ``f <= top`` up to the distance ``reach``, where ``f'' <= -bend / 2``.

    ``reach`` is 0 where ``f`` is not concave at the seed.
    """

    seeds: Array
    top: Array
    reach: Array
    bend: Array


def contact_cells(profile: Profile, seeds: Array) -> Cells:
    if len(seeds) == 0:
        return Cells(seeds, seeds, seeds, seeds)
    (f, f1, f2, f3), (g0, g1, g2, g3) = profile.taylor(seeds, 3)
    bend = -(f2 + g2)
    third, fourth = (np.abs(f3) + g3) / 3, profile.degree**4 * profile.radius / 12
    hollow = bend > 0
    bend = np.where(hollow, bend, 0.0)
    # f <= f0 + |f1| x - (bend - third x - fourth x^2) x^2 / 2, and the bracket keeps half of bend
    reach = bend / (third + np.sqrt(third**2 + 2 * bend * fourth) + 1e-300) * 0.999
    top = f + g0 + np.where(hollow, (np.abs(f1) + g1) ** 2 / np.where(hollow, bend, 1.0), 0.0)
    return Cells(seeds, np.where(hollow, top, f + g0), np.where(hollow, reach, 0.0), bend)
