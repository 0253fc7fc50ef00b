r"""Sobolev-optimal residual polynomials: what they minimise, and why their recurrence is short.

    minimise ∫P²dμ + η∫P′²dμ under P(0) = 1, deg P ≤ t.

average_case       this is the mean squared error of an unrolled Jacobian; what η is
kernel_form        the minimum is 1/A_t, A_t = Σ S_i(0)²/‖S_i‖², and the KKT system says the same
degree_one         t = 1 with η, ℓ and L as symbols
connection_formula Q_n′ = nP_{n−1} for Q_n = P_n − c_nP_{n−2}, from Gegenbauer's recurrence alone
jacobi_structure   the same for Jacobi's polynomials, Q_n = P_n + f_nP_{n−1} + g_nP_{n−2}
sobolev_recursion  S_n − d_nS_{n−2} = P_n − c_nP_{n−2}, ρ_n = ‖S_n‖²/‖P_n‖²
running_form       one gradient a step, rows that sum to one, no division by S_n(0)
without_slopes     η → 0: the polynomials orthogonal for λμ
marchenko_pastur   η = 0 in closed form
asymptotics        t → ∞ for η > 0: the limits do not depend on η or α

Throughout x = m(λ) = (2λ − L − ℓ)/(L − ℓ), m₀ = m(0), and P_n is monic in x.
"""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.measures import GegenbauerDensity, JacobiDensity, Uniform
from polyrates.methods.orthogonal import Orthogonal, Sobolev
from polyrates.symbolic.derivation import Derivation, Equality, Nonnegative, Range, Step
from polyrates.symbolic.derivations.notation import L, c, ell, h, lam, t, x
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.sobolev import banded, kernel, kkt, orthogonal_polynomials

__all__ = [
    "asymptotics",
    "average_case",
    "connection_formula",
    "degree_one",
    "jacobi_structure",
    "kernel_form",
    "marchenko_pastur",
    "running_form",
    "sobolev_recursion",
    "without_slopes",
]

_eta = sympy.Symbol("eta", positive=True)
_eta_x = sympy.Symbol("eta_x", positive=True)
_n = sympy.Symbol("n", positive=True)
_alpha, _beta = sympy.symbols("alpha beta", real=True)
_PROVED = "Status: every step is proved."
_R = sympy.Rational


def _names(text: str, **assumptions: bool) -> list[sympy.Symbol]:
    """Symbols separated by spaces; their names are LaTeX."""
    return [sympy.Symbol(name, **assumptions) for name in text.split()]


def _gamma(n: Any) -> sympy.Expr:
    """γ_n of P_{n+1} = xP_n − γ_nP_{n−1}, weight (1 − x²)^{α − ½}."""
    return n * (n + 2 * _alpha - 1) / ((n + _alpha) * (n + _alpha - 1) * 4)


def _c(n: Any) -> sympy.Expr:
    """c_n of Q_n = P_n − c_nP_{n−2}."""
    return n * (n - 1) / ((n + _alpha - 1) * (n + _alpha - 2) * 4)


# The problem -----------------------------------------------------------------------------------


def average_case() -> Derivation:
    """E‖∂x_t − ∂x*‖² = E‖E‖² (∫P²dμ + η∫P′²dμ), η = E‖D‖²/E‖E‖²."""
    p, q, e, d = _names("P P' E_{i} D_{i}")
    ee, ed, dd = _names("v_{E} v_{ED} v_{D}")
    s, a, b = sympy.Symbol("s", real=True), *_names("a b")
    cosine, scale = sympy.symbols("c k", positive=True)
    e11, e12, e22 = _names("v_{11} v_{12} v_{22}")

    def objective(polynomial: Any, weight: Any, at: Any) -> sympy.Expr:
        slope = sympy.diff(polynomial, lam)
        return (polynomial**2 + weight * slope**2).subs(lam, at)

    quadratic = 1 + a * lam + b * lam**2
    steps: tuple[Step, ...] = (
        Equality(
            (p * e + q * d) ** 2,
            p**2 * e**2 + 2 * p * q * e * d + q**2 * d**2,
            r"on an eigenvector of $H$ with eigenvalue $\lambda_{i}$ the error of the Jacobian is "
            r"$P_{t}(\lambda_{i}) E_{i} + P_{t}'(\lambda_{i}) D_{i}$ (the master identity); square",
        ),
        Equality(
            cosine**2 * e11 + 2 * cosine * s * e12 + s**2 * e22,
            ee,
            r"isotropic: the covariance of $E$ is $v_{E} I$, so $v_{E}$ is the variance along "
            r"every unit vector $(c, s)$, the eigenvectors of $H$ among them; $v_{D}$ likewise",
            where=((e11, ee), (e22, ee), (e12, 0), (s, sympy.sqrt(1 - cosine**2))),
        ),
        Equality(
            p**2 * ee + 2 * p * q * ed + q**2 * dd,
            ee * (p**2 + _eta * q**2),
            r"take the mean: uncorrelated says $v_{ED} = 0$, and $\eta = v_{D}/v_{E}$; the mean "
            r"over the eigenvalues is the integral over the spectral density $\mu$",
            where=((ed, 0), (dd, _eta * ee)),
        ),
        Equality(
            objective(quadratic.subs(lam, lam / scale), scale**2 * _eta, scale * lam),
            objective(quadratic, _eta, lam),
            r"$\eta$ has the units of $\lambda^{2}$: for $kH$ instead of $H$, $D$ grows $k$-fold, "
            r"$\eta$ becomes $k^{2} \eta$, and $P(\lambda/k)$ is as good as $P$ was (here for a "
            "quadratic)",
        ),
    )
    return Derivation(
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
            _PROVED,
            r"With correlation, $v_{ED} \ne 0$, the term $2 (v_{ED}/v_{E}) \int P P' d\mu$ is "
            "added: the assumption matters.",
        ),
    )


