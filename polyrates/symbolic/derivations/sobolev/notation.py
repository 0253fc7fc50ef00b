"""The symbols and coefficients that the Sobolev derivations share.

    minimise ∫P²dμ + η∫P′²dμ under P(0) = 1, deg P ≤ t.

Throughout x = m(λ) = (2λ − L − ℓ)/(L − ℓ), m₀ = m(0), and P_n is monic in x; η_x = η(2/(L − ℓ))².
"""

from __future__ import annotations

import sympy

ETA = sympy.Symbol("eta", positive=True)
ETA_X = sympy.Symbol("eta_x", positive=True)
N = sympy.Symbol("n", positive=True)
ALPHA, BETA = sympy.symbols("alpha beta", real=True)
RATIONAL = sympy.Rational


def symbols_of(text: str, **assumptions: bool) -> list[sympy.Symbol]:
    """Symbols separated by spaces; their names are LaTeX."""
    return [sympy.Symbol(name, **assumptions) for name in text.split()]


def gamma_of(n: sympy.Expr) -> sympy.Expr:
    """γ_n of P_{n+1} = xP_n − γ_nP_{n−1}, weight (1 − x²)^{α − ½}."""
    return n * (n + 2 * ALPHA - 1) / ((n + ALPHA) * (n + ALPHA - 1) * 4)


def c_of(n: sympy.Expr) -> sympy.Expr:
    """c_n of Q_n = P_n − c_nP_{n−2}."""
    return n * (n - 1) / ((n + ALPHA - 1) * (n + ALPHA - 2) * 4)
