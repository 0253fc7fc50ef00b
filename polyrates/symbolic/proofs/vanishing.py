"""vanishing."""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.symbolic.proofs.radicals import tidy, without_roots


def vanishes(expression: sympy.Expr) -> bool:
    """Whether an expression reduces to zero by rewriting; False if no rewriting here shows it.

    T_n(x), U_n(x) with a symbol n become Laurent polynomials in w where x = (w + 1/w)/2;
    trigonometric and hyperbolic functions become exponentials; powers with integer symbols in the
    exponent become products of generators. What is left is a rational function, decided by
    expanding its numerator.
    """
    if sympy.expand(expression) == 0:
        return True
    if not expression.is_commutative:
        return False
    if tidy(expression) == 0:
        return True
    expression = _laurent(expression)
    if expression.has(*_PERIODIC):
        expression = expression.rewrite(sympy.exp)
    rational = _generators(without_roots(expression))
    numerator = sympy.fraction(sympy.together(rational))[0]
    if sympy.expand(numerator) == 0:
        return True
    return not _refuted(expression) and bool(sympy.simplify(expression) == 0)


def _refuted(expression: sympy.Expr) -> bool:
    """Whether a value at one point shows that the expression is not zero: cheap."""
    symbols = sorted(expression.free_symbols, key=str)
    point = {
        symbol: 3 + k if symbol.is_integer else sympy.Rational(2 * k + 3, 7 * k + 11)
        for k, symbol in enumerate(symbols)
    }
    value = expression.subs(point).evalf(40)
    return bool(value.is_number and value.is_finite and abs(value) > sympy.Float("1e-20"))


_PERIODIC = (sympy.cos, sympy.sin, sympy.tan, sympy.cot, sympy.cosh, sympy.sinh, sympy.tanh)


def _generators(expression: sympy.Expr) -> sympy.Expr:
    """B^{kt + n} as g^k B^n with one generator g for every irreducible B and integer symbol t."""
    names: dict[tuple[Any, Any], sympy.Dummy] = {}

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
    atoms = expression.atoms(sympy.chebyshevt, sympy.chebyshevu)
    arguments = {atom.args[1] for atom in atoms}
    if len(arguments) != 1 or not isinstance(argument := arguments.pop(), sympy.Symbol):
        return expression
    w = sympy.Dummy("w", positive=True)
    replaced = expression.replace(sympy.chebyshevt, lambda n, _: (w**n + w**-n) / 2).replace(
        sympy.chebyshevu, lambda n, _: (w ** (n + 1) - w ** (-n - 1)) / (w - 1 / w)
    )
    return replaced.subs(argument, (w + 1 / w) / 2)
