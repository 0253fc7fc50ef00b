"""The methods made for a measure: what they are, and how they run."""

from __future__ import annotations

import pickle
from fractions import Fraction as F
from itertools import islice

import numpy as np
import pytest
import sympy

from polyrates.analysis.average import average
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.methods.classical import Chebyshev, Gegenbauer, HeavyBall
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev, SobolevAsymptotic
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.recurrence import orbit
from polyrates.core.spectra import Interval
from polyrates.execution.run import run
from polyrates.execution.trajectory import differentiate
from polyrates.ground.errors import HorizonError, InvalidArgument, InvalidValue, NoShortRecurrence
from polyrates.ground.numbers import lam
from polyrates.numeric.values import residual_values
from polyrates.problems.quadratic import Quadratic
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.ring import ring_of
from polyrates.symbolic.sobolev import banded, kernel, orthogonal_polynomials
from polyrates.synthesis.sobolev import sobolev_optimal

R = sympy.Rational

DENSITIES = [
    Uniform(1, 9),
    GegenbauerDensity(0, 9, 0),
    GegenbauerDensity(1, 100, F(-1, 3)),
    JacobiDensity(1, 9, 1, F(1, 2)),
    JacobiDensity(0, 3, F(-1, 2), F(1, 2)),
    JacobiDensity(2, 3, F(-3, 4), F(-1, 4)),
]


@pytest.mark.parametrize("density", DENSITIES, ids=repr)
@pytest.mark.parametrize("eta", [0, F(2, 7), 50])
def test_every_iterate_is_the_optimum(density, eta) -> None:
    """Anytime: one run passes through the optimum of every degree, exactly."""
    method = Sobolev(density, eta)
    ring = ring_of(method)
    for t, point in enumerate(orbit(method, ring, 7)):
        polynomial = ring.poly(point)
        assert polynomial == kernel(density, R(eta), t).polynomial
        assert polynomial.eval(0) == 1


@pytest.mark.parametrize("density", DENSITIES, ids=repr)
def test_transitions_are_affine(density) -> None:
    method = Sobolev(density, F(1, 3))
    for step in islice(method.transitions(sympy.QQ.from_sympy), 9):
        for row in (step.query, step.output, *step.mixing):
            assert sum(row) == 1
    table = Sobolev(density, 0.25).table(12)
    assert table.mixing.shape == (12, 5, 5)
    np.testing.assert_allclose(table.mixing.sum(axis=2), 1, atol=1e-13)


def test_average_case_optimum_without_slopes() -> None:
    """At η = 0 the optimum is orthogonal for λμ, and λ · (1 + x)^β is (1 + x)^{β + 1} for ℓ = 0."""
    for alpha, beta in ((0, 0), (F(1, 2), F(-1, 3))):
        for t in range(6):
            assert residual_polynomial(
                Sobolev(JacobiDensity(0, 5, alpha, beta), 0), t
            ) == residual_polynomial(Orthogonal(JacobiDensity(0, 5, alpha, beta + 1)), t)


def test_symbols() -> None:
    ell, L, eta, alpha = sympy.symbols("ell L eta alpha", positive=True)
    method = Sobolev(GegenbauerDensity(ell, L, alpha), eta)
    assert method.parameters[-1] == eta
    found = residual_polynomial(method, 2).as_expr()
    at = {ell: 1, L: 9, alpha: R(1, 3), eta: R(1, 2)}
    expected = kernel(GegenbauerDensity(1, 9, F(1, 3)), R(1, 2), 2).polynomial.as_expr()
    assert sympy.expand(found.subs(at) - expected) == 0


def exact_values(density, eta, t, points) -> tuple[np.ndarray, np.ndarray]:
    """P* and P*′ at float points, rounded once from exact arithmetic."""
    polynomial = banded(density, R(eta), t).polynomial
    from flint import fmpq, fmpq_poly

    p = fmpq_poly([fmpq(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())])
    where = [fmpq(*float(x).as_integer_ratio()) for x in points]
    return tuple(
        np.array([float(F(int(y.p), int(y.q))) for y in map(q, where)]) for q in (p, p.derivative())
    )


@pytest.mark.parametrize("alpha", [0, F(1, 2), 1])
def test_runs_are_exact_to_ten_digits(alpha) -> None:
    """t = 200, κ = 1e−3, homogeneous: relative to the size of what is left."""
    exact = GegenbauerDensity(F(1, 1000), 1, alpha)
    plain = Sobolev(GegenbauerDensity(0.001, 1.0, float(alpha)), 1.0)
    points = np.linspace(0.001, 1, 41)
    exact_0001 = GegenbauerDensity(F(0.001), 1, alpha)
    assert float(exact.ell) == float(exact_0001.ell)
    value, slope = exact_values(exact_0001, 1, 200, points)
    found = run(plain, lambda x: points * x, np.ones(41), 200)
    assert np.max(np.abs(found - value)) < 1e-10 * np.max(np.abs(value))
    problem = Quadratic(np.diag(points), np.zeros(41), np.diag(points**2), np.zeros(41))
    start, tangent = np.linspace(1, 2, 41), np.linspace(-1, 1, 41)
    jacobian = differentiate(plain, problem, start, 200, dx0=tangent).jacobians[-1]
    expected = value * tangent + slope * points**2 * start
    assert np.max(np.abs(jacobian - expected)) < 1e-10 * np.max(np.abs(expected))


