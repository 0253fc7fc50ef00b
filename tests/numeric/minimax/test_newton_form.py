"""P in Newton's form: nodes as far apart as can be, divided differences, worst cases."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, ctx
from numpy.polynomial import chebyshev

from polyrates.ground.check import Newton
from polyrates.numeric.minimax.newton_form import (
    Basis,
    divided_differences,
    evaluator,
    leja,
    nodes_of,
    peak,
    primal,
    ratio_of,
    values_of,
    worst,
)
from polyrates.numeric.minimax.rational import RationalQuestion, ball
from polyrates.numeric.minimax.solve import solve_minimax

FORMS = ("initial/cross", "residual/drift")


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with ctx.workprec(256):
        yield


def question(support: list[tuple[int, int]], form: str, first: F, second: F) -> RationalQuestion:
    return RationalQuestion(tuple((F(p), F(q)) for p, q in support), form, first, second)


def by_products(basis: Basis, x: F) -> tuple[list[F], list[F]]:
    """N_k and its derivative, k = 0, …, t, as products and sums of products."""
    values, slopes = [], []
    for k in range(len(basis.nodes)):
        gaps = [basis.ratio * (x - z) for z in basis.nodes[:k]]
        values.append(math.prod(gaps, start=F(1)))
        rest = [math.prod(gaps[:i] + gaps[i + 1 :], start=F(1)) for i in range(k)]
        slopes.append(basis.ratio * sum(rest, F(0)))
    return values, slopes


def holds(enclosure: arb, value: F) -> bool:
    return bool(enclosure.overlaps(ball(value))) and float(enclosure.rad()) < 1e-20


@pytest.mark.parametrize("x", [F(0), F(1, 3), F(2, 7), F(-5, 2)])
def test_the_basis_is_its_products(x: F) -> None:
    """At a node and beside it; equal nodes stand twice."""
    basis = Basis([F(0), F(0), F(1, 3), F(1), F(3, 4)], F(7, 3))
    values, slopes = by_products(basis, x)
    found = basis.jets(x, 5)
    assert all(map(holds, found[0], values)) and all(map(holds, found[1], slopes))
    asked = question([(1, 4)], "initial/cross", F(1), F(1))
    first, second = basis.rows(x, asked)
    initial = [v - (x - asked.origin) * s for v, s in zip(values, slopes, strict=True)]
    assert all(map(holds, first, initial)) and all(map(holds, second, slopes))
    plain = question([(1, 4)], "initial/cross", F(1), F(0))
    assert all(map(holds, basis.rows(x, plain)[0], values))


def test_lejas_order_is_that_of_the_definition() -> None:
    draw = random.Random(2)
    candidates = [F(draw.randint(0, 10**6), 10**6) for _ in range(40)]
    chosen = leja([], candidates, 12)
    assert chosen[0] == max(candidates)
    for k in range(1, 12):
        heights = [math.prod((abs(x - z) for z in chosen[:k]), start=F(1)) for x in candidates]
        assert math.prod((abs(chosen[k] - z) for z in chosen[:k]), start=F(1)) == max(heights)
    assert sorted(leja([], candidates, 99)) == sorted(candidates)
    after = leja(chosen[:3], candidates, 1)[0]
    assert after == chosen[3]


@pytest.mark.parametrize(
    ("support", "second", "t", "copies"),
    [
        ([(1, 9)], F(1), 5, {}),
        ([(1, 9)], F(0), 0, {}),
        ([(1, 1), (4, 9)], F(1), 6, {F(0): 2}),
        ([(1, 1), (4, 9)], F(0), 6, {F(0): 1}),
        ([(1, 1), (3, 3), (9, 9)], F(1), 4, {F(1): 2, F(0): 2, F(1, 4): 1}),
        ([(1, 1), (3, 3)], F(0), 4, {F(1): 1, F(0): 1, F(-1, 2): 3}),
    ],
)
def test_nodes_are_of_the_support_and_points_are_double_where_slopes_count(
    support: list[tuple[int, int]], second: F, t: int, copies: dict[F, int]
) -> None:
    asked = question(support, "residual/drift", F(1), second)
    nodes = nodes_of(asked, t)
    assert len(nodes) == t + 1
    for z in nodes:
        inside = any(low <= z <= high for low, high in asked.pieces)
        assert inside or (
            z == asked.origin and set(asked.pieces) == {(z, z) for z, _ in asked.pieces}
        )
        first = nodes.index(z)
        assert nodes[first : first + nodes.count(z)] == [z] * nodes.count(z)  # adjacent
    for point, times in copies.items():
        assert nodes.count(point) == times


def test_divided_differences_of_a_polynomial_are_its_coefficients() -> None:
    """From values and slopes at nodes, one of them double, back to d_k."""
    basis, d = Basis([F(1), F(0), F(0), F(2, 5), F(3, 4)], F(9, 2)), [3, -7, 11, 2, -5]
    jets = {}
    for z in set(basis.nodes):
        rows = by_products(basis, z)
        value, slope = (sum((c * x for c, x in zip(d, row, strict=True)), F(0)) for row in rows)
        jets[z] = (ball(value), ball(slope))
    found = divided_differences(basis.nodes, basis.ratio, jets)
    assert all(map(holds, found, map(F, d)))


def test_the_ratio_keeps_products_near_one() -> None:
    """1/0.25 is one over the capacity of [0, 1]."""
    nodes = nodes_of(question([(1, 2)], "residual/drift", F(1), F(0)), 40)
    assert float(ratio_of(nodes)) == pytest.approx(4, rel=0.1)
    assert ratio_of([F(1)]) == ratio_of([F(1), F(1)]) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", [[(1, 9)], [(1, 2), (5, 9)]])
def test_p_is_the_solvers_and_its_values_are_those_of_its_coefficients(
    support: list[tuple[int, int]], form: str
) -> None:
    """On the hull and from the table of a union: P and P′ by numpy at other points."""
    asked, t = question(support, form, F(1), F(2)), 5
    answer = solve_minimax(asked.support, t, form=form, size=1.0, second=2.0)
    series = chebyshev.Chebyshev(answer.coefficients, domain=answer.hull)
    lam = [F(1), F(11, 7), F(9)]
    with ctx.workprec(256):
        for x, (value, slope) in zip(lam, evaluator(answer)(lam), strict=True):
            start = evaluator(answer)([F(0)])[0][0]
            assert float(value / start) == pytest.approx(series(float(x)), abs=1e-12)
            assert float(slope / start) == pytest.approx(series.deriv()(float(x)), abs=1e-11)
        basis = Basis(nodes_of(asked, t), ratio_of(nodes_of(asked, t)))
        points = [(x - asked.low) / asked.width for x in lam]
        rows = [basis.rows(x, asked) for x in points]
        newton = primal(asked, answer, basis, rows)
        pairs = values_of(newton, asked, basis, rows, points)
    P = Newton(newton, basis.nodes, basis.ratio)
    start = P.parts_at(asked.origin, asked.origin, False)[0]
    for x, y, (first, second) in zip(lam, points, pairs, strict=True):
        exact = P.parts_at(y, asked.origin, asked.initial)
        assert holds(first, exact[0] / start) and holds(second, exact[1] / start)
        slope = series.deriv()(float(x))
        value = series(float(x)) - (float(x) * slope if asked.initial else 0)
        assert float(first) == pytest.approx(value, abs=1e-11)
        assert float(second) == pytest.approx(slope * float(asked.width), abs=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_the_worst_case_is_that_of_a_fine_grid_and_of_points(form: str) -> None:
    draw = random.Random(form)
    P = Newton([draw.randint(-9, 9) for _ in range(6)], [F(k, 5) for k in range(5)], F(3))
    asked = question([(1, 4), (6, 6)], form, F(2), F(3))
    share, start = 0.3, P.parts_at(asked.origin, asked.origin, False)[0]

    def height(x: F) -> float:
        first, second = P.parts_at(x, asked.origin, asked.initial)
        left, right = 2 * float(first / start), 3 * float(second / start / asked.width)
        return math.sqrt(left**2 / share + right**2 / (1 - share))

    low, high = asked.pieces[0]
    places = [low + (high - low) * F(k, 2000) for k in range(2001)]
    wanted = max(map(height, [*places, asked.pieces[1][0]]))
    assert 10 ** worst(asked, P, share) == pytest.approx(wanted, rel=1e-5)
    alone = question([(1, 1), (6, 6)], form, F(2), F(3))
    wanted = max(map(height, [F(0), F(1)]))
    assert 10 ** worst(alone, P, share) == pytest.approx(wanted, rel=1e-12)


def test_a_peak_between_the_points_of_the_grid_is_found() -> None:
    """(cos 5θ)² is 1 at the ends; cos θ + cos 2θ is largest, 2, at 0, and sin² peaks inside."""
    assert peak([np.eye(6)[5]], (2.0,)) == pytest.approx(2.0, rel=1e-15)
    assert peak([np.array([0.0, 1.0, 1.0])], (1.0,)) == pytest.approx(4.0, rel=1e-15)
    # (0.3 - cos(7θ))² + ... against a grid of a million points
    rows = [np.array([0.3, 0, 0, 0, 0, 0, 0, -1.0]), np.array([0.1, 0.7, -0.2])]
    theta = np.linspace(0, math.pi, 200_001)
    total = 1.5 * (0.3 - np.cos(7 * theta)) ** 2
    total += 0.4 * (0.1 + 0.7 * np.cos(theta) - 0.2 * np.cos(2 * theta)) ** 2
    assert peak(rows, (1.5, 0.4)) == pytest.approx(np.max(total), rel=1e-9)
    assert peak(rows, (1.5, 0.4)) >= np.max(total)
