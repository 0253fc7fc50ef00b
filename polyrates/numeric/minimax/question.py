"""Minimax unrolling: the question (a task, its exact truth, its units) and the answer.

For a support in [ℓ, L] and weights a (``size``) and g (``second``),

    V* = min over P(0) = 1, deg P ≤ t and s in [0, 1] of max over λ of √(a²A²/s + g²B²/(1 − s)),

0/0 = 0, with A = P − λP′, B = P′ in the form "initial/cross" and A = P, B = P′ in "residual/drift".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from polyrates.core.methods.tabulated import Tabulated, WeightedIterates
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, number
from polyrates.ground.precision import public
from polyrates.numeric.minimax.gapped_basis import Table
from polyrates.numeric.minimax.normalized import Problem
from polyrates.numeric.suprema.waves import Array, Points

Form = Literal["initial/cross", "residual/drift"]


Rounding = Any
"""``float``, or ``mpf`` of an mpmath context."""


@dataclass(frozen=True)
class Expansion:
    """``P = Σ weights_k p_k`` on the residual polynomials of a table: see :mod:`.gapped_basis`.

    ``weights`` (t + 1,) sum to 1 up to rounding: floats, or fractions where those do not suffice.
    """

    table: Table
    weights: npt.NDArray[Any]

    @property
    def method(self) -> WeightedIterates:
        """The method whose last iterate has the residual polynomial P, up to rounding."""
        base = Tabulated(self.table.steps.tolist(), self.table.momenta.tolist())
        return WeightedIterates(base, [float(w) for w in self.weights])

    def exact(self) -> WeightedIterates:
        """The method of P itself, in exact numbers, its steps for the roots of the table 1/root."""
        roots = self.table.roots
        steps = [1 / _rational(root) for root in roots]
        steps += map(_rational, self.table.steps[len(roots) :])
        momenta = list(map(_rational, self.table.momenta))
        return WeightedIterates(Tabulated(steps, momenta), list(map(number, self.exact_weights)))

    @property
    def exact_weights(self) -> list[Fraction]:
        """The weights as they are, but for the heaviest, which takes what they leave of 1."""
        weights = [Fraction(w) for w in self.weights.tolist()]
        top = max(range(len(weights)), key=lambda k: abs(weights[k]))
        weights[top] += 1 - sum(weights)
        return weights

    def rescaled(self, exponent: int) -> Expansion:
        """For λ in units smaller by ``2**exponent``."""
        old = self.table
        roots = tuple(math.ldexp(root, exponent) for root in old.roots)
        return Expansion(Table(np.ldexp(old.steps, -exponent), old.momenta, roots), self.weights)


@dataclass(frozen=True)
class MinimaxSolution:
    """The minimax-optimal polynomial, its share and least favourable measure, and its bounds.

    ``coefficients`` (t + 1,) are those of P in numpy's Chebyshev convention with domain ``hull``;
    ``share`` is s; ``lower <= V* <= upper`` is certified, ``upper`` being also a bound of the worst
    case of P (divided by P(0), which rounding moves from 1); ``weights`` (n,) on ``contact_points``
    (n,) are the least favourable measure; ``eta`` is ``second**2 s / (size**2 (1 - s))``, for which
    P minimises the mean of ``A**2 + eta B**2`` over that measure (infinite where P = 1, 0 for
    ``second = 0``, nan for ``size = 0``).  Numbers are mpmath's where digits were asked for.
    ``iterates`` (t + 1,) are the weights of P on the iterates of Chebyshev's method on the hull, as
    floats, and ``upper`` bounds the worst case of what they make; on a support with gaps the same
    of ``expansion``. There ``coefficients`` cancel.
    """

    coefficients: npt.NDArray[Any]
    hull: tuple[float, float]
    share: float
    lower: float
    upper: float
    contact_points: npt.NDArray[Any]
    weights: npt.NDArray[Any]
    eta: float
    expansion: Expansion | None = None
    iterates: Array | None = None

    @property
    def gap(self) -> float:
        """``(upper - lower) / upper``, 0 for a zero value."""
        return float((self.upper - self.lower) / self.upper) if self.upper > 0 else 0.0


@dataclass(frozen=True)
class Task:
    """A validated question: sorted disjoint support, nonnegative weights."""

    support: tuple[tuple[float, float], ...]
    form: Form
    size: float
    second: float
    share: float | None

    @property
    def hull(self) -> tuple[float, float]:
        """``(ell, L)``; both equal for a single eigenvalue."""
        return self.support[0][0], self.support[-1][1]

    @property
    def domain(self) -> tuple[float, float]:
        """The hull; for a single eigenvalue λ, (λ/2, 3λ/2), and (0, 1) for λ = 0."""
        ell, top = self.hull
        if top > ell:
            return ell, top
        return (ell / 2, 1.5 * ell) if ell > 0 else (0.0, 1.0)

    @property
    def initial(self) -> bool:
        """Whether ``A = P − λP'``."""
        return self.form == "initial/cross"

    @property
    def intervals(self) -> list[Task]:
        """The question on each interval of a support with gaps; none on a single one."""
        pieces = self.support if len(self.support) > 1 else ()
        return [replace(self, support=(piece,)) for piece in pieces if piece[0] < piece[1]]

    def problem(self, t: int) -> Problem:
        """The question in degree ``t``, normalised."""
        ell, top = self.hull
        gamma = 2 * (self.second / (top - ell)) / self.size
        return Problem(t, self.support, gamma, self.initial, self.share)

    def points(self, values: npt.NDArray[Any]) -> Points:
        """Inverse of :meth:`eigenvalues`."""
        ends = np.array(self.support)
        at = np.asarray(values, dtype=float)
        segment = np.clip(np.searchsorted(ends[:, 0], at, side="right") - 1, 0, len(ends) - 1)
        width = ends[segment, 1] - ends[segment, 0]
        part = (at - ends[segment, 0]) / np.where(width > 0, width, 1.0)
        phi = np.where(width > 0, 2 * np.arccos(np.sqrt(np.clip(part, 0.0, 1.0))), 0.0)
        return Points(segment.astype(np.int64), phi)

    def eta(self, s: float) -> float:
        """The eta that matches a share: see :class:`MinimaxSolution`."""
        if self.size == 0:
            return math.nan
        if self.second == 0:
            return 0.0
        if s >= 1:
            return math.inf
        number = type(s)
        ratio = number(self.second) / number(self.size)
        return ratio * ratio * s / (1 - s)


