r"""Steps about largest values: \max |f| as one object, and why it is what they say.

- :class:`Largest`: on [−1, 1] |f| is largest at 1, because f is built from such functions with
  factors ≥ 0, or because f(1)² − f² is a sum of products ≥ 0;
- :class:`Energy`: the same, because f² plus a term ≥ 0 falls until 0 and rises from there;
- :class:`EndPoints`: on [a, b] |f| is largest at an end, because it first falls and then rises;
- :class:`Alternation`: no polynomial of its degree is smaller than an alternating one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy.printing.latex import LatexPrinter

from polyrates.symbolic.proofs.certificates import inside, nonnegative, regular
from polyrates.symbolic.proofs.consequences import Positive, Use, follows
from polyrates.symbolic.proofs.steps import (
    CERTIFICATE,
    INDUCTION,
    Checked,
    Nonnegative,
    Range,
    Step,
)
from polyrates.symbolic.proofs.vanishing import vanishes

__all__ = ["Alternation", "EndPoints", "Energy", "Fact", "Largest", "LeastMaximum", "MaxAbs"]


class MaxAbs(sympy.Function):  # type: ignore[misc]
    """MaxAbs(f, x, a, b): the maximum of |f| over a ≤ x ≤ b."""

    nargs = 4
    opaque = True  # compared part by part

    def _latex(self, printer: LatexPrinter) -> str:
        f, x, a, b = (printer._print(each) for each in self.args)
        return rf"\max_{{{a} \le {x} \le {b}}} \left|{f}\right|"


class LeastMaximum(sympy.Function):  # type: ignore[misc]
    """LeastMaximum(t, c): min over deg Q ≤ t, Q(c) = 1, of the maximum of |Q| over [−1, 1]."""

    nargs = 2
    opaque = True

    def _latex(self, printer: LatexPrinter) -> str:
        t, c = (printer._print(each) for each in self.args)
        return (
            rf"\min_{{\deg Q \le {t},\ Q({c}) = 1}} \ "
            r"\max_{-1 \le x \le 1} \left|Q(x)\right|"
        )


@dataclass(frozen=True)
class Fact:
    """A :class:`Largest` step used at other values of its symbols; None is the induction's own."""

    step: Largest | None = None
    where: tuple[tuple[sympy.Symbol, sympy.Expr], ...] = ()

    def of(self, owner: Largest) -> tuple[sympy.Expr, sympy.Expr]:
        """(f, max |f|)."""
        step, where = self.step or owner, dict(self.where)
        return step.function.subs(where), sympy.sympify(step.right).subs(where)

    def applies(self, owner: Largest) -> bool:
        """Whether the values lie in the ranges of the step."""
        if self.step is None:
            return not self.where
        where = dict(self.where)
        known = {each.symbol for each in self.step.over}
        return set(where) <= known and all(
            inside(
                where.get(each.symbol, each.symbol),
                Range(
                    each.symbol,
                    sympy.sympify(each.low).subs(where),
                    sympy.sympify(each.high).subs(where),
                    each.integer,
                ),
                owner.over,
            )
            for each in self.step.over
        )


