"""The symbols the derivations of V* for large t share, and the picture they share.

The hull is mapped to [−1, 1] by −m, so that λ = 0 is c = (ξ + 1/ξ)/2 > 1, and [−1, 1] is opened by
y = (w + 1/w)/2, |w| ≤ 1, w = e^{iθ} on the circle; λ = 0 is w = ξ. A real polynomial of degree t is
Re(w^{−t} f(w)) on the circle. f turns slowly against w^{−t}, so the maximum of |A| is that of |f|,
and what A can reach at c is what f, bounded on the disc, can reach at ξ.
"""

from __future__ import annotations

import sympy

b, w, s, rho = sympy.symbols("b w s rho", positive=True)
xi = sympy.Symbol("xi", positive=True)
theta = sympy.Symbol("theta", real=True)
T, U = sympy.chebyshevt, sympy.chebyshevu
