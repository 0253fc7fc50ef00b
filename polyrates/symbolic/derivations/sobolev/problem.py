"""What Sobolev-optimal polynomials minimise: the average case, the kernel form, degree one."""

from __future__ import annotations

import sympy

from polyrates.core.measures.densities import Uniform
from polyrates.ground.numbers import lam
from polyrates.symbolic.derivations.notation import L, ell, h
from polyrates.symbolic.derivations.sobolev.notation import ETA, RATIONAL, symbols_of
from polyrates.symbolic.proofs.derivation import Derivation, argued, claim
from polyrates.symbolic.proofs.steps import Equality, Step, told
from polyrates.symbolic.sobolev import banded, kernel, kkt, orthogonal_polynomials

__all__ = ["average_case", "degree_one", "kernel_form"]


_AVERAGE_CASE = r"""
on an eigenvector of $H$ with eigenvalue $\lambda_{i}$ the error of the Jacobian is
$P_{t}(\lambda_{i}) E_{i} + P_{t}'(\lambda_{i}) D_{i}$ (the master identity); square

isotropic: the covariance of $E$ is $v_{E} I$, so $v_{12} = 0$ and $v_{E}$ is the variance along
every unit vector $(c, s)$, the eigenvectors of $H$ among them; $v_{D}$ likewise

take the mean: uncorrelated says $v_{ED} = 0$, and $\eta = v_{D}/v_{E}$; the mean over the
eigenvalues is the integral over the spectral density $\mu$

$\eta$ has the units of $\lambda^{2}$: for $kH$ instead of $H$, $D$ grows $k$-fold, $\eta$ becomes
$k^{2} \eta$, and $P(\lambda/k)$ is as good as $P$ was (here for a quadratic)
"""


def average_case() -> Derivation:
    """E‖∂x_t − ∂x*‖² = E‖E‖² (∫P²dμ + η∫P′²dμ), η = E‖D‖²/E‖E‖²."""
    p, q, e, d = symbols_of("P P' E_{i} D_{i}")
    ee, ed, dd = symbols_of("v_{E} v_{ED} v_{D}")
    s, a, b = sympy.Symbol("s", real=True), *symbols_of("a b")
    cosine, scale = sympy.symbols("c k", positive=True)
    e11, e12, e22 = symbols_of("v_{11} v_{12} v_{22}")

    def objective(polynomial: sympy.Expr, weight: sympy.Expr, at: sympy.Expr) -> sympy.Expr:
        slope = sympy.diff(polynomial, lam)
        return (polynomial**2 + weight * slope**2).subs(lam, at)

    quadratic = 1 + a * lam + b * lam**2
    steps: tuple[Step, ...] = told(
        _AVERAGE_CASE,
        Equality((p * e + q * d) ** 2, p**2 * e**2 + 2 * p * q * e * d + q**2 * d**2),
        Equality(
            cosine**2 * e11 + 2 * cosine * s * e12 + s**2 * e22,
            ee + 2 * cosine * s * e12,
            where=((e11, ee), (e22, ee), (s**2, 1 - cosine**2)),
        ),
        Equality(
            p**2 * ee + 2 * p * q * ed + q**2 * dd,
            ee * (p**2 + ETA * q**2) + 2 * p * q * ed,
            where=((dd, ETA * ee),),
        ),
        Equality(
            objective(quadratic.subs(lam, lam / scale), scale**2 * ETA, scale * lam),
            objective(quadratic, ETA, lam),
        ),
    )
    return argued(
        "The average case",
        (
            r"\frac{\mathbb{E} \left\|\partial x_{t} - \partial x_{\star}\right\|^{2}}"
            r"{\mathbb{E} \left\|E\right\|^{2}} = \int P_{t}^{2}\, d\mu "
            r"+ \eta \int P_{t}'^{2}\, d\mu",
            r"\eta = \frac{\mathbb{E} \left\|D\right\|^{2}}{\mathbb{E} \left\|E\right\|^{2}}",
        ),
        (
            r"$E = \partial x_{0} - \partial x_{\star}$ and $D = \partial H (x_{0} - x_{\star})$ "
            "have mean zero, are isotropic and uncorrelated with each other, and do not depend on "
            "$H$",
            r"$H\, \partial H = \partial H\, H$, and unrolled differentiation",
            r"$\mu$ is the mean spectral density of $H$: each eigenvalue has weight $1/d$",
        ),
        steps,
        ("curse", "average-case"),
        (
            r"With correlation, $v_{ED} \ne 0$, the term $2 (v_{ED}/v_{E}) \int P P' d\mu$ is "
            "added: the assumption matters.",
        ),
    )


