"""The certificate of a minimax optimum: fractions that a stranger can check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from polyrates.core.spectra import Spectrum, Union
from polyrates.ground.certificates import ProofFile
from polyrates.ground.errors import PolyratesError
from polyrates.ground.numbers import Number, floating, fraction_of, is_exact
from polyrates.ground.precision import evaluated
from polyrates.numeric.minimax.question import MinimaxSolution
from polyrates.numeric.minimax.rational import RationalQuestion
from polyrates.numeric.minimax.written import minimax_content
from polyrates.problems.sizes import SizePair

__all__ = ["minimax_certificate"]

Solver = Callable[[Spectrum, SizePair, int], MinimaxSolution]

# Relative half widths given to isolated points, and cross over initial in units of L given to 0.
_WIDTHS = (Fraction(1, 10**14), Fraction(1, 10**7))
_CROSSES = (1e-12, 1e-4)


def minimax_certificate(where: Spectrum, joint: SizePair, t: int, solve: Solver) -> ProofFile:
    """``lower ≤ V* ≤ upper`` for the numbers as they are, irrational ones to 40 digits.

    ``solve`` answers in floats; what it finds for the question, and where that proves little for
    questions nearby, is made exact and proved anew.
    """
    support = tuple((as_fraction(low), as_fraction(high)) for low, high in where.support)
    sizes = as_fraction(joint.first), as_fraction(joint.second)
    question = RationalQuestion(support, joint.form, *sizes)
    return ProofFile(minimax_content(question, t, _answers(where, joint, t, solve)))


def as_fraction(value: Number) -> Fraction:
    """A number as a fraction; an irrational one to 40 digits."""
    if not is_exact(value) or getattr(value, "is_Rational", False):
        return fraction_of(value)
    return Fraction(str(evaluated(value, 40)))


def _answers(where: Spectrum, joint: SizePair, t: int, solve: Solver) -> Iterator[MinimaxSolution]:
    """To the question; with its isolated points widened; with a little weight for P′."""
    yield solve(where, joint, t)
    support = [(floating(low), floating(high)) for low, high in where.support]
    alone = [low == high for low, high in support]
    questions: list[tuple[Spectrum, SizePair]] = []
    if any(alone) and not all(alone) and support[0][0] > 0:
        for width in _WIDTHS:
            room = float(width)
            wide = [(p * (1 - room), q * (1 + room)) if p == q else (p, q) for p, q in support]
            questions.append((Union(wide), joint))
    if joint.second == 0 and joint.form == "initial/cross" and joint.first != 0:
        for weight in _CROSSES:
            second = weight * support[-1][1] * floating(joint.first)
            questions.append((where, joint._replace(second=second)))
    for nearby, sizes in questions:
        try:
            yield solve(nearby, sizes, t)
        except PolyratesError:
            continue
