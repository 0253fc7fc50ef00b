"""The worst case at every t at once is that of every t by itself."""

from __future__ import annotations

import pytest

import polyrates as pr

SIZES = [{"initial": 2, "cross": 0.5}, {"residual": 1, "drift": 3}, {"residual": 1, "hessian": 3}]
SUPPORTS = [
    pr.Interval(1, 10),
    pr.Interval(0.3, 7.0),
    pr.Union([(1, 2), (5, 10)]),
    pr.Union([(1, 2), 5, (9, 10)]),
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("support", SUPPORTS, ids=str)
@pytest.mark.parametrize("estimator", [pr.Unrolled(), pr.Truncated(2), pr.OneStep()])
def test_it_is_the_worst_case_and_no_less(
    support: pr.Spectrum, estimator: pr.Estimator, sizes: dict[str, float]
) -> None:
    for method in (pr.GradientDescent(0.3), pr.Sobolev(pr.GegenbauerDensity(1, 10, 0), 2.0)):
        rate = pr.rate(method, support, estimator)
        curve = rate.worst_curve(6, **sizes)
        assert curve.shape == (7,)
        for t, bound in enumerate(curve):
            single = float(rate.worst_case(t, **sizes))
            # both are rounded outward: they may differ by what they were widened
            assert bound == pytest.approx(single, rel=1e-9, abs=1e-300)
            assert bound >= rate.residual.enclosure(t)[0] * sizes.get("residual", 0) * (1 - 1e-12)