_KERNEL_FORM = r"""
let $P = \sum_{i \le t} c_{i} S_{i}$, $N_{i} = \left\|S_{i}\right\|^{2}_{\eta}$, $s_{i} =
S_{i}(0)$: one term of the distance of $P$ from $P^{\star} = \frac{1}{A_{t}} \sum_{i}
\frac{s_{i}}{N_{i}} S_{i}$

the sum over $i \le t$: $\sum N_{i} c_{i}^{2} = \left\|P\right\|^{2}$, $\sum c_{i} s_{i} = P(0) =
1$, $\sum s_{i}^{2}/N_{i} = A_{t}$. So $\left\|P\right\|^{2} = 1/A_{t} + \left\|P -
P^{\star}\right\|^{2}$, for every $t$: the minimum is $1/A_{t}$, attained at $P^{\star}$ alone. It
never rises with $t$, since $A_{t}$ never falls

the other way, in any basis with Gram matrix $G$ and values $v$ at 0: stationarity is $G c = \nu
v$ with $v^{T} c = 1$, hence $1/\nu = v^{T} G^{-1} v$. Eliminating, $G = M N M^{T}$, $v = M s$
and $w = M r$ give $v^{T} G^{-1} w = s^{T} N^{-1} r$ (for every $t$; written out for $t = 1$); with
$w = v$ that is $A_{t}$
"""


_KERNEL_INSTANCES = r"""
an exact instance, the uniform density on $[1, 9]$ and $\eta = 2$: $\langle S_{3}, S_{1}
\rangle_{\eta} = 0$. Opposite parities are orthogonal by symmetry alone; these two are not

there, at $t = 2$, the objective of the solution of the KKT system is the $1/A_{2}$ of the kernel
"""


def _kernel_instances() -> tuple[Step, ...]:
    """On the uniform density of [1, 9], η = 2: two orthogonal polynomials, and the value."""
    example, eta, degree = Uniform(1, 9), RATIONAL(2), 2
    by_kernel = kernel(example, eta, degree)
    unit, cleared = kkt(example, eta, degree).polynomial.clear_denoms(convert=True)
    whole = cleared.as_expr()  # unit · P*, without fractions
    first, third = (orthogonal_polynomials(example, eta, 3)[i][0].as_expr() for i in (1, 3))
    return told(
        _KERNEL_INSTANCES,
        Equality(
            sympy.Integral(
                sympy.expand(third * first)
                + eta * sympy.expand(sympy.diff(third, lam) * sympy.diff(first, lam)),
                (lam, 1, 9),
            ),
            0,
        ),
        Equality(
            sympy.Integral(sympy.expand(whole**2 + eta * sympy.diff(whole, lam) ** 2), (lam, 1, 9))
            / (8 * unit**2),
            by_kernel.domain.to_sympy(by_kernel.values[-1]),
        ),
    )


_KERNEL_FORM_GIVEN = (
    r"$\langle p, q \rangle_{\eta} = \int p q\, d\mu + \eta \int p' q'\, d\mu$, "
    r"$\eta \ge 0$",
    r"$S_{i}$ of degree $i$, $\langle S_{i}, S_{j} \rangle_{\eta} = 0$ for $i \ne j$",
    r"$\mu$ has more than $t$ points",
)

_KERNEL_FORM_REMARKS = (
    "The last two steps are exact instances; the others hold for every $t$.",
    r"Some $S_{i}(0)$ may vanish; nothing is divided by it.",
)


