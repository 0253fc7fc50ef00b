"""How far queries and outputs get: by hand, by points, and through compare."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import islice

import numpy as np
import pytest

import polyrates as pr
from polyrates.numeric.suprema.reaches import reaches

WHERE = (0.01, 1.0)
METHODS = {
    "Nesterov": pr.Nesterov.tuned(*WHERE),
    "heavy ball": pr.HeavyBall(1.9, 0.8),
    "Chebyshev": pr.Chebyshev(*WHERE),
    "harmonic": pr.HarmonicSobolev(*WHERE, 1e-3),
    "Jacobi": pr.Sobolev(pr.JacobiDensity(*WHERE, 0.5, -0.5), 0.01),
    "triple momentum": pr.TripleMomentum.tuned(*WHERE),
    "optimum": pr.minimax_optimal(WHERE, 30, initial=1, cross=1).method,
}


def test_gradient_descent_by_hand() -> None:
    """|1 − 3λ|^t on [1/2, 1]: 2^t at λ = 1."""
    found = pr.reach(pr.GradientDescent(3), 3, (F(1, 2), 1))
    assert found == pytest.approx((4.0, 8.0), rel=1e-14) and min(found) >= 4
    assert found.status == "certified" and "certified" in repr(found)
    assert pr.reach(pr.GradientDescent(3), 0, (F(1, 2), 1)) == pytest.approx((1, 1), rel=1e-14)
    # made for [0, 2/h]
    assert pr.reach(pr.GradientDescent(3), 5) == pytest.approx((1, 1), rel=1e-12)


@pytest.mark.parametrize("name", METHODS)
def test_no_point_of_a_run_is_farther(name: str) -> None:
    """Bounds of every step against 400 points of the same steps in floats, and near them."""
    method, steps = METHODS[name], 30
    queries, outputs = reaches(method, WHERE, steps)
    points = WHERE[0] + (WHERE[1] - WHERE[0]) * np.sin(np.linspace(0, np.pi / 2, 400)) ** 2
    state = None
    for t, step in enumerate(islice(method.transitions(float), steps)):
        state = np.ones((len(step.gain), len(points))) if state is None else state
        query = np.array(step.query, dtype=float) @ state
        state = np.array(step.mixing, dtype=float) @ state - np.outer(step.gain, points * query)
        output = np.array(step.output, dtype=float) @ state
        for bound, values in ((queries[t], query), (outputs[t + 1], output)):
            largest = float(np.max(np.abs(values)))
            assert largest * (1 - 1e-9) <= bound <= largest * (1 + 0.01) + 1e-9
    found = pr.reach(method, steps, WHERE)
    assert found == (max(queries.max(), 1), max(outputs.max(), 1))


@pytest.mark.parametrize("form", ["initial/cross", "residual/drift"])
def test_the_harmonic_method_queries_no_farther_than_the_start(form: str) -> None:
    assert pr.reach(pr.HarmonicSobolev(*WHERE, 1e-3, form), 300).query <= 1 + 1e-12


def test_methods_know_what_they_are_made_for() -> None:
    for make in (pr.HeavyBall.tuned, pr.Nesterov.tuned):
        method = make(F(1, 9), 1)
        assert method.made_for == (F(1, 9), 1)
    assert pr.HeavyBall(1, 0).made_for is None
    assert pr.HeavyBall(1, -1 / 2).made_for is None and pr.Nesterov(1, 2).made_for is None
    assert METHODS["optimum"].made_for == WHERE
    with pytest.raises(pr.InvalidValue, match="give"):
        pr.reach(pr.Tabulated([1, 1]), 2)
    with pytest.raises(pr.InvalidValue, match="minutes"):
        pr.reach(pr.Chebyshev(1, 2), 2001)


def test_compare_shows_it() -> None:
    table = pr.compare([METHODS["Jacobi"], METHODS["Chebyshev"]], WHERE, 20)
    assert [row.reach.query > 2 for row in table.rows] == [True, False]
    assert "reach" in str(table).splitlines()[1]
