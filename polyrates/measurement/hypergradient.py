r"""Hypergradients with a bound: d/dθ g(x*(θ), θ) = ∇g(x*)ᵀ∂x* + ∂_θg(x*), and rows vᵀ∂x*.

At the point x̂ that products lead to (:mod:`polyrates.execution.jacobian_bound`), with A = ∇²f(x̂),
B = ∂_θ∇f(x̂), v = ∇g(x̂), conjugate gradients give w ≈ A⁻¹v and Z ≈ A⁻¹B with residuals s_v, s_B.
Then

    vᵀA⁻¹B = wᵀB + s_vᵀZ + s_vᵀA⁻¹s_B,    |s_vᵀA⁻¹s_B| ≤ ‖s_v‖_{A⁻¹}‖s_B‖_{A⁻¹},

two energy norms that Gauss and Radau's rule bounds: the error is a product of two small numbers,
not of ‖v‖ and a norm of the whole Jacobian's error. With many parameters the solves for Z can be
left out: then Z = 0, ‖B‖_{A⁻¹} ≤ ‖B‖_F/√ℓ, and the error is that of the dual's solve alone, of
first order in it, for k products whatever p is. What separates x̂ from x* adds
‖A⁻¹v‖(M‖∂x*‖ + N)ε, and (K‖∂x*‖ + K_θ)ε for an outer loss whose gradients are K- and
K_θ-Lipschitz in x. A value from elsewhere is compared with this one.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from polyrates.execution.inverse_norm import InverseNorms, Probe
from polyrates.execution.jacobian_bound import Place, products_at
from polyrates.execution.krylov import Operator
from polyrates.execution.preconditioner import Preconditioner, bracket
from polyrates.execution.trajectory import Trajectory
from polyrates.ground.arrays import Array, euclidean, library, to_numpy
from polyrates.ground.cards import safe_html
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating, nonnegative, positive
from polyrates.ground.outward import at_most
from polyrates.measurement.certify import Certified, Status
from polyrates.measurement.held import Held, flat_jacobian, held
from polyrates.measurement.outer import Outer, outer_gradients
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem

__all__ = ["Hypergradient", "certify_vjp", "hypergradient"]


class Planned(Protocol):
    """What ``pr.plan`` returns."""

    def differentiate(self, problem: Problem, x0: object, /) -> Trajectory:
        """The run that the plan chose."""
        ...


@dataclass(frozen=True, eq=False)
class Hypergradient:
    """A hypergradient and how wrong it is at most.

    Attributes
    ----------
    value : float, or array (p,)
    bound : float
        ‖value − d/dθ g(x*(θ), θ)‖ at most.
    status : "certified" or "predicted"
    products : int
        Hessian-vector products spent on it, a block of them counted once.
    missing : tuple of str
        What was measured, where it is only predicted.
    """

    value: float | Array
    bound: float
    status: Status
    products: int
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        about = "" if self.status == "certified" else "about "
        # every digit of an array: eight would be further away than the bound says
        value = np.array2string(
            np.asarray(self.value), formatter={"float_kind": lambda x: repr(float(x))}
        )
        text = f"{value} ± {about}{at_most(self.bound, 3)}"
        text += f" ({self.status}, {self.products} products)"
        if self.missing:
            text += f"; measured, so without guarantee: {', '.join(self.missing)}"
        return text

    def _repr_html_(self) -> str:
        return safe_html(self, lambda: f"<p>{html.escape(str(self))}</p>")


@dataclass(frozen=True)
class _Row:
    """vᵀ∂x* ≈ value, within ``solve`` at the place itself and ``place`` between it and x*."""

    value: Array
    solve: float
    place: float
    jacobian: float
    products: int
    missing: tuple[str, ...]


def _times(first: float, second: float) -> float:
    """The product of a bound and a bound: 0·∞ is 0, since what an infinite one bounds is finite."""
    return 0.0 if 0.0 in (first, second) else first * second


def _columns(B: Array) -> Array:
    return B[:, None] if B.ndim == 1 else B


def _row(given: Held, place: Place, v: Array) -> _Row:
    """The dual estimate of vᵀ∂x*, shape (p,), and its two errors."""
    problem, known = given.problem, given.known
    operator = products_at(problem, place.x, place.about)
    ell = None if place.measured else place.ell
    B = _columns(np.asarray(to_numpy(problem.cross(place.x)), dtype=float))
    steps, pre = given.steps, given.preconditioner
    dual = bracket(operator, v, steps, ell, place.about, pre)
    Z, sizes, energies = _columns_solved(given, place, operator, B)
    rest = v - (operator(dual.solution) if np.any(dual.solution) and np.any(Z) else 0 * v)
    value = -(dual.solution @ B + rest @ Z)
    about = Probe(place.about.size, max(place.about.unit, operator.unit))
    slip = _rounding(about, dual, B, Z)
    missing = ["ell"] if place.measured else []
    M, N = known.hessian_lipschitz, known.mixed_lipschitz
    size = float(euclidean(sizes))
    if M is None or N is None:
        missing.append("hessian_lipschitz and mixed_lipschitz")
        M, N = 0.0, _change(problem, place, Z if np.any(Z) else B / place.ell)
    closeness = M * place.distance / place.ell
    if closeness < 1:
        jacobian = (size + N * place.distance / place.ell) / (1 - closeness)
        moved = dual.upper * (M * jacobian + N) * place.distance
    else:
        jacobian = moved = np.inf
    solve = _times(dual.energy, float(euclidean(energies))) + slip
    spent = operator.products
    return _Row(value, solve, float(moved), float(jacobian), spent, tuple(missing))


def _columns_solved(
    given: Held, place: Place, operator: Operator, B: Array
) -> tuple[Array, Array, Array]:
    """Z ≈ A⁻¹B, what bounds the norms of A⁻¹B's columns, and the energies of the residuals."""
    if not given.columns:
        lengths = np.linalg.norm(B, axis=0) * (1 + 1e-12)
        return np.zeros(B.shape), lengths / place.ell, lengths / np.sqrt(place.ell)
    ell = None if place.measured else place.ell
    solves = [
        bracket(operator, column, given.steps, ell, place.about, given.preconditioner)
        for column in B.T
    ]
    Z = np.stack([each.solution for each in solves], axis=1)
    upper = np.array([each.upper for each in solves])
    return Z, upper, np.array([each.energy for each in solves])


