"""Square roots of the endpoints as one extension √(ℓL): no nested radicals, no scattered roots."""

from __future__ import annotations

import sympy

__all__ = ["restore", "root_of", "symbols_under_roots", "tidy", "without_roots"]


def tidy(value: sympy.Expr) -> sympy.Expr:
    """One reduced fraction; numbers with rational denominators, symbols with the root √(pq)."""
    value = sympy.sympify(value)
    if isinstance(value, (sympy.Rational, sympy.Symbol)):
        return value
    symbols = symbols_under_roots(value)
    if symbols is None:
        return value
    if symbols:
        return _merge(value, symbols)
    if value.has(sympy.Pow) and any(_is_root(power) for power in value.atoms(sympy.Pow)):
        numerator, denominator = sympy.fraction(sympy.cancel(sympy.radsimp(sympy.together(value))))
        return sympy.factor_terms(
            sympy.expand(sympy.radsimp(numerator / denominator)), radical=True
        )
    return sympy.factor(sympy.cancel(value)) if value.free_symbols else value


def root_of(value: sympy.Expr) -> sympy.Expr:
    """√value, denested where it is a square: √((a + b√n)²) and √ξ² for symbols."""
    value = sympy.sympify(value)
    symbols = symbols_under_roots(value)
    if not symbols:
        return sympy.sqrtdenest(sympy.sqrt(value))
    images, back = _squares(symbols)
    numerator, denominator = sympy.fraction(sympy.factor(sympy.together(value.subs(images))))
    root = sympy.Integer(1)
    for part, direction in ((numerator, 1), (denominator, -1)):
        constant, factors = sympy.factor_list(part)
        root *= sympy.sqrt(constant) ** direction
        for factor, multiplicity in factors:
            if multiplicity % 2:
                return sympy.sqrt(value)
            root *= factor ** (direction * multiplicity // 2)
    return restore(root, back)


def without_roots(
    value: sympy.Expr, roots: dict[sympy.Symbol, sympy.Symbol] | None = None
) -> sympy.Expr:
    """Squares of new symbols for the symbols under square roots: equal to zero exactly if value is.

    The symbols are taken as ≥ 0, as the endpoints of a spectrum are. ``roots`` names the new ones.
    """
    if roots is not None:
        return value.subs({symbol: root**2 for symbol, root in roots.items()})
    symbols = symbols_under_roots(value)
    if not symbols:
        return value
    return value.subs(_squares(symbols)[0])


def _is_root(power: sympy.Pow) -> bool:
    return bool(power.exp.is_Rational and power.exp.q == 2)


def symbols_under_roots(value: sympy.Basic) -> list[sympy.Symbol] | None:
    """The symbols under square roots; None where a radicand is not a product of symbols."""
    found: set[sympy.Symbol] = set()
    for power in value.atoms(sympy.Pow):
        if not _is_root(power):
            continue
        if power.base.is_number:
            continue
        factors = sympy.Mul.make_args(power.base)
        if not all(factor.is_Symbol or factor.is_Rational for factor in factors):
            return None
        found |= power.base.free_symbols
    return sorted(found, key=str)


def _squares(
    symbols: list[sympy.Symbol],
) -> tuple[dict[sympy.Symbol, sympy.Expr], dict[sympy.Symbol, sympy.Symbol]]:
    dummies = {symbol: sympy.Dummy(f"root_{symbol.name}", positive=True) for symbol in symbols}
    return {s: d**2 for s, d in dummies.items()}, {d: s for s, d in dummies.items()}


def _merge(value: sympy.Expr, symbols: list[sympy.Symbol]) -> sympy.Expr:
    images, back = _squares(symbols)
    replaced = value.subs(images)
    try:
        return restore(sympy.factor(sympy.cancel(sympy.together(replaced))), back)
    except sympy.PolynomialError:  # powers with a symbolic exponent: nothing to merge
        return value


def restore(value: sympy.Expr, back: dict[sympy.Symbol, sympy.Symbol]) -> sympy.Expr:
    """Back to the symbols, with numerator and denominator made even in the roots where possible."""
    numerator, denominator = sympy.fraction(sympy.together(value))
    roots = list(back)
    flipped = denominator.subs(roots[0], -roots[0])
    if len(roots) == 2 and not _even(denominator, roots):
        numerator, denominator = numerator * flipped, denominator * flipped
    return _plain(numerator, back) / _plain(denominator, back)


def _even(value: sympy.Expr, roots: list[sympy.Symbol]) -> bool:
    return all(degree % 2 == 0 for m in sympy.Poly(value, *roots).monoms() for degree in m)


def _plain(value: sympy.Expr, back: dict[sympy.Symbol, sympy.Symbol]) -> sympy.Expr:
    poly = sympy.Poly(sympy.expand(value), *back)
    total = sympy.Integer(0)
    for monomial, coefficient in poly.terms():
        odd = sympy.Integer(1)
        term = coefficient
        for degree, symbol in zip(monomial, back.values(), strict=True):
            term *= symbol ** (degree // 2)
            if degree % 2:
                odd *= symbol
        total += term * sympy.sqrt(odd)
    return sympy.factor_terms(total)
