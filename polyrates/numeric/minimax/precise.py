r"""The minimax solution to any number of digits, from the solution in floats.

The optimality conditions (stationarity in P and s, contact, W' = 0 at interior contacts) are solved
by Newton's method with the Jacobian frozen at the float solution: residuals in mpmath, corrections
in floats, about eight digits a step.  The certificate is that of floats with mpmath numbers where
sharpness is decided; what needs only an inequality stays in floats, rigorous there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt

from polyrates.numeric.minimax import lower_bound as certificate
from polyrates.numeric.minimax import newton as solver
from polyrates.numeric.minimax.interior import Iterate
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import Truth
from polyrates.numeric.suprema import profile as supremum
from polyrates.numeric.suprema.waves import Array, Points, U, interpolate

# Arrays of mpmath numbers.
Exact = npt.NDArray[Any]

_floats: Callable[[Exact], Array] = np.vectorize(float, otypes=[float])


class Precise:
    """The normalised problem in numbers of an mpmath context, whose precision is its own."""

    def __init__(self, problem: Problem, truth: Truth, mp: mpmath.MPContext) -> None:
        self.problem, self.mp = problem, mp
        self.support = [(self._ratio(low), self._ratio(high)) for low, high in truth.support]
        self.ell, top = self.support[0][0], self.support[-1][1]
        self.width = top - self.ell
        self.delta = 2 * self.ell / self.width
        self.size = self._ratio(truth.size)
        self.gamma = 2 * self._ratio(truth.second) / (self.width * self.size)
        self.unit = self.mp.mpf(2) ** (-self.mp.prec)
        if not problem.whole:
            self.top = self.mp.ldexp(1, -int(problem.exponents[-1]))
            self.rho = self.array(problem.bare_rho)
            # of p_k itself; the rows are p_k over powers of two
            self.unit *= self.mp.exp(problem.table.growth(problem.hull[1]))
            self.unit *= self.mp.ldexp(1, max(0, -int(np.min(problem.exponents))))
            return
        m0 = 1 + self.delta
        value = [self.mp.mpf(1), -m0]
        for _ in range(problem.t):
            value.append(-2 * m0 * value[-1] - value[-2])
        self.top = abs(value[problem.t])
        scaled = self.array(value[: problem.t + 1]) / self.top
        self.rho = self._integrals(scaled[None, :], self.array([-m0]))[0][problem.columns]

    def array(self, values: Iterable[object]) -> Exact:
        """Numbers of the context."""
        return np.array([self.mp.mpf(v) for v in values], dtype=object)

    def _ratio(self, value: Fraction) -> mpmath.mpf:
        return self.mp.mpf(value.numerator) / value.denominator

    def _integrals(self, value: Exact, x: Exact) -> Exact:
        t = self.problem.t
        basis = value.copy()
        if t >= 1:
            basis[:, 1] = x + 1 + self.delta if self.problem.initial else x * value[:, 0]
        if t >= 2:
            basis[:, 2] = value[:, 2] / 4
        for k in range(3, t + 1):
            basis[:, k] = value[:, k] / (2 * k) - value[:, k - 2] / (2 * (k - 2))
        return basis

    def rows(self, points: Points, phi: Exact) -> tuple[Exact, Exact, Exact, Exact]:
        """Values and ``phi`` derivatives as in :meth:`Problem.rows`, at mpmath angles."""
        problem, n = self.problem, len(points)
        t = problem.t
        ell = self.ell
        plus, moving = np.empty(n, dtype=object), np.empty(n, dtype=object)
        for j in range(n):
            low, high = self.support[points.segment[j]]
            reach = (high - low) / self.width
            if points.phi[j] in (0.0, math.pi):
                cosine, sine = self.mp.mpf(1 if points.phi[j] == 0 else -1), self.mp.mpf(0)
            else:
                cosine, sine = self.mp.cos(phi[j]), self.mp.sin(phi[j])
            plus[j] = 2 * (low - ell) / self.width + reach * (1 + cosine)
            moving[j] = -reach * sine
        if not problem.whole:
            return self._table_rows(plus, moving)
        x = plus - 1
        zero, one = self.array([0] * n), self.array([1] * n)
        value, second_kind = [one, x], [one, 2 * x]
        for _ in range(t):
            value.append(2 * x * value[-1] - value[-2])
            second_kind.append(2 * x * second_kind[-1] - second_kind[-2])
        slope = np.column_stack([zero, *value[:t]])
        # T_k' = k U_(k-1)
        curve = [zero, zero, *(k * second_kind[k - 1] for k in range(1, t))]
        bend = np.column_stack(curve[: t + 1]) * moving[:, None]
        basis = self._integrals(np.column_stack(value[: t + 1]), x)
        if problem.initial:
            shift = (plus + self.delta)[:, None]
            first, first_phi = basis - shift * slope, -shift * bend
            if t >= 1:
                first[:, 1] = zero
        else:
            first, first_phi = basis, slope * moving[:, None]
        keep = problem.columns
        return (
            first[:, keep],
            self.gamma * slope[:, keep],
            first_phi[:, keep],
            self.gamma * bend[:, keep],
        )

    def _table_rows(self, plus: Exact, moving: Exact) -> tuple[Exact, Exact, Exact, Exact]:
        """The same for ``p_k / 2**e_k`` on a support with gaps, at ``x + 1`` and ``dx/dphi``."""
        problem, half = self.problem, self.width / 2
        lam = (plus + self.delta) * half
        value, slope, bend = problem.table.jets(lam, 2)
        along = (moving * half)[:, None]
        if problem.initial:
            first, first_phi = value - lam[:, None] * slope, -lam[:, None] * bend * along
        else:
            first, first_phi = value, slope * along
        factor, keep = self.gamma * half, problem.columns
        scales = self.array(np.ldexp(1.0, -problem.exponents[keep]))
        rows = first, factor * slope, first_phi, factor * bend * along
        a, b, c, d = (row[:, keep] * scales for row in rows)
        return a, b, c, d

    def chebyshev(self, q: Exact) -> Exact:
        """As :meth:`Problem.chebyshev`."""
        t = self.problem.t
        full = self.array([0] * (t + 1))
        full[self.problem.columns] = q
        if not self.problem.whole:
            full = full * self.array(np.ldexp(1.0, -self.problem.exponents))
            angles = [(k + self.mp.mpf(0.5)) * self.mp.pi / (t + 1) for k in range(t + 1)]
            lam = self.array([self.delta + 1 + self.mp.cos(a) for a in angles]) * (self.width / 2)
            values = self.problem.table.jets(lam, 0)[0] @ full
            waves = [self.array([self.mp.cos(k * a) for a in angles]) for k in range(t + 1)]
            result = self.array([2 * (wave @ values) / (t + 1) for wave in waves])
            result[0] = result[0] / 2
            return result
        p = self.array([0] * (t + 1))
        p[: min(t, 1) + 1] = full[: min(t, 1) + 1]
        if t >= 1 and self.problem.initial:
            p[0] += (1 + self.delta) * full[1]
        if t >= 2:
            p[2] = p[2] + full[2] / 4
        for k in range(3, t + 1):
            p[k] += full[k] / (2 * k)
            p[k - 2] -= full[k] / (2 * (k - 2))
        return p


def polish(
    exact: Precise, start: Iterate, digits: int
) -> tuple[Exact, mpmath.mpf, Exact, Exact, Points] | None:
    """``(q, s, y, phi)`` solving the optimality conditions, and their points; None if it fails."""
    problem = exact.problem
    tops = solver.peaks(problem, start.q, start.s)
    y_float = solver.carry(problem, start, tops.points)
    local = solver.linearise(problem, start.q, start.s, tops, y_float)
    basis = None if problem.whole else problem.basis
    bare = start.q if basis is None else basis @ start.q
    active = y_float > 0
    try:
        matrix = np.linalg.inv(local.kkt(active))
    except np.linalg.LinAlgError:
        return None
    points, bend, lean = tops.points.take(active), tops.bend[active], local.tilt[active]
    moves = bend < 0
    inverse_bend = np.where(moves, -1 / np.where(moves, -bend, 1.0), 0.0)
    size, m = len(local.hessian), len(start.q)
    q, s, y = exact.array(bare), exact.mp.mpf(start.s), exact.array(y_float[active])
    phi = exact.array(points.phi)
    goal = exact.mp.mpf(10) ** (-digits - 6)
    before = math.inf
    for _ in range(10 + digits):
        u = 1 / s
        w = 1 / (1 - s) if problem.gamma > 0 else exact.mp.mpf(0)
        first, second, first_phi, second_phi = exact.rows(points, phi)
        a, b = first @ q, second @ q
        tilt = 2 * (u * a * (first_phi @ q) + w * b * (second_phi @ q))
        tilt = np.where(moves, tilt, exact.mp.mpf(0))
        pull = exact.rho - 2 * u * ((y * a) @ first) - 2 * w * ((y * b) @ second)
        room = 1 - u * a * a - w * b * b
        residual = [*pull, -(y @ (w * w * b * b - u * u * a * a))] if problem.joint else [*pull]
        largest = max(abs(v) for v in [*residual, *room, *tilt])
        if largest == 0:
            break
        upper = _floats(exact.array(residual) / largest)
        if basis is not None:
            upper[:m] = upper[:m] @ basis
        # the contact points are eliminated: dphi = -(W' + lean dz) / W''
        slope = _floats(tilt / largest) * inverse_bend
        upper = upper / local.scale + (_floats(y) * slope) @ lean
        step = matrix @ np.concatenate([upper, _floats(room / largest)])
        change = step[:size] / local.scale
        if basis is not None:
            change[:m] = basis @ change[:m]
        q = q + exact.array(change[:m]) * largest
        if problem.joint:
            s = s + exact.mp.mpf(float(change[m])) * largest
        y = y + exact.array(step[size:]) * largest
        phi = phi - exact.array(slope + (lean @ step[:size]) * inverse_bend) * largest
        if not (0 < s <= 1) or largest > 1e3 * before:
            return None
        if largest < goal:
            break
        before = min(before, float(largest))
    else:
        return None
    return q, s, y, phi, points


def lower_bound(
    exact: Precise, points: Points, phi: Exact, alpha: Exact, beta: Exact, s: mpmath.mpf
) -> tuple[mpmath.mpf, Exact]:
    """As :func:`certificate.lower_bound`, with the sums in mpmath numbers."""
    problem = exact.problem
    first, second, _, _ = exact.rows(points, phi)
    omega = np.sqrt(_floats(s * alpha * alpha + (1 - s) * beta * beta))
    omega = omega / np.sum(omega)
    # the leak is bounded at the float points: any points of the support will do
    rows = certificate.functionals(problem, points, bare=True)
    a_rows, b_rows = rows[0].astype(float), rows[1].astype(float)
    root = np.sqrt(omega)[:, None]
    y, reach = certificate.orthonormaliser(
        np.concatenate([root * a_rows, root * b_rows]), np.sqrt(rows[2] ** 2 + rows[3] ** 2)
    )
    if not math.isfinite(reach):
        return exact.mp.mpf(0), alpha
    direction = exact.array(y @ (y.T @ _floats(exact.rho)))
    for _ in range(3 + int(exact.mp.prec / 30)):
        z = alpha @ first + beta @ second
        v = (direction @ z) / (direction @ exact.rho)
        rest = z - v * exact.rho
        largest = max(abs(r) for r in rest)
        if largest == 0 or largest < abs(v) * exact.unit * problem.t:
            break
        shift = y @ (y.T @ _floats(rest / largest))
        alpha = alpha - largest * exact.array(omega * (a_rows @ shift))
        beta = beta - largest * exact.array(omega * (b_rows @ shift))
    z = alpha @ first + beta @ second
    v = (direction @ z) / (direction @ exact.rho)
    rest = z - v * exact.rho
    n, t = len(points), problem.t
    # the recurrences lose at most a factor (t + 1)^2 of the unit
    slip = 64 * (t + 2) ** 3 * (n + 4) * exact.unit * (3 + exact.delta + exact.gamma)
    slip *= sum(abs(alpha)) + sum(abs(beta)) + abs(v) * (1 + max(abs(exact.rho)))
    largest = max(max(abs(r) for r in rest), slip)
    remainder = _floats(abs(rest) / largest) + float(slip / largest)
    leak = largest * exact.mp.mpf(reach * float(np.linalg.norm(remainder @ np.abs(y))) * (1 + 1e-9))
    norm, share = _dual_norm(exact, alpha, beta, s)
    spread = np.array(
        [
            exact.mp.sqrt(share * p * p + (1 - share) * r * r)
            for p, r in zip(alpha, beta, strict=True)
        ],
        dtype=object,
    )
    bound = v / (norm + leak) * (1 - 64 * (n + t) * exact.unit)
    return max(bound, exact.mp.mpf(0)), spread / sum(spread)


def _dual_norm(
    exact: Precise, alpha: Exact, beta: Exact, s: mpmath.mpf
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """``max_s sum sqrt(s alpha^2 + (1-s) beta^2)``, by the tangent at the given ``s``."""
    problem, unit = exact.problem, exact.unit
    if problem.gamma == 0:
        share = exact.mp.mpf(1 if problem.share is None else problem.share)
        return exact.mp.sqrt(share) * sum(abs(alpha)), share
    roots = np.array(
        [exact.mp.sqrt(s * p * p + (1 - s) * r * r) for p, r in zip(alpha, beta, strict=True)],
        dtype=object,
    )
    total = sum(roots)
    if problem.share is not None:
        return total, s
    slope = sum((alpha * alpha - beta * beta) / roots) / 2
    error = 64 * len(alpha) * unit * sum((alpha * alpha + beta * beta) / roots)
    if s == 1 and slope > error:
        return total, s
    return total + (abs(slope) + error) * max(s, 1 - s), s


def upper_bound(exact: Precise, q: Exact, s: mpmath.mpf, points: Points, phi: Exact) -> mpmath.mpf:
    """Rigorous worst case of ``P / P(0)`` in units of ``size``; sharp at ``phi``."""
    problem = exact.problem
    t = problem.t
    q = q / max(abs(v) for v in q)
    u = 1 / s
    w = 1 / (1 - s) if problem.gamma > 0 else exact.mp.mpf(0)
    # the rows are at most 1 + gamma or so, and the recurrences lose (t + 1)^2 units
    total = sum(abs(q)) * (1 + exact.gamma)
    slip = 64 * (t + 2) ** 3 * exact.unit * total * (3 + exact.delta)
    tops = _tops(exact, q, u, w, slip, points, phi)
    # floats settle that nothing else comes near
    known = [float(top) for top, _ in tops]
    height, target = exact.mp.mpf(0), max(known, default=0.0) * (1 - 1e-9)
    uf, wf = float(u), float(w)
    for i, (low, high) in enumerate(problem.support):
        mine = [j for j in range(len(points)) if points.segment[j] == i]
        if low == high:
            height = max([height, *(tops[j][0] for j in mine)])
            if not mine:
                extra, _ = _tops(
                    exact, q, u, w, slip, Points(np.array([i]), np.zeros(1)), exact.array([0])
                )[0]
                height = max(height, extra)
            continue
        series, slips = zip(*_local(exact, q, i, float(slip)), strict=True)
        slack = math.sqrt(uf * slips[0] ** 2 + wf * slips[1] ** 2)
        profile = supremum.Profile(series[0], series[1], uf, wf)
        cells = supremum.contact_cells(profile, _floats(phi[mine]) if mine else np.zeros(0))
        # centres move by rounding, the series by slack: the Taylor bounds keep a margin
        sure = cells.bend > 1e-6 * profile.degree**2 * profile.radius
        sure &= cells.bend > 1e7 * slack * math.sqrt(max(known, default=1.0)) * profile.degree**2
        cells = supremum.Cells(
            cells.seeds, cells.top, np.where(sure, cells.reach * (1 - 1e-6), 0.0), cells.bend
        )
        for j, good, bend in zip(mine, sure, cells.bend, strict=True):
            top, tilt = tops[j]
            height = max(height, top + (tilt * tilt / (bend * (1 - 1e-6)) if good else 0))
        rest = supremum.outside(profile, cells, target)
        rest = (math.sqrt(max(rest, 0.0)) + slack) ** 2 * (1 + 64 * U)
        height = max(height, exact.mp.mpf(rest))
    size = sum(abs(v * c) for v, c in zip(exact.rho, q, strict=True))
    origin = abs(exact.rho @ q) - 64 * (t + 2) ** 2 * exact.unit * (1 + exact.delta) * size
    return exact.mp.sqrt(height) / (origin * exact.top) * (1 + 64 * (t + 2) * exact.unit)


def _local(exact: Precise, q: Exact, segment: int, slip: float) -> list[tuple[Array, float]]:
    """Float Chebyshev series of A and B on one interval, and bounds on their errors there."""
    n = exact.problem.t + 1
    angles = exact.array([(k + exact.mp.mpf(0.5)) * exact.mp.pi / n for k in range(n)])
    points = Points(np.full(n, segment), _floats(angles))
    result = []
    for rows in exact.rows(points, angles)[:2]:
        values = _floats(rows @ q)
        error = slip + U * float(np.max(np.abs(values)))
        result.append(interpolate(values.astype(np.longdouble), error))
    return result


def _tops(
    exact: Precise,
    q: Exact,
    u: mpmath.mpf,
    w: mpmath.mpf,
    slip: mpmath.mpf,
    points: Points,
    phi: Exact,
) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    """Upper bounds of ``W`` and of ``|W'|`` at the points."""
    first, second, first_phi, second_phi = exact.rows(points, phi)
    a, b = abs(first @ q) + slip, abs(second @ q) + slip
    steep = exact.problem.t * slip
    height = u * a * a + w * b * b
    tilt = abs(2 * (u * (first @ q) * (first_phi @ q) + w * (second @ q) * (second_phi @ q)))
    tilt = (
        tilt
        + 4 * (u * a + w * b) * steep
        + 4 * slip * (u * abs(first_phi @ q) + w * abs(second_phi @ q))
    )
    return list(zip(height, tilt, strict=True))


def eigenvalues(exact: Precise, points: Points, phi: Exact) -> Exact:
    """Points of the support in λ."""
    result = []
    for i, at, angle in zip(points.segment, points.phi, phi, strict=True):
        low, high = exact.support[i]
        part = 1 if at == 0 else (0 if at == math.pi else exact.mp.cos(angle / 2) ** 2)
        result.append(low + (high - low) * part)
    return np.array(result, dtype=object)
