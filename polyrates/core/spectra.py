"""Where the eigenvalues of the Hessian lie: supports, and the measures on them.

λ in [ℓ, L]; m(λ) = (2λ − L − ℓ)/(L − ℓ) maps the hull onto [−1, 1]; κ = ℓ/L is the *inverse*
condition number.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sized
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import chain
from typing import ClassVar, Literal

import sympy

from polyrates.ground.cards import Typeset
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import (
    Number,
    compare,
    in_order,
    is_symbolic,
    nonnegative,
    number,
    positive,
    sign,
    unify,
)
from polyrates.ground.typeset import latex

__all__ = ["Interval", "Spectrum", "Union", "as_spectrum"]

Segment = tuple[Number, Number]


def named_numbers(instance: object) -> tuple[tuple[str, Number], ...]:
    """(name, value) of the fields of a dataclass that are numbers."""
    names: list[str] = [each.name for each in fields(instance)] if is_dataclass(instance) else []
    values = [(name, getattr(instance, name)) for name in names]
    return tuple((name, value) for name, value in values if isinstance(value, float | sympy.Expr))


class Spectrum(Typeset, ABC):
    """A set of nonnegative eigenvalues: finitely many closed intervals, points among them."""

    status: Literal["certified", "predicted"] = "certified"
    """"predicted" where it was estimated: what is concluded from it is then no more than that."""

    @property
    @abstractmethod
    def support(self) -> tuple[Segment, ...]:
        """Disjoint closed intervals (a, b) in increasing order; a point is (a, a)."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The intervals of the support that are no points."""
        return tuple((low, high) for low, high in self.support if low != high)

    @property
    def isolated(self) -> tuple[Number, ...]:
        """The isolated points of the support."""
        return tuple(low for low, high in self.support if low == high)

    @property
    def hull(self) -> Segment:
        """(ℓ, L), the smallest interval that contains the support."""
        return self.support[0][0], self.support[-1][1]

    @property
    def kappa(self) -> Number:
        """κ = ℓ/L."""
        ell, L = self.hull
        return ell / L

    sources: ClassVar[tuple[str, ...]] = ()
    """Keys of the literature, for :func:`polyrates.cite`."""

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """(name, value) of what it was built from."""
        return named_numbers(self)

    _is_measure: ClassVar[bool] = False

    @property
    def _letters(self) -> tuple[tuple[str, object], ...]:
        """What a measure adds to its support: letters in LaTeX, with their values."""
        return ()

    def _latex(self) -> str:
        """The support; a measure adds what it is."""
        pieces = [
            rf"\left\{{{latex(low)}\right\}}"
            if low == high
            else rf"\left[{latex(low)}, {latex(high)}\right]"
            for low, high in self.support
        ]
        if len(pieces) > 8:
            pieces = [*pieces[:4], r"\cdots", pieces[-1]]
        support = r" \cup ".join(pieces)
        if not self._is_measure:
            return rf"\lambda \in {support}"
        kind = type(self).__name__
        shown = [f"{name} = {latex(value)}" for name, value in self._letters]
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
        return r", \quad ".join([rf"\lambda \sim \text{{{words}}} \text{{ on }} {support}", *shown])


def check_hull(ell: object, L: object, *, point_allowed: bool = False) -> Segment:
    """0 ≤ ℓ < L as numbers of one kind; conditions on symbols that are open are accepted."""
    low, high = unify(nonnegative(ell, "ell"), number(L, "L"))
    order = sign(high - low)
    positive(high, "L")
    if order is not None and (order < 0 or (order == 0 and not point_allowed)):
        refuse_value("ell", ell, f"must be < L = {L}", "give 0 ≤ ell < L")
    return low, high


def hull_of(value: object, name: str = "interval") -> Segment:
    """(ℓ, L) of a pair of numbers, or of a spectrum."""
    if isinstance(value, Spectrum):
        return value.hull
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        refuse_type(name, value, "must be a pair (ell, L)", "give the ends of the spectrum")
    return check_hull(*value)


