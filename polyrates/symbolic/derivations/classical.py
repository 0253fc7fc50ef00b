r"""Chebyshev and Gegenbauer methods: P, P′ and P − λP′ are all largest at λ = L.

With x = m(λ) = (2λ − L − ℓ)/(L − ℓ) and c = (L + ℓ)/(L − ℓ) ≥ 1, λ = ½(L − ℓ)(x + c), and
λ d/dλ = (x + c) d/dx. So P − λP′ is (C_t − (x + c)C_t′)(x) over C_t(−c), and

    (x + c)C_t′ − C_t = (t − 1)C_t + C_{t−1}′ + cC_t′     (α = 0: (t − 1)T_t + tU_{t−2} + ctU_{t−1})

is, for t ≥ 1 and α ≥ 0, a sum of polynomials each of which is largest in modulus on [−1, 1] at
x = 1. That is the whole proof.
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.chebyshev_facts import FIRST_KIND, SECOND_KIND, T, U, largest, n
from polyrates.symbolic.derivations.gegenbauer_facts import (
    DOWN,
    FIRST,
    GROWTH,
    LOG_CONVEX,
    PARITY,
    RELATIONS,
    SERIES,
    SLOPE,
    alpha,
    inverse,
    slope_at_one,
    y,
)
from polyrates.symbolic.derivations.gegenbauer_facts import n as n_
from polyrates.symbolic.derivations.notation import L, c, ell, x
from polyrates.symbolic.proofs.consequences import Consequence, Use
from polyrates.symbolic.proofs.derivation import Claim, Derivation, claim
from polyrates.symbolic.proofs.extremes import Fact, Largest
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step, told

__all__ = ["chebyshev_proof", "gegenbauer_proof", "part_name"]

_SETTING = (
    r"the support lies in $[\ell, L]$, the interval of the method, and contains $L$",
    r"$t \ge 1$ (at $t = 0$: $P = 1$, $P' = 0$)",
    r"$x = (2\lambda - L - \ell)/(L - \ell)$ runs over $[-1, 1]$, and $x = 1$ is $\lambda = L$; "
    r"$c = (L + \ell)/(L - \ell)$",
)
_XI = sympy.Symbol("xi", positive=True)
_SIZE = 2 / (_XI**t + _XI**-t)
_PLACE = (2 * lam - L - ell) / (L - ell)


def chebyshev_proof(
    part: str, hypotheses: tuple[Claim, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P|, |P′| or |P − λP′| for P_t = T_t(m(λ))/T_t(m(0))."""
    build = {"residual": _residual, "initial": _initial}.get(part, _drift)
    premises, bridge, top, numerators = build()
    denominators = told(
        r"""
        $T_{t}(c)$, the modulus of $T_{t}(-c)$, with $c = (\xi + 1/\xi)/2$

        these denominators are log-convex in $t$
        """,
        Equality(T(t, (_XI + 1 / _XI) / 2), (_XI**t + _XI**-t) / 2),
        Nonnegative(
            T(t - 1, c) * T(t + 1, c), T(t, c) ** 2, over=(Range(c, 1),), terms=((c - 1, c + 1),)
        ),
    )
    steps = (*premises, bridge, *denominators, top, *numerators)
    stated = tuple(claim(step) for step in (bridge, top, *denominators, *numerators))
    return Derivation(
        f"Chebyshev's method, {part_name(part)}",
        stated,
        (*_SETTING, *hypotheses),
        steps,
        ("flanders-shortley", "curse"),
        (r"Values with log-concave numerators and log-convex denominators have one peak.",),
        value,
    )


Parts = tuple[tuple[Step, ...], Step, Step, tuple[Step, ...]]


def _residual() -> Parts:
    degree = Range(t, 1, integer=True)
    top = Largest(
        largest(T(t, x) * _SIZE),
        _SIZE,
        r"so $P_{t}$ is largest at $\lambda = L$",
        (degree,),
        products=((_SIZE, Fact(FIRST_KIND, ((n, t),))),),
    )
    bridge = Equality(
        (L - ell) / 2 * (_PLACE + (L + ell) / (L - ell)),
        lam,
        r"$\lambda = \frac{1}{2} (L - \ell)(x + c)$: $P_{t} = T_{t}(x)/T_{t}(-c)$ is 1 at 0",
    )
    return (FIRST_KIND,), bridge, top, ()


