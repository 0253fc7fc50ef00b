"""Values at nodes against the recurrence in fractions; bounds of powers and of later states."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr
from polyrates.core.parts import PARTS, Part
from polyrates.numeric.suprema.at_nodes import Columns, Nodes, Table

H, M, FIRST = F(3, 10), F(3, 5), F(1, 5)
METHOD = pr.HeavyBall(H, M, first_step=FIRST)


def parts_at(x: F, steps: int) -> dict[str, list[F]]:
    p, before, d, d_before = F(1), F(1), F(0), F(0)
    P, D = [p], [d]
    for t in range(steps):
        h = FIRST if t == 0 else H
        new, d_new = (
            p + M * (p - before) - h * x * p,
            d + M * (d - d_before) - h * x * d - h * p,
        )
        p, before, d, d_before = new, p, d_new, d
        P.append(p)
        D.append(d)
    initial = [a - x * b for a, b in zip(P, D, strict=True)]
    return {"residual": P, "drift": D, "cross": D, "initial": initial}


def table(part: Part, piece: tuple[object, object], block: int = 5, balance: float = 0.05) -> Table:
    numbers = Columns.of(METHOD)
    assert numbers is not None
    where = pr.Union([piece, (50, 51)]).support[0]
    return Table.of(numbers, Nodes.on(where, 4 * block * (block + 1)), balance, part, block)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("piece", [(1, 4), (2, 2), ("0.001", 4)])
def test_no_value_is_off_by_more_than_the_error(part: Part, piece: tuple[object, object]) -> None:
    made = table(part, piece)
    largest = np.zeros(30)
    for j in range(0, len(made.nodes.points), 7):
        true = parts_at(F(float(made.nodes.points[j])), 30)[part]
        for t in range(1, 31):
            assert abs(F(float(made.values(t)[j])) - true[t]) <= F(made.error)
            largest[t - 1] = max(largest[t - 1], abs(float(true[t])))
    assert made.error < 1e-9 / 0.05  # not vacuous: read in units of the balance
    assert np.all(made.largest + made.error >= largest)


def test_between_the_nodes_nothing_exceeds_the_factor() -> None:
    made = table("initial", (1, 4), block=4)
    rng = np.random.default_rng(0)
    tops = (made.largest + made.error) * made.nodes.factor(np.arange(1, 21))
    for x in rng.uniform(1, 4, 40):
        true = parts_at(F(float(x)), 20)["initial"]
        assert all(abs(true[t]) <= F(float(tops[t - 1])) for t in range(1, 21))


def test_too_few_nodes_say_nothing() -> None:
    nodes = Nodes.on(pr.Interval(1, 4).support[0], 10)
    assert np.isinf(nodes.factor(11)) and nodes.factor(1) < 1.02


def test_a_first_step_of_another_kind_is_not_taken() -> None:
    class Odd(pr.HeavyBall):
        def first_transition(self, number):  # type: ignore[no-untyped-def]
            step = self.transition(number)
            return pr.Transition(step.query, step.mixing, step.gain, (0, 1))

    assert Columns.of(Odd("0.1", "0.5")) is None
