"""Points without weight in the least favourable measure are found, and cost nothing."""

from __future__ import annotations

import pytest

from polyrates.numeric.minimax.question import Units, validated
from polyrates.numeric.minimax.weightless import weighs_points, without_weight


@pytest.mark.parametrize(
    ("support", "t", "expected"),
    [
        ([(1.0, 10.0), (100.0, 100.0)], 20, 1),
        ([(0.066, 0.066), (0.34, 1.0)], 17, 0),  # it holds a part of 3e-4
        ([(0.023, 0.023), (0.255, 0.255), (0.577, 0.577), (0.674, 1.0)], 40, 3),
    ],
)
def test_what_the_measure_leaves_out(
    support: list[tuple[float, float]], t: int, expected: int
) -> None:
    task = Units.of(validated(support, "initial/cross", 1.0, 1.0, None)).task
    problem = task.problem(t)
    flat, zeros = without_weight(task, problem)
    assert flat is None and len(zeros) == expected
    assert set(zeros) <= {low for low, high in task.support if low == high}


def test_who_is_asked() -> None:
    def asked(support: list[tuple[float, float]], t: int, second: float) -> bool:
        return weighs_points(validated(support, "initial/cross", 1.0, second, None).problem(t))

    beside = [(1.0, 10.0), (100.0, 100.0)]
    assert asked(beside, 20, 1.0)
    assert not asked(beside, 20, 0.0)  # A = 0 is no zero of P
    assert not asked(beside, 2, 1.0)  # no degree is left
    assert not asked([(1.0, 1.0), (2.0, 2.0)], 20, 1.0)
    assert not asked([(1.0, 2.0), (3.0, 4.0)], 20, 1.0)
