r"""LaTeX of every object, in the paper's notation: λ, ℓ, L, κ, ξ, P_t, step h, momentum m, η.

One printer for everything: sums start with a positive term (1 − hλ, not −hλ + 1), polynomials
ascend (P(0) = 1 comes first), what is longer than a line is broken inside ``aligned`` at its
outermost signs. The output is valid in KaTeX, in MathJax and in LaTeX with amsmath, and is
deterministic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.function import _coeff_isneg
from sympy.printing.latex import LatexPrinter

from polyrates.ground.digits import digit_count
from polyrates.ground.errors import refuse_type
from polyrates.ground.numbers import number

__all__ = ["latex", "wrap_terms"]

WIDTH = 84
"""Characters that fit a line of a page, as the reader sees them."""

_LONG_NUMBER = 40  # characters from which a coefficient is shown by its leading digits
_MANY_TERMS = 40  # terms from which a polynomial is shown by its ends


class _Printer(LatexPrinter):  # type: ignore[misc]
    """sympy's, with sums that start with a positive term."""

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        return "".join(self.signed_terms(expr, order))

    def _print_Derivative(self, expr: Any) -> str:
        text = str(super()._print_Derivative(expr))
        if not isinstance(expr.expr, sympy.Mul):
            return text
        # d/du of a product: sympy leaves open where the derivative ends
        body = self._print(expr.expr)
        head = text[: -len(body)] if text.endswith(body) else text
        return rf"{head}\left({body}\right)" if head != text else text

    def signed_terms(self, expr: Any, order: Any = None) -> list[str]:
        """The terms of a sum with their signs, as they follow one another."""
        terms = list(self._as_ordered_terms(expr, order=order))
        if _coeff_isneg(terms[0]):
            first = next((k for k, term in enumerate(terms) if not _coeff_isneg(term)), None)
            if first is not None:
                positive_end = not _coeff_isneg(terms[-1])
                terms = terms[::-1] if positive_end else [terms.pop(first), *terms]
        result = []
        for i, term in enumerate(terms):
            minus = i > 0 and _coeff_isneg(term)
            shown = -term if minus else term
            text = self._print(shown)
            if self._needs_add_brackets(shown):
                text = rf"\left({text}\right)"
            result.append(("" if i == 0 else " - " if minus else " + ") + text)
        return result

    def _print_Float(self, expr: Any) -> str:
        return _float(float(expr))

    def _print_Mul(self, expr: Any) -> str:
        text = str(super()._print_Mul(expr))
        return text if decks(text) <= 2 else self._leveled(expr, text)

    def _print_Pow(self, expr: Any) -> str:
        text = str(super()._print_Pow(expr))
        return text if decks(text) <= 2 else self._leveled(expr, text)

    def _leveled(self, expr: Any, text: str) -> str:
        """A quotient without a fraction in its fraction: those inside are written with a slash."""
        top, bottom = sympy.fraction(expr, exact=True)
        if bottom == 1:
            return text
        above, below = (_slashed(str(self._print(each))) for each in (top, bottom))
        return rf"\frac{{{above}}}{{{below}}}"

    def _print_Rational(self, expr: Any) -> str:
        power = _power_of_ten(int(expr.q))
        if power > 3 and abs(int(expr.p)) < 10**4:
            head = {1: "", -1: "-"}.get(int(expr.p), rf"{int(expr.p)} \cdot ")
            return f"{head}10^{{-{power}}}"
        if max(map(digit_count, (int(expr.p), int(expr.q)))) > _LONG_NUMBER:
            return _leading_digits(Fraction(int(expr.p), int(expr.q)))
        return super()._print_Rational(expr)  # type: ignore[no-any-return]

    def _print_Integer(self, expr: Any) -> str:
        power = _power_of_ten(abs(int(expr)))
        if power >= 6:
            return f"{'-' if int(expr) < 0 else ''}10^{{{power}}}"
        if abs(int(expr)) >= 10**_LONG_NUMBER:
            return _leading_digits(Fraction(int(expr)))
        return str(expr)


def printer() -> _Printer:
    return _Printer({"mul_symbol": None, "ln_notation": False})


