"""An entry of the catalogue of methods, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from polyrates.core.recurrence import Method
from polyrates.ground.drawing import SPARE_LOOKS, Look, look, register_look
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, floating

__all__ = [
    "NAMES",
    "Entry",
    "Given",
    "entry_of",
    "look_of",
    "register",
    "standard_methods",
    "together",
]

Given = Mapping[str, Number]


@dataclass(frozen=True)
class Entry:
    """One name.

    Attributes
    ----------
    key : str
        What the command line calls it.
    title, label : str
        What a page and a plot call it.
    make : callable
        (ℓ, L, options) to the method; without options tuned to [ℓ, L].
    options : names of the numbers it takes
    defaults : option to number as text
        What an option is that was not given; others may be left out.
    update, residual : str
        LaTeX of its step and of its residual polynomial, in letters.
    about : str
        Its line in the help of the command line.
    look : Look
    kind : type, optional
        The class this entry stands for; None where another entry does.
    planned : str
        What plans call it; empty where they make it in their own way, or not.
    needs_gap : bool
        Whether its tuning needs ℓ > 0.
    """

    key: str
    title: str
    label: str
    make: Callable[[Number, Number, Given], Method]
    options: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    update: str = r"s_{t+1} = A s_t - b \nabla f(c^T s_t)"
    residual: str = r"x_t - x_\star = P_t(H)(x_0 - x_\star)"
    about: str = ""
    look: Look = SPARE_LOOKS[0]
    kind: type[Method] | None = None
    planned: str = ""
    needs_gap: bool = False


NAMES: dict[str, Entry] = {}
"""Every entry by its key, in the order of the help."""


def register(entry: Entry) -> Entry:
    """Add an entry: from now on it is on the command line, in reports, plots and plans."""
    if entry.key in NAMES:
        refuse_value("entry", entry.key, "is the name of a method already", "choose another key")
    NAMES[entry.key] = entry
    register_look(entry.key, entry.look)
    return entry


def entry_of(method: Method) -> Entry | None:
    """The entry that stands for the exact type of a method."""
    return next((entry for entry in NAMES.values() if entry.kind is type(method)), None)


def look_of(method: Method, index: int = 0) -> Look:
    """How a method is drawn; one without an entry by its position."""
    entry = entry_of(method)
    return look("" if entry is None else entry.key, index)


def standard_methods(ell: float, L: float) -> dict[str, Method]:
    """What plans weigh: the methods tuned for [ℓ, L], those that need ℓ > 0 only where it is."""
    return {
        entry.planned: entry.make(ell, L, {})
        for entry in NAMES.values()
        if entry.planned and (ell > 0 or not entry.needs_gap)
    }


def together(*values: Number) -> tuple[Number, ...]:
    """All floats if one is."""
    if any(isinstance(value, float) for value in values):
        return tuple(floating(value) for value in values)
    return values
