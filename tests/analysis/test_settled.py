"""Suprema of stationary methods at all t, against the recurrence on grids, run twice as far."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as F

import numpy as np
import pytest

import polyrates as pr
from polyrates.analysis.settled import Piece, settled
from polyrates.core.parts import PARTS, Part


@dataclass(frozen=True)
class Own(pr.Stationary):
    """Any state space with rows that sum to one."""

    A: tuple[tuple[F, ...], ...]
    b: tuple[F, ...]
    c: tuple[F, ...]
    o: tuple[F, ...]
    name = "own"

    @property
    def parameters(self) -> tuple[F, ...]:
        return (*(x for row in self.A for x in row), *self.b, *self.c, *self.o)

    def transition(self, number):  # type: ignore[no-untyped-def]
        query, gain, output = (tuple(map(number, each)) for each in (self.c, self.b, self.o))
        mixing = tuple(tuple(map(number, row)) for row in self.A)
        return pr.Transition(query=query, mixing=mixing, gain=gain, output=output)


def drawn(rng: np.random.Generator, n: int) -> Own:
    def row() -> tuple[F, ...]:
        free = [F(int(x), 20) for x in rng.integers(-8, 14, n - 1)]
        return (*free, 1 - sum(free))

    gain = tuple(F(int(x), 100) for x in rng.integers(-5, 30, n))
    return Own(tuple(row() for _ in range(n)), gain, row(), row())


def curve(method: pr.Stationary, pieces: tuple[Piece, ...], part: Part, steps: int) -> np.ndarray:
    """max |part_t| on a dense grid by the plain recurrence, in long doubles."""

    def number(value: object) -> np.longdouble:
        exact = F(str(value))
        return np.longdouble(exact.numerator) / np.longdouble(exact.denominator)

    angle = np.linspace(0, np.pi, 1501).astype(np.longdouble)
    ends = [(number(a), number(b)) for a, b in pieces]
    x = np.concatenate([(a + b) / 2 + (b - a) / 2 * np.cos(angle) for a, b in ends])
    first, step = method.first_transition(number), method.transition(number)
    s = np.ones((len(step.gain), len(x)), np.longdouble)
    d = np.zeros_like(s)
    found = [1.0 if part in ("initial", "residual") else 0.0]
    for t in range(steps):
        now = first if t == 0 else step
        A, b, c, o = (
            np.array(each, np.longdouble) for each in (now.mixing, now.gain, now.query, now.output)
        )
        at, d_at = c @ s, c @ d
        s, d = A @ s - np.outer(b, x * at), A @ d - np.outer(b, at + x * d_at)
        P, D = o @ s, o @ d
        value = P if part == "residual" else P - x * D if part == "initial" else D
        found.append(float(np.abs(value).max()))
    return np.array(found)


def attacked(method: pr.Stationary, pieces: tuple[Piece, ...], part: Part) -> bool:
    """Whether bounds were found; they are then held against the grid."""
    found = settled(method, pieces, part)
    if found is None or len(found.upper) > 600:
        return found is not None
    steps = len(found.upper) - 1
    seen = curve(method, pieces, part, 2 * steps)
    slack = 1e-12 * seen.max()
    assert np.all(found.upper >= seen[: steps + 1] - slack)
    assert np.all(seen[steps + 1 :] <= found.level + slack)
    assert found.lower.max() <= found.upper.max() <= found.lower.max() * (1 + 1e-6)
    assert found.upper.max() <= seen.max() * (1 + 1e-3)  # the grid is 8 points a half-wave
    last = max(np.flatnonzero(found.lower > 1), default=0)
    assert last >= max(np.flatnonzero(seen > 1 + 1e-9), default=0)
    return True


def exact(*pieces: tuple[object, object]) -> tuple[Piece, ...]:
    union = pr.Union([*pieces, (1000, 1001)])  # a union may hold points, an interval may not
    return tuple(piece for piece in union.support if piece[0] < 1000)


def test_random_methods() -> None:
    rng = np.random.default_rng(5)
    known = 0
    for k in range(24):
        method = drawn(rng, 2 + k % 2)
        low = F(int(rng.integers(2, 60)), 20)
        pieces = [(low, F(4))] if k % 3 else [(low, low), (F(7, 2), F(4))]
        known += attacked(method, exact(*pieces), PARTS[k % 4])
    assert known >= 8  # many of these diverge


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("method", "pieces"),
    [
        (pr.HeavyBall("0.01", "0.9", first_step="0.01"), [(1, 100)]),
        (pr.HeavyBall("0.3", "0.49", first_step="0.3"), [("0.3", 1)]),  # equal roots at ℓ
        (pr.HeavyBall("0.36", "0.85", first_step="0.1"), [("0.1", 10)]),  # barely stable at L
        (pr.Nesterov("0.1", "0.5"), [(1, 1), (5, 10)]),
        (pr.Nesterov("0.1", "0.5"), [(9, "9.001")]),  # narrow
        (pr.GradientDescent("0.1"), [(1, 10)]),  # a plateau: P_1 − λP_1′ = 1
    ],
)
def test_hard_places(
    method: pr.Stationary, pieces: list[tuple[object, object]], part: Part
) -> None:
    assert attacked(method, exact(*pieces), part)


def test_what_does_not_fall_has_no_bounds() -> None:
    for method in (pr.HeavyBall("0.4", "0.5"), pr.Nesterov("0.2", "0.9")):
        assert settled(method, exact((1, 10)), "residual") is None
    assert settled(pr.HeavyBall("0.3", "0.5"), exact((1, 10)), "drift") is None  # a root −1 at L


def test_a_late_peak_and_burn_in() -> None:
    """Ill-conditioned, against the recurrence on a grid."""
    method, where = pr.HeavyBall("0.01", "0.9", first_step="0.01"), pr.Interval("0.1", 100)
    part = pr.rate(method, where).drift
    seen = curve(method, where.support, "drift", 1200)
    assert part.peak[0] == int(np.argmax(seen)) and part.burn_in_status == "certified"
    assert seen.max() <= part.peak[1] <= seen.max() * (1 + 1e-9)
    assert part.burn_in == max(np.flatnonzero(seen > 1))


@pytest.mark.slow
def test_a_table_that_rounding_drowns_is_no_end() -> None:
    """Near a double root for 1,000 steps floats at nodes know nothing: numeric, and at once."""
    method, where = pr.HeavyBall.tuned(1e-4, 1), pr.Union([(1e-4, 0.5), 1])
    part = pr.rate(method, where).initial
    assert part.burn_in_status == "numeric"
    # largest at an end of the hull, which the pieces hold: the closed form of the interval
    hull = pr.rate(pr.HeavyBall.tuned("1/10000", 1), pr.Interval("1/10000", 1)).initial
    assert part.burn_in == hull.burn_in
    assert part.peak[0] == hull.peak[0]
    assert part.peak[1] == pytest.approx(float(hull.peak[1]), rel=1e-8)
