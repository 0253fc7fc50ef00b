r"""Minimax-optimal unrolling: the smallest worst case over all polynomials, with a certificate.

.. math:: V^* = \min_{P(0)=1,\ \deg P \le t}\ \min_{s \in [0,1]}\ \max_{\lambda}
          \sqrt{\frac{a^2 A(\lambda)^2}{s} + \frac{g^2 B(\lambda)^2}{1-s}},\qquad 0/0 = 0.

The inner part is the tight joint worst case (S-lemma: Polik and Terlaky, *SIAM Review* 49, 2007);
the outer problem is convex and its dual is a maximum over measures on the support. Every solution
carries both: a polynomial whose profile is bounded from above, and a measure whose weak-duality
value bounds ``V*`` from below, each including its own rounding errors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from polyrates.ground.errors import InvalidValue, refuse_value
from polyrates.ground.precision import own_context
from polyrates.numeric.minimax import newton as solver
from polyrates.numeric.minimax import precise
from polyrates.numeric.minimax.cases import without_computation
from polyrates.numeric.minimax.certify import (
    GAP,
    better,
    centring,
    certify,
    proved_constant,
    slopes_of,
)
from polyrates.numeric.minimax.extremal import closed_start
from polyrates.numeric.minimax.interior import Iterate, interior_point, reweighted
from polyrates.numeric.minimax.normalized import RANGE, Problem
from polyrates.numeric.minimax.question import (
    Form,
    MinimaxSolution,
    Task,
    Truth,
    Units,
    constant,
    in_public,
    require,
    validated,
)
from polyrates.numeric.minimax.weightless import weighs_points, without_weight

__all__ = ["solve_family", "solve_minimax"]

# Rounds of exchange before the gap is reported as it is.
_ATTEMPTS = 6
# Rounds of reweighted least squares before Newton's method.
_ROUNDS = 6
# V* in units of size from which P = 1 is tried first.
_NEAR = 0.99
# How close to 1 the share comes before P = 1 is tried, in each round.
_MARGINS = (1e-3, 1e-5, 1e-7, 1e-9, 0.0, 0.0)


def solve_minimax(
    support: Sequence[tuple[float, float]],
    t: int,
    *,
    form: Form,
    size: float,
    second: float,
    share: float | None = None,
    start: MinimaxSolution | None = None,
    digits: int | None = None,
    truth: Truth | None = None,
) -> MinimaxSolution:
    """The minimax-optimal polynomial of degree ``t`` on a union of closed intervals.

    A point is ``(p, p)``.  ``share`` fixes ``s`` (strictly between 0 and 1); ``start`` is a
    solution of a neighbouring problem (same support; any degree); ``digits`` asks for that many
    certified digits and returns mpmath numbers, for the ``truth`` where it is given: then the
    floats must be rounded inwards, and ``second`` down.

    For ``second = 0`` in "initial/cross" the coefficient of λ in P does not enter A: among the
    optimal P, the one with the smallest ``max |P'|`` on the support is returned.  Where the optimum
    is P = 1 (``V* = size``), ``share`` is 1 and every eigenvalue is a contact point; those returned
    carry a measure that proves it.
    """
    task = validated(support, form, size, second, share)
    require(t >= 0 and int(t) == t, "t", t, "must be a nonnegative integer", "pass a degree")
    if digits is not None:
        require(1 <= digits <= 10_000, "digits", digits, "must be positive", "pass e.g. 30")
        return in_public(_precise(task, int(t), int(digits), truth))
    trivial = without_computation(task, int(t))
    if trivial is not None:
        return trivial
    units = Units.of(task)
    problem = units.task.problem(int(t))
    warm = None if start is None else _warm(units.task, problem, units.inward(start))
    solution = units.outward(_solve(units.task, problem, warm)[0], int(t))
    if not units.raised:
        return solution
    less = solve_minimax(support, t, form=form, size=size, second=0.0, share=share)
    return replace(solution, lower=min(solution.lower, less.lower))


def solve_family(
    support: Sequence[tuple[float, float]],
    horizons: Iterable[int],
    *,
    form: Form,
    size: float,
    second: float,
) -> Iterator[MinimaxSolution]:
    """Solutions for each of ``horizons``, each started from the one before (best in order)."""
    asked = validated(support, form, size, second, None)
    units = Units.of(asked) if size > 0 and asked.hull[1] > 0 else None
    task = asked if units is None else units.task
    iterate: tuple[Problem, Iterate] | None = None
    older: tuple[Problem, Iterate] | None = None
    flat: tuple[int, MinimaxSolution] | None = None
    for t in horizons:
        require(t >= 0 and int(t) == t, "horizons", t, "must be nonnegative integers", "pass range")
        closed = without_computation(asked, t)
        if closed is not None or units is None:
            yield closed or constant(asked, t)
            continue
        if units.raised:
            yield solve_minimax(support, t, form=form, size=size, second=second)
            continue
        solution: MinimaxSolution | None = None
        if flat is not None and t <= flat[0]:
            # the measure that proves P = 1 optimal at a larger degree proves it here
            solution = constant(task, t, flat[1])
        if solution is None:
            problem = task.problem(t)
            warm = None if iterate is None else _shift(problem, *iterate, older)
            solution, last = _solve(task, problem, warm)
            older, iterate = iterate, None if last is None else (problem, last)
            if last is None and solution.share == 1 and task.second > 0:
                flat = (t, solution)
                further = task.problem(t + max(4, t // 4))
                beyond, last = _solve(task, further, None)
                if last is None:
                    flat = (further.t, beyond)
        yield units.outward(solution, t)


# -- the computation ------------------------------------------------------------------------------


def _warm(task: Task, problem: Problem, start: MinimaxSolution) -> Iterate | None:
    """A neighbouring solution as a starting point, shifted in degree like :func:`_shift`."""
    old = replace(problem, t=len(start.coefficients) - 1)
    if start.hull != task.hull or not 0 < start.share < 1 or len(start.weights) < 2:
        return None
    if not problem.whole:  # each degree has a basis of its own
        return None
    q = old.from_chebyshev(np.asarray(start.coefficients, dtype=float))
    if not np.max(np.abs(q)) > 0:
        return None
    q /= np.max(np.abs(q))
    iterate = Iterate(
        q, start.share, task.points(start.contact_points), np.asarray(start.weights, dtype=float)
    )
    return _shift(problem, old, iterate)


def _shift(
    problem: Problem, old: Problem, iterate: Iterate, older: tuple[Problem, Iterate] | None = None
) -> Iterate | None:
    """Coefficients moved up to the new degree.

    The extremal polynomial is ``Re(w^-t h(w))`` with ``h`` nearly independent of t (Schwarz-Pick),
    so the coefficients counted from the top settle as t grows; two solutions extrapolate them.
    """
    by = problem.t - old.t
    if by < 0 or old.t < 2 or not problem.whole:
        return None
    s = iterate.s if problem.share is None else problem.share
    # the settling is of P' early and of P late: take what is better
    padding = np.zeros(by)
    options = [(problem.from_chebyshev(np.concatenate([padding, old.chebyshev(iterate.q)])), s)]
    if by > 0 and len(problem.columns) == problem.t + 1:
        moved = np.concatenate([padding, iterate.q])
        options.append((moved, s))
        if older is not None and by == 1 and older[0].t == old.t - 1:
            past = np.concatenate([np.zeros(2), older[1].q])
            beyond = s * s / older[1].s if problem.joint else s
            if beyond < 1:
                options.append((2 * moved - past, beyond))
    best, share, least = None, s, math.inf
    for q, s in options:
        q = q * math.copysign(1.0, float(problem.rho @ q))
        tops = solver.peaks(problem, q, s)
        reached = solver.value(problem, q, tops)
        if reached < least:
            best, share, least = q / math.sqrt(float(np.max(tops.height))), s, reached
    if best is None:
        return None
    y = iterate.y * (0.5 / least / float(np.sum(iterate.y)))
    return Iterate(best, share, iterate.points, y)


def _solve(
    task: Task, problem: Problem, warm: Iterate | None, floats: bool = True
) -> tuple[MinimaxSolution, Iterate | None]:
    """Warm Newton, else cold interior point and Newton, until the certificate is sharp."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # what fails is replaced
        return _attempts(task, problem, warm, floats)