@dataclass(frozen=True)
class Interval(Spectrum):
    """All of [ℓ, L], 0 ≤ ℓ < L: a support without a measure."""

    ell: Number
    L: Number

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        object.__setattr__(self, "ell", low)
        object.__setattr__(self, "L", high)

    @property
    def support(self) -> tuple[Segment, ...]:
        """((ℓ, L),)."""
        return ((self.ell, self.L),)


@dataclass(frozen=True)
class Union(Spectrum):
    """A union of closed intervals with gaps, [ℓ₁, L₁] ∪ [ℓ₂, L₂] ∪ …; touching ones are merged.

    Parameters
    ----------
    intervals : sequence of pairs (ell, L), Intervals, Unions and numbers > 0
        In any order; a number p is the isolated point [p, p].
    """

    intervals: tuple[Segment, ...] = field()

    def __init__(self, intervals: Iterable[object]) -> None:
        if isinstance(intervals, (str, bytes)) or not isinstance(intervals, Iterable):
            refuse_type("intervals", intervals, "must be a sequence of intervals", _PIECES)
        pieces = list(intervals)
        if len(pieces) == 2 and all(map(_is_point, pieces)):
            # what reads as an interval elsewhere would pass for its two ends
            refuse_value(
                "intervals",
                intervals,
                "is one interval or two points",
                "give [(ell, L)], or [(p, p), (q, q)]",
            )
        segments = [_closed(piece, f"intervals[{i}]") for i, piece in enumerate(pieces)]
        object.__setattr__(self, "intervals", merge(chain(*segments)))

    @property
    def support(self) -> tuple[Segment, ...]:
        """The disjoint intervals, in increasing order."""
        return self.intervals


_PIECES = "give for instance [(1, 2), pr.Interval(5, 9), 12]"


def _is_point(piece: object) -> bool:
    """Whether a piece of a union stands for a number, be it a good one or not."""
    if piece is None or isinstance(piece, Spectrum):
        return False
    scalar = not isinstance(piece, Sized) or getattr(piece, "shape", None) == ()
    return scalar or isinstance(piece, str)


def _closed(piece: object, name: str) -> tuple[Segment, ...]:
    """The closed intervals that a piece of a union stands for."""
    if isinstance(piece, (Interval, Union)):
        return piece.support
    if _is_point(piece):
        point = positive(piece, name)
        return ((point, point),)
    if isinstance(piece, (bytes, Spectrum)) or not isinstance(piece, Sized) or len(piece) != 2:
        refuse_type(name, piece, "must be a pair (ell, L), a pr.Interval or a number", _PIECES)
    return (check_hull(*piece, point_allowed=True),)  # type: ignore[misc]


def merge(pairs: Iterable[Segment]) -> tuple[Segment, ...]:
    """Disjoint closed intervals in increasing order, overlapping and touching ones united."""
    given = list(pairs)
    if not given:
        refuse_value("intervals", given, "must not be empty", "give at least one interval")
    flat = unify(*(end for pair in given for end in pair))
    if len(given) > 1 and any(is_symbolic(end) for end in flat):
        refuse_value(
            "intervals", given, "symbols cannot be put in order", "give numbers, or one Interval"
        )
    pairs_given = zip(flat[::2], flat[1::2], strict=True)
    ordered = sorted(pairs_given, key=lambda pair: tuple(map(in_order, pair)))
    result = [ordered[0]]
    for low, high in ordered[1:]:
        if compare(low, result[-1][1]) <= 0:
            result[-1] = (result[-1][0], max(result[-1][1], high, key=in_order))
        else:
            result.append((low, high))
    return tuple(result)


def as_spectrum(value: object, name: str = "spectrum") -> Spectrum:
    """A Spectrum, or a pair (ell, L) read as an Interval."""
    if isinstance(value, Spectrum):
        return value
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return Interval(*value)
    refuse_type(name, value, "must be a spectrum", "give pr.Interval(ell, L) or another spectrum")
