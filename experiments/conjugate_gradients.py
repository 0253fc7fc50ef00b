"""Conjugate gradients against Chebyshev's method at equal cost, as solvers of implicit derivatives.

``python experiments/conjugate_gradients.py`` prints, for k + k steps (k for x, k for the linear
system), the relative error of the Jacobian from x_0 = 10‖x*‖v, v a seeded unit vector: ridge on
breast-cancer at two penalties; then spectra of 200 eigenvalues, uniform and spread like Chebyshev
nodes, where nothing is to be gained over the method made for the interval.

Every problem is written in the basis of its eigenvectors. The methods are the same in any basis and
so are the errors, until rounding decides: at penalty 0.01 conjugate gradients lose orthogonality,
and k = 20, 30 in another basis give 0.556, 0.0081 (0.065, 7e-6 in sixty digits).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn import datasets

import polyrates as pr

CG = pr.ConjugateGradient()


class Row(NamedTuple):
    """Relative errors of the Jacobian after k + k steps."""

    problem: str
    k: int
    chebyshev: float
    conjugate_gradients: float


def breast_cancer(penalty: float, nearby: int = 0) -> tuple[pr.Quadratic, np.ndarray]:
    """The problem and its start, in the basis of the eigenvectors of H.

    ``nearby`` = 1, 2, … moves each eigenvalue by at most two roundings: another machine's answer.
    """
    raw = datasets.load_breast_cancer()
    X = (raw.data - raw.data.mean(0)) / raw.data.std(0)
    ridge = pr.Ridge(X, raw.target - raw.target.mean(), penalty)
    v = np.random.default_rng(0).standard_normal(X.shape[1])
    eigenvalues, basis = np.linalg.eigh(ridge.hessian)
    if nearby:
        moves = np.random.default_rng(nearby).integers(-2, 3, len(eigenvalues))
        eigenvalues = eigenvalues * (1 + moves * np.finfo(float).eps)
    return diagonal(eigenvalues, basis.T @ ridge.linear, basis.T @ v)


def spread(eigenvalues: np.ndarray) -> tuple[pr.Quadratic, np.ndarray]:
    """½xᵀHx − bᵀx with these eigenvalues, and its start."""
    b, v = np.random.default_rng(0).standard_normal((2, len(eigenvalues)))
    return diagonal(eigenvalues, -b, v)


def diagonal(
    eigenvalues: np.ndarray, b: np.ndarray, v: np.ndarray
) -> tuple[pr.Quadratic, np.ndarray]:
    """H diagonal, ∂H = I as for one penalty, and 10‖x*‖v/‖v‖."""
    d = len(eigenvalues)
    problem = pr.Quadratic(np.diag(eigenvalues), b, np.eye(d), np.zeros(d))
    return problem, 10 * np.linalg.norm(problem.solution) * v / np.linalg.norm(v)


def compared(name: str, problem: pr.Quadratic, x0: np.ndarray, k: int) -> Row:
    """One row."""
    truth = problem.solution_jacobian
    ell, L = (float(end) for end in problem.spectrum.hull)

    def error(method: pr.Method) -> float:
        found = pr.jvp(method, problem, x0, k, pr.Implicit(method, k)).value
        return float(np.linalg.norm(found - truth) / np.linalg.norm(truth))

    return Row(name, k, error(pr.Chebyshev(ell, L)), error(CG))


def table() -> list[Row]:
    """All rows."""
    rows = [
        compared(f"breast-cancer, penalty {penalty:g}", *breast_cancer(penalty), k)
        for penalty in (0.2, 0.01)
        for k in (10, 20, 30)
    ]
    nodes = 0.505 + 0.495 * np.cos(np.pi * (np.arange(200) + 0.5) / 200)
    for name, values in (
        ("200 uniform eigenvalues", np.linspace(0.01, 1, 200)),
        ("200 Chebyshev nodes", np.sort(nodes)),
    ):
        rows.append(compared(name, *spread(values), 80))
    return rows


def main() -> None:
    """Print the table."""
    print(f"{'problem':<28}{'k + k':>8}{'Chebyshev':>12}{'CG':>12}")
    for row in table():
        print(f"{row.problem:<28}{row.k:>8}{row.chebyshev:>12.3g}{row.conjugate_gradients:>12.3g}")


if __name__ == "__main__":
    main()
