"""Conjugate gradients: their polynomials on a measure, their bound on an interval."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from quadratics import CG, problem_of

import polyrates as pr


def test_on_a_measure_their_polynomials_are_known_exactly() -> None:
    """One problem and start as a measure: the run of the textbook in fractions is P_t(H)e_0."""
    eigenvalues = [Fraction(1), Fraction(2), Fraction(5), Fraction(9)]
    e0 = [Fraction(1), Fraction(-2), Fraction(1, 3), Fraction(3)]
    g = [a * b for a, b in zip(eigenvalues, e0, strict=True)]
    measure = pr.Empirical(eigenvalues, [v * v for v in g])
    method = CG.on(measure)
    x, p = list(e0), [-v for v in g]
    for t in range(4):
        P = pr.residual_polynomial(method, t)
        for point, start, now in zip(eigenvalues, e0, x, strict=True):
            value, first, last = (sympy.Rational(str(each)) for each in (point, start, now))
            assert P.eval(value) * first == last
        q = [a * b for a, b in zip(eigenvalues, p, strict=True)]
        size = sum(v * v for v in g)
        alpha = size / sum(a * b for a, b in zip(p, q, strict=True))
        x = [a + alpha * b for a, b in zip(x, p, strict=True)]
        g = [a + alpha * b for a, b in zip(g, q, strict=True)]
        beta = sum(v * v for v in g) / size
        p = [-a + beta * b for a, b in zip(g, p, strict=True)]
    assert not any(x)  # and exact after as many steps as eigenvalues
    # on the density of Chebyshev they are Chebyshev's method
    P = pr.residual_polynomial(CG.on(pr.GegenbauerDensity(1, 10, 0)), 3)
    assert (P - pr.residual_polynomial(pr.Chebyshev(1, 10), 3)).is_zero
    with pytest.raises(ValueError, match="spectrum"):
        CG.on(pr.Interval(1, 10))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10**6), st.integers(0, 15))
def test_the_bound_on_an_interval_holds(d: int, seed: int, t: int) -> None:
    rng = np.random.default_rng(seed)
    eigenvalues = np.sort(rng.uniform(0.1, 5.0, d))
    problem = problem_of(eigenvalues, seed)
    x0 = rng.standard_normal(d) * 10.0 ** rng.integers(-3, 3)
    bound = CG.bound(pr.Interval(float(eigenvalues[0]), float(eigenvalues[-1])), t)
    x = pr.differentiate(CG, problem, x0, t, pr.Implicit()).iterates[-1]
    start = np.linalg.norm(x0 - problem.solution)
    assert np.linalg.norm(x - problem.solution) <= float(bound) * start * (1 + 1e-9) + 1e-12
    assert float(CG.bound((1, 10), 4)) == pytest.approx(float(CG.bound((1.0, 10.0), 4)), rel=1e-12)
    assert CG.bound((1, 9), 2) == 3 / sympy.chebyshevt(2, sympy.Rational(5, 4))
    with pytest.raises(ValueError, match="ell"):
        CG.bound((0, 1), 2)
