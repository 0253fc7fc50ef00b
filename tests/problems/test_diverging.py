"""The functions of the counterexamples: smooth, strongly convex, one in every library."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from mpmath_runs import run

import polyrates as pr


@pytest.mark.parametrize(
    ("make", "ell"),
    [(pr.HeavyBall.tuned, 0.01), (pr.HeavyBall.tuned, 0.05), (pr.Nesterov.tuned, 0.02)],
)
def test_the_function_is_smooth_and_strongly_convex(make, ell):
    problem = pr.diverging_example(make(ell, 1.0), (ell, 1.0), 30)
    grid = np.concatenate([np.linspace(-1.5, 1.5, 60_001), np.geomspace(1e-9, 1, 20_001)])
    bent = problem.curvature(grid)
    assert ell * (1 - 1e-12) <= bent.min() and bent.max() <= 1 + 1e-12
    points = np.linspace(0.05, 1.4, 200_001)
    middle = (points[1:] + points[:-1]) / 2
    slopes = np.diff(problem.slope(points)) / np.diff(points)
    assert np.max(np.abs(slopes - problem.curvature(middle))) < 1e-3


@pytest.mark.slow
def test_floats_jax_and_torch_see_the_same_problem():
    method = pr.HeavyBall.tuned(0.01, 1.0)
    problem = pr.diverging_example(method, (0.01, 1.0), 25)
    found = pr.differentiate(method, problem, problem.x0, 25)
    exact = run(pr.HeavyBall.tuned(F(0.01), 1), problem, 25)
    assert found.iterates[25, 0] == pytest.approx(float(exact[25][0]), rel=1e-3)
    assert found.jacobians[25, 0] - 1 == pytest.approx(float(exact[25][1]), rel=1e-3)
    assert abs(found.iterates[25, 0]) < 0.01 and abs(found.jacobians[25, 0]) > 1e5
    torch = pytest.importorskip("torch")
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        for name, example in (
            ("blend", problem),
            ("bumps", pr.diverging_example(pr.Nesterov.tuned(0.01, 1.0), (0.01, 1.0), 12)),
        ):
            for x in (0.9, 0.3, -0.4, 0.0, 1.2):
                here = np.array([x])
                theirs = jax.numpy.array([x]), torch.tensor([x], dtype=torch.float64)
                for part in (example.gradient, example.cross, example.curvature):
                    for other in theirs:
                        assert np.allclose(part(here), np.asarray(part(other)), rtol=1e-13), name
                if x == 0.0 and name == "blend":
                    continue  # f_0′ has no derivative there: the test below
                slope = jax.grad(lambda z, f=example: f.slope(z)[0])(theirs[0])
                assert np.allclose(slope[0], example.curvature(here), rtol=1e-9, atol=1e-9)
