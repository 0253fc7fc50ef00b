"""The steps of a derivation: two sides, a relation, a reason, and a check of a named kind.

- "symbolic zero": left − right reduces to zero by rewriting (:class:`Equality`);
- "certificate": an inequality read off from how it is written (:class:`Nonnegative`, and those of
  :mod:`polyrates.symbolic.proofs.extremes`);
- "induction": a base and a step, both symbolic zeros (:class:`Induction`);
- "exact evaluation": both sides in exact arithmetic at seeded points: an illustration, which
  refutes a false step and supports no claim;
- "numeric": the same in floating point;
- "argued": prose that no machine checked (:class:`Argued`).

A step that does not hold raises :class:`DerivationError`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import mpmath
import sympy

from polyrates.ground.errors import PolyratesError
from polyrates.ground.precision import working_digits
from polyrates.symbolic.proofs.certificates import Range, nonnegative
from polyrates.symbolic.proofs.sampling import at, sample
from polyrates.symbolic.proofs.vanishing import vanishes

__all__ = [
    "Argued",
    "Checked",
    "DerivationError",
    "Equality",
    "Falling",
    "Induction",
    "Nonnegative",
    "Numeric",
    "Range",
    "Report",
    "Step",
    "told",
]

SYMBOLIC = "symbolic zero"
CERTIFICATE = "certificate"
INDUCTION = "induction"
SAMPLED = "exact evaluation"
NUMERIC = "numeric"
ARGUED = "argued"

_DIGITS = 25


class DerivationError(PolyratesError):
    """A step of a derivation does not hold, or its steps do not yield its statement."""


@dataclass(frozen=True)
class Checked:
    """That a step holds, and how that was found out."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Report:
    """The checks of a derivation, one a step, in order, and what they amount to."""

    title: str
    checks: tuple[Checked, ...]
    status: str

    @property
    def ok(self) -> bool:
        """True: a step that fails raises instead of being reported."""
        return True

    def __str__(self) -> str:
        lines = [f"{self.title}: {len(self.checks)} steps hold; {self.status}"]
        lines += [f"  {i}. {c.kind}: {c.detail}" for i, c in enumerate(self.checks, 1)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Step(ABC):
    """One step: two sides, a relation, a justification, a check."""

    left: sympy.Basic
    right: sympy.Basic
    why: str = ""

    relation: ClassVar[str] = "="

    @property
    @abstractmethod
    def kind(self) -> str:
        """The kind of the machine check."""

    @abstractmethod
    def check(self) -> Checked:
        """Run the check; a failure raises DerivationError."""

    @property
    def premises(self) -> tuple[Step, ...]:
        """The earlier steps that the check takes for granted."""
        return ()

    @property
    def remainder(self) -> str:
        """What stands behind the right side in LaTeX: the order of what was dropped."""
        return ""

    def yields(self, claim: object) -> bool:
        """Whether this step's relation is the claim: the same sides up to a symbolic zero."""
        if not isinstance(claim, sympy.Rel) or _SIGNS[claim.rel_op] != self.relation:
            return False
        return _same(claim.lhs, self.left) and _same(claim.rhs, self.right)

    def _fail(self, detail: str) -> DerivationError:
        return DerivationError(f"step does not hold ({self.why}): {detail}")


_SIGNS = {"==": "=", ">=": r"\ge", "<=": r"\le", ">": ">", "<": "<", "!=": r"\ne"}


def _same(one: sympy.Basic, other: sympy.Basic) -> bool:
    one, other = sympy.sympify(one), sympy.sympify(other)
    if one == other:
        return True
    if getattr(one, "opaque", False) or getattr(other, "opaque", False):
        return one.func == other.func and all(map(_same, one.args, other.args))
    numbers = isinstance(one, sympy.Expr) and isinstance(other, sympy.Expr)
    return numbers and vanishes((one - other).doit())


def told(text: str, *steps: Step) -> tuple[Step, ...]:
    """The steps that have no reason yet, each with one paragraph of ``text``, in order.

    Paragraphs are separated by blank lines; the line breaks inside them are spaces.
    """
    paragraphs = iter([" ".join(each.split()) for each in text.strip().split("\n\n")])
    result = tuple(step if step.why else replace(step, why=next(paragraphs)) for step in steps)
    rest = list(paragraphs)
    if rest:
        raise DerivationError(f"a paragraph without a step: {rest[0]}")
    return result


@dataclass(frozen=True)
class Equality(Step):
    """left = right: as a symbolic zero, or by exact evaluation over ``over`` where given.

    ``where`` replaces symbols by expressions before the check. ``first_order_in`` names a symbol ε:
    the two sides then agree up to O(ε²). ``computed`` marks an exact instance: two programs gave
    the two sides, which may then look the same; it illustrates, as points do.
    """

    over: tuple[Range, ...] = ()
    where: tuple[tuple[sympy.Basic, sympy.Basic], ...] = ()
    samples: int = 12
    seed: int = 0
    first_order_in: sympy.Symbol | None = None
    computed: bool = False

    @property
    def kind(self) -> str:
        """Symbolic unless points were given or the sides were computed."""
        return SAMPLED if self.over or self.computed else SYMBOLIC

    @property
    def remainder(self) -> str:
        """O(ε²) where only the first order was compared."""
        if self.first_order_in is None:
            return ""
        return rf" + O\left({sympy.latex(self.first_order_in)}^{{2}}\right)"

    def yields(self, claim: object) -> bool:
        """Only an identity without conditions is a claim."""
        return not self.where and self.first_order_in is None and super().yields(claim)

    def check(self) -> Checked:
        """Whether left − right is zero."""
        left, right = sympy.sympify(self.left), sympy.sympify(self.right)
        if left == right and not self.computed:
            raise self._fail("its two sides are identical, so it says nothing")
        difference = left - right
        for old, new in self.where:
            difference = difference.subs(old, new)
        if self.first_order_in is not None:
            terms = sympy.Add.make_args(sympy.expand(difference))
            small = self.first_order_in**2
            difference = sympy.Add(*(each for each in terms if not _divides(small, each)))
        if not self.over:
            if not vanishes(difference.doit()):
                raise self._fail(f"{difference} does not reduce to 0")
            detail = "two programs agree exactly" if self.computed else "left − right reduces to 0"
            return Checked(self.kind, detail)
        for point in sample(self.over, self.samples, self.seed):
            value = at(difference, point)
            if value != 0:
                raise self._fail(f"left − right = {value} at {point}")
        return Checked(SAMPLED, f"{self.samples} points, seed {self.seed}, all 0 exactly")


@dataclass(frozen=True)
class Induction(Step):
    """left = right for every integer ``index`` ≥ ``start``, by induction; both parts symbolic.

    With D = left − right: D vanishes at start, …, start + k − 1, and D(n + k) is the combination
    Σ ``multipliers``[i] D(n + i) of the k values before it, identically in n.
    """

    index: sympy.Symbol | None = None
    start: int = 0
    multipliers: tuple[sympy.Expr, ...] = (sympy.Integer(1),)

    @property
    def kind(self) -> str:
        """Induction."""
        return INDUCTION

    def check(self) -> Checked:
        """The first values, and the step."""
        if self.left == self.right or self.index is None:
            raise self._fail("its two sides are identical, or it has no index")
        difference = sympy.sympify(self.left) - sympy.sympify(self.right)
        k = len(self.multipliers)
        for n in range(self.start, self.start + k):
            if not vanishes(difference.subs(self.index, n).doit()):
                raise self._fail(f"it fails at {self.index} = {n}")
        step = difference.subs(self.index, self.index + k) - sum(
            each * difference.subs(self.index, self.index + i)
            for i, each in enumerate(self.multipliers)
        )
        if not vanishes(step.doit()):
            raise self._fail(f"the step: {step} does not reduce to 0")
        return Checked(INDUCTION, f"{k} first values and the step to the next reduce to 0")


@dataclass(frozen=True)
class Nonnegative(Step):
    """left ≥ right for every value of the symbols in ``over``: left − right = Σ Π ``terms``.

    The identity is a symbolic zero, and every factor is ≥ 0 by a certificate
    (:func:`polyrates.symbolic.proofs.certificates.nonnegative`).
    """

    over: tuple[Range, ...] = ()
    terms: tuple[tuple[sympy.Expr, ...], ...] = ()

    relation: ClassVar[str] = r"\ge"

    @property
    def kind(self) -> str:
        """A certificate."""
        return CERTIFICATE

    def check(self) -> Checked:
        """Check the identity and every factor."""
        difference = sympy.sympify(self.left) - sympy.sympify(self.right)
        return Checked(CERTIFICATE, self._sum_of_products(difference, self.terms, self.over))

    def _sum_of_products(
        self,
        expression: sympy.Expr,
        terms: tuple[tuple[sympy.Expr, ...], ...],
        over: tuple[Range, ...],
    ) -> str:
        total = sympy.Add(*(sympy.Mul(*factors) for factors in terms))
        if not vanishes((expression - total).doit()):
            raise self._fail(f"{expression} is not {total}")
        for factor in {each for factors in terms for each in factors}:
            if nonnegative(factor, over) is None:
                raise self._fail(f"{factor} has both signs, or no certificate here shows its sign")
        return f"{len(terms)} products of factors ≥ 0"


@dataclass(frozen=True)
class Falling(Nonnegative):
    """left ≤ right for every integer ``index`` from the low end of its range on, by induction.

    left equals right (free of the index) there, and left(n) − left(n + 1) = Σ Π ``terms`` ≥ 0.
    """

    index: sympy.Symbol | None = None

    relation: ClassVar[str] = r"\le"

    @property
    def kind(self) -> str:
        """Induction."""
        return INDUCTION

    def check(self) -> Checked:
        """The first value, and that the next is no larger."""
        left, right = sympy.sympify(self.left), sympy.sympify(self.right)
        low = {each.symbol: each.low for each in self.over if each.integer}.get(self.index)
        if self.index is None or low is None or right.has(self.index):
            raise self._fail("it needs an index with a first value, absent on the right")
        if not vanishes(left.subs(self.index, low) - right):
            raise self._fail(f"the first value is not {right}")
        fall = left - left.subs(self.index, self.index + 1)
        detail = self._sum_of_products(fall, self.terms, self.over)
        return Checked(INDUCTION, f"each value falls short of the one before by {detail}")


@dataclass(frozen=True)
class Numeric(Step):
    """left ≈ right at sample parameters, by mpmath: evidence for what ``why`` argues, not a proof.

    ``pairs`` yields (left, right) as numbers; ``tolerance`` is relative.
    """

    pairs: Callable[[], Iterator[tuple[mpmath.mpf, mpmath.mpf]]] = iter  # type: ignore[assignment]
    tolerance: float = 1e-15

    @property
    def kind(self) -> str:
        """Numeric."""
        return NUMERIC

    def check(self) -> Checked:
        """Compare all pairs at 25 digits."""
        worst, count = 0.0, 0
        with working_digits(_DIGITS):
            for left, right in self.pairs():
                distance = float(abs(left - right) / max(abs(right), mpmath.mpf(10) ** -200))
                if not distance <= self.tolerance:
                    raise self._fail(f"{left} against {right}: relative distance {distance:.2e}")
                worst, count = max(worst, distance), count + 1
        return Checked(self.kind, f"{count} samples, relative distance ≤ {worst:.1e}")


@dataclass(frozen=True)
class Argued(Step):
    """A claim in words (LaTeX) that the prose of the steps before it supports; nothing is checked.

    ``formal`` marks an argument with a gap that is known (an expansion without a bound of its
    remainder): the claim is then only as good as the numbers beside it.
    """

    claim: str = ""
    formal: bool = False

    @classmethod
    def of(cls, claim: str, formal: bool = False) -> Argued:
        """The claim, concluded from the reasons beside the steps above."""
        why = "by the reasons given beside the steps above"
        return cls(sympy.S.true, sympy.S.true, why, claim, formal)

    @property
    def kind(self) -> str:
        """Argued, or numeric where the argument is formal."""
        return NUMERIC if self.formal else ARGUED

    def yields(self, claim: object) -> bool:
        """Its own words."""
        return claim == self.claim

    def check(self) -> Checked:
        """A claim must be there; no machine reads it."""
        if not self.claim or not self.why:
            raise self._fail("an argued step needs a claim and a reason")
        return Checked(self.kind, "read it: no machine did")


def _divides(power: sympy.Pow, term: sympy.Expr) -> bool:
    return bool(term.as_coeff_exponent(power.base)[1] >= power.exp)
