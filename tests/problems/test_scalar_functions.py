"""Problems of one variable: derivatives against differences, on numpy and on mpmath numbers."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import polyrates as pr
from polyrates.problems.scalar_functions import Cubic

MADE = Cubic(0.5, 0.2, 0.3, 1.5, -2.0)


def test_its_derivatives_are_those_of_the_function() -> None:
    """f(x, θ) = f_0(x − jθ) − cθx²/2 in 50 digits, differenced in x and θ."""
    with mpmath.workdps(50):
        ell, M, c, j = (mpmath.mpf(x) for x in (0.5, 0.2, 0.3, -2.0))

        def f(x: mpmath.mpf, theta: mpmath.mpf) -> mpmath.mpf:
            z = x - j * theta
            return ell * z**2 / 2 - M * z**3 / 6 - c * theta * x**2 / 2

        for x in (-0.7, 0.0, 1.2):
            at = (mpmath.mpf(x), mpmath.mpf(0))
            here = np.array([x])
            for found, order in (
                (MADE.gradient(here), (1, 0)), (MADE.hvp(here, np.ones(1)), (2, 0)),
                (MADE.cross(here), (1, 1)),
            ):  # fmt: skip
                assert float(found[0]) == pytest.approx(float(mpmath.diff(f, at, order)), abs=1e-12)


def test_one_problem_for_every_kind_of_number() -> None:
    here = np.array([mpmath.mpf("0.3")], dtype=object)
    assert float(MADE.gradient(here)[0]) == pytest.approx(float(MADE.gradient(np.array([0.3]))[0]))
    assert MADE.x0.tolist() == [1.5] and MADE.solution_jacobian.tolist() == [-2.0]


def test_its_run_is_the_majorant() -> None:
    method, ends = pr.GradientDescent(1.0), (0.5, 1.0)
    found = pr.majorant(
        method, ends, 12, hessian_lipschitz=0.2, cross_lipschitz=0.3, distance=1.5, residual=2.0
    )
    run = pr.differentiate(method, MADE, MADE.x0, 12)
    np.testing.assert_allclose(run.iterates[:, 0], found.iterates, rtol=1e-9)
    np.testing.assert_allclose(np.abs(run.jacobians[:, 0] + 2.0), found.jacobians, rtol=1e-9)
