"""The front: certified ends, monotone between, near the minimizers of another solver."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.synthesis.pareto import FrontPoint

SIZES = {"residual": 1.0, "drift": 1.0}
WHERE = pr.Uniform(1, 100)


@pytest.fixture(scope="module")
def front() -> pr.Front:
    return pr.pareto(WHERE, 20, 5, **SIZES)


def test_the_ends_are_the_two_optima(front: pr.Front) -> None:
    best = pr.minimax_optimal(pr.Interval(1, 100), 20, **SIZES)
    mean = pr.sobolev_optimal(WHERE, 20, 1.0)
    assert front.worst == best.lower and front.points[0].worst <= best.upper * (1 + 1e-9)
    assert front.average == pytest.approx(float(mean.value) ** 0.5, rel=1e-12)
    assert front.points[-1].average == pytest.approx(front.average, rel=1e-9)
    assert front.status == "certified"


def test_what_a_point_says_is_what_its_method_does(front: pr.Front) -> None:
    for point in front.points:
        assert isinstance(point, FrontPoint)
        rate = pr.rate(point.method, WHERE)
        assert float(rate.worst_case(20, **SIZES)) == pytest.approx(point.worst, rel=1e-9)
        assert float(rate.average(20, 1.0)) ** 0.5 == pytest.approx(point.average, rel=1e-9)


def test_along_the_front_one_grows_as_the_other_falls(front: pr.Front) -> None:
    worst = [point.worst for point in front.points]
    mean = [point.average for point in front.points]
    assert worst == sorted(worst) and mean == sorted(mean, reverse=True)
    assert min(worst) >= front.worst and min(mean) >= front.average * (1 - 1e-12)


def test_a_point_minimizes_its_mean_of_squares(front: pr.Front) -> None:
    """2.27077 at θ = 1/4 by a cone solver; no mixture of its neighbors is better."""
    point = front.points[1]

    def value(worst: float, mean: float) -> float:
        return 0.75 * (worst / front.worst) ** 2 + 0.25 * (mean / front.average) ** 2

    own = value(point.worst, point.average)
    assert 2.25 <= own <= 2.2775
    first, last = front.points[0], front.points[2]
    for part in np.linspace(0, 1, 11):
        mixed = pr.WeightedIterates(
            pr.Chebyshev(1.0, 100.0),
            (1 - part) * np.array(first.method.weights, dtype=float)
            + part * np.array(last.method.weights, dtype=float),
        )
        rate = pr.rate(mixed, WHERE)
        other = value(float(rate.worst_case(20, **SIZES)), float(rate.average(20, 1.0)) ** 0.5)
        assert own <= other * (1 + 1e-3)


def test_it_is_drawn_and_shown(front: pr.Front) -> None:
    axes = front.plot()
    assert len(axes.lines[0].get_xdata()) == 5
    assert "θ = 0.25" in front._repr_html_() and "theta" in pr.latex(front)


@pytest.mark.parametrize(
    ("where", "t", "sizes"),
    [
        (WHERE, 20, {"initial": 1, "cross": 1}),
        (WHERE, 20, {"residual": 1, "drift": 0}),
        (pr.Uniform(0, 1), 20, SIZES),
        (WHERE, 121, SIZES),
        (pr.Interval(1, 2), 5, SIZES),
    ],
)
def test_refusals(where: object, t: int, sizes: dict[str, float]) -> None:
    with pytest.raises(pr.PolyratesError):
        pr.pareto(where, t, **sizes)
