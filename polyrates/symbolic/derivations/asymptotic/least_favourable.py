"""The least favourable spectrum for large t: harmonic measure of [ℓ, L] seen from λ = 0."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.asymptotic.notation import s, w, xi
from polyrates.symbolic.derivations.notation import kappa
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Numeric, Step, told

_LEAST_FAVOURABLE_LIMIT = r"""
with $A = P - \lambda P'$ or $P$, $B = P'$, $d$ for $g$ in residual/drift, and $x =
\left\|A\right\|_{L^{2}(\omega_{t})}$, $y = \left\|B\right\|_{L^{2}(\omega_{t})}$: for every $P$
of degree $\le t$ with $P(0) = 1$ and every $0 < s < 1$ the mean of the profile $a^{2}A^{2}/s +
g^{2}B^{2}/(1-s)$ over $\omega_{t}$ is at least $(a x + g y)^{2}$, hence at least the square of
the dual value of $\omega_{t}$, ${V^{\star}_{t}}^{2} (1 + o(1))$. Everything follows from good $P$
(for $g = 0$ the profile is $a^{2} A^{2}$)

residual/drift, $d > 0$. Let $e(w) = \sum_{k \le n} e_{k} w^{k}$ be real, positive at 0 and
without zeros in $\left|w\right| \le 1$, so that $e(\xi) > 0$, and $dP/dy \propto
\operatorname{Re}(w^{1-t} e) = \sum_{k} e_{k} T_{t-1-k}$, $P \propto \sum_{k} e_{k} q_{t-k}$,
$q_{t} = \frac{1}{2}(T_{t}/t - T_{t-2}/(t-2))$. Up to $1 + O(1/t)$ this is the ratio of
$q_{t-k}(c)$ to $q_{t}(c)$: $P(0) \propto q_{t}(c) (e(\xi) + O(1/t))$. As $P = O(1/t)$ before it
is normalised, the profile at $s = 1/t$ is at most ${V^{\star}_{t}}^{2} (\left|e\right|^{2} +
o(1))/e(\xi)^{2}$, uniformly, by $V^{\star}_{t} \sim \gamma/q_{t}(c)$

$d = 0$: $P \propto \operatorname{Re}(w^{-t} e) = \sum_{k} e_{k} T_{t-k}$, whose square is at most
$\left|e\right|^{2}$; this is $T_{t-k}(c)$: the same bound, with $V^{\star}_{t} = a/T_{t}(c)$

initial/cross: the polynomial that attains the limit (of $g > 0$, derived apart, at its minimal
$s$; for $g = 0$ with $D = a$) is made from the Taylor section of $\varphi_{b} e/D$ in place of
$\varphi_{b}/D$. The logarithmic derivative at $\xi$ changes by a bounded term, $q$ by $-\xi
e'(\xi)/e(\xi)$: a root $b = \xi - O(1/t)$ exists as before, $\tau/t$ has the same limit, and $B +
A/\lambda = O(1/t)$ relative to $A$. The profile is at most ${V^{\star}_{t}}^{2}
(\left|e\right|^{2} + o(1))/e(\xi)^{2}$, uniformly

in all cases $\liminf \int \left|e\right|^{2} d\omega_{t} \ge e(\xi)^{2}$, and with $\mu_{\xi}$
harmonic measure seen from $\xi$ the right side is $\exp \int \ln\left|e\right|^{2} d\mu_{\xi}$,
the mean of a harmonic function. By Fejer and Riesz $\left|e\right|^{2}$ is any positive
polynomial of $\cos\theta$ (its zeros come in conjugate and in reflected pairs, none on the
circle), and by Weierstrass $\int f d\omega \ge \exp \int \ln f \, d\mu_{\xi}$ for every weak
limit $\omega$ of $\omega_{t}$ and every continuous $f > 0$ on $[\ell, L]$

let $f = 1 + \epsilon k$, $k$ continuous: the right side is $1 + \epsilon \int k \, d\mu_{\xi} +
O(\epsilon^{2})$ (here for two masses $h$ and $1 - h$), the left side $1 + \epsilon \int k \,
d\omega$. Both signs of $\epsilon$ together give $\int k \, d\omega = \int k \, d\mu_{\xi}$:
$\omega = \mu_{\xi}$. All weak limits agree and the probability measures on $[\ell, L]$ are
compact, so $\omega_{t}$ converges

Poisson's density $\frac{1}{\pi} (1 - \xi^{2})/(1 - 2\xi\cos\theta + \xi^{2})$ on $0 < \theta <
\pi$, both half circles together, has this denominator, $y = \cos\theta$: it is $4 \xi \lambda/(L
- \ell)$, as $\lambda = \frac{1}{2}(L - \ell) (c - y)$, and $d\theta = d\lambda/\sqrt{(\lambda -
\ell)(L - \lambda)}$

