"""The linear system of implicit differentiation, solved to rounding."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from scipy.sparse.linalg import LinearOperator, cg

from polyrates.ground.arrays import Array
from polyrates.ground.errors import refuse_value
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.solved import hessian_at, hessian_matrix

__all__ = ["exact_solve"]

DENSE_LIMIT = 500  # below this many unknowns, forming the Hessian is cheaper than iterating


def exact_solve(problem: Problem, x: Array, right: Array, damping: float = 0.0) -> Array:
    """(∇²f(x) + δ)⁻¹ right, (d,) or (d, p): by its factors where d is small, else by CG."""
    if isinstance(problem, QuadraticProblem) and not damping:
        return problem.solve(right)
    d = len(x)
    shaped = right if right.ndim == 2 else right[:, None]
    if d <= DENSE_LIMIT:
        H = hessian_matrix(problem, x) + damping * np.eye(d)
        return np.asarray(linalg.solve(H, right, assume_a="sym"))
    product = hessian_at(problem, x)
    operator = LinearOperator((d, d), matvec=lambda v: product(v) + damping * v, dtype=float)
    columns = []
    for column in shaped.T:
        solution, info = cg(operator, column, rtol=1e-13, atol=0.0, maxiter=20 * d)
        if info != 0:
            refuse_value(
                "problem",
                "conjugate gradients did not converge",
                "the Hessian must be positive definite for an exact implicit solve",
                "use pr.Implicit(inner, inner_steps)",
            )
        columns.append(solution)
    return np.stack(columns, axis=1).reshape(right.shape)
