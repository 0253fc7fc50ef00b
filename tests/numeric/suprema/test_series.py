"""Suprema of one series, in any units."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyrates.numeric.suprema.balls import EnclosedSeries
from polyrates.numeric.suprema.series import modulus, weighted_supremum
from polyrates.numeric.suprema.supremum import supremum


@settings(max_examples=40, deadline=None)
@given(
    coefficients=st.lists(st.floats(-5, 5), min_size=1, max_size=9),
    error=st.sampled_from([0.0, 1e-3, 0.2]),
)
def test_suprema_contain_every_function_within_the_error(
    coefficients: list[float], error: float
) -> None:
    c = np.array(coefficients)
    series = EnclosedSeries(c, error, 1.0, 3.0)
    x = np.cos(np.linspace(0, np.pi, 8001))
    top = float(np.max(np.abs(np.polynomial.chebyshev.chebval(x, c))))
    for found in (supremum(series), weighted_supremum(series, np.ones_like)):
        # p + error and p − error are both possible: the ends must cover both
        assert found.upper >= (top + error) * (1 - 1e-15)
        assert found.lower <= max(top - error, 0.0) * (1 + 1e-5) + 1e-12
        assert found.upper <= (top + error) * (1 + 1e-4) + 1e-12


@pytest.mark.parametrize("power", [-320, -300, -200, -170, -150, 0, 150, 250])
def test_tiny_and_huge_polynomials_are_bounded_in_exact_arithmetic(power: int) -> None:
    """Squares of what is below 1e-160 are 0 in floats: such a polynomial is brought to size one."""
    rng = np.random.default_rng(power + 400)
    for degree in (1, 2, 5, 11):
        c = rng.standard_normal(degree + 1) * 10.0**power
        found = modulus(EnclosedSeries(c, 0.0, 1.0, 3.0))
        with mpmath.workdps(50):
            exact = [mpmath.mpf(x) for x in c.tolist()]
            angle = mpmath.mpf(np.arccos(np.clip(found.point - 2, -1, 1)))
            near = [angle + mpmath.mpf(k) / 10**4 for k in range(-40, 41)]
            top = max(
                abs(sum(x * mpmath.cos(k * each) for k, x in enumerate(exact))) for each in near
            )
            assert found.lower <= top * (1 + mpmath.mpf(10) ** -7) and top <= found.upper
            assert found.upper <= top * (1 + mpmath.mpf(10) ** -6) + mpmath.mpf(10) ** -318
