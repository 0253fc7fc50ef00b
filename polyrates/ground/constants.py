"""Exact numbers without symbols, √2 − 7/5 or π/4: balls that contain them, and their signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy.polys.constructor import construct_domain

from polyrates.ground.errors import Undecided, refuse_value
from polyrates.ground.precision import ball_bits, evaluated

if TYPE_CHECKING:
    import flint

__all__ = ["ball", "sign_of_constant"]


def ball(value: sympy.Expr | float) -> flint.arb:
    """A flint ball (arb) that contains a number, at flint's working precision."""
    import flint

    if isinstance(value, (int, float)):
        return flint.arb(value)
    if isinstance(value, sympy.Rational):
        return flint.arb(flint.fmpq(int(value.p), int(value.q)))
    if isinstance(value, sympy.Add):
        return sum((ball(part) for part in value.args), flint.arb(0))
    if isinstance(value, sympy.Mul):
        product = flint.arb(1)
        for part in value.args:
            product *= ball(part)
        return product
    if isinstance(value, sympy.Pow) and isinstance(value.exp, sympy.Rational):
        base, exponent = ball(value.base), value.exp
        root = base if exponent.q == 1 else base.root(int(exponent.q))
        return root ** int(exponent.p)
    if value.free_symbols:
        names = ", ".join(sorted(map(str, value.free_symbols)))
        refuse_value("number", value, "has symbols", f"give {names} values")
    digits = flint.ctx.dps + 10
    text = str(evaluated(value, digits)).replace("e", "E")
    middle = flint.arb(text)
    return middle + flint.arb(0, abs(middle) * flint.arb(10) ** (5 - digits))


_FIRST_BITS, _LAST_BITS = 128, 1 << 17
"""Precisions at which a sign is sought: from 38 digits to 39,000."""

_ZERO_BITS = 1024  # from which a number that still touches zero is asked whether it is zero


def sign_of_constant(value: sympy.Expr) -> int:
    """The sign of an exact number without symbols: balls of growing precision, and algebra for 0.

    A ball away from zero decides; a number that is zero is one in the field of algebraic numbers
    it lives in, or by sympy's simplification where it is transcendental.
    """
    asked, bits = False, _FIRST_BITS
    while bits <= _LAST_BITS:
        with ball_bits(bits):
            enclosure = ball(value)
        if enclosure > 0 or enclosure < 0:
            return 1 if enclosure > 0 else -1
        if bits >= _ZERO_BITS and not asked:
            if _is_zero(value):
                return 0
            asked = True
        bits *= 4 if bits >= _ZERO_BITS else 2
    raise Undecided(
        "number",
        value,
        "neither its sign nor that it is zero was found",
        "give a simpler form, or a float",
    )


def _is_zero(value: sympy.Expr) -> bool:
    """Whether an exact number without symbols is zero."""
    if value.is_algebraic is not False:
        try:
            domain, elements = construct_domain([value], extension=True)
        except (NotImplementedError, ValueError, TypeError):
            domain = None
        if domain is not None and not domain.is_EX:
            return not elements[0]
    return bool(sympy.simplify(value) == 0)