def _drift() -> Parts:
    width = sympy.Symbol("w", positive=True)
    top = Largest(
        largest(width * t * U(t - 1, x) * _SIZE),
        width * t**2 * _SIZE,
        r"so $P_{t}'$ is largest at $\lambda = L$; $w = 2/(L - \ell)$",
        (Range(t, 1, integer=True),),
        products=((width, t, _SIZE, Fact(SECOND_KIND, ((n, t - 1),))),),
    )
    bridge = Equality(
        sympy.Derivative(T(t, _PLACE), lam),
        2 / (L - ell) * t * U(t - 1, _PLACE),
        r"$P_{t}' = w\, t\, U_{t-1}(x)/T_{t}(-c)$",
    )
    numerators = Nonnegative(
        t**4,
        (t - 1) ** 2 * (t + 1) ** 2,
        "the numerators are log-concave",
        (Range(t, 1),),
        ((2 * t**2 - 1,),),
    )
    return (FIRST_KIND, SECOND_KIND), bridge, top, (numerators,)


def _initial() -> Parts:
    a = 1 + c
    top = Largest(
        largest(((x + c) * t * U(t - 1, x) - T(t, x)) * _SIZE),
        (a * t**2 - 1) * _SIZE,
        r"as $T_{t}' = t U_{t-1}$ and $x U_{t-1} = T_{t} + U_{t-2}$: a sum of $(t-1) T_{t}$, "
        r"$t U_{t-2}$ and $c\, t\, U_{t-1}$, so $P_{t} - \lambda P_{t}'$ is largest at "
        r"$\lambda = L$",
        (Range(t, 1, integer=True), Range(c, 1)),
        products=(
            (_SIZE, t - 1, Fact(FIRST_KIND, ((n, t),))),
            (_SIZE, t, Fact(SECOND_KIND, ((n, t - 2),))),
            (_SIZE, t, c, Fact(SECOND_KIND, ((n, t - 1),))),
        ),
    )
    bridge = Equality(
        T(t, _PLACE) - lam * sympy.Derivative(T(t, _PLACE), lam),
        T(t, _PLACE) - (_PLACE + (L + ell) / (L - ell)) * t * U(t - 1, _PLACE),
        r"so $P_{t} - \lambda P_{t}' = (T_{t}(x) - (x + c) T_{t}'(x))/T_{t}(-c)$",
    )
    numerators = Nonnegative(
        (a * t**2 - 1) ** 2,
        (a * (t - 1) ** 2 - 1) * (a * (t + 1) ** 2 - 1),
        "the numerators are log-concave",
        (Range(c, 1), Range(t, 1)),
        ((a, a * (2 * t**2 - 1) + 2),),
    )
    return (FIRST_KIND, SECOND_KIND), bridge, top, (numerators,)


