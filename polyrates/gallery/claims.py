"""What a figure claims is checked whatever Python is told: ``assert`` is gone under ``-O``."""

from __future__ import annotations

__all__ = ["claim"]


def claim(holds: object, about: object = "") -> None:
    """Raise AssertionError where a claim does not hold."""
    if not holds:
        raise AssertionError(about)
