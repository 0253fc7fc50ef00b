"""Where to start differentiating: the rule against a search, and digits derived independently."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.analysis.volterra import Sizes
from polyrates.choices.local_start import chebyshev_start, descent_start, differentiated_from

ENDS = (0.01, 1.0)
LARGE = pr.GradientDescent.large(*ENDS)


@pytest.mark.parametrize(
    ("t", "m", "s", "value"), [(80, 0.1, 39, 0.8030118142), (320, 1.0, 81, 0.0458863629)]
)
def test_gradient_descent_to_the_digits(t, m, s, value):
    start, bound = descent_start(LARGE, ENDS, Sizes(m * 0.01, 0.02, 1.0, 1.0), t)
    assert start == s and bound == pytest.approx(value, rel=2e-9)


def test_chebyshev_to_the_digits():
    start, bound = chebyshev_start(ENDS, Sizes(0.01, 0.02, 1.0, 1.0), 40)
    assert start == 19 and bound == pytest.approx(0.1988498353, rel=2e-9)


@pytest.mark.parametrize("h", [0.3, 1.0, 2 / 1.01])
@pytest.mark.parametrize("m", [0.0, 0.5, 1.9])
def test_the_rule_is_the_best_of_all_starts(h, m):
    method = pr.GradientDescent(h)
    for c, a in ((0.0, 1.0), (0.02, 1.0), (0.5, 1e-3), (5.0, 1.0)):
        sizes = Sizes(m * 0.01, c, 1.0, a)
        for t in (0, 1, 30, 90):
            u = pr.majorant(
                method,
                ENDS,
                t,
                hessian_lipschitz=m * 0.01,
                cross_lipschitz=c,
                distance=1,
                residual=a,
            ).iterates
            values = [
                differentiated_from(method, ENDS, sizes, float(u[s]), t - s) for s in range(t + 1)
            ]
            s, bound = descent_start(method, ENDS, sizes, t)
            assert bound <= min(values) * (1 + 1e-9), (c, a, t, s, int(np.argmin(values)))


def test_it_is_never_where_that_is_not_reached():
    s, bound = descent_start(LARGE, ENDS, Sizes(0.019, 100.0, 1.0, 1.0), 25)
    assert s == 25 and bound == 1.0
