"""near_minimax is asymptotically minimax, and its η in closed form."""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import t
from polyrates.symbolic.derivations.asymptotic.notation import s, w, xi
from polyrates.symbolic.derivations.notation import kappa
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step, told

__all__ = ["near_minimax_initial_cross", "near_minimax_residual_drift", "near_minimax_share"]

_SHARE = r"""
with $\eta = (g/a)^{2} s/(1-s)$ the weight is $W^{2} = \frac{a^{2}}{s} (1 + \eta/\lambda^{2})$,
and the derivative of $\ln W$ in $s$, $\Lambda = \lambda^{2}$, $a = g = 1$, is this. Its mean over
harmonic measure vanishes at the minimum of $\ln D_{s}(\xi)$: with $S = \int \lambda^{2}/
(\lambda^{2} + \eta) \, d\omega$, $(1-S)/(1-s) = S/s$, that is $S = s$. As $\eta$ grows $S$ falls
from 1 to 0 and $\eta/(\eta + g^{2}/a^{2})$ rises: there is one such $\eta$

$\lambda^{2}/(\lambda^{2} + \eta) = \operatorname{Re} F$, $F = \lambda/(\lambda + i v)$, $v =
\sqrt{\eta}$. In the disc $F(\xi) = 0$, and $F$ has one pole $w_{1}$, $\lambda(w_{1}) = -iv$, with
the residue $A = \lambda/\frac{d\lambda}{dw}$ there. On the circle $1/(w - w_{1}) = \bar{w}/(1 -
w_{1} \bar{w})$, whose mean seen from $\xi$ is its value at $\bar{w} = \xi$: the mean of $F$ is
$A$ times this sum

$\frac{1}{2}(L - \ell)(c - y)$ at $w_{1}$ is $\lambda$ there, $c - y = (w_{1} - \xi)(1 - w_{1}
\xi)/(2 w_{1} \xi)$, and $\frac{d\lambda}{dw} = \frac{1}{4}(L - \ell)(1/w^{2} - 1)$: the mean is
$(1/\xi - \xi)/(1/w_{1} - w_{1})$

$\frac{1}{4}(1/w - w)^{2} = y^{2} - 1$

and that is $4(\lambda - \ell)(\lambda - L)/(L - \ell)^{2}$: at $\lambda = 0$ and $-iv$ this makes
$s = \operatorname{Re} \sqrt{\ell L/((\ell + iv)(L + iv))}$

the product over $\ell L$ is $X + iY$, $X = 1 - v^{2}/(\ell L)$, $Y = v (\ell + L)/(\ell L)$; in
polar form, with the modulus $M$ and the angle $\theta$, $s^{2} = \cos^{2}(\theta/2)/M = (M +
X)/(2 M^{2})$

with the outer function's $D_{s}(\xi)$, $N = \left|1 - \xi w_{1}\right|^{2}$ and $v_{1} =
\left|w_{1}\right|$, twice the leading term $2 D_{s}(\xi) (1/\xi - \xi) t$ of $\tau +
\sqrt{\tau^{2} + 4} \sim 2\tau$ is the shorter form
"""


