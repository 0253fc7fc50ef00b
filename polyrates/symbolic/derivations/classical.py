"""Chebyshev and Gegenbauer methods: P, P′ and P − λP′ are all largest at λ = L.

With x = m(λ) = (2λ − L − ℓ)/(L − ℓ) and c = (L + ℓ)/(L − ℓ) ≥ 1, λ = ½(L − ℓ)(x + c), and
λ d/dλ = (x + c) d/dx. So P − λP′ is (C_t − (x + c)C_t′)(x) over C_t(−c), and

    (x + c)C_t′ − C_t = (t − 1)C_t + C_{t−1}′ + cC_t′     (α = 0: (t − 1)T_t + tU_{t−2} + ctU_{t−1})

is, for t ≥ 1 and α ≥ 0, a sum of polynomials each of which is largest in modulus on [−1, 1] at
x = 1. That is the whole proof.
"""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import L, c, ell, kappa, x
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import Comparison, Equality, Nonnegative, Range, Step

__all__ = ["chebyshev_proof", "gegenbauer_proof"]

_T, _U = sympy.chebyshevt, sympy.chebyshevu
_DEGREE = Range(t, 1, integer=True)
_UNIT = Range(x, -1, 1)
_SHIFT = Range(c, 1)

_HYPOTHESES = (
    r"the support lies in $[\ell, L]$, the interval of the method, and contains $L$",
    r"$t \ge 1$ (at $t = 0$: $P = 1$, $P' = 0$)",
)


