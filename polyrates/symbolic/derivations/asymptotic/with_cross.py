"""V* for large t in initial/cross with g > 0: an outer function, and Schwarz and Pick."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.asymptotic.notation import rho, s, w, xi
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Numeric, Step, told


def _outer(w: sympy.Expr, zero: sympy.Expr, conjugate: sympy.Expr) -> sympy.Expr:
    """D(w) over a/√s, times |w_1|/ξ: the numerator and denominator of the outer function."""
    return (1 - w * zero) * (1 - w * conjugate) / (1 - w * xi) ** 2


_OUTER_FUNCTION = r"""
$W^{2} = (a^{2}/s)(1 + \rho^{2}/\lambda^{2})$ with $\rho = (g/a) \sqrt{s/(1-s)}$; here $a = g = 1$
and $\Lambda = \lambda^{2}$

with $y = (w + 1/w)/2$ and $y_{1} = (w_{1} + 1/w_{1})/2$. On the circle $\left|w - w_{1}\right| =
\left|1 - \bar{w}_{1} w\right|$: $\left|y - y_{1}\right|$ has the modulus of $(1 - w w_{1})(1 - w
\bar{w}_{1})/(2 w_{1})$

$\lambda = \frac{1}{2}(L - \ell)(c - y)$ and $\lambda \mp i \rho$ vanish at $w = \xi$, $w_{1}$ and
$\bar{w}_{1}$, $(w_{1} + 1/w_{1})/2 = c \mp 2i\rho/(L - \ell)$. Hence $D(w) = \frac{a}{\sqrt{s}}
\frac{\xi}{\left|w_{1}\right|} \frac{(1 - w w_{1})(1 - w \bar{w}_{1})}{(1 - w \xi)^{2}}$ has no
zero or pole in the closed disc and $\left|D\right| = W$ on the circle: it is the outer function
of $W$

with $z = \bar{w}_{1}$: $q = \xi D'(\xi)/D(\xi) = -2 \operatorname{Re}(\xi w_{1}/(1 - \xi w_{1}))
+ 2 \xi^{2}/(1 - \xi^{2})$

