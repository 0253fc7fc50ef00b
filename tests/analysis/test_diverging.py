"""Functions on which the iterates converge and the unrolled Jacobian does not."""

from __future__ import annotations

from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
import sympy as sp
from mpmath_runs import in_mpmath, run

import polyrates as pr
from polyrates.problems.diverging import Bumps, LogPeriodic


def contraction(kappa):
    root = sp.sqrt(sp.Rational(kappa))
    return sp.nsimplify((1 - root) / (1 + root))


@pytest.mark.parametrize(
    ("kappa", "prescribed", "own"),
    [
        (F(1, 100), -2.90396377864e17, -2.89537188788e17),
        (F(1, 10), -272146.79, -250785.074141),
    ],
)
def test_heavy_ball_in_closed_form(kappa, prescribed, own):
    tuned = pr.HeavyBall.tuned(kappa, 1)
    xi = contraction(kappa)
    method = pr.HeavyBall(tuned.step, tuned.momentum, 2 * (1 - xi) / sp.Rational(1 + kappa))
    problem = pr.diverging_example(method, (kappa, 1), 60)
    assert isinstance(problem, LogPeriodic) and problem.blend is None
    found = run(method, problem, 60)
    for t, (x, _) in enumerate(found):
        assert abs(abs(x) - in_mpmath(xi) ** t) < mpmath.mpf(10) ** -30
    assert float(found[60][1]) == pytest.approx(own, rel=1e-11)
    given = run(method, problem, 60, prescribed=(in_mpmath(xi), mpmath.mpf(-1)))
    assert float(given[60][1]) == pytest.approx(prescribed, rel=3e-8)


def test_nesterov_by_bumps():
    method = pr.Nesterov.tuned(F(1, 100), 1)
    problem = pr.diverging_example(method, (F(1, 100), 1), 79)
    assert isinstance(problem, Bumps)
    found = run(method, problem, 79)
    assert abs(float(found[79][1])) == pytest.approx(364910.324636, rel=1e-11)
    assert float(found[79][0]) == pytest.approx(-4e-15, rel=1e-3)
    assert all(abs(found[t][1]) < mpmath.mpf(10) ** -30 for t in range(5, 80, 5))


@pytest.mark.parametrize("kappa", [F(1, 100), F(1, 50), F(1, 10)])
def test_the_tuned_first_step_too(kappa):
    method = pr.HeavyBall.tuned(kappa, 1)
    problem = pr.diverging_example(method, (kappa, 1), 60)
    found = run(method, problem, 60)
    assert abs(found[60][0]) < mpmath.mpf(10) ** -3
    early, late = (max(abs(E) for _, E in part) for part in (found[:30], found[30:]))
    assert late > 2 * early


@pytest.mark.parametrize(
    ("method", "kappa", "steps"),
    [
        (pr.HeavyBall.tuned(F(1, 100), 1), F(1, 100), 25),
        (pr.Nesterov.tuned(F(1, 100), 1), F(1, 100), 24),
        (pr.HeavyBall.tuned(F(17, 100), 1), F(17, 100), 20),
    ],
)
def test_the_tangent_is_the_derivative(method, kappa, steps):
    """∂x_t by central differences of the run of f_0(x − θ), that is of the start −θ, plus 1."""
    problem = pr.diverging_example(method, (kappa, 1), steps)
    mpmath.mp.dps = 60
    theta = mpmath.mpf(10) ** -25
    up = run(method, problem, steps, start=1 - theta)[steps][0]
    down = run(method, problem, steps, start=1 + theta)[steps][0]
    E = run(method, problem, steps)[steps][1]
    assert abs((up - down) / (2 * theta) - E) < abs(E) * mpmath.mpf(10) ** -8


def test_at_the_solution_the_second_derivative_is_an_interval():
    """f_0 is C^{1,1}: f_0′(x)/x and f_0″ fill intervals of [ell, L] near 0 from both sides.

    f_0′(x)/x = a + b sin(ω ln|x|) has no limit, so f_0″(0) does not exist; Clarke's second
    derivative at 0 is the set of limits of f_0″, [a − b√(1 + ω²), a + b√(1 + ω²)] = [ell, L]. What
    ``curvature`` says at 0, a + bω, is one of them.
    """
    problem = pr.diverging_example(pr.HeavyBall.tuned(0.01, 1.0), (0.01, 1.0), 25)
    a, b, omega, xi = problem._constants(1.0)
    for side in (1.0, -1.0):
        x = side * np.geomspace(xi**40, xi**36, 40_001)  # two periods of the logarithm
        bent = problem.curvature(x)
        assert 0.01 * (1 - 1e-12) <= bent.min() <= 0.01 * (1 + 1e-4)
        assert 1 - 1e-5 <= bent.max() <= 1 + 1e-12
        chords = problem.slope(x) / x
        assert chords.min() == pytest.approx(a - b, rel=1e-5)
        assert chords.max() == pytest.approx(a + b, rel=1e-5)
    here = float(problem.curvature(np.array([0.0]))[0])
    assert 0.01 <= here <= 1.0 and here == pytest.approx(a + b * omega, rel=1e-12)
    assert problem.slope(np.array([0.0]))[0] == 0.0


def test_arrays_of_mpmath_numbers():
    problem = pr.diverging_example(pr.HeavyBall.tuned(F(1, 100), 1), (F(1, 100), 1), 10)
    here = np.array([mpmath.mpf("0.3")], dtype=object)
    assert float(problem.gradient(here)[0]) == pytest.approx(problem.gradient(np.array([0.3]))[0])


def test_where_nothing_can_diverge_it_is_refused():
    for method, kappa in (
        (pr.HeavyBall.tuned(0.2, 1.0), 0.2),
        (pr.Nesterov.tuned(0.07, 1.0), 0.07),
        (pr.GradientDescent.large(0.01, 1.0), 0.01),
    ):
        with pytest.raises(pr.InvalidValue, match="cannot diverge"):
            pr.diverging_example(method, (kappa, 1.0), 20)
    with pytest.raises(pr.InvalidType):
        pr.diverging_example(pr.Chebyshev(0.01, 1.0), (0.01, 1.0), 20)