def test_other_methods_run_to_ten_digits() -> None:
    """The same for the asymptotic method, orthogonal ones, and weights on their iterates."""
    measure = MarchenkoPastur(F(22, 25))  # κ = 1.02e−3
    low, high = (float(x) for x in measure.hull)
    for method, plain, (ell, L) in (
        (SobolevAsymptotic(F(1, 1024), 1), SobolevAsymptotic(1 / 1024, 1.0), (1 / 1024, 1.0)),
        (Orthogonal(measure), Orthogonal(MarchenkoPastur(0.88)), (low, high)),
        (
            sobolev_optimal(measure, 60, 1).method,
            sobolev_optimal(MarchenkoPastur(0.88), 60, 1.0).method,
            (low, high),
        ),
    ):
        steps = method.horizon or 200
        points = np.linspace(ell, L, 21)
        polynomial = residual_polynomial(method, steps)
        expected = np.array([float(polynomial.eval(F(x))) for x in points.tolist()])
        found = run(plain, lambda x, p=points: p * x, np.ones(21), steps)
        assert np.max(np.abs(found - expected)) < 1e-10 * np.max(np.abs(expected))


def test_runs_stay_bounded() -> None:
    points = np.concatenate([np.linspace(0.01, 1, 30), np.linspace(1e-3, 1, 10)])
    with np.errstate(under="ignore"):
        for density in (
            GegenbauerDensity(0.01, 1.0, 0.0),
            JacobiDensity(0.0, 1.0, 0.5, 2.0),
            Uniform(0.01, 1.0),
        ):
            inside = points[points >= float(density.ell)]
            for eta in (0.0, 1.0):
                every = run(
                    Sobolev(density, eta), lambda x, p=inside: p * x, np.ones(len(inside)),
                    10_000, history=True,
                )  # fmt: skip
                assert np.max(np.abs(every)) <= 1 + 1e-9
                assert np.max(np.abs(every[-1])) < 1e-3
        tail = run(SobolevAsymptotic(0.01, 1.0), lambda x: points[:30] * x, np.ones(30), 10_000)
        assert np.max(np.abs(tail)) < 1e-300


def test_floats_of_any_measure_run() -> None:
    """Weights on the iterates of a three-term method, O(1) memory."""
    measure = Mixture([(1.0, Uniform(0.01, 0.2)), (1.0, Uniform(0.5, 1.0))])
    found = sobolev_optimal(measure, 60, 1.0)
    assert isinstance(found.method, WeightedIterates)
    points = np.concatenate([np.linspace(0.01, 0.2, 20), np.linspace(0.5, 1.0, 20)])
    seen = run(found.method, lambda x: points * x, np.ones(40), 60)
    np.testing.assert_allclose(seen, found.polynomial(points), atol=1e-12)


def initial_part(method, t, points) -> np.ndarray:
    value, slope = residual_values(method, t, points)
    return value - points * slope


@pytest.mark.parametrize(
    ("method", "interval", "peak"),
    [
        (Sobolev(GegenbauerDensity(0.01, 1.0, 0.0), 1.0), (0.01, 1), 1.037),
        (Sobolev(GegenbauerDensity(1.0, 100.0, 0.0), 1.0), (1, 100), 5.93),
        (Chebyshev(0.01, 1.0), (0.01, 1), 53),
        (SobolevAsymptotic(0.01, 1.0), (0.01, 1), 11.6),
    ],
    ids=lambda x: getattr(x, "name", None),
)
def test_peaks_of_the_worst_case(method, interval, peak) -> None:
    """sup over t and [ℓ, L] of |P − λP′|: the exact method hardly burns in, its limit does."""
    angles = np.linspace(0, np.pi, 1500)
    points = (sum(interval) - (interval[1] - interval[0]) * np.cos(angles)) / 2
    seen = max(np.max(np.abs(initial_part(method, t, points))) for t in range(1, 30))
    assert seen == pytest.approx(peak, rel=5e-3)


def test_asymptotic_is_exact_for_exact_input() -> None:
    method = SobolevAsymptotic(1, 4)
    squared, step, first = method.parameters
    assert (squared, step, first) == (R(1, 9) ** 1, R(4, 9), R(2, 5))
    assert residual_polynomial(method, 1) == sympy.Poly(1 - 2 * lam / 5, lam)
    assert residual_polynomial(method, 5).eval(0) == 1
    assert residual_polynomial(SobolevAsymptotic(1, 2), 3).eval(0) == 1
    with pytest.raises(InvalidValue):
        SobolevAsymptotic(0, 1)


