"""The symbols and coefficients that the Sobolev derivations share."""

from __future__ import annotations

from typing import Any

import sympy

_eta = sympy.Symbol("eta", positive=True)
_eta_x = sympy.Symbol("eta_x", positive=True)
_n = sympy.Symbol("n", positive=True)
_alpha, _beta = sympy.symbols("alpha beta", real=True)
_PROVED = "Status: every step is proved."
_R = sympy.Rational


def _names(text: str, **assumptions: bool) -> list[sympy.Symbol]:
    """Symbols separated by spaces; their names are LaTeX."""
    return [sympy.Symbol(name, **assumptions) for name in text.split()]


def _gamma(n: Any) -> sympy.Expr:
    """γ_n of P_{n+1} = xP_n − γ_nP_{n−1}, weight (1 − x²)^{α − ½}."""
    return n * (n + 2 * _alpha - 1) / ((n + _alpha) * (n + _alpha - 1) * 4)


def _c(n: Any) -> sympy.Expr:
    """c_n of Q_n = P_n − c_nP_{n−2}."""
    return n * (n - 1) / ((n + _alpha - 1) * (n + _alpha - 2) * 4)
