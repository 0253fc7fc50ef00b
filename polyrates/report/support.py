"""A support, one interval or several with gaps between them, as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable

from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import Number

__all__ = ["support_pairs", "support_tex", "support_text"]


def support_text(spectrum: Spectrum, shown: Callable[[Number], str] = str) -> str:
    """``[1, 2] ∪ {5}``."""
    return _joined(spectrum, shown, " ∪ ", "{{{}}}")


def support_tex(spectrum: Spectrum, shown: Callable[[Number], str]) -> str:
    r"""``[1, 2] \cup \{5\}``."""
    return _joined(spectrum, shown, r" \cup ", r"\{{{}\}}")


def support_pairs(spectrum: Spectrum) -> list[list[str]]:
    """Exact ends as text, for JSON."""
    return [[str(low), str(high)] for low, high in spectrum.support]


def _joined(spectrum: Spectrum, shown: Callable[[Number], str], cup: str, point: str) -> str:
    return cup.join(
        point.format(shown(low)) if low == high else f"[{shown(low)}, {shown(high)}]"
        for low, high in spectrum.support
    )