@dataclass(frozen=True)
class Largest(Nonnegative):
    """max over −1 ≤ x ≤ 1 of |f| is g = f(1), left = MaxAbs(f, x, −1, 1) and right = g.

    Either ``squares``: g² − f² = Σ Π squares, every factor ≥ 0 (certificates), g ≥ 0, f(1) = g.
    Or ``products``: f = Σ Π products, every factor x itself, an expression ≥ 0 without x
    (a certificate, or :class:`Positive`), or a :class:`Fact`. Each factor is largest in modulus at
    x = 1 and ≥ 0 there, so f is, and g is the same sum with the factors' values at 1. With
    ``index`` the products give f at index + ``stride``, a ``Fact()`` among them f at index; at the
    lowest indices f is the constant g. ``using`` are the earlier identities by which f is the sum.
    """

    squares: tuple[tuple[sympy.Expr, ...], ...] = ()
    products: tuple[tuple[sympy.Expr | Fact | Positive, ...], ...] = ()
    index: sympy.Symbol | None = None
    stride: int = 1
    using: tuple[Use, ...] = ()

    relation = "="

    @property
    def kind(self) -> str:
        """A certificate, or an induction."""
        return CERTIFICATE if self.index is None else INDUCTION

    @property
    def function(self) -> sympy.Expr:
        """f."""
        return self.left.args[0]

    @property
    def premises(self) -> tuple[Step, ...]:
        """The steps of the facts, and the identities."""
        factors = [each for product in self.products for each in product]
        facts = [each.step for each in factors if isinstance(each, Fact | Positive)]
        used = [each.step for each in self.using]
        return tuple(each for each in (*facts, *used) if each is not None)

    def check(self) -> Checked:
        """Check one of the two ways."""
        if not isinstance(self.left, MaxAbs) or self.left.args[2:] != (-1, 1):
            raise self._fail("the left side must be a maximum over [-1, 1]")
        if self.squares:
            return self._by_squares()
        return self._by_products()

    def _by_squares(self) -> Checked:
        x, g = self.left.args[1], sympy.sympify(self.right)
        over = (*self.over, Range(x, sympy.Integer(-1), sympy.Integer(1)))
        detail = self._sum_of_products(g**2 - self.function**2, self.squares, over)
        if nonnegative(g, self.over) is None or not vanishes(self.function.subs(x, 1) - g):
            raise self._fail("the value at 1 must be the maximum, and ≥ 0")
        return Checked(CERTIFICATE, f"its square falls short by {detail}")

    def _by_products(self) -> Checked:
        f, x, g = self.function, self.left.args[1], sympy.sympify(self.right)
        if self.index is not None:
            low = {each.symbol: each.low for each in self.over}.get(self.index)
            if low is None or not self.index.is_integer:
                raise self._fail(f"{self.index} needs a lowest integer")
            for first in range(self.stride):
                if not vanishes((f - g).subs(self.index, low + first).doit()):
                    raise self._fail(f"it fails at {self.index} = {low + first}")
            f, g = (each.subs(self.index, self.index + self.stride) for each in (f, g))
        functions, values = [], []
        for product in self.products:
            pairs = [self._factor(each, x) for each in product]
            functions.append(sympy.Mul(*(each for each, _ in pairs)))
            values.append(sympy.Mul(*(each for _, each in pairs)))
        wrong = follows(f - sympy.Add(*functions), self.using, self.over)
        if wrong:
            raise self._fail(f"{f} is not the sum of the products: {wrong}")
        if not vanishes((g - sympy.Add(*values)).doit()):
            raise self._fail(f"the values at 1 add up to {sympy.Add(*values)}, not to {g}")
        return Checked(self.kind, f"{len(values)} products, each largest in modulus at 1")

    def _factor(
        self, factor: sympy.Expr | Fact | Positive, x: sympy.Symbol
    ) -> tuple[sympy.Expr, sympy.Expr]:
        if isinstance(factor, Positive):
            if factor.expression.has(x) or not factor.shown(self.over):
                raise self._fail(f"{factor.expression} is not shown to be ≥ 0")
            return factor.expression, factor.expression
        if isinstance(factor, Fact):
            if not factor.applies(self) or (factor.step is None and self.index is None):
                raise self._fail(f"a fact is used outside its ranges: {factor.where}")
            return factor.of(self)
        factor = sympy.sympify(factor)
        if factor == x:
            return x, sympy.Integer(1)
        if factor.has(x) or nonnegative(factor, self.over) is None:
            raise self._fail(f"the factor {factor} is not known to be ≥ 0")
        return factor, factor


@dataclass(frozen=True)
class Energy(Largest):
    """The same, because f² + Π ``rest`` falls until x = 0 and rises from there.

    Its derivative is x Π ``weight`` by ``using``; the factors of rest and weight are ≥ 0 on [−1, 1]
    and rest is 0 at both ends, so f² ≤ max(f(−1)², f(1)²), and both are g² by ``ends``.
    """

    rest: tuple[sympy.Expr, ...] = ()
    weight: tuple[sympy.Expr, ...] = ()
    ends: tuple[Use, ...] = ()

    @property
    def premises(self) -> tuple[Step, ...]:
        """The identities."""
        return tuple(each.step for each in (*self.using, *self.ends))

    def check(self) -> Checked:
        """The derivative, the signs, and the values at both ends."""
        if not isinstance(self.left, MaxAbs) or self.left.args[2:] != (-1, 1):
            raise self._fail("the left side must be a maximum over [-1, 1]")
        f, x, g = self.function, self.left.args[1], sympy.sympify(self.right)
        rest, over = sympy.Mul(*self.rest), (*self.over, Range(x, -sympy.S.One, sympy.S.One))
        for factor in (*self.rest, *self.weight):
            if nonnegative(factor, over) is None:
                raise self._fail(f"the factor {factor} is not known to be ≥ 0")
        change = sympy.diff(f**2 + rest, x) - x * sympy.Mul(*self.weight)
        wrong = follows(change, self.using, self.over)
        if wrong:
            raise self._fail(f"the derivative is not as said: {wrong}")
        for end, use in zip((-1, 1), self.ends, strict=True):
            at_end = [f.subs(x, end), rest.subs(x, end)]
            wrong = follows(at_end[0] - use.step.right.subs(dict(use.where)), (use,), self.over)
            if (
                wrong
                or at_end[1] != 0
                or not vanishes(use.step.right.subs(dict(use.where)) ** 2 - g**2)
            ):
                raise self._fail(f"the square at {end} is not {g**2}: {wrong}")
        if nonnegative(g, self.over) is None:
            raise self._fail(f"{g} is not known to be ≥ 0")
        return Checked(CERTIFICATE, "an energy that falls until 0 and rises from there")


