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

from polyrates.numeric.minimax.interior import Iterate, reciprocals
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.suprema.peaks import FINE, ROUGH, refined, sampled_profile
from polyrates.numeric.suprema.waves import Array, Mask, Points

# -- the maxima of the profile --------------------------------------------------------------------


@dataclass(frozen=True)
class Peaks:
    """Local maxima of ``W``: where, how high, and the second derivative in the local angle."""

    points: Points
    height: Array
    bend: Array


def peaks(problem: Problem, q: Array, s: float, rest: float = FINE) -> Peaks:
    """All local maxima of ``W`` on the support (the isolated points among them)."""
    found = peaks_below(problem, q, s, math.inf, rest)
    assert found is not None
    return found


def peaks_below(
    problem: Problem, q: Array, s: float, ceiling: float, rest: float = FINE
) -> Peaks | None:
    """As :func:`peaks`; None as soon as a point above ``ceiling`` is met."""
    weights = np.array(reciprocals(problem, s))
    found: list[tuple[Array, Array, Array]] = []
    for i, (_, half) in enumerate(problem.segments):
        if not problem.free[i]:
            continue
        if half == 0:
            at = Points(np.full(1, i), np.zeros(1))
            found.append((at.phi, weights @ (problem.rows(at)[:2] @ q) ** 2, np.zeros(1)))
            continue
        pair = problem.series(q, i) * np.sqrt(weights)[:, None]
        profile = sampled_profile(pair)
        if not profile.max() <= ceiling:
            return None
        found.append(refined(pair, profile, rest))
    if problem.whole:
        phi, height, bend = found[0]
        return Peaks(Points(np.zeros(len(phi), dtype=np.int64), phi), height, bend)
    segment = np.repeat(np.flatnonzero(problem.free), [len(phi) for phi, _, _ in found])
    phi, height, bend = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Peaks(Points(segment, phi), height, bend)


def value(problem: Problem, q: Array, tops: Peaks) -> float:
    """``max sqrt(W) / rho^T q``, the value times ``|T_t(m0)|``; inf where the sign is wrong."""
    height = float(problem.rho @ q)
    return math.sqrt(float(tops.height.max())) / height if height > 0 else math.inf


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
    rest = ROUGH if quick else FINE
    tops = peaks(problem, q, s, rest)
    here = value(problem, q, tops)
    y = carry(problem, start, tops.points)
    converged, close = False, _CLOSE
    before = math.inf
    for _ in range(iterations):
        # the homogeneity of the problem in q: feasible again, with the tallest maximum at 1
        tall = float(tops.height.max())
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
                met = peaks_below(problem, trial_q, trial_s, rise * rise, rest)
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
        if quick and length == 1.0 and 0 <= gain < close:
            end = _pursue(problem, q, s, tops, y)
            if end is not None:
                return end, True
            close *= 0.01
            if rest != FINE:
                rest = FINE
                tops = peaks(problem, q, s)
                here = value(problem, q, tops)
                y = carry(problem, last, tops.points)
        # a full step that gains e leaves an error of the order of e**2
        if length == 1.0 and (abs(gain) < 1e-14 or (quick and _ahead(before, gain) < 1e-14)):
            converged = True
            break
        before = gain if length == 1.0 else math.inf
    return Iterate(q / math.sqrt(float(tops.height.max())), s, tops.points, y), converged


def _pursue(problem: Problem, q: Array, s: float, tops: Peaks, y: Array) -> Iterate | None:
    """Newton's method with the contact points among the unknowns, the others left out.

    Near the solution the maxima need not be found anew: each moves by ``-W'/W''`` as far as it is
    known and with ``(q, s)`` from there. None where this leaves the neighbourhood it is meant for.
    """
    tall, m = float(tops.height.max()), len(q)
    active = y > 0
    if not np.any(active):
        return None
    q, y, points = q / math.sqrt(tall), y[active], tops.points.take(active)
    bend = np.minimum(tops.bend[active] / tall, 0.0)
    moves = bend < 0
    inverse = np.where(moves, 1 / np.where(moves, bend, -1.0), 0.0)
    before = math.inf
    for _ in range(8):
        local = linearise(problem, q, s, Peaks(points, y, bend), y)
        shift = local.slope * inverse
        room = 1 - local.height + 0.5 * local.slope * shift
        local.rows[:] -= shift[:, None] * local.tilt
        missing = float(np.max(np.abs(room)))
        if not missing < max(0.5 * before, 1e-13):
            return None
        try:
            solution = np.linalg.solve(
                local.kkt(np.ones(len(y), dtype=bool)), np.concatenate([local.target, room])
            )
        except np.linalg.LinAlgError:
            return None
        size = len(local.hessian)
        step, y = solution[:size], solution[size:]
        phi = points.phi - shift - inverse * (local.tilt @ step)
        change = step / local.scale
        q = q + change[:m]
        if problem.joint:
            s = s + float(change[m])
        if not (0 < s <= 1 and np.all(y > 0) and np.all(np.abs(phi - math.pi / 2) < 1.571)):
            return None
        points = Points(points.segment, phi)
        if missing < 1e-14 or _ahead(before, missing) < 1e-15:
            return Iterate(q, s, points, y)
        before = missing
    return None


