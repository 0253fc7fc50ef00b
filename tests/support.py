"""What several tests share: the catalogue of methods, and the rule for tools pip cannot bring."""

from __future__ import annotations

import os
from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr


def require(name: str, available: bool) -> None:
    """Skip when a tool is absent; fail where POLYRATES_REQUIRE (comma-separated) demands it."""
    if available:
        return
    demanded = {word.strip() for word in os.environ.get("POLYRATES_REQUIRE", "").split(",")}
    if name in demanded or "all" in demanded:
        pytest.fail(f"{name} is required here (POLYRATES_REQUIRE) and absent")
    pytest.skip(f"{name} is not installed")


def exact_methods() -> dict[str, pr.Method]:
    """One of each kind with exact parameters, on [1, 10], at least 6 steps each."""
    sixth = [F(1, 10), F(1, 3), F(1, 7), F(2, 9), F(1, 5), F(1, 8)]
    polynomial = pr.residual_polynomial(pr.Nesterov(F(1, 9), F(1, 4)), 6)
    return {
        "gradient descent, large": pr.GradientDescent.large(1, 10),
        "gradient descent, short": pr.GradientDescent.short(1, 10),
        "gradient descent, flat": pr.GradientDescent.flat(1, 10),
        "heavy ball": pr.HeavyBall(F(1, 6), F(1, 3), first_step=F(1, 5)),
        "heavy ball, tuned": pr.HeavyBall.tuned(1, 10),
        "Nesterov": pr.Nesterov(F(1, 9), F(2, 5)),
        "Nesterov, tuned": pr.Nesterov.tuned(1, 10),
        "Chebyshev": pr.Chebyshev(1, 10),
        "Chebyshev, ell = 0": pr.Chebyshev(0, 10),
        "Gegenbauer 1": pr.Gegenbauer(1, 10, 1),
        "Gegenbauer -1/4": pr.Gegenbauer(1, 10, F(-1, 4)),
        "Gegenbauer 5/2": pr.Gegenbauer(F(1, 2), F(21, 2), F(5, 2)),
        "tabulated": pr.Tabulated(sixth, [0, F(1, 3), F(-1, 5), 1, 0, F(1, 2)], [0, 1, 0, 0, 2, 0]),
        "Richardson": pr.Richardson(sixth),
        "Richardson, Leja": pr.Richardson.leja([1, 2, 9, 4, 6, F(15, 2)]),
        "realized": pr.realize(polynomial, pr.Interval(1, 10)),
        "harmonic Sobolev": pr.HarmonicSobolev(F(10, 9), 10, F(3, 2)),
        "harmonic Sobolev, residual": pr.HarmonicSobolev(F(10, 9), 10, 2, "residual/drift"),
        "weighted": pr.WeightedIterates(pr.GradientDescent(F(1, 7)), [F(1, 7)] * 7),
    }


def symbolic_methods() -> dict[str, pr.Method]:
    """Methods with symbols among their parameters."""
    h, m, f = sp.symbols("h m f", positive=True)
    ell, L = sp.symbols("ell L", positive=True)
    return {
        "gradient descent": pr.GradientDescent(h),
        "heavy ball": pr.HeavyBall(h, m, f),
        "Nesterov": pr.Nesterov(h, m),
        "Chebyshev": pr.Chebyshev(ell, L),
        "Gegenbauer": pr.Gegenbauer(ell, L, F(3, 2)),
    }


def float_methods(ell: float, L: float, steps: int = 200) -> dict[str, pr.Method]:
    """The named methods with float parameters, and a stable fixed-horizon one."""
    import numpy as np

    chebyshev_roots = (L + ell) / 2 + (L - ell) / 2 * np.cos(
        np.pi * (np.arange(steps) + 0.5) / steps
    )
    return {
        "gradient descent, large": pr.GradientDescent.large(ell, L),
        "gradient descent, short": pr.GradientDescent.short(ell, L),
        "heavy ball": pr.HeavyBall.tuned(ell, L),
        "Nesterov": pr.Nesterov.tuned(ell, L),
        "Chebyshev": pr.Chebyshev(ell, L),
        "Gegenbauer": pr.Gegenbauer(ell, L, 1.5),
        "Richardson, Leja": pr.Richardson.leja(chebyshev_roots),
        "harmonic Sobolev": pr.HarmonicSobolev(ell, L, L * ell),
    }


ESTIMATORS: dict[str, pr.Estimator] = {
    "unrolled": pr.Unrolled(),
    "truncated, start 2": pr.Truncated(2),
    "truncated, last 3": pr.Truncated(last=3),
    "one step": pr.OneStep(),
    "implicit, 2 inner steps": pr.Implicit(pr.GradientDescent(F(1, 8)), 2),
    "implicit, exact": pr.Implicit(),
}