against the Poisson integral of $\ln W$ by quadrature, on [1, 10] and [1, 100]
"""


def outer_function() -> Derivation:
    """D(ξ) and ξD′(ξ)/D(ξ) of the weight W = √(a²/s + g²/(λ²(1 − s)))."""
    z, other = sympy.symbols("w_1 z", complex=True)
    log_slope = w * sympy.Derivative(_outer(w, z, other), w) / _outer(w, z, other)
    share = rho**2 / (rho**2 + 1)
    lam2 = sympy.Symbol("Lambda", positive=True)
    steps: tuple[Step, ...] = told(
        _OUTER_FUNCTION,
        Equality(1 / s + 1 / (lam2 * (1 - s)), (1 + rho**2 / lam2) / s, where=((s, share),)),
        Equality((w + 1 / w) / 2 - (z + 1 / z) / 2, (w - z) * (w * z - 1) / (2 * w * z)),
        Equality((w + 1 / w) / 2 - (xi + 1 / xi) / 2, (w - xi) * (w * xi - 1) / (2 * w * xi)),
        Equality(
            log_slope.subs(w, xi),
            -xi * z / (1 - xi * z) - xi * other / (1 - xi * other) + 2 * xi**2 / (1 - xi**2),
        ),
        Numeric(
            sympy.Symbol("\\ln D(\\xi)"),
            sympy.Symbol("\\frac{1}{2\\pi} \\int_{0}^{2\\pi} \\ln W \\, d\\mu_{\\xi}"),
            pairs=_outer_pairs,
            tolerance=1e-18,
        ),
    )
    return argued(
        "The outer function of the weight",
        (
            r"D(\xi) = \frac{a}{\sqrt{s}} \frac{\xi}{\left|w_{1}\right|} \frac{\left|1 - \xi w_{1}"
            r"\right|^{2}}{(1 - \xi^{2})^{2}}",
            r"q = -2 \operatorname{Re} \frac{\xi w_{1}}{1 - \xi w_{1}} + \frac{2 \xi^{2}}{1 - "
            r"\xi^{2}}",
        ),
        (
            r"$0 < s < 1$, $a, g > 0$",
            r"$w_{1}$ is the root in the disc of $(w + 1/w)/2 = c - 2i\rho/(L - \ell)$",
        ),
        steps,
        ("curse",),
    )


def outer_value(
    ell: mpmath.mpf, L: mpmath.mpf, a: mpmath.mpf, g: mpmath.mpf, s: mpmath.mpf
) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    """(ξ, D(ξ), q) in mpmath numbers."""
    xi = (mpmath.sqrt(L) - mpmath.sqrt(ell)) / (mpmath.sqrt(L) + mpmath.sqrt(ell))
    rho = g / a * mpmath.sqrt(s / (1 - s))
    point = mpmath.mpc((L + ell) / (L - ell), -2 * rho / (L - ell))
    root = point - mpmath.sqrt(point - 1) * mpmath.sqrt(point + 1)
    product = xi * root
    D = a / mpmath.sqrt(s) * xi / abs(root) * abs(1 - product) ** 2 / (1 - xi * xi) ** 2
    q = -2 * mpmath.re(product / (1 - product)) + 2 * xi * xi / (1 - xi * xi)
    return xi, D, q


def _outer_pairs() -> Iterator[tuple[mpmath.mpf, mpmath.mpf]]:
    for ell, L, a, g, share in ((1, 10, 1, 1, 0.5), (1, 10, 2, 0.25, 0.75), (1, 100, 1, 1, 0.625)):
        low, high = mpmath.mpf(ell), mpmath.mpf(L)
        xi, D, _ = outer_value(low, high, mpmath.mpf(a), mpmath.mpf(g), mpmath.mpf(share))
        # the trapezoidal rule converges geometrically for a periodic analytic integrand
        nodes = 2048
        total = mpmath.mpf(0)
        for k in range(nodes):
            angle = mpmath.pi * (2 * k + 1) / nodes
            cosine = mpmath.cos(angle)
            lam = ((high + low) - (high - low) * cosine) / 2
            weight = (
                mpmath.log(
                    a * a / mpmath.mpf(share) + g * g / (lam * lam * (1 - mpmath.mpf(share)))
                )
                / 2
            )
            total += weight * (1 - xi * xi) / (1 - 2 * xi * cosine + xi * xi)
        yield mpmath.log(D), total / nodes


_INITIAL_CROSS_LIMIT = r"""
$A' = -\lambda B'$. Given $A$ with $A(0) = 1$ and $A'(0) = 0$, $P$ is known up to a multiple of
$\lambda$, and $B$ up to a constant

$A = w^{-t} f_{A}$ and $B = w^{-t} f_{B}$ with $f_{A}$, $f_{B}$ analytic in the disc and, by the
maximum principle, $\left|f_{A}\right| \le V \sqrt{s}/a$, $\left|f_{B}\right| \le V \sqrt{1-s}/g$:
over $V$ they are normal families. $A' = -\lambda B'$ reads $f_{A} - w f_{A}'/t = -\lambda (f_{B}
- w f_{B}'/t)$, and $f_{A}'/V$, $f_{B}'/V$ are bounded on compacts: limits of $f_{A}/V$, $f_{B}/V$
have $f_{A} = -\lambda f_{B}$

with $B = -A/\lambda$ the profile is $A^{2} W^{2}$, $W^{2} = a^{2}/s + g^{2}/(\lambda^{2} (1-s))$.
This holds inside the disc; it is carried to the circle by smoothing

the smoothing: the measure with masses $(-1)^{j} K_{r}(j \pi/t)/(2t)$ at $j \pi/t$, $K_{r}(\theta)
= \sum_{m} r^{\left|m\right|} e^{im\theta}$ Poisson's kernel. The sum over $j$ keeps the $m$ that
are $t \pm n$ modulo $2t$: it multiplies $\cos n\theta$ by $(r^{t-n} + r^{t+n})/(1 - r^{2t})$, and
its total variation is $(1 + r^{2t})/(1 - r^{2t})$. So it replaces $f(w)$ by $f(rw)$, the terms
$r^{t+n}$ adding at most a multiple of $r^{t} \max \left|A\right|$. As the norm $(a^{2} A^{2}/s +
g^{2} B^{2}/(1-s))^{1/2}$ of the vector $(A, B)$ is the same at every $\lambda$, smoothing does
not raise the profile's maximum in the limit

