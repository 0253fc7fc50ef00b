"""How wrong is the Jacobian I hold? Certificates after the fact, for any x and any J.

The a-priori theory needs the method, the start and a quadratic. This needs what a user holds: a
point x, an estimate J from any library, products with the Hessian, and a number ℓ below its
spectrum. The mathematics is in :mod:`polyrates.execution.jacobian_bound`.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Literal

import numpy as np

from polyrates.execution.jacobian_bound import (
    JacobianBound,
    known_constants,
    locate,
    residual_bound,
)
from polyrates.ground.arrays import Array, flatten, is_tree, to_numpy
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import count, floating, positive
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["Certified", "certify", "flat_jacobian", "flat_point", "positive_ell"]

Status = Literal["certified", "predicted"]


@dataclass(frozen=True)
class Certified:
    """lower ≤ ‖J − ∂x*‖ ≤ bound, in Frobenius norm over several parameters.

    Attributes
    ----------
    bound, lower : float
        In units of ∂x*; ``bound`` is infinite where x is too far from x* for its constants.
    relative : float
        ``bound`` over a lower bound of ‖∂x*‖; infinite where that is 0.
    status : "certified" or "predicted"
        "certified" where ℓ and the Lipschitz constants were given or are the problem's own and
        hold in the ball B(x, ‖∇f(x)‖/ℓ); "predicted" where one was measured.
    terms : (float, float)
        The residual's part ‖A⁻¹r‖ and the iterate's part.
    products : int
        Hessian-vector products spent, a block of them counted once.
    missing : tuple of str
        What was measured.
    """

    bound: float
    lower: float
    relative: float
    status: Status
    terms: tuple[float, float]
    products: int
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.lower:.4g} ≤ error ≤ {self.bound:.4g} ({self.status}"
        text += f", {self.products} products; residual {self.terms[0]:.3g}"
        text += f" + iterate {self.terms[1]:.3g})"
        if self.missing:
            text += f"; measured, so without guarantee: {', '.join(self.missing)}"
        if self.bound == np.inf and not self.missing:
            text += "; x is too far from the solution for its constants: take more steps"
        return text

    def __repr__(self) -> str:
        return f"Certified({self})"

    def _repr_html_(self) -> str:
        rows = (
            ("error at most", f"{self.bound:.6g}"),
            ("error at least", f"{self.lower:.6g}"),
            ("relative", f"{self.relative:.3g}"),
            ("of which the residual", f"{self.terms[0]:.3g}"),
            ("of which the iterate", f"{self.terms[1]:.3g}"),
            ("products", str(self.products)),
            ("status", self.status),
        )
        body = "".join(
            f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in rows
        )
        return f"<table><tbody>{body}</tbody></table>"


def certify(
    problem: Problem,
    x: object,
    J: object,
    ell: object = None,
    constants: Constants | None = None,
    products: int = 8,
) -> Certified:
    """Enclose ‖J − ∂x*‖ for a J from anywhere.

    Parameters
    ----------
    problem : Problem
        gradient(x), hvp(x, v) for v of the shapes of x and of J, cross(x).
    x : array (d,), or a tree
        A point near x*; the nearer, the tighter.
    J : array (d,) or (d, p), or a tree of such
        The estimate of ∂x*, of NumPy, JAX or torch.
    ell : number > 0, optional
        A lower bound of ∇²f, in the ball B(x, ‖∇f(x)‖/ell) where the problem is not quadratic.
        None takes the problem's own; where it has none, the smallest Ritz value, and the result is
        "predicted".
    constants : Constants, optional
        ℓ, L and the Lipschitz constants of ∇²f and of ∂_θ∇f in that ball; None takes the problem's
        own, and where it has none what M‖J‖ + N seems to be, and the result is "predicted".
    products : int ≥ 1
        Steps of Lanczos' process for each of the two solves, the one on ∇f(x) and the one on the
        residual ∇²f(x)J + ∂_θ∇f(x).

    Returns
    -------
    Certified

    Raises
    ------
    InvalidValue
        Shapes that do not fit, NaN, an ``ell`` above an eigenvalue that was found.
    NegativeCurvature
        The Hessian is not positive definite.
    """
    at = flat_point(x)
    known = known_constants(problem, positive_ell(ell), constants)
    steps = count(products, "products", 1)
    estimate = flat_jacobian(J, np.asarray(to_numpy(problem.cross(at)), dtype=float), "J")
    place = locate(problem, at, known, steps)
    return _certified(residual_bound(problem, place, estimate, known, steps))


def _certified(found: JacobianBound) -> Certified:
    least = found.solution_norm - found.bound
    return Certified(
        found.bound,
        found.lower,
        found.bound / least if least > 0 else np.inf,
        "certified" if found.certified else "predicted",
        found.terms,
        found.products,
        found.missing,
    )


def positive_ell(ell: object) -> float | None:
    """ℓ as a float > 0, or None."""
    return None if ell is None else floating(positive(ell, "ell"), "ell")


def flat_point(x: object) -> Array:
    """x as a vector of 64-bit floats."""
    leaves = flatten(x, "x").leaves if is_tree(x) else [x]
    parts = [np.asarray(to_numpy(leaf)) for leaf in leaves]
    for part in parts:
        if part.dtype.kind not in "fiu":
            refuse_type("x", x, f"has dtype {part.dtype}", "give real floats")
    at = np.concatenate([part.reshape(-1) for part in parts]).astype(float)
    if not np.all(np.isfinite(at)):
        refuse_value("x", x, "has NaN or infinity", "check its source")
    return at


def flat_jacobian(J: object, like: Array, name: str) -> Array:
    """J in the shape of ∂_θ∇f, (d,) or (d, p), from an array or a tree of leaves (…, p)."""
    wide = like.ndim == 2
    leaves = flatten(J, name).leaves if is_tree(J) else [J]
    parts = [np.asarray(to_numpy(leaf)) for leaf in leaves]
    for part in parts:
        if part.dtype.kind not in "fiu":
            refuse_type(name, J, f"has dtype {part.dtype}", "give real floats")
    if is_tree(J):
        shape = (-1, like.shape[1]) if wide else (-1,)
        if wide and any(part.size % like.shape[1] for part in parts):
            refuse_value(name, J, f"its leaves must end in {like.shape[1]} parameters", "reshape")
        whole = np.concatenate([part.reshape(shape) for part in parts]).astype(float)
    else:
        whole = parts[0].astype(float)
    if whole.shape != like.shape:
        refuse_value(
            name,
            f"an array of shape {whole.shape}",
            f"does not fit ∂_θ∇f of shape {like.shape}",
            "give ∂x* with one row a coordinate and one column a parameter",
        )
    if not np.all(np.isfinite(whole)):
        refuse_value(name, J, "has NaN or infinity", "check its source")
    return np.ascontiguousarray(whole)
