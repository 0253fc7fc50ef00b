r"""Newton's method for the minimax problem on the contact points, from a good start.

The maxima of the profile are followed as functions of ``(q, s)``, so that each becomes one smooth
constraint, and the sequential quadratic programming of semi-infinite optimization (Hettich and
Kortanek, *SIAM Review* 35, 1993) converges quadratically; the inequalities of each step choose the
contact points.  Nothing here is trusted: the certificate recomputes both bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .minimax_interior import Iterate, reciprocals
from .minimax_problem import Array, Index, Mask, Points, Problem

# -- the maxima of the profile --------------------------------------------------------------------


@lru_cache(maxsize=64)
def _orders(degree: int) -> tuple[Array, Array]:
    """``k`` and ``k**2``, k = 0 … degree."""
    k = np.arange(degree + 1.0)
    return k, k * k


@dataclass(frozen=True)
class Peaks:
    """Local maxima of ``W``: where, how high, and the second derivative in the local angle."""

    points: Points
    height: Array
    bend: Array


def peaks(problem: Problem, q: Array, s: float) -> Peaks:
    """All local maxima of ``W`` on the support (the isolated points among them)."""
    found = peaks_below(problem, q, s, math.inf)
    assert found is not None
    return found


def peaks_below(problem: Problem, q: Array, s: float, ceiling: float) -> Peaks | None:
    """As :func:`peaks`; None as soon as a point above ``ceiling`` is met."""
    u, w = reciprocals(problem, s)
    segments: list[Index] = []
    angles: list[Array] = []
    heights: list[Array] = []
    bends: list[Array] = []
    for i, (_, half) in enumerate(problem.segments):
        if half > 0:
            first, second = problem.series(q, i)
            profile = _profile(first, second, u, w)
            if not np.max(profile[1:-1]) <= ceiling:
                return None
            phi, height, bend = _refine(first, second, u, w, profile)
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
    return _refine(first, second, u, w, _profile(first, second, u, w))


def _profile(first: Array, second: Array, u: float, w: float) -> Array:
    """Values at equal angles, about eight to an oscillation, continued by one at each end."""
    degree = len(first) - 1
    length = 1 << max(5, (8 * degree + 7).bit_length())
    padded = np.zeros((2, length + 1))
    np.multiply(first, length * math.sqrt(u), out=padded[0, : degree + 1])
    np.multiply(second, length * math.sqrt(w), out=padded[1, : degree + 1])
    padded[:, 0] *= 2
    grid = np.fft.irfft(padded, 2 * length)[:, : length + 1]
    grid *= grid
    around = np.empty(length + 3)
    np.add(grid[0], grid[1], out=around[1:-1])
    around[0], around[-1] = around[2], around[-3]
    return around


def _refine(
    first: Array, second: Array, u: float, w: float, around: Array
) -> tuple[Array, Array, Array]:
    """The maxima near those of the grid."""
    degree, length = len(first) - 1, len(around) - 3
    profile = around[1:-1]
    k, k_squared = _orders(degree)
    # the weights go into the series: the profile is a sum of two squares
    series = np.empty((3, 2, degree + 1))
    np.multiply(first, math.sqrt(u), out=series[0, 0])
    np.multiply(second, math.sqrt(w), out=series[0, 1])
    np.multiply(series[0], k_squared, out=series[1])
    np.multiply(series[0], k, out=series[2])
    flattened = series.reshape(6, degree + 1)
    rise = profile >= around[:-2]
    top = rise & (profile > around[2:])
    top[-1] |= rise[-1]
    where = np.flatnonzero(top)
    left, here, right = around[where], around[where + 1], around[where + 2]
    bend = np.minimum(left - 2 * here + right, -1e-300)
    cell = math.pi / length
    inner = (where > 0) & (where < length)
    offset = np.where(inner, 0.5 * (left - right) / bend, 0.0)
    phi: Array = np.asarray((where + offset) * cell, dtype=float)
    height, curve = np.empty(len(phi)), np.empty(len(phi))
    moving = np.arange(len(phi))
    for _ in range(8):  # Newton for W' = 0: from a parabola's error to rounding, mostly in 2
        power = np.empty((degree + 1, len(moving)), dtype=np.complex128)
        power[0] = 1.0
        power[1:] = np.exp(1j * phi[moving])
        np.multiply.accumulate(power, axis=0, out=power)
        values = flattened @ power.view(np.float64)
        a, b, a2, b2 = values[:4, ::2]
        a1, b1 = values[4:, 1::2]
        d1 = -(a * a1 + b * b1)
        d2 = a1 * a1 + b1 * b1 - a * a2 - b * b2
        hollow = inner[moving] & (d2 < 0)
        newton = np.where(hollow, -d1 / np.where(hollow, d2, -1.0), 0.0)
        newton = np.minimum(np.maximum(newton, -cell / 2), cell / 2)
        phi[moving] += newton
        height[moving] = a * a + b * b + (2 * d1 + d2 * newton) * newton
        curve[moving] = 2 * d2
        # the error left is of the order of the square, in units of the finest oscillation
        moving = moving[degree * np.abs(newton) >= 1e-5]
        if len(moving) == 0:
            break
    return phi, height, curve


def value(problem: Problem, q: Array, tops: Peaks) -> float:
    """``max sqrt(W) / rho^T q``, the value times ``|T_t(m0)|``; inf where the sign is wrong."""
    height = float(problem.rho @ q)
    return math.sqrt(float(np.max(tops.height))) / height if height > 0 else math.inf


# -- Newton on the contact points -----------------------------------------------------------------


def newton(
    problem: Problem,
    start: Iterate,
    iterations: int = 30,
    shortest: float = 1e-3,
    quick: bool = False,
) -> tuple[Iterate, bool]:
    """Sequential quadratic programming on the moving maxima; whether it converged.

    Gives up when the line search wants steps below ``shortest``; ``quick`` ends it when quadratic
    convergence makes a further step useless.
    """
    q, s, m = start.q, start.s, len(start.q)
    tops = peaks(problem, q, s)
    here = value(problem, q, tops)
    y = carry(problem, start, tops.points)
    converged = False
    before = math.inf
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
                # near the solution the values agree to rounding and full steps are right
                limit = here * (1 + 1e-12)
                rise = max(float(problem.rho @ trial_q), 0.0) * limit
                met = peaks_below(problem, trial_q, trial_s, rise * rise)
                trial = math.inf if met is None else value(problem, trial_q, met)
                if met is not None and trial < limit:
                    break
            length *= 0.5
        else:
            break
        gain = here / trial - 1
        last = Iterate(trial_q, trial_s, tops.points, multipliers)
        q, s, tops, here = trial_q, trial_s, met, trial
        y = carry(problem, last, tops.points)
        # a full step that gains e leaves an error of the order of e**2
        if length == 1.0 and (abs(gain) < 1e-14 or (quick and _ahead(before, gain) < 1e-14)):
            converged = True
            break
        before = gain if length == 1.0 else math.inf
    return Iterate(q / math.sqrt(float(np.max(tops.height))), s, tops.points, y), converged


def _ahead(before: float, gain: float) -> float:
    """The gain of the next step, guessed from the last two by quadratic convergence."""
    if not 0 < gain < min(1e-4, 0.1 * before):
        return math.inf
    return gain * gain * max(1.0, 10 * gain / (before * before))


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
    n, m = ma.shape
    size = m + int(problem.joint)
    # each term of the Lagrangian's Hessian is a square: of A and of B as perspective functions,
    # and of the moving of the maximum with (q, s), dW' dW'^T / -W''
    factors = np.empty((3, n, size))
    factors[0, :, :m], factors[1, :, :m] = ma, mb
    tilt = factors[2].copy()
    tilt[:, :m] = (2 * u * slope_a)[:, None] * ma + (2 * u * a)[:, None] * pa
    gradients = np.empty((n, size))
    gradients[:, :m] = (2 * u * a)[:, None] * ma
    if problem.gamma > 0:
        tilt[:, :m] += (2 * w * slope_b)[:, None] * mb + (2 * w * b)[:, None] * pb
        gradients[:, :m] += (2 * w * b)[:, None] * mb
    target = np.zeros(size)
    target[:m] = rho
    if problem.joint:
        ua, wb = u * a, w * b
        factors[0, :, m], factors[1, :, m] = -ua, wb
        tilt[:, m] = 2 * (w * wb * slope_b - u * ua * slope_a)
        gradients[:, m] = wb * wb - ua * ua
    hollow = (y > 0) & (tops.bend < 0)
    factors[0] *= np.sqrt(2 * u * np.maximum(y, 0.0))[:, None]
    factors[1] *= np.sqrt(2 * w * np.maximum(y, 0.0))[:, None]
    bend = np.where(hollow, -tops.bend, 1.0)
    np.multiply(tilt, np.sqrt(np.where(hollow, y / bend, 0.0))[:, None], out=factors[2])
    stacked = factors.reshape(3 * n, size)
    scale = np.sqrt(np.einsum("ij,ij->j", stacked, stacked))
    scale[scale == 0] = 1.0
    stacked /= scale
    hessian = stacked.T @ stacked
    hessian.flat[:: size + 1] += 1e-15
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
