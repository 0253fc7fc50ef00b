"""One step of a method in state-space form, and the one place where points are combined.

With the state s = (s_1, …, s_n) and g = ∇f(Σ_i c_i s_i),

    s_i⁺ = Σ_j A_ij s_j − b_i g,    output x = Σ_i o_i s_i⁺,

c the query, A the mixing, b the gain, o the output; c, o and every row of A sum to one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import sympy
from scipy.linalg import blas

from polyrates.ground.arrays import Tree, map_leaves
from polyrates.ground.errors import refuse_type
from polyrates.ground.typeset import aligned

__all__ = [
    "Scalar",
    "Transition",
    "advance",
    "combine",
    "dot",
    "momentum_step",
    "output_row",
    "transition_latex",
]

Scalar: TypeAlias = Any
"""A scalar of whatever a method runs on: a float, a ball, an element of a field, a symbol."""

S = TypeVar("S")  # scalars of a carrier
P = TypeVar("P")  # points of a carrier


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One step; the plain integers 0 and 1 may stand for the scalars' own.

    Attributes
    ----------
    query : (n,)
        c, the point at which the gradient is taken.
    mixing : (n, n)
        A, what each point of the next state is made of.
    gain : (n,)
        b, how much of the gradient each loses, in units of 1/λ.
    output : (n,)
        o, the iterate read off the next state.
    """

    query: tuple[S | int, ...]
    mixing: tuple[tuple[S | int, ...], ...]
    gain: tuple[S | int, ...]
    output: tuple[S | int, ...]


def momentum_step(step: S, momentum: S | int, lookahead: S | int = 0) -> Transition[S]:
    """x⁺ = x + m(x − x₋) − h∇f(x + n(x − x₋)) on the state (x, x₋)."""
    return Transition(
        _with_momentum(lookahead), (_with_momentum(momentum), _FIRST), (step, 0), _FIRST
    )


_FIRST = (1, 0)


def _with_momentum(m: Scalar) -> tuple[Scalar, Scalar]:
    """(1 + m, −m)."""
    return _FIRST if isinstance(m, int) and m == 0 else (m + 1, -m)


