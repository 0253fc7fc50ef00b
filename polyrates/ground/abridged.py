"""Long sequences of numbers as a repr can bear them: their ends and their length."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sympy

from polyrates.ground.digits import exact_text
from polyrates.ground.errors import PolyratesError
from polyrates.ground.numbers import Number, floating
from polyrates.ground.precision import evaluated

__all__ = ["abridged"]

_WIDTH = 80  # characters of a sequence that are not abridged
_ENDS = 3  # entries shown at either end of a long one


def abridged(instance: Any) -> str:
    """The repr of a dataclass in which a long sequence of numbers is its ends and its length.

    ``Tabulated(step_sizes=(0.1, 0.2, 0.3, …, 0.3, 0.2, 0.1; 40 numbers), …)``. The fields
    themselves hold every digit.
    """
    shown = (f"{each.name}={_abridged(getattr(instance, each.name))}" for each in fields(instance))
    return f"{type(instance).__qualname__}({', '.join(shown)})"


def _abridged(value: object) -> str:
    if isinstance(value, sympy.Basic):
        return exact_text(value)
    if not isinstance(value, tuple):
        return repr(value)
    if len(value) < _WIDTH and len(exact_text(value)) <= _WIDTH:
        return repr(value)
    if len(value) <= 2 * _ENDS:
        return f"({', '.join(map(_brief, value))}{',' if len(value) == 1 else ''})"
    first, last = (", ".join(map(_brief, part)) for part in (value[:_ENDS], value[-_ENDS:]))
    return f"({first}, …, {last}; {len(value)} numbers)"


def _brief(value: Number) -> str:
    """Six digits of a float, which keeps its point, and "≈" before those of a long exact number."""
    if isinstance(value, float):
        return repr(float(f"{value:.6g}"))
    text = exact_text(value)
    if len(text) <= 20:
        return text
    if value.free_symbols:
        return text[:19] + "…"
    try:
        return f"≈{floating(value):.6g}"
    except PolyratesError:  # beyond the range of floats
        return f"≈{evaluated(value, 6)}"
