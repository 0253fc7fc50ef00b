"""From an iterate to a solution: both ends of the bracket, and the method they belong to."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np

from polyrates.numeric.minimax import lower_bound as certificate
from polyrates.numeric.minimax.interior import Iterate
from polyrates.numeric.minimax.normalized import RANGE, Problem
from polyrates.numeric.minimax.question import Expansion, MinimaxSolution, Task, constant
from polyrates.numeric.suprema import joint
from polyrates.numeric.suprema.joint import joint_worst_case_of, method_pieces
from polyrates.numeric.suprema.peaks import series_peaks
from polyrates.numeric.suprema.profile import pieces
from polyrates.numeric.suprema.supremum import supremum_over
from polyrates.numeric.suprema.waves import Array, Long, Mask, Points, U

# The relative gap at which the search for a better certificate ends.
GAP = 1e-11


def scale_error(problem: Problem) -> float:
    """A bound on the relative error of ``problem.scale``: t times the angle is exponentiated."""
    return (32 + 8 * problem.t * problem.angle) * U if problem.whole else 0.0


def proved_constant(task: Task, problem: Problem, iterate: Iterate) -> MinimaxSolution | None:
    """P = 1 with its proof, where the interior-point value says V* = size."""
    if not problem.joint or problem.log_top > RANGE:
        return None
    height = float(problem.rho @ iterate.q)
    if not problem.scale / height > 1 - 1e-4:
        return None
    heavy = iterate.y > 1e-12 * np.max(iterate.y)
    omega = iterate.y[heavy] / np.sum(iterate.y[heavy])
    points = iterate.points.take(heavy)
    if not certificate.proves_one(problem, points, omega):
        return None
    contact = problem.eigenvalues(points)
    order = np.argsort(contact)
    one = constant(task, problem.t)
    return replace(one, contact_points=contact[order], weights=omega[order])


def better(one: MinimaxSolution, two: MinimaxSolution) -> MinimaxSolution:
    """The polynomial of the smaller upper bound with the measure of the larger lower one."""
    upper, lower = (one, two) if one.upper <= two.upper else (two, one)
    if lower.lower > upper.lower:
        return replace(
            upper, lower=lower.lower, contact_points=lower.contact_points, weights=lower.weights
        )
    return upper


def certify(task: Task, problem: Problem, iterate: Iterate) -> MinimaxSolution:
    """The polynomial of an iterate with a rigorous maximum, its measure with a dual value."""
    q = iterate.q
    keep = iterate.y > 0
    if not np.any(keep) or not np.all(np.isfinite(q)):
        return replace(constant(task, problem.t), lower=0.0)
    lower, points, weights = _from_below(task, problem, iterate, keep)
    p, s, upper, expansion, iterates = _from_above(task, problem, iterate, lower)
    ceiling = task.size / (1.0 if task.share is None else math.sqrt(task.share))
    if problem.log_top <= RANGE and not upper <= ceiling:  # worse than P = 1, or not a number
        return replace(constant(task, problem.t), lower=lower)
    contact = problem.eigenvalues(points)
    order = np.argsort(contact)
    return MinimaxSolution(
        p,
        task.hull,
        s,
        lower,
        upper,
        contact[order],
        weights[order],
        task.eta(s),
        expansion,
        iterates,
    )


def _from_below(
    task: Task, problem: Problem, iterate: Iterate, keep: Mask
) -> tuple[float, Points, Array]:
    """The dual value of an iterate's measure, its points and its weights."""
    q, s, points = iterate.q, iterate.s, iterate.points.take(keep)
    omega = iterate.y[keep] / np.sum(iterate.y[keep])
    first, second = problem.rows(points)[:2]
    rest = 1 / (1 - s) if problem.gamma > 0 else 0.0
    alpha, beta = omega * (first @ q) / s, omega * (second @ q) * rest
    if not problem.whole:
        problem = replace(problem, zeros=())  # the measure faces every polynomial
        # isolated points without mass take part: else nothing bounds what only they see of P
        idle = _isolated(problem, points)
        none = np.zeros(len(idle))
        points, omega = points.join(idle), np.append(omega, none)
        alpha, beta = np.append(alpha, none), np.append(beta, none)
        alone = np.array([low == high for low, high in problem.support])[points.segment]
        omega = np.maximum(omega, 1e-3 * alone)
        omega /= np.sum(omega)
    bound, weights = certificate.lower_bound(problem, points, omega, alpha, beta, s)
    if problem.whole and problem.gamma == 0 and not problem.initial:
        bound = max(bound, (1 - 4 * U) / math.sqrt(s))  # Chebyshev's theorem: V* = a/|T_t(m0)|
    lower = max(0.0, task.size * bound * problem.scale * (1 - scale_error(problem)))
    return lower, points, weights


