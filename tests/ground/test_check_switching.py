"""The certificate of a rate under Hessians that change: matrices, decrease, constants."""

from __future__ import annotations

import random
from fractions import Fraction as F

import numpy as np
import pytest
import sympy
from support import clause_against

from polyrates.ground.check_switching import form, semidefinite

STEP = {  # gradient descent x+ = x - g lambda x on [1, 3] with g = 1/2: |1 - g lambda| <= 1/2
    "kind": "switching", "ell": "1", "L": "3", "rate": "1/2", "residual": "1", "drift": "1/2",
    "mixing": [["1"]], "P": [["1"]], "gain": ["1/2"], "query": ["1"], "output": ["1"],
}  # fmt: skip


def test_gradient_descent_by_hand() -> None:
    """P = 1: ρ = 1/2 at both ends; C = 1, and D² ≥ C² gᵀPg qᵀP⁻¹q = 1/4."""
    assert clause_against(dict(STEP)) == ""
    harm = {
        "rate": ("499/1000", "decrease"), "L": ("301/100", "decrease"),
        "ell": ("99/100", "decrease"),
        "residual": ("999/1000", "constants"), "drift": ("499/1000", "constants"),
        "gain": (["2/3"], "decrease"), "query": (["2"], "question"), "output": (["0"], "question"),
        "P": ([["0"]], "matrix"), "mixing": ([["2"]], "question"),
    }  # fmt: skip
    for key, (value, clause) in harm.items():
        assert clause_against({**STEP, key: value}) == clause, key
    assert clause_against({**STEP, "P": [["-1"]]}) == "matrix"
    assert clause_against({**STEP, "P": [["1", "0"]]}) == "question"
    assert clause_against({**STEP, "rate": "-1/2"}) == "question"
    assert clause_against({**STEP, "ell": "4"}) == "question"
    assert clause_against({**STEP, "rate": "51/100"}) == ""  # a weaker claim is true too


def test_a_form_is_the_product_of_matrices() -> None:
    draw = random.Random(1)
    for n in (1, 3, 4):
        P = [[F(draw.randint(-9, 9), 7) for _ in range(n)] for _ in range(n)]
        v, w = ([F(draw.randint(-9, 9), 5) for _ in range(n)] for _ in range(2))
        wanted = (sympy.Matrix([v]) * sympy.Matrix(P) * sympy.Matrix(w))[0]
        assert form(P, v, w) == F(int(wanted.p), int(wanted.q))


@pytest.mark.parametrize("seed", range(4))
def test_semidefinite_is_what_eigenvalues_say(seed: int) -> None:
    """Sums of k squares in n > k variables touch zero; a little less on the diagonal fails."""
    draw = random.Random(seed)
    for n in range(1, 6):
        for k in range(n + 1):
            rows = [
                [F(draw.randint(-5, 5), draw.randint(1, 4)) for _ in range(n)] for _ in range(k)
            ]
            gram = [[sum((r[i] * r[j] for r in rows), F(0)) for j in range(n)] for i in range(n)]
            rank = sympy.Matrix(rows).rank() if rows else 0
            assert semidefinite(gram)
            assert semidefinite(gram, strict=True) == (rank == n)
            less = [[x - F(i == j, 10**12) for j, x in enumerate(r)] for i, r in enumerate(gram)]
            lowest = np.linalg.eigvalsh(np.array(gram, dtype=float))[0]
            assert semidefinite(less) == (rank == n and lowest > 1e-9)


def test_a_zero_on_the_diagonal_needs_zeros_beside_it() -> None:
    for matrix, holds in (([[0, 0], [0, 1]], True), ([[0, 1], [1, 9]], False),
                          ([[1, 1], [1, 1]], True), ([[1, 2], [2, 1]], False)):  # fmt: skip
        exact = [[F(x) for x in row] for row in matrix]
        assert semidefinite(exact) == holds
        assert not semidefinite(exact, strict=True)
