"""The certificate of a Sobolev optimum: its optimality conditions hold exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy

from polyrates.core.measures.base import Measure
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
    instance, weight = with_fractions(measure).normalized, number(_fraction(eta, "eta"))
    parts = _parts(instance)
    expansion = symbolic.expansion(instance, weight, t)
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


def _parts(measure: Measure) -> list[dict[str, str]]:
    """Densities and points, each with its mass."""
    parts = measure.named_parts
    if parts is None:
        refuse_value(
            "spectrum",
            measure,
            "is no density or finite measure that the checker knows",
            "give a Jacobi density, Marchenko-Pastur, Empirical or a Mixture of them",
        )
    return [
        {key: str(_fraction(value, "spectrum")) for key, value in {"mass": mass, **named}.items()}
        for mass, named in parts
    ]


def _fraction(value: Number, name: str) -> Fraction:
    if isinstance(value, float):
        return Fraction(value)
    if not isinstance(value, sympy.Rational):
        refuse_value(
            name, value, "is not rational, and a certificate holds fractions", "give rationals"
        )
    return Fraction(int(value.p), int(value.q))
