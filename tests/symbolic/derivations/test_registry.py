"""Every derivation holds, shows what it rests on, and refuses any change of its numbers."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

import polyrates as pr
from polyrates.ground.references import REFERENCES, cite
from polyrates.ground.typeset import WIDTH, visible
from polyrates.symbolic.derivations.table import derivations_table
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.extremes import MaxAbs
from polyrates.symbolic.proofs.steps import Argued, DerivationError, Numeric, Step
from polyrates.symbolic.proofs.vanishing import vanishes

ALL = pr.derivations()
NAMES = sorted(ALL)
PROVED = {
    *(f"gradient_descent_{part}" for part in ("residual", "drift", "initial")),
    *(f"chebyshev_{part}" for part in ("residual", "drift", "initial")),
    *(f"heavy_ball_{part}" for part in ("residual", "drift", "initial")),
    *(f"nesterov_{part}" for part in ("residual", "drift")),
    "lower_bound_proof", "flat_step", "degree_one", "counterexample",
}  # fmt: skip
KINDS = {"symbolic zero", "certificate", "induction", "exact evaluation", "numeric", "argued"}


@pytest.mark.parametrize("name", NAMES)
def test_every_step_holds(name: str) -> None:
    derivation = ALL[name]()
    report = derivation.check()
    assert report.ok and len(report.checks) == len(derivation.steps) >= 2
    assert {each.kind for each in report.checks} <= KINDS
    assert report.status == derivation.status and derivation.status in str(report)
    assert set(derivation.sources) <= set(REFERENCES) and cite(derivation)


@pytest.mark.parametrize("name", NAMES)
def test_status(name: str) -> None:
    """By its steps proved, exactly where no claim rests on prose or on an evaluation."""
    derivation = replace(ALL[name](), lemma="")
    assert (derivation.status == "proved") == (name in PROVED)
    words = [each for each in derivation.statement if isinstance(each, str)]
    assert (derivation.status == "proved") == (not words)


@pytest.mark.parametrize("name", NAMES)
def test_all_four_outputs_say_it_all(name: str) -> None:
    derivation = ALL[name]()
    outputs = (
        derivation._repr_latex_(), derivation._repr_markdown_(), derivation._repr_html_(),
        str(derivation),
    )  # fmt: skip
    for text in outputs:
        assert derivation.status in text and derivation.title in html.unescape(text)
        assert text.count("Remark: ") == len(derivation.remarks)
        for kind in {step.kind for step in derivation.steps}:
            expected = sum(step.kind == kind for step in derivation.steps)
            assert text.count(f"[{kind}") + text.count(f"Checked: {kind}") >= expected
        assert text.count("{") == text.count("}")
        for word in ("Subs(", "Derivative(", "None", "evaluate", "Poly(", "MaxAbs"):
            assert word not in text
    assert outputs[0].startswith("$$\\begin{aligned}") and outputs[0].isascii()
    formulas = outputs[1].split("$$")[1::2]
    rows = [row for formula in formulas for row in formula.split(r"\\")]
    assert max(map(visible, rows)) <= 2 * WIDTH  # nothing much wider than a page


@pytest.mark.parametrize("name", NAMES)
def test_statement_and_steps_belong_together(name: str) -> None:
    derivation = ALL[name]()
    wrong = sp.Eq(sp.Symbol("zero"), 1, evaluate=False)
    for changed in (
        replace(derivation, steps=()),
        replace(derivation, statement=()),
        replace(derivation, statement=("0=1",)),
        replace(derivation, statement=("0=1",), steps=()),
        replace(derivation, statement=(*derivation.statement, wrong)),
        replace(derivation, steps=derivation.steps[:-1], statement=derivation.statement[-1:])
        if name in ("lower_bound_proof", "flat_step") else replace(derivation, steps=()),
    ):  # fmt: skip
        with pytest.raises(DerivationError):
            changed.check()


def test_the_table_in_the_docs_is_current() -> None:
    path = Path(__file__).parents[3] / "docs" / "theorems.md"
    assert path.read_text(encoding="utf-8") == derivations_table()


# -- mutations ------------------------------------------------------------------------------------


def numbers(
    expression: sp.Basic,
) -> Iterator[Callable[[Callable[[sp.Number], sp.Number]], sp.Basic]]:
    """For every number in an expression, a function that rebuilds it with that number changed."""
    if isinstance(expression, sp.Number):
        yield lambda change: change(expression)
        return
    for i, argument in enumerate(expression.args):
        for rebuild in numbers(argument):

            def outer(
                change: Callable[[sp.Number], sp.Number],
                i: int = i,
                rebuild: Callable[[Callable[[sp.Number], sp.Number]], sp.Basic] = rebuild,
            ) -> sp.Basic:
                arguments = list(expression.args)
                arguments[i] = rebuild(change)
                return expression.func(*arguments)

            yield outer


def mutations(step: Step) -> Iterator[tuple[Step, str]]:
    """A side with a number raised by one or negated, the other sign, one more; and which side."""
    if isinstance(step, Argued | Numeric):
        return
    for side in ("left", "right"):
        original = sp.sympify(getattr(step, side))
        changed: list[sp.Basic] = []
        if isinstance(original, sp.Expr):
            changed.append(original + 1)
            if sp.sympify(step.left if side == "right" else step.right) != 0:  # −0 = 0
                changed.append(-original)
        for rebuild in numbers(original):
            for change in (lambda value: value + 1, lambda value: -value):
                try:
                    changed.append(rebuild(change))
                except (TypeError, ValueError, AttributeError):
                    continue  # no expression
        yield from ((replace(step, **{side: each}), side) for each in changed if each != original)


def equal(one: sp.Basic, other: sp.Basic) -> bool:
    """Whether a change changed nothing: |−x|, a constant under a derivative, 0 times another."""
    if one.has(sp.zoo, sp.nan) or not isinstance(one, sp.Expr) or one.has(MaxAbs):
        return False
    try:
        return vanishes((one - other).doit())
    except (ValueError, TypeError, NotImplementedError, sp.PolynomialError):
        return False


def refused(step: Step) -> bool:
    try:
        step.check()
    except (DerivationError, ValueError, TypeError, ZeroDivisionError, AttributeError):
        return True
    except (NotImplementedError, sp.PolynomialError):
        return True
    return False


def escaped(name: str, sample: int | None) -> tuple[int, list[str]]:
    derivation = ALL[name]()
    wrong = [(step, *each) for step in derivation.steps for each in mutations(step)]
    if sample is not None:
        wrong = random.Random(name).sample(wrong, min(sample, len(wrong)))
    left = [
        f"{name}: {changed.left} against {changed.right}"
        for step, changed, side in wrong
        if not refused(changed) and not equal(getattr(changed, side), getattr(step, side))
    ]
    return len(wrong), left


@pytest.mark.parametrize("name", NAMES)
def test_some_changes_of_numbers_are_refused(name: str) -> None:
    assert escaped(name, 4)[1] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_change_of_a_number_is_refused(name: str) -> None:
    assert escaped(name, None)[1] == []


def test_a_changed_derivation_names_its_step() -> None:
    derivation: Derivation = ALL["chebyshev_initial"]()
    for i, step in enumerate(derivation.steps, 1):
        broken = replace(step, right=sp.sympify(step.right) + 1)
        steps = (*derivation.steps[: i - 1], broken, *derivation.steps[i:])
        with pytest.raises(DerivationError, match=f"step {i}:"):
            replace(derivation, steps=steps).check()
