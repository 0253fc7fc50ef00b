"""The scalar run is the recursion, rounded upward."""

from __future__ import annotations

import math
from fractions import Fraction as F

import mpmath
import pytest
import sympy as sp
from majorants import ELL, METHODS, L, bound

import polyrates as pr


def scalar_in_mpmath(name, M, c, steps):
    """The recursion written out for each method, in 40 digits."""
    mpmath.mp.dps = 40
    ell, high = mpmath.mpf(ELL), mpmath.mpf(L)
    root = mpmath.sqrt(ell * high)
    xi = (high + ell - 2 * root) / (high - ell)
    ratios = [ell / high]  # T_{n}(x)/T_{n+1}(x) at x = (L + ell)/(L − ell)
    x0 = (high + ell) / (high - ell)
    ratios = [1 / x0]
    for _ in range(steps):
        ratios.append(1 / (2 * x0 - ratios[-1]))
    u, v = [mpmath.mpf(1)] * 2, [mpmath.mpf(1)] * 2
    for t in range(steps):
        momentum, look = mpmath.mpf(0), 0
        if name == "gradient descent":
            h = 2 / (high + ell)
        elif name == "gradient descent, short":
            h = 1 / high
        elif name == "heavy ball":
            momentum = xi**2
            h = 4 / (mpmath.sqrt(high) + mpmath.sqrt(ell)) ** 2 / (1 if t else 1 + momentum)
        elif name == "Nesterov":
            momentum, h, look = xi, 1 / high, 1
        else:
            momentum = ratios[t] * ratios[t - 1] if t else mpmath.mpf(0)
            h = (4 if t else 2) * ratios[t] / (high - ell)
        du, dv = u[-1] - u[-2], v[-1] - v[-2]
        y, w = u[-1] + look * momentum * du, v[-1] + look * momentum * dv
        u.append(u[-1] + momentum * du - h * (ell * y - M * y * y / 2))
        v.append(v[-1] + momentum * dv - h * ((ell - M * y) * w - c * y))
    return u[1:], v[1:]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("m", [0, 0.1, 1, 1.9])
def test_the_scalar_run_is_the_recursion_rounded_upward(name, m):
    found = bound(METHODS[name], 80, m)
    # floats stand for the numbers they are, so the oracle multiplies 0.01*m as floats do
    u, v = scalar_in_mpmath(name, mpmath.mpf(m * ELL), mpmath.mpf(0.02), 80)
    for ours, truth in ((found.iterates, u), (found.jacobians, v)):
        for t in range(81):
            assert truth[t] <= ours[t], (name, m, t)
            assert ours[t] <= truth[t] * (1 + mpmath.mpf(10) ** -10), (name, m, t)
    assert found.form == "scalar" and found.status == "certified" and not found.reason


def test_exact_in_exact_out():
    found = pr.majorant(
        pr.HeavyBall.tuned(1, 4),
        (1, 4),
        3,
        hessian_lipschitz=F(1, 2),
        cross_lipschitz=1,
        distance=1,
        residual=1,
    )
    ell, M, c, m, h, first = F(1), F(1, 2), F(1), F(1, 9), F(4, 9), F(2, 5)
    u, v = [F(1)], [F(1)]
    for t in range(3):
        step, back = (first, 0) if t == 0 else (h, m)
        before = u[-2] if t else u[-1], v[-2] if t else v[-1]
        slope = ell * u[-1] - M * u[-1] ** 2 / 2
        tangent = (ell - M * u[-1]) * v[-1] - c * u[-1]
        nexts = (
            u[-1] + back * (u[-1] - before[0]) - step * slope,
            v[-1] + back * (v[-1] - before[1]) - step * tangent,
        )
        u.append(nexts[0])
        v.append(nexts[1])
    assert list(map(F, map(str, found.iterates))) == u
    assert list(map(F, map(str, found.jacobians))) == v
    assert found.status == "argued"
    irrational = pr.majorant(
        pr.Nesterov.tuned(1, 3),
        (1, 3),
        2,
        hessian_lipschitz=0,
        cross_lipschitz=0,
        distance=1,
        residual=2,
    )
    assert irrational.jacobians[2] == 2 * irrational.iterates[2]
    assert isinstance(irrational.iterates[2], sp.Expr) and irrational.basin == math.inf
