"""steps."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sympy

from polyrates.ground.errors import PolyratesError
from polyrates.symbolic.proofs.vanishing import vanishes

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


def _divides(power: sympy.Pow, term: sympy.Expr) -> bool:
    return bool(term.as_coeff_exponent(power.base)[1] >= power.exp)


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
