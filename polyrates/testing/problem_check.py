"""check_problem: gradient, Hessian-vector products and cross derivative, held together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from polyrates.ground.arrays import Array, to_numpy
from polyrates.ground.errors import PolyratesError
from polyrates.problems.quadratic import Problem


@dataclass(frozen=True)
class Checked:
    """What was checked of a problem, and what could not be; ``str`` gives a line each."""

    held: tuple[str, ...]
    open: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(
            [
                *(f"holds: {each}" for each in self.held),
                *(f"not checked: {each}" for each in self.open),
            ]
        )


class _Fault(Exception):
    """What is wrong, before the subject is put in front."""


def check_problem(problem: Problem, x0: object, seed: int = 0) -> Checked:
    """Hold a user's problem to what the package takes for granted.

    Shapes and finite values; two calls that agree; hvp linear, symmetric, and the derivative of
    the gradient (central differences); ∂_θ∇f against differences in θ where the problem knows θ, or
    ∇²f(x*)∂x* + ∂_θ∇f(x*) = 0 where it knows x* and ∂x*, else its shape alone, which is said.

    Parameters
    ----------
    problem : gradient(x) (d,), hvp(x, v) (d,), cross(x) (d,) or (d, p)
    x0 : array (d,)
        Where.
    seed : int

    Returns
    -------
    Checked

    Raises
    ------
    AssertionError
        With what is wrong and how large it is.
    """
    subject = f"check_problem({type(problem).__name__})"
    try:
        return _check(problem, np.asarray(to_numpy(x0), dtype=float), np.random.default_rng(seed))
    except (_Fault, PolyratesError) as fault:
        raise AssertionError(f"{subject}: {fault}") from None


def _check(problem: Problem, x: Array, rng: np.random.Generator) -> Checked:
    if x.ndim != 1:
        raise _Fault(f"x0 has shape {x.shape}, not (d,)")
    held: list[str] = []
    left: list[str] = []
    g, precision = _call(problem, "gradient", x)
    _shape("gradient(x)", g, x.shape)
    v = rng.standard_normal(len(x))
    Hv = _call(problem, "hvp", x, v)[0]
    _shape("hvp(x, v)", Hv, x.shape)
    B = _call(problem, "cross", x)[0]
    if B.shape != x.shape and (B.ndim != 2 or len(B) != len(x)):
        raise _Fault(f"cross(x) has shape {B.shape}, not (d,) or (d, p) with d = {len(x)}")
    held.append("shapes, finite values, and two calls that agree")
    _linear(problem, x, rng, precision)
    _symmetric(problem, x, rng, precision)
    held.append("hvp is linear and symmetric")
    _derivative(problem, x, v, Hv, precision)
    held.append("hvp is the derivative of the gradient")
    if B.ndim == 2 and B.shape[1] > 0:
        _block(problem, x, B, precision)
        held.append("hvp of a block is hvp of its columns")
    (held if _cross_is_known(problem, B, precision) else left).append(
        "cross is the derivative of the gradient in θ"
    )
    if left:
        left[-1] += ": neither θ nor x* and ∂x* are known to the problem, its shape alone was seen"
    return Checked(tuple(held), tuple(left))


def _call(problem: Problem, name: str, *arguments: Array) -> tuple[Array, float]:
    """The value as floats, and the unit of rounding of what was returned."""
    given = [getattr(problem, name)(*(each.copy() for each in arguments)) for _ in range(2)]
    first, second = (np.asarray(to_numpy(each)) for each in given)
    if first.dtype.kind != "f":
        raise _Fault(f"{name} returns {first.dtype}, not floats")
    if not np.all(np.isfinite(first)):
        raise _Fault(f"{name} returns NaN or infinity at a finite point")
    if not np.array_equal(first, second):
        raise _Fault(
            f"{name} gives two different results for the same input: it is not deterministic"
        )
    unit = float(np.finfo(first.dtype).eps)
    return np.asarray(first, dtype=float), unit


def _shape(label: str, value: Array, shape: tuple[int, ...]) -> None:
    if value.shape != shape:
        raise _Fault(f"{label} has shape {value.shape}, not {shape}")


def _hvp(problem: Problem, x: Array, v: Array) -> Array:
    return np.asarray(to_numpy(problem.hvp(x, v)), dtype=float)


def _linear(problem: Problem, x: Array, rng: np.random.Generator, unit: float) -> None:
    u, v = rng.standard_normal((2, len(x)))
    both = _hvp(problem, x, 2 * u - 3 * v)
    apart = 2 * _hvp(problem, x, u) - 3 * _hvp(problem, x, v)
    size = float(np.linalg.norm(both) + np.linalg.norm(apart))
    worst = float(np.linalg.norm(both - apart))
    if worst > 1e3 * unit * len(x) * size:
        raise _Fault(f"hvp is not linear in v: off by {worst / size:.3g}")


def _symmetric(problem: Problem, x: Array, rng: np.random.Generator, unit: float) -> None:
    for _ in range(3):
        u, v = rng.standard_normal((2, len(x)))
        Hu, Hv = _hvp(problem, x, u), _hvp(problem, x, v)
        left, right = float(u @ Hv), float(v @ Hu)
        size = float(
            np.linalg.norm(u) * np.linalg.norm(Hv) + np.linalg.norm(v) * np.linalg.norm(Hu)
        )
        if abs(left - right) > 1e3 * unit * len(x) * size:
            raise _Fault(
                f"hvp is not symmetric: uᵀHv = {left:.9g}, vᵀHu = {right:.9g}; "
                "for a fixed point v − Av give a symmetric A, or the normal equations"
            )


def _derivative(problem: Problem, x: Array, v: Array, Hv: Array, unit: float) -> None:
    """Central differences at two lengths, extrapolated: the error is of the order of h⁴."""
    length = max(float(np.linalg.norm(x)), 1.0) / float(np.linalg.norm(v))

    def quotient(h: float) -> Array:
        ahead, behind = (
            np.asarray(to_numpy(problem.gradient(x + s * h * v)), dtype=float) for s in (1, -1)
        )
        return cast(Array, (ahead - behind) / (2 * h))

    best, size = np.inf, float(np.linalg.norm(Hv))
    reach = float(np.linalg.norm(np.asarray(to_numpy(problem.gradient(x)), dtype=float))) / length
    for exponent in (0.2, 0.33, 0.5):  # the best length depends on the third derivative
        h = length * unit**exponent
        finite = (4 * quotient(h / 2) - quotient(h)) / 3
        best = min(best, float(np.linalg.norm(finite - Hv)))
    if not best <= unit**0.4 * (size + reach):
        raise _Fault(
            f"hvp is not the derivative of the gradient: off by {best:.3g} where ‖Hv‖ = {size:.3g}"
        )


def _block(problem: Problem, x: Array, B: Array, unit: float) -> None:
    whole = _hvp(problem, x, B)
    if whole.shape != B.shape:
        raise _Fault(f"hvp of a block of shape {B.shape} has shape {whole.shape}")
    columns = np.stack([_hvp(problem, x, column) for column in B.T], axis=1)
    size = float(np.linalg.norm(columns))
    if float(np.linalg.norm(whole - columns)) > 1e3 * unit * len(x) * size:
        raise _Fault("hvp of a block is not hvp of its columns")


def _cross_is_known(problem: Problem, B: Array, unit: float) -> bool:
    solution = getattr(problem, "solution", None)
    jacobian = getattr(problem, "solution_jacobian", None)
    if solution is None or jacobian is None:
        return False
    at, J = (np.asarray(to_numpy(each), dtype=float) for each in (solution, jacobian))
    g = np.asarray(to_numpy(problem.gradient(at)), dtype=float)
    cross = np.asarray(to_numpy(problem.cross(at)), dtype=float)
    _shape("solution", at, (len(B),))
    _shape("solution_jacobian", J, B.shape)
    product = _hvp(problem, at, J)
    residual = float(np.linalg.norm(product + cross))
    size = float(np.linalg.norm(product) + np.linalg.norm(cross))
    start = float(np.linalg.norm(_hvp(problem, at, at))) + float(np.linalg.norm(cross))
    if float(np.linalg.norm(g)) > unit**0.4 * max(start, float(np.finfo(float).tiny)):
        raise _Fault(f"the gradient at solution is {float(np.linalg.norm(g)):.3g}, not 0")
    if residual > unit**0.4 * size:
        raise _Fault(
            f"∇²f(x*)∂x* + ∂_θ∇f(x*) is {residual / size:.3g} of its terms, not 0: cross or "
            "solution_jacobian is wrong"
        )
    return True
