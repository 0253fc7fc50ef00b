"""What a plan is asked: spectra and sizes, measured where a problem was given."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from huber import HUBER

import polyrates as pr
from polyrates.choices.plan import plan
from polyrates.choices.plan_question import methods_of, plan_question
from polyrates.choices.ranking import standard_methods
from polyrates.problems.solved import newton


def test_a_quadratic_is_no_surprise() -> None:
    """One Hessian everywhere: nothing moves, nothing is spent to see it, x* is returned."""
    problem = pr.Quadratic.random(pr.Interval(1, 10), 6, 0)
    sizes = pr.estimate_sizes(problem, np.ones(6))
    assert sizes.products == 0 and np.array_equal(sizes.solution, problem.solution)
    assert sizes.status == sizes.residual.status == "predicted"
    assert plan(problem, 12, x0=np.ones(6)).status == "certified"


def test_the_interval_of_a_quadratic_holds_its_eigenvalues() -> None:
    for seed in range(3):
        problem = pr.Quadratic.random(pr.Interval(0.05, 3.0), 7, seed)
        asked = plan_question(problem, np.ones(7), None, {})
        values = np.linalg.eigvalsh(problem.hessian)
        ell, L = (float(end) for end in asked.spectrum.hull)
        assert ell <= values[0] and values[-1] <= L
        assert ell > values[0] - 1e-12 and values[-1] + 1e-12 > L
        assert asked.found is None
        given = plan_question(problem, None, None, {"residual": 1, "drift": 2})
        assert float(given.sizes.drift) == 2.0


def test_what_is_found_of_a_loss_is_what_its_derivatives_say() -> None:
    """‖D‖ = ‖∂_θ∇f(x_0) + ∇²f(x_0)∂x*‖, how far the Hessian moves, and the hull of both ends."""
    x0 = np.zeros(40)
    asked = plan_question(HUBER, x0, None, {})
    assert asked.found is not None and asked.found.unit == 2.0**-53
    x = newton(HUBER, x0, 1e-14, least=1e-7)
    H0, H = (np.stack([HUBER.hvp(at, e) for e in np.eye(40)]) for at in (x0, x))
    J = np.linalg.solve(H, -HUBER.cross(x))
    np.testing.assert_allclose(asked.found.truth, J, rtol=1e-6, atol=1e-8 * np.abs(J).max())
    drift = np.linalg.norm(HUBER.cross(x0) + H0 @ J)
    assert float(asked.sizes.drift) == pytest.approx(drift, rel=1e-6)
    moved = [np.linalg.norm((H0 - H) @ v) / np.linalg.norm(H @ v) for v in (J, x0 - x)]
    assert asked.found.moves == pytest.approx(max(moved), rel=1e-5)
    values = np.concatenate([np.linalg.eigvalsh(each) for each in (H0, H)])
    ell, L = (float(end) for end in asked.spectrum.hull)
    assert ell <= values.min() and values.max() <= L
    assert asked.sizes.status == "predicted"


def test_what_is_no_question_is_refused() -> None:
    sizes = {"residual": 1, "drift": 1}
    ell = sympy.Symbol("ell", positive=True)
    for spectrum, x0, word in (
        (pr.Interval(1, 2), np.ones(3), "belongs to a problem"),
        (pr.Interval(ell, 2), None, "has symbols"),
        (pr.Union([(2, 2)]), None, "single point"),
    ):
        with pytest.raises(pr.InvalidValue, match=word):
            plan_question(spectrum, x0, None, dict(sizes))
    with pytest.raises(pr.InvalidValue, match="depend on the start"):
        plan_question(HUBER, None, None, {})


def test_methods_by_name_in_a_list_in_a_map_or_none() -> None:
    where = pr.Interval(1, 9)
    assert set(methods_of(None, where)) == set(standard_methods(where))
    assert methods_of("chebyshev", where)["Chebyshev"] == pr.Chebyshev(1.0, 9.0)
    mine = pr.GradientDescent(0.1)
    assert list(methods_of([mine], where).values()) == [mine]
    assert methods_of({3: mine}, where) == {"3": mine}
    with pytest.raises(pr.InvalidType):
        methods_of(3, where)
    # those that need ℓ > 0 are left out where it is 0
    assert set(standard_methods((0, 1))) < set(standard_methods((1, 9)))
