"""One supremum to the last digits: where it is known, and against a grid in high precision."""

from __future__ import annotations

import mpmath
import pytest

import polyrates as pr
from polyrates.numeric.suprema.at_nodes import Columns, Nodes, Table
from polyrates.numeric.suprema.refined import by_series, refined

GD = pr.GradientDescent("0.3")


def table(method: pr.Stationary, part: str, piece: tuple[object, object], block: int) -> Table:
    numbers = Columns.of(method)
    assert numbers is not None
    where = pr.Union([piece, (50, 51)]).support[0]
    nodes = Nodes.on(where, 3 * block * (block + 1) // 2)
    return Table.of(numbers, nodes, 1.0, part, block)  # type: ignore[arg-type]


@pytest.mark.parametrize("t", [1, 2, 7, 20])
@pytest.mark.parametrize("piece", [(1, 5), (2, 2)])
def test_gradient_descent_by_its_formula(t: int, piece: tuple[int, int]) -> None:
    """(1 − hλ)^t is largest at an end; (1 − hλ)^{t−1}(1 + (t − 1)hλ) inside for even t as well."""
    made = table(GD, "residual", piece, 4)
    with mpmath.workdps(40):
        h = mpmath.mpf("0.3")
        true = max(abs(1 - h * x) ** t for x in piece)
        for found in (refined(GD, "residual", made, t), by_series(made, t)):
            assert found is not None and found[0] <= true <= found[1]
            assert found[1] - found[0] <= 1e-10 * found[1] + 20 * made.error
        grid = [piece[0] + (piece[1] - piece[0]) * mpmath.mpf(k) / 999 for k in range(1000)]
        seen = max(abs((1 - h * x) ** (t - 1) * (1 + (t - 1) * h * x)) for x in grid)
        found = refined(GD, "initial", table(GD, "initial", piece, 4), t)
        assert found is not None
        assert seen <= found[1] <= seen * (1 + 1e-3) and found[1] - found[0] <= 1e-13 * found[1]


def test_a_part_that_equioscillates_is_left_open() -> None:
    tuned = pr.HeavyBall.tuned(1, 10)
    made = table(tuned, "residual", (1, 10), 24)
    assert refined(tuned, "residual", made, 500) is None
    low, high = by_series(made, 500)
    assert 0 <= low <= high
