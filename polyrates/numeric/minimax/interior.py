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
# Share of the way to the boundary that a step of the multipliers, and of s, may go.
_DUAL_WAY, _SHARE_WAY = 0.99, 0.95
# What must be left of a slack after a step: of what was there, and of what a full step leaves.
_KEPT, _LEFT = 0.01, 1e-3
_SHORTER = 0.8  # a step that leaves too little is cut to this
# Centring of the next step after progress above .7, above .3, and below.
_CENTRING = (0.1, 0.3, 0.7)


@dataclass(frozen=True)
class _Step:
    """Directions in (q, s), in the multipliers and in those of the ends of s; the longest steps."""

    primal: Array
    y: Array
    ends: Array
    longest: tuple[float, float]


class _Central:
    """The iteration: primal (q, s) with its slacks, multipliers ``y`` and ``ends``.

    Scaled: columns of unit size on the points, and ρᵀq = 1 at the start.
    """

    def __init__(self, problem: Problem, points: Points) -> None:
        self.problem, self.points = problem, points
        ma, mb = problem.rows(points)[:2]
        self.count = count = len(points)
        norms = np.sqrt(np.mean(ma**2 + mb**2, axis=0))
        self.scale = 1 / np.where(norms > 0, norms, 1.0)
        self.rows = ma, mb = ma * self.scale, mb * self.scale
        rho = problem.rho * self.scale
        self.s = s = _initial_share(problem)
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
        self.q, self.unit = q, unit
        self.y = np.full(count, 0.5 / count)
        # barriers on s and 1 - s: where P = 1 is optimal nothing else keeps s from its end too soon
        self.ends = np.array([0.5, 0.5])
        self.heavy = max(1.0, BARRIER * count)
        self.target = np.append(rho / unit, 0.0) if problem.joint else rho / unit
        self.a, self.b, self.slack = self._state(q, s)

    def _state(self, q: Array, s: float) -> tuple[Array, Array, Array]:
        a, b = self.rows[0] @ q, self.rows[1] @ q
        u, w = reciprocals(self.problem, s)
        return a, b, 1 - a * a * u - b * b * w

    @property
    def _room(self) -> Array:
        return np.array([self.s, 1 - self.s])

    def gap(self) -> float:
        """Mean complementarity."""
        mu = float(self.y @ self.slack) / self.count
        if self.problem.joint:
            weight = self.count + 2 * self.heavy
            mu = (mu * self.count + float(self.ends @ self._room)) / weight
        return mu

    def gradients(self) -> Array:
        """Rows grad W_j."""
        return gradients_of(self.problem, self.a, self.b, self.s, self.rows)

    def residual(self, gradients: Array) -> float:
        """How far the multipliers are from stationarity."""
        pull = self.target - gradients.T @ self.y
        if self.problem.joint:
            pull[len(self.q)] += self.ends[0] - self.ends[1]
        return float(np.max(np.abs(pull)))

    def nearly_one(self, margin: float) -> bool:
        """Whether s is within ``margin`` of 1 and A nearly constant."""
        if not (self.problem.joint and 1 - self.s < margin):
            return False
        return float(np.max(np.abs(self.a - self.a[0]))) < 1e-2 * abs(float(self.a[0]))

    def step(self, aim: float, gradients: Array) -> _Step:
        """Newton's directions towards complementarity ``aim``."""
        y, slack, ends = self.y, self.slack, self.ends
        joint, m, room = self.problem.joint, len(self.q), self._room
        hessian = curvature(self.problem, self.a, self.b, self.s, y, self.rows, y / slack)
        right = self.target - gradients.T @ (aim / slack)
        if joint:
            hessian[m, m] += float(np.sum(ends / room))
            right[m] += aim * self.heavy * (1 / room[0] - 1 / room[1])
        step = _solve(hessian, right)
        dy = aim / slack - y + y / slack * (gradients @ step)
        dual, primal = _longest(1.0, y, dy), 1.0
        d_ends = np.zeros(2)
        if joint:
            ds = float(step[m])
            d_ends = aim * self.heavy / room - ends - ends / room * np.array([ds, -ds])
            dual = _longest(dual, ends, d_ends)
            if ds > 0:
                primal = min(primal, _SHARE_WAY * (1 - self.s) / ds)
            elif ds < 0:
                primal = min(primal, _SHARE_WAY * self.s / -ds)
        return _Step(step, dy, d_ends, (primal, dual))

    def advance(self, step: _Step) -> float | None:
        """One step that stays inside; its length, or None where there is none."""
        m, joint = len(self.q), self.problem.joint
        primal, dual = step.longest
        for _ in range(60):
            q = self.q + primal * step.primal[:m]
            s = self.s + primal * float(step.primal[m]) if joint else self.s
            if not joint or 0 < s < 1:
                a, b, slack = self._state(q, s)
                least = _KEPT * self.slack * (1 - primal) + _LEFT * self.slack * primal
                if np.all(slack > least):
                    break
            primal *= _SHORTER
        else:
            return None
        self.q, self.s, self.a, self.b, self.slack = q, s, a, b, slack
        # one length for both: the constraints are curved, and unequal lengths lose dual feasibility
        dual = min(primal, dual)
        self.y = self.y + dual * step.y
        if joint:
            self.ends = self.ends + dual * step.ends
        return dual

    def iterate(self) -> Iterate:
        """In the problem's own scale."""
        return Iterate(self.q * self.scale, self.s, self.points, self.y * self.unit)


def _longest(most: float, values: Array, change: Array) -> float:
    """The longest step up to ``most`` that keeps positive values positive."""
    falling = change < 0
    end = float(np.min(-values[falling] / change[falling], initial=np.inf))
    return min(most, _DUAL_WAY * end)


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
    central = _Central(problem, points)
    sigma = 0.3
    for _ in range(iterations):
        mu, gradients = central.gap(), central.gradients()
        close = mu * central.count < tolerance
        if close and central.residual(gradients) < math.sqrt(tolerance):
            break
        if central.nearly_one(margin):
            break
        progress = central.advance(central.step(sigma * mu, gradients))
        if progress is None:
            break
        fast, fair, slow = _CENTRING
        sigma = fast if progress > 0.7 else (fair if progress > 0.3 else slow)
    return central.iterate()
