"""Which derivations Coq proves: derivations/formal has a theorem of each name below.

A statement made of relations is printed for Coq by :func:`~polyrates.symbolic.proofs.coq.\
coq_statement`, and the theorem is that text. A statement in words stands in the comment before its
theorem, letter by letter. docs/formal.md shows each beside its theorem; tests compare all three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from polyrates.symbolic.proofs.derivation import Derivation

__all__ = ["LEMMAS", "with_lemma"]

LEMMAS: dict[str, str] = {
    "master_identity": "MasterIdentity",
    "gradient_descent_residual": "GradientDescentResidual",
    "gradient_descent_drift": "GradientDescentDrift",
    "gradient_descent_initial": "GradientDescentInitial",
    "flat_step": "FlatStep",
    "lower_bound_proof": "LowerBound",
    "chebyshev_residual": "ChebyshevResidual",
    "chebyshev_drift": "ChebyshevDrift",
    "chebyshev_initial": "ChebyshevInitial",
    "heavy_ball_residual": "HeavyBallResidual",
    "heavy_ball_drift": "HeavyBallDrift",
    "heavy_ball_initial": "HeavyBallInitial",
    "nesterov_residual": "NesterovResidual",
    "nesterov_drift": "NesterovDrift",
    "counterexample": "Counterexample",
    "kernel_form": "SobolevKernel",
    "condition_k": "ConditionK",
}
"""The file of derivations/formal, without its ending, whose theorem has the derivation's name."""


def with_lemma(name: str, make: Callable[[], Derivation]) -> Derivation:
    """The derivation, with the name of its Coq theorem where there is one."""
    file = LEMMAS.get(name)
    return make() if file is None else replace(make(), lemma=f"{file}.{name}")
