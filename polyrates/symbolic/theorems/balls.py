"""Exact real numbers as balls of any precision, and comparisons that are certain.

A ball is an interval of arbitrary precision that provably contains the number (Arb, through
python-flint). A comparison raises the precision until the balls separate; a tie is settled by
exact arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy
from flint import arb, fmpq

from polyrates.ground.errors import Undecided, described
from polyrates.ground.numbers import sign
from polyrates.ground.precision import ball_bits

__all__ = ["ball", "decide_positive", "float_enclosure"]

_FUNCTIONS: dict[type, Callable[[arb], arb]] = {
    sympy.exp: lambda x: x.exp(),
    sympy.log: lambda x: x.log(),
    sympy.cos: lambda x: x.cos(),
    sympy.sin: lambda x: x.sin(),
    sympy.cosh: lambda x: x.cosh(),
    sympy.sinh: lambda x: x.sinh(),
    sympy.tanh: lambda x: x.tanh(),
    sympy.acosh: lambda x: x.acosh(),
    sympy.Abs: lambda x: abs(x),
}


def ball(value: sympy.Expr) -> arb:
    """A ball around an exact real number without symbols, at the working precision."""
    if isinstance(value, sympy.Rational):
        return arb(fmpq(int(value.p), int(value.q)))
    if isinstance(value, sympy.Add):
        return sum((ball(each) for each in value.args), arb(0))
    if isinstance(value, sympy.Mul):
        return math.prod((ball(each) for each in value.args), start=arb(1))
    if isinstance(value, sympy.Pow):
        base, exponent = value.args
        if isinstance(exponent, sympy.Integer):
            return ball(base) ** int(exponent)
        if exponent == sympy.Rational(1, 2):
            return ball(base).sqrt()
        if exponent == -sympy.Rational(1, 2):
            return ball(base).rsqrt()
        return ball(base) ** ball(exponent)
    if value is sympy.pi:
        return arb.pi()
    if value is sympy.E:
        return arb.const_e()
    if isinstance(value, sympy.Max):
        first, *others = (ball(each) for each in value.args)
        for other in others:
            first = first.max(other)
        return first
    if isinstance(value, sympy.LambertW):
        branch = value.args[1] if len(value.args) > 1 else sympy.Integer(0)
        return ball(value.args[0]).lambertw(int(branch))
    function = _FUNCTIONS.get(value.func)
    if function is not None and len(value.args) == 1:
        return function(ball(value.args[0]))
    raise Undecided(
        "value", value, "has no enclosure here", "give rational numbers or square roots of them"
    )


def float_enclosure(value: arb) -> tuple[float, float]:
    """Two floats with a nonnegative number of a ball between them, rounded outward."""
    low, high = value.lower(), value.upper()
    bottom, top = float(low), float(high)
    if math.isnan(bottom) or math.isnan(top):
        return 0.0, math.inf
    if not (arb(bottom) <= low):
        bottom = math.nextafter(bottom, -math.inf)
    if not (arb(top) >= high):
        top = math.nextafter(top, math.inf)
    return max(bottom, 0.0), top


def decide_positive(
    difference: Callable[[], arb], exact: Callable[[], sympy.Expr] | None, what: str
) -> bool:
    """Whether a real number is > 0: by balls of growing precision, ties by exact arithmetic.

    ``difference`` is evaluated at the working precision in force; ``exact``, where it is not None,
    is the same number exactly and is asked only once 1024 bits have not separated it from zero.
    """
    for bits in (64, 256, 1024, 0, 8192, 65536):
        if bits == 0:
            if exact is not None:
                return sign(exact()) == 1
            continue
        with ball_bits(bits):
            value = difference()
            if value > 0:
                return True
            if value < 0:
                return False
    raise Undecided(
        what, described("a tie to 65536 bits"), "is too close to decide", "give rational numbers"
    )
