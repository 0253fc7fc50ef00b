"""Sobolev-optimal residual polynomials for any measure: exact or float is decided here, once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy

from polyrates.core.measures.base import Measure, as_measure
from polyrates.core.measures.densities import ClassicalDensity, classical_density
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev
from polyrates.core.methods.tabulated import Richardson, WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import InvalidArgument
from polyrates.ground.numbers import (
    Number,
    count,
    floating,
    is_exact,
    is_symbolic,
    nonnegative,
    sign,
)
from polyrates.numeric import sobolev as numeric
from polyrates.numeric.arnoldi import LiftedOptimum
from polyrates.numeric.values import residual_series, residual_values
from polyrates.symbolic import sobolev as symbolic
from polyrates.synthesis.optimum import Certificate, Optimum
from polyrates.synthesis.sobolev_certificate import sobolev_proof

__all__ = ["sobolev_optimal"]


def sobolev_optimal(spectrum: Spectrum, t: int, eta: object) -> Optimum:
    """The P with P(0) = 1, deg P ≤ t that minimises ∫P²dμ + η∫P′²dμ.

    With E = ∂x_0 − ∂x* and D = ∂H(x_0 − x*) of zero mean, uncorrelated and isotropic and
    η = E‖D‖²/E‖E‖², the minimum is the least mean squared error of an unrolled Jacobian over E‖E‖².
    It never rises with t. For a measure of N points none of which is 0 it is 0 from degree N on at
    η = 0, and from 2N on for η > 0. A mass w at 0 is never removed: P(0) = 1, so the minimum stays
    ≥ w; on eigenvalues 0 of the Hessian the solution is not determined and ∂x_0 is kept.

    For finitely many eigenvalues P* is small on them and can be huge between them: rounding then
    spoils any run after some steps, as ``.certificate.executed`` tells. Mixing in a little of the
    interval's density, ``Mixture([(0.99, spectrum), (0.01, Uniform(*spectrum.hull))])``, costs a
    few per cent of the value and is stable.

    Parameters
    ----------
    spectrum : measure
        Any; a bare Interval is refused, since an average needs a density.
    t : int ≥ 0
        The degree, the number of steps.
    eta : number ≥ 0
        η, in units of λ².

    Returns
    -------
    Optimum
        Exact ("proved") when the measure and η are exact, symbols included; else floats:
        "certified" by ball arithmetic for the Jacobi densities, "numeric" otherwise. ``.method`` is
        the anytime :class:`Sobolev` where that exists, otherwise weights on the iterates of the
        orthogonal method, O(1) memory, with horizon t. ``.certificate.save(path)`` writes P* in
        fractions with what proves it: exact input, or floats as the rationals they are.
    """
    measure = as_measure(spectrum)
    degree = count(t, "t")
    weight = nonnegative(eta, "eta")
    optimum = _optimum(measure, degree, weight)
    build = partial(_with_proof, optimum.build_certificate, measure, weight, degree)
    return replace(optimum, build_certificate=build)


def _with_proof(
    build: Callable[[], Certificate], measure: Measure, eta: Number, t: int
) -> Certificate:
    return replace(build(), build_proof=partial(sobolev_proof, measure, eta, t))


def _optimum(measure: Measure, degree: int, weight: Number) -> Optimum:
    """Exact where the question is, else in floats."""
    if measure.is_exact and is_exact(weight):
        return _exact(measure, degree, weight)
    for value in (*measure.parameters[:8], weight):  # symbols beside floats are refused
        floating(value, "eta" if value is weight else "spectrum")
    return _float(measure, degree, weight)


def _exact(measure: Measure, t: int, eta: Number) -> Optimum:
    density = classical_density(measure)
    if density is not None:
        domain, values = symbolic.banded_values(density, eta, t)
        method: Method = Sobolev(density, eta)
        polynomial: Any = partial(_exact_polynomial, density, eta, t)
    else:
        expansion = symbolic.kernel(measure, eta, t)
        domain, values = expansion.domain, expansion.values
        polynomial = partial(_given, expansion.polynomial)
        points = measure.points
        if points is None or points > t:
            method = WeightedIterates(Orthogonal(measure), expansion.weights)
        else:
            method = _on_chebyshev(measure, expansion.polynomial, t)
    shown = tuple(domain.to_sympy(value) for value in values)
    return Optimum(
        spectrum=measure,
        degree=t,
        value=shown[-1],
        lower=shown[-1],
        upper=shown[-1],
        status="proved",
        method=method,
        values=shown,
        build_polynomial=polynomial,
        build_certificate=partial(_exact_certificate, measure, method, eta, t),
    )


def _given(value: Any) -> Any:
    return value


def _exact_polynomial(density: ClassicalDensity, eta: Number, t: int) -> sympy.Poly:
    return symbolic.banded(density, eta, t).polynomial


def _exact_certificate(measure: Measure, method: Method, eta: Number, t: int) -> Certificate:
    expansion = symbolic.expansion(measure, eta, t)
    residual, kernel = symbolic.violation(measure, eta, expansion)
    if any(map(is_symbolic, (*measure.parameters, eta))) or not expansion.values[-1]:
        return Certificate(residual, kernel)
    result, _ = numeric.optimum(measure, eta, t)
    with np.errstate(all="ignore"):
        executed = result.distance(*residual_values(method, t, result.nodes), floating(eta))
    return Certificate(residual, kernel, executed)


def _on_chebyshev(measure: Measure, polynomial: Any, t: int) -> WeightedIterates:
    """Weights on Chebyshev iterates: past the points of a measure its own iterates end."""
    ell, L = measure.hull
    if sign(L - ell) == 0:
        ell, L = ell / 2, 2 * L
    base = Chebyshev(ell, L)
    if isinstance(polynomial, sympy.Poly):
        return WeightedIterates(base, symbolic.chebyshev_weights(polynomial, ell, L, t))
    low, high = floating(ell), floating(L)
    rows = numeric.series(polynomial, low, high, t).coef
    return WeightedIterates(base, numeric.weights_from_series(rows, low, high))


def _float(measure: Measure, t: int, eta: Number) -> Optimum:
    density = classical_density(measure)
    if density is not None:
        method: Method = Sobolev(density, eta)
        values = numeric.banded_values(density, eta, t).numbers()
        lower, upper = numeric.enclosure(density, eta, t)
        value = min(max(values[-1], lower), upper)
        return Optimum(
            spectrum=measure,
            degree=t,
            value=value,
            lower=lower,
            upper=upper,
            status="certified",
            method=method,
            values=(*values[:-1], value),
            build_polynomial=partial(_series, measure, method, t),
            build_certificate=partial(_float_certificate, measure, method, eta, t, value),
        )
    points = measure.points
    last = _last_degree(measure, eta)
    if last is not None and t >= last:
        return _vanishing(measure, t, eta, last)
    result, weights = numeric.optimum(measure, eta, t)
    values = result.values.numbers()
    attained = values[-1] * result.attained
    enough = t
    if sign(measure.mass_at_zero) == 1:  # the floor is reached before t: more degrees are rounding
        enough = next(k for k, value in enumerate(values) if value <= values[-1] * (1 + 1e-14))
    if enough < t:
        result, weights = numeric.optimum(measure, eta, enough)
        if points is not None and points <= t + 1:
            weights = weights[:0]  # the orthogonal iterates end before t
    method, executed = _realize(measure, eta, enough, result, weights)
    method = _padded(method, t - enough)
    return Optimum(
        spectrum=measure,
        degree=t,
        value=values[-1],
        lower=min(values[-1], attained),
        upper=max(values[-1], attained),
        status="numeric",
        method=method,
        values=values,
        build_polynomial=partial(_series, measure, method, t),
        build_certificate=partial(
            _given, Certificate(result.residual, result.attained - 1.0, executed)
        ),
    )


def _realize(
    measure: Measure, eta: Number, t: int, result: LiftedOptimum, weights: np.ndarray
) -> tuple[Method, float]:
    """A method with the residual polynomial P*, and how far floats run it from P*.

    Weights on the orthogonal iterates come first; near isolated points those iterates, and below
    the rounding of x_0 their sums, are no longer accurate. The product over the roots of P* in
    Leja's order is relative to what is left of the error, and weights on Chebyshev iterates are
    stable wherever P* is small on the hull. The first that is accurate is taken, else the best.
    """
    bulk = measure.bulk
    best: tuple[float, Method] | None = None
    builders: list[Callable[[], Method]] = [
        lambda: _product(result, t),
        lambda: _on_chebyshev(measure, result, t),
    ]
    if weights.size:
        builders.insert(0, lambda: WeightedIterates(Orthogonal(bulk), weights.tolist()))
    for build in builders:
        try:
            with np.errstate(all="ignore"):
                method = build()
                run = residual_values(method, t, result.nodes)
                distance = result.distance(*run, floating(eta))
        except InvalidArgument:  # weights that overflow
            continue
        if math.isfinite(distance) and (best is None or distance < best[0]):
            best = (distance, method)
        if distance < 1e-9:
            break
    return (_product(result, t), math.inf) if best is None else (best[1], best[0])


def _padded(method: Method, extra: int) -> Method:
    """The same method with ``extra`` steps that change nothing."""
    zeros = [0.0] * extra
    if isinstance(method, WeightedIterates):
        return WeightedIterates(method.base, (*method.weights, *zeros))
    assert isinstance(method, Richardson)
    return Richardson((*method.step_sizes, *zeros), (*method.momenta, *zeros))


def _product(result: LiftedOptimum, t: int) -> Method:
    """Π(1 − λ/root) in Leja's order, filled up with empty steps."""
    roots = [z.real if z.imag == 0 else z for z in result.roots.tolist()]
    if not roots:
        return Richardson([0.0] * max(t, 1))
    product = Richardson.leja(roots)
    return _padded(product, t - len(product.step_sizes))