def kernel_form() -> Derivation:
    """min ‖P‖²_η under P(0) = 1 is 1/A_t; the stationarity conditions give the same."""
    size, coefficient, value, total, norm = symbols_of("N_{i} c_{i} s_{i} A_{t} \\|P\\|^{2}")
    at_zero = sympy.Symbol(r"\sum {c_{i} s_{i}}")
    weight = sympy.Symbol(r"\sum {s_{i}^{2}/N_{i}}")
    g00, g01, g11, v0, v1 = symbols_of("G_{00} G_{01} G_{11} v_{0} v_{1}")
    s0, s1, n0, n1, low = symbols_of("s_{0} s_{1} N_{0} N_{1} l")
    w0, w1, r0, r1 = symbols_of("w_{0} w_{1} r_{0} r_{1}")
    steps: tuple[Step, ...] = told(
        _KERNEL_FORM,
        Equality(
            size * (coefficient - value / (total * size)) ** 2,
            size * coefficient**2 - 2 * coefficient * value / total + value**2 / (total**2 * size),
        ),
        Equality(
            norm - 2 * at_zero / total + weight / total**2,
            norm - 1 / total,
            where=((at_zero, 1), (weight, total)),
        ),
        Equality(
            (g11 * v0 * w0 - g01 * (v0 * w1 + v1 * w0) + g00 * v1 * w1) / (g00 * g11 - g01**2),
            s0 * r0 / n0 + s1 * r1 / n1,
            where=(
                (g00, n0),
                (g01, low * n0),
                (g11, low**2 * n0 + n1),
                (v0, s0),
                (v1, low * s0 + s1),
                (w0, r0),
                (w1, low * r0 + r1),
            ),
        ),
        *_kernel_instances(),
    )
    return argued(
        "The kernel form of the optimum",
        (
            r"\min_{P(0) = 1,\ \deg P \le t} \left\|P\right\|_{\eta}^{2} = \frac{1}{A_{t}}",
            r"P^{\star}_{t} = \frac{1}{A_{t}} \sum_{i=0}^{t} "
            r"\frac{S_{i}(0)}{\left\|S_{i}\right\|_{\eta}^{2}} S_{i}, \quad "
            r"A_{t} = \sum_{i=0}^{t} \frac{S_{i}(0)^{2}}{\left\|S_{i}\right\|_{\eta}^{2}}",
        ),
        _KERNEL_FORM_GIVEN,
        steps,
        ("curse", "sobolev-coherent"),
        _KERNEL_FORM_REMARKS,
    )


_DEGREE_ONE = r"""
the objective at $P = 1 - h \lambda$, with the moments $m_{1} = (L + \ell)/2$ and $m_{2} = (L^{2}
+ L \ell + \ell^{2})/3$

complete the square: $h^{\star} = m_{1}/(m_{2} + \eta)$, for every measure

the step

the minimum; $m_{2} - m_{1}^{2} = (L - \ell)^{2}/12$ is the variance

what the banded elimination finds, in symbols

and its value

$\eta \to 0$: the best step for the iterates alone

$\eta \to \infty$: the step vanishes like $m_{1}/\eta$, and $P^{\star} \to 1$
"""


def degree_one() -> Derivation:
    """t = 1 on the uniform density: P = 1 − hλ, with η, ℓ and L as symbols."""
    m1, m2 = (L + ell) / 2, (L**2 + L * ell + ell**2) / 3
    a, b = symbols_of("m_{1} m_{2}", positive=True)
    found = banded(Uniform(ell, L), ETA, 1)
    value = found.domain.to_sympy(found.values[1])
    slope = -found.polynomial.coeff_monomial(lam)
    best = (L + ell) / (L**2 + L * ell + ell**2 + 3 * ETA) * RATIONAL(3, 2)
    least = ((L - ell) ** 2 + 12 * ETA) / (L**2 + L * ell + ell**2 + 3 * ETA) * RATIONAL(1, 4)
    objective = sympy.Integral((1 - h * lam) ** 2 + ETA * h**2, (lam, ell, L)) / (L - ell)
    whole = Equality(
        objective,
        (m2 + ETA) * (h - best) ** 2 + least,
        r"on the uniform density: smallest at $h^{\star}$, the $h$ of the square, where it is the "
        "rest",
    )
    steps: tuple[Step, ...] = told(
        _DEGREE_ONE,
        Equality(objective, (1 - 2 * h * a + h**2 * (b + ETA)), where=((a, m1), (b, m2))),
        Equality(
            1 - 2 * h * a + h**2 * (b + ETA),
            (b + ETA) * (h - a / (b + ETA)) ** 2 + (b + ETA - a**2) / (b + ETA),
        ),
        Equality(a / (b + ETA), best, where=((a, m1), (b, m2))),
        Equality((b + ETA - a**2) / (b + ETA), least, where=((a**2, (L + ell) ** 2 / 4), (b, m2))),
        whole,
        Equality(slope, best, computed=True),
        Equality(value, least, computed=True),
        Equality(sympy.Limit(best, ETA, 0), m1 / m2),
        Equality(sympy.Limit(best * ETA, ETA, sympy.oo), m1),
    )
    return Derivation(
        "Degree one",
        (claim(whole),),
        (
            r"$P = 1 - h\lambda$, $\mu$ is the uniform density on $[\ell, L]$",
            r"$0 \le \ell < L$, $\eta > 0$",
        ),
        steps,
        ("curse",),
    )
