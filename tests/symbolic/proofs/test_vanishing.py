"""What is a symbolic zero, and what must not pass for one."""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.proofs.vanishing import vanishes

x = sympy.Symbol("x", real=True)
T, U = sympy.chebyshevt, sympy.chebyshevu


def test_zeros():
    assert vanishes(T(t, x) ** 2 + (1 - x**2) * U(t - 1, x) ** 2 - 1)
    assert vanishes(sympy.cos(x) ** 2 + sympy.sin(x) ** 2 - 1)
    A, B = sympy.symbols("A B", commutative=False)
    assert vanishes((A + B) ** 2 - A**2 - A * B - B * A - B**2)
    y = sympy.Symbol("y", nonnegative=True)
    assert vanishes(((1 - y) * (1 + y)) ** t - (1 - y) ** t * (1 + y) ** t)
    w = sympy.Symbol("w", positive=True)
    assert vanishes(T(t, (w + 1 / w) / 2) - (w**t + w**-t) / 2)


def test_no_zeros():
    assert not vanishes(T(t, x) ** 2 + (1 - x**2) * U(t - 1, x) ** 2 - 2)
    A, B = sympy.symbols("A B", commutative=False)
    assert not vanishes((A + B) ** 2 - A**2 - 2 * A * B - B**2)
    w = sympy.Symbol("w", positive=True)
    assert not vanishes(T(t, (w + 1 / w) / 2) - (w**t + w**-t))


def test_rules_that_want_signs():
    """√y √z = √(yz) holds for y, z ≥ 0 and fails at y = z = −1."""
    for assumptions, holds in (({}, False), ({"real": True}, False), ({"nonnegative": True}, True)):
        y, z = sympy.symbols("y z", **assumptions)
        assert vanishes(sympy.sqrt(y) * sympy.sqrt(z) - sympy.sqrt(y * z)) == holds
        assert vanishes(sympy.sqrt(y**2) - y) == holds


def test_laurent_polynomials_want_x_rational_and_n_integer():
    """|x| T_n and x T_n differ for x < 0; T_n T_m sums want integers."""
    assert not vanishes(sympy.Abs(x) * T(t, x) - x * T(t, x))
    assert not vanishes(sympy.sqrt(x**2 - 1) * U(t - 1, x) - sympy.sqrt(x - 1) * U(t - 1, x))
    s = sympy.Symbol("s")
    assert not vanishes(sympy.chebyshevt(s, x) - sympy.chebyshevt(s + 1, x))
