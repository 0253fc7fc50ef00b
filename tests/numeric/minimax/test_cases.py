"""Questions whose answer is a closed form."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from polyrates.numeric.minimax.cases import without_computation
from polyrates.numeric.minimax.question import MinimaxSolution, validated


def answer(
    support: list[tuple[float, float]], form: str, a: float, g: float, t: int
) -> MinimaxSolution | None:
    return without_computation(validated(support, form, a, g, None), t)  # type: ignore[arg-type]


def test_intervals_are_no_closed_form_and_zero_is_one() -> None:
    assert answer([(1.0, 2.0)], "residual/drift", 1.0, 1.0, 3) is None
    still = answer([(0.0, 2.0)], "residual/drift", 1.5, 1.0, 3)
    assert still is not None and still.lower <= 1.5 <= still.upper


@pytest.mark.parametrize(("a", "d"), [(1.0, 0.5), (1.0, 4.0), (3.0, 3.0)])
def test_one_eigenvalue_one_step(a: float, d: float) -> None:
    """P = 1 − yλ/p: the worst of |1 − y|a + |y|d/p over signs is least at an end."""
    p = 2.0
    found = answer([(p, p)], "residual/drift", a, d, 1)
    y = np.linspace(-1, 2, 3001)
    least = np.min(np.abs(1 - y) * a + np.abs(y) * d / p)
    assert found is not None and found.lower <= least * (1 + 1e-9) and least <= found.upper + 1e-12


@pytest.mark.parametrize("form", ["residual/drift", "initial/cross"])
@pytest.mark.parametrize("g", [0.0, 1.0])
def test_enough_steps_annihilate_a_finite_spectrum(form: str, g: float) -> None:
    points = [1.0, 2.5, 4.0]
    found = answer([(p, p) for p in points], form, 1.0, g, 6)
    assert found is not None and found.upper == 0
    low, high = found.hull
    P = np.polynomial.chebyshev.Chebyshev(np.array(found.coefficients, dtype=float), (low, high))
    assert P(0.0) == pytest.approx(1.0, abs=1e-9)
    for p in points:
        A = P(p) if form == "residual/drift" else P(p) - p * P.deriv()(p)
        assert abs(A) < 1e-9 and (g == 0 or abs(P.deriv()(p)) < 1e-9)


def test_digits_are_kept() -> None:
    task = validated([(2.0, 2.0)], "residual/drift", 1.0, 1.0, None)
    with mpmath.workdps(40):
        found = without_computation(task, 1, mpmath.mpf)
    assert found is not None and isinstance(found.upper, mpmath.mpf)