def near_minimax_share() -> Derivation:
    """η∞ of initial/cross in closed form, and V*'s shorter leading term."""
    L2, ell, L, lam, a = sympy.symbols("Lambda ell L lambda a", positive=True)
    z = sympy.Symbol("w_1")
    M, N, modulus = sympy.symbols("M N v_1", positive=True)
    theta = sympy.Symbol("theta", real=True)
    log_weight = sympy.log(1 / s + 1 / (L2 * (1 - s))) / 2
    eta = s / (1 - s)
    residue = ((1 / z + z) / -2 + (xi + 1 / xi) / 2) / ((1 / z**2 - 1) / 2)
    steps: tuple[Step, ...] = told(
        _SHARE,
        Equality(
            sympy.Derivative(log_weight, s),
            (eta / (L2 + eta) / (1 - s) - L2 / (L2 + eta) / s) / 2,
        ),
        Equality(1 / (z - xi) + xi / (1 - z * xi), (1 - xi**2) / ((z - xi) * (1 - z * xi))),
        Equality(residue * (1 - xi**2) / ((z - xi) * (1 - z * xi)), (1 / xi - xi) / (1 / z - z)),
        Equality((1 / w - w) ** 2 / 4, ((w + 1 / w) / 2) ** 2 - 1),
        Equality(
            ((L + ell - 2 * lam) / (L - ell)) ** 2 - 1,
            4 * (lam - ell) * (lam - L) / (L - ell) ** 2,
        ),
        Equality(sympy.cos(theta / 2) ** 2 / M, (M + M * sympy.cos(theta)) / (2 * M**2)),
        Equality(
            2 * (a / sympy.sqrt(s)) * (xi / modulus) * N / (1 - xi**2) ** 2 * (1 / xi - xi) * t,
            8 * a * t / (sympy.sqrt(s) * (L - ell) * (1 - xi**2)) * (L - ell) * N / (4 * modulus),
        ),
    )
    return argued(
        "The limit of the share, in closed form",
        (
            r"s = \int \frac{\lambda^{2}}{\lambda^{2} + \eta} \, d\omega = \operatorname{Re} "
            r"\sqrt{\frac{\ell L}{(\ell + i\sqrt{\eta})(L + i\sqrt{\eta})}}, \quad \eta = "
            r"\frac{g^{2}}{a^{2}} \frac{s}{1-s}",
            r"V^{\star}_{t} \sim \frac{8 a D \, t \, \xi^{t}}{\sqrt{s} (L - \ell)(1 - \xi^{2})}, "
            r"\quad D = \frac{(L - \ell) \left|1 - \xi w_{1}\right|^{2}}{4 \left|w_{1}\right|}",
        ),
        (
            r"initial/cross, $a, g > 0$, $0 < \ell < L$; $\omega$ harmonic measure seen from "
            r"$\lambda = 0$, $s$ the minimiser of $D_{s}(\xi)$",
            r"$w_{1}$ is the root in the disc of $\lambda = i\sqrt{\eta}$",
        ),
        steps,
        ("curse",),
    )


_RESIDUAL_DRIFT = r"""
write $P = C + \sum_{k < t} x_{k} r_{k}$, $r_{k} = q_{k+1} - \xi q_{k}$, $r_{k}' = p_{k} = T_{k} -
\xi T_{k-1}$ (derivatives in $y$; for $k \le 2$ any antiderivative). Up to $\xi^{2k}$, with
$T_{n}(c) = \frac{1}{2} \xi^{-n}$, $4 \xi^{k} r_{k}(c)$ is this, $(1 - \xi^{2})^{2}/(\xi k)$ times
$1 + \alpha/k + O(1/k^{2})$, $\alpha$ independent of $k$

$P^{\star}_{t}$ minimises $N = \int P^{2} d\omega + \eta \int (dP/d\lambda)^{2} d\omega$ under $C
+ \sum x_{k} r_{k}(c) = 1$; $N$ is at most its value at $q_{t}/q_{t}(c)$, $O(t^{2} \xi^{2t})$. The
multiplier is $N$: $\int P d\omega = N$, and $\int r_{k} d\omega = O(\xi^{k}/k)$, so $C$ is far
below $x_{t-1} = O(t \xi^{t})$. As $\int p_{j} p_{k} d\omega = 0$ and $\int p_{k}^{2} d\omega = (1
- \xi^{2})/2$, without the first integral $x_{k} \propto r_{k}(c)$. That integral adds to the
identity a matrix $E$ with $\left|E_{jk}\right| \le K \xi^{\left|j-k\right|}/(jk)$, as $\int T_{j}
T_{k} d\omega = \frac{1}{2}(\xi^{\left|j-k\right|} + \xi^{j+k})$; on $x_{t-1-j} = O(\xi^{j})$ it
acts as $O((1+j) \xi^{j}/t^{2})$ for $j \le t/2$, and what is left is of the order $\xi^{t/2}$ up
to powers of $t$. So $x_{t-1-j}/x_{t-1} = \xi^{j} \frac{t}{t-j} (1 + O((1+j)^{2}/t^{2}))$

$dP^{\star}_{t}/dy \propto \sum_{j} \xi^{j} (1 + j/t) p_{t-1-j} + O(1/t^{2})$, and $\sum_{j}
\xi^{j} p_{t-1-j} = T_{t-1}$, $p_{t-1-j} = \operatorname{Re}(w^{1-t} (w^{j} - \xi w^{j+1}))$; the
coefficient of $w^{j}$ in $\sum_{j} j \xi^{j} (w^{j} - \xi w^{j+1})$ is $\xi^{j}$

so $dP^{\star}_{t}/dy \propto \operatorname{Re}(w^{1-t} e)$, $e = 1 + \frac{1}{t} (\frac{\xi w}{1
- \xi w} - \frac{\xi^{2}}{1 - \xi^{2}}) + O(1/t^{2})$, normalised to $e(\xi) = 1$: its
antiderivative at $c$ is then that of $T_{t-1}$, $q_{t}(c) (1 + O(1/t^{2}))$, by $q_{t-k}(c) =
\xi^{k} q_{t}(c) (1 + O(k/t))$ for the term in $1/t$, whose value at $\xi$ is 0. $\left|e\right|$
is largest at $w = 1$, where the term is this

with $\gamma = 2d/(L - \ell)$, $V(P^{\star}_{t}) \ge d \max\left|dP/d\lambda\right| = \gamma
e(1)/q_{t}(c)$, at $w = 1$. Conversely $\int T_{n} = \frac{1}{2}(T_{n+1}/(n+1) - T_{n-1}/(n-1))$
makes $P$, up to $O(1/t)$ relative, $\sin\theta/t$ times what is in quadrature with $dP/dy$: with
$\psi$ the phase, $q_{t}(c)^{2} (d^{2} (dP/d\lambda)^{2}/(1-s) + a^{2} P^{2}/s)$ is at most
$\gamma^{2} \left|e\right|^{2} \cos^{2}\psi/(1-s) + \frac{a^{2}}{t^{2}s} (\sin^{2}\psi + O(1/t))$.
At $s = t^{-3/2}$ the coefficient of $\sin^{2}\psi$ is $O(t^{-1/2})$ and the rest $O(t^{-3/2})$: a
mean of the two coefficients with the weights $\cos^{2}$ and $\sin^{2}$ is at most the larger. So
$V(P^{\star}_{t}) = (1 + O(t^{-3/2})) \gamma e(1)/q_{t}(c)$. The same holds of $q_{t}/q_{t}(c)$
with $e = 1$, and $V^{\star}_{t} \ge (1/a + q_{t}(c)/\gamma + O(1))^{-1}$ by the explicit bounds:
$V^{\star}_{t} = (1 + O(t^{-3/2})) \gamma/q_{t}(c)$

the constant is $\xi/(1 - \xi^{2}) = (1 - \kappa)/(4\sqrt{\kappa})$
"""


