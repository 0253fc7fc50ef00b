"""Proofs through pickle, to the letter: sympy's own way evaluates what was left unevaluated."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import TypeAlias

import sympy

__all__ = ["dumped", "loaded"]

_Reduced: TypeAlias = str | tuple[Callable[..., object], tuple[object, ...]]


def dumped(value: object) -> bytes:
    """A value that holds expressions, as bytes for :func:`loaded`."""
    buffer = io.BytesIO()
    _Pickler(buffer).dump(value)
    return buffer.getvalue()


def loaded(kind: Callable[..., object], data: bytes) -> object:
    """``kind`` of the fields in ``data``."""
    return kind(*pickle.loads(data))


class _Pickler(pickle.Pickler):
    """An expression is its head and its parts, put together as they were."""

    def reducer_override(self, value: object) -> _Reduced:
        as_usual: _Reduced = NotImplemented
        if not isinstance(value, sympy.Basic) or not value.args or isinstance(value, sympy.Symbol):
            return as_usual
        for plain in (True, False):
            try:
                if _same(_put(value.func, value.args, plain), value):
                    return _put, (value.func, value.args, plain)
            except (TypeError, ValueError):
                continue
        return as_usual


def _put(head: type[sympy.Basic], parts: tuple[sympy.Basic, ...], plain: bool) -> sympy.Basic:
    """The head of the parts, evaluated or not."""
    return head(*parts) if plain else head(*parts, evaluate=False)


def _same(one: sympy.Basic, other: sympy.Basic) -> bool:
    """Equal, in the same order."""
    return bool(one == other) and one.args == other.args
