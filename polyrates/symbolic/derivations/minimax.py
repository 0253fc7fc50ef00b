r"""The smallest tight worst case: no burn-in, its dual, the average it matches, and when it is a.

V* = min over P(0) = 1, deg P ≤ t and 0 ≤ s ≤ 1 of max over λ of √(a²A²/s + g²B²/(1 − s)), with
(A, B) = (P − λP′, P′) for the sizes ‖E‖ ≤ a, ‖G‖ ≤ g (initial/cross) and (P, P′) for ‖E‖ ≤ a,
‖D‖ ≤ d (residual/drift).
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import L, x
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step, told

__all__ = [
    "degree_two_threshold",
    "matching_average",
    "no_burn_in",
    "one_eigenvalue",
    "weak_duality",
]

_a, _d, _g = sympy.symbols("a d g", positive=True)
_s = sympy.Symbol("s", positive=True)
_P = sympy.Function("P")(lam)
_slope = sympy.Derivative(_P, lam)
_A = _P - lam * _slope


_NO_BURN_IN = r"""
$P \equiv 1$ is allowed at every $t$: $A = 1$, $B = 0$ in both forms, so with $s = 1$ its worst
case is $a$, and $V^{\star}_{t} \le a$

$A(0) = P(0) = 1$ in both forms. If $\ell = 0$ the eigenvalue 0 gives $V \ge a \left|A(0)\right| =
a$ for every $P$: then $V^{\star}_{t} = a$ for every $t$

in initial/cross $A = 1$ for every $P$ of degree 1: $V^{\star}_{1} = a$

in initial/cross $A$ is a polynomial of degree $\le t$ with $A(0) = 1$ and $A'(0) = 0$; any such
$A$ occurs, and $P$ is determined by it up to $c\lambda$

$A(0) = 1$ alone gives $V \ge a \max \left|A\right| \ge a/T_{t}(c)$: Chebyshev's polynomials have
$t + 1$ alternation points, and grow fastest outside
"""


def no_burn_in() -> Derivation:
    """a/T_t(c) ≤ V* ≤ a, V* falls with t and with the support; V* = a at ℓ = 0."""
    c1 = sympy.Symbol("c_1", real=True)
    one = sympy.Integer(1)
    affine = 1 + c1 * lam
    steps: tuple[Step, ...] = told(
        _NO_BURN_IN,
        Equality(sympy.Add(one, -lam * sympy.Derivative(one, lam), evaluate=False), 1),
        Equality(sympy.Subs(_A, lam, 0), sympy.Subs(_P, lam, 0)),
        Equality(affine - lam * sympy.Derivative(affine, lam), 1),
        Equality(sympy.Derivative(_A, lam), -lam * sympy.Derivative(_P, (lam, 2))),
        Equality(1 - sympy.chebyshevt(t, x) ** 2, (1 - x**2) * sympy.chebyshevu(t - 1, x) ** 2),
    )
    return argued(
        "No burn-in",
        (
            r"\frac{a}{T_{t}(c)} \le V^{\star}_{t} \le a, \quad V^{\star}_{t+1} \le V^{\star}_{t}, "
            r"\quad c = \frac{L + \ell}{L - \ell}",
            r"\ell = 0 \Rightarrow V^{\star}_{t} = a, \qquad V^{\star}_{1} = a "
            r"\text{ in initial/cross}",
        ),
        (
            r"$V^{\star}$ does not grow with $t$ or when the support shrinks: the minimum is over "
            "a larger set of polynomials, the maximum over a smaller set of eigenvalues",
        ),
        steps,
        ("flanders-shortley", "curse"),
    )


_WEAK_DUALITY = r"""
a maximum is at least a mean: for a probability measure $\omega$ on the support and $u = a
\left\|A\right\|_{L^{2}(\omega)}$, $v = g \left\|B\right\|_{L^{2}(\omega)}$, $V^{2} \ge u^{2}/s +
v^{2}/(1-s) \ge (u + v)^{2}$ for every $P$ and $s$. So $V^{\star} \ge \min_{P} (a \left\|A\right\|
+ g \left\|B\right\|)$: any $\omega$ certifies a lower bound

in finite arithmetic: where $P(0) = \sum \alpha_{i} A(\lambda_{i}) + \beta_{i} B(\lambda_{i})$ for
all $P$ of degree $\le t$, Cauchy and Schwarz give $1 \le \left\|\alpha/\sqrt{\omega}\right\|
\left\|A\right\| + \left\|\beta/\sqrt{\omega}\right\| \left\|B\right\|$, hence $V^{\star} \ge
\min(a/\left\|\alpha/\sqrt{\omega}\right\|, g/\left\|\beta/\sqrt{\omega}\right\|)$

