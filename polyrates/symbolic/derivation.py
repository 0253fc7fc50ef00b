"""Derivations as objects: a statement, its hypotheses, and steps that a machine checks.

Every step carries its justification and a check of a named kind:

- "symbolic zero": left − right reduces to zero by rewriting (noncommutative symbols allowed);
- "exact evaluation at random rational points": both sides, in exact arithmetic, at seeded points;
- "sign certificate on an interval": a polynomial is ≥ 0 because, written in variables ≥ 0, all its
  coefficients are, or because it has no root inside the interval (Sturm).

The first and the last prove what they check. The second refutes a false step; what proves the step
is the justification written beside it. A step that does not hold raises :class:`DerivationError`.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sympy

from polyrates.errors import PolyratesError
from polyrates.symbolic.radicals import tidy, without_roots

__all__ = [
    "Checked",
    "Comparison",
    "Derivation",
    "DerivationError",
    "Equality",
    "Nonnegative",
    "Range",
    "Report",
    "Step",
    "vanishes",
]

SYMBOLIC = "symbolic zero"
SAMPLED = "exact evaluation at random rational points"
CERTIFICATE = "sign certificate on an interval"


class DerivationError(PolyratesError):
    """A step of a derivation does not hold."""


@dataclass(frozen=True)
class Range:
    """A symbol and the interval it varies over; ends may depend on symbols listed before it.

    ``high`` may be ``sympy.oo``; ``integer`` restricts it to integers.
    """

    symbol: sympy.Symbol
    low: Any
    high: Any = sympy.oo
    integer: bool = False


@dataclass(frozen=True)
class Checked:
    """That a step holds, and how that was found out."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Report:
    """The checks of a derivation, one a step, in order."""

    title: str
    checks: tuple[Checked, ...]

    @property
    def ok(self) -> bool:
        """True: a step that fails raises instead of being reported."""
        return True

    def __str__(self) -> str:
        lines = [f"{self.title}: {len(self.checks)} steps hold"]
        lines += [f"  {i}. {c.kind}: {c.detail}" for i, c in enumerate(self.checks, 1)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Step(ABC):
    """One step: two sides, a relation, a justification, a check."""

    left: Any
    right: Any
    why: str

    relation: ClassVar[str] = "="

    @property
    @abstractmethod
    def kind(self) -> str:
        """The kind of the machine check."""

    @abstractmethod
    def check(self) -> Checked:
        """Run the check; a failure raises DerivationError."""

    @property
    def remainder(self) -> str:
        """What stands behind the right side in LaTeX: the order of what was dropped."""
        return ""

    def _fail(self, detail: str) -> DerivationError:
        return DerivationError(f"step does not hold ({self.why}): {detail}")


@dataclass(frozen=True)
class Equality(Step):
    """left = right: as a symbolic zero, or at random rational points of ``over`` where given.

    ``where`` replaces symbols by expressions before the check. ``first_order_in`` names a symbol ε:
    the two sides then agree up to O(ε²).
    """

    over: tuple[Range, ...] = ()
    where: tuple[tuple[Any, Any], ...] = ()
    samples: int = 12
    seed: int = 0
    first_order_in: sympy.Symbol | None = None

    @property
    def kind(self) -> str:
        """Symbolic unless points were given."""
        return SAMPLED if self.over else SYMBOLIC

    @property
    def remainder(self) -> str:
        """O(ε²) where only the first order was compared."""
        if self.first_order_in is None:
            return ""
        return rf" + O\left({sympy.latex(self.first_order_in)}^{{2}}\right)"

    def check(self) -> Checked:
        """Whether left − right is zero."""
        difference = sympy.sympify(self.left) - sympy.sympify(self.right)
        for old, new in self.where:
            difference = difference.subs(old, new)
        if self.first_order_in is not None:
            terms = sympy.Add.make_args(sympy.expand(difference))
            small = self.first_order_in**2
            difference = sympy.Add(*(each for each in terms if not _divides(small, each)))
        if not self.over:
            if not vanishes(difference.doit()):
                raise self._fail(f"{difference} does not reduce to 0")
            return Checked(SYMBOLIC, "left − right reduces to 0")
        for point in sample(self.over, self.samples, self.seed):
            value = at(difference, point)
            if value != 0:
                raise self._fail(f"left − right = {value} at {point}")
        return Checked(SAMPLED, f"{self.samples} points, seed {self.seed}, all 0 exactly")


@dataclass(frozen=True)
class Comparison(Step):
    """left ≤ right, by exact evaluation at random rational points of ``over``."""

    over: tuple[Range, ...] = ()
    samples: int = 12
    seed: int = 0

    relation: ClassVar[str] = r"\le"

    @property
    def kind(self) -> str:
        """Evaluation."""
        return SAMPLED

    def check(self) -> Checked:
        """Whether right − left ≥ 0 at every point."""
        difference = sympy.sympify(self.right) - sympy.sympify(self.left)
        for point in sample(self.over, self.samples, self.seed):
            value = at(difference, point)
            if value.is_nonnegative is None:
                value = sympy.nsimplify(value)
            if not value >= 0:
                raise self._fail(f"right − left = {value} at {point}")
        return Checked(SAMPLED, f"{self.samples} points, seed {self.seed}, all ≥ 0 exactly")


@dataclass(frozen=True)
class Nonnegative(Step):
    """left ≥ right for every value of the symbols in ``over``, by a certificate.

    left − right must be rational in the symbols. Each range is written with a variable s ≥ 0
    (low + s, or (low + s·high)/(1 + s)); if then all coefficients of numerator and denominator are
    ≥ 0, so is the expression. In one variable with rational coefficients Sturm's count of roots
    decides where the coefficients do not.
    """

    over: tuple[Range, ...] = ()

    relation: ClassVar[str] = r"\ge"

    @property
    def kind(self) -> str:
        """A certificate."""
        return CERTIFICATE

    def check(self) -> Checked:
        """Find a certificate, or fail."""
        difference = sympy.sympify(self.left) - sympy.sympify(self.right)
        positive: list[sympy.Symbol] = []
        expression = difference
        for each in reversed(self.over):
            s = sympy.Dummy(f"s_{each.symbol.name}", nonnegative=True)
            bounded = each.high is not sympy.oo
            image = (each.low + s * each.high) / (1 + s) if bounded else each.low + s
            expression = expression.subs(each.symbol, image)
            positive.append(s)
        numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
        for sign in (1, -1):
            both = [sympy.Poly(sign * part, *positive) for part in (numerator, denominator)]
            coefficients = [value for part in both for value in part.coeffs()]
            if all(bool(value.is_nonnegative) for value in coefficients):
                return Checked(CERTIFICATE, f"{len(coefficients)} coefficients, all ≥ 0")
        if len(self.over) == 1 and not difference.free_symbols - {self.over[0].symbol}:
            return self._sturm(difference)
        raise self._fail(f"{difference} has coefficients of both signs")

    def _sturm(self, difference: sympy.Expr) -> Checked:
        only = self.over[0]
        numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(difference)))
        # a double root touches zero without crossing it, so roots are counted without squares
        poly = sympy.Poly(numerator * denominator, only.symbol)
        odd = sympy.Poly(1, only.symbol)
        for factor, multiplicity in poly.sqf_list()[1]:
            if multiplicity % 2:
                odd *= factor
        low = sympy.Rational(only.low)
        high = None if only.high is sympy.oo else sympy.Rational(only.high)
        inside = odd.count_roots(low, high)
        inside -= int(odd.eval(low) == 0) + int(high is not None and odd.eval(high) == 0)
        middle = low + 1 if high is None else (low + high) / 2
        while poly.eval(middle) == 0:
            middle = (low + middle) / 2
        if inside or poly.eval(middle) < 0:
            raise self._fail(f"{difference} changes sign on [{only.low}, {only.high}]")
        return Checked(CERTIFICATE, "no change of sign inside the interval (Sturm), ≥ 0 at a point")


