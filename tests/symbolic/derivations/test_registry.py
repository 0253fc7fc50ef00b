"""Every derivation holds, shows what it rests on, and refuses any change of its numbers."""

from __future__ import annotations

import csv
import html
import pickle
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from mutants import TABLE, VERDICTS, mutants, of_step, verdict

import polyrates as pr
from polyrates.ground.references import REFERENCES, cite
from polyrates.ground.typeset import WIDTH, visible
from polyrates.symbolic.derivations.table import derivations_table
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import DerivationError, Equality

ALL = pr.derivations()
NAMES = sorted(ALL)
PROVED = {
    *(f"gradient_descent_{part}" for part in ("residual", "drift", "initial")),
    *(f"chebyshev_{part}" for part in ("residual", "drift", "initial")),
    *(f"gegenbauer_{part}" for part in ("residual", "drift", "initial")),
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
def test_a_derivation_travels_to_the_letter(name: str) -> None:
    """What was left unevaluated stays so: equal, and written alike."""
    derivation = ALL[name]()
    again = pickle.loads(pickle.dumps(derivation))
    assert again == derivation and str(again) == str(derivation)


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
    # a page is WIDTH wide; rows break between terms, and a single fraction may be a little wider
    assert max(map(visible, rows)) <= 1.1 * WIDTH


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


@pytest.mark.parametrize("name", NAMES)
def test_some_changes_of_numbers_are_refused(name: str) -> None:
    found = list(mutants(ALL[name]()))
    assert found, "nothing to change"
    for each in random.Random(f"{name} again").sample(found, min(6, len(found))):
        assert verdict(each) in ("refused", "same"), str(each)


UNTRIED: set[str] = set()  # not yet changed whole: only ever fewer


def test_every_change_was_refused_when_all_were_tried() -> None:
    """The table that ``nox -s mutants`` writes is of this registry, and nothing passed."""
    with open(TABLE, encoding="utf-8") as file:
        rows = {row["derivation"]: row for row in csv.DictReader(file)}
    assert set(rows) | UNTRIED == set(NAMES) and not set(rows) & UNTRIED
    for name, row in rows.items():
        assert int(row["passed"]) == 0, name
        assert int(row["mutants"]) == sum(int(row[each]) for each in VERDICTS) > 0
        assert int(row["undecided"]) <= int(row["mutants"]) // 20


def test_a_mutant_that_is_true_would_be_seen() -> None:
    """The harness tells a change that says the same from one that a weak checker lets pass."""
    x = sp.Symbol("x", real=True)
    weak = Equality((x + 1) ** 2, x**2 + 2 * x + 1, where=((x, sp.Integer(1)),))
    said = Counter(verdict(each) for each in of_step(weak))
    assert said["refused"] and said["passed"]  # at x = 1 alone x² + 2x + 1 is 3x² + 1


def test_a_changed_derivation_names_its_step() -> None:
    derivation: Derivation = ALL["chebyshev_initial"]()
    for i, step in enumerate(derivation.steps, 1):
        broken = replace(step, right=sp.sympify(step.right) + 1)
        steps = (*derivation.steps[: i - 1], broken, *derivation.steps[i:])
        with pytest.raises(DerivationError, match=f"step {i}:"):
            replace(derivation, steps=steps).check()
