"""Numbers, steps and supports as a page shows them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import sympy

from polyrates.core.spectra import Spectrum
from polyrates.ground.digits import exact_text
from polyrates.ground.numbers import Number
from polyrates.ground.outward import at_least, at_most
from polyrates.ground.typeset import latex

__all__ = [
    "LONG",
    "bound_text",
    "finite_number",
    "lower_text",
    "number_text",
    "shown_rows",
    "support_pairs",
    "support_tex",
    "support_text",
    "tex_of",
]

LONG = 60  # characters of an exact number that a page can bear


def finite_number(value: Number | None) -> float | None:
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


def tex_of(value: object) -> str:
    """The LaTeX of a number."""
    return latex(value)


def support_text(spectrum: Spectrum, shown: Callable[[Number], str] = exact_text) -> str:
    """``[1, 2] ∪ {5}``."""
    return _joined(spectrum, shown, " ∪ ", "{{{}}}")


def support_tex(spectrum: Spectrum, shown: Callable[[Number], str]) -> str:
    r"""``[1, 2] \cup \{5\}``."""
    return _joined(spectrum, shown, r" \cup ", r"\{{{}\}}")


def support_pairs(spectrum: Spectrum) -> list[list[str]]:
    """Exact ends as text, for JSON."""
    return [[exact_text(low), exact_text(high)] for low, high in spectrum.support]


def _joined(spectrum: Spectrum, shown: Callable[[Number], str], cup: str, point: str) -> str:
    return cup.join(
        point.format(shown(low)) if low == high else f"[{shown(low)}, {shown(high)}]"
        for low, high in spectrum.support
    )


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 3) -> str:
    """A number for a page: 3 significant digits, powers of ten spelled out."""
    return _spelled(f"{value:.{digits}g}")


def bound_text(value: float, digits: int = 3) -> str:
    """The same of an upper bound, rounded up."""
    return _spelled(at_most(value, digits))


def lower_text(value: float, digits: int = 3) -> str:
    """The same of a lower bound, rounded down."""
    return _spelled(at_least(value, digits))


def _spelled(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text.replace("-", "−")
    power = str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"{mantissa.replace('-', '−')} × 10{power}"
