"""The symbols that the derivations share."""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam, t

__all__ = ["L", "c", "ell", "h", "kappa", "lam", "m", "r", "rho", "sigma", "t", "u", "v", "x"]

h, L = sympy.symbols("h L", positive=True)
ell = sympy.Symbol("ell", nonnegative=True)
kappa = sympy.Symbol("kappa", nonnegative=True)
u, v = sympy.symbols("u v", nonnegative=True)
rho = sympy.Symbol("rho", nonnegative=True)
m, r = sympy.symbols("m r", positive=True)
x, c = sympy.symbols("x c", real=True)
sigma = sympy.Symbol("sigma", real=True)
