"""Heavy ball and Nesterov on their own interval: sums of functions that are largest at one end.

Both have P_t = w^t q_t(σ), q_t = 2m/(1+m) T_t + (1−m)/(1+m) U_t. Heavy ball: w = √m is constant and
σ is affine in λ, σ(ℓ) = 1, σ(L) = −1. Nesterov: w = sσ with s = 2m/(1+m), and
σ² = (1 − hλ)/(1 − hℓ) lies in [0, 1]; then σ^t q_t(σ) is a polynomial in y = σ².
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.chebyshev_facts import (
    FIRST_KIND,
    SECOND_KIND,
    SLOPE,
    T,
    U,
    largest,
    n,
    power,
    slope,
)
from polyrates.symbolic.derivations.classical import part_name
from polyrates.symbolic.derivations.notation import c, h, r, sigma, x
from polyrates.symbolic.proofs.derivation import Claim, Derivation, claim
from polyrates.symbolic.proofs.extremes import Fact, Largest
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step, told

__all__ = ["heavy_ball_proof", "heavy_ball_recurrence", "nesterov_proof", "nesterov_recurrence"]

_B = sympy.Symbol("b", positive=True)  # (1 − m)/(1 + m)
_SLOPE_OF_B = Range(_B, 0, 1)
_M = sympy.Symbol("m", positive=True)
_PROFILE = r"$q_{t} = (1 - b) T_{t} + b\, U_{t}$, $b = \frac{1 - m}{1 + m}$"
_PEAK = "Values that are log-concave in $t$ have one peak."


def profile(steps: sympy.Expr, at: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    """q_t(σ) = (1 − b) T_t(σ) + b U_t(σ)."""
    return (1 - b) * T(steps, at) + b * U(steps, at)


def profile_slope() -> sympy.Expr:
    """q_t′(x)."""
    return (1 - _B) * t * U(t - 1, x) + _B * slope(t)


def _end_slope() -> sympy.Expr:
    """q_t′(1)."""
    return (1 - _B) * t**2 + _B * t * (t + 1) * (t + 2) / 3


def heavy_ball_recurrence() -> tuple[Step, ...]:
    """P_t = r^t q_t(σ), r = √m, solves heavy ball's recurrence from its first step h/(1 + m)."""
    b = (1 - r**2) / (1 + r**2)
    eigenvalue = (1 + r**2 - 2 * r * sigma) / h
    return told(
        r"""
        $P_{1} = 1 - h\lambda/(1 + m)$, where $2 r \sigma = 1 + m - h\lambda$, $m = r^{2}$

        the recurrence $P_{t+1} = (1 + m - h\lambda) P_{t} - m P_{t-1}$
        """,
        Equality(r * profile(1, sigma, b), 1 - h * eigenvalue / (1 + r**2)),
        Equality(
            r ** (t + 1) * profile(t + 1, sigma, b),
            (1 + r**2 - h * eigenvalue) * r**t * profile(t, sigma, b)
            - r**2 * r ** (t - 1) * profile(t - 1, sigma, b),
        ),
    )


def nesterov_recurrence() -> tuple[Step, ...]:
    """P_t = (sσ)^t q_t(σ), s = 2m/(1+m), solves Nesterov's recurrence, 4m(1−hλ)⁻¹ = (1+m)²σ⁻²."""
    b, s = (1 - _M) / (1 + _M), 2 * _M / (1 + _M)
    factor = 4 * _M * sigma**2 / (1 + _M) ** 2  # 1 − hλ
    return told(
        r"""
        $P_{1} = 1 - h\lambda$, where $(1 + m)^{2} (1 - h\lambda) = 4 m \sigma^{2}$

        the recurrence $P_{t+1} = (1 - h\lambda)((1 + m) P_{t} - m P_{t-1})$ over $(s\sigma)^{t-1}$,
        $s = 2m/(1 + m)$
        """,
        Equality(s * sigma * profile(1, sigma, b), factor),
        Equality(
            (s * sigma) ** 2 * profile(t + 1, sigma, b),
            (1 + _M) * factor * s * sigma * profile(t, sigma, b)
            - _M * factor * profile(t - 1, sigma, b),
        ),
    )


