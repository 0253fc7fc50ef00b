"""Gradient descent, P_t = (1 − hλ)^t, any step: end points decide, √2/L is the threshold."""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import h, u, v
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import Comparison, Equality, Nonnegative, Range, Step

__all__ = ["flat_step", "gradient_descent_proof"]

_SOURCES = ("curse",)


def phi(steps: Any, at: Any) -> sympy.Expr:
    """φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u)."""
    return (1 - at) ** (steps - 1) * (1 + (steps - 1) * at)


def gradient_descent_proof(
    part: str, hypotheses: tuple[Any, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """The end-point theorem for one part."""
    builder = {"residual": _residual, "initial": _initial}.get(part, _drift)
    title, statement, steps = builder()
    shown = (statement,) if value is None else (statement, value)
    return Derivation(title, shown, ("$h > 0$", *hypotheses), steps, _SOURCES)


def _ends(function: sympy.Expr, why: str) -> Comparison:
    a, b = sympy.symbols("a b", nonnegative=True)
    ends = sympy.Max(sympy.Abs(function.subs(u, a)), sympy.Abs(function.subs(u, b)))
    over = (Range(t, 1, integer=True), Range(a, 0, 3), Range(b, a, 3), Range(u, a, b))
    return Comparison(sympy.Abs(function), ends, why, over)


def _residual() -> tuple[str, str, tuple[Step, ...]]:
    statement = (
        r"\max_{\lambda} \left|P_{t}\right| = \rho^{t}, \quad "
        r"\rho = \max\left(\left|1 - h\ell\right|, \left|1 - hL\right|\right)"
    )
    steps: tuple[Step, ...] = (
        Equality(
            ((1 - h * lam) ** (t + 1)),
            (1 - h * lam) * (1 - h * lam) ** t,
            r"one step multiplies by $1 - h\lambda$",
        ),
        _ends(
            (1 - u) ** t,
            r"$\left|1 - u\right|$ is convex in $u = h\lambda$, so it is largest at an end point "
            "of the hull, and so is its power",
        ),
    )
    return "Gradient descent, residual part", statement, steps


def _drift() -> tuple[str, str, tuple[Step, ...]]:
    statement = (
        r"\max_{\lambda} \left|P_{t}'\right| = h t \rho^{t - 1}, \quad "
        r"\rho = \max\left(\left|1 - h\ell\right|, \left|1 - hL\right|\right)"
    )
    steps: tuple[Step, ...] = (
        Equality(
            sympy.Derivative((1 - h * lam) ** t, lam),
            -h * t * (1 - h * lam) ** (t - 1),
            "the derivative of the residual polynomial",
        ),
        _ends(
            (1 - u) ** (t - 1),
            r"$\left|1 - u\right|$ is convex in $u = h\lambda$: the end points of the hull decide",
        ),
        Nonnegative(
            (t + 1) ** 2,
            t * (t + 2),
            r"so the ratio $\rho (t + 1)/t$ of successive values decreases: one peak, at "
            r"$\lceil \rho/(1 - \rho) \rceil$",
            (Range(t, 1),),
        ),
    )
    return "Gradient descent, drift", statement, steps


def _initial() -> tuple[str, str, tuple[Step, ...]]:
    function = sympy.Function("P")(lam)
    statement = (
        r"\max_{\lambda} \left|P_{t} - \lambda P_{t}'\right| = \max\left("
        r"\left|\varphi_{t}(h\ell)\right|, \left|\varphi_{t}(hL)\right|\right), \quad "
        r"\varphi_{t}(u) = (1 - u)^{t - 1}\left(1 + (t - 1) u\right)"
    )
    power = (1 - h * lam) ** t
    # for u = 1 + v the modulus of φ_t
    modulus = v ** (t - 1) * (1 + (t - 1) * (1 + v))
    steps: tuple[Step, ...] = (
        Equality(
            sympy.Derivative(function - lam * sympy.Derivative(function, lam), lam),
            -lam * sympy.Derivative(function, (lam, 2)),
            r"for every polynomial: interior extrema of $P - \lambda P'$ are zeros of $P''$",
        ),
        Equality(
            power - lam * sympy.Derivative(power, lam),
            phi(t, h * lam),
            r"with $P_{t} = (1 - h\lambda)^{t}$",
        ),
        Equality(
            sympy.Derivative(phi(t, u), u),
            -t * (t - 1) * u * (1 - u) ** (t - 2),
            r"no zero inside $0 < u < 1$ or beyond $u = 1$",
        ),
        Nonnegative(
            t * (t - 1) * u,
            0,
            r"so $\varphi_{t}$ falls from 1 to 0 on $0 \le u \le 1$, where $(1 - u)^{t-2} \ge 0$",
            (Range(t, 2), Range(u, 0)),
        ),
        Equality(
            sympy.Derivative(modulus, v),
            t * (t - 1) * (1 + v) * v ** (t - 2),
            r"and for $u = 1 + v$, $v \ge 0$, the modulus rises",
        ),
        _ends(
            phi(t, u),
            "a function that first falls and then rises is largest at an end point of its domain",
        ),
        Equality(
            phi(t + 1, u) - phi(t, u),
            -t * u**2 * (1 - u) ** (t - 1),
            r"on $0 \le u \le 1$ the values fall with $t$ from $\varphi_{1} = 1$: no burn-in there",
        ),
        Equality(
            v * (1 + t * (1 + v)) - (1 + (t - 1) * (1 + v)),
            2 * v - t * (1 + v) * (1 - v),
            r"for $u = 1 + v$ the modulus rises from $t$ to $t + 1$ exactly when this is positive: "
            r"until $t^{\star} = \lceil 2(u - 1)/(u(2 - u)) \rceil$",
        ),
        Equality(
            u * (2 - u) - 2 * (u - 1),
            2 - u**2,
            r"$t^{\star} \le 1$, no rise at all, exactly when $u^{2} \le 2$: "
            r"the flat step is $\sqrt{2}/L$",
        ),
        Nonnegative(
            (1 + t * u) ** 2,
            (1 + (t - 1) * u) * (1 + (t + 1) * u),
            "the values are log-concave in $t$: one peak, and one crossing of 1 after it",
            (Range(t, 1), Range(u, 0)),
        ),
    )
    return "Gradient descent, initial part", statement, steps


def flat_step() -> Derivation:
    """The largest step without burn-in: hL ≤ √2 if and only if |φ_t| ≤ 1 on [0, L] for every t."""
    root = sympy.sqrt(2)
    steps: tuple[Step, ...] = (
        Equality(
            phi(t + 1, u) - phi(t, u),
            -t * u**2 * (1 - u) ** (t - 1),
            r"on $0 \le u \le 1$ the values fall with $t$ and stay between 0 and 1",
        ),
        Equality(
            sympy.Abs(phi(2, 1 + v)),
            (1 + v) ** 2 - 1,
            r"at $t = 2$ and $u = 1 + v$ the modulus is $u^{2} - 1$: above 1 when $u^{2} > 2$, so "
            "no larger step is flat",
        ),
        Equality(
            v * (1 + t * (1 + v)) - (1 + (t - 1) * (1 + v)),
            2 * v - t * (1 + v) * (1 - v),
            "the modulus rises from $t$ to $t + 1$ exactly when this is positive",
        ),
        Equality(
            (2 * v - (1 + v) * (1 - v)).subs(v, u - 1),
            u**2 - 2,
            r"at $t = 1$ it is $u^{2} - 2$, and it falls with $t$: for $u^{2} \le 2$ never a rise",
        ),
        Equality(root * (2 - root) - 2 * (root - 1), 0, r"equality at $u = \sqrt{2}$"),
    )
    statement = (
        r"\sup_{t} \max_{0 \le \lambda \le L} \left|P_{t} - \lambda P_{t}'\right| \le 1 "
        r"\iff h L \le \sqrt{2}"
    )
    return Derivation("The flat step", (statement,), ("$h > 0$",), steps, _SOURCES)
