"""The majorant as the method itself, run on one scalar.

Where every response of a method attains its maximum modulus over [ℓ, L] at λ = ℓ with a value ≥ 0
(*condition K*), the Volterra bound is the same method run on

    gradient ℓu − Mu²/2,   tangent gradient (ℓ − Mu)v − cu,   u_0 = ‖e_0‖, v_0 = ‖E_0‖.

It holds for gradient descent with h ≤ 2/(L + ℓ), Chebyshev's method, and the tuned heavy ball and
Nesterov: in T_k(−m(λ)) all their responses have coefficients ≥ 0, products of such series have too,
and a series with coefficients ≥ 0 is largest, and ≥ 0, at −m(λ) = 1, which is λ = ℓ.

*Floats.* A run in floats whose every step adds a little more than it can have lost by rounding is
the same recursion with something ≥ 0 added, which the kernels, all ≥ 0 at ℓ, carry on with a
positive sign. So the floats bound the exact run from above.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy

from polyrates.analysis.volterra import Sizes
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall, Nesterov
from polyrates.core.recurrence import Jet, Method, orbit
from polyrates.ground.numbers import Number, floating, is_exact, is_symbolic, sign
from polyrates.numeric.suprema.balls import UNIT
from polyrates.symbolic.ring import domain_of

__all__ = ["condition_k", "exact_run", "float_run"]


def condition_k(method: Method, ell: Number, L: Number) -> str | bool:
    """Whether condition K is proved; a string is the hypothesis on symbols under which it is."""
    if type(method) is GradientDescent:
        return _gradient_descent(method, ell, L)
    tuned = _TUNED.get(type(method))
    if tuned is None or (sign(ell) == 0 and type(method) is not Chebyshev):
        return False
    return _same(method, tuned(ell, L))


def _gradient_descent(method: GradientDescent, ell: Number, L: Number) -> str | bool:
    step = method.step
    if is_symbolic(step) or is_symbolic(L) or is_symbolic(ell):
        room = sign(sympy.expand(2 - step * (L + ell)))
        return f"{step}*({L} + {ell}) <= 2" if room is None else room >= 0
    if _same(method, GradientDescent.large(ell, L)):
        return True
    return sign(2 - _exactly(step) * (_exactly(L) + _exactly(ell))) != -1


def _exactly(value: Number) -> sympy.Expr:
    """A float as the dyadic rational that it is."""
    return sympy.Rational(*value.as_integer_ratio()) if isinstance(value, float) else value


def _same(method: Method, other: Method) -> bool:
    if method == other:
        return True
    pairs = list(zip(method.parameters, other.parameters, strict=True))
    if not all(is_exact(a) and is_exact(b) for a, b in pairs):
        return False
    return all(sympy.simplify(a - b) == 0 for a, b in pairs)


_TUNED: dict[type[Method], Callable[[Number, Number], Method]] = {
    Chebyshev: Chebyshev,
    HeavyBall: HeavyBall.tuned,
    Nesterov: Nesterov.tuned,
}


@dataclass(frozen=True)
class _ExactScalar:
    """The scalar and its tangent in an exact field."""

    domain: object
    ell: object
    M: object
    c: object
    start: Jet[object]

    def number(self, value: Number) -> object:
        """A coefficient as an element of the field."""
        return self.domain.from_sympy(value)  # type: ignore[attr-defined]

    def gradient(self, point: Jet[object]) -> Jet[object]:
        """(ℓu − Mu²/2, (ℓ − Mu)v − cu)."""
        u, v = point.value, point.tangent
        pull = self.M * u  # type: ignore[operator]
        two = self.number(sympy.Integer(2))
        return Jet((self.ell - pull / two) * u, (self.ell - pull) * v - self.c * u)  # type: ignore[operator]


def exact_run(
    method: Method, ell: Number, sizes: tuple[Number, Number, Number, Number], steps: int
) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """(u_t, v_t), t = 0, …, steps, for exact M, c, ‖e_0‖, ‖E_0‖ in ``sizes``."""
    domain = domain_of([*method.parameters, ell, *sizes])
    e, *rest = (domain.from_sympy(value) for value in (ell, *sizes))
    M, c, distance, residual = rest
    carrier = _ExactScalar(domain, e, M, c, Jet(distance, residual))
    return [
        (domain.to_sympy(jet.value), domain.to_sympy(jet.tangent))
        for jet in orbit(method, carrier, steps)
    ]


def float_run(
    method: Method, interval: tuple[float, float], sizes: Sizes, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """u and v, t = 0, …, steps, not below the exact run of the tuned method on [ℓ, L]."""
    ell = interval[0]
    h, m, n, relative = _momentum_form(method, interval, steps)
    M, c, distance = sizes.hessian_lipschitz, sizes.cross_lipschitz, sizes.distance
    top = max(h, default=0.0)
    loss = 8 * UNIT + 2 * relative
    along = 4 * UNIT + loss * top * (ell + 2 * M * distance)
    jump, cross = loss * (1 + top * (ell + 2 * M * distance)), loss * top * c
    x = before = distance
    v = tangent_before = sizes.residual
    iterates, tangents, farthest = [x], [v], x
    for step, momentum, ahead in zip(h, m, n, strict=True):
        moved, turned = momentum * (x - before), momentum * (v - tangent_before)
        y, w = (x + moved, v + turned) if ahead else (x, v)
        farthest = y if y > farthest else farthest
        pull = M * y
        before, tangent_before = x, v
        size, change = abs(moved), abs(turned)
        v += turned - step * ((ell - pull) * w - c * y)
        v += along * tangent_before + jump * change + cross * (x + size) + _TINY
        x += moved - step * ((ell - pull / 2) * y) + (along * x + jump * size + _TINY)
        iterates.append(x)
        tangents.append(v)
    u, errors = np.array(iterates), np.array(tangents)
    good = farthest <= 1.5 * distance + (steps + 2) ** 2 * _TINY and bool(np.all(np.isfinite(u)))
    if not good:  # outside of what the rounding was reckoned for
        return np.full(steps + 1, np.inf), np.full(steps + 1, np.inf)
    return u, np.where(np.isfinite(errors), errors, np.inf)


_TINY = 5e-323  # more than the roundings of a step near the smallest floats


def _momentum_form(
    method: Method, interval: tuple[float, float], steps: int
) -> tuple[list[float], list[float], list[bool], float]:
    """h_t, m_t, whether the query looks ahead, and a bound of the relative error of h and m."""
    if isinstance(method, Chebyshev):
        return _chebyshev_form(interval, steps)
    first, *rest = (floating(value) for value in method.parameters)
    if not rest:
        return [first] * steps, [0.0] * steps, [False] * steps, 4 * UNIT
    momentum, *own = rest
    h = [*own, *[first] * steps][:steps]
    return h, [momentum] * steps, [not own] * steps, 32 * UNIT


def _chebyshev_form(
    interval: tuple[float, float], steps: int
) -> tuple[list[float], list[float], list[bool], float]:
    """h_n = 4q_{n+1}/(L − ℓ), m_n = q_nq_{n+1}, q_{n+1} = ξ(1 + ξ^{2n})/(1 + ξ^{2n+2}).

    In extended precision, where the machine has it: a relative error of δ in ξ is one of at most
    2δ/(e log(1/ξ)) in 1 + ξ^{2n}; the running product of ξ² adds a rounding a step, no more than δ.
    """
    ell, L = (np.longdouble(end) for end in interval)
    root = (np.sqrt(L) + np.sqrt(ell)) ** 2
    xi = (L - ell) / root
    powers = np.full(steps + 2, xi * xi)  # its running product: powers by themselves take longer
    powers[0] = 1
    powers = np.multiply.accumulate(powers)
    q = xi * (1 + powers[:-1]) / (1 + powers[1:])  # q[n] is q_{n+1}; q[0] belongs to T_0/T_1
    h = 4 * q / (L - ell)
    h[0] = 2 / (L + ell)
    unit = float(np.finfo(np.longdouble).eps)
    spread = 2 * math.sqrt(interval[0] / interval[1])  # ≤ log(1/ξ)
    relative = 4 * UNIT + unit * (64 + 64 / spread if spread > 0 else 64 + 64.0 * steps)
    momenta = np.concatenate([[0], q[:-1] * q[1:]])
    return (
        h[:steps].astype(float).tolist(),
        momenta[:steps].astype(float).tolist(),
        [False] * steps,
        relative,
    )
