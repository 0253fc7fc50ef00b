"""What was published equals what is derived, and a wrong claim is told from a loose one."""

from __future__ import annotations

from dataclasses import replace

import sympy

from polyrates.ground.numbers import t
from polyrates.ground.typeset import latex
from polyrates.symbolic.theorems.published import published_rates

ENTRIES = {entry.name: entry for entry in published_rates()}


def test_verdicts():
    assert len(ENTRIES) >= 13
    loose = {name for name, entry in ENTRIES.items() if entry.verdict != "equal"}
    assert loose == {"Chebyshev iteration, the usual upper bound"}
    for name, entry in ENTRIES.items():
        assert entry.source.year and entry.normalization and latex(entry)
        if name not in loose:
            assert entry.factor == 1


def test_looser_by_how_much():
    entry = ENTRIES["Chebyshev iteration, the usual upper bound"]
    assert entry.verdict == "looser"
    kappa = sympy.Symbol("kappa", positive=True)
    xi = sympy.Rational(1, 3)  # κ = 1/4
    for n in (1, 4):
        assert sympy.simplify(entry.factor.subs({kappa: sympy.Rational(1, 4), t: n})) == 1 + xi ** (
            2 * n
        )


def test_a_wrong_claim_differs():
    entry = ENTRIES["unrolled Chebyshev: Jacobian"]
    assert (
        replace(entry, published=entry.published * sympy.Rational(999, 1000)).verdict == "differs"
    )
    assert replace(entry, published=-entry.published).verdict == "differs"
    assert replace(entry, published=entry.published + 1).verdict == "looser"


def test_derivations_come_along():
    for entry in ENTRIES.values():
        if entry.derivation is not None:
            assert entry.derivation.steps