@dataclass(frozen=True)
class EndPoints(Nonnegative):
    """max over a ≤ u ≤ b of |f| is max(|f(a)|, |f(b)|): f f′ = (u − ``turn``) Π ``weight`` q².

    Every factor of the weight is ≥ 0 on the ranges and q = ``root`` is real there, so f² falls
    until the turn and rises beyond it: its maximum on any interval is at an end.
    """

    turn: sympy.Expr = sympy.S.Zero
    weight: tuple[sympy.Expr, ...] = ()
    root: sympy.Expr = sympy.S.One

    relation = "="

    def check(self) -> Checked:
        """Check the two ends, the identity and the signs."""
        f, u, a, b = self.left.args
        ends = sympy.Max(*(sympy.Abs(f.subs(u, each)) for each in (a, b)))
        if ends != self.right:
            raise self._fail(f"the right side must be {ends}")
        rest = f * sympy.diff(f, u) - (u - self.turn) * sympy.Mul(*self.weight, self.root**2)
        if not vanishes(rest):
            raise self._fail("the derivative of the square is not as said")
        if not regular(self.root, self.over) or not regular(f, self.over):
            raise self._fail(f"{self.root} is not shown to be real on the ranges")
        if Range(u, a, b) not in self.over:
            raise self._fail(f"the ranges must say {a} <= {u} <= {b}")
        for factor in self.weight:
            if nonnegative(factor, self.over) is None:
                raise self._fail(f"{factor} is not known to be ≥ 0")
        return Checked(CERTIFICATE, f"its square falls until {self.turn} and rises from there")


@dataclass(frozen=True)
class Alternation(Step):
    """min over deg Q ≤ t, Q(c) = 1, of max |Q| is 1/F(c), c > 1: F = T_t alternates.

    What is checked: F(cos(kπ/t)) = (−1)^k, identically in the integers k and t, so F is ±1 with
    alternating signs at the t + 1 points k = 0, …, t of [−1, 1], which fall with k; and max |F| = 1
    by ``bound``. That is enough: if deg Q ≤ t, Q(c) = 1 and max |Q| < 1/F(c), then F/F(c) − Q
    alternates in sign at the t + 1 points, hence has t zeros between them and one more at c: more
    than its degree, so it is 0, against max |Q| < 1/F(c). Q = F/F(c) attains the value.
    """

    bound: Largest | None = None
    over: tuple[Range, ...] = ()

    @property
    def kind(self) -> str:
        """A certificate: the points and the signs."""
        return CERTIFICATE

    @property
    def premises(self) -> tuple[Step, ...]:
        """That max |F| = 1."""
        return () if self.bound is None else (self.bound,)

    def check(self) -> Checked:
        """The values at the points, the bound, and the right side."""
        if self.bound is None or not isinstance(self.left, LeastMaximum):
            raise self._fail("it needs max |F| = 1")
        t, c = self.left.args
        f, x = self.bound.function, self.bound.left.args[1]
        k = sympy.Dummy("k", integer=True)
        w = sympy.exp(sympy.I * sympy.pi * k / t)  # cos(kπ/t) = (w + 1/w)/2
        values = f.replace(sympy.chebyshevt, lambda n, _: (w**n + w**-n) / 2)
        alternates = not values.has(x) and sympy.simplify(values - (-1) ** k) == 0
        if f != sympy.chebyshevt(t, x) or self.bound.right != 1 or not alternates:
            raise self._fail("the polynomial does not alternate t + 1 times")
        if not vanishes(self.right * f.subs(x, c) - 1) or c not in {
            each.symbol for each in self.over if each.low == 1
        }:
            raise self._fail("the right side must be 1/F(c), c > 1")
        return Checked(CERTIFICATE, "t + 1 points of alternating sign")
