"""Numbers that no float can hold."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from polyrates.numeric.scaled import Scaled


def test_numbers_and_logarithms() -> None:
    mantissa, exponent = np.array([0.75, 0.5, 0.6, 0.0]), np.array([3, -1000, -5000, 0])
    made = Scaled(mantissa, exponent)
    big, small, tiny, zero = made.numbers()
    assert big == 6.0 and zero == 0.0 and type(big) is float
    assert small == mpmath.ldexp(1, -1001) and isinstance(tiny, mpmath.mpf)
    assert mpmath.log(tiny) == pytest.approx(math.log(0.6) - 5000 * math.log(2))
    with np.errstate(divide="ignore"):
        assert made.logs[:3] == pytest.approx([float(mpmath.log(x)) for x in (big, small, tiny)])
