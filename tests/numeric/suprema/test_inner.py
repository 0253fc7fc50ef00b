"""What inner steps leave on an interval that has widened."""

from __future__ import annotations

import math

import numpy as np
from majorants import ELL, METHODS, L, bound

import polyrates as pr


def test_inner_solves_widen_their_interval():
    inner = pr.Chebyshev(ELL, L)
    found = bound(METHODS["Chebyshev"], 12, 0.5, pr.Implicit(inner, 9))
    for t in (0, 5, 12):
        low, high = ELL - 0.005 * found.iterates[t], L + 0.005 * found.iterates[t]
        grid = np.cos(np.linspace(0, np.pi, 20001)) * (high - low) / 2 + (high + low) / 2
        c = (L + ELL) / (L - ELL)
        x = (L + ELL - 2 * grid) / (L - ELL)
        Q = np.polynomial.chebyshev.chebval(x, [0] * 9 + [1]) / math.cosh(9 * math.acosh(c))
        top = np.max(np.abs(Q)) + np.max(np.abs((1 - Q) / grid)) * 0.02 * found.iterates[t]
        assert top * (1 - 1e-9) <= found.jacobians[t] <= top * (1 + 1e-5)
