"""Compressing a discrete measure keeps the optimum."""

from __future__ import annotations

import numpy as np

from polyrates.core.measures.empirical import Empirical
from polyrates.numeric.arnoldi import lifted
from polyrates.numeric.sobolev import (
    discretize,
    optimum,
)


def test_compression_keeps_the_optimum() -> None:
    """Many points through a Gauss rule, against Arnoldi's process on all of them."""
    rng = np.random.default_rng(3)
    points = rng.gamma(2.0, 1.0, 3000) + 0.05
    measure = Empirical(points)
    full = lifted(*measure.atoms(), 0.7, 25)
    result, _ = optimum(measure, 0.7, 25)
    np.testing.assert_allclose(result.values.logs, full.values.logs, atol=1e-10)
    rule = discretize(measure, 25)
    assert len(rule.nodes) == 26