def gegenbauer_proof(
    part: str, hypotheses: tuple[Claim, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """The same for y_t = C_t^α/C_t^α(1), α > 0; t(t + 2α)/(2α + 1) replaces t²."""
    build = {"residual": _residual_of, "initial": _initial_of}.get(part, _drift_of)
    premises, bridge, top, numerators = build()
    modulus = Consequence(
        y(t, -c),
        (-1) ** t * y(t, c),
        r"$y_{t}(c)$ is the modulus of $y_{t}(-c)$",
        using=(Use(PARITY, where=((n_, t), (x, c))),),
    )
    denominators = (PARITY, modulus, SERIES, GROWTH, LOG_CONVEX)
    steps = tuple(dict.fromkeys((*denominators, *premises, bridge, top, *numerators)))
    stated = tuple(claim(each) for each in (bridge, top, modulus, SERIES, LOG_CONVEX, *numerators))
    return Derivation(
        f"Gegenbauer's method, {part_name(part)}",
        stated,
        (
            *_SETTING,
            r"$\alpha > 0$; $y_{n} = C_{n}^{(\alpha)}/C_{n}^{(\alpha)}(1)$: $y_{0} = 1$, "
            r"$y_{1} = x$, $(n + 2\alpha) y_{n+1} = 2 (n + \alpha) x y_{n} - n y_{n-1}$",
            *hypotheses,
        ),
        steps,
        ("dlmf", "curse"),
        (r"Values with log-concave numerators and log-convex denominators have one peak.",),
        value,
    )


def _residual_of() -> Parts:
    top = Largest(
        largest(y(t) / y(t, c)),
        1 / y(t, c),
        r"so $P_{t}$ is largest at $\lambda = L$",
        (_DEGREE, _ALPHA, _C),
        products=((inverse(t), Fact(FIRST, ((n_, t - 1),))),),
    )
    bridge = Equality(
        (L - ell) / 2 * (_PLACE + (L + ell) / (L - ell)),
        lam,
        r"$\lambda = \frac{1}{2} (L - \ell)(x + c)$: $P_{t} = y_{t}(x)/y_{t}(-c)$ is 1 at 0",
    )
    return (*RELATIONS, FIRST), bridge, top, ()


def _drift_of() -> Parts:
    width = sympy.Symbol("w", positive=True)
    top = Largest(
        largest(width * y(t, order=1) / y(t, c)),
        width * slope_at_one(t) / y(t, c),
        r"so $P_{t}'$ is largest at $\lambda = L$; $w = 2/(L - \ell)$",
        (_DEGREE, _ALPHA, _C),
        products=((width, inverse(t), Fact(SLOPE, ((n_, t),))),),
    )
    bridge = Equality(
        sympy.Derivative(y(t, _PLACE), lam),
        2 / (L - ell) * y(t, _PLACE, 1),
        r"$P_{t}' = w\, y_{t}'(x)/y_{t}(-c)$",
    )
    numerators = Nonnegative(
        slope_at_one(t) ** 2,
        slope_at_one(t - 1) * slope_at_one(t + 1),
        "the numerators are log-concave",
        (Range(t, 1), _ALPHA),
        ((_BENT,),),
    )
    return (*RELATIONS, FIRST, SLOPE), bridge, top, (numerators,)


def _initial_of() -> Parts:
    a = 1 + c
    top = Largest(
        largest(((x + c) * y(t, order=1) - y(t)) / y(t, c)),
        (a * slope_at_one(t) - 1) / y(t, c),
        r"so $P_{t} - \lambda P_{t}'$, a sum of $(t - 1) y_{t}$, $y_{t-1}'$ and $c\, y_{t}'$ with "
        r"factors $\ge 0$, is largest at $\lambda = L$",
        (_DEGREE, _ALPHA, _C),
        products=(
            (inverse(t), t - 1, Fact(FIRST, ((n_, t - 1),))),
            (inverse(t), t, 1 / (t - 1 + 2 * alpha), Fact(SLOPE, ((n_, t - 1),))),
            (inverse(t), c, Fact(SLOPE, ((n_, t),))),
        ),
        using=(Use(DOWN, 1 / y(t, c), where=((n_, t - 1),)),),
    )
    bridge = Equality(
        y(t, _PLACE) - lam * sympy.Derivative(y(t, _PLACE), lam),
        y(t, _PLACE) - (_PLACE + (L + ell) / (L - ell)) * y(t, _PLACE, 1),
        r"so $P_{t} - \lambda P_{t}' = (y_{t}(x) - (x + c) y_{t}'(x))/y_{t}(-c)$",
    )
    numerators = Nonnegative(
        (a * slope_at_one(t) - 1) ** 2,
        (a * slope_at_one(t - 1) - 1) * (a * slope_at_one(t + 1) - 1),
        "the numerators are log-concave",
        (_C, Range(t, 1), _ALPHA),
        ((a**2, _BENT), (2 * a, 1 / (2 * alpha + 1))),
    )
    return (*RELATIONS, FIRST, SLOPE), bridge, top, (numerators,)


_DEGREE, _ALPHA, _C = Range(t, 1, integer=True), Range(alpha, 0), Range(c, 1)
_BENT = (t**2 + (t + 2 * alpha) ** 2 - 1) / (2 * alpha + 1) ** 2


def part_name(part: str) -> str:
    """The part in words."""
    return {"residual": "residual part", "initial": "initial part"}.get(part, "drift")
