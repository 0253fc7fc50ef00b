"""A certificate of a rate under Hessians that change: a quadratic Lyapunov function."""

from __future__ import annotations

from fractions import Fraction

from polyrates.ground.check import KINDS
from polyrates.ground.check_reading import fields, number, require, several


def switching(content: dict[str, object]) -> str:
    """Clauses "question", "matrix", "decrease", "constants": tangents under Hessians that change.

    S⁺ = MS − g H_t(q·S) acts on an eigenvector of H_t as A(λ) = M − λgqᵀ, and xᵀA(λ)ᵀPA(λ)x is
    convex in λ: if ρ²P − AᵀPA ≥ 0 at both ends, V(S) = Σ P_ij⟨S_i, S_j⟩ falls by ρ² at every step.
    An added G of norm ≤ ce, e the size of the query of iterates that fall alike, adds √(gᵀPg)ce to
    √V. τ ≥ vᵀP⁻¹v where [[P, v], [vᵀ, τ]] ≥ 0; rows of M, q and o sum to 1.
    """
    _, *rest = fields(content, "kind ell L rate residual drift mixing P gain query output")
    ell, L, rate, first, second = (number(value) for value in rest[:5])
    M, P = ([[number(x) for x in several(row)] for row in several(part)] for part in rest[5:7])
    g, q, o = ([number(x) for x in several(part)] for part in rest[7:])
    n, ones = len(g), [Fraction(1)] * len(g)
    fits = [len(M), len(P), *map(len, (*M, *P, q, o))] == [n] * (2 * n + 4) and 0 < n <= 40
    require("question", fits, "the sizes do not fit")
    require("question", ell <= L and rate > 0, "ℓ ≤ L and a positive rate are wanted")
    require("question", all(sum(row) == 1 for row in (*M, q, o)), "a row does not sum to 1")
    require("matrix", all(P[i][j] == P[j][i] for i in range(n) for j in range(i)), "P is skew")
    require("matrix", semidefinite(P, strict=True), "P is not positive definite")
    for end in (ell, L):
        A = [[M[i][j] - end * g[i] * q[j] for i in range(n)] for j in range(n)]  # its columns
        falls = [[rate**2 * P[i][j] - form(P, A[i], A[j]) for j in range(n)] for i in range(n)]
        require("decrease", semidefinite(falls), f"it fails at lambda = {end}")
    total, pull = form(P, ones, ones), form(P, g, g)
    require("constants", first > 0 and second >= 0, "they are not positive")
    limits = [(o, first**2 / total)] + ([(q, second**2 / (first**2 * pull))] if pull else [])
    for v, limit in limits:  # oᵀP⁻¹o ≤ C²/1ᵀP1 and qᵀP⁻¹q ≤ D²/(C² gᵀPg)
        bordered = [[*P[i], v[i]] for i in range(n)] + [[*v, limit]]
        require("constants", semidefinite(bordered), "they are too small")
    return (
        f"for symmetric H_t with {rest[0]} <= H_t <= {rest[1]} that may change at every step, the "
        "errors of the method in the file obey\n  |E_t| <= r^t (C |E_0| + (t/r) c D |e_0|), "
        f"r = {rest[2]}, C = {rest[3]}, D = {rest[4]}"
    )


def form(P: list[list[Fraction]], v: list[Fraction], w: list[Fraction]) -> Fraction:
    """vᵀPw."""
    places = range(len(P))
    return sum((v[i] * P[i][j] * w[j] for i in places for j in places), Fraction(0))


def semidefinite(matrix: list[list[Fraction]], strict: bool = False) -> bool:
    """Whether a symmetric matrix is positive semidefinite, or definite, by elimination."""
    rows = [list(row) for row in matrix]
    for k, top in enumerate(rows):
        if top[k] < 0 or (top[k] == 0 and (strict or any(top[k:]))):
            return False
        for row in rows[k + 1 :] if top[k] else []:
            factor = row[k] / top[k]
            row[k:] = [x - factor * y for x, y in zip(row[k:], top[k:], strict=True)]
    return True


KINDS["switching"] = switching
