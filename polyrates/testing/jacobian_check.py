"""check_jacobian: whether J is the derivative of the solution, by the equation that defines it."""

from __future__ import annotations

import numpy as np

from polyrates.ground.arrays import to_numpy
from polyrates.problems.quadratic import Problem


def check_jacobian(problem: Problem, x: object, J: object, rtol: float = 1e-6) -> None:
    """Assert ∇f(x) = 0 and ∇²f(x)J + ∂_θ∇f(x) = 0, each to ``rtol`` of its terms.

    J may come from any library. This is the residual of the implicit equation, not the distance to
    ∂x*: on a spectrum [ℓ, L] a residual of ``rtol`` may hide an error of rtol·L/ℓ.

    Parameters
    ----------
    problem : Problem
    x : array (d,)
        The solution, or near it.
    J : array (d,) or (d, p)
    rtol : float

    Raises
    ------
    AssertionError
        With the residual that was found.
    """
    at, estimate = (np.asarray(to_numpy(each), dtype=float) for each in (x, J))
    subject = f"check_jacobian({type(problem).__name__})"
    B = np.asarray(to_numpy(problem.cross(at)), dtype=float)
    if estimate.shape != B.shape:
        raise AssertionError(f"{subject}: J has shape {estimate.shape}, cross(x) {B.shape}")
    if not np.all(np.isfinite(estimate)):
        raise AssertionError(f"{subject}: J has NaN or infinity")
    g = np.asarray(to_numpy(problem.gradient(at)), dtype=float)
    Hx = np.asarray(to_numpy(problem.hvp(at, at)), dtype=float)
    slope, unit = float(np.linalg.norm(g)), float(np.linalg.norm(Hx)) + float(np.linalg.norm(B))
    if slope > rtol * unit:
        raise AssertionError(
            f"{subject}: the gradient at x is {slope / unit:.3g} of ‖∇²f(x)x‖ + ‖∂_θ∇f(x)‖, above "
            f"{rtol:g}: x is not the solution"
        )
    HJ = np.asarray(to_numpy(problem.hvp(at, estimate)), dtype=float)
    residual = float(np.linalg.norm(HJ + B))
    size = max(float(np.linalg.norm(HJ) + np.linalg.norm(B)), float(np.finfo(float).tiny))
    if residual > rtol * size:
        raise AssertionError(
            f"{subject}: ∇²f(x)J + ∂_θ∇f(x) is {residual / size:.3g} of its terms, above {rtol:g}: "
            "J is not ∂x*"
        )
