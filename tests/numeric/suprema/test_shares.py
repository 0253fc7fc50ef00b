"""The largest sum of independent terms: the supremum by brute force, and never below a sample."""

from __future__ import annotations

import numpy as np
import pytest

from polyrates.numeric.suprema.rows import row_suprema
from polyrates.numeric.suprema.shares import at_lobatto_points, largest_sum, rough_sum


def attained(series, rng, tries=40):
    """The largest Σ_j (∫q_j²dμ)^{1/2} that ascent finds over measures on a fine grid."""
    values = series @ np.cos(np.outer(np.arange(series.shape[1]), np.linspace(0, np.pi, 4001)))
    squares = values**2
    best = 0.0
    for _ in range(tries):
        nu = rng.dirichlet(np.full(4001, 0.01))
        best = max(best, float(np.sum(np.sqrt(squares @ nu))))
    nu = np.full(4001, 1 / 4001)
    for _ in range(3000):
        roots = np.sqrt(squares @ nu) + 1e-100
        nu *= roots.sum() * ((1 / roots) @ squares)
        nu /= nu.sum()
    return max(best, float(np.sum(np.sqrt(squares @ nu))))


@pytest.mark.parametrize(("terms", "n"), [(1, 0), (1, 6), (2, 1), (5, 8), (12, 12)])
def test_it_is_the_supremum(terms, n):
    rng = np.random.default_rng(terms + n)
    series = rng.standard_normal((terms, n + 1))
    found = largest_sum(series, np.zeros(terms))
    below = attained(series, rng)
    assert below <= found <= below * (1 + 1e-4)
    assert found <= np.sum(row_suprema(series)) * (1 + 1e-12)
    rough = rough_sum(at_lobatto_points(series, max(40 * n, 1)), 500)
    assert rough == pytest.approx(found, rel=1e-3)


def test_one_term_is_its_maximum_and_errors_widen():
    c = np.array([[0.0, 0.0, 3.0]])
    assert largest_sum(c, np.zeros(1)) == pytest.approx(3.0, rel=1e-9)
    wide = largest_sum(c, np.array([0.1]))
    assert 3.1 <= wide <= 3.1 * (1 + 1e-9)


def test_scales_and_nothing():
    rng = np.random.default_rng(3)
    series = rng.standard_normal((4, 6))
    plain = largest_sum(series, np.zeros(4))
    for scale in (1e-200, 1e200):
        assert largest_sum(series * scale, np.zeros(4)) == pytest.approx(plain * scale, rel=1e-9)
    assert largest_sum(np.zeros((3, 4)), np.zeros(3)) == 0.0
    assert largest_sum(np.full((2, 2), np.inf), np.zeros(2)) == np.inf
    padded = np.vstack([series, np.zeros((2, 6)), 1e-12 * series[:1]])
    assert largest_sum(padded, np.zeros(7)) == pytest.approx(plain, rel=1e-6)
