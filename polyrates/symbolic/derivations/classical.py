r"""Chebyshev and Gegenbauer methods: P, P′ and P − λP′ are all largest at λ = L.

With x = m(λ) = (2λ − L − ℓ)/(L − ℓ) and c = (L + ℓ)/(L − ℓ) ≥ 1, λ = ½(L − ℓ)(x + c), and
λ d/dλ = (x + c) d/dx. So P − λP′ is (C_t − (x + c)C_t′)(x) over C_t(−c), and

    (x + c)C_t′ − C_t = (t − 1)C_t + C_{t−1}′ + cC_t′     (α = 0: (t − 1)T_t + tU_{t−2} + ctU_{t−1})

is, for t ≥ 1 and α ≥ 0, a sum of polynomials each of which is largest in modulus on [−1, 1] at
x = 1. That is the whole proof.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.chebyshev_facts import FIRST_KIND, SECOND_KIND, T, U, largest, n
from polyrates.symbolic.derivations.notation import L, c, ell, x
from polyrates.symbolic.proofs.derivation import Claim, Derivation, argued, claim
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
    """The same for C_t^α, α ≥ 0; sums over t(t + 2α)/(2α + 1) replace t²."""
    ratio = r"\frac{t (t + 2 \alpha)}{2 \alpha + 1}"
    size = r"\frac{C_{t}^{(\alpha)}(1)}{C_{t}^{(\alpha)}(c)}"
    statement = {
        "residual": rf"\max_{{\lambda}} \left|P_{{t}}\right| = {size}",
        "initial": r"\max_{\lambda} \left|P_{t} - \lambda P_{t}'\right| = "
        rf"\left((1 + c) {ratio} - 1\right) {size}",
    }.get(part, rf"\max_{{\lambda}} \left|P_{{t}}'\right| = \frac{{2}}{{L - \ell}} {ratio} {size}")
    steps = _cosine_sum()
    if part != "residual":
        steps += _contiguous()
    made = argued(
        f"Gegenbauer's method, {part_name(part)}",
        (statement,),
        (
            *_SETTING,
            r"$\alpha > 0$; $(n + 1) C_{n+1} = 2 (n + \alpha) x C_{n} - (n + 2\alpha - 1) C_{n-1}$",
            *hypotheses,
        ),
        (*steps, *_log_convex()),
        ("dlmf", "curse"),
    )
    return replace(made, value=value)


_ALPHA, _N, _K = sympy.symbols("alpha n k", positive=True)
_C, _BEFORE, _DC, _DBEFORE = sympy.symbols("C_n C_{n-1} C_n' C_{n-1}'", real=True)


def _weight(k: sympy.Expr) -> sympy.Expr:
    """a_k = (α)_k/k!."""
    return sympy.gamma(_ALPHA + k) / (sympy.gamma(_ALPHA) * sympy.gamma(k + 1))


def _cosine_sum() -> tuple[Step, ...]:
    one, other = (_ALPHA + _K - 1) / _K, (_ALPHA + _N - _K) / (_N + 1 - _K)
    return told(
        r"""
        $C_{n}(\cos\theta) = \sum_{k \le n} a_{k} a_{n-k} \cos(n - 2k)\theta$ with $a_{k} =
        (\alpha)_{k}/k!$: the recurrence at $\cos(n + 1 - 2k)\theta$, over $a_{k-1} a_{n-k}$, where
        $a_{k}/a_{k-1} = (\alpha + k - 1)/k$

        and at its ends, $k = 0$ and $k = n + 1$. All $a_{k} > 0$, so $C_{n}$ is a sum of $T_{j}$
        with coefficients $\ge 0$: it and its derivative are largest in modulus at $x = 1$
        """,
        Equality((_N + 1) * one * other, (_N + _ALPHA) * (one + other) - (_N + 2 * _ALPHA - 1)),
        Equality((_N + 1) * _weight(_N + 1), (_N + _ALPHA) * _weight(_N)),
    )


def _contiguous() -> tuple[Step, ...]:
    after = (2 * (_N + _ALPHA) * x * _C - (_N + 2 * _ALPHA - 1) * _BEFORE) / (_N + 1)
    slope = (2 * (_N + _ALPHA) * (_C + x * _DC) - (_N + 2 * _ALPHA - 1) * _DBEFORE) / (_N + 1)
    known = (
        (_DBEFORE, x * _DC - _N * _C),
        (_BEFORE, (_DC - x * (x * _DC - _N * _C)) / (_N + 2 * _ALPHA - 1)),
    )
    growth = (_N - 1) * (_N - 1 + 2 * _ALPHA) / (2 * _ALPHA + 1)
    return told(
        r"""
        two relations, from $n$ to $n + 1$ by the recurrence and its derivative: with
        $C_{n-1}' = x C_{n}' - n C_{n}$ and $(n + 2\alpha - 1) C_{n-1} = C_{n}' - x C_{n-1}'$,

        and the other; both hold at $n = 1$, where $C_{0} = 1$ and $C_{1} = 2\alpha x$

        at $x = 1$ they add up to $C_{n}'(1) = \frac{n (n + 2\alpha)}{2\alpha + 1} C_{n}(1)$: the
        step from $n - 1$ to $n$, where $(n + 2\alpha - 1) C_{n-1}(1) = n C_{n}(1)$

        so $(x + c) C_{t}' - C_{t}$ is $(t - 1) C_{t} + C_{t-1}' + c\, C_{t}'$, three terms largest
        in modulus at $x = 1$ and positive there (here $n = t$)
        """,
        Equality(slope - x * _DC, (_N + 2 * _ALPHA) * _C, where=known),
        Equality(x * slope - _DC, (_N + 1) * after, where=known),
        Equality(
            growth * _BEFORE + _N * _C,
            _N * (_N + 2 * _ALPHA) / (2 * _ALPHA + 1) * _C,
            where=((_BEFORE, _N * _C / (_N + 2 * _ALPHA - 1)),),
        ),
        Equality((x + c) * _DC - _C, (_N - 1) * _C + _DBEFORE + c * _DC, where=(known[0],)),
    )


def _log_convex() -> tuple[Step, ...]:
    y0, y1, y2, y3 = sympy.symbols("y_{n-1} y_n y_{n+1} y_{n+2}", positive=True)
    one, two = sympy.symbols("beta_n beta_{n+1}", positive=True)
    relations = ((y3, (1 + two) * c * y2 - two * y1), (y2, (1 + one) * c * y1 - one * y0))
    return told(
        r"""
        $y_{n} = C_{n}(c)/C_{n}(1)$ solves $y_{n+1} = (1 + \beta_{n}) c\, y_{n} - \beta_{n}
        y_{n-1}$, $\beta_{n} = n/(n + 2\alpha)$: it grows with $n$ from $y_{0} = 1$, as $c \ge 1$

        and $y_{n-1} y_{n+1} - y_{n}^{2}$ obeys this recurrence, with $\beta_{n+1} \ge \beta_{n}$
        and $c\, y_{n+1} \ge y_{n}$: it stays $\ge 0$, so $y_{n}$ is log-convex
        """,
        Equality(y2 - y1, (1 + one) * (c - 1) * y1 + one * (y1 - y0), where=(relations[1],)),
        Equality(
            y1 * y3 - y2**2,
            one * (y0 * y2 - y1**2) + (two - one) * y1 * (c * y2 - y1),
            where=relations,
        ),
    )


def part_name(part: str) -> str:
    """The part in words."""
    return {"residual": "residual part", "initial": "initial part"}.get(part, "drift")
