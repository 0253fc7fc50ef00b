"""The worst case and the average at one horizon: no polynomial is below the front they span.

V² = min over s of max over λ of a²P²/s + d²P′²/(1 − s) and M² = a²∫P²dμ + d²∫P′²dμ (E and D
of mean zero, isotropic and uncorrelated) are convex in P. The front of the pairs (V, M) is met by
the minimizers of (1 − θ)(V/V*)² + θ(M/M*)², 0 ≤ θ ≤ 1, from the minimax optimum to the
Sobolev-optimal polynomial. Between these ends, which are certified, a point is the minimizer of the
mean of the profile over a measure ω plus θ(M/M*)²: a least-squares problem, ω and s being found as
by Lawson, ω ← ω·profile, s balancing the two norms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polyrates.analysis.average import average
from polyrates.analysis.worst_case import enclose
from polyrates.core.estimators import Unrolled
from polyrates.core.measures.base import Measure, as_measure
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.tabulated import WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.ground.cards import Card, Carded, upper_cell
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import count, floating
from polyrates.numeric.sobolev import weights_from_series
from polyrates.problems.sizes import joint_sizes
from polyrates.synthesis.minimax import minimax_optimal
from polyrates.synthesis.sobolev import sobolev_optimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Front", "FrontPoint", "pareto"]

_EDGE = 1e-12
_ROUNDS = 300
_LONGEST = 120  # steps beyond which the least squares lose their digits


@dataclass(frozen=True)
class FrontPoint:
    """One method: its worst case, an upper bound, and its average error; θ."""

    method: Method
    worst: float
    average: float
    weight: float


@dataclass(frozen=True, eq=False)
class Front(Carded):
    """Points from the smallest worst case to the smallest average.

    Attributes
    ----------
    points : tuple of FrontPoint
        Each is a runnable method: ``worst`` is certified, ``average`` by Gauss's rule.
    worst, average : float
        Lower bounds for every method at t: V*, certified, and M*, the Sobolev optimum's.
    status : "certified" for the ends; what lies between is "numeric": near the front, not below it.
    """

    points: tuple[FrontPoint, ...]
    worst: float
    average: float
    t: int

    @property
    def status(self) -> str:
        """Of the ends."""
        return "certified"

    def _latex(self) -> str:
        return (
            r"\min_{P(0) = 1, \, \deg P \le t} \; "
            r"(1 - \theta) (V/V^{\star})^2 + \theta (M/M^{\star})^2"
        )

    def _card(self) -> Card:
        rows = [
            (f"θ = {point.weight:.3g}", f"V ≤ {upper_cell(point.worst)}, M = {point.average:.4g}")
            for point in self.points
        ]
        return Card(f"Worst case and average, t = {self.t}", rows, formula=self._latex())

    def plot(self, axes: Axes | None = None) -> Axes:
        """M against V, in units of the smallest of each."""
        from polyrates.ground.drawing import axes_of

        axes = axes_of(axes, "pareto")
        worst = [point.worst / self.worst for point in self.points]
        mean = [point.average / self.average for point in self.points]
        axes.plot(worst, mean, "o-")
        axes.axvline(1.0, linewidth=0.8, linestyle=":")
        axes.axhline(1.0, linewidth=0.8, linestyle=":")
        axes.set_xlabel("worst case over V*")
        axes.set_ylabel("average error over the smallest")
        return axes


def pareto(spectrum: object, t: int, points: int = 9, **sizes: object) -> Front:
    """The front between the worst case and the average error at a fixed t.

    Parameters
    ----------
    spectrum : measure on one interval, ℓ > 0
        Its density is that of the average; the worst case is over its hull.
    t : int ≥ 1
    points : int ≥ 2
        How many, both ends included.
    residual, drift : numbers > 0
        ‖E‖ ≤ a and ‖D‖ ≤ d in the worst case, their root mean squares in the average.

    Examples
    --------
    >>> import polyrates as pr
    >>> front = pr.pareto(pr.Uniform(1, 100), 20, 5, residual=1, drift=1)
    >>> for point in front.points:
    ...     print(f"{point.worst:.3f} {point.average:.3f}")
    0.179 0.090
    0.252 0.035
    0.296 0.026
    0.328 0.023
    0.451 0.020
    """
    measure = as_measure(spectrum)
    joint = joint_sizes(sizes)
    horizon, number = count(t, "t", 1), count(points, "points", 2)
    a, d = floating(joint.first), floating(joint.second)
    ell, L = (floating(end) for end in measure.hull)
    if joint.form != "residual/drift" or not (a > 0 and d > 0):
        refuse_value("sizes", sizes, "the front is for residual and drift, both > 0", "give them")
    if len(measure.support) != 1 or not 0 < ell < L or horizon > _LONGEST:
        refuse_value(
            "spectrum, t",
            (spectrum, t),
            f"must be a density on one interval, ell > 0, and t at most {_LONGEST}",
            "give for instance pr.Uniform(1, 100) and a shorter horizon",
        )
    where = Interval(ell, L)
    best = minimax_optimal(where, horizon, residual=a, drift=d)
    mean = sobolev_optimal(measure, horizon, (d / a) ** 2)
    smallest = a * math.sqrt(float(mean.value))
    search = _Search(measure, (ell, L), horizon, (a, d), (float(best.lower), smallest))
    thetas = [k / (number - 1) for k in range(1, number - 1)]
    between = [
        (theta, method) for theta, method in zip(thetas, search.methods(thetas), strict=True)
    ]
    found = []
    for theta, method in [(0.0, best.method), *between, (1.0, mean.method)]:
        worst = enclose(method, where, Unrolled(), horizon, joint).upper
        spread = a * math.sqrt(float(average(method, measure, horizon, (d / a) ** 2)))
        found.append(FrontPoint(method, worst, spread, theta))
    return Front(tuple(found), float(best.lower), smallest, horizon)


class _Search:
    """The minimizers in floats, by weights on Chebyshev's iterates."""

    def __init__(
        self,
        measure: Measure,
        ends: tuple[float, float],
        t: int,
        sizes: tuple[float, float],
        units: tuple[float, float],
    ) -> None:
        self.ends, self.units = ends, units
        ell, L = ends
        angles = np.arange(4 * t + 1) * (math.pi / (4 * t))
        points = (L + ell) / 2 + (L - ell) / 2 * np.cos(angles)
        self.grid = self._rows(points, t, sizes)
        nodes, weights = measure.quadrature(t + 1)
        rows = self._rows(np.asarray(nodes, dtype=float), t, sizes)
        self.mean = sum((part.T * np.asarray(weights, dtype=float)) @ part for part in rows)
        growth = 2 * math.asinh(math.sqrt(ell / (L - ell)))
        k = np.arange(t + 1)
        # T_k at λ = 0 over its largest: the unit of P does not matter
        self.at_zero = np.exp((k - t) * growth) * (1 + np.exp(-2 * k * growth)) * (-1.0) ** k

    def _rows(
        self, points: np.ndarray, t: int, sizes: tuple[float, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """aT_k and dT_k′ at points λ."""
        ell, L = self.ends
        x = np.clip((2 * points - L - ell) / (L - ell), -1, 1)
        values, slopes = np.ones((len(x), t + 1)), np.zeros((len(x), t + 1))
        values[:, 1], slopes[:, 1] = x, 1.0
        for k in range(2, t + 1):
            values[:, k] = 2 * x * values[:, k - 1] - values[:, k - 2]
            slopes[:, k] = 2 * values[:, k - 1] + 2 * x * slopes[:, k - 1] - slopes[:, k - 2]
        return sizes[0] * values, sizes[1] * (2 / (L - ell)) * slopes

    def methods(self, thetas: list[float]) -> Iterator[Method]:
        """One for each θ."""
        for theta in thetas:
            yield WeightedIterates(
                Chebyshev(*self.ends), weights_from_series(self._series(theta), *self.ends)
            )

    def _series(self, theta: float) -> list[float]:
        first, second = self.grid
        measure, s = np.full(len(first), 1.0 / len(first)), 0.5
        own, other = (1 - theta) / self.units[0] ** 2, theta / self.units[1] ** 2
        best, least = np.zeros(0), math.inf
        unit = np.ones(0)
        for _ in range(_ROUNDS):
            form = own * ((first.T * (measure / s)) @ first)
            form += own * ((second.T * (measure / (1 - s))) @ second) + other * self.mean
            unit = 1 / np.sqrt(np.diag(form))
            scaled = form * np.outer(unit, unit)
            q = unit * np.linalg.solve(scaled, unit * self.at_zero)
            q /= self.at_zero @ q
            A, B = (first @ q) ** 2, (second @ q) ** 2
            x, y = math.sqrt(measure @ A), math.sqrt(measure @ B)
            s = min(max(x / (x + y), _EDGE), 1 - _EDGE)  # P = 1 has no slope: s would be 1
            profile = A / s + B / (1 - s)
            value = own * float(profile.max()) + other * float(q @ self.mean @ q)
            if value < least:
                best, least = q, value
            measure = measure * profile
            measure /= measure.sum()
        return [float(each) for each in best]
