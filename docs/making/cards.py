"""The cards."""

from __future__ import annotations

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Nothing yet."""
    return {}
