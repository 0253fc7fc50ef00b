"""Signs that certificates show."""

from __future__ import annotations

import sympy

from polyrates.symbolic.proofs.certificates import nonnegative
from polyrates.symbolic.proofs.steps import (
    Range,
)

x = sympy.Symbol("x", real=True)
n = sympy.Symbol("n", integer=True, nonnegative=True)
UNIT = (Range(x, 0, 1),)


def test_sign_certificates():
    high = (Range(x, 0),)
    assert "coefficients" in str(nonnegative(1 - x, UNIT))
    assert "Sturm" in str(nonnegative(x**2 - sympy.Rational(2, 3) * x + sympy.Rational(1, 9), UNIT))
    assert nonnegative(x**2 - x + 1, high)
    for wrong in (x - sympy.Rational(1, 3), -(x**2) - 1, (x - 2) * (x - sympy.Rational(1, 2))):
        assert nonnegative(wrong, UNIT) is None
    y = sympy.Symbol("y")  # no sign, not even real
    assert nonnegative(y**2) is None and nonnegative(y**n) is None
    assert nonnegative((1 - x) ** n, UNIT) and nonnegative((1 - x) ** n, high) is None
    assert nonnegative(sympy.chebyshevu(n, x) ** 2) and nonnegative(sympy.chebyshevu(n, x)) is None