def near_minimax_residual_drift() -> Derivation:
    """V/V* = 1 + (1 − κ)/(4√κ)/t + O(t^{−3/2}) in residual/drift."""
    k, j, a, b = sympy.symbols("k j a b", positive=True)
    psi = sympy.Symbol("psi", real=True)
    at_one = xi / (1 - xi) - xi**2 / (1 - xi**2)
    root = (1 - sympy.sqrt(kappa)) / (1 + sympy.sqrt(kappa))
    r = (1 / xi / (k + 1) - xi / (k - 1)) - xi * (1 / k - xi**2 / (k - 2))
    steps: tuple[Step, ...] = told(
        _RESIDUAL_DRIFT,
        Equality(
            4 * xi**k * ((xi ** (-k - 1) / (k + 1) - xi ** (1 - k) / (k - 1)) / 4)
            - 4 * xi ** (k + 1) * ((xi**-k / k - xi ** (2 - k) / (k - 2)) / 4),
            r,
        ),
        Equality(1 / (1 - j / t), t / (t - j)),
        Equality(xi**j * j - xi * xi ** (j - 1) * (j - 1), xi**j),
        Equality(at_one, xi / (1 - xi**2)),
        Equality(
            a * sympy.cos(psi) ** 2 + b * sympy.sin(psi) ** 2,
            a - (a - b) * sympy.sin(psi) ** 2,
        ),
        Equality((xi / (1 - xi**2)).subs(xi, root), (1 - kappa) / (4 * sympy.sqrt(kappa))),
    )
    return argued(
        "The harmonic method is asymptotically minimax, residual and drift",
        (
            r"\frac{V(P^{\star}_{t})}{V^{\star}_{t}} = 1 + \frac{1 - \kappa}{4\sqrt{\kappa}} "
            r"\frac{1}{t} + O\left(t^{-3/2}\right)",
        ),
        (r"residual/drift, $a, d, \eta > 0$ fixed, $0 < \ell < L$; $t \to \infty$",),
        steps,
        ("curse", "sobolev-coherent"),
        (
            r"Not uniform in $d/a$: for $\delta = 2dt/(a(L - \ell))$ fixed the method is not "
            "asymptotically minimax.",
        ),
    )


