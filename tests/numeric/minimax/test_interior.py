"""The interior-point method on finitely many points, against linear programs and scans."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linprog, minimize_scalar

from polyrates.numeric.minimax.interior import (
    curvature,
    gradients_of,
    interior_point,
    reciprocals,
    reweighted,
)
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.minimax.question import validated
from polyrates.numeric.suprema.waves import Array

FORMS = ("initial/cross", "residual/drift")


def problem(form: str, second: float, t: int, share: float | None = None) -> Problem:
    return validated([(1.0, 9.0)], form, 1.0, second, share).problem(t)


def profile(asked: Problem, rows: Array, z: Array) -> Array:
    """W = A²/s + B²/(1 − s) at the points, as it is written; z = (q, s)."""
    q, s = z[:-1], z[-1]
    a, b = rows[0] @ q, rows[1] @ q
    return a * a / s + (b * b / (1 - s) if asked.gamma > 0 else 0)


def differences(function: Callable[[Array], Array], z: Array, h: float) -> Array:
    return np.stack(
        [(function(z + h * e) - function(z - h * e)) / (2 * h) for e in np.eye(len(z))], axis=-1
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("second", "share"), [(0.7, None), (0.7, 0.3), (0.0, None)])
def test_gradients_and_curvature_are_those_of_the_profile(
    form: str, second: float, share: float | None
) -> None:
    """Against differences of W, and of the gradients, in q and in s where s is unknown."""
    asked, rng = problem(form, second, 4, share), np.random.default_rng(1)
    points = asked.nodes(6)
    rows = asked.rows(points)[:2]
    q, s = rng.normal(size=len(asked.columns)), share or (0.4 if second else 1.0)
    y, rank = rng.uniform(size=len(points)), rng.uniform(size=len(points))
    a, b = rows @ q
    assert reciprocals(asked, s) == (1 / s, 1 / (1 - s) if second else 0.0)
    count = len(q) + asked.joint
    z = np.append(q, s)

    def gradients(z: Array) -> Array:
        return gradients_of(asked, *(rows @ z[:-1]), z[-1], (rows[0], rows[1]))

    wanted = differences(lambda z: profile(asked, rows, z), z, 1e-6)[:, :count]
    np.testing.assert_allclose(gradients(z), wanted, atol=1e-7 * np.max(np.abs(wanted)))
    bend = differences(lambda z: y @ gradients(z), z, 1e-6)[:, :count]
    bend += (gradients(z).T * rank) @ gradients(z)
    found = curvature(asked, a, b, s, y, (rows[0], rows[1]), rank)
    np.testing.assert_allclose(found, bend, atol=1e-6 * np.max(np.abs(bend)))


@pytest.mark.parametrize("t", [1, 3, 6])
def test_without_drift_it_is_a_linear_program(t: int) -> None:
    """The largest P(0) with |P| ≤ 1 at the points, by linprog in the powers of λ/9."""
    asked = problem("residual/drift", 0.0, t)
    points = asked.nodes(2 * t + 3)
    powers = np.vander(asked.eigenvalues(points) / 9, t + 1, increasing=True)
    best = linprog(
        -np.eye(t + 1)[0], A_ub=np.vstack([powers, -powers]), b_ub=np.ones(2 * len(powers)),
        bounds=(None, None),
    )  # fmt: skip
    found = interior_point(asked, points, 1e-10)
    assert asked.rho @ found.q / asked.scale == pytest.approx(-best.fun, rel=1e-7)
    assert np.max(profile(asked, asked.rows(points)[:2], np.append(found.q, 1.0))) < 1
    assert np.all(found.y > 0)


@pytest.mark.parametrize("share", [None, 0.25])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("second", [0.2, 3.0])
def test_one_step_is_a_scan(form: str, second: float, share: float | None) -> None:
    """P = 1 − cλ: V = min over c and s of the largest √(A²/s + g²B²/(1 − s)) at the points."""
    asked = problem(form, second, 1, share)
    points = asked.nodes(5)
    lam = asked.eigenvalues(points)

    def height(c: float, s: float) -> float:
        first = np.ones(len(lam)) if form == "initial/cross" else 1 - c * lam
        return float(np.max(np.sqrt(first**2 / s + (second * c) ** 2 / (1 - s))))

    def least(c: float) -> float:
        if share is not None:
            return height(c, share)
        near = {"bounds": (1e-9, 1 - 1e-9), "method": "bounded", "options": {"xatol": 1e-11}}
        return float(minimize_scalar(lambda s: height(c, s), **near).fun)

    near = {"bounds": (0.0, 1.0), "method": "bounded", "options": {"xatol": 1e-10}}
    wanted = min(float(minimize_scalar(least, **near).fun), least(0.0))
    found = interior_point(asked, points, 1e-10)
    value = asked.scale / float(asked.rho @ found.q)
    assert value == pytest.approx(wanted, rel=2e-5)
    assert value > wanted * (1 - 1e-7)  # a point inside is feasible: no better than the best


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("second", [0.0, 1.0])
def test_reweighting_brackets_the_value_of_the_points(form: str, second: float) -> None:
    """Its polynomial is feasible and its measure a bound: the optimum lies between, and near."""
    asked = problem(form, second, 5)
    points = asked.nodes(14)
    rows = asked.rows(points)[:2]
    best = 1 / float(asked.rho @ interior_point(asked, points, 1e-11).q)
    gaps = []
    for rounds in (2, 40):
        found = reweighted(asked, points, rounds)
        assert found is not None
        iterate, below = found
        height = np.max(profile(asked, rows, np.append(iterate.q, iterate.s)))
        above = math.sqrt(height) / float(asked.rho @ iterate.q)
        assert 0.1 < height < 1.5  # s moves after the polynomial was made to fit
        assert above >= best * (1 - 1e-6) and below <= best * (1 + 1e-6)
        assert math.isfinite(above)
        gaps.append(above / below - 1)
    assert gaps[1] < (0.01 if second else 1) * gaps[0]  # without B it need not converge


def test_it_stops_early_where_one_is_nearly_optimal() -> None:
    """[1/100, 1] with equal sizes: P = 1, s = 1; near it A is nearly constant."""
    asked = validated([(0.01, 1.0)], "initial/cross", 1.0, 1.0, None).problem(6)
    early = interior_point(asked, asked.nodes(20), 1e-12, margin=1e-3)
    late = interior_point(asked, asked.nodes(20), 1e-12)
    assert 1 - early.s < 1e-3 and 1 - late.s < 1 - early.s
    a = asked.rows(early.points)[0] @ early.q
    assert np.max(np.abs(a - a[0])) < 1e-2 * abs(a[0])
