"""Why the recurrence is short: the connection formulas and the Sobolev recursion."""

from __future__ import annotations

from typing import Any

import sympy

from polyrates.core.measures.densities import Uniform
from polyrates.ground.numbers import lam
from polyrates.symbolic.derivations.notation import L, ell, x
from polyrates.symbolic.derivations.sobolev.notation import (
    ALPHA,
    BETA,
    ETA,
    ETA_X,
    RATIONAL,
    N,
    c_of,
    gamma_of,
    symbols_of,
)
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step
from polyrates.symbolic.sobolev import orthogonal_polynomials

__all__ = ["connection_formula", "jacobi_structure", "sobolev_recursion"]


def connection_formula() -> Derivation:
    """Q_n′ = nP_{n−1} for Q_n = P_n − c_nP_{n−2}, and the orthogonality of P_n, by induction."""
    p1, p0, p_1, p_2 = symbols_of("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
    p_3, second = symbols_of("P_{n-3}' P_{n}''")
    P0, P_1, P_2 = symbols_of("P_{n} P_{n-1} P_{n-2}")
    c1, c0, c_1 = symbols_of("c_{n+1} c_{n} c_{n-1}")
    g0, g_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}")
    b0, b_1, b_2, k0 = symbols_of("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\kappa_{n}")
    m = sympy.Symbol("m", positive=True)

    def slope(n: Any) -> sympy.Expr:
        return n / (2 * (n + ALPHA - 1))

    formulas = (
        (b0, slope(N)),
        (b_1, slope(N - 1)),
        (b_2, slope(N - 2)),
        (c0, c_of(N)),
        (c_1, c_of(N - 1)),
        (g_1, gamma_of(N - 1)),
        (k0, 2 * (N + ALPHA) * gamma_of(N)),
    )
    weight = 1 - x**2
    steps: tuple[Step, ...] = (
        Equality(
            g0 + c1,
            slope(N),
            r"$\beta_{n} := \gamma_{n} + c_{n+1}$ is simple",
            where=((g0, gamma_of(N)), (c1, c_of(N + 1))),
        ),
        Equality(
            p1 - c1 * p_1,
            (N + 1) * P0,
            r"the derivative of the recurrence is $P_{n+1}' = P_{n} + x P_{n}' - \gamma_{n} "
            r"P_{n-1}'$. So if (B$_{n}$): $x P_{n}' = n P_{n} + \beta_{n} P_{n-1}'$, then "
            r"(A$_{n+1}$): $P_{n+1}' - c_{n+1} P_{n-1}' = (n + 1) P_{n}$",
            where=((p1, P0 + x * p0 - g0 * p_1), (p0, (N * P0 + b0 * p_1) / x), (b0, g0 + c1)),
        ),
        Equality(
            x * p0 - N * P0 - b0 * p_1,
            0,
            r"and (A$_{n}$), (A$_{n-1}$), (B$_{n-2}$) with the recurrence imply (B$_{n}$). "
            r"They start with $P_{0}' = 0$, $P_{1}' = 1$, $P_{2}' = 2x$, where $c_{2}$ and "
            r"$\beta_{1}$ multiply 0: both hold for every $n$",
            where=(
                (p0, N * P_1 + c0 * p_2),
                (p_1, (N - 1) * P_2 + c_1 * p_3),
                (p_2, ((N - 2) * P_2 + b_2 * p_3) / x),
                (P0, x * P_1 - g_1 * P_2),
                *formulas,
            ),
        ),
        Equality(
            p0 - x * (N * P0 + b0 * p_1),
            -N * x * P0 + k0 * P_1,
            r"$(1 - x^{2}) P_{n}' = -n x P_{n} + \kappa_{n} P_{n-1}$ with "
            r"$\kappa_{n} = 2 (n + \alpha) \gamma_{n}$: (B$_{n}$) inside, then (A$_{n}$) and "
            r"(B$_{n-1}$)",
            where=(
                (p0, N * P_1 + c0 * p_2),
                (p_1, ((N - 1) * P_1 + b_1 * p_2) / x),
                *formulas,
            ),
        ),
        Equality(
            2 * x * p0 - N * P0 - N * x * p0 + k0 * p_1,
            (2 * ALPHA + 1) * x * p0 - N * (N + 2 * ALPHA) * P0,
            r"its derivative, solved for $(1 - x^{2}) P_{n}''$; (B$_{n}$) replaces $P_{n-1}'$ "
            r"($n \ge 2$; $n = 0$ and $n = 1$ are read off)",
            where=((p_1, (x * p0 - N * P0) / b0), *formulas),
        ),
        Equality(
            sympy.Derivative(weight ** (ALPHA + RATIONAL(1, 2)), x)
            / weight ** (ALPHA - RATIONAL(1, 2))
            * p0
            + weight * second,
            weight * second - (2 * ALPHA + 1) * x * p0,
            r"which is the eigenvalue equation $\left((1 - x^{2})^{\alpha + 1/2} P_{n}'\right)' = "
            r"-n (n + 2\alpha) (1 - x^{2})^{\alpha - 1/2} P_{n}$; the boundary terms vanish for "
            r"$\alpha > -\frac{1}{2}$",
        ),
        Equality(
            N * (N + 2 * ALPHA) - m * (m + 2 * ALPHA),
            (N - m) * (N + m + 2 * ALPHA),
            r"eigenvalues of different degrees differ, since $n + m \ge 1 > -2\alpha$: so "
            r"$\int P_{n} P_{m} d\mu = 0$, and $\left\|P_{n}\right\|^{2} = \langle x P_{n-1}, "
            r"P_{n} \rangle = \gamma_{n} \left\|P_{n-1}\right\|^{2}$",
        ),
    )
    return argued(
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
            r"For every $n$ and every $\alpha > -\frac{1}{2}$, from the recurrence "
            "alone; orthogonality is a result here, not an assumption.",
        ),
    )


