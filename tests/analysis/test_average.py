"""The average case is what random problems show, and the algorithms run as their polynomials say.

Problems: b = 0 and ∂b = 0, so x* = ∂x* = 0; H = V diag(λ) Vᵀ with λ from the density and V random,
∂H = V diag(δ) Vᵀ with δ such that D = ∂H x_0 is the vector that was drawn.
"""

from __future__ import annotations

from fractions import Fraction as F
from functools import cache

import numpy as np
import pytest
from flint import fmpq, fmpq_poly

from polyrates.analysis.average import average
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev, SobolevAsymptotic
from polyrates.execution.run import run
from polyrates.execution.trajectory import differentiate
from polyrates.numeric.values import residual_values
from polyrates.problems.quadratic import Quadratic
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.synthesis.sobolev import sobolev_optimal

DIM, PROBLEMS, STEPS = 60, 300, 7


def draw(density, rng):
    """DIM eigenvalues."""
    if isinstance(density, Uniform):
        return rng.uniform(density.ell, density.L, DIM)
    if isinstance(density, MarchenkoPastur):
        return rng.choice(random_matrices(density.ratio), DIM)
    alpha, beta = density.exponents  # (1 − x)^α (1 + x)^β is a beta distribution
    return density.ell + (density.L - density.ell) * rng.beta(beta + 1, alpha + 1, DIM)


@cache
def random_matrices(ratio):
    """The eigenvalues of XᵀX/n for a few large Gaussian X, n × d with d/n = ratio."""
    rng, n = np.random.default_rng(1), 3200
    drawn = [rng.standard_normal((n, round(ratio * n))) for _ in range(4)]
    return np.concatenate([np.linalg.eigvalsh(X.T @ X / n) for X in drawn])


def problem(eigenvalues, drift, rng):
    """(problem, x0, V): D = ∂H x_0 = V · drift."""
    V = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0]
    signs = rng.choice([-1.0, 1.0], DIM)
    made = Quadratic(
        symmetric(V, eigenvalues), np.zeros(DIM), symmetric(V, drift * signs), np.zeros(DIM)
    )
    return made, V @ signs, V


def symmetric(V, values):
    product = (V * values) @ V.T
    return (product + product.T) / 2


def measure(method, density, eta, seed, correlation=0.0):
    """(mean, standard error) of ‖∂x_t − ∂x*‖²/DIM over random problems, E‖E‖² = DIM."""
    rng = np.random.default_rng(seed)
    errors = []
    for _ in range(PROBLEMS):
        E, noise = rng.standard_normal((2, DIM))
        D = np.sqrt(eta) * (correlation * E + np.sqrt(1 - correlation**2) * noise)
        made, x0, V = problem(draw(density, rng), D, rng)
        jacobian = differentiate(method, made, x0, STEPS, dx0=V @ E).jacobians[-1]
        errors.append(np.mean(jacobian**2))
    return np.mean(errors), np.std(errors, ddof=1) / np.sqrt(PROBLEMS)


