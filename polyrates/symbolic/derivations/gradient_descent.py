"""Gradient descent, P_t = (1 − hλ)^t, any step: end points decide, √2/L is the threshold.

With u = hλ, P′ = −ht(1 − u)^{t−1} and P − λP′ = φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u). The squares
of all three fall for u ≤ 1 and rise for u ≥ 1.
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import h, u
from polyrates.symbolic.proofs.derivation import Claim, Derivation, claim
from polyrates.symbolic.proofs.extremes import EndPoints, MaxAbs
from polyrates.symbolic.proofs.steps import Equality, Falling, Nonnegative, Range, Step, told

__all__ = ["flat_step", "gradient_descent_proof"]

_SOURCES = ("curse",)
_A, _B = sympy.symbols("a b", nonnegative=True)
_POWER = (1 - h * lam) ** t


def phi(steps: sympy.Expr, at: sympy.Expr) -> sympy.Expr:
    """φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u)."""
    return (1 - at) ** (steps - 1) * (1 + (steps - 1) * at)


def gradient_descent_proof(
    part: str, hypotheses: tuple[Claim, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """The end-point theorem for one part."""
    builder = {"residual": _residual, "initial": _initial}.get(part, _drift)
    title, steps = builder()
    given = (
        r"$h > 0$; $u = h\lambda$ runs from $a = h\ell$ to $b = hL$, or over a part of this "
        "interval with both ends",
        "$t \\ge 1$" if part == "residual" else "$t \\ge 2$: at $t = 1$ the part is constant",
    )
    stated = tuple(claim(step) for step in steps)
    return Derivation(title, stated, (*given, *hypotheses), steps, _SOURCES, value=value)


def _ends(
    function: sympy.Expr, first: int, weight: tuple[sympy.Expr, ...], root: sympy.Expr
) -> EndPoints:
    """max over a ≤ u ≤ b of |f|, where f f′ = (u − 1) Π weight root²."""
    ends = (sympy.Abs(function.subs(u, each)) for each in (_A, _B))
    over = (Range(_A, 0), Range(_B, _A), Range(u, _A, _B), Range(t, first, integer=True))
    left = MaxAbs(function, u, _A, _B)
    return EndPoints(left, sympy.Max(*ends), "", over, turn=1, weight=weight, root=root)


def _residual() -> tuple[str, tuple[Step, ...]]:
    P = sympy.Function("P")(lam)
    steps = told(
        r"""
        one step multiplies the error by $1 - h\lambda$, so $P_{t} = (1 - h\lambda)^{t}$

        its square falls until $u = 1$ and rises from there: the end points decide
        """,
        Equality(P - h * (lam * P), (1 - h * lam) * P),
        _ends((1 - u) ** t, 1, (t,), (1 - u) ** (t - 1)),
    )
    return "Gradient descent, residual part", steps


def _drift() -> tuple[str, tuple[Step, ...]]:
    steps = told(
        r"""
        the derivative of the residual polynomial

        its square falls until $u = 1$ and rises from there: the end points decide

        so $t \rho^{t-1}$ is log-concave in $t$: one peak, at $\lceil \rho/(1 - \rho) \rceil$, where
        $\rho = \max(\left|1 - h\ell\right|, \left|1 - hL\right|)$
        """,
        Equality(sympy.Derivative(_POWER, lam), -h * t * (1 - h * lam) ** (t - 1)),
        _ends(h * t * (1 - u) ** (t - 1), 2, (h**2, t**2, t - 1), (1 - u) ** (t - 2)),
        Nonnegative(t**2, (t - 1) * (t + 1), over=(Range(t, 1),), terms=((sympy.Integer(1),),)),
    )
    return "Gradient descent, drift", steps


def _initial() -> tuple[str, tuple[Step, ...]]:
    weight = (t, t - 1, u, 1 + (t - 1) * u)
    steps = told(
        r"""
        with $P_{t} = (1 - h\lambda)^{t}$ and $u = h\lambda$

        its square falls until $u = 1$ and rises from there: the end points decide

        the values are log-concave in $t$ at each end: one peak, and one crossing of 1 after it

        for $u = 1 + v$, $v = u - 1 \ge 0$, the modulus rises from $t$ to $t + 1$ exactly when this
        is positive: until $t^{\star} = \lceil 2(u - 1)/(u(2 - u)) \rceil$
        """,
        Equality(_POWER - lam * sympy.Derivative(_POWER, lam), phi(t, h * lam)),
        _ends(phi(t, u), 2, weight, (1 - u) ** (t - 2)),
        Nonnegative(
            (1 + t * u) ** 2,
            (1 + (t - 1) * u) * (1 + (t + 1) * u),
            over=(Range(t, 1), Range(u, 0)),
            terms=((u**2,),),
        ),
        Equality((u - 1) * (1 + t * u) - (1 + (t - 1) * u), 2 * (u - 1) - t * u * (2 - u)),
    )
    return "Gradient descent, initial part", steps


def flat_step() -> Derivation:
    """The largest step without burn-in: hL ≤ √2 if and only if |φ_t| ≤ 1 on [0, L] for every t."""
    root = sympy.sqrt(2)
    over = (Range(u, 0, root), Range(t, 2, integer=True))
    left = MaxAbs(phi(t, u), u, 0, root)
    last = (root - 1) ** (t - 1) * (1 + (t - 1) * root)
    steps = told(
        r"""
        with $P_{t} = (1 - h\lambda)^{t}$ and $u = h\lambda$

        on $0 \le u \le \sqrt{2}$ the end points decide: the modulus at 0 is 1

        and at $\sqrt{2}$ it falls with $t$, from 1 at $t = 1$: so $\left|\varphi_{t}\right| \le 1$
        for every $t$ and every $hL \le \sqrt{2}$

        while at $t = 2$ the modulus is $u^{2} - 1$: above 1 for every $u > \sqrt{2}$
        """,
        Equality(_POWER - lam * sympy.Derivative(_POWER, lam), phi(t, h * lam)),
        EndPoints(
            left,
            sympy.Max(1, sympy.Abs(phi(t, root))),
            "",
            over,
            turn=sympy.Integer(1),
            weight=(t, t - 1, u, 1 + (t - 1) * u),
            root=(1 - u) ** (t - 2),
        ),
        Falling(
            last,
            sympy.Integer(1),
            over=(Range(t, 1, integer=True),),
            terms=(((root - 1) ** (t - 1), 2 * (root - 1), t - 1),),
            index=t,
        ),
        Nonnegative(
            -phi(2, u), sympy.Integer(1), over=(Range(u, root),), terms=((u - root, u + root),)
        ),
    )
    return Derivation(
        "The flat step",
        tuple(claim(step) for step in steps),
        ("$h > 0$", r"$u = h\lambda$"),
        steps,
        _SOURCES,
        (
            r"Together: $\sup_{t} \max_{0 \le \lambda \le L} \left|P_{t} - \lambda P_{t}'\right| "
            r"\le 1 \iff h L \le \sqrt{2}$.",
        ),
    )
