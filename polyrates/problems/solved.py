"""What a problem does not say of itself, found from gradient, products and ∂_θ∇f alone.

x* by Newton's method with conjugate gradients; H and ∂x* there by products; the derivative of the
Hessian along the path of solutions by central differences. Together they are the quadratic that
predicts every run near x*, and *is* the problem where it is quadratic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from polyrates.ground.arrays import Array, euclidean, real_array
from polyrates.ground.errors import NegativeCurvature, described, refuse_type, refuse_value
from polyrates.problems.fitting import gradient_at
from polyrates.problems.quadratic import Problem, Quadratic, QuadraticProblem
from polyrates.problems.symmetric import (
    precision,
    refuse_asymmetry,
    require_symmetric,
    symmetric_tolerance,
)

__all__ = [
    "LocalQuadratic",
    "as_problem",
    "hessian_at",
    "hessian_matrix",
    "is_quadratic",
    "local_quadratic",
    "newton",
    "path_derivative",
]

LARGEST = 2000
"""Above this dimension the Hessian is not formed."""


class LocalQuadratic(NamedTuple):
    """The quadratic with a problem's x*, ∂x*, H and dH/dθ along the path; is it the problem?

    ``model.solution`` and ``model.solution_jacobian`` are the problem's.
    """

    model: Quadratic
    exact: bool


def as_problem(value: object, name: str = "problem") -> Problem:
    """A Problem, or our error that says what it lacks."""
    if isinstance(value, Problem):
        return value
    missing = [n for n in ("gradient", "hvp", "cross") if not hasattr(value, n)]
    refuse_type(
        name,
        value,
        f"lacks {', '.join(missing)}",
        "give pr.from_loss(loss, theta, x0), or an object with gradient(x), hvp(x, v), cross(x)",
    )


def local_quadratic(problem: Problem, x0: object = None) -> LocalQuadratic:
    """b = −Hx*, ∂b = −H∂x* − 𝔇x*, with x* found from ``x0`` where the problem does not know it.

    Parameters
    ----------
    problem : Problem
    x0 : array (d,), optional
        Where to look for x*; None takes the problem's ``solution``, ``x0`` or zero.

    Raises
    ------
    InvalidValue
        No start is known, no minimiser is found, or H is not positive definite there.
    """
    if isinstance(problem, QuadraticProblem):
        zero = np.zeros(problem.dimension)
        dH, db = problem.hessian_derivative(), problem.cross(zero).T
        return LocalQuadratic(Quadratic(problem.hessian, problem.linear, dH, db), True)
    unit = float(getattr(problem, "unit", 2.0**-53))
    x = _solution(problem, x0, unit)
    if len(x) > LARGEST:
        refuse_value(
            "problem",
            described(f"d = {len(x)}"),
            f"the Hessian is formed up to d = {LARGEST}",
            "project it",
        )
    H = hessian_matrix(problem, x)
    values = np.linalg.eigvalsh(H)
    if not values[0] > unit * values[-1] * len(x):
        raise NegativeCurvature(
            "problem",
            described(f"an eigenvalue {values[0]:.3g} of the Hessian at the solution"),
            "x* is not a strict minimum",
            "add an ℓ2 penalty",
        )
    J = np.linalg.solve(H, -np.asarray(problem.cross(x), dtype=float))
    size = 1.0 + float(np.linalg.norm(x))
    exact = is_quadratic(problem, x, H, size, 0, max(1e-9, 1e3 * unit))
    dH = path_derivative(problem, x, J, size if exact else unit ** (1 / 3) * size)
    return LocalQuadratic(Quadratic(H, -H @ x, dH, (-H @ J).T - dH @ x), exact)


def _solution(problem: Problem, x0: object, unit: float) -> Array:
    known = getattr(problem, "solution", None)
    if known is not None:
        return real_array(known() if callable(known) else known, "problem.solution")
    start = x0 if x0 is not None else getattr(problem, "x0", None)
    if start is None and isinstance(dimension := getattr(problem, "dimension", None), int):
        start = np.zeros(dimension)
    if start is None:
        refuse_type(
            "problem",
            problem,
            "knows neither its solution nor where to look for it",
            "give x0, or add .solution, .x0 or .dimension to the problem",
        )
    return newton(problem, real_array(start, "x0"), 100 * unit, least=10 * math.sqrt(unit))


def newton(
    problem: Problem, x0: Array, tolerance: float, limit: int = 100, least: float = 0.0
) -> Array:
    """x* by Newton steps, each by conjugate gradients on Hessian-vector products, and halving.

    To a gradient of ``tolerance`` times the first one; where rounding ends the descent before, a
    last step below ``least``·(1 + ‖x‖) is an answer too.

    Raises NegativeCurvature where conjugate gradients meet it, NotSymmetric.
    """
    x = np.array(x0, dtype=float)
    require_symmetric(problem, x)
    g = gradient_at(problem, x)
    goal = tolerance * float(np.linalg.norm(g))
    for _ in range(limit):
        size = float(np.linalg.norm(g))
        if size <= goal:
            return x
        p = _conjugate_gradients(hessian_at(problem, x), -g, min(0.1, math.sqrt(tolerance)) * size)
        scale = 1.0
        while True:
            ahead = np.asarray(problem.gradient(x + scale * p))
            if float(np.linalg.norm(ahead)) < (1 - 1e-4 * scale) * size:
                break
            if float(np.linalg.norm(p)) <= least * (1 + float(np.linalg.norm(x))):
                return x
            scale /= 2
            if scale < 1e-10:
                refuse_value(
                    "problem",
                    described(f"gradient of norm {size:.2e}"),
                    "Newton's method cannot reduce it",
                    "give a problem with .solution and .solution_jacobian, or a better x0",
                )
        x, g = x + scale * p, ahead
    refuse_value(
        "problem",
        described(f"gradient of norm {float(np.linalg.norm(g)):.2e} after {limit} Newton steps"),
        "the minimiser was not reached",
        "give a better x0, or a larger tolerance",
    )


def hessian_at(problem: Problem, x: Array) -> Callable[[Array], Array]:
    """v ↦ ∇²f(x)v for one vector, whatever shape the problem's products have."""
    parameters = np.asarray(problem.cross(x)).shape[1:]
    if not parameters:
        return lambda v: np.asarray(problem.hvp(x, v))
    return lambda v: np.asarray(problem.hvp(x, np.repeat(v[:, None], parameters[0], axis=1)))[:, 0]


