"""A certificate of a supremum: lower ≤ max |Q| ≤ upper over a union of intervals and points."""

from __future__ import annotations

from fractions import Fraction
from math import cos, lcm, pi

from polyrates.ground.check import KINDS, Newton, inside, support_of, union
from polyrates.ground.check_reading import LARGEST_DEGREE, fields, integer, number, require, several


def supremum(content: dict[str, object]) -> str:
    """Clauses "question", "lower bound", "upper bound": of max |Q| over S, Q = Σ q_kλ^k/D."""
    rows = fields(content, "kind support polynomial denominator point lower upper")
    (pieces, _, w, o), D = support_of(rows[1]), integer(rows[3])
    q, (y, lower, U) = [integer(c) for c in several(rows[2])], (number(x) for x in rows[4:])
    require("polynomial", 0 < len(q) <= LARGEST_DEGREE + 1 and D > 0, "there is no such one")
    require("lower bound", inside(y, pieces), "the point is outside the support")
    require("lower bound", abs(value_at(q, y)) >= lower * D, "|Q| is less there")
    for low, high in pieces:
        holds = U >= 0 and (U > 0 or low == high or not any(q))
        if holds and low == high:
            holds = abs(value_at(q, low)) <= U * D
        elif holds and U > 0:
            Q, unit = in_newton_form(q, low, high)
            size = 1 / (U * D * unit)
            holds = Q.bounded((low, high), Fraction(0), False, (size, Fraction(0)), (1, 0, 1))
        start, end = (low / w + o, high / w + o)
        require("upper bound", holds, f"it fails for x in [{float(start)}, {float(end)}]")
    return (
        f"the polynomial Q that is given, of degree {len(q) - 1}, has on {union(pieces)}\n"
        f"  {rows[5]} <= max |Q| <= {rows[6]}"
    )


def value_at(q: list[int], point: Fraction) -> Fraction:
    """Σ q_kλ^k."""
    n, d, total, power = *point.as_integer_ratio(), 0, 1
    for c in reversed(q):
        total, power = total * n + c * power, power * d
    return Fraction(total * d, power)


def in_newton_form(q: list[int], low: Fraction, high: Fraction) -> tuple[Newton, int]:
    """Q times the integer that is returned too, on nodes where nothing cancels on [low, high].

    In Λ = uλ, an integer at the nodes, dividing by Λ − Z again and again leaves the differences.
    """
    n, u = len(q) - 1, lcm(low.denominator, high.denominator) << 20
    start, width = int(low * u), int((high - low) * u)
    c, terms, nodes = [each * u ** (n - k) for k, each in enumerate(q)], [], []
    for k in range(n + 1):
        turn = int(f"{k + 1:b}"[::-1], 2) / 2 ** (k + 1).bit_length()  # 1/2, 1/4, 3/4, 1/8, …
        nodes.append(start + (width * int(2**19 * (1 - cos(pi * turn))) >> 20))
        for j in reversed(range(len(c) - 1)):
            c[j] += nodes[-1] * c[j + 1]
        terms.append(c.pop(0) * width**k * 4 ** (n - k))
    return Newton(terms, [Fraction(z, u) for z in nodes], 4 / (high - low)), (4 * u) ** n


KINDS["supremum"] = supremum