def _ahead(before: float, gain: float) -> float:
    """The gain of the next step, guessed from the last two by quadratic convergence."""
    if not 0 < gain < min(1e-4, 0.1 * before):
        return math.inf
    return gain * gain * max(1.0, 10 * gain / (before * before))


def carry(problem: Problem, source: Iterate, points: Points) -> Array:
    """Multipliers of ``source`` handed to the nearest of ``points``."""
    y = np.zeros(len(points))
    if problem.whole:
        middle = (points.phi[1:] + points.phi[:-1]) / 2
        theirs = (source.y > 0).nonzero()[0]
        np.add.at(y, np.searchsorted(middle, source.points.phi[theirs]), source.y[theirs])
        return y
    for i in range(len(problem.segments)):
        mine = np.flatnonzero(points.segment == i)
        theirs = np.flatnonzero((source.points.segment == i) & (source.y > 0))
        if len(mine) == 0 or len(theirs) == 0:
            continue
        middle = (points.phi[mine][1:] + points.phi[mine][:-1]) / 2
        nearest = np.searchsorted(middle, source.points.phi[theirs])
        np.add.at(y, mine[nearest], source.y[theirs])
    return y


# The gain of a full step from which the contact points are taken to be known.
_CLOSE = 1e-2


@dataclass(frozen=True)
class Linearisation:
    """The SQP at a point: Hessian and constraint rows, equilibrated, in coordinates ``z``.

    ``tilt`` holds the gradients of the slopes ``W'`` at the maxima; ``height`` and ``slope`` are
    ``W`` and ``W'`` there.

    Steps in ``(q, s)`` are ``z / scale``.
    """

    hessian: Array
    rows: Array
    tilt: Array
    target: Array
    scale: Array
    height: Array
    slope: Array

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
    rows = problem.rows(tops.points)
    a, b, slope_a, slope_b = rows @ q
    _, n, m = rows.shape
    size = m + int(problem.joint)
    ua, wb = u * a, w * b
    # the gradients of W, and of its slope in phi, are combinations of the rows
    pull = 2 * np.array([ua, wb])
    tilt, gradients = np.empty((n, size)), np.empty((n, size))
    tilting = np.concatenate([2 * np.array([u * slope_a, w * slope_b]), pull])
    tilt[:, :m] = np.einsum("in,inm->nm", tilting, rows)
    gradients[:, :m] = np.einsum("in,inm->nm", pull, rows[:2])
    # each term of the Lagrangian's Hessian is a square: of A and of B as perspective functions,
    # and of the moving of the maximum with (q, s), dW' dW'^T / -W''
    factors = np.empty((3, n, size))
    factors[:2, :, :m] = rows[:2]
    target = np.zeros(size)
    target[:m] = problem.rho
    if problem.joint:
        factors[0, :, m], factors[1, :, m] = -ua, wb
        tilt[:, m] = 2 * (w * wb * slope_b - u * ua * slope_a)
        gradients[:, m] = wb * wb - ua * ua
    positive = np.maximum(y, 0.0)
    hollow = tops.bend < 0
    moved = np.where(hollow, positive / np.where(hollow, -tops.bend, 1.0), 0.0)
    roots = np.sqrt(np.array([2 * u * positive, 2 * w * positive, moved]))
    factors[2] = tilt
    factors *= roots[:, :, None]
    stacked = factors.reshape(3 * n, size)
    scale = np.sqrt(np.einsum("ij,ij->j", stacked, stacked))
    scale[scale == 0] = 1.0
    stacked /= scale
    hessian = stacked.T @ stacked
    hessian.flat[:: size + 1] += 1e-15
    gradients /= scale
    tilt /= scale
    return Linearisation(
        hessian,
        gradients,
        tilt,
        target / scale,
        scale,
        ua * a + wb * b,
        2 * (ua * slope_a + wb * slope_b),
    )


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
            try:
                solution = np.linalg.lstsq(kkt, right, rcond=1e-14)[0]
            except np.linalg.LinAlgError:
                return None, y
        step = solution[:size]
        multipliers = np.zeros(len(y))
        multipliers[active] = solution[size:]
        violation = local.rows @ step - room
        wrong = (active & (multipliers < 0)) | (~active & (violation > 1e-12))
        if not np.any(wrong):
            return step / local.scale, multipliers
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
