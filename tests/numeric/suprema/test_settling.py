"""The inequality behind a certified burn-in, held against powers computed by hand."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.core.parts import PARTS
from polyrates.numeric.suprema.settling import Powers, settled_after

Matrix = list[list[F]]


def times(a: Matrix, b: Matrix) -> Matrix:
    return [[sum((x * y for x, y in zip(r, c, strict=True)), F(0)) for c in zip(*b, strict=True)]
            for r in a]  # fmt: skip


def plus(a: Matrix, b: Matrix) -> Matrix:
    return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def norm(a: Matrix) -> F:
    return max(sum(map(abs, row), F(0)) for row in a)


def powers_of(m: Matrix, dm: Matrix, count: int) -> tuple[list[F], list[F]]:
    """‖M^j‖ and ‖(M^j)′‖, j = 0, …, count, by the product rule."""
    size = len(m)
    power = [[F(i == j) for j in range(size)] for i in range(size)]
    slope = [[F(0)] * size for _ in range(size)]
    values, slopes = [norm(power)], [norm(slope)]
    for _ in range(count):
        slope = plus(times(slope, m), times(power, dm))
        power = times(power, m)
        values.append(norm(power))
        slopes.append(norm(slope))
    return values, slopes


def test_every_term_of_the_derivative_counts() -> None:
    """M = x: (x^n)′ = n x^{n−1} is nearly all of U q u^{q−1} v, and V u^q the rest."""
    k, x = 6, F(4, 5)
    values, slopes = powers_of([[x]], [[F(1)]], 40)
    powers = Powers(np.array([float(v) for v in values[: k + 1]]),
                    np.array([float(v) for v in slopes[: k + 1]]))  # fmt: skip
    for q in range(1, 6):
        value, slope = powers.beyond(k, q)
        assert max(values[k * q : k * q + k]) <= value <= float(values[k * q]) * 1.0000001
        assert max(slopes[k * q : k * q + k]) <= slope
        without = float(max(slopes[:k]) * values[k] ** q)  # the other term alone
        assert without < float(slopes[k * q]) <= slope < 2.5 * float(slopes[k * q])


@settings(max_examples=60, deadline=None)
@given(
    entries=st.lists(st.integers(-9, 9), min_size=8, max_size=8),
    k=st.integers(1, 5),
    q=st.integers(1, 4),
)
def test_powers_are_bounded(entries: list[int], k: int, q: int) -> None:
    e = [F(x, 12) for x in entries]
    m, dm = [e[:2], e[2:4]], [e[4:6], e[6:]]
    values, slopes = powers_of(m, dm, k * q + k)
    powers = Powers(np.array([float(v) for v in values[: k + 1]]),
                    np.array([float(v) for v in slopes[: k + 1]]))  # fmt: skip
    value, slope = powers.beyond(k, q)
    for r in range(k):
        assert float(values[k * q + r]) <= value
        assert float(slopes[k * q + r]) <= slope


@pytest.mark.parametrize("piece", [(1, 3), (2, 2), (F(1, 2), F(1, 2))])
@pytest.mark.parametrize(
    "method", [pr.HeavyBall("0.3", "0.6"), pr.Nesterov("0.25", "0.5"), pr.GradientDescent("0.4")]
)
def test_settled_means_settled(method: pr.Method, piece: tuple[object, object]) -> None:
    assert isinstance(method, (pr.HeavyBall, pr.Nesterov, pr.GradientDescent))
    where = pr.Union([piece])
    ((low, high),) = where.support
    for part in PARTS:
        values = getattr(pr.rate(method, where), part)
        for level in (1.0, 0.01):
            settled = settled_after(method, (low, high), part, level)
            assert settled is not None and settled < 400
            assert all(values.enclosure(t)[0] <= level for t in range(settled, settled + 25))


def test_what_does_not_fall_never_settles() -> None:
    upper = pr.HeavyBall("0.3", "0.5")  # hL = 2(1 + m) at λ = 10
    assert settled_after(upper, (1, 9), "drift", 1.0) is not None
    assert settled_after(pr.HeavyBall("0.4", "0.5"), (9, 9), "drift", 1.0) is None
    assert settled_after(pr.GradientDescent(1), (3, 3), "residual", 1.0) is None