def _jacobi(n: Any) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr, sympy.Expr]:
    """(a_n, γ_n, f_n, g_n)."""
    s = ALPHA + BETA
    a = (BETA - ALPHA) * s / ((2 * n + s) * (2 * n + s + 2))
    gamma = 4 * n * (n + ALPHA) * (n + BETA) * (n + s)
    gamma = gamma / ((2 * n + s) ** 2 * (2 * n + s + 1) * (2 * n + s - 1))
    f = 2 * n * (ALPHA - BETA) / ((2 * n + s - 2) * (2 * n + s))
    g = -4 * n * (n - 1) * (n + ALPHA - 1) * (n + BETA - 1)
    g = g / ((2 * n + s - 1) * (2 * n + s - 2) ** 2 * (2 * n + s - 3))
    return a, gamma, f, g


def jacobi_structure() -> Derivation:
    """Q_n′ = nP_{n−1} for Jacobi's polynomials: the same induction, with four identities."""
    p1, p0, p_1, p_2 = symbols_of("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
    p_3 = sympy.Symbol("P_{n-3}'")
    P0, P_1, P_2 = symbols_of("P_{n} P_{n-1} P_{n-2}")
    a0, a_1, g0, g_1 = symbols_of("a_{n} a_{n-1} \\gamma_{n} \\gamma_{n-1}")
    f1, f0, f_1 = symbols_of("f_{n+1} f_{n} f_{n-1}")
    k1, k0, k_1 = symbols_of("g_{n+1} g_{n} g_{n-1}")
    e0, e_1, e_2 = symbols_of("e_{n} e_{n-1} e_{n-2}")
    b0, b_1, b_2, nu = symbols_of("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\nu_{n}")

    total = ALPHA + BETA
    near, double = sympy.symbols("p u")

    def shift(n: Any) -> sympy.Expr:
        return (BETA - ALPHA) / (2 * n + total)

    def slope(n: Any) -> sympy.Expr:
        return 4 * n * (n + ALPHA) * (n + BETA) / ((2 * n + total) ** 2 * (2 * n + total - 1))

    ratio = (N * g_1 - (N - 2) * k0) / (N - 1)
    closed = 4 * N * (N + ALPHA - 1) * (N + BETA - 1)
    closed = closed / ((2 * N + total - 2) ** 2 * (2 * N + total - 1))
    here, before, after = _jacobi(N), _jacobi(N - 1), _jacobi(N + 1)
    formulas = (
        (a_1, before[0]),
        (g_1, before[1]),
        (f0, here[2]),
        (k0, here[3]),
        (f_1, before[2]),
        (k_1, before[3]),
        (e0, shift(N)),
        (e_1, shift(N - 1)),
        (e_2, shift(N - 2)),
        (b0, slope(N)),
        (b_1, slope(N - 1)),
        (b_2, slope(N - 2)),
        (nu, closed),
        # n + α and 2n + α + β as variables: then every denominator is in one of them
        (ALPHA, near - N),
        (BETA, double - near - N),
    )
    first = N * (a_1 - e0) - (N - 1) * f0
    second = nu - f0 * (e_1 - e0) - b0
    third = nu * f_1 - f0 * b_1 - k0 * (e_2 - e0)
    fourth = nu * k_1 - k0 * b_2
    steps: tuple[Step, ...] = (
        Equality(
            p1 + f1 * p0 + k1 * p_1,
            (N + 1) * P0,
            r"the derivative of the recurrence is $P_{n+1}' = P_{n} + (x - a_{n}) P_{n}' - "
            r"\gamma_{n} P_{n-1}'$. So if (B$_{n}$): $(x - e_{n}) P_{n}' = n P_{n} + \beta_{n} "
            r"P_{n-1}'$ with $e_{n} = a_{n} - f_{n+1}$, $\beta_{n} = \gamma_{n} - g_{n+1}$, then "
            r"(A$_{n+1}$)",
            where=(
                (p1, P0 + (x - a0) * p0 - g0 * p_1),
                (p0, (N * P0 + b0 * p_1) / (x - e0)),
                (e0, a0 - f1),
                (b0, g0 - k1),
            ),
        ),
        Equality(
            (x - e0) * p0 - N * P0 - b0 * p_1,
            first * P_1 + second * p_1 + third * p_2 + fourth * p_3,
            r"(A$_{n}$), (A$_{n-1}$), (B$_{n-1}$), (B$_{n-2}$) and the recurrence, with "
            r"$(n - 1) \nu_{n} = n \gamma_{n-1} - (n - 2) g_{n}$: (B$_{n}$) holds if these four "
            "coefficients vanish",
            where=(
                (p0, N * P_1 - f0 * p_1 - k0 * p_2),
                (P0, (x - a_1) * P_1 - g_1 * P_2),
                (nu, ratio),
                (P_1, ((x - e_1) * p_1 - b_1 * p_2) / (N - 1)),
                (p_1, (N - 1) * P_2 - f_1 * p_2 - k_1 * p_3),
                (P_2, ((x - e_2) * p_2 - b_2 * p_3) / (N - 2)),
            ),
        ),
        Equality(
            a0 - f1,
            shift(N),
            r"all are products: $e_{n}$",
            where=((a0, here[0]), (f1, after[2])),
        ),
        Equality(g0 - k1, slope(N), r"$\beta_{n}$", where=((g0, here[1]), (k1, after[3]))),
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
    return argued(
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
        ("For every $n$; Jacobi's three-term coefficients are cited, not derived.",),
    )


def _symmetric_case() -> Step:
    shifted = ALPHA - RATIONAL(1, 2)
    both = {ALPHA: shifted, BETA: shifted}
    return Equality(
        _jacobi(N)[3].subs(both, simultaneous=True),
        -c_of(N),
        r"in Gegenbauer's case both exponents are $\alpha - \frac{1}{2}$: then $f_{n} = 0$ and "
        r"$g_{n} = -c_{n}$",
    )


def _jacobi_elimination() -> tuple[Step, ...]:
    """S_n = Q_n − l_nS_{n−1} − k_nS_{n−2} and ρ_n = 1 + σ_n."""
    f0, f_1, g0, l_1 = symbols_of("f_{n} f_{n-1} g_{n} l_{n-1}")
    y0, y_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}")
    p, p_2, e0 = symbols_of("p p_{n-2} e_{n}")
    s_1, s_2 = symbols_of("\\sigma_{n-1} \\sigma_{n-2}", positive=True)
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
            (ETA_X * N**2 + f0**2) / y0
            + g0**2 / (y0 * y_1)
            - (f0 + e0) ** 2 / ((1 + s_1) * y0)
            - g0**2 / ((1 + s_2) * y0 * y_1),
            ETA_X * N**2 / y0
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
        step = sympy.cancel(gamma_of(N).subs(N, n)).subs(ALPHA, alpha)
        P.append(sympy.expand(x * P[n] - step * P[n - 1]))
    S = P[:2]
    rho: list[Any] = [sympy.Integer(1), 1 + 2 * (1 + alpha) * eta]
    for n in range(2, count + 1):
        gamma, before = (
            sympy.cancel(gamma_of(N).subs(N, k)).subs(ALPHA, alpha) for k in (n, n - 1)
        )
        own = 0 if n == 2 else c_of(sympy.Integer(n)).subs(ALPHA, alpha)
        d = own / rho[n - 2]
        rho.append(1 + eta * n**2 / gamma + own * (own - d) / (gamma * before))
        S.append(sympy.together(P[n] - own * P[n - 2] + d * S[n - 2]))
    return S


def sobolev_recursion() -> Derivation:
    """S_n − d_nS_{n−2} = P_n − c_nP_{n−2}, d_n = c_n/ρ_{n−2}, and the recursion of ρ_n."""
    c0, d0, r_2 = symbols_of("c_{n} d_{n} \\rho_{n-2}", positive=True)
    y0, y_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}", positive=True)
    p0, p_1, p_2 = symbols_of("p_{n} p_{n-1} p_{n-2}", positive=True)
    norm = sympy.Symbol(r"\left\|{S_{n-2}}\right\|^{2}", positive=True)
    place = (2 * lam - L - ell) / (L - ell)
    slope = sympy.Derivative(place, lam)
    S = _sobolev_family(3, RATIONAL(1, 2), ETA_X)
    third = sympy.cancel(S[3] * (1 + 3 * ETA_X))
    family = orthogonal_polynomials(Uniform(0, 2), ETA, 4)
    plain = orthogonal_polynomials(Uniform(0, 2), sympy.Integer(0), 4)
    quotient = c_of(sympy.Integer(4)).subs(ALPHA, RATIONAL(1, 2))
    rho = 1 + ETA * 4 / gamma_of(sympy.Integer(2)).subs(ALPHA, RATIONAL(1, 2))
    steps: tuple[Step, ...] = (
        Equality(
            ETA * slope**2,
            4 * ETA / (L - ell) ** 2,
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
            (p0 + c0**2 * p_2 + ETA_X * N**2 * p_1 - d0**2 * r_2 * p_2) / p0,
            1 + ETA_X * N**2 / y0 + c0 * (c0 - d0) / (y0 * y_1),
            r"$\rho_{n}$, from $\left\|S_{n}\right\|^{2} = \left\|Q_{n}\right\|^{2} - d_{n}^{2} "
            r"\left\|S_{n-2}\right\|^{2}$ and $p_{n} = \gamma_{n} p_{n-1}$",
            where=((r_2, c0 / d0), (p0, y0 * p_1), (p_1, y_1 * p_2)),
        ),
        Equality(
            sympy.Integral(
                sympy.expand(third * S[1])
                + ETA_X * sympy.expand(sympy.diff(third, x) * sympy.diff(S[1], x)),
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
    return argued(
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
        (r"The last two steps are exact instances; the others hold for every $n$ and $\alpha$.",),
    )
