"""Weights on another method's iterates make the outputs they are said to make."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import islice

import numpy as np
import pytest

import polyrates as pr
from polyrates.core.methods.iterate_weights import IterateWeights, on_partial_sums

WHERE = pr.Interval(0.02, 1.0)
METHODS = [
    pr.HarmonicSobolev(0.02, 1.0, 0.01),
    pr.HarmonicSobolev(0.02, 1.0, 0.001, "residual/drift"),
    pr.HarmonicSobolev(F(1, 50), 1, F(1, 100)),
    pr.minimax_optimal(WHERE, 12, initial=1, cross=0.1).method,
]


@pytest.mark.parametrize("method", METHODS)
def test_the_outputs_are_the_weighted_iterates(method: pr.Method) -> None:
    points = np.linspace(0.02, 1, 7)
    weights = method.iterate_weights
    assert isinstance(weights, IterateWeights)
    base = [pr.residual_values(weights.base, t, points)[0] for t in range(13)]
    for t, row in enumerate(islice(weights.rows(), 13)):
        assert row.shape == (t + 1,) and row.sum() == pytest.approx(1, abs=1e-12)
        made = sum(w * y for w, y in zip(row, base, strict=False))
        assert np.allclose(made, pr.residual_values(method, t, points)[0], rtol=0, atol=1e-12)


def test_what_is_left_of_one_is_exact_before_it_is_rounded() -> None:
    weights = [0.1, 0.2, 0.3, 0.4]
    found = on_partial_sums(pr.Chebyshev(1, 2), weights, exact=False)
    rows = list(found.rows())
    for t, row in enumerate(rows):
        assert row[:-1].tolist() == weights[:t]
        assert row[-1] == float(1 - sum(map(F, weights[:t])))
    assert found.horizon == 3 and found.doubt(0) == 0.0
    assert found.doubt(3) == pytest.approx(2**-52 * 0.6, rel=1e-12)
    assert on_partial_sums(pr.Chebyshev(1, 2), weights, exact=True).doubt(3) == 0.0


def test_other_methods_have_none() -> None:
    assert pr.Chebyshev(1, 2).iterate_weights is None