$z^{2}/s$ has a nonnegative second derivative in every direction $(h, k)$: the profile is jointly
convex in $(P, s)$, and its mean is linear in $\omega$, over a compact set of measures. By the
minimax theorem the best lower bound is $V^{\star}$: there is a least favourable spectrum
$\omega^{\star}$, and it lives on the contact points, where the profile of the optimal $P$ attains
its maximum
"""


def weak_duality() -> Derivation:
    """Every probability measure bounds V* from below, and a best one attains it."""
    u, v, p, q, e, f = sympy.symbols("u v p q epsilon delta", positive=True)
    first, second = sympy.symbols("h k", real=True)
    point = sympy.Symbol("z", real=True)
    steps: tuple[Step, ...] = told(
        _WEAK_DUALITY,
        Equality(
            u**2 / _s + v**2 / (1 - _s) - (u + v) ** 2,
            ((1 - _s) * u - _s * v) ** 2 / (_s * (1 - _s)),
        ),
        Equality((p**2 + q**2) * (e**2 + f**2) - (p * e + q * f) ** 2, (p * f - q * e) ** 2),
        Equality(
            first**2 * sympy.Derivative(point**2 / _s, (point, 2))
            + 2 * first * second * sympy.Derivative(point**2 / _s, point, _s)
            + second**2 * sympy.Derivative(point**2 / _s, (_s, 2)),
            2 * (_s * first - point * second) ** 2 / _s**3,
        ),
    )
    return argued(
        "The dual",
        (
            r"V^{\star} = \max_{\omega} \ \min_{P(0) = 1,\, \deg P \le t} \left("
            r"a \left\|A\right\|_{L^{2}(\omega)} + g \left\|B\right\|_{L^{2}(\omega)}\right)",
        ),
        (
            "the support is compact",
            r"$\omega$ ranges over the probability measures on it",
            "Sion's minimax theorem",
        ),
        steps,
        ("curse",),
    )


_MATCHING_AVERAGE = r"""
at the saddle point $(P^{\star}, s, \omega^{\star})$ the polynomial $P^{\star}$ minimizes the mean
of the profile over $\omega^{\star}$, for this $s$: it minimizes $\int A^{2} d\omega^{\star} +
\eta \int B^{2} d\omega^{\star}$ with $\eta = g^{2} s/(a^{2}(1-s))$

and the value of that minimum $M$ is $V^{\star} = a \sqrt{M/s}$

in initial/cross the inner product is mixed: it has cross terms $\lambda (P Q' + P' Q)$, so
$P^{\star}$ is no Sobolev optimum

in residual/drift it is the Sobolev product: $P^{\star}$ is the Sobolev-optimal polynomial of
$\omega^{\star}$ with $\eta = d^{2} s/(a^{2}(1-s))$
"""


def matching_average() -> Derivation:
    """P* also minimizes a mean over ω*: the Sobolev optimum, or the mixed product."""
    eta, A, B = sympy.symbols("eta A B", real=True)
    match = _g**2 * _s / (_a**2 * (1 - _s))
    mean, value = sympy.symbols("M V", positive=True)
    steps: tuple[Step, ...] = told(
        _MATCHING_AVERAGE,
        Equality(
            _a**2 * A**2 / _s + _g**2 * B**2 / (1 - _s),
            _a**2 / _s * (A**2 + eta * B**2),
            where=((eta, match),),
        ),
        Equality(value, _a * sympy.sqrt(mean / _s), where=((mean, _s * value**2 / _a**2),)),
        Equality(
            _A**2 + eta * _slope**2, _P**2 - 2 * lam * _P * _slope + (lam**2 + eta) * _slope**2
        ),
        Equality(
            _P**2 + eta * _slope**2,
            _P**2 + _d**2 * _s / (_a**2 * (1 - _s)) * _slope**2,
            where=((eta, match.subs(_g, _d)),),
        ),
    )
    return argued(
        "The average that the worst case matches",
        (
            r"P^{\star} = \operatorname{argmin} \int A^{2} + \eta B^{2} \, d\omega^{\star}, \quad "
            r"\eta = \frac{g^{2} s}{a^{2} (1 - s)}, \quad V^{\star} = a \sqrt{M/s}",
        ),
        (r"$0 < s < 1$ at the optimum", r"$M$ is the minimum of the mean"),
        steps,
        ("curse",),
    )


_ONE_EIGENVALUE = r"""
every $P$ of degree 1 is $1 - y \lambda/p$; here $P(p) = 1 - y$

and $P' = -y/p$

at one eigenvalue $V = a \left|P\right| + d \left|P'\right| = a \left|1 - y\right| + (d/p)
\left|y\right|$, which grows outside $[0, 1]$ and is affine inside: smallest at $y = 0$ or $y = 1$

for $t \ge 2$, $P = (1 - \lambda/p)^{2}$ vanishes

