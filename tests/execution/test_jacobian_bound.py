"""How far a Jacobian is from ∂x*: constants that are known, places, and bounds that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import polyrates as pr
from polyrates.execution.jacobian_bound import (
    Known,
    known_constants,
    locate,
    products_at,
    residual_bound,
)


def quadratic(seed: int, d: int = 6) -> pr.Quadratic:
    return pr.Quadratic.random(pr.Interval(0.1, 2.0), d, seed, commuting=False)


def test_constants_of_a_quadratic_are_its_own() -> None:
    """ℓ just below the spectrum, M = 0, N = ‖∂H‖, and |c| where ∂H = cI alone."""
    for seed in range(4):
        problem = quadratic(seed)
        known = known_constants(problem, None, None)
        lowest = np.linalg.eigvalsh(problem.hessian)[0]
        assert known.ell is not None and lowest * (1 - 1e-12) < known.ell <= lowest
        assert known.hessian_lipschitz == 0.0 and known.multiple is None and known.complete
        size = np.linalg.norm(problem.hessian_derivative(), 2)
        assert size <= known.mixed_lipschitz <= size * (1 + 1e-12)  # type: ignore[operator]
    penalty = pr.Quadratic(np.diag([1.0, 2.0]), np.ones(2), -3.0 * np.eye(2), np.zeros(2))
    assert known_constants(penalty, 0.5, None) == Known(0.5, 0.0, pytest.approx(3.0), 3.0)


def test_given_constants_come_first_and_infinite_ones_are_unknown() -> None:
    given = pr.Constants(0.2, 9.0, 3.0, np.inf)
    known = known_constants(quadratic(0), None, given)
    assert known == Known(0.2, 3.0, None) and not known.complete
    assert known_constants(quadratic(0), 0.1, given).ell == 0.1
    with pytest.raises(pr.InvalidType, match="Constants"):
        known_constants(quadratic(0), None, (1, 2, 3, 4))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
def test_a_place_is_as_near_as_it_says(seed: int) -> None:
    problem, rng = quadratic(seed), np.random.default_rng(seed)
    known = known_constants(problem, None, None)
    for far in (1e-8, 1.0, 1e3):
        x = problem.solution + far * rng.standard_normal(6)
        for steps in (1, 3, 6):
            place = locate(problem, x, known, steps)
            assert np.linalg.norm(place.x - problem.solution) <= place.distance
            assert np.allclose(place.x + place.moved, x) and not place.measured
            assert place.gradients == 2 and place.products >= steps
        assert place.distance < 1e-5 * far + 1e-9  # six products solve it


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_bound_holds_for_any_estimate(seed: int, several: bool) -> None:
    rng = np.random.default_rng(seed)
    problem = quadratic(seed)
    if several:
        dH = rng.standard_normal((2, 6, 6))
        dH = dH + np.swapaxes(dH, 1, 2)
        problem = pr.Quadratic(problem.hessian, problem.linear, dH, rng.standard_normal((2, 6)))
    known = known_constants(problem, None, None)
    place = locate(problem, problem.solution + 0.01 * rng.standard_normal(6), known, 6)
    true = problem.solution_jacobian
    for size in (0.0, 1e-9, 1e-3, 10.0):
        J = true + size * rng.standard_normal(true.shape)
        found = residual_bound(problem, place, J, known, 6)
        error = float(np.linalg.norm(J - true))
        assert found.lower <= error <= found.bound and found.certified and not found.missing
        assert found.bound == pytest.approx(sum(found.terms), rel=1e-9)
        assert found.solution_norm == pytest.approx(float(np.linalg.norm(J)))
    assert found.bound < 1.01 * error  # where the residual is what is large


def test_what_had_to_be_measured_is_missing() -> None:
    problem = quadratic(1)
    unknown = Known(None, None, None)
    place = locate(problem, problem.solution + 0.1, unknown, 6)
    assert place.measured
    found = residual_bound(problem, place, problem.solution_jacobian, unknown, 6)
    assert not found.certified and "ell" in found.missing and len(found.missing) == 2
    assert products_at(problem, place.x, place.about).unit >= 2.0**-53


def test_the_second_term_is_attained() -> None:
    """H = ℓI, ∂H = diag(N, 0), x − x* = εe₁: the exact implicit solve at x is off by Nε/ℓ."""
    ell, N, eps = 0.5, 3.0, 1e-3
    problem = pr.Quadratic(ell * np.eye(2), np.array([1.0, 1.0]), np.diag([N, 0.0]), np.zeros(2))
    known = known_constants(problem, ell, None)
    x = problem.solution + np.array([eps, 0.0])
    place = replace(locate(problem, x, known, 1), x=x, distance=eps, direct=None, moved=np.zeros(2))
    J = -problem.cross(x) / ell
    error = float(np.linalg.norm(J - problem.solution_jacobian))
    assert error == pytest.approx(N * eps / ell, rel=1e-9)
    assert error <= residual_bound(problem, place, J, known, 2).bound <= error * (1 + 1e-6)
