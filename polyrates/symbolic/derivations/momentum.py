"""Heavy ball and Nesterov on their own interval: cosine sums whose coefficients are ≥ 0.

Both have P_t = w^t q_t(σ), q_t = 2m/(1+m) T_t + (1−m)/(1+m) U_t. Heavy ball: w = √m is constant and
σ is affine in λ, σ(ℓ) = 1, σ(L) = −1. Nesterov: w = rσ with r = 2m/(1+m), and
σ² = (1 − hλ)/(1 − hℓ) lies in [0, 1]; then σ^t q_t(σ) is a polynomial in y = σ².
"""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.notation import c, h, r, sigma, x
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import Comparison, Equality, Nonnegative, Range, Step

__all__ = ["heavy_ball_proof", "heavy_ball_recurrence", "nesterov_proof", "nesterov_recurrence"]

_T, _U = sympy.chebyshevt, sympy.chebyshevu
_B = sympy.Symbol("b", positive=True)  # (1 − m)/(1 + m)
_Q = (
    r"q_{t}(\sigma) = (1 - b) T_{t}(\sigma) + b U_{t}(\sigma), "
    r"\quad b = \frac{1 - m}{1 + m}"
)


def profile(steps: Any, at: Any, b: Any) -> sympy.Expr:
    """q_t(σ) = (1 − b) T_t(σ) + b U_t(σ)."""
    return (1 - b) * _T(steps, at) + b * _U(steps, at)


def heavy_ball_recurrence() -> tuple[Step, ...]:
    """P_t = r^t q_t(σ), r = √m, solves heavy ball's recurrence from its first step h/(1 + m)."""
    b = (1 - r**2) / (1 + r**2)
    eigenvalue = (1 + r**2 - 2 * r * sigma) / h
    return (
        Equality(
            r * profile(1, sigma, b),
            1 - h * eigenvalue / (1 + r**2),
            r"$P_{1} = 1 - h\lambda/(1 + m)$, where $2 r \sigma = 1 + m - h\lambda$, $m = r^{2}$",
        ),
        Equality(
            r ** (t + 1) * profile(t + 1, sigma, b),
            (1 + r**2 - h * eigenvalue) * r**t * profile(t, sigma, b)
            - r**2 * r ** (t - 1) * profile(t - 1, sigma, b),
            r"the recurrence $P_{t+1} = (1 + m - h\lambda) P_{t} - m P_{t-1}$",
        ),
    )


def nesterov_recurrence() -> tuple[Step, ...]:
    """P_t = (sσ)^t q_t(σ), s = 2m/(1+m), solves Nesterov's recurrence, 4m(1−hλ)⁻¹ = (1+m)²σ⁻²."""
    m = sympy.Symbol("m", positive=True)
    b, s = (1 - m) / (1 + m), 2 * m / (1 + m)
    factor = 4 * m * sigma**2 / (1 + m) ** 2  # 1 − hλ
    return (
        Equality(
            s * sigma * profile(1, sigma, b),
            factor,
            r"$P_{1} = 1 - h\lambda$, where $(1 + m)^{2} (1 - h\lambda) = 4 m \sigma^{2}$",
        ),
        Equality(
            (s * sigma) ** 2 * profile(t + 1, sigma, b),
            (1 + m) * factor * s * sigma * profile(t, sigma, b)
            - m * factor * profile(t - 1, sigma, b),
            r"the recurrence $P_{t+1} = (1 - h\lambda)((1 + m) P_{t} - m P_{t-1})$ over "
            r"$(s\sigma)^{t-1}$, $s = 2m/(1 + m)$",
        ),
    )


