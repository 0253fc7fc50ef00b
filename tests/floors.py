"""The floors of the house, from the ground up, and what an import may not do.

A room imports only rooms on lower floors, and itself; rooms on one floor do not know each other.
Imports inside functions count; those for type checking do not.
"""

from __future__ import annotations

FLOORS: tuple[tuple[str, ...], ...] = (
    ("ground",),
    ("core",),
    ("core.measures",),
    ("core.methods",),
    ("numeric", "problems", "symbolic.proofs"),
    ("numeric.suprema", "symbolic"),
    ("numeric.minimax", "symbolic.derivations"),
    ("symbolic.theorems",),
    ("analysis", "execution"),
    ("synthesis", "measurement"),
    ("choices",),
    ("testing",),
    ("report",),
    ("gallery",),
    ("cli",),
)
"""Rooms of one folder stand on floors of their own: core below its measures, its methods above."""

ALIASES = ("frameworks",)
"""Old names of rooms, kept for those who import them."""