def _rises_and_falls(values: sympy.Expr, why: str, *over: Range) -> Nonnegative:
    """values(t)² ≥ values(t − 1) values(t + 1), by the coefficients of the difference."""
    product = values.subs(t, t - 1) * values.subs(t, t + 1)
    over = (_SLOPE_OF_B, *over, Range(t, 1))
    return Nonnegative(values**2, product, why, over, ((sympy.expand(values**2 - product),),))


def heavy_ball_proof(
    part: str, hypotheses: tuple[Claim, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P|, |P′| (at both ends) and |P − λP′| (at λ = L) of heavy ball on its own interval."""
    premises, found = _heavy_ball_parts(part)
    recurrence = heavy_ball_recurrence()
    return Derivation(
        f"Heavy ball, {part_name(part)}",
        tuple(claim(step) for step in (*recurrence, *found)),
        (
            r"$h\ell = (1 - \sqrt{m})^{2}$ and $hL = (1 + \sqrt{m})^{2}$, $0 < m < 1$, "
            "first step $h/(1 + m)$",
            r"$r = \sqrt{m}$; $x = -\sigma$ runs over $[-1, 1]$, and $x = 1$ is $\lambda = L$",
            _PROFILE,
            *(("$t \\ge 1$",) if part == "initial" else ()),
            *hypotheses,
        ),
        (*recurrence, *premises, *found),
        ("polyak", "curse"),
        (_PEAK,),
        value,
    )


def _heavy_ball_parts(part: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What the maximum rests on; the maximum and the shape of the values in t."""
    if part == "residual":
        return _value_parts(r**t, sympy.Integer(1))
    width = h / (2 * r)
    slopes = ((t, 1 - _B, Fact(SECOND_KIND, ((n, t - 1),))), (_B, Fact(SLOPE, ((n, t),))))
    if part != "initial":
        bridge = Equality(
            sympy.Derivative((1 + r**2 + 2 * r * x) / h, x),
            1 / width,
            r"so $P_{t}' = \frac{h}{2r} r^{t} q_{t}'$ up to its sign",
        )
        top = Largest(
            largest(width * r**t * profile_slope()),
            width * r**t * _end_slope(),
            r"$q_{t}' = (1 - b) t U_{t-1} + b\, U_{t}'$, both terms largest at $x = 1$",
            (Range(t, 0, integer=True), _SLOPE_OF_B),
            products=tuple((width, r**t, *each) for each in slopes),
        )
        shape = _rises_and_falls(_end_slope(), "the values are log-concave in $t$")
        return (FIRST_KIND, SECOND_KIND, SLOPE), (bridge, top, shape)
    eigenvalue = (1 + r**2 + 2 * r * x) / h
    bridge = Equality(
        eigenvalue / sympy.Derivative(eigenvalue, x),
        x + (r + 1 / r) / 2,
        r"$\lambda P' = (x + c)\, dP/dx$, $c = (r + 1/r)/2 = (L + \ell)/(L - \ell)$",
    )
    numerator = (1 + c) * _end_slope() - 1 - _B * t
    parts = (
        (t - 1, 1 - _B, Fact(FIRST_KIND, ((n, t),))),
        (t, 1 - _B, Fact(SECOND_KIND, ((n, t - 2),))),
        (_B, t - 1, Fact(SECOND_KIND, ((n, t),))),
        (_B, Fact(SLOPE, ((n, t - 1),))),
        *((c, *each) for each in slopes),
    )
    top = Largest(
        largest(r**t * ((x + c) * profile_slope() - profile(t, x, _B))),
        r**t * numerator,
        r"as $x T_{t}' - T_{t} = (t - 1) T_{t} + t U_{t-2}$ and $x U_{t}' - U_{t} = "
        r"(t - 1) U_{t} + U_{t-1}'$: every term is largest at $x = 1$ and positive there",
        (Range(t, 1, integer=True), _SLOPE_OF_B, Range(c, 1)),
        products=tuple((r**t, *each) for each in parts),
    )
    shape = _rises_and_falls(numerator, "the values are log-concave in $t$", Range(c, 1))
    return (FIRST_KIND, SECOND_KIND, SLOPE), (bridge, top, shape)


def _value_parts(
    scale: sympy.Expr, factor: sympy.Expr | Fact, *more: Step
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """max |scale · factor · q_t| = scale (1 + bt)."""
    function = sympy.Integer(1) if not isinstance(factor, Fact) else x**t
    top = Largest(
        largest(scale * function * profile(t, x, _B)),
        scale * (1 + _B * t),
        r"$T_{t}$ and $U_{t}$ are largest at $x = 1$, with the values 1 and $t + 1$",
        (Range(t, 0, integer=True), _SLOPE_OF_B),
        products=(
            (scale, factor, 1 - _B, Fact(FIRST_KIND, ((n, t),))),
            (scale, factor, _B, Fact(SECOND_KIND, ((n, t),))),
        ),
    )
    shape = _rises_and_falls(1 + _B * t, "the values are log-concave in $t$")
    return (FIRST_KIND, SECOND_KIND, *more), (top, shape)


def nesterov_proof(
    part: str, hypotheses: tuple[Claim, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P| and |P′| of Nesterov's method, both at λ = ℓ."""
    recurrence = nesterov_recurrence()
    premises, found = _nesterov_parts(part)
    return Derivation(
        f"Nesterov's method, {part_name(part)}",
        tuple(claim(step) for step in (*recurrence, *found)),
        (
            r"$(1 + m)^{2} (1 - h\ell) = 4 m$ and $hL \le 1$, $0 < m \le 1$ (the tuned method)",
            r"$s = 2m/(1 + m)$, and $x = \sigma$, $x^{2} = (1 - h\lambda)/(1 - h\ell)$: "
            r"$x = 1$ is $\lambda = \ell$",
            _PROFILE,
            *(("$t \\ge 2$ (the step for $t = 1$ apart)",) if part != "residual" else ()),
            *hypotheses,
        ),
        (*recurrence, *premises, *found),
        ("nesterov", "curse"),
        (_PEAK,),
        value,
    )


def _nesterov_parts(part: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    s, k = sympy.Symbol("s", positive=True), sympy.Symbol("k", integer=True)
    powers = power(k)
    if part == "residual":
        return _value_parts(s**t, Fact(powers, ((k, t),)), powers)
    low = Fact(powers, ((k, t - 2),))
    values = t * (1 + _B * t) + _end_slope()
    whole = (s * x) ** t * profile(t, x, _B)
    split = s**t / 2 * x ** (t - 2) * ((1 - _B) * t * U(t, x) + _B * (t * U(t, x) + x * slope(t)))
    bridge = Equality(
        sympy.Derivative(whole, x) / (2 * x),
        split,
        r"$dP_{t}/dy$, $y = x^{2} = (1 - h\lambda)/(1 - h\ell)$, as $T_{t} + x U_{t-1} = U_{t}$; "
        r"$P_{t}'$ is $h/(1 - h\ell)$ times it",
    )
    y = sympy.Symbol("y", positive=True)
    at_one = Equality(
        sympy.Derivative(s * sympy.sqrt(y) * profile(1, sympy.sqrt(y), _B), y),
        s / 2 * values.subs(t, 1),
        "the same at $t = 1$, where it is constant",
    )
    top = Largest(
        largest(split),
        s**t / 2 * values,
        r"every term is largest at $x = 1$",
        (Range(t, 2, integer=True), _SLOPE_OF_B),
        products=(
            (s**t / 2, low, 1 - _B, t, Fact(SECOND_KIND, ((n, t),))),
            (s**t / 2, low, _B, t, Fact(SECOND_KIND, ((n, t),))),
            (s**t / 2, low, _B, x, Fact(SLOPE, ((n, t),))),
        ),
    )
    shape = _rises_and_falls(values, "the values are log-concave in $t$")
    return (FIRST_KIND, SECOND_KIND, SLOPE, powers), (bridge, top, at_one, shape)
