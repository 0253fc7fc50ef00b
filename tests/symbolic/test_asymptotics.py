"""Asymptotic rates against eigenvalues on a grid, and against the sequences themselves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.core.methods.orthogonal import SobolevAsymptotic

PARTS = ("residual", "drift", "cross", "initial")


class Own(pr.Stationary):
    """Any step."""

    name = "own"

    def __init__(self, query: Any, mixing: Any, gain: Any, output: Any) -> None:
        self.step = (query, mixing, gain, output)

    @property
    def parameters(self) -> tuple[Any, ...]:
        query, mixing, gain, output = self.step
        return (*query, *(a for row in mixing for a in row), *gain, *output)

    def transition(self, number: Callable[[Any], Any]) -> pr.Transition[Any]:
        def read(row: Any) -> tuple[Any, ...]:
            return tuple(map(number, row))

        query, mixing, gain, output = self.step
        return pr.Transition(read(query), tuple(map(read, mixing)), read(gain), read(output))


def grid_rate(method: pr.Stationary, ell: float, L: float, n: int = 4001) -> float:
    """The largest modulus of M's eigenvalues on a grid, by numpy."""
    step = method.transition(float)
    A, b, c = (np.array(each, dtype=float) for each in (step.mixing, step.gain, step.query))
    where = np.linspace(ell, L, n)
    stack = A[None] - where[:, None, None] * np.outer(b, c)[None]
    return float(np.abs(np.linalg.eigvals(stack)).max())


def test_the_exact_rate_of_heavy_ball() -> None:
    residual = pr.rate(pr.HeavyBall("0.0023", "0.527"), pr.Interval("0.515", 10)).residual
    right = sp.Rational(3051631, 4000000) + sp.sqrt(880451760161) / 4000000
    assert residual.asymptotic == right and residual.asymptotic_status == "argued"
    near = pr.rate(pr.HeavyBall("0.31", "0.5"), pr.Interval("1e-12", 1))
    with mpmath.workdps(60):
        b = mpmath.mpf(3) / 2 - mpmath.mpf(31) / 100 / mpmath.mpf(10) ** 12
        truth = (b + mpmath.sqrt(b * b - 2)) / 2
        for part in PARTS:
            found = getattr(near, part).asymptotic
            assert found < 1
            assert abs(mpmath.mpf(str(sp.N(found, 50))) - truth) < mpmath.mpf(10) ** -45
    floats = pr.rate(pr.HeavyBall(0.31, 0.5), pr.Interval(1e-12, 1)).residual
    assert floats.asymptotic < 1 and floats.asymptotic_status == "numeric"
    assert type(floats.asymptotic) is float


entries = st.fractions(-1, 1, max_denominator=6)


@settings(max_examples=12)
@given(data=st.data(), n=st.integers(1, 3))
def test_a_users_own_method_never_raises_and_is_exact(data: st.DataObject, n: int) -> None:
    def affine() -> tuple[F, ...]:
        row = [data.draw(entries) for _ in range(n - 1)]
        return (*row, 1 - sum(row, F(0)))

    gain = tuple(data.draw(entries) for _ in range(n))
    method = Own(affine(), tuple(affine() for _ in range(n)), gain, affine())
    rate = pr.rate(method, (F(1, 10), 2))
    found = rate.residual.asymptotic
    assert rate.residual.asymptotic_status == "argued"
    assert not sp.sympify(found).has(sp.Float)
    # what the output does not show may be larger: the whole pencil bounds it
    whole = grid_rate(method, 0.1, 2.0)
    assert float(found) <= whole * (1 + 1e-6) + 1e-6
    for part in PARTS:
        assert float(getattr(rate, part).asymptotic) <= whole * (1 + 1e-6) + 1e-6


def eighths(*row: int) -> tuple[F, ...]:
    return tuple(F(a, 8) for a in row)


INSIDE = [  # three points whose largest modulus on [1/10, 2] is inside: a seeded search met them
    Own(query, mixing, gain, (1, 0, 0))
    for query, mixing, gain in (
        (
            eighths(9, 12, -13),
            (eighths(7, -1, 2), eighths(3, 9, -4), eighths(-2, 0, 10)),
            eighths(6, 1, 4),
        ),
        (
            eighths(6, 1, 1),
            (eighths(11, -4, 1), eighths(-12, 5, 15), eighths(4, -8, 12)),
            eighths(10, -7, 10),
        ),
        (
            eighths(4, 8, -4),
            (eighths(0, 7, 1), eighths(-3, 9, 2), eighths(-9, 9, 8)),
            eighths(-11, 11, 1),
        ),
    )
]


@pytest.mark.parametrize("method", INSIDE)
def test_a_maximum_inside_the_interval_is_found(method: Own) -> None:
    ends = max(grid_rate(method, x, x + 1e-9, 2) for x in (0.1, 2.0))
    assert grid_rate(method, 0.1, 2.0, 101) > 1.002 * ends
    residual = pr.rate(method, (F(1, 10), 2)).residual
    assert residual.asymptotic_status == "argued"
    best = grid_rate(method, 0.1, 2.0, 20001)
    assert float(residual.asymptotic) == pytest.approx(best, rel=1e-6)
    assert float(residual.asymptotic) >= best * (1 - 1e-12)


