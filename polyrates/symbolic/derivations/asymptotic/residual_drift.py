"""V* for large t in residual/drift: explicit bounds, and a harmonic measure for a share."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.asymptotic.notation import T, U, s, theta, w, xi
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Numeric, Range, Step, told

_RESIDUAL_DRIFT_BOUNDS = r"""
$q = (T_{t}/t - T_{t-2}/(t-2))/2$ has the derivative $T_{t-1}$, as $T_{n}' = n U_{n-1}$ and
$2T_{n} = U_{n} - U_{n-2}$; here $t = n + 3$

$P = q(-m)/q(c)$ has $P(0) = 1$, $\left|q\right| \le (1/t + 1/(t-2))/2$ and $\left|q'\right| \le
1$: with $\gamma = 2d/(L - \ell)$, $d\left|P'\right| \le \gamma/q(c)$, and the sum of the two
maxima is the upper bound

Chebyshev's polynomials grow fastest: $\left|P'\right| \le (V/d) T_{t-1}(-m)$ at every $\lambda <
\ell$, for a polynomial of degree $t - 1$ that is at most $V/d$ on the hull. (If $p$ of degree $n$
is at most 1 on $[-1, 1]$ and $\left|p(y)\right| > T_{n}(y)$ at some $y > 1$, then $T_{n} -
(T_{n}(y)/p(y)) p$ changes sign between the $n + 1$ points where $T_{n} = \pm 1$ and vanishes at
$y$: too many zeros)

$1 = P(0) \le \left|P(\ell)\right| + \int_{0}^{\ell} \left|P'\right| d\lambda \le V/a + (V/\gamma)
K$ with $K = \int_{1}^{c} T_{t-1} dy$: the lower bound is the $V$ with equality

$K = q(c) - q(1) = q(c) + 1/(t(t-2))$, as $T_{n}(1) = 1$; here $t = n + 3$, $c = y$

$q(c)$ up to relative terms $O(\xi^{2t})$: $\xi^{-t} (1 - \xi^{2})(1 + O(1/t))/(4t)$. Both bounds
are $\gamma/q(c)$ times $1 + O(1/t)$, with a constant of the order of $a/\gamma$: the limit shows
once $t \gg a/\gamma$

the common leading term, $\gamma = 2d/(L - \ell)$
"""


def residual_drift_bounds() -> Derivation:
    """Explicit bounds of V* for every t ≥ 3, equal to leading order as t → ∞."""
    y, a, gamma, K, V = sympy.symbols("y a gamma K V", positive=True)
    n = sympy.Symbol("n", integer=True, positive=True)
    q = (T(n + 3, y) / (n + 3) - T(n + 1, y) / (n + 1)) / 2
    grown = (xi ** (-t) / t - xi ** (2 - t) / (t - 2)) / 4
    steps: tuple[Step, ...] = told(
        _RESIDUAL_DRIFT_BOUNDS,
        Equality(
            sympy.Derivative(q, y), T(n + 2, y), over=(Range(n, 1, integer=True), Range(y, -1, 3))
        ),
        Equality((1 / t + 1 / (t - 2)) / 2, (t - 1) / (t * (t - 2))),
        Equality(1 - T(t, y) ** 2, (1 - y**2) * U(t - 1, y) ** 2),
        Equality(V / a + V * K / gamma, 1, where=((V, 1 / (1 / a + K / gamma)),)),
        Equality(
            q - sympy.Subs(q, y, 1),
            q + 1 / ((n + 1) * (n + 3)),
            over=(Range(n, 1, integer=True), Range(y, 1, 3)),
        ),
        Equality(grown, xi**-t / (4 * t) * (1 - xi**2 * t / (t - 2))),
        Equality(4 * gamma * t * xi**t / (1 - xi**2) * (xi**-t - xi ** (2 - t)) / (4 * t), gamma),
    )
    return argued(
        "Residual and drift: explicit bounds",
        (
            r"\left(\frac{1}{a} + \frac{L - \ell}{2d} \int_{1}^{c} T_{t-1}(y) \, dy\right)^{-1} "
            r"\le V^{\star}_{t} \le \frac{1}{q(c)} \left(\frac{2d}{L - \ell} + \frac{a (t-1)}{t "
            r"(t-2)}\right)",
            r"V^{\star}_{t} \sim \frac{8 d \, t \, \xi^{t}}{(L - \ell)(1 - \xi^{2})} \quad "
            r"(t \to \infty)",
        ),
        (
            r"residual/drift, $a, d > 0$, $0 < \ell < L$, $t \ge 3$, $c = (L + \ell)/(L - \ell)$",
            r"$q = \frac{1}{2}(T_{t}/t - T_{t-2}/(t-2))$, and $q(c) > 0$ for the upper bound",
        ),
        steps,
        ("curse", "flanders-shortley"),
        (
            r"The polynomial $q$, an antiderivative of $T_{t-1}$ without constant, is thus optimal "
            "to leading order as $t \\to \\infty$ for any fixed $a$ and $d$.",
        ),
    )


_RESIDUAL_DRIFT_LIMIT = r"""
$P = \operatorname{Re}(w^{-t} p)$ and, up to $1/t$ for a fixed $p$ and $\left|\sin\theta\right|$
bounded below, $dP/dy = (t/\sin\theta) \operatorname{Im}(w^{-t} p)$: in quadrature. Over the fast
phase the profile is at most $\left|p\right|^{2} \max(u^{2}, v^{2})$ with $u^{2} = a^{2}/s$,
$v^{2} = (\gamma t)^{2}/((1-s) \sin^{2}\theta)$, $\gamma = 2d/(L - \ell)$, and nearly attains it
near every angle

