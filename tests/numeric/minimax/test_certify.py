"""What scales the certificate is known to its error."""

from __future__ import annotations

import mpmath
import pytest

from polyrates.numeric.minimax import certify
from polyrates.numeric.minimax.question import validated


@pytest.mark.parametrize("ends", [(1.0, 10.0), (0.01, 1.0), (1e-6, 1.0), (0.9, 1.0)])
def test_the_scale_is_known_to_its_error(ends: tuple[float, float]) -> None:
    task = validated([ends], "residual/drift", 1.0, 1.0, None)
    worst = 0.0
    for t in (1, 3, 10, 31, 100):
        problem = task.problem(t)
        with mpmath.workdps(60):
            ell, L = (mpmath.mpf(end) for end in ends)
            true = 1 / mpmath.cosh(t * mpmath.acosh((L + ell) / (L - ell)))
            off = abs(float((mpmath.mpf(problem.scale) - true) / true))
        assert off <= certify.scale_error(problem)
        worst = max(worst, off)
    assert worst > 0  # there is rounding to bound
