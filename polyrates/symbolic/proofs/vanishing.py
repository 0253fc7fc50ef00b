"""Whether an expression is identically zero: by rewriting, never by trying points.

The rewritings are identities on the whole domain of the symbols, as their assumptions give it. A
rule that holds for part of it only (√y√z = √(yz) wants y, z ≥ 0; T_n(x) as a Laurent polynomial
wants an integer n and no |x|) is not applied elsewhere, so False may mean "not shown".
"""

from __future__ import annotations

import sympy

from polyrates.ground.precision import evaluated
from polyrates.symbolic.proofs.radicals import symbols_under_roots, tidy, without_roots
from polyrates.symbolic.proofs.ultraspherical import Ultraspherical, fewest

__all__ = ["vanishes"]


def vanishes(expression: sympy.Expr) -> bool:
    """Whether an expression reduces to zero by rewriting; False if no rewriting here shows it.

    T_n(x), U_n(x) with a symbol n become Laurent polynomials in w where x = (w + 1/w)/2;
    Gegenbauer's polynomials become combinations of two neighbours, by their recurrence;
    trigonometric and hyperbolic functions become exponentials; powers with integer symbols in the
    exponent become products of generators. What is left is a rational function, decided by
    expanding its numerator.
    """
    if _refuted(expression):
        return False
    if sympy.expand(expression) == 0:
        return True
    if not expression.is_commutative:
        return False
    if expression.has(Ultraspherical):
        expression = fewest(expression)
        shown = sympy.expand(sympy.fraction(sympy.together(expression))[0]) == 0
        if shown or expression.is_rational_function():
            return bool(shown)
    if _roots_are_real(expression) and tidy(expression) == 0:
        return True
    expression = _laurent(expression)
    if expression.has(*_PERIODIC):
        expression = expression.rewrite(sympy.exp)
    if _roots_are_real(expression):
        expression = without_roots(expression)
    numerator = sympy.fraction(sympy.together(_generators(expression)))[0]
    if sympy.expand(numerator) == 0:
        return True
    return bool(sympy.simplify(expression) == 0)


def _roots_are_real(expression: sympy.Expr) -> bool:
    """Whether every symbol under a square root is known to be ≥ 0."""
    return all(symbol.is_nonnegative for symbol in symbols_under_roots(expression) or ())


def _refuted(expression: sympy.Expr) -> bool:
    """Whether a value at one point shows that the expression is not zero: cheap."""
    if not expression.is_commutative:
        return False
    symbols = sorted(expression.free_symbols, key=str)
    point = {
        symbol: 3 + k if symbol.is_integer else sympy.Rational(2 * k + 3, 7 * k + 11)
        for k, symbol in enumerate(symbols)
    }
    value = evaluated(expression.subs(point), 40)
    return bool(value.is_number and value.is_finite and abs(value) > sympy.Float("1e-20"))


_PERIODIC = (sympy.cos, sympy.sin, sympy.tan, sympy.cot, sympy.cosh, sympy.sinh, sympy.tanh)


def _generators(expression: sympy.Expr) -> sympy.Expr:
    """B^{kt + n} as g^k B^n with one generator g for every irreducible B and integer symbol t."""
    names: dict[tuple[sympy.Expr, sympy.Expr], sympy.Dummy] = {}

    def split(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        terms = sympy.expand(exponent).as_coefficients_dict()
        symbolic = {key: value for key, value in terms.items() if key != 1}
        if not symbolic or not all(key.is_integer for key in symbolic):
            return base**exponent
        if not all(value.is_Integer for value in symbolic.values()):
            return base**exponent
        result = base ** terms.get(sympy.S.One, sympy.S.Zero)
        for factor, multiplicity in _factors(base):
            for key, value in symbolic.items():
                dummy = names.setdefault((factor, key), sympy.Dummy("g", positive=True))
                result *= dummy ** (value * multiplicity)
        return result

    return expression.replace(
        lambda e: e.is_Pow and bool(e.exp.free_symbols), lambda e: split(*e.args)
    )


def _factors(base: sympy.Expr) -> list[tuple[sympy.Expr, int]]:
    """The irreducible factors of a rational function with their multiplicities."""
    result: list[tuple[sympy.Expr, int]] = []
    for part, direction in zip(sympy.fraction(sympy.cancel(base)), (1, -1), strict=True):
        constant, factors = sympy.factor_list(part)
        result += [(factor, direction * multiplicity) for factor, multiplicity in factors]
        if constant != 1:
            result.append((constant, direction))
    return result


def _laurent(expression: sympy.Expr) -> sympy.Expr:
    """T_n, U_n of one symbol, or of (w + 1/w)/2, in powers of w; n integer.

    For w > 0 this covers x ≥ 1; an identity of polynomials there holds everywhere, so nothing may
    depend on x otherwise than rationally.
    """
    atoms = expression.atoms(sympy.chebyshevt, sympy.chebyshevu)
    arguments = {atom.args[1] for atom in atoms}
    if len(arguments) != 1 or not all(atom.args[0].is_integer for atom in atoms):
        return expression
    argument = arguments.pop()
    own = _joukowski(argument)
    w = own or sympy.Dummy("w", positive=True)
    replaced = expression.replace(sympy.chebyshevt, lambda n, _: (w**n + w**-n) / 2).replace(
        sympy.chebyshevu, lambda n, _: (w ** (n + 1) - w ** (-n - 1)) / (w - 1 / w)
    )
    if own is not None:
        return replaced
    if not isinstance(argument, sympy.Symbol) or not _rational_in(replaced, argument):
        return expression
    return replaced.subs(argument, (w + 1 / w) / 2)


def _joukowski(argument: sympy.Expr) -> sympy.Symbol | None:
    """The w with argument = (w + 1/w)/2."""
    for symbol in argument.free_symbols:
        if sympy.expand(argument - (symbol + 1 / symbol) / 2) == 0:
            return symbol
    return None


def _rational_in(expression: sympy.Expr, symbol: sympy.Symbol) -> bool:
    """Whether only sums, products and integer powers touch a symbol."""
    if not expression.has(symbol) or expression == symbol:
        return True
    if expression.is_Pow and not expression.exp.is_integer:
        return False
    allowed = expression.is_Add or expression.is_Mul or expression.is_Pow
    return bool(allowed) and all(_rational_in(each, symbol) for each in expression.args)