def kernel_form() -> Derivation:
    """min ‖P‖²_η under P(0) = 1 is 1/A_t; the stationarity conditions give the same."""
    size, coefficient, value, total, norm = _names("N_{i} c_{i} s_{i} A_{t} \\|P\\|^{2}")
    at_zero = sympy.Symbol(r"\sum {c_{i} s_{i}}")
    weight = sympy.Symbol(r"\sum {s_{i}^{2}/N_{i}}")
    g00, g01, g11, v0, v1 = _names("G_{00} G_{01} G_{11} v_{0} v_{1}")
    s0, s1, n0, n1, low = _names("s_{0} s_{1} N_{0} N_{1} l")
    example, eta, degree = Uniform(1, 9), _R(2), 2
    by_conditions = kkt(example, eta, degree)
    by_kernel = kernel(example, eta, degree)
    unit, cleared = by_conditions.polynomial.clear_denoms(convert=True)
    whole = cleared.as_expr()  # unit · P*, without fractions
    first, third = (orthogonal_polynomials(example, eta, 3)[i][0].as_expr() for i in (1, 3))
    steps: tuple[Step, ...] = (
        Equality(
            size * (coefficient - value / (total * size)) ** 2,
            size * coefficient**2 - 2 * coefficient * value / total + value**2 / (total**2 * size),
            r"let $P = \sum_{i \le t} c_{i} S_{i}$, $N_{i} = \left\|S_{i}\right\|^{2}_{\eta}$, "
            r"$s_{i} = S_{i}(0)$: one term of the distance of $P$ from "
            r"$P^{\star} = \frac{1}{A_{t}} \sum_{i} \frac{s_{i}}{N_{i}} S_{i}$",
        ),
        Equality(
            norm - 2 * at_zero / total + weight / total**2,
            norm - 1 / total,
            r"the sum over $i \le t$: $\sum N_{i} c_{i}^{2} = \left\|P\right\|^{2}$, "
            r"$\sum c_{i} s_{i} = P(0) = 1$, $\sum s_{i}^{2}/N_{i} = A_{t}$. So "
            r"$\left\|P\right\|^{2} = 1/A_{t} + \left\|P - P^{\star}\right\|^{2}$, for every $t$: "
            r"the minimum is $1/A_{t}$, attained at $P^{\star}$ alone. It never rises with $t$, "
            r"since $A_{t}$ never falls",
            where=((at_zero, 1), (weight, total)),
        ),
        Equality(
            (g11 * v0**2 - 2 * g01 * v0 * v1 + g00 * v1**2) / (g00 * g11 - g01**2),
            s0**2 / n0 + s1**2 / n1,
            r"the other way, in any basis with Gram matrix $G$ and values $v$ at 0: stationarity "
            r"is $G c = \nu v$ with $v^{T} c = 1$, hence $1/\nu = v^{T} G^{-1} v$. Eliminating, "
            r"$G = M N M^{T}$ and $v = M s$, gives $v^{T} G^{-1} v = s^{T} N^{-1} s = A_{t}$ "
            "(for every $t$; written out for $t = 1$)",
            where=(
                (g00, n0), (g01, low * n0), (g11, low**2 * n0 + n1), (v0, s0), (v1, low * s0 + s1),
            ),
        ),
        Equality(
            sympy.Integral(
                sympy.expand(third * first)
                + eta * sympy.expand(sympy.diff(third, lam) * sympy.diff(first, lam)),
                (lam, 1, 9),
            ),
            0,
            r"an exact instance, the uniform density on $[1, 9]$ and $\eta = 2$: "
            r"$\langle S_{3}, S_{1} \rangle_{\eta} = 0$. Opposite parities are orthogonal by "
            "symmetry alone; these two are not",
        ),
        Equality(
            sympy.Integral(sympy.expand(whole**2 + eta * sympy.diff(whole, lam) ** 2), (lam, 1, 9))
            / (8 * unit**2),
            by_kernel.domain.to_sympy(by_kernel.values[-1]),
            r"there, at $t = 2$, the objective of the solution of the KKT system is the "
            r"$1/A_{2}$ of the kernel",
        ),
    )  # fmt: skip
    return Derivation(
        "The kernel form of the optimum",
        (
            r"\min_{P(0) = 1,\ \deg P \le t} \left\|P\right\|_{\eta}^{2} = \frac{1}{A_{t}}",
            r"P^{\star}_{t} = \frac{1}{A_{t}} \sum_{i=0}^{t} "
            r"\frac{S_{i}(0)}{\left\|S_{i}\right\|_{\eta}^{2}} S_{i}, \quad "
            r"A_{t} = \sum_{i=0}^{t} \frac{S_{i}(0)^{2}}{\left\|S_{i}\right\|_{\eta}^{2}}",
        ),
        (
            r"$\langle p, q \rangle_{\eta} = \int p q\, d\mu + \eta \int p' q'\, d\mu$, "
            r"$\eta \ge 0$",
            r"$S_{i}$ of degree $i$, $\langle S_{i}, S_{j} \rangle_{\eta} = 0$ for $i \ne j$",
            r"$\mu$ has more than $t$ points",
        ),
        steps,
        ("curse", "sobolev-coherent"),
        (
            "Status: proved for every $t$; the last two steps are exact instances.",
            r"Some $S_{i}(0)$ may vanish; nothing is divided by it.",
        ),
    )


def degree_one() -> Derivation:
    """t = 1 on the uniform density: P = 1 − hλ, with η, ℓ and L as symbols."""
    m1, m2 = (L + ell) / 2, (L**2 + L * ell + ell**2) / 3
    a, b = _names("m_{1} m_{2}", positive=True)
    found = banded(Uniform(ell, L), _eta, 1)
    value = found.domain.to_sympy(found.values[1])
    slope = -found.polynomial.coeff_monomial(lam)
    best = (L + ell) / (L**2 + L * ell + ell**2 + 3 * _eta) * _R(3, 2)
    least = ((L - ell) ** 2 + 12 * _eta) / (L**2 + L * ell + ell**2 + 3 * _eta) * _R(1, 4)
    steps: tuple[Step, ...] = (
        Equality(
            sympy.Integral((1 - h * lam) ** 2 + _eta * h**2, (lam, ell, L)) / (L - ell),
            (1 - 2 * h * a + h**2 * (b + _eta)),
            r"the objective at $P = 1 - h \lambda$, with the moments $m_{1} = (L + \ell)/2$ and "
            r"$m_{2} = (L^{2} + L \ell + \ell^{2})/3$",
            where=((a, m1), (b, m2)),
        ),
        Equality(
            1 - 2 * h * a + h**2 * (b + _eta),
            (b + _eta) * (h - a / (b + _eta)) ** 2 + (b + _eta - a**2) / (b + _eta),
            r"complete the square: $h^{\star} = m_{1}/(m_{2} + \eta)$, for every measure",
        ),
        Equality(
            a / (b + _eta),
            best,
            "the step",
            where=((a, m1), (b, m2)),
        ),
        Equality(
            (b + _eta - a**2) / (b + _eta),
            least,
            r"the minimum; $m_{2} - m_{1}^{2} = (L - \ell)^{2}/12$ is the variance",
            where=((a, m1), (b, m2)),
        ),
        Equality(sympy.factor(slope), best, "what the banded elimination finds, in symbols"),
        Equality(sympy.factor(value), least, "and its value"),
        Equality(
            sympy.Limit(best, _eta, 0),
            m1 / m2,
            r"$\eta \to 0$: the best step for the iterates alone",
        ),
        Equality(
            sympy.Limit(best * _eta, _eta, sympy.oo),
            m1,
            r"$\eta \to \infty$: the step vanishes like $m_{1}/\eta$, and $P^{\star} \to 1$",
        ),
    )
    return Derivation(
        "Degree one",
        (
            sympy.Eq(sympy.Symbol(r"h^{\star}"), best, evaluate=False),
            sympy.Eq(
                sympy.Symbol(r"\min_{h} \left(\int (1 - h \lambda)^{2} d\mu + \eta h^{2}\right)"),
                least,
                evaluate=False,
            ),
        ),
        (r"$\mu$ is the uniform density on $[\ell, L]$", r"$0 \le \ell < L$, $\eta > 0$"),
        steps,
        ("curse",),
        (_PROVED,),
    )


# The short recurrence --------------------------------------------------------------------------


