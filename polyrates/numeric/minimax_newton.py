r"""Newton's method for the minimax problem on the contact points, from a good start.

The maxima of the profile are followed as functions of ``(q, s)``, so that each becomes one smooth
constraint, and the sequential quadratic programming of semi-infinite optimization (Hettich and
Kortanek, *SIAM Review* 35, 1993) converges quadratically; the inequalities of each step choose the
contact points.  Nothing here is trusted: the certificate recomputes both bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .minimax_interior import Iterate, curvature, gradients_of, reciprocals
from .minimax_problem import Array, Index, Mask, Points, Problem

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
    u, w = reciprocals(problem, s)
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
        """The step in ``(q, s)``, ``q`` having length m."""
        step = z / self.scale
        if self.basis is not None:
            step[:m] = self.basis @ step[:m]
        return np.asarray(step)

    def kkt(self, active: Mask) -> Array:
        """The symmetric matrix of stationarity and active constraints."""
        size, n = len(self.hessian), int(np.count_nonzero(active))
        matrix = np.zeros((size + n, size + n))
        matrix[:size, :size] = self.hessian
        matrix[:size, size:] = self.rows[active].T
        matrix[size:, :size] = self.rows[active]
        return matrix


def linearise(problem: Problem, q: Array, s: float, tops: Peaks, y: Array) -> Linearisation:
    """Hessian of the Lagrangian with the maxima moving, and gradients of the maxima."""
    u, w = reciprocals(problem, s)
    ma, mb, pa, pb = problem.rows(tops.points)
    a, b, slope_a, slope_b = ma @ q, mb @ q, pa @ q, pb @ q
    rho, basis = problem.rho, None if problem.whole else problem.basis
    if basis is not None:
        rho = rho @ basis
        ma, mb, pa, pb = ma @ basis, mb @ basis, pa @ basis, pb @ basis
    hessian = curvature(problem, a, b, s, y, (ma, mb), np.zeros(len(y)))
    gradients = gradients_of(problem, a, b, s, (ma, mb))
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
