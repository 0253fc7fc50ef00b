"""Runs of a method and their tangents in sixty digits."""

from __future__ import annotations

import mpmath
import sympy as sp


def in_mpmath(value):
    return mpmath.mpf(str(sp.N(value, 80))) if isinstance(value, sp.Expr) else mpmath.mpf(value)


def run(method, problem, steps, start=None, prescribed=None):
    """(x_t, E_t) in 60 digits, E of the error of ∂x_t; ``prescribed`` is (x_1, E_1)."""
    mpmath.mp.dps = 60
    E = mpmath.mpf(-1)
    state = None
    found = [(mpmath.mpf(1) if start is None else start, E)]
    for t, step in zip(range(steps), method.transitions(in_mpmath), strict=False):
        state = state or [found[0]] * len(step.gain)
        y = [sum(c * point[k] for c, point in zip(step.query, state, strict=True)) for k in (0, 1)]
        slope = problem.gradient(y[0]), problem.hvp(y[0], y[1])
        state = [
            tuple(
                sum(c * point[k] for c, point in zip(row, state, strict=True)) - gain * slope[k]
                for k in (0, 1)
            )
            for row, gain in zip(step.mixing, step.gain, strict=True)
        ]
        if prescribed is not None and t == 0:
            state[0] = prescribed
        found.append(state[0])
    return found
