"""The gallery."""

from __future__ import annotations

from making.facts import ROOT

__all__ = ["pages"]


def pages() -> dict[str, str | bytes]:
    """The pictures."""
    return {
        f"figures/{path.name}": path.read_bytes()
        for path in sorted((ROOT / "figures").iterdir())
        if path.suffix in (".svg", ".png")
    }
