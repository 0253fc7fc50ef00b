"""Floats are rationals: nouns made of them, made exact."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TypeVar

from polyrates.ground.numbers import number

__all__ = ["with_fractions"]

Noun = TypeVar("Noun")


def with_fractions(value: Noun) -> Noun:
    """A method, an estimator, a measure with every float read as the rational that it is."""

    def read(part: object) -> object:
        if isinstance(part, float):
            return number(Fraction(part))
        if isinstance(part, tuple):
            return tuple(read(each) for each in part)
        return with_fractions(part)

    if isinstance(value, type) or not dataclasses.is_dataclass(value):
        return value
    made: Noun = object.__new__(type(value))
    for field in dataclasses.fields(value):
        object.__setattr__(made, field.name, read(getattr(value, field.name)))
    return made
