"""A Problem from a loss f(x, θ) written in JAX or torch: gradient, products and ∂_θ∇f by autodiff.

x and θ may be arrays or trees of arrays; here both are vectors, x of length d and θ of length p (a
scalar θ is one parameter, and tangents then have shape (d,)). Numpy in, numpy of 64 bits out; given
an array of the framework, or a tree like x_0, ``gradient`` answers in kind, so that ``pr.run``
stays on its device.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import numpy as np

from polyrates.ground.arrays import Array, library, to_numpy
from polyrates.ground.errors import (
    PolyratesError,
    described,
    did,
    refuse_type,
    refuse_value,
    shape_of,
)
from polyrates.ground.numbers import floating, nonnegative
from polyrates.problems.losses import Constants

__all__ = ["LossProblem", "from_loss"]

Loss = Callable[[Any, Any], object]
Framework = Literal["jax", "torch"]


class _Derivatives(Protocol):
    """What a framework computes, on its own vectors."""

    x0: Any
    theta: Any
    unravel: Callable[[Any], Any]
    framework: str

    def raw(self) -> object: ...
    def value(self, x: Any) -> Any: ...
    def gradient(self, x: Any) -> Any: ...
    def hvp(self, x: Any, v: Any) -> Any: ...
    def cross(self, x: Any) -> Any: ...
    def pull(self, x: Any, w: Any) -> Any: ...
    def enter(self, values: Array) -> Any: ...
    def leave(self, values: Any) -> Array: ...
    def ravel(self, tree: object) -> Any: ...


class LossProblem:
    """f(·, θ) of a user's loss as a Problem.

    Attributes
    ----------
    x0 : array (d,)
        The start that was given, flat.
    theta : float, or array (p,)
        θ, flat.
    dimension : int
        d.
    parameters : int, or None
        p, or None for a scalar θ.
    framework : "jax" or "torch"
    constants : Constants, or None
        ℓ ≤ ∇²f ≤ L and the Lipschitz constants, where the user gave them.
    twist_lipschitz : float, or None
        M₂ of :func:`polyrates.local_errors`' remainder, where the user gave it.
    """

    def __init__(
        self,
        derivatives: _Derivatives,
        scalar: bool,
        constants: Constants | None,
        twist_lipschitz: float | None = None,
    ) -> None:
        self._by = derivatives
        self.x0: Array = derivatives.leave(derivatives.x0)
        theta = derivatives.leave(derivatives.theta)
        self.theta: Array | float = float(theta[0]) if scalar else theta
        self.parameters: int | None = None if scalar else len(theta)
        self.constants = constants
        self.twist_lipschitz = twist_lipschitz

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.x0)

    @property
    def unit(self) -> float:
        """The unit roundoff of the derivatives: 1e-16, or 6e-8 in 32 bits."""
        return 2.0**-53 if "64" in str(self._by.x0.dtype) else 2.0**-24

    @property
    def framework(self) -> str:
        """Whose functions the loss is made of."""
        return self._by.framework

    def __repr__(self) -> str:
        p = "" if self.parameters is None else f", p = {self.parameters}"
        return f"LossProblem({self.framework}, d = {self.dimension}{p})"

    @property
    def blocks(self) -> bool:
        """Whether ``hvp`` takes any number of columns at once."""
        return True

    def flatten(self, x: object) -> Array:
        """A point like x_0, array or tree, as a numpy vector (d,)."""
        if isinstance(x, np.ndarray) and x.shape == self.x0.shape:
            return np.asarray(x, dtype=float)
        return self._by.leave(self._vector(x)[0])

    def unflatten(self, x: object) -> Any:
        """A vector (d,) as the loss's own containers and arrays."""
        return self._by.unravel(self._vector(x)[0])

    def _vector(self, x: object, name: str = "x") -> tuple[Any, str]:
        """(flat x in the framework, how it was given): "numpy", "own" or "tree"."""
        kind = library(x)
        shape = getattr(x, "shape", None)
        if kind == self.framework and shape == self.x0.shape:
            return x, "own"
        if kind is not None and shape == self.x0.shape:
            return self._by.enter(to_numpy(x)), "numpy"
        if (kind is None and isinstance(x, (dict, list, tuple))) or kind == self.framework:
            try:
                vector = self._by.ravel(x)
            except Exception as error:
                refuse_type(name, x, f"is no tree like x0 ({error})", "give x0's containers")
            if tuple(vector.shape) == self.x0.shape:
                return vector, "tree"
        refuse_value(
            name,
            shape_of(x) if shape is not None else x,
            f"does not fit d = {self.dimension}",
            f"give a vector ({self.dimension},), or a tree like x0",
        )

    def value(self, x: object) -> float:
        """f(x)."""
        return float(self._by.leave(self._by.value(self._vector(x)[0])))

    def gradient(self, x: object) -> Any:
        """∇f(x): numpy (d,) for numpy, in kind for the framework's vectors and trees."""
        vector, kind = self._vector(x)
        g = self._by.gradient(vector)
        if kind == "numpy":
            return self._by.leave(g)
        return g if kind == "own" else self._by.unravel(g)

    def hvp(self, x: object, v: Any) -> Any:
        """∇²f(x) v for v of shape (d,) or (d, k), numpy or in kind."""
        vector, kind = self._vector(x)
        if getattr(v, "ndim", 0) not in (1, 2) or v.shape[0] != self.dimension:
            wanted = f"({self.dimension},) or ({self.dimension}, p)"
            refuse_value("v", shape_of(v), "does not fit x", f"give shape {wanted}")
        if library(v) == self.framework and kind == "own":
            return self._by.hvp(vector, v)
        return self._by.leave(self._by.hvp(vector, self._by.enter(to_numpy(v))))

    def cross(self, x: object) -> Array:
        """∂_θ∇f(x), numpy (d,) for a scalar θ or (d, p)."""
        found = self._by.leave(self._by.cross(self._vector(x)[0]))
        return found[:, 0] if self.parameters is None else found

    def cross_transpose(self, x: object, w: Array) -> Array | float:
        """wᵀ∂_θ∇f(x) without forming it, a float or (p,)."""
        pulled = self._by.leave(self._by.pull(self._vector(x)[0], self._by.enter(w)))
        return float(pulled[0]) if self.parameters is None else pulled


