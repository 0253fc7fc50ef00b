"""Coefficients as arrays, and the form with momentum where there is one."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import polyrates as pr
from polyrates.core.table import Table
from polyrates.ground.errors import InvalidValue


def table(method: pr.Method, steps: int) -> Table:
    return Table.of(list(islice(method.transitions(float), steps)))


def test_the_table_runs_the_method() -> None:
    """State by state from the arrays alone, against the run."""
    method, H = pr.Chebyshev(1.0, 10.0), np.array([1.0, 4.0, 9.0])
    found = table(method, 6)
    state = [np.ones(3)] * found.mixing.shape[1]
    for c, A, b, o in zip(found.query, found.mixing, found.gain, found.output, strict=True):
        gradient = H * sum(w * s for w, s in zip(c, state, strict=True))
        state = [sum(a * s for a, s in zip(row, state, strict=True)) - g * gradient
                 for row, g in zip(A, b, strict=True)]  # fmt: skip
        last = sum(w * s for w, s in zip(o, state, strict=True))
    expected = pr.run(method, lambda x: H * x, np.ones(3), 6)
    np.testing.assert_allclose(last, expected, rtol=1e-12, atol=1e-14)


def test_steps_momenta_and_lookahead() -> None:
    assert table(pr.GradientDescent(0.1), 3).momenta.tolist() == [0, 0, 0]
    heavy = table(pr.HeavyBall(0.1, 0.5, first_step=0.05), 3)
    assert heavy.steps.tolist() == [0.05, 0.1, 0.1] and heavy.momenta[1:].tolist() == [0.5, 0.5]
    nesterov = table(pr.Nesterov(0.1, 0.5), 3)
    np.testing.assert_array_equal(nesterov.momenta, nesterov.lookahead)
    assert len(Table.of([])) == 0


def test_other_forms_are_refused() -> None:
    with pytest.raises(InvalidValue, match="form"):
        _ = table(pr.Sobolev(pr.Uniform(1.0, 2.0), 0.5), 3).steps
