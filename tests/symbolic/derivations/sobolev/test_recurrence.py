"""The coefficients of the Sobolev derivations are those of the code, and no others will do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from itertools import islice

import pytest
import sympy

from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    jacobi_coefficients,
)
from polyrates.core.methods.sobolev_recurrence import sobolev_steps
from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.sobolev import jacobi, notation
from polyrates.symbolic.derivations.sobolev.jacobi import jacobi_structure
from polyrates.symbolic.derivations.sobolev.recurrence import connection_formula
from polyrates.symbolic.proofs.steps import DerivationError
from polyrates.symbolic.sobolev import kernel

R = sympy.Rational


@pytest.mark.parametrize(
    ("derivation", "old", "new"),
    [
        (connection_formula, "gamma_{n-1}", lambda f: f * R(11, 10)),
        (connection_formula, "c_{n-1}", lambda f: f + 1),
        (jacobi_structure, "f_{n-1}", lambda f: 2 * f),
        (jacobi_structure, "g_{n}", lambda f: -f),
    ],
)
def test_altered_coefficients_fail(derivation, old, new):
    """The identities hold for these coefficients and no others."""
    made = derivation()
    failed = 0
    for step in made.steps:
        where = getattr(step, "where", ())
        hit = tuple(
            (key, new(value)) if old in str(key) and "P" not in str(key) else (key, value)
            for key, value in where
        )
        if hit != where:
            try:
                replace(step, where=hit).check()
            except DerivationError:
                failed += 1
    assert failed


def test_the_coefficients_are_those_of_the_method():
    """γ_n, c_n of the text, and f_n, g_n of Jacobi's, against what the recurrence carries."""
    alpha, eta = R(1, 3), R(5, 7)
    density = GegenbauerDensity(1, 3, alpha)
    m0, rho, previous, r = R(-2), [R(1)], R(0), [R(1)]
    steps = list(islice(sobolev_steps(density, eta, lambda value: R(value)), 8))
    for n, step in enumerate(steps, 1):
        gamma = jacobi_coefficients(n, alpha - R(1, 2), alpha - R(1, 2))[1]
        known = notation.gamma_of(notation.N).subs({notation.N: n, notation.ALPHA: alpha})
        assert gamma == known
        before = jacobi_coefficients(n - 1, alpha - R(1, 2), alpha - R(1, 2))[1]
        q = 1 / (m0 - (before * previous if n > 1 else 0))
        c = notation.c_of(notation.N).subs({notation.N: n, notation.ALPHA: alpha}) if n > 2 else 0
        d = c / rho[n - 2] if n > 2 else 0
        rho.append(1 + eta * n**2 / gamma + (c * (c - d) / (gamma * before) if n > 2 else 0))
        assert step.excess == rho[n] - 1
        assert step.step == -q and (step.g, step.k) == (-c * q * previous, d * q * previous)
        assert step.momentum == (before * q * previous if n > 1 else 0)
        r.append(1 + step.g + step.k * (r[n - 2] if n > 1 else 0))
        assert step.r == r[n]
        previous = q


def test_jacobi_coefficients_of_the_text():
    at = {notation.N: 5, notation.ALPHA: R(1, 3), notation.BETA: R(-1, 2)}
    a, gamma, _, _ = (value.subs(at) for value in jacobi.jacobi_formulas(notation.N))
    assert (a, gamma) == jacobi_coefficients(5, R(1, 3), R(-1, 2))
    density = JacobiDensity(0, 2, F(1, 3), F(-1, 2))
    assert density.coefficients(6)[1][5] == gamma


def test_marchenko_pastur_formula_is_the_value():
    r = sympy.Symbol("r", positive=True)
    formula = (1 - r) / (r**-t - r)
    for ratio in (R(1, 3), R(5, 2)):
        found = kernel(MarchenkoPastur(ratio, 2), R(0), 4)
        for k, value in enumerate(found.values):
            assert found.domain.to_sympy(value) == formula.subs({r: ratio, t: k})
