"""Three-term coefficients from moments and from points, against determinants and Gauss' rules."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from polyrates.core.threeterm import chebyshev_algorithm, float_gauss, float_lanczos, moments_of

LEGENDRE = [F(k * k, 4 * k * k - 1) for k in range(1, 8)]  # DLMF 18.9.1, monic, on [−1, 1]


def test_moments_give_legendre_s_coefficients() -> None:
    moments = [F(1, k + 1) if k % 2 == 0 else F(0) for k in range(14)]
    a, b = chebyshev_algorithm(moments)
    assert list(a)[:7] == [0] * 7 and list(b)[:7] == [1, *LEGENDRE[:6]]
    assert list(moments_of(list(a)[:7], list(b)[:7], 13)) == moments[:13]


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_gauss_rules_are_numpy_s(n: int) -> None:
    b = np.array([1.0, *[k * k / (4 * k * k - 1) for k in range(1, n)]])
    nodes, weights = float_gauss(np.zeros(n), b)
    expected, masses = np.polynomial.legendre.leggauss(n)
    np.testing.assert_allclose(nodes, expected, atol=1e-14)
    np.testing.assert_allclose(weights, masses / 2, atol=1e-14)


def test_lanczos_on_points_orthogonalises() -> None:
    rng = np.random.default_rng(0)
    nodes, weights = np.sort(rng.uniform(0, 3, 9)), rng.dirichlet(np.ones(9))
    a, b = float_lanczos(nodes, weights, 6)[:2]
    before, here = np.zeros(9), np.ones(9)
    rows = []
    for k in range(6):
        rows.append(here)
        before, here = here, (nodes - a[k]) * here - (b[k] if k else 0.0) * before
    gram = (np.stack(rows) * weights) @ np.stack(rows).T
    size = np.sqrt(np.diag(gram))
    np.testing.assert_allclose(gram / np.outer(size, size), np.eye(6), atol=1e-10)
