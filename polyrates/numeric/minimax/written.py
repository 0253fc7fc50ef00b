"""A solver's answer as a certificate that travels: fractions that prove lower ≤ V* ≤ upper.

The polynomial of the smallest upper end and the multipliers of the largest lower one, among the
answers to a question and to questions nearby; ``polyrates/ground/check.py`` says what is proved of
them, and its own arithmetic gives both ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from polyrates.ground.check import Minimax, Newton
from polyrates.ground.check_reading import Refused
from polyrates.ground.precision import ball_bits
from polyrates.ground.rounding import root_below, rounded_decimal
from polyrates.numeric.minimax.multipliers import dual, multipliers
from polyrates.numeric.minimax.newton_form import (
    Basis,
    Rows,
    nodes_of,
    primal,
    ratio_of,
    values_of,
    worst,
)
from polyrates.numeric.minimax.question import MinimaxSolution
from polyrates.numeric.minimax.rational import (
    Ball,
    RationalQuestion,
    log10,
    snapped,
)

__all__ = ["minimax_content"]

_SLACKS = (2e-13, 2e-12, 1e-10, 1e-7, 1e-4, 1e-2)
_DIGITS = (24, 40, 80, 160)  # of the multipliers
_ENOUGH = Fraction(1, 10**12)


@dataclass(frozen=True)
class Primal:
    """Integers d_k (none for P = 1), nodes, ratio, share, and a bound of its worst case."""

    newton: tuple[int, ...]
    basis: Basis
    share: str
    upper: str

    def fields(self) -> dict[str, object]:
        """Its part of the certificate."""
        return {
            "newton": [str(d) for d in self.newton],
            "nodes": [str(z) for z in self.basis.nodes[: max(len(self.newton) - 1, 0)]],
            "ratio": str(self.basis.ratio),
            "share": self.share,
            "upper": self.upper,
        }


def minimax_content(
    question: RationalQuestion, t: int, answers: Iterable[MinimaxSolution]
) -> dict[str, object]:
    """The certificate of the best of several answers; those after a good one are not asked for."""
    nodes = nodes_of(question, t)
    basis = Basis(nodes, ratio_of(nodes))
    best = Primal((), basis, "1", str(question.first))  # P = 1
    common = _common(question, t)
    lower, kept = Fraction(0), dict[str, object]()
    for answer in answers:
        with ball_bits(_precision(t, answer)):
            points, omega = _points(question, answer)
            rows = [basis.rows(x, question) for x in points]
            found = _primal(question, common, t, answer, basis, rows)
            if found is not None and Fraction(found.upper) < Fraction(best.upper):
                best = found
            if Fraction(best.upper) == 0:
                break
            values = None
            if found is not None and found.newton and found.basis is basis:
                values = values_of(list(found.newton), question, basis, rows, points)
            content = {**common, **best.fields()}
            square, fields = _dual(question, content, basis, points, omega, rows, answer, values)
            if root_below(square) > lower:
                lower, kept = root_below(square), fields
        if lower >= Fraction(best.upper) * (1 - _ENOUGH):
            break
    content = {**common, **best.fields()}
    if lower:
        # the lower bound holds under an upper one: with the final one it is at least as good
        lower = min(
            root_below(Minimax({**content, "dual": kept}).lower_bound()), Fraction(best.upper)
        )
        content.update(dual=kept, lower=rounded_decimal(lower, 18, False))
    return content


def _common(question: RationalQuestion, t: int) -> dict[str, object]:
    return {
        "kind": "minimax",
        "form": question.form,
        "degree": str(t),
        "support": [[str(low), str(high)] for low, high in question.support],
        "first": str(question.first),
        "second": str(question.second),
        "lower": "0",
        "dual": {},
    }


def _precision(t: int, answer: MinimaxSolution) -> int:
    smallness = max(-log10(arb(answer.upper)), 0.0) if answer.upper > 0 else 0.0
    return 256 + 4 * t + round(10 * smallness)


def _points(
    question: RationalQuestion, answer: MinimaxSolution
) -> tuple[list[Fraction], list[float]]:
    """The contact points, moved into the support, and their masses."""
    masses: dict[Fraction, float] = {}
    for where, weight in zip(answer.contact_points, answer.weights, strict=True):
        x = float((Fraction(float(where)) - question.low) / question.width)
        near = min(question.pieces, key=lambda piece: max(float(piece[0]) - x, x - float(piece[1])))
        point = snapped(x, *near, 12)
        if weight > 0:
            masses[point] = masses.get(point, 0.0) + float(weight)
    return list(masses), list(masses.values())


def _primal(
    question: RationalQuestion,
    common: dict[str, object],
    t: int,
    answer: MinimaxSolution,
    basis: Basis,
    rows: Rows,
) -> Primal | None:
    """P with its proved worst case; None where P = 1 is no worse."""
    if question.first == 0:
        return Primal((), basis, "1", "0")
    if answer.upper == 0:
        return _annihilating(question, t)
    if answer.share == 0:  # P = 1 − λ/p on the one point p
        point = Basis([Fraction(0)], Fraction(1))
        return Primal((0, 1), point, "0", str(question.second / question.low))
    if answer.upper >= question.first:
        return None
    newton = primal(question, answer, basis, rows)
    P = Newton(newton, basis.nodes, basis.ratio)
    share = (
        rounded_decimal(Fraction(float(answer.share)), 17, False) if question.second > 0 else "1"
    )
    height = worst(question, P, float(Fraction(share)))
    whole = math.floor(height)
    for slack in _SLACKS:
        size = Fraction(10 ** (height - whole)) * Fraction(10) ** whole * (1 + Fraction(slack))
        found = Primal(tuple(newton), basis, share, rounded_decimal(size, 18, True))
        try:
            Minimax({**common, **found.fields()}).statement()
        except Refused:
            continue
        return found
    return None


def _annihilating(question: RationalQuestion, t: int) -> Primal:
    """A polynomial whose A and B vanish on a finite support."""
    points = [low for low, _ in question.pieces]
    if not question.plain:
        copies = 2 if question.second > 0 else 1
        nodes = [x for x in points for _ in range(copies)]
        return Primal((*[0] * len(nodes), 1), Basis(nodes, Fraction(1)), "1/2", "0")
    # A = (1 + eλ)Π(1 − λ/p) with A′(0) = 0; then P_k = A_k/(1 − k)
    slopes = [-1 / low for low, _ in question.support]
    monomials, zero = [Fraction(1)], Fraction(0)
    for slope in [-sum(slopes, Fraction(0)), *slopes]:
        monomials = [
            p + slope * q for p, q in zip([*monomials, zero], [zero, *monomials], strict=True)
        ]
    terms = [c / (1 - k) if k != 1 else Fraction(0) for k, c in enumerate(monomials)]
    unit = math.lcm(*(c.denominator for c in terms))
    nodes = [question.origin] * (len(terms) - 1)
    return Primal(tuple(int(c * unit) for c in terms), Basis(nodes, question.width), "1", "0")


def _dual(
    question: RationalQuestion,
    content: dict[str, object],
    basis: Basis,
    points: list[Fraction],
    omega: list[float],
    rows: Rows,
    answer: MinimaxSolution,
    values: list[tuple[Ball, Ball]] | None,
) -> tuple[Fraction, dict[str, object]]:
    """The square of what an answer's measure proves, and the multipliers."""
    best, kept = Fraction(0), dict[str, object]()
    if not points or question.first == 0:
        return best, kept
    found = multipliers(question, basis, rows, omega, float(answer.share), values)
    if found is None:
        return best, kept
    enough: Fraction = (Fraction(str(content["upper"])) * (1 - _ENOUGH / 2)) ** 2
    for digits in _DIGITS:
        fields = dual(question, basis, points, found, digits)
        square = Minimax({**content, "dual": fields}).lower_bound()
        if best and square <= best * (1 + _ENOUGH):
            break
        if square > best:
            best, kept = square, fields
        if best >= enough:
            break
    return best, kept
