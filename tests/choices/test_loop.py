"""The chosen loop is the best of all that were looked at, and its errors are those of the loop."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr

METHOD, WHERE = pr.Chebyshev(1, 100), pr.Interval(1, 100)


@pytest.mark.parametrize("rate", [1e-6, 1e-2, 1.0])
def test_the_best_of_all(rate: float) -> None:
    found = pr.best_loop(METHOD, WHERE, shift=rate, turn=rate, size=1, longest=30)
    errors = []
    for K in range(1, 31):
        loop, spent = pr.warm_start(METHOD, WHERE, K), 2 * K * rate
        errors.append((loop.error(True, shift=spent, turn=spent) + spent, K, True))
        errors.append((loop.error(False, shift=spent, size=1) + spent, K, False))
    best = min(errors)
    assert (found.steps, found.carry) == best[1:] and found.error == pytest.approx(best[0])
    assert found.products == 2 * found.steps and len(found.scanned) == 30


def test_the_fewest_for_a_target() -> None:
    found = pr.best_loop(METHOD, WHERE, shift=1e-3, turn=1e-3, size=1, target=1e-4)
    before = pr.warm_start(METHOD, WHERE, found.steps - 1)
    here = pr.warm_start(METHOD, WHERE, found.steps)
    assert found.carry and found.error == here.error(True, shift=1e-3, turn=1e-3) <= 1e-4
    assert before.error(True, shift=1e-3, turn=1e-3) > 1e-4
    assert before.error(False, shift=1e-3, size=1) > 1e-4
    with pytest.raises(ValueError, match="not reached in 5"):
        pr.best_loop(METHOD, WHERE, shift=1, turn=1, size=1, target=1e-9, longest=5)


def test_small_steps_are_carried_and_large_ones_reset() -> None:
    ways = [
        pr.best_loop(METHOD, WHERE, shift=step, turn=step, size=1, target=0.5).carry
        for step in (1e-4, 10.0)
    ]
    assert ways == [True, False]
    exact = pr.best_loop(METHOD, WHERE, pr.Implicit(), shift=1e-3, size=1, target=1e-3)
    assert np.array_equal(exact.scanned[:, 1], exact.scanned[:, 2])  # nothing to carry


@pytest.mark.parametrize("name", ["shift", "turn", "size", "target"])
def test_bad_sizes(name: str) -> None:
    sizes = {"shift": 1, "turn": 1, "size": 1, "target": 1, name: -1}
    with pytest.raises(ValueError, match=name):
        pr.best_loop(METHOD, WHERE, **sizes)
