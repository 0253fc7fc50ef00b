"""Bounds of rounding, held against exact numbers or against far coarser arithmetic."""

from __future__ import annotations

from fractions import Fraction as F
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.numeric.minimax import certify
from polyrates.numeric.minimax.question import validated
from polyrates.numeric.suprema import joint, profile, waves
from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum, enclosed_values
from polyrates.numeric.suprema.profile import Piece, Profile
from polyrates.numeric.suprema.series import weighted_supremum
from polyrates.numeric.suprema.supremum import supremum

COARSE = 2.0**-23  # the unit of single precision


@pytest.fixture
def single(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest float is single precision here, and the bounds are told so."""
    short = {"longdouble": np.float32, "clongdouble": np.complex64}
    namespace = SimpleNamespace(**{**vars(np), **short})
    for module in (waves, profile):
        monkeypatch.setattr(module, "np", namespace)
        monkeypatch.setattr(module, "E", COARSE)


@pytest.mark.usefixtures("single")
def test_waves_are_within_their_error() -> None:
    theta = np.linspace(0, np.pi, 997).astype(np.float32)
    computed = waves.waves(theta, 200)
    assert computed.dtype == np.float32
    true = np.cos(np.outer(theta.astype(float), np.arange(201)))
    errors = np.max(np.abs(computed - true), axis=0)
    bound = waves.wave_error(200, whole=True)
    assert np.all(errors <= bound)
    assert errors[1] > COARSE / 8 and errors[200] > 20 * COARSE  # there is rounding to bound


@pytest.mark.usefixtures("single")
def test_values_at_points_and_local_series_are_within_their_errors() -> None:
    rng = np.random.default_rng(3)
    hull, support = (1.0, 10.0), [(1.0, 4.0), (7.0, 10.0)]
    for n in (2, 9, 40):
        series = rng.standard_normal(n)
        for point in rng.uniform(1, 10, 12):
            value, error = profile.point_value(series, float(point), hull)
            true = np.polynomial.chebyshev.chebval((2 * point - 11) / 9, series)
            assert abs(value - true) <= error
        parts = profile.pieces(series, series, (0.0, 0.0), support, hull)
        for part in parts:
            lam = np.linspace(part.low, part.high, 301)
            x = (2 * lam - part.low - part.high) / (part.high - part.low)
            true = np.polynomial.chebyshev.chebval((2 * lam - 11) / 9, series)
            assert (
                np.max(np.abs(np.polynomial.chebyshev.chebval(x, part.first) - true))
                <= (part.errors[0])
            )


@settings(max_examples=60)
@given(
    coefficients=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6),
    size=st.floats(1e-3, 1e3),
    error=st.floats(0, 1e-3),
)
def test_products_carry_their_rounding(
    coefficients: list[float], size: float, error: float
) -> None:
    c = np.array(coefficients)
    scaled = Piece(1.0, 2.0, c, c, (error, error)).times(size, size)
    pairs = zip(coefficients, scaled.first.tolist(), strict=True)
    lost = sum((abs(F(y) - F(size) * F(x)) for x, y in pairs), F(0))
    assert F(scaled.errors[0]) >= F(size) * F(error) + lost - F(5e-324) * len(c)
    assert scaled.errors[0] == scaled.errors[1]


def test_what_a_point_is_not_known_to_is_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value known to lie in [.9, 1.3] only: the middle and the error cover all of it."""

    def vague(*args: object, **kwargs: object) -> list[dict[str, Maximum]]:
        rows = enclosed_values(*args, **kwargs)  # type: ignore[arg-type]
        return [{kind: Maximum(0.9, 1.3, 3.0) for kind in row} for row in rows]

    monkeypatch.setattr(joint, "enclosed_values", vague)
    (piece,) = joint.method_pieces(pr.GradientDescent(0.1), 3, [(3, 3)], True)
    for value, error in zip((piece.first[0], piece.second[0]), piece.errors, strict=True):
        assert F(float(value)) - F(error) <= F(0.9) and F(float(value)) + F(error) >= F(1.3)


@pytest.mark.parametrize("ends", [(1.0, 10.0), (0.01, 1.0), (1e-6, 1.0), (0.9, 1.0)])
def test_the_scale_is_known_to_its_error(ends: tuple[float, float]) -> None:
    task = validated([ends], "residual/drift", 1.0, 1.0, None)
    worst = 0.0
    for t in (1, 3, 10, 31, 100):
        problem = task.problem(t)
        with mpmath.workdps(60):
            ell, L = (mpmath.mpf(end) for end in ends)
            true = 1 / mpmath.cosh(t * mpmath.acosh((L + ell) / (L - ell)))
            off = abs(float((mpmath.mpf(problem.scale) - true) / true))
        assert off <= certify.scale_error(problem)
        worst = max(worst, off)
    assert worst > 0  # there is rounding to bound


@pytest.mark.parametrize("degree", [0, 1, 6])
def test_the_grid_of_a_profile_has_every_coefficient(degree: int) -> None:
    rng = np.random.default_rng(degree)
    first, second = rng.standard_normal((2, degree + 1)) + 3
    found = Profile(first, second, 2.0, 0.7)
    angles = np.arange(found.length + 1) * (np.pi / found.length)
    k = np.arange(degree + 1)
    A, B = np.cos(np.outer(angles, k)) @ first, np.cos(np.outer(angles, k)) @ second
    assert np.max(np.abs(found.grid[0] - (2 * A**2 + 0.7 * B**2))) <= found.roundoff


@settings(max_examples=40, deadline=None)
@given(
    coefficients=st.lists(st.floats(-5, 5), min_size=1, max_size=9),
    error=st.sampled_from([0.0, 1e-3, 0.2]),
)
def test_suprema_contain_every_function_within_the_error(
    coefficients: list[float], error: float
) -> None:
    c = np.array(coefficients)
    series = EnclosedSeries(c, error, 1.0, 3.0)
    x = np.cos(np.linspace(0, np.pi, 8001))
    top = float(np.max(np.abs(np.polynomial.chebyshev.chebval(x, c))))
    for found in (supremum(series), weighted_supremum(series, np.ones_like)):
        # p + error and p − error are both possible: the ends must cover both
        assert found.upper >= (top + error) * (1 - 1e-15)
        assert found.lower <= max(top - error, 0.0) * (1 + 1e-5) + 1e-12
        assert found.upper <= (top + error) * (1 + 1e-4) + 1e-12


def test_divided_worst_cases_enclose_the_minimum() -> None:
    """Exact implicit solves: V by brute force over s and λ lies between the ends."""
    from polyrates.analysis.worst_case import enclose
    from polyrates.problems.sizes import joint_sizes

    method, where = pr.GradientDescent(F(1, 5)), pr.Interval(1, 9)
    found = enclose(method, where, pr.Implicit(), 3, joint_sizes({"initial": 1, "cross": 4}))
    lam = np.linspace(1, 9, 4001)
    P = np.abs(1 - lam / 5) ** 3  # A = P and B = −P/λ
    s = np.linspace(0.01, 0.99, 2001)[:, None]
    V = np.sqrt(np.min(np.max(P**2 / s + (4 * P / lam) ** 2 / (1 - s), axis=1)))
    assert found.lower <= V * (1 + 1e-9) and found.upper * (1 + 1e-5) >= V
    assert found.lower == pytest.approx(float(np.max(P + 4 * P / lam)), rel=1e-9)
