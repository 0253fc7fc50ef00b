"""The basis of an interval is what it says, and its two changes of coefficients are inverse."""

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from polyrates.numeric.minimax.integrated import combined, integrals, separated


@pytest.mark.parametrize("t", [0, 1, 2, 3, 4, 9])
@pytest.mark.parametrize("shift", [0.0, 1.25])
def test_its_derivatives_are_chebyshev_polynomials(t: int, shift: float) -> None:
    x = np.linspace(-1, 1, 7)
    rows = integrals(chebyshev.chebvander(x, t), x + shift)
    for k, unit in enumerate(np.eye(t + 1)):
        p = combined(unit, shift)
        np.testing.assert_allclose(chebyshev.chebval(x, p), rows[:, k], atol=1e-14)
        slope = chebyshev.chebder(p)
        expected = np.eye(t + 1)[k - 1] if k else np.zeros(1)
        np.testing.assert_allclose(
            chebyshev.chebval(x, slope), chebyshev.chebval(x, expected), atol=1e-12
        )
        np.testing.assert_allclose(separated(p, shift), unit, atol=1e-12)


def test_it_takes_columns_together() -> None:
    full = np.random.default_rng(0).standard_normal((6, 3))
    each = np.column_stack([combined(column, 0.5) for column in full.T])
    np.testing.assert_array_equal(combined(full, 0.5), each)