$T_{t-k} = \operatorname{Re}(w^{-t} w^{k})$: inside the disc the limit of $f_{A}$ is half that of
$\alpha$, $A = \operatorname{Re}(w^{-t} \alpha)$. Smoothed, $(A, B)$ is
$\operatorname{Re}(e^{-it\theta} \alpha(w) (1, -1/\lambda(w)))$ at $w = re^{i\theta}$ in the
limit, and within $2\pi/t$ of every $\theta$ there is one where $e^{-it\theta} \alpha(w) =
\pm\left|\alpha(w)\right|$: $\left|\alpha(w)\right|^{2} (a^{2}/s + g^{2} (\operatorname{Re}
1/\lambda(w))^{2}/(1-s)) \le V^{2} (1 + o(1))$ as $t \to \infty$, for each $r$. As $r \to 1$,
$1/\lambda(w) \to 1/\lambda$ and $\left|D(w)\right| \to W$ uniformly, $D$ being continuous and
without zeros on the closed disc: $2 \left|f_{A} D\right| \le V$ in the disc

$A'(0) = 0$ means $\xi f_{A}' = t f_{A}$ at $\xi$, so $f_{A}(\xi) \to 0$ and $\varphi = 2 f_{A}
D/V$ vanishes at $\xi$ in the limit: by Schwarz and Pick $\left|\varphi'(\xi)\right| \le 1/(1 -
\xi^{2})$. With $A(0) = \xi^{-t} f_{A}(\xi) = 1$, $t \xi^{t}/(\xi V) \to
\left|\varphi'(\xi)\right|/(2D)$: $V/(t \xi^{t})$ has no limit below $2 D (1/\xi - \xi)$. This for
the optimal $s_{t}$ along a sequence on which it converges to some $s$: for $0 < s < 1$, $W$
converges uniformly; for $s = 0$, $f_{A}/V \to 0$, for $s = 1$, $f_{B}/V \to 0$ and with it
$f_{A}/V$, so that $V/(t \xi^{t}) \to \infty$. Hence the bound with $\min_{s} D_{s}(\xi)$. The
minimum is unique: $\ln W$ is a logarithm of a sum of exponentials of $-\ln s$ and $-\ln(1-s)$,
strictly convex in $s$, and so is its mean $\ln D_{s}(\xi)$, which tends to $\infty$ at both ends

