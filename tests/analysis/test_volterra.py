"""Volterra's bounds meet the scalar run."""

from __future__ import annotations

import numpy as np
import pytest
from majorants import ELL, METHODS, L, bound

from polyrates.analysis.volterra import Sizes, iterate_bounds, tangent_bounds
from polyrates.numeric.suprema.kernels import kernels

# (v_20, v_80, u_80) at c = .02, M = .01m, all sizes 1, from an independent derivation
REFERENCE = {
    ("gradient descent", 0.1): (1.24801767793, 0.909794441744, 0.210448159583),
    ("gradient descent", 1.9): (2.34022747729, 9.0714118926, 0.839749591022),
    ("heavy ball", 0.1): (0.839195128131, 0.000204971030317, 2.19764879237e-6),
    ("Chebyshev", 0.1): (0.687917757312, 7.7364911644e-5, 4.84529207695e-7),
    ("Chebyshev", 1.9): (10.5544748299, 0.306636191227, 0.00201325242784),
    ("Nesterov", 0.1): (1.32728651764, 0.0623089576508, 0.00228546728835),
    ("Nesterov", 1): (2.22811253909, 0.252238154634, 0.0103674530972),
}


@pytest.mark.parametrize("key", REFERENCE, ids=str)
def test_reference_by_the_scalar_and_by_the_kernels(key):
    name, m = key
    found = bound(METHODS[name], 80, m)
    got = (found.jacobians[20], found.jacobians[80], found.iterates[80])
    assert got == pytest.approx(REFERENCE[key], rel=2e-10)
    table = kernels(METHODS[name], (ELL, L), 80)
    sizes = Sizes(m * ELL, 0.02, 1.0, 1.0)
    queries, u = iterate_bounds(table, sizes)
    v = tangent_bounds(table, sizes, queries, [0] * 81)
    assert (v[20], v[80], u[80]) == pytest.approx(REFERENCE[key], rel=2e-10)
    # both bound the same quantity; where condition K holds they are equal up to their rounding
    assert np.all(v >= found.jacobians * (1 - 1e-12))
