"""Numbers too small or too large for floats, as mantissas and exponents."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mpmath
import numpy as np

from polyrates.ground.precision import working_bits

__all__ = ["Scaled"]


@dataclass(frozen=True)
class Scaled:
    """Numbers mantissa · 2^exponent, arrays (n,): what no float can hold."""

    mantissa: np.ndarray
    exponent: np.ndarray

    @property
    def logs(self) -> np.ndarray:
        """Natural logarithms, shape (n,)."""
        return np.asarray(np.log(self.mantissa) + self.exponent * math.log(2.0))

    def numbers(self) -> tuple[float | mpmath.mpf, ...]:
        """Floats where they are above 1e−300, mpmath numbers below."""
        result: list[float | mpmath.mpf] = []
        for mantissa, exponent in zip(self.mantissa.tolist(), self.exponent.tolist(), strict=True):
            plain = math.ldexp(mantissa, exponent) if exponent > -2000 else 0.0
            big = plain > 1e-300 or mantissa == 0.0
            if not big:
                with working_bits(53):
                    plain = mpmath.ldexp(mpmath.mpf(mantissa), exponent)
            result.append(plain)
        return tuple(result)
