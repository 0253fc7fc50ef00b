"""What a certificate starts from: the problem, a point, and what is known; all of it checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.execution.jacobian_bound import Known, Place, known_constants, locate
from polyrates.execution.preconditioner import Preconditioner
from polyrates.ground.arrays import Array, flatten, is_tree, to_numpy
from polyrates.ground.asked import asked
from polyrates.ground.errors import described, refuse_type, refuse_value, shape_of
from polyrates.ground.numbers import count, floating, positive
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["Held", "flat_jacobian", "flat_point", "held", "positive_ell"]


@dataclass(frozen=True, eq=False)
class Held:
    """The arguments that every certificate takes, as numbers and arrays.

    Attributes
    ----------
    problem : Problem
    at : array (d,)
    cross : array (d,) or (d, p)
        ∂_θ∇f there.
    known : Known
    steps : int
    preconditioner : Preconditioner or None
    columns : bool
        Whether a row solves for the columns of ∂_θ∇f too.
    """

    problem: Problem
    at: Array
    cross: Array
    known: Known
    steps: int
    preconditioner: Preconditioner | None
    columns: bool = True

    @property
    def parameters(self) -> int:
        """p, 1 for a scalar."""
        return 1 if self.cross.ndim == 1 else int(self.cross.shape[1])

    def locate(self) -> Place:
        """Where the bound is taken: the first products are spent here."""
        return locate(self.problem, self.at, self.known, self.steps, self.preconditioner)


def held(
    problem: Problem,
    x: object,
    ell: object,
    constants: Constants | None,
    products: int,
    preconditioner: Preconditioner | None,
    columns: bool = True,
) -> Held:
    """The checked arguments; no product is spent."""
    at = flat_point(x)
    known = known_constants(problem, positive_ell(ell), constants)
    steps = count(products, "products", 1)
    if preconditioner is not None and not isinstance(preconditioner, Preconditioner):
        refuse_type(
            "preconditioner",
            preconditioner,
            "must be a pr.Preconditioner",
            "give pr.Preconditioner(solve, floor), or pr.deflation(problem, x, products)",
        )
    dimension = getattr(problem, "dimension", len(at))
    if dimension != len(at):
        refuse_value(
            "x", described(f"a vector of {len(at)} numbers"), f"must have {dimension}", "check x"
        )
    answer = asked("problem.cross", problem.cross, at, fits="check x")
    cross = np.asarray(to_numpy(answer), dtype=float)
    if cross.ndim not in (1, 2) or len(cross) != len(at) or cross.size == 0:
        refuse_value(
            "x",
            described(f"a vector of {len(at)} numbers"),
            f"does not fit ∂_θ∇f of shape {cross.shape}",
            "check x, and that cross(x) has shape (d,) or (d, p)",
        )
    if not np.all(np.isfinite(cross)):
        refuse_value("x", x, "has a ∂_θ∇f with NaN or infinity", "check the problem at x")
    return Held(problem, at, cross, known, steps, preconditioner, columns)


def positive_ell(ell: object) -> float | None:
    """ℓ as a float > 0, or None."""
    return None if ell is None else floating(positive(ell, "ell"), "ell")


def flat_point(x: object) -> Array:
    """x as a vector of 64-bit floats."""
    leaves = flatten(x, "x").leaves if is_tree(x) else [x]
    at = np.concatenate([part.reshape(-1) for part in _real(leaves, x, "x")])
    if not np.all(np.isfinite(at)):
        refuse_value("x", x, "has NaN or infinity", "check its source")
    return at


def _real(leaves: list[object], whole: object, name: str) -> list[Array]:
    parts = [np.asarray(to_numpy(leaf)) for leaf in leaves]
    for part in parts:
        if part.dtype.kind not in "fiu" and str(part.dtype) != "bfloat16":
            refuse_type(name, whole, f"has dtype {part.dtype}", "give real floats")
    return [part.astype(float) for part in parts]


def flat_jacobian(J: object, like: Array, name: str) -> Array:
    """J in the shape of ∂_θ∇f, (d,) or (d, p), from an array or a tree of leaves (…, p)."""
    wide = like.ndim == 2
    parts = _real(flatten(J, name).leaves if is_tree(J) else [J], J, name)
    if is_tree(J):
        shape = (-1, like.shape[1]) if wide else (-1,)
        if wide and any(part.size % like.shape[1] for part in parts):
            refuse_value(name, J, f"its leaves must end in {like.shape[1]} parameters", "reshape")
        whole = np.concatenate([part.reshape(shape) for part in parts])
    else:
        whole = parts[0]
    if whole.shape != like.shape:
        refuse_value(
            name,
            shape_of(whole),
            f"does not fit ∂_θ∇f of shape {like.shape}",
            "give ∂x* with one row a coordinate and one column a parameter",
        )
    if not np.all(np.isfinite(whole)):
        refuse_value(name, J, "has NaN or infinity", "check its source")
    return np.ascontiguousarray(whole)
