"""What a stopping test buys: τ/ℓ for the iterate, (M‖∂x*‖ + N)τ/ℓ² for the implicit Jacobian."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.measurement.tolerance import at_tolerance


def test_the_formula_with_numbers_that_were_given() -> None:
    problem = pr.Quadratic(np.diag([1.0, 4.0]), np.ones(2), np.eye(2), np.zeros(2))
    constants = pr.Constants(0.5, 4.0, 3.0, 2.0)
    found = at_tolerance(problem, 0.125, constants=constants, solution_norm=5)
    assert found.iterate == 0.25 and found.jacobian == (3 * 5 + 2) * 0.125 / 0.25
    assert found.status == "certified" and "0.25" in str(found)
    own = at_tolerance(problem, "1/8", ell=0.5, constants=constants)  # ‖∂x*‖ is the problem's
    size = float(np.linalg.norm(problem.solution_jacobian))
    assert own.jacobian == pytest.approx((3 * size + 2) * 0.5, rel=1e-14)


@pytest.mark.parametrize("seed", range(4))
def test_no_point_that_passes_the_test_is_farther(seed: int) -> None:
    """On quadratics, at points with ‖∇f‖ = τ, the slowest direction among them."""
    problem = pr.Quadratic.random(pr.Interval(0.1, 2.0), 5, seed, commuting=False)
    rng, tau = np.random.default_rng(seed), 1e-2
    found = at_tolerance(problem, tau)
    values, vectors = np.linalg.eigh(problem.hessian)
    for k in range(20):
        g = vectors[:, 0] if k == 0 else rng.standard_normal(5)
        x = problem.solution + np.linalg.solve(problem.hessian, tau * g / np.linalg.norm(g))
        assert np.linalg.norm(x - problem.solution) <= found.iterate * (1 + 1e-12)
        J = -np.linalg.solve(problem.hessian, problem.cross(x))
        assert np.linalg.norm(J - problem.solution_jacobian) <= found.jacobian * (1 + 1e-12)
    assert found.iterate == pytest.approx(tau / values[0], rel=1e-9)


def test_what_is_not_known_is_refused() -> None:
    class Bare:
        def gradient(self, x: np.ndarray) -> np.ndarray:
            return x

        hvp = staticmethod(lambda x, v: v)
        cross = staticmethod(lambda x: x)

    with pytest.raises(pr.InvalidValue, match="constants"):
        at_tolerance(Bare(), 0.1)
    with pytest.raises(pr.InvalidValue, match="solution_norm"):
        at_tolerance(Bare(), 0.1, constants=pr.Constants(1.0, 1.0, 1.0, 1.0))
    for wrong in (0, -1, float("nan"), "x"):
        with pytest.raises(pr.PolyratesError):
            at_tolerance(Bare(), wrong, constants=pr.Constants(1.0, 1.0, 1.0, 1.0), solution_norm=1)
