"""The method that leaves nothing on finitely many points, in exact numbers: V* = 0."""

from __future__ import annotations

from fractions import Fraction

from polyrates.core.methods.tabulated import Richardson, Tabulated, WeightedIterates
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import Number, fraction_of, is_exact, number
from polyrates.problems.sizes import SizePair

__all__ = ["annihilating"]


def annihilating(where: Spectrum, joint: SizePair, t: int) -> Method | None:
    """A method of t steps whose A and B vanish on the points of a finite support.

    P has a double zero at each, a simple one where P′ does not count. Where A = P − λP′ alone
    counts, A = (1 + eλ)Π(1 − λ/p) with A′(0) = 0 needs one step more than points; its P is found in
    fractions, and is None where the points are irrational.
    """
    points = [number(Fraction(p)) if not is_exact(p) else p for p, _ in where.support]
    plain = joint.second == 0 and joint.form == "initial/cross"
    copies = 1 if joint.second == 0 and not plain else 2
    if t >= copies * len(points):
        steps = Richardson.leja(points * copies).step_sizes
        return Richardson([*steps, *[0] * (t - len(steps))])
    if not plain or t <= len(points) or not all(getattr(p, "is_Rational", False) for p in points):
        return None
    return _of_single_zeros(points, t)


def _of_single_zeros(points: list[Number], t: int) -> Method:
    """P with the coefficients A_k/(1 − k), on the iterates of the steps 1/p."""
    slopes = [-1 / fraction_of(p) for p in points]
    monomials = [Fraction(1)]
    for slope in [-sum(slopes, Fraction(0)), *slopes]:
        monomials = _times(monomials, slope)
    rest = [c / (1 - k) if k != 1 else Fraction(0) for k, c in enumerate(monomials)]
    steps = [-slope for slope in [*slopes, slopes[0]]]
    powers = [[Fraction(1)]]
    for step in steps:
        powers.append(_times(powers[-1], -step))
    weights: list[Fraction] = []
    for power in reversed(powers):
        weights.append(rest[len(power) - 1] / power[-1])
        rest = [c - weights[-1] * d for c, d in zip(rest, power, strict=False)]
    still = [Fraction(0)] * (t - len(steps))
    return WeightedIterates(Tabulated([*steps, *still]), [*reversed(weights), *still])


def _times(monomials: list[Fraction], slope: Fraction) -> list[Fraction]:
    """The product with 1 + slope λ."""
    shifted = [Fraction(0), *monomials]
    return [p + slope * q for p, q in zip([*monomials, Fraction(0)], shifted, strict=True)]