lower bound: $P/V$ and $(dP/d\theta)/(tV)$ are at most $\sqrt{s}/a$ and $\sqrt{1-s}/(\delta a)$,
whatever $t$; the measure of the cross-term case smooths both alike, $p(w)$ becoming $p(rw)$: for
each $r$ they tend to the real and imaginary parts of $e^{-it\theta} p(re^{i\theta})$. At an angle
with $\sin\theta > 0$ the masses nearby see the same weight up to a factor that tends to 1, those
far away, which tend to 0, meet values at most $V (1 + 1/\sin\theta)$. So
$\left|p(re^{i\theta})\right| \max(u, v) \le V (1 + \epsilon_{\eta}(r))$ where
$\left|\sin\theta\right| \ge \eta$, $\epsilon_{\eta}(r) \to 0$ as $r \to 1$. If the optimal
$s_{t}$ tends to 0 or to 1, one of the two parts tends to 0 over $V$, hence $p$, and $V/\xi^{t}
\to \infty$

upper bound: $D_{1} = (1 - w^{2}) D/2$ is the outer function of $W \left|\sin\theta\right|$, which
is continuous and bounded above and below, so $\left|D_{1}(re^{i\theta})\right|$ tends to it
uniformly. Let $b$ be a Taylor section of $w/D_{1}(rw)$, fixed before $t \to \infty$, with $b(0) =
0$, $\left|b D_{1}\right| \le 1 + \epsilon$ on the circle and $b D_{1}/w$ within $\epsilon$ of 1
at $\xi$; let $dP/dy = t \operatorname{Re}(w^{-t} b)$ and $P$ its antiderivative without constant.
By $\int T_{n} = (T_{n+1}/(n+1) - T_{n-1}/(n-1))/2$, $P = \frac{1}{2} \operatorname{Re}(w^{-t} b
(1/w - w))$ up to $1/t$, uniformly: in quadrature with $\left|\sin\theta\right| dP/dy$, so the
profile is at most $1 + \epsilon$ up to $1/t$, the ends included, and $P(0) = (\xi^{-t}/(2D(\xi)))
(1 + O(\epsilon) + O(1/t))$

$a$ counts where $\left|\sin\theta\right| > \sigma = \delta \sqrt{s/(1-s)}$, $\delta = \gamma
t/a$. $D$ is the outer function of $W = \max(u, v)$, unbounded at $w = \pm 1$, where
$\left|p\right| \le V \sqrt{s}/a$ serves: $\ln\left|p(r\xi)\right|$ is at most the mean of
$\ln\left|p(re^{i\theta})\right|$ by harmonic measure, hence of $\ln(V/W) + \epsilon_{\eta}(r)$
where $\left|\sin\theta\right| \ge \eta$ and of a constant on the rest. Let $r \to 1$, then $\eta
\to 0$: as $\ln W$ is integrable, $\left|p(\xi)\right| \le V/D(\xi)$, and $1 = P(0) = \frac{1}{2}
\xi^{-t} p(\xi)$ up to $\xi^{2t}$: $V = 2 \xi^{t} D(\xi)$ for each $s$

harmonic measure from $\xi$ has Poisson's density, with this antiderivative

between $\vartheta$ and $\pi - \vartheta$, $\sin\vartheta = \sigma$, $u = \tan(\vartheta/2)$, $q =
(1 + \xi)/(1 - \xi)$, the difference of the two arc tangents has this tangent: $2q
\cot\vartheta/(1 + q^{2})$. Both half circles together: $\mu(\sigma) = \frac{2}{\pi}
\arctan\left(\frac{1 - \xi^{2}}{1 + \xi^{2}} \frac{\sqrt{1 - \sigma^{2}}}{\sigma}\right)$

the factor of the cotangent

$1/\left|\sin\theta\right| = \left|2/(1 - w^{2})\right|$ on the circle, and $2/(1 - w^{2})$ is
outer: $1 - w^{2}$ has no zero in the disc, and its inverse is in $H^{p}$, $p < 1$.
$\ln(\left|\sin\theta\right|/\sigma)$ where it is positive is $\int_{\sigma}^{1}
[\left|\sin\theta\right| > u] du/u$ and has the mean $\int_{\sigma}^{1} \mu(u) du/u$: $\ln D(\xi)$