def _rational(value: float) -> Number:
    """A float as the exact number that it is."""
    return number(Fraction(float(value)))


def require(condition: bool, name: str, value: object, requirement: str, remedy: str) -> None:
    """Our error, naming argument, value, requirement and remedy, unless ``condition``."""
    if not condition:
        refuse_value(name, value, requirement, remedy)


def validated(
    support: Sequence[tuple[float, float]],
    form: Form,
    size: float,
    second: float,
    share: float | None,
) -> Task:
    """The question in normal form: intervals sorted, those that touch merged."""
    require(
        form in ("initial/cross", "residual/drift"),
        "form",
        form,
        "must be 'initial/cross' or 'residual/drift'",
        "choose one",
    )
    for name, value in (("size", size), ("second", second)):
        require(
            math.isfinite(value) and value >= 0,
            name,
            value,
            "must be finite and nonnegative",
            "pass a norm",
        )
    require(
        share is None or 1e-30 <= share < 1,
        "share",
        share,
        "must lie between 1e-30 and 1, below 1",
        "pass None to optimise it",
    )
    require(len(support) > 0, "support", support, "must have an interval", "pass [(ell, L)]")
    merged: list[tuple[float, float]] = []
    for low, high in support:
        require(
            0 <= low <= high < math.inf,
            "support",
            (low, high),
            "intervals must satisfy 0 <= ell <= L < inf",
            "order the ends",
        )
    for low, high in sorted((float(lo), float(hi)) for lo, hi in support):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Task(tuple(merged), form, float(size), float(second), share)


@dataclass(frozen=True)
class Truth:
    """The question itself where floats only round it: every entry of a Task as a Fraction."""

    support: tuple[tuple[Fraction, Fraction], ...]
    size: Fraction
    second: Fraction

    @staticmethod
    def of(task: Task) -> Truth:
        """A task of floats, which are what they are."""
        support = tuple((Fraction(low), Fraction(high)) for low, high in task.support)
        return Truth(support, Fraction(task.size), Fraction(task.second))

    def scaled(self, eigenvalue: int, value: int) -> Truth:
        """In units larger by powers of two of λ and of the sizes."""
        unit, price = Fraction(2) ** eigenvalue, Fraction(2) ** value
        support = tuple((low / unit, high / unit) for low, high in self.support)
        return Truth(support, self.size / price, self.second / (unit * price))


