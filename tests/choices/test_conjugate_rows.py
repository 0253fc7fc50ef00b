"""Rows of conjugate gradients, run on the problem at hand, are within their bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.choices.conjugate_rows import with_conjugate_gradients
from polyrates.choices.plan import plan
from polyrates.problems.sizes import sizes_of_problem


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 10), st.integers(0, 10**6), st.integers(4, 30), st.booleans())
def test_both_solves_by_conjugate_gradients_are_within_their_bound(
    d: int, seed: int, budget: int, commuting: bool
) -> None:
    problem = pr.Quadratic.random(pr.Interval(0.05, 1.0), d, seed, commuting=commuting)
    x0 = np.random.default_rng(seed).standard_normal(d)
    for row in plan(problem, budget, x0=x0, methods={"C": pr.Chebyshev(0.05, 1.0)}).rows:
        if row.by_conjugate_gradients:
            assert row.observed is not None and row.observed <= row.guarantee + 1e-9


def test_one_row_more_whose_products_are_halved_and_whose_error_is_observed() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.5, 1.0), 4, 0)
    x0 = np.ones(4)
    sizes = sizes_of_problem(problem, x0, None)
    (row,) = with_conjugate_gradients([], 9, pr.Interval(0.4, 1.1), sizes, problem, (x0, None))
    assert row.by_conjugate_gradients and row.products == (5, 4)
    V = row.estimate(problem, x0)[1]  # four steps of each solve four dimensions
    error = float(np.linalg.norm(V - problem.solution_jacobian))
    assert row.observed is not None and row.observed <= 1e-10 and error <= row.guarantee
    m0 = 1.5 / 0.7
    fall = [(1.1 / 0.4) ** 0.5 / np.cosh(k * np.arccosh(m0)) for k in (5, 4)]
    size = np.linalg.norm(problem.hessian_derivative()) * np.linalg.norm(x0 - problem.solution)
    m = fall[0] * size / 0.4
    assert row.guarantee == pytest.approx(m + fall[1] * (float(sizes.error) + m), rel=1e-9)
    singular = with_conjugate_gradients([], 9, pr.Interval(0, 1), sizes, problem, (x0, None))
    assert singular == ()
