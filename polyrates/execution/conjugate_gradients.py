r"""Conjugate gradients on iterates, on columns, and differentiated through its step sizes.

On f(x) = ½xᵀHx + bᵀx with g = ∇f(x) and a direction p, one gradient a step gives the product
q = Hp = ∇f(x + p) − g, and

    α = gᵀg/pᵀq,   x⁺ = x + αp,   g⁺ = g + αq,   β = g⁺ᵀg⁺/gᵀg,   p⁺ = −g⁺ + βp.

The tangent of every line is taken, those of α and β included (a quotient's), with
∂q = H∂p + (∂_θ∇f(x + p) − ∂_θ∇f(x)): the full derivative. In dimension d, for a simple spectrum and
a start with a part along every eigenvector, x_d and ∂x_d are exact; between, ∂x_t lags x_t.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from polyrates.ground.arrays import Array
from polyrates.ground.errors import NegativeCurvature, described, refuse_type
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = ["cg_columns", "cg_iterates", "cg_orbit", "cg_tangents"]


def cg_orbit(
    gradient: Callable[[Array], Array],
    x0: Array,
    steps: int,
    product: Callable[[Array], Array] | None = None,
) -> Iterator[Array]:
    """x_0, …, x_steps of the quadratic whose gradient is given; it stays where g = 0.

    ``product`` is v ↦ Hv where it is known: without it Hp = ∇f(x + p) − g, which loses the digits
    that p is smaller than x.
    """
    x = x0
    yield x
    g = gradient(x)
    p, size = -g, float(np.vdot(g, g))
    for _ in range(steps):
        if size > 0:
            q = gradient(x + p) - g if product is None else product(p)
            alpha = size / _curvature(p, q)
            x, g = x + alpha * p, g + alpha * q
            before, size = size, float(np.vdot(g, g))
            p = -g + (size / before) * p
        yield x


def _curvature(p: Array, q: Array) -> float:
    bend = float(np.vdot(p, q))
    if not bend > 0:
        raise NegativeCurvature(
            "problem",
            described(f"pᵀHp/pᵀp = {bend / float(np.vdot(p, p)):.3g}"),
            "conjugate gradients need a positive definite Hessian",
            "add an ℓ2 penalty, or start nearer to a minimum",
        )
    return bend


def cg_iterates(problem: Problem, x0: Array, steps: int) -> Iterator[Array]:
    """:func:`cg_orbit` of a problem, by its own products where it is a quadratic."""
    quadratic = isinstance(problem, QuadraticProblem)
    product = partial(problem.hvp, x0) if quadratic else None
    return cg_orbit(problem.gradient, x0, steps, product)


def cg_columns(
    product: Callable[[Array], Array],
    right: Array,
    start: Array,
    steps: int,
    precondition: Callable[[Array], Array] = lambda g: g,
) -> Array:
    """V_k of HV = −right from ``start``, each column by its own conjugate gradients.

    ``precondition`` is g ↦ P⁻¹g: then those of P^{−½}HP^{−½}.

    ``product`` maps (d,) or (d, p), whichever ``right`` is, to its product with H.
    """
    V, G = start, product(start) + right
    # in units of the residual: its square may leave the floats where the solution does not
    largest = np.max(np.abs(G), axis=0)
    unit = 2.0 ** np.floor(np.log2(np.where(largest > 0, largest, 1.0)))
    V, G = np.zeros_like(V), G / unit
    Z = precondition(G)
    P, sizes = -Z, np.sum(G * Z, axis=0)
    for _ in range(steps):
        active = sizes > 0
        if not np.any(active):
            break
        Q = product(P)
        bends = np.sum(P * Q, axis=0)
        if np.any(active & ~(bends > 0)):
            raise NegativeCurvature(
                "problem",
                described(f"pᵀHp = {float(np.min(bends)):.3g}"),
                "conjugate gradients need a positive definite Hessian",
                "use pr.Implicit() or a method made for the spectrum",
            )
        alpha = np.where(active, sizes / np.where(active, bends, 1.0), 0.0)
        V, G = V + alpha * P, G + alpha * Q
        Z = precondition(G)
        before, sizes = np.where(active, sizes, 1.0), np.sum(G * Z, axis=0)
        P = -Z + np.where(active, sizes / before, 0.0) * P
    return np.asarray(start + unit * V)


def cg_tangents(
    problem: Problem, x0: Array, dx0: Array, steps: int
) -> Iterator[tuple[Array, Array]]:
    """(x_t, ∂x_t), t = 0, …, steps, differentiated through the step sizes."""
    if not isinstance(problem, QuadraticProblem):
        refuse_type(
            "problem",
            problem,
            "conjugate gradients are differentiated on quadratics alone",
            "give pr.Quadratic or pr.Ridge, or use pr.Implicit(pr.ConjugateGradient(), k)",
        )
    x, X = x0, dx0
    g, G = problem.gradient(x), problem.hvp(x, X) + problem.cross(x)
    p, P = -g, -G
    size, d_size = g @ g, 2 * (g @ G)
    yield x, X
    for _ in range(steps):
        if size > 0:
            ahead = x + p
            q = problem.gradient(ahead) - g
            Q = problem.hvp(x, P) + problem.cross(ahead) - problem.cross(x)
            bend, d_bend = _curvature(p, q), P.T @ q + p @ Q
            alpha = size / bend
            d_alpha = d_size / bend - alpha * d_bend / bend
            X = X + alpha * P + _outer(p, d_alpha)
            x = x + alpha * p
            G = G + alpha * Q + _outer(q, d_alpha)
            g = g + alpha * q
            before, d_before = size, d_size
            size, d_size = g @ g, 2 * (g @ G)
            beta = size / before
            d_beta = d_size / before - beta * d_before / before
            P = -G + beta * P + _outer(p, d_beta)
            p = -g + beta * p
        yield x, X


def _outer(vector: Array, rates: Array) -> Array:
    """vector · rates, (d,) for one parameter or (d, p)."""
    return np.asarray(vector * rates if np.ndim(rates) == 0 else np.outer(vector, rates))