def latex(obj: Any) -> str:
    """LaTeX of any object of the package, of a sympy object, or of a number; without ``$``.

    An object that defines ``_latex()`` is asked; sums and polynomials longer than a line are
    broken inside ``aligned``.
    """
    own = getattr(obj, "_latex", None)
    if callable(own) and not isinstance(obj, (sympy.Basic, type)):
        return own()  # type: ignore[no-any-return]
    if isinstance(obj, sympy.Poly):
        return wrap_terms(_polynomial_terms(obj))
    if isinstance(obj, sympy.Rel) and isinstance(obj.rhs, sympy.Add):
        relation = printer()._print(sympy.Rel(sympy.Symbol("a"), sympy.Symbol("b"), obj.rel_op))
        symbol = relation[1:-1].strip()
        return wrap_terms(printer().signed_terms(obj.rhs), inline(obj.lhs), symbol)
    if isinstance(obj, sympy.Add):
        return wrap_terms(printer().signed_terms(obj))
    if isinstance(obj, sympy.Basic):
        return inline(obj)
    if isinstance(obj, (tuple, list)):
        return rf"\left( {', '.join(latex(each) for each in obj)} \right)"
    own = getattr(obj, "latex", None)
    if callable(own) and type(obj).__module__.startswith("polyrates."):
        return str(own())
    if isinstance(obj, (str, bytes)):
        refuse_type("obj", obj, "text is not a formula", "give the object itself")
    try:
        value = number(obj, "obj")
    except (TypeError, ValueError):
        refuse_type(
            "obj",
            obj,
            "has no LaTeX form",
            "give an object of the package, a sympy object or a number",
        )
    return _float(value) if isinstance(value, float) else inline(value)


def _power_of_ten(value: int) -> int:
    """k where the value is 10^k, else 0."""
    if value < 10 or value % 10:
        return 0
    size = digit_count(value) - 1
    return size if value == 10**size else 0


def decks(text: str) -> int:
    """How many lines stand above each other: 2 for a fraction, 3 for one inside of another."""
    deepest = level = 1
    pending = 0  # arguments that a fraction still takes
    outside: list[tuple[int, int]] = []
    for token in re.findall(r"\\frac(?![A-Za-z])|\\.|[{}]", text):
        if token == r"\frac":
            pending = 2
        elif token == "{":
            outside.append((level, max(pending - 1, 0)))
            level, pending = level + (pending > 0), 0
            deepest = max(deepest, level)
        elif token == "}" and outside:
            level, pending = outside.pop()
    return deepest


def _slashed(text: str) -> str:
    """Every fraction in a formula as a quotient on one line."""
    while (at := text.rfind(r"\frac{")) >= 0:  # the last one has none inside
        middle = _closing(text, at + 5)
        end = _closing(text, middle + 1)
        top, bottom = text[at + 6 : middle], text[middle + 2 : end]
        text = f"{text[:at]}{_factor(top)} / {_factor(bottom)}{text[end + 1 :]}"
    return text


def _closing(text: str, at: int) -> int:
    """Where the brace at ``at`` closes."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text) - 1


def _factor(text: str) -> str:
    """In parentheses unless it is one number, letter or power."""
    single = re.fullmatch(r"(\d+|\\?[A-Za-z]+|\\sqrt\{[^{}]*\})(\^\{[^{}]*\})?", text.strip())
    return text if single else f"({text})"


def inline(obj: Any) -> str:
    """LaTeX on one line."""
    return str(printer().doprint(obj))


def _float(value: float) -> str:
    return float_latex(value)


def float_latex(value: float, digits: int = 6) -> str:
    """So many digits, or fewer where they are enough; powers of ten outside [1e−4, 1e6)."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\text{not a number}"}.get(text, text)
    mantissa, exponent = text.split("e")
    power = f"10^{{{int(exponent)}}}"
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}{power}" if mantissa.lstrip("-") == "1" else rf"{mantissa} \cdot {power}"


def _leading_digits(value: Fraction) -> str:
    """A huge rational by its first six digits, truncated and marked as such."""
    size = abs(value)
    exponent = digit_count(size.numerator) - digit_count(size.denominator)
    digits = int(size * Fraction(10) ** (6 - exponent))
    while digits >= 10**6:
        digits //= 10
        exponent += 1
    text = str(digits).rjust(6, "0")
    sign = "-" if value < 0 else ""
    return rf"{sign}{text[0]}.{text[1:]}{{\ldots}} \cdot 10^{{{exponent - 1}}}"