_INITIAL_CROSS = r"""
$P^{\star}_{t}$ minimises $\int A^{2} d\omega + \eta \int B^{2} d\omega$, $A = P - \lambda P'$, $B
= P'$, where $\eta = (g/a)^{2} s/(1-s)$ is the limit: $s/a^{2}$ times the mean over $\omega$ of
the profile $a^{2} A^{2}/s + g^{2} B^{2}/(1-s)$

so its mean of the profile at $s$ is at most that of the polynomial which attains the limit of
$V^{\star}_{t}$, whose $A = \operatorname{Re}(w^{-t} h)$ has $\left|h D\right| \to V^{\star}_{t}$
uniformly on the circle: $\frac{1}{2} {V^{\star}_{t}}^{2} (1 + o(1))$, the mean of $\cos^{2}$
being $\frac{1}{2}$

$p_{k} = \operatorname{Re}(w^{-t} w^{t-k} (1 - \xi w))$ for $k \ge 1$. So for $A = \sum a_{k}
p_{k} = \operatorname{Re}(w^{-t} \alpha)$, $\alpha = (1 - \xi w) \sum_{k} a_{k} w^{t-k}$,
Poisson's density gives $\int \left|\alpha\right|^{2} d\mu_{\xi} = (1 - \xi^{2}) \sum a_{k}^{2}$,
and $\int A^{2} d\omega \ge \frac{1 - \xi^{2}}{2} \sum a_{k}^{2}$ is at least half of it; the same
for $B$ and $\beta$. Over $V^{\star}_{t}$ both are bounded in $H^{2}$; weak limits have $\beta =
-\alpha/\lambda$ and, with $f = \alpha D/V^{\star}_{t}$, $f(\xi) = 0$ and $\left|f'(\xi)\right| =
1/(1 - \xi^{2})$ (derived with the limit of $V^{\star}_{t}$), and $\frac{1}{2} \int
\left|f\right|^{2} d\mu_{\xi} \le \liminf$ of the mean over ${V^{\star}_{t}}^{2}$, at most
$\frac{1}{2}$. In the variable $\varphi = (w - \xi)/(1 - \xi w)$ the measure $\mu_{\xi}$ is
uniform: the first Taylor coefficient has modulus 1 by

$\varphi'(\xi) = 1/(1 - \xi^{2})$, so $\int \left|f\right|^{2} d\mu_{\xi} \ge 1$ with equality for
$f = \pm\varphi$ alone. Hence the norms converge, and $f \to \pm\varphi$ in $H^{2}$, not weakly
only. In the basis $Q_{n}$ the form is banded with entries that tend to those of a Toeplitz matrix
whose symbol $\frac{1 - \xi^{2}}{2} \left|1 - \xi w\right|^{2} ((c - y)^{2} + \eta')$ is positive
on the circle, so the factors $l_{n,i}$ tend to those of its outer factor and the $a_{t-j}$ over
$V^{\star}_{t}$ fall like $\rho^{j}$, $\rho < 1$, uniformly in $t$: the convergence is uniform on
the circle, and the profile's maximum is ${V^{\star}_{t}}^{2} (1 + o(1))$, as
$\left|\varphi\right| = 1$
"""


def near_minimax_initial_cross() -> Derivation:
    """V/V* → 1 in initial/cross at η∞."""
    a, g, A, B, k = sympy.symbols("a g A B k", positive=True)
    angle = sympy.Symbol("psi", real=True)
    steps: tuple[Step, ...] = told(
        _INITIAL_CROSS,
        Equality(
            s / a**2 * (a**2 * A**2 / s + g**2 * B**2 / (1 - s)),
            A**2 + (g / a) ** 2 * s / (1 - s) * B**2,
        ),
        Equality(sympy.cos(angle) ** 2 + sympy.cos(angle + sympy.pi / 2) ** 2, 1),
        Equality(
            (w**k + w**-k) / 2 - xi * (w ** (k - 1) + w ** (1 - k)) / 2,
            (w**-k * (1 - xi * w) + w**k * (1 - xi / w)) / 2,
        ),
        Equality(sympy.Subs(sympy.Derivative((w - xi) / (1 - xi * w), w), w, xi), 1 / (1 - xi**2)),
    )
    return argued(
        "The harmonic method is asymptotically minimax, with a cross term",
        (r"\frac{V(P^{\star}_{t})}{V^{\star}_{t}} \to 1 \quad (t \to \infty)",),
        (
            r"initial/cross, $a, g > 0$ fixed, $0 < \ell < L$; $\eta$ the limit of the optimum's, "
            r"$V^{\star}_{t} \sim 2 (1/\xi - \xi) t \, \xi^{t} \min_{s} D_{s}(\xi)$, as derived",
        ),
        steps,
        ("curse", "sobolev-coherent"),
        ("How fast is not derived.",),
    )