def _last_degree(measure: Measure, eta: Number) -> int | None:
    """The degree from which the optimum is 0: N, or 2N for η > 0, for N points none of them 0."""
    points = measure.points
    if points is None or sign(measure.mass_at_zero) != 0:
        return None
    return points if sign(eta) == 0 else 2 * points


def _vanishing(measure: Measure, t: int, eta: Number, last: int) -> Optimum:
    """Π(1 − λ/λ_i), or its square: every point is a root, the value is exactly 0."""
    result, _ = numeric.optimum(measure, eta, last - 1)
    roots, _ = measure.quadrature(last)
    ordered = Richardson.leja(np.tile(roots, last // len(roots))).step_sizes
    method = _padded(Richardson(ordered), t - last)
    values = (*result.values.numbers(), *[0.0] * (t - last + 1))
    return Optimum(
        spectrum=measure,
        degree=t,
        value=0.0,
        lower=0.0,
        upper=0.0,
        status="proved",
        method=method,
        values=values,
        build_polynomial=partial(_series, measure, method, t),
        build_certificate=partial(_given, Certificate(0.0, 0.0)),
    )


def _series(measure: Measure, method: Method, t: int) -> Any:
    ell, L = map(floating, measure.hull)
    return residual_series(method, t, (ell, L) if ell < L else (ell / 2, 2 * L))


def _float_certificate(
    measure: Measure, method: Method, eta: Number, t: int, value: Any
) -> Certificate:
    result, _ = numeric.optimum(measure, eta, t)
    at_nodes = residual_values(method, t, result.nodes)
    residual, kernel = numeric.violations(measure, floating(eta), *at_nodes, float(value), t)
    return Certificate(residual, kernel, result.distance(*at_nodes, floating(eta)))