def _bounds() -> tuple[Step, ...]:
    return (
        Equality(
            1 - _T(t, x) ** 2,
            (1 - x**2) * _U(t - 1, x) ** 2,
            r"so $\left|T_{t}\right| \le 1$ on $[-1, 1]$",
        ),
        Equality(
            _U(t, x),
            x * _U(t - 1, x) + _T(t, x),
            r"so $\left|U_{t}\right| \le t + 1$; and $U_{t}$, hence $q_{t}$ with $0 \le b \le 1$, "
            r"$q_{t}'$, $T_{t}' = t U_{t-1}$, $U_{t}'$ are sums of $T_{k}$ with coefficients "
            r"$\ge 0$: largest in modulus at $\pm 1$",
        ),
    )


def _slope() -> sympy.Expr:
    """q_t′(1)."""
    return (1 - _B) * t**2 + _B * t * (t + 1) * (t + 2) / 3


def _slope_step() -> Step:
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    return Equality(
        sympy.Derivative(profile(n, x, _B), x).subs(x, 1),
        _slope().subs(t, n),
        r"$T_{n}'(1) = n^{2}$ and $U_{n}'(1) = n (n + 1) (n + 2)/3$",
        over=(Range(n, 1, integer=True), Range(_B, 0, 1)),
    )