CASES = {
    "Sobolev, uniform": (Uniform(1.0, 50.0), 9.0, lambda d, e: Sobolev(d, e)),
    "Sobolev, arcsine": (GegenbauerDensity(1.0, 50.0, 0.0), 9.0, lambda d, e: Sobolev(d, e)),
    "Sobolev, Jacobi": (JacobiDensity(1.0, 50.0, 1.0, -0.5), 9.0, lambda d, e: Sobolev(d, e)),
    "optimum, Marchenko-Pastur": (
        MarchenkoPastur(0.25), 0.05, lambda d, e: sobolev_optimal(d, STEPS, e).method
    ),
    "orthogonal, Marchenko-Pastur": (MarchenkoPastur(0.25), 0.05, lambda d, e: Orthogonal(d)),
    "Chebyshev": (Uniform(1.0, 50.0), 9.0, lambda d, e: Chebyshev(1.0, 50.0)),
    "heavy ball": (Uniform(1.0, 50.0), 9.0, lambda d, e: HeavyBall.tuned(1.0, 50.0)),
    "gradient descent": (Uniform(1.0, 50.0), 9.0, lambda d, e: GradientDescent.short(1.0, 50.0)),
    "asymptotic": (Uniform(1.0, 50.0), 9.0, lambda d, e: SobolevAsymptotic(1.0, 50.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_mean_meets_the_prediction_within_its_error_bars(name) -> None:
    density, eta, make = CASES[name]
    method = make(density, eta)
    mean, bar = measure(method, density, eta, seed=sum(map(ord, name)))
    predicted = average(method, density, STEPS, eta)
    assert bar < 0.07 * predicted  # the test sees what it claims
    assert abs(mean - predicted) < 3.5 * bar
    best = sobolev_optimal(density, STEPS, eta).value
    assert best <= predicted * (1 + 1e-12) and mean > best - 3.5 * bar


def test_correlation_is_outside_the_assumption() -> None:
    """E and D correlated: the formula is off by 2ρ√η∫PP′dμ, which the mean then shows."""
    density, eta, rho = Uniform(1.0, 50.0), 9.0, 0.8
    method = GradientDescent.short(1.0, 50.0)
    mean, bar = measure(method, density, eta, seed=3, correlation=rho)
    nodes, weights = density.quadrature(STEPS + 1)
    value, slope = residual_values(method, STEPS, nodes)
    cross = 2 * rho * np.sqrt(eta) * float(np.sum(weights * value * slope))
    predicted = average(method, density, STEPS, eta)
    assert abs(cross) > 8 * bar
    assert abs(mean - predicted) > 5 * bar
    assert abs(mean - predicted - cross) < 3.5 * bar


def test_units_of_eta() -> None:
    """η has the units of λ²: H → cH needs η → c²η for the same error."""
    plain = average(Sobolev(Uniform(1.0, 50.0), 9.0), Uniform(1.0, 50.0), STEPS, 9.0)
    scaled = Uniform(7.0, 350.0)
    found = average(Sobolev(scaled, 9.0 * 49), scaled, STEPS, 9.0 * 49)
    assert found == pytest.approx(plain, rel=1e-12)


ELL = F(1, 1024)
EXECUTED = {  # makers of an exact and of a float one: moments are the cost
    "Sobolev, Jacobi": (
        lambda: Sobolev(JacobiDensity(ELL, 1, 1, 0), 1),
        lambda: Sobolev(JacobiDensity(1 / 1024, 1.0, 1.0, 0.0), 1.0),
    ),
    "asymptotic": (lambda: SobolevAsymptotic(ELL, 1), lambda: SobolevAsymptotic(1 / 1024, 1.0)),
    "orthogonal, uniform": (
        lambda: Orthogonal(Uniform(ELL, 1)),
        lambda: Orthogonal(Uniform(1 / 1024, 1.0)),
    ),
    "orthogonal, gap": (
        lambda: Orthogonal(Mixture([(1, Uniform(ELL, F(1, 4))), (1, Uniform(F(1, 2), 1))])),
        lambda: Orthogonal(Mixture([(1.0, Uniform(1 / 1024, 0.25)), (1.0, Uniform(0.5, 1.0))])),
    ),
}


def exact_values(polynomial, points):
    """P and P′ at floats, rounded once from exact arithmetic."""
    terms = [fmpq(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())]
    P = fmpq_poly(terms)
    where = [fmpq(*float(x).as_integer_ratio()) for x in points]
    return tuple(
        np.array([float(F(int(y.p), int(y.q))) for y in map(each, where)])
        for each in (P, P.derivative())
    )


@pytest.mark.parametrize("name", EXECUTED)
def test_run_and_differentiate_reproduce_the_polynomial(name) -> None:
    """κ = 1/1024, t = 200 (40 where exact numbers are the cost), homogeneous, to 1e−10."""
    exact, plain = (make() for make in EXECUTED[name])
    steps = 40 if "gap" in name or "Jacobi" in name else 200
    points = np.linspace(float(ELL), 1, 17)
    points = points[(points <= 0.25) | (points >= 0.5)]
    value, slope = exact_values(residual_polynomial(exact, steps), points)
    size = len(points)
    found = run(plain, lambda x: points * x, np.ones(size), steps)
    assert np.max(np.abs(found - value)) < 1e-10 * np.max(np.abs(value))
    made = Quadratic(np.diag(points), np.zeros(size), np.diag(points**2), np.zeros(size))
    start, tangent = np.linspace(1, 2, size), np.linspace(-1, 1, size)
    jacobian = differentiate(plain, made, start, steps, dx0=tangent).jacobians[-1]
    expected = value * tangent + slope * points**2 * start
    assert np.max(np.abs(jacobian - expected)) < 1e-10 * np.max(np.abs(expected))


def test_an_empirical_optimum_is_met_exactly() -> None:
    """No sampling of eigenvalues: the mean over E and D alone meets the empirical optimum."""
    rng = np.random.default_rng(11)
    values = np.geomspace(0.05, 1.0, DIM)
    spectrum, eta = Empirical(values), 0.25
    found = sobolev_optimal(spectrum, STEPS, eta)
    errors = []
    for _ in range(PROBLEMS):
        E, D = rng.standard_normal((2, DIM)) * np.array([[1.0], [np.sqrt(eta)]])
        made, x0, V = problem(values, D, rng)
        jacobian = differentiate(found.method, made, x0, STEPS, dx0=V @ E).jacobians[-1]
        errors.append(np.mean(jacobian**2))
    bar = np.std(errors, ddof=1) / np.sqrt(PROBLEMS)
    assert bar < 0.03 * found.value
    assert abs(np.mean(errors) - found.value) < 3.5 * bar
