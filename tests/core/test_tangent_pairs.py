"""The pairs of estimators that run tangents, against runs of numbers in fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import islice

import pytest
import sympy
from support import exact_methods

from polyrates.core.recurrence import Method
from polyrates.core.tangent_pairs import pairs_from, pairs_moving

METHODS = exact_methods()
NAMES = ("heavy ball", "Nesterov", "tabulated", "weighted")


@dataclass(frozen=True)
class At:
    """Fractions with λ: a ring of one point."""

    lam: F
    start: F = F(1)

    def number(self, value: object) -> F:
        return F(str(sympy.sympify(value)))

    def gradient(self, point: F) -> F:
        return self.lam * point

    def product(self, left: F, right: F) -> F:
        return left * right


def answers(method: Method, lam: F, steps: int, resets: list[int]) -> Iterator[tuple[F, F]]:
    """(R, C) at every t: an error E of the start, and a forcing D, on tangents from a reset on.

    With x_t − x* = P_t in the units of x_0 − x*, Ẋ⁺ = MẊ − g(λq·Ẋ + q·x D): R is what E = 1 with
    D = 0 leaves, C what E = 0 with D = 1 leaves.
    """
    transitions = list(islice(method.transitions(At(lam).number), steps))
    size = len(transitions[0].gain)
    states = [[F(1)] * size]
    for step in transitions:
        y = sum((a * b for a, b in zip(step.query, states[-1], strict=True)), F(0))
        states.append([
            sum((a * b for a, b in zip(row, states[-1], strict=True)), F(0)) - g * lam * y
            for row, g in zip(step.mixing, step.gain, strict=True)
        ])  # fmt: skip
    for t in range(steps + 1):
        s = min(resets[t], t)
        found = []
        for start, force in ((F(1), F(0)), (F(0), F(1))):
            tangent, output = [start] * size, start
            for k in range(s, t):
                step = transitions[k]
                y = sum((a * b for a, b in zip(step.query, tangent, strict=True)), F(0))
                x = sum((a * b for a, b in zip(step.query, states[k], strict=True)), F(0))
                tangent = [
                    sum((a * b for a, b in zip(row, tangent, strict=True)), F(0))
                    - g * (lam * y + force * x)
                    for row, g in zip(step.mixing, step.gain, strict=True)
                ]
                output = sum((a * b for a, b in zip(step.output, tangent, strict=True)), F(0))
            found.append(output)
        yield found[0], found[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("s", [0, 2, 5])
def test_tangents_from_one_step_on(name: str, s: int) -> None:
    for lam in (F(2), F(7, 3)):
        ring = At(lam)
        found = [tuple(pair) for pair in pairs_from(METHODS[name], 5, s, ring, None)]
        wanted = list(answers(METHODS[name], lam, 5, [s] * 6))
        assert wanted == found
        assert found[:s] == [(1, 0)] * s


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("resets", [[0, 0, 1, 2, 3, 4], [0, 0, 0, 2, 2, 4], [0, 1, 2, 3, 4, 5]])
def test_tangents_from_a_step_for_every_t(name: str, resets: list[int]) -> None:
    ring = At(F(7, 3))
    found = [tuple(pair) for pair in pairs_moving(METHODS[name], resets, ring, ring)]
    wanted = list(answers(METHODS[name], F(7, 3), 5, resets))
    assert wanted == found


@pytest.mark.parametrize("name", NAMES)
def test_a_moving_start_that_stays_is_a_fixed_one(name: str) -> None:
    ring = At(F(3, 2))
    moving = list(pairs_moving(METHODS[name], [0] * 6, ring, ring))
    assert moving == list(pairs_from(METHODS[name], 5, 0, ring, None))