def _rounding(about: Probe, dual: InverseNorms, B: Array, solution: Array) -> float:
    """What rounding in the products and sums can change the value by."""
    length, right = float(euclidean(dual.solution)), float(euclidean(B))
    Z = float(np.linalg.norm(solution))
    sums = 16 * about.unit * math.sqrt(len(B)) * length * (right + about.size * Z)
    return about.slip(length * Z) + sums


def _change(problem: Problem, place: Place, Z: Array) -> float:
    """What M‖J‖ + N seems to be between the place and one a step away."""
    step = place.moved
    if not np.any(step):
        step = np.random.default_rng(2).standard_normal(len(place.x))
        step *= place.distance / float(euclidean(step))
    size = float(euclidean(step))
    if size == 0.0:
        return 0.0
    near = place.x + step
    change = [
        np.asarray(to_numpy(problem.hvp(near, z)), dtype=float)
        - np.asarray(to_numpy(problem.hvp(place.x, z)), dtype=float)
        for z in -Z.T
    ]
    cross = (
        _columns(np.asarray(to_numpy(problem.cross(at)), dtype=float)) for at in (near, place.x)
    )
    ahead, here = cross
    return float(euclidean(np.stack(change, axis=1) + ahead - here)) / size


def certify_vjp(
    problem: Problem,
    x: object,
    v: object,
    vjp: object,
    ell: object = None,
    constants: Constants | None = None,
    products: int = 8,
    preconditioner: Preconditioner | None = None,
) -> Certified:
    """Enclose ‖vjp − vᵀ∂x*‖ for a row from anywhere, a reverse-mode derivative for instance.

    Parameters
    ----------
    problem, x, ell, constants, products, preconditioner
        As for :func:`polyrates.measurement.certify.certify`.
    v : array (d,)
    vjp : number or array (p,)
        The estimate of vᵀ∂x*.

    Returns
    -------
    Certified
        ``terms`` are the distance to the dual estimate at the place the products lead to, and all
        that this estimate may be wrong by.
    """
    given = held(problem, x, ell, constants, products, preconditioner)
    weight = flat_jacobian(v, given.at, "v")
    row = np.atleast_1d(np.asarray(to_numpy(vjp) if library(vjp) else vjp, dtype=float))
    if row.shape != (given.parameters,) or not np.all(np.isfinite(row)):
        refuse_value("vjp", vjp, f"must be {given.parameters} finite numbers, one a parameter")
    place = given.locate()
    found = _row(given, place, weight)
    apart = float(euclidean(row - found.value))
    slack = (found.solve + found.place) * (1 + 64 * 2.0**-53)
    least = float(euclidean(found.value)) - slack
    return Certified(
        apart * (1 + 64 * 2.0**-53) + slack,
        max(apart * (1 - 64 * 2.0**-53) - slack, 0.0),
        (apart + slack) / least if least > 0 else np.inf,
        "predicted" if found.missing else "certified",
        (apart, slack),
        place.products + found.products,
        found.missing,
        of="the row w for vᵀ∂x*",
    )


