r"""LaTeX of every object, in the paper's notation: λ, ℓ, L, κ, ξ, P_t, step h, momentum m, η.

One printer for everything: sums start with a positive term (1 − hλ, not −hλ + 1), polynomials
ascend (P(0) = 1 comes first), what is longer than a line is broken inside ``aligned`` at its
outermost signs. The output is valid in KaTeX, in MathJax and in LaTeX with amsmath, and is
deterministic.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import _coeff_isneg
from sympy.printing.latex import LatexPrinter

from polyrates.errors import refuse_type
from polyrates.estimators import Estimator, Implicit, Truncated
from polyrates.methods import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.numbers import number
from polyrates.recurrence import Method
from polyrates.spectra import Spectrum
from polyrates.symbolic.polynomials import ErrorPolynomials

if TYPE_CHECKING:
    from polyrates.symbolic.derivation import Derivation

__all__ = ["html_derivation", "latex", "latex_derivation", "markdown_derivation", "wrap_terms"]

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

    def _print_Rational(self, expr: Any) -> str:
        if max(len(str(expr.p)), len(str(expr.q))) > _LONG_NUMBER:
            return _leading_digits(Fraction(int(expr.p), int(expr.q)))
        return super()._print_Rational(expr)  # type: ignore[no-any-return]

    def _print_Integer(self, expr: Any) -> str:
        if abs(int(expr)) >= 10**_LONG_NUMBER:
            return _leading_digits(Fraction(int(expr)))
        return str(expr)


def _printer() -> _Printer:
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
        relation = _printer()._print(sympy.Rel(sympy.Symbol("a"), sympy.Symbol("b"), obj.rel_op))
        symbol = relation[1:-1].strip()
        return wrap_terms(_printer().signed_terms(obj.rhs), inline(obj.lhs), symbol)
    if isinstance(obj, sympy.Add):
        return wrap_terms(_printer().signed_terms(obj))
    if isinstance(obj, sympy.Basic):
        return inline(obj)
    if isinstance(obj, ErrorPolynomials):
        return _aligned([("R", obj.residual), ("C", obj.drift), (r"R - \lambda C", obj.initial)])
    if isinstance(obj, Method):
        return _method(obj)
    if isinstance(obj, Spectrum):
        return _spectrum(obj)
    if isinstance(obj, Estimator):
        return _estimator(obj)
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
            "obj", obj, "has no LaTeX form",
            "give an object of the package, a sympy object or a number",
        )  # fmt: skip
    return _float(value) if isinstance(value, float) else inline(value)


def inline(obj: Any) -> str:
    """LaTeX on one line."""
    return str(_printer().doprint(obj))


def _float(value: float) -> str:
    """Six digits, or fewer where they are enough; powers of ten outside [1e−4, 1e6)."""
    text = f"{value:.6g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = f"10^{{{int(exponent)}}}"
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}{power}" if mantissa.lstrip("-") == "1" else rf"{mantissa} \cdot {power}"


def _leading_digits(value: Fraction) -> str:
    """A huge rational by its first six digits, truncated and marked as such."""
    size = abs(value)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    digits = int(size * Fraction(10) ** (6 - exponent))
    while digits >= 10**6:
        digits //= 10
        exponent += 1
    text = str(digits).rjust(6, "0")
    sign = "-" if value < 0 else ""
    return rf"{sign}{text[0]}.{text[1:]}{{\ldots}} \cdot 10^{{{exponent - 1}}}"


def _polynomial_terms(poly: sympy.Poly) -> list[str]:
    """Signed terms in ascending powers."""
    printer = _printer()
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
            _power(printer._print(symbol), degree)
            for symbol, degree in zip(poly.gens, monomial, strict=True)
            if degree
        )
        text = printer._print(coefficient)
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
    rows = _rows(terms, visible(head))
    first = f"{left} &{relation} {rows[0]}" if left else f"& {rows[0]}"
    return "\n".join(
        [r"\begin{aligned}", " \\\\\n".join([first, *(rf"& \quad {r}" for r in rows[1:])]),
         r"\end{aligned}"]
    )  # fmt: skip


def _rows(terms: Iterable[str], start: int = 0) -> list[str]:
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


def _aligned(pairs: Sequence[tuple[str, Any]]) -> str:
    rows: list[str] = []
    for left, right in pairs:
        if isinstance(right, sympy.Poly):
            terms = _polynomial_terms(right)
        elif isinstance(right, sympy.Add):
            terms = _printer().signed_terms(right)
        else:
            terms = [inline(right)]
        first, *others = _rows(terms, visible(left) + 3)
        rows += [f"{left} &= {first}", *(rf"& \quad {row}" for row in others)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def _with(rule: str, *values: tuple[str, Any]) -> str:
    assigned = r", \quad ".join(f"{name} = {latex(value)}" for name, value in values)
    return rf"{rule}, \quad {assigned}" if assigned else rule


def _given(*values: tuple[str, Any]) -> list[tuple[str, Any]]:
    """Leave out h = h: a symbol that already has the name."""
    return [(name, value) for name, value in values if latex(value) != name]


def _method(method: Method) -> str:
    gradient = r"\nabla f\left(x_{t}\right)"
    if isinstance(method, GradientDescent):
        return _with(rf"x_{{t+1}} = x_{{t}} - h {gradient}", *_given(("h", method.step)))
    if isinstance(method, HeavyBall):
        rule = rf"x_{{t+1}} = x_{{t}} + m \left(x_{{t}} - x_{{t-1}}\right) - h {gradient}"
        values = _given(("h", method.step), ("m", method.momentum), ("h_{0}", method.first_step))
        return _with(rule, *values)
    if isinstance(method, Nesterov):
        rule = (
            r"y_{t} = x_{t} + m \left(x_{t} - x_{t-1}\right), \quad "
            r"x_{t+1} = y_{t} - h \nabla f\left(y_{t}\right)"
        )
        return _with(rule, *_given(("h", method.step), ("m", method.momentum)))
    where = r"\sigma(\lambda) = \frac{2\lambda - L - \ell}{L - \ell}"
    if isinstance(method, Chebyshev):
        rule = (
            r"P_{t}(\lambda) = \frac{T_{t}\left(\sigma(\lambda)\right)}"
            rf"{{T_{{t}}\left(\sigma(0)\right)}}, \quad {where}"
        )
        return _with(rule, *_given((r"\ell", method.ell), ("L", method.L)))
    if isinstance(method, Gegenbauer):
        rule = (
            r"P_{t}(\lambda) = \frac{C_{t}^{(\alpha)}\left(\sigma(\lambda)\right)}"
            rf"{{C_{{t}}^{{(\alpha)}}\left(\sigma(0)\right)}}, \quad {where}"
        )
        values = _given((r"\ell", method.ell), ("L", method.L), (r"\alpha", method.alpha))
        return _with(rule, *values)
    horizon = "" if method.horizon is None else rf", \quad t \le {method.horizon}"
    rule = (
        r"x_{t+1} = x_{t} + m_{t} \left(x_{t} - x_{t-1}\right) - h_{t} \nabla f(\cdot)"
        if hasattr(method, "momenta")
        else r"x_{t} - x_{\star} = P_{t}(H) \left(x_{0} - x_{\star}\right)"
    )
    return rf"\text{{{_plain(method.name)}}}: \quad {rule}{horizon}"


def _spectrum(spectrum: Spectrum) -> str:
    pieces = [
        rf"\left\{{{latex(low)}\right\}}"
        if low == high
        else rf"\left[{latex(low)}, {latex(high)}\right]"
        for low, high in spectrum.support
    ]
    if len(pieces) > 8:
        pieces = [*pieces[:4], r"\cdots", pieces[-1]]
    support = r" \cup ".join(pieces)
    kind = type(spectrum).__name__
    if kind in ("Interval", "Union"):
        return rf"\lambda \in {support}"
    parameters = {"eta": r"\eta", "alpha": r"\alpha", "beta": r"\beta", "ratio": "r"}
    shown = [
        f"{parameters[name]} = {latex(getattr(spectrum, name))}"
        for name in parameters
        if hasattr(spectrum, name)
    ]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    return r", \quad ".join([rf"\lambda \sim \text{{{words}}} \text{{ on }} {support}", *shown])


def _estimator(estimator: Estimator) -> str:
    if isinstance(estimator, Implicit):
        if estimator.inner is None:
            return r"R = 0, \quad C = -\frac{P_{t}}{\lambda}"
        k = estimator.inner_steps
        return rf"R = Q_{{{k}}}, \quad C = \frac{{P_{{t}} \left(Q_{{{k}}} - 1\right)}}{{\lambda}}"
    if isinstance(estimator, Truncated):
        where = (
            f"s = {estimator.start}"
            if estimator.last is None
            else rf"s = \max\left(t - {estimator.last}, 0\right)"
        )
        return rf"\text{{tangents reset at step }} {where}"
    return r"R = P_{t}, \quad C = P_{t}'"


def _plain(text: str) -> str:
    """Text inside \\text: ASCII, the characters special to TeX escaped."""
    greek = {"α": "alpha", "β": "beta", "η": "eta", "λ": "lambda", "ℓ": "ell", "–": "-", "−": "-"}
    for old, new in greek.items():
        text = text.replace(old, new)
    text = re.sub(r"([&%$#_{}])", r"\\\1", text)
    return text.encode("ascii", "replace").decode()


# Derivations -----------------------------------------------------------------------------------


def _formulas(derivation: Derivation) -> list[str]:
    """The statements, LaTeX cut at its ``\\quad``s, or the value for the method at hand."""
    result: list[str] = []
    for each in derivation.statement:
        if isinstance(each, str):
            pieces = each.split(r", \quad ")
            result += [rf"{piece}," for piece in pieces[:-1]] + pieces[-1:]
        else:
            shown = latex(each)
            result.append(shown if isinstance(each, sympy.Rel) else rf"\text{{Here: }} {shown}")
    return result


def _stack(formulas: list[str]) -> str:
    if len(formulas) == 1:
        return formulas[0]
    rows = " \\\\\n".join(f"& {each}" for each in formulas)
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def _sides(step: Any) -> tuple[list[str], list[str]]:
    left, right = (
        _printer().signed_terms(side) if isinstance(side, sympy.Add) else [inline(side)]
        for side in (step.left, step.right)
    )
    return left, [*right, step.remainder] if step.remainder else right


def _sentence(text: str) -> list[str]:
    """Words of a text; what stands between $ signs is one word."""
    return re.findall(r"(?:\$[^$]*\$|[^\s$])+", text)


def _text_rows(text: str) -> list[str]:
    rows, row = [], ""
    for word in _sentence(text):
        if row and visible_plain(row) + row.count(" ") + visible_plain(word) > WIDTH - 8:
            rows.append(row)
            row = ""
        row = f"{row} {word}" if row else word
    return [rf"\text{{{each}}}" for each in [*rows, row] if each]


def latex_derivation(derivation: Derivation) -> str:
    """One ``aligned``: title, statement, hypotheses, and each step with its reason below it."""
    rows = [rf"& \textbf{{{derivation.title}}}"]
    rows += [f"& {each}" for each in _formulas(derivation)]
    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    if given:
        rows += [f"& {row}" for row in _text_rows("Given: " + "; ".join(given))]
    for i, step in enumerate(derivation.steps, 1):
        left, right = _sides(step)
        first, *others = _rows(left, 6)
        rows.append(rf"({i}) \quad & {first}")
        rows += [rf"& \quad {row}" for row in others]
        lines = _rows(right, 8)
        rows.append(rf"& \quad {step.relation} {lines[0]}")
        rows += [rf"& \qquad {row}" for row in lines[1:]]
        rows += [rf"& \qquad {row}" for row in _text_rows(step.why)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def _display(step: Any) -> str:
    left, right = _sides(step)
    both = "".join(left) + f" {step.relation} " + "".join(right)
    if visible(both) <= WIDTH:
        return both
    first, *others = _rows(left, 2)
    rows = [f"& {first}", *(rf"& \quad {row}" for row in others)]
    lines = _rows(right, 6)
    rows += [rf"& \quad {step.relation} {lines[0]}", *(rf"& \qquad {row}" for row in lines[1:])]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])


def markdown_derivation(derivation: Derivation) -> str:
    """A heading line, the statement, and a numbered list of steps with their checks."""
    parts = [f"**{derivation.title}.**"]
    parts.append("$$" + _stack(_formulas(derivation)) + "$$")
    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    if given:
        parts.append("Given: " + "; ".join(given) + ".")
    for i, step in enumerate(derivation.steps, 1):
        parts.append(f"({i}) {_capital(step.why)}. *Checked: {step.kind}.*")
        parts.append(f"$${_display(step)}$$")
    return "\n\n".join(parts)


def html_derivation(derivation: Derivation) -> str:
    """The same as an HTML section; formulas between ``\\(`` and ``\\)``, ``\\[`` and ``\\]``."""

    def text(words: str) -> str:
        return re.sub(r"\$([^$]*)\$", r"\\(\1\\)", html.escape(words, quote=False))

    def block(formula: str) -> str:
        return rf"<div>\[{html.escape(formula, quote=False)}\]</div>"

    given = [
        each if isinstance(each, str) else f"${latex(each)}$" for each in derivation.hypotheses
    ]
    parts = [f'<section class="derivation"><h4>{html.escape(derivation.title)}</h4>']
    parts.append(block(_stack(_formulas(derivation))))
    if given:
        parts.append(f"<p>Given: {text('; '.join(given))}.</p>")
    parts.append("<ol>")
    parts += [
        f"<li>{text(_capital(step.why))}. <em>Checked: {step.kind}.</em>"
        f"{block(_display(step))}</li>"
        for step in derivation.steps
    ]
    parts.append("</ol></section>")
    return "\n".join(parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
