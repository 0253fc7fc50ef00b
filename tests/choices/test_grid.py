"""Errors on a grid, their joint worst case and the search over many candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.choices.grid import Grid, joint, search
from polyrates.problems.sizes import sizes_of


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4)), min_size=1, max_size=8))
def test_joint_is_the_hull(points: list[tuple[float, float]]) -> None:
    """√V = max over the convex hull of √X + √Y, here over all mixtures of two points."""
    x, y = np.array(points).T
    p = np.linspace(0, 1, 401)
    X, Y = (
        np.multiply.outer(each, p)[:, None] + np.multiply.outer(each, 1 - p)[None]
        for each in (x, y)
    )
    known = float(np.max(np.sqrt(X) + np.sqrt(Y)))
    assert known * (1 - 1e-9) <= joint(x, y) <= known * (1 + 2e-3) + 1e-9


def test_the_grid_touches_the_certified_worst_case() -> None:
    spectrum, sizes = (
        pr.Union([(1.0, 3.0), 5.0]),
        sizes_of(pr.Union([(1.0, 3.0), 5.0]), residual=1, drift=2),
    )
    method = pr.Chebyshev(1.0, 5.0)
    grid = Grid.of(spectrum, 8, sizes)
    pair = pr.Unrolled().pair(method, 8, grid.ring)
    known = pr.rate(method, spectrum).worst_case(8, residual=1, drift=2)
    assert float(known) * 0.9 <= grid.error(pair.residual, pair.drift) <= float(known) * (1 + 1e-9)
    assert 5.0 in grid.points


@pytest.mark.parametrize("best", [0, 17, 400, 999])
def test_a_search_among_many_finds_the_bottom_of_a_valley(best: int) -> None:
    asked: list[int] = []

    def value(x: int) -> float:
        asked.append(x)
        return float((x - best) ** 2)

    found = search(list(range(1000)), value)
    assert min(found, key=found.__getitem__) == best
    assert len(asked) == len(found) <= 240
    assert len(search(list(range(30)), value)) == 30