def from_loss(
    loss: Loss,
    theta: object,
    x0: object,
    *,
    constants: Constants | None = None,
    twist_lipschitz: float | None = None,
    framework: Framework | None = None,
) -> LossProblem:
    """A loss f(x, θ) of yours as a Problem: every verb of the package takes it.

    Parameters
    ----------
    loss : callable
        ``loss(x, theta)``, a scalar of JAX or torch; twice differentiable, the same for equal
        arguments.
    theta : number, array or tree
        The parameters; ∂x* is the Jacobian of argmin f(·, θ) with respect to them, flat.
    x0 : array or tree
        A point like x; ``.x0`` is the same, flat. Its precision is that of the derivatives, and 32
        bits leave 32-bit rounding in J: in JAX call ``jax.config.update("jax_enable_x64", True)``
        first, in torch give x0 of dtype float64.
    constants : Constants, optional
        ℓ ≤ ∇²f ≤ L, and the Lipschitz constants M of ∇²f and N of ∂_θ∇f in x: they make bounds
        beyond quadratics certified. Not checked.
    twist_lipschitz : number ≥ 0, optional
        M₂, the Lipschitz constant in x of the derivative of ∂_θ∇f + ∇²f ∂x*: with ``constants`` it
        certifies the remainder of a local prediction. Not checked.
    framework : "jax" or "torch", optional
        None: whose arrays x0 and theta are, else JAX where it is installed.

    Returns
    -------
    LossProblem
        ``.gradient .hvp .cross .cross_transpose .value``, ``.x0 .theta`` flat.

    Raises
    ------
    InvalidType, InvalidValue
        The loss fails, returns no scalar, NaN, or another value each time; x0 or theta are no
        floats; θ does not enter ∇f.

    Examples
    --------
    >>> import numpy as np, polyrates as pr
    >>> import jax, jax.numpy as jnp
    >>> def loss(x, theta):
    ...     return jnp.sum((x - 1.0) ** 2) / 2 + jnp.exp(theta) * jnp.sum(x**2) / 2
    >>> problem = pr.from_loss(loss, 0.0, np.zeros(3))
    >>> problem.gradient(np.zeros(3)), problem.cross(np.ones(3))
    (array([-1., -1., -1.]), array([1., 1., 1.]))
    """
    if not callable(loss):
        refuse_type("loss", loss, "must be a function", "give loss(x, theta) -> scalar")
    for name, tree in (("theta", theta), ("x0", x0)):
        _require_floats(name, tree)
    if constants is not None and not isinstance(constants, Constants):
        refuse_type("constants", constants, "must be Constants", "give pr.Constants(ell, L, M, N)")
    M2 = (
        None
        if twist_lipschitz is None
        else floating(nonnegative(twist_lipschitz, "twist_lipschitz"))
    )
    chosen = _framework(framework, [*_leaves(x0), *_leaves(theta)])
    derivatives: _Derivatives
    if chosen == "jax":
        from polyrates.problems.loss_jax import JaxDerivatives

        derivatives = JaxDerivatives(loss, theta, x0)
    else:
        from polyrates.problems.loss_torch import TorchDerivatives

        derivatives = TorchDerivatives(loss, theta, x0)
    _require_scalar(derivatives, x0)
    problem = LossProblem(derivatives, _is_scalar(theta), constants, M2)
    _require_derivatives(problem)
    return problem