together with its derivative: $V^{\star} = 0$ in both forms
"""


def one_eigenvalue() -> Derivation:
    """One eigenvalue p: V* = a or min(a, d/p) at t = 1, and 0 for t ≥ 2."""
    p, y = sympy.symbols("p y", positive=True)
    line = 1 - y * lam / p
    square = (1 - lam / p) ** 2
    steps: tuple[Step, ...] = told(
        _ONE_EIGENVALUE,
        Equality(sympy.Subs(line, lam, p), 1 - y),
        Equality(sympy.Derivative(line, lam), -y / p),
        Equality(_a * (1 - y) + _d / p * y, _a + y * (_d / p - _a)),
        Equality(sympy.Subs(square, lam, p), 0),
        Equality(sympy.Subs(sympy.Derivative(square, lam), lam, p), 0),
    )
    return argued(
        "One eigenvalue",
        (
            r"V^{\star}_{1} = \min\left(a, \frac{d}{p}\right) \text{ in residual/drift}, \quad "
            r"V^{\star}_{1} = a \text{ in initial/cross}, \quad V^{\star}_{t} = 0 \ (t \ge 2)",
        ),
        (r"the spectrum is $\{p\}$, $p > 0$",),
        steps,
        ("curse",),
    )


_DEGREE_TWO_THRESHOLD = r"""
$A$, and $B = c_{1} + 2 c_{2} \lambda$

for a measure with mean $\mu$, standard deviation $\sigma$ and second moment $M$ the mean of
$B^{2}$ is at least $4 c_{2}^{2} \sigma^{2}$, and that of $A$ is $1 - c_{2} M$. Hence $a
\left\|A\right\| + g \left\|B\right\| \ge a - a c_{2} M + 2 g \left|c_{2}\right| \sigma$, which is
at least $a$ for every $P$ if $g/a \ge M/(2\sigma)$

take the mass $\ell^{2}/(\ell^{2} + L^{2})$ at $L$ and the rest at $\ell$: the mean

the second moment

the variance

so $g/a \ge \ell L/(L - \ell)$ implies $V^{\star}_{2} = a$

conversely, let $P = 1 + \epsilon (\lambda^{2} - 2\mu\lambda)$ and $1 - s = 2 \epsilon \rho
\sigma$ with $\rho = g/a$ and small $\epsilon > 0$: the profile over $a^{2}$ is $1 + \epsilon (2
\rho \sigma + 2 \rho (\lambda - \mu)^{2}/\sigma - 2 \lambda^{2}) + O(\epsilon^{2})$. At $\rho =
\ell L/(L - \ell)$ the bracket is 0 at $\lambda = \ell$

and at $\lambda = L$

it is convex in $\lambda$, so $\le 0$ in between; its first two terms are positive and
proportional to $\rho$, so for a smaller $\rho$ it is negative on all of $[\ell, L]$, and
$V^{\star}_{2} < a$
"""


def degree_two_threshold() -> Derivation:
    """At t = 2, initial/cross: V* = a if and only if g/a ≥ ℓL/(L − ℓ)."""
    low = sympy.Symbol("ell", positive=True)
    c1, c2 = sympy.symbols("c_1 c_2", real=True)
    square = low**2 + L**2
    weight = low**2 / square
    mean = low * L * (low + L) / square
    second = 2 * low**2 * L**2 / square
    spread = low * L * (L - low) / square
    rho = low * L / (L - low)
    P = 1 + c1 * lam + c2 * lam**2
    mu, sd = sympy.symbols("mu sigma", positive=True)
    excess = 2 * spread * rho + 2 * rho * (lam - mean) ** 2 / spread - 2 * lam**2
    steps: tuple[Step, ...] = told(
        _DEGREE_TWO_THRESHOLD,
        Equality(P - lam * sympy.Derivative(P, lam), 1 - c2 * lam**2),
        Equality(
            (c1 + 2 * c2 * mu) ** 2 + 4 * c2**2 * sd**2,
            c1**2 + 4 * c1 * c2 * mu + 4 * c2**2 * (mu**2 + sd**2),
        ),
        Equality((1 - weight) * low + weight * L, mean),
        Equality((1 - weight) * low**2 + weight * L**2, second),
        Equality(second - mean**2, spread**2),
        Equality(second / (2 * sd), rho, where=((sd, spread),)),
        Equality(sympy.Subs(excess, lam, low), 0),
        Equality(sympy.Subs(excess, lam, L), 0),
        Equality(sympy.Derivative(excess, (lam, 2)) / 2, 4 * low * L / (L - low) ** 2),
    )
    return argued(
        "When two steps help",
        (r"V^{\star}_{2} = a \iff \frac{g}{a} \ge \frac{\ell L}{L - \ell}",),
        (r"initial/cross on any support in $[\ell, L]$ with both ends, $0 < \ell < L$",),
        steps,
        ("curse",),
    )
