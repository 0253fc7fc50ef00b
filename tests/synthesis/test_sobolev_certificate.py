"""Certificates of Sobolev optima: proved, and the value is what least squares give."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy

import polyrates as pr

MEASURES = [
    pr.Uniform(1, 100),
    pr.GegenbauerDensity(1, 10, 0),
    pr.JacobiDensity(1, 10, Fraction(1, 2), Fraction(-1, 2)),
    pr.MarchenkoPastur(Fraction(3, 2)),
    pr.Empirical([0, 2, 5], [1, 2, 3]),
    pr.Empirical([1.1, 2.3, 5.7, 9.2], [0.1, 0.2, 0.3, 0.7]),
    pr.Mixture([(Fraction(9, 10), pr.Empirical([1, 2])), (Fraction(1, 10), pr.Uniform(1, 5))]),
]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("t", [0, 3])
def test_a_sobolev_optimum_is_proved(measure: pr.Spectrum, t: int) -> None:
    optimum = pr.sobolev_optimal(measure, t, Fraction(1, 3))
    proof = optimum.certificate.proof
    assert proof.check().ok
    assert float(proof.lower) == pytest.approx(float(optimum.value), rel=1e-9)
    assert proof.upper - proof.lower <= proof.upper * Fraction(1, 10**16)
    # a value of its own: least squares on a fine rule, in long floats
    nodes, weights = measure.quadrature(24)
    with mpmath.workdps(60):
        rows = mpmath.matrix(2 * len(nodes), t + 1)
        for i, (x, w) in enumerate(zip(nodes.tolist(), weights.tolist(), strict=True)):
            for k in range(t + 1):
                rows[2 * i, k] = mpmath.sqrt(w) * mpmath.mpf(x) ** k
                slope = k * mpmath.mpf(x) ** (k - 1) if k else mpmath.mpf(0)
                rows[2 * i + 1, k] = mpmath.sqrt(mpmath.mpf(w) / 3) * slope
        best = rows[:, 0]
        if t:
            rest = rows[:, 1:]
            best = best - rest * mpmath.lu_solve(rest.T * rest, rest.T * best)
        assert float(proof.lower) == pytest.approx(float((best.T * best)[0]), rel=1e-9)


def test_what_is_no_fraction_is_refused() -> None:
    optimum = pr.sobolev_optimal(pr.Uniform(1, 9), 2, sympy.Symbol("eta", positive=True))
    assert optimum.certificate.residual == 0
    with pytest.raises(pr.PolyratesError, match="is not rational"):
        optimum.certificate.save("never.json")
    assert not Path("never.json").exists()
