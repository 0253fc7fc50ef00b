"""The linear system of implicit differentiation, solved to rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy
from scipy import linalg

from polyrates.ground.arrays import Array
from polyrates.ground.errors import NegativeCurvature, described, refuse_value
from polyrates.ground.late import late
from polyrates.ground.numbers import floating, lam
from polyrates.problems.quadratic import Problem, QuadraticProblem
from polyrates.problems.solved import hessian_at, hessian_matrix
from polyrates.problems.symmetric import require_symmetric

__all__ = ["applied", "exact_solve"]

sparse = late("scipy.sparse.linalg")

DENSE_LIMIT = 500  # below this many unknowns, forming the Hessian is cheaper than iterating


def exact_solve(problem: Problem, x: Array, right: Array, damping: float = 0.0) -> Array:
    """(∇²f(x) + δ)⁻¹ right, (d,) or (d, p): by its factors where d is small, else by CG."""
    if isinstance(problem, QuadraticProblem) and not damping:
        return problem.solve(right)
    d = len(x)
    shaped = right if right.ndim == 2 else right[:, None]
    if d <= DENSE_LIMIT:
        H = hessian_matrix(problem, x) + damping * np.eye(d)
        try:
            return np.asarray(linalg.solve(H, right, assume_a="sym"))
        except linalg.LinAlgError:
            smallest = np.linalg.eigvalsh(H)[0]
            raise NegativeCurvature(
                "problem",
                described(f"an eigenvalue {smallest:.3g} of the Hessian"),
                "must have an invertible one there, or ∂x* does not exist",
                "add an ℓ2 penalty, or damping= to pr.Implicit",
            ) from None
    require_symmetric(problem, x)
    product = hessian_at(problem, x)
    operator = sparse.LinearOperator((d, d), matvec=lambda v: product(v) + damping * v, dtype=float)
    columns = []
    for column in shaped.T:
        solution, info = sparse.cg(operator, column, rtol=1e-13, atol=0.0, maxiter=20 * d)
        if info != 0:
            refuse_value(
                "problem",
                described("conjugate gradients did not converge"),
                "the Hessian must be positive definite for an exact implicit solve",
                "use pr.Implicit(inner, inner_steps)",
            )
        columns.append(solution)
    return np.stack(columns, axis=1).reshape(right.shape)


def applied(preconditioner: object, problem: Problem, x: Array) -> Callable[[Array], Array]:
    """g ↦ P⁻¹g on (d,) or (d, p): a function of λ at ∇²f(x), a callable column by column."""
    if preconditioner is None:
        return lambda g: g
    if isinstance(preconditioner, sympy.Expr):
        values, vectors = linalg.eigh(hessian_matrix(problem, x))
        above, below = sympy.fraction(sympy.together(preconditioner))
        r = _at(above, values) / _at(below, values)
        if not np.all(r > 0):
            refuse_value(
                "preconditioner",
                preconditioner,
                f"is {float(np.min(r)):.3g} at an eigenvalue of the Hessian",
                "give a function that is positive on the spectrum",
            )
        return lambda g: np.asarray(vectors @ ((vectors.T @ g).T * r).T)
    solve: object = getattr(preconditioner, "solve", preconditioner)
    assert callable(solve)

    def by_columns(g: Array) -> Array:
        columns = [np.asarray(solve(each), dtype=float) for each in g.reshape(len(g), -1).T]
        if any(each.shape != (len(g),) or not np.all(np.isfinite(each)) for each in columns):
            refuse_value(
                "preconditioner",
                described("its value"),
                f"must be {len(g)} finite numbers",
                "check it",
            )
        return np.stack(columns, axis=1).reshape(g.shape)

    return by_columns


def _at(polynomial: sympy.Expr, points: Array) -> Array:
    coefficients = [floating(c) for c in sympy.Poly(polynomial, lam).all_coeffs()]
    return np.polyval(coefficients, points)
