"""The majorant of weights on Chebyshev's iterates: its series, and no run above it."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from polyrates.analysis.scalar_run import float_run
from polyrates.analysis.volterra import Sizes
from polyrates.analysis.weighted_bound import (
    ChebyshevWeights,
    Forcing,
    completed,
    weighted_bounds,
)
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.iterate_weights import on_partial_sums

SIZES = Sizes(distance=0.1, residual=1.0, hessian_lipschitz=0.5, cross_lipschitz=0.25)


def responses(ell: F, L: F, lam: F, t: int) -> list[list[F]]:
    """y_k after an impulse: at the start (row 0), or of 1 in the s-th gradient (row s + 1).

    Chebyshev's recurrence in fractions: x⁺ = x + ω_k(x⁻ − x) … in the form of polynomials,
    y_{k+1} = y_k − h_k(λy_k + g_k) + m_k(y_k − y_{k−1}).
    """
    middle, half = (L + ell) / 2, (L - ell) / 2
    T = [F(1), middle / half]  # T_k(m_0)
    for _ in range(t):
        T.append(2 * (middle / half) * T[-1] - T[-2])
    rows = []
    for impulse in range(t + 1):
        y = [F(impulse == 0)]
        before = y[0]
        for k in range(t):
            h = 1 / middle if k == 0 else 2 * T[k] / T[k + 1] / half
            m = F(0) if k == 0 else T[k - 1] / T[k + 1]
            g = -F(1) if impulse == k + 1 else F(0)
            new = y[-1] - h * (lam * y[-1] + g) + m * (y[-1] - before)
            before = y[-1]
            y.append(new)
        rows.append(y)
    return rows


@pytest.mark.parametrize("ends", [(F(1), F(9)), (F(1, 100), F(1))])
@pytest.mark.parametrize("t", [0, 1, 4])
def test_the_series_are_those_of_the_recurrence(ends: tuple[F, F], t: int) -> None:
    """X and κ_s at five points, against the method run in fractions."""
    ell, L = ends
    weights = [F(k + 1, 10) * (-1) ** k for k in range(t)]
    weights.append(1 - sum(weights, F(0)))
    float_ends = float(ell), float(L)
    series, errors = ChebyshevWeights(float_ends, t).series(np.array([float(w) for w in weights]))
    assert series.shape == (t + 1, t + 1) and np.all(errors < 1e-11)
    for part in (F(0), F(1, 7), F(1, 2), F(9, 10), F(1)):
        lam = ell + (L - ell) * part
        y = 1 - 2 * float(part)  # −m(λ)
        for row, found, error in zip(responses(ell, L, lam, t), series, errors, strict=True):
            wanted = float(sum((w * x for w, x in zip(weights, row, strict=True)), F(0)))
            got = chebyshev.chebval(y, found)
            assert abs(abs(got) - abs(wanted)) <= error + 1e-15 * np.sum(np.abs(found))


def test_the_last_weight_is_what_the_others_leave() -> None:
    weights = [0.1, 1e-17, -0.3, 99.0]
    found = completed(weights)
    exact = 1 - F(0.1) - F(1e-17) - F(-0.3)
    assert found[-1] == float(exact) and list(found[:-1]) == weights[:-1]
    assert completed([5.0]) == [1.0]


def test_the_forcing_is_that_of_the_queries() -> None:
    """Mψ²/2 on iterates and (Mε + c)ψ on tangents, rounded up."""
    ends = (1.0, 9.0)
    forcing = Forcing.of(ends, SIZES, 5)
    assert forcing is not None
    queries, tangents = float_run(Chebyshev(*ends), ends, SIZES, 5)
    for s in range(5):
        assert forcing.on_iterates[s] == pytest.approx(0.25 * queries[s] ** 2, rel=1e-13)
        wanted = (0.5 * tangents[s] + 0.25) * queries[s]
        assert wanted <= forcing.on_tangents[s] <= wanted * (1 + 1e-13)
    assert forcing.norms(3)[0] == 1.0 and forcing.iterate_norms(3)[0] == 0.1
    assert len(forcing.norms(3)) == 4
    far = Sizes(distance=1e6, residual=1.0, hessian_lipschitz=1.0, cross_lipschitz=1.0)
    assert Forcing.of(ends, far, 40) is None or np.all(
        np.isfinite(Forcing.of(ends, far, 40).norms(40))
    )  # type: ignore[union-attr]


def test_bounds_hold_the_largest_sum_of_terms_and_are_near_it() -> None:
    """‖XE_0 + Σκ_sG_s‖ with |G_s| = b_s of one sign each: its largest over a grid of λ."""
    ends, t = (1.0, 9.0), 4
    weights = [0.05, -0.1, 0.2, 0.15, 0.7]
    exactly = on_partial_sums(Chebyshev(*ends), weights, True)
    iterates, tangents = weighted_bounds(ends, exactly, SIZES, t)
    forcing = Forcing.of(ends, SIZES, t)
    assert forcing is not None
    exact = [*map(F, weights[:-1])]
    exact.append(1 - sum(exact, F(0)))
    for found, norms in ((iterates[t], forcing.iterate_norms(t)), (tangents[t], forcing.norms(t))):
        reached, apart = 0.0, np.zeros(t + 1)
        for part in range(41):
            rows = responses(F(1), F(9), 1 + 8 * F(part, 40), t)
            values = [
                abs(float(sum((w * x for w, x in zip(exact, row, strict=True)), F(0))))
                for row in rows
            ]
            terms = np.array(values) * norms
            reached, apart = max(reached, float(np.sum(terms))), np.maximum(apart, terms)
        assert reached <= found * (1 + 1e-12)
        assert found <= float(np.sum(apart)) * (1 + 1e-3)  # never above the sum of the maxima
    near = on_partial_sums(Chebyshev(*ends), weights, False)
    doubtful = weighted_bounds(ends, near, SIZES, t)
    for more, less in zip(doubtful, (iterates, tangents), strict=True):
        assert np.all(more >= less * (1 - 1e-12)) and np.all(more <= less * (1 + 1e-9))
    assert iterates[0] == pytest.approx(0.1) and tangents[0] == pytest.approx(1.0)
