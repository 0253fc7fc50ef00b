"""Whose array is it: numpy's, JAX's or torch's, and trees of the latter two as one vector.

No framework is imported here: an array of JAX or torch exists only where its module is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from polyrates.ground.errors import InvalidArgument, refuse_type

__all__ = [
    "Library",
    "Tree",
    "euclidean",
    "flatten",
    "is_tree",
    "library",
    "map_leaves",
    "norm",
    "real_array",
    "to_numpy",
]

Library = Literal["numpy", "jax", "torch", "other"]

Rebuild = Callable[[list[Any]], Any]


def library(value: Any) -> Library | None:
    """Whose array ``value`` is; "other" for anything else with a shape, None for the rest."""
    if isinstance(value, (np.ndarray, np.generic)):
        return "numpy"
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(value, jax.Array):
        return "jax"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return "torch"
    return "other" if hasattr(value, "shape") and hasattr(value, "__mul__") else None


class Tree:
    """A tree of arrays as one vector: scalars multiply every leaf, sums are leaf by leaf."""

    __slots__ = ("leaves", "rebuild")

    def __init__(self, leaves: list[Any], rebuild: Rebuild) -> None:
        self.leaves = leaves
        self.rebuild = rebuild

    def __mul__(self, scalar: Any) -> Tree:
        return Tree([leaf * scalar for leaf in self.leaves], self.rebuild)

    def __add__(self, other: Tree) -> Tree:
        sums = [a + b for a, b in zip(self.leaves, other.leaves, strict=True)]
        return Tree(sums, self.rebuild)

    @property
    def value(self) -> Any:
        """The tree in the user's own containers."""
        return self.rebuild(self.leaves)


def is_tree(value: Any) -> bool:
    """Whether ``value`` is a container rather than an array or a number."""
    if isinstance(value, (list, tuple, dict)):
        return True
    return library(value) is None and _registered(value) is not None


def flatten(value: Any, name: str = "x0") -> Tree:
    """The leaves of a nested dict, list or tuple of JAX arrays, or of torch tensors.

    Where JAX is loaded its registered pytrees are trees too. Raises InvalidType for other leaves:
    on numbers and numpy arrays a plain container is a mistake more often than a vector.
    """
    leaves: list[Any] = []
    rebuild = _walk(value, leaves)
    kinds = {library(leaf) for leaf in leaves}
    if kinds not in ({"jax"}, {"torch"}):
        found = sorted({type(leaf).__name__ for leaf in leaves}) or ["nothing"]
        refuse_type(
            name,
            value,
            f"is a container of {', '.join(found)}: only trees of JAX arrays, or of "
            "torch tensors, are vectors",
            "give numpy.array(…), or make every leaf such an array",
        )
    return Tree(leaves, lambda given: rebuild(iter(given)))


def _registered(value: Any) -> Any:
    """JAX's (leaves, structure) of a registered pytree that is not itself a leaf."""
    jax = sys.modules.get("jax")
    if jax is None or value is None or isinstance(value, (str, bytes)):
        return None
    leaves, structure = jax.tree_util.tree_flatten(value)
    return None if len(leaves) == 1 and leaves[0] is value else (leaves, structure)


def _walk(value: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    if isinstance(value, dict):
        kind: Any = type(value)
        order = sorted(value, key=repr)  # any order will do that does not depend on insertion
        inner = {key: _walk(value[key], leaves) for key in order}
        keys = list(value)

        def again(given: Any) -> Any:
            built = {key: part(given) for key, part in inner.items()}
            return kind((key, built[key]) for key in keys)

        return again
    if isinstance(value, (list, tuple)):
        parts = [_walk(each, leaves) for each in value]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            named: Any = type(value)
            return lambda given: named(*[part(given) for part in parts])
        sequence: Any = list if isinstance(value, list) else tuple
        return lambda given: sequence(part(given) for part in parts)
    if value is None:  # an empty subtree, as in JAX: what was filtered out of a model
        return lambda given: None
    registered = None if library(value) is not None else _registered(value)
    if registered is not None:
        children, structure = registered
        parts = [_walk(child, leaves) for child in children]
        unflatten = sys.modules["jax"].tree_util.tree_unflatten
        return lambda given: unflatten(structure, [part(given) for part in parts])
    leaves.append(value)
    return lambda given: next(given)


def map_leaves(function: Callable[..., Any], *points: Any) -> Any:
    """``function`` on arrays, leaf by leaf on trees; a Tree, or the function's own answer."""
    if isinstance(points[0], Tree):
        rows = zip(*(point.leaves for point in points), strict=True)
        return Tree([function(*row) for row in rows], points[0].rebuild)
    return function(*points)


def to_numpy(value: Any) -> np.ndarray:
    """A concrete array of any library as a numpy array."""
    if library(value) == "torch":
        value = value.detach().cpu().resolve_conj().resolve_neg()
        if str(value.dtype) == "torch.bfloat16":
            value = value.float()
        return np.asarray(value.numpy())
    return np.asarray(value)


Array = npt.NDArray[Any]


def norm(array: Array | float) -> float:
    """The Euclidean (Frobenius) norm, in units of the largest entry: its squares stay floats."""
    flat = np.ravel(np.asarray(array, dtype=float))
    largest = float(np.max(np.abs(flat), initial=0.0))
    if not 0 < largest < np.inf:
        return largest
    return largest * float(np.linalg.norm(flat / largest))


def real_array(value: object, name: str) -> Array:
    """Real numbers as a numpy array of 64 bits, from an array of any library or nested lists.

    Truth values, complex numbers, dates and text are refused, where numpy would cast them: the
    imaginary part would be gone.
    """
    remedy = "give an array of real numbers"
    if isinstance(value, (str, bytes)) or value is None:
        refuse_type(name, value, "must be an array of numbers", remedy)
    try:
        array = to_numpy(value)
        if (
            array.dtype.kind not in "fiu"
            and array.dtype.kind != "O"
            and "bfloat" not in str(array.dtype)
        ):
            refuse_type(name, value, f"has dtype {array.dtype}, not real numbers", remedy)
        return np.asarray(array, dtype=float)
    except InvalidArgument:
        raise
    except (TypeError, ValueError, OverflowError):
        refuse_type(name, value, "must be an array of numbers", remedy)


def euclidean(v: Array) -> float:
    """‖v‖, in Frobenius norm for more dimensions, where the squares would leave the floats too."""
    top = float(np.max(np.abs(v), initial=0.0))
    if top == 0.0 or not np.isfinite(top):
        return top
    scale = 2.0 ** np.floor(np.log2(top))
    return float(scale * np.linalg.norm(v / scale))
