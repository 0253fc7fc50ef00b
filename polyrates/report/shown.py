"""Numbers and steps as a page shows them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy

__all__ = ["LONG", "finite_number", "shown_rows", "tex_of"]

LONG = 60  # characters of an exact number that a page can bear


def finite_number(value: Any) -> float | None:
    """A float for JSON; None where there is none or it is infinite."""
    if value is None or value in (sympy.oo, -sympy.oo):
        return None
    result = float(value)
    return result if math.isfinite(result) else None


def shown_rows(steps: int, most: int = 21) -> list[int]:
    """All of 0, …, steps, or some of them, ends included."""
    if steps < most:
        return list(range(steps + 1))
    return sorted({round(x) for x in np.linspace(0, steps, most)})


def tex_of(value: Any) -> str:
    """The LaTeX of a number."""
    from polyrates.ground.typeset import latex

    return str(latex(value))