_COLUMNS = 128  # of a block of products, which holds as many copies of what the loss computes


def hessian_matrix(problem: Problem, x: Array) -> Array:
    """∇²f(x) by products with the unit vectors, in blocks where ``hvp`` takes any.

    Symmetrized; NotSymmetric where more than rounding is missing.
    """
    d = len(x)
    if getattr(problem, "blocks", False):
        width = min(d, _COLUMNS)
        padded = np.eye(d, -(-d // width) * width)  # blocks of one shape: compiled once
        starts = range(0, padded.shape[1], width)
        parts = [np.asarray(problem.hvp(x, padded[:, s : s + width])) for s in starts]
        H = np.concatenate(parts, axis=1)[:, :d]
    else:
        product = hessian_at(problem, x)
        H = np.stack([product(e) for e in np.eye(d)])
    unit, H = precision(problem, H), H.astype(float)
    size, apart = float(euclidean(H)), float(euclidean(H - H.T))
    if apart > symmetric_tolerance(unit) * size:
        refuse_asymmetry(f"‖H − Hᵀ‖/‖H‖ = {apart / size:.3g}")
    return np.asarray((H + H.T) / 2)


def _conjugate_gradients(product: Callable[[Array], Array], right: Array, goal: float) -> Array:
    x = np.zeros_like(right)
    r, p = right.copy(), right.copy()
    size = float(r @ r)
    for _ in range(10 * len(right) + 100):
        if math.sqrt(size) <= goal:
            break
        q = product(p)
        curvature = float(p @ q)
        if curvature <= 0:
            raise NegativeCurvature(
                "problem",
                described(f"pᵀHp/pᵀp = {curvature / float(p @ p):.3g}"),
                "has negative curvature: f is not convex there",
                "start nearer to a minimiser, or add an ℓ2 penalty",
            )
        step = size / curvature
        x, r = x + step * p, r - step * q
        size, before = float(r @ r), size
        p = r + (size / before) * p
    return x


def is_quadratic(
    problem: Problem, x: Array, H: Array, size: float, seed: int, tolerance: float = 1e-9
) -> bool:
    """Whether ∇²f and the derivative of ∂_θ∇f are the same at three random points."""
    rng = np.random.default_rng(seed)
    points = [10 * size * rng.standard_normal(len(x)) / math.sqrt(len(x)) for _ in range(3)]
    scale = float(np.linalg.norm(H))
    for p in points:
        v = rng.standard_normal(len(x))
        v /= np.linalg.norm(v)
        if float(np.linalg.norm(hessian_at(problem, x + p)(v) - H @ v)) > tolerance * scale:
            return False
    base, *ahead = (
        np.asarray(problem.cross(q), dtype=float) for q in (x, *(x + p for p in points))
    )
    both = np.asarray(problem.cross(x + points[0] + points[1]), dtype=float)
    bend = float(np.linalg.norm(both - ahead[0] - ahead[1] + base))
    return bend <= tolerance * max(float(np.linalg.norm(a)) for a in (base, *ahead, both))


def path_derivative(problem: Problem, x: Array, J: Array, step: float) -> Array:
    """d/dθ[∇²f(x*(θ), θ)] = ∂_θ∇²f + ∇³f[∂x*], (d, d) or (p, d, d), symmetrized."""
    basis = np.eye(len(x))
    cross = np.stack(
        [
            (np.asarray(problem.cross(x + step * e)) - np.asarray(problem.cross(x - step * e)))
            / (2 * step)
            for e in basis
        ]
    )  # (d, d) or (d, d, p): the derivative of ∂_θ∇f along e_i
    directions = J[None] if J.ndim == 1 else J.T
    along = []
    for j in directions:
        length = float(np.linalg.norm(j)) or 1.0
        h = step / length
        along.append(
            np.stack(
                [
                    (hessian_at(problem, x + h * j)(e) - hessian_at(problem, x - h * j)(e))
                    / (2 * h)
                    for e in basis
                ]
            )
        )
    total = (cross[None] if J.ndim == 1 else np.moveaxis(cross, -1, 0)) + np.stack(along)
    total = (total + np.swapaxes(total, -1, -2)) / 2
    return np.asarray(total[0] if J.ndim == 1 else total)