def _attempts(
    task: Task, problem: Problem, warm: Iterate | None, floats: bool
) -> tuple[MinimaxSolution, Iterate | None]:
    if not problem.whole and problem.log_top > RANGE:
        refuse_value("t", problem.t, "the optimum is below the range of floats here", "reduce t")
    if floats and problem.log_top > RANGE:
        what = "the optimum is below the range of floats"
        refuse_value("t", problem.t, what, "pass digits or reduce t")
    flat = _piece_proves_one(task, problem)
    if flat is not None:
        return flat, None
    if floats and weighs_points(problem):
        flat, zeros = without_weight(task, problem)
        if flat is not None:
            return flat, None
        deflated = _attempts(task, replace(problem, zeros=zeros), None, True) if zeros else None
        if deflated is not None and deflated[0].gap < _CLEAR:
            return deflated
    best: MinimaxSolution | None = None
    found: Iterate | None = None
    # rounding alone costs some 4e-15 a degree
    sharp = GAP * max(1.0, problem.t / 400)
    for begin in _starts(problem, warm):
        iterate, converged = solver.newton(problem, begin, 12, quick=True)
        if not converged:
            continue
        candidate = certify(task, problem, iterate)
        if candidate.gap > sharp:  # the quick end was too early
            iterate, _ = solver.newton(problem, iterate, 6)
            candidate = certify(task, problem, iterate)
        if best is None or candidate.gap < best.gap:
            found = iterate
        best = candidate if best is None else better(best, candidate)
        if 0 <= best.gap <= sharp:
            return best, found
    best, found = _exchanged(task, problem, best, found, sharp)
    if best.gap > 10 * sharp and floats:
        best = _raised_by_pieces(task, problem.t, best)
    return best, found