the constant $(1/\xi - \xi)(L - \ell)/4 = \sqrt{\ell L}$
"""


_LEAST_FAVOURABLE_LIMIT_GIVEN = (
    r"initial/cross with $a > 0$, $g \ge 0$ or residual/drift with $a > 0$, $d \ge 0$, "
    r"fixed as $t \to \infty$; $0 < \ell < L$",
    r"$\omega^{\star}_{t}$: any measures whose dual value is $V^{\star}_{t} (1 + o(1))$; "
    "the convergence is weak",
)

_LEAST_FAVOURABLE_LIMIT_REMARKS = (
    r"The limit is the balayage of a unit mass at $\lambda = 0$ onto $[\ell, L]$: neither "
    r"the form nor the sizes enter. By Szego's theorem the smallest mean over "
    r"$\omega$ of a polynomial normalised at 0 depends on $\omega$, to leading order, "
    r"through the mean of the logarithm of its density over $\mu_{\xi}$ alone, which is "
    r"largest for $\omega = \mu_{\xi}$ (Gibbs).",
    r"$\lambda$ times this density is Chebyshev's, and the $P$ that minimise the mean of "
    r"$P^{2}$ are orthogonal for $\lambda\, d\omega$: on the limit spectrum the "
    "average-case optimum is Chebyshev's method, for every $t$.",
)


def least_favourable_limit() -> Derivation:
    """ω*_t → √(ℓL)/(πλ√((λ − ℓ)(L − λ))) dλ, whatever the form and the sizes."""
    a, g, first, second = sympy.symbols("a g x y", positive=True)
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    f, e = sympy.Function("f")(w), sympy.Function("e")(w)
    epsilon, u, v = sympy.symbols("epsilon u v", real=True)
    share = sympy.Symbol("h", positive=True)
    y = sympy.Symbol("y", real=True)
    grown = (1 - xi**2) * xi ** (-t) / (4 * t)
    steps: tuple[Step, ...] = told(
        _LEAST_FAVOURABLE_LIMIT,
        Equality(
            a**2 * first**2 / s + g**2 * second**2 / (1 - s) - (a * first + g * second) ** 2,
            ((1 - s) * a * first - s * g * second) ** 2 / (s * (1 - s)),
        ),
        Equality(grown.subs(t, t - k) / grown, xi**k * t / (t - k)),
        Equality((xi ** (k - t) + xi ** (t - k)) / 2, xi**-t * (xi**k + xi ** (2 * t - k)) / 2),
        Equality(
            sympy.Derivative(f * e, w) / (f * e),
            sympy.Derivative(f, w) / f + sympy.Derivative(e, w) / e,
        ),
        Numeric(
            sympy.Symbol("\\int \\ln \\left|e\\right|^{2} \\, d\\mu_{\\xi}"),
            sympy.Symbol("2 \\ln e(\\xi)"),
            pairs=_mean_pairs,
            tolerance=1e-18,
        ),
        Equality(
            sympy.Subs(
                sympy.Derivative(
                    sympy.exp(
                        share * sympy.log(1 + epsilon * u)
                        + (1 - share) * sympy.log(1 + epsilon * v)
                    ),
                    epsilon,
                ),
                epsilon,
                0,
            ),
            share * u + (1 - share) * v,
        ),
        Equality(1 - 2 * xi * y + xi**2, 2 * xi * ((xi + 1 / xi) / 2 - y)),
        Equality(
            ((1 / xi - xi) / 4).subs(xi, (1 - sympy.sqrt(kappa)) / (1 + sympy.sqrt(kappa))),
            sympy.sqrt(kappa) / (1 - kappa),
        ),
    )
    return argued(
        "The least favourable spectrum for large t",
        (
            r"\omega^{\star}_{t} \to \frac{\sqrt{\ell L}}{\pi \lambda \sqrt{(\lambda - \ell)(L - "
            r"\lambda)}} \, d\lambda \quad (t \to \infty)",
            r"\int \lambda \, d\omega^{\star}_{t} \to \sqrt{\ell L}, \quad \int \frac{1}{\lambda} "
            r"\, d\omega^{\star}_{t} \to \frac{1}{2} \left(\frac{1}{\ell} + \frac{1}{L}\right)",
        ),
        _LEAST_FAVOURABLE_LIMIT_GIVEN,
        steps,
        ("curse",),
        _LEAST_FAVOURABLE_LIMIT_REMARKS,
    )


def _mean_pairs() -> Iterator[tuple[mpmath.mpf, mpmath.mpf]]:
    base = mpmath.mpf(9) / 11
    nodes = 2048
    for coefficients in ((1, mpmath.mpf(-1) / 2), (3, 1, 1), (2, 0, mpmath.mpf(1) / 3, -1)):
        total = mpmath.mpf(0)
        for j in range(nodes):
            point = mpmath.expjpi(mpmath.mpf(2 * j + 1) / nodes)
            kernel = (1 - base * base) / abs(1 - base * point) ** 2
            total += kernel * mpmath.log(abs(mpmath.polyval(coefficients[::-1], point)) ** 2)
        yield total / nodes, 2 * mpmath.log(mpmath.polyval(coefficients[::-1], base))
