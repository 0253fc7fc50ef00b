"""The exact solve of a Hessian known by its products, by columns and by iteration."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.execution import exact_solve as module
from polyrates.execution.exact_solve import exact_solve
from polyrates.ground.errors import NegativeCurvature


class Products:
    """A quadratic that shows its products alone."""

    def __init__(self, H: np.ndarray) -> None:
        self.H = H

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.H @ x

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.H @ v

    def cross(self, x: np.ndarray) -> np.ndarray:
        return x


@pytest.mark.parametrize("columns", [None, 1, 3])
@pytest.mark.parametrize("dense", [True, False])
def test_the_solution_solves(
    columns: int | None, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not dense:
        monkeypatch.setattr(module, "DENSE_LIMIT", 0)
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    H = (basis * np.geomspace(1, 100, 8)) @ basis.T
    right = rng.standard_normal(8 if columns is None else (8, columns))
    found = exact_solve(Products((H + H.T) / 2), np.zeros(8), right)
    assert found.shape == right.shape
    np.testing.assert_allclose(H @ found, right, rtol=0, atol=1e-9 * np.abs(right).max())


def test_a_known_hessian_is_used() -> None:
    problem = pr.Quadratic.random(pr.Interval(1, 10), 5, 0)
    right = np.arange(5.0)
    found = exact_solve(problem, np.zeros(5), right)
    np.testing.assert_allclose(found, np.linalg.solve(problem.H, right), rtol=1e-12)


def test_a_singular_hessian_is_refused_in_our_words() -> None:
    with pytest.raises(NegativeCurvature, match=r"eigenvalue .* invertible .* penalty") as caught:
        exact_solve(Products(np.ones((3, 3))), np.zeros(3), np.ones(3))
    assert caught.value.argument == "problem"
