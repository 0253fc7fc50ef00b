r"""Solver of the normalised minimax problem: interior point from cold, Newton from warm.

Cold: a primal-dual interior-point method on a grid (Boyd and Vandenberghe, *Convex Optimization*,
section 11.7); convexity makes it globally convergent.  Warm: the maxima of the profile are followed
as functions of ``(q, s)``, so that each becomes one smooth constraint, and the sequential quadratic
programming of semi-infinite optimisation (Hettich and Kortanek, *SIAM Review* 35, 1993) converges
quadratically; the inequalities of each step choose the contact points.

Nothing here is trusted: the certificate recomputes both bounds from the polynomial and measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .minimax_problem import Array, Index, Mask, Points, Problem


@dataclass(frozen=True)
class Iterate:
    """A primal point ``(q, s)`` and a dual one: multipliers ``y >= 0`` on points."""

    q: Array
    s: float
    points: Points
    y: Array


def _weights(problem: Problem, s: float) -> tuple[float, float]:
    """``1/s`` and ``1/(1 - s)``, the latter 0 where B is absent."""
    return 1 / s, (1 / (1 - s) if problem.gamma > 0 else 0.0)


def _initial_share(problem: Problem) -> float:
    if problem.gamma == 0:
        return 1.0 if problem.share is None else problem.share
    return 0.5 if problem.share is None else problem.share


def _curvature(
    problem: Problem,
    a: Array,
    b: Array,
    s: float,
    y: Array,
    firsts: tuple[Array, Array],
    rank_one: Array,
) -> Array:
    r"""``sum_j y_j Hess W_j + rank_one_j grad W_j grad W_j^T`` in ``(q, s)``; (m,) or (m+1,) square."""
    u, w = _weights(problem, s)
    ma, mb = firsts
    ga, gb = 2 * a * u, 2 * b * w
    d11 = 2 * u * y + rank_one * ga * ga
    d12 = rank_one * ga * gb
    d22 = 2 * w * y + rank_one * gb * gb
    m = ma.shape[1]
    size = m + int(problem.joint)
    hessian = np.empty((size, size))
    if problem.gamma > 0:
        hessian[:m, :m] = ma.T @ (d11[:, None] * ma + d12[:, None] * mb)
        hessian[:m, :m] += mb.T @ (d12[:, None] * ma + d22[:, None] * mb)
    else:
        hessian[:m, :m] = ma.T @ (d11[:, None] * ma)
    if problem.joint:
        gs = -((a * u) ** 2) + (b * w) ** 2
        cross_a = -2 * a * u * u * y + rank_one * ga * gs
        cross_b = 2 * b * w * w * y + rank_one * gb * gs
        hessian[:m, m] = hessian[m, :m] = ma.T @ cross_a + mb.T @ cross_b
        hessian[m, m] = 2 * ((a * u) ** 2 * u + (b * w) ** 2 * w) @ y + rank_one @ (gs * gs)
    return hessian


def _gradients(
    problem: Problem, a: Array, b: Array, s: float, firsts: tuple[Array, Array]
) -> Array:
    """Rows ``grad W_j`` in ``(q, s)``: (n, m) or (n, m + 1)."""
    u, w = _weights(problem, s)
    rows = (2 * u * a)[:, None] * firsts[0] + (2 * w * b)[:, None] * firsts[1]
    if problem.joint:
        rows = np.column_stack([rows, -((a * u) ** 2) + (b * w) ** 2])
    return rows


def _solve(matrix: Array, right: Array) -> Array:
    """Symmetric solve, equilibrated; a tiny ridge where the matrix is numerically singular."""
    diagonal = np.sqrt(np.abs(np.diagonal(matrix)))
    diagonal[diagonal == 0] = 1.0
    scaled = matrix / np.outer(diagonal, diagonal)
    with np.errstate(all="ignore"):
        try:
            result = np.linalg.solve(scaled, right / diagonal) / diagonal
        except np.linalg.LinAlgError:
            result = np.full(len(right), np.nan)
        if not np.all(np.isfinite(result)):
            scaled[np.diag_indices_from(scaled)] += 1e-13
            result = np.linalg.lstsq(scaled, right / diagonal, rcond=1e-15)[0] / diagonal
    return np.asarray(result)


# Weight of the barriers on the ends of s, per point: it keeps s central where P = 1 is optimal.
BARRIER = 0.5


def interior_point(
    problem: Problem,
    points: Points,
    tolerance: float = 1e-7,
    margin: float = 0.0,
    iterations: int = 80,
) -> Iterate:
    """The problem on finitely many points, from a scaled least-squares solution and ``s = 1/2``.

    Stops early where ``1 - s < margin`` and P is nearly 1: there P = 1 may be optimal, which is
    best proved by multipliers that are still central.
    """
    ma, mb, _, _ = problem.rows(points)
    count = len(points)
    if problem.whole:  # well conditioned, only scaled
        scale = 1 / np.sqrt(np.mean(ma**2 + mb**2, axis=0))
        ma, mb, rho = ma * scale, mb * scale, problem.rho * scale
    else:
        ma, mb, rho = ma @ problem.basis, mb @ problem.basis, problem.rho @ problem.basis
    s = _initial_share(problem)
    u, w = _weights(problem, s)
    # least squares, scaled into the interior: within sqrt(count) of the optimum
    gram = (ma.T @ ma * u + mb.T @ mb * w) / count
    gram[np.diag_indices_from(gram)] *= 1 + 1e-12
    q = _solve(gram, rho)
    profile = (ma @ q) ** 2 * u + (mb @ q) ** 2 * w
    q *= math.sqrt(0.5 / np.max(profile))
    unit = float(rho @ q)
    if unit < 0:
        q, unit = -q, -unit
    rho = rho / unit
    y = np.full(count, 0.5 / count)
    joint = problem.joint
    # barriers on s and 1 - s: where P = 1 is optimal nothing else keeps s from its end too early
    ends = np.array([0.5, 0.5])
    heavy = max(1.0, BARRIER * count)
    m = len(q)
    target = np.append(rho, 0.0) if joint else rho

    def state(q: Array, s: float) -> tuple[Array, Array, Array]:
        a, b = ma @ q, mb @ q
        u, w = _weights(problem, s)
        return a, b, 1 - a * a * u - b * b * w

    a, b, slack = state(q, s)
    sigma = 0.3
    for _ in range(iterations):
        room = np.array([s, 1 - s])
        mu = float(y @ slack) / count
        if joint:
            mu = (mu * count + float(ends @ room)) / (count + 2 * heavy)
        gradients = _gradients(problem, a, b, s, (ma, mb))
        pull = target - gradients.T @ y
        if joint:
            pull[m] += ends[0] - ends[1]
        residual = np.max(np.abs(pull))
        if mu * count < tolerance and residual < math.sqrt(tolerance):
            break
        if joint and 1 - s < margin and float(np.max(np.abs(a - a[0]))) < 1e-2 * abs(a[0]):
            break
        hessian = _curvature(problem, a, b, s, y, (ma, mb), y / slack)
        right = target - gradients.T @ (sigma * mu / slack)
        if joint:
            hessian[m, m] += float(np.sum(ends / room))
            right[m] += sigma * mu * heavy * (1 / room[0] - 1 / room[1])
        step = _solve(hessian, right)
        rise = gradients @ step
        dy = sigma * mu / slack - y + y / slack * rise
        shrinking = dy < 0
        dual = min(1.0, 0.99 * float(np.min(-y[shrinking] / dy[shrinking], initial=np.inf)))
        primal = 1.0
        if joint:
            ds = float(step[m])
            d_ends = sigma * mu * heavy / room - ends - ends / room * np.array([ds, -ds])
            falling = d_ends < 0
            dual = min(dual, 0.99 * float(np.min(-ends[falling] / d_ends[falling], initial=np.inf)))
            if ds > 0:
                primal = min(primal, 0.95 * (1 - s) / ds)
            elif ds < 0:
                primal = min(primal, 0.95 * s / -ds)
        for _ in range(60):
            q_new = q + primal * step[:m]
            s_new = s + primal * float(step[m]) if joint else s
            if not joint or 0 < s_new < 1:
                a_new, b_new, slack_new = state(q_new, s_new)
                if np.all(slack_new > 0.01 * slack * (1 - primal) + 1e-3 * slack * primal):
                    break
            primal *= 0.8
        else:
            break
        q, s, a, b, slack = q_new, s_new, a_new, b_new, slack_new
        # one length for both: the constraints are curved, and unequal lengths lose dual feasibility
        dual = min(primal, dual)
        y = y + dual * dy
        if joint:
            ends = ends + dual * d_ends
        progress = min(primal, dual)
        sigma = 0.1 if progress > 0.7 else (0.3 if progress > 0.3 else 0.7)
    q = q * scale if problem.whole else problem.basis @ q
    return Iterate(q, s, points, y * unit)


# -- the maxima of the profile --------------------------------------------------------------------


def _trigonometric(coefficients: Array, length: int) -> Array:
    """``sum c_k cos(k phi)`` at ``phi = i pi / length``, i = 0 … length."""
    padded = np.zeros(length + 1)
    padded[: len(coefficients)] = coefficients * length
    padded[0] *= 2
    return np.asarray(np.fft.irfft(padded, 2 * length)[: length + 1])


@dataclass(frozen=True)
class Peaks:
    """Local maxima of ``W``: where, how high, and the second derivative in the local angle."""

    points: Points
    height: Array
    bend: Array


def peaks(problem: Problem, q: Array, s: float) -> Peaks:
    """All local maxima of ``W`` on the support (the isolated points among them)."""
    u, w = _weights(problem, s)
    segments: list[Index] = []
    angles: list[Array] = []
    heights: list[Array] = []
    bends: list[Array] = []
    for i, (_, half) in enumerate(problem.segments):
        if half > 0:
            phi, height, bend = series_peaks(*problem.series(q, i), u, w)
        else:
            phi, bend = np.zeros(1), np.zeros(1)
            first, second, _, _ = problem.rows(Points(np.full(1, i), phi))
            height = (first @ q) ** 2 * u + (second @ q) ** 2 * w
        segments.append(np.full(len(phi), i))
        angles.append(phi)
        heights.append(height)
        bends.append(bend)
    points = Points(np.concatenate(segments), np.concatenate(angles))
    return Peaks(points, np.concatenate(heights), np.concatenate(bends))


def series_peaks(first: Array, second: Array, u: float, w: float) -> tuple[Array, Array, Array]:
    """Local maxima in ``phi`` of ``u A^2 + w B^2`` for cosine series of one length; see Peaks."""
    weights = np.array([u, w])
    degree = len(first) - 1
    length = 1 << max(5, math.ceil(math.log2(8 * degree + 8)))
    profile = _trigonometric(first, length) ** 2 * u
    profile += _trigonometric(second, length) ** 2 * w
    around = np.concatenate([profile[1:2], profile, profile[-2:-1]])
    top = (profile >= around[:-2]) & (profile > around[2:])
    top[-1] |= profile[-1] >= profile[-2]
    where = np.flatnonzero(top)
    left, here, right = around[where], around[where + 1], around[where + 2]
    bend = left - 2 * here + right
    offset = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    end = (where == 0) | (where == length)
    phi = np.where(end, where, where + offset) * (math.pi / length)
    k = np.arange(degree + 1)
    both = np.column_stack([first, second])
    even_series = np.hstack([both, (k * k)[:, None] * both])
    odd_series = k[:, None] * both
    for _ in range(8):  # Newton for W' = 0: from a parabola's error to rounding, mostly in 2
        angle = np.outer(phi, k)
        even = np.cos(angle) @ even_series
        value, curve = even[:, :2], -even[:, 2:]
        slope = -np.sin(angle) @ odd_series
        d1 = (value * slope) @ weights
        d2 = (slope * slope + value * curve) @ weights
        newton = np.where((d2 < 0) & ~end, -d1 / np.where(d2 < 0, d2, -1.0), 0.0)
        newton = np.clip(newton, -math.pi / length / 2, math.pi / length / 2)
        phi = phi + newton
        # the error left is of the order of the square, in units of the finest oscillation
        if degree * float(np.max(np.abs(newton), initial=0.0)) < 1e-5:
            break
    return phi, (value * value) @ weights + 2 * d1 * newton + d2 * newton * newton, 2 * d2


def value(problem: Problem, q: Array, tops: Peaks) -> float:
    """``max sqrt(W) / rho^T q``, the value times ``|T_t(m0)|``; inf where the sign is wrong."""
    height = float(problem.rho @ q)
    return math.sqrt(float(np.max(tops.height))) / height if height > 0 else math.inf


# -- Newton on the contact points -----------------------------------------------------------------


def newton(
    problem: Problem, start: Iterate, iterations: int = 30, shortest: float = 1e-3
) -> tuple[Iterate, bool]:
    """Sequential quadratic programming on the moving maxima; whether it converged.

    Gives up when the line search wants steps below ``shortest``.
    """
    q, s, m = start.q, start.s, len(start.q)
    tops = peaks(problem, q, s)
    here = value(problem, q, tops)
    y = carry(problem, start, tops.points)
    converged = False
    for _ in range(iterations):
        # the homogeneity of the problem in q: feasible again, with the tallest maximum at 1
        tall = float(np.max(tops.height))
        q = q / math.sqrt(tall)
        tops = Peaks(tops.points, tops.height / tall, tops.bend / tall)
        step, multipliers = _quadratic_program(problem, q, s, tops, y)
        if step is None:
            break
        length = 1.0
        while length > shortest:
            trial_q = q + length * step[:m]
            trial_s = s + length * float(step[m]) if problem.joint else s
            if not problem.joint or 0 < trial_s < 1:
                trial_tops = peaks(problem, trial_q, trial_s)
                trial = value(problem, trial_q, trial_tops)
                # near the solution the values agree to rounding and full steps are right
                if trial < here * (1 + 1e-12):
                    break
            length *= 0.5
        else:
            break
        gain = here / trial - 1
        last = Iterate(trial_q, trial_s, tops.points, multipliers)
        q, s, tops, here = trial_q, trial_s, trial_tops, trial
        y = carry(problem, last, tops.points)
        if length == 1.0 and abs(gain) < 1e-14:
            converged = True
            break
    return Iterate(q / math.sqrt(float(np.max(tops.height))), s, tops.points, y), converged


def carry(problem: Problem, source: Iterate, points: Points) -> Array:
    """Multipliers of ``source`` handed to the nearest of ``points``."""
    y = np.zeros(len(points))
    for i in range(len(problem.segments)):
        mine = np.flatnonzero(points.segment == i)
        theirs = np.flatnonzero((source.points.segment == i) & (source.y > 0))
        if len(mine) == 0 or len(theirs) == 0:
            continue
        middle = (points.phi[mine][1:] + points.phi[mine][:-1]) / 2
        nearest = np.searchsorted(middle, source.points.phi[theirs])
        np.add.at(y, mine[nearest], source.y[theirs])
    return y


@dataclass(frozen=True)
class Linearisation:
    """The SQP at a point: Hessian and constraint rows, equilibrated, in coordinates ``z``.

    ``tilt`` holds the gradients of the slopes ``W'`` at the maxima.

    ``q``-steps are ``basis @ (z / scale)[:m]`` (the basis is the identity where it is None).
    """

    hessian: Array
    rows: Array
    tilt: Array
    target: Array
    scale: Array
    basis: Array | None

    def unscale(self, z: Array, m: int) -> Array:
        step = z / self.scale
        if self.basis is not None:
            step[:m] = self.basis @ step[:m]
        return np.asarray(step)

    def kkt(self, active: Mask) -> Array:
        size, n = len(self.hessian), int(np.count_nonzero(active))
        matrix = np.zeros((size + n, size + n))
        matrix[:size, :size] = self.hessian
        matrix[:size, size:] = self.rows[active].T
        matrix[size:, :size] = self.rows[active]
        return matrix


def linearise(problem: Problem, q: Array, s: float, tops: Peaks, y: Array) -> Linearisation:
    """Hessian of the Lagrangian with the maxima moving, and gradients of the maxima."""
    u, w = _weights(problem, s)
    ma, mb, pa, pb = problem.rows(tops.points)
    a, b, slope_a, slope_b = ma @ q, mb @ q, pa @ q, pb @ q
    rho, basis = problem.rho, None if problem.whole else problem.basis
    if basis is not None:
        rho = rho @ basis
        ma, mb, pa, pb = ma @ basis, mb @ basis, pa @ basis, pb @ basis
    hessian = _curvature(problem, a, b, s, y, (ma, mb), np.zeros(len(y)))
    gradients = _gradients(problem, a, b, s, (ma, mb))
    # the maximum moves with (q, s): subtract y dW' dW'^T / W''
    hollow = (y > 0) & (tops.bend < 0)
    tilt = (2 * u * slope_a)[:, None] * ma + (2 * u * a)[:, None] * pa
    tilt += (2 * w * slope_b)[:, None] * mb + (2 * w * b)[:, None] * pb
    if problem.joint:
        tilt = np.column_stack([tilt, 2 * (w * w * b * slope_b - u * u * a * slope_a)])
    weight = np.where(hollow, y / np.where(hollow, -tops.bend, 1.0), 0.0)
    hessian += tilt.T @ (weight[:, None] * tilt)
    target = np.append(rho, 0.0) if problem.joint else rho
    scale = np.sqrt(np.abs(np.diagonal(hessian)))
    scale[scale == 0] = 1.0
    hessian = hessian / np.outer(scale, scale)
    hessian[np.diag_indices_from(hessian)] += 1e-15
    return Linearisation(hessian, gradients / scale, tilt / scale, target / scale, scale, basis)


def _quadratic_program(
    problem: Problem, q: Array, s: float, tops: Peaks, y: Array
) -> tuple[Array | None, Array]:
    """One step of the SQP by a primal-dual active set; None if it does not settle."""
    local = linearise(problem, q, s, tops, y)
    size = len(local.hessian)
    room = 1 - tops.height
    # contact where the multiplier outweighs the room; more than the unknowns would be dependent
    active = y > 1e-12 + np.max(y) * np.maximum(room, 0.0)
    if np.count_nonzero(active) > size:
        active &= y >= np.sort(y)[-size]
    seen: set[bytes] = set()
    single = False
    for _ in range(60):
        kkt = local.kkt(active)
        right = np.concatenate([local.target, room[active]])
        try:
            solution = np.linalg.solve(kkt, right)
        except np.linalg.LinAlgError:
            solution = np.linalg.lstsq(kkt, right, rcond=1e-14)[0]
        step = solution[:size]
        multipliers = np.zeros(len(y))
        multipliers[active] = solution[size:]
        violation = local.rows @ step - room
        wrong = (active & (multipliers < 0)) | (~active & (violation > 1e-12))
        if not np.any(wrong):
            return local.unscale(step, len(q)), multipliers
        key = active.tobytes()
        # after a cycle change one constraint at a time, the most wrong one
        single = single or key in seen
        if single:
            largest = float(np.max(np.abs(multipliers)))
            if not 0 < largest < math.inf:
                break
            amount = np.where(active, -multipliers / largest, violation)
            wrong = np.arange(len(y)) == np.argmax(np.where(wrong, amount, -np.inf))
        seen.add(key)
        active = active ^ wrong
    return None, y
