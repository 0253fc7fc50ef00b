"""V* for large t in initial/cross with g = 0: Zolotarev's argument."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.asymptotic.notation import b, w, xi
from polyrates.symbolic.derivations.notation import kappa
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Numeric, Step, told


def _blaschke(w: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    return (w - b) / (1 - b * w)


_ZOLOTAREV = r"""
$A = P - \lambda P'$ is any polynomial of degree $\le t$ with $A = 1$ and $A' = 0$ at $c$. Let
$\varphi(w) = (w - b)/(1 - bw)$, $0 < b < 1$: $\left|\varphi\right| = 1$ on the circle, so
$\operatorname{Re}(w^{-t} \varphi)$ is at most 1 there. Its phase falls by $(t - 1)\pi$ on the
half circle: it is $\pm 1$, with alternating signs, at $t$ points or more

$\varphi = -b + (1 - b^{2}) \sum_{k \ge 1} b^{k-1} w^{k}$; cut after $n = 2t$ terms,
$\operatorname{Re}(w^{-t} \varphi)$ is a polynomial of degree $t$, $Z_{b} = -b T_{t} + (1 - b^{2})
\sum_{k=1}^{2t} b^{k-1} T_{\left|t-k\right|}$

and what was cut is at most $\epsilon = (1 + b) b^{2t}$ on $[-1, 1]$: $\left|Z_{b}\right| \le 1 +
\epsilon$, and $\left|Z_{b}\right| \ge 1 - \epsilon$ at the alternation points

let $Z_{b}'(c) = 0$. If $A$ has $A(c) = Z_{b}(c)$, $A'(c) = 0$ and $\left|A\right| < 1 - \epsilon$
on $[-1, 1]$, then $Z_{b} - A$ has $t - 1$ zeros inside and a double one at $c$: more than its
degree. Hence $(1 - \epsilon)/\left|Z_{b}(c)\right| \le V^{\star}/a \le (1 +
\epsilon)/\left|Z_{b}(c)\right|$

up to relative terms $O(t^{2} \xi^{2t})$, $2 Z_{b}(c) = \xi^{-t} \varphi(\xi)$ and $Z_{b}'(c) = 0$
means $\xi \varphi'(\xi) = t \varphi(\xi)$; a Blaschke factor has equality in the lemma of Schwarz
and Pick

such a $b$ exists, near the root $b_{0}$ of $\xi \varphi' - t \varphi$: this is negative at $b =
0$ for $t \ge 2$, positive at $b = \xi$, and its derivative in $b$ is at least $t (1 - \xi^{2})$,
as $\varphi(\xi)$ falls with $b$

and $\varphi'(\xi)$ grows with $b < \xi$; the terms left out move the root by $O(t \xi^{2t})$

so $\varphi_{0} = \varphi(\xi)$ solves $(1 - \varphi_{0}^{2})/\varphi_{0} = \tau$ with $\tau = t
(1 - \xi^{2})/\xi$

$V^{\star}/a = 2 \xi^{t}/\varphi_{0}$

as $t \to \infty$, $V^{\star} \sim 2 \tau a \xi^{t}$: the constant is $8\sqrt{\kappa}/(1 -
\kappa)$

