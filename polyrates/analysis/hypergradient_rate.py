r"""Hypergradients of quadratics: how wrong ∇g(x_t)ᵀJ_t + ∂_θg(x_t) is at worst, and where.

Let the inner problem be quadratic with H∂H = ∂HH, and the outer loss g be quadratic in x with
Hessian W. With e = x_t − x* = P_t(H)e_0, the Jacobian's error y = J_t − ∂x* = R(H)E + C(H)D,
v = ∇g(x*) and G = W∂x* + ∂_θ∇g, the rate at which v turns along the path of solutions,

    error = vᵀy + Gᵀe + eᵀWy,                                                              (1)

exactly. Over all ‖v‖ ≤ w, ‖G‖ ≤ γ, ‖W‖ ≤ K, ‖e_0‖ ≤ ρ, ‖E‖ ≤ a, ‖D‖ ≤ d the supremum is

    wY + γX + KXY,    X = ρ max|P_t|,    Y the joint worst case of (R, C) at (a, d),           (2)

because a symmetric W can send e to any vector of length ‖W‖‖e‖ (a reflection), and e_0 can stand on
another eigenvalue than E and D; it is approached as the share of e_0 beside D goes to 0, and
attained where K = γ = 0.

*Super-efficiency.* (1) is of first order in the errors through w and γ alone. Where the outer
gradient is small, and stays small along the path, what is left is KXY: with implicit
differentiation y = −H⁻¹∂He is itself of the size of e, so the error of the hypergradient is of
second order in the iterate's, |eᵀWH⁻¹∂He| ≤ (K/ℓ)‖∂H‖‖e‖², whatever is spent on J. If g is the
inner objective itself, W = H, v = G = 0 and ∂_θW = ∂H adds ½eᵀ∂He:

    error = e_0ᵀ[λP R](H)E + e_0ᵀ[λP C + ½P²](H)D,                                            (3)

which is the pair (R, C) of ½λP², a value whose derivative it is when R = P, C = P′, and −½P² alone
for an exact implicit solve (Ablin, Peyré, Moreau, *Super-efficiency of automatic differentiation
for functions defined as a minimum*, ICML 2020).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from polyrates.analysis.attained import worst_case_problem
from polyrates.analysis.rate_part import RatePart
from polyrates.analysis.worst_case import enclose, worst_case
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import as_spectrum
from polyrates.ground.numbers import Number, floating, is_exact, nonnegative
from polyrates.ground.outward import at_most
from polyrates.numeric.ring import ValueRing
from polyrates.problems.quadratic import Quadratic
from polyrates.problems.sizes import joint_sizes

__all__ = ["HypergradientRate", "hypergradient_rate", "worst_hypergradient_problem"]

Array = np.ndarray
Gradient = Callable[[Array, object], Array]


@dataclass(frozen=True)
class HypergradientRate:
    """The supremum of the hypergradient's error at t, exact, or a float that is an upper bound.

    Attributes
    ----------
    value : number
        wY + γX + KXY.
    gradient, turning, curvature : numbers
        Its three parts; the last is of second order.
    iterate : number
        X, of ‖x_t − x*‖.
    jacobian : number
        Y, of ‖J_t − ∂x*‖.
    """

    value: Number
    gradient: Number
    turning: Number
    curvature: Number
    iterate: Number
    jacobian: Number

    def __str__(self) -> str:
        parts = (self.value, self.gradient, self.turning, self.curvature)
        total, *three = (at_most(each) for each in parts)
        return (
            f"at most {total} = {three[0]} (outer gradient) + {three[1]} (its turning) + "
            f"{three[2]} (second order)"
        )


def _outer(**given: object) -> list[Number]:
    """The sizes of the outer loss and ‖x_0 − x*‖, in the order they are given."""
    return [nonnegative(value, name) for name, value in given.items()]


def hypergradient_rate(
    method: Method,
    spectrum: object,
    t: int,
    estimator: Estimator | None = None,
    *,
    gradient: object,
    residual: object,
    drift: object,
    distance: object = 0,
    curvature: object = 0,
    turning: object = 0,
) -> HypergradientRate:
    """The worst error of ∇g(x_t)ᵀJ_t + ∂_θg(x_t) over all problems of these sizes.

    Parameters
    ----------
    method, spectrum, t, estimator
        As for :func:`polyrates.analysis.rate.rate`.
    gradient : number ≥ 0
        w = ‖∇g(x*)‖, the size of the outer gradient.
    residual, drift : numbers ≥ 0
        ‖E‖ and ‖D‖, as in ``rate.worst_case``.
    distance : number ≥ 0
        ‖x_0 − x*‖; needed where ``curvature`` or ``turning`` is not 0.
    curvature : number ≥ 0
        K = ‖∇²g‖₂. 0 is a linear outer loss.
    turning : number ≥ 0
        γ = ‖∇²g ∂x* + ∂_θ∇g‖.

    Returns
    -------
    HypergradientRate

    Examples
    --------
    >>> import polyrates as pr
    >>> far = dict(residual=1, drift=1, distance=1, curvature=1)
    >>> for w in (1, 0):
    ...     for t in (40, 80):
    ...         found = pr.hypergradient_rate(
    ...             pr.Chebyshev(1, 100), pr.Interval(1, 100), t, pr.Implicit(), gradient=w, **far
    ...         )
    ...         print(w, t, f"{float(found.value):.1e}")
    1 40 6.5e-04
    1 80 2.1e-07
    0 40 4.3e-07
    0 80 4.6e-14
    """
    as_method(method)
    where = as_spectrum(spectrum)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    w, gamma, K, rho = _outer(
        gradient=gradient, turning=turning, curvature=curvature, distance=distance
    )
    Y = worst_case(method, where, chosen, t, residual=residual, drift=drift)
    X = rho * RatePart("residual", method, where, Unrolled())(check_steps(method, t, "t"))
    values: list[Number] = [w, gamma, K, X, Y]
    if not all(map(is_exact, values)):
        w, gamma, K, X, Y = (floating(each) for each in values)
    slip = 1 if is_exact(Y) else 1 + 8 * 2.0**-53
    parts: tuple[Number, Number, Number] = (w * Y * slip, gamma * X * slip, K * X * Y * slip)
    return HypergradientRate(sum(parts) * slip, *parts, X, Y)


def worst_hypergradient_problem(
    method: Method,
    spectrum: object,
    t: int,
    estimator: Estimator | None = None,
    *,
    gradient: object,
    residual: object,
    drift: object,
    distance: object = 0,
    curvature: object = 0,
    turning: object = 0,
) -> tuple[Quadratic, Array, Array, tuple[Gradient, Gradient]]:
    """The inner quadratic, x_0, ∂x_0 and the outer loss whose hypergradient is that wrong at t.

    The problem of :func:`polyrates.analysis.attained.worst_case_problem` with its x_0 scaled by
    1e-9 (and ∂H by 1e9), beside one more eigenvalue where |P_t| is largest and all of ‖x_0‖ stands;
    x* = 0, ∂x* = 0, so the hypergradient is 0, g = vᵀx + ½xᵀWx + θGᵀx at θ = 0, and what
    ``differentiate`` gives makes up the value of :func:`hypergradient_rate` to 1e-9. At distance 0
    g is linear, and x_0 keeps a length of at most 1e-9, without which there is no drift.

    Returns
    -------
    problem : Quadratic, x0 : array (d,), dx0 : array (d,), d = 2 or 3
    outer : (∇_x g, ∂_θ g), functions of (x, theta)
    """
    where = as_spectrum(spectrum)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    given = _outer(gradient=gradient, turning=turning, curvature=curvature, distance=distance)
    w, gamma, K, rho = map(floating, given)
    inner, x0, dx0 = worst_case_problem(method, where, t, chosen, residual=residual, drift=drift)
    if rho == 0:  # X = 0: nothing that ∇²g multiplies is left, and the worst g is linear
        gamma = K = 0.0
    beside = (rho if rho > 0 else 1.0) * 1e-9 / np.sqrt(len(x0))
    joint = joint_sizes({"residual": 1, "drift": 0})
    top = float(enclose(method, where, Unrolled(), t, joint).points[0])
    points = np.append(np.diag(inner.H), top)
    start = np.append(beside * x0, rho * np.sqrt(1 - 1e-18))
    D = np.append(np.diag(inner.dH) / beside, 0.0)
    zero = np.zeros(len(points))
    problem = Quadratic(np.diag(points), zero, np.diag(D), zero)
    E = np.append(dx0, 0.0)
    P = Unrolled().pair(method, t, ValueRing(points)).residual
    pair = chosen.pair(method, t, ValueRing(points))
    y = pair.residual * E + np.broadcast_to(pair.drift, points.shape) * (D * start)
    e = P * start
    v, G = w * _unit(y), gamma * _unit(e)
    W = K * _reflection(_unit(e), _unit(y))
    return problem, start, E, (lambda x, theta: v + W @ x, lambda x, theta: np.asarray(G @ x))


def _unit(vector: Array) -> Array:
    size = float(np.linalg.norm(vector))
    return vector / size if size > 0 else np.eye(len(vector))[0]


def _reflection(source: Array, target: Array) -> Array:
    """The symmetric orthogonal matrix that exchanges two unit vectors."""
    apart = source - target
    square = float(apart @ apart)
    identity = np.eye(len(source))
    return identity if square < 1e-30 else identity - 2 * np.outer(apart, apart) / square
