"""The majorant: never violated, attained, and outside of its assumptions infinite."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from attacks import majorant
from attacks.run import ROUNDING, recorded
from majorants import ELL, METHODS, L, bound

import polyrates as pr
from polyrates.analysis.volterra import Sizes, iterate_bounds, tangent_bounds
from polyrates.numeric.suprema.kernels import kernels


def test_symbols_carry_their_conditions():
    M, d, h = sp.symbols("M d h", positive=True)
    found = pr.majorant(
        pr.GradientDescent(h),
        (1, 4),
        1,
        hessian_lipschitz=M,
        cross_lipschitz=0,
        distance=d,
        residual=1,
    )
    assert sp.expand(found.iterates[1] - (d - h * (d - M * d**2 / 2))) == 0
    assert sp.expand(found.jacobians[1] - (1 - h * (1 - M * d))) == 0
    assert len(found.hypotheses) == 2
    with pytest.raises(pr.InvalidValue):
        pr.majorant(
            pr.GradientDescent(h),
            (1, 4),
            40,
            hessian_lipschitz=M,
            cross_lipschitz=0,
            distance=d,
            residual=1,
        )


def test_never_violated_on_random_problems():
    """A sample of the attack, whose whole result is beside it."""
    whole = {
        (row["functions"], row["method"]): (int(row["problems"]), float(row["worst ratio"]))
        for row in recorded("majorant")
    }
    assert sum(problems for problems, _ in whole.values()) == majorant.PROBLEMS * 5
    found = majorant.attack(range(30))
    assert len(found) == len(whole) == 15
    for row in found:
        _, worst = whole[row["functions"], row["method"]]
        assert row["worst ratio"] <= worst + 2e-6 and worst <= 1 + ROUNDING, row
    # not by being far away: at t = 0 it is an equality
    assert min(worst for _, worst in whole.values()) > 0.5


@pytest.mark.parametrize("form", ["initial/cross", "residual/drift"])
def test_the_weights_of_an_anytime_method_are_bounded_at_every_step(form):
    """On functions of the class that other methods attain, run in one dimension and bounded."""
    anytime = pr.HarmonicSobolev(ELL, L, 4 * ELL**2, form)
    given = {"hessian_lipschitz": 1e-3, "cross_lipschitz": 0.02, "distance": 1, "residual": 1}
    found = pr.majorant(anytime, (ELL, L), 60, **given)
    assert found.form == "weighted" and found.status == "certified"
    for method in METHODS.values():
        problem = pr.majorant_example(method, (ELL, L), 60, **given)
        run = pr.differentiate(anytime, problem, problem.x0, 60)
        errors = np.abs(run.jacobians - problem.solution_jacobian)[:, 0]
        assert np.all(errors <= found.jacobians * (1 + 1e-9))
        away = np.abs(run.iterates - problem.solution)[:, 0]
        assert np.all(away <= found.iterates * (1 + 1e-9))
    # the Volterra sum of the same, for every t
    table = kernels(anytime, (ELL, L), 60)
    sizes = Sizes(1e-3, 0.02, 1.0, 1.0)
    queries, outputs = iterate_bounds(table, sizes)
    by_terms = tangent_bounds(table, sizes, queries, [0] * 61)
    assert np.all(found.jacobians <= by_terms * 1.01)
    assert np.all(found.iterates <= outputs * 1.02)  # neither form is the sharper at every t


def test_a_bound_that_forgets_the_hessians_change_is_violated():
    """The test above can fail: with M = 0 the bound is that of quadratics, and too small."""
    problem = pr.majorant_example(
        METHODS["Chebyshev"],
        (ELL, L),
        40,
        hessian_lipschitz=0.019,
        cross_lipschitz=0.02,
        distance=1,
        residual=1,
    )
    run = pr.differentiate(METHODS["Chebyshev"], problem, problem.x0, 40)
    errors = np.abs(run.jacobians - problem.solution_jacobian)[:, 0]
    assert np.any(errors > bound(METHODS["Chebyshev"], 40, 0).jacobians * 1.5)


def test_outside_of_its_assumptions_it_is_infinite_and_says_why():
    for m in (2.0, 2.5):
        found = bound(METHODS["Chebyshev"], 10, m)
        assert np.all(np.isinf(found.jacobians)) and "2ℓ" in found.reason
    diverging = bound(pr.GradientDescent(2.5), 10)
    assert np.all(np.isinf(diverging.jacobians)) and "diverges" in diverging.reason
    near = bound(pr.GradientDescent(1.99), 10)  # beyond 2/(L + ell): kernels
    assert near.form == "kernels" and np.all(np.isfinite(near.jacobians))
    early = bound(METHODS["Chebyshev"], 60, 1.5, pr.Implicit())
    assert np.isinf(early.jacobians[0]) and early.reason and np.isfinite(early.jacobians[-1])
    flat = pr.majorant(
        pr.Chebyshev(0, 1),
        (0, 1),
        5,
        hessian_lipschitz=0.1,
        cross_lipschitz=0.1,
        distance=0.1,
        residual=1,
    )
    assert np.all(np.isinf(flat.iterates)) and flat.basin == 0


def test_condition_k_fails_where_it_is_said_to():
    equal = pr.HeavyBall(*METHODS["heavy ball"].parameters[:2], METHODS["heavy ball"].step)
    assert bound(equal, 20).form == "kernels"
    assert bound(pr.HeavyBall.tuned(0.02, 1.0), 20).form == "kernels"
    assert bound(pr.HarmonicSobolev(ELL, L, ELL * L), 20).form == "weighted"
    assert bound(pr.HarmonicSobolev(2 * ELL, L, ELL * L), 20).form == "kernels"

    class Mine(pr.GradientDescent):
        """A subclass is another method."""

    assert bound(Mine(0.5), 5).form == "kernels"


@pytest.mark.parametrize("scale", [1e-120, 1e-30, 1e30, 1e120])
def test_scales(scale):
    """x → sx, f → f: M‖e‖, c‖e‖ and so the bounds in their units stay."""
    plain = bound(METHODS["Nesterov"], 30, 1.0)
    scaled = pr.majorant(
        METHODS["Nesterov"],
        (ELL, L),
        30,
        hessian_lipschitz=ELL / scale,
        cross_lipschitz=0.02 / scale,
        distance=scale,
        residual=1,
    )
    assert np.allclose(scaled.iterates / scale, plain.iterates, rtol=1e-9)
    assert np.allclose(scaled.jacobians, plain.jacobians, rtol=1e-9)


def test_degenerate_sizes():
    zero = bound(METHODS["Chebyshev"], 10, 1.0, distance=0, residual=0)
    assert np.all(np.asarray(zero.jacobians, float) <= 1e-300)
    assert len(bound(METHODS["Chebyshev"], 0).jacobians) == 1
    assert bound(pr.HarmonicSobolev(ELL, L, 1.0), 0).jacobians[0] == pytest.approx(1.0)
    for wrong in ({"distance": -1}, {"residual": -1}, {"distance": math.nan}):
        with pytest.raises(pr.InvalidValue):
            bound(METHODS["Chebyshev"], 5, **wrong)
    with pytest.raises(pr.InvalidType):
        pr.majorant(
            METHODS["Chebyshev"],
            3,
            5,
            hessian_lipschitz=1,
            cross_lipschitz=1,
            distance=1,
            residual=1,
        )
    with pytest.raises(pr.HorizonError):
        bound(pr.Richardson([0.5, 0.5]), 3)


def test_without_m_the_unrolled_bound_is_that_of_quadratics():
    """At M = 0 the scalar is P_t(ell)‖E_0‖ + c|P_t′(ell)|‖e_0‖: the quadratic worst case."""
    t = 25
    found = bound(METHODS["Chebyshev"], t, 0)
    parts = pr.error_polynomials(pr.Chebyshev(sp.Rational(1, 100), 1), t)
    at = sp.Rational(1, 100)
    value = abs(parts.residual.eval(at)) + sp.Rational(1, 50) * abs(parts.drift.eval(at))
    assert found.jacobians[t] == pytest.approx(float(value), rel=1e-10)


def test_what_is_shown():
    found = bound(METHODS["Chebyshev"], 4)
    assert "scalar form, certified" in repr(found) and r"\le" in found._repr_latex_()
    axes = found.plot()
    assert len(axes.lines) == 2
