"""The loop: every method is the recurrence of its residual polynomials, on numbers too."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as F

import pytest
from support import exact_methods

import polyrates as pr
from polyrates.core.recurrence import check_steps, final, orbit, walk


@dataclass(frozen=True)
class AtPoint:
    """Numbers, with λ a number: what the loop makes of P_t(λ)."""

    point: F
    start: F = F(1)

    def number(self, value: object) -> F:
        return F(str(value))

    def gradient(self, value: F) -> F:
        return self.point * value


RATIONAL = {
    name: method
    for name, method in exact_methods().items()
    if all(str(value).replace("/", "").lstrip("-").isdigit() for value in method.parameters)
}


@pytest.mark.parametrize("name", RATIONAL)
def test_the_loop_on_numbers_is_the_polynomial_there(name: str) -> None:
    method = RATIONAL[name]
    steps = min(6, method.horizon or 6)
    for point in (F(0), F(3), F(-7, 5)):
        for t, value in enumerate(orbit(method, AtPoint(point), steps)):
            assert value == F(str(pr.residual_polynomial(method, t).eval(str(point))))


@pytest.mark.parametrize("name", RATIONAL)
def test_a_walk_may_be_interrupted(name: str) -> None:
    """Continued from (s, state), it makes the points it would have made."""
    method, carrier = RATIONAL[name], AtPoint(F(2, 3))
    steps = min(6, method.horizon or 6)
    whole = list(walk(method, carrier, steps))
    for s in (1, 3, steps):
        again = list(walk(method, carrier, steps, (s, whole[s][1])))
        assert again == whole[s:]
    assert final(method, carrier, steps) == whole[-1][0]


def test_a_horizon_ends() -> None:
    method = pr.Richardson([F(1, 2), F(1, 3)])
    assert check_steps(method, 2) == 2
    with pytest.raises(pr.HorizonError, match="2 steps"):
        check_steps(method, 3)
    for bad in (-1, 1.5, True, "2"):
        with pytest.raises((ValueError, TypeError)):
            check_steps(method, bad)


def test_the_table_is_the_textbook_s() -> None:
    table = pr.Nesterov(F(1, 8), F(1, 4)).table(3)
    assert table.steps.tolist() == [1 / 8] * 3
    assert table.momenta.tolist() == table.lookahead.tolist() == [1 / 4] * 3
