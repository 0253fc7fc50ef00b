"""The symbols the asymptotic derivations share, and their steps by numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from polyrates.symbolic.proofs.steps import Checked, Step

b, w, s, rho = sympy.symbols("b w s rho", positive=True)
xi = sympy.Symbol("xi", positive=True)
theta = sympy.Symbol("theta", real=True)
T, U = sympy.chebyshevt, sympy.chebyshevu
DIGITS = 25


@dataclass(frozen=True)
class Numeric(Step):
    """left ≈ right at sample parameters, by mpmath: evidence for what ``why`` argues, not a proof.

    ``pairs`` yields (left, right) as numbers; ``tolerance`` is relative; ``formal`` marks a step
    whose argument is an expansion without a bound of its remainder.
    """

    pairs: Callable[[], Iterator[tuple[Any, Any]]] = iter  # type: ignore[assignment]
    tolerance: float = 1e-15
    formal: bool = False

    @property
    def kind(self) -> str:
        """Numeric, and whether the argument is only formal."""
        return "numeric, the argument being formal" if self.formal else "numeric"

    def check(self) -> Checked:
        """Compare all pairs at 25 digits."""
        worst, count = 0.0, 0
        with mpmath.workdps(DIGITS):
            for left, right in self.pairs():
                distance = float(abs(left - right) / max(abs(right), mpmath.mpf(10) ** -200))
                if not distance <= self.tolerance:
                    raise self._fail(f"{left} against {right}: relative distance {distance:.2e}")
                worst, count = max(worst, distance), count + 1
        return Checked(self.kind, f"{count} samples, relative distance ≤ {worst:.1e}")
