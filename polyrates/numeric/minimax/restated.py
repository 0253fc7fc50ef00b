r"""A polynomial moved from the table it was found on to the table it is run on.

Beside isolated points the solver's table takes its steps 1/p at the start, where P has its zeros
exactly. A run in floats would then amplify its rounding at p by all the other steps. The table made
for the support with its points a little wider returns to every p again and again: on it

.. math:: P = \sum_k w_k p_k

has the same P, its weights found from the highest coefficient down in balls of high precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_poly

from polyrates.core.methods.tabulated import Tabulated, WeightedIterates
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number, number
from polyrates.ground.precision import ball_bits
from polyrates.numeric.minimax.gapped_basis import Table, table
from polyrates.numeric.minimax.question import Expansion

__all__ = ["Restated"]

_WIDTH = 1e-12
"""Relative half width of a point in the table: what floats resolve, and no more.

Measured on [1, 10] with 100 at t = 20: float weights then lose 1e-9 of V*, with 1e-9 a millionth.
"""


class Restated:
    """P of an expansion on a table for the support, ``points`` being its isolated points."""

    def __init__(
        self,
        expansion: Expansion,
        support: Sequence[tuple[float, float]],
        points: Sequence[Number],
    ) -> None:
        t = len(expansion.weights) - 1
        self.table = expansion.table
        if points:
            wide = [
                (low * (1 - _WIDTH), high * (1 + _WIDTH)) if low == high else (low, high)
                for low, high in support
            ]
            self.table = table(wide, t, 1)
        bits = 500 + 60 * t
        while True:
            with ball_bits(bits):
                self.weights = _weights(expansion, self.table, points, 256 + 8 * t)
            if self.weights:
                break
            bits *= 2

    def floats(self) -> WeightedIterates:
        """The method with the nearest floats for weights."""
        base = Tabulated(self.table.steps.tolist(), self.table.momenta.tolist())
        rounded = [float(w) for w in self.weights]
        return WeightedIterates(base, rounded)

    def exact(self) -> WeightedIterates:
        """The method in exact numbers."""
        steps, momenta = (
            [number(Fraction(x)) for x in row.tolist()]
            for row in (self.table.steps, self.table.momenta)
        )
        return WeightedIterates(Tabulated(steps, momenta), [number(w) for w in self.weights])


def _weights(
    expansion: Expansion, base: Table, points: Sequence[Number], digits: int
) -> list[Fraction]:
    """The weights on the new table to so many bits, with sum 1; none where balls are too wide."""
    rest = arb_poly([0])
    for weight, power in zip(
        expansion.exact_weights, _powers(expansion.table, points), strict=True
    ):
        rest += power * ball(number(weight))
    powers = _powers(base, ())
    found: list[arb] = []
    for k in range(len(powers) - 1, -1, -1):
        found.append(rest[k] / powers[k][k])
        rest -= powers[k] * found[-1]
    if any(not w.is_zero() and w.rel_accuracy_bits() < digits for w in found):
        return []
    weights = [_dyadic(w, digits) for w in reversed(found)]
    top = max(range(len(weights)), key=lambda k: abs(weights[k]))
    weights[top] += 1 - sum(weights)
    return weights


def _powers(base: Table, points: Sequence[Number]) -> list[arb_poly]:
    """p_0, …, p_t in powers of λ, the roots those of ``points`` that the table rounds."""
    places = [(float(p), ball(p)) for p in points]
    p, zero = [arb_poly([1])], arb_poly([0])
    before = zero
    for k, (h, m) in enumerate(zip(base.steps.tolist(), base.momenta.tolist(), strict=True)):
        now = p[-1]
        step, momentum = arb(h), arb(m)
        if k < len(base.roots):
            root = base.roots[k]
            step = 1 / min(places, key=lambda place: abs(place[0] - root))[1]
            momentum = arb(0)
        p.append(now - now.left_shift(1) * step + (now - before) * momentum)
        before = now
    return p


def _dyadic(value: arb, bits: int) -> Fraction:
    """A midpoint, rounded to so many bits."""
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    extra = max(abs(mantissa).bit_length() - bits, 0)
    return Fraction(mantissa >> extra) * Fraction(2) ** (exponent + extra)