def _from_above(
    task: Task, problem: Problem, iterate: Iterate, lower: float
) -> tuple[Array, float, float, Expansion | None, Array | None]:
    """P, its share, the rigorous maximum of its profile, and the weights that run it."""
    q, s, seeds = iterate.q / float(problem.rho @ iterate.q), iterate.s, iterate.points
    if problem.whole:
        p = problem.chebyshev(q)
        if problem.plain:
            # among P + cλ, all optimal, the one with the smallest max |P'|
            slope = np.asarray(np.polynomial.chebyshev.chebder(p), dtype=float)
            c = centring([slope])
            p[0] += c * (1 + problem.delta)
            p[1] += c
        iterates, exact, slack = certificate.chebyshev_weights(problem, p)
        upper, s = _upper(task, problem, (exact, slack), s, seeds, lower)
        return exact.astype(float) * problem.scale, s, upper, None, iterates
    expansion = _expansion(problem, q * problem.scale)
    rounded = not problem.plain and not problem.table.roots
    method = expansion.method if rounded else expansion.exact()
    # where P has its zeros there is nothing to enclose
    support = [piece for piece, free in zip(task.support, problem.free, strict=True) if free]
    parts = method_pieces(method, problem.t, support, task.initial)
    if task.share is None:
        tight = joint_worst_case_of(parts, task.size, task.second)
        upper, s = tight.upper, tight.share
    else:
        scaled = [part.times(task.size, task.second) for part in parts]
        upper = supremum_over(scaled, (1 / s, 1 / (1 - s)), seeds)
    return problem.on_hull(expansion.weights), s, upper, expansion, None


def _isolated(problem: Problem, points: Points) -> Points:
    """The isolated points of the support that are not among ``points``."""
    missing = [
        i
        for i, (low, high) in enumerate(problem.support)
        if low == high and i not in points.segment
    ]
    return Points(np.array(missing, dtype=np.int64), np.zeros(len(missing)))


def _expansion(problem: Problem, q: Array) -> Expansion:
    """P by its weights on the table."""
    weights = problem.on_table(q)
    if problem.plain:
        # λ = (1 - p_1)/h_0, and x = 2λ/(L - ell) - 1 - delta
        ell, top = problem.hull
        shift = centring(problem.slopes(weights)) * 2 / (top - ell) / problem.table.steps[0]
        weights[0] += Fraction(shift)
        weights[1] -= Fraction(shift)
        return Expansion(problem.table, weights / sum(weights))
    return Expansion(problem.table, weights / math.fsum(weights))


def _upper(
    task: Task, problem: Problem, series: tuple[Long, Array], s: float, seeds: Points, lower: float
) -> tuple[float, float]:
    """Rigorous worst case of P, given over ``1/|T_t(m0)|`` with its errors; share."""
    first, second, errors = certificate.error_series(problem, *series)
    factor = task.size * problem.scale * (1 + scale_error(problem))
    parts = pieces(first, second, errors, problem.support, problem.hull)
    weights = 1 / s, (1 / (1 - s) if problem.gamma > 0 else 0.0)
    upper = factor * supremum_over(parts, weights, seeds)
    if problem.joint and upper - lower > GAP * upper:
        # rounding of P has moved the best share
        seeds, odds = joint.balance(parts)
        other = factor * supremum_over(parts, joint.split(odds), seeds)
        if other < upper:
            return other, 1 / joint.split(odds)[0]
    return upper, s


def centring(slopes: list[Array]) -> float:
    """``c`` for which ``dP/dx + c`` has the smallest maximum, from its local Chebyshev series."""
    extremes = []
    for slope in slopes:
        if len(slope) == 1:
            extremes.append(float(slope[0]))
            continue
        # lifted to be positive, its maxima are those of its square
        lift = 1.1 * float(np.sum(np.abs(slope)))
        for sign in (1.0, -1.0):
            lifted = sign * slope
            lifted[0] += lift
            heights = series_peaks(lifted, 0 * lifted, 1.0, 0.0)[1]
            extremes.append(sign * (math.sqrt(float(np.max(heights))) - lift))
    return -(max(extremes) + min(extremes)) / 2


def slopes_of(problem: Problem, found: Iterate, p: list[mpmath.mpf]) -> list[Array]:
    """Local Chebyshev series of dP/dx in floats, P over |T_t(m0)| being normalised at 0."""
    if not problem.whole:
        return problem.slopes(problem.on_table(found.q / float(problem.rho @ found.q)))
    return [np.asarray(np.polynomial.chebyshev.chebder([float(c) for c in p]), dtype=float)]
