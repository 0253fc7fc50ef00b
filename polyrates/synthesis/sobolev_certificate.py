"""The certificate of a Sobolev optimum: its optimality conditions hold exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from polyrates.core.measures.base import Measure
from polyrates.core.measures.densities import ClassicalDensity, MarchenkoPastur
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.ground.certificates import ProofFile
from polyrates.ground.digits import decimal
from polyrates.ground.dyadic import with_fractions
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number, number
from polyrates.ground.rounding import rounded_decimal
from polyrates.symbolic import sobolev as symbolic

__all__ = ["sobolev_proof"]


def sobolev_proof(measure: Measure, eta: Number, t: int) -> ProofFile:
    """P* in fractions: ⟨P*, λ^k⟩ = 0 for k = 1, …, t, and the value ∫P*dμ.

    Floats count as the rationals they are, masses divided by their sum. What is irrational or has
    symbols is refused: such a proof is no file of fractions.
    """
    instance, weight = _normalized(with_fractions(measure)), number(_fraction(eta, "eta"))
    parts = _parts(instance, Fraction(1))
    if isinstance(instance, ClassicalDensity):
        expansion = symbolic.banded(instance, weight, t)
    else:
        expansion = symbolic.kernel(instance, weight, t)
    polynomial = expansion.polynomial
    terms = [_fraction(c, "spectrum") for c in reversed(polynomial.all_coeffs())]
    value = _fraction(expansion.domain.to_sympy(expansion.values[-1]), "spectrum")
    unit = math.lcm(*(c.denominator for c in terms))
    content: dict[str, object] = {
        "kind": "sobolev",
        "degree": str(t),
        "eta": str(_fraction(weight, "eta")),
        "measure": parts,
        "polynomial": [decimal(int(c * unit)) for c in terms],
        "lower": rounded_decimal(value, 18, False),
        "upper": rounded_decimal(value, 18, True),
    }
    return ProofFile(content)


def _normalized(measure: Measure) -> Measure:
    """The same, with masses that sum to 1 exactly."""
    if isinstance(measure, Empirical):
        return Empirical(measure.eigenvalues, measure.weights)
    if isinstance(measure, Mixture):
        return Mixture([(weight, _normalized(part)) for weight, part in measure.components])
    return measure


def _parts(measure: Measure, mass: Fraction) -> list[dict[str, str]]:
    """Densities and points, each with its mass."""
    if isinstance(measure, Mixture):
        found = []
        for weight, part in measure.components:
            found += _parts(part, mass * _fraction(weight, "spectrum"))
        return found
    if isinstance(measure, Empirical):
        pairs = zip(measure.weights, measure.eigenvalues, strict=True)
        return [
            {"mass": str(mass * _fraction(w, "spectrum")), "point": str(_fraction(x, "spectrum"))}
            for w, x in pairs
            if w != 0
        ]
    if isinstance(measure, MarchenkoPastur):
        given = dict(zip(("ratio", "scale"), measure.parameters, strict=True))
    elif isinstance(measure, ClassicalDensity):
        numbers = (*measure.hull, *measure.exponents)
        given = dict(zip(("ell", "L", "alpha", "beta"), numbers, strict=True))
    else:
        refuse_value(
            "spectrum",
            measure,
            "is no density or finite measure that the checker knows",
            "give a Jacobi density, Marchenko-Pastur, Empirical or a Mixture of them",
        )
    shown = {key: str(_fraction(value, "spectrum")) for key, value in given.items()}
    return [{"mass": str(mass), **shown}]


def _fraction(value: Number, name: str) -> Fraction:
    if isinstance(value, float):
        return Fraction(value)
    if not isinstance(value, sympy.Rational):
        refuse_value(
            name, value, "is not rational, and a certificate holds fractions", "give rationals"
        )
    return Fraction(int(value.p), int(value.q))
