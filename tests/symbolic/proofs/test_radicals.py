"""Roots without nested radicals."""

from __future__ import annotations

import sympy

from polyrates.symbolic.proofs.radicals import root_of, tidy

h, m = sympy.symbols("h m", positive=True)
ell, L, alpha = sympy.symbols("ell L alpha", positive=True)


def test_roots():
    assert root_of(sympy.expand((3 - sympy.sqrt(5)) ** 2)) == 3 - sympy.sqrt(5)
    xi = (L + ell - 2 * sympy.sqrt(ell * L)) / (L - ell)
    assert sympy.simplify(root_of(sympy.expand(xi**2)) ** 2 - xi**2) == 0
    assert root_of(m) == sympy.sqrt(m)
    assert tidy(2 * ell / (4 * L)) == ell / (2 * L)
