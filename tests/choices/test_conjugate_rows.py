"""Rows of conjugate gradients, run on the problem at hand, are within their bound."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.choices.plan import plan


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
