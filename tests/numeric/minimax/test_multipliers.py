"""The dual functional: F(N_k) = c N_k(0) for every degree, as exact sums show."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import ctx

from polyrates.ground.check import Minimax
from polyrates.numeric.minimax.multipliers import dual, measure, multipliers
from polyrates.numeric.minimax.newton_form import Basis, nodes_of, primal, ratio_of, values_of
from polyrates.numeric.minimax.rational import Ball, RationalQuestion, snapped
from polyrates.numeric.minimax.solve import solve_minimax


def exact(value: Ball) -> F:
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    return F(mantissa) * F(2) ** exponent


def jet(basis: Basis, k: int, x: F) -> tuple[F, F]:
    """N_k and dN_k/dx as products."""
    gaps = [basis.ratio * (x - z) for z in basis.nodes[:k]]
    rest = [math.prod(gaps[:i] + gaps[i + 1 :], start=F(1)) for i in range(k)]
    return math.prod(gaps, start=F(1)), basis.ratio * sum(rest, F(0))


CASES = {
    "initial": ([(1, 9)], 5, "initial/cross", F(1), F(2)),
    "drift": ([(1, 9)], 4, "residual/drift", F(3), F(1)),
    "union": ([(1, 2), (5, 9)], 5, "residual/drift", F(1), F(1)),
    "plain": ([(1, 9)], 5, "initial/cross", F(1), F(0)),
    "no drift": ([(1, 9)], 5, "residual/drift", F(1), F(0)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_functional_is_a_multiple_of_the_value_at_zero(name: str) -> None:
    """F(N_k) = Σ u_jA(y_j) + v_jdN_k/dx(y_j) = c N_k(0), k = 0, …, t, in fractions.

    Where A = P − λP′ alone counts, A is expanded, and the equation of A′(0) is free. Rounded to
    integers, they prove to the checker what the solver found.
    """
    support, t, form, first, second = CASES[name]
    question = RationalQuestion(tuple((F(p), F(q)) for p, q in support), form, first, second)
    answer = solve_minimax(question.support, t, form=form, size=float(first), second=float(second))
    with ctx.workprec(300):
        nodes = nodes_of(question, t)
        basis = Basis(nodes, ratio_of(nodes))
        pieces = question.pieces
        points, omega = [], []
        for lam, weight in zip(answer.contact_points, answer.weights, strict=True):
            x = float((F(float(lam)) - question.low) / question.width)
            piece = min(pieces, key=lambda p: max(float(p[0]) - x, x - float(p[1])))
            points.append(snapped(x, *piece, 12))
            omega.append(float(weight))
        rows = [basis.rows(x, question) for x in points]
        newton = primal(question, answer, basis, rows)
        values = values_of(newton, question, basis, rows, points)
        found = multipliers(question, basis, rows, omega, float(answer.share), values)
        assert found is not None
        fields = dual(question, basis, points, found, 30)
    u, v, c = [exact(x) for x in found[0]], [exact(x) for x in found[1]], exact(found[2])
    largest = max(map(abs, [*u, *v]))
    left = []
    for k in range(t + 1):
        total = F(0)
        for x, p, q in zip(points, u, v, strict=True):
            value, slope = jet(basis, k, x)
            away = x - question.origin if question.initial and not question.plain else F(0)
            total += p * (value - away * slope) + q * slope
        left.append((total - c * jet(basis, k, question.origin)[0]) / largest)
    free = left[1] / jet(basis, 1, question.origin)[1] if question.plain else F(0)
    for k, rest in enumerate(left):
        assert abs(rest - free * jet(basis, k, question.origin)[1]) < F(1, 10**40), k
    content: dict[str, object] = {
        "kind": "minimax", "form": form, "degree": str(t),
        "support": [[str(p), str(q)] for p, q in support],
        "first": str(first), "second": str(second), "newton": [], "nodes": [], "ratio": "1",
        "share": "1", "lower": "0", "dual": fields,
        "upper": str(F(answer.upper) * (1 + F(1, 10**10))),
    }  # fmt: skip
    proved = math.sqrt(Minimax(content).lower_bound())
    assert proved <= answer.upper * (1 + 1e-12)
    assert proved == pytest.approx(answer.lower, rel=1e-9)


def test_for_p_equal_one_the_first_multipliers_are_the_measure() -> None:
    """[1/100, 1] with equal sizes, where P = 1 is optimal: u = ω a² and c = Σu; v alone moves."""
    question = RationalQuestion(((F(1, 100), F(1)),), "initial/cross", F(2), F(2))
    nodes = nodes_of(question, 3)
    basis = Basis(nodes, ratio_of(nodes))
    points, omega = [F(0), F(1, 4), F(1, 2), F(3, 4), F(1)], [0.125, 0.25, 0.25, 0.25, 0.125]
    with ctx.workprec(300):
        rows = [basis.rows(x, question) for x in points]
        found = multipliers(question, basis, rows, omega, 1.0, None)
    assert found is not None
    u, v, c = [exact(x) for x in found[0]], [exact(x) for x in found[1]], exact(found[2])
    assert u == [4 * F(w) for w in omega] and c == 4 and any(v)
    for k in range(4):
        total = F(0)
        for x, p, q in zip(points, u, v, strict=True):
            value, slope = jet(basis, k, x)
            total += p * (value - (x - question.origin) * slope) + q * slope
        assert abs(total - c * jet(basis, k, question.origin)[0]) < F(1, 10**40)


@pytest.mark.parametrize("seed", range(4))
def test_the_measure_is_at_the_largest_sum(seed: int) -> None:
    """√(su² + (1 − s)v²) at the s of the largest sum, by a grid of 20,001 values of s."""
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=6), rng.normal(size=6) * 10 ** rng.uniform(-1, 1)
    s = np.linspace(0, 1, 20001)[:, None]
    roots = np.sqrt(s * u**2 + (1 - s) * v**2)
    best = roots[np.argmax(np.sum(roots, axis=1))]
    assert measure(u.tolist(), v.tolist()) == pytest.approx(best / np.max(best), abs=2e-3)
    assert measure([1.0, -4.0], [0.0, 0.0]) == pytest.approx([0.25, 1.0])
    assert measure([0.0, 0.0], [3.0, -1.0]) == pytest.approx([1.0, 1 / 3])