def chebyshev_proof(
    part: str, hypotheses: tuple[Any, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P|, |P′| or |P − λP′| for P_t = T_t(m(λ))/T_t(m(0))."""
    statement = {
        "residual": r"\max_{\lambda} \left|P_{t}\right| = \frac{1}{T_{t}(c)}",
        "initial": r"\max_{\lambda} \left|P_{t} - \lambda P_{t}'\right| "
        r"= \frac{(1 + c) t^{2} - 1}{T_{t}(c)}",
    }.get(
        part,
        r"\max_{\lambda} \left|P_{t}'\right| = \frac{2}{L - \ell} \, \frac{t^{2}}{T_{t}(c)}",
    ) + r", \quad c = \frac{L + \ell}{L - \ell}"
    steps: list[Step] = [
        Equality(
            1 - _T(t, x) ** 2,
            (1 - x**2) * _U(t - 1, x) ** 2,
            r"so $\left|T_{t}\right| \le 1$ on $[-1, 1]$, with equality at $x = 1$",
        )
    ]
    if part != "residual":
        steps += [
            Equality(
                _U(t, x),
                x * _U(t - 1, x) + _T(t, x),
                r"so $\left|U_{t}\right| \le \left|U_{t-1}\right| + 1 \le t + 1$ on $[-1, 1]$, "
                "with equality at $x = 1$",
            ),
            Equality(
                sympy.Derivative(_T(t, x), x),
                t * _U(t - 1, x),
                r"so $\left|T_{t}'\right| \le t^{2}$, with equality at $x = 1$",
                over=(_DEGREE, _UNIT),
            ),
        ]
    if part == "initial":
        steps += _initial_steps()
        steps.append(
            Comparison(
                sympy.Abs((x + c) * t * _U(t - 1, x) - _T(t, x)),
                (1 + c) * t**2 - 1,
                "the statement itself, on exact samples",
                (_DEGREE, _UNIT, _SHIFT),
            )
        )
    steps += [
        Equality(
            _T(t - 1, x) * _T(t + 1, x) - _T(t, x) ** 2,
            x**2 - 1,
            r"at $x = c \ge 1$: the denominators are log-convex in $t$",
        )
    ]
    if part == "initial":
        a = sympy.Symbol("a", positive=True)
        steps.append(
            Nonnegative(
                (a * t**2 - 1) ** 2,
                (a * (t - 1) ** 2 - 1) * (a * (t + 1) ** 2 - 1),
                "the numerators, $a = 1 + c$, are log-concave: one peak, one crossing of 1",
                (Range(a, 2), Range(t, 1)),
            )
        )
    elif part != "residual":
        steps.append(
            Nonnegative(
                t**4,
                (t - 1) ** 2 * (t + 1) ** 2,
                "the numerators are log-concave: one peak, one crossing of 1",
                (Range(t, 1),),
            )
        )
    shown = (statement,) if value is None else (statement, value)
    return Derivation(
        f"Chebyshev's method, {_name(part)}",
        shown,
        (*_HYPOTHESES, *hypotheses),
        tuple(steps),
        ("flanders-shortley", "curse"),
    )


def _initial_steps() -> list[Step]:
    place = (2 * lam - L - ell) / (L - ell)
    shift = (L + ell) / (L - ell)
    return [
        Equality(
            lam * sympy.Derivative(place, lam),
            place + shift,
            r"so $\lambda P' = (x + c) T_{t}'(x)/T_{t}(-c)$ with $x = m(\lambda)$",
        ),
        Equality(
            x * t * _U(t - 1, x) - _T(t, x),
            (t - 1) * _T(t, x) + t * _U(t - 2, x),
            r"$T_{t}' = t U_{t-1}$ and $x U_{t-1} = T_{t} + U_{t-2}$",
        ),
        Equality(
            (t - 1) + t * (t - 1) + c * t**2,
            (1 + c) * t**2 - 1,
            r"the bounds of $(t-1) T_{t}$, $t U_{t-2}$ and $c t U_{t-1}$ add up; all three are "
            "attained, with one sign, at $x = 1$",
        ),
        Equality(
            (1 + c).subs(c, (1 + kappa) / (1 - kappa)),
            2 / (1 - kappa),
            r"with $\kappa = \ell/L$",
        ),
    ]


def gegenbauer_proof(
    part: str, hypotheses: tuple[Any, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """The same for C_t^α, α ≥ 0; sums over t(t + 2α)/(2α + 1) replace t²."""
    a = sympy.Symbol("alpha", positive=True)
    G = sympy.gegenbauer
    ratio = r"\frac{t (t + 2 \alpha)}{2 \alpha + 1}"
    size = r"\frac{C_{t}^{(\alpha)}(1)}{C_{t}^{(\alpha)}(c)}"
    statement = {
        "residual": rf"\max_{{\lambda}} \left|P_{{t}}\right| = {size}",
        "initial": r"\max_{\lambda} \left|P_{t} - \lambda P_{t}'\right| = "
        rf"\left((1 + c) {ratio} - 1\right) {size}",
    }.get(part, rf"\max_{{\lambda}} \left|P_{{t}}'\right| = \frac{{2}}{{L - \ell}} {ratio} {size}")
    statement += r", \quad c = \frac{L + \ell}{L - \ell}"
    over = (Range(t, 1, 6, integer=True), Range(a, sympy.Rational(1, 8), 4), _UNIT)
    steps: list[Step] = [
        Comparison(
            sympy.Abs(G(t, a, x)),
            G(t, a, 1),
            r"the coefficients of $C_{t}^{(\alpha)}(\cos\theta)$ as a cosine sum are positive "
            r"for $\alpha > 0$, so it is largest at $\theta = 0$",
            over,
        )
    ]
    if part != "residual":
        steps += [
            Equality(
                sympy.Derivative(G(t, a, x), x),
                2 * a * G(t - 1, a + 1, x),
                r"the derivative belongs to $\alpha + 1$, so it too is largest at $x = 1$",
                over,
            ),
            Equality(
                2 * a * G(t - 1, a + 1, 1) * (2 * a + 1),
                t * (t + 2 * a) * G(t, a, 1),
                "its value there",
                over[:2],
            ),
        ]
    if part == "initial":
        steps += [
            Equality(
                2 * a * x * G(t - 1, a + 1, x),
                t * G(t, a, x) + sympy.Derivative(G(t - 1, a, x), x),
                r"so $(x + c) C_{t}' - C_{t} = (t - 1) C_{t} + C_{t-1}' + c C_{t}'$, a sum of "
                "polynomials each largest in modulus at $x = 1$, where all are positive",
                over,
            ),
            Comparison(
                sympy.Abs((x + c) * 2 * a * G(t - 1, a + 1, x) - G(t, a, x)),
                ((1 + c) * t * (t + 2 * a) / (2 * a + 1) - 1) * G(t, a, 1),
                "the statement itself, on exact samples",
                (*over, _SHIFT),
            ),
        ]
    steps.append(
        Comparison(
            G(t, a, c) ** 2 * G(t - 1, a, 1) * G(t + 1, a, 1),
            G(t - 1, a, c) * G(t + 1, a, c) * G(t, a, 1) ** 2,
            r"Laplace's integral makes $C_{t}^{(\alpha)}(c)/C_{t}^{(\alpha)}(1)$ the $t$-th moment "
            "of a positive measure, so it is log-convex in $t$ (Cauchy and Schwarz)",
            (*over[:2], _SHIFT),
        )
    )
    shown = (statement,) if value is None else (statement, value)
    return Derivation(
        f"Gegenbauer's method, {_name(part)}",
        shown,
        (*_HYPOTHESES, r"$\alpha > 0$", *hypotheses),
        tuple(steps),
        ("dlmf", "curse"),
    )


def _name(part: str) -> str:
    return {"residual": "residual part", "initial": "initial part"}.get(part, "drift")
