"""The majorant is attained by its own example."""

from __future__ import annotations

import numpy as np
import pytest
from majorants import ELL, METHODS, L

import polyrates as pr


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("m", [0.1, 1.0, 1.9])
def test_its_own_example_attains_it(name, m):
    sizes = {"cross_lipschitz": 0.03, "distance": 0.7, "residual": 2.0}
    found = pr.majorant(METHODS[name], (ELL, L), 60, hessian_lipschitz=m * ELL, **sizes)
    problem = pr.majorant_example(METHODS[name], (ELL, L), 60, hessian_lipschitz=m * ELL, **sizes)
    run = pr.differentiate(METHODS[name], problem, problem.x0, 60)
    errors = np.abs(run.jacobians - problem.solution_jacobian)[:, 0]
    assert np.allclose(run.iterates[:, 0], found.iterates, rtol=1e-9, atol=1e-15)
    assert np.allclose(errors, found.jacobians, rtol=1e-9, atol=1e-14)
