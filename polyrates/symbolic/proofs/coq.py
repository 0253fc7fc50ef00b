"""A claim of a derivation as Coq states it: every symbol quantified, every condition written out.

derivations/formal proves these texts, letter by letter. A symbol of an exponent or of a degree is
a natural number, every other one real; what a symbol is assumed to be, its range in the step and
that no denominator vanishes become hypotheses; a derivative is a function that exists and is one.
``T``, ``U``, ``max_abs`` and ``least_maximum`` are defined in derivations/formal/Statements.v.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from polyrates.symbolic.proofs.certificates import Range
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.extremes import LeastMaximum, MaxAbs
from polyrates.symbolic.proofs.steps import DerivationError

__all__ = ["coq_claim", "coq_statement"]

_NAMES = {"lambda": "lam"}
_SIGNS = {"==": "=", ">=": ">=", "<=": "<="}


class _Coq(Printer):  # type: ignore[misc]
    """Terms of type R; what they divide by, how far indices reach down, and their derivatives."""

    printmethod = "_coq"

    def __init__(self, naturals: set[sympy.Symbol]) -> None:
        super().__init__()
        self.naturals = naturals
        self.denominators: list[sympy.Expr] = []
        self.below: dict[sympy.Symbol, int] = {}
        self.derivatives: dict[sympy.Derivative, str] = {}

    def emptyPrinter(self, expr: object) -> str:
        raise DerivationError(f"no text in Coq for {type(expr).__name__}: {expr}")

    def atom(self, expr: sympy.Basic) -> str:
        """The text, in parentheses unless it is one word."""
        text: str = self._print(expr)
        return text if text.replace("'", "").isalnum() else f"({text})"

    def index(self, expr: sympy.Expr) -> str:
        """A natural number: a constant, a symbol, or a symbol and a constant."""
        shift, rest = expr.as_coeff_Add()
        if rest == 0:
            return str(shift)
        name = _NAMES.get(rest.name, rest.name)
        if shift < 0:
            self.below[rest] = max(self.below.get(rest, 0), -int(shift))
        return f"({name} {'+' if shift > 0 else '-'} {abs(shift)})%nat" if shift else name

    def _print_Symbol(self, expr: sympy.Symbol) -> str:
        name = _NAMES.get(expr.name, expr.name)
        return f"INR {name}" if expr in self.naturals else name

    def _print_Integer(self, expr: sympy.Integer) -> str:
        return str(expr)

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"{self._print(sympy.Integer(expr.p))} / {expr.q}"

    def _print_Add(self, expr: sympy.Add) -> str:
        text = ""
        for each in expr.as_ordered_terms():
            minus = each.could_extract_minus_sign()
            term = self._print(-each if minus else each)
            inner = f"({term})" if (-each if minus else each).is_Add else term
            text += (" - " if minus else " + ") + inner if text else ("- " * minus) + inner
        return text

    def _print_Mul(self, expr: sympy.Mul) -> str:
        if all(each.is_number for each in expr.args):
            return " * ".join(map(self.atom, expr.args))
        if expr.could_extract_minus_sign():
            return f"- {self.atom(-expr)}"
        above, below = sympy.fraction(expr)
        if below != 1:
            self.denominators.append(below)
            return f"{self.atom(above)} / {self.atom(below)}"
        return " * ".join(map(self.atom, expr.as_ordered_factors()))

    def _print_Pow(self, expr: sympy.Pow) -> str:
        base, exponent = expr.args
        if exponent == sympy.Rational(1, 2):
            return f"sqrt {self.atom(base)}"
        if exponent.could_extract_minus_sign():
            self.denominators.append(base)
            return f"/ {self.atom(sympy.Pow(base, -exponent))}"
        return f"{self.atom(base)} ^ {self.index(exponent)}"

    def _print_Abs(self, expr: sympy.Abs) -> str:
        return f"Rabs {self.atom(expr.args[0])}"

    def _print_Max(self, expr: sympy.Max) -> str:
        one, other = sorted(map(self.atom, expr.args))
        return f"Rmax {one} {other}"

    def _print_chebyshevt(self, expr: sympy.chebyshevt) -> str:
        return f"T {self.index(expr.args[0])} {self.atom(expr.args[1])}"

    def _print_chebyshevu(self, expr: sympy.chebyshevu) -> str:
        return f"U {self.index(expr.args[0])} {self.atom(expr.args[1])}"

    def _print_AppliedUndef(self, expr: AppliedUndef) -> str:
        return f"{expr.func.__name__} {' '.join(map(self.atom, expr.args))}"

    def _print_Subs(self, expr: sympy.Subs) -> str:
        inner, (variable,), (point,) = expr.args
        return f"(fun {self._print(variable)} => {self._print(inner)}) {self.atom(point)}"

    def _print_Derivative(self, expr: sympy.Derivative) -> str:
        name = self.derivatives.setdefault(expr, f"d{len(self.derivatives) + 1}")
        return f"{name} {self.atom(expr.variables[0])}"


def coq_claim(claim: sympy.Rel, over: Iterable[Range] = ()) -> str:
    """``forall …, hypotheses -> relation``."""
    naturals = _naturals(claim)
    printer = _Coq(naturals)
    bound = _bound(claim)
    text = _relation(claim, printer)
    variables = {each.variables[0] for each in printer.derivatives} - bound
    ranges = {each.symbol: each for each in over}
    free = sorted(claim.free_symbols - bound, key=lambda each: (each not in naturals, str(each)))
    functions = sorted({each.func.__name__ for each in claim.atoms(AppliedUndef)})
    outer = [each for each in free if each not in variables]
    inner = [each for each in free if each in variables]
    conditions = {each: _assumed(each, ranges, printer) for each in free}
    apart = [each for each in dict.fromkeys(printer.denominators) if _may_vanish(each, bound)]
    nonzero = {each: f"{printer._print(each)} <> 0" for each in apart}
    inside = [nonzero[each] for each in apart if each.free_symbols & variables]
    outside = [text for each, text in nonzero.items() if text not in inside]
    for each in reversed(list(printer.derivatives)):
        variable = each.variables[0]
        head = _quantified([variable], printer, [], _assumed(variable, {}, printer))
        value = f"{printer.derivatives[each]} {printer._print(variable)}"
        function = f"(fun {printer._print(variable)} => {printer._print(each.expr)})"
        fact = f"({head}derivable_pt_lim {function} {printer._print(variable)} ({value}))"
        rest = _quantified(inner, printer, [], [c for v in inner for c in conditions[v]] + inside)
        text = f"exists {value.split()[0]} : R -> R, {fact} /\\ ({rest}{text})"
        inner, inside = [], []
    given = [c for each in outer for c in conditions[each]]
    return _quantified(outer, printer, functions, given + outside) + text


def coq_statement(derivation: Derivation) -> str:
    """All claims of a derivation, one a line; only relations, not words, have a text in Coq."""
    lines = []
    for each in derivation.statement:
        if isinstance(each, str):
            raise DerivationError(f"{derivation.title}: a statement in words has no text in Coq")
        over = getattr(derivation.source(each), "over", ())
        lines.append(f"({coq_claim(each, over)})")
    return " /\\\n".join(lines)


def _relation(claim: sympy.Rel, printer: _Coq) -> str:
    left, right = claim.lhs, claim.rhs
    if isinstance(left, MaxAbs):
        function, variable, low, high = left.args
        body = f"(fun {printer._print(variable)} => {printer._print(function)})"
        return f"max_abs {body} {printer.atom(low)} {printer.atom(high)} {printer.atom(right)}"
    if isinstance(left, LeastMaximum):
        degree, point = left.args
        return f"least_maximum {degree} {printer.atom(point)} {printer.atom(right)}"
    return f"{printer._print(left)} {_SIGNS[claim.rel_op]} {printer._print(right)}"


def _naturals(claim: sympy.Rel) -> set[sympy.Symbol]:
    """The symbols of exponents and degrees."""
    indices = [each.exp for each in claim.atoms(sympy.Pow)]
    indices += [
        each.args[0] for each in claim.atoms(sympy.chebyshevt, sympy.chebyshevu, LeastMaximum)
    ]
    return {symbol for each in indices for symbol in each.free_symbols}


def _bound(claim: sympy.Rel) -> set[sympy.Symbol]:
    return {claim.lhs.args[1]} if isinstance(claim.lhs, MaxAbs) else set()


def _assumed(symbol: sympy.Symbol, ranges: dict[sympy.Symbol, Range], printer: _Coq) -> list[str]:
    """What is assumed of a symbol: its range in the step, its sign, that no index is negative."""
    name = _NAMES.get(symbol.name, symbol.name)
    each = ranges.get(symbol)
    if symbol in printer.naturals:
        first = int(each.low) if each is not None else printer.below.get(symbol, 0)
        return [f"({first} <= {name})%nat"] if first else []
    if each is not None:
        ends = [f"{printer._print(sympy.sympify(each.low))} <= {name}"]
        if each.high != sympy.oo:
            ends.append(f"{name} <= {printer._print(sympy.sympify(each.high))}")
        return ends
    sign = "0 < " if symbol.is_positive else "0 <= " if symbol.is_nonnegative else ""
    return [f"{sign}{name}"] if sign else []


def _may_vanish(denominator: sympy.Expr, bound: set[sympy.Symbol]) -> bool:
    """Not where its symbols' signs, or the maximum's own variable, settle it."""
    settled = denominator.is_nonzero or denominator.free_symbols & bound
    return not (settled or denominator.has(sympy.Derivative, sympy.chebyshevt))


def _quantified(
    symbols: list[sympy.Symbol], printer: _Coq, functions: list[str], conditions: list[str]
) -> str:
    names = {each: _NAMES.get(each.name, each.name) for each in symbols}
    naturals = " ".join(names[each] for each in symbols if each in printer.naturals)
    reals = " ".join(names[each] for each in symbols if each not in printer.naturals)
    groups = ((naturals, "nat"), (reals, "R"), (" ".join(functions), "R -> R"))
    binders = " ".join(f"({group} : {kind})" for group, kind in groups if group)
    head = f"forall {binders}, " if binders else ""
    return head + "".join(f"{each} -> " for each in conditions)
