"""Exceptions in the user's mathematics.

Every refusal names the argument, the value it had, what is required of it, and the remedy. All of
them derive from :class:`PolyratesError`; an argument of the wrong value is also a ``ValueError``,
one of the wrong type also a ``TypeError``, so code that knows nothing of this package still
catches them.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NoReturn

import sympy

from polyrates.ground.digits import exact_text

__all__ = [
    "HorizonError",
    "InexactError",
    "InvalidArgument",
    "InvalidType",
    "InvalidValue",
    "NoClosedForm",
    "NoShortRecurrence",
    "NonFiniteError",
    "NotCommuting",
    "PolyratesError",
    "Undecided",
    "described",
    "did",
    "hint",
    "meant",
    "refuse_type",
    "refuse_value",
    "shape_of",
]


class PolyratesError(Exception):
    """Base of every exception this package raises on purpose."""


class InvalidArgument(PolyratesError):
    """An argument that the mathematics cannot take.

    Attributes
    ----------
    argument, value, requirement, remedy : str
        Which argument, what it was (its repr, shortened), what is required, and what to do.
    """

    def __init__(self, argument: str, value: object, requirement: str, remedy: str = "") -> None:
        self.argument = argument
        self.value = value if isinstance(value, _Shown) else _Shown(_shorten(value))
        self.requirement = requirement
        self.remedy = remedy
        equals = "" if isinstance(self.value, _Deed) else "= "
        message = f"{argument} {equals}{self.value}: {requirement}"
        end = "" if remedy.endswith("?") else "."
        super().__init__(f"{message}; {remedy}{end}" if remedy else f"{message}.")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.argument, self.value, self.requirement, self.remedy)


class InvalidValue(InvalidArgument, ValueError):
    """The type is right, the value is out of range."""


class InvalidType(InvalidArgument, TypeError):
    """The type of the argument is not one the package computes with."""


class InexactError(InvalidType):
    """A float where an exact number was asked for: give ``Fraction("0.1")`` or ``"0.1"``."""


class HorizonError(InvalidValue):
    """A fixed-horizon method was asked for more steps than it has coefficients for."""


class NotCommuting(InvalidValue):
    """A formula that needs H ∂H = ∂H H was asked for on a problem where that fails."""


class NoShortRecurrence(InvalidValue):
    """No method with bounded memory is known for this request; the remedy names the long one."""


class NoClosedForm(InvalidValue):
    """No closed form is known or derivable for this request; the remedy names what to give."""


class Undecided(InvalidValue):
    """A condition on symbols that neither holds nor fails; the remedy names what to give."""


class NonFiniteError(InvalidValue):
    """A run met NaN or infinity; the message says at which step."""


class _Shown(str):
    """Text that already is the display of a value (so that pickling does not repr it twice)."""

    __slots__ = ()


def described(text: str) -> str:
    """Words for a value, shown without quotes: x0 = an array of shape (3,)."""
    return _Shown(_cut(text))


def did(text: str) -> str:
    """What a function did, a verb first: problem.hvp returned shape (2,)."""
    return _Deed(_cut(text))


def shape_of(value: object) -> str:
    """An array described by its shape; what has none, as it is."""
    shape = getattr(value, "shape", None)
    return _shorten(value) if shape is None else described(f"an array of shape {tuple(shape)}")


class _Deed(_Shown):
    """Text that says what a function did."""

    __slots__ = ()


def _cut(text: str, width: int = 80) -> str:
    words = " ".join(text.split())
    return words if len(words) <= width else words[: width - 1] + "…"


def _shorten(value: object) -> str:
    try:
        long = isinstance(value, (int, Fraction, sympy.Basic))
        return _cut((exact_text if long else repr)(value))
    except Exception:  # a user's broken __repr__ must not hide the real complaint
        return f"<{type(value).__name__}>"


def refuse_value(argument: str, value: object, requirement: str, remedy: str = "") -> NoReturn:
    """Raise :class:`InvalidValue`."""
    raise InvalidValue(argument, value, requirement, remedy)


def refuse_type(argument: str, value: object, requirement: str, remedy: str = "") -> NoReturn:
    """Raise :class:`InvalidType`."""
    raise InvalidType(argument, value, requirement, remedy)


def meant(word: str, known: Iterable[str], otherwise: str, nearness: float = 0.5) -> str:
    """The remedy for a word that is not known: the one that was probably meant, if any."""
    import difflib

    close = difflib.get_close_matches(word, list(known), 1, nearness)
    return f"did you mean {close[0]}?" if close else otherwise


def hint(word: str, known: Iterable[str]) -> str:
    """The word of a short list that was probably meant, else all of them."""
    return meant(word, known, f"there are {', '.join(known)}", nearness=0.6)


class NegativeCurvature(InvalidValue):
    """A direction of negative curvature was found: the function is not convex."""


class NotSymmetric(InvalidValue):
    """The products do not come from a symmetric matrix, so they are not a Hessian's."""