@given(
    h=st.fractions(F(1, 100), F(1, 2), max_denominator=100),
    m=st.fractions(F(-9, 10), F(9, 10), max_denominator=20),
)
def test_two_points_are_largest_at_an_end(h: F, m: F) -> None:
    for method in (pr.HeavyBall(h, m), pr.Nesterov(h, m)):
        found = pr.rate(method, (1, 10)).residual.asymptotic
        assert float(found) == pytest.approx(grid_rate(method, 1.0, 10.0, 1001), rel=1e-6)


def test_isolated_points_count_and_only_what_they_excite() -> None:
    """P_t(1) = 4^{−t}: the first step hits the smaller root; P_t′ has the larger one too."""
    method = pr.HeavyBall(F(3, 16), F(3, 16), F(3, 4))
    at_one = pr.rate(method, pr.Empirical([1]))
    assert at_one.residual.asymptotic == sp.Rational(1, 4)
    assert at_one.drift.asymptotic == at_one.initial.asymptotic == sp.Rational(3, 4)
    P = [pr.residual_polynomial(method, t) for t in (40, 41)]
    assert P[1].eval(1) / P[0].eval(1) == sp.Rational(1, 4)
    slopes = [sp.N(each.diff(pr.lam).eval(1)) for each in P]
    assert float(slopes[1] / slopes[0]) == pytest.approx(0.75, rel=1e-6)
    both = pr.rate(method, pr.Union([(1, 1), (30, 30), (F(7, 2), 4)])).residual.asymptotic
    assert float(both) == pytest.approx(grid_rate(method, 30.0, 30.0 + 1e-9, 2), rel=1e-6)
    exact = pr.rate(pr.GradientDescent(F(1, 3)), pr.Empirical([3])).residual.asymptotic
    assert exact == 0


def test_an_interval_that_touches_zero_takes_the_limit() -> None:
    """P_t(0) = 1, but beside 0 the momentum above one is excited."""
    method = pr.HeavyBall(F(1, 10), F(3, 2))
    assert pr.rate(method, (0, 1)).residual.asymptotic == sp.Rational(3, 2)
    assert pr.rate(method, pr.Union([(0, 1)])).initial.asymptotic == sp.Rational(3, 2)


def test_a_mode_that_does_not_reach_the_output_does_not_count() -> None:
    blind = Own((1, 0), ((1, 0), (-1, 2)), (F(1, 20), 0), (1, 0))  # the second point doubles
    assert pr.rate(blind, (1, 10)).residual.asymptotic == sp.Rational(19, 20)


@pytest.mark.parametrize("ell, L", [(1, 10), (F(1, 4), 4)])
def test_families_with_chebyshevs_limits_have_xi(ell: Any, L: Any) -> None:
    low, high = sp.Rational(str(ell)), sp.Rational(str(L))
    xi = (sp.sqrt(high) - sp.sqrt(low)) / (sp.sqrt(high) + sp.sqrt(low))
    methods: list[pr.Method] = [
        pr.HarmonicSobolev(ell, L, 2),
        pr.HarmonicSobolev(ell, L, 1, "residual/drift"),
        pr.Sobolev(pr.Uniform(ell, L), 1),
        pr.Orthogonal(pr.JacobiDensity(ell, L, 1, 2)),
        SobolevAsymptotic(ell, L),
    ]
    for method in methods:
        for part in PARTS:
            each = getattr(pr.rate(method, (ell, L)), part)
            assert sp.simplify(each.asymptotic - xi) == 0, (method.name, part)
            assert each.asymptotic_status == "argued"
    harmonic = pr.rate(methods[0], (float(ell), float(L))).residual
    ratio = harmonic.enclosure(80)[1] / harmonic.enclosure(60)[1]
    assert ratio ** (1 / 20) == pytest.approx(float(xi), rel=0.03)


class Slower(pr.Chebyshev):
    """A subclass with other steps has no claim on ξ."""

    def transitions(self, number: Any) -> Any:
        return pr.GradientDescent(F(1, 100)).transitions(number)


def test_no_rate_is_inherited() -> None:
    with pytest.raises(pr.NoClosedForm):
        _ = pr.rate(Slower(1, 10), (1, 10)).residual.asymptotic


def test_implicit_differentiation_has_the_rate_of_the_iterates() -> None:
    rate = pr.rate(pr.HeavyBall(F(1, 10), F(1, 5)), (1, 10), pr.Implicit())
    truth = pr.rate(pr.HeavyBall(F(1, 10), F(1, 5)), (1, 10)).residual.asymptotic
    assert rate.drift.asymptotic == rate.initial.asymptotic == truth
    assert rate.residual.asymptotic == 0
