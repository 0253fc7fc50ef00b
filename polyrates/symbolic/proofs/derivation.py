r"""Derivations as objects: a statement, its hypotheses, and steps that a machine checks.

Statement and steps belong together: a relation in the statement must be the relation of a step,
side for side up to a symbolic zero; a statement in words must be the claim of an
:class:`~polyrates.symbolic.proofs.steps.Argued` step. What a claim rests on is the step that yields
it and that step's premises, each an earlier step. ``status`` is the weakest of these:

- "proved": every one is a symbolic zero, a certificate or an induction;
- "proved (Coq)": derivations/formal has a theorem with this statement (``lemma`` names it);
- "argued": some are prose that no machine checked (the formulas beside it are checked);
- "numeric": the argument has a known gap and numbers stand beside it.

Evaluations at points, exact or in floats, illustrate: they refute a false step and support nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import sympy

from polyrates.ground.cards import Typeset
from polyrates.ground.precision import alone
from polyrates.symbolic.proofs.pickling import dumped, loaded
from polyrates.symbolic.proofs.steps import (
    ARGUED,
    CERTIFICATE,
    INDUCTION,
    SYMBOLIC,
    Argued,
    DerivationError,
    Report,
    Step,
)
from polyrates.symbolic.proofs.writing import (
    html_derivation,
    latex_derivation,
    markdown_derivation,
    plain_derivation,
)

__all__ = ["Derivation", "argued", "claim"]

_STRENGTH = {SYMBOLIC: 2, CERTIFICATE: 2, INDUCTION: 2, ARGUED: 1}
_STATUS = ("numeric", "argued", "proved")
PROVED_IN_COQ = "proved (Coq)"

Claim: TypeAlias = sympy.Rel | str


@dataclass(frozen=True)
class Derivation(Typeset):
    """A statement, what it assumes, and the steps that prove it.

    Attributes
    ----------
    title : str
    statement : tuple of sympy relations and of strings (LaTeX)
    hypotheses : tuple of sympy relations and of strings (LaTeX text, formulas between ``$``)
    steps : tuple of Step
    sources : tuple of str
        Keys of :mod:`polyrates.ground.references`.
    remarks : tuple of str
    value : sympy expression or None
        The statement's value for the method at hand, as the theorem computes it: shown, not proved.
    lemma : str
        ``File.theorem`` of derivations/formal with this statement; empty where there is none.
    """

    title: str
    statement: tuple[Claim, ...]
    hypotheses: tuple[Claim, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    value: sympy.Expr | None = None
    lemma: str = ""

    @alone()
    def check(self) -> Report:
        """Check every step, and that they yield the statement; a failure raises DerivationError."""
        checks = []
        for i, step in enumerate(self.steps, 1):
            try:
                checks.append(step.check())
            except DerivationError as error:
                raise DerivationError(f"{self.title}, step {i}: {error}") from None
            if any(premise not in self.steps[: i - 1] for premise in step.premises):
                raise DerivationError(f"{self.title}, step {i}: a premise is no earlier step")
        return Report(self.title, tuple(checks), self.status)

    @property
    def status(self) -> str:
        """ "proved (Coq)", or by the weakest step of a claim: "proved", "argued", "numeric"."""
        if not self.statement or not self.steps:
            raise DerivationError(f"{self.title}: a derivation needs a statement and steps")
        kinds = [step.kind for claim in self.statement for step in _closure(self.source(claim))]
        if self.lemma:
            return PROVED_IN_COQ
        return _STATUS[min(_STRENGTH.get(kind, 0) for kind in kinds)]

    def source(self, claim: Claim) -> Step:
        """The last step that yields a claim; the same formula is found before an equal one."""
        same = [step for step in self.steps if not isinstance(claim, str) and _written(step, claim)]
        for step in (*reversed(same), *reversed(self.steps)):
            if step.yields(claim):
                return step
        raise DerivationError(f"{self.title}: no step yields {claim}")

    def __str__(self) -> str:
        return plain_derivation(self)

    def __reduce__(self) -> tuple[object, ...]:
        values = tuple(getattr(self, each.name) for each in fields(self))
        return loaded, (type(self), dumped(values))

    def _latex(self) -> str:
        return latex_derivation(self)

    def _repr_markdown_(self) -> str:
        return markdown_derivation(self)

    def _repr_html_(self) -> str:
        return html_derivation(self)


def _written(step: Step, claim: sympy.Rel) -> bool:
    return bool(step.left == claim.lhs and step.right == claim.rhs)


def _closure(step: Step) -> Iterator[Step]:
    """A step and everything it rests on."""
    yield step
    for premise in step.premises:
        yield from _closure(premise)


def claim(step: Step) -> sympy.Rel:
    """A step's relation, to be stated."""
    relation = {"=": sympy.Eq, r"\ge": sympy.Ge, r"\le": sympy.Le}[step.relation]
    return relation(step.left, step.right, evaluate=False)


def argued(
    title: str,
    statement: tuple[Claim, ...],
    hypotheses: tuple[Claim, ...],
    steps: tuple[Step, ...],
    sources: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
    formal: tuple[int, ...] = (),
) -> Derivation:
    """A derivation whose statements in words are concluded by the prose of its steps.

    Each gets a last step of the kind "argued"; ``formal`` lists the statements (from 0) whose
    argument has a known gap.
    """
    words = [(i, each) for i, each in enumerate(statement) if isinstance(each, str)]
    conclusions = tuple(Argued.of(each, i in formal) for i, each in words)
    made = Derivation(title, statement, hypotheses, steps, sources, remarks)
    return replace(made, steps=(*steps, *conclusions))
