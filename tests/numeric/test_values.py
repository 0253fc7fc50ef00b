"""P_t and P_t′ at points: the closed forms, the loop and exact arithmetic agree."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from support import exact_methods

import polyrates as pr

POINTS = [F(0), F(1), F(23, 10), F(11, 2), F(10), F(12)]


@pytest.mark.parametrize("name", exact_methods())
@pytest.mark.parametrize("t", [0, 1, 2, 6])
def test_values_are_those_of_the_exact_polynomial(name: str, t: int) -> None:
    method = exact_methods()[name]
    P = pr.residual_polynomial(method, t)
    value, slope = pr.residual_values(method, t, [float(point) for point in POINTS])
    exact = [(float(P.eval(str(x))), float(P.diff().eval(str(x)))) for x in POINTS]
    size = max(abs(v) + abs(s) for v, s in exact)
    np.testing.assert_allclose(value, [v for v, _ in exact], rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_allclose(slope, [s for _, s in exact], rtol=1e-12, atol=1e-12 * size)


def test_shapes_and_long_runs() -> None:
    """(1 − hλ)^t and its derivative, where t steps would underflow or lose digits."""
    points = np.array([[0.5, 1.0], [1.5, 2.0]])
    value, slope = pr.residual_values(pr.GradientDescent(0.5), 1000, points)
    np.testing.assert_allclose(value, (1 - points / 2) ** 1000, rtol=1e-12)
    np.testing.assert_allclose(slope, -500 * (1 - points / 2) ** 999, rtol=1e-12)
    with pytest.raises(ValueError, match="points"):
        pr.residual_values(pr.GradientDescent(0.5), 3, [np.nan])