# The relative gap up to which zeros at points without weight settle the question.
_CLEAR = 1e-9


def _exchanged(
    task: Task,
    problem: Problem,
    best: MinimaxSolution | None,
    found: Iterate | None,
    sharp: float,
) -> tuple[MinimaxSolution, Iterate | None]:
    """Interior point and Newton, the maxima between the points becoming points, until sharp."""
    points = problem.nodes(4 * problem.t + 8)
    reached = math.inf
    for attempt in range(_ATTEMPTS):
        central = interior_point(
            problem, points, 1e-4 if attempt == 0 else 1e-9, margin=_MARGINS[attempt]
        )
        flat = proved_constant(task, problem, central)
        if flat is not None:
            return flat, None
        coarse = solver.peaks(problem, central.q, central.s)
        iterate, _ = solver.newton(problem, central)
        candidates = [(certify(task, problem, iterate), iterate)]
        if candidates[0][0].gap > sharp:
            # the multipliers of the interior point may prove more than those of Newton
            candidates.append((certify(task, problem, central), central))
        for candidate, source in candidates:
            if best is None or candidate.gap < best.gap:
                found = source
            best = candidate if best is None else better(best, candidate)
        assert best is not None
        if best.gap <= (sharp if attempt == 0 else 10 * sharp):
            break
        # on pieces nothing but more points could help, and soon they do not
        if not problem.whole and attempt > 1 and best.gap > 0.3 * reached:
            break
        if not problem.whole and best.share == 1 and best.lower < 0.5 * best.upper:
            break  # P = 1 it is, and what would prove it is out of the range of floats
        reached = best.gap
        # exchange: the maxima between the points become points
        points = points.join(coarse.points).join(iterate.points)
    assert best is not None
    return best, found


def _piece_proves_one(task: Task, problem: Problem) -> MinimaxSolution | None:
    """P = 1 where it is optimal on one piece already: V* does not fall when the support grows."""
    if not problem.joint:
        return None
    for piece in task.intervals:
        alone = piece.problem(problem.t)
        if alone.log_top > RANGE:
            continue
        nodes = alone.nodes(3 * alone.t + 8)
        light = reweighted(alone, nodes, _ROUNDS)
        if light is None or light[1] * alone.scale > _NEAR:
            flat = proved_constant(piece, alone, interior_point(alone, nodes, 1e-4, margin=1e-3))
            if flat is not None:
                return constant(task, problem.t, flat)
    return None