at $\xi = 9/11$ ($\kappa = 1/100$), $t = 40, 80, 160$: the middle of the two bounds from the root
$b$ against the formula
"""


def zolotarev() -> Derivation:
    """g = 0, initial/cross: V* = aξ^t(τ + √(τ² + 4))(1 + O(t²ξ^{2t}))."""
    n = sympy.Symbol("n", integer=True, positive=True)
    tau = sympy.Symbol("tau", positive=True)
    factor = _blaschke(w, b)
    top = (sympy.sqrt(tau**2 + 4) - tau) / 2
    steps: tuple[Step, ...] = told(
        _ZOLOTAREV,
        Equality(_blaschke(w, b) * _blaschke(1 / w, b), 1),
        Equality(
            -b + (1 - b**2) * w * (1 - (b * w) ** n) / (1 - b * w),
            factor - (1 - b**2) * b**n * w ** (n + 1) / (1 - b * w),
        ),
        Equality((1 - b**2) * b ** (2 * t) / (1 - b), (1 + b) * b ** (2 * t)),
        Equality(sympy.Add(t - 1, 2, evaluate=False), t + 1),
        Equality(sympy.Derivative(factor, w) * (1 - w**2), 1 - factor**2),
        Equality(sympy.Derivative(factor, b), -(1 - w**2) / (1 - b * w) ** 2),
        Equality(sympy.Derivative(factor, w, b), 2 * (w - b) / (1 - b * w) ** 3),
        Equality(top**2 + tau * top - 1, 0),
        Equality(1 / top, (tau + sympy.sqrt(tau**2 + 4)) / 2),
        Equality(
            (1 / xi - xi).subs(xi, (1 - sympy.sqrt(kappa)) / (1 + sympy.sqrt(kappa))),
            4 * sympy.sqrt(kappa) / (1 - kappa),
        ),
        Numeric(
            sympy.Symbol("\\frac{V^{\\star}}{a}"),
            sympy.Symbol("\\xi^{t} (\\tau + \\sqrt{\\tau^{2} + 4})"),
            pairs=_zolotarev_pairs,
            tolerance=1e-4,
        ),
    )
    return argued(
        "Without a cross term, for large t",
        (
            r"V^{\star}_{t} = a \xi^{t} \left(\tau + \sqrt{\tau^{2} + 4}\right) \left(1 + O\left("
            r"t^{2} \xi^{2t}\right)\right), \quad \tau = \left(\frac{1}{\xi} - \xi\right) t",
            r"V^{\star}_{t} \sim \frac{8 \sqrt{\kappa}}{1 - \kappa} \, a \, t \, \xi^{t}",
        ),
        (
            r"initial/cross with $g = 0$, $0 < \ell < L$, $\xi = (1 - \sqrt{\kappa})/(1 + "
            r"\sqrt{\kappa})$",
        ),
        steps,
        ("curse",),
        (
            r"$Z_{b}$ is Zolotarev's polynomial up to $\epsilon$: $t$ alternation points, one "
            "fewer than Chebyshev's.",
        ),
    )


def zolotarev_bounds(xi: mpmath.mpf, steps: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """(1 ∓ ε)/|Z_b(c)| at the b with Z_b′(c) = 0, in mpmath numbers at the precision in force."""
    tau = (1 / xi - xi) * steps
    top = 2 / (mpmath.sqrt(tau * tau + 4) + tau)
    start = (xi - top) / (1 - xi * top)

    def coefficient(k: int, b: mpmath.mpf) -> mpmath.mpf:
        return -b if k == 0 else (1 - b * b) * b ** (k - 1)

    def slope(b: mpmath.mpf) -> mpmath.mpf:
        return mpmath.fsum(
            coefficient(k, b) * (k - steps) * (xi**k - xi ** (2 * steps - k))
            for k in range(2 * steps + 1)
        )

    b = mpmath.findroot(slope, (start, start * (1 + mpmath.mpf(10) ** -6)))
    value = mpmath.fsum(
        coefficient(k, b) * (xi ** (steps - k) + xi ** (k - steps)) / 2
        for k in range(2 * steps + 1)
    )
    cut = (1 + b) * b ** (2 * steps)
    return (1 - cut) / abs(value), (1 + cut) / abs(value)


def _zolotarev_pairs() -> Iterator[tuple[mpmath.mpf, mpmath.mpf]]:
    xi = mpmath.mpf(9) / 11
    for steps in (40, 80, 160):
        low, high = zolotarev_bounds(xi, steps)
        tau = (1 / xi - xi) * steps
        formula = xi**steps * (tau + mpmath.sqrt(tau * tau + 4))
        yield (low + high) / 2, formula
