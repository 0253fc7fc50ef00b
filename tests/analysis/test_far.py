"""Late peaks and burn-ins: by the roots at the slowest eigenvalue, and refused where none is."""

from __future__ import annotations

import mpmath
import pytest

import polyrates as pr
from polyrates.analysis.far import far
from polyrates.core.methods.classical import GradientDescent

SLOW = pr.Interval("1e-4", 1).support


def test_gradient_descent_by_its_formula() -> None:
    """|P_t′(ℓ)| = th(1 − hℓ)^{t−1}, largest at t = −1/log(1 − hℓ)."""
    found = far(GradientDescent("0.5"), SLOW, "drift")
    assert found is not None
    with mpmath.workdps(50):
        q = 1 - mpmath.mpf("0.5e-4")

        def slope(t: int) -> mpmath.mpf:
            return t * mpmath.mpf("0.5") * q ** (t - 1)

        t, height = found.peak
        assert abs(t + 1 / mpmath.log(q)) <= 0.02 * t
        assert height == pytest.approx(float(slope(t)), rel=1e-9)
        assert slope(found.last) > 1 > slope(found.last + 1)
    falls = far(GradientDescent("0.5"), SLOW, "residual")
    assert falls is not None and falls.peak == (0, 1.0) and falls.last == 0


def test_what_grows_has_no_peak() -> None:
    assert (
        far(pr.HeavyBall("0.9", "0.5", first_step="0.5"), pr.Interval(1, 10).support, "drift")
        is None
    )