def _raised_by_pieces(task: Task, t: int, found: MinimaxSolution) -> MinimaxSolution:
    """A solution with the lower bound of a piece where that is better."""
    for piece in task.intervals:
        alone = piece.problem(t)
        if alone.log_top > RANGE:  # a piece so short that its own optimum leaves the floats
            continue
        below = without_computation(piece, t) or _solve(piece, alone, None)[0]
        lower = min(below.lower, found.upper)
        found = better(found, replace(below, lower=lower, upper=math.inf))
    return found


def _starts(problem: Problem, warm: Iterate | None) -> Iterator[Iterate]:
    """Starting points of Newton's method, the interior-point method's apart."""
    if warm is not None:
        yield warm
    closed = closed_start(problem)
    if closed is not None:
        yield closed
    light = reweighted(problem, problem.nodes(3 * problem.t + 8), _ROUNDS)
    # near V* = size P = 1 may be optimal, which only the interior point recognises
    if light is not None and not (problem.joint and light[1] * problem.scale > _NEAR):
        yield light[0]


# -- more digits ----------------------------------------------------------------------------------


def _precise(task: Task, t: int, digits: int, truth: Truth | None) -> MinimaxSolution:
    """The float solution polished and certified in mpmath numbers."""
    with own_context(digits + 10) as mp:
        trivial = without_computation(task, t, mp.mpf)
        if trivial is not None:
            return trivial
    units = Units.of(task)
    scaled = (truth or Truth.of(task)).scaled(units.eigenvalue, units.value)
    if units.cut or units.raised or len(scaled.support) != len(task.support):
        scaled = Truth.of(units.task)
    task = units.task
    problem = task.problem(t)
    rough, found = _solve(task, problem, None, floats=False)
    # what the coefficients and the recurrence of the basis can cancel
    lost = 0.0 if found is None else math.log10(1 + float(np.max(np.abs(found.q))))
    if not problem.whole:
        lost += problem.table.growth(problem.hull[1]) / math.log(10.0)
        lost += max(0, -int(np.min(problem.exponents))) * math.log10(2.0)
    with own_context(digits + 20 + 2 * int(lost) + 3 * int(math.log10(t + 1))) as mp:
        exact = precise.Precise(problem, scaled, mp)
        unit = exact.size / exact.top
        if found is None:  # proved with nothing lost: as true in any number of digits
            one = constant(task, t, rough, mp.mpf)
            return units.outward(replace(one, lower=exact.size, upper=exact.size), t)
        polished = precise.polish(exact, found, digits)
        if polished is None or any(each < 0 for each in polished[2]):
            raise _too_far(digits, rough)
        q, s, y, phi, points = polished
        omega = y / sum(y)
        first, second, _, _ = exact.rows(points, phi)
        rest = 1 / (1 - s) if problem.gamma > 0 else mp.mpf(0)
        alpha, beta = omega * (first @ q) / s, omega * (second @ q) * rest
        bound, weights = precise.lower_bound(exact, points, phi, alpha, beta, s)
        if any(each < 0 for each in weights):  # no measure: other contact points than the optimum's
            raise _too_far(digits, rough)
        p = exact.chebyshev(q) / (exact.rho @ q) / exact.top
        if problem.gamma == 0 and problem.initial:
            c = mp.mpf(centring(slopes_of(problem, found, [c * exact.top for c in p])))
            c = c / exact.top
            p[0] += c * (1 + exact.delta)
            p[1] += c
        upper = precise.upper_bound(exact, q, s, points, phi) * exact.size
        contact = precise.eigenvalues(exact, points, phi)
        order = np.argsort([float(v) for v in contact])
        solution = MinimaxSolution(
            p, task.hull, s, bound * unit, upper, contact[order], weights[order], task.eta(s)
        )
        if units.raised:
            solution = replace(solution, lower=mp.mpf(0))
        return units.outward(solution, t)


def _too_far(digits: int, rough: MinimaxSolution) -> InvalidValue:
    return InvalidValue(
        "digits",
        digits,
        f"the float solution (relative gap {rough.gap:.1e}) is too far from the optimum to polish",
        "reduce t",
    )
