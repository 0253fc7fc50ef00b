"""Why the recurrence is short: the connection formulas and the Sobolev recursion."""

from __future__ import annotations

import sympy

from polyrates.core.measures.densities import Uniform
from polyrates.ground.numbers import lam
from polyrates.symbolic.derivations.notation import L, ell, x
from polyrates.symbolic.derivations.sobolev.notation import (
    ALPHA,
    ETA,
    ETA_X,
    RATIONAL,
    N,
    c_of,
    gamma_of,
    symbols_of,
)
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step, told
from polyrates.symbolic.sobolev import orthogonal_polynomials

__all__ = ["connection_formula", "sobolev_recursion"]


p1, p0, p_1, p_2 = symbols_of("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
p_3, second = symbols_of("P_{n-3}' P_{n}''")
P0, P_1, P_2 = symbols_of("P_{n} P_{n-1} P_{n-2}")
c1, c0, c_1 = symbols_of("c_{n+1} c_{n} c_{n-1}")
g0, g_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}")
b0, b_1, b_2, k0 = symbols_of("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\kappa_{n}")


def _slope(n: sympy.Expr) -> sympy.Expr:
    """β_n."""
    return n / (2 * (n + ALPHA - 1))


_FORMULAS = (
    (b0, _slope(N)),
    (b_1, _slope(N - 1)),
    (b_2, _slope(N - 2)),
    (c0, c_of(N)),
    (c_1, c_of(N - 1)),
    (g_1, gamma_of(N - 1)),
    (k0, 2 * (N + ALPHA) * gamma_of(N)),
)


_CONNECTION_FORMULA = r"""
$\beta_{n} := \gamma_{n} + c_{n+1}$ is simple

the derivative of the recurrence is $P_{n+1}' = P_{n} + x P_{n}' - \gamma_{n} P_{n-1}'$. So if
(B$_{n}$): $x P_{n}' = n P_{n} + \beta_{n} P_{n-1}'$, then (A$_{n+1}$): $P_{n+1}' - c_{n+1}
P_{n-1}' = (n + 1) P_{n}$

and (A$_{n}$), (A$_{n-1}$), (B$_{n-2}$) with the recurrence imply (B$_{n}$). They start with
$P_{0}' = 0$, $P_{1}' = 1$, $P_{2}' = 2x$, where $c_{2}$ and $\beta_{1}$ multiply 0: both hold for
every $n$

$(1 - x^{2}) P_{n}' = -n x P_{n} + \kappa_{n} P_{n-1}$ with $\kappa_{n} = 2 (n + \alpha)
\gamma_{n}$: (B$_{n}$) inside, then (A$_{n}$) and (B$_{n-1}$)

its derivative, solved for $(1 - x^{2}) P_{n}''$; (B$_{n}$) replaces $P_{n-1}'$ ($n \ge 2$; $n =
0$ and $n = 1$ are read off)

which is the eigenvalue equation $\left((1 - x^{2})^{\alpha + 1/2} P_{n}'\right)' = -n (n +
2\alpha) (1 - x^{2})^{\alpha - 1/2} P_{n}$; the boundary terms vanish for $\alpha > -\frac{1}{2}$

eigenvalues of different degrees differ, since $n + m \ge 1 > -2\alpha$: so $\int P_{n} P_{m} d\mu
= 0$, and $\left\|P_{n}\right\|^{2} = \langle x P_{n-1}, P_{n} \rangle = \gamma_{n}
\left\|P_{n-1}\right\|^{2}$
"""


_CONNECTION_FORMULA_GIVEN = (
    r"$P_{n+1} = x P_{n} - \gamma_{n} P_{n-1}$, $P_{0} = 1$, $P_{1} = x$, $\gamma_{n} = "
    r"\frac{n (n + 2\alpha - 1)}{4 (n + \alpha)(n + \alpha - 1)}$, $\alpha > -\frac{1}{2}$",
    r"$\gamma_{1} = \frac{1}{2 (1 + \alpha)}$ and $c_{2} = 0$ where the formulas read "
    r"$0/0$ or divide by 0 ($\alpha = 0$): $c_{2}$ only adds a constant to $Q_{2}$",
)

_CONNECTION_FORMULA_REMARKS = (
    r"For every $n$ and every $\alpha > -\frac{1}{2}$, from the recurrence "
    "alone; orthogonality is a result here, not an assumption.",
)