@dataclass(frozen=True)
class Derivation:
    """A statement, what it assumes, and the steps that prove it.

    Attributes
    ----------
    title : str
    statement : sympy relation, or a tuple of them
    hypotheses : tuple of sympy relations and of strings (LaTeX text, formulas between ``$``)
    steps : tuple of Step
    sources : tuple of str
        Keys of :mod:`polyrates.references`.
    """

    title: str
    statement: tuple[Any, ...]
    hypotheses: tuple[Any, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def check(self) -> Report:
        """Check every step; the first that does not hold raises DerivationError."""
        checks = []
        for i, step in enumerate(self.steps, 1):
            try:
                checks.append(step.check())
            except DerivationError as error:
                raise DerivationError(f"{self.title}, step {i}: {error}") from None
        return Report(self.title, tuple(checks))

    def _latex(self) -> str:
        from polyrates.symbolic.latex import latex_derivation

        return latex_derivation(self)

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"

    def _repr_markdown_(self) -> str:
        from polyrates.symbolic.latex import markdown_derivation

        return markdown_derivation(self)

    def _repr_html_(self) -> str:
        from polyrates.symbolic.latex import html_derivation

        return html_derivation(self)


def _divides(power: sympy.Pow, term: sympy.Expr) -> bool:
    return bool(term.as_coeff_exponent(power.base)[1] >= power.exp)


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


def sample(over: Sequence[Range], samples: int, seed: int) -> Iterator[dict[sympy.Symbol, Any]]:
    """Seeded rational points of a product of ranges."""
    source = random.Random(seed)
    for _ in range(samples):
        point: dict[sympy.Symbol, Any] = {}
        for each in over:
            low = sympy.sympify(each.low).subs(point)
            high = sympy.sympify(each.high).subs(point)
            if each.integer:
                top = int(low) + 9 if high is sympy.oo else int(high)
                point[each.symbol] = sympy.Integer(source.randint(int(low), top))
                continue
            share = sympy.Rational(source.randint(0, 64), 64)
            if high is sympy.oo:
                point[each.symbol] = low + sympy.Rational(source.randint(1, 96), 16)
            else:
                point[each.symbol] = low + share * (high - low)
        yield point


def at(expression: sympy.Expr, point: dict[sympy.Symbol, Any]) -> sympy.Expr:
    """An expression at a point, exactly; integers go in first, so that T_n becomes a polynomial."""
    integers = {key: value for key, value in point.items() if key.is_integer}
    others = {key: value for key, value in point.items() if key not in integers}
    value = expression.subs(integers).doit().subs(others).doit()
    if not isinstance(value, sympy.Rational):
        value = sympy.simplify(sympy.expand_func(value))
    return value
