r"""Steps that follow from earlier ones, by a combination that is written down.

- :class:`Use`: an earlier identity, at other values, differentiated, times a factor;
- :class:`Consequence`: left − right is a sum of these;
- :class:`Cone`: quantities stay ≥ 0 because the next ones are combinations of them, weights ≥ 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from polyrates.symbolic.proofs.certificates import inside, nonnegative
from polyrates.symbolic.proofs.steps import (
    INDUCTION,
    SYMBOLIC,
    Checked,
    Equality,
    Induction,
    Range,
    Step,
)
from polyrates.symbolic.proofs.ultraspherical import Ultraspherical
from polyrates.symbolic.proofs.vanishing import vanishes

__all__ = ["Cone", "Consequence", "Held", "Positive", "Use", "follows"]

Values = tuple[tuple[sympy.Symbol, sympy.Expr], ...]


@dataclass(frozen=True)
class Use:
    """factor · (d/d``along``)(left − right) of an identity, at the values ``where``: it is 0.

    The derivative comes before the values. An induction's index must be at its start or beyond;
    every symbol's value must have the properties that the symbol is assumed to have.
    """

    step: Step
    factor: sympy.Expr = sympy.S.One
    where: Values = ()
    along: sympy.Symbol | None = None

    @property
    def expression(self) -> sympy.Expr:
        """What is 0."""
        difference = sympy.sympify(self.step.left) - sympy.sympify(self.step.right)
        if self.along is not None:
            difference = sympy.diff(difference, self.along)
        return self.factor * difference.subs(dict(self.where), simultaneous=True)

    def applies(self, over: Sequence[Range]) -> bool:
        """Whether the step is an identity, and holds at the values."""
        where = dict(self.where)
        if isinstance(self.step, Induction):
            index = self.step.index
            assert index is not None
            start = Range(index, sympy.Integer(self.step.start), integer=True)
            if not inside(where.get(index, index), start, over):
                return False
        elif isinstance(self.step, Equality):
            plain = (self.step.over, self.step.where, self.step.first_order_in, self.step.computed)
            if plain != ((), (), None, False):
                return False
        elif not isinstance(self.step, Consequence):
            return False
        return all(_like(symbol, value, over) for symbol, value in self.where)


def _like(symbol: sympy.Symbol, value: sympy.Expr, over: Sequence[Range]) -> bool:
    """Whether a value has the properties of a symbol."""
    for wanted in ("is_integer", "is_real", "is_positive"):
        if getattr(symbol, wanted) and not getattr(value, wanted):
            return False
    return not symbol.is_nonnegative or nonnegative(value, over) is not None


def follows(expression: sympy.Expr, using: Sequence[Use], over: Sequence[Range]) -> str:
    """Why an expression is 0: empty, or how it is not shown."""
    for each in using:
        if not each.applies(over):
            return f"an earlier step is used where it does not hold: {each.where}"
    rest = expression - sympy.Add(*(each.expression for each in using))
    return "" if vanishes(rest.doit()) else f"{rest} does not reduce to 0"


@dataclass(frozen=True)
class Consequence(Step):
    """left = right, because left − right = Σ ``using``; a symbolic zero."""

    using: tuple[Use, ...] = ()

    @property
    def kind(self) -> str:
        """A symbolic zero."""
        return SYMBOLIC

    @property
    def premises(self) -> tuple[Step, ...]:
        """The identities."""
        return tuple(each.step for each in self.using)

    def check(self) -> Checked:
        """Whether the combination is the difference."""
        if self.left == self.right or not self.using:
            raise self._fail("its two sides are identical, or it uses nothing")
        wrong = follows(sympy.sympify(self.left) - sympy.sympify(self.right), self.using, ())
        if wrong:
            raise self._fail(wrong)
        return Checked(SYMBOLIC, f"a combination of {len(self.using)} earlier identities")


@dataclass(frozen=True)
class Held:
    """The ``which``-th quantity of a :class:`Cone`, at ``where``; None is the induction's own."""

    which: int = 0
    step: Cone | None = None
    where: Values = ()

    def of(self, owner: Cone) -> sympy.Expr:
        """The quantity."""
        return (self.step or owner).quantities[self.which].subs(dict(self.where), simultaneous=True)

    def applies(self, over: Sequence[Range]) -> bool:
        """Whether the values lie in the ranges of the step."""
        if self.step is None:
            return not self.where
        where = dict(self.where)
        within = (
            inside(where.get(each.symbol, each.symbol), each, over) for each in self.step.over
        )
        return all(within) and all(_like(symbol, value, over) for symbol, value in self.where)