def heavy_ball_proof(
    part: str, hypotheses: tuple[Any, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P|, |P′| (at both ends) and |P − λP′| (at λ = L) of heavy ball on its own interval."""
    statement = {
        "residual": r"\max_{\lambda} \left|P_{t}\right| = m^{t/2} (1 + b t)",
        "initial": r"\max_{\lambda} \left|P_{t} - \lambda P_{t}'\right| "
        r"= m^{t/2} \left((1 + c) q_{t}'(1) - q_{t}(1)\right), \quad c = \frac{L + \ell}{L - \ell}",
    }.get(part, r"\max_{\lambda} \left|P_{t}'\right| = \frac{2}{L - \ell} m^{t/2} q_{t}'(1)")
    steps: list[Step] = [*heavy_ball_recurrence(), *_bounds()]
    degree = Range(t, 1, integer=True)
    if part == "residual":
        steps += [_value_step(), *_linear_steps()]
    else:
        steps.append(_slope_step())
    if part == "initial":
        steps += [
            Equality(
                x * t * _U(t - 1, x) - _T(t, x),
                (t - 1) * _T(t, x) + t * _U(t - 2, x),
                r"with $x = -\sigma$, $\lambda P' = (x + c)\,dP/dx$; the part of $T_{t}$",
            ),
            Equality(
                x * sympy.Derivative(_U(t, x), x) - _U(t, x),
                (t - 1) * _U(t, x) + sympy.Derivative(_U(t - 1, x), x),
                "the part of $U_{t}$: again a sum of polynomials largest at $x = 1$, all positive "
                "there",
                over=(degree, Range(x, -1, 1)),
            ),
            Comparison(
                sympy.Abs((x + c) * sympy.Derivative(profile(t, x, _B), x) - profile(t, x, _B)),
                (1 + c) * _slope() - 1 - _B * t,
                "the statement itself, on exact samples",
                (degree, Range(_B, 0, 1), Range(x, -1, 1), Range(c, 1)),
            ),
            Equality(
                ((1 + c) * _slope() - 1 - _B * t).subs(t, 0),
                -1,
                "the numerator, a cubic in $t$, is negative at $t = 0$",
            ),
            Equality(
                ((1 + c) * _slope() - 1 - _B * t).subs(t, -1),
                c * (1 - _B),
                r"$\ge 0$ at $t = -1$",
            ),
            Equality(
                ((1 + c) * _slope() - 1 - _B * t).subs(t, 1),
                c * (1 + _B),
                "and positive at $t = 1$: three real roots, all below 1, so the values are "
                "log-concave from there",
            ),
        ]
    elif part != "residual":
        steps += [
            Equality(
                (3 * _slope() / t).subs(t, sympy.Symbol("tau")),
                _B * sympy.Symbol("tau") ** 2 + 3 * sympy.Symbol("tau") + 2 * _B,
                "the numerator has the root $t = 0$ and those of this quadratic",
            ),
            Nonnegative(
                9 - 8 * _B**2,
                0,
                "its discriminant: three real roots $\\le 0$, so the values are log-concave",
                (Range(_B, 0, 1),),
            ),
        ]
    shown = (f"{statement}, \\quad {_Q}",)
    return Derivation(
        f"Heavy ball, {_name(part)}",
        shown if value is None else (*shown, value),
        (
            r"$h\ell = (1 - \sqrt{m})^{2}$ and $hL = (1 + \sqrt{m})^{2}$, $0 < m < 1$, "
            "first step $h/(1 + m)$",
            *(("$t \\ge 1$",) if part == "initial" else ()),
            *hypotheses,
        ),
        tuple(steps),
        ("polyak", "curse"),
    )


def nesterov_proof(
    part: str, hypotheses: tuple[Any, ...] = (), value: sympy.Expr | None = None
) -> Derivation:
    """max |P| and |P′| of Nesterov's method, both at λ = ℓ."""
    size = r"s^{t}"
    where = r"s = \frac{2m}{1+m}"
    statement = (
        rf"\max_{{\lambda}} \left|P_{{t}}\right| = {size} (1 + b t), \quad {where}"
        if part == "residual"
        else rf"\max_{{\lambda}} \left|P_{{t}}'\right| = \frac{{h}}{{2 (1 - h\ell)}} {size} "
        rf"\left(t q_{{t}}(1) + q_{{t}}'(1)\right), \quad {where}"
    )
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    steps: list[Step] = [
        *nesterov_recurrence(),
        *_bounds(),
        Equality(
            x * _T(t, x),
            (_T(t + 1, x) + _T(t - 1, x)) / 2,
            r"so $\sigma^{t} q_{t}(\sigma)$ is an even sum of $T_{k}(\sigma)$ with coefficients "
            r"$\ge 0$",
        ),
        Equality(
            _T(2 * n, x),
            _T(n, 2 * x**2 - 1),
            r"hence a sum of $T_{k}(2y - 1)$, $y = \sigma^{2} \in [0, 1]$, with coefficients "
            r"$\ge 0$: it and its derivative in $y$ are largest at $y = 1$, where "
            r"$\lambda = \ell$",
            over=(Range(n, 0, integer=True), Range(x, -1, 1)),
        ),
    ]
    if part == "residual":
        steps += [_value_step(), *_linear_steps()]
    else:
        tau = sympy.Symbol("tau")
        steps += [
            _slope_step(),
            Equality(
                (t * (1 + _B * t) + _slope()).subs(t, tau),
                tau * (tau + 1) * (_B * tau / 3 + 1 + 2 * _B / 3),
                r"$t q_{t}(1) + q_{t}'(1)$ has real roots $\le 0$, so the values are log-concave",
            ),
        ]
    shown = (f"{statement}, \\quad {_Q}",)
    return Derivation(
        f"Nesterov's method, {_name(part)}",
        shown if value is None else (*shown, value),
        (
            r"$(1 + m)^{2} (1 - h\ell) = 4 m$ and $hL \le 1$, $0 < m \le 1$ (the tuned method)",
            *hypotheses,
        ),
        tuple(steps),
        ("nesterov", "curse"),
    )


def _value_step() -> Step:
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    return Equality(
        profile(n, x, _B).subs(x, 1),
        1 + _B * n,
        "$q_{n}(1)$",
        over=(Range(n, 0, integer=True), Range(_B, 0, 1)),
    )


def _linear_steps() -> tuple[Step, ...]:
    return (
        Nonnegative(
            (1 + _B * t) ** 2,
            (1 + _B * (t - 1)) * (1 + _B * (t + 1)),
            "the values are log-concave in $t$: one peak, one crossing of 1",
            (Range(_B, 0), Range(t, 1)),
        ),
    )


def _name(part: str) -> str:
    return {"residual": "residual part", "initial": "initial part"}.get(part, "drift")