def connection_formula() -> Derivation:
    """Q_n′ = nP_{n−1} for Q_n = P_n − c_nP_{n−2}, and the orthogonality of P_n, by induction."""
    m = sympy.Symbol("m", positive=True)

    weight = 1 - x**2
    steps: tuple[Step, ...] = told(
        _CONNECTION_FORMULA,
        Equality(g0 + c1, _slope(N), where=((g0, gamma_of(N)), (c1, c_of(N + 1)))),
        Equality(
            p1 - c1 * p_1,
            (N + 1) * P0,
            where=((p1, P0 + x * p0 - g0 * p_1), (p0, (N * P0 + b0 * p_1) / x), (b0, g0 + c1)),
        ),
        Equality(
            x * p0 - N * P0 - b0 * p_1,
            0,
            where=(
                (p0, N * P_1 + c0 * p_2),
                (p_1, (N - 1) * P_2 + c_1 * p_3),
                (p_2, ((N - 2) * P_2 + b_2 * p_3) / x),
                (P0, x * P_1 - g_1 * P_2),
                *_FORMULAS,
            ),
        ),
        Equality(
            p0 - x * (N * P0 + b0 * p_1),
            -N * x * P0 + k0 * P_1,
            where=((p0, N * P_1 + c0 * p_2), (p_1, ((N - 1) * P_1 + b_1 * p_2) / x), *_FORMULAS),
        ),
        Equality(
            2 * x * p0 - N * P0 - N * x * p0 + k0 * p_1,
            (2 * ALPHA + 1) * x * p0 - N * (N + 2 * ALPHA) * P0,
            where=((p_1, (x * p0 - N * P0) / b0), *_FORMULAS),
        ),
        Equality(
            sympy.Derivative(weight ** (ALPHA + RATIONAL(1, 2)), x)
            / weight ** (ALPHA - RATIONAL(1, 2))
            * p0
            + weight * second,
            weight * second - (2 * ALPHA + 1) * x * p0,
        ),
        Equality(N * (N + 2 * ALPHA) - m * (m + 2 * ALPHA), (N - m) * (N + m + 2 * ALPHA)),
    )
    return argued(
        "Gegenbauer's structure relation",
        (
            r"Q_{n} := P_{n} - c_{n} P_{n-2} \quad \text{has} \quad Q_{n}' = n P_{n-1}",
            r"c_{n} = \frac{n (n - 1)}{4 (n + \alpha - 1)(n + \alpha - 2)}",
        ),
        _CONNECTION_FORMULA_GIVEN,
        steps,
        ("dlmf", "sobolev-coherent"),
        _CONNECTION_FORMULA_REMARKS,
    )


def _sobolev_family(count: int, alpha: sympy.Expr, eta: sympy.Expr) -> list[sympy.Expr]:
    """S_n, n ≤ count, in x for the weight (1 − x²)^{α − ½}, from the ρ_n recursion."""
    P: list[sympy.Expr] = [sympy.Integer(1), x]
    for n in range(1, count):
        step = sympy.cancel(gamma_of(N).subs(N, n)).subs(ALPHA, alpha)
        P.append(sympy.expand(x * P[n] - step * P[n - 1]))
    S = P[:2]
    rho: list[sympy.Expr] = [sympy.Integer(1), 1 + 2 * (1 + alpha) * eta]
    for n in range(2, count + 1):
        gamma, before = (
            sympy.cancel(gamma_of(N).subs(N, k)).subs(ALPHA, alpha) for k in (n, n - 1)
        )
        own = 0 if n == 2 else c_of(sympy.Integer(n)).subs(ALPHA, alpha)
        d = own / rho[n - 2]
        rho.append(1 + eta * n**2 / gamma + own * (own - d) / (gamma * before))
        S.append(sympy.together(P[n] - own * P[n - 2] + d * S[n - 2]))
    return S


_SOBOLEV_RECURSION = r"""
in $x = m(\lambda)$ the weight of the slopes is $\eta_{x} = 4\eta/(L - \ell)^{2}$

in the basis $Q_{n} = P_{n} - c_{n} P_{n-2}$ the slopes are orthogonal, $\int Q_{n}' Q_{m}' d\mu =
n^{2} p_{n-1} \delta_{nm}$, $p_{n} = \left\|P_{n}\right\|^{2}$, and the values couple $n$ with $n
\pm 2$ only, $\langle Q_{n}, Q_{n-2} \rangle = -c_{n} p_{n-2}$. So $S_{n} = Q_{n} + d_{n} S_{n-2}$
with this $d_{n}$, $\rho_{n} = \left\|S_{n}\right\|^{2}/p_{n}$

$\rho_{n}$, from $\left\|S_{n}\right\|^{2} = \left\|Q_{n}\right\|^{2} - d_{n}^{2}
\left\|S_{n-2}\right\|^{2}$ and $p_{n} = \gamma_{n} p_{n-1}$

an exact instance with $\eta_{x}$ a symbol, $\alpha = \frac{1}{2}$: $(1 + 3 \eta_{x}) \langle
S_{3}, S_{1} \rangle_{\eta} = 0$, both odd

and $S_{4} - d_{4} S_{2} = P_{4} - c_{4} P_{2}$ on $[0, 2]$, where $x = \lambda - 1$: $S_{n}$ from
the dense elimination of the whole Gram matrix
"""


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
    steps: tuple[Step, ...] = told(
        _SOBOLEV_RECURSION,
        Equality(ETA * slope**2, 4 * ETA / (L - ell) ** 2),
        Equality(c0 * p_2 / norm, c0 / r_2, where=((norm, r_2 * p_2),)),
        Equality(
            (p0 + c0**2 * p_2 + ETA_X * N**2 * p_1 - d0**2 * r_2 * p_2) / p0,
            1 + ETA_X * N**2 / y0 + c0 * (c0 - d0) / (y0 * y_1),
            where=((r_2, c0 / d0), (p0, y0 * p_1), (p_1, y_1 * p_2)),
        ),
        Equality(
            sympy.Integral(
                sympy.expand(third * S[1])
                + ETA_X * sympy.expand(sympy.diff(third, x) * sympy.diff(S[1], x)),
                (x, -1, 1),
            ),
            0,
        ),
        Equality(
            family[4][0].as_expr() - quotient / rho * family[2][0].as_expr(),
            plain[4][0].as_expr() - quotient * plain[2][0].as_expr(),
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
