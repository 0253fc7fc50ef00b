"""A and dP/dx of a polynomial in Newton's form as Chebyshev series, exactly."""

from __future__ import annotations

import random
from fractions import Fraction

from polyrates.ground.check import Newton
from polyrates.numeric.minimax.exact_series import series_on


def random_newton(draw: random.Random) -> Newton:
    nodes = [Fraction(draw.randint(0, 99), 100) for _ in range(7)]
    return Newton([draw.randint(-999, 999) for _ in range(8)], nodes, Fraction(5, -3))


def test_series_of_a_newton_form_are_its_values() -> None:
    draw = random.Random(5)
    o, P = Fraction(-3, 7), random_newton(draw)
    low, high = Fraction(1, 9), Fraction(5, 8)
    for initial in (False, True):
        first, second = series_on(P, low, high, o, initial)
        for c in (Fraction(-1), Fraction(1, 3), Fraction(1)):
            x = (low + high) / 2 + (high - low) / 2 * c
            waves = [Fraction(1), c]
            while len(waves) < 12:
                waves.append(2 * c * waves[-1] - waves[-2])
            for (row, unit), value in zip((first, second), P.parts_at(x, o, initial), strict=True):
                assert sum(p * w for p, w in zip(row, waves, strict=False)) * unit == value
