"""What an optimum says of itself: ends rounded outward, why it rests, what proves it."""

from __future__ import annotations

import math
import pickle
import re
from fractions import Fraction as F

import pytest
import sympy as sp

import polyrates as pr
from polyrates.synthesis.optimum import Certificate, Optimum


def optimum(lower: object, upper: object, **more: object) -> Optimum:
    method = pr.Chebyshev(1, 9)
    return Optimum(pr.Interval(1, 9), 3, upper, lower, upper, "certified", method, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lower", "upper"), [(1 / 3, 2 / 3), (0.1, 0.1), (1e-300, 1.0), (0.123456789012345, 0.2)]
)
def test_the_ends_are_shown_rounded_outward(lower: float, upper: float) -> None:
    shown = re.search(r"([-\de.+]+) <= value <= ([-\de.+]+)[;)]", repr(optimum(lower, upper)))
    assert shown is not None
    low, high = map(F, shown.groups())
    assert low <= F(lower) <= F(upper) <= high
    assert high - low <= (F(upper) - F(lower)) + F(upper) / 10**10


def test_the_gap_is_the_distance_of_the_ends() -> None:
    assert optimum(F(1, 3), F(1, 2)).gap == F(1, 6)
    assert optimum(0.25, 0.25).gap == 0


@pytest.mark.parametrize(
    ("lower", "eta", "rests"),
    [(1.0, math.inf, True), (1 - 1e-9, math.inf, True), (0.9, math.inf, False), (1.0, 3.0, False),
     (1.0, None, False)],
)  # fmt: skip
def test_that_the_best_is_not_to_move_is_said_everywhere(
    lower: float, eta: float | None, rests: bool
) -> None:
    found = optimum(lower, 1.0, eta=eta)
    assert ("no method helps" in repr(found)) == rests
    assert ("no method helps" in found._repr_html_()) == rests
    assert ("no method helps" in found._repr_latex_()) == rests


def test_a_symbolic_value_is_shown_as_it_is() -> None:
    eta = sp.Symbol("eta", positive=True)
    found = optimum(eta / (1 + eta), eta / (1 + eta))
    assert "eta/(eta + 1)" in repr(found) and "<=" not in repr(found)


def test_many_contact_points_are_counted() -> None:
    few = optimum(0.1, 0.1, contact_points=tuple(range(1, 9)))
    many = optimum(0.1, 0.1, contact_points=tuple(range(1, 12)))
    assert "(11)" in many._repr_html_() and "…" in many._repr_html_()
    assert "…" not in few._repr_html_()


def test_what_was_not_built_is_no_proof() -> None:
    empty = Certificate(0, 0)
    with pytest.raises(pr.PolyratesError, match="was not built"):
        empty.proof  # noqa: B018
    assert optimum(0.1, 0.2).polynomial is None


def test_an_optimum_survives_pickling_with_what_it_builds_on_demand() -> None:
    found = pickle.loads(
        pickle.dumps(pr.minimax_optimal(pr.Interval(1, 9), 3, residual=1, drift=1))
    )
    assert found.certificate.check().ok
    assert found.polynomial(0.0) == pytest.approx(1.0, abs=1e-13)
    average = pickle.loads(pickle.dumps(pr.sobolev_optimal(pr.Uniform(1, 9), 2, 1)))
    assert average.certificate.proof.check().ok and average.certificate.residual == 0
