"""A minimax question in floats, and its solution in units that never leave their range."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple, cast

import numpy as np

from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating, fraction_of, is_exact, number, sign
from polyrates.ground.precision import evaluated
from polyrates.numeric.minimax.question import Form, MinimaxSolution, Truth
from polyrates.numeric.minimax.solve import solve_minimax
from polyrates.problems.sizes import SizePair

__all__ = ["FloatQuestion", "as_fraction", "solved"]


class FloatQuestion(NamedTuple):
    """A minimax problem in floats."""

    support: tuple[tuple[float, float], ...]
    form: Form
    first: float
    second: float

    @classmethod
    def near(cls, where: Spectrum, joint: SizePair) -> FloatQuestion:
        """The nearest floats."""
        support = tuple((floating(low), floating(high)) for low, high in where.support)
        return cls(support, cast(Form, joint.form), floating(joint.first), floating(joint.second))

    @classmethod
    def around(cls, where: Spectrum, joint: SizePair) -> tuple[FloatQuestion, FloatQuestion]:
        """No easier, every number rounded away, and no harder, what rounding empties left out."""
        ends = [(_bracket(low), _bracket(high)) for low, high in where.support]
        first, second = _bracket(joint.first), _bracket(joint.second)
        outer = tuple((low[0], high[1]) for low, high in ends)
        inner = tuple((low[1], high[0]) for low, high in ends if low[1] <= high[0])
        return (
            cls(outer, cast(Form, joint.form), first[1], second[1]),
            cls(inner, cast(Form, joint.form), first[0], second[0]),
        )


def _bracket(value: Number) -> tuple[float, float]:
    """The floats around a number ≥ 0; both the number itself where it is one."""
    near = floating(value)
    if not is_exact(value):
        return near, near
    off = sign(number(Fraction(near)) - value)
    if off == 0:
        return near, near
    below, above = math.nextafter(near, 0.0), math.nextafter(near, math.inf)
    return (near, above) if off == -1 else (below, near)


def as_fraction(value: Number, digits: int) -> Fraction:
    """A number as a fraction, an irrational one to far more digits than asked for."""
    if not is_exact(value) or getattr(value, "is_Rational", False):
        return fraction_of(value)
    return Fraction(str(evaluated(value, digits + 100)))


def solved(
    asked: FloatQuestion, t: int, digits: int | None = None, truth: Truth | None = None
) -> MinimaxSolution:
    """The solution, λ in units of a power of two near L: the solver never meets extreme units."""
    low, high = asked.support[0][0], asked.support[-1][1]
    if low > 0 and high / low > 1e250:
        refuse_value(
            "spectrum",
            (low, high),
            "spans more than floats hold",
            "set the smallest eigenvalues to 0",
        )
    power = min(max(math.frexp(high)[1], -1000), 1000)
    # V* does not decrease in the second size, and far beyond the first it is that one
    second = min(asked.second * 2.0 ** (-power / 2) * 2.0 ** (-power / 2), 1e300)
    support = [(math.ldexp(a, -power), math.ldexp(b, -power)) for a, b in asked.support]
    try:
        solution = solve_minimax(
            support,
            t,
            form=asked.form,
            size=asked.first,
            second=second,
            digits=digits,
            truth=truth and truth.scaled(power, 0),
        )
    except (ValueError, np.linalg.LinAlgError) as error:
        remedy = "give digits" if digits is None else "leave digits out: floats give a bracket"
        refuse_value("t, digits", (t, digits), str(error).rstrip("."), remedy)
    unit = 2.0**power
    return replace(
        solution,
        hull=(solution.hull[0] * unit, solution.hull[1] * unit),
        contact_points=solution.contact_points * unit,
        eta=min(solution.eta * unit * unit, sys.float_info.max)
        if solution.eta < math.inf
        else math.inf,
        expansion=solution.expansion and solution.expansion.rescaled(power),
    )
