r"""Minimax-optimal unrolling: the smallest worst case over all polynomials, with a certificate.

For a support in [ell, L], weights a (``size``) and g (``second``), the value is

.. math:: V^* = \min_{P(0)=1,\ \deg P \le t}\ \min_{s \in [0,1]}\ \max_{\lambda}
          \sqrt{\frac{a^2 A(\lambda)^2}{s} + \frac{g^2 B(\lambda)^2}{1-s}},\qquad 0/0 = 0,

with :math:`A = P - \lambda P', B = P'` in the form "initial/cross" and :math:`A = P, B = P'` in
"residual/drift".  The inner part is the tight joint worst case (S-lemma: Polik and Terlaky, *SIAM
Review* 49, 2007); the outer problem is convex and its dual is a maximum over measures on the
support.  Every solution carries both: a polynomial whose profile is bounded from above, and a
measure whose weak-duality value bounds ``V*`` from below, each including its own rounding errors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import minimax_certificate as certificate
from . import minimax_solver as solver
from .minimax_joint import JointWorstCase, joint_worst_case
from .minimax_problem import Array, Points, Problem
from .minimax_solver import Iterate

__all__ = [
    "Form",
    "JointWorstCase",
    "MinimaxSolution",
    "asymptotic_value",
    "joint_worst_case",
    "solve_family",
    "solve_minimax",
]

Form = Literal["initial/cross", "residual/drift"]

# Beyond exp(-690) the coefficients of the optimum leave the range of floats.
_RANGE = 690.0
# The relative gap at which the search for a better certificate ends.
_GAP = 1e-11
# Rounds of exchange before the gap is reported as it is.
_ATTEMPTS = 6
# How close to 1 the share comes before P = 1 is tried, in each round.
_MARGINS = (1e-3, 1e-5, 1e-7, 1e-9, 0.0, 0.0)


@dataclass(frozen=True)
class MinimaxSolution:
    """The minimax-optimal polynomial, its share and least favourable measure, and its bounds.

    ``coefficients`` (t + 1,) are those of P in numpy's Chebyshev convention with domain ``hull``;
    ``share`` is s; ``lower <= V* <= upper`` is certified, ``upper`` being also the worst case of P
    itself; ``weights`` (n,) on ``contact_points`` (n,) are the least favourable measure; ``eta`` is
    ``second**2 s / (size**2 (1 - s))``, for which P minimises the mean of ``A**2 + eta B**2`` over
    that measure (infinite where P = 1, 0 for ``second = 0``, nan for ``size = 0``).
    """

    coefficients: npt.NDArray[Any]
    hull: tuple[float, float]
    share: float
    lower: float
    upper: float
    contact_points: npt.NDArray[Any]
    weights: npt.NDArray[Any]
    eta: float

    @property
    def gap(self) -> float:
        """``(upper - lower) / upper``, 0 for a zero value."""
        return float((self.upper - self.lower) / self.upper) if self.upper > 0 else 0.0


@dataclass(frozen=True)
class _Task:
    """A validated question: sorted disjoint support, positive size, second >= 0."""

    support: tuple[tuple[float, float], ...]
    form: Form
    size: float
    second: float
    share: float | None

    @property
    def hull(self) -> tuple[float, float]:
        return self.support[0][0], self.support[-1][1]

    @property
    def initial(self) -> bool:
        return self.form == "initial/cross"

    def problem(self, t: int) -> Problem:
        ell, top = self.hull
        gamma = 2 * (self.second / (top - ell)) / self.size
        return Problem(t, self.support, gamma, self.initial, self.share)

    def eigenvalues(self, problem: Problem, points: Points) -> Array:
        """Points of the support in λ, without cancellation near ``ell``."""
        ends = np.array(self.support)[points.segment]
        inner = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * np.cos(points.phi / 2) ** 2
        return np.asarray(np.clip(inner, ends[:, 0], ends[:, 1]))

    def eta(self, s: float) -> float:
        if self.size == 0:
            return math.nan
        if self.second == 0:
            return 0.0
        ratio = self.second / self.size
        return math.inf if s >= 1 else ratio * ratio * s / (1 - s)


def _require(condition: bool, name: str, value: object, requirement: str, remedy: str) -> None:
    if not condition:
        raise ValueError(f"{name} = {value!r}: {requirement}; {remedy}.")


def _task(
    support: Sequence[tuple[float, float]], form: Form, size: float, second: float,
    share: float | None,
) -> _Task:  # fmt: skip
    _require(form in ("initial/cross", "residual/drift"), "form", form,
             "must be 'initial/cross' or 'residual/drift'", "choose one")  # fmt: skip
    for name, value in (("size", size), ("second", second)):
        _require(math.isfinite(value) and value >= 0, name, value,
                 "must be finite and nonnegative", "pass a norm")  # fmt: skip
    _require(share is None or 0 < share < 1, "share", share,
             "must lie strictly between 0 and 1", "pass None to optimise it")  # fmt: skip
    _require(len(support) > 0, "support", support, "must have an interval", "pass [(ell, L)]")
    merged: list[tuple[float, float]] = []
    for low, high in sorted((float(lo), float(hi)) for lo, hi in support):
        _require(0 <= low <= high < math.inf, "support", (low, high),
                 "intervals must satisfy 0 <= ell <= L < inf", "order the ends")  # fmt: skip
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return _Task(tuple(merged), form, float(size), float(second), share)


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
) -> MinimaxSolution:
    """The minimax-optimal polynomial of degree ``t`` on a union of closed intervals.

    A point is ``(p, p)``.  ``share`` fixes ``s`` (strictly between 0 and 1); ``start`` is a solution
    of a neighbouring problem (same support; any degree); ``digits`` asks for that many certified
    digits and returns mpmath numbers.

    For ``second = 0`` in "initial/cross" the coefficient of λ in P does not enter A: among the
    optimal P, the one with the smallest ``max |P'|`` on the support is returned.  Where the optimum
    is P = 1 (``V* = size``), ``share`` is 1 and every eigenvalue is a contact point; those returned
    carry a measure that proves it.
    """
    task = _task(support, form, size, second, share)
    _require(t >= 0 and int(t) == t, "t", t, "must be a nonnegative integer", "pass a degree")
    if digits is not None:
        _require(1 <= digits <= 10_000, "digits", digits, "must be positive", "pass e.g. 30")
        from .minimax_digits import refine

        return refine(task, int(t), int(digits))
    trivial = _trivial(task, int(t))
    if trivial is not None:
        return trivial
    problem = task.problem(int(t))
    warm = None if start is None else _warm(task, problem, start)
    return _solve(task, problem, warm)[0]


def solve_family(
    support: Sequence[tuple[float, float]],
    horizons: Iterable[int],
    *,
    form: Form,
    size: float,
    second: float,
) -> Iterator[MinimaxSolution]:
    """Solutions for each of ``horizons``, each started from the one before (best in order)."""
    task = _task(support, form, size, second, None)
    iterate: tuple[Problem, Iterate] | None = None
    flat: tuple[int, MinimaxSolution] | None = None
    for t in horizons:
        _require(t >= 0 and int(t) == t, "horizons", t, "must be nonnegative integers", "pass range")
        solution = _trivial(task, t)
        if solution is None and flat is not None and t <= flat[0]:
            # the measure that proves P = 1 optimal at a larger degree proves it here
            solution = _constant(task, t, flat[1])
        if solution is None:
            problem = task.problem(t)
            warm = None if iterate is None else _shift(problem, *iterate)
            solution, last = _solve(task, problem, warm)
            iterate = None if last is None else (problem, last)
            if last is None and solution.share == 1 and task.second > 0:
                flat = (t, solution)
                further = task.problem(t + max(4, t // 4))
                beyond, last = _solve(task, further, None)
                if last is None:
                    flat = (further.t, beyond)
        yield solution


# -- cases without a computation ------------------------------------------------------------------


def _constant(task: _Task, t: int, proof: MinimaxSolution | None = None) -> MinimaxSolution:
    """P = 1 with value ``size`` (over the root of a fixed share)."""
    coefficients = np.zeros(t + 1)
    coefficients[0] = 1.0
    lower = upper = task.size
    if task.share is not None:
        value = task.size / math.sqrt(task.share)
        lower, upper = value * (1 - 4 * certificate.U), value * (1 + 4 * certificate.U)
    points, weights = np.array([task.hull[0]]), np.ones(1)
    if proof is not None:
        points, weights, lower = proof.contact_points, proof.weights, proof.lower
    s = 1.0 if task.share is None else task.share
    return MinimaxSolution(
        coefficients, _domain(task), s, lower, upper, points, weights, task.eta(s)
    )


def _domain(task: _Task) -> tuple[float, float]:
    """The hull; for a single eigenvalue λ, (λ/2, 3λ/2), and (0, 1) for λ = 0."""
    ell, top = task.hull
    if top > ell:
        return ell, top
    return (ell / 2, 1.5 * ell) if ell > 0 else (0.0, 1.0)


def _trivial(task: _Task, t: int) -> MinimaxSolution | None:
    ell, top = task.hull
    if task.size == 0:
        return _constant(task, t)
    if t == 0 or ell == 0:
        # A(0) = P(0) = 1 in both forms: the eigenvalue 0 alone forces V* >= size
        return _constant(task, t)
    if t == 1 and task.initial:
        return _constant(task, t)  # A = P - λP' is the constant P(0)
    points = np.array([lo for lo, _ in task.support])
    if any(lo < hi for lo, hi in task.support):
        return None
    n = len(points)
    if n == 1 and t == 1:
        return _one_point(task, float(points[0]))
    multiplicity = 2 if task.second > 0 else 1
    if task.initial and task.second == 0:
        # A = 1 + O(λ^2) interpolates 0 at n points with degree n + 1; double zeros also do
        reached = t >= n + 1
    else:
        reached = t >= multiplicity * n
    return _interpolating(task, t, points, multiplicity) if reached else None


def _one_point(task: _Task, point: float) -> MinimaxSolution | None:
    """``P = 1 + cλ`` at one eigenvalue in residual/drift: ``min(a, d/λ)``."""
    if task.share is not None:
        return _one_point_shared(task, point, task.share)
    cross = task.second / point
    if task.size <= cross:
        return _constant(task, 1)
    # P = 1 - λ/point, on the domain (point/2, 3 point/2)
    return MinimaxSolution(
        np.array([0.0, -0.5]), _domain(task), 0.0, cross * (1 - 2 * certificate.U),
        cross * (1 + 2 * certificate.U), np.array([point]), np.ones(1), task.eta(0.0),
    )  # fmt: skip


def _one_point_shared(task: _Task, point: float, s: float) -> MinimaxSolution:
    """The least value of ``(a(1-y))^2/s + (d y/λ)^2/(1-s)`` over y, by Cauchy-Schwarz."""
    first, second = task.size**2 / s, (task.second / point) ** 2 / (1 - s)
    y = first / (first + second)
    value = math.sqrt(first) * math.sqrt(second / (first + second))
    # P = 1 - y λ/point
    coefficients = np.array([1 - y, -y / 2])
    return MinimaxSolution(
        coefficients, _domain(task), s, value * (1 - 16 * certificate.U),
        value * (1 + 16 * certificate.U), np.array([point]), np.ones(1), task.eta(s),
    )  # fmt: skip


def _interpolating(task: _Task, t: int, points: Array, multiplicity: int) -> MinimaxSolution:
    """A polynomial with value 0: all error functions vanish on the whole (finite) support."""
    low, high = _domain(task)
    m0 = -(low + high) / (high - low)
    p = np.zeros(1)
    p[0] = 1.0
    chebyshev = np.polynomial.chebyshev
    if task.initial and multiplicity == 1:
        # A = (1 + e λ) prod (1 - λ/λ_i) with A'(0) = 0, and P = -λ ∫ A/λ^2
        monomials = np.array([1.0, float(np.sum(high / points))])
        for point in points:
            monomials = np.convolve(monomials, [1.0, -high / point])
        powers = np.arange(len(monomials), dtype=float)
        powers[1] = 0.0
        scaled = monomials / (1 - powers)
        scaled[1] = 0.0
        mapped = np.polynomial.Polynomial(scaled)(
            np.polynomial.Polynomial([(low + high) / (2 * high), (high - low) / (2 * high)])
        )
        p = chebyshev.poly2cheb(mapped.coef)
    else:
        for point in np.repeat(points, multiplicity):
            root = (2 * point - low - high) / (high - low)
            p = chebyshev.chebmul(p, np.array([-root, 1.0]) / (m0 - root))
    coefficients = np.zeros(t + 1)
    coefficients[: len(p)] = p
    weights = np.full(len(points), 1 / len(points))
    s = 0.5 if task.share is None else task.share
    return MinimaxSolution(
        coefficients, (low, high), s, 0.0, 0.0, points, weights, task.eta(s)
    )


# -- the computation ------------------------------------------------------------------------------


def _warm(task: _Task, problem: Problem, start: MinimaxSolution) -> Iterate | None:
    """A neighbouring solution as a starting point, shifted in degree like :func:`_shift`."""
    old = replace(problem, t=len(start.coefficients) - 1)
    if start.hull != task.hull or not 0 < start.share < 1 or len(start.weights) < 2:
        return None
    ends = np.array(task.support)
    values = np.asarray(start.contact_points, dtype=float)
    segment = np.searchsorted(ends[:, 0], values, side="right") - 1
    segment = np.clip(segment, 0, len(ends) - 1)
    width = ends[segment, 1] - ends[segment, 0]
    part = (values - ends[segment, 0]) / np.where(width > 0, width, 1.0)
    phi = 2 * np.arccos(np.sqrt(np.clip(part, 0.0, 1.0)))
    q = old.from_chebyshev(np.asarray(start.coefficients, dtype=float))
    if not np.max(np.abs(q)) > 0:
        return None
    q /= np.max(np.abs(q))
    points = Points(segment.astype(np.int64), np.where(width > 0, phi, 0.0))
    iterate = Iterate(q, start.share, points, np.asarray(start.weights, dtype=float))
    return _shift(problem, old, iterate)


def _shift(problem: Problem, old: Problem, iterate: Iterate) -> Iterate | None:
    """Coefficients moved up to the new degree.

    The extremal polynomial is ``Re(w^-t h(w))`` with ``h`` nearly independent of t (Schwarz-Pick),
    so the coefficients counted from the top settle as t grows.
    """
    by = problem.t - old.t
    if by < 0 or old.t < 2:
        return None
    s = iterate.s if problem.share is None else problem.share
    # the settling is of P' early and of P late: take what is better
    padding = np.zeros(by)
    options = [problem.from_chebyshev(np.concatenate([padding, old.chebyshev(iterate.q)]))]
    if by > 0 and len(problem.columns) == problem.t + 1:
        options.append(np.concatenate([padding, iterate.q]))
    best, least = None, math.inf
    for q in options:
        q = q * math.copysign(1.0, float(problem.rho @ q))
        tops = solver.peaks(problem, q, s)
        reached = solver.value(problem, q, tops)
        if reached < least:
            best, least = q / math.sqrt(float(np.max(tops.height))), reached
    if best is None:
        return None
    y = iterate.y * (0.5 / least / float(np.sum(iterate.y)))
    return Iterate(best, s, iterate.points, y)


def _solve(
    task: _Task, problem: Problem, warm: Iterate | None
) -> tuple[MinimaxSolution, Iterate | None]:
    """Warm Newton, else cold interior point and Newton, until the certificate is sharp."""
    if problem.t * problem.angle > _RANGE:
        raise ValueError(
            f"t = {problem.t}: the optimum is below the range of floats; pass digits or reduce t."
        )
    best: MinimaxSolution | None = None
    found: Iterate | None = None
    if warm is not None:
        found, converged = solver.newton(problem, warm)
        if converged:
            best = _certify(task, problem, found)
            if best.gap <= _GAP:
                return best, found
    points = problem.nodes(6 * problem.t + 8)
    for attempt in range(_ATTEMPTS):
        central = solver.interior_point(
            problem, points, 1e-6 if attempt == 0 else 1e-9, margin=_MARGINS[attempt]
        )
        flat = _flat(task, problem, central)
        if flat is not None:
            return flat, None
        coarse = solver.peaks(problem, central.q, central.s)
        iterate, converged = solver.newton(problem, central)
        candidates = [(_certify(task, problem, iterate), iterate)]
        if candidates[0][0].gap > _GAP:
            # the multipliers of the interior point may prove more than those of Newton
            candidates.append((_certify(task, problem, central), central))
        for candidate, source in candidates:
            if best is None or candidate.gap < best.gap:
                found = source
            best = candidate if best is None else _better(best, candidate)
        assert best is not None
        if best.gap <= (_GAP if attempt == 0 else 10 * _GAP):
            break
        # exchange: the maxima between the points become points
        points = points.join(coarse.points).join(iterate.points)
    assert best is not None
    return best, found


def _better(one: MinimaxSolution, two: MinimaxSolution) -> MinimaxSolution:
    """The polynomial of the smaller upper bound with the measure of the larger lower one."""
    upper, lower = (one, two) if one.upper <= two.upper else (two, one)
    if lower.lower > upper.lower:
        return replace(
            upper, lower=lower.lower, contact_points=lower.contact_points, weights=lower.weights
        )
    return upper


def _scale(problem: Problem) -> float:
    """``1 / |T_t(m0)|``."""
    power = problem.t * problem.angle
    return 2 * math.exp(-power) / (1 + math.exp(-2 * power))


def _scale_error(problem: Problem) -> float:
    return (32 + 8 * problem.t * problem.angle) * certificate.U


def _flat(task: _Task, problem: Problem, iterate: Iterate) -> MinimaxSolution | None:
    """P = 1 with its proof, where the interior-point value says V* = size."""
    if not problem.joint:
        return None
    height = float(problem.rho @ iterate.q)
    if not _scale(problem) / height > 1 - 1e-4:
        return None
    heavy = iterate.y > 1e-12 * np.max(iterate.y)
    omega = iterate.y[heavy] / np.sum(iterate.y[heavy])
    points = iterate.points.take(heavy)
    bound, weights = certificate.lower_bound(
        problem, points, omega, omega, np.zeros(len(omega)), 1.0, flat=True
    )
    lower = task.size * bound * _scale(problem) * (1 - _scale_error(problem))
    if lower < task.size * (1 - _GAP):
        return None
    coefficients = np.zeros(problem.t + 1)
    coefficients[0] = 1.0
    contact = task.eigenvalues(problem, points)
    order = np.argsort(contact)
    return MinimaxSolution(
        coefficients, task.hull, 1.0, lower, task.size, contact[order], weights[order], math.inf
    )


def _certify(task: _Task, problem: Problem, iterate: Iterate) -> MinimaxSolution:
    q, s = iterate.q, iterate.s
    keep = iterate.y > 0
    seeds, points = iterate.points, iterate.points.take(keep)
    omega = iterate.y[keep] / np.sum(iterate.y[keep])
    first, second, _, _ = problem.rows(points)
    rest = 1 / (1 - s) if problem.gamma > 0 else 0.0
    bound, weights = certificate.lower_bound(
        problem, points, omega, omega * (first @ q) / s, omega * (second @ q) * rest, s, flat=False
    )
    scale, slip = _scale(problem), _scale_error(problem)
    lower = max(0.0, task.size * bound * scale * (1 - slip))

    p = problem.chebyshev(q) * (scale / float(problem.rho @ q))
    if problem.gamma == 0 and problem.initial:
        p = _smallest_slope(problem, p)
    upper = _upper(task, problem, p, s, seeds)
    if upper > task.size and task.share is None:
        return replace(_constant(task, problem.t), lower=lower)
    contact = task.eigenvalues(problem, points)
    order = np.argsort(contact)
    return MinimaxSolution(
        p, task.hull, s, lower, upper, contact[order], weights[order], task.eta(s)
    )


def _upper(task: _Task, problem: Problem, p: Array, s: float, seeds: Points) -> float:
    """Rigorous worst case of ``P / P(0)``, P being exactly the float coefficients ``p``."""
    power = -math.frexp(float(np.max(np.abs(p))))[1]
    scaled = np.ldexp(p, power)
    first, second, errors = certificate.error_series(problem, scaled)
    weights = (1 / s, 1 / (1 - s) if problem.gamma > 0 else 0.0)
    top = certificate.profile_supremum(
        first, second, errors, weights, problem.support, problem.hull, seeds
    )
    origin = certificate.value_at_origin(problem, scaled)
    if not origin > 0:
        return math.inf
    return task.size * top / origin * _scale(problem) * (1 + _scale_error(problem))


def asymptotic_value(ell: float, L: float, t: int, *, size: float, second: float) -> float:
    r"""Closed form of ``V*`` for large t in "initial/cross" (Schwarz-Pick), 0 < ell < L.

    With :math:`\xi = (\sqrt L - \sqrt\ell)/(\sqrt L + \sqrt\ell)`, :math:`w_0 = -\xi` and D the
    outer function on the disc of the weight :math:`W^2 = a^2/s + g^2/(\lambda^2 (1-s))`,

    .. math:: V^* \approx \min_s\ \xi^t D(w_0)\,(\tau + \sqrt{\tau^2 + 4}), \qquad
              \tau = (1/\xi - \xi)(t + q),

    where :math:`D(w_0) = (a/\sqrt s)(\xi/|w_1|)|1 - w_0w_1|^2/(1-\xi^2)^2`,
    :math:`q = -2\,\mathrm{Re}(w_0w_1/(1-w_0w_1)) + 2\xi^2/(1-\xi^2)`, :math:`w_1` the root in the
    disc of :math:`(w + 1/w)/2 = m_0 - 2i\rho/(L-\ell)`, :math:`\rho = (g/a)\sqrt{s/(1-s)}`; for
    g = 0, D = a and q = 0.  Derived formally and checked numerically, not a bound; where it exceeds
    ``size``, P = 1 is better.
    """
    _require(0 <= ell < L < math.inf, "(ell, L)", (ell, L), "must satisfy 0 <= ell < L", "reorder")
    for name, value in (("size", size), ("second", second), ("t", t)):
        _require(math.isfinite(value) and value >= 0, name, value,
                 "must be finite and nonnegative", "pass a norm or a degree")  # fmt: skip
    if ell == 0 or size == 0:
        return float(size)
    delta = 2 * (ell / (L - ell))
    angle = math.log1p(delta + math.sqrt(delta * (2 + delta)))
    xi, spread = math.exp(-angle), 2 * math.sinh(angle)
    if second == 0:
        tau = spread * t
        return size * math.exp(-t * angle) * (tau + math.sqrt(tau * tau + 4))

    def logarithm(odds: Array) -> Array:
        """Of the value, at ``odds = sqrt(s / (1 - s))``."""
        point = -1 - delta - 1j * (2 * (second / (L - ell)) / size) * odds
        w1 = 1 / (point - np.sqrt(1 - point) * np.sqrt(-1 - point))
        product = -xi * w1
        outer = np.sqrt(1 + odds**-2) * (xi / np.abs(w1)) * np.abs(1 - product) ** 2
        q = -2 * np.real(product / (1 - product)) + 2 * xi / spread
        tau = spread * (t + q)
        with np.errstate(over="ignore"):
            return np.asarray(
                np.log(outer) - 2 * math.log(-math.expm1(-2 * angle)) - t * angle
                + np.log(np.maximum(tau + np.sqrt(tau * tau + 4), 1e-300))
            )  # fmt: skip

    middle, half = 0.0, 40.0
    for _ in range(14):  # a grid, four times finer each time
        grid = np.linspace(middle - half, middle + half, 65)
        middle = float(grid[np.argmin(logarithm(np.exp(grid)))])
        half /= 8
    return size * math.exp(float(np.min(logarithm(np.exp(np.array([middle]))))))


def _smallest_slope(problem: Problem, p: Array) -> Array:
    """P plus the multiple of λ that makes ``max |P'|`` on the support smallest."""
    slope = np.polynomial.chebyshev.chebder(p)
    points = problem.nodes(16 * problem.t + 16)
    values = np.polynomial.chebyshev.chebval(problem.abscissae(points), slope)
    c = -(float(np.max(values)) + float(np.min(values))) / 2
    p = p.copy()
    p[0] += c * (1 + problem.delta)
    p[1] += c
    return p
