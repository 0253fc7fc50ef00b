"""The derivations of the worst case and its optimum: every step holds, false ones are refused."""

from __future__ import annotations

import mpmath
import pytest

import polyrates as pr
from polyrates.symbolic.derivations.asymptotic.with_cross import (
    initial_cross_value,
)
from polyrates.symbolic.derivations.asymptotic.without_cross import zolotarev_bounds


@pytest.mark.parametrize("t", [20, 40, 80])
def test_zolotarev_bounds_hold_the_optimum(t: int) -> None:
    """Alternation bounds from the symbolic wing against the solver: nothing is shared."""
    with mpmath.workdps(40):
        low, high = zolotarev_bounds(mpmath.mpf(9) / 11, t)
    value = pr.minimax_optimal(pr.Interval(0.01, 1), t, initial=1, cross=0)
    assert float(low) <= value.upper and value.lower <= float(high)
    assert float(high / low) - 1 < 4 * (9 / 11) ** (2 * t) * 1.2


@pytest.mark.parametrize(("ell", "L"), [(1, 10), (1, 100)])
@pytest.mark.parametrize("g", [0.1, 1, 10])
def test_the_closed_form_agrees_with_the_numeric_wing(ell: int, L: int, g: float) -> None:
    with mpmath.workdps(30):
        exact = initial_cross_value(
            mpmath.mpf(ell), mpmath.mpf(L), 50, mpmath.mpf(1), mpmath.mpf(g)
        )
    value = pr.minimax_asymptotic(pr.Interval(ell, L), 50, initial=1, cross=g)
    assert value == pytest.approx(float(exact), rel=1e-7)


@pytest.mark.parametrize(("L", "t", "ratio"), [(10, 20, 0.9979), (100, 40, 0.9927)])
def test_the_closed_form_with_a_cross_term(L: int, t: int, ratio: float) -> None:
    """The formal next order against the certified optimum: within 1 % here."""
    with mpmath.workdps(30):
        formula = initial_cross_value(mpmath.mpf(1), mpmath.mpf(L), t, mpmath.mpf(1), mpmath.mpf(1))
    value = pr.minimax_optimal(pr.Interval(1, L), t, initial=1, cross=1).value
    assert float(formula) / value == pytest.approx(ratio, abs=1e-4)


@pytest.mark.parametrize("sizes", [{"initial": 1, "cross": 1}, {"residual": 1, "drift": 1}])
def test_the_least_favourable_mean_tends_to_the_geometric_one(sizes: dict[str, int]) -> None:
    distances = []
    for t in (20, 80):
        spectrum = pr.minimax_optimal(pr.Interval(1, 10), t, **sizes).spectrum
        mean = sum(
            float(w) * float(p) for w, p in zip(spectrum.weights, spectrum.eigenvalues, strict=True)
        )
        distances.append(abs(mean / 10**0.5 - 1))
    assert distances[1] < 0.01 and distances[1] < distances[0] / 3


# -- residual and drift ---------------------------------------------------------------------------
