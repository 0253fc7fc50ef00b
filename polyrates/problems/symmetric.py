"""Whether Hessian-vector products come from a symmetric matrix.

Reverse mode takes ∇²f for its transpose, a dense solve takes (H + Hᵀ)/2 for H, and conjugate
gradients take both for granted: on products that are not symmetric (v − Av of a fixed point) all
of them give wrong numbers and no sign of it. One random pair tells: uᵀHv − vᵀHu = uᵀ(H − Hᵀ)v is a
Gaussian form, 0 with probability 0 unless H = Hᵀ.
"""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from polyrates.ground.arrays import Array, euclidean
from polyrates.ground.errors import NotSymmetric
from polyrates.problems.fitting import cross_at, product_at
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = ["precision", "refuse_asymmetry", "require_symmetric", "symmetric_tolerance"]

_REMEDY = (
    "give ∇²f(x)v; for a fixed point x = φ(x) with v − Av, A not symmetric, minimise "
    "‖x − φ(x)‖²/2, or differentiate forwards with pr.Unrolled()"
)


def symmetric_tolerance(unit: float) -> float:
    """What rounding, or differences of a gradient in place of products, may leave of 0."""
    return 8.0 * float(np.sqrt(2 * unit))


def refuse_asymmetry(seen: str) -> NoReturn:
    """Raise NotSymmetric, with what was seen."""
    raise NotSymmetric(
        "problem", seen, "its hvp is not the product with a symmetric matrix", _REMEDY
    )


def require_symmetric(problem: Problem, x: Array, seed: int = 0) -> None:
    """Refuse products with a matrix that is not symmetric at x, by one random pair.

    At most two products; none for a quadratic of this package, whose matrix was looked at when it
    was made.
    """
    shape = cross_at(problem, x).shape
    if isinstance(problem, QuadraticProblem) or 0 in shape:
        return
    u, v = np.random.default_rng(seed).standard_normal((2, len(x)))
    if len(shape) == 1:
        products = [product_at(problem, x, each) for each in (u, v)]
    else:  # products take blocks of cross' shape: the pair is one where there are two parameters
        width = shape[1]
        pairs = [(u, v)] if width > 1 else [(u, u), (v, v)]
        blocks = [np.stack([a, *[b] * (width - 1)], axis=1) for a, b in pairs]
        found = [product_at(problem, x, block) for block in blocks]
        products = [found[0][:, 0], found[-1][:, -1]]
    unit = max(precision(problem, each) for each in products)
    Hu, Hv = (each.astype(float) for each in products)
    left, right = float(u @ Hv), float(v @ Hu)
    scale = float(euclidean(u)) * float(euclidean(Hv)) + float(euclidean(v)) * float(euclidean(Hu))
    if abs(left - right) > symmetric_tolerance(unit) * scale:
        refuse_asymmetry(f"uᵀHv = {left:.6g}, vᵀHu = {right:.6g}")


def precision(problem: Problem, product: Array) -> float:
    """The unit roundoff of a product, which a problem that converts its arrays says itself."""
    own = float(getattr(problem, "unit", 2.0**-53))
    return max(own, float(np.finfo(product.dtype).eps) / 2) if product.dtype.kind == "f" else own