def connection_formula() -> Derivation:
    """Q_n′ = nP_{n−1} for Q_n = P_n − c_nP_{n−2}, and the orthogonality of P_n, by induction."""
    p1, p0, p_1, p_2 = _names("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
    p_3, second = _names("P_{n-3}' P_{n}''")
    P0, P_1, P_2 = _names("P_{n} P_{n-1} P_{n-2}")
    c1, c0, c_1 = _names("c_{n+1} c_{n} c_{n-1}")
    g0, g_1 = _names("\\gamma_{n} \\gamma_{n-1}")
    b0, b_1, b_2, k0 = _names("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\kappa_{n}")
    m = sympy.Symbol("m", positive=True)

    def slope(n: Any) -> sympy.Expr:
        return n / (2 * (n + _alpha - 1))

    formulas = (
        (b0, slope(_n)), (b_1, slope(_n - 1)), (b_2, slope(_n - 2)), (c0, _c(_n)),
        (c_1, _c(_n - 1)), (g_1, _gamma(_n - 1)), (k0, 2 * (_n + _alpha) * _gamma(_n)),
    )  # fmt: skip
    weight = 1 - x**2
    steps: tuple[Step, ...] = (
        Equality(
            g0 + c1,
            slope(_n),
            r"$\beta_{n} := \gamma_{n} + c_{n+1}$ is simple",
            where=((g0, _gamma(_n)), (c1, _c(_n + 1))),
        ),
        Equality(
            p1 - c1 * p_1,
            (_n + 1) * P0,
            r"the derivative of the recurrence is $P_{n+1}' = P_{n} + x P_{n}' - \gamma_{n} "
            r"P_{n-1}'$. So if (B$_{n}$): $x P_{n}' = n P_{n} + \beta_{n} P_{n-1}'$, then "
            r"(A$_{n+1}$): $P_{n+1}' - c_{n+1} P_{n-1}' = (n + 1) P_{n}$",
            where=((p1, P0 + x * p0 - g0 * p_1), (p0, (_n * P0 + b0 * p_1) / x), (b0, g0 + c1)),
        ),
        Equality(
            x * p0 - _n * P0 - b0 * p_1,
            0,
            r"and (A$_{n}$), (A$_{n-1}$), (B$_{n-2}$) with the recurrence imply (B$_{n}$). "
            r"They start with $P_{0}' = 0$, $P_{1}' = 1$, $P_{2}' = 2x$, where $c_{2}$ and "
            r"$\beta_{1}$ multiply 0: both hold for every $n$",
            where=(
                (p0, _n * P_1 + c0 * p_2),
                (p_1, (_n - 1) * P_2 + c_1 * p_3),
                (p_2, ((_n - 2) * P_2 + b_2 * p_3) / x),
                (P0, x * P_1 - g_1 * P_2),
                *formulas,
            ),
        ),
        Equality(
            p0 - x * (_n * P0 + b0 * p_1),
            -_n * x * P0 + k0 * P_1,
            r"$(1 - x^{2}) P_{n}' = -n x P_{n} + \kappa_{n} P_{n-1}$ with "
            r"$\kappa_{n} = 2 (n + \alpha) \gamma_{n}$: (B$_{n}$) inside, then (A$_{n}$) and "
            r"(B$_{n-1}$)",
            where=(
                (p0, _n * P_1 + c0 * p_2),
                (p_1, ((_n - 1) * P_1 + b_1 * p_2) / x),
                *formulas,
            ),
        ),
        Equality(
            2 * x * p0 - _n * P0 - _n * x * p0 + k0 * p_1,
            (2 * _alpha + 1) * x * p0 - _n * (_n + 2 * _alpha) * P0,
            r"its derivative, solved for $(1 - x^{2}) P_{n}''$; (B$_{n}$) replaces $P_{n-1}'$ "
            r"($n \ge 2$; $n = 0$ and $n = 1$ are read off)",
            where=((p_1, (x * p0 - _n * P0) / b0), *formulas),
        ),
        Equality(
            sympy.Derivative(weight ** (_alpha + _R(1, 2)), x) / weight ** (_alpha - _R(1, 2)) * p0
            + weight * second,
            weight * second - (2 * _alpha + 1) * x * p0,
            r"which is the eigenvalue equation $\left((1 - x^{2})^{\alpha + 1/2} P_{n}'\right)' = "
            r"-n (n + 2\alpha) (1 - x^{2})^{\alpha - 1/2} P_{n}$; the boundary terms vanish for "
            r"$\alpha > -\frac{1}{2}$",
        ),
        Equality(
            _n * (_n + 2 * _alpha) - m * (m + 2 * _alpha),
            (_n - m) * (_n + m + 2 * _alpha),
            r"eigenvalues of different degrees differ, since $n + m \ge 1 > -2\alpha$: so "
            r"$\int P_{n} P_{m} d\mu = 0$, and $\left\|P_{n}\right\|^{2} = \langle x P_{n-1}, "
            r"P_{n} \rangle = \gamma_{n} \left\|P_{n-1}\right\|^{2}$",
        ),
    )
    return Derivation(
        "Gegenbauer's structure relation",
        (
            r"Q_{n} := P_{n} - c_{n} P_{n-2} \quad \text{has} \quad Q_{n}' = n P_{n-1}",
            r"c_{n} = \frac{n (n - 1)}{4 (n + \alpha - 1)(n + \alpha - 2)}",
        ),
        (
            r"$P_{n+1} = x P_{n} - \gamma_{n} P_{n-1}$, $P_{0} = 1$, $P_{1} = x$, $\gamma_{n} = "
            r"\frac{n (n + 2\alpha - 1)}{4 (n + \alpha)(n + \alpha - 1)}$, $\alpha > -\frac{1}{2}$",
            r"$\gamma_{1} = \frac{1}{2 (1 + \alpha)}$ and $c_{2} = 0$ where the formulas read "
            r"$0/0$ or divide by 0 ($\alpha = 0$): $c_{2}$ only adds a constant to $Q_{2}$",
        ),
        steps,
        ("dlmf", "sobolev-coherent"),
        (
            r"Status: proved for every $n$ and every $\alpha > -\frac{1}{2}$, from the recurrence "
            "alone; orthogonality is a result here, not an assumption.",
        ),
    )


def _jacobi(n: Any) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr, sympy.Expr]:
    """(a_n, γ_n, f_n, g_n)."""
    s = _alpha + _beta
    a = (_beta - _alpha) * s / ((2 * n + s) * (2 * n + s + 2))
    gamma = 4 * n * (n + _alpha) * (n + _beta) * (n + s)
    gamma = gamma / ((2 * n + s) ** 2 * (2 * n + s + 1) * (2 * n + s - 1))
    f = 2 * n * (_alpha - _beta) / ((2 * n + s - 2) * (2 * n + s))
    g = -4 * n * (n - 1) * (n + _alpha - 1) * (n + _beta - 1)
    g = g / ((2 * n + s - 1) * (2 * n + s - 2) ** 2 * (2 * n + s - 3))
    return a, gamma, f, g