def hypergradient(
    problem: Problem,
    outer: object,
    x: object,
    J: object = None,
    *,
    ell: object = None,
    constants: Constants | None = None,
    plan: Planned | None = None,
    outer_lipschitz: object = None,
    until: object = None,
    columns: bool = True,
    products: int = 8,
    preconditioner: Preconditioner | None = None,
) -> Hypergradient:
    """d/dθ g(x*(θ), θ) with a bound, from x near x*.

    Parameters
    ----------
    problem, x, ell, constants, products, preconditioner
        As for :func:`polyrates.measurement.certify.certify`.
    outer : callable (x, theta) -> scalar of JAX or torch, or a pair of callables
        g; or its gradients (∇_x g, ∂_θ g) as functions of (x, theta). θ is ``problem.theta`` where
        the problem has it, else None.
        One loss is differentiated in the framework of the problem and in 64 bits where it allows
        that; gradients that are, or were on the way, of fewer bits make the result "predicted",
        since what the sums in them have rounded depends on their length.
    J : array (d,) or (d, p), optional
        An estimate of ∂x*: the value is then ∇g(x)ᵀJ + ∂_θg(x), as its users form it, and the
        bound speaks of that. None solves the adjoint equation, and the value is the best that the
        products give.
    plan : Plan, optional
        Instead of J: ``plan.differentiate(problem, x)`` is run from x, and its last iterate and
        estimate are what the bound speaks of.
    outer_lipschitz : number, or a pair of numbers ≥ 0, optional
        K and K_θ, the Lipschitz constants of ∇_x g and ∂_θ g in x (one number: of both together,
        K_θ = 0). None measures them, and the result is "predicted".
    until : number > 0, optional
        The bound wanted: ``products`` is doubled, and nothing else, until it is met or a doubling
        gains less than a tenth. All attempts together cost at most twice the last, and all count.

    columns : bool
        Whether A⁻¹∂_θ∇f is solved for too, ``products`` a parameter: False leaves that out, which
        pays with many parameters.

    Returns
    -------
    Hypergradient
        With ``until``: see ``bound`` for whether it was met.
    """
    if plan is not None:
        if J is not None:
            refuse_value("plan", plan, "J is given already", "give one of them")
        run = plan.differentiate(problem, x)
        x, J = run.iterates[-1], run.jacobians[-1]
    goal = None if until is None else floating(positive(until, "until"), "until")
    given = held(problem, x, ell, constants, products, preconditioner, columns)
    gradients = outer_gradients(outer, problem, given.at, given.parameters)
    estimate = None if J is None else _columns(flat_jacobian(J, given.cross, "J"))
    found = _hypergradient(given, gradients, estimate, outer_lipschitz)
    if goal is None:
        return found
    spent = found.products
    while not found.bound <= goal and given.steps < len(given.at):
        given = replace(given, steps=2 * given.steps)
        better = _hypergradient(given, gradients, estimate, outer_lipschitz)
        spent += better.products
        gained = better.bound <= 0.9 * found.bound
        found = min(better, found, key=lambda each: each.bound)
        if not gained:
            break
    return replace(found, products=spent)


def _hypergradient(
    given: Held, gradients: Outer, estimate: Array | None, outer_lipschitz: object
) -> Hypergradient:
    at, cross = given.at, given.cross
    place = given.locate()
    v, direct = gradients(place.x)
    found = _row(given, place, v)
    best = found.value + direct
    missing = list(found.missing)
    K, K_theta = _lipschitz(outer_lipschitz, gradients, place, missing)
    turned = _times(_times(K, found.jacobian) + K_theta, place.distance)
    slack = found.solve + found.place + turned
    # rounding of the outer gradients and of the last sum
    at_place = float(euclidean(place.x))
    slopes = _times(float(euclidean(v)) + K * at_place, found.jacobian)
    slopes += float(euclidean(direct)) + K_theta * at_place
    if estimate is None:
        value, apart = best, 0.0
    else:
        own, more = gradients(at)
        value = own @ estimate + more
        apart = float(euclidean(value - best))
    slack += 8 * gradients.unit * math.sqrt(len(at)) * (slopes + float(euclidean(best)))
    if gradients.single:
        missing.append("the rounding of the outer gradients, which are not in 64 bits")
    return Hypergradient(
        float(value[0]) if cross.ndim == 1 else value,
        float((apart + slack) * (1 + 64 * 2.0**-53)),
        "predicted" if missing else "certified",
        place.products + found.products,
        tuple(missing),
    )


def _lipschitz(
    given: object, gradients: Outer, place: Place, missing: list[str]
) -> tuple[float, float]:
    if given is not None:
        pair = given if isinstance(given, (tuple, list)) else (given, 0)
        if len(pair) != 2:
            refuse_value("outer_lipschitz", given, "must be a number or a pair (K, K_θ)")
        K, K_theta = (floating(nonnegative(each, "outer_lipschitz")) for each in pair)
        return K, K_theta
    missing.append("outer_lipschitz")
    step = place.moved if np.any(place.moved) else np.full(len(place.x), place.distance)
    size = float(euclidean(step))
    if size == 0.0:
        return 0.0, 0.0
    (v, direct), (near, other) = gradients(place.x), gradients(place.x + step)
    return float(euclidean(near - v)) / size, float(euclidean(other - direct)) / size
