"""Problems: anything with gradient(x), hvp(x, v) and cross(x) = ∂_θ∇f, optionally a solution.

The quadratics know their solution, Jacobian and spectrum, so that every prediction can be held
against the truth.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from scipy import linalg

from polyrates.core.spectra import Spectrum
from polyrates.ground.arrays import Array, norm, real_array
from polyrates.ground.errors import described, refuse_type, refuse_value, shape_of
from polyrates.ground.numbers import count, floating

__all__ = ["Problem", "Quadratic", "QuadraticProblem", "Ridge", "commutator"]


@runtime_checkable
class Problem(Protocol):
    """f(x, θ) near one θ. Shapes: x (d,); one parameter: tangents (d,); p of them: (d, p)."""

    def gradient(self, x: Array, /) -> Array:
        """∇f(x), shape (d,)."""
        ...

    def hvp(self, x: Array, v: Array, /) -> Array:
        """∇²f(x) v for v of shape (d,) or, where cross is (d, p), (d, p)."""
        ...

    def cross(self, x: Array, /) -> Array:
        """∂_θ∇f(x), shape (d,) or (d, p)."""
        ...


class QuadraticProblem(ABC):
    """f = ½ xᵀH(θ)x + b(θ)ᵀx, with everything that is known in closed form."""

    @property
    @abstractmethod
    def hessian(self) -> Array:
        """H, shape (d, d)."""

    @property
    @abstractmethod
    def linear(self) -> Array:
        """The vector b, shape (d,)."""

    @abstractmethod
    def cross(self, x: Array) -> Array:
        """∂H x + ∂b, shape (d,) or (d, p)."""

    @abstractmethod
    def hessian_derivative(self) -> Array:
        """∂H, shape (d, d) or (p, d, d)."""

    @property
    @abstractmethod
    def parameters(self) -> int | None:
        """The number p of parameters, or None for one scalar θ."""

    def gradient(self, x: Array) -> Array:
        """Hx + b, shape (d,)."""
        return np.asarray(self.hessian @ x + self.linear)

    def hvp(self, x: Array, v: Array) -> Array:
        """Hv for v of shape (d,) or (d, p)."""
        return np.asarray(self.hessian @ v)

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.linear)

    @cached_property
    def eigensystem(self) -> tuple[Array, Array]:
        """Eigenvalues (d,), ascending, and eigenvectors (d, d), columns, of H."""
        values, vectors = np.linalg.eigh(self.hessian)
        return values, vectors

    @cached_property
    def solution(self) -> Array:
        """x* = −H⁻¹b, shape (d,)."""
        return self.solve(-self.linear)

    @cached_property
    def solution_jacobian(self) -> Array:
        """∂x* = −H⁻¹(∂H x* + ∂b), shape (d,) or (d, p)."""
        return self.solve(-self.cross(self.solution))

    def solve(self, right: Array) -> Array:
        """H⁻¹ right for a right side (d,) or (d, p)."""
        if self.eigensystem[0][0] <= 0:
            refuse_value(
                "H",
                float(self.eigensystem[0][0]),
                "is singular: x* is not unique",
                "give a positive definite H, for ridge a positive penalty",
            )
        return np.asarray(linalg.solve(self.hessian, right, assume_a="pos"))

    @property
    def spectrum(self) -> Spectrum:
        """The eigenvalues of H as an Empirical spectrum."""
        from polyrates.core.measures.empirical import Empirical

        return Empirical(self.eigensystem[0])

    @property
    def commutes(self) -> bool:
        """Whether H ∂H = ∂H H to rounding, for every parameter."""
        return commutator(self) < 1e-10


def commutator(problem: QuadraticProblem) -> float:
    """max over parameters of ‖H∂H − ∂H H‖_F/(‖H‖_F ‖∂H‖_F), zero where ∂H = 0."""
    H, dH = problem.hessian, problem.hessian_derivative()
    stack = dH[None] if dH.ndim == 2 else dH
    worst = 0.0
    for each in stack:
        sizes = norm(H), norm(each)
        if min(sizes) > 0 and max(sizes) < np.inf:  # in their units products stay floats
            A, B = H / sizes[0], each / sizes[1]
            worst = max(worst, norm(A @ B - B @ A))
    return worst


def _array(value: object, name: str, *dimensions: int) -> Array:
    array = np.array(real_array(value, name))
    if array.ndim not in dimensions:
        wanted = " or ".join(f"{n}-dimensional" for n in dimensions)
        refuse_value(name, shape_of(array), f"must be {wanted}", "reshape it")
    if not np.all(np.isfinite(array)):
        refuse_value(
            name, described("an array with NaN or infinity"), "must be finite", "check its source"
        )
    array.setflags(write=False)
    return array


def _same_size(name: str, array: Array, axis: int, size: int, other: str) -> None:
    if array.shape[axis] != size:
        refuse_value(
            name,
            shape_of(array),
            f"does not fit {other}, whose size is {size}",
            f"give {size} entries along axis {axis}",
        )


def _symmetric(name: str, matrix: Array) -> None:
    if matrix.shape[-1] != matrix.shape[-2]:
        refuse_value(name, shape_of(matrix), "must be square", "give H (d, d)")
    size = float(np.max(np.abs(matrix), initial=0.0))
    if float(np.max(np.abs(matrix - np.swapaxes(matrix, -1, -2)), initial=0.0)) > 1e-10 * size:
        refuse_value(
            name,
            described("a matrix that is not symmetric"),
            "must be symmetric",
            "give (H + Hᵀ)/2",
        )


@dataclass(frozen=True, eq=False)
class Quadratic(QuadraticProblem):
    """f = ½ xᵀHx + bᵀx with given derivatives of H and b along θ.

    Parameters
    ----------
    H : array (d, d)
        Symmetric, positive semidefinite.
    b : array (d,)
    dH : array (d, d), or (p, d, d) for p parameters
        ∂H, symmetric.
    db : array (d,), or (p, d)
        ∂b.
    """

    H: Array
    b: Array
    dH: Array
    db: Array

    def __init__(self, H: object, b: object, dH: object, db: object) -> None:
        h, vector = _array(H, "H", 2), _array(b, "b", 1)
        dh, dvector = _array(dH, "dH", 2, 3), _array(db, "db", 1, 2)
        if h.size == 0:
            refuse_value("H", shape_of(h), "must not be empty", "give d ≥ 1")
        _symmetric("H", h)
        _symmetric("dH", dh)
        _same_size("b", vector, 0, len(h), "H")
        _same_size("dH", dh, -1, len(h), "H")
        _same_size("db", dvector, -1, len(h), "H")
        if dh.ndim != dvector.ndim + 1 or (dh.ndim == 3 and len(dh) != len(dvector)):
            refuse_value(
                "db",
                shape_of(dvector),
                f"does not fit dH of shape {dh.shape}",
                "give (d,) with dH (d, d), or (p, d) with dH (p, d, d)",
            )
        lowest = float(np.linalg.eigvalsh(h)[0])
        if lowest < -1e-10 * float(np.max(np.abs(h))):
            refuse_value("H", lowest, "has a negative eigenvalue: f is not convex", "check H")
        for name, value in (("H", h), ("b", vector), ("dH", dh), ("db", dvector)):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        values = self.eigensystem[0]
        many = "" if self.parameters is None else f", p={self.parameters}"
        return f"Quadratic(d={self.dimension}{many}, H in [{values[0]:.4g}, {values[-1]:.4g}])"

    @property
    def hessian(self) -> Array:
        """H."""
        return self.H

    @property
    def linear(self) -> Array:
        """The vector b."""
        return self.b

    @property
    def parameters(self) -> int | None:
        """The number p, or None for one scalar θ."""
        return None if self.dH.ndim == 2 else len(self.dH)

    def cross(self, x: Array) -> Array:
        """∂H x + ∂b, shape (d,) or (d, p)."""
        return np.asarray((self.dH @ x + self.db).T)

    def hessian_derivative(self) -> Array:
        """∂H."""
        return self.dH

    @classmethod
    def random(cls, spectrum: Spectrum, dim: int, seed: int, commuting: bool = True) -> Quadratic:
        """A random problem with eigenvalues from a spectrum.

        An Interval draws uniformly with both ends included, other supports likewise in proportion
        to their lengths; a measure draws from itself. b, ∂b and the eigenvectors are isotropic.
        ∂H is a random function of H when ``commuting``, else a random symmetric matrix; either is
        scaled to ‖∂H‖_F = ‖H‖_F.
        """
        from polyrates.core.spectra import as_spectrum

        chosen = as_spectrum(spectrum)
        dim = count(dim, "dim", 1)
        if not isinstance(commuting, bool):
            refuse_type("commuting", commuting, "must be True or False", "give a bool")
        rng = np.random.default_rng(count(seed, "seed"))
        values = _draw(chosen, dim, rng)
        basis = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
        H = (basis * values) @ basis.T
        if commuting:
            dH = (basis * rng.standard_normal(dim)) @ basis.T
        else:
            dH = rng.standard_normal((dim, dim))
        H, dH = (H + H.T) / 2, (dH + dH.T) / 2
        dH *= np.linalg.norm(H) / np.linalg.norm(dH)
        return cls(H, rng.standard_normal(dim), dH, rng.standard_normal(dim))


def _draw(spectrum: Spectrum, dim: int, rng: np.random.Generator) -> Array:
    from polyrates.core.measures.base import Measure

    if isinstance(spectrum, Measure):
        nodes, weights = spectrum.quadrature(max(dim, 64))
        return np.sort(rng.choice(nodes, size=dim, p=weights / weights.sum()))
    segments = np.array([[floating(a), floating(b)] for a, b in spectrum.support])
    lengths = segments[:, 1] - segments[:, 0]
    share = (
        lengths / lengths.sum() if lengths.sum() > 0 else np.full(len(lengths), 1 / len(lengths))
    )
    which = rng.choice(len(segments), size=dim, p=share)
    values = segments[which, 0] + rng.random(dim) * lengths[which]
    values[0] = segments[0, 0]
    if dim > 1:
        values[-1] = segments[-1, 1]
    return np.sort(values)


def validated_shapes(X: object, y: object, penalty: object) -> tuple[Array, Array, Array]:
    """X (n, d), y (n,) and the penalty, () or (d,), as read-only floats."""
    data, target = _array(X, "X", 2), _array(y, "y", 1)
    if data.size == 0:
        refuse_value("X", shape_of(data), "must not be empty", "give rows")
    _same_size("y", target, 0, len(data), "X")
    if np.ndim(penalty) == 0:  # type: ignore[arg-type]
        strength = np.array(floating(penalty, "penalty"))
    else:
        strength = _array(penalty, "penalty", 1)
        _same_size("penalty", strength, 0, data.shape[1], "X's columns")
    if np.any(strength <= 0):
        refuse_value("penalty", penalty, "must be > 0, θ is its logarithm", "give e.g. 1e-3")
    strength.setflags(write=False)
    return data, target, strength


class Regression(Protocol):
    """A problem of data and a penalty."""

    @property
    def X(self) -> Array:
        """The rows, shape (n, d)."""
        ...

    @property
    def penalty(self) -> Array:
        """One, or one a feature."""
        ...


def regression_data(problem: Regression) -> str:
    """The repr of a problem with X and a penalty."""
    rows, columns = problem.X.shape
    penalty = problem.penalty
    shown = f"{float(penalty):.4g}" if penalty.ndim == 0 else "one a feature"
    return f"{type(problem).__name__}(n={rows}, d={columns}, penalty={shown})"


@dataclass(frozen=True, eq=False)
class Ridge(QuadraticProblem):
    """f = (1/2n)‖Xw − y‖² + ½ Σ_i e^{θ_i} w_i², θ the logarithm of the penalty.

    Parameters
    ----------
    X : array (n, d)
    y : array (n,)
    penalty : number > 0, or array (d,)
        e^θ: one for all features (then H and ∂H commute), or one a feature (then they do not, and
        p = d).
    """

    X: Array
    y: Array
    penalty: Array

    def __init__(self, X: object, y: object, penalty: object) -> None:
        for name, value in zip(("X", "y", "penalty"), validated_shapes(X, y, penalty), strict=True):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return regression_data(self)

    @cached_property
    def _gram(self) -> Array:
        gram = self.X.T @ self.X / len(self.X)
        return np.asarray(gram + np.diag(np.broadcast_to(self.penalty, gram.shape[:1])))

    @property
    def hessian(self) -> Array:
        """XᵀX/n + diag(penalty)."""
        return self._gram

    @cached_property
    def linear(self) -> Array:
        """−Xᵀy/n."""
        return np.asarray(-(self.X.T @ self.y) / len(self.X))

    @property
    def parameters(self) -> int | None:
        """The number d of penalties, or None for one."""
        return None if self.penalty.ndim == 0 else len(self.penalty)

    def cross(self, x: Array) -> Array:
        """e^θ w, or diag(e^{θ_i} w_i), since ∂b = 0."""
        return self.penalty * x if self.penalty.ndim == 0 else np.diag(self.penalty * x)

    def hessian_derivative(self) -> Array:
        """e^θ I, or the d matrices e^{θ_i} e_i e_iᵀ."""
        size = self.X.shape[1]
        if self.penalty.ndim == 0:
            return np.asarray(float(self.penalty) * np.eye(size))
        result = np.zeros((size, size, size))
        result[np.arange(size), np.arange(size), np.arange(size)] = self.penalty
        return result