def test_monte_carlo() -> None:
    """The mean squared Jacobian error of random problems is what ∫P² + η∫P′² predicts."""
    rng = np.random.default_rng(5)
    density, eta, t, dim = Uniform(1.0, 50.0), 9.0, 8, 400
    measured = {}
    methods = {"sobolev": Sobolev(density, eta), "chebyshev": Chebyshev(1.0, 50.0)}
    for name, method in methods.items():
        errors = []
        for _ in range(60):
            values = rng.uniform(1, 50, dim)
            start = rng.choice([-1.0, 1.0], dim)
            drift = 3.0 * rng.standard_normal(dim)  # D = ∂H x_0
            problem = Quadratic(
                np.diag(values), np.zeros(dim), np.diag(drift * start), np.zeros(dim)
            )
            tangent = rng.standard_normal(dim)
            jacobian = differentiate(method, problem, start, t, dx0=tangent).jacobians[-1]
            errors.append(np.mean(jacobian**2))
        spread = np.std(errors) / np.sqrt(len(errors))
        assert abs(np.mean(errors) - average(method, density, t, eta)) < 4 * spread
        measured[name] = np.mean(errors)
    assert measured["sobolev"] < measured["chebyshev"] / 3


def test_orthogonal_contains_the_named_methods() -> None:
    for t in range(6):
        assert residual_polynomial(Orthogonal(GegenbauerDensity(1, 9, 0)), t) == (
            residual_polynomial(Chebyshev(1, 9), t)
        )
        assert residual_polynomial(Orthogonal(Uniform(0, 9)), t) == (
            residual_polynomial(Gegenbauer(0, 9, F(1, 2)), t)
        )
        for ratio in (F(1, 3), 2):
            assert residual_polynomial(Orthogonal(MarchenkoPastur(ratio, 2)), t) == (
                residual_polynomial(HeavyBall(F(1, 2), ratio, first_step=F(1, 2)), t)
            )
        for measure in (
            JacobiDensity(1, 9, F(1, 2), 2),
            MarchenkoPastur(F(1, 3)),
            Empirical([0, 1, 2, 5, 7, 8, 9]),
            Mixture([(1, Uniform(1, 2)), (1, Uniform(4, 5))]),
        ):
            monic = orthogonal_polynomials(measure, R(0), t)[t][0]
            assert residual_polynomial(Orthogonal(measure), t) == monic * (1 / monic.eval(0))


def test_orthogonal_of_points_ends() -> None:
    method = Orthogonal(Empirical([1, 2, 5]))
    assert method.horizon == 3
    product = sympy.Poly((1 - lam) * (1 - lam / 2) * (1 - lam / 5), lam)
    assert residual_polynomial(method, 3) == product
    with pytest.raises(HorizonError):
        residual_polynomial(method, 4)
    assert Orthogonal(Empirical([0, 1, 2, 5])).horizon == 3
    assert Orthogonal(Uniform(1, 2)).horizon is None


@pytest.mark.parametrize(
    "method",
    [
        Sobolev(Uniform(1, 9), F(1, 2)),
        Orthogonal(MarchenkoPastur(F(1, 2))),
        SobolevAsymptotic(1.0, 9.0),
    ],
    ids=lambda m: m.name,
)
def test_values(method) -> None:
    assert pickle.loads(pickle.dumps(method)) == method
    assert hash(method) == hash(pickle.loads(pickle.dumps(method)))
    assert method.name
    with pytest.raises(AttributeError):
        method.eta = 3


@pytest.mark.parametrize(
    "measure", [MarchenkoPastur(F(1, 2)), Empirical([1, 2]), Mixture([(1, Uniform(1, 2))])]
)
def test_no_short_recurrence_names_the_remedy(measure) -> None:
    with pytest.raises(NoShortRecurrence, match="sobolev_optimal"):
        Sobolev(measure, 1)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: Sobolev(Interval(1, 9), 1), "spectrum"),
        (lambda: Sobolev((1, 9), 1), "spectrum"),
        (lambda: Sobolev(Uniform(1, 9), -1), "eta"),
        (lambda: Sobolev(Uniform(1, 9), float("inf")), "eta"),
        (lambda: Sobolev(Uniform(1, 9), "x"), "eta"),
        (lambda: Sobolev(Uniform(sympy.Symbol("l"), 9), 0.5), "argument"),
        (lambda: Orthogonal(Interval(1, 9)), "spectrum"),
        (lambda: SobolevAsymptotic(9, 1), "ell"),
    ],
)
def test_bad_input(call, argument) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert caught.value.argument == argument