@dataclass(frozen=True)
class Positive:
    """An expression in one y_n that is ≥ 0 because a :class:`Held` quantity y_n − const is."""

    expression: sympy.Expr
    held: Held

    @property
    def step(self) -> Cone:
        """The step that holds it."""
        assert self.held.step is not None
        return self.held.step

    def shown(self, over: Sequence[Range]) -> bool:
        """Whether it is ≥ 0 for every value of the quantity."""
        if self.held.step is None or not self.held.applies(over):
            return False
        quantity, s = self.held.of(self.held.step), sympy.Dummy("s", nonnegative=True)
        atoms = quantity.atoms(Ultraspherical)
        if len(atoms) != 1:
            return False
        (atom,) = atoms
        least = atom - quantity
        image = self.expression.subs(atom, least + s)
        return not image.has(Ultraspherical) and nonnegative(image, over) is not None


@dataclass(frozen=True)
class Cone(Step):
    """left ≥ right for every integer ``index`` in its range: quantities stay ≥ 0, by induction.

    The quantities are left − right and ``others``. Each is ≥ 0 at the first index, and at index + 1
    it is Σ Π ``terms``[i]: of expressions that are ≥ 0 by certificates and of quantities that are,
    :class:`Held`, the own ones at index or those of an earlier step.
    """

    index: sympy.Symbol | None = None
    over: tuple[Range, ...] = ()
    terms: tuple[tuple[tuple[sympy.Expr | Held, ...], ...], ...] = ()
    others: tuple[sympy.Expr, ...] = ()

    relation = r"\ge"

    @property
    def kind(self) -> str:
        """Induction."""
        return INDUCTION

    @property
    def quantities(self) -> tuple[sympy.Expr, ...]:
        """What stays ≥ 0."""
        return (sympy.sympify(self.left) - sympy.sympify(self.right), *self.others)

    @property
    def premises(self) -> tuple[Step, ...]:
        """The other steps whose quantities are used."""
        factors = [each for terms in self.terms for product in terms for each in product]
        held = [each.step for each in factors if isinstance(each, Held)]
        return tuple(each for each in held if each is not None)

    def check(self) -> Checked:
        """The first values, the identities, and every factor."""
        low = {each.symbol: each.low for each in self.over if each.integer}.get(self.index)
        if self.index is None or low is None or len(self.terms) != len(self.quantities):
            raise self._fail("it needs an index with a first value, and terms for each quantity")
        over = tuple(each for each in self.over if each.symbol != self.index)
        for quantity, terms in zip(self.quantities, self.terms, strict=True):
            if nonnegative(quantity.subs(self.index, low).doit(), over) is None:
                raise self._fail(f"{quantity} is not shown to be ≥ 0 at {self.index} = {low}")
            after = quantity.subs(self.index, self.index + 1)
            total = sympy.Add(*(sympy.Mul(*map(self._factor, product)) for product in terms))
            if not vanishes((after - total).doit()):
                raise self._fail(f"{after} is not {total}")
        return Checked(INDUCTION, "the first values are ≥ 0, and the next are sums of products ≥ 0")

    def _factor(self, factor: sympy.Expr | Held) -> sympy.Expr:
        if isinstance(factor, Held):
            if not factor.applies(self.over):
                raise self._fail(f"a quantity is used outside its ranges: {factor.where}")
            return factor.of(self)
        if nonnegative(factor, self.over) is None:
            raise self._fail(f"the factor {factor} is not known to be ≥ 0")
        return sympy.sympify(factor)
