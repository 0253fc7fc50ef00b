"""Minimax unrolling: the answers that need no computation.

Closed forms: zero weights, degree 0, the eigenvalue 0, degree 1, finite spectra that a polynomial
of the degree annihilates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from polyrates.numeric.minimax.question import MinimaxSolution, Rounding, Task, constant, unit_of


def without_computation(task: Task, t: int, number: Rounding = float) -> MinimaxSolution | None:
    """The solution where a closed form has it, else None."""
    ell = task.hull[0]
    if task.size == 0 or t == 0 or (t == 1 and task.initial):
        # in degree 1, A = P - λP' is the constant P(0)
        return constant(task, t, number=number)
    if ell == 0:
        # A(0) = P(0) = 1 in both forms: the eigenvalue 0 alone forces V* >= size
        return constant(task, t, number=number)
    points = [lo for lo, _ in task.support]
    if any(lo < hi for lo, hi in task.support):
        return None
    n = len(points)
    if n == 1 and t == 1 and task.second > 0:
        return _one_point(task, number)
    multiplicity = 2 if task.second > 0 else 1
    # without B, A = 1 + O(λ^2) interpolates 0 at n points with degree n + 1
    needed = n + 1 if task.initial and multiplicity == 1 else multiplicity * n
    reached = t >= needed
    return _annihilating(task, t, points, multiplicity, number) if reached else None


def _one_point(task: Task, number: Rounding) -> MinimaxSolution:
    """``P = 1 - yλ/p`` at the eigenvalue p in residual/drift: ``min(a, d/p)``, or with s fixed."""
    first, second = number(task.size), number(task.second) / number(task.hull[0])
    slip = 32 * unit_of(number)
    if task.share is None:
        if first <= second:
            return constant(task, 1, number=number)
        s, y, value = number(0), number(1), second
    else:
        s = number(task.share)
        # (a(1-y))^2/s + (d y/p)^2/(1-s) is least where Cauchy-Schwarz is sharp
        x, z = first * first / s, second * second / (1 - s)
        y, value = x / (x + z), (x / (x + z) * z) ** number(0.5)
    # λ = p + (p/2) x on the domain (p/2, 3p/2)
    coefficients = np.array([1 - y, -y / 2])
    return MinimaxSolution(
        coefficients,
        task.domain,
        s,
        value * (1 - slip),
        value * (1 + slip),
        np.array([number(task.hull[0])]),
        np.array([number(1)]),
        task.eta(s),
    )


def _annihilating(
    task: Task, t: int, points: list[float], multiplicity: int, number: Rounding
) -> MinimaxSolution:
    """A polynomial whose error functions vanish on the whole (finite) support."""
    low, high = (number(v) for v in task.domain)
    centre, half = (low + high) / 2, (high - low) / 2

    def times(p: list[Any], c0: Any, c1: Any) -> list[Any]:
        """Chebyshev coefficients of ``(c0 + c1 λ) p``."""
        q = [c * (c0 + c1 * centre) for c in p] + [number(0)]
        for k, c in enumerate(p):
            if k == 0:
                q[1] += c1 * half * c
            else:
                q[k + 1] += c1 * half * c / 2
                q[k - 1] += c1 * half * c / 2
        return q

    p = [number(1)]
    if task.initial and multiplicity == 1:
        # A = (1 + eλ) prod (1 - λ/p_i) with A'(0) = 0; then P_k = A_k / (1 - k)
        roots = [-1 / number(v) for v in points]
        monomials = [number(1)]
        for slope in [-sum(roots), *roots]:
            raised = [*monomials, number(0)]
            for k, c in enumerate(monomials):
                raised[k + 1] += slope * c
            monomials = raised
        p = [number(0)]
        for k in range(len(monomials) - 1, -1, -1):
            p = times(p, number(0), number(1))
            p[0] += number(0) if k == 1 else monomials[k] / (1 - k)
    else:
        for v in points:
            for _ in range(multiplicity):
                p = times(p, number(1), -1 / number(v))
    coefficients = np.array(([*p] + [number(0)] * (t + 1))[: t + 1])
    weights = np.array([number(1) / len(points)] * len(points))
    s = number(0.5 if task.share is None else task.share)
    return MinimaxSolution(
        coefficients,
        task.domain,
        s,
        number(0),
        number(0),
        np.array([number(v) for v in points]),
        weights,
        task.eta(s),
    )