it is attained: $A \propto \operatorname{Re}(w^{-t} h)$, $h$ the Taylor section of degree $t$ of
$\varphi_{b}/D$, $\varphi_{b} = (w - b)/(1 - bw)$, whose poles lie outside the closed disc, so
sections converge geometrically, uniformly for $b \le \xi$. $A'(0) = 0$ reads $\xi h' - t h = 0$
at $\xi$, up to $\xi^{2t}$: the left side is positive at $b = \xi$ and negative at $b = \xi -
K/t$, $K > \xi$, for large $t$, so a root $b = \xi - O(1/t)$ exists. $B' = -A'/\lambda$ is a
polynomial, and $(B + A/\lambda)' = -A/\lambda^{2}$: one integration by parts and the choice of
the constant give $B + A/\lambda = O(1/t)$, up to $O(1/t^{2})$ in quadrature with $A$, which moves
the profile's maximum by $O(1/t^{2})$ only. With $\xi \varphi'/\varphi = t + q$ at $\xi$,
$\varphi(\xi) = 2/(\tau + \sqrt{\tau^{2} + 4})$: $V^{\star}$ is at most the second line's value
times $1 + O(1/t^{2})$
"""


def initial_cross_limit() -> Derivation:
    """g > 0: V*/(tξ^t) → 2(1/ξ − ξ) min_s D_s(ξ)."""
    f = sympy.Function("f")(w)
    P = sympy.Function("P")(sympy.Symbol("lambda", real=True))
    x = sympy.Symbol("lambda", real=True)
    tau, D, V, a, g = sympy.symbols("tau D V a g", positive=True)
    A = sympy.Symbol("A", real=True)
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    steps: tuple[Step, ...] = told(
        _INITIAL_CROSS_LIMIT,
        Equality(
            sympy.Derivative(P - x * sympy.Derivative(P, x), x), -x * sympy.Derivative(P, (x, 2))
        ),
        Equality(
            sympy.Derivative(w**-t * f, w), w ** (-t - 1) * (-t * f + w * sympy.Derivative(f, w))
        ),
        Equality(
            a**2 * A**2 / s + g**2 * (-A / x) ** 2 / (1 - s),
            A**2 * (a**2 / s + g**2 / (x**2 * (1 - s))),
        ),
        Numeric(
            sympy.Symbol("\\frac{1}{2t} \\sum_{j} (-1)^{j} K_{r}(j\\pi/t) \\, e^{-i n j \\pi/t}"),
            sympy.Symbol("r^{t - \\left|n\\right|}\\,(1 + O(r^{2\\left|n\\right|}))"),
            pairs=_kernel_pairs,
            tolerance=1e-15,
        ),
        Equality(w**t * (w ** (t - k) + w ** (k - t)) / 2, (w**k + w ** (2 * t - k)) / 2),
        Equality(
            t * xi**t / (xi * V),
            1 / (2 * D * (1 - xi**2)),
            where=((V, 2 * D * (1 / xi - xi) * t * xi**t),),
        ),
        Equality((sympy.sqrt(tau**2 + 4) - tau) / 2 * (sympy.sqrt(tau**2 + 4) + tau) / 2, 1),
    )
    return argued(
        "With a cross term, for large t",
        (
            r"\lim_{t \to \infty} \frac{V^{\star}_{t}}{t \, \xi^{t}} = 2 \left(\frac{1}{\xi} - \xi"
            r"\right) \min_{s} D_{s}(\xi)",
            r"V^{\star}_{t} \approx \min_{s} \xi^{t} D_{s}(\xi) \left(\tau + \sqrt{\tau^{2} + 4}"
            r"\right), \quad \tau = \left(\frac{1}{\xi} - \xi\right)(t + q)",
        ),
        (r"initial/cross with $a, g > 0$ fixed, $0 < \ell < L$; $D_{s}$ and $q$ as derived apart",),
        steps,
        ("curse",),
        (
            r"The formula for finite $t$ is an upper bound up to $1 + O(1/t^{2})$; that it is a "
            "lower one beyond leading order is formal: the tests compare it with certified values.",
        ),
        formal=(1,),
    )


def _kernel_pairs() -> Iterator[tuple[mpmath.mpf, mpmath.mpf]]:
    r = mpmath.mpf(3) / 4
    for steps, n in ((8, 8), (8, 5), (13, 2), (20, 17)):
        total = mpmath.mpf(0)
        for j in range(2 * steps):
            angle = mpmath.pi * j / steps
            kernel = (1 - r * r) / (1 - 2 * r * mpmath.cos(angle) + r * r)
            total += (-1) ** j * kernel * mpmath.cos(n * angle)
        # the discrete measure repeats with period 2t: two geometric series
        exact = (r ** (steps - n) + r ** (steps + n)) / (1 - r ** (2 * steps))
        yield total / (2 * steps), exact


def initial_cross_value(
    ell: mpmath.mpf, L: mpmath.mpf, steps: int, a: mpmath.mpf, g: mpmath.mpf
) -> mpmath.mpf:
    """min over s of ξ^t D_s(ξ)(τ + √(τ² + 4)) in mpmath numbers."""

    def value(s: mpmath.mpf) -> mpmath.mpf:
        xi, D, q = outer_value(ell, L, a, g, s)
        tau = (1 / xi - xi) * (steps + q)
        return xi**steps * D * (tau + mpmath.sqrt(tau * tau + 4))

    def share(odds: mpmath.mpf) -> mpmath.mpf:
        return 1 / (1 + mpmath.exp(-odds))

    low, high = mpmath.mpf(-40), mpmath.mpf(40)
    ratio = (mpmath.sqrt(5) - 1) / 2
    for _ in range(55):  # golden section in ln(s/(1 − s)): the value is flat at its minimum
        one, two = high - ratio * (high - low), low + ratio * (high - low)
        if value(share(one)) < value(share(two)):
            high = two
        else:
            low = one
    return value(share((low + high) / 2))
