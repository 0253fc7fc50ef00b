"""The derivations of the pairs and multipliers hold, step by step, and refute changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy

from polyrates.ground.references import REFERENCES
from polyrates.symbolic.derivations import estimators, two_variable
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import DerivationError, Nonnegative

ALL = [
    estimators.unrolled_pair, estimators.truncated_pair, estimators.restarted_pair,
    estimators.implicit_pair, two_variable.two_variable_multipliers, two_variable.frobenius_bound,
]  # fmt: skip


@pytest.mark.parametrize("build", ALL)
def test_every_step_holds(build) -> None:  # type: ignore[no-untyped-def]
    derivation: Derivation = build()
    report = derivation.check()
    assert len(report.checks) == len(derivation.steps) >= 2
    assert all(key in REFERENCES for key in derivation.sources)
    assert derivation._repr_latex_().startswith("$$")


@pytest.mark.parametrize("build", ALL)
def test_a_changed_step_is_refuted(build) -> None:  # type: ignore[no-untyped-def]
    derivation: Derivation = build()
    for i, step in enumerate(derivation.steps):
        wrong = -1 if isinstance(step, Nonnegative) else 1
        broken = replace(step, left=sympy.sympify(step.left) + wrong)
        steps = (*derivation.steps[:i], broken, *derivation.steps[i + 1 :])
        with pytest.raises(DerivationError, match=f"step {i + 1}"):
            replace(derivation, steps=steps).check()
