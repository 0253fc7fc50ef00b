"""The symbols the asymptotic derivations share."""

from __future__ import annotations

import sympy

b, w, s, rho = sympy.symbols("b w s rho", positive=True)
xi = sympy.Symbol("xi", positive=True)
theta = sympy.Symbol("theta", real=True)
T, U = sympy.chebyshevt, sympy.chebyshevu
