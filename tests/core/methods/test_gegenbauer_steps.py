"""Gegenbauer's steps make C_t^α(m(λ))/C_t^α(m(0)), exactly."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import islice

import pytest
import sympy

from polyrates.core.methods.gegenbauer_steps import gegenbauer_transitions


@pytest.mark.parametrize("alpha", [F(0), F(1, 2), F(1), F(-1, 4), F(7, 3)])
def test_they_make_the_polynomials(alpha: F) -> None:
    ell, L, lam = F(1, 3), F(2), F(5, 7)
    given = [sympy.Rational(value.numerator, value.denominator) for value in (ell, L, alpha)]
    x, before = F(1), F(1)
    walk = gegenbauer_transitions(*given, lambda v: F(int(v.p), int(v.q)))
    m, m0 = (2 * lam - L - ell) / (L - ell), -(L + ell) / (L - ell)
    # (n + 1)C_{n+1} = 2(n + α)xC_n − (n + 2α − 1)C_{n−1}; T_n for α = 0
    rows = []
    for y in (m, m0):
        row = [F(1), y if alpha == 0 else 2 * alpha * y]
        for n in range(1, 7):
            if alpha == 0:
                row.append(2 * y * row[-1] - row[-2])
            else:
                row.append(
                    (2 * (n + alpha) * y * row[-1] - (n + 2 * alpha - 1) * row[-2]) / (n + 1)
                )
        rows.append(row)
    for t, step in enumerate(islice(walk, 6), start=1):
        momentum = step.mixing[0][0] - 1
        x, before = x + momentum * (x - before) - step.gain[0] * lam * x, x
        assert x == rows[0][t] / rows[1][t]