def dot(left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    """Σ a_i b_i of scalars; plain zeros cost nothing."""
    total: Scalar = 0
    for a, b in zip(left, right, strict=True):
        if (type(a) is int and a == 0) or (type(b) is int and b == 0):
            continue
        term = b if type(a) is int and a == 1 else a * b
        total = term if type(total) is int and total == 0 else total + term
    return total


def output_row(step: Transition[Scalar]) -> tuple[tuple[Scalar, ...], Scalar]:
    """(oᵀA, oᵀb): the iterate after the step is oᵀA s − oᵀb g, read from the state before it."""
    columns = range(len(step.gain))
    row = tuple(dot(step.output, [points[j] for points in step.mixing]) for j in columns)
    return row, dot(step.output, step.gain)


_SMALL = 512
"""Entries up to which numpy's operators cost less than a call of BLAS."""

_AXPY = {np.dtype(np.float64): blas.daxpy, np.dtype(np.float32): blas.saxpy}


def combine(coefficients: Sequence[Scalar], points: Sequence[P]) -> P:
    """Σ_i c_i p_i: the one place where points are combined.

    Zero coefficients cost nothing, a single coefficient of one returns the point itself, and
    containers whose ``+`` concatenates are refused. Points are never written to.
    """
    if len(coefficients) == 1 and type(coefficients[0]) is int and coefficients[0] == 1:
        return points[0]
    if type(points[0]) is Tree:
        whole: Scalar = map_leaves(lambda *leaves: combine(coefficients, leaves), *points)
        return whole  # type: ignore[no-any-return]
    terms: list[tuple[Scalar, Scalar]] = [
        term
        for term in zip(coefficients, points, strict=True)
        if type(term[0]) is not int or term[0] != 0
    ]
    if len(terms) > 1 and type(terms[0][1]) is np.ndarray and terms[0][1].size > _SMALL:
        total = _sum_of_arrays(terms)
        if total is not None:
            return total  # type: ignore[no-any-return]
    torch = sys.modules.get("torch")
    tensors = torch is not None and bool(terms) and isinstance(terms[0][1], torch.Tensor)
    total, own = None, False
    for coefficient, point in terms:
        if type(point) is not np.ndarray and _concatenates(point):
            refuse_type(
                "point",
                point,
                "a plain container is not a vector: its + concatenates",
                "give a numpy, JAX or torch array",
            )
        one = type(coefficient) is int and coefficient == 1
        if total is None:
            total, own = (point, False) if one else (point * coefficient, True)
        elif tensors:
            total, own = _plus_tensor(total, coefficient, point, own), True
        else:
            total = total + point if one else total + point * coefficient
    return total  # type: ignore[no-any-return]


def _plus_tensor(total: Scalar, coefficient: Scalar, point: Scalar, own: bool) -> Scalar:
    """total + c p in one kernel of torch's, not two, in the memory of a sum that is our own."""
    torch = sys.modules["torch"]
    plain = type(coefficient) in (int, float) and isinstance(point, torch.Tensor)
    if not plain or not point.is_floating_point():
        return total + point * coefficient
    if own and total.dtype == point.dtype and total.shape == point.shape:
        try:
            return total.add_(point, alpha=coefficient)
        except RuntimeError:  # under torch.func.vmap, where one of the two is a batch
            pass
    return torch.add(total, point, alpha=coefficient)


def _concatenates(point: object) -> bool:
    return isinstance(point, (list, tuple, str, bytes)) or type(point) is dict


def _sum_of_arrays(terms: list[tuple[Scalar, Scalar]]) -> Scalar:
    """The same sum in memory of its own, by BLAS' y ← ax + y, or None where that does not apply.

    One pass over memory a term, where numpy's operators make two and a copy.
    """
    (coefficient, first), (scale, second) = terms[:2]
    shape, dtype = first.shape, first.dtype
    starts_with_one = type(coefficient) is int and coefficient == 1
    if len(terms) == 2 and starts_with_one and type(second) is np.ndarray:  # a gradient step
        if second.dtype != dtype or second.shape != shape or type(scale) is not float:
            return None
        total = second * scale
        total += first
        return total
    axpy = _AXPY.get(dtype)
    if axpy is None or not shape or not first.size:
        return None
    for factor, point in terms:
        if (
            (type(factor) is not float and type(factor) is not int)
            or type(point) is not np.ndarray
            or point.dtype != dtype
            or point.shape != shape
            or not point.flags.c_contiguous
        ):
            return None
    total = first.copy() if starts_with_one else first * coefficient
    for factor, point in terms[1:]:
        axpy(point.reshape(-1), total.reshape(-1), a=factor)
    return total


def advance(
    transition: Transition[Scalar], state: tuple[P, ...], gradient: Callable[[P], P]
) -> tuple[P, ...]:
    """One step: the gradient at the query, then every point of the next state."""
    at = combine(transition.query, state)
    slope = gradient(at)
    # a row that mixes what the query mixed starts from the query itself (x⁺ = y − h∇f(y))
    return tuple(
        combine((1, _negated(gain)), (at, slope))
        if all(map(_same, row, transition.query))
        else combine((*row, _negated(gain)), (*state, slope))
        for row, gain in zip(transition.mixing, transition.gain, strict=True)
    )


def _same(left: Scalar, right: Scalar) -> bool:
    """Whether two coefficients are known to be equal; what == means on the others is not asked."""
    return left is right or (
        type(left) in (int, float) and type(right) in (int, float) and left == right
    )


def _negated(gain: Scalar) -> Scalar:
    return gain if type(gain) is int and gain == 0 else -gain


def transition_latex(step: Transition[Scalar]) -> str:
    """One step with numbers as coefficients: query, every point of the next state, output."""
    points = [sympy.Symbol(f"s_{i + 1}") for i in range(len(step.gain))]
    slope = sympy.Symbol("g")

    def mixed(row: Sequence[Scalar]) -> sympy.Expr:
        return sympy.Add(*(sympy.sympify(a) * s for a, s in zip(row, points, strict=True)))

    rows = [("q", mixed(step.query)), ("g", sympy.Symbol(r"\nabla f{\left(q\right)}"))]
    for i, (row, gain) in enumerate(zip(step.mixing, step.gain, strict=True)):
        rows.append((f"s^{{+}}_{{{i + 1}}}", mixed(row) - sympy.sympify(gain) * slope))
    read = mixed(step.output)
    rows.append(("x", read.subs({s: sympy.Symbol(f"s_{i + 1}^+") for i, s in enumerate(points)})))
    return aligned(rows)