def _polynomial_terms(poly: sympy.Poly) -> list[str]:
    """Signed terms in ascending powers."""
    shared = printer()
    terms: list[str] = []
    if poly.is_univariate:
        entries = sorted(poly.terms(), key=lambda item: item[0][0])
    else:
        entries = list(poly.terms())
    if not entries or poly.is_zero:
        return ["0"]
    skipped = len(entries) > _MANY_TERMS
    chosen = [*entries[:20], None, *entries[-2:]] if skipped else entries
    for entry in chosen:
        if entry is None:
            terms.append(r" + \cdots")
            continue
        monomial, coefficient = entry
        minus = _coeff_isneg(coefficient) or coefficient.could_extract_minus_sign()
        if minus:
            coefficient = -coefficient
        generators = " ".join(
            _power(shared._print(symbol), degree)
            for symbol, degree in zip(poly.gens, monomial, strict=True)
            if degree
        )
        text = shared._print(coefficient)
        if isinstance(coefficient, sympy.Add) and generators:
            text = rf"\left({text}\right)"
        if generators:
            text = generators if coefficient == 1 else f"{text} {generators}"
        sign = ("- " if minus else "") if not terms else (" - " if minus else " + ")
        terms.append(sign + text)
    return terms


def _power(base: str, degree: int) -> str:
    return base if degree == 1 else f"{base}^{{{degree}}}"


def wrap_terms(terms: Sequence[str], left: str = "", relation: str = "=") -> str:
    """Signed terms on one line where they fit, else in ``aligned``, broken before a sign."""
    head = f"{left} {relation} " if left else ""
    if visible(head) + sum(visible(term) for term in terms) <= WIDTH:
        return head + "".join(terms)
    rows = broken_rows(terms, visible(head))
    first = f"{left} &{relation} {rows[0]}" if left else f"& {rows[0]}"
    return "\n".join(
        [
            r"\begin{aligned}",
            " \\\\\n".join([first, *(rf"& \quad {r}" for r in rows[1:])]),
            r"\end{aligned}",
        ]
    )


def broken_rows(terms: Iterable[str], start: int = 0) -> list[str]:
    rows, row, used = [], "", start
    for term in terms:
        size = visible(term)
        if row and used + size > WIDTH:
            rows.append(row.strip())
            row, used = "", 4
        row += term
        used += size
    return [*rows, row.strip()]


_FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")


def visible(text: str) -> int:
    """About how many characters wide a reader sees a piece of LaTeX."""
    while True:
        shorter = _FRACTION.sub(lambda m: max(m.group(1), m.group(2), key=visible_plain), text)
        if shorter == text:
            return visible_plain(text)
        text = shorter


def visible_plain(text: str) -> int:
    """The same without fractions: a command counts one, exponents half, braces nothing."""
    exponents = sum(len(m) for m in re.findall(r"[\^_]\{([^{}]*)\}", text))
    bare = re.sub(r"\\(left|right|middle|quad|text|mathrm)\b", "", text)
    bare = re.sub(r"\\[A-Za-z]+", "x", bare)
    return (
        len(re.sub(r"[{}^_\\&\s]", "", bare))
        - exponents // 2
        + text.count(" + ")
        + text.count(" - ")
    )


def aligned(pairs: Sequence[tuple[str, Any]]) -> str:
    """Equations below each other, long ones broken."""
    rows: list[str] = []
    for left, right in pairs:
        if isinstance(right, sympy.Poly):
            terms = _polynomial_terms(right)
        elif isinstance(right, sympy.Add):
            terms = printer().signed_terms(right)
        else:
            terms = [inline(right)]
        first, *others = broken_rows(terms, visible(left) + 3)
        rows += [f"{left} &= {first}", *(rf"& \quad {row}" for row in others)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def with_values(rule: str, *values: tuple[str, Any]) -> str:
    """A rule and the values of its letters; h = h is left out."""
    shown = [(name, latex(value)) for name, value in values]
    assigned = r", \quad ".join(f"{name} = {text}" for name, text in shown if text != name)
    return rf"{rule}, \quad {assigned}" if assigned else rule


_ENDS = 3  # entries shown at either end of a long row


@dataclass(frozen=True)
class Shortened:
    """A row of numbers; a long one by its ends and its length."""

    values: tuple[object, ...]

    def _latex(self) -> str:
        if len(self.values) <= 2 * _ENDS + 1:
            return rf"\left({', '.join(map(latex, self.values))}\right)"
        first, last = (
            ", ".join(map(latex, v)) for v in (self.values[:_ENDS], self.values[-_ENDS:])
        )
        count = rf"\quad \text{{({len(self.values)} numbers)}}"
        return rf"\left({first}, \ldots, {last}\right) {count}"
