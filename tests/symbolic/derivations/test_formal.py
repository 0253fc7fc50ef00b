"""Coq's theorems are the derivations' statements, and they compile."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest
from support import ROOT, finished, without_coq

import polyrates as pr
from polyrates.symbolic.derivations.formal import LEMMAS
from polyrates.symbolic.proofs.coq import coq_statement
from polyrates.symbolic.proofs.derivation import Derivation

FORMAL = ROOT / "derivations" / "formal"
ALL = pr.derivations()


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"formal_{name}", FORMAL / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flat(text: str) -> str:
    return " ".join(text.split())


def in_words(derivation: Derivation) -> bool:
    return all(isinstance(each, str) for each in derivation.statement)


@pytest.mark.parametrize("name", LEMMAS)
def test_the_theorem_is_the_statement(name: str) -> None:
    """Formulas: the text that the derivation prints. Words: the comment before the theorem."""
    derivation = ALL[name]()
    text = flat((FORMAL / f"{LEMMAS[name]}.v").read_text(encoding="utf-8"))
    assert f"Derivation: {name}. *)" in text
    if in_words(derivation):
        statement = flat(" ".join(map(str, derivation.statement)))
        assert f"(** Statement: {statement} *) Theorem {name} " in text
    else:
        assert f"Theorem {name} : {flat(coq_statement(derivation))}. Proof." in text
    assert derivation.status == "proved (Coq)" and derivation.lemma == f"{LEMMAS[name]}.{name}"


def test_status_is_of_the_registry_alone() -> None:
    """Others are as they were; without a lemma the steps decide."""
    for name, make in ALL.items():
        assert (make().status == "proved (Coq)") == (name in LEMMAS)


def test_every_file_is_in_the_project_and_names_its_derivation() -> None:
    project = (FORMAL / "_CoqProject").read_text(encoding="utf-8").split()
    assert {path.name for path in FORMAL.glob("*.v")} == {n for n in project if n.endswith(".v")}
    for path in FORMAL.glob("*.v"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("(** ")
        named = re.findall(r"Derivation: (\w+)\. ?\*\)", text)
        assert named == [name for name, file in LEMMAS.items() if file == path.stem]


SUMMARY = """
CONTEXT SUMMARY
===============

* Theory: Set is predicative

* Axioms:
    Coq.Logic.Classical_Prop.classic
    Coq.Reals.ClassicalDedekindReals.sig_not_dec

* Constants/Inductives relying on type-in-type: <none>

* Inductives whose positivity is assumed: <none>
"""


def test_an_axiom_of_ours_is_a_fault() -> None:
    """What coqchk prints in CI is read: other axioms, unsafe definitions, no list at all."""
    audit = load("audit")
    faults = audit.faults
    assert faults(SUMMARY) == []
    assert faults(
        SUMMARY.replace("Coq.Reals.ClassicalDedekindReals.sig_not_dec", "Polyrates.A.b")
    ) == ["axiom Polyrates.A.b"]
    printed = "Axioms:\nClassical_Prop.classic : forall P : Prop, P\nours\n  : False\n"
    assert audit.assumed(printed) - audit.ALLOWED == {"ours"}
    assert {f"{LEMMAS[name]}.{name}" for name in LEMMAS} <= set(audit.theorems())
    for changed in (
        SUMMARY.replace("type-in-type: <none>", "type-in-type: Polyrates.Minimax.f"),
        SUMMARY.replace("predicative", "impredicative"),
        SUMMARY.replace("* Axioms", "* Others"),
        "",
    ):
        assert len(faults(changed)) >= 1


def test_nothing_is_left_out() -> None:
    assert load("audit").unfinished() == []


def test_the_page_is_current() -> None:
    page = load("page")
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def test_every_file_compiles() -> None:
    """``make``: what is compiled already is not compiled again."""
    if without_coq():
        return
    done = finished(["make", "-C", str(FORMAL)], timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    compiled = {path.stem for path in FORMAL.glob("*.vo")}
    assert compiled >= {path.stem for path in FORMAL.glob("*.v")}
