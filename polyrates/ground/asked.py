"""Asking a function of the user's, whose complaint about what it was given becomes ours.

What a function raises is the user's and goes on as it is, but for two kinds that say that what it
was given does not belong there: arrays of another shape, and arrays of another library or device.
numpy, JAX and torch have no exceptions of their own for these, so they are told by their words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polyrates.ground.errors import did, refuse_type, refuse_value

__all__ = ["asked", "refuse_misfit"]

_SHAPES = (
    *("shape", "mismatch", "broadcast", "not aligned", "dimension", "size of tensor", "same size"),
    *("out of bounds", "out of range"),
)
_DEVICES = (
    *("same device", "cuda", "device type tensor", "mps:", "xpu:"),
    *("numpy.ndarray", "expected tensor", "must be tensor"),
)


def asked(name: str, function: Callable[..., Any], *given: object, fits: str) -> Any:
    """``function(*given)``; see :func:`refuse_misfit` for what becomes of its complaints.

    Parameters
    ----------
    name : str
        What the function is called in an error.
    function, *given
    fits : str
        The remedy where the shape is wrong.
    """
    try:
        return function(*given)
    except Exception as error:
        refuse_misfit(name, error, *given, fits=fits)
        raise


def refuse_misfit(
    name: str,
    error: Exception,
    *given: object,
    fits: str,
    moves: str = "give arrays such as it takes, or move its own to them",
) -> None:
    """Raise our error for one about shapes, libraries or devices; return for any other.

    Raises
    ------
    InvalidValue
        The function cannot take arrays of these shapes; the remedy is ``fits``.
    InvalidType
        It takes arrays of another library or device; the remedy is ``moves``.
    """
    # what subclasses these is another's on purpose, ours among them
    if type(error) not in (TypeError, ValueError, RuntimeError, IndexError):
        return
    said = str(error).strip()
    failure = did(f"raised {type(error).__name__}: {said.partition(chr(10))[0]}")
    if any(word in said.lower() for word in _DEVICES):
        refuse_type(name, failure, "takes arrays of another library or device", moves)
    if any(word in said.lower() for word in _SHAPES):
        shapes = " and ".join(str(tuple(getattr(each, "shape", ()))) for each in given)
        refuse_value(name, failure, f"was given shape {shapes}, which it cannot take", fits)
