"""The spectrum of a Hessian, measured from products with it alone.

Why the upper end must be safe. Let the true largest eigenvalue be L̂ + s for an interval [ℓ, L̂]. The
map m is symmetric about the middle of the interval, so |P_t(L̂ + ℓ)| = P_t(0) = 1 for Chebyshev's
method, and |1 − hλ| = 1 there for h = 2/(L̂ + ℓ); for tuned heavy ball the characteristic roots
leave the disc at the same λ. So all three tolerate s ≤ ℓ and diverge for every s > ℓ: *L may be
underestimated by ℓ and not by more*, a relative error of κ. An overestimate by the factor 1 + c
only costs: the rate of the method for κ/(1 + c).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.core.measures.empirical import Empirical
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import as_spectrum
from polyrates.execution.krylov import (
    LanczosRun,
    Operator,
    dense,
    distribution_bounds,
    extreme_bounds,
    lanczos,
    margin,
    pooled_nodes,
)
from polyrates.ground.errors import (
    InvalidValue,
    NegativeCurvature,
    NotSymmetric,
    described,
    did,
    refuse_value,
)
from polyrates.ground.numbers import count, floating, nonnegative
from polyrates.ground.outward import at_most
from polyrates.numeric.values import residual_values

__all__ = [
    "IntervalTooSmall",
    "SpectrumEstimate",
    "check_interval",
    "estimate_spectrum",
    "measure_spectrum",
    "rounding_floor",
]


class IntervalTooSmall(InvalidValue):
    """The method was made for an interval that does not cover the spectrum: it would diverge."""


@dataclass(frozen=True, eq=False)
class SpectrumEstimate:
    """A spectrum measured by Hessian-vector products.

    Attributes
    ----------
    spectrum : Empirical
        The density (Ritz values and their Gauss weights, or all eigenvalues) with the safe hull.
    lower, upper : float
        All eigenvalues lie in [lower, upper] with probability ≥ ``confidence``. lower may be
        negative where convexity was neither refuted nor shown; the hull stops at 0 (or at the
        given ``ell``).
    ritz : (float, float)
        The extreme Ritz values, which lie inside the spectrum for certain.
    confidence : float
        1 where the whole Hessian was formed.
    products : int
        Hessian-vector products used.
    dim : int
        d.
    margin : float
        How far the rounding of the products was allowed to move an eigenvalue; included in lower
        and upper. 64√d·u·‖H‖, u the unit roundoff of the closure's answers: 1e-16, or 6e-8 where
        they are in float32.
    """

    spectrum: Empirical
    lower: float
    upper: float
    ritz: tuple[float, float]
    confidence: float
    products: int
    dim: int
    margin: float
    runs: tuple[LanczosRun, ...]

    def cumulative(self, points: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(lower, estimate, upper): the share of eigenvalues ≤ x, at all points at once.

        The band holds everywhere with probability ≥ ``confidence`` (separation theorem for each
        run, a concentration inequality over the runs). Arrays of the shape of ``points``.
        """
        where = np.asarray(points, dtype=float)
        if not self.runs:
            values, weights = self.spectrum.atoms()
            partial = np.concatenate([[0.0], np.cumsum(weights)])
            low, here, high = (
                partial[np.searchsorted(values, where + shift, side="right")]
                for shift in (-self.margin, 0.0, self.margin)
            )
            return low, here, high
        failure = 1.0 - self.confidence
        return distribution_bounds(list(self.runs), where, failure, self.dim, self.margin)

    def density(self, points: object, width: float | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(mean, standard error) of the density smoothed by a Gaussian of the given width.

        ``width`` None is (upper − lower)/(2k) for k steps, about what k steps resolve. The standard
        error is over the independent starts; it is zero where all eigenvalues are known.
        """
        where = np.asarray(points, dtype=float)
        steps = max((len(run.alpha) for run in self.runs), default=self.dim)
        scale = (self.upper - self.lower) / (2.0 * steps) if width is None else floating(width)
        if not scale > 0:
            refuse_value("width", width, "must be > 0", "give a width in units of λ")
        rules = [run.ritz for run in self.runs] or [self.spectrum.atoms()]
        curves = np.array(
            [
                np.exp(-((where[..., None] - values) ** 2) / (2 * scale**2)) @ weights
                for values, weights in rules
            ]
        ) / (scale * math.sqrt(2 * math.pi))
        spread = curves.std(axis=0, ddof=1) if len(curves) > 1 else np.zeros(where.shape)
        if self.runs and len(curves) == 1:
            spread = np.full(where.shape, np.inf)  # one start says nothing about the spread
        return curves.mean(axis=0), spread / math.sqrt(len(curves))


def measure_spectrum(
    hvp: Callable[[Any], Any],
    dim: int,
    steps: int | None = None,
    probes: int = 4,
    confidence: float = 0.999,
    ell: object = None,
    seed: int = 0,
    like: object = None,
) -> SpectrumEstimate:
    """The spectrum of a Hessian from products with it, its ends safe and its density with bars.

    With dim ≤ steps·probes the Hessian is formed and everything is certain. Otherwise ``probes``
    Lanczos runs from Gaussian starts: the ends by the probabilistic bound of
    :mod:`polyrates.execution.krylov`, which holds for every matrix with the stated confidence, the
    density by stochastic Lanczos quadrature. Memory steps·dim.

    Parameters
    ----------
    hvp : callable
        v ↦ ∇²f(x) v at a fixed x, on numpy, JAX or torch arrays of shape (dim,).
    dim : int ≥ 1
    steps : int ≥ 1, optional
        Lanczos steps of each run; None is min(dim, 50). The width of the safe margin shrinks
        with the square of it: (ln(1.65√d/δ)/2k)² of the width of the spectrum, or faster.
    probes : int ≥ 1
        Independent starts. The density's standard error needs at least 2.
    confidence : number in (0, 1)
        With which all eigenvalues lie in the hull.
    ell : number ≥ 0, optional
        A lower bound of the spectrum that is known, such as an ℓ2 penalty. Without it the lower
        end is the probabilistic bound, or 0 where that is negative.
    seed : int
    like : array or tree, optional
        What the closure takes, where that is not a vector of 64 bits: an example (not read).

    Raises
    ------
    NotSymmetric, NegativeCurvature
        The products are no Hessian's, or no convex function's. Also when an eigenvalue below
        the ``ell`` that was given is found.
    NonFiniteError
        NaN or infinity in a product.
    """
    d = count(dim, "dim", 1)
    k = min(d, 50) if steps is None else min(count(steps, "steps", 1), d)
    q, trust = count(probes, "probes", 1), _confidence(confidence)
    floor = 0.0 if ell is None else floating(nonnegative(ell, "ell"), "ell")
    operator = Operator(hvp, d, like)
    _require_linear(operator)
    rng = np.random.default_rng(count(seed, "seed"))
    runs: list[LanczosRun] = []
    if d <= k * q:
        values, slack = dense(operator)
        ritz = float(values[0]), float(values[-1])
        lower, upper, trust = ritz[0], ritz[1], 1.0
        nodes, weights = values, np.full(d, 1 / d)
    else:
        runs = [lanczos(operator, rng.standard_normal(d), k) for _ in range(q)]
        ends = [run.ritz[0] for run in runs]
        ritz = float(min(v[0] for v in ends)), float(max(v[-1] for v in ends))
        lower, upper = extreme_bounds(runs, 1.0 - trust)
        slack = margin(operator, max(abs(ritz[0]), abs(ritz[1]))) + max(r.noise for r in runs)
        nodes, weights = pooled_nodes(runs, slack)
    lower, upper = lower - slack, upper + slack
    if upper <= slack * 2 and max(abs(ritz[0]), abs(ritz[1])) == 0:
        refuse_value("hvp", described("the zero map"), "has no curvature", "check it")
    if ritz[0] < -slack:
        raise NegativeCurvature(
            "hvp",
            described(f"an eigenvalue ≤ {at_most(ritz[0], 6)}"),
            "has negative curvature: f is not convex there",
            "move to a minimiser, or add an ℓ2 penalty larger than that",
        )
    if ritz[0] < floor - slack:
        refuse_value(
            "ell",
            floor,
            f"an eigenvalue ≤ {at_most(ritz[0], 6)} was found below it",
            "give a smaller ell",
        )
    bottom = max(lower, floor, 0.0)
    if bottom >= upper:  # a known floor that is itself the only eigenvalue
        bottom = math.nextafter(upper, 0.0)
    spectrum = Empirical(
        np.clip(nodes, bottom, upper).tolist(),
        weights.tolist(),
        hull=(bottom, upper),
        status="predicted",
    )
    return SpectrumEstimate(
        spectrum, lower, upper, ritz, trust, operator.products, d, slack, tuple(runs)
    )


def _confidence(value: object) -> float:
    trust = floating(value, "confidence")
    if not 0 < trust < 1:
        refuse_value("confidence", value, "must lie between 0 and 1", "give for instance 0.999")
    return trust


def _require_linear(operator: Operator) -> None:
    """H·0 = 0: an affine map, such as a gradient, can pose as symmetric."""
    offset = operator(np.zeros(operator.dim))
    if np.any(offset != 0):
        raise NotSymmetric(
            "hvp",
            did(f"maps 0 to a vector of norm {float(np.linalg.norm(offset)):.3g}"),
            "is not linear in v",
            "give v -> ∇²f(x) v, not the gradient",
        )


def estimate_spectrum(hvp: Callable[[Any], Any], dim: int, **options: Any) -> Empirical:
    """The spectrum of a Hessian as an Empirical measure with a safe hull.

    ``measure_spectrum(hvp, dim, **options).spectrum``; that function documents the options (steps,
    probes, confidence, ell, seed, like) and its result has the error bars. By default the hull
    contains all eigenvalues with probability 0.999, and for certain where dim ≤ 200. Its ``status``
    is "predicted", since it is the Hessian at one point: take the solution
    (:func:`polyrates.measurement.measured_sizes.estimate_sizes` finds it).

    Examples
    --------
    >>> import numpy as np
    >>> H = np.diag([1.0, 4.0, 10.0])
    >>> [round(float(end), 9) for end in estimate_spectrum(lambda v: H @ v, 3).hull]
    [1.0, 10.0]
    """
    return measure_spectrum(hvp, dim, **options).spectrum


def check_interval(method: Method, spectrum: object, steps: int = 256) -> None:
    """Refuse a method whose residual polynomial grows on the hull of a spectrum.

    Evaluates |P_t| at both ends of the hull for t = ``steps`` (the horizon where there is one).
    Raises IntervalTooSmall where it exceeds 1: for Chebyshev's method, tuned heavy ball and
    gradient descent with 2/(L + ℓ) that is the case exactly when the true L exceeds theirs by more
    than ℓ. Growth that is only transient passes.
    """
    as_method(method)
    ends = np.array([floating(end) for end in as_spectrum(spectrum).hull])
    t = steps if method.horizon is None else min(steps, method.horizon)
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.abs(residual_values(method, t, ends)[0])
    worst = int(np.argmax(np.where(np.isfinite(size), size, np.inf)))
    if not size[worst] <= 1.0 + 1e-9:
        raise IntervalTooSmall(
            "method",
            method.name,
            f"|P_{t}| = {size[worst]:.3g} at λ = {ends[worst]:.6g}, an end "
            "of the spectrum's hull: it diverges there",
            "make the method for that hull",
        )


def rounding_floor(
    method: Method, spectrum: object, steps: int, dtype: npt.DTypeLike = np.float32
) -> float:
    """About how small floats of a type let ‖x_t − x*‖/‖x_0 − x*‖ become (numeric, no bound).

    u·steps·max over s ≤ steps of sup|P_s|, u the unit roundoff: every step rounds the iterate, and
    the later steps carry that on. For x* ≠ 0 of a larger size than x_0 − x* it is relative to x*.
    When it exceeds the error that was asked for, the type is too short.
    """
    from polyrates.analysis.rate import rate

    curve = rate(as_method(method), as_spectrum(spectrum)).residual.curve(steps, tight=False)
    unit = float(np.finfo(np.dtype(dtype)).eps) / 2
    return unit * max(steps, 1) * float(np.max(curve))
