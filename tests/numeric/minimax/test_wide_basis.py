"""Where A = P − λP′ alone counts on a support with gaps, the basis is made in high precision."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.numeric.minimax.question import validated

GAPS = [(1.0, 10.0), (90.0, 100.0)]


def test_the_rows_of_a_are_orthonormal_where_floats_cannot_make_them() -> None:
    problem = validated(GAPS, "initial/cross", 1.0, 0.0, None).problem(30)
    rows = problem.rows(problem.nodes(200))[0]
    assert problem.change is not None and np.linalg.cond(rows) < 10
    # the change itself is far from that: what floats would lose of A
    assert np.linalg.cond(problem.change.floats) > 1e6


def test_no_change_where_p_itself_is_seen() -> None:
    for form, second in (("residual/drift", 0.0), ("initial/cross", 1.0)):
        task = validated(GAPS, form, 1.0, second, None)  # type: ignore[arg-type]
        assert task.problem(8).change is None
    assert validated([(1.0, 10.0)], "initial/cross", 1.0, 0.0, None).problem(8).change is None


@pytest.mark.parametrize(
    "pieces", [GAPS, [(0.0088, 0.0093), (0.56, 0.56), (0.69, 1.0)], [(0.03, 0.04), (0.12, 1.0)]]
)
def test_the_ends_of_the_bracket_meet(pieces: list[tuple[float, float]]) -> None:
    where = pr.Union(pieces)
    best = pr.minimax_optimal(where, 20, initial=1, cross=0)
    assert 0 < best.upper - best.lower <= 1e-11 * best.upper
    ran = float(pr.rate(best.method, where).worst_case(20, initial=1, cross=0))
    assert ran == pytest.approx(best.upper, rel=1e-12)