$\ln D = \ln(\delta/\sqrt{1-s}) + \ln\frac{2}{1-\xi^{2}} + \int_{\sigma}^{1} \mu\, du/u + \ln a$,
and $d\sigma/ds = \sigma/(2s(1-s))$: the derivative in $s$ vanishes exactly at $s = \mu(\sigma)$.
As $s$ grows $\sigma$ grows and $\mu(\sigma)$ decreases from 1 to 0, where it stays for $\sigma
\ge 1$: $s - \mu$ changes its sign once, and this is the minimum. The share of the first error is
the harmonic measure of the arcs where it counts
"""


_RESIDUAL_DRIFT_LIMIT_GIVEN = (
    r"residual/drift, $t \to \infty$ with $\delta = 2dt/(a(L - \ell))$ fixed, $0 < \ell < "
    r"L$; $o(1)$ is not uniform as $\delta \to 0$: it is small once $t\sigma \gg 1$",
)

_RESIDUAL_DRIFT_LIMIT_REMARKS = (
    r"The first-order correction, $V_{0}/(1 - C/(t-2))$ with $C$ from $t$ replaced by "
    r"$t + d \arg D/d\theta$, is formal; as $\delta \to \infty$ it agrees with $q(c)$ of "
    r"the explicit bounds to all orders in $1/t$.",
)


def residual_drift_limit() -> Derivation:
    """Both errors counted, δ = 2dt/(a(L − ℓ)) fixed: s is a harmonic measure."""
    sigma, delta, u, v, mu = sympy.symbols("sigma delta u v mu", positive=True)
    q = sympy.Symbol("q", positive=True)
    angle = sympy.Symbol("vartheta", positive=True)
    k = sympy.Symbol("k", integer=True, positive=True)
    potential = sympy.log(delta) - sympy.log(1 - s) / 2
    steps: tuple[Step, ...] = told(
        _RESIDUAL_DRIFT_LIMIT,
        Equality(
            u**2 * sympy.cos(theta) ** 2 + v**2 * sympy.sin(theta) ** 2,
            u**2 + (v**2 - u**2) * sympy.sin(theta) ** 2,
        ),
        Equality(sympy.Derivative(sympy.cos(t * theta), theta), -t * sympy.sin(t * theta)),
        Equality((w ** (k - t - 1) - w ** (k + 1 - t)) / 2, w ** (k - t) * (1 / w - w) / 2),
        Equality(
            sympy.sqrt((delta**2 / (1 - s)) * s).subs(s, sigma**2 / (delta**2 + sigma**2)), sigma
        ),
        Equality(
            sympy.Derivative(
                sympy.atan((1 + xi) / (1 - xi) * sympy.tan(angle / 2)) / sympy.pi, angle
            ),
            (1 - xi**2) / (1 - 2 * xi * sympy.cos(angle) + xi**2) / (2 * sympy.pi),
        ),
        Equality((q / u - q * u) / (1 + q**2), q * (1 - u**2) / (u * (1 + q**2))),
        Equality((2 * q / (1 + q**2)).subs(q, (1 + xi) / (1 - xi)), (1 - xi**2) / (1 + xi**2)),
        Numeric(
            sympy.Symbol(
                "\\exp \\frac{1}{2\\pi} \\int -\\ln \\left|\\sin\\theta\\right| d\\mu_{\\xi}"
            ),
            sympy.Symbol("\\frac{2}{1 - \\xi^{2}}"),
            pairs=_sine_pairs,
            tolerance=1e-12,
        ),
        Equality(
            sympy.Derivative(potential, s) - mu / (2 * s * (1 - s)), (s - mu) / (2 * s * (1 - s))
        ),
    )
    return argued(
        "Residual and drift for large t",
        (
            r"V^{\star}_{t} = V_{0} \left(1 + o(1)\right), \quad V_{0} = 2 a \xi^{t} \, "
            r"\frac{\delta}{\sqrt{1-s}} \, \frac{2}{1 - \xi^{2}} \, \exp \int_{\sigma}^{1} "
            r"\frac{\mu(u)}{u} \, du",
            r"s = \mu(\sigma) = \frac{2}{\pi} \arctan\left(\frac{1 - \xi^{2}}{1 + \xi^{2}} "
            r"\frac{\sqrt{1 - \sigma^{2}}}{\sigma}\right), \quad \sigma = \delta "
            r"\sqrt{\frac{s}{1-s}}",
        ),
        _RESIDUAL_DRIFT_LIMIT_GIVEN,
        steps,
        ("curse",),
        _RESIDUAL_DRIFT_LIMIT_REMARKS,
    )


def _sine_pairs() -> Iterator[tuple[mpmath.mpf, mpmath.mpf]]:
    for base in (mpmath.mpf(1) / 3, mpmath.mpf(9) / 11):

        def density(angle: mpmath.mpf, base: mpmath.mpf = base) -> mpmath.mpf:
            kernel = (1 - base * base) / (1 - 2 * base * mpmath.cos(angle) + base * base)
            return -mpmath.log(mpmath.sin(angle)) * kernel

        integral = mpmath.quad(density, [0, mpmath.pi / 8, mpmath.pi / 2, mpmath.pi]) / mpmath.pi
        yield mpmath.exp(integral), 2 / (1 - base * base)