def _is_scalar(theta: object) -> bool:
    return not isinstance(theta, (dict, list, tuple)) and getattr(theta, "shape", ()) == ()


def _leaves(tree: object) -> Iterator[object]:
    if isinstance(tree, dict):
        for each in tree.values():
            yield from _leaves(each)
    elif isinstance(tree, (list, tuple)):
        for each in tree:
            yield from _leaves(each)
    elif tree is not None:
        jax = sys.modules.get("jax")
        inner = [tree] if jax is None or library(tree) else jax.tree_util.tree_leaves(tree)
        yield from inner


def _require_floats(name: str, tree: object) -> None:
    """Every leaf an array of real floats (or a Python number), all finite, one at least."""
    leaves = list(_leaves(tree))
    if not leaves:
        refuse_value(name, tree, "has no numbers in it", "give an array or a tree of arrays")
    for leaf in leaves:
        if isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
            kind, finite = "float", abs(leaf) < float("inf")
        elif library(leaf) in ("numpy", "jax", "torch"):
            kind = str(getattr(leaf, "dtype", "")).removeprefix("torch.")
            finite = "float" not in kind or bool(np.all(np.isfinite(to_numpy(leaf))))
        else:
            refuse_type(name, leaf, "must be an array, or a tree of arrays", "give floats")
        if "float" not in kind:
            refuse_type(
                name, leaf, f"has dtype {kind}, which has no derivative", "give floats: x * 1.0"
            )
        if not finite:
            refuse_value(name, leaf, "has NaN or infinity", "check its source")


def _framework(asked: str | None, leaves: list[object]) -> str:
    if asked is not None:
        if asked not in ("jax", "torch"):
            refuse_value("framework", asked, "is unknown", 'give "jax" or "torch"')
        return asked
    kinds = {library(leaf) for leaf in leaves}
    if {"jax", "torch"} <= kinds:
        refuse_type("x0, theta", kinds, "are of two frameworks", "give both in JAX or in torch")
    if "torch" in kinds:
        return "torch"
    likely = "jax" in kinds or "jax" in sys.modules or "torch" not in sys.modules
    return "jax" if likely and importlib.util.find_spec("jax") is not None else "torch"


def _require_scalar(derivatives: _Derivatives, x0: object) -> None:
    """The loss answers at x_0, with one finite real number, the same twice."""
    try:
        first, second = derivatives.raw(), derivatives.raw()
    except PolyratesError:
        raise
    except Exception as error:
        if "Tracer" in type(error).__name__ or "Concretization" in type(error).__name__:
            refuse_type(
                "loss",
                described(f"{type(error).__name__}"),
                "uses numpy or Python on x or theta, which JAX cannot differentiate",
                "use jax.numpy there",
            )
        refuse_type(
            "loss",
            described(f"{type(error).__name__}: {error}"),
            "failed at loss(x0, theta)",
            "check that x0 and theta have the structure it takes",
        )
    shape = getattr(first, "shape", None)
    own = library(first) == derivatives.framework
    if shape != () or not own:
        shown = f"shape {tuple(shape)}" if shape is not None and own else type(first).__name__
        refuse_type(
            "loss",
            did(f"returned {shown}"),
            f"must return a scalar of {derivatives.framework}, which it can differentiate",
            "sum or average it, with functions of that library alone",
        )
    values = [complex(to_numpy(each)) for each in (first, second)]
    if "complex" in str(getattr(first, "dtype", "")):
        refuse_type("loss", values[0], "is complex", "return a real scalar")
    if not all(np.isfinite(values)):
        refuse_value("loss", values[0].real, "is not finite at x0", "start where it is")
    if abs(values[0] - values[1]) > 1e-6 * abs(values[0]):
        refuse_value(
            "loss",
            (values[0].real, values[1].real),
            "differs between two calls at the same point",
            "fix its randomness: a seed or the same batch at every call",
        )


def _require_derivatives(problem: LossProblem) -> None:
    """∇f is finite at x_0, and θ enters it there or nearby."""
    try:
        g = problem.gradient(problem.x0)
        away = np.random.default_rng(0).standard_normal(problem.dimension)
        near = problem.x0 + 0.1 * (1 + np.abs(problem.x0)) * away
        crosses = [problem.cross(x) for x in (problem.x0, near)]
    except PolyratesError:
        raise
    except Exception as error:
        refuse_type(
            "loss",
            described(
                f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            ),
            f"cannot be differentiated twice by {problem.framework}",
            f"use the functions of {problem.framework} alone, on x and theta themselves",
        )
    if not np.all(np.isfinite(g)):
        refuse_value("loss", g, "its gradient is not finite at x0", "start where it is smooth")
    if not any(np.any(cross != 0) for cross in crosses):
        refuse_value(
            "theta",
            problem.theta,
            "does not enter the gradient of the loss: ∂x* would be 0",
            "use theta in loss(x, theta)",
        )
