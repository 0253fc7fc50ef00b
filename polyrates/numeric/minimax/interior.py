r"""The minimax problem on finitely many points: a primal-dual interior-point method.

Boyd and Vandenberghe, *Convex Optimization*, section 11.7; convexity makes it globally convergent.
Nothing here is trusted: the certificate recomputes both bounds from the polynomial and measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.suprema.waves import Array, Points


@dataclass(frozen=True)
class Iterate:
    """A primal point ``(q, s)`` and a dual one: multipliers ``y >= 0`` on points."""

    q: Array
    s: float
    points: Points
    y: Array


def reciprocals(problem: Problem, s: float) -> tuple[float, float]:
    """``1/s`` and ``1/(1 - s)``, the latter 0 where B is absent."""
    return 1 / s, (1 / (1 - s) if problem.gamma > 0 else 0.0)


def _initial_share(problem: Problem) -> float:
    if problem.gamma == 0:
        return 1.0 if problem.share is None else problem.share
    return 0.5 if problem.share is None else problem.share


def curvature(
    problem: Problem,
    a: Array,
    b: Array,
    s: float,
    y: Array,
    firsts: tuple[Array, Array],
    rank_one: Array,
) -> Array:
    """``sum_j y_j Hess W_j + rank_one_j grad W_j grad W_j^T`` in ``(q, s)``."""
    u, w = reciprocals(problem, s)
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


def gradients_of(
    problem: Problem, a: Array, b: Array, s: float, firsts: tuple[Array, Array]
) -> Array:
    """Rows ``grad W_j`` in ``(q, s)``: (n, m) or (n, m + 1)."""
    u, w = reciprocals(problem, s)
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
            try:
                result = np.linalg.lstsq(scaled, right / diagonal, rcond=1e-15)[0] / diagonal
            except np.linalg.LinAlgError:
                result = np.zeros(len(right))
    return np.asarray(result)


def reweighted(problem: Problem, points: Points, rounds: int) -> tuple[Iterate, float] | None:
    """Least squares with weights multiplied by the profile: a cheap start for Newton's method.

    Lawson's algorithm (C. L. Lawson, dissertation, UCLA 1961) on the dual: ``s`` balances the two
    norms of the measure.  Also ``V |T_t(m0)|`` of the measure, near a lower bound of the value;
    None where the equations are singular.
    """
    n, halves = len(points), 2 if problem.gamma > 0 else 1
    stacked = np.concatenate(list(problem.rows(points)[:halves]))
    norms = np.sqrt(np.einsum("ij,ij->j", stacked, stacked))
    scale = 1 / np.where(norms > 0, norms, 1.0)
    stacked *= scale
    rho = problem.rho * scale
    s = _initial_share(problem)
    omega = np.full(n, 1.0 / n)
    q, profile, mean = rho, omega, 0.0
    for _ in range(rounds):
        inverse = np.array(reciprocals(problem, s)[:halves])
        weights = (inverse[:, None] * omega).ravel()
        try:
            q = np.linalg.solve((stacked.T * weights) @ stacked, rho)
        except np.linalg.LinAlgError:
            return None
        mean = float(rho @ q)
        if not 0 < mean < math.inf:
            return None
        q /= mean
        squares = ((stacked @ q) ** 2).reshape(halves, n)
        profile = inverse @ squares
        if problem.joint:
            first, second = np.sqrt(squares @ omega).tolist()
            s = first / (first + second)
            if not 0 < s < 1:
                return None
        omega = omega * profile
        omega /= omega.sum()
    top = float(np.max(profile))
    if not 0 < top < math.inf:
        return None
    tall = math.sqrt(top)
    y = omega * (0.5 / tall)
    q = q / tall
    return Iterate(q * scale, s, points, y), 1 / math.sqrt(mean)


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
    ma, mb = problem.rows(points)[:2]
    count = len(points)
    norms = np.sqrt(np.mean(ma**2 + mb**2, axis=0))
    scale = 1 / np.where(norms > 0, norms, 1.0)
    ma, mb, rho = ma * scale, mb * scale, problem.rho * scale
    s = _initial_share(problem)
    u, w = reciprocals(problem, s)
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
        u, w = reciprocals(problem, s)
        return a, b, 1 - a * a * u - b * b * w

    a, b, slack = state(q, s)
    sigma = 0.3
    for _ in range(iterations):
        room = np.array([s, 1 - s])
        mu = float(y @ slack) / count
        if joint:
            mu = (mu * count + float(ends @ room)) / (count + 2 * heavy)
        gradients = gradients_of(problem, a, b, s, (ma, mb))
        pull = target - gradients.T @ y
        if joint:
            pull[m] += ends[0] - ends[1]
        residual = np.max(np.abs(pull))
        if mu * count < tolerance and residual < math.sqrt(tolerance):
            break
        if joint and 1 - s < margin and float(np.max(np.abs(a - a[0]))) < 1e-2 * abs(a[0]):
            break
        hessian = curvature(problem, a, b, s, y, (ma, mb), y / slack)
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
    return Iterate(q * scale, s, points, y * unit)