def jacobi_structure() -> Derivation:
    """Q_n′ = nP_{n−1} for Jacobi's polynomials: the same induction, with four identities."""
    p1, p0, p_1, p_2 = _names("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
    p_3 = sympy.Symbol("P_{n-3}'")
    P0, P_1, P_2 = _names("P_{n} P_{n-1} P_{n-2}")
    a0, a_1, g0, g_1 = _names("a_{n} a_{n-1} \\gamma_{n} \\gamma_{n-1}")
    f1, f0, f_1 = _names("f_{n+1} f_{n} f_{n-1}")
    k1, k0, k_1 = _names("g_{n+1} g_{n} g_{n-1}")
    e0, e_1, e_2 = _names("e_{n} e_{n-1} e_{n-2}")
    b0, b_1, b_2, nu = _names("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\nu_{n}")

    total = _alpha + _beta
    near, double = sympy.symbols("p u")

    def shift(n: Any) -> sympy.Expr:
        return (_beta - _alpha) / (2 * n + total)

    def slope(n: Any) -> sympy.Expr:
        return 4 * n * (n + _alpha) * (n + _beta) / ((2 * n + total) ** 2 * (2 * n + total - 1))

    ratio = (_n * g_1 - (_n - 2) * k0) / (_n - 1)
    closed = 4 * _n * (_n + _alpha - 1) * (_n + _beta - 1)
    closed = closed / ((2 * _n + total - 2) ** 2 * (2 * _n + total - 1))
    here, before, after = _jacobi(_n), _jacobi(_n - 1), _jacobi(_n + 1)
    formulas = (
        (a_1, before[0]), (g_1, before[1]), (f0, here[2]), (k0, here[3]), (f_1, before[2]),
        (k_1, before[3]), (e0, shift(_n)), (e_1, shift(_n - 1)), (e_2, shift(_n - 2)),
        (b0, slope(_n)), (b_1, slope(_n - 1)), (b_2, slope(_n - 2)), (nu, closed),
        # n + α and 2n + α + β as variables: then every denominator is in one of them
        (_alpha, near - _n), (_beta, double - near - _n),
    )  # fmt: skip
    first = _n * (a_1 - e0) - (_n - 1) * f0
    second = nu - f0 * (e_1 - e0) - b0
    third = nu * f_1 - f0 * b_1 - k0 * (e_2 - e0)
    fourth = nu * k_1 - k0 * b_2
    steps: tuple[Step, ...] = (
        Equality(
            p1 + f1 * p0 + k1 * p_1,
            (_n + 1) * P0,
            r"the derivative of the recurrence is $P_{n+1}' = P_{n} + (x - a_{n}) P_{n}' - "
            r"\gamma_{n} P_{n-1}'$. So if (B$_{n}$): $(x - e_{n}) P_{n}' = n P_{n} + \beta_{n} "
            r"P_{n-1}'$ with $e_{n} = a_{n} - f_{n+1}$, $\beta_{n} = \gamma_{n} - g_{n+1}$, then "
            r"(A$_{n+1}$)",
            where=(
                (p1, P0 + (x - a0) * p0 - g0 * p_1),
                (p0, (_n * P0 + b0 * p_1) / (x - e0)),
                (e0, a0 - f1),
                (b0, g0 - k1),
            ),
        ),
        Equality(
            (x - e0) * p0 - _n * P0 - b0 * p_1,
            first * P_1 + second * p_1 + third * p_2 + fourth * p_3,
            r"(A$_{n}$), (A$_{n-1}$), (B$_{n-1}$), (B$_{n-2}$) and the recurrence, with "
            r"$(n - 1) \nu_{n} = n \gamma_{n-1} - (n - 2) g_{n}$: (B$_{n}$) holds if these four "
            "coefficients vanish",
            where=(
                (p0, _n * P_1 - f0 * p_1 - k0 * p_2),
                (P0, (x - a_1) * P_1 - g_1 * P_2),
                (nu, ratio),
                (P_1, ((x - e_1) * p_1 - b_1 * p_2) / (_n - 1)),
                (p_1, (_n - 1) * P_2 - f_1 * p_2 - k_1 * p_3),
                (P_2, ((x - e_2) * p_2 - b_2 * p_3) / (_n - 2)),
            ),
        ),
        Equality(
            a0 - f1,
            shift(_n),
            r"all are products: $e_{n}$",
            where=((a0, here[0]), (f1, after[2])),
        ),
        Equality(g0 - k1, slope(_n), r"$\beta_{n}$", where=((g0, here[1]), (k1, after[3]))),
        Equality(ratio, closed, r"$\nu_{n}$", where=((g_1, before[1]), (k0, here[3]))),
        Equality(first, 0, r"the coefficient of $P_{n-1}$", where=formulas),
        Equality(second, 0, r"that of $P_{n-1}'$", where=formulas),
        Equality(third, 0, r"that of $P_{n-2}'$", where=formulas),
        Equality(
            fourth,
            0,
            r"that of $P_{n-3}'$. (A$_{1}$), (A$_{2}$), (B$_{1}$) are read off $P_{0}' = 0$, "
            r"$P_{1}' = 1$; what is free there, $f_{1}$ and $g_{2}$, multiplies $P_{0}'$ = 0",
            where=formulas,
        ),
        _symmetric_case(),
        *_jacobi_elimination(),
    )
    return Derivation(
        "Jacobi's structure relation and the band of the Sobolev form",
        (
            r"Q_{n} := P_{n} + f_{n} P_{n-1} + g_{n} P_{n-2} \quad \text{has} \quad "
            r"Q_{n}' = n P_{n-1}",
            r"f_{n} = \frac{2 n (\alpha - \beta)}{(2n + s - 2)(2n + s)}, \quad s = \alpha + \beta, "
            r"\quad g_{n} = \frac{-4 n (n - 1)(n + \alpha - 1)(n + \beta - 1)}"
            r"{(2n + s - 1)(2n + s - 2)^{2}(2n + s - 3)}",
            r"\langle Q_{n}, Q_{m} \rangle_{\eta} = 0 \quad \text{for} \quad "
            r"\left|n - m\right| > 2",
        ),
        (
            r"$P_{n}$ monic and orthogonal for $(1 - x)^{\alpha} (1 + x)^{\beta}$, "
            r"$\alpha, \beta > -1$: $P_{n+1} = (x - a_{n}) P_{n} - \gamma_{n} P_{n-1}$ with "
            "Jacobi's coefficients (cited)",
            r"$f_{1} = g_{2} = 0$",
        ),
        steps,
        ("dlmf", "sobolev-coherent"),
        ("Status: proved for every $n$; Jacobi's three-term coefficients are cited, not derived.",),
    )


def _symmetric_case() -> Step:
    shifted = _alpha - _R(1, 2)
    both = {_alpha: shifted, _beta: shifted}
    return Equality(
        _jacobi(_n)[3].subs(both, simultaneous=True),
        -_c(_n),
        r"in Gegenbauer's case both exponents are $\alpha - \frac{1}{2}$: then $f_{n} = 0$ and "
        r"$g_{n} = -c_{n}$",
    )


def _jacobi_elimination() -> tuple[Step, ...]:
    """S_n = Q_n − l_nS_{n−1} − k_nS_{n−2} and ρ_n = 1 + σ_n."""
    f0, f_1, g0, l_1 = _names("f_{n} f_{n-1} g_{n} l_{n-1}")
    y0, y_1 = _names("\\gamma_{n} \\gamma_{n-1}")
    p, p_2, e0 = _names("p p_{n-2} e_{n}")
    s_1, s_2 = _names("\\sigma_{n-1} \\sigma_{n-2}", positive=True)
    return (
        Equality(
            f0 * p + g0 * f_1 * p_2 - l_1 * g0 * p_2,
            p * (f0 + g0 * (f_1 - l_1) / y_1),
            r"with $p_{n} = \left\|P_{n}\right\|^{2} = \gamma_{n} p_{n-1}$ and $p = p_{n-1}$: "
            r"$\langle Q_{n}, S_{n-1} \rangle = \langle Q_{n}, Q_{n-1} \rangle - l_{n-1} \langle "
            r"Q_{n}, S_{n-2} \rangle = p_{n-1} (f_{n} + e_{n})$, "
            r"$e_{n} = g_{n} (f_{n-1} - l_{n-1})/\gamma_{n-1}$, so $l_{n} = (f_{n} + e_{n})/"
            r"\rho_{n-1}$, and $k_{n} = g_{n}/\rho_{n-2}$",
            where=((p, y_1 * p_2),),
        ),
        Equality(
            (_eta_x * _n**2 + f0**2) / y0
            + g0**2 / (y0 * y_1)
            - (f0 + e0) ** 2 / ((1 + s_1) * y0)
            - g0**2 / ((1 + s_2) * y0 * y_1),
            _eta_x * _n**2 / y0
            + (f0**2 * s_1 - 2 * f0 * e0 - e0**2) / ((1 + s_1) * y0)
            + g0**2 * s_2 / ((1 + s_2) * y0 * y_1),
            r"$\sigma_{n} = \rho_{n} - 1$ from $\left\|S_{n}\right\|^{2} = \left\|Q_{n}\right\|"
            r"^{2} - l_{n}^{2} \left\|S_{n-1}\right\|^{2} - k_{n}^{2} \left\|S_{n-2}\right\|^{2}$, "
            r"over $p_{n}$; the right side is what the method carries",
        ),
    )


def _sobolev_family(count: int, alpha: Any, eta: Any) -> list[Any]:
    """S_n, n ≤ count, in x for the weight (1 − x²)^{α − ½}, from the ρ_n recursion."""
    P: list[Any] = [sympy.Integer(1), x]
    for n in range(1, count):
        step = sympy.cancel(_gamma(_n).subs(_n, n)).subs(_alpha, alpha)
        P.append(sympy.expand(x * P[n] - step * P[n - 1]))
    S = P[:2]
    rho: list[Any] = [sympy.Integer(1), 1 + 2 * (1 + alpha) * eta]
    for n in range(2, count + 1):
        gamma, before = (
            sympy.cancel(_gamma(_n).subs(_n, k)).subs(_alpha, alpha) for k in (n, n - 1)
        )
        own = 0 if n == 2 else _c(sympy.Integer(n)).subs(_alpha, alpha)
        d = own / rho[n - 2]
        rho.append(1 + eta * n**2 / gamma + own * (own - d) / (gamma * before))
        S.append(sympy.together(P[n] - own * P[n - 2] + d * S[n - 2]))
    return S


def sobolev_recursion() -> Derivation:
    """S_n − d_nS_{n−2} = P_n − c_nP_{n−2}, d_n = c_n/ρ_{n−2}, and the recursion of ρ_n."""
    c0, d0, r_2 = _names("c_{n} d_{n} \\rho_{n-2}", positive=True)
    y0, y_1 = _names("\\gamma_{n} \\gamma_{n-1}", positive=True)
    p0, p_1, p_2 = _names("p_{n} p_{n-1} p_{n-2}", positive=True)
    norm = sympy.Symbol(r"\left\|{S_{n-2}}\right\|^{2}", positive=True)
    place = (2 * lam - L - ell) / (L - ell)
    slope = sympy.Derivative(place, lam)
    S = _sobolev_family(3, _R(1, 2), _eta_x)
    third = sympy.cancel(S[3] * (1 + 3 * _eta_x))
    family = orthogonal_polynomials(Uniform(0, 2), _eta, 4)
    plain = orthogonal_polynomials(Uniform(0, 2), sympy.Integer(0), 4)
    quotient = _c(sympy.Integer(4)).subs(_alpha, _R(1, 2))
    rho = 1 + _eta * 4 / _gamma(sympy.Integer(2)).subs(_alpha, _R(1, 2))
    steps: tuple[Step, ...] = (
        Equality(
            _eta * slope**2,
            4 * _eta / (L - ell) ** 2,
            r"in $x = m(\lambda)$ the weight of the slopes is $\eta_{x} = 4\eta/(L - \ell)^{2}$",
        ),
        Equality(
            c0 * p_2 / norm,
            c0 / r_2,
            r"in the basis $Q_{n} = P_{n} - c_{n} P_{n-2}$ the slopes are orthogonal, $\int Q_{n}' "
            r"Q_{m}' d\mu = n^{2} p_{n-1} \delta_{nm}$, $p_{n} = \left\|P_{n}\right\|^{2}$, and "
            r"the values couple $n$ with $n \pm 2$ only, $\langle Q_{n}, Q_{n-2} \rangle = -c_{n} "
            r"p_{n-2}$. So $S_{n} = Q_{n} + d_{n} S_{n-2}$ with this $d_{n}$, "
            r"$\rho_{n} = \left\|S_{n}\right\|^{2}/p_{n}$",
            where=((norm, r_2 * p_2),),
        ),
        Equality(
            (p0 + c0**2 * p_2 + _eta_x * _n**2 * p_1 - d0**2 * r_2 * p_2) / p0,
            1 + _eta_x * _n**2 / y0 + c0 * (c0 - d0) / (y0 * y_1),
            r"$\rho_{n}$, from $\left\|S_{n}\right\|^{2} = \left\|Q_{n}\right\|^{2} - d_{n}^{2} "
            r"\left\|S_{n-2}\right\|^{2}$ and $p_{n} = \gamma_{n} p_{n-1}$",
            where=((r_2, c0 / d0), (p0, y0 * p_1), (p_1, y_1 * p_2)),
        ),
        Equality(
            sympy.Integral(
                sympy.expand(third * S[1])
                + _eta_x * sympy.expand(sympy.diff(third, x) * sympy.diff(S[1], x)),
                (x, -1, 1),
            ),
            0,
            r"an exact instance with $\eta_{x}$ a symbol, $\alpha = \frac{1}{2}$: "
            r"$(1 + 3 \eta_{x}) \langle S_{3}, S_{1} \rangle_{\eta} = 0$, both odd",
        ),
        Equality(
            family[4][0].as_expr() - quotient / rho * family[2][0].as_expr(),
            plain[4][0].as_expr() - quotient * plain[2][0].as_expr(),
            r"and $S_{4} - d_{4} S_{2} = P_{4} - c_{4} P_{2}$ on $[0, 2]$, where $x = \lambda - "
            r"1$: $S_{n}$ from the dense elimination of the whole Gram matrix",
        ),
    )
    return Derivation(
        "The Sobolev-orthogonal polynomials of a Gegenbauer density",
        (
            r"S_{n} - d_{n} S_{n-2} = P_{n} - c_{n} P_{n-2}, \quad d_{n} = "
            r"\frac{c_{n}}{\rho_{n-2}}",
            r"\rho_{n} = \frac{\left\|S_{n}\right\|_{\eta}^{2}}{\left\|P_{n}\right\|^{2}} = 1 + "
            r"\frac{\eta_{x} n^{2}}{\gamma_{n}} + "
            r"\frac{c_{n} (c_{n} - d_{n})}{\gamma_{n} \gamma_{n-1}}",
        ),
        (
            r"density $\propto (1 - x^{2})^{\alpha - 1/2}$, $\alpha > -\frac{1}{2}$",
            r"$S_{0} = 1$, $S_{1} = P_{1}$, $\rho_{0} = 1$, $\rho_{1} = 1 + \eta_{x}/\gamma_{1}$",
            "Gegenbauer's structure relation",
        ),
        steps,
        ("sobolev-coherent",),
        (r"Status: proved for every $n$ and $\alpha$; the last two steps are exact instances.",),
    )


def running_form() -> Derivation:
    """The optimum of every degree by one recurrence: affine rows, one gradient a step."""
    m0, q0, q1, y0 = _names("m_{0} q_{n} q_{n+1} \\gamma_{n}")
    Y0, Y_1, Y_2 = _names("Y_{n} Y_{n-1} Y_{n-2}")
    W_2, U_2, best = _names("W_{n-2} U_{n-2} P^{\\star}_{n-1}")
    g, k, r, r_2, share, W = _names("g_{n} k_{n} r_{n} r_{n-2} \\omega_{n} W_{n}")
    own, before, norm, S0, P0 = _names("A_{n} A_{n-1} N_{n} S_{n}(0) P_{n}(0)")
    momentum = y0 * q0 * q1
    density = GegenbauerDensity(1, 9, 0)
    example = residual_polynomial(Sobolev(density, _eta), 2).as_expr()
    optimum = kernel(density, _eta, 2).polynomial.as_expr()
    steps: tuple[Step, ...] = (
        Equality(
            q1 * (m0 + 2 * lam / (L - ell)) * Y0 - momentum * Y_1,
            Y0 + momentum * (Y0 - Y_1) + 2 * q1 / (L - ell) * lam * Y0,
            r"$Y_{n} = P_{n}/P_{n}(0)$, $q_{n} = P_{n-1}(0)/P_{n}(0)$: the three-term recurrence "
            r"over $P_{n+1}(0)$, with $m(\lambda) = m_{0} + 2\lambda/(L - \ell)$ and $q_{n+1} = "
            r"1/(m_{0} - \gamma_{n} q_{n})$, is a step with momentum $\gamma_{n} q_{n} q_{n+1}$, "
            r"step size $-2 q_{n+1}/(L - \ell) > 0$",
            where=((q1, 1 / (m0 - y0 * q0)),),
        ),
        Equality(
            Y0 + g * Y_2 + k * W_2,
            Y0 + (g - k * (1 - r_2)) * Y_2 + k * U_2,
            r"$W_{n} = S_{n}/P_{n}(0) = Y_{n} + g_{n} Y_{n-2} + k_{n} W_{n-2}$ with $g_{n} = "
            r"-c_{n} q_{n} q_{n-1}$, $k_{n} = d_{n} q_{n} q_{n-1}$, is the connection formula; "
            r"$r_{n} = W_{n}(0)$ can be 0, so carry $U_{n} = W_{n} + (1 - r_{n}) Y_{n}$ instead",
            where=((W_2, U_2 - (1 - r_2) * Y_2),),
        ),
        Equality(
            (2 - r) + (g - k * (1 - r_2)) + k,
            1,
            r"the coefficients of $U_{n} = (2 - r_{n}) Y_{n} + (g_{n} - k_{n} (1 - r_{n-2})) "
            r"Y_{n-2} + k_{n} U_{n-2}$ sum to 1, because $r_{n} = 1 + g_{n} + k_{n} r_{n-2}$: an "
            "affine combination of points",
            where=((r, 1 + g + k * r_2),),
        ),
        Equality(
            before / own * best + S0 / (own * norm) * (W * P0),
            (1 - r * share) * best + share * W,
            r"the kernel from degree to degree, $A_{n} = A_{n-1} + S_{n}(0)^{2}/N_{n}$, with the "
            r"share $\omega_{n} = S_{n}(0) P_{n}(0)/(A_{n} N_{n})$, $S_{n}(0) = r_{n} P_{n}(0)$: "
            "at 0 the right side is 1",
            where=(
                (share, S0 * P0 / (own * norm)), (before, own - S0**2 / norm), (S0, r * P0),
            ),
        ),
        Equality(
            example,
            optimum,
            r"an exact instance with $\eta$ a symbol, $\alpha = 0$ on $[1, 9]$, $t = 2$: the "
            "iterate of the running method is the optimum of the dense elimination",
        ),
        *_vanishing_at_zero(),
    )  # fmt: skip
    return Derivation(
        "The optimum of every degree, running",
        (
            r"y_{n+1} = y_{n} + \gamma_{n} q_{n} q_{n+1} (y_{n} - y_{n-1}) + "
            r"\frac{2 q_{n+1}}{L - \ell} \nabla f(y_{n})",
            r"x_{n} = (1 - r_{n} \omega_{n}) x_{n-1} + \omega_{n} w_{n}, \quad "
            r"w_{n} = y_{n} + g_{n} y_{n-2} + k_{n} w_{n-2}",
            r"x_{n} - x_{\star} = P^{\star}_{n}(H) (x_{0} - x_{\star}) \quad \text{for every } n",
        ),
        (
            r"the polynomials of $y_{n}$, $w_{n}$, $x_{n}$ are $Y_{n}$, $W_{n}$, $P^{\star}_{n}$",
            r"Gegenbauer densities; for Jacobi's two more terms, $f_{n} y_{n-1}$ and a multiple of "
            r"$w_{n-1}$, enter in the same way",
        ),
        steps,
        ("curse", "sobolev-coherent", "state-space"),
        (
            "Status: proved for every $n$; the last three steps are exact instances.",
            r"$w_{n}$ is not affine in the iterates unless $r_{n} = 1$; it is carried as "
            r"$u_{n} = w_{n} + (1 - r_{n}) y_{n}$.",
        ),
    )


def _vanishing_at_zero() -> tuple[Step, ...]:
    """α = 0 on [1, 100]: the η at which S_3(0) = 0."""
    m0 = -_R(101, 99)
    half, c3 = _R(1, 2), _R(3, 4)
    at_zero = m0**3 - c3 * m0 - c3 * _eta_x / (half + _eta_x) * m0
    (root,) = sympy.solve(sympy.numer(sympy.together(at_zero)), _eta_x)
    width = _R(99, 2)  # of the interval, halved: S_3 is monic in λ there, in x here
    family = orthogonal_polynomials(GegenbauerDensity(1, 100, 0), width**2 * _eta_x, 3)
    dense = sympy.factor(family[3][0].eval(0) / width**3)
    return (
        Equality(
            at_zero,
            dense,
            r"$S_{3}(0) = P_{3}(m_{0}) - \frac{c_{3} \eta_{x}}{\gamma_{1} + \eta_{x}} "
            r"P_{1}(m_{0})$, for $\alpha = 0$ on $[1, 100]$: the connection formula left, the "
            "dense elimination right",
        ),
        Equality(
            dense,
            0,
            rf"it vanishes at $\eta_{{x}} = {sympy.latex(root)}$, that is at $\eta \approx "
            rf"{float(root * width**2):.2f}$: there the optimum of degree 3 is that of degree 2, "
            "and the method runs on",
            where=((_eta_x, root),),
        ),
    )


# Limits ----------------------------------------------------------------------------------------


def without_slopes() -> Derivation:
    """η → 0: S_n = P_n, and P*_t is the polynomial orthogonal for λμ."""
    c0, d0 = _names("c_{n} d_{n}", positive=True)
    y0, y_1 = _names("\\gamma_{n} \\gamma_{n-1}", positive=True)
    total, norm, value, q, coefficient = _names("A_{t} N_{i} s_{i} \\langle{S_{i},q}\\rangle a_{i}")
    sobolev = residual_polynomial(Sobolev(Uniform(0, 6), 0), 2).as_expr()
    orthogonal = residual_polynomial(Orthogonal(JacobiDensity(0, 6, 0, 1)), 2).as_expr()
    found = banded(Uniform(1, 9), _eta, 2)
    plain = banded(Uniform(1, 9), sympy.Integer(0), 2)
    steps: tuple[Step, ...] = (
        Equality(
            1 + _eta_x * _n**2 / y0 + c0 * (c0 - d0) / (y0 * y_1),
            1,
            r"at $\eta = 0$: if $\rho_{n-2} = 1$ then $d_{n} = c_{n}$ and $\rho_{n} = 1$; by "
            r"induction $S_{n} = P_{n}$",
            where=((_eta_x, 0), (d0, c0)),
        ),
        Equality(
            value / (total * norm) * q,
            coefficient * value / total,
            r"the terms of $\langle P^{\star}, q \rangle = q(0)/A_{t}$, for every $q$ of degree "
            r"$\le t$: $q = \sum a_{i} S_{i}$, $a_{i} = \langle S_{i}, q \rangle/N_{i}$. With "
            r"$q = \lambda p$, $\deg p < t$, it says $\int P^{\star} p\, \lambda\, d\mu = 0$",
            where=((q, coefficient * norm),),
        ),
        Equality(
            sobolev,
            orthogonal,
            r"an exact instance on $[0, 6]$, $t = 2$: the uniform density times $\lambda$ is "
            r"Jacobi's density with exponents $(0, 1)$, whose orthogonal method this is",
        ),
        Equality(
            sympy.Limit(found.domain.to_sympy(found.values[2]), _eta, 0),
            plain.domain.to_sympy(plain.values[2]),
            r"the value is continuous in $\eta$ (uniform density on $[1, 9]$, $t = 2$)",
        ),
    )
    return Derivation(
        "No weight on the slopes",
        (
            r"\eta = 0: \quad P^{\star}_{t} \text{ is orthogonal for } \lambda\, d\mu: \quad "
            r"\int P^{\star}_{t}\, p\, \lambda\, d\mu = 0 \quad (\deg p < t)",
        ),
        (r"$\mu$ any measure with more than $t$ points (the first step: Gegenbauer densities)",),
        steps,
        ("average-case",),
        ("Status: proved for every $t$; the last two steps are exact instances.",),
    )


def marchenko_pastur() -> Derivation:
    """η = 0 for XᵀX/n: the minimum is (1 − r)/(r^−t − r), a weighted mean of heavy ball."""
    r = sympy.Symbol("r", positive=True)
    root, w, scale = sympy.symbols("s w sigma", positive=True)
    z = sympy.Symbol("z", real=True)
    U = sympy.chebyshevu
    n = sympy.Symbol("n", integer=True, positive=True)
    value = (1 - r) / (r**-t - r)
    at = scale**2 * (1 + root**2 + 2 * root * z)

    def monic(k: Any) -> sympy.Expr:
        return (scale**2 * root) ** k * (U(k, z) + root * U(k - 1, z))

    steps: tuple[Step, ...] = (
        Equality(
            monic(n + 1),
            (at - scale**2 * (1 + root**2)) * monic(n) - scale**4 * root**2 * monic(n - 1),
            r"$P_{n} = (\sigma^{2} s)^{n} \left(U_{n}(z) + s U_{n-1}(z)\right)$, $s = \sqrt{r}$, "
            r"$\lambda = \sigma^{2} (1 + r + 2 s z)$, solve $P_{n+1} = (\lambda - \sigma^{2} "
            r"(1 + r)) P_{n} - \sigma^{4} r P_{n-1}$; and $P_{1} = \lambda - \sigma^{2}$",
        ),
        Equality(
            (w + root) / (1 / w + root),
            w * (w + root) / (1 + root * w),
            r"they are orthogonal for $\sqrt{1 - z^{2}}\, dz/\lambda$, $r < 1$: with $w = "
            r"e^{i\theta}$, $z = \cos\theta$ and $e^{i\varphi} = (w + s)/\left|w + s\right|$, "
            r"$\sin\theta\, (U_{n} + s U_{n-1}) = \left|w + s\right| \sin(n\theta + \varphi)$ and "
            r"$\lambda = \sigma^{2} \left|w + s\right|^{2}$; what is left of $P_{n} P_{m}$ is "
            r"$\cos (n - m)\theta - \mathrm{Re}\, w^{n+m} e^{2i\varphi}$, and $e^{2i\varphi}$ is "
            "analytic in the disc and 0 at its center: mean 0",
        ),
        Equality(
            -(scale**2) * (1 + r) * (-(scale**2)) ** n - scale**4 * r * (-(scale**2)) ** (n - 1),
            (-(scale**2)) ** (n + 1),
            r"$P_{n}(0) = (-\sigma^{2})^{n}$, and $\left\|P_{n}\right\|^{2} = (\sigma^{4} r)^{n}$: "
            r"the terms $P_{n}(0)^{2}/\left\|P_{n}\right\|^{2}$ of $A_{t}$ are $r^{-n}$",
        ),
        Equality(
            1 / value - (1 / value).subs(t, t - 1),
            r**-t,
            r"so $1/A_{t}$ has this closed form; at $t = 0$ it is 1",
        ),
        Equality(
            sympy.Limit(value.subs(t, 3), r, 1),
            _R(1, 4),
            r"$r \to 1$: $1/(t + 1)$, here at $t = 3$",
        ),
        Equality(
            sympy.Limit(value.subs(r, 4), t, sympy.oo),
            _R(3, 4),
            r"$r > 1$: the value tends to $1 - 1/r$, the mass at $\lambda = 0$, here at $r = 4$; "
            r"for $r < 1$ it decays like $(1 - r) r^{t}$",
        ),
    )
    return Derivation(
        "Marchenko and Pastur's density without slopes",
        (
            r"\eta = 0: \quad \min \int P^{2}\, d\mu = \frac{1}{1 + r^{-1} + \cdots + r^{-t}} = "
            r"\frac{1 - r}{r^{-t} - r}",
            r"P^{\star}_{t} = \frac{\sum_{n \le t} r^{-n}\, Y_{n}}{\sum_{n \le t} r^{-n}}, \quad "
            r"Y_{n} \text{ the iterates of heavy ball with step } 1/\sigma^{2} "
            r"\text{ and momentum } r",
        ),
        (
            r"$\mu$ the limit of the spectra of $X^{T} X/n$, entries of variance $\sigma^{2}$, "
            r"$r = d/n$; $Y_{n} = P_{n}/P_{n}(0)$",
        ),
        steps,
        ("marchenko-pastur", "average-case"),
        (
            r"Status: proved for every $t$ and $r < 1$; for $r > 1$ the three-term coefficients "
            "with the mass at 0 are cited, and the two limits are shown at one value each.",
        ),
    )


def asymptotics() -> Derivation:
    """t → ∞, η > 0: the coefficients of the running form, and its asymptotic variant."""
    xi = sympy.Symbol("xi", positive=True)
    e, y = _names("e y_{t}", positive=True)
    y2, before, share, m0, ratio = _names("y_{t-2} x_{t-1} r_{n} m_{0} q")
    sums = sympy.Symbol(r"\frac{A_{n-1}}{A_{n}}")
    roots = (sympy.sqrt(L) - sympy.sqrt(ell)) / (sympy.sqrt(L) + sympy.sqrt(ell))
    gamma, c0 = _gamma(_n), _c(_n)
    q = -2 * xi

    def end(n: Any) -> sympy.Expr:
        return 2 * (n + _alpha - 1) / (n + 2 * _alpha - 1)

    steps: tuple[Step, ...] = (
        Equality(
            1 / (1 - gamma * end(_n)),
            end(_n + 1),
            r"at the end point $x = -1$ the ratios are known: $\left|q_{n}\right| = "
            r"2 (n + \alpha - 1)/(n + 2\alpha - 1) \to 2$. All zeros of $P_{n}$ lie in $(-1, 1)$, "
            r"so $\left|q_{n}\right|$ falls as $c = -m_{0} \ge 1$ grows: "
            r"$\limsup \left|q_{n}\right| \le 2$",
        ),
        Equality(
            sympy.Derivative(1 / (c - e / 4), e),
            (1 / (c - e / 4)) ** 2 / 4,
            r"$\gamma_{n} \to \frac{1}{4}$, so in the limit $\left|q\right|$ is mapped to "
            r"$1/(c - \left|q\right|/4)$",
        ),
        Nonnegative(
            1 - (1 / (2 * c - 1)) ** 2,
            0,
            r"whose slope on $[0, 2]$ is at most $(2c - 1)^{-2} < 1$ for $c > 1$: a contraction, "
            "and the ratios converge to its fixed point",
            (Range(c, 1),),
        ),
        Equality(
            1 / (m0 - ratio / 4),
            ratio,
            r"which is $q = -2\xi$, where $m_{0} = -(\xi + 1/\xi)/2$",
            where=((m0, -(xi + 1 / xi) / 2), (ratio, q)),
        ),
        Equality(
            ((xi + 1 / xi) / 2).subs(xi, roots),
            (L + ell) / (L - ell),
            r"with $\xi = (\sqrt{L} - \sqrt{\ell})/(\sqrt{L} + \sqrt{\ell})$",
        ),
        Equality(
            sympy.Limit(gamma, _n, sympy.oo) * q**2,
            xi**2,
            r"so the momentum $\gamma_{n} q_{n} q_{n+1} \to \xi^{2}$",
        ),
        Equality(
            (-2 * q / (L - ell)).subs(xi, roots),
            (2 / (sympy.sqrt(L) + sympy.sqrt(ell))) ** 2,
            r"and the step size $-2 q_{n+1}/(L - \ell)$ tends to this",
        ),
        Equality(
            sympy.Limit(c0 * _gamma(_n - 2) / (_eta_x * (_n - 2) ** 2), _n, sympy.oo),
            0,
            r"$\rho_{n} \ge \eta_{x} n^{2}/\gamma_{n}$ because $0 \le d_{n} \le c_{n}$. So "
            r"$d_{n} = c_{n}/\rho_{n-2} \to 0$ for $\eta > 0$, and $k_{n} \to 0$",
        ),
        Equality(
            sympy.Limit(c0, _n, sympy.oo) * q**2,
            xi**2,
            r"$-g_{n} = c_{n} q_{n} q_{n-1} \to \xi^{2}$, hence $r_{n} = 1 + g_{n} + k_{n} r_{n-2} "
            r"\to 1 - \xi^{2}$",
        ),
        Equality(
            sympy.Limit(
                (1 + _eta_x * _n**2 / gamma) / (1 + _eta_x * (_n - 1) ** 2 / _gamma(_n - 1)),
                _n,
                sympy.oo,
            ),
            1,
            r"$\rho_{n}/\rho_{n-1} \to 1$: what is left out is bounded",
        ),
        Equality(
            1 / (sympy.Limit(gamma, _n, sympy.oo) * q**2),
            xi**-2,
            r"so the terms $S_{n}(0)^{2}/N_{n} = r_{n}^{2} P_{n}(0)^{2}/(\rho_{n} p_{n})$ of "
            r"$A_{n}$ grow by $1/(q_{n}^{2} \gamma_{n}) \to \xi^{-2} > 1$, and so does $A_{n}$ "
            r"(Stolz and Ces\`aro): the optimal value falls by $\xi^{2}$ a step in the limit",
        ),
        Equality(
            (1 - sums) / share,
            1,
            r"$r_{n} \omega_{n} = 1 - A_{n-1}/A_{n} \to 1 - \xi^{2}$ over $r_{n} \to 1 - \xi^{2}$: "
            r"the share $\omega_{n} \to 1$",
            where=((sums, xi**2), (share, 1 - xi**2)),
        ),
        Equality(
            xi**2 * before + (y - xi**2 * y2),
            y + xi**2 * (before - y2),
            r"all coefficients at their limits: the asymptotic variant",
        ),
        Equality(
            xi**2 * before + (1 - xi**2) * y,
            y + xi**2 * (before - y),
            r"for $\eta = 0$ instead $d_{n} = c_{n}$, $w_{n} = y_{n}$, $r_{n} = 1$, $\omega_{n} "
            r"\to 1 - \xi^{2}$: another limit, so $\eta \to 0$ and $t \to \infty$ do not commute",
        ),
    )
    return Derivation(
        "The limit of the running form",
        (
            r"\gamma_{n} q_{n} q_{n+1} \to \xi^{2}, \quad -\frac{2 q_{n+1}}{L - \ell} \to "
            r"\left(\frac{2}{\sqrt{L} + \sqrt{\ell}}\right)^{2}, \quad "
            r"\frac{\min_{t+1}}{\min_{t}} \to \xi^{2}",
            r"x_{t} = y_{t} + \xi^{2} (x_{t-1} - y_{t-2}) \quad \text{(asymptotic variant)}",
        ),
        (
            r"$\eta > 0$ and $0 < \ell < L$ fixed, $t \to \infty$; Gegenbauer densities, "
            r"$\alpha > -\frac{1}{2}$",
        ),
        steps,
        ("curse", "sobolev-coherent"),
        (
            r"Status: the limits of the coefficients are proved; they depend on neither $\eta$ nor "
            r"$\alpha$.",
            r"Not claimed: that the variant, run from $t = 0$, is near the optimum. It has the "
            r"same rate $\xi$, other early steps, and burns in (numeric: 11.6 at $\kappa = 0.01$).",
        ),
    )
