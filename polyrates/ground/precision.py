"""The precision of mpmath and of flint's balls, changed by one thread at a time.

It belongs to the whole process: ``mpmath.workprec`` keeps the old one and puts it back, so where
two threads do that by turns, the last one puts back what the first had set, and it stays. sympy's
``evalf`` does the same for functions that it has no algorithm of its own for. Whatever changes the
precision here, by its own hand or by sympy's, does so within one lock, and leaves it as it was.
That does not stop what others change meanwhile, sympy's own comparisons among them: what is
certified is computed in a context of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import flint
import mpmath
import sympy

__all__ = [
    "alone",
    "ball_bits",
    "evaluated",
    "own_context",
    "public",
    "working_bits",
    "working_digits",
]

T = TypeVar("T", bound=sympy.Basic)

_lock = threading.RLock()


def _fresh() -> None:
    """A lock that a thread of the parent held is held for ever in a forked child."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh)


@contextmanager
def working_bits(bits: int) -> Iterator[None]:
    """mpmath computes with so many bits within; other threads that want to change that wait."""
    with _lock, mpmath.workprec(bits):
        yield


@contextmanager
def working_digits(digits: int) -> Iterator[None]:
    """mpmath computes with so many decimal digits within."""
    with _lock, mpmath.workdps(digits):
        yield


@contextmanager
def own_context(digits: int) -> Iterator[mpmath.MPContext]:
    """A context with so many decimal digits, which nobody else can change.

    Within the lock all the same: mpmath keeps π and tables of logarithms for all contexts together.
    """
    with _lock:
        context = mpmath.MPContext()
        context.dps = digits
        yield context


@contextmanager
def ball_bits(bits: int) -> Iterator[None]:
    """flint's balls have so many bits within: one number for all threads, as mpmath's."""
    with _lock, flint.ctx.workprec(bits):
        yield


def public(value: Any) -> Any:
    """A number of any context as ``mpmath.mpf`` with all its digits; anything else as it is."""
    parts = getattr(value, "_mpf_", None)
    return value if parts is None else mpmath.mp.make_mpf(parts)


@contextmanager
def alone() -> Iterator[None]:
    """Within, no other thread changes the precision by this module; after it, it is what it was.

    For what sympy does on its way (``nroots``, ``nsimplify``, signs of special functions); also a
    decorator.
    """
    with _lock:
        before = mpmath.mp.prec
        try:
            yield
        finally:
            mpmath.mp.prec = before


def evaluated(expression: T, digits: int) -> T:
    """``expression.evalf(digits)``."""
    with _lock:
        return expression.evalf(digits)  # type: ignore[no-any-return]
