"""On [−1, 1] the polynomials T_t, U_t, U_t′ and x^k are all largest in modulus at x = 1."""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import x
from polyrates.symbolic.proofs.extremes import Fact, Largest, MaxAbs
from polyrates.symbolic.proofs.steps import Range

__all__ = ["FIRST_KIND", "SECOND_KIND", "SLOPE", "T", "U", "largest", "n", "power", "slope"]

T, U = sympy.chebyshevt, sympy.chebyshevu
n = sympy.Symbol("n", integer=True)


def largest(function: sympy.Expr) -> MaxAbs:
    """max over −1 ≤ x ≤ 1 of |function|."""
    return MaxAbs(function, x, -1, 1)


def slope(degree: sympy.Expr) -> sympy.Expr:
    """U_n′(x)."""
    return sympy.Derivative(U(degree, x), x)


FIRST_KIND = Largest(
    largest(T(n, x)),
    sympy.Integer(1),
    r"$1 - T_{n}^{2} = (1 - x^{2}) U_{n-1}^{2} \ge 0$, and $T_{n}(1) = 1$",
    over=(Range(n, 0, integer=True),),
    squares=((1 - x, 1 + x, U(n - 1, x) ** 2),),
)

SECOND_KIND = Largest(
    largest(U(n, x)),
    n + 1,
    r"$U_{n+1} = x U_{n} + T_{n+1}$, from $U_{-1} = 0$ on",
    over=(Range(n, -1, integer=True),),
    products=((x, Fact()), (Fact(FIRST_KIND, ((n, n + 1),)),)),
    index=n,
)

SLOPE = Largest(
    largest(slope(n)),
    n * (n + 1) * (n + 2) / 3,
    r"$U_{n+1}' = x U_{n}' + U_{n} + T_{n+1}'$, $T_{n+1}' = (n + 1) U_{n}$",
    over=(Range(n, 0, integer=True),),
    products=((x, Fact()), (n + 2, Fact(SECOND_KIND))),
    index=n,
)


def power(k: sympy.Symbol) -> Largest:
    """|x^k| ≤ 1."""
    return Largest(
        largest(x**k),
        sympy.Integer(1),
        r"$x^{k+1} = x \cdot x^{k}$",
        over=(Range(k, 0, integer=True),),
        products=((x, Fact()),),
        index=k,
    )