# Ratio of the weights, with L near 1, beyond which one of them decides alone.
_RATIO = 2.0**100


@dataclass(frozen=True)
class Units:
    """A task in units that are powers of two, with L and ``size`` near 1, and the way back.

    The ratio of the weights is kept within bounds: V* does not decrease in ``second``, so where the
    ratio was cut from above only the lower bound (and the optimality of P = 1) carries over, and
    only the upper one where it was cut from below.
    """

    task: Task
    original: Task
    eigenvalue: int
    value: int
    cut: bool
    raised: bool

    @staticmethod
    def of(task: Task) -> Units:
        """The units of a task of positive size."""
        e, k = math.frexp(task.hull[1])[1], math.frexp(task.size)[1]
        support = tuple((math.ldexp(lo, -e), math.ldexp(hi, -e)) for lo, hi in task.support)
        mantissa, power = math.frexp(task.second)
        power -= e + k
        second, cut = 0.0, power > 100
        if mantissa > 0:
            second = _RATIO if cut else max(math.ldexp(mantissa, max(power, -200)), 1 / _RATIO)
        inner = Task(support, task.form, math.ldexp(task.size, -k), second, task.share)
        return Units(inner, task, e, k, cut, mantissa > 0 and power <= -100)

    def inward(self, start: MinimaxSolution) -> MinimaxSolution:
        """A solution of the original task in these units (bounds left as they are)."""
        power = -self.eigenvalue
        points = np.ldexp(np.asarray(start.contact_points, dtype=float), power)
        hull = math.ldexp(start.hull[0], power), math.ldexp(start.hull[1], power)
        return replace(start, contact_points=points, hull=hull)

    def outward(self, solution: MinimaxSolution, t: int) -> MinimaxSolution:
        """The solution in the original units; bounds rounded outwards where floats end."""
        if isinstance(solution.lower, float):
            lower = math.ldexp(solution.lower, self.value)
            upper = math.ldexp(solution.upper, self.value)
            if solution.upper > 0 and lower < 2.0**-1000:  # subnormal results round outwards
                lower, upper = math.nextafter(lower, 0.0), math.nextafter(upper, math.inf)
            points = np.ldexp(solution.contact_points, self.eigenvalue)
        else:
            two = type(solution.lower)(2)  # of the same context
            lower = solution.lower * two**self.value
            upper = solution.upper * two**self.value
            points = solution.contact_points * two**self.eigenvalue
        if self.cut and solution.share < 1:
            flat = constant(self.original, t, number=type(lower))
            return replace(flat, lower=lower, contact_points=points, weights=solution.weights)
        return replace(
            solution,
            lower=lower,
            upper=upper,
            contact_points=points,
            hull=self.original.domain,
            eta=self.original.eta(solution.share),
            expansion=solution.expansion and solution.expansion.rescaled(self.eigenvalue),
        )


def constant(
    task: Task, t: int, proof: MinimaxSolution | None = None, number: Rounding = float
) -> MinimaxSolution:
    """P = 1 with value ``size`` (over the root of a fixed share)."""
    coefficients = np.array([number(1)] + [number(0)] * t)
    lower = upper = number(task.size)
    if task.share is not None:
        value = number(task.size) / number(task.share) ** number(0.5)
        slip = 8 * unit_of(number)
        lower, upper = value * (1 - slip), value * (1 + slip)
    points, weights = np.array([number(task.hull[0])]), np.array([number(1)])
    if proof is not None:
        points, weights = (
            np.array([number(x) for x in values])
            for values in (proof.contact_points, proof.weights)
        )
    s = number(1 if task.share is None else task.share)
    return MinimaxSolution(coefficients, task.domain, s, lower, upper, points, weights, task.eta(s))


def in_public(solution: MinimaxSolution) -> MinimaxSolution:
    """The same solution in ``mpmath.mpf``, whatever context its numbers are of."""
    return replace(
        solution,
        coefficients=_public(solution.coefficients),
        contact_points=_public(solution.contact_points),
        weights=_public(solution.weights),
        share=public(solution.share),
        lower=public(solution.lower),
        upper=public(solution.upper),
        eta=public(solution.eta),
    )


def _public(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.array([public(value) for value in values], dtype=object)


def unit_of(number: Rounding) -> float:
    """The unit rounding of the numbers a question is asked in: 2⁻⁵³, or that of their context."""
    return 2.0**-53 if number is float else number(2) ** (-number.context.prec)
